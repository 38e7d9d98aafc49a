"""What two people do not stand behind yet: the values of one bot instance held against the record.

Rules this module keeps: nothing is read or written here; what the author or the cooperation says awaits
nobody, unless another value was confirmed before; of what is hidden nothing is said.

Usage::

    for one in awaiting_of(read_confirmations(municipality), "welcome-letters", instance_id, sections):
        one.needed  # "somebody other than anna"
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from rpa_commons.config.findings import HIDDEN, KeyPath, lookup
from rpa_commons.config.layers import NOTHING, Origin, Section, redact, value_without_places

from ._confirm_changes import changes_in, sensitive_leaves, vanished
from ._confirm_choices import connector_choices, lost_values
from ._confirmations import Confirmation, Confirmations, digest_of

__all__ = ["Awaiting", "awaiting_of"]


@dataclass(frozen=True)
class Awaiting:
    """A sensitive value behind which two people do not stand yet.

    Attributes:
        name: The bot instance.
        instance: Its id.
        key: As ``explain`` names it.
        description: What the value is.
        old: The value that was confirmed last, ``…`` when hidden; ``None`` when none was.
        new: The value now, ``…`` when hidden.
        origin: Where it comes from.
        digest: Of the value.
        value: What goes into the record: the value, or :data:`NOTHING` where it is not shown.
        changed_by: The first person; empty when nobody vouches for the value yet.
        changed_at: When; ``None`` when nobody does.
        changes: In words, of a list or decision table what is added, removed and changed; of a connector
            which confirmed settings it puts out of use.
        taken_out: Whether the value was confirmed once and is not there any more.
        is_choice: Whether it is the choice of a connector, of which some setting is sensitive.
    """

    name: str
    instance: str
    key: str
    description: str
    old: Any
    new: Any
    origin: Origin
    digest: str
    value: Any
    changed_by: str = ""
    changed_at: datetime | None = None
    changes: tuple[str, ...] = ()
    taken_out: bool = False
    is_choice: bool = False

    @property
    def needed(self) -> str:
        """Who must still confirm, in words."""
        return f"somebody other than {self.changed_by}" if self.changed_by else "two people"

    def to_json(self) -> dict[str, Any]:
        """As JSON values."""
        return {
            "instance": self.name,
            "key": self.key,
            "description": self.description,
            "confirmed_value": self.old,
            "value": self.new,
            "origin": str(self.origin),
            "changed_by": self.changed_by or None,
            "changed_at": self.changed_at.isoformat() if self.changed_at else None,
            "needed": self.needed,
            "changes": list(self.changes),
            "taken_out": self.taken_out,
        }


def awaiting_of(
    record: Confirmations, name: str, instance: str, sections: Sequence[Section]
) -> Iterator[Awaiting]:
    """What awaits confirmation in one bot instance.

    Args:
        record: Who stands behind what.
        name: The instance's, for people.
        instance: Its id, in lower case.
        sections: Its values, resolved for production.
    """
    stood_behind = tuple(record.confirmed_of(instance))
    asked = [(False, one) for one in sensitive_leaves(sections)]
    asked += [(True, one) for one in connector_choices(sections, stood_behind)]
    for is_choice, (section, path) in asked:
        key = section.name_of(path)
        value = value_without_places(section.view, path, lookup(section.values, path))
        digest = digest_of(instance, key, value)
        confirmed = record.confirmed(instance, key)
        winner = section.merged.leaves[path][-1]
        lost = lost_values(section, path, stood_behind)
        if digest == confirmed.digest if confirmed else winner.layer.is_shared and not lost:
            continue
        shown = redact(section, path, value)
        yield _vouched(
            record,
            Awaiting(
                name=name,
                instance=instance,
                key=key,
                description=_description(section, path),
                old=_old(confirmed),
                new=shown,
                origin=winner.origin(path),
                digest=digest,
                value=value if shown == value and _is_toml(value) else NOTHING,
                changes=lost or changes_in(section, path, confirmed.value if confirmed else NOTHING),
                is_choice=is_choice,
            ),
        )
    yield from _taken_out(record, name, instance, sections)


def _taken_out(
    record: Confirmations, name: str, instance: str, sections: Sequence[Section]
) -> Iterator[Awaiting]:
    """What two people stood behind and is not there any more: the key of a table that somebody emptied."""
    for confirmed in record.confirmed_of(instance):
        digest = digest_of(instance, confirmed.key)
        place = vanished(sections, confirmed.key)
        if place is None or digest == confirmed.digest:
            continue
        section, path = place
        yield _vouched(
            record,
            Awaiting(
                name=name,
                instance=instance,
                key=confirmed.key,
                description=_description(section, path),
                old=_old(confirmed),
                new=None,
                origin=(section.home or section.layers[-1]).origin(path[:-1]),
                digest=digest,
                value=NOTHING,
                taken_out=True,
            ),
        )


def _vouched(record: Confirmations, one: Awaiting) -> Awaiting:
    """With the first person, when somebody stands behind this very value already."""
    waiting = record.waiting(one.instance, one.key)
    if waiting is None or waiting.digest != one.digest:
        return one
    return replace(one, changed_by=waiting.changed_by, changed_at=waiting.changed_at)


def _description(section: Section, path: KeyPath) -> str:
    return " ".join(str(section.view.note(path, "description") or "").split())


def _old(confirmed: Confirmation | None) -> Any:  # noqa: ANN401 - any TOML value
    if confirmed is None or confirmed.digest == digest_of(confirmed.instance, confirmed.key):
        return None
    return HIDDEN if confirmed.value is NOTHING else confirmed.value


def _is_toml(value: Any) -> bool:  # noqa: ANN401 - any JSON value
    if isinstance(value, dict):
        return all(map(_is_toml, value.values()))
    return all(map(_is_toml, value)) if isinstance(value, list) else value is not None
