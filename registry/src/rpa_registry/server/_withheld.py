"""Who may have a wheel, and where it lies.

Rules this module keeps: a withheld wheel is named as withheld, with the advisory that says why; one that is
not published yet is not there, for whoever does not review it; a file that is not as long as the recorded
one is never sent.

Usage::

    served = check_served(store.file(sha256), filename)
"""

from http import HTTPStatus
from pathlib import Path

from rpa_registry.context import Registry
from rpa_registry.errors import NotFoundError, RegistryError, StorageError
from rpa_registry.pages import ServedFile

__all__ = ["WithheldError", "check_named", "check_served", "wheel_on_disk"]

_METADATA = ".metadata"


class WithheldError(RegistryError):
    """The release or its project is quarantined: nobody gets its wheel.

    Attributes:
        filename: The wheel.
        why: The advisory with its number, or the project's reason.
    """

    status = HTTPStatus.GONE
    exit_code = 5

    def __init__(self, filename: str, why: str) -> None:
        super().__init__(
            f"{filename} is quarantined and withheld: {why}",
            remedy="/advisories.json says why and what to do; use another version",
        )
        self.filename = filename
        self.why = why


def check_named(served: ServedFile | None, name: str) -> ServedFile:
    """The file of that digest, when ``name`` is its name or its METADATA's and nothing withholds it.

    Raises:
        NotFoundError: there is no such file.
        WithheldError: it is quarantined.
    """
    if served is None or name.removesuffix(_METADATA) != served.filename:
        raise NotFoundError(f"there is no file {name} here", remedy="the project's page names its files")
    if served.withheld is not None:
        raise WithheldError(served.filename, served.withheld)
    return served


def check_served(served: ServedFile | None, name: str) -> ServedFile:
    """As :func:`check_named`, for anyone.

    Raises:
        NotFoundError: there is no such file, or it is not published.
        WithheldError: it was published and is quarantined.
    """
    if served is not None and not served.public:
        served = None
    return check_named(served, name)


def wheel_on_disk(registry: Registry, served: ServedFile, name: str) -> Path:
    """The file to send.

    Raises:
        StorageError: it is not there, or not as long as it was when it was taken in.
    """
    wheel = registry.blobs.path(served.sha256, served.filename)
    path = wheel.with_name(name)
    expected = served.metadata_size if name.endswith(_METADATA) else served.size
    try:
        found = path.stat().st_size
    except OSError:
        found = -1
    if found != expected:
        raise StorageError(
            f"{name} is damaged in the registry's store", remedy="whoever runs it: `rpac-registry verify`"
        )
    return path
