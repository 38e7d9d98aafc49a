"""What a population is made from, and how a folder remembers it between two sandboxes."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from rpa_commons.validators import dk

from ._files import read_json, write_json

__all__ = ["Seeding", "chosen_municipalities", "given_services", "seeding_of", "stored_day"]

_DEFAULT_SEED = 2026
_DEFAULT_PEOPLE = 60
_DEFAULT_MUNICIPALITY = "0265"
_DEFAULT_CVR = "29189404"


@dataclass(frozen=True)
class Seeding:
    """Seed, size, day and places; ``municipalities`` is code -> CVR number."""

    seed: int
    people: int
    today: date
    municipalities: Mapping[str, str]

    def save(self, folder: Path, ports: Mapping[str, int], *, given: Iterable[str] = ()) -> None:
        """Write ``box.json``, with the ports for whoever wants them again.

        Args:
            folder: The sandbox's.
            ports: Kind -> the one that is listened on.
            given: Names of services that are not in the catalogue, for :func:`given_services`.
        """
        write_json(
            folder / "box.json",
            {
                "seed": self.seed,
                "people": self.people,
                "today": self.today.isoformat(),
                "municipalities": dict(self.municipalities),
                "ports": dict(ports),
                "services": sorted(given),
            },
        )


def seeding_of(
    stored: Mapping[str, Any],
    *,
    seed: int | None,
    people: int | None,
    today: date,
    municipalities: Mapping[str, str],
) -> Seeding:
    """What is given, else what the folder remembers, else the default."""
    return Seeding(
        seed=_first(seed, stored.get("seed"), _DEFAULT_SEED),
        people=_first(people, stored.get("people"), _DEFAULT_PEOPLE),
        today=today,
        municipalities=municipalities,
    )


def chosen_municipalities(
    municipality: str | Mapping[str, str] | None, cvr: str | None, stored: Mapping[str, Any]
) -> dict[str, str]:
    """Code -> CVR number, checked.

    Raises:
        InvalidIdentifierError: a code or CVR number that can be none.
    """
    if isinstance(municipality, Mapping):
        chosen = dict(municipality)
    elif municipality or cvr or not stored.get("municipalities"):
        chosen = {municipality or _DEFAULT_MUNICIPALITY: cvr or _DEFAULT_CVR}
    else:
        chosen = dict(stored["municipalities"])
    return {dk.municipality_code(code): dk.cvr(number) for code, number in chosen.items()}


def given_services(folder: Path) -> frozenset[str]:
    """Names of the services that the folder's last sandbox was given besides the catalogue's."""
    names = read_json(folder / "box.json").get("services", [])
    return frozenset(map(str, names)) if isinstance(names, list) else frozenset()


def stored_day(stored: Mapping[str, Any]) -> date | None:
    """The day that the folder's people were made for, if it remembers one."""
    try:
        return date.fromisoformat(str(stored.get("today")))
    except ValueError:
        return None


def _first(given: int | None, stored: object, default: int) -> int:
    if given is not None:
        return given
    return stored if isinstance(stored, int) else default
