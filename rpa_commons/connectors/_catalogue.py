"""The connectors that come with the library, by name; each is imported when it is first asked for."""

import difflib
import importlib
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import cast

from rpa_commons.capabilities import RpaCommonsError, capability_spec
from rpa_commons.config import ConnectorEntry

from ._base import Connector

__all__ = ["UnknownConnectorError", "catalogue", "entry_of", "load"]

_BUILT_IN: Mapping[str, str] = MappingProxyType(
    {
        "moves-extract": "moves_extract:MovesExtract",
        "pdf-outbox": "pdf_outbox:PdfOutbox",
        "register-extract": "register_extract:RegisterExtract",
        "school-extract": "school_extract:SchoolExtract",
        "sf1520": "sf1520:Sf1520",
        "sf1601": "sf1601:Sf1601",
    }
)


class UnknownConnectorError(RpaCommonsError):
    """No connector has this name.

    Attributes:
        name: The name that was asked for.
    """

    exit_code = 2

    def __init__(self, name: str) -> None:
        guesses = difflib.get_close_matches(name, _BUILT_IN, n=1)
        names = ", ".join(sorted(_BUILT_IN))
        remedy = f"did you mean {guesses[0]!r}?" if guesses else f"the connectors are {names}"
        super().__init__(f"there is no connector {name!r}", remedy=remedy)
        self.name = name


class _Catalogue(Mapping[str, ConnectorEntry]):
    """Name -> entry; an entry is made, and its connector imported, when it is looked up."""

    def __getitem__(self, name: str) -> ConnectorEntry:
        if name not in _BUILT_IN:
            raise KeyError(name)
        return entry_of(load(name))

    def __iter__(self) -> Iterator[str]:
        return iter(_BUILT_IN)

    def __len__(self) -> int:
        return len(_BUILT_IN)

    def __contains__(self, name: object) -> bool:
        return name in _BUILT_IN  # Mapping's own would import the connector


def catalogue() -> Mapping[str, ConnectorEntry]:
    """The built-in connectors by name, for the configuration to check a stack against."""
    return _Catalogue()


def load(name: str) -> type[Connector]:
    """The class of a built-in connector.

    Raises:
        UnknownConnectorError: no connector has this name; a likely one is suggested.
    """
    if name not in _BUILT_IN:
        raise UnknownConnectorError(name)
    module, _, attribute = _BUILT_IN[name].partition(":")
    return cast("type[Connector]", getattr(importlib.import_module(f"{__package__}.{module}"), attribute))


def entry_of(connector: type[Connector]) -> ConnectorEntry:
    """What the configuration needs to know of a connector class, built-in or from a connector wheel."""
    spec = capability_spec(connector.capability)
    return ConnectorEntry(
        name=connector.name,
        capability=spec.name,
        settings_schema=connector.Settings.model_json_schema(),
        version=spec.version,
    )
