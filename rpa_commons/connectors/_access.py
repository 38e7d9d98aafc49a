"""What it takes to be let in by a real system, and how near to it a connector was tried.

Every connector class says both, and ``rpac access`` and its page in the docs show them::

    class MyRegister:
        access: ClassVar[Access] = Access(
            agreements=("A service agreement for ...",),
            certificate="An OCES3 function certificate ...",
            signed_by=("The municipality's ... approves the agreement.",),
            test=("Check that ...", "Call ..."),
            sources=("https://...",),
            not_public="The error codes; ask ...",
        )
        verified: ClassVar[tuple[Rung, ...]] = (
            Rung(level="schema", where="PersonBaseDataExtended 4", date=date(2026, 11, 22)),
            Rung(level="simulator", where="rpac sandbox", date=date(2026, 11, 22)),
        )

Rules: a claim has a source or is said to be ours; what no public source says stands in ``not_public``; a rung
is entered by whoever stood on it, with the day. The models live in the lowest layer
(:mod:`rpa_commons.manifest`), because a connector wheel carries them in its manifest.
"""

from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType

from rpa_commons.manifest import Access, Rung

__all__ = ["Access", "Rung", "ladder", "standing", "standing_at"]

_WORDS: Mapping[str, str] = MappingProxyType(
    {
        "schema": "schema",
        "simulator": "simulator",
        "official-test": "official test environment",
        "production": "production",
    }
)  # lowest first
_AT_OUR_DESK = frozenset({"schema", "simulator"})


def ladder(verified: Sequence[Rung]) -> Iterator[tuple[str, tuple[Rung, ...]]]:
    """Each level in words with the rungs of it, lowest first; a level that nobody stood on has none."""
    for level, words in _WORDS.items():
        yield words, tuple(rung for rung in verified if rung.level == level)


def standing(verified: Sequence[Rung]) -> str:
    """The highest rung in words: ``simulator only``, ``official test environment``, ``production at X``."""
    places = [rung.where for rung in verified if rung.level == "production"]
    if places:
        return f"production at {', '.join(places)}"
    reached = [level for level in _WORDS if any(rung.level == level for rung in verified)]
    return standing_at(reached[-1]) if reached else "not verified"


def standing_at(level: str) -> str:
    """One level in the words of :func:`standing`; one that this release does not know as it is called."""
    words = _WORDS.get(level, level)
    return f"{words} only" if level in _AT_OUR_DESK else words
