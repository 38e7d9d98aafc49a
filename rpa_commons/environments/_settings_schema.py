"""The JSON Schema of a bot's or connector's settings, and what a local admin would miss in it.

Rules this module keeps: no unknown key and no lax type gets through; every field says what it is for and
every number in which unit; a field without either is named with its full path; a bot has no secrets and a
connector has references to them; what settings start from, they accept themselves.
"""

import warnings
from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import BaseModel, PydanticUserError
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue, PydanticJsonSchemaWarning
from pydantic_core import core_schema

from rpa_commons.conformance import is_secret_in_clear
from rpa_commons.sdk import python_checks_of, rule_from_json, rule_problems

from ._settings_defaults import default_problems, never_failing

__all__ = ["settings_schema"]

_Schema = Mapping[str, Any]
_NUMBERS = {"integer", "number"}
_BRANCHES = ("anyOf", "oneOf", "allOf", "prefixItems")
_DESCRIPTIONS = "\0descriptions"  # of a model's fields, while the schema is made
_MODEL = "\0model"


def settings_schema(
    settings: type[BaseModel], *, may_hold_secrets: bool = False
) -> tuple[dict[str, Any], list[str]]:
    """The schema (2020-12) of a settings class, and every problem found in it, one sentence each.

    Args:
        settings: Of a bot or a connector.
        may_hold_secrets: References to secrets are a connector's; a bot has none.
    """
    problems = []
    config = settings.model_config
    if config.get("extra") != "forbid" or config.get("strict") is not True:
        problems.append(f"{settings.__name__}: model_config must stay strict and forbid unknown keys")
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", PydanticJsonSchemaWarning)
        try:
            schema = settings.model_json_schema(schema_generator=_WithChecks)
        except PydanticUserError as error:
            return {}, [*problems, f"{settings.__name__}: {error.message}"]
    problems += [f"{settings.__name__}: {warning.message}" for warning in caught]
    models = [settings, *_restored(schema)]
    problems += _rules(settings.__name__, schema)
    schema = {"$schema": GenerateJsonSchema.schema_dialect, **schema}
    defs = schema.get("$defs", {})
    problems += _fields(settings.__name__, schema, defs, frozenset(), may_hold_secrets=may_hold_secrets)
    problems += default_problems(dict.fromkeys(models))
    return schema, list(dict.fromkeys(problems))


def _restored(schema: dict[str, Any]) -> Iterator[type[BaseModel]]:
    """Give back the descriptions that pydantic drops since they equal their table's; gives all models."""
    for node in [schema, *schema.get("$defs", {}).values()]:
        for name, description in node.pop(_DESCRIPTIONS, {}).items():
            if name in node.get("properties", {}):
                node["properties"][name].setdefault("description", description)
        if _MODEL in node:
            yield node.pop(_MODEL)


class _WithChecks(GenerateJsonSchema):
    """Adds to each model the names of its checks that are Python code, which a host cannot run."""

    def model_schema(self, schema: core_schema.ModelSchema) -> JsonSchemaValue:
        """As pydantic's own, with ``validators``."""
        made = super().model_schema(schema)
        checks = python_checks_of(schema["cls"])
        if checks and not made.get("secret_reference"):  # whose only check the host makes itself
            made["validators"] = list(checks)
        if not made.get("secret_reference"):
            made[_MODEL] = schema["cls"]
        made[_DESCRIPTIONS] = {
            field.alias or name: field.description
            for name, field in schema["cls"].model_fields.items()
            if field.description
        }
        return made


def _rules(name: str, schema: _Schema) -> Iterator[str]:
    """What is wrong with the rules of a class, or of tables in it, that was not complete when it was made."""
    defs = schema.get("$defs", {})
    for title, node in {name: schema, **defs}.items():
        for rule in map(rule_from_json, node.get("rules", ())):
            wrong = list(rule_problems(rule, node, defs))
            unneeded = "" if wrong else never_failing(rule, node, defs)
            yield from (f"{title}.rules: {one}" for one in wrong + [unneeded] * bool(unneeded))


def _fields(
    path: str,
    schema: _Schema,
    defs: Mapping[str, _Schema],
    inside: frozenset[str],
    *,
    may_hold_secrets: bool,
) -> Iterator[str]:
    for name, field in schema.get("properties", {}).items():
        place = f"{path}.{name}"
        models = {model for model in _models(field) if model in defs and "properties" in defs[model]}
        if any(defs[model].get("secret_reference") for model in models):
            if not may_hold_secrets:
                yield f"{place} is a secret: a bot has no secrets of its own, they belong to connectors"
            models = {model for model in models if not defs[model].get("secret_reference")}
        if not field.get("description", "").strip():
            yield f"{place} has no description"
        if may_hold_secrets and is_secret_in_clear(name, field):
            yield f"{place} would hold a secret in clear text: its type must be SecretRef"
        if _is_number(field, defs) and not field.get("unit", "").strip():
            yield f"{place} is a number without a unit"
        for model in sorted(models - inside):  # a model that contains itself is looked at once
            yield from _fields(place, defs[model], defs, inside | {model}, may_hold_secrets=may_hold_secrets)


def _models(field: _Schema) -> Iterator[str]:
    """Names of the models that a field's value, item or branch is an instance of."""
    if reference := field.get("$ref"):
        yield str(reference).rsplit("/", 1)[-1]
    for part in _parts(field):
        yield from _models(part)


def _is_number(field: _Schema, defs: Mapping[str, _Schema]) -> bool:
    if field.get("type") in _NUMBERS:
        return True
    target = defs.get(str(field.get("$ref", "")).rsplit("/", 1)[-1], {})
    if target.get("type") in _NUMBERS:  # an enumeration of numbers
        return True
    return any(_is_number(part, defs) for part in _parts(field))


def _parts(field: _Schema) -> Iterator[_Schema]:
    for branch in _BRANCHES:
        yield from field.get(branch, ())
    for key in ("items", "additionalProperties"):
        if isinstance(part := field.get(key), Mapping):
            yield part
