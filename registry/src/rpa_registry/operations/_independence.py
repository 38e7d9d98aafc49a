"""The two-person rule once more, written apart from the one that judges acts: no mistake is in both.

Rules this module keeps: nothing is read or written here; it is about signatures that stand already.

Usage::

    for why in why_not_two("0265", "mette", [anna, bo]):
        print(why)
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

__all__ = ["Signer", "why_not_two"]

_TWO = 2


@dataclass(frozen=True)
class Signer:
    """Who signed, as they were at that moment.

    Attributes:
        login: Theirs.
        member: Code of their municipality.
        role: Theirs; empty for somebody who took no part.
        away: Login of the coordinator they signed for, or empty.
        away_member: That coordinator's municipality.
        is_standing_in: Whether they stood in for that coordinator that day.
        stands_for: Municipalities of all coordinators they stood in for.
        tied_to: Logins of who stood in for them, or for whom they did.
    """

    login: str
    member: str
    role: str
    away: str = ""
    away_member: str = ""
    is_standing_in: bool = False
    stands_for: frozenset[str] = frozenset()
    tied_to: frozenset[str] = frozenset()


def why_not_two(
    owner: str, uploaded_by: str, signers: Sequence[Signer], *, wanted: int = _TWO
) -> Iterator[str]:
    """Every reason why signatures are not what the rule asks for, as the end of a sentence.

    Args:
        owner: Code of the member that owns the project.
        uploaded_by: Login of who uploaded the release, or empty.
        signers: Whose signatures count.
        wanted: How many there must be.
    """
    if len(signers) != wanted:
        yield f"{len(signers)} of {wanted} signed"
    for one in signers:
        yield from _alone(owner, uploaded_by, one)
    for one, other in combinations(signers, 2):
        yield from _together(one, other)
    if len(signers) == _TWO and all(one.away for one in signers):
        yield "neither signer is a coordinator in their own right"


def _alone(owner: str, uploaded_by: str, one: Signer) -> Iterator[str]:
    if owner in {one.member, one.away_member, *one.stands_for}:
        yield f"{one.login} has to do with its owner ({owner})"
    if uploaded_by and one.login == uploaded_by:
        yield f"{one.login} uploaded it"
    is_right = one.is_standing_in if one.away else one.role == "coordinator"
    if not is_right or one.role not in {"developer", "coordinator"}:
        yield f"{one.login} was no coordinator" + (
            f" and did not stand in for {one.away}" if one.away else ""
        )


def _together(one: Signer, other: Signer) -> Iterator[str]:
    if one.login == other.login:
        yield f"{one.login} signed twice"
    elif {one.login, one.away} & {other.login, other.away} - {""} or (
        one.login in other.tied_to or other.login in one.tied_to
    ):
        yield f"{one.login} and {other.login} stand in for each other or for the same coordinator"
    elif shared := {one.member, one.away_member} & {other.member, other.away_member} - {""}:
        yield f"{one.login} and {other.login} are both of {', '.join(sorted(shared))}"
