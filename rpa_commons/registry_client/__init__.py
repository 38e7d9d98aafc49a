"""The client of a registry: find, choose, fetch, lock, publish, and hear of recalls.

Rules this package keeps: it reads the registry's plain documents and files and nothing else, so that a web
server with the exported files will do; what it installs goes through the environments and into ``rpac.lock``;
an installed bot runs without any registry.

Usage::

    registry = Registry.of(municipality, progress=print)
    install(municipality, ["welcome-letters"], registry=registry, progress=print)
"""

from ._adopt import adopt_baseline
from ._baseline import BaselineUpgrade, baseline_wheel, open_with_baseline, prepare_baseline, take_baseline
from ._choose import CHANNELS, Choice, Wish, choose, release_of, state_text
from ._client import Registry
from ._documents import CatalogueEntry, FileEntry, Project, Release
from ._errors import (
    BrokenAnswerError,
    DownloadError,
    NoRegistryError,
    NoSuchReleaseError,
    PausedError,
    RegistryAddressError,
    RegistryError,
    ReleaseRefusedError,
    TokenMissingError,
    UnknownProjectError,
    UnreachableError,
    UploadRefusedError,
)
from ._http import Timeouts
from ._install import (
    WantedError,
    choice_of,
    fetch_chosen,
    install,
    is_file_wish,
    parse_wanted,
    wheel_to_come,
)
from ._listing import InstalledRow, InstanceRow, rows
from ._publish import NotPublishableError, Published, publish, registry_token, release
from ._recalls import Advisory, Hit, Recalls, guard, known, refresh, told
from ._stack import Fit, Stack
from ._usage import tell_usage

__all__ = [
    "CHANNELS",
    "Advisory",
    "BaselineUpgrade",
    "BrokenAnswerError",
    "CatalogueEntry",
    "Choice",
    "DownloadError",
    "FileEntry",
    "Fit",
    "Hit",
    "InstalledRow",
    "InstanceRow",
    "NoRegistryError",
    "NoSuchReleaseError",
    "NotPublishableError",
    "PausedError",
    "Project",
    "Published",
    "Recalls",
    "Registry",
    "RegistryAddressError",
    "RegistryError",
    "Release",
    "ReleaseRefusedError",
    "Stack",
    "Timeouts",
    "TokenMissingError",
    "UnknownProjectError",
    "UnreachableError",
    "UploadRefusedError",
    "WantedError",
    "Wish",
    "adopt_baseline",
    "baseline_wheel",
    "choice_of",
    "choose",
    "fetch_chosen",
    "guard",
    "install",
    "is_file_wish",
    "known",
    "open_with_baseline",
    "parse_wanted",
    "prepare_baseline",
    "publish",
    "refresh",
    "registry_token",
    "release",
    "release_of",
    "rows",
    "state_text",
    "take_baseline",
    "tell_usage",
    "told",
    "wheel_to_come",
]
