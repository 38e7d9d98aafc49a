"""Tokens: shown once, kept as a hash, for one person, for some scopes, until a day.

Rules this module keeps: the text is never stored, logged or shown again; it has 256 random bits, so its plain
SHA-256 is enough (a password's would not be); every token expires.

Usage::

    issued = issue_token(connection, actor, "mette", label="CI of Roskilde", scopes=("upload",), days=90)
    print(issued.text)
"""

import hashlib
import json
import secrets
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pluggy
import sqlalchemy as sa

from rpa_registry.db import now, people, tokens
from rpa_registry.db import projects as projects_table
from rpa_registry.errors import ConflictError, ForbiddenError, LoginError, NotFoundError, RefusedError
from rpa_registry.log import append
from rpa_registry.texts import checked_line

from ._identity import SCOPES, Identity, identity_of, require_care

__all__ = [
    "IssuedToken",
    "Token",
    "authenticate",
    "check_current",
    "issue_token",
    "mark_used",
    "revoke_token",
    "token_fingerprint",
    "tokens_list",
]

_PREFIX = "rpac_"
_USERNAME = "__token__"
_REMEDY = "a coordinator issues tokens: `rpac-registry token issue LOGIN --label TEXT --scope upload`"


@dataclass(frozen=True)
class IssuedToken:
    """A new token; ``text`` exists here and with whoever it was given to, nowhere else."""

    id: int
    text: str
    person: str
    scopes: tuple[str, ...]
    expires: str


@dataclass(frozen=True)
class Token:
    """What is known of a token; times are UTC, ``projects`` is ``None`` for every project of the member."""

    id: int
    person: str
    label: str
    scopes: tuple[str, ...]
    projects: tuple[str, ...] | None
    created: str
    expires: str
    revoked: str | None
    last_used: str | None

    def to_json(self) -> dict[str, Any]:
        """As ``--json`` gives it."""
        return asdict(self)


def issue_token(
    connection: sa.Connection,
    actor: Identity,
    login: str,
    *,
    label: str,
    scopes: tuple[str, ...],
    projects: tuple[str, ...] | None = None,
    days: int = 365,
    longest: int = 1096,
) -> IssuedToken:
    """Make a token for a person.

    Args:
        connection: A writing one.
        actor: The person themselves, a coordinator for the developers and auditors of their own municipality,
            or the operator.
        login: Whose it is.
        label: What it is for, ``CI of Roskilde``.
        scopes: Of ``upload``, ``curate``, ``read``.
        projects: Only for these; ``None`` for every project of the member.
        days: Until when.
        longest: The registry's limit, days.

    Raises:
        ForbiddenError: the actor is somebody else, or the scopes are more than the person's role has.
        LoginError: they take part no longer.
        RefusedError: no label or one that cannot be, no or an unknown scope, too long a time.
        NotFoundError: there is no such person, or one of the projects does not exist.
    """
    owner = identity_of(connection, login, frozenset())
    if actor.login != login:
        require_care(actor, owner.member, owner.role, "issuing a token for somebody")
    _check(owner, actor, scopes, days, longest)
    for name in projects or ():
        if not connection.scalar(sa.select(projects_table.c.name).where(projects_table.c.name == name)):
            raise NotFoundError(
                f"there is no project {name!r}", remedy="upload it first, or leave --project out"
            )
    text = _PREFIX + secrets.token_urlsafe(32)
    expires = (datetime.now(UTC) + timedelta(days=days)).strftime("%Y-%m-%dT%H:%M:%SZ")
    row = {
        "sha256": _hash(text),
        "person": login,
        "label": checked_line(label, "the token's label", is_required=True),
        "scopes": json.dumps(sorted(set(scopes))),
        "projects": None if projects is None else json.dumps(sorted(set(projects))),
        "created": now(),
        "expires": expires,
    }
    number = connection.execute(sa.insert(tokens).values(row).returning(tokens.c.id)).scalar_one()
    # Not its label: that is for its owner ("Mette's laptop at home"), and anyone reads the log.
    details = {
        "scopes": sorted(set(scopes)),
        "projects": projects and sorted(set(projects)),
        "expires": expires,
        "fingerprint": token_fingerprint(str(row["sha256"])),
    }
    append(connection, actor, "issue token", f"token {number} of {login}", details)
    return IssuedToken(number, text, login, tuple(sorted(set(scopes))), expires)


def _check(owner: Identity, actor: Identity, scopes: tuple[str, ...], days: int, longest: int) -> None:
    unknown = sorted(set(scopes) - set(SCOPES))
    if unknown or not scopes:
        raise RefusedError(
            f"unknown scope {unknown[0]!r}" if unknown else "a token needs a scope",
            remedy=f"choose among {', '.join(SCOPES)}",
        )
    if not 1 <= days <= longest:
        raise RefusedError(
            f"a token lives 1 to {longest} days, not {days}", remedy="`limits.token_days` in registry.toml"
        )
    if owner.role == "auditor" and set(scopes) != {"read"}:
        raise ForbiddenError(f"{owner.login} is an auditor: their tokens are for read only")
    if actor.token_id is not None and not set(scopes) <= actor.scopes:
        raise ForbiddenError("a token cannot issue one that may more than itself", remedy=_REMEDY)


