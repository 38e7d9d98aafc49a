"""Everything a worker gathers before it touches an item: bot, settings, hook, connectors.

Rules this module keeps: what is not declared is not injected; a misfit of bot, hook, settings or connector is
found before anything runs; connectors are made late, one set per lane, and closed; what the sets of a
run know of a system they know together (``Surroundings.memory``), and it ends with the run.
"""

import importlib.resources
import json
import os
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, cast

from pydantic import BaseModel, ValidationError

from rpa_commons.capabilities import capability_spec
from rpa_commons.config import SecretMissingError, SecretRef, resolve_secret, resolve_secret_bytes
from rpa_commons.connectors import Surroundings, Vault
from rpa_commons.letters import Letters, LetterSource, check_letters
from rpa_commons.sdk import (
    Bot,
    BotContext,
    BotSettings,
    Municipality,
    capabilities_of,
    payload_type_of,
    settings_type_of,
)

from ._configured_key import configured_key
from ._connector_kind import connector_kind
from ._crypto import Digester
from ._door import Calls, Door, refuse_unfit
from ._errors import LettersRefusedError, SettingsRefusedError
from ._job import PRODUCTION, BindingEntry, Job, secret_places
from ._keys import ItemScope
from ._redact import Redactor
from ._steps import Plugins, Steps

__all__ = [
    "ConnectorSet",
    "Outfit",
    "journal_secret",
    "learn_what_is_at_hand",
    "letter_source_of",
    "plain_json",
]

_LARGEST_LEARNT = 32 * 1024  # characters


@dataclass(frozen=True)
class ConnectorSet:
    """One lane's connectors by capability; not shared between threads."""

    by_capability: dict[str, object]

    def problems(self) -> list[str]:
        """What the connectors could not use of their sources: ``file:line: what is wrong``."""
        found: list[str] = []
        for connector in self.by_capability.values():
            found.extend(getattr(connector, "problems", ()))
        return found

    def close(self) -> None:
        """Give back what was opened, all of it, also where one fails to."""
        with ExitStack() as stack:
            for connector in self.by_capability.values():
                stack.callback(cast("Any", connector).close)


class Outfit:
    """One bot instance, ready to make a bot for each item.

    Raises:
        RunRefusedError: bot, settings or connectors do not fit together.
        HookError: the municipality's hook file cannot be used.
    """

    def __init__(
        self,
        job: Job,
        digester: Digester,
        redact: Redactor,
        vault: Vault | None = None,
        pause: Callable[[float], bool] = Surroundings.pause,
    ) -> None:
        self.job = job
        self.redact = redact
        self.plugins = Plugins()
        self._stores = self.plugins.secret_stores()
        self.bot = self.plugins.bot(job.instance.bot)
        self.payload_type: type[BaseModel] = payload_type_of(self.bot)
        self.municipality = Municipality(job.municipality.code, job.municipality.name, job.municipality.cvr)
        self.digester = digester
        self.steps = Steps(self.bot, job.hook)
        if self.steps.module is not None:
            self.plugins.add_observers(self.steps.module)
        self._today = threading.local()
        self._letter_source: LetterSource | None = None
        self._settings = self._read_settings()
        self._capabilities = {name: capability_spec(one) for name, one in capabilities_of(self.bot).items()}
        self._surroundings = {one.capability: self._around(vault, pause) for one in job.bindings}

    def scope(self, reference: str, generation: int) -> ItemScope:
        """Where an item's keys come from; see :mod:`._keys`."""
        instance = self.job.instance
        owner = instance.bot if instance.unique == "municipality" else instance.id
        code = self.job.municipality.code
        if self.job.environment != PRODUCTION:  # a trial's key must never be taken for the real one
            code = f"{code}/{self.job.environment}"
        return ItemScope(code, owner, reference, generation)

    def make(self, context: BotContext, connectors: ConnectorSet, calls: Calls) -> Bot[Any]:
        """A bot for one item, with its doors and its clock."""
        doors: dict[str, object] = {
            attribute: Door(spec, connectors.by_capability[spec.name], calls)
            for attribute, spec in self._capabilities.items()
            if spec.name in connectors.by_capability
        }
        bot = self.bot(self._settings, context, doors)
        self._today.value = bot.today
        return bot

    def refuse_broken_letters(self) -> None:
        """Check every letter template that this instance uses, before the first letter is due.

        Raises:
            LettersRefusedError: with every problem at once.
        """
        if self._letter_source is not None:
            problems = check_letters(self._letter_source)
            if problems:
                raise LettersRefusedError(self.job.instance.name, problems)

    @contextmanager
    def connectors(self) -> Iterator[ConnectorSet]:
        """A set of connectors, closed at the end."""
        made = ConnectorSet({})
        try:
            for binding in self.job.bindings:
                made.by_capability[binding.capability] = self._connector(binding)
            yield made
        finally:
            made.close()

    def _connector(self, binding: BindingEntry) -> object:
        kind, spec = connector_kind(binding, self.plugins)
        what = f"the settings of connector {kind.name}"
        settings = _read(kind.Settings, binding.settings, what, self.job.instance.name)
        connector: object = kind(settings, self._surroundings[binding.capability])
        refuse_unfit(spec, kind.name, connector)
        return connector

    def _around(self, vault: Vault | None, pause: Callable[[float], bool]) -> Surroundings:
        """The surroundings of one binding's connectors, with a memory of their own."""
        return Surroundings(
            self.municipality,
            self.job.environment,
            self.job.folder,
            self._secret,
            state=self.job.state_dir / "connectors" if vault else None,
            vault=vault,
            planning=self.job.mode == "plan",
            pause=pause,
        )

    def _secret(self, ref: SecretRef) -> str:
        value = resolve_secret(ref, self.job.folder, self._stores)
        self.redact.learn(value)  # before anybody else has it
        return value

    def _read_settings(self) -> BotSettings:
        name = self.job.instance.name
        settings: BotSettings = _read(
            settings_type_of(self.bot), self.job.settings, f"the settings of {name}", name
        )
        letters = [value for _, value in settings if isinstance(value, Letters)]
        self._letter_source = letter_source_of(self.bot, self.job, self._letter_date) if letters else None
        if self._letter_source is not None:
            for one in letters:
                one.bind(self._letter_source)
        return settings

    def _letter_date(self) -> date:
        # The date of the item that this thread has in hand, so that a replay renders the same bytes.
        today: date = self._today.value
        return today


