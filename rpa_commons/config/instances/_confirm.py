"""The second person: production uses a value with money or law behind it when two people stand behind it.

Rules this module keeps: it is about keys that the bot or connector marks ``sensitive``, and about the choice
of such a connector, in production only; what the author or the cooperation says needs nobody, unless another
value was confirmed here before; whoever changed a value cannot confirm it; a value that changes again, or is
taken out, needs two people again.

A person is the login name, or what ``--as`` says: an organisational rule, not a cryptographic one. The
evidence is the history of ``confirmations.toml`` in version control.

Usage::

    for one in awaiting(municipality, "welcome-letters", instance_id, sections):
        confirm(municipality, [one], person="anna", now=datetime.now(UTC))
"""

import getpass
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from rpa_commons.capabilities import RpaCommonsError
from rpa_commons.config.findings import Finding, config_error, show
from rpa_commons.config.layers import ConnectorEntry, Section
from rpa_commons.config.municipality import MunicipalityFolder, open_municipality
from rpa_commons.manifest import Manifest

from ._confirm_awaiting import Awaiting, awaiting_of
from ._confirm_changes import sensitive_leaves
from ._confirm_choices import connector_choices
from ._confirmations import FILE_NAME, Confirmation, Confirmations, read_confirmations, same_person
from ._edit_lock import changing
from ._resolve import examine_instance
from ._resolved import ResolvedInstance, explain_sections

if TYPE_CHECKING:
    from pathlib import Path

__all__ = [
    "Awaiting",
    "NobodyError",
    "NotSensitiveError",
    "SamePersonError",
    "awaiting",
    "awaiting_in",
    "confirm",
    "record_change",
    "the_person",
    "unconfirmed",
    "waiting_for_production",
]

PRODUCTION = "production"
OVERRIDE = "--set"


class SamePersonError(RpaCommonsError):
    """Whoever changed a value wants to confirm it too.

    Attributes:
        person: Who.
        keys: Which keys.
    """

    exit_code: int = 5

    def __init__(self, person: str, keys: Sequence[str]) -> None:
        super().__init__(
            f"{person} stands behind {', '.join(keys)} already, so somebody else confirms it",
            remedy="ask a colleague to run `rpac config confirm` under their own login",
        )
        self.person = person
        self.keys = tuple(keys)


class NobodyError(RpaCommonsError):
    """Nothing tells who confirms."""

    exit_code: int = 2

    def __init__(self) -> None:
        super().__init__("nothing tells who you are", remedy="say so: --as NAME")


class NotSensitiveError(RpaCommonsError):
    """Somebody wants to confirm what needs no second person.

    Attributes:
        key: Which key.
    """

    exit_code: int = 2

    def __init__(self, key: str) -> None:
        super().__init__(
            f"{key} is not marked sensitive, so it needs no second person",
            remedy="`rpac config confirm` without a key shows what awaits one",
        )
        self.key = key


def the_person(said: str | None) -> str:
    """Who acts: the name that was said, or else the login name.

    Raises:
        NobodyError: neither is there.
    """
    if said is not None and said.strip():
        return " ".join(said.split())
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):  # no such user, and on Windows no such variable
        raise NobodyError from None


def awaiting(
    municipality: MunicipalityFolder, name: str, instance: str, sections: Sequence[Section]
) -> tuple[Awaiting, ...]:
    """What awaits confirmation among the values of one bot instance, resolved for production."""
    record = read_confirmations(municipality)
    return tuple(awaiting_of(record, name, instance.lower(), sections))


def awaiting_in(
    municipality: MunicipalityFolder,
    manifest_of: Callable[[str], Manifest],
    *,
    connectors: Mapping[str, ConnectorEntry],
    instance: str | None = None,
    key: str | None = None,
) -> tuple[Awaiting, ...]:
    """What awaits confirmation in a municipality opened for production, or in one instance, or for one key.

    Raises:
        UnknownKeyError: there is no such key.
        NotSensitiveError: the key needs no second person.
        ConfigError: the named instance cannot be read, or ``confirmations.toml`` is in doubt.
        RpaCommonsError: the named instance's bot is not installed; others are passed over.
    """
    record = read_confirmations(municipality)
    if record.findings:
        raise config_error(record.findings)
    found: list[Awaiting] = []
    for name in (instance,) if instance else municipality.instances():
        try:
            sections = examine_instance(municipality, name, manifest_of, connectors=connectors).sections
        except RpaCommonsError:
            if instance:
                raise
            continue  # it cannot run either
        identity = str(sections[0].values.get("id", "")).lower()
        here = [
            one
            for one in awaiting_of(record, name, identity, sections)
            if key is None or one.key == key or one.key.startswith((f"{key}.", f"{key}["))
        ]
        if key is not None and not here and not _is_asked_about(record, identity, sections, key):
            raise NotSensitiveError(key)
        found += here
    return tuple(found)


