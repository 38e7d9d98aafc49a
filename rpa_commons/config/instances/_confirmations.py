"""``confirmations.toml``: who stands behind values with money or law behind them.

Rules this module keeps: the file is written by us and read by people, kept in version control, whose history
is the evidence; a key has at most one confirmed entry and one that waits; a file that is not as we write it
(a merge gone wrong, an edit by hand) confirms nothing, and says where.

A digest is SHA-256 over the instance's id, the key and the value. It names a value, it does not hide one: a
value that is not shown stands in the same version control anyway; this file only does not repeat it.

Usage::

    record = read_confirmations(municipality)
    record.confirmed(instance_id, "limit")  # None, or the entry with both persons
"""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rpa_commons.config.documents import replace_text, toml_text
from rpa_commons.config.findings import ConfigError, Finding, config_error, format_key
from rpa_commons.config.layers import NOTHING, Layer, Section
from rpa_commons.config.schema import SchemaView

if TYPE_CHECKING:
    from rpa_commons.config.documents import Document
    from rpa_commons.config.municipality import MunicipalityFolder

__all__ = ["FILE_NAME", "Confirmation", "Confirmations", "digest_of", "read_confirmations"]

FILE_NAME = "confirmations.toml"
_HEADER = """\
# Who stands behind values with money or law behind them: two persons for each, before production uses it.
# Written by `rpac config set` and `rpac config confirm`. Keep it in version control: its history is evidence.
"""
_TEXT = {"type": "string", "minLength": 1}
_TIME = {"type": "string", "format": "date-time"}
_FIELDS: tuple[tuple[str, dict[str, Any], bool], ...] = (
    ("name", {**_TEXT, "description": "The bot instance's file, for people."}, True),
    ("instance", {**_TEXT, "description": "The bot instance's id."}, True),
    ("key", {**_TEXT, "description": "As rpac config explain names it."}, True),
    ("value", {"description": "The value; left out where it is not shown."}, False),
    ("digest", {**_TEXT, "pattern": "^sha256:[0-9a-f]{64}$"}, True),
    ("changed_by", {**_TEXT, "description": "The first person."}, True),
    ("changed_at", _TIME, True),
    ("confirmed_by", {**_TEXT, "description": "The second person."}, False),
    ("confirmed_at", _TIME, False),
)


@dataclass(frozen=True)
class Confirmation:
    """One value of one key, with the persons who stand behind it.

    Attributes:
        name: The instance's name when it was written, for people.
        instance: The instance's id.
        key: As ``explain`` names it.
        digest: Of the value, see :func:`digest_of`.
        changed_by: The first person.
        changed_at: When, aware.
        value: The value, or :data:`NOTHING` where it is not shown.
        confirmed_by: The second person; empty while nobody has confirmed.
        confirmed_at: When; ``None`` while nobody has.
    """

    name: str
    instance: str
    key: str
    digest: str
    changed_by: str
    changed_at: datetime
    value: Any = NOTHING
    confirmed_by: str = ""
    confirmed_at: datetime | None = None

    @property
    def is_complete(self) -> bool:
        """Whether two different persons stand behind it."""
        return bool(self.confirmed_by) and not same_person(self.confirmed_by, self.changed_by)

    def to_toml(self) -> str:
        """The entry as it stands in the file."""
        pairs = [(name, getattr(self, name)) for name, _, _ in _FIELDS]
        lines = [
            f"{name} = {toml_text(value)}"
            for name, value in pairs
            if value is not NOTHING and value not in ("", None)
        ]
        return "\n".join(["[[confirmation]]", *lines, ""])


