"""Cases that somebody still has to end, counted for commands after which nobody would see them."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rpa_commons.config import MunicipalityFolder
    from rpa_commons.environments import InstanceHead

__all__ = ["OpenCases", "left_behind", "open_cases"]

_OPEN = ("in_doubt", "failed", "proposed", "handed_over", "waiting", "new", "running")


@dataclass(frozen=True)
class OpenCases:
    """The open cases of one bot instance in one environment.

    Attributes:
        instance: What the instance is called.
        id: Its id.
        environment: Where they are.
        counts: By state; never empty.
    """

    instance: str
    id: str
    environment: str
    counts: dict[str, int]

    @property
    def number(self) -> int:
        """How many there are."""
        return sum(self.counts.values())

    @property
    def states(self) -> str:
        """As people read it: ``3 handed over, 1 waiting``."""
        return ", ".join(f"{count} {state.replace('_', ' ')}" for state, count in self.counts.items())

    def to_json(self) -> dict[str, Any]:
        """For ``--json``."""
        return {
            "instance": self.instance,
            "id": self.id,
            "environment": self.environment,
            "counts": self.counts,
        }


def open_cases(municipality: "MunicipalityFolder", heads: "Iterable[InstanceHead]") -> Iterator[OpenCases]:
    """Of these instances, in every environment that has a state here.

    Raises:
        RefusedError: a state cannot be read.
    """
    from rpa_commons.config.layers import ENVIRONMENTS
    from rpa_commons.runtime import instance_status

    from ._worker import state_errors

    state = municipality.state_dir
    homes = {"production": state} | {one: state / one for one in ENVIRONMENTS if one != "production"}
    for head in heads:
        for environment, home in homes.items():
            with state_errors():
                counts = _open(instance_status(home, head.id).counts)
            if counts:
                yield OpenCases(head.name, head.id, environment, counts)


def left_behind(municipality: "MunicipalityFolder") -> tuple[OpenCases, ...]:
    """Of instances that have no file any more, in the active environment; what cannot be read is left out."""
    from rpa_commons.capabilities import RpaCommonsError
    from rpa_commons.environments import InstanceFileError, instance_head
    from rpa_commons.runtime import instance_status, state_home, unused_states

    from ._worker import state_errors

    home, environment = state_home(municipality), municipality.environment
    try:
        used = [instance_head(municipality, one).id for one in municipality.instances()]
    except InstanceFileError:
        return ()  # its state would count as nobody's; status says what is wrong with the file
    try:
        with state_errors():
            unused = [(one, _open(instance_status(home, one.id).counts)) for one in unused_states(home, used)]
    except RpaCommonsError:
        return ()
    return tuple(OpenCases(one.name, one.id, environment, counts) for one, counts in unused if counts)


def _open(counts: dict[str, int]) -> dict[str, int]:
    return {state: counts[state] for state in _OPEN if counts.get(state)}
