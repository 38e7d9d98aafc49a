"""Members and their people: added, listed, disabled; nobody is ever deleted, for the log names them.

Rules this module keeps: a coordinator looks after the developers and auditors of their own municipality; all
coordinators, and other municipalities' people, are the operator's, so no coordinator removes another one.

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

from ._identity import ROLES, Identity, require_care, require_coordinator, require_operator

__all__ = [
    "Member",
    "Person",
    "add_member",
    "add_person",
    "change_person",
    "disable_person",
    "enable_person",
    "members_list",
    "people_list",
    "register_key",
]

_CODES = {  # what an official code looks like; all three countries write four digits
    "dk": re.compile(r"[0-9]{4}"),
    "no": re.compile(r"[0-9]{4}"),
    "se": re.compile(r"[0-9]{4}"),
}
_WORD = re.compile(r"[A-Za-z](?:[A-Za-z-]{0,18}[A-Za-z])?")  # of what is no municipality
_LOGIN = re.compile(r"[a-z][a-z0-9]*(?:[.-][a-z0-9]+)*")
_LONGEST_LOGIN = 64
_RESERVED = ("operator",)
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
        code: Its official code, four digits: ``0265``; the cooperation itself may have a word.
        name: As people say it, without digits.
        country: ``dk``, ``no`` or ``se``.
        contact: Whom to write to.

    Raises:
        ForbiddenError: the actor is neither.
        RefusedError: the code, the name or the country cannot be.
        ConflictError: it has joined already.
    """
    require_coordinator(actor, "adding a member")
    _check_code(code, name, country)
    called = checked_line(name, f"the name of the member {code}", is_required=True)
    reached = checked_line(contact, f"the contact of the member {code}")
    if connection.execute(sa.select(members).where(members.c.code == code)).first():
        raise ConflictError(f"{code} is a member already", remedy="`rpac-registry member list` shows them")
    member = Member(code, called, country, reached, now())
    connection.execute(sa.insert(members).values(asdict(member)))
    append(connection, actor, "add member", code, {"name": member.name, "country": country})
    return member


def _check_code(code: str, name: str, country: str) -> None:
    if country not in _CODES:
        raise RefusedError(f"the country {country!r} is not one of {', '.join(_CODES)}")
    official = _CODES[country]
    if official.fullmatch(name.strip()) and not official.fullmatch(code):
        raise RefusedError(
            f"{code!r} is said to be the code and {name!r} the name: they are swapped",
            remedy=f"the code comes first: {name.strip()}={code}",
        )
    if not (official.fullmatch(code) or _WORD.fullmatch(code)):
        raise RefusedError(
            f"{code!r} is no member's code in {country}",
            remedy='the official code has four digits, with its zeros: "0265"',
        )
    if any(letter.isdigit() for letter in name):
        raise RefusedError(
            f"{name!r} is no municipality's name: it has digits", remedy=f"say its name: {code}=Roskilde"
        )


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
        ForbiddenError: the actor is neither the operator nor a coordinator of that member, or the new person
            would be a coordinator and the actor is not the operator.
        RefusedError: the login or the role cannot be.
        NotFoundError: there is no such member.
        ConflictError: the login is taken.
    """
    require_coordinator(actor, "adding a person")
    if len(login) > _LONGEST_LOGIN or not _LOGIN.fullmatch(login) or login in _RESERVED:
        raise RefusedError(
            f"{login!r} cannot be a login", remedy="use small letters, digits, dots and hyphens: `mette.holm`"
        )
    if role not in ROLES:
        raise RefusedError(f"the role {role!r} is not one of {', '.join(ROLES)}")
    if not connection.execute(sa.select(members).where(members.c.code == member)).first():
        raise NotFoundError(f"there is no member {member!r}", remedy="`rpac-registry member add` adds one")
    require_care(actor, member, role, "adding a person")
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


def disable_person(
    connection: sa.Connection, actor: Identity, login: str, *, is_oneself_meant: bool = False
) -> int:
    """End a person's part: no act, and every token of theirs revoked; what they did stays in the log.

    Args:
        connection: A writing one.
        actor: The operator, a coordinator for the developers and auditors of their own municipality, or the
            person themselves.
        login: Whose part ends.
        is_oneself_meant: Whether somebody who disables themselves knows that it is they.

    Returns:
        How many tokens were revoked.

    Raises:
        ForbiddenError: the actor is somebody else, or did not say that they mean themselves.
        NotFoundError: there is no such person.
        ConflictError: they take part no longer.
    """
    person = _person(connection, login)
    if actor.login != login:
        require_care(actor, person.member, person.role, "disabling a person")
    elif not is_oneself_meant:
        raise ForbiddenError(
            f"{login} would end their own part, and could not take it back",
            remedy="say --yes if you mean it; the operator can enable you again",
        )
    if not person.active:
        raise ConflictError(f"{login} takes part no longer already")
    connection.execute(sa.update(people).where(people.c.login == login).values(active=False))
    revoked = connection.execute(
        sa.update(tokens).where(tokens.c.person == login, tokens.c.revoked.is_(None)).values(revoked=now())
    ).rowcount
    append(connection, actor, "disable person", login, {"tokens_revoked": revoked})
    return int(revoked)


def enable_person(connection: sa.Connection, actor: Identity, login: str) -> Person:
    """Let a person take part again, with the role and key they had; their tokens stay revoked.

    Raises:
        ForbiddenError: the actor is neither the operator nor a coordinator who looks after them.
        NotFoundError: there is no such person.
        ConflictError: they take part already.
    """
    person = _person(connection, login)
    require_care(actor, person.member, person.role, "enabling a person")
    if person.active:
        raise ConflictError(f"{login} takes part already")
    connection.execute(sa.update(people).where(people.c.login == login).values(active=True))
    append(connection, actor, "enable person", login, {})
    return _person(connection, login)


def change_person(
    connection: sa.Connection,
    actor: Identity,
    login: str,
    *,
    name: str | None = None,
    contact: str | None = None,
) -> Person:
    """Give a person another name or contact; pages show names, so whoever calls this renders them anew.

    Args:
        connection: A writing one.
        actor: The person themselves, the operator, or a coordinator who looks after them.
        login: Whose.
        name: The new one; ``None``: as it is.
        contact: The new one, empty for none; ``None``: as it is.

    Raises:
        ForbiddenError: the actor is somebody else.
        NotFoundError: there is no such person.
        RefusedError: nothing would change, or a text cannot be.
    """
    person = _person(connection, login)
    if actor.login != login:
        require_care(actor, person.member, person.role, "changing a person")
    elif actor.role == "auditor":
        raise ForbiddenError(f"{login} is an auditor, who reads everything and changes nothing")
    values = {}
    if name is not None:
        values["name"] = checked_line(name, f"the name of {login}", is_required=True)
    if contact is not None:
        values["contact"] = checked_line(contact, f"the contact of {login}")
    changed = sorted(key for key, value in values.items() if getattr(person, key) != value)
    if not changed:
        raise RefusedError(f"nothing about {login} would change", remedy="give another name or contact")
    connection.execute(sa.update(people).where(people.c.login == login).values(values))
    append(connection, actor, "change person", login, {"changed": changed})
    return _person(connection, login)


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
