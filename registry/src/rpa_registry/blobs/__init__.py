"""Where the wheels lie: under their own hash, written once, never changed.

Usage::

    store = FolderBlobStore(settings.data_dir / "files")
    store.put(wheel, sha256, "welcome_letters-1.0.0-py3-none-any.whl", metadata)
    store.path(sha256, "welcome_letters-1.0.0-py3-none-any.whl")
"""

from ._folder import FolderBlobStore, sweep_folder
from ._protocol import BlobStore

__all__ = ["BlobStore", "FolderBlobStore", "sweep_folder"]