def revoke_token(connection: sa.Connection, actor: Identity, number: int) -> None:
    """End a token at once.

    Raises:
        NotFoundError: there is none with that number.
        ForbiddenError: it is somebody else's, and the actor is neither the operator nor a coordinator who
            looks after them.
        ConflictError: it was revoked already.
    """
    row = connection.execute(sa.select(tokens).where(tokens.c.id == number)).first()
    if row is None:
        raise NotFoundError(f"there is no token {number}", remedy="`rpac-registry token list` shows them")
    if row.person != actor.login:
        owner = connection.execute(sa.select(people).where(people.c.login == row.person)).one()
        require_care(actor, owner.member, owner.role, "revoking a token of somebody")
    if row.revoked:
        raise ConflictError(f"token {number} was revoked on {row.revoked}")
    connection.execute(sa.update(tokens).where(tokens.c.id == number).values(revoked=now()))
    append(connection, actor, "revoke token", f"token {number} of {row.person}", {})


def tokens_list(connection: sa.Connection, *, login: str = "") -> tuple[Token, ...]:
    """Every token, or those of one person, the newest first; never a text or a hash."""
    query = sa.select(tokens).order_by(tokens.c.id.desc())
    if login:
        query = query.where(tokens.c.person == login)
    return tuple(_token(row) for row in connection.execute(query))


def authenticate(
    connection: sa.Connection,
    token: str,
    *,
    username: str = _USERNAME,
    plugins: pluggy.PluginManager | None = None,
) -> Identity:
    """Who sent this token.

    Args:
        connection: A reading one.
        token: The text, or another secret that a plugin knows.
        username: What came before it; ``__token__`` for the registry's own.
        plugins: Who else is asked, where it is none of the registry's own.

    Raises:
        LoginError: it is unknown, was revoked or has expired, or its person takes part no longer.
    """
    if not token:
        raise LoginError("a token is needed: user name __token__, the token as password", remedy=_REMEDY)
    query = sa.select(tokens).join(people, people.c.login == tokens.c.person)
    row = connection.execute(query.where(tokens.c.sha256 == _hash(token))).first()
    if row is None:
        return _external(connection, username, token, plugins)
    if row.revoked:
        raise LoginError(f"token {row.id} was revoked on {row.revoked}", remedy=_REMEDY)
    if row.expires <= now():
        raise LoginError(f"token {row.id} expired on {row.expires}", remedy=_REMEDY)
    found = _token(row)
    return identity_of(
        connection, found.person, frozenset(found.scopes), found.projects, found.id, f"token {found.id}"
    )


def check_current(connection: sa.Connection, identity: Identity) -> None:
    """Refuse whoever lost the right since they signed in; inside the transaction of their act.

    Raises:
        LoginError: the token was revoked meanwhile, or its person takes part no longer.
    """
    found = identity_of(connection, identity.login, identity.scopes)
    if found.member != identity.member or found.role != identity.role:
        raise LoginError(f"{identity.login} is another one than a moment ago", remedy="sign in again")
    query = sa.select(tokens.c.revoked).where(tokens.c.id == identity.token_id)
    if identity.token_id is not None and connection.scalar(query):
        raise LoginError(f"token {identity.token_id} was revoked a moment ago", remedy=_REMEDY)


def mark_used(connection: sa.Connection, identity: Identity) -> None:
    """Remember that a token was used now; in the transaction of the act it was used for."""
    if identity.token_id is not None:
        connection.execute(sa.update(tokens).where(tokens.c.id == identity.token_id).values(last_used=now()))


def _external(
    connection: sa.Connection, username: str, password: str, plugins: pluggy.PluginManager | None
) -> Identity:
    found = plugins and plugins.hook.rpa_registry_authenticate(username=username, password=password)
    if not found:
        raise LoginError("this token is not known here", remedy=_REMEDY)
    try:
        return identity_of(
            connection, found.login, found.scopes & set(SCOPES), found.projects, None, "plugin"
        )
    except NotFoundError as error:
        raise LoginError(error.message, remedy=error.remedy) from None


def token_fingerprint(sha256: str) -> str:
    """What the log says of a token: of its hash, so that nobody exchanges the hash; useless to guess with."""
    return hashlib.sha256(f"token {sha256}".encode()).hexdigest()[:32]


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _token(row: Any) -> Token:  # noqa: ANN401 - a row of SQLAlchemy
    return Token(
        row.id,
        row.person,
        row.label,
        tuple(json.loads(row.scopes)),
        None if row.projects is None else tuple(json.loads(row.projects)),
        row.created,
        row.expires,
        row.revoked,
        row.last_used,
    )
