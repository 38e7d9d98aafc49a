"""What uv resolves becomes a lock entry, and a lock entry is kept while it still fits."""

from pathlib import Path

import pytest

from rpa_commons.environments import LockMismatchError
from rpa_commons.environments._host import HostPackage
from rpa_commons.environments._install import _check_python, _still_good
from rpa_commons.environments._lock import LockedPackage, LockEntry
from rpa_commons.environments._resolve import _packages, _preferences
from rpa_commons.environments._venv import python_version
from rpa_commons.environments._wheels import CheckedWheel
from rpa_commons.manifest import Manifest

INDEX = HostPackage("0.1.0")
FILE = HostPackage("0.1.0", Path("/cache/ab/rpa_commons-0.1.0-py3-none-any.whl"), "e" * 64)
RESOLVED = """\
click==8.1.8 \\
    --hash=sha256:ed53000000000000000000000000000000000000000000000000000000000000 \\
    --hash=sha256:63c1000000000000000000000000000000000000000000000000000000000000
colorama==0.4.6 ; sys_platform == 'win32' \\
    --hash=sha256:4f1d000000000000000000000000000000000000000000000000000000000000
quiet-bot @ file:///state/wheels/a/quiet_bot-1.2.0-py3-none-any.whl \\
    --hash=sha256:aaaa000000000000000000000000000000000000000000000000000000000000
"""


def make_entry(*packages: LockedPackage, python: str = "3.11") -> LockEntry:
    """The entry of a bot with these packages."""
    return LockEntry(
        name="quiet-bot",
        version="1.2.0",
        wheel="quiet_bot-1.2.0-py3-none-any.whl",
        sha256="a" * 64,
        manifest_sha256="b" * 64,
        python=python,
        packages=packages,
    )


def make_checked(manifest: Manifest, sha256: str = "a" * 64) -> CheckedWheel:
    """A checked wheel of the bot."""
    path = Path("quiet_bot-1.2.0-py3-none-any.whl")
    return CheckedWheel(path, "quiet-bot", "1.2.0", sha256, "", manifest)


def test_packages_keep_marker_and_sorted_hashes() -> None:
    """The order that an index lists its files in makes no difference to the lock."""
    packages = list(
        _packages(
            RESOLVED + f"rpa-commons==0.1.0 \\\n    --hash=sha256:{'e1':0<64}\n",
            INDEX,
        )
    )

    assert packages[0] == LockedPackage(
        name="click",
        version="8.1.8",
        hashes=(
            "sha256:63c1000000000000000000000000000000000000000000000000000000000000",
            "sha256:ed53000000000000000000000000000000000000000000000000000000000000",
        ),
    )
    assert packages[1].marker == 'sys_platform == "win32"'
    assert packages[3] == LockedPackage(
        name="rpa-commons",
        version="0.1.0",
        hashes=("sha256:e100000000000000000000000000000000000000000000000000000000000000",),
    )


def test_rpa_commons_from_a_file_is_locked_by_name_and_hash() -> None:
    """The folder it lay in is this machine's business."""
    place = "file:///cache/ab/rpa_commons-0.1.0-py3-none-any.whl"
    line = f"rpa-commons @ {place} \\\n    --hash=sha256:{'e' * 64}\n"

    (package,) = _packages(line, FILE)

    assert package == LockedPackage(
        name="rpa-commons",
        version="0.1.0",
        file="rpa_commons-0.1.0-py3-none-any.whl",
        hashes=("sha256:" + "e" * 64,),
    )


def test_versions_of_the_old_lock_are_preferred() -> None:
    """A new version of a bot does not move every package beside it."""
    own = LockedPackage(
        name="rpa-commons",
        version="0.1.0",
        file="a.whl",
        hashes=("sha256:e100000000000000000000000000000000000000000000000000000000000000",),
    )
    click = LockedPackage(
        name="click",
        version="8.1.7",
        hashes=("sha256:c100000000000000000000000000000000000000000000000000000000000000",),
    )

    assert list(_preferences(make_entry(click, own))) == ["click==8.1.7\n"]
    assert list(_preferences(None)) == []


@pytest.mark.parametrize(
    ("own", "host", "good"),
    [
        ({"version": "0.1.0"}, INDEX, True),
        ({"version": "0.0.9"}, INDEX, False),
        ({"version": "0.1.0", "file": "a.whl"}, INDEX, False),
        ({"version": "0.1.0", "file": "a.whl", "hashes": ("sha256:" + "e" * 64,)}, FILE, True),
        ({"version": "0.1.0", "file": "a.whl", "hashes": ("sha256:" + "f" * 64,)}, FILE, False),
        ({"version": "0.1.0"}, FILE, False),
    ],
)
def test_an_entry_is_kept_while_the_host_is_the_same(
    manifest: Manifest, own: dict[str, str], host: HostPackage, good: bool
) -> None:
    """An upgraded or edited rpa-commons resolves the bot anew."""
    package = LockedPackage.model_validate(
        {
            "name": "rpa-commons",
            "hashes": ("sha256:e100000000000000000000000000000000000000000000000000000000000000",),
            **own,
        }
    )

    assert _still_good(make_entry(package), make_checked(manifest), host) is good


def test_another_wheel_of_the_same_version_resolves_anew(manifest: Manifest) -> None:
    """A rebuilt wheel may ask for other packages."""
    package = LockedPackage(
        name="rpa-commons",
        version="0.1.0",
        hashes=("sha256:e100000000000000000000000000000000000000000000000000000000000000",),
    )

    assert not _still_good(make_entry(package), make_checked(manifest, "f" * 64), INDEX)


def test_an_older_python_than_the_locks_is_refused() -> None:
    """The packages may not run on it; the way out is named."""
    with pytest.raises(LockMismatchError, match=rf"3\.99 or newer; this is {python_version()}") as caught:
        _check_python(Path("roskilde"), make_entry(python="3.99"))

    assert "rpac install WHEEL" in caught.value.remedy


def test_a_newer_python_than_the_locks_is_fine() -> None:
    """3.9 is less than 3.11, whatever the texts say."""
    _check_python(Path("roskilde"), make_entry(python="3.9"))