def _is_asked_about(record: Confirmations, instance: str, sections: Sequence[Section], key: str) -> bool:
    choices = connector_choices(sections, tuple(record.confirmed_of(instance)))
    return any(one.sensitive for one in explain_sections(sections, key)) or any(
        section.name_of(path) == key for section, path in choices
    )


def waiting_for_production(
    municipality: MunicipalityFolder,
    manifest_of: Callable[[str], Manifest],
    *,
    connectors: Mapping[str, ConnectorEntry],
    names: Sequence[str] = (),
) -> int:
    """How many values production could not use yet; what cannot be read for production is no matter here."""
    try:
        production = open_municipality(municipality.folder, environment=PRODUCTION)
        found = awaiting_in(production, manifest_of, connectors=connectors)
    except RpaCommonsError:
        return 0
    return sum(one.name in names for one in found) if names else len(found)


def unconfirmed(instance: ResolvedInstance, municipality: MunicipalityFolder) -> tuple[Finding, ...]:
    """E304 for each sensitive value that production may not use yet; none in other environments."""
    if municipality.environment != PRODUCTION:
        return ()
    record = read_confirmations(municipality)
    found = list(awaiting_of(record, instance.name, instance.id, instance.sections))
    concerned = found or any(True for _ in sensitive_leaves(instance.sections))
    return (*(record.findings if concerned else ()), *map(_finding, found))


def confirm(
    municipality: MunicipalityFolder, items: Sequence[Awaiting], *, person: str, now: datetime
) -> tuple[Confirmation, ...]:
    """Put a person behind values: as the second one, or as the first where nobody vouches yet.

    Raises:
        SamePersonError: the person is the first already, for one of them; nothing is written.
        ConfigError: ``confirmations.toml`` is in doubt.
        FileNotWrittenError: it cannot be written.
    """
    own = [one.key for one in items if one.changed_by and same_person(one.changed_by, person)]
    if own:
        raise SamePersonError(person, own)
    made = []
    with changing(municipality.folder):
        record = read_confirmations(municipality)
        for one in items:
            waiting = record.waiting(one.instance, one.key)
            if waiting is not None and waiting.digest == one.digest:
                new = replace(waiting, confirmed_by=person, confirmed_at=_whole(now))
            else:
                new = _first(one, person, now)
            if new.confirmed_by and not new.is_complete:  # recorded by another command meanwhile
                raise SamePersonError(person, [one.key])
            record = record.replaced_by(new)
            made.append(new)
        record.write()
    return tuple(made)


def record_change(
    municipality: MunicipalityFolder, items: Sequence[Awaiting], *, person: str, now: datetime
) -> None:
    """Note who changed values just now, as the first of two people; within :func:`changing`.

    Raises:
        ConfigError: ``confirmations.toml`` is in doubt.
        FileNotWrittenError: it cannot be written.
    """
    record = read_confirmations(municipality)
    for one in items:
        record = record.replaced_by(_first(one, person, now))
    if items:
        record.write()


def _first(one: Awaiting, person: str, now: datetime) -> Confirmation:
    return Confirmation(one.name, one.instance, one.key, one.digest, person, _whole(now), one.value)


def _whole(now: datetime) -> datetime:
    return now.replace(microsecond=0)


def _finding(one: Awaiting) -> Finding:
    said = f"taking it out (confirmed: {show(one.old)})" if one.taken_out else show(one.new)
    if one.changed_by:
        message = f"{said} awaits a second person: so far {one.changed_by} stands behind it"
    elif one.taken_out:
        message = f"was taken out, and two people had confirmed it ({show(one.old)})"
    elif one.old is not None:
        message = f"{said} is not the value that was confirmed ({show(one.old)})"
    else:
        message = f"{said} is confirmed by nobody yet"
    because = "the key is marked sensitive: " + (one.description or "money or law stands behind it")
    if one.is_choice:
        because = "; ".join(["money or law stands behind a setting of the connector", *one.changes])
    advice = f"`rpac config confirm {one.name} {one.key}`, by {one.needed}; see {FILE_NAME}"
    if one.origin.layer == OVERRIDE:  # which no second person ever sees
        advice = f"leave out --set {one.key}: production takes what stands in a file and two people confirmed"
    file: Path | None = one.origin.file
    return Finding(
        "E304", one.key, message, file, one.origin.line, "", because, advice, source=str(one.origin)
    )
