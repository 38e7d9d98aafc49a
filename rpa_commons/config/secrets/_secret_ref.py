"""References to secrets: where a secret stands, never what it is.

Rules this module keeps: a configuration file holds the *name* of a secret and never its value; no message,
``repr`` or exception holds a value.

Usage::

    ref = SecretRef(env="RPAC_SFTP_PASSWORD")
    ref.kind, ref.place  # "env", "RPAC_SFTP_PASSWORD"
"""

from typing import Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from rpa_commons.capabilities import RpaCommonsError

__all__ = ["SecretMissingError", "SecretRef"]

_ENVIRONMENT_NAME = r"^[A-Za-z_][A-Za-z0-9_]*$"
_KEYRING_NAME = r"^[^/].*/[^/]+$|^[^/]/[^/]+$"
_STORE_NAME = r"^[a-z][a-z0-9-]*:[^\x00]+$"
_KINDS = ("env", "file", "keyring", "store")


class SecretRef(BaseModel):
    """Where a secret stands: exactly one of ``env``, ``file``, ``keyring`` and ``store``.

    Attributes:
        env: Name of an environment variable.
        file: Path of a file that only its owner may read; relative paths start at the municipality folder.
        keyring: ``service/name`` in the key store of the operating system.
        store: ``STORE:PLACE``, a place in a store that a plugin brings, e.g. ``vault:kv/register#password``.
            The host checks the shape alone, for it loads no plugin; the worker knows the store.
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
    store: str | None = Field(None, pattern=_STORE_NAME)

    @model_validator(mode="after")
    def _exactly_one(self) -> Self:
        if sum(getattr(self, kind) is not None for kind in _KINDS) != 1:
            raise ValueError("a secret reference names exactly one of env, file, keyring and store")
        return self

    @property
    def kind(self) -> str:
        """Name of the store that has it: ``env``, ``file``, ``keyring`` or a plugin's."""
        if self.store is not None:
            return self.store.partition(":")[0]
        return next(kind for kind in _KINDS if getattr(self, kind) is not None)

    @property
    def place(self) -> str:
        """Where in that store."""
        if self.store is not None:
            return self.store.partition(":")[2]
        return str(getattr(self, self.kind))

    def describe(self) -> str:
        """The reference in words, e.g. ``environment variable RPAC_PASSWORD``."""
        words = {"env": "environment variable", "file": "file", "keyring": "keyring entry"}
        if self.store is not None:
            return f"secret store {self.kind}, {self.place}"
        return f"{words[self.kind]} {self.place}"

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
