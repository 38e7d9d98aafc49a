"""Members and their people: added, listed, disabled; nobody is ever deleted, for the log names them.

Usage::

    add_person(connection, operator(), "mette", "Mette Holm", "0265", "developer")
"""

import base64
import binascii
import re
from dataclasses import asdict, dataclass
from typing import Any

import sqlalchemy as sa

from rpa_registry.db import members, now, people, tokens
from rpa_registry.errors import ConflictError, ForbiddenError, NotFoundError, RefusedError
from rpa_registry.log import append
from rpa_registry.texts import checked_line

from ._identity import ROLES, Identity, require_coordinator, require_operator

__all__ = [
    "Member",
    "Person",
    "add_member",
    "add_person",
    "disable_person",
    "members_list",
    "people_list",
    "register_key",
]

_CODE = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,18}[A-Za-z0-9])?")
_LOGIN = re.compile(r"[a-z][a-z0-9]*(?:[.-][a-z0-9]+)*")
_LONGEST_LOGIN = 64
_RESERVED = ("operator",)
_COUNTRIES = ("dk", "no", "se")
_ED25519 = 32  # bytes of a public key


@dataclass(frozen=True)
class Member:
    """A municipality, or the cooperation itself; ``code`` is ``0265``, ``country`` ``dk``."""

    code: str
    name: str
    country: str
    contact: str
    joined: str

    def to_json(self) -> dict[str, Any]:
        """As ``--json`` gives it."""
        return asdict(self)


@dataclass(frozen=True)
class Person:
    """Somebody of a member; ``public_key`` is base64 Ed25519 or empty."""

    login: str
    name: str
    member: str
    role: str
    contact: str
    public_key: str
    active: bool
    added: str

    def to_json(self) -> dict[str, Any]:
        """As ``--json`` gives it."""
        return asdict(self)


def add_member(
    connection: sa.Connection, actor: Identity, code: str, name: str, *, country: str, contact: str = ""
) -> Member:
    """Let a municipality join.

    Args:
        connection: A writing one.
        actor: A coordinator, or the operator.
        code: Its official code, ``0265``; the cooperation itself may have a word.
        name: As people say it.
        country: ``dk``, ``no`` or ``se``.
        contact: Whom to write to.

    Raises:
        ForbiddenError: the actor is neither.
        RefusedError: the code or the country cannot be.
        ConflictError: it has joined already.
    """
    require_coordinator(actor, "adding a member")
    if not _CODE.fullmatch(code):
        raise RefusedError(f"{code!r} is no member's code", remedy='use the official one, such as "0265"')
    if country not in _COUNTRIES:
        raise RefusedError(f"the country {country!r} is not one of {', '.join(_COUNTRIES)}")
    called = checked_line(name, f"the name of the member {code}", is_required=True)
    reached = checked_line(contact, f"the contact of the member {code}")
    if connection.execute(sa.select(members).where(members.c.code == code)).first():
        raise ConflictError(f"{code} is a member already", remedy="`rpac-registry member list` shows them")
    member = Member(code, called, country, reached, now())
    connection.execute(sa.insert(members).values(asdict(member)))
    append(connection, actor, "add member", code, {"name": member.name, "country": country})
    return member


def add_person(
    connection: sa.Connection,
    actor: Identity,
    login: str,
    name: str,
    member: str,
    role: str,
    *,
    contact: str = "",
) -> Person:
    """Let a person of a member take part.

    Raises:
        ForbiddenError: the actor is neither a coordinator nor the operator, who alone adds coordinators.
        RefusedError: the login or the role cannot be.
        NotFoundError: there is no such member.
        ConflictError: the login is taken.
    """
    require_coordinator(actor, "adding a person")
    if role == "coordinator":
        require_operator(actor, "adding a coordinator")
    if len(login) > _LONGEST_LOGIN or not _LOGIN.fullmatch(login) or login in _RESERVED:
        raise RefusedError(
            f"{login!r} cannot be a login", remedy="use small letters, digits, dots and hyphens: `mette.holm`"
        )
    if role not in ROLES:
        raise RefusedError(f"the role {role!r} is not one of {', '.join(ROLES)}")
    if not connection.execute(sa.select(members).where(members.c.code == member)).first():
        raise NotFoundError(f"there is no member {member!r}", remedy="`rpac-registry member add` adds one")
    if connection.execute(sa.select(people).where(people.c.login == login)).first():
        raise ConflictError(
            f"the login {login} is taken", remedy="choose another one; logins are never reused"
        )
    called = checked_line(name, f"the name of {login}") or login
    reached = checked_line(contact, f"the contact of {login}")
    person = Person(login, called, member, role, reached, "", active=True, added=now())
    connection.execute(sa.insert(people).values(asdict(person)))
    append(connection, actor, "add person", login, {"member": member, "role": role})
    return person


