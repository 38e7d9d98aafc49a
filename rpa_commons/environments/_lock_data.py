"""What ``rpac.lock`` says, as data: bots, connectors, baseline, packages, and what instances were set to.

Rules this module keeps: nothing is read or written here; each entry has a digest over itself, in which what a
later version of the file added counts only where it is said, so that an older lock keeps its digests.

Usage::

    lock.entry("welcome-letters").digest
"""

import hashlib
import json
from collections.abc import Collection, Sequence
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from ._errors import NotInstalledError

__all__ = [
    "LATER",
    "LockEntry",
    "LockFile",
    "Locked",
    "LockedBaseline",
    "LockedBlock",
    "LockedConnector",
    "LockedInstance",
    "LockedLeaf",
    "LockedPackage",
    "said",
]

_ORIGIN = frozenset({"registry", "channel", "because"})
LATER = _ORIGIN | {"connectors", "extras"}
"""Keys that a later version of the file added."""
_NAME = r"^[a-z0-9]+(-[a-z0-9]+)*$"
_ADDRESS = r"^(https?://[^\s\"<>\\^`{|}]+)?$"
_ONE_LINE = r"^[^\x00-\x1f\x7f]*$"
_SHA256 = r"^[0-9a-f]{64}$"
_SHA256_OR_NONE = r"^([0-9a-f]{64})?$"


class Locked(BaseModel):
    """Base of everything in the file: no key that is not known."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class LockedPackage(Locked):
    """One package of a bot's environment."""

    name: str = Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")
    version: str = Field(pattern=r"^[^\s;@]+$")
    marker: str = Field(default="", pattern=r"^[^\r\n\\]*$")
    """PEP 508 marker; empty when it is installed on every platform."""
    file: str = Field(default="", pattern=r"^([A-Za-z0-9_.+!-]+\.whl)?$")
    """The wheel's file name where it came as a file; empty when an index has it."""
    hashes: tuple[Annotated[str, Field(pattern=r"^sha256:[0-9a-f]{64}$")], ...] = Field(min_length=1)
    """``sha256:…`` of every file that may be installed."""
    registry: str = Field(default="", pattern=_ADDRESS)
    """The registry that alone may give it; empty for an index or a file."""


class LockEntry(Locked):
    """One bot and all that is installed with it."""

    name: str = Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")
    version: str
    wheel: str = Field(pattern=r"^[A-Za-z0-9_.+!-]+\.whl$")
    """File name of the bot's wheel."""
    sha256: str = Field(pattern=_SHA256)
    manifest_sha256: str = Field(pattern=_SHA256)
    schema_sha256: str = Field(default="", pattern=_SHA256_OR_NONE)
    """Of the settings schema as canonical JSON; empty when a lock of version 1 was read."""
    python: str
    """``major.minor`` of the oldest Python the packages were resolved for."""
    registry: str = Field(default="", pattern=_ADDRESS)
    """The registry the wheel came from; empty for a file."""
    channel: str = Field(default="", pattern=r"^(certified|all)?$")
    because: str = Field(default="", pattern=_ONE_LINE)
    """Why it was installed though it is not certified."""
    connectors: tuple[Annotated[str, Field(pattern=_NAME)], ...] = ()
    """Connector wheels among the packages: those that the stack names for what the bot asks for."""
    extras: tuple[Annotated[str, Field(pattern=_NAME)], ...] = ()
    """Extras of rpa-commons that built-in connectors of the stack need."""
    packages: tuple[LockedPackage, ...] = ()

    @property
    def digest(self) -> str:
        """SHA-256 (hex) over the whole entry: what an environment is known by.

        The schema's digest follows from the manifest's and is left out, and so is what later versions of
        the lock added and what says nothing here, so that an environment made from a lock of an earlier
        version is still known.
        """
        document = said(self.model_dump(mode="json", exclude={"schema_sha256", "packages"}))
        packages = [said(one.model_dump(mode="json")) for one in self.packages]
        return _digest(document | {"packages": packages})


class LockedConnector(Locked):
    """A connector wheel, for the whole municipality: every bot whose stack names it has this version."""

    name: str = Field(pattern=_NAME)
    """Of the wheel."""
    version: str
    wheel: str = Field(pattern=r"^[A-Za-z0-9_.+!-]+\.whl$")
    sha256: str = Field(pattern=_SHA256)
    manifest_sha256: str = Field(pattern=_SHA256)
    connectors: tuple[Annotated[str, Field(pattern=_NAME)], ...]
    """What it ships, as ``stack.toml`` names them."""
    registry: str = Field(default="", pattern=_ADDRESS)
    channel: str = Field(default="", pattern=r"^(certified|all)?$")
    because: str = Field(default="", pattern=_ONE_LINE)

    @property
    def digest(self) -> str:
        """SHA-256 (hex) over the whole record."""
        return _digest(self.model_dump(mode="json"))

    @property
    def package(self) -> LockedPackage:
        """The wheel as one package of a bot's environment."""
        return LockedPackage(
            name=self.name,
            version=self.version,
            file=self.wheel,
            hashes=(f"sha256:{self.sha256}",),
            registry=self.registry,
        )


class LockedBaseline(Locked):
    """The cooperation's baseline, where it comes from a registry."""

    name: str = Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")
    version: str
    wheel: str = Field(pattern=r"^[A-Za-z0-9_.+!-]+\.whl$")
    sha256: str = Field(pattern=_SHA256)
    manifest_sha256: str = Field(pattern=_SHA256)
    registry: str = Field(pattern=_ADDRESS)
    channel: str = Field(pattern=r"^(certified|all)$")
    because: str = Field(default="", pattern=_ONE_LINE)

    @property
    def digest(self) -> str:
        """SHA-256 (hex) over the whole record."""
        return _digest(self.model_dump(mode="json"))