@dataclass(frozen=True)
class Confirmations:
    """The whole file.

    Attributes:
        entries: In the order of the file; none when it has findings.
        findings: What is wrong with it.
        path: Where it is, or would be.
    """

    entries: tuple[Confirmation, ...]
    findings: tuple[Finding, ...]
    path: Path

    def confirmed(self, instance: str, key: str) -> Confirmation | None:
        """The value that two persons stood behind last."""
        return next((one for one in self._of(instance, key) if one.is_complete), None)

    def waiting(self, instance: str, key: str) -> Confirmation | None:
        """The value that one person stands behind."""
        return next((one for one in self._of(instance, key) if not one.is_complete), None)

    def confirmed_of(self, instance: str) -> Iterator[Confirmation]:
        """Each entry of an instance behind which two persons stand."""
        return (one for one in self.entries if one.instance == instance and one.is_complete)

    def replaced_by(self, new: Confirmation) -> "Confirmations":
        """With the new entry in the place of what waited, and of what was confirmed when it is confirmed."""
        kept = tuple(
            one
            for one in self.entries
            if (one.instance, one.key) != (new.instance, new.key) or (one.is_complete and not new.is_complete)
        )
        return Confirmations((*kept, new), self.findings, self.path)

    def write(self) -> None:
        """Write the file.

        Raises:
            ConfigError: the file has findings, and nothing of it may be lost.
            FileNotWrittenError: the system refuses.
        """
        if self.findings:
            raise config_error(self.findings)
        replace_text(self.path, self.to_toml())

    def to_toml(self) -> str:
        """The text of the file."""
        entries = sorted(self.entries, key=lambda one: (one.name, one.instance, one.key, one.is_complete))
        return "\n".join([_HEADER, *(one.to_toml() for one in entries)])

    def _of(self, instance: str, key: str) -> Iterator[Confirmation]:
        return (one for one in self.entries if (one.instance, one.key) == (instance, key))


def same_person(one: str, other: str) -> bool:
    """Whether two names are one person's: case and spaces count for nothing."""
    return "".join(one.split()).casefold() == "".join(other.split()).casefold()


def digest_of(instance: str, key: str, *value: Any) -> str:  # noqa: ANN401 - any JSON value
    """``sha256:`` and the digest (hex) of a key's value in an instance; without one, of its absence."""
    text = json.dumps([instance, key, *value], sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return f"sha256:{hashlib.sha256(text.encode()).hexdigest()}"


def read_confirmations(municipality: "MunicipalityFolder") -> Confirmations:
    """Read the municipality's file; without one, nothing is confirmed and nothing wrong."""
    path = municipality.folder / FILE_NAME
    try:
        document = municipality.reader.optional(path, root=municipality.folder, name=FILE_NAME)
    except ConfigError as error:
        return Confirmations((), error.findings, path)
    if document is None:
        return Confirmations((), (), path)
    layer = Layer("municipality", document.values, document)
    section = Section(SchemaView(_schema()), (layer,), format_key, home=layer)
    findings = tuple(section.findings())
    if findings:
        return Confirmations((), findings, path)
    entries = [_entry(values) for values in section.values.get("confirmation", ())]
    findings = tuple(_doubts(entries, document))
    return Confirmations(() if findings else tuple(entries), findings, path)


def _entry(values: Mapping[str, Any]) -> Confirmation:
    times = {
        name: datetime.fromisoformat(values[name])
        for name in ("changed_at", "confirmed_at")
        if name in values
    }
    return Confirmation(**{**values, **times, "instance": values["instance"].lower()})


def _doubts(entries: Sequence[Confirmation], document: "Document") -> Iterator[Finding]:
    """What no schema can say: twins, one person twice, a value that is not the one confirmed."""
    seen: dict[object, int] = {}
    for position, one in enumerate(entries):
        line = document.line_of(("confirmation", position))
        head = (one.instance, one.key, bool(one.confirmed_by))
        if head in seen:
            message = f"{one.key} of {one.name} stands here and in line {seen[head]}"
            yield _doubt(document, line, message)
        seen.setdefault(head, line or 0)
        if one.confirmed_by and not one.is_complete:
            yield _doubt(
                document, line, f"{one.confirmed_by} has changed and confirmed it: that is one person"
            )
        if bool(one.confirmed_by) != (one.confirmed_at is not None):
            yield _doubt(document, line, "confirmed_by and confirmed_at go together")
        if one.value is not NOTHING and digest_of(one.instance, one.key, one.value) != one.digest:
            yield _doubt(document, line, "the digest belongs to another value")


def _doubt(document: "Document", line: int | None, message: str) -> Finding:
    advice = "take back the edit or merge, or take this [[confirmation]] out and confirm the value again"
    because = "this file is written by rpac; while it is in doubt, nothing in it counts"
    return Finding("E103", "confirmation", message, document.path, line, "", because, advice)


def _schema() -> dict[str, Any]:
    entry = {
        "type": "object",
        "additionalProperties": False,
        "required": [name for name, _, required in _FIELDS if required],
        "properties": {name: schema for name, schema, _ in _FIELDS},
    }
    return {
        "type": "object",
        "additionalProperties": False,
        "properties": {"confirmation": {"type": "array", "items": entry}},
    }