def disable_person(connection: sa.Connection, actor: Identity, login: str) -> int:
    """End a person's part: no act, and every token of theirs revoked; what they did stays in the log.

    Returns:
        How many tokens were revoked.

    Raises:
        ForbiddenError: the actor is neither a coordinator nor the operator.
        NotFoundError: there is no such person.
        ConflictError: they take part no longer.
    """
    require_coordinator(actor, "disabling a person")
    person = _person(connection, login)
    if not person.active:
        raise ConflictError(f"{login} takes part no longer already")
    connection.execute(sa.update(people).where(people.c.login == login).values(active=False))
    revoked = connection.execute(
        sa.update(tokens).where(tokens.c.person == login, tokens.c.revoked.is_(None)).values(revoked=now())
    ).rowcount
    append(connection, actor, "disable person", login, {"tokens_revoked": revoked})
    return int(revoked)


def register_key(connection: sa.Connection, actor: Identity, login: str, public_key: str) -> Person:
    """Write down which key a person signs with; the one before it stays in what was signed with it.

    Args:
        connection: A writing one.
        actor: The person themselves, or the operator.
        login: Whose key.
        public_key: Base64 of the 32 bytes of an Ed25519 public key.

    Raises:
        ForbiddenError: the actor is somebody else.
        NotFoundError: there is no such person.
        RefusedError: it is no such key.
        ConflictError: another person signs with it.
    """
    if actor.login != login:
        require_operator(actor, "registering another person's key")
    person = _person(connection, login)
    if actor.role == "auditor":
        raise ForbiddenError(f"{actor.login} is an auditor, who signs nothing")
    try:
        size = len(base64.b64decode(public_key, validate=True))
    except binascii.Error:
        size = 0
    if size != _ED25519:
        raise RefusedError(
            "that is no Ed25519 public key in base64",
            remedy="`rpac-registry key new FILE` makes one and shows it",
        )
    taken = connection.scalar(
        sa.select(people.c.login).where(people.c.public_key == public_key, people.c.login != login)
    )
    if taken:
        raise ConflictError(f"{taken} signs with that key", remedy="a key is one person's: make another one")
    connection.execute(sa.update(people).where(people.c.login == login).values(public_key=public_key))
    append(connection, actor, "register key", login, {"public_key": public_key, "before": person.public_key})
    return _person(connection, login)


def members_list(connection: sa.Connection) -> tuple[Member, ...]:
    """Every member, by code."""
    return tuple(
        Member(**row._mapping)  # noqa: SLF001 - SQLAlchemy's public name for it
        for row in connection.execute(sa.select(members).order_by(members.c.code))
    )


def people_list(connection: sa.Connection) -> tuple[Person, ...]:
    """Every person, by login; also those who take part no longer."""
    return tuple(
        Person(**row._mapping)  # noqa: SLF001 - SQLAlchemy's public name for it
        for row in connection.execute(sa.select(people).order_by(people.c.login))
    )


def _person(connection: sa.Connection, login: str) -> Person:
    row = connection.execute(sa.select(people).where(people.c.login == login)).first()
    if row is None:
        raise NotFoundError(f"there is no person {login!r}", remedy="`rpac-registry person list` shows them")
    return Person(**row._mapping)  # noqa: SLF001 - SQLAlchemy's public name for it