def letter_source_of(bot: type[Bot[Any]], job: Job, today: date | Callable[[], date]) -> LetterSource | None:
    """Where the letters of a bot and its municipality are; ``None`` without a letterhead."""
    if job.letters.letterhead is None:
        return None
    return LetterSource(
        templates=importlib.resources.files(bot.__module__.partition(".")[0]) / "letters",
        letterhead=job.letters.letterhead,
        date=today,
        overrides=job.letters.folders,
        bot=bot.name,
    )


def journal_secret(job: Job, redact: Redactor) -> str | None:
    """The configured journal key; ``None`` where the key is a file in the state folder.

    Raises:
        SecretMissingError: it cannot be read.
    """
    value = configured_key(job.journal_key, job.folder)
    for one in (value or "").split():  # there may be several
        redact.learn(one)
    return value


def learn_what_is_at_hand(job: Job, redact: Redactor) -> None:
    """Hide what a bot can see without asking: variables and files that references name, personal settings.

    A bot's own code may read the environment, or open a file that its settings name, before any connector
    asks for the secret; so this comes before the first plugin is imported. What cannot be read is told by
    whoever needs it.
    """
    for value in job.personal:
        redact.learn_personal(value)
    for name in secret_places(job, "env"):
        redact.learn(os.environ.get(name, ""))
    for place in secret_places(job, "file"):
        with suppress(SecretMissingError, UnicodeDecodeError):
            value = resolve_secret_bytes(SecretRef(file=place), job.folder).decode("utf-8")
            if len(value) <= _LARGEST_LEARNT:  # a bundle of certificates is no secret and takes long
                redact.learn(value)
    if job.journal_key is not None and job.journal_key.keyring is None:  # a key store may ask a person
        with suppress(SecretMissingError):
            journal_secret(job, redact)


def _read(model: type[Any], values: dict[str, Any], what: str, instance: str = "INSTANCE") -> Any:  # noqa: ANN401 - the model's own type
    try:
        return model.model_validate_json(plain_json(values))
    except ValidationError as error:
        raise SettingsRefusedError(instance, what, list(map(_problem, _errors(error)))) from None


def _errors(error: ValidationError) -> list[Any]:
    return error.errors(include_url=False, include_context=False, include_input=False)


def _problem(one: Any) -> str:  # noqa: ANN401 - pydantic's typed dict
    """``key: what is wrong``; what a validator of the whole says has no key."""
    said = str(one["msg"]).removeprefix("Value error, ").removeprefix("Assertion failed, ")
    return ": ".join(part for part in (".".join(map(str, one["loc"])), said) if part)


def plain_json(values: Mapping[str, Any]) -> str:
    """Settings as JSON, as a model reads them: dates as ISO 8601, amounts as text."""
    return json.dumps(values, default=_plain)


def _plain(value: object) -> str:
    if isinstance(value, date | datetime):
        return value.isoformat()
    return str(value)
