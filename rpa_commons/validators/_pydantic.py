"""How pydantic reads an identifier, and that its errors never show one.

Rules this module keeps: a refusal is raised as a pydantic error of our own making whose input is ``…``, so
that neither ``str(error)`` nor ``error.errors()`` of a field shows what was given, whatever the model's
configuration. Pydantic is imported here and nowhere else among the validators.

What a type cannot reach: errors that pydantic raises about what stands *around* the field show that (a
missing sibling shows the whole input). ``adapter``, which puts ``Hidden`` around all of it, and a model's
``hide_input_in_errors`` are for those.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, ClassVar, Protocol, cast

from pydantic import GetCoreSchemaHandler, ValidationError
from pydantic_core import ErrorDetails, InitErrorDetails, PydanticCustomError
from pydantic_core import core_schema as cs

from ._errors import InvalidIdentifierError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from pydantic.json_schema import JsonSchemaValue

__all__ = ["Hidden", "core_schema", "json_schema", "with_options"]

_OPTIONS = "rpa_commons_options"
_OURS = "invalid_"
_HIDDEN = "…"
_TELLING = re.compile(r"[0-9]{4}")
_LARGEST_INDEX = 1_000_000


class _Readable(Protocol):
    """What is asked of an identifier type here."""

    name: ClassVar[str]
    kind: ClassVar[str]
    examples: ClassVar[tuple[str, ...]]

    @classmethod
    def parse(cls, text: str) -> object: ...

    @classmethod
    def _pattern_with(cls, options: Mapping[str, Any]) -> str: ...


def core_schema(cls: type[_Readable], options: Mapping[str, Any]) -> cs.CoreSchema:
    """Text in, the type out; its string when dumped."""
    return cs.no_info_plain_validator_function(
        _reader(cls, options),
        metadata={_OPTIONS: (cls, dict(options))},
        serialization=cs.simple_ser_schema("str"),
    )


def with_options(source: object, handler: GetCoreSchemaHandler, options: Mapping[str, Any]) -> cs.CoreSchema:
    """The schema of an annotated type, with these options besides those it has.

    Raises:
        TypeError: the annotation stands on something else than an identifier type.
    """
    schema = cast("dict[str, Any]", handler(source))
    found = (schema.get("metadata") or {}).get(_OPTIONS)
    if found is None:
        raise TypeError(
            f"{', '.join(options)}: options of an identifier stand right beside its type, "
            f"Annotated[Cpr, …] | None rather than Annotated[Cpr | None, …]"
        )
    cls, given = found
    ours = cast("dict[str, Any]", core_schema(cls, {**given, **options}))
    schema |= {"function": ours["function"], "metadata": {**schema["metadata"], **ours["metadata"]}}
    return cast("cs.CoreSchema", schema)


def json_schema(cls: type[_Readable], schema: cs.CoreSchema) -> JsonSchemaValue:
    """The canonical form, described; the examples belong to nobody."""
    metadata = cast("dict[str, Any]", schema).get("metadata") or {}
    _, options = metadata.get(_OPTIONS, (cls, {}))
    described = {
        "type": "string",
        "title": cls.kind,
        "description": (cls.__doc__ or "").partition("\n\n")[0].replace("\n", " "),
        "pattern": cls._pattern_with(options),
        "examples": list(cls.examples),
    }
    return {key: value for key, value in described.items() if value}


class Hidden:
    """An annotation: every error of what it stands on is told without its input."""

    def __get_pydantic_core_schema__(self, source: object, handler: GetCoreSchemaHandler) -> cs.CoreSchema:
        return cs.no_info_wrap_validator_function(_hiding, handler(source))


def _hiding(value: Any, handler: cs.ValidatorFunctionWrapHandler) -> Any:  # noqa: ANN401 - as _reader's
    try:
        return handler(value)
    except ValidationError as error:
        title = error.title
        found = error.errors(include_url=False, include_context=False, include_input=False)
    details = [
        InitErrorDetails(type=_told(one), loc=tuple(map(_place, one["loc"])), input=_HIDDEN) for one in found
    ]
    raise ValidationError.from_exception_data(title, details)


def _told(error: ErrorDetails) -> PydanticCustomError:
    """The same error; of others than ours the words may quote, as the tag of a union."""
    message = error["msg"]
    if not error["type"].startswith(_OURS) and _TELLING.search(message):
        message = "it is not what it should be"
    return PydanticCustomError(cast("Any", error["type"]), "{message}", {"message": message})


def _place(step: str | int) -> str | int:
    """An index or a name; not the key of a mapping that may be an identifier."""
    if isinstance(step, int):
        return step if abs(step) < _LARGEST_INDEX else _HIDDEN
    return _HIDDEN if _TELLING.search(step) else step


def _reader(cls: type[_Readable], options: Mapping[str, Any]) -> Callable[[Any], object]:
    parse: Callable[..., object] = cls.parse

    def read(value: Any) -> object:  # noqa: ANN401 - whatever pydantic was given
        try:
            return parse(value, **options)
        except InvalidIdentifierError as error:
            refused = PydanticCustomError(
                f"{_OURS}{cls.name}",
                "{message}",
                {"message": str(error), "kind": error.kind, "reason": error.reason},
            )
            details = InitErrorDetails(type=refused, input=_HIDDEN)
            raise ValidationError.from_exception_data(cls.__name__, [details]) from None

    return read
