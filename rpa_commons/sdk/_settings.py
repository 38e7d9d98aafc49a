"""The settings a bot declares and a municipality fills in."""

import difflib
import enum
import inspect
import warnings
from collections.abc import Iterable, Iterator
from types import MappingProxyType
from typing import Any, ClassVar, Literal, Self

import pydantic
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    GetJsonSchemaHandler,
    JsonValue,
    PlainValidator,
    WrapValidator,
    model_validator,
)
from pydantic.errors import PydanticUndefinedAnnotation, PydanticUserError
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, PydanticCustomError

from ._migrations import Migration
from ._rules import Rule, rule_problems, violation

__all__ = ["BotSettings", "Field", "python_checks_of"]

_EXAMPLES = MappingProxyType({"rules": 'less_than("a", "b")', "migrations": 'Migration("2.0.0", ...)'})
_FUNCTIONS = (AfterValidator, BeforeValidator, PlainValidator, WrapValidator)


class BotSettings(BaseModel):
    """Base of a bot's settings: strict types, no unknown keys, frozen.

    Every field needs a description; a number also needs a unit. The build refuses a bot without them.

    Attributes:
        rules: Rules between keys, see :mod:`rpa_commons.sdk._rules`; a table inside the settings may have
            its own, and a derived class adds to those of its base. Host and worker both check them; checks
            written as pydantic validators run in the worker alone.
        migrations: What became of settings of earlier versions, oldest first: see
            :mod:`rpa_commons.sdk._migrations`.

    Raises:
        TypeError: on deriving, when a rule names a key that is none or compares what has no order, and when
            ``rules`` or ``migrations`` is no tuple of them.
    """

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        strict=True,
        use_attribute_docstrings=True,
        hide_input_in_errors=True,  # a value may be personal data, and errors are logged
    )

    rules: ClassVar[tuple[Rule, ...]] = ()
    migrations: ClassVar[tuple[Migration, ...]] = ()

    @model_validator(mode="after")
    def _rules_hold(self) -> Self:
        broken = [found for rule in _rules_of(type(self)) if (found := violation(rule, self._get))]
        if broken:
            sentences = [
                found.sentence() + (f" ({found.rule.because})" if found.rule.because else "")
                for found in broken
            ]
            raise PydanticCustomError("rules", "{sentences}", {"sentences": "; ".join(sentences)})
        return self

    def _get(self, key: str) -> Any:  # noqa: ANN401 - any setting
        """The value of a key as it is written in TOML, dotted for a nested table; ``None`` when not set."""
        value: Any = self
        for part in key.split("."):
            fields = type(value).model_fields if isinstance(value, BaseModel) else {}
            name = next((name for name, field in fields.items() if (field.alias or name) == part), None)
            value = None if name is None else getattr(value, name)
        return value.value if isinstance(value, enum.Enum) else value

    @classmethod
    def __pydantic_init_subclass__(cls, **kwargs: Any) -> None:  # noqa: ANN401 - as pydantic's own
        """Refuse rules that can never work, where they are written."""
        super().__pydantic_init_subclass__(**kwargs)
        for name, example in _EXAMPLES.items():
            if name not in cls.model_fields and not isinstance(vars(cls).get(name, ()), tuple):
                raise TypeError(f"{cls.__name__}.{name} must be a tuple, also of one: {name} = ({example},)")
        strange = [repr(one) for one in vars(cls).get("migrations", ()) if not isinstance(one, Migration)]
        if strange and "migrations" not in cls.model_fields:
            raise TypeError(f"{cls.__name__}.migrations: {', '.join(strange)} is no Migration(...)")
        problems = list(_problems_of(cls))
        if problems:
            raise TypeError(f"{cls.__name__}.rules: {'; '.join(problems)}")

    @classmethod
    def __get_pydantic_json_schema__(
        cls, core_schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        """The schema, with the rules and with the names of the checks that are code."""
        schema = handler(core_schema)
        node = handler.resolve_ref_schema(schema)
        if rules := [rule.to_json() for rule in _rules_of(cls)]:
            node["rules"] = rules
        if checks := list(python_checks_of(cls)):
            node["validators"] = checks
        return schema


def python_checks_of(model: type[BaseModel]) -> tuple[str, ...]:
    """The checks of a model that are Python code, e.g. ``Settings.check_period``; only a worker runs them."""
    decorators = model.__pydantic_decorators__
    named = [*decorators.field_validators, *decorators.model_validators]
    named += [*decorators.validators, *decorators.root_validators]
    names = [f"{model.__name__}.{name}" for name in named if name != BotSettings._rules_hold.__name__]  # noqa: SLF001 - our own
    for field_name, field in model.model_fields.items():
        names += [f"{model.__name__}.{field_name}" for one in field.metadata if isinstance(one, _FUNCTIONS)]
    return tuple(dict.fromkeys(names))


def _rules_of(settings: type[BotSettings]) -> tuple[Rule, ...]:
    """The rules of a class and of those it derives from, the oldest first."""
    own = [vars(one).get("rules", ()) for one in reversed(settings.__mro__) if issubclass(one, BotSettings)]
    return tuple(dict.fromkeys(rule for rules in own for rule in rules))


def _problems_of(settings: type[BotSettings]) -> Iterator[str]:
    if "rules" in settings.model_fields:
        yield "no setting can be called rules, the rules between settings are"
        return
    rules = _rules_of(settings)
    strange = [repr(rule) for rule in rules if not isinstance(rule, Rule)]
    if strange:
        yield f"{', '.join(strange)} is no rule"
        return
    if not rules:
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the build says what is wrong with the schema itself
        try:
            schema = settings.model_json_schema()
        except (PydanticUserError, PydanticUndefinedAnnotation):
            return  # not complete yet: the build looks again
    definitions = schema.get("$defs", {})
    for rule in rules:
        yield from rule_problems(rule, schema, definitions)


def Field(  # noqa: N802 - it stands where pydantic's Field stands
    default: Any = ...,  # noqa: ANN401 - as pydantic's own
    *,
    description: str,
    unit: str = "",
    personal: bool = False,
    sensitive: bool = False,
    place: Literal["", "file", "files", "folder"] = "",
    **constraints: Any,  # noqa: ANN401 - ge, le, min_length … passed through
) -> Any:  # noqa: ANN401 - as pydantic's own
    """A settings field: pydantic's ``Field`` plus what people need to know about the value.

    Args:
        default: The bot's default; ``...`` when every municipality must say.
        description: One sentence for the local admin.
        unit: Unit of a number, e.g. ``"days"``.
        personal: The value is personal data: shown as ``…`` everywhere.
        sensitive: Money or law stands behind the value.
        place: The text names a file, files (a pattern) or a folder, from the municipality's folder on: a
            check says when it is not there.
        **constraints: Whatever pydantic's ``Field`` takes besides.

    Raises:
        TypeError: it takes no such keyword. A misspelt ``sensitive`` would protect nothing.
    """
    if constraints:
        _refuse_unknown(constraints)
    extra: dict[str, JsonValue] = {"unit": unit, "personal": personal, "sensitive": sensitive, "place": place}
    schema: dict[str, JsonValue] = {name: value for name, value in extra.items() if value}
    return pydantic.Field(default, description=description, json_schema_extra=schema, **constraints)


def _refuse_unknown(given: Iterable[str]) -> None:
    own = ("description", "unit", "personal", "sensitive", "place")
    taken = {*inspect.signature(pydantic.Field).parameters} - {"extra", "default", "json_schema_extra"}
    for name in given:
        if name not in taken:
            [*close] = difflib.get_close_matches(name, [*own, *sorted(taken - {*own})], n=1)
            raise TypeError(f"Field takes no {name}" + "".join(f": did you mean {one}?" for one in close))
