"""Which version is installed: the newest that the channel, this machine and nobody's recall allow.

Rules this module keeps: what is not certified is installed only from the channel ``all`` and with a reason;
what was recalled or taken back is not installed at all; a refusal names the state, since when, and the way
out; a newer version that does not fit this machine is passed over, and said.

Usage::

    choice = choose(project, "", Wish(channel="certified"))
    choice.release.version, choice.passed_over
"""

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from packaging.requirements import InvalidRequirement, Requirement
from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.utils import canonicalize_name

from rpa_commons import __version__

from ._documents import Project, Release
from ._errors import NoSuchReleaseError, ReleaseRefusedError

if TYPE_CHECKING:
    from rpa_commons.config import MunicipalityFolder

__all__ = ["CHANNELS", "Choice", "Wish", "choose", "release_of", "state_text"]

CHANNELS = ("certified", "all")
_HOST = "rpa-commons"
_IN_ALL = frozenset({"published", "certified"})
_WORDS = {
    "staged": "staged",
    "in_review": "in review",
    "published": "published",
    "certified": "certified",
    "deprecated": "deprecated",
    "yanked": "yanked",
    "quarantined": "quarantined",
    "withdrawn": "withdrawn",
}


@dataclass(frozen=True)
class Wish:
    """What whoever installs allows.

    Attributes:
        channel: ``certified`` or ``all``.
        because: Why not only what is certified; kept in the lock.
    """

    channel: str = "certified"
    because: str = ""

    @classmethod
    def of(cls, municipality: "MunicipalityFolder") -> "Wish":
        """What a municipality's own file allows; that it does is the reason."""
        channel = municipality.registry.channel
        return cls(channel, "" if channel == "certified" else f'municipality.toml: channel = "{channel}"')


@dataclass(frozen=True)
class Choice:
    """The version to install.

    Attributes:
        release: It.
        passed_over: Newer ones that were not taken, each with why, newest first.
        notes: What whoever installs should know.
    """

    release: Release
    passed_over: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def state_text(release: Release) -> str:
    """A release's state as people say it, with the day: ``in review since 2026-11-20``."""
    since = release.since.get(release.state) or ""
    word = _WORDS.get(release.state, release.state.replace("_", " "))
    return f"{word} since {since[:10]}" if since else word


def release_of(project: Project, version: str) -> Release | None:
    """The release of a version; without one, the one to look at first: certified, published, or the newest.

    Raises:
        NoSuchReleaseError: there is no such version.
    """
    if version:
        found = project.find(version)
        if found is None:
            raise NoSuchReleaseError(project.name, version, [one.version for one in project.releases])
        return found
    for wanted in filter(None, (project.certified, project.latest)):
        if (release := project.find(wanted)) is not None:
            return release
    return project.releases[0] if project.releases else None


def choose(project: Project, version: str, wish: Wish) -> Choice:
    """The release to install: the one named, or the newest that may be and fits.

    Args:
        project: With its releases.
        version: The one wanted; empty: the newest.
        wish: What is allowed.

    Raises:
        NoSuchReleaseError: there is no such version.
        ReleaseRefusedError: it may not be installed, or none may.
    """
    if version:
        release = project.find(version)
        if release is None:
            shown = [one.version for one in sorted(project.releases, key=lambda one: one.order, reverse=True)]
            raise NoSuchReleaseError(project.name, version, shown)
        refuse(project, release, wish)
        return Choice(release, (), tuple(_notes(project, release)))
    if project.status == "quarantined":
        raise ReleaseRefusedError(project.name, "", "is quarantined as a whole", remedy=_why_not(project))
    passed: list[str] = []
    candidates = sorted(project.releases, key=lambda one: one.order, reverse=True)
    for release in candidates:
        why = _against(release, wish) or _unfit(release)
        if not why and release.order.is_prerelease and _has_final(candidates, wish):
            why = "is a pre-release"
        if not why:
            return Choice(release, tuple(passed), tuple(_notes(project, release)))
        passed.append(f"{release.version} {why}")
    raise _nothing(project, candidates, wish)


