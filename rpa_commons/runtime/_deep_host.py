"""The deep check of one bot instance: the host's side. Starts a worker and gives its words their places.

Rules this module keeps: a finding stands where the value stands that it is about; a value that the schema
hides shows in no message, whatever the bot's own code says; a worker that hangs is ended.

Usage::

    findings = deep_check(municipality, "welcome-letters")
"""

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from rpa_commons.capabilities import RpaCommonsError
from rpa_commons.config import (
    Checked,
    ConfigError,
    Finding,
    MunicipalityFolder,
    ResolvedInstance,
    hidden_texts,
    place_problem,
)
from rpa_commons.environments import python_of

from .launch import (
    Prepared,
    Worker,
    WorkerDiedError,
    job_of,
    refuse_unready_connectors,
    resolved_for,
    worker_environment,
)

__all__ = ["DeepCheckError", "deep_check", "with_deep_checks"]

SECONDS = 60.0
"""How long a worker may take: it asks no system, so a slow one hangs."""
_HIDDEN = "…"


class DeepCheckError(RpaCommonsError):
    """A worker could not say whether an instance's configuration is in order.

    Attributes:
        instance: The bot instance.
    """

    def __init__(self, instance: str, problem: str, *, remedy: str = "") -> None:
        super().__init__(f"the deep check of {instance} {problem}", remedy=remedy)
        self.instance = instance


def deep_check(
    municipality: MunicipalityFolder,
    instance: str,
    *,
    overrides: Sequence[str] = (),
    seconds: float = SECONDS,
    module: str = "rpa_commons.runtime.worker",
) -> tuple[Finding, ...]:
    """What the bot's own code, its hook, its letters and its secrets say against the configuration.

    Args:
        municipality: Whose instance.
        instance: Its name.
        overrides: As for a run.
        seconds: After that the worker is ended.
        module: The worker; tests put a changed one in its place.

    Raises:
        ConfigError: what can be said without the bot is not in order yet.
        DeepCheckError: the worker refused, died or did not answer in time.
        RpaCommonsError: the bot is not installed.
    """
    resolved = resolved_for(municipality, instance, overrides)
    refuse_unready_connectors(municipality, resolved)
    job = job_of(municipality, resolved, mode="check")
    prepared = Prepared(job, python_of(municipality, instance), worker_environment(job))
    events = list(_events(prepared, instance, seconds, module))
    placing = _Placing(municipality, resolved)
    return tuple(placing.finding(event) for event in events if event["event"] == "problem")


def _events(prepared: Prepared, instance: str, seconds: float, module: str) -> Iterator[dict[str, Any]]:
    with Worker(prepared, module=module) as worker, _ended_after(worker, seconds) as late:
        try:
            for event in worker.events():
                if event["event"] == "refused":
                    remedy = str(event["remedy"])
                    raise DeepCheckError(instance, f"could not begin: {event['message']}", remedy=remedy)
                yield event
        except WorkerDiedError as error:
            if late.is_set():
                problem = f"did not end within {seconds:g} seconds"
                remedy = "the bot's own checks hang: tell its maintainer"
                raise DeepCheckError(instance, problem, remedy=remedy) from None
            remedy = "the bot's plugin brought its process down: tell its maintainer"
            raise DeepCheckError(instance, f"broke off: {error.message}", remedy=remedy) from None


@contextmanager
def _ended_after(worker: Worker, seconds: float) -> Iterator[threading.Event]:
    late = threading.Event()

    def end() -> None:
        late.set()
        worker.kill()

    timer = threading.Timer(seconds, end)
    timer.daemon = True
    timer.start()
    try:
        yield late
    finally:
        timer.cancel()


class _Placing:
    """Says of a problem's path which key it is, and in which line its value stands."""

    def __init__(self, municipality: MunicipalityFolder, resolved: ResolvedInstance) -> None:
        self._folder = municipality.folder
        self._resolved = resolved
        self._hidden = hidden_texts(resolved)

    def finding(self, event: dict[str, Any]) -> Finding:
        """The finding for a problem that a worker told."""
        by = event.get("by")
        said = f"checked by the bot's own code ({by})" if by else "checked in the bot's own environment"
        return replace(self._placed(event), because=said)

    def _placed(self, event: dict[str, Any]) -> Finding:
        code, message, advice = event["code"], self._without_hidden(event["message"]), event["help"]
        where = str(event["section"])
        if event["file"]:
            return Finding(code, "", message, Path(event["file"]), event["line"], help=advice)
        if where == "journal_key":
            return Finding(code, where, message, self._folder / "municipality.toml", help=advice)
        found = place_problem(self._resolved, where, event["path"], code, message, advice)
        own = self._folder / "bots" / f"{self._resolved.name}.toml"
        return found or Finding(code, "", message, own, help=advice)

    def _without_hidden(self, message: str) -> str:
        for text in self._hidden:
            message = message.replace(text, _HIDDEN)
        return message


def with_deep_checks(
    checked: Checked,
    municipality: MunicipalityFolder,
    *,
    overrides: Sequence[str] = (),
    progress: Callable[[str], None],
) -> Checked:
    """What a check found, and after it :func:`deep_check` of each instance that can be resolved.

    Args:
        checked: What the host found.
        municipality: Whose configuration.
        overrides: As for a run.
        progress: Is told what is being done.
    """
    findings, errors = list(checked.findings), dict(checked.errors)
    for name in checked.instances:
        if name in errors:
            continue
        progress(f"checking {name} in its own environment")
        try:
            found = deep_check(municipality, name, overrides=overrides)
        except ConfigError:
            progress(f"{name}: its own checks come after the findings of its configuration")
        except RpaCommonsError as error:
            errors[name] = error
        else:
            known = {(one.code, one.key, one.place) for one in findings}
            known |= {("E101", "", str(one.file)) for one in findings if one.code == "E101"}  # a hook, read
            findings += [
                one
                for one in found
                if (one.code, one.key, one.place) not in known
                and (one.code, one.key, str(one.file)) not in known
            ]
    return replace(checked, findings=tuple(findings), errors=errors)
