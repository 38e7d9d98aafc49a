"""The static plugin description: everything a host needs to know without importing the plugin.

A plugin wheel carries it as ``*.dist-info/extra_metadata/rpac.json``. ``rpac build`` generates it from the
bot class in the plugin's own environment, ``rpac install`` generates it again there and refuses a difference.

Usage::

    manifest = read_manifest(Path("welcome_letters-1.0.0-py3-none-any.whl"))
    manifest.settings_schema["properties"]["window_days"]["maximum"]
"""

import datetime as dt
import hashlib
import json
import zipfile
from pathlib import Path
from typing import Any, BinaryIO, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

__all__ = [
    "MANIFEST_NAME",
    "Access",
    "AiUse",
    "Benefit",
    "CallEntry",
    "CapabilityEntry",
    "ConnectorEntry",
    "Decisions",
    "Manifest",
    "ManifestError",
    "MigrationEntry",
    "ProcessingRecord",
    "Rung",
    "StepEntry",
    "TemplateEntry",
    "parse_manifest",
    "read_manifest",
    "wheel_sha256",
]

MANIFEST_NAME = "extra_metadata/rpac.json"
_LARGEST_MANIFEST = 4 * 1024 * 1024  # bytes; a manifest is a few kilobytes, a bomb is not


class ManifestError(Exception):
    """A wheel carries no manifest, or one that is not of the declared shape.

    Attributes:
        place: The file that was read.
        problem: What is wrong with it.
    """

    def __init__(self, place: Path | str, problem: str) -> None:
        super().__init__(f"{place}: {problem}")
        self.place = place
        self.problem = problem


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class CallEntry(_Model):
    """One capability method; ``effect`` is ``None`` for a query."""

    method: str
    effect: Literal["keyed", "probe", "local", "unsafe"] | None = None
    decisive: bool = False


class CapabilityEntry(_Model):
    """A capability the bot asks for: the attribute it is injected as, and the calls it offers."""

    attribute: str
    name: str
    version: str
    calls: tuple[CallEntry, ...]


class StepEntry(_Model):
    """A named step that a municipality may wrap, with its argument names."""

    name: str
    arguments: tuple[str, ...]
    description: str


class TemplateEntry(_Model):
    """A letter template in the wheel: its blocks, each with the digest of its source."""

    name: str
    blocks: dict[str, str]


class Decisions(_Model):
    """How much the bot decides about a citizen, and by which paragraph."""

    kind: Literal["none", "facts", "rule-bound", "judgement"]
    paragraph: str


class AiUse(_Model):
    """Whether a trained model takes part, and in which role; ``none`` when not."""

    role: str = "none"


class Benefit(_Model):
    """What one done case frees, and how that was found."""

    minutes_per_case: float = Field(ge=0)
    method: str = Field(min_length=1)


class ProcessingRecord(_Model):
    """What a data protection officer asks on day one (GDPR art. 30), per bot."""

    kle: tuple[str, ...] = Field(min_length=1)
    """KLE subject numbers, ``dd.dd.dd``."""
    purpose: str = Field(min_length=1)
    legal_basis: tuple[str, ...] = Field(min_length=1)
    data_categories: tuple[str, ...] = Field(min_length=1)
    person_categories: tuple[str, ...] = Field(min_length=1)
    sources: tuple[str, ...] = Field(min_length=1)
    recipients: tuple[str, ...]
    retention: str = Field(min_length=1)
    decisions: Decisions
    ai: AiUse = AiUse()


class MigrationEntry(_Model):
    """How a municipality's files follow a change of the settings; data, for the host runs no plugin code."""

    version: str = Field(min_length=1)
    """The bot version that needs it."""
    operations: tuple[dict[str, Any], ...] = Field(min_length=1)
    """In order; each has ``op`` (``rename``, ``remove``, ``replace`` or ``scale``) and what that takes."""
    before: str
    """Settings as TOML before the operations: with ``after`` an example and a test."""
    after: str


class Access(_Model):
    """What it takes until a connector may call the real system; no secret, nothing personal."""

    agreements: tuple[str, ...] = ()
    """Agreements and registrations, each a sentence; empty where none is needed."""
    certificate: str
    """Which certificate or other secret opens the door, and how it is had."""
    signed_by: tuple[str, ...] = Field(min_length=1)
    """Who signs or approves, each a sentence."""
    test: tuple[str, ...] = Field(min_length=1)
    """How to test the connection: steps, in order."""
    sources: tuple[str, ...] = ()
    """Addresses of the public pages that say so."""
    not_public: str = ""
    """What no public source says, and whom to ask."""


class Rung(_Model):
    """One step of a connector's ladder of verification: how near the real system it was tried, and when."""

    level: Literal["schema", "simulator", "official-test", "production"]
    where: str = Field(min_length=1)
    """Against what: a schema's name, our sandbox, a test environment, a municipality."""
    date: dt.date
    note: str = ""


