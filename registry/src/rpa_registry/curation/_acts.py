"""What people do with releases: one transaction each, with its line in the log and its pages.

Rules this module keeps: whether an act may be done is judged inside the transaction that does it, so of two
people who act at once the second one sees what the first one did; rows, log, pages and news change together
or not at all; nobody may do anything that :mod:`._states` and :mod:`._who` do not say.

Usage::

    act(registry, identity, "submit", "welcome-letters", "1.0.0")
    act(registry, anna, "certify", "welcome-letters", "1.0.0", reason="read the code and the diff").waits_for
"""

from typing import Any

import sqlalchemy as sa

from rpa_registry import db, log, pages
from rpa_registry.accounts import Identity
from rpa_registry.context import Registry
from rpa_registry.errors import ConflictError, NotFoundError, RegistryError
from rpa_registry.texts import checked_line, checked_text

from ._events import announce, deliver
from ._people import check_scope, current_actor, signed_so_far
from ._releases import Found, ReleaseView, find_project, find_release, signatures_of, view_of
from ._states import ACTS, Act, after, out_of_order
from ._who import Capacity, capacity_of

__all__ = ["SIMPLE_ACTS", "accepting", "act", "change", "judge", "record", "replacement"]

SIMPLE_ACTS = tuple(name for name in ACTS if name != "quarantine")
"""Acts that :func:`act` does; quarantine needs a signed advisory."""


def act(
    registry: Registry,
    identity: Identity,
    name: str,
    project: str,
    version: str,
    *,
    reason: str = "",
    use: str = "",
) -> ReleaseView:
    """Do something with a release.

    Args:
        registry: Where.
        identity: Who.
        name: One of :data:`SIMPLE_ACTS`.
        project: Its name, in any spelling.
        version: Its version.
        reason: Why; some acts are refused without.
        use: For ``deprecate``: what to use instead, a project or ``PROJECT VERSION`` of this registry.

    Raises:
        NotFoundError: there is no such act, project or release, or nothing called ``use``.
        ConflictError: the release's state does not allow it, or this person signed already.
        ForbiddenError: this person or token may not.
        LoginError: this person is gone.
        RegistryError: the reason is missing, too long, or holds a personal number.
        StorageError: the database cannot be written.
    """
    what = _known(name)
    said = checked_text(reason, f"the reason to {name.replace('_', ' ')}", is_required=what.needs_reason)
    instead = checked_line(use, "what to use instead")
    with registry.database.write() as connection:
        found = find_release(connection, project, version)
        capacity = judge(connection, identity, what, found)
        if instead and what.name == "deprecate":
            instead = replacement(connection, found, instead)
        change(registry, connection, identity, what, found, capacity, reason=said, use=instead)
        view = view_of(connection, project, version)
    deliver(registry)
    return view


def judge(connection: sa.Connection, identity: Identity, what: Act, found: Found) -> Capacity:
    """In which capacity this person does the act to this release.

    Raises:
        ConflictError: the release's state does not allow it, or they signed already.
        ForbiddenError: they may not.
        LoginError: they are gone.
    """
    actor = current_actor(connection, identity)
    table = db.signatures
    signed = signed_so_far(connection, table, table.c.release == found.row["id"], table.c.act == what.name)
    problem = out_of_order(what, found.situation)
    try:
        capacity = capacity_of(
            what, actor, found.project["owner"], signed, uploaded_by=found.row["uploaded_by"]
        )
    except RegistryError as error:
        # That it is done already says more than that one has signed.
        if problem is None or not isinstance(error, ConflictError):
            raise type(error)(f"{found.subject}: {error.message}", remedy=error.remedy) from None
    else:
        check_scope(identity, found.project["name"], capacity)
        if problem is None and what.name == "publish":
            check_accepted(found.project)
        if problem is None:
            return capacity
    raise ConflictError(f"{found.subject} {problem[0]}", remedy=problem[1])


def replacement(connection: sa.Connection, found: Found, use: str) -> str:
    """What to use instead, as it is spelt here: a project, or a project and a version.

    Raises:
        NotFoundError: there is none of this name or version; one whose name is not accepted is none yet.
        RegistryError: it is the release itself, or more than two words.
    """
    name, *versions = use.split()
    if len(versions) > 1:
        raise RegistryError(
            f"{use!r} is neither a project nor a project and a version",
            remedy="name what to use instead: `--use greetings` or `--use 'greetings 1.2.0'`",
        )
    try:
        project = find_project(connection, name)
        other = find_release(connection, name, versions[0]) if versions else None
    except NotFoundError as error:
        raise NotFoundError(f"what to use instead: {error.message}", remedy=error.remedy) from None
    if project["accepted"] is None:
        raise NotFoundError(
            f"what to use instead: the name {project['name']} is not accepted yet",
            remedy="name another project",
        )
    if other is None:
        return str(project["name"])
    if other.row["id"] == found.row["id"]:
        raise RegistryError(f"{found.subject} cannot be used instead of itself", remedy="name another one")
    return other.subject


