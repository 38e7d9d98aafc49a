"""Recalls: which versions the cooperation's coordinators took back, and what that means here.

Rules this module keeps: an advisory counts only with a good signature. Where ``municipality.toml`` names
keys, only theirs count; elsewhere any coordinator's key stops a bot, for a stop does less harm than a bot
that should not run, and only the keys that the registry first gave (or the advisory's own) end that again.
What is known holds until it is withdrawn so, whatever the registry says or does not say later; a registry
that does not answer stops nothing; one short question before a run, none for a minute after one that was
not answered.

The pinned keys are the seam for the registry's trust to come: :class:`Pins` answers which keys speak for the
cooperation, and nothing else here needs to know how.

Usage::

    recalls = refresh(municipality)
    recalls.of(read_lock(municipality.folder), "welcome-letters")
"""

import contextlib
import json
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from packaging.version import InvalidVersion, Version
from pydantic import BaseModel, ConfigDict, Field

from rpa_commons.config.documents import replace_file
from rpa_commons.conformance import verify
from rpa_commons.environments import LockFile, instance_head, read_lock

from ._client import Registry
from ._documents import read
from ._errors import PausedError, RegistryError
from ._http import Timeouts

if TYPE_CHECKING:
    from rpa_commons.config import MunicipalityFolder

__all__ = ["Advisory", "Hit", "Pins", "Recalls", "guard", "known", "refresh", "told"]

_PATH = "/advisories.json"
_FILE = "advisories.json"
_PINS = "registry-keys.json"
_HOUR, _DAY = 3600.0, 86400.0  # seconds
_FRESH = 600.0  # seconds within which the registry is not asked again
_TRIED = 60.0  # seconds after a question that was not answered
_SHORT = Timeouts(connect=2.0, read=3.0, attempts=1)


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class Advisory(_Model):
    """What a coordinator signed: these versions are not to be used."""

    id: str
    project: str
    versions: tuple[str, ...]
    severity: str = ""
    summary: str = ""
    remedy: str = ""
    issued: str = ""
    withdrawn: str | None = None

    def __str__(self) -> str:
        said = (one.strip().rstrip(".") for one in (self.summary, self.remedy))
        return f"{self.id}: {'; '.join(filter(None, said))}"

    def names(self, version: str) -> bool:
        """Whether it is about a version, however that is spelt."""
        try:
            return any(Version(one) == Version(version) for one in self.versions)
        except InvalidVersion:
            return version in self.versions


class _Signed(_Model):
    signed: dict[str, Any]
    person: str = ""
    member: Any = None
    key: str
    signature: str

    @property
    def advisory(self) -> Advisory:
        return Advisory.model_validate(self.signed)


class _Document(_Model):
    advisories: tuple[_Signed, ...] = ()


class _Stored(_Model):
    """What this machine knows, kept in ``state_dir``."""

    registry: str = ""
    heard: float = 0.0
    tried: float = 0.0
    advisories: tuple[_Signed, ...] = Field(default=())


@dataclass(frozen=True)
class Hit:
    """An advisory that is about something a bot here runs on.

    Attributes:
        advisory: It.
        project: The bot itself, a package beside it, or the baseline.
        version: The version that is locked here.
    """

    advisory: Advisory
    project: str
    version: str

    def __str__(self) -> str:
        return f"{self.project} {self.version} was recalled by {self.advisory.id}: {self.advisory.summary}"


@dataclass(frozen=True)
class Recalls:
    """What is known of recalls.

    Attributes:
        advisories: Those that hold, oldest first.
        warnings: What could not be found out or was not believed.
        heard: When the registry last answered, in seconds since 1970; 0 for never.
    """

    advisories: tuple[Advisory, ...] = ()
    warnings: tuple[str, ...] = ()
    heard: float = 0.0

    def of(self, lock: LockFile, bot: str) -> tuple[Hit, ...]:
        """Every advisory about a bot, a connector or a package of the registry beside it, or the baseline.

        ``bot`` may be a connector wheel, too.
        """
        return tuple(
            Hit(advisory, name, version)
            for name, version in _parts(lock, bot)
            for advisory in self.advisories
            if advisory.project == name and advisory.names(version)
        )


def _parts(lock: LockFile, bot: str) -> Iterator[tuple[str, str]]:
    entry = lock.find(bot)
    if entry is not None:
        yield entry.name, entry.version
        mine = frozenset(entry.connectors)
        yield from ((one.name, one.version) for one in entry.packages if one.registry or one.name in mine)
    elif (record := next((one for one in lock.connectors if one.name == bot), None)) is not None:
        yield record.name, record.version
    if lock.baseline is not None:
        yield lock.baseline.name, lock.baseline.version


