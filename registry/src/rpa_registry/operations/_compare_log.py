"""The tables held against what the log tells.

Rules this module keeps: it only reads; both directions are looked at, so a row without an entry is named and
so is an entry whose row is gone; times are not compared, for they are written a moment apart.

Usage::

    for subject, text in differences(connection, replayed(every_entry(connection))):
        print(subject, text)
"""

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

import sqlalchemy as sa

from rpa_registry import db
from rpa_registry.accounts import token_fingerprint

from ._replay import Token, Told

__all__ = ["differences"]


def differences(connection: sa.Connection, told: Told) -> Iterator[tuple[str, str]]:
    """Subject and sentence of everything that differs, table by table."""
    for table, by_log, by_table in (
        ("member", told.members, _keyed(connection, db.members, "code", "name")),
        ("person", _people_told(told), _keyed(connection, db.people, "login", *_PERSON)),
        ("token", told.tokens, _tokens(connection, told)),
        ("stand-in", told.stand_ins, _stand_ins(connection)),
        ("project", _projects_told(told), _keyed(connection, db.projects, "name", *_PROJECT)),
        ("exemption", _exemptions_told(told), _exemptions(connection)),
        ("release", _releases_told(told), _releases(connection)),
        ("signatures of", _signatures_told(told), _signatures(connection)),
        ("end of the quarantine of", _endings_told(told), _endings(connection)),
        ("advisory", told.advisories, _keyed(connection, db.advisories, "id", "signature")),
        ("test report", told.reports, _reports(connection)),
        ("use", told.usage, _usage(connection)),
        ("public package", told.public, _keyed(connection, db.public_packages, "name", "person")),
    ):
        yield from _compared(table, by_log, by_table)


_PERSON = ("member", "role", "active", "public_key")
_PROJECT = ("owner", "status", "accepted_by")


def _compared(what: str, by_log: Mapping[Any, Any], by_table: Mapping[Any, Any]) -> Iterator[tuple[str, str]]:
    for key in sorted({*by_log, *by_table}, key=str):
        subject = f"{what} {' '.join(map(str, key)) if isinstance(key, tuple) else key}"
        if key not in by_table:
            yield subject, "the log tells of it, and the database does not have it"
        elif key not in by_log:
            yield subject, f"the database has it ({_said(by_table[key])}), and the log does not tell of it"
        elif by_log[key] != by_table[key]:
            log, table = _said(by_log[key]), _said(by_table[key])
            yield subject, f"the log tells {log}, the database has {table}"


def _said(value: Any) -> str:  # noqa: ANN401 - any row
    if isinstance(value, Token):
        return _said((value.person, value.scopes, value.projects, value.expires, value.fingerprint[:8],
                      "revoked" if value.revoked else "in use"))  # fmt: skip
    if isinstance(value, tuple | list):
        return "; ".join(_said(one) for one in value) or "none"
    return "none" if value is None or value == "" else str(value)


def _keyed(connection: sa.Connection, table: sa.Table, key: str, *columns: str) -> dict[Any, Any]:
    rows = connection.execute(sa.select(table.c[key], *(table.c[one] for one in columns))).all()
    return {row[0]: row[1] if len(columns) == 1 else tuple(row[1:]) for row in rows}


def _people_told(told: Told) -> dict[str, tuple[Any, ...]]:
    return {login: (one.member, one.role, one.active, one.public_key) for login, one in told.people.items()}


def _tokens(connection: sa.Connection, told: Told) -> dict[int, Token]:
    found = {}
    for row in connection.execute(sa.select(db.tokens)):
        projects = None if row.projects is None else tuple(json.loads(row.projects))
        known = told.tokens.get(row.id)
        fingerprint = "" if known and not known.fingerprint else token_fingerprint(row.sha256)
        scopes = tuple(json.loads(row.scopes))
        is_revoked = row.revoked is not None
        found[row.id] = Token(row.person, scopes, projects, row.expires, fingerprint, is_revoked)
    return found