def check_accepted(project: sa.RowMapping) -> None:
    """Refuse to publish under a name that no coordinator of another municipality has looked at.

    Raises:
        ConflictError: nobody accepted it yet.
    """
    if project["accepted"] is None:
        name = project["name"]
        raise ConflictError(
            f"{name} is a new name and is not accepted yet, so nothing of it can be published",
            remedy=f"a coordinator of another municipality accepts it: {accepting(name)}",
        )


def accepting(name: str) -> str:
    """The command that accepts a name."""
    return f"`rpac-registry accept {name} --reason TEXT --as LOGIN`"


def change(  # noqa: PLR0913 - one act with everything that is known of it
    registry: Registry,
    connection: sa.Connection,
    identity: Identity,
    what: Act,
    found: Found,
    capacity: Capacity,
    *,
    reason: str = "",
    use: str = "",
    advisory: str = "",
) -> None:
    """Change the rows, log it, announce it and render the pages; all inside the caller's transaction."""
    details: dict[str, Any] = {"sha256": found.sha256}
    details |= {
        key: value
        for key, value in (
            ("reason", reason),
            ("use", use),
            ("advisory", advisory),
            ("for_coordinator", capacity.for_coordinator),
        )
        if value
    }
    happens = True
    if what.signatures > 1:
        count = _sign(connection, identity, what, found, capacity, reason)
        details["signature"] = f"{count} of {what.signatures}"
        happens = count >= what.signatures
    if happens:
        details |= _move(connection, what, found, reason, use, advisory)
    record(registry, connection, identity, what.name, found.project, found.row["version"], details)


def record(
    registry: Registry,
    connection: sa.Connection,
    identity: Identity,
    act_name: str,
    project: sa.RowMapping,
    version: str,
    details: dict[str, Any],
    *,
    whole_log: bool = False,
) -> None:
    """The line in the log, the news and the pages of something that was done to a project."""
    log.append(connection, identity, act_name, f"{project['name']} {version}".strip(), details)
    announce(connection, identity, act_name, project, version, details)
    pages.render(connection, registry.settings, project["name"], whole_log=whole_log)


def _known(name: str) -> Act:
    if name not in SIMPLE_ACTS:
        hint = (
            "it takes a signed advisory"
            if name == "quarantine"
            else f"there is: {', '.join(sorted(SIMPLE_ACTS))}"
        )
        raise RegistryError(f"{name!r} is no act that is done this way", remedy=hint)
    return ACTS[name]


def _sign(
    connection: sa.Connection, identity: Identity, what: Act, found: Found, capacity: Capacity, note: str
) -> int:
    """Keep the signature; how many count now."""
    connection.execute(
        sa.insert(db.signatures).values(
            release=found.row["id"],
            act=what.name,
            person=identity.login,
            member=current_actor(connection, identity).member,
            for_coordinator=capacity.for_coordinator or None,
            note=note,
            at=db.now(),
        )
    )
    return len(signatures_of(connection, found.row["id"], what.name))


def _move(
    connection: sa.Connection, what: Act, found: Found, reason: str, use: str, advisory: str
) -> dict[str, str]:
    """Bring the release into its new situation; what the log says of it."""
    then = after(what, found.situation)
    values: dict[str, Any] = {"state": then.base}
    if then.base != found.situation.base:
        values[then.base] = db.now()
    if what.name == "return":
        values["in_review"] = None
    if what.flag:
        at = db.now() if what.sets else None
        values[what.flag] = at
        values |= _flag_texts(what, reason, use, advisory)
    connection.execute(sa.update(db.releases).where(db.releases.c.id == found.row["id"]).values(**values))
    _supersede(connection, what, found)
    return {"from": found.situation.shown, "to": then.shown}


def _flag_texts(what: Act, reason: str, use: str, advisory: str) -> dict[str, str | None]:
    texts: dict[str, dict[str, str | None]] = {
        "deprecated": {"deprecated_reason": reason, "deprecated_use": use},
        "yanked": {"yanked_reason": reason},
        "quarantined": {"advisory": advisory},
    }
    found = texts[what.flag]
    return found if what.sets else dict.fromkeys(found)


def _supersede(connection: sa.Connection, what: Act, found: Found) -> None:
    """Signatures on what is no longer so: a recall ends a certification that was half signed."""
    acts = {
        "return": ("certify",),
        "quarantine": ("release_from_quarantine",)
        + (() if found.situation.base == "certified" else ("certify",)),
        "release_from_quarantine": ("release_from_quarantine",),
    }.get(what.name, ())
    if acts:
        table = db.signatures
        connection.execute(
            sa.update(table)
            .where(table.c.release == found.row["id"], table.c.act.in_(acts), table.c.superseded.is_(None))
            .values(superseded=db.now())
        )
