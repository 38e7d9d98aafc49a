"""Stores of secrets: the three that are built in, and the shape of those that a plugin brings.

Rules this module keeps: a look says whether a secret is there and reads no value; a value is read at the
moment of use and kept nowhere; the built-in names cannot be taken by a plugin.

A plugin brings another store through the hook ``rpac_secret_stores``; a reference names it as
``{store = "vault:kv/register#password"}``::

    class Vault:
        name = "vault"

        def look(self, ref, folder):
            return None  # it asks nobody before the value is needed

        def read(self, ref, folder):
            return fetch(ref.place)
"""

import importlib
import os
import stat
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Protocol

from ._secret_ref import SecretMissingError, SecretRef

__all__ = ["BUILT_IN", "SecretStore"]

_LARGEST_SECRET = 1024 * 1024  # bytes; a certificate bundle is a few kilobytes, a wrong path may be a dump
_READABLE_BY_OTHERS = 0o077


class SecretStore(Protocol):
    """Where secrets stand. One object serves every thread of a worker."""

    @property
    def name(self) -> str:
        """What a reference calls it: small letters, digits and hyphens."""
        ...

    def look(self, ref: SecretRef, folder: Path) -> SecretMissingError | None:
        """What can be seen to be missing without reading the value; ``None`` also where it cannot be seen.

        Args:
            ref: The reference; :attr:`SecretRef.place` is the part that is this store's.
            folder: The municipality folder.
        """
        ...

    def read(self, ref: SecretRef, folder: Path) -> bytes:
        """The value, read now.

        Raises:
            SecretMissingError: it is not there, is empty, or must not be read from there.
        """
        ...


class EnvironmentStore:
    """Variables of the process: of the host when it looks, of the worker when it reads."""

    name = "env"

    def look(self, ref: SecretRef, folder: Path) -> SecretMissingError | None:  # noqa: ARG002 - the store's signature
        """Whether the variable is set and not empty."""
        if os.environ.get(ref.place):
            return None
        problem = "is empty" if ref.place in os.environ else "is not set"
        return SecretMissingError(ref, problem, remedy=f"set {ref.place} in the environment that starts rpac")

    def read(self, ref: SecretRef, folder: Path) -> bytes:
        """The variable, as bytes."""
        if problem := self.look(ref, folder):
            raise problem
        return os.environ[ref.place].encode("utf-8", "surrogateescape")


class FileStore:
    """Files that only their owner may read."""

    name = "file"

    def look(self, ref: SecretRef, folder: Path) -> SecretMissingError | None:
        """Whether the file is there, is a regular one, is not empty, and is closed to others."""
        path = _path(ref, folder)
        try:
            status = path.stat()
        except (OSError, ValueError) as error:
            return _unreadable(ref, path, error)
        if not stat.S_ISREG(status.st_mode):  # reading a pipe would wait for ever
            return SecretMissingError(ref, "is no regular file", remedy=f"put the secret into {path}")
        return _unusable(ref, path, status)

    def read(self, ref: SecretRef, folder: Path) -> bytes:
        """The file's bytes as they are."""
        if problem := self.look(ref, folder):
            raise problem
        path = _path(ref, folder)
        try:
            data = path.read_bytes()
        except OSError as error:
            raise _unreadable(ref, path, error) from None
        if not data.strip():
            raise _empty(ref, path)
        return data


class KeyringStore:
    """The key store of the operating system, through the package ``keyring`` where it is installed."""

    name = "keyring"

    def look(self, ref: SecretRef, folder: Path) -> SecretMissingError | None:  # noqa: ARG002 - the store's signature
        """Nothing: a key store may want a person to unlock it, so it is not asked."""
        return None

    def read(self, ref: SecretRef, folder: Path) -> bytes:  # noqa: ARG002 - the store's signature
        """The entry, as UTF-8."""
        service, _, name = ref.place.rpartition("/")
        elsewhere = "refer to {env = ...} or {file = ...}"
        try:
            # Not a dependency: a server without a key store does without it.
            keyring = importlib.import_module("keyring")
        except ImportError:
            problem = "cannot be read: the package keyring is not installed"
            remedy = f"install keyring beside rpa-commons, or {elsewhere}"
            raise SecretMissingError(ref, problem, remedy=remedy) from None
        try:
            value = keyring.get_password(service, name)
        except Exception as error:  # noqa: BLE001 - each key store raises errors of its own
            problem = f"cannot be read: the key store failed with {type(error).__name__}"
            remedy = f"unlock the key store, or {elsewhere}"
            raise SecretMissingError(ref, problem, remedy=remedy) from None
        if not value:
            raise SecretMissingError(ref, "does not exist", remedy=f"keyring set {service} {name}")
        return str(value).encode()


BUILT_IN: Mapping[str, SecretStore] = MappingProxyType(
    {store.name: store for store in (EnvironmentStore(), FileStore(), KeyringStore())}
)
"""The stores that every host and every worker has, by name."""


def _path(ref: SecretRef, folder: Path) -> Path:
    return folder / os.path.expanduser(ref.place)  # noqa: PTH111 - pathlib's raises for an unknown user


def _unusable(ref: SecretRef, path: Path, status: os.stat_result) -> SecretMissingError | None:
    # On Windows the mode says nothing about who may read: access lists are left to the administrator.
    # That branch is untested on Windows.
    if os.name == "posix" and status.st_mode & _READABLE_BY_OTHERS:
        problem = f"may be read by others (mode {stat.S_IMODE(status.st_mode):04o})"
        return SecretMissingError(ref, problem, remedy=f"chmod 600 {path}")
    if status.st_size > _LARGEST_SECRET:
        return SecretMissingError(ref, f"is {status.st_size} bytes", remedy="name the file of one secret")
    if not status.st_size:
        return _empty(ref, path)
    if not os.access(path, os.R_OK):
        return _unreadable(ref, path, PermissionError(13, "Permission denied"))
    return None


def _empty(ref: SecretRef, path: Path) -> SecretMissingError:
    return SecretMissingError(ref, "is empty", remedy=f"put the secret into {path}")


def _unreadable(ref: SecretRef, path: Path, error: OSError | ValueError) -> SecretMissingError:
    reason = getattr(error, "strerror", None) or "is no usable path"  # a null byte is a ValueError
    problem = "does not exist" if isinstance(error, FileNotFoundError) else f"cannot be read: {reason}"
    return SecretMissingError(ref, problem, remedy=f"create {path}, readable by its owner only")
