"""The first members and coordinators of a new registry.

Usage::

    found_cooperation(connection, "dk", [("0265", "Roskilde")], [("jens", "0265")])
"""

from collections.abc import Sequence

import sqlalchemy as sa

from ._identity import SCOPES, operator
from ._members import add_member, add_person
from ._tokens import IssuedToken, issue_token

__all__ = ["found_cooperation"]

_DAYS = 365


def found_cooperation(
    connection: sa.Connection,
    country: str,
    members: Sequence[tuple[str, str]],
    coordinators: Sequence[tuple[str, str]],
) -> tuple[IssuedToken, ...]:
    """Make the first members and people, each coordinator with a token for everything.

    Args:
        connection: A writing one.
        country: Of the members.
        members: Code and name of each.
        coordinators: Login and member's code of each.

    Raises:
        RefusedError: a code, a name or a login cannot be.
        NotFoundError: a coordinator's member is none of them.
        ConflictError: one is named twice.
    """
    for code, name in members:
        add_member(connection, operator(), code, name, country=country)
    issued = []
    for login, code in coordinators:
        add_person(connection, operator(), login, login, code, "coordinator")
        issued.append(
            issue_token(
                connection,
                operator(),
                login,
                label="first token",
                scopes=SCOPES,
                days=_DAYS,
            )
        )
    return tuple(issued)
