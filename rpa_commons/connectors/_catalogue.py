"""The connectors by name: those that come with the library, and those that wheels bring.

Rules this module keeps: a built-in one is imported when it is first asked for; of one from a wheel nothing is
imported, its manifest says all; a wheel never takes the place of a built-in one.
"""

import difflib
import importlib
from collections.abc import Collection, Iterator, Mapping
from types import MappingProxyType
from typing import cast

from rpa_commons.capabilities import RpaCommonsError, capability_spec
from rpa_commons.config import ConnectorEntry
from rpa_commons.config.migrations import migrated_binding
from rpa_commons.manifest import Manifest

from ._base import Connector

__all__ = [
    "UnknownConnectorError",
    "built_in_names",
    "catalogue",
    "entries_of_wheel",
    "entry_of",
    "extra_of",
    "load",
]

_BUILT_IN: Mapping[str, str] = MappingProxyType(
    {
        "case-folder": "case_folder:CaseFolder",
        "invoice-folder": "invoice_folder:InvoiceFolder",
        "moves-extract": "moves_extract:MovesExtract",
        "pdf-outbox": "pdf_outbox:PdfOutbox",
        "posting-file": "posting_file:PostingFile",
        "register-extract": "register_extract:RegisterExtract",
        "rest-ledger": "rest_ledger:RestLedger",
        "school-extract": "school_extract:SchoolExtract",
        "sf1461": "sf1461:Sf1461",
        "sf1520": "sf1520:Sf1520",
        "sf1601": "sf1601:Sf1601",
        "ssbtek": "ssbtek:Ssbtek",
    }
)

_EXTRAS: Mapping[str, str] = MappingProxyType({"invoice-folder": "invoices", "sf1461": "amqp"})
"""The extra of rpa-commons that a connector needs; its environment gets it only where the stack names it."""
_EXTRAS_OF_SETTINGS: Mapping[tuple[str, str], str] = MappingProxyType({("sf1601", "receipts_queue"): "amqp"})
"""The extra that a connector needs only where the stack gives it a setting."""


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

    def __init__(self, installed: Mapping[str, ConnectorEntry]) -> None:
        self._installed = installed

    def __getitem__(self, name: str) -> ConnectorEntry:
        if name in _BUILT_IN:
            return entry_of(load(name))
        return self._installed[name]

    def __iter__(self) -> Iterator[str]:
        return iter((*_BUILT_IN, *(name for name in self._installed if name not in _BUILT_IN)))

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def __contains__(self, name: object) -> bool:
        return name in _BUILT_IN or name in self._installed  # Mapping's own would import the connector


def catalogue(installed: Mapping[str, ConnectorEntry] = MappingProxyType({})) -> Mapping[str, ConnectorEntry]:
    """The connectors by name, for the configuration to check a stack against.

    Args:
        installed: Those that wheels bring besides; ``rpa_commons.environments.connectors_of`` gives a
            municipality's.
    """
    return _Catalogue(installed)


def built_in_names() -> frozenset[str]:
    """The names of the connectors that come with the library; imports none of them."""
    return frozenset(_BUILT_IN)


def extra_of(name: str, settings: Collection[str] = ()) -> str:
    """The extra of rpa-commons that a built-in connector needs; empty for most.

    Args:
        name: The connector.
        settings: The names of the settings that the stack gives it: some need an extra by themselves.
    """
    needed = (_EXTRAS_OF_SETTINGS.get((name, setting), "") for setting in settings)
    return _EXTRAS.get(name, "") or next(filter(None, needed), "")


def entries_of_wheel(manifest: Manifest) -> dict[str, ConnectorEntry]:
    """What the configuration needs to know of the connectors in a wheel, from its manifest."""
    return {
        one.name: ConnectorEntry(
            name=one.name,
            capability=one.capability,
            settings_schema=one.settings_schema,
            version=one.version,
            wheel=manifest.name,
            release=manifest.version,
            migrations=one.migrations,
            migrated=migrated_binding,
        )
        for one in manifest.connectors
    }


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
