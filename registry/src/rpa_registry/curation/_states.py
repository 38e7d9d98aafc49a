"""The states of a release and what moves between them, as data.

Rules this module keeps: nothing is read or written here; each act says from which situations it goes, who may
do it and whether it needs a reason; an act that is out of order is refused with what to do instead.

A release has one base state and three flags beside it. What is *shown* is the gravest that holds:
quarantined, withdrawn, yanked, deprecated, and else the base state.

Usage::

    problem = out_of_order(ACTS["certify"], Situation("staged"))
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Literal

__all__ = [
    "ACCEPT_NAME",
    "ACTS",
    "BASE_STATES",
    "END_QUARANTINE",
    "EXEMPT",
    "PUBLIC_STATES",
    "Act",
    "Situation",
    "after",
    "out_of_order",
]

Base = Literal["staged", "in_review", "published", "certified", "withdrawn"]
Flag = Literal["deprecated", "yanked", "quarantined"]
Who = Literal["owner", "coordinator", "other_coordinator", "owner_or_coordinator"]

BASE_STATES: tuple[Base, ...] = ("staged", "in_review", "published", "certified", "withdrawn")
PUBLIC_STATES: tuple[Base, ...] = ("published", "certified")
"""Base states in which a release stands in a channel."""


@dataclass(frozen=True)
class Situation:
    """Where a release stands.

    Attributes:
        base: How far it came.
        deprecated: Its owner or a coordinator advises against it; it stays in its channels.
        yanked: It is taken only by those who ask for exactly this version (PEP 592).
        quarantined: Its file is withheld.
    """

    base: Base
    deprecated: bool = False
    yanked: bool = False
    quarantined: bool = False

    @property
    def shown(self) -> str:
        """The one word that people read."""
        if self.quarantined:
            return "quarantined"
        if self.base == "withdrawn":
            return "withdrawn"
        if self.yanked:
            return "yanked"
        return "deprecated" if self.deprecated else self.base


@dataclass(frozen=True)
class Act:
    """What a person may do with a release.

    Attributes:
        name: As the command line, the API and the log call it.
        summary: What it does, for whoever reads the help.
        bases: Base states it goes from.
        who: The owner's developers and coordinators, any coordinator, coordinators that have nothing to do
            with the owner, or the owner's people and any coordinator.
        to: The base state it leads to; empty when it changes a flag.
        flag: The flag it changes; empty when it changes the base state.
        sets: Whether it sets the flag (or takes it away).
        needs_reason: Whether it is refused without one.
        signatures: How many different coordinators must do it until it happens.
        while_flagged: Flags that do not stand in its way.
    """

    name: str
    summary: str
    bases: tuple[Base, ...]
    who: Who
    to: Base | Literal[""] = ""
    flag: Flag | Literal[""] = ""
    sets: bool = True
    needs_reason: bool = False
    signatures: int = 1
    while_flagged: tuple[Flag, ...] = ()


_ANY_VISIBLE: tuple[Flag, ...] = ("deprecated", "yanked")
_ALL = (
    Act("submit", "Ask the coordinators to review a staged release.", ("staged",), "owner", to="in_review"),
    Act(
        "return",
        "Give a release in review back to its owner.",
        ("in_review",),
        "coordinator",
        to="staged",
        needs_reason=True,
    ),
    Act("publish", "Put a reviewed release into the channel all.", ("in_review",), "owner", to="published"),
    Act(
        "certify",
        "Sign a published release; with the second signature it enters the channel certified.",
        ("published",),
        "other_coordinator",
        to="certified",
        signatures=2,
    ),
    Act(
        "deprecate",
        "Advise against a release; it stays in its channels.",
        PUBLIC_STATES,
        "owner_or_coordinator",
        flag="deprecated",
        needs_reason=True,
        while_flagged=("yanked",),
    ),
    Act(
        "undeprecate",
        "Take a deprecation back.",
        PUBLIC_STATES,
        "owner_or_coordinator",
        flag="deprecated",
        sets=False,
        while_flagged=("yanked",),
    ),
    Act(
        "yank",
        "Hide a release from those who do not ask for exactly it (PEP 592).",
        PUBLIC_STATES,
        "owner_or_coordinator",
        flag="yanked",
        needs_reason=True,
        while_flagged=("deprecated",),
    ),
    Act(
        "unyank",
        "Take a yank back.",
        PUBLIC_STATES,
        "owner_or_coordinator",
        flag="yanked",
        sets=False,
        while_flagged=("deprecated",),
    ),
    Act(
        "withdraw",
        "Take back a release that was not published yet.",
        ("staged", "in_review"),
        "owner",
        to="withdrawn",
    ),
    Act(
        "quarantine",
        "Withhold a release's file, by a signed advisory.",
        BASE_STATES,
        "coordinator",
        flag="quarantined",
        needs_reason=True,
        while_flagged=_ANY_VISIBLE,
    ),
    Act(
        "release_from_quarantine",
        "Sign that a release may be had again; the second signature puts it back where it was.",
        BASE_STATES,
        "other_coordinator",
        flag="quarantined",
        sets=False,
        needs_reason=True,
        signatures=2,
        while_flagged=_ANY_VISIBLE,
    ),
)
ACTS: Mapping[str, Act] = MappingProxyType({one.name: one for one in _ALL})
"""Every act on a release, by name, in the order of a release's life."""