@dataclass(frozen=True)
class Pins:
    """Which keys speak for the cooperation.

    Attributes:
        given: Keys from ``municipality.toml``; when there are any, no others count.
        place: Where the keys are kept that the registry first gave.
        home: The registry's address: each has its own keys.
    """

    given: tuple[str, ...]
    place: Path
    home: str

    def keys(self) -> frozenset[str]:
        """The keys that count; none before the first advisory was seen."""
        return frozenset(self.given or self._kept().get(self.home, ()))

    def first(self, keys: frozenset[str]) -> frozenset[str]:
        """Pin the first keys that were seen, where none are pinned yet; the keys that count now."""
        pinned = self.keys()
        if pinned or not keys:
            return pinned
        kept = self._kept() | {self.home: sorted(keys)}
        with contextlib.suppress(OSError):  # without it they are pinned next time
            self.place.parent.mkdir(parents=True, exist_ok=True)
            replace_file(self.place, json.dumps(kept, indent=2) + "\n")
        return keys

    def _kept(self) -> dict[str, list[str]]:
        try:
            found = json.loads(self.place.read_bytes())
        except (OSError, ValueError, RecursionError):
            return {}
        if not isinstance(found, Mapping):
            return {}
        return {
            str(home): [str(one) for one in keys] for home, keys in found.items() if isinstance(keys, list)
        }


def known(municipality: "MunicipalityFolder") -> Recalls:
    """What this machine knows already; asks nobody."""
    stored = _stored(municipality)
    return Recalls(_holding(stored, _pins(municipality)), (), stored.heard)


def refresh(
    municipality: "MunicipalityFolder", *, force: bool = False, fresh: float | None = None
) -> Recalls:
    """What is known, after asking the registry where the last answer is older than ten minutes.

    Args:
        municipality: Whose registry and state.
        force: Ask also when the last answer is younger, or a question has just failed.
        fresh: Seconds, instead of the ten minutes.

    Never raises for a registry that is gone: that is one of the warnings.
    """
    stored, pins, now = _stored(municipality), _pins(municipality), time.time()
    if not municipality.registry.url:
        return Recalls(_holding(stored, pins), (), stored.heard)
    same = stored.registry == municipality.registry.url
    enough = _FRESH if fresh is None else fresh
    recent = 0 <= now - stored.heard < enough or 0 <= now - stored.tried < _TRIED
    if same and recent and not force:
        return Recalls(_holding(stored, pins), (), stored.heard)
    try:
        registry = Registry.of(municipality, timeouts=_SHORT)
        document = read(_Document, registry.http.json(_PATH) or {}, registry.http.url(_PATH))
    except RegistryError as error:
        _store(municipality, stored.model_copy(update={"registry": municipality.registry.url, "tried": now}))
        when = f"last heard of {_ago(now - stored.heard)} ago" if stored.heard else "never heard of yet"
        warning = f"recalls could not be asked for, {when}: {error.message}"
        return Recalls(_holding(stored, pins), (warning,), stored.heard)
    good = [one for one in document.advisories if verify(one.key, one.signed, one.signature)]
    keys = pins.first(frozenset(one.key for one in good))
    believed = [one for one in good if one.key in keys or not pins.given]
    warnings = [_not_believed(one) for one in document.advisories if one not in believed]
    warnings += [_new_key(one) for one in believed if one.key not in keys and one not in stored.advisories]
    merged = _merged(stored.advisories, believed)
    stored = _Stored(registry=municipality.registry.url, heard=now, advisories=merged)
    _store(municipality, stored)
    return Recalls(_holding(stored, pins), tuple(warnings), now)


def told(registry: Registry, project: str, version: str) -> tuple[Advisory, ...]:
    """What the registry shows of a version's recall, for reading: whose key signed it is not asked here.

    Raises:
        UnreachableError: the registry does not answer.
        BrokenAnswerError: the answer is not the agreed one.
    """
    document = read(_Document, registry.http.json(_PATH) or {}, registry.http.url(_PATH))
    good = (one.advisory for one in document.advisories if verify(one.key, one.signed, one.signature))
    return tuple(one for one in good if one.project == project and one.names(version) and not one.withdrawn)


