"""The first members and coordinators of a new registry.

Usage::

    jens = Founder("jens", "0265", name="Jens Holm", contact="jens@roskilde.example")
    found_cooperation(connection, "dk", [("0265", "Roskilde")], [jens])
"""

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from ._identity import SCOPES, operator
from ._members import add_member, add_person
from ._tokens import IssuedToken, issue_token

__all__ = ["Founder", "found_cooperation"]

_DAYS = 365


@dataclass(frozen=True)
class Founder:
    """A first coordinator: ``login`` of ``member``, a code; without a name they are called by the login."""

    login: str
    member: str
    name: str = ""
    contact: str = ""


def found_cooperation(
    connection: sa.Connection,
    country: str,
    members: Sequence[tuple[str, str]],
    coordinators: Sequence[Founder],
) -> tuple[IssuedToken, ...]:
    """Make the first members and people, each coordinator with a token for everything.

    Args:
        connection: A writing one.
        country: Of the members.
        members: Code and name of each.
        coordinators: Who they are.

    Raises:
        RefusedError: a code, a name or a login cannot be.
        NotFoundError: a coordinator's member is none of them.
        ConflictError: one is named twice.
    """
    for code, name in members:
        add_member(connection, operator(), code, name, country=country)
    issued = []
    for one in coordinators:
        add_person(
            connection, operator(), one.login, one.name, one.member, "coordinator", contact=one.contact
        )
        issued.append(
            issue_token(
                connection,
                operator(),
                one.login,
                label="first token",
                scopes=SCOPES,
                days=_DAYS,
            )
        )
    return tuple(issued)
