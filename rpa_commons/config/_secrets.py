"""References to secrets, and their late resolution.

Rules this module keeps: a configuration file holds the *name* of a secret and never its value; a value is
read at the moment of use and kept nowhere; no message, ``repr`` or exception holds a value.

Usage::

    ref = SecretRef(env="RPAC_SFTP_PASSWORD")
    password = resolve_secret(ref, folder=Path("roskilde"))
"""

import importlib
import os
import stat
from pathlib import Path
from typing import Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from rpa_commons.capabilities import RpaCommonsError

__all__ = ["SecretMissingError", "SecretRef", "resolve_secret", "resolve_secret_bytes"]

_LARGEST_SECRET = 1024 * 1024  # bytes; a certificate bundle is a few kilobytes, a wrong path may be a dump
_READABLE_BY_OTHERS = 0o077
_ENVIRONMENT_NAME = r"^[A-Za-z_][A-Za-z0-9_]*$"
_KEYRING_NAME = r"^[^/].*/[^/]+$|^[^/]/[^/]+$"


class SecretRef(BaseModel):
    """Where a secret stands: exactly one of ``env``, ``file`` and ``keyring``.

    Attributes:
        env: Name of an environment variable.
        file: Path of a file that only its owner may read; relative paths start at the municipality folder.
        keyring: ``service/name`` in the key store of the operating system.
    """

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        strict=True,
        hide_input_in_errors=True,  # whoever wrote the secret itself here must not read it in a log
        json_schema_extra={"secret_reference": True, "minProperties": 1, "maxProperties": 1},
    )

    env: str | None = Field(None, pattern=_ENVIRONMENT_NAME)
    file: str | None = Field(None, min_length=1)
    keyring: str | None = Field(None, pattern=_KEYRING_NAME)

    @model_validator(mode="after")
    def _exactly_one(self) -> Self:
        given = [name for name in ("env", "file", "keyring") if getattr(self, name) is not None]
        if len(given) != 1:
            raise ValueError("a secret reference names exactly one of env, file and keyring")
        return self

    def describe(self) -> str:
        """The reference in words, e.g. ``environment variable RPAC_PASSWORD``."""
        if self.env is not None:
            return f"environment variable {self.env}"
        if self.file is not None:
            return f"file {self.file}"
        return f"keyring entry {self.keyring}"

    def __str__(self) -> str:
        return self.describe()


class SecretMissingError(RpaCommonsError):
    """A secret that a reference names cannot be read.

    Attributes:
        ref: The reference.
        problem: Why it cannot be read; never a value.
    """

    exit_code: int = 4

    def __init__(self, ref: SecretRef, problem: str, *, remedy: str) -> None:
        super().__init__(f"secret missing: {ref.describe()} {problem}", remedy=remedy)
        self.ref = ref
        self.problem = problem


def resolve_secret(ref: SecretRef, folder: Path) -> str:
    """The secret that a reference names, read now.

    Args:
        ref: The reference.
        folder: The municipality folder; a relative ``file`` starts there.

    Raises:
        SecretMissingError: the variable, file or entry is absent, empty, or open for others to read.
    """
    data = resolve_secret_bytes(ref, folder)
    try:
        value = data.decode("utf-8")
    except UnicodeDecodeError:
        raise SecretMissingError(ref, "is no UTF-8 text", remedy="store the secret as text") from None
    value = value.removesuffix("\n").removesuffix("\r") if ref.file is not None else value
    if not value:
        raise SecretMissingError(ref, "is empty", remedy="store the secret there")
    return value


def resolve_secret_bytes(ref: SecretRef, folder: Path) -> bytes:
    """The bytes that a reference names, for secrets that are no text, such as a PKCS#12 file.

    A file's bytes are returned as they are; text from a variable or a key store is encoded as UTF-8.

    Raises:
        SecretMissingError: as for :func:`resolve_secret`.
    """
    if ref.env is not None:
        return _from_environment(ref, ref.env).encode("utf-8", "surrogateescape")
    if ref.file is not None:
        return _from_file(ref, folder / os.path.expanduser(ref.file))  # noqa: PTH111 - pathlib's raises for an unknown user
    return _from_keyring(ref, ref.keyring or "").encode("utf-8")


def _from_environment(ref: SecretRef, name: str) -> str:
    value = os.environ.get(name)
    if not value:
        problem = "is not set" if value is None else "is empty"
        raise SecretMissingError(ref, problem, remedy=f"set {name} in the environment that starts rpac")
    return value


def _from_file(ref: SecretRef, path: Path) -> bytes:
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):  # reading a pipe would wait for ever
            raise SecretMissingError(ref, "is no regular file", remedy=f"put the secret into {path}")
        # On Windows the mode says nothing about who may read: access lists are left to the administrator.
        # That branch is untested on Windows.
        if os.name == "posix" and status.st_mode & _READABLE_BY_OTHERS:
            mode = stat.S_IMODE(status.st_mode)
            raise SecretMissingError(
                ref, f"may be read by others (mode {mode:04o})", remedy=f"chmod 600 {path}"
            )
        if status.st_size > _LARGEST_SECRET:
            raise SecretMissingError(ref, f"is {status.st_size} bytes", remedy="name the file of one secret")
        data = path.read_bytes()
    except (OSError, ValueError) as error:  # ValueError: a null byte in the path
        reason = getattr(error, "strerror", None) or "is no usable path"
        problem = "does not exist" if isinstance(error, FileNotFoundError) else f"cannot be read: {reason}"
        raise SecretMissingError(ref, problem, remedy=f"create {path}, readable by its owner only") from None
    if not data.strip():
        raise SecretMissingError(ref, "is empty", remedy=f"put the secret into {path}")
    return data


def _from_keyring(ref: SecretRef, entry: str) -> str:
    service, _, name = entry.rpartition("/")
    try:
        # Not a dependency: a server without a key store does without it.
        keyring = importlib.import_module("keyring")
    except ImportError:
        raise SecretMissingError(
            ref,
            "cannot be read: the package keyring is not installed",
            remedy="install keyring beside rpa-commons, or refer to {env = ...} or {file = ...}",
        ) from None
    try:
        value = keyring.get_password(service, name)
    except Exception as error:  # noqa: BLE001 - each key store raises errors of its own
        raise SecretMissingError(
            ref,
            f"cannot be read: the key store failed with {type(error).__name__}",
            remedy="unlock the key store, or refer to {env = ...} or {file = ...}",
        ) from None
    if not value:
        raise SecretMissingError(ref, "does not exist", remedy=f"keyring set {service} {name}")
    return str(value)
