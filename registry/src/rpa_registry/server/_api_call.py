"""One request to the API, after who sent it was asked and its body was read.

Rules this module keeps: a field has the type that its reader asks for, or the answer says which it must have.

Usage::

    call.text("reason")
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from rpa_registry.accounts import Identity
from rpa_registry.context import Registry
from rpa_registry.errors import LoginError, NotFoundError, RegistryError

__all__ = ["Call"]

_LARGEST_NUMBER = 2**31 - 1


@dataclass(frozen=True)
class Call:
    """What an address is asked.

    Attributes:
        registry: Where.
        identity: Who asks; ``None`` where anyone may.
        path: The parts of the address.
        query: What follows the question mark.
        body: The fields of the body.
    """

    registry: Registry
    identity: Identity | None
    path: Mapping[str, Any]
    query: Mapping[str, str]
    body: Mapping[str, Any]

    @property
    def person(self) -> Identity:
        """Who asks.

        Raises:
            LoginError: nobody.
        """
        if self.identity is None:
            raise LoginError("a token is needed here", remedy="send it as Authorization: Bearer")
        return self.identity

    def text(self, name: str) -> str:
        """A text of the body; empty where it is left out.

        Raises:
            RegistryError: it is no text.
        """
        value = self.body.get(name, "")
        if not isinstance(value, str):
            raise RegistryError(f"{name} is no text", remedy=f"send {name} as a JSON string")
        return value

    def document(self, name: str) -> Mapping[str, Any]:
        """An object of the body.

        Raises:
            RegistryError: it is none.
        """
        value = self.body.get(name)
        if not isinstance(value, dict):
            raise RegistryError(f"{name} is no object", remedy=f"send {name} as a JSON object")
        return value

    def number(self, name: str, default: int, *, most: int = _LARGEST_NUMBER) -> int:
        """A whole number of the query, from 0 to ``most``.

        Raises:
            RegistryError: it is none.
        """
        text = self.query.get(name, "")
        if not text:
            return default
        if not (text.isascii() and text.isdigit() and int(text[:12]) <= _LARGEST_NUMBER):
            raise RegistryError(f"{name} is no number", remedy=f"send {name} as digits")
        return min(int(text), most)

    def numbered(self) -> int:
        """The number in the address.

        Raises:
            NotFoundError: it is none.
        """
        text = str(self.path["number"])
        if not (text.isascii() and text.isdigit() and int(text[:12]) <= _LARGEST_NUMBER):
            raise NotFoundError(f"there is no number {text!r}", remedy="the list shows every number")
        return int(text)
