"""What the registry publishes, as data: index, projects with their releases, advisories.

Rules this module keeps: a key that we do not know is passed over (a newer registry may say more); a document
that is not of the agreed shape is refused as a whole, with the place of the first mistake.
"""

from typing import Any, Literal, TypeVar

from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from ._errors import BrokenAnswerError

__all__ = [
    "CatalogueEntry",
    "FileEntry",
    "Member",
    "Notice",
    "Project",
    "Recall",
    "Release",
    "index_of",
    "names_of",
    "project_of",
    "read",
    "results_of",
]

_Document = TypeVar("_Document", bound=BaseModel)


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class Member(_Model):
    """A member of the cooperation."""

    code: str = ""
    name: str = ""


class CatalogueEntry(_Model):
    """One project as the catalogue lists it."""

    name: str = Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")
    kind: str = "bot"
    summary: str = ""
    owner: Member = Member()
    country: str = ""
    status: str = "active"
    latest: str | None = None
    certified: str | None = None
    state: str = ""
    tier: str | None = None
    kle: tuple[str, ...] = ()
    capabilities: tuple[str, ...] = ()
    data_categories: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    connectors: tuple[str, ...] = ()
    """What a connector wheel ships, as ``stack.toml`` names it."""
    verified: str = ""
    """Of a connector wheel: the highest rung that all of its connectors reached."""
    updated: str = ""
    score: float | None = None


class FileEntry(_Model):
    """The one wheel of a release."""

    filename: str = Field(pattern=r"^[A-Za-z0-9_.+!-]+\.whl$")
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    size: int = Field(ge=0)
    path: str = ""


class Notice(_Model):
    """Why a release is deprecated, and what to use instead."""

    reason: str = ""
    use: str | None = None


class Recall(_Model):
    """Which advisory recalled a release."""

    advisory: str = ""


class Release(_Model):
    """One version of a project."""

    version: str
    state: str
    base_state: str = ""
    since: dict[str, str | None] = {}
    certified_by: tuple[dict[str, Any], ...] = ()
    deprecated: Notice | None = None
    yanked: str | None = None
    quarantined: Recall | None = None
    tier: str | None = None
    file: FileEntry | None = None
    requires_python: str | None = None
    requires_dist: tuple[str, ...] = ()
    manifest: dict[str, Any] | None = None
    manifest_sha256: str | None = None
    licence: str | None = None
    uploaded_by: Any = None
    reports: tuple[dict[str, Any], ...] = ()

    @property
    def order(self) -> Version:
        """For sorting; a version that cannot be read counts as the oldest."""
        try:
            return Version(self.version)
        except InvalidVersion:
            return Version("0.dev0")


class Project(CatalogueEntry):
    """One project with everything that is known of it."""

    readme: str = ""
    status_reason: str | None = None
    runs_at: tuple[dict[str, Any], ...] = ()
    releases: tuple[Release, ...] = ()

    def find(self, version: str) -> Release | None:
        """The release of a version, however it is spelt."""
        try:
            wanted = Version(version)
        except InvalidVersion:
            return None
        return next((one for one in self.releases if one.order == wanted), None)


class _Index(_Model):
    api: Literal[1]
    generation: int = 0
    projects: tuple[CatalogueEntry, ...] = ()


class _Results(_Model):
    results: tuple[CatalogueEntry, ...] = ()


class _Names(_Model):
    names: tuple[str, ...]


def index_of(document: Any, url: str) -> tuple[CatalogueEntry, ...]:  # noqa: ANN401 - JSON
    """The entries of ``/catalogue/index.json``; raises BrokenAnswerError."""
    return read(_Index, document, url).projects


def results_of(document: Any, url: str) -> tuple[CatalogueEntry, ...]:  # noqa: ANN401 - JSON
    """The entries of ``/api/v1/search``, best first; raises BrokenAnswerError."""
    return read(_Results, document, url).results


def project_of(document: Any, url: str) -> Project:  # noqa: ANN401 - JSON
    """A project's page; raises BrokenAnswerError."""
    return read(Project, document, url)


def names_of(document: Any, url: str) -> frozenset[str]:  # noqa: ANN401 - JSON
    """The names that the registry owns, normalised; raises BrokenAnswerError."""
    return frozenset(canonicalize_name(one) for one in read(_Names, document, url).names)


def read(model: type[_Document], document: Any, url: str) -> _Document:  # noqa: ANN401 - JSON
    """A document of the registry.

    Raises:
        BrokenAnswerError: it is not of the agreed shape.
    """
    try:
        return model.model_validate(document)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"])) or "document"
        raise BrokenAnswerError(url, f"not of the agreed shape: {place}: {first['msg']}") from None
