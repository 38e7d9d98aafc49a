"""From one bot wheel to a lock entry: every package that its environment will hold, with hashes."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from ._host import HOST, HostPackage
from ._lock import LockedPackage, LockEntry
from ._records import schema_digest
from ._uv import Uv
from ._venv import python_version
from ._wheels import CheckedWheel

__all__ = ["resolve"]


def resolve(checked: CheckedWheel, kept: Path, host: HostPackage, uv: Uv, old: LockEntry | None) -> LockEntry:
    """Resolve a bot wheel together with rpa-commons, for every platform at once.

    Args:
        checked: The bot's wheel.
        kept: Where its copy lies.
        host: The rpa-commons to lock beside it.
        uv: How to call uv.
        old: The bot's entry so far; its versions are kept where they still fit.

    Raises:
        UvError: no set of packages fits, or an index cannot be reached.
    """
    requirements = f"{checked.name} @ {kept.as_uri()}\n{host.requirement}\n"
    options = [
        "--generate-hashes",
        "--universal",
        "--no-header",
        "--no-annotate",
        "--no-build",
        "--no-sources",
    ]
    with tempfile.TemporaryDirectory(prefix="rpac-resolve-") as folder:
        output = Path(folder) / "requirements.txt"
        output.write_text("".join(_preferences(old)), encoding="utf-8")
        command = [
            "pip",
            "compile",
            "-",
            "--output-file",
            str(output),
            "--python-version",
            python_version(),
            *options,
        ]
        uv.run(f"resolving {checked.name} {checked.version}", command, resolving=True, stdin=requirements)
        packages = tuple(_packages(output.read_text(encoding="utf-8"), host))
    return LockEntry(
        name=checked.name,
        version=checked.version,
        wheel=checked.path.name,
        sha256=checked.sha256,
        manifest_sha256=checked.manifest.digest,
        schema_sha256=schema_digest(checked.manifest),
        python=python_version(),
        packages=tuple(package for package in packages if package.name != checked.name),
    )


def _preferences(old: LockEntry | None) -> Iterator[str]:
    for package in old.packages if old else ():
        if not package.file:
            yield f"{package.name}=={package.version}\n"


def _packages(text: str, host: HostPackage) -> Iterator[LockedPackage]:
    for line in text.replace("\\\n", " ").splitlines():
        head, *hashes = line.split("--hash=")
        if not head.strip() or head.startswith("#"):
            continue
        requirement = Requirement(head.strip())
        name = canonicalize_name(requirement.name)
        ours = name == HOST and host.wheel is not None
        yield LockedPackage(
            name=name,
            version=host.version if ours else str(requirement.specifier).removeprefix("==") or "0",
            marker=str(requirement.marker or ""),
            file=host.wheel.name if ours and host.wheel else "",
            hashes=(f"sha256:{host.sha256}",) if ours else tuple(sorted(one.strip() for one in hashes)),
        )
