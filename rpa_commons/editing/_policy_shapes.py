"""The shapes of ``policies.toml`` and ``waivers.toml`` as JSON Schema, for editors.

Rules this module keeps: whatever the readers of these files accept (``_policies``, ``_waivers``) is accepted
here; what takes two entries to see (a waiver of no policy, bounds that cross) is left to them.

Usage::

    policies_schema()["properties"]["policy"]["items"]["required"]  # ["key", "why", "owner"]
"""

from typing import Any

__all__ = ["policies_schema", "waivers_schema"]

Schema = dict[str, Any]
_NOT_EMPTY = {"type": "string", "pattern": r"\S"}
_DAY = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"  # an editor's validator sees a date as text
_BOT = {"type": "string", "minLength": 1, "description": "Name of the bot; without it, every bot is meant."}
_LIMIT = {"anyOf": [{"type": "number"}, {"type": "string", "pattern": _DAY}]}


def policies_schema() -> Schema:
    """For ``policies.toml``."""
    entry = _entry(
        {
            "bot": _BOT,
            "key": _text("The key as `rpac config explain` names it; a table's name means every key in it."),
            "locked": {"const": True, "description": "Only bot, baseline and profiles say the value."},
            "min": {**_LIMIT, "description": "The least value: a number, or a date without quotes."},
            "max": {**_LIMIT, "description": "The greatest value: a number, or a date without quotes."},
            "one_of": {"type": "array", "minItems": 1, "description": "The only values there may be."},
            "why": _text("The reason, one sentence: whoever is held by the policy reads it."),
            "owner": _text("Who can change the policy or grant a waiver."),
        },
        ("key", "why", "owner"),
    )
    entry["anyOf"] = [{"required": [bound]} for bound in ("locked", "min", "max", "one_of")]
    return _file("policy", entry)


def waivers_schema() -> Schema:
    """For ``waivers.toml``."""
    entry = _entry(
        {
            "municipality": _text(
                'Official code of the municipality, four digits in quotes, e.g. "0265".', pattern="^[0-9]{4}$"
            ),
            "bot": _BOT,
            "key": _text("Exactly the key of the policy."),
            "owner": _text("The owner of the policy; needed where several owners have one for the key."),
            "reason": _text("Why this municipality may differ."),
            "granted_by": _text("Who granted it, and where that can be read."),
            "until": {
                "type": "string",
                "pattern": _DAY,
                "description": "The last day it holds: a date without quotes.",
            },
        },
        ("municipality", "key", "reason", "granted_by", "until"),
    )
    return _file("waiver", entry)


def _text(description: str, **rest: Any) -> Schema:  # noqa: ANN401 - JSON Schema keywords
    return {**_NOT_EMPTY, **rest, "description": description}


def _entry(properties: Schema, required: tuple[str, ...]) -> Schema:
    return {
        "type": "object",
        "additionalProperties": False,
        "required": list(required),
        "properties": properties,
    }


def _file(name: str, entry: Schema) -> Schema:
    return {
        "type": "object",
        "additionalProperties": False,
        "properties": {name: {"type": "array", "items": entry}},
    }