class ConnectorEntry(_Model):
    """One connector that a wheel of kind ``connector`` ships: what a stack and its reviewers must know."""

    name: str = Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")
    """As ``stack.toml`` names it."""
    summary: str = Field(min_length=1)
    """One sentence."""
    entry: str
    """``module:Class``."""
    capability: str = Field(min_length=1)
    version: str = Field(pattern=r"^[0-9]{1,4}\.[0-9]{1,4}$")
    """Of the capability, ``major.minor``."""
    effects: dict[str, Literal["keyed", "probe", "local", "unsafe"]] = {}
    """Effect methods of which the system promises less than the capability asks; see ``EffectClass``."""
    settings_schema: dict[str, Any]
    """JSON Schema (2020-12) of the settings, with ``unit``, ``personal`` and ``sensitive`` per field; a
    secret is a reference (``SecretRef``)."""
    migrations: tuple[MigrationEntry, ...] = ()
    """Of the settings; oldest first."""
    access: Access | None = None
    verified: tuple[Rung, ...] = ()
    """How near the real system it was tried."""


class Manifest(_Model):
    """The whole description of one plugin version.

    A wheel has one idea: a bot ships no connectors, since a connector is chosen by the stack and is
    approved, upgraded and recalled without the bots that use it; a connector wheel ships no bot.
    """

    manifest_version: Literal[1] = 1
    kind: Literal["bot", "connector", "baseline"]
    name: str = Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")
    version: str
    summary: str
    sdk_version: str
    """Version of rpa-commons that generated the manifest."""
    entry: str = ""
    """``module:Class`` of the bot."""
    unique: Literal["instance", "municipality"] = "instance"
    capabilities: tuple[CapabilityEntry, ...] = ()
    steps: tuple[StepEntry, ...] = ()
    templates: tuple[TemplateEntry, ...] = ()
    languages: tuple[str, ...] = ()
    settings_schema: dict[str, Any] = {}
    """JSON Schema (2020-12) of the settings, with ``unit``, ``personal`` and ``sensitive`` per field.

    A model's schema may also hold ``rules`` (between its keys, checked by the host) and ``validators`` (names
    of checks written in Python, run by the worker); a field's may hold ``table``, a decision table's columns.
    """
    migrations: tuple[MigrationEntry, ...] = ()
    """Oldest first."""
    benefit: Benefit | None = None
    record: ProcessingRecord | None = None
    connectors: tuple[ConnectorEntry, ...] = ()
    """Of a wheel of kind ``connector``; sorted by name."""

    def to_json(self) -> str:
        """Canonical text: sorted keys, two spaces, one final newline; equal manifests give equal bytes."""
        return json.dumps(self.model_dump(mode="json"), indent=2, sort_keys=True, ensure_ascii=False) + "\n"

    @property
    def digest(self) -> str:
        """SHA-256 (hex) of what the plugin says: a field at its default counts as not said.

        A later release may add fields; the digests of wheels that are older than the field must not change.
        """
        said = self.model_dump(mode="json", exclude_defaults=True)
        return hashlib.sha256(json.dumps(said, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def parse_manifest(text: str | bytes, place: Path | str = "rpac.json") -> Manifest:
    """Read a manifest from its JSON text.

    Raises:
        ManifestError: the text is no JSON or not of the declared shape; every problem is named at once.
    """
    try:
        return Manifest.model_validate_json(text)
    except ValidationError as error:
        problems = "; ".join(
            f"{'.'.join(map(str, one['loc'])) or 'document'}: {one['msg']}" for one in error.errors()
        )
        raise ManifestError(place, f"the manifest is not of the declared shape: {problems}") from None


def read_manifest(wheel: Path, content: BinaryIO | None = None) -> Manifest:
    """Read the manifest inside a wheel, without importing or unpacking anything else.

    Args:
        wheel: The file.
        content: What the file holds, where somebody has read it already.

    Raises:
        ManifestError: the file is no wheel, or carries no manifest, more than one, or a broken one.
    """
    try:
        with zipfile.ZipFile(content or wheel) as archive:
            members = [
                info
                for info in archive.infolist()
                if info.filename.endswith(f".dist-info/{MANIFEST_NAME}") and info.filename.count("/") == 2  # noqa: PLR2004 - x.dist-info/extra_metadata/rpac.json
            ]
            if len(members) != 1:
                raise ManifestError(wheel, f"expected one {MANIFEST_NAME} in the wheel, found {len(members)}")
            if members[0].file_size > _LARGEST_MANIFEST:
                raise ManifestError(wheel, f"the manifest claims {members[0].file_size} bytes")
            return parse_manifest(archive.read(members[0]), wheel)
    except (OSError, zipfile.BadZipFile) as error:
        raise ManifestError(wheel, f"cannot be read as a wheel: {error}") from error


def wheel_sha256(wheel: Path) -> str:
    """SHA-256 (hex) of the wheel file.

    Raises:
        OSError: the file cannot be read.
    """
    with wheel.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
