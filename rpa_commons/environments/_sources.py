"""Where wheels come from that no public index may offer: the seam to a registry, which stands above.

Rules this module keeps: this package asks no registry itself; a name that a source owns is installed from it
alone, and no other name ever is.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

__all__ = ["Origin", "WheelSource"]


@dataclass(frozen=True)
class Origin:
    """Where a wheel came from, as ``rpac.lock`` keeps it.

    Attributes:
        registry: The address of the registry; empty for a file.
        channel: ``certified`` or ``all``; empty for a file.
        because: Why it was installed though it is not certified.
    """

    registry: str = ""
    channel: str = ""
    because: str = ""


class WheelSource(Protocol):
    """A registry, as installing needs it. Each method may raise an ``RpaCommonsError``."""

    @property
    def home(self) -> str:
        """Its address, as a lock names it."""
        ...

    def owned(self) -> frozenset[str]:
        """The normalised names that come from here alone."""
        ...

    def simple(self) -> str:
        """Its index (PEP 503) for uv."""
        ...

    def needed_by(self, name: str) -> Iterable[str]:
        """Normalised names that any version of an owned package asks for."""
        ...

    def locked_file(self, name: str, version: str) -> tuple[str, str] | None:
        """File name and SHA-256 (hex) of the one wheel of a release; ``None`` where it has none."""
        ...

    def fetch(self, home: str, filename: str, sha256: str) -> Path:
        """A wheel by its hash, from the source of this address."""
        ...
