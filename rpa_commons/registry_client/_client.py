"""One registry as the commands see it: what it has, who owns which name, and its files.

Rules this module keeps: a name that the registry does not know is answered with a guess; names that it owns
come from it alone, so their list is never taken from an old answer when a new one can be had; everything that
is fetched lies below one folder of the municipality's state.

Usage::

    registry = Registry.of(municipality, progress=print)
    registry.project("welcome-letters").certified
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion

from ._documents import CatalogueEntry, FileEntry, Project, index_of, names_of, project_of, results_of
from ._download import Downloader
from ._errors import BrokenAnswerError, DownloadError, NoRegistryError, UnknownProjectError, UnreachableError
from ._http import RegistryHttp, Timeouts, checked_address

if TYPE_CHECKING:
    from rpa_commons.config import MunicipalityFolder

__all__ = ["Registry"]

_FOLDER = "registry"
_INDEX, _NAMES = "/catalogue/index.json", "/names.json"


def _quiet(_: str) -> None:
    """Progress that nobody reads."""


@dataclass(frozen=True)
class Registry:
    """One registry.

    Attributes:
        http: How it is asked.
        folder: Where what it gave is kept.
        progress: Told each thing that takes over a second.
        channel: ``certified`` or ``all``: where packages that bots need are looked for.
    """

    http: RegistryHttp
    folder: Path
    progress: Callable[[str], None] = _quiet
    channel: str = "certified"
    _projects: dict[str, Project] = field(default_factory=dict, repr=False, compare=False)

    @classmethod
    def at(
        cls,
        url: str,
        folder: Path,
        *,
        progress: Callable[[str], None] = _quiet,
        timeouts: Timeouts | None = None,
    ) -> "Registry":
        """A registry by its address; what it gives is kept below ``folder``.

        Raises:
            NoRegistryError: the address is empty.
            RegistryAddressError: it cannot be a registry's.
        """
        if not url.strip():
            raise NoRegistryError
        http = RegistryHttp(checked_address(url), folder, timeouts or Timeouts())
        return cls(http, folder, progress)

    @classmethod
    def of(
        cls,
        municipality: "MunicipalityFolder",
        *,
        progress: Callable[[str], None] = _quiet,
        timeouts: Timeouts | None = None,
    ) -> "Registry":
        """The registry that a municipality names; raises as :meth:`at`."""
        return cls.at(
            municipality.registry.url, municipality.state_dir / _FOLDER, progress=progress, timeouts=timeouts
        )

    @property
    def home(self) -> str:
        """Its address, as locks name it."""
        return self.http.address

    def index(self) -> tuple[CatalogueEntry, ...]:
        """Every project.

        Raises:
            UnreachableError: the registry does not answer.
            BrokenAnswerError: the answer is not the agreed one.
        """
        return index_of(self._required(_INDEX), self.http.url(_INDEX))

    def search(self, words: str, filters: Mapping[str, str]) -> tuple[CatalogueEntry, ...]:
        """Projects that fit, best first; raises as :meth:`index`.

        A registry that is served as plain files has no search: there the list of all is looked through.
        """
        asked = {key: value for key, value in {"q": words, **filters}.items() if value}
        answer = self.http.json("/api/v1/search", asked)
        if answer is not None:
            return results_of(answer, self.http.url("/api/v1/search"))
        return tuple(one for one in self.index() if _fits(one, words, filters))

    def project(self, name: str) -> Project:
        """One project with its releases.

        Raises:
            UnknownProjectError: there is none; with a guess.
            UnreachableError: the registry does not answer.
            BrokenAnswerError: the answer is not the agreed one.
        """
        name = canonicalize_name(name)
        if (known := self._projects.get(name)) is not None:
            return known
        path = f"/catalogue/{name}.json"
        document = self.http.json(path)
        if document is None:
            raise UnknownProjectError(name, [one.name for one in self.index()], self.home)
        project = project_of(document, self.http.url(path))
        if project.name != name:
            raise BrokenAnswerError(self.http.url(path), f"it is about {project.name}")
        self._projects[name] = project
        return project

    def owned(self) -> frozenset[str]:
        """The names that resolve from here alone; raises as :meth:`index`."""
        return names_of(self._required(_NAMES), self.http.url(_NAMES))

    def simple(self) -> str:
        """The index (PEP 503, 691) of the channel."""
        return self.http.url(f"/{self.channel}/simple/")

    def needed_by(self, name: str) -> Iterable[str]:
        """Names that any version of an owned package asks for; raises as :meth:`project`."""
        found: dict[str, None] = {}
        for release in self.project(name).releases:
            for line in release.requires_dist:
                try:
                    found[canonicalize_name(Requirement(line).name)] = None
                except InvalidRequirement:
                    continue  # uv says what is wrong with it
        return tuple(found)

    def file_of(self, name: str, version: str) -> FileEntry | None:
        """The one wheel of a release; ``None`` without one or where it is withheld. Raises as above."""
        try:
            release = self.project(name).find(version)
        except (UnknownProjectError, InvalidVersion):
            return None
        return None if release is None else release.file

    def locked_file(self, name: str, version: str) -> tuple[str, str] | None:
        """File name and SHA-256 (hex) of the one wheel of a release."""
        file = self.file_of(name, version)
        return None if file is None else (file.filename, file.sha256)

    def fetch(self, home: str, filename: str, sha256: str) -> Path:
        """A file by its hash, also from the registry that a lock names though another is configured now.

        Raises:
            ReleaseRefusedError: it is withheld.
            DownloadError: it cannot be had whole, or a file cannot be written.
            UnreachableError: the registry does not answer.
        """
        http = (
            self.http
            if home in ("", self.home)
            else RegistryHttp(checked_address(home), self.folder, self.http.timeouts)
        )
        entry = FileEntry(filename=filename, sha256=sha256, size=0)
        return self.download(entry, http)

    def download(self, file: FileEntry, http: RegistryHttp | None = None) -> Path:
        """A release's wheel, fetched into the folder; raises as :meth:`fetch`."""
        self.progress(f"fetching {file.filename}")
        downloader = Downloader(http or self.http, self.folder / "files", self.progress)
        try:
            return downloader.fetch(file)
        except OSError as error:
            raise DownloadError(
                file.filename,
                f"cannot be written into {self.folder}: {error.strerror or error}",
                remedy=f"make room, and see that this user may write {self.folder}",
            ) from None

    def forget_files(self) -> None:
        """Remove what was fetched and is kept elsewhere by now."""
        import shutil

        shutil.rmtree(self.folder / "files", ignore_errors=True)

    def _required(self, path: str) -> object:
        document = self.http.json(path)
        if document is None:
            raise UnreachableError(
                self.http.url(path),
                "there is no such document: is this a registry?",
                remedy=_without_path(self.home),
            )
        return document


def _without_path(address: str) -> str:
    """What to do about an address that is none of a registry, where it has a path too many."""
    parts = urlsplit(address)
    host = f"{parts.scheme}://{parts.netloc}"
    return f"leave the path {parts.path} out: {host}" if parts.path else ""


def _fits(entry: CatalogueEntry, words: str, filters: Mapping[str, str]) -> bool:
    text = " ".join((entry.name, entry.summary, entry.owner.name, *entry.kle, *entry.capabilities)).casefold()
    if not all(word in text for word in words.casefold().split()):
        return False
    have = {
        "kle": entry.kle,
        "capability": entry.capabilities,
        "tier": (entry.tier or "",),
        "country": (entry.country,),
        "data_category": entry.data_categories,
        "kind": (entry.kind,),
        "state": (entry.state,),
    }
    return all(
        any(
            value.casefold() == one.casefold() or (key == "kle" and one.startswith(value))
            for one in have[key]
        )
        for key, value in filters.items()
        if value
    )
