"""What the demo puts into a municipality's folder, and what it holds back for the next morning."""

from pathlib import Path
from typing import Any

import pytest

from rpa_commons.cli._demo import _stage
from rpa_commons.cli._demo._stage import next_morning, set_the_stage

_HEAD = "haendelse;cpr;flyttedato;fra_kommune;til_kommune;adresse_id\n"
_MOVES = [f"m{number};2050;2026-11-0{number};0265;0167;address-{number % 2}\n" for number in range(1, 6)]


class _Box:
    """A sandbox that writes five moves and nothing else."""

    def write_environment(self, folder: Path, stack: Any) -> None:
        """Not looked at here."""

    def write_moves_extract(self, path: Path, code: str, since: Any) -> None:
        """The moves above."""
        path.write_text(_HEAD + "".join(_MOVES), encoding="utf-8")

    def write_register_extract(self, path: Path) -> None:
        """One line."""
        path.write_text("cpr\n", encoding="utf-8")


@pytest.fixture
def staged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Sets the stage for a municipality whose stack has these connectors."""
    monkeypatch.setattr(_stage, "open_municipality", lambda folder: folder)

    def go(hold_back: int = 0, **stack: str) -> Path:
        bound = {"PopulationRegister": "sf1520", **stack}
        monkeypatch.setattr(
            _stage, "declared_stack", lambda _: {name: (one, {}) for name, one in bound.items()}
        )
        set_the_stage(_Box(), tmp_path, "0167", hold_back=hold_back)  # type: ignore[arg-type]
        return tmp_path / "extracts"

    return go


def test_every_move_is_there_when_nothing_is_held_back(staged: Any) -> None:
    """One file, and no second one."""
    extracts = staged()

    assert ["moves-demo.csv"] == [file.name for file in extracts.iterdir()]
    assert _HEAD + "".join(_MOVES) == (extracts / "moves-demo.csv").read_text("utf-8")


def test_the_newest_moves_come_the_next_morning(staged: Any, tmp_path: Path) -> None:
    """Until then no pattern of the example finds them; both files have the header."""
    extracts = staged(hold_back=2)
    before = sorted(file.name for file in extracts.glob("moves-*.csv"))
    second = next_morning(tmp_path)

    assert ["moves-demo.csv"] == before
    assert _HEAD + "".join(_MOVES[:-2]) == (extracts / "moves-demo.csv").read_text("utf-8")
    assert second in extracts.glob("moves-*.csv")
    assert _HEAD + "".join(_MOVES[-2:]) == second.read_text("utf-8")


def test_what_the_stack_does_not_name_is_not_delivered(staged: Any) -> None:
    """A register by file and school districts only where a connector reads them."""
    extracts = staged(PopulationRegister="register-extract", SchoolDistricts="school-extract")
    schools = (extracts / "schools.csv").read_text("utf-8").splitlines()

    assert (extracts / "register.csv").exists()
    assert ["adresse_id;skole;telefon", "address-0", "address-1"] == [
        schools[0],
        *(line.partition(";")[0] for line in schools[1:]),
    ]
