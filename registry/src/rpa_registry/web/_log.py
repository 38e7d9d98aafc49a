"""The log as sentences, in pages that are written once: a full page of old entries never changes again.

Rules this module keeps: a sentence is made from the act, who did it and to what; details are shown only
where they are meant for everybody (the reason of a deprecation, a yank, a recall); an act without a sentence
of its own is shown by its name.

Usage::

    log_page(Site(settings, "da", "log/"), read_block(connection, 3, 140), names, block=3, blocks=3)
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import sqlalchemy as sa

from rpa_registry import db
from rpa_registry.log import Entry, entries

from ._languages import Words
from ._site import Site

__all__ = ["BLOCK", "Names", "log_page", "read_block", "read_names"]

BLOCK = 50
_SENTENCES: Mapping[str, str] = MappingProxyType(
    {
        "upload": "%(who)s uploaded %(what)s.",
        "submit": "%(who)s asked for a review of %(what)s.",
        "return": "%(who)s gave %(what)s back to its owner.",
        "publish": "%(who)s published %(what)s.",
        "certify": "%(who)s signed the certification of %(what)s.",
        "deprecate": "%(who)s advised against %(what)s.",
        "undeprecate": "%(who)s no longer advises against %(what)s.",
        "yank": "%(who)s took %(what)s out of use.",
        "unyank": "%(who)s brought %(what)s back into use.",
        "withdraw": "%(who)s withdrew %(what)s.",
        "quarantine": "%(who)s recalled %(what)s.",
        "release_from_quarantine": "%(who)s signed the release of %(what)s from its recall.",
        "report": "%(who)s added a report on %(what)s.",
        "exempt": "%(who)s exempted %(what)s from a quality rule.",
        "usage": "%(who)s said that %(what)s is in use.",
        "accept name": "%(who)s accepted the new name %(what)s.",
        "set status": "%(who)s changed the status of %(what)s.",
        "project_status": "%(who)s changed the status of %(what)s.",
        "end_quarantine": "%(who)s signed the end of the quarantine of %(what)s.",
        "add member": "%(who)s admitted the member %(what)s.",
        "add person": "%(who)s registered the person %(what)s.",
        "disable person": "%(who)s ended the access of %(what)s.",
        "enable person": "%(who)s gave %(what)s access again.",
        "change person": "%(who)s changed the name or contact of %(what)s.",
        "issue token": "%(who)s issued a %(what)s.",
        "revoke token": "%(who)s revoked a %(what)s.",
        "name stand-in": "%(who)s named a stand-in.",
        "end stand-in": "%(who)s ended a stand-in's time.",
        "register key": "%(who)s registered a signing key for %(what)s.",
        "advisory": "%(who)s signed the advisory on %(what)s.",
        "advisory_withdraw": "%(who)s withdrew the advisory on %(what)s.",
        "approve public package": "%(who)s let bots use the public package %(what)s.",
        "withdraw public package": "%(who)s lets no bot use the public package %(what)s any more.",
        "init": "The registry was opened.",
        "render": "%(who)s rendered every page anew.",
    }
)
_OTHER = "%(who)s: %(act)s, %(what)s."
_NO_PROJECT = frozenset(
    {
        *("add member", "add person", "disable person", "issue token", "revoke token", "register key"),
        *("enable person", "change person"),
        *("name stand-in", "end stand-in", "approve public package", "withdraw public package"),
        *("init", "migrate", "render"),
    }
)
"""Acts whose subject is no project, even where a project has its name."""
_TOLD = frozenset({"deprecate", "yank", "quarantine"})


@dataclass(frozen=True)
class Names:
    """What logins, codes and project names mean.

    Attributes:
        people: Login -> name.
        members: Code -> name.
        projects: Every accepted project's name: those that have a page.
    """

    people: Mapping[str, str]
    members: Mapping[str, str]
    projects: frozenset[str]


def read_names(connection: sa.Connection) -> Names:
    """The names as they are now."""
    people = connection.execute(sa.select(db.people.c.login, db.people.c.name))
    members = connection.execute(sa.select(db.members.c.code, db.members.c.name))
    projects = connection.scalars(
        sa.select(db.projects.c.name).where(db.projects.c.accepted.is_not(None))
    ).all()
    return Names(
        dict(people.all()),
        dict(members.all()),
        frozenset(projects),
    )


def read_block(connection: sa.Connection, block: int, count: int) -> tuple[Entry, ...]:
    """The entries of page ``block`` (from 1, the oldest), newest first, of a log of ``count`` entries."""
    after = (block - 1) * BLOCK
    return tuple(reversed(entries(connection, after=after, limit=min(BLOCK, count - after))))


def log_page(site: Site, found: Sequence[Entry], names: Names, *, block: int, blocks: int) -> bytes:
    """One page of the log.

    Args:
        site: Its place: ``log/`` for the newest page, else ``log/3/``.
        found: Its entries, newest first.
        names: What the logins mean.
        block: Which page it is, from 1, the oldest.
        blocks: How many there are.
    """
    newest = site.place == "log/"
    folder = f"{site.root}{site.language}/log/"
    return site.render(
        "log.html.j2",
        title=site.words.gettext("Log"),
        head=found[0].hash if newest and found else "",
        entries=[_entry(site.words, one, names) for one in found],
        older=f"{folder}{block - 1}/" if block > 1 else "",
        # What follows an old page is not known when it is written: it always leads to the newest.
        newer="" if newest or blocks == 1 else folder,
    )


def _entry(words: Words, entry: Entry, names: Names) -> dict[str, Any]:
    name = names.people.get(entry.actor, entry.actor)
    member = names.members.get(entry.member, entry.member)
    sentence = words.gettext(_SENTENCES.get(entry.act, _OTHER))
    project = entry.subject.split(" ")[0]
    what = entry.subject
    if not project or entry.act.startswith(("person", "token", "key", "stand")):
        what = names.people.get(entry.subject, entry.subject)
    elif entry.subject in names.members:
        what = names.members[entry.subject]
    return {
        "seq": entry.seq,
        "at": entry.at,
        "hash": entry.hash,
        "sentence": sentence
        % {"who": f"{name} ({member})" if member else name, "what": what, "act": entry.act},
        "project": project if project in names.projects and entry.act not in _NO_PROJECT else "",
        "reason": str(entry.details.get("reason", "")) if entry.act in _TOLD else "",
    }
