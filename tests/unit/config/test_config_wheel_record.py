"""RECORD: what is in a wheel is what was packed."""

import base64
import hashlib
import io
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest

from rpa_commons.config import BaselineWheelError, baseline_members
from rpa_commons.config.municipality import unpack_baseline
from rpa_commons.conformance import record_problems
from rpa_commons.manifest import Manifest

INFO = "digit-1.dist-info"
MANIFEST = Manifest(kind="baseline", name="digit", version="1", summary="x", sdk_version="0").to_json()
FILES = {"digit/baseline.toml": 'name = "digit"\nversion = "1"\n', "digit/policies.toml": "# none\n"}
OTHERS = {f"{INFO}/METADATA": "Name: digit\n", f"{INFO}/extra_metadata/rpac.json": MANIFEST}


def _row(name: str, content: str, algorithm: str = "sha256") -> str:
    digest = base64.urlsafe_b64encode(hashlib.new(algorithm, content.encode()).digest()).decode().rstrip("=")
    return f"{name},{algorithm}={digest},{len(content.encode())}"


def _record(files: Mapping[str, str] = FILES | OTHERS) -> str:
    return "\n".join([*(_row(name, text) for name, text in files.items()), f"{INFO}/RECORD,,", ""])


def _wheel(record: str | bytes | None, files: Mapping[str, str] = FILES | OTHERS) -> io.BytesIO:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text)
        if record is not None:
            archive.writestr(f"{INFO}/RECORD", record)
    return packed


def _problems(record: str | bytes | None, files: Mapping[str, str] = FILES | OTHERS) -> list[str]:
    with zipfile.ZipFile(_wheel(record, files)) as archive:
        return list(record_problems(archive, INFO))


def test_a_wheel_as_it_was_built_has_no_problem() -> None:
    """Also with a stronger digest, and with signatures of RECORD itself, which it cannot name."""
    strong = _record().replace(
        *(_row("digit/policies.toml", "# none\n", one) for one in ("sha256", "sha512"))
    )
    signed = {**FILES, **OTHERS, f"{INFO}/RECORD.jws": "{}"}

    assert [[], [], []] == [_problems(_record()), _problems(strong), _problems(_record(), signed)]


@pytest.mark.parametrize(
    ("record", "said"),
    [
        (None, "it has no RECORD"),
        (_record() + _row("digit/stack.toml", "") + "\n", "'digit/stack.toml', which is not in the wheel"),
        (
            _record(OTHERS | {"digit/baseline.toml": FILES["digit/baseline.toml"]}),
            "policies.toml' is in the wheel",
        ),
        (
            _record({**FILES, **OTHERS, "digit/policies.toml": "# all\n"}),
            "policies.toml' is not the file that",
        ),
        (_record() + _row("digit/policies.toml", "# none\n") + "\n", "a row twice"),
        (_record() + "digit/policies.toml\n", "of the wrong length"),
        (
            _record().replace(*(_row("digit/policies.toml", "# none\n", one) for one in ("sha256", "md5"))),
            "policies.toml' is not the file that RECORD has the hash of",
        ),
        (_record().replace("sha256=", "="), "is not the file that RECORD has the hash of"),
        (_record().replace("sha256=", "sha256=æ"), "is not the file that RECORD has the hash of"),
        (_record().replace("sha256=", "sha256=A"), "is not the file that RECORD has the hash of"),
        ('"digit/policies.toml,x,1\n', "its RECORD cannot be read"),
        (b"\xff\xfe\x00", "its RECORD cannot be read"),
        ("", "is in the wheel and not in RECORD"),
    ],
)
def test_what_does_not_agree_is_named(record: str | bytes | None, said: str) -> None:
    """One sentence, with the file where there is one."""
    assert [one for one in _problems(record) if said in one]


def test_a_record_without_end_is_not_read() -> None:
    """Its size is looked at first."""
    assert ["its RECORD is larger than 16777216 bytes"] == _problems("x" * (16 * 1024 * 1024 + 1))


def test_a_baseline_that_was_packed_again_is_refused(tmp_path: Path) -> None:
    """Somebody took a policy out and zipped the rest: nothing is unpacked, and the file is named."""
    wheel = tmp_path / "digit-1-py3-none-any.whl"
    wheel.write_bytes(_wheel(_record(), {**FILES, **OTHERS, "digit/policies.toml": "# mine\n"}).getvalue())
    for use in (baseline_members, lambda one: unpack_baseline(one, tmp_path / "state")):
        with pytest.raises(BaselineWheelError) as caught:
            use(wheel)

        assert "was changed after it was built: 'digit/policies.toml'" in caught.value.problem
    assert not (tmp_path / "state").exists()


def test_record_is_checked_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder under the wheel's digest was made from a wheel that was right."""
    wheel = tmp_path / "digit-1-py3-none-any.whl"
    wheel.write_bytes(_wheel(_record()).getvalue())
    unpack_baseline(wheel, tmp_path / "state")
    monkeypatch.setattr(
        "rpa_commons.config.municipality._baseline_wheel.record_problems",
        lambda *_: pytest.fail("checked again"),
    )

    assert (unpack_baseline(wheel, tmp_path / "state").folder / "policies.toml").is_file()