ACCEPT_NAME = Act(
    "accept name", "Let a new name stand, so that clients know it.", BASE_STATES, "other_coordinator"
)
"""On a project: one coordinator of another municipality."""

END_QUARANTINE = Act(
    "end_quarantine",
    "Sign that a project may be had again; the second signature makes it active.",
    BASE_STATES,
    "other_coordinator",
    needs_reason=True,
    signatures=2,
)
"""On a project: two coordinators, as for a release."""

EXEMPT = Act("exempt", "Let a quality rule not count.", BASE_STATES, "other_coordinator", needs_reason=True)
"""On a project: one coordinator of another municipality."""

_UNDO = MappingProxyType(
    {"deprecated": "undeprecate", "yanked": "unyank", "quarantined": "release_from_quarantine"}
)
_NEXT = MappingProxyType(
    {
        "staged": "`submit` comes first",
        "in_review": "`publish` or `return` comes first",
        "published": "`certify` is what comes next; `deprecate` or `yank` take it out of use",
        "certified": "it has come as far as it can; `deprecate` or `yank` take it out of use",
        "withdrawn": "nothing can be done with it any more: upload a new version",
    }
)


def after(act: Act, situation: Situation) -> Situation:
    """Where a release stands when the act has happened."""
    if act.flag == "deprecated":
        return replace(situation, deprecated=act.sets)
    if act.flag == "yanked":
        return replace(situation, yanked=act.sets)
    if act.flag == "quarantined":
        return replace(situation, quarantined=act.sets)
    return replace(situation, base=act.to or situation.base)


def out_of_order(act: Act, situation: Situation) -> tuple[str, str] | None:
    """Why an act cannot happen now and what to do about it; ``None`` when it can."""
    held = {
        "quarantined": situation.quarantined,
        "yanked": situation.yanked,
        "deprecated": situation.deprecated,
    }
    if act.flag and held[act.flag] is act.sets:
        word = f"is {act.flag} already" if act.sets else f"is not {act.flag}"
        return word, "there is nothing to do"
    for flag, is_set in held.items():
        if is_set and flag != act.flag and flag not in act.while_flagged:
            return f"is {flag}", f"`{_UNDO[flag]}` comes first"
    if situation.base not in act.bases:
        allowed = " or ".join(_words(one) for one in act.bases)
        return (
            f"is {_words(situation.base)}; `{act.name}` goes from {allowed}",
            _NEXT[situation.base],
        )
    return None


def _words(state: str) -> str:
    return state.replace("_", " ")
