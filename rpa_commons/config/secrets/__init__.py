"""References to secrets, and the stores that are asked for one at the moment of use."""

from ._secret_stores import BUILT_IN, SecretStore
from ._secrets import SecretMissingError, SecretRef, resolve_secret, resolve_secret_bytes, secret_problem

__all__ = [
    "BUILT_IN",
    "SecretMissingError",
    "SecretRef",
    "SecretStore",
    "resolve_secret",
    "resolve_secret_bytes",
    "secret_problem",
]
