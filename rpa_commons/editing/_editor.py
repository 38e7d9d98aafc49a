"""JSON Schemas for editors: they complete keys, show what each means, and check while one types.

Rules this module keeps: a schema speaks of one file of one layer, so what a weaker layer may give is not
asked for; it accepts what the resolver accepts there, also lists that add to the layer below and references
to secrets; it refuses a key that nobody knows. Policies and rules between keys are left to ``check``.

Usage::

    bot_schema(manifest)["properties"]["settings"]["properties"]["window_days"]["description"]
"""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from rpa_commons.capabilities import RpaCommonsError
from rpa_commons.config.findings import guess
from rpa_commons.config.layers import baseline_schema, instance_schema, municipality_schema

from ._policy_shapes import policies_schema, waivers_schema

if TYPE_CHECKING:
    from rpa_commons.config.layers import ConnectorEntry
    from rpa_commons.config.municipality import MunicipalityFolder
    from rpa_commons.manifest import Manifest

__all__ = [
    "ENVIRONMENT_SUFFIX",
    "UnknownSchemaError",
    "baseline_editor_schemas",
    "bot_schema",
    "bots_of",
    "editor_schemas",
    "municipality_editor_schema",
    "stack_schema",
]

Schema = dict[str, Any]

ENVIRONMENT_SUFFIX = "-environment"
"""Behind the name of a bot: the schema of its file in ``environments/ENV/bots/``."""

_DIALECT = "https://json-schema.org/draft/2020-12/schema"
_OURS = frozenset(
    {"unit", "personal", "sensitive", "rules", "validators", "table", "secret_reference", "place"}
)
_NO_LAYER = frozenset({"bot", "id"})  # what only the municipality's own file says


class UnknownSchemaError(RpaCommonsError):
    """No file is described under this name.

    Attributes:
        name: What was asked for.
    """

    exit_code: int = 2

    def __init__(self, name: str, known: "list[str]") -> None:
        meant = guess(name, known)
        remedy = f"did you mean {meant}?" if meant else f"there is: {', '.join(known)}"
        super().__init__(f"there is no schema {name!r}", remedy=remedy)
        self.name = name


def editor_schemas(
    municipality: "MunicipalityFolder",
    manifest_of: "Callable[[str], Manifest]",
    *,
    connectors: "Mapping[str, ConnectorEntry]",
) -> tuple[dict[str, Schema], dict[str, RpaCommonsError]]:
    """Every schema of a municipality by name, and the bots that have none since they are not installed."""
    from rpa_commons.letters import Letterhead

    found = {
        "municipality": municipality_editor_schema(Letterhead.model_json_schema()),
        **baseline_editor_schemas(connectors),
    }
    missing: dict[str, RpaCommonsError] = {}
    for bot in sorted(set(bots_of(municipality).values())):
        try:
            manifest = manifest_of(bot)
        except RpaCommonsError as error:
            missing[bot] = error
            continue
        found[bot] = bot_schema(manifest)
        found[bot + ENVIRONMENT_SUFFIX] = bot_schema(manifest, is_own=False)
    return found, missing


def baseline_editor_schemas(connectors: "Mapping[str, ConnectorEntry]") -> dict[str, Schema]:
    """Those of the files that a coordinator writes: ``baseline``, ``policies``, ``waivers`` and ``stack``."""
    return {
        "stack": stack_schema(connectors),
        "baseline": _finished("baseline.toml", _plain(baseline_schema(), is_layer=False)),
        "policies": _finished("policies.toml", policies_schema()),
        "waivers": _finished("waivers.toml", waivers_schema()),
    }


def bots_of(municipality: "MunicipalityFolder") -> dict[str, str]:
    """The bot of each instance whose file can be read."""
    found = {}
    for name in municipality.instances():
        path = municipality.folder / "bots" / f"{name}.toml"
        try:
            document = municipality.reader.optional(path, root=municipality.folder, name=f"bots/{name}.toml")
        except RpaCommonsError:
            continue  # `check` says what is wrong with it
        bot = document.values.get("bot") if document is not None else None
        if isinstance(bot, str) and bot.replace("-", "").isalnum():
            found[name] = bot
    return found


def municipality_editor_schema(letterhead: Mapping[str, Any]) -> Schema:
    """For ``municipality.toml``, which has no weaker layer."""
    return _finished("municipality.toml", _plain(municipality_schema(letterhead), is_layer=False))


def bot_schema(manifest: "Manifest", *, is_own: bool = True) -> Schema:
    """For ``bots/<instance>.toml``, or for its file in ``environments/`` unless ``is_own``."""
    schema = _plain(instance_schema(manifest.settings_schema), is_layer=True)
    if is_own:
        schema["required"] = sorted(_NO_LAYER)
    else:
        schema["properties"] = {
            key: value for key, value in schema["properties"].items() if key not in _NO_LAYER
        }
    return _finished(f"{manifest.name} {manifest.version}: {manifest.summary}", schema)


