"""The settings of a bot as rows that a reader without programming understands.

Usage::

    settings_rows(words_of("da"), manifest["settings_schema"])[0]["values"]  # "1 til 60 dage"
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from ._languages import Words

__all__ = ["settings_rows"]

_MOST_ROWS = 200
_DEEPEST = 4
_NOTHING = object()
_TYPES = {
    "integer": "a whole number",
    "number": "a number",
    "boolean": "yes or no",
    "array": "a list",
    "object": "a table",
    "string": "text",
}


def settings_rows(words: Words, schema: Mapping[str, Any]) -> list[dict[str, Any]]:
    """One row per key that can be set, nested keys with dots.

    Args:
        words: The language's.
        schema: JSON Schema of the settings; a stranger's, so anything odd is shown as it stands.
    """
    return list(_rows(words, schema, schema, "", 0))[:_MOST_ROWS]


def _rows(
    words: Words, schema: Mapping[str, Any], whole: Mapping[str, Any], prefix: str, depth: int
) -> Iterator[dict[str, Any]]:
    required = schema.get("required", ())
    for name, stated in (schema.get("properties") or {}).items():
        field = _resolved(stated, whole)
        key = f"{prefix}{name}"
        if field.get("type") == "object" and field.get("properties") and depth < _DEEPEST:
            yield from _rows(words, field, whole, f"{key}.", depth + 1)
            continue
        default = field.get("default", _NOTHING)
        yield {
            "key": key,
            "description": field.get("description", ""),
            "values": _values(words, field),
            "default": "" if default is _NOTHING else _value(words, default),
            "required": name in required and default is _NOTHING,
            "sensitive": bool(field.get("sensitive")),
            "personal": bool(field.get("personal")),
        }


def _resolved(field: Mapping[str, Any], whole: Mapping[str, Any]) -> dict[str, Any]:
    """The field with what its ``$ref`` or its one alternative beside null says."""
    found = dict(field)
    options = [one for one in found.pop("anyOf", ()) if isinstance(one, dict) and one.get("type") != "null"]
    if len(options) == 1:
        found = {**options[0], **found}
    reference = str(found.pop("$ref", ""))
    if reference.startswith("#/$defs/"):
        found = {**whole.get("$defs", {}).get(reference.removeprefix("#/$defs/"), {}), **found}
    return found


def _values(words: Words, field: Mapping[str, Any]) -> str:
    _ = words.gettext
    if "enum" in field:
        return ", ".join(_value(words, one) for one in field["enum"])
    if "table" in field:
        return _("a decision table")
    low = field.get("minimum", field.get("exclusiveMinimum"))
    high = field.get("maximum", field.get("exclusiveMaximum"))
    unit = f" {_(str(field['unit']))}" if field.get("unit") else ""
    if low is not None and high is not None:
        return _("%(low)s to %(high)s") % {"low": _value(words, low), "high": _value(words, high)} + unit
    if low is not None:
        return _("at least %(low)s") % {"low": _value(words, low)} + unit
    if high is not None:
        return _("at most %(high)s") % {"high": _value(words, high)} + unit
    text = _(_TYPES.get(str(field.get("type", "string")), "text")) + unit
    if longest := field.get("maxLength"):
        text += ", " + _("at most %(count)s characters") % {"count": words.number(longest)}
    return text


def _value(words: Words, value: Any) -> str:  # noqa: ANN401 - any JSON value
    _ = words.gettext
    if value is None or value in ("", [], {}):
        return _("empty")
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, int | float):
        return words.number(value)
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
