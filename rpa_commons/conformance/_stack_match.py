"""Will a bot run on a stack: what it asks for against what a municipality has bound; pure.

Rules this module keeps: only names are compared; a capability is there or it is not, whoever serves it.

Usage::

    match = stack_match(["DigitalPost", "CaseSystem"], {"DigitalPost"})
    match.runs, match.needs  # False, ("CaseSystem",)
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from rpa_commons.manifest import Manifest

__all__ = ["StackMatch", "stack_match"]


@dataclass(frozen=True)
class StackMatch:
    """Whether a bot runs on a stack.

    Attributes:
        needs: Capabilities that it asks for and that nothing is bound to, in the bot's order.
    """

    needs: tuple[str, ...] = ()

    @property
    def runs(self) -> bool:
        """Whether it runs as it is."""
        return not self.needs

    def __str__(self) -> str:
        return "yes" if self.runs else f"needs {', '.join(self.needs)}"


def stack_match(asks: Manifest | Iterable[str], bound: Collection[str]) -> StackMatch:
    """Compare.

    Args:
        asks: A bot's manifest, or the names of the capabilities that it asks for.
        bound: Names of the capabilities that the stack binds.
    """
    names = (one.name for one in asks.capabilities) if isinstance(asks, Manifest) else asks
    return StackMatch(tuple(dict.fromkeys(name for name in names if name not in bound)))
