"""What is known and what is kept, side by side."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from ._known import Family, families
from ._store import SpecsStore, Stored, Trust

__all__ = ["Row", "listing"]


@dataclass(frozen=True)
class Row:
    """One version of a specification."""

    family: Family
    version: str
    kept: bool
    newest: bool
    """Whether it is the last of the family that is known by checksum."""
    files: Mapping[str, str]
    """Path -> SHA-256."""
    valid_from: date | None
    basis: str
    source: str
    trust: Trust | None

    def to_json(self) -> dict[str, Any]:
        """As plain values, for JSON."""
        return {
            "name": self.family.name,
            "title": self.family.title,
            "kind": self.family.kind,
            "publisher": self.family.publisher,
            "licence": self.family.licence,
            "version": self.version,
            "valid_from": self.valid_from.isoformat() if self.valid_from else None,
            "basis": self.basis,
            "source": self.source,
            "files": dict(self.files),
            "kept": self.kept,
            "trust": asdict(self.trust) if self.trust else None,
        }


def listing(store: SpecsStore) -> list[Row]:
    """Every known version, and every one that is trusted here, family by family; no file is read."""
    kept = store.stored()
    return [row for one in families() for row in _rows(one, [two for two in kept if two.name == one.name])]


def _rows(one: Family, kept: list[Stored]) -> list[Row]:
    here = {stored.version for stored in kept}
    rows = [
        Row(
            family=one,
            version=version.version,
            kept=version.version in here,
            newest=version is one.versions[-1],
            files=version.files,
            valid_from=version.valid_from,
            basis=version.basis,
            source=version.source,
            trust=None,
        )
        for version in one.versions
    ]
    return rows + [_trusted(one, stored) for stored in kept if stored.trust]


def _trusted(one: Family, stored: Stored) -> Row:
    return Row(
        family=one,
        version=stored.version,
        kept=True,
        newest=False,
        files=stored.files,
        valid_from=stored.valid_from,
        basis="as whoever added it said",
        source="",
        trust=stored.trust,
    )
