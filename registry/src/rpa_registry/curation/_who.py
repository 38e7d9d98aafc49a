"""Who may do what: roles, municipalities, two persons, stand-ins.

Rules this module keeps; nothing is read or written here:

* the owner's acts are for developers and coordinators of the municipality that owns the project;
* a coordinator's acts are for coordinators, and for who stands in for one on that day;
* where two must sign, they are different persons, neither is of the owner's municipality nor stands in for
  somebody who is, neither uploaded the release, and a coordinator and their own stand-in count once;
* a refusal says why and what to do.

Usage::

    capacity = capacity_of(ACTS["certify"], actor, "0265", signed, uploaded_by="mette")
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rpa_registry.errors import ConflictError, ForbiddenError, RegistryError

from ._states import Act

__all__ = ["Actor", "Capacity", "Signed", "StandIn", "capacity_of"]


@dataclass(frozen=True)
class StandIn:
    """A coordinator whose place somebody takes today.

    Attributes:
        coordinator: Their login.
        member: Their municipality.
    """

    coordinator: str
    member: str


@dataclass(frozen=True)
class Actor:
    """Who wants to do something, as the database knows them now.

    Attributes:
        login: Theirs.
        member: Code of their municipality.
        role: ``developer``, ``coordinator`` or ``auditor``.
        stands_in_for: Coordinators whose place they take today.
    """

    login: str
    member: str
    role: str
    stands_in_for: tuple[StandIn, ...] = ()


@dataclass(frozen=True)
class Capacity:
    """In which capacity an act is done.

    Attributes:
        kind: ``owner`` or ``coordinator``.
        stands_in: For whom, when not in one's own right.
    """

    kind: str
    stands_in: StandIn | None = None

    @property
    def for_coordinator(self) -> str:
        """Login of the coordinator whose place is taken, or empty."""
        return self.stands_in.coordinator if self.stands_in else ""


@dataclass(frozen=True)
class Signed:
    """A signature that counts already.

    Attributes:
        person: Who signed.
        for_coordinator: Whose stand-in they were, or empty.
    """

    person: str
    for_coordinator: str = ""


def capacity_of(
    act: Act, actor: Actor, owner: str, signed: Sequence[Signed] = (), *, uploaded_by: str = ""
) -> Capacity:
    """In which capacity the actor may do the act.

    Args:
        act: What they want to do.
        actor: Who they are.
        owner: Code of the member that owns the project.
        signed: Signatures of the same act that count already.
        uploaded_by: Login of who uploaded the release.

    Raises:
        ForbiddenError: they may not; the message says why.
        ConflictError: they signed already.
    """
    refusals: list[RegistryError] = []
    for capacity in _capacities(act, actor, owner):
        refusal = (
            _not_independent(actor, capacity, owner, signed, uploaded_by) if act.signatures > 1 else None
        )
        if refusal is None:
            return capacity
        refusals.append(refusal)
    raise refusals[0] if refusals else _wrong_role(act, actor, owner)


def _capacities(act: Act, actor: Actor, owner: str) -> Iterable[Capacity]:
    """Every capacity in which the role allows the act, one's own right first."""
    is_owner = actor.member == owner and actor.role in {"developer", "coordinator"}
    if act.who != "coordinator" and is_owner:
        yield Capacity("owner")
    if act.who != "owner":
        if actor.role == "coordinator":
            yield Capacity("coordinator")
        if actor.role in {"developer", "coordinator"}:
            yield from (Capacity("coordinator", one) for one in actor.stands_in_for)


def _not_independent(
    actor: Actor, capacity: Capacity, owner: str, signed: Sequence[Signed], uploaded_by: str
) -> RegistryError | None:
    """Why this person's signature cannot be one of the two."""
    if actor.member == owner:
        return ForbiddenError(
            f"{actor.login} is of the municipality that owns it ({owner}); nobody signs for their own bot",
            remedy="ask two coordinators of other municipalities",
        )
    if actor.login == uploaded_by:
        return ForbiddenError(
            f"{actor.login} uploaded this release, and nobody signs for their own upload",
            remedy="ask two coordinators who had no part in it",
        )
    stands_in = capacity.stands_in
    if stands_in is not None and stands_in.member == owner:
        return ForbiddenError(
            f"{actor.login} stands in for {stands_in.coordinator}, who is of the municipality that owns it "
            f"({owner})",
            remedy="ask two coordinators of other municipalities, or their stand-ins",
        )
    return _counts_twice(actor, capacity, signed)


def _counts_twice(actor: Actor, capacity: Capacity, signed: Sequence[Signed]) -> RegistryError | None:
    if any(one.person == actor.login for one in signed):
        return ConflictError(
            f"{actor.login} signed already", remedy="a second coordinator must sign; one person counts once"
        )
    mine = {actor.login, capacity.for_coordinator} - {""}
    for one in signed:
        if shared := mine & ({one.person, one.for_coordinator} - {""}):
            return ForbiddenError(
                f"{one.person} signed already, and a coordinator and their own stand-in count once "
                f"(both are {', '.join(sorted(shared))})",
                remedy="ask a coordinator who has no part in this stand-in",
            )
    return None


def _wrong_role(act: Act, actor: Actor, owner: str) -> ForbiddenError:
    who = {
        "owner": f"the developers and coordinators of its owner ({owner})",
        "coordinator": "coordinators, and who stands in for one today",
        "owner_or_coordinator": f"people of its owner ({owner}) and for coordinators",
    }[act.who]
    remedy = {
        "owner": "ask somebody of the owner",
        "coordinator": "ask a coordinator; one who is away names a stand-in with `rpac-registry stand-in`",
        "owner_or_coordinator": "ask somebody of the owner, or a coordinator",
    }[act.who]
    return ForbiddenError(
        f"`{act.name}` is for {who}; {actor.login} is {actor.role} of {actor.member}", remedy=remedy
    )
