"""What every identifier type is: a string in its one canonical form that cannot be a wrong one.

Rules this module keeps: a value of a type went through ``parse``, whose message never holds what was read;
the ``repr`` of a personal number is masked; only ASCII digits are digits; an instance compares, hashes,
copies, pickles and goes to JSON as its string. Pydantic is asked for inside functions alone: the types work
without it.

Usage:
    class Orgnr(Identifier):
        kind, name = "organisation number", "orgnr"
        pattern, examples = "^[0-9]{9}$", ("123456785",)

        @classmethod
        def parse(cls, text: str) -> Self:
            digits = cls._digits(text, length=9)
            if not mod11(digits, _WEIGHTS):
                raise cls._refused("its check digit is wrong")
            return cls._made(digits)
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Self

from ._errors import InvalidIdentifierError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler, TypeAdapter
    from pydantic.json_schema import JsonSchemaValue
    from pydantic_core import CoreSchema

__all__ = ["Identifier", "ParseOptions", "adapter"]

_LONGEST = 64  # no number here is longer as written; what is, is refused before anything looks at it


class Identifier(str):
    """A string that is known to be an identifier of one kind, in canonical form.

    Making one (``Cpr(text)``) parses it: there is no way to hold a wrong one.
    """

    __slots__ = ()

    kind: ClassVar[str]
    """What a person calls it, in messages: ``"CPR number"``."""
    name: ClassVar[str]
    """Its short name: the error type is ``invalid_<name>``."""
    pattern: ClassVar[str]
    """The canonical form as a regular expression, for JSON Schema."""
    examples: ClassVar[tuple[str, ...]] = ()
    """Canonical forms that are nobody's by rule, or published as examples by whoever issues them."""
    personal: ClassVar[bool] = False
    """Whether it leads to a person: then it is masked wherever it is shown by accident."""
    full_length: ClassVar[int] = 0
    """How many digits it always has where it may begin with 0: fewer of them may have lost zeros to a
    spreadsheet, and that is said. 0 where it cannot happen."""

    def __new__(cls, text: str, **options: Any) -> Self:  # noqa: ANN401 - each type's parse names its own
        parse: Callable[..., Self] = cls.parse
        return parse(text, **options)

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read one as people write it; a type with options takes them as keywords.

        Raises:
            InvalidIdentifierError: it is none, with the reason and without the value.
        """
        raise NotImplementedError(f"{cls.__name__}.parse")  # pragma: no cover - every type has its own

    def format(self) -> str:  # type: ignore[override] # an identifier is no template: `str.format` has no use here
        """As people write it; the canonical form unless the type says otherwise."""
        return self._written()

    def _written(self) -> str:
        """What ``format`` gives: a type overrides this, whose signature is not ``str.format``'s."""
        return str(self)

    @property
    def masked(self) -> str:
        """What may be shown of it: nothing of a personal number unless its type knows what is harmless."""
        return "…" if self.personal else self.format()

    def __repr__(self) -> str:
        """``Cpr('070661-••••')``: masked where it is personal."""
        return f"{type(self).__name__}({self.masked if self.personal else str(self)!r})"

    def __reduce__(self) -> tuple[Any, ...]:
        """Copied and pickled as its string: reading it again could refuse what was let in by an option."""
        return _restored, (type(self), str(self))

    @classmethod
    def _made(cls, canonical: str) -> Self:
        """An instance of a string that the caller has proved to be canonical."""
        return str.__new__(cls, canonical)

    @classmethod
    def _refused(cls, reason: str) -> InvalidIdentifierError:
        """The error to raise; the reason must not hold the value or a part of it."""
        return InvalidIdentifierError(cls.kind, reason)

    @classmethod
    def _text(cls, text: object) -> str:
        """The text without spaces around it; refuses what is no text, nothing, or far too long."""
        if not isinstance(text, str):
            lost = ": a number has lost its leading zeros" if isinstance(text, int | float) else ""
            raise cls._refused(f"it must be text{lost}")
        if len(text) > _LONGEST:
            raise cls._refused("it is far too long")
        text = str(text).strip(" ")
        if not text:
            raise cls._refused("it is empty")
        return text

    @classmethod
    def _digits(cls, text: object, *, length: int | tuple[int, ...] = (), drop: str = " -") -> str:
        """The ASCII digits of the text, without the separators in ``drop``.

        Args:
            text: What was given.
            length: How many digits there must be, or which numbers of them are right; any when empty.
            drop: Characters that people write between the digits; each is let go wherever it stands.

        Raises:
            InvalidIdentifierError: other characters, digits of another script, another number of digits.
        """
        digits = cls._text(text)
        for separator in drop:
            digits = digits.replace(separator, "")
        if not (digits.isascii() and digits.isdigit()):
            raise cls._refused(_no_digits(digits))
        lengths = (length,) if isinstance(length, int) else length
        if lengths and len(digits) not in lengths:
            raise cls._refused(f"it must have {_either(lengths)} digits")
        return digits

    @classmethod
    def _unsure(cls, values: Sequence[Any]) -> Iterable[int]:
        """Positions in a column that must be read one by one: all, unless the type knows a faster way.

        What is left out must be right under every option and in every mode.
        """
        return range(len(values))

    @classmethod
    def _pattern_with(cls, options: Mapping[str, Any]) -> str:  # noqa: ARG003 - a type with options overrides it
        """The pattern of the canonical form when it is read with these options."""
        return cls.pattern

    @classmethod
    def __get_pydantic_core_schema__(cls, source: object, handler: GetCoreSchemaHandler) -> CoreSchema:
        from ._pydantic import core_schema

        return core_schema(cls, {})

    @classmethod
    def __get_pydantic_json_schema__(
        cls,
        schema: CoreSchema,
        handler: GetJsonSchemaHandler,
    ) -> JsonSchemaValue:
        from ._pydantic import json_schema

        return json_schema(cls, schema)


