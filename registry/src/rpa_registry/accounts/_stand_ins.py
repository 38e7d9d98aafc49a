"""Stand-ins: in July somebody else signs for a coordinator.

Rules this module keeps: whoever leaves names them, for some weeks and with a reason; both municipalities then
count, the stand-in's and the absent coordinator's (curation asks :func:`standing_in_for`).

Usage::

    name_stand_in(connection, actor, "jens", "mette", date(2027, 7, 5), date(2027, 7, 30), "summer leave")
    standing_in_for(connection, "mette", date(2027, 7, 6))
"""

from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa

from rpa_registry.db import now, people, stand_ins
from rpa_registry.errors import ConflictError, NotFoundError, RefusedError
from rpa_registry.log import append
from rpa_registry.texts import checked_text

from ._identity import Identity, identity_of, require_operator

__all__ = ["StandIn", "end_stand_in", "name_stand_in", "stand_ins_list", "standing_in_for", "tied_to"]


@dataclass(frozen=True)
class StandIn:
    """Who signs for whom, from the first day to the last, both included.

    Attributes:
        coordinator_member: Code of the absent coordinator's municipality, as it is now.
        ended: When it was taken back before its last day.
    """

    id: int
    coordinator: str
    coordinator_member: str
    stand_in: str
    starts: str
    ends: str
    reason: str
    named: str
    ended: str | None

    def to_json(self) -> dict[str, Any]:
        """As ``--json`` gives it."""
        return asdict(self)


def name_stand_in(
    connection: sa.Connection,
    actor: Identity,
    coordinator: str,
    stand_in: str,
    starts: date,
    ends: date,
    reason: str,
    *,
    longest: int = 42,
) -> StandIn:
    """Let somebody sign for a coordinator for a while.

    Args:
        connection: A writing one.
        actor: The coordinator who leaves, or the operator.
        coordinator: Who will be away.
        stand_in: Who signs for them: another developer or coordinator of the cooperation.
        starts: First day.
        ends: Last day.
        reason: Why.
        longest: The registry's limit, days.

    Raises:
        ForbiddenError: the actor is neither that coordinator nor the operator.
        NotFoundError: one of the two is nobody here.
        LoginError: one of the two takes part no longer.
        RefusedError: the same person twice, an auditor, or no coordinator; the days or the reason
            cannot be.
    """
    if actor.login != coordinator:
        require_operator(actor, "naming another coordinator's stand-in")
    _check_people(connection, coordinator, stand_in)
    days = (ends - starts).days + 1
    if not 1 <= days <= longest:
        raise RefusedError(
            f"a stand-in is named for 1 to {longest} days, not {days}",
            remedy="`limits.stand_in_days` in registry.toml; who is away for longer hands over the role",
        )
    if ends.isoformat() < now()[:10]:
        raise RefusedError(f"the last day, {ends}, is over", remedy="nobody is named for days that are gone")
    said = checked_text(reason, "the reason for a stand-in", is_required=True)
    row = {
        "coordinator": coordinator,
        "stand_in": stand_in,
        "starts": starts.isoformat(),
        "ends": ends.isoformat(),
        "reason": said,
    }
    number = connection.execute(
        sa.insert(stand_ins).values(**row, named=now()).returning(stand_ins.c.id)
    ).scalar_one()
    append(connection, actor, "name stand-in", f"stand-in {number}", row)
    return _one(connection, number)


def _check_people(connection: sa.Connection, coordinator: str, stand_in: str) -> None:
    away = identity_of(connection, coordinator, frozenset())
    there = identity_of(connection, stand_in, frozenset())
    if not away.is_coordinator:
        raise RefusedError(f"{coordinator} is no coordinator: there is nothing to stand in for")
    if coordinator == stand_in:
        raise RefusedError("nobody stands in for themselves", remedy="name another person of the cooperation")
    if there.role == "auditor":
        raise RefusedError(f"{stand_in} is an auditor, who signs nothing", remedy="name somebody else")


def end_stand_in(connection: sa.Connection, actor: Identity, number: int) -> StandIn:
    """Take a stand-in back before the last day.

    Raises:
        ForbiddenError: the actor is neither the coordinator, the stand-in, nor the operator.
        NotFoundError: there is none with that number.
        ConflictError: it has ended already.
    """
    found = _one(connection, number)
    if actor.login not in {found.stand_in, found.coordinator}:
        require_operator(actor, "ending somebody else's stand-in")
    if found.ended or found.ends < now()[:10]:
        raise ConflictError(f"stand-in {number} ended on {found.ended or found.ends}")
    connection.execute(sa.update(stand_ins).where(stand_ins.c.id == number).values(ended=now()))
    append(connection, actor, "end stand-in", f"stand-in {number}", {"coordinator": found.coordinator})
    return _one(connection, number)


def standing_in_for(connection: sa.Connection, login: str, day: date) -> tuple[StandIn, ...]:
    """For whom a person signs on a day; coordinators who take part no longer do not count."""
    query = _query().where(
        stand_ins.c.stand_in == login,
        stand_ins.c.starts <= day.isoformat(),
        stand_ins.c.ends >= day.isoformat(),
        stand_ins.c.ended.is_(None),
        people.c.active,
        people.c.role == "coordinator",
    )
    return tuple(_stand_in(row) for row in connection.execute(query))


def tied_to(connection: sa.Connection, login: str, day: date) -> frozenset[str]:
    """Who signed for a person, or for whom that person signed, at any time of a day.

    A stand-in that was ended that very day counts: else one would sign, end it, and let the other one sign.
    """
    query = sa.select(stand_ins.c.coordinator, stand_ins.c.stand_in).where(
        sa.or_(stand_ins.c.coordinator == login, stand_ins.c.stand_in == login),
        stand_ins.c.starts <= day.isoformat(),
        stand_ins.c.ends >= day.isoformat(),
        sa.or_(stand_ins.c.ended.is_(None), stand_ins.c.ended >= day.isoformat()),
    )
    return frozenset({one for row in connection.execute(query) for one in row} - {login})


def stand_ins_list(connection: sa.Connection) -> tuple[StandIn, ...]:
    """Every stand-in ever named, the newest first."""
    return tuple(_stand_in(row) for row in connection.execute(_query().order_by(stand_ins.c.id.desc())))


def _one(connection: sa.Connection, number: int) -> StandIn:
    row = connection.execute(_query().where(stand_ins.c.id == number)).first()
    if row is None:
        raise NotFoundError(
            f"there is no stand-in {number}", remedy="`rpac-registry stand-in list` shows them"
        )
    return _stand_in(row)


def _query() -> sa.Select[Any]:
    return sa.select(stand_ins, people.c.member.label("coordinator_member")).join(
        people, people.c.login == stand_ins.c.coordinator
    )


def _stand_in(row: Any) -> StandIn:  # noqa: ANN401 - a row of SQLAlchemy
    return StandIn(**row._mapping)  # noqa: SLF001 - SQLAlchemy's public name for it