def stack_schema(connectors: "Mapping[str, ConnectorEntry]") -> Schema:
    """For ``stack.toml``: every capability, the connectors that serve it, and each one's settings."""
    definitions: Schema = {}
    serving: dict[str, list[str]] = {}
    for name in connectors:
        entry = connectors[name]
        own = _plain(entry.settings_schema, is_layer=True)
        definitions |= {f"{name}.{key}": _moved(one, name) for key, one in own.pop("$defs", {}).items()}
        definitions[name] = _moved(own, name)
        serving.setdefault(entry.capability, []).append(name)
    profiles = {
        "type": "array",
        "items": {"type": "string", "minLength": 1},
        "description": "Stack profiles of the cooperation's baseline, weakest first.",
    }
    return _finished(
        "stack.toml",
        {
            "type": "object",
            "additionalProperties": False,
            "properties": {
                "profiles": profiles,
                **{capability: _capability(capability, names) for capability, names in serving.items()},
            },
            "$defs": definitions,
        },
    )


def _capability(capability: str, names: "list[str]") -> Schema:
    choices = [
        {
            "if": {"properties": {"connector": {"const": name}}, "required": ["connector"]},
            "then": {"properties": {"settings": {"$ref": f"#/$defs/{name}"}}},
        }
        for name in names
    ]
    unnamed = {  # an environment's file may leave the choice to the municipality's
        "if": {"not": {"required": ["connector"]}},
        "then": {"properties": {"settings": {"anyOf": [{"$ref": f"#/$defs/{name}"} for name in names]}}},
    }
    return {
        "type": "object",
        "description": f"Which connector serves {capability}, and its settings.",
        "additionalProperties": False,
        "properties": {
            "connector": {"enum": names, "description": "Name of the connector."},
            "settings": {"type": "object", "description": "As the connector asks."},
        },
        "allOf": [*choices, unnamed],
    }


def _moved(node: Any, connector: str) -> Any:  # noqa: ANN401 - JSON
    """The schema with its references led to the connector's own definitions."""
    if isinstance(node, list):
        return [_moved(one, connector) for one in node]
    if not isinstance(node, Mapping):
        return node
    moved = {key: _moved(one, connector) for key, one in node.items()}
    reference = moved.get("$ref")
    if isinstance(reference, str):
        moved["$ref"] = reference.replace("#/$defs/", f"#/$defs/{connector}.", 1)
    return moved


def _finished(title: str, schema: Schema) -> Schema:
    return {"$schema": _DIALECT, "title": title, **schema}


def _plain(schema: Mapping[str, Any], *, is_layer: bool) -> Schema:
    """A schema as an editor reads it: our notes in its descriptions, nothing required in a layer."""
    node = {
        key: one
        for key, one in schema.items()
        if key not in _OURS | {"title", "$schema", "$id"} and not (key == "default" and one is None)
    }
    if is_layer and not schema.get("secret_reference"):
        node.pop("required", None)
    for name in ("properties", "$defs", "patternProperties"):
        if isinstance(node.get(name), Mapping):
            node[name] = {
                key: _child(one, is_layer=is_layer)
                for key, one in node[name].items()
                if not (isinstance(one, Mapping) and one.get("table"))  # its rows stand in tables/
            }
    for name in ("items", "additionalProperties", "not"):
        if isinstance(node.get(name), Mapping):
            node[name] = _plain(node[name], is_layer=is_layer and name == "additionalProperties")
    for name in ("anyOf", "oneOf", "allOf", "prefixItems"):
        if isinstance(node.get(name), list):
            options = [one for one in node[name] if one != {"type": "null"}]  # TOML has no null
            node[name] = [_child(one, is_layer=is_layer) for one in options]
    text = _description(schema)
    return {**node, "description": text} if text else node


def _child(schema: Any, *, is_layer: bool) -> Any:  # noqa: ANN401 - JSON
    """The schema of a value; a list in a layer may also be given as what it adds to the one below."""
    if not isinstance(schema, Mapping):
        return schema
    node = _plain(schema, is_layer=is_layer)
    if not is_layer or node.get("type") != "array":
        return node
    items = {"type": "array", "items": node.get("items", {})}
    notes = {key: node.pop(key) for key in ("description", "default", "deprecated") if key in node}
    change = {
        "type": "object",
        "description": "Adds to the list of the layer below, and takes out of it.",
        "additionalProperties": False,
        "minProperties": 1,
        "properties": {"append": items, "remove": items},
    }
    return {**notes, "anyOf": [node, change]}


def _description(schema: Mapping[str, Any]) -> str:
    text = " ".join(str(schema.get("description") or "").split())
    parts = [text, f"In {schema['unit']}." if schema.get("unit") else ""]
    if schema.get("sensitive"):
        parts.append("A second person confirms a change before production uses it.")
    if schema.get("secret_reference"):
        parts = [
            'A secret is named, never written: { env = "NAME" }, { file = "path" } or { keyring = "a/b" }.'
        ]
    return " ".join(filter(None, parts))
