"""What a worker is told: one JSON document on its standard input, and nothing else.

Rules this module keeps: a job holds references to secrets, never their values; everything a worker needs of
the configuration is in it, resolved, so that a worker reads no municipality file but the hook, templates and
files that hold a secret.
"""

from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from rpa_commons.config import SecretRef
from rpa_commons.letters import Letterhead

__all__ = [
    "PRODUCTION",
    "BindingEntry",
    "InstanceEntry",
    "Job",
    "LetterEntry",
    "MunicipalityEntry",
    "WheelEntry",
    "secret_places",
]

PRODUCTION = "production"
"""The environment whose cases are real."""


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class MunicipalityEntry(_Model):
    """For whom the bot runs."""

    code: str
    name: str
    cvr: str = ""
    languages: tuple[str, ...] = ("da",)


class InstanceEntry(_Model):
    """Which bot instance runs, and from when on cases are its business."""

    name: str
    id: str
    bot: str
    bot_version: str
    unique: Literal["instance", "municipality"] = "instance"
    start_from: date | None = None
    minutes_per_case: float = 0.0


class WheelEntry(_Model):
    """The connector wheel that a binding's connector must come from, as ``rpac.lock`` has it."""

    name: str
    version: str
    manifest_sha256: str


class BindingEntry(_Model):
    """One declared capability and the connector that serves it."""

    capability: str
    connector: str
    settings: dict[str, Any] = {}
    wheel: WheelEntry | None = None
    """``None`` for a connector that comes with rpa-commons."""


class LetterEntry(_Model):
    """Where letter templates are overridden, strongest first, and whose letterhead stands above them."""

    folders: tuple[Path, ...] = ()
    letterhead: Letterhead | None = None


class Job(_Model):
    """One task for one worker."""

    mode: Literal["run", "plan", "adopt", "check"]
    municipality: MunicipalityEntry
    folder: Path
    state_dir: Path
    """Of this environment; see ``state_home``."""
    environment: str
    instance: InstanceEntry
    settings: dict[str, Any] = {}
    bindings: tuple[BindingEntry, ...] = ()
    hook: Path | None = None
    letters: LetterEntry = LetterEntry()
    journal_key: SecretRef | None = None
    personal: tuple[str, ...] = ()
    """Values of the settings that must not be said, though they are no secrets."""
    config_digest: str = ""
    overrides: tuple[str, ...] = ()
    limit: int | None = None
    """Take up at most so many items."""
    threads: int = 1
    backoff: tuple[float, ...] = (0.5, 2.0)
    """Seconds before each further try when a system does not answer."""
    adopt_references: tuple[str, ...] = ()
    adopt_before: date | None = None
    supervised: bool = False
    """The end of standard input means: finish the item in hand and stop."""
    die_at: tuple[str, ...] = ()
    """``point:n``: the worker kills itself when it reaches a point for the n-th time. Set by tests only; no
    command and no configuration reaches it."""


def secret_places(job: Job, kind: Literal["env", "file"]) -> frozenset[str]:
    """The variables, or the files, that the job's references to secrets name, wherever they stand."""
    found = set(_named(job.settings, kind))
    for binding in job.bindings:
        found.update(_named(binding.settings, kind))
    key = None if job.journal_key is None else getattr(job.journal_key, kind)
    return frozenset(found if key is None else found | {key})


def _named(values: object, kind: str) -> Iterator[str]:
    """The names in ``{kind: NAME}``."""
    if isinstance(values, SecretRef):
        values = values.model_dump()
    if isinstance(values, Mapping):
        name = values.get(kind)
        if isinstance(name, str) and all(value is None for key, value in values.items() if key != kind):
            yield name
        for inner in values.values():
            yield from _named(inner, kind)
    elif isinstance(values, list | tuple):
        for inner in values:
            yield from _named(inner, kind)
