"""Advisories: one coordinator's signed word that versions must not be used.

Rules this module keeps: the coordinator signs on their own machine, the registry holds public keys alone; the
signature is checked against the key that is registered for this person, now; an id is used once and has the
cooperation's name, the year and a number; an advisory quarantines in the transaction that publishes it; it is
withdrawn by a coordinator's signature, and only when none of its versions is quarantined any more.

Usage::

    draft = draft_advisory(registry, "welcome-letters", ["1.1.0"], severity="high", summary="…", remedy="…")
    quarantine(registry, anna, draft, sign(key, draft))
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from packaging.version import Version

from rpa_commons.conformance import canonical, verify
from rpa_registry import db, log, pages
from rpa_registry.accounts import Identity
from rpa_registry.context import Registry
from rpa_registry.errors import ConflictError, ForbiddenError, NotFoundError, RegistryError

from ._acts import change, judge
from ._advisory_document import advisory_prefix, checked_advisory, is_recent_time
from ._events import announce, deliver
from ._people import require_coordinator
from ._releases import Found, find_project, find_release
from ._states import ACTS

__all__ = [
    "advisories_of",
    "check_signature",
    "draft_advisory",
    "draft_withdrawal",
    "next_advisory_id",
    "quarantine",
    "withdraw_advisory",
]


def draft_advisory(
    registry: Registry, project: str, versions: Sequence[str], *, severity: str, summary: str, remedy: str
) -> dict[str, Any]:
    """The document to sign, with the next free id.

    Raises:
        NotFoundError: there is no such project or version.
    """
    with registry.database.read() as connection:
        found = [find_release(connection, project, one) for one in versions]
        name = find_project(connection, project)["name"]
        identifier = next_advisory_id(connection, registry.settings.cooperation)
    return {
        "id": identifier,
        "project": name,
        "versions": sorted({one.row["version"] for one in found}, key=Version),
        "severity": severity,
        "summary": summary.strip(),
        "remedy": remedy.strip(),
        "issued": db.now(),
        "withdrawn": None,
    }


def draft_withdrawal(registry: Registry, identifier: str) -> dict[str, Any]:
    """The document to sign so that an advisory counts no longer.

    Raises:
        NotFoundError: there is no such advisory.
    """
    with registry.database.read() as connection:
        signed: dict[str, Any] = json.loads(_advisory(connection, identifier)["signed"])
    return {**signed, "withdrawn": db.now()}


def quarantine(
    registry: Registry, identity: Identity, signed: Mapping[str, Any], signature: str
) -> dict[str, Any]:
    """Publish an advisory and withhold the files of its versions.

    Args:
        registry: Where.
        identity: A coordinator, or who stands in for one; the owner's may recall their own.
        signed: The document, as :func:`draft_advisory` makes it.
        signature: Of exactly this document, with the key registered for this person.

    Raises:
        RegistryError: the document is not of this shape.
        NotFoundError: there is no such project or version.
        ForbiddenError: they may not, have no key, or the signature is not theirs.
        ConflictError: the id is taken, or all versions are quarantined already.
    """
    document = checked_advisory(signed, registry.settings.cooperation)
    what = ACTS["quarantine"]
    with registry.database.write() as connection:
        found = [find_release(connection, document["project"], one) for one in document["versions"]]
        open_ones = [one for one in found if not one.situation.quarantined]
        capacities = [judge(connection, identity, what, one) for one in (open_ones or found)]
        key = check_signature(connection, identity, document, signature)
        _check_id_is_free(connection, document["id"], registry.settings.cooperation)
        _keep(connection, identity, document, signature, key)
        for one, capacity in zip(open_ones, capacities, strict=True):
            change(
                registry,
                connection,
                identity,
                what,
                one,
                capacity,
                reason=document["summary"],
                advisory=document["id"],
            )
    deliver(registry)
    return {"advisory": document["id"], "quarantined": [one.subject for one in open_ones]}


def withdraw_advisory(
    registry: Registry, identity: Identity, signed: Mapping[str, Any], signature: str
) -> dict[str, Any]:
    """Take an advisory back, after its versions were released from quarantine.

    Raises:
        RegistryError: the document is not that of the advisory with the time of its withdrawal.
        NotFoundError: there is no such advisory.
        ForbiddenError: they may not, have no key, or the signature is not theirs.
        ConflictError: a version is quarantined still, or it was withdrawn before.
    """
    with registry.database.write() as connection:
        row = _advisory(connection, str(signed.get("id", "")))
        before = json.loads(row["signed"])
        project = find_project(connection, row["project"])
        require_coordinator(connection, identity, project["name"], "withdraw an advisory")
        if before["withdrawn"]:
            raise ConflictError(f"{row['id']} was withdrawn already", remedy="there is nothing to do")
        if {**signed, "withdrawn": None} != before or not is_recent_time(signed.get("withdrawn")):
            raise RegistryError(
                f"{row['id']}: what was signed is another document than the advisory with its withdrawal",
                remedy="sign the advisory as it is, with the time in `withdrawn`",
            )
        key = check_signature(connection, identity, signed, signature)
        held = [one.subject for one in _held_by(connection, row)]
        if held:
            raise ConflictError(
                f"{row['id']} still quarantines {', '.join(held)}",
                remedy="two coordinators release them first: `rpac-registry release-from-quarantine`",
            )
        connection.execute(
            sa.update(db.advisories)
            .where(db.advisories.c.id == row["id"])
            .values(
                signed=canonical(signed).decode(),
                signature=signature,
                key=key,
                person=identity.login,
                at=db.now(),
            )
        )
        details = {"advisory": row["id"], "before": row["signature"], "signature": signature}
        log.append(connection, identity, "advisory_withdraw", f"{project['name']} {row['id']}", details)
        announce(connection, identity, "advisory_withdraw", project, "", details)
        pages.render(connection, registry.settings, project["name"])
    deliver(registry)
    return {"advisory": row["id"], "withdrawn": signed["withdrawn"]}


def advisories_of(connection: sa.Connection, project: str = "") -> list[dict[str, Any]]:
    """Every advisory, or those of one project; newest first."""
    query = sa.select(db.advisories).order_by(db.advisories.c.id.desc())
    if project:
        query = query.where(db.advisories.c.project == find_project(connection, project)["name"])
    return [
        {
            "signed": json.loads(row["signed"]),
            "person": row["person"],
            "key": row["key"],
            "signature": row["signature"],
            "at": row["at"],
        }
        for row in connection.execute(query).mappings()
    ]


def check_signature(
    connection: sa.Connection, identity: Identity, document: Mapping[str, Any], signature: str
) -> str:
    """The public key that a person's signature was checked with.

    Raises:
        ForbiddenError: they have no key, or it did not sign this document.
    """
    key = connection.scalar(sa.select(db.people.c.public_key).where(db.people.c.login == identity.login))
    if not key:
        raise ForbiddenError(
            f"no key is registered for {identity.login}, so nothing they sign can be checked",
            remedy="make one with `rpac-registry key new FILE`, then register its public half: "
            "`rpac-registry key register LOGIN PUBLIC-KEY`",
        )
    if not verify(key, dict(document), signature):
        raise ForbiddenError(
            f"this is not what {identity.login}'s registered key signed",
            remedy="sign exactly this document with the key whose public half is registered",
        )
    return str(key)


def next_advisory_id(connection: sa.Connection, cooperation: str) -> str:
    """The id that the next advisory of this year is signed with."""
    start = f"{advisory_prefix(cooperation)}-{db.now()[:4]}-"
    taken = [
        int(one.removeprefix(start))
        for one in connection.scalars(sa.select(db.advisories.c.id))
        if one.startswith(start) and one.removeprefix(start).isdigit()
    ]
    return f"{start}{max(taken, default=0) + 1:04d}"


def _check_id_is_free(connection: sa.Connection, identifier: str, cooperation: str) -> None:
    if connection.scalar(sa.select(db.advisories.c.id).where(db.advisories.c.id == identifier)):
        free = next_advisory_id(connection, cooperation)
        raise ConflictError(f"{identifier} is taken", remedy=f"sign it with the id {free}")


def _keep(
    connection: sa.Connection, identity: Identity, document: dict[str, Any], signature: str, key: str
) -> None:
    connection.execute(
        sa.insert(db.advisories).values(
            id=document["id"],
            project=document["project"],
            signed=canonical(document).decode(),
            signature=signature,
            key=key,
            person=identity.login,
            at=db.now(),
        )
    )
    details = {"signature": signature, "key": key, "severity": document["severity"]}
    log.append(connection, identity, "advisory", f"{document['project']} {document['id']}", details)


def _advisory(connection: sa.Connection, identifier: str) -> Any:  # noqa: ANN401 - a row
    row = (
        connection.execute(sa.select(db.advisories).where(db.advisories.c.id == identifier))
        .mappings()
        .first()
    )
    if row is None:
        raise NotFoundError(
            f"there is no advisory {identifier!r}", remedy="`rpac-registry advisory list` shows them"
        )
    return row


def _held_by(connection: sa.Connection, row: Any) -> list[Found]:  # noqa: ANN401 - a row
    versions = json.loads(row["signed"])["versions"]
    found = [find_release(connection, row["project"], one) for one in versions]
    return [one for one in found if one.situation.quarantined and one.row["advisory"] == row["id"]]