def _stand_ins(connection: sa.Connection) -> dict[int, tuple[Any, ...]]:
    return {
        row.id: (row.coordinator, row.stand_in, row.starts, row.ends, (row.ended or "")[:10])
        for row in connection.execute(sa.select(db.stand_ins))
    }


def _projects_told(told: Told) -> dict[str, tuple[Any, ...]]:
    return {
        name: (one.owner, one.status, None if one.accepted_by == "migrate" else one.accepted_by)
        for name, one in told.projects.items()
    }


def _exemptions_told(told: Told) -> dict[tuple[str, str], bool]:
    return {(name, rule): True for name, one in told.projects.items() for rule in one.exempt}


def _exemptions(connection: sa.Connection) -> dict[tuple[str, str], bool]:
    table = db.exemptions
    return {tuple(row): True for row in connection.execute(sa.select(table.c.project, table.c.rule))}


def _releases_told(told: Told) -> dict[str, tuple[Any, ...]]:
    return {
        subject: (
            one.sha256,
            one.uploaded_by,
            one.situation.base,
            one.situation.deprecated,
            one.situation.yanked,
            one.advisory if one.situation.quarantined else "",
            told.projects[one.project].accepted_by is not None,
        )
        for subject, one in told.releases.items()
    }


def _releases(connection: sa.Connection) -> dict[str, tuple[Any, ...]]:
    table = db.releases
    query = (
        sa.select(table, db.files.c.sha256, db.projects.c.accepted)
        .join(db.files, isouter=True)
        .join(db.projects, db.projects.c.name == table.c.project)
    )
    return {
        f"{row.project} {row.version}": (
            row.sha256,
            row.uploaded_by,
            row.state,
            row.deprecated is not None,
            row.yanked is not None,
            (row.advisory or "?") if row.quarantined else "",
            row.accepted is not None,
        )
        for row in connection.execute(query)
    }


def _signatures_told(told: Told) -> dict[str, list[tuple[Any, ...]]]:
    return {
        subject: [
            (act, by.login, by.member, by.away, "counts" if counts else "superseded")
            for act, by, counts in one.signatures
        ]
        for subject, one in told.releases.items()
        if one.signatures
    }


def _signatures(connection: sa.Connection) -> dict[str, list[tuple[Any, ...]]]:
    table, found = db.signatures, dict[str, list[tuple[Any, ...]]]()
    query = sa.select(table, db.releases.c.project, db.releases.c.version).join(db.releases)
    for row in connection.execute(query.order_by(table.c.id)):
        counts = "superseded" if row.superseded else "counts"
        one = (row.act, row.person, row.member, row.for_coordinator or "", counts)
        found.setdefault(f"{row.project} {row.version}", []).append(one)
    return found


def _endings_told(told: Told) -> dict[str, list[tuple[str, str, str]]]:
    return {
        name: [(by.login, by.member, by.away) for by in one.ending]
        for name, one in told.projects.items()
        if one.ending
    }


def _endings(connection: sa.Connection) -> dict[str, list[tuple[str, str, str]]]:
    table, found = db.project_signatures, dict[str, list[tuple[str, str, str]]]()
    for row in connection.execute(sa.select(table).where(table.c.superseded.is_(None)).order_by(table.c.id)):
        found.setdefault(row.project, []).append((row.person, row.member, row.for_coordinator or ""))
    return found


def _reports(connection: sa.Connection) -> dict[tuple[str, str, str], int]:
    table = db.reports
    rows = connection.execute(sa.select(table.c.sha256, table.c.kind, table.c.person)).all()
    return dict(Counter((row.sha256, row.kind, row.person) for row in rows))


def _usage(connection: sa.Connection) -> dict[tuple[str, str], str]:
    table = db.usage
    return {(row.member, row.project): row.version for row in connection.execute(sa.select(table))}
