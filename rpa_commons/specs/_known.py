"""The table of specifications known by checksum, ``known.toml``, as frozen values."""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib import resources
from typing import Any, Literal

__all__ = ["Family", "KnownVersion", "families", "family", "known_files"]

Kind = Literal["xsd", "xslt", "schematron", "compiler"]


@dataclass(frozen=True)
class KnownVersion:
    """One version of a family, known by the checksums of its files."""

    version: str
    source: str
    """Where the publisher keeps it."""
    files: Mapping[str, str]
    """Path in the pack -> SHA-256."""
    valid_from: date | None = None
    """First invoice date that it is for."""
    basis: str = ""
    """How that date is known: ``released``, ``mandatory``, or in words."""


@dataclass(frozen=True)
class Family:
    """A specification by one name over its versions."""

    name: str
    title: str
    kind: Kind
    publisher: str
    licence: str
    entries: Mapping[str, str]
    """Kind of document (local name of its root) -> file to start with."""
    customizations: tuple[str, ...]
    profiles: tuple[str, ...]
    compiler: str
    versions: tuple[KnownVersion, ...]

    @property
    def for_invoices(self) -> bool:
        """Whether an invoice check uses it by itself."""
        return "Invoice" in self.entries

    @property
    def for_documents(self) -> bool:
        """Whether it is a schema that documents are checked by; else its files are for a simulator alone."""
        return self.kind == "xsd" and bool(self.entries)

    def version(self, version: str) -> KnownVersion | None:
        """A version by its name."""
        return next((one for one in self.versions if one.version == version), None)


@cache
def families() -> tuple[Family, ...]:
    """Every known family, in the order that an invoice check applies them."""
    text = resources.files(__package__).joinpath("known.toml").read_text(encoding="utf-8")
    return tuple(_family(raw) for raw in tomllib.loads(text)["family"])


def family(name: str) -> Family | None:
    """A family by its name."""
    return next((one for one in families() if one.name == name), None)


def known_files() -> Iterator[tuple[str, Family, KnownVersion, str]]:
    """SHA-256, family, version and path of every known file."""
    for one in families():
        for version in one.versions:
            for path, digest in version.files.items():
                yield digest, one, version, path


def _family(raw: dict[str, Any]) -> Family:
    return Family(
        name=raw["name"],
        title=raw["title"],
        kind=raw["kind"],
        publisher=raw["publisher"],
        licence=raw["licence"],
        entries=raw.get("entries", {}),
        customizations=tuple(raw.get("customizations", ())),
        profiles=tuple(raw.get("profiles", ())),
        compiler=raw.get("compiler", ""),
        versions=tuple(KnownVersion(**one) for one in raw["version"]),
    )
