"""Every type by the name that people type: ``dk.Cpr``, ``no.Fodselsnummer``, ``Iban``, or short ``cpr``.

Rules this module keeps: the packages' own ``__all__`` says what there is, so that a new type needs no second
list; a short name stands for one type alone; a stand-in is asked for with ``+``.

Usage:
    type_, options = named_type("dk.Cpr+ecpr")
    type_.parse(text, **options)
"""

import difflib
import inspect
from collections.abc import Iterator
from importlib import import_module
from types import ModuleType
from typing import Any

from ._errors import InvalidIdentifierError, UnknownTypeError
from ._identifier import Identifier

__all__ = ["identifier_types", "named_type", "takes"]

_HOUSE = __package__


def identifier_types() -> dict[str, type[Identifier]]:
    """Full name -> type, such as ``"dk.Account"``, in the order of the packages' own lists."""
    return dict(_listed(import_module(_HOUSE), ""))


def named_type(name: str) -> tuple[type[Identifier], dict[str, Any]]:
    """The type of a full or short name, in capitals or not, and the options said behind it.

    Raises:
        UnknownTypeError: none or several have it, or the type has no such option; says what is near.
    """
    wanted, *accepted = (part.strip() for part in name.split("+"))
    types = identifier_types()
    named = {key.casefold(): [key] for key in types}
    for key, type_ in types.items():
        for short in {type_.name.casefold(), key.rpartition(".")[2].casefold()} - {key.casefold()}:
            named.setdefault(short, []).append(key)
    found = named.get(wanted.casefold(), [])
    if len(found) != 1:
        close = found or next(
            (named[one] for one in difflib.get_close_matches(wanted.casefold(), named, n=1)), []
        )
        raise UnknownTypeError(wanted, " or ".join(close), tuple(types))
    type_ = types[found[0]]
    options = {"accept": tuple(accepted)} if accepted else {}
    if accepted:
        _check_options(name, type_, options)
    return type_, options


def takes(type_: type[Identifier], option: str) -> bool:
    """Whether the type's ``parse`` has an option of that name."""
    return option in inspect.signature(type_.parse).parameters


def _listed(module: ModuleType, before: str) -> Iterator[tuple[str, type[Identifier]]]:
    for name in module.__all__:
        found = getattr(module, name)
        if isinstance(found, ModuleType) and found.__name__.startswith(f"{_HOUSE}.") and not before:
            yield from _listed(found, f"{name}.")
        elif isinstance(found, type) and issubclass(found, Identifier) and found is not Identifier:
            yield f"{before}{name}", found


def _check_options(name: str, type_: type[Identifier], options: dict[str, Any]) -> None:
    if not takes(type_, "accept"):
        raise UnknownTypeError(name, "", (), problem=f"{type_.kind}s have no stand-ins to ask for")
    parse: Any = type_.parse
    try:
        parse("0", **options)
    except InvalidIdentifierError:
        pass
    except ValueError as error:  # the type's own words about the stand-ins it knows
        raise UnknownTypeError(name, "", (), problem=str(error)) from None
