"""What a place for wheels must do; a plugin may bring another one (``rpa_registry_blob_store``).

The server answers with files, so a store shows each blob as a path; one that keeps them elsewhere caches.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

__all__ = ["BlobStore"]


class BlobStore(Protocol):
    """Wheels by hash and file name, each with its METADATA beside it (PEP 658)."""

    def put(self, path: Path, sha256: str, filename: str, metadata: bytes) -> None:
        """Keep a wheel for good; the same wheel twice is no error.

        On return wheel and metadata survive a power cut. Before that, nobody sees half of one.

        Raises:
            StorageError: no room, no right to write, or ``path`` holds other bytes than ``sha256`` says.
        """

    def path(self, sha256: str, filename: str) -> Path:
        """Where the wheel lies (METADATA: the same name and ``.metadata``), whether it is there or not.

        Raises:
            ValueError: ``sha256`` is no hash or ``filename`` no plain file name.
        """

    def names(self) -> Iterator[tuple[str, str]]:
        """Hash and file name of every wheel that is there, sorted."""

    def remove(self, sha256: str, filename: str) -> None:
        """Forget a wheel that no release names; one that is not there is no error."""
