"""98 municipalities with 20 bot instances each, beside their baseline: 1,960 times three files."""

import sys
import uuid
from collections.abc import Iterator
from pathlib import Path

from config_case import BASELINE, ENVIRONMENT, MUNICIPALITY

MEMBERS, INSTANCES = 98, 20
# A fleet check takes production, where everything of the third file may stand.


def instances() -> Iterator[tuple[str, str]]:
    """Municipality and instance, in order."""
    for member in range(MEMBERS):
        for number in range(INSTANCES):
            yield f"town-{member:02}", f"review-{number:02}"


def write(root: Path) -> None:
    """The baseline, and every member below ``members``; no two files are the same."""
    _put(root / "baseline/baseline.toml", 'name = "DIGIT baseline"\nversion = "2026.1"\n')
    _put(root / "baseline/bots/housing-benefit.toml", BASELINE)
    for town, name in instances():
        folder = root / "members" / town
        number, member = int(name[-2:]), int(town[-2:])
        if number == 0:
            _put(folder / "municipality.toml", _municipality(town, member))
        own = MUNICIPALITY.replace("9b2d5c1e-7f0a-4d1b-8a55-0c6a4f5b7e21", _id(town, name))
        own = own.replace("window_days = 30", f"window_days = {number + 1}")
        _put(folder / "bots" / f"{name}.toml", own.replace("keep_days = 45", f"keep_days = {member + 1}"))
        _put(folder / "environments/production/bots" / f"{name}.toml", ENVIRONMENT)


def _municipality(town: str, member: int) -> str:
    return (
        f'name = "{town}"\ncode = "{member + 101:04}"\ncvr = "29189404"\nbaseline = "../../baseline"\n'
        f'state_dir = "../../state/{town}"\n\n[letterhead]\nname = "{town}"\naddress = ["Torvet 1"]\n'
    )


def _id(town: str, name: str) -> str:
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"{town}/{name}"))


def _put(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    write(Path(sys.argv[1]))