class LockedLeaf(Locked):
    """One value of an instance, when it was installed."""

    key: str
    """As ``rpac config explain`` takes it."""
    digest: str = Field(pattern=_SHA256_OR_NONE)
    """SHA-256 (hex) of the value as canonical JSON; empty for what must not be guessed: a personal value or
    a reference to a secret."""
    origin: str
    """Layer, and the file in it; no line, for that moves whenever somebody writes a comment."""


class LockedBlock(Locked):
    """One block of a letter that the municipality or its cooperation overrides."""

    template: str
    block: str
    digest: str = Field(pattern=_SHA256)
    """Of the bot's own block, as its manifest gives it, when the override was last looked at."""
    override: str = Field(pattern=_SHA256)
    """Of the block in the overriding template: another one means that somebody has looked at it since."""


class LockedInstance(Locked):
    """What one bot instance was set to in production, without ``--set``, when its bot was installed."""

    name: str
    id: str
    bot: str
    version: str
    schema_sha256: str = Field(pattern=_SHA256)
    connectors: tuple[str, ...] = ()
    """The connectors from wheels that it uses in production, as ``stack.toml`` names them."""
    leaf: tuple[LockedLeaf, ...] = ()
    block: tuple[LockedBlock, ...] = ()

    @property
    def digest(self) -> str:
        """SHA-256 (hex) over the whole record; what later versions of the lock added counts where said."""
        return _digest(said(self.model_dump(mode="json")))


class LockFile(Locked):
    """The bots of one municipality, and what its instances were set to."""

    entries: tuple[LockEntry, ...] = ()
    instances: tuple[LockedInstance, ...] = ()
    baseline: LockedBaseline | None = None
    connectors: tuple[LockedConnector, ...] = ()

    def connector(self, name: str) -> LockedConnector | None:
        """The connector wheel of this name, or the one that ships a connector of this name."""
        return next((one for one in self.connectors if one.name == name), None) or self.bringing(name)

    def bringing(self, connector: str) -> LockedConnector | None:
        """The wheel that ships a connector, by the name that ``stack.toml`` uses."""
        return next((one for one in self.connectors if connector in one.connectors), None)

    def with_connector(self, record: LockedConnector) -> "LockFile":
        """A lock in which ``record`` stands for its wheel."""
        others = [one for one in self.connectors if one.name != record.name]
        connectors = tuple(sorted([*others, record], key=lambda one: one.name))
        return self.model_copy(update={"connectors": connectors})

    def without_connector(self, name: str) -> "LockFile":
        """A lock without a connector wheel."""
        return self.model_copy(
            update={"connectors": tuple(one for one in self.connectors if one.name != name)}
        )

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to write down."""
        return not (self.entries or self.instances or self.connectors or self.baseline is not None)

    def find(self, bot: str) -> LockEntry | None:
        """The entry of a bot, if there is one."""
        return next((entry for entry in self.entries if entry.name == bot), None)

    def entry(self, bot: str, *, how: str = "rpac install WHEEL") -> LockEntry:
        """The entry of a bot.

        Args:
            bot: Its name.
            how: The command that installs it.

        Raises:
            NotInstalledError: there is none.
        """
        if (entry := self.find(bot)) is None:
            raise NotInstalledError(bot, how=how)
        return entry

    def replacing(self, entry: LockEntry) -> "LockFile":
        """A lock in which ``entry`` stands for its bot."""
        others = [other for other in self.entries if other.name != entry.name]
        entries = tuple(sorted([*others, entry], key=lambda one: one.name))
        return self.model_copy(update={"entries": entries})

    def without(self, bot: str) -> "LockFile":
        """A lock without a bot and its instances."""
        entries = tuple(one for one in self.entries if one.name != bot)
        instances = tuple(one for one in self.instances if one.bot != bot)
        return self.model_copy(update={"entries": entries, "instances": instances})

    def without_instance(self, name: str) -> "LockFile":
        """A lock without the record of an instance."""
        return self.model_copy(update={"instances": tuple(one for one in self.instances if one.name != name)})

    def instance(self, name: str) -> LockedInstance | None:
        """The record of an instance, if there is one."""
        return next((one for one in self.instances if one.name == name), None)

    def recording(self, records: Sequence[LockedInstance], names: Collection[str]) -> "LockFile":
        """A lock with these records instead of the same instances'; others stay while ``names`` has them."""
        new = {one.name: one for one in records}
        kept = [one for one in self.instances if one.name not in new and one.name in names]
        instances = tuple(sorted([*kept, *records], key=lambda one: one.name))
        return self.model_copy(update={"instances": instances})

    @property
    def needs_version_3(self) -> bool:
        """Whether anything in it came from a registry, which a reader of version 2 would not understand."""
        return (
            self.baseline is not None
            or any(one.registry for one in self.connectors)
            or any(one.registry or any(package.registry for package in one.packages) for one in self.entries)
        )

    @property
    def needs_version_4(self) -> bool:
        """Whether a connector is more than what comes with rpa-commons alone."""
        return bool(self.connectors) or any(one.connectors or one.extras for one in self.entries)


def said(document: dict[str, Any]) -> dict[str, Any]:
    """A document without what says nothing and was added later.

    Version 2 of the file had no origin, version 3 no connectors.
    """
    return {key: value for key, value in document.items() if value or key not in LATER}


def _digest(document: dict[str, Any]) -> str:
    text = json.dumps(document, sort_keys=True, ensure_ascii=True)
    return hashlib.sha256(text.encode()).hexdigest()
