"""What a municipality's systems would put into its folder: moves, persons, school districts, an outbox.

Some of the newest moves can be held back: they come "the next morning", as a second file, so that a bot's
next version meets cases that the first one has not seen.
"""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from rpa_commons.config import declared_stack, open_municipality
from rpa_commons.sandbox import Sandbox

__all__ = ["next_morning", "set_the_stage"]

_DAYS_OF_EXTRACTS = 30
_SCHOOLS = ("Bakkeskolen;36 00 00 01", "Engskolen;36 00 00 02", "Skolen ved Søen;36 00 00 03")
_MOVES, _NEXT_MOVES = "moves-demo.csv", "moves-next-morning.csv"


def set_the_stage(box: Sandbox, folder: Path, code: str, *, hold_back: int = 0) -> None:
    """Connect a municipality's folder to the sandbox and write the files its own systems would.

    Args:
        box: A running one.
        folder: The municipality's.
        code: The municipality's.
        hold_back: So many of the newest moves are delivered by :func:`next_morning` only.
    """
    stack = declared_stack(open_municipality(folder))
    box.write_environment(folder, stack=stack)
    for made in ("extracts", "outbox"):
        (folder / made).mkdir(exist_ok=True)
    since = datetime.now(UTC).date() - timedelta(days=_DAYS_OF_EXTRACTS)
    moves = folder / "extracts" / _MOVES
    box.write_moves_extract(moves, code, since)
    lines = moves.read_text(encoding="utf-8").splitlines(keepends=True)
    if hold_back:
        _write(moves, lines[:-hold_back])
        _write(_tomorrow(folder), [lines[0], *lines[-hold_back:]])
    if stack["PopulationRegister"][0] == "register-extract":
        box.write_register_extract(folder / "extracts" / "register.csv")
    if "SchoolDistricts" in stack:
        _write(folder / "extracts" / "schools.csv", _schools(lines))


def next_morning(folder: Path) -> Path:
    """Deliver the moves that were held back; the file they are in."""
    return _tomorrow(folder).rename(folder / "extracts" / _NEXT_MOVES)


def _tomorrow(folder: Path) -> Path:
    return folder / "extracts" / "tomorrow.csv"  # matches no pattern of the example


def _schools(moves: list[str]) -> list[str]:
    addresses = sorted({line.strip().rpartition(";")[2] for line in moves[1:]})
    rows = [f"{one};{_SCHOOLS[number % len(_SCHOOLS)]}\n" for number, one in enumerate(addresses)]
    return ["adresse_id;skole;telefon\n", *rows]


def _write(path: Path, lines: list[str]) -> None:
    path.write_text("".join(lines), encoding="utf-8", newline="\n")
