"""The journal's key where the municipality refers to it, for a worker and for commands of the host.

Rules this module keeps: the key stands in no plugin's store, for the host reads it too and loads no plugin.
"""

from pathlib import Path

from rpa_commons.config import SecretMissingError, SecretRef, resolve_secret

__all__ = ["configured_key"]


def configured_key(reference: SecretRef | None, folder: Path) -> str | None:
    """The configured journal key; ``None`` where the key is a file in the state folder.

    Args:
        reference: ``journal_key`` of the municipality.
        folder: The municipality folder.

    Raises:
        SecretMissingError: it cannot be read, or is to stand in a plugin's store.
    """
    if reference is None:
        return None
    if reference.store is not None:
        problem = "cannot hold the journal's key: commands of the host read it too, and they load no plugin"
        raise SecretMissingError(reference, problem, remedy="use env, file or keyring for journal_key")
    return resolve_secret(reference, folder)
