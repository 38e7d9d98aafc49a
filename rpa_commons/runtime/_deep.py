"""The deep check: what only the bot's own environment can say of a configuration. The worker's side.

Rules this module keeps: nothing is constructed that calls a system, nothing is written, no item is looked
for; every problem is an event, and one does not hide the next; no event holds a value that is a secret.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from pydantic import BaseModel, ValidationError

from rpa_commons.capabilities import RpaCommonsError
from rpa_commons.config import SecretMissingError, SecretRef, resolve_secret_bytes
from rpa_commons.letters import Letters, check_letters
from rpa_commons.sdk import payload_type_of, settings_type_of

from . import _clock
from ._connector_kind import connector_kind
from ._errors import HookError, RunRefusedError
from ._job import Job
from ._outfit import journal_secret, letter_source_of, plain_json
from ._process import bug_in_words, place_in
from ._redact import Redactor
from ._steps import Plugins, Steps

__all__ = ["check"]

_Problem = dict[str, Any]
_CODES = {"missing": "E102", "extra_forbidden": "E101"}
_FOUND = 1


def check(job: Job, emit: Callable[[_Problem], None], redact: Redactor) -> int:
    """Look at everything and tell it; returns the exit code.

    Raises:
        RunRefusedError: the bot's plugin cannot be loaded.
    """
    emit({"event": "started", "instance": job.instance.name})
    count = 0
    for problem in _Deep(job, redact).problems():
        count += 1
        emit({"event": "problem", "path": [], "help": "", "file": None, "line": None, **problem})
    code = _FOUND if count else 0
    emit({"event": "finished", "problems": count, "exit_code": code})
    return code


class _Deep:
    def __init__(self, job: Job, redact: Redactor) -> None:
        self._job = job
        self._redact = redact
        self._plugins = Plugins()
        self._stores = self._plugins.secret_stores()
        self._bot = self._plugins.bot(job.instance.bot)

    def problems(self) -> Iterator[_Problem]:
        """Every problem; what one part raises does not keep the others from being looked at."""
        looks = (self._of_settings, self._of_hook, self._of_connectors, self._of_journal_key)
        for look in looks:
            try:
                yield from look()
            except RpaCommonsError as error:
                yield {"code": "E202", "section": "", "message": error.message, "help": error.remedy}
            except Exception as error:  # noqa: BLE001 - a plugin's code may raise anything
                # Class and place only: an error's text may hold a value.
                place = place_in(error.__traceback__, self._bot.__module__)
                words = f"{type(error).__name__} ({place})" if place else bug_in_words(error)
                message, advice = f"a check failed of itself: {words}", "tell the bot's maintainer"
                yield {"code": "E202", "section": "", "message": message, "help": advice}

    def _of_settings(self) -> Iterator[_Problem]:
        payload_type_of(self._bot)
        settings, problems = self._read(settings_type_of(self._bot), self._job.settings)
        for problem in problems:
            yield {"section": "settings", **problem}
        if settings is not None:
            for problem in self._of_secrets(settings):
                yield {"section": "settings", **problem}
            yield from self._of_letters(settings)

    def _of_letters(self, settings: BaseModel) -> Iterator[_Problem]:
        if not any(isinstance(value, Letters) for _, value in settings):
            return
        source = letter_source_of(self._bot, self._job, _clock.now().date())
        if source is None:
            return
        for one in check_letters(source):
            file = source.file_of(one.template)
            yield {
                "code": "E702" if one.unused else "E701",
                "section": "letters",
                "message": one.problem if file is not None else f"{one.template}: {one.problem}",
                "help": one.help,
                "file": None if file is None else str(file),
                "line": one.line or None,
            }

    def _of_hook(self) -> Iterator[_Problem]:
        try:
            Steps(self._bot, self._job.hook)
        except HookError as error:
            yield {
                "code": "E103" if error.problem.startswith("cannot be loaded") else "E101",
                "section": "hook",
                "message": error.problem,
                "help": error.remedy,
                "file": str(error.path),
            }

    def _of_connectors(self) -> Iterator[_Problem]:
        for binding in self._job.bindings:
            try:
                kind, _ = connector_kind(binding, self._plugins)
            except RunRefusedError as error:
                yield {
                    "code": "E602",
                    "section": binding.capability,
                    "message": error.message,
                    "help": error.remedy,
                }
                continue
            settings, problems = self._read(kind.Settings, binding.settings)
            for problem in (*problems, *self._of_secrets(settings)):
                yield {"section": binding.capability, **problem}

    def _of_journal_key(self) -> Iterator[_Problem]:
        try:
            journal_secret(self._job, self._redact)
        except SecretMissingError as error:
            yield {"code": "E402", "section": "journal_key", "message": error.message, "help": error.remedy}

    def _of_secrets(self, values: object, path: tuple[str | int, ...] = ()) -> Iterator[_Problem]:
        """Each secret that the settings name, read once and forgotten."""
        if isinstance(values, SecretRef):
            try:
                data = resolve_secret_bytes(values, self._job.folder, self._stores)
            except SecretMissingError as error:
                yield {"code": "E402", "path": list(path), "message": error.message, "help": error.remedy}
            else:
                self._redact.learn(data.decode("utf-8", "replace").strip())
            return
        inside: Iterator[tuple[Any, Any]] = iter(())
        if isinstance(values, BaseModel):
            inside = iter(values)
        elif isinstance(values, Mapping):
            inside = iter(values.items())
        elif isinstance(values, list | tuple):
            inside = enumerate(values)
        for name, value in inside:
            yield from self._of_secrets(value, (*path, name))

    def _read(
        self, model: type[BaseModel], values: Mapping[str, Any]
    ) -> tuple[BaseModel | None, list[_Problem]]:
        try:
            return model.model_validate_json(plain_json(values)), []
        except ValidationError as error:
            found = error.errors(include_url=False, include_context=False, include_input=False)
            return None, [_problem(one, model) for one in found]


def _problem(error: Any, model: type[BaseModel]) -> _Problem:  # noqa: ANN401 - pydantic's typed dict
    """What pydantic found, without what it was given."""
    kind = str(error["type"])
    code = _CODES.get(kind) or ("E201" if kind.endswith(("_type", "_parsing")) else "E202")
    message = str(error["msg"]).removeprefix("Value error, ").removeprefix("Assertion failed, ")
    by = model.__name__ if kind in {"value_error", "assertion_error"} else ""
    return {"code": code, "path": list(error["loc"]), "message": message, "by": by}
