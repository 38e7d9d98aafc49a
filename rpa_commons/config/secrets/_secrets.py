"""The late resolution of references to secrets.

Rules this module keeps: a value is read at the moment of use and kept nowhere; the host asks
:func:`secret_problem`, which reads no value, and only a worker asks for the value itself. One command of the
host reads one secret, the journal's key, when a person asks for what is sealed with it (``rpac items``,
``rpac status``).

Usage::

    ref = SecretRef(env="RPAC_SFTP_PASSWORD")
    secret_problem(ref, folder=Path("roskilde"))  # None: it can be seen to be there
    password = resolve_secret(ref, folder=Path("roskilde"))
"""

import difflib
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from ._secret_ref import SecretMissingError, SecretRef
from ._secret_stores import BUILT_IN, SecretStore

__all__ = [
    "SecretMissingError",
    "SecretRef",
    "resolve_secret",
    "resolve_secret_bytes",
    "secret_problem",
]

_NO_OTHERS: Mapping[str, SecretStore] = MappingProxyType({})


def secret_problem(
    ref: SecretRef, folder: Path, stores: Mapping[str, SecretStore] = _NO_OTHERS
) -> SecretMissingError | None:
    """What can be seen to be missing without reading the value; ``None`` when nothing can.

    A key store is not asked, it may want a person; nor is a plugin's store that is not among ``stores``, for
    the host loads no plugin.
    """
    store = BUILT_IN.get(ref.kind) or stores.get(ref.kind)
    return None if store is None else store.look(ref, folder)


def resolve_secret(ref: SecretRef, folder: Path, stores: Mapping[str, SecretStore] = _NO_OTHERS) -> str:
    """The secret that a reference names, read now.

    Args:
        ref: The reference.
        folder: The municipality folder; a relative ``file`` starts there.
        stores: Stores beside the built-in ones, by name.

    Raises:
        SecretMissingError: it is absent, empty, no text or open for others, or there is no such store.
    """
    data = resolve_secret_bytes(ref, folder, stores)
    try:
        value = data.decode("utf-8")
    except UnicodeDecodeError:
        raise SecretMissingError(ref, "is no UTF-8 text", remedy="store the secret as text") from None
    value = value.removesuffix("\n").removesuffix("\r") if ref.file is not None else value
    if not value:
        raise SecretMissingError(ref, "is empty", remedy="store the secret there")
    return value


def resolve_secret_bytes(
    ref: SecretRef, folder: Path, stores: Mapping[str, SecretStore] = _NO_OTHERS
) -> bytes:
    """The bytes that a reference names, for secrets that are no text, such as a PKCS#12 file.

    A file's bytes are returned as they are; text from a variable or a key store is encoded as UTF-8.

    Raises:
        SecretMissingError: as for :func:`resolve_secret`.
    """
    store = BUILT_IN.get(ref.kind) or stores.get(ref.kind)
    if store is None:
        known = sorted({*BUILT_IN, *stores})
        meant = next(iter(difflib.get_close_matches(ref.kind, known, n=1)), "")
        guess = f"did you mean {meant}? " if meant else ""
        raise SecretMissingError(
            ref,
            f"cannot be read: there is no secret store {ref.kind} here",
            remedy=f"{guess}there are: {', '.join(known)}; others come with a plugin, in a bot's worker",
        )
    return store.read(ref, folder)
