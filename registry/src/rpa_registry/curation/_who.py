"""Who may do what: roles, municipalities, two persons, stand-ins.

Rules this module keeps; nothing is read or written here:

* the owner's acts are for developers and coordinators of the municipality that owns the project;
* a coordinator's acts are for coordinators, and for who stands in for one on that day;
* where two must sign, they are two persons of two different municipalities, neither of them the owner's; a
  stand-in counts for both their own municipality and the absent coordinator's; at least one of the two is a
  coordinator in their own right;
* nobody signs who uploaded the release, who stands in that day for a coordinator of the owner's municipality
  (whomever they sign for), or whose stand-in or absent coordinator signed it, in whatever capacity;
* what takes one person of another municipality (accepting a name, an exemption) follows the same rules;
* a refusal says why and what to do.

Usage::

    capacity = capacity_of(ACTS["certify"], actor, "0265", signed, uploaded_by="mette")
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rpa_registry.errors import ConflictError, ForbiddenError, RegistryError

from ._states import Act

__all__ = ["Actor", "Capacity", "Signed", "StandIn", "capacity_of"]

_OTHERS = "ask coordinators of other municipalities"


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
        tied_to: Logins of those who stand in for them, or for whom they do, at any time of today.
    """

    login: str
    member: str
    role: str
    stands_in_for: tuple[StandIn, ...] = ()
    tied_to: frozenset[str] = frozenset()


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
        members: Codes of the municipalities it stands for: theirs on that day, and the absent coordinator's.
        for_coordinator: Whose stand-in they were, or empty.
        tied_to: Logins of who stood in for them, or for whom they did, on the day they signed.
    """

    person: str
    members: frozenset[str]
    for_coordinator: str = ""
    tied_to: frozenset[str] = frozenset()


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
        refusal = _not_independent(act, actor, capacity, owner, signed, uploaded_by)
        if refusal is None:
            return capacity
        refusals.append(refusal)
    raise refusals[0] if refusals else _wrong_role(act, actor, owner)


def _capacities(act: Act, actor: Actor, owner: str) -> Iterable[Capacity]:
    """Every capacity in which the role allows the act, one's own right first."""
    is_owner = actor.member == owner and actor.role in {"developer", "coordinator"}
    if act.who in {"owner", "owner_or_coordinator"} and is_owner:
        yield Capacity("owner")
    if act.who != "owner":
        if actor.role == "coordinator":
            yield Capacity("coordinator")
        if actor.role in {"developer", "coordinator"}:
            yield from (Capacity("coordinator", one) for one in actor.stands_in_for)


def _not_independent(
    act: Act, actor: Actor, capacity: Capacity, owner: str, signed: Sequence[Signed], uploaded_by: str
) -> RegistryError | None:
    """Why this person's word cannot count as another municipality's."""
    if act.who != "other_coordinator":
        return None
    if actor.member == owner:
        return ForbiddenError(
            f"{actor.login} is of the municipality that owns it ({owner}); nobody signs for their own bot",
            remedy=_OTHERS,
        )
    if actor.login == uploaded_by:
        return ForbiddenError(
            f"{actor.login} uploaded this release, and nobody signs for their own upload",
            remedy="ask coordinators who had no part in it",
        )
    for one in actor.stands_in_for:
        if one.member == owner:
            return ForbiddenError(
                f"{actor.login} stands in for {one.coordinator}, who is of the municipality that owns it "
                f"({owner})",
                remedy=f"{_OTHERS}, or wait until the stand-in has ended",
            )
    return _counts_twice(actor, signed) or _same_place(actor, capacity, signed)


def _counts_twice(actor: Actor, signed: Sequence[Signed]) -> RegistryError | None:
    """Why the two would be one person, or a coordinator and their own stand-in."""
    if any(one.person == actor.login for one in signed):
        return ConflictError(
            f"{actor.login} signed already", remedy="a second coordinator must sign; one person counts once"
        )
    for one in signed:
        theirs = {one.person, one.for_coordinator} - {""}
        if actor.login in one.tied_to or actor.login in theirs or theirs & actor.tied_to:
            return ForbiddenError(
                f"{one.person} signed already, and a coordinator and their own stand-in count once",
                remedy="ask a coordinator who has no part in this stand-in",
            )
    return None


def _same_place(actor: Actor, capacity: Capacity, signed: Sequence[Signed]) -> RegistryError | None:
    """Why the two would not speak for two municipalities, or neither in their own right."""
    mine = {actor.member} | ({capacity.stands_in.member} if capacity.stands_in else set())
    for one in signed:
        if shared := sorted(mine & one.members):
            return ForbiddenError(
                f"{one.person} signed already for {', '.join(shared)}; two must be of two municipalities",
                remedy="ask a coordinator of a third municipality",
            )
        if capacity.stands_in and one.for_coordinator:
            return ForbiddenError(
                f"{one.person} signed already as a stand-in, and so would {actor.login}; at least one of the "
                "two is a coordinator in their own right",
                remedy="ask a coordinator, not a stand-in",
            )
    return None


def _wrong_role(act: Act, actor: Actor, owner: str) -> ForbiddenError:
    who = {
        "owner": f"the developers and coordinators of its owner ({owner})",
        "coordinator": "coordinators, and who stands in for one today",
        "other_coordinator": "coordinators of other municipalities, and who stands in for one today",
        "owner_or_coordinator": f"people of its owner ({owner}) and for coordinators",
    }[act.who]
    remedy = {
        "owner": "ask somebody of the owner",
        "coordinator": "ask a coordinator; one who is away names a stand-in with `rpac-registry stand-in`",
        "other_coordinator": "ask a coordinator; one who is away names a stand-in with "
        "`rpac-registry stand-in`",
        "owner_or_coordinator": "ask somebody of the owner, or a coordinator",
    }[act.who]
    return ForbiddenError(
        f"`{act.name}` is for {who}; {actor.login} is {actor.role} of {actor.member}", remedy=remedy
    )
