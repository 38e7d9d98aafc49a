"""The settings of a plugin as JSON Schema: strict, described, with units; read without running anything.

Rules this module keeps: no unknown key gets through, every field has a type, a description, and a unit where
it is a number; a schema that leads back to itself, or nests without end, is walked once and to a limit.

Source: JSON Schema 2020-12.

Usage::

    check_schema(manifest.settings_schema, Limits(), findings)
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from ._limits import Limits
from ._report import Findings

__all__ = ["check_schema", "is_secret_in_clear"]

_SECRET = re.compile(
    r"(^|[_-])(password|passwd|passphrase|secret|api[_-]?key|private[_-]?key|client[_-]?secret|adgangskode)$",
    re.IGNORECASE,
)

_Schema = Mapping[str, Any]
_TYPES = frozenset({"array", "boolean", "integer", "null", "number", "object", "string"})
_NUMBERS = frozenset({"integer", "number"})
_BRANCHES = ("anyOf", "oneOf", "allOf", "prefixItems")
_TYPED = frozenset({"type", "enum", "const", "$ref", "anyOf", "oneOf", "allOf"})
_PLACE = "rpac.json: settings"


def is_secret_in_clear(name: str, field: _Schema) -> bool:
    """Whether a setting has the name that only secrets have, and takes a text."""
    return _SECRET.search(name) is not None and any(map(_takes_text, (field, *_parts(field))))


def check_schema(
    schema: _Schema, limits: Limits, findings: Findings, *, may_hold_secrets: bool, place: str = _PLACE
) -> None:
    """Check a settings schema (A143, A144, and A151 of a connector's).

    Args:
        schema: As the manifest has it.
        limits: How many fields and how deep.
        findings: Takes what is wrong.
        may_hold_secrets: References to secrets are a connector's; a bot has none.
        place: Where the settings stand.
    """
    walk = _Walk(schema, limits, findings, may_hold_secrets=may_hold_secrets, place=place)
    try:
        walk.table("", schema, 0)
    except _TooMuchError:
        message = f"have more than {limits.schema_fields} fields, or tables deeper than {limits.schema_depth}"
        findings.add("A143", place, message, "no person could fill that in: use a decision table")


class _TooMuchError(Exception):
    """The schema has no end in sight."""


class _Walk:
    """Walks one schema; each definition is looked at where it is first used."""

    def __init__(
        self, schema: _Schema, limits: Limits, findings: Findings, *, may_hold_secrets: bool, place: str
    ) -> None:
        self._place = place
        self._may_hold_secrets = may_hold_secrets
        defs = schema.get("$defs")
        self._defs: Mapping[str, Any] = defs if isinstance(defs, Mapping) else {}
        self._limits = limits
        self._findings = findings
        self._seen: set[str] = set()
        self._fields = 0

    def table(self, path: str, node: _Schema, depth: int) -> None:
        """Check a table of settings and every field in it."""
        place = f"{self._place}.{path}" if path else self._place
        if node.get("type") != "object":
            self._wrong(place, "are no table: type must be object", "derive them from BotSettings")
            return
        if node.get("additionalProperties") is not False:
            help_ = "derive the settings from BotSettings, which forbids them"
            self._wrong(place, "let unknown keys through: additionalProperties must be false", help_)
        fields = node.get("properties", {})
        if not isinstance(fields, Mapping):
            self._wrong(place, "have properties that are no table", "build with `rpac build`")
            return
        for name, field in fields.items():
            self._field(f"{path}.{name}" if path else str(name), field, depth + 1)

    def _field(self, path: str, field: Any, depth: int) -> None:  # noqa: ANN401 - JSON
        self._fields += 1
        if self._fields > self._limits.schema_fields or depth > self._limits.schema_depth:
            raise _TooMuchError
        place = f"{self._place}.{path}"
        if not isinstance(field, Mapping):
            self._wrong(place, "is described by no schema", "build with `rpac build`")
            return
        description, unit = field.get("description"), field.get("unit")
        if not (isinstance(description, str) and description.strip()):
            self._findings.add("A144", place, "has no description", 'Field(..., description="...")')
        if self._is_number(field, 0) and not (isinstance(unit, str) and unit.strip()):
            self._findings.add("A144", place, "is a number without a unit", 'Field(..., unit="days")')
        if self._may_hold_secrets and is_secret_in_clear(path.rpartition(".")[2], field):
            self._findings.add("A151", place, "takes a secret in clear text", "make its type SecretRef")
        if not _TYPED & field.keys():
            self._wrong(place, "has no type: anything would do", "give the field a type")
        self._value(path, field, depth)

    def _value(self, path: str, node: _Schema, depth: int) -> None:
        """What a field's value, its items and its branches are."""
        if depth > self._limits.schema_depth:
            raise _TooMuchError
        kind = node.get("type")
        kinds = kind if isinstance(kind, list) else [kind] if "type" in node else []
        if not all(isinstance(one, str) and one in _TYPES for one in kinds):
            self._wrong(
                f"{self._place}.{path}",
                f"has a type that JSON Schema does not know: {kind!r}",
                "see JSON Schema",
            )
        if "properties" in node:
            self.table(path, node, depth)
        elif kind == "object" and "table" not in node and node.get("additionalProperties") in (None, True):
            self._wrong(
                f"{self._place}.{path}", "is a table of anything", "say which values it holds: dict[str, str]"
            )
        if "$ref" in node:
            self._reference(path, node["$ref"], depth)
        if "table" not in node:  # a decision table's rows are described by its columns
            for part in _parts(node):
                self._value(path, part, depth + 1)

    def _reference(self, path: str, reference: Any, depth: int) -> None:  # noqa: ANN401 - JSON
        name = str(reference).removeprefix("#/$defs/")
        target = self._defs.get(name)
        if not isinstance(target, Mapping):
            self._wrong(
                f"{self._place}.{path}", f"refers to {str(reference)!r}, which is not there", "build again"
            )
        elif target.get("secret_reference"):
            if self._may_hold_secrets:
                return
            self._wrong(
                f"{self._place}.{path}", "is a secret: they belong to connectors", "take it out of the bot"
            )
        elif name not in self._seen:
            self._seen.add(name)
            self._value(path, target, depth + 1)

    def _is_number(self, field: _Schema, depth: int) -> bool:
        kind = field.get("type")
        if depth > self._limits.schema_depth:
            raise _TooMuchError
        if isinstance(kind, str) and kind in _NUMBERS:
            return True
        if isinstance(kind, list) and any(one in _NUMBERS for one in kind if isinstance(one, str)):
            return True
        target = self._defs.get(str(field.get("$ref", "")).removeprefix("#/$defs/"))
        if isinstance(target, Mapping) and target.get("type") in ("integer", "number"):
            return True
        return "table" not in field and any(self._is_number(part, depth + 1) for part in _parts(field))

    def _wrong(self, place: str, message: str, help_: str) -> None:
        self._findings.add("A143", place, message, help_)


def _takes_text(node: _Schema) -> bool:
    kind = node.get("type")
    return "string" in kind if isinstance(kind, list) else kind == "string"


def _parts(field: _Schema) -> Iterator[_Schema]:
    for branch in _BRANCHES:
        given = field.get(branch)
        if isinstance(given, list):
            yield from (one for one in given if isinstance(one, Mapping))
    for key in ("items", "additionalProperties"):
        if isinstance(part := field.get(key), Mapping):
            yield part