def guard(municipality: "MunicipalityFolder", instance: str) -> Iterator[str]:
    """Ask before a run: what to warn of; an instance whose version was recalled is refused.

    Raises:
        PausedError: it was recalled, and ``on_recall`` is not ``"warn"``.
        RpaCommonsError: the lock or the instance's file cannot be read.
    """
    recalls = refresh(municipality, fresh=0)  # however young the last answer is
    yield from recalls.warnings
    bot = instance_head(municipality, instance).bot
    for hit in recalls.of(read_lock(municipality.folder), bot):
        remedy = _remedy(hit, instance, bot)
        if municipality.registry.on_recall != "warn":
            what = f"{hit.project} {hit.version}"
            raise PausedError(instance, what, hit.advisory.id, hit.advisory.summary, remedy)
        yield f'{hit}; it goes on since on_recall is "warn": {remedy}'


def _remedy(hit: Hit, instance: str, bot: str) -> str:
    said = hit.advisory.remedy.rstrip(". ")
    upgrade = "`rpac outdated` names the version to move to"
    only = f" --bot-version {hit.version}" if hit.project == bot else ""  # a connector's is not the bot's
    cases = f"`rpac items list {instance}{only}` lists the cases it touched"
    return "; ".join(filter(None, (said, upgrade, cases)))


def _pins(municipality: "MunicipalityFolder") -> Pins:
    choice = municipality.registry
    return Pins(choice.keys, municipality.state_dir / _PINS, choice.url.rstrip("/"))


def _place(municipality: "MunicipalityFolder") -> Path:
    return municipality.state_dir / "registry" / _FILE


def _stored(municipality: "MunicipalityFolder") -> _Stored:
    try:
        return _Stored.model_validate_json(_place(municipality).read_bytes())
    except (OSError, ValueError):
        return _Stored()


def _store(municipality: "MunicipalityFolder", stored: _Stored) -> None:
    place = _place(municipality)
    with contextlib.suppress(OSError):  # what is not kept is asked for again
        place.parent.mkdir(parents=True, exist_ok=True)
        replace_file(place, stored.model_dump_json(indent=1) + "\n")


def _merged(before: tuple[_Signed, ...], now: list[_Signed]) -> tuple[_Signed, ...]:
    """What each key last said of each advisory: a withdrawal stays one, nothing is forgotten."""
    found = {(_id(one), one.key): one for one in before}
    for one in now:
        old = found.get((_id(one), one.key))
        if old is None or not old.signed.get("withdrawn"):
            found[_id(one), one.key] = one
    return tuple(sorted(found.values(), key=lambda one: (str(one.signed.get("issued", "")), _id(one))))


def _id(one: _Signed) -> str:
    return str(one.signed.get("id", ""))


def _holding(stored: _Stored, pins: Pins) -> tuple[Advisory, ...]:
    """The advisories that stop something: each once, ended by a pinned key or by the key that issued it."""
    keys = pins.keys()
    said: list[tuple[Advisory, bool]] = []
    for one in stored.advisories:  # checked again: the file lies where others may write
        is_pinned = one.key in keys
        if (is_pinned or not pins.given) and verify(one.key, one.signed, one.signature):
            with contextlib.suppress(ValueError):
                said.append((one.advisory, is_pinned))
    ended = {advisory.id for advisory, is_pinned in said if advisory.withdrawn and is_pinned}
    holding = {one.id: one for one, _ in said if not one.withdrawn and one.id not in ended}
    return tuple(holding.values())


def _not_believed(one: _Signed) -> str:
    who = f"{one.person or 'somebody'}'s advisory {_id(one) or '?'}"
    if not verify(one.key, one.signed, one.signature):
        return f"{who} has a wrong signature and is not believed: tell the cooperation's coordinator"
    return (
        f"{who} is signed with a key that is not known here and is not believed; when the coordinators "
        f'confirm it, write it into municipality.toml: [registry] keys = [..., "{one.key}"]'
    )


def _ago(seconds: float) -> str:
    if seconds < 2 * _HOUR:
        return f"{seconds / 60:.0f} minutes"
    return f"{seconds / _HOUR:.0f} hours" if seconds < 2 * _DAY else f"{seconds / _DAY:.0f} days"


def _new_key(one: _Signed) -> str:
    who = f"{one.person or 'somebody'}'s advisory {_id(one) or '?'}"
    what = "is not ended by it" if one.signed.get("withdrawn") else "counts all the same"
    return (
        f"{who} is signed with a key that was not seen here before, and {what}; ask a coordinator by "
        f'telephone whose it is, and write it into municipality.toml: [registry] keys = [..., "{one.key}"]'
    )
