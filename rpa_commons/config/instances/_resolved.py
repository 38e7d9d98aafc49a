"""One bot instance, resolved: every value, where it comes from, and a digest of it all."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

from rpa_commons.capabilities import RpaCommonsError
from rpa_commons.config.findings import Finding, guess
from rpa_commons.config.layers import ExplainedValue, Origin, Origins, Section, explain_section, redact
from rpa_commons.config.stack import Binding
from rpa_commons.manifest import Manifest

__all__ = ["ResolvedInstance", "UnknownKeyError", "explain_sections"]


class UnknownKeyError(RpaCommonsError):
    """Nothing is configured under this key.

    Attributes:
        key: What was asked for.
    """

    exit_code: int = 2

    def __init__(self, key: str, known: Sequence[str], *, because: str = "") -> None:
        meant = guess(key, known)
        remedy = because or (f"did you mean {meant}?" if meant else "`rpac config explain` shows every key")
        super().__init__(f"no key {key!r} here", remedy=remedy)
        self.key = key


@dataclass(frozen=True)
class ResolvedInstance:
    """A bot instance with one value for each key.

    Attributes:
        name: The file stem.
        id: UUID in lower case, written once into the instance file.
        bot: Name of the bot.
        owner: Who answers for it; empty when nobody is named.
        start_from: The cut-over; ``None`` until it is set.
        manifest: What the bot's wheel says.
        settings: The bot's settings as JSON values (dates as ISO 8601 text), defaults filled in.
        bindings: By capability name, only those the bot declares.
        overrides: The ``--set`` of this run, hidden values as ``…``: fit for a log.
        environment: The active environment.
        code: The municipality's official code.
        hook: The municipality's hook file for this instance or bot; ``None`` without.
        letter_folders: Where letter templates are looked for, strongest first.
        sections: What it was resolved from: the instance, then each binding.
        deputy: Who answers for it when the owner is away; empty when nobody is named.
        mask_personal_numbers: Whether ``rpac items show --personal`` cuts personal numbers.
        warnings: What was found that does not hinder a run.
    """

    name: str
    id: str
    bot: str
    owner: str
    start_from: date | None
    manifest: Manifest = field(repr=False)
    settings: dict[str, Any] = field(repr=False)
    bindings: dict[str, Binding]
    overrides: tuple[str, ...]
    environment: str
    code: str
    hook: Path | None
    letter_folders: tuple[Path, ...]
    sections: tuple[Section, ...] = field(repr=False, default=())
    deputy: str = ""
    mask_personal_numbers: bool = True
    warnings: tuple[Finding, ...] = ()

    def origin(self, key: str) -> Origin:
        """Where the value of a key comes from.

        Raises:
            UnknownKeyError: the key is not set, or names a whole table.
        """
        if key not in self.origins:
            raise UnknownKeyError(key, sorted(self.origins))
        return self.origins[key]

    def explain(self, key: str | None = None) -> list[ExplainedValue]:
        """Each key, or the given one (or every key of the given table), with every layer's value.

        Raises:
            UnknownKeyError: there is no such key.
        """
        return explain_sections(self.sections, key)

    @cached_property
    def redacted_settings(self) -> dict[str, Any]:
        """The settings with secrets and personal values as ``…``; references to secrets stay."""
        redacted: dict[str, Any] = redact(self.sections[0], ("settings",), self.settings)
        return redacted

    @property
    def canonical(self) -> str:
        """All that decides what a run does, as JSON with sorted keys; secrets are references."""
        document = {
            "municipality": self.code,
            "environment": self.environment,
            "id": self.id,
            "bot": {"name": self.bot, "version": self.manifest.version, "manifest": self.manifest.digest},
            "start_from": self.start_from.isoformat() if self.start_from else None,
            "settings": self.settings,
            "stack": {
                name: {"connector": binding.connector, "settings": binding.settings}
                for name, binding in self.bindings.items()
            },
        }
        return json.dumps(
            document, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
        )

    @property
    def digest(self) -> str:
        """SHA-256 (hex) of :attr:`canonical`."""
        return hashlib.sha256(self.canonical.encode()).hexdigest()

    @cached_property
    def origins(self) -> Origins:
        """Where each value comes from, by key, the bindings' too."""
        return Origins(*self.sections)


def explain_sections(sections: Sequence[Section], key: str | None = None) -> list[ExplainedValue]:
    """As :meth:`ResolvedInstance.explain`, also for sections in which something is wrong.

    Raises:
        UnknownKeyError: there is no such key.
    """
    explained = [one for section in sections for one in explain_section(section)]
    if key is None:
        return explained
    found = [one for one in explained if one.key == key or one.key.startswith(f"{key}.")]
    if not found:
        raise UnknownKeyError(key, [one.key for one in explained])
    return found
