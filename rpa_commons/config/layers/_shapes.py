"""The shapes of our own files, as JSON Schema: the same checks and messages as for a bot's settings."""

from collections.abc import Mapping
from typing import Any

from rpa_commons.config.secrets import SecretRef

__all__ = [
    "ENVIRONMENTS",
    "baseline_schema",
    "binding_schema",
    "instance_schema",
    "municipality_schema",
]

ENVIRONMENTS = ("production", "test", "sandbox")
"""The environments a municipality may have; the first is active unless it says otherwise."""

Schema = dict[str, Any]
_PATH = "^[^\\x00]+$"  # no system has a path with a null byte


def _text(description: str, **rest: Any) -> Schema:  # noqa: ANN401 - JSON Schema keywords
    return {"type": "string", "description": description, **({"minLength": 1} | rest)}


_PUBLISH: Schema = {
    "type": "object",
    "additionalProperties": False,
    "description": "What the cooperation may see of this configuration.",
    "properties": {
        "bots": {
            "type": "array",
            "items": _text("The name of a bot instance."),
            "description": "The bot instances to publish; without it, all of them.",
        },
        "withhold": {
            "type": "array",
            "items": _text("A key, or a table's name."),
            "description": "Keys to leave out, as `rpac config explain` names them.",
        },
    },
}

_REGISTRY: Schema = {
    "type": "object",
    "additionalProperties": False,
    "required": ["url"],
    "description": "The cooperation's registry.",
    "properties": {
        "url": _text("Address of the registry, https://…"),
        "channel": {
            "enum": ["certified", "all"],
            "description": "What is installed: certified by the cooperation, or all that is published."
            " Without it, certified.",
        },
        "on_recall": {
            "enum": ["pause", "warn"],
            "description": "What happens to a bot instance whose version is recalled. Without it, pause.",
        },
        "share_usage": {
            "type": "boolean",
            "description": "Whether the registry shows which bots are installed here. Without it, no.",
        },
        "keys": {
            "type": "array",
            "items": _text("An Ed25519 public key in base64."),
            "description": "The coordinators' keys that recalls are checked with; without it, those that the"
            " registry gave first.",
        },
    },
}


def municipality_schema(letterhead: Mapping[str, Any]) -> Schema:
    """The shape of ``municipality.toml``; ``letterhead`` is the JSON Schema of its table."""
    own, definitions = _hoisted(letterhead)
    return {
        "type": "object",
        "additionalProperties": False,
        "required": ["name", "code", "cvr", "letterhead"],
        "properties": {
            "name": _text("Name of the municipality, e.g. Roskilde."),
            "code": _text('Official code, four digits in quotes, e.g. "0265".', pattern=r"^[0-9]{4}$"),
            "cvr": _text("CVR number, eight digits in quotes.", pattern=r"^[1-9][0-9]{7}$"),
            "cooperation": _text("The cooperation it belongs to.", minLength=0, default=""),
            "registry": {
                "anyOf": [{"type": "string"}, _REGISTRY],
                "default": "",
                "description": "The cooperation's registry: its address, or a table with url and more.",
            },
            "baseline": _text(
                "The cooperation's baseline, a folder or a wheel; relative to this file.", pattern=_PATH
            ),
            "environment": {
                "enum": list(ENVIRONMENTS),
                "default": ENVIRONMENTS[0],
                "description": "The environment that is active unless -E says otherwise.",
            },
            "languages": {
                "type": "array",
                "items": _text("Two letters.", pattern=r"^[a-z]{2}$"),
                "minItems": 1,
                "default": ["da"],
                "description": "Languages of letters, the first is used where nothing else is known.",
            },
            "state_dir": _text("Folder for state, outside this one; relative to this file.", pattern=_PATH),
            "journal_key": {
                "$ref": "#/$defs/SecretRef",
                "description": "Key of the journal; without it, one is made in state_dir on the first run.",
            },
            "letterhead": own,
            "publish": _PUBLISH,
        },
        "$defs": {**definitions, "SecretRef": SecretRef.model_json_schema()},
    }


def baseline_schema() -> Schema:
    """The shape of ``baseline.toml``."""
    return {
        "type": "object",
        "additionalProperties": False,
        "required": ["name", "version"],
        "properties": {
            "name": _text("Name of the baseline, e.g. DIGIT baseline."),
            "version": _text('Version in quotes, e.g. "2026.1".'),
        },
    }


def instance_schema(settings: Mapping[str, Any]) -> Schema:
    """The shape of ``bots/<instance>.toml`` for a bot whose settings have the given JSON Schema."""
    own, definitions = _hoisted(settings)
    return {
        "type": "object",
        "additionalProperties": False,
        "required": ["bot", *(["settings"] if own.get("required") else [])],
        "properties": {
            "bot": _text("Name of the bot, as its wheel is called."),
            "id": _text("UUID, written once; it survives renaming the file."),
            "owner": _text("Who answers for this bot instance."),
            "deputy": _text("Who answers for it when the owner is away."),
            "mask_personal_numbers": {
                "type": "boolean",
                "default": True,
                "description": "Personal numbers in what `rpac items show --personal` prints"
                " are cut after the birth date.",
            },
            "start_from": {
                "type": "string",
                "format": "date",
                "description": "Cut-over: work from this day on is the bot's.",
            },
            "settings": own,
        },
        "$defs": definitions,
    }


def binding_schema(settings: Mapping[str, Any]) -> Schema:
    """The shape of one table of ``stack.toml`` whose connector's settings have the given JSON Schema."""
    own, definitions = _hoisted(settings)
    return {
        "type": "object",
        "additionalProperties": False,
        "required": ["connector", *(["settings"] if own.get("required") else [])],
        "properties": {
            "connector": _text("Name of the connector."),
            "settings": own,
        },
        "$defs": definitions,
    }


def _hoisted(schema: Mapping[str, Any]) -> tuple[Schema, Schema]:
    """A schema without its definitions, and these: references start at the root of the whole."""
    own = {key: value for key, value in schema.items() if key not in {"$defs", "$schema", "$id"}}
    return own, dict(schema.get("$defs", {}))
