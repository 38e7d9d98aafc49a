"""What an element is: a frozen model whose fields stand in the schema's order, and its plan for the codec.

A field is a text, a flag, a time or a file's bytes, an :class:`Element`, or a tuple of either. Its XML name
follows from its Python name: ``sender_id`` is ``senderID``, ``message_uuid`` is ``messageUUID``.
"""

import functools
import types
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, ClassVar, Union, get_args, get_origin

from pydantic import BaseModel, ConfigDict

from rpa_commons.capabilities import BusinessError

__all__ = ["NAMESPACES", "Element", "MemoError", "Part", "parts_of", "qualified"]

NAMESPACES: Mapping[str, str] = MappingProxyType(
    {
        "memo": "https://DigitalPost.dk/MeMo-1",
        "grd": "https://data.gov.dk/model/core/",
        "kle": "http://kle-online.dk/",
        "form": "http://www.form-online.dk/",
        "dmv": "https://motorregister.skat.dk/",
        "gln": "https://www.gs1.dk/gs1-standarder/identifikation/gln-global-location-number/",
        "udd": "https://www.dst.dk/da/TilSalg/Forskningsservice/Dokumentation/hoejkvalitetsvariable/"
        "elevregister-2/udd#",
        "sor": "https://services.nsi.dk/en/Services/SOR",
    }
)
_ACRONYMS: Mapping[str, str] = MappingProxyType({"id": "ID", "uuid": "UUID"})


class MemoError(BusinessError):
    """A message is not what the schema or the guidance allows.

    Attributes:
        problems: Every one found, each with its place; never a value of the message.
    """

    def __init__(self, problems: tuple[str, ...]) -> None:
        super().__init__(
            "the MeMo message is not valid: " + "; ".join(problems),
            remedy="mend the letter's template or the sender's settings",
        )
        self.problems = problems


class Element(BaseModel):
    """One XML element with children. Personal throughout: ``repr`` shows its name only."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, hide_input_in_errors=True)
    tag: ClassVar[str]
    """Prefix and local name; a text child stands in the same namespace."""

    def __repr__(self) -> str:
        return f"<{self.tag}>"

    __str__ = __repr__


@dataclass(frozen=True)
class Part:
    """One field of an element, as the codec needs it.

    Attributes:
        name: The field's Python name.
        tag: The child's qualified name; the attribute's plain name where ``attribute``.
        kind: ``str``, ``bool``, ``date``, ``datetime``, ``bytes`` or a subclass of :class:`Element`.
        many: Whether it is a tuple.
        attribute: Whether it is an XML attribute.
    """

    name: str
    tag: str
    kind: type
    many: bool
    attribute: bool


@functools.cache
def parts_of(element: type[Element]) -> tuple[Part, ...]:
    """The fields of an element class in the schema's order."""
    return tuple(
        _part(element, name, field.annotation, attribute="attribute" in field.metadata)
        for name, field in element.model_fields.items()
    )


def qualified(tag: str) -> str:
    """``memo:Sender`` as ``{https://DigitalPost.dk/MeMo-1}Sender``."""
    prefix, _, local = tag.partition(":")
    return f"{{{NAMESPACES[prefix]}}}{local}"


def _part(element: type[Element], name: str, annotation: Any, *, attribute: bool) -> Part:  # noqa: ANN401 - any annotation
    kind, many = _kind(annotation)
    if issubclass(kind, Element):
        return Part(name, qualified(kind.tag), kind, many, attribute=False)
    first, *others = name.split("_")
    local = first + "".join(_ACRONYMS.get(word, word.capitalize()) for word in others)
    prefix = element.tag.partition(":")[0]
    return Part(name, local if attribute else qualified(f"{prefix}:{local}"), kind, many, attribute)


def _kind(annotation: Any) -> tuple[type, bool]:  # noqa: ANN401 - any annotation
    """The type inside ``T``, ``T | None``, ``Annotated[T, …]``, ``Literal[…]`` or ``tuple[T, ...]``."""
    if isinstance(annotation, type) and not get_args(annotation):
        return annotation, False
    if get_origin(annotation) in (Union, types.UnionType):
        annotation = next(one for one in get_args(annotation) if one is not types.NoneType)
        return _kind(annotation)
    inner, *_ = get_args(annotation)
    if get_origin(annotation) is tuple:
        return _kind(inner)[0], True
    return _kind(inner) if isinstance(inner, type) or get_args(inner) else (type(inner), False)