def refuse(project: Project, release: Release, wish: Wish) -> None:
    """Refuse a release that may not be installed, or does not fit this machine.

    Raises:
        ReleaseRefusedError: with the way out.
    """
    if project.status == "quarantined":
        raise ReleaseRefusedError(project.name, "", "is quarantined as a whole", remedy=_why_not(project))
    why = _against(release, wish) or _unfit(release)
    if why:
        raise ReleaseRefusedError(project.name, release.version, why, remedy=_remedy(project, release, wish))


def _against(release: Release, wish: Wish) -> str:  # noqa: PLR0911 - one for each reason
    """Why a release may not be installed; empty when it may."""
    if release.quarantined is not None or release.state == "quarantined":
        by = release.quarantined.advisory if release.quarantined else ""
        return f"is recalled{f' by {by}' if by else ''}"
    if release.state == "withdrawn":
        return "was withdrawn by its owner"
    if release.yanked is not None or release.state == "yanked":
        return f"was yanked by its owner{f': {release.yanked}' if release.yanked else ''}"
    base = release.base_state or release.state
    if base not in _IN_ALL:
        return f"is not certified: {state_text(release)}"
    if wish.channel == "certified" and base != "certified":
        since = (release.since.get(base) or "")[:10]
        return f"is not certified: published since {since}" if since else "is not certified"
    if release.file is None:
        return "has no file in the registry"
    return ""


def _remedy(project: Project, release: Release, wish: Wish) -> str:
    base = release.base_state or release.state
    others = [one.version for one in project.releases if not _against(one, wish) and not _unfit(one)]
    newest = f"; {others[0]} is" if others else ""
    if release.quarantined is not None or release.state == "quarantined":
        return f"`rpac info {project.name}` says what happened" + _instead(others)
    if release.yanked is not None or release.state in {"yanked", "withdrawn"}:
        return (
            _instead(others).removeprefix("; ")
            or f"ask {project.owner.name or 'its owner'} for a new version"
        )
    if base == "published":
        return f"use --channel all and record why with --because{newest and f'{newest} certified'}"
    if base not in _IN_ALL:
        wait = "its owner publishes it after review; then --channel all with --because takes it"
        return wait + _instead(others)
    return f"`rpac info {project.name} {release.version}` says what it needs" + _instead(others)


def _instead(others: list[str]) -> str:
    return f"; {others[0]} can be installed" if others else ""


def _unfit(release: Release) -> str:
    """Why a release does not run on this machine; empty when it does."""
    python = ".".join(map(str, sys.version_info[:3]))
    try:
        if release.requires_python and not SpecifierSet(release.requires_python).contains(python):
            return f"needs Python {release.requires_python}, this is {python}"
    except InvalidSpecifier:
        return f"needs a Python that nobody can read: {release.requires_python}"
    for line in release.requires_dist:
        try:
            requirement = Requirement(line)
        except InvalidRequirement:
            continue  # the resolution speaks about it
        if canonicalize_name(requirement.name) == _HOST and not requirement.specifier.contains(
            __version__, prereleases=True
        ):
            return f"needs rpa-commons {requirement.specifier}, this is {__version__}"
    return ""


def _has_final(candidates: list[Release], wish: Wish) -> bool:
    return any(
        not one.order.is_prerelease and not _against(one, wish) and not _unfit(one) for one in candidates
    )


def _notes(project: Project, release: Release) -> Iterator[str]:
    if release.deprecated is not None:
        use = f"; use {release.deprecated.use}" if release.deprecated.use else ""
        yield f"{project.name} {release.version} is deprecated: {release.deprecated.reason}{use}"
    if project.status in {"archived", "deprecated"}:
        reason = f": {project.status_reason}" if project.status_reason else ""
        yield f"{project.name} is {project.status}{reason}"


def _why_not(project: Project) -> str:
    return project.status_reason or f"`rpac info {project.name}` says why"


def _nothing(project: Project, candidates: list[Release], wish: Wish) -> ReleaseRefusedError:
    """No version may be installed: say it of the newest one that could come closest."""
    for release in candidates:
        base = release.base_state or release.state
        why = _against(release, wish) or _unfit(release)
        if base in _IN_ALL or release is candidates[-1]:
            return ReleaseRefusedError(
                project.name, release.version, why, remedy=_remedy(project, release, wish)
            )
    return ReleaseRefusedError(
        project.name, "", "has no published version", remedy="`rpac info` tells when that changes"
    )
