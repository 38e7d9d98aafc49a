"""What is wrong with the values that a bot's own settings start from.

Rules this module keeps: a default is looked at by itself, so that a setting that each municipality must fill
in keeps nobody from seeing what is wrong with the others; one sentence for each; nothing is run of a class
with such settings but the checks of single values.

Usage::

    problems = list(default_problems([Settings]))
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError, create_model

from rpa_commons.sdk import BotSettings, Rule, Violation, violation
from rpa_commons.tables import Table, check_rules, read_rules

__all__ = ["default_problems", "never_failing"]

_STRICTER = ConfigDict(validate_default=True, use_attribute_docstrings=False)
_ANY_DAY = date(2000, 1, 1)  # for a table without days
_OWN_RULES = "rules"  # the type of error that the rules of a settings class raise


def default_problems(models: Iterable[type[BaseModel]]) -> Iterator[str]:
    """One sentence for each default that the settings themselves would refuse.

    Args:
        models: The settings class and every table in it.
    """
    for model in models:
        broken = list(_values(model))
        yield from broken
        if not broken:
            yield from _together(model)
        yield from _tables(model)


def _values(model: type[BaseModel]) -> Iterator[str]:
    """Defaults that their own field refuses."""
    for name, field in model.model_fields.items():
        if field.is_required():
            continue
        alone: dict[str, Any] = {name: (field.annotation, field)}
        try:
            create_model(model.__name__, __config__={**model.model_config, **_STRICTER}, **alone)()
        except ValidationError as error:
            for one in error.errors():
                inner = "".join(f" at {part}" for part in one["loc"][1:])
                message = one["msg"].removeprefix("Value error, ")
                yield f"{model.__name__}.{name}: its default is refused{inner}: {message}"
        except Exception:  # noqa: BLE001, S112 - a check that needs what is not here; the worker carries it out
            continue


def _together(model: type[BaseModel]) -> Iterator[str]:
    """Defaults that break a rule, or a check of the whole class where nothing is missing."""
    if issubclass(model, BotSettings):
        given = model.model_construct()
        for rule in _rules(model):
            found = _broken(rule, given)
            if found is not None:
                yield f"{model.__name__}: the defaults break a rule: {found.sentence()}"
    if any(field.is_required() for field in model.model_fields.values()):
        return
    try:
        model()
    except ValidationError as error:
        for one in error.errors():
            if one["type"] != _OWN_RULES:
                message = one["msg"].removeprefix("Value error, ")
                yield f"{model.__name__}: its defaults are refused: {message}"
    except Exception as error:  # noqa: BLE001 - a check of the plugin's may raise anything
        yield f"{model.__name__}: its defaults are refused: {type(error).__name__}: {error}"


def _rules(model: type[BotSettings]) -> tuple[Rule, ...]:
    own = [vars(one).get("rules", ()) for one in model.__mro__ if issubclass(one, BotSettings)]
    return tuple(dict.fromkeys(rule for rules in own for rule in rules))


def _broken(rule: Rule, given: BotSettings) -> Violation | None:
    """What the defaults break; ``None`` too where a key has none, since then a municipality decides."""
    try:
        return violation(rule, given._get)  # noqa: SLF001 - our own
    except AttributeError:
        return None


def _tables(model: type[BaseModel]) -> Iterator[str]:
    """Rows of the bot's own that make no table; a table without any is the municipality's to fill."""
    for name, field in model.model_fields.items():
        if not isinstance(field.default, Table) or not len(field.default):
            continue
        spec = field.default.spec
        rules = read_rules(spec, field.default.to_json())
        newest = max((rule.first for rule in rules if rule.first), default=_ANY_DAY)
        for problem in check_rules(spec, rules, newest):  # the clock decides nothing in a build
            if not problem.code.startswith("W"):
                where = f"row {problem.rows[0] + 1} of its default" if problem.rows else "its default rows"
                yield f"{model.__name__}.{name}: {where}: {problem.message}"


def never_failing(rule: Rule, schema: Mapping[str, Any], definitions: Mapping[str, Any]) -> str:
    """Why a rule can never be broken; nothing when it can.

    Args:
        rule: The rule.
        schema: JSON Schema of the table it belongs to.
        definitions: The schema's ``$defs``.
    """
    if rule.name not in {"requires", "at_least_one"}:
        return ""
    asked = rule.keys[1:] if rule.name == "requires" else rule.keys
    always = [key for key in asked if _is_always_set(key.split("."), schema, definitions)]
    if not always or (rule.name == "requires" and len(always) < len(asked)):
        return ""
    verb = "is always set" if len(always) == 1 else "are always set"
    return f"{rule.name} can never fail: {' and '.join(always)} {verb} (give None as the default)"


def _is_always_set(parts: list[str], schema: Mapping[str, Any], definitions: Mapping[str, Any]) -> bool:
    node = definitions.get(str(schema.get("$ref", "")).rsplit("/", 1)[-1], schema)
    below = node.get("properties", {}).get(parts[0])
    if below is None or (parts[0] not in node.get("required", ()) and below.get("default") is None):
        return False
    return len(parts) == 1 or _is_always_set(parts[1:], below, definitions)