@dataclass(frozen=True)
class ParseOptions:
    """Options of a type's ``parse``, for an annotation: ``Annotated[Cpr, ParseOptions.of(accept=…)]``.

    Several in one annotation add up; the later one wins where both name the same option.
    """

    options: tuple[tuple[str, Any], ...]

    @classmethod
    def of(cls, **options: Any) -> Self:  # noqa: ANN401 - each type's parse names its own
        """The options by name, as ``parse`` takes them; values must be hashable, as annotations are."""
        return cls(tuple(options.items()))

    def __get_pydantic_core_schema__(self, source: object, handler: GetCoreSchemaHandler) -> CoreSchema:
        from ._pydantic import with_options

        return with_options(source, handler, dict(self.options))


def adapter(type_: Any) -> TypeAdapter[Any]:  # noqa: ANN401 - any type that pydantic reads
    """A ``TypeAdapter`` none of whose errors holds what was given, for collections and unions of identifiers.

    Neither the message nor ``error.errors()``, whatever went wrong *around* an identifier, and not the place
    where it stands as the key of a mapping. One exception is pydantic's: text that is no JSON at all is in
    ``error.errors()`` (not in the message); ask for ``errors(include_input=False)`` after ``validate_json``.
    """
    from pydantic import ConfigDict, TypeAdapter

    from ._pydantic import Hidden

    return TypeAdapter(Annotated[type_, Hidden()], config=ConfigDict(hide_input_in_errors=True))


def _restored(cls: type[Identifier], value: str) -> Identifier:
    return cls._made(value)


def _no_digits(text: str) -> str:
    """Why this is not a row of digits."""
    if any(character.isdigit() and not character.isascii() for character in text):
        return "it has digits of another script: only 0-9 count"
    return "it has characters that are no digits"


def _either(lengths: tuple[int, ...]) -> str:
    *others, last = map(str, lengths)
    return f"{', '.join(others)} or {last}" if others else last
