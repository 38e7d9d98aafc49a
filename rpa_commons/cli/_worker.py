"""What commands that start a worker share: follow its events, and stop it on Ctrl-C.

Rules this module keeps: the first Ctrl-C lets the worker finish the case in hand, the second one ends it; a
worker that refuses is shown as an error with its remedy and exit code.
"""

import difflib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Any

import click

from rpa_commons.capabilities import RpaCommonsError

from ._progress import Progress

if TYPE_CHECKING:
    from rpa_commons.config import MunicipalityFolder
    from rpa_commons.runtime import Keys, Prepared

__all__ = [
    "RefusedError",
    "UnknownInstanceError",
    "follow",
    "instance_id_of",
    "keys_of",
    "keys_or_none",
    "lost_ids",
    "prepared_for",
    "refuse_unknown",
    "state_errors",
]


class RefusedError(RpaCommonsError):
    """A worker refused its job; message, remedy and exit code are the worker's."""

    def __init__(self, message: str, *, remedy: str, exit_code: int) -> None:
        super().__init__(message, remedy=remedy)
        self.exit_code = exit_code


class UnknownInstanceError(RpaCommonsError):
    """The municipality has no such bot instance.

    Attributes:
        instance: What was asked for.
    """

    exit_code: int = 2

    def __init__(self, instance: str, known: Sequence[str]) -> None:
        name = PurePath(instance.replace("\\", "/")).name.removesuffix(".toml")
        close = difflib.get_close_matches(name, known, n=1)
        listed = f"instances here: {', '.join(known) or 'none, there is no file in bots/'}"
        super().__init__(
            f"there is no bot instance {instance}",
            remedy=f"did you mean {close[0]}? {listed}" if close else listed,
        )
        self.instance = instance


def follow(prepared: "Prepared", label: str) -> Iterator[dict[str, Any]]:
    """Start a worker, show its progress, and yield its events up to the last one.

    Raises:
        RefusedError: the worker refused.
        WorkerDiedError: it ended without a last word.
        KeyboardInterrupt: Ctrl-C came a second time; the worker is ended.
    """
    from rpa_commons.runtime import Worker

    progress = Progress(label)
    with Worker(prepared) as worker:
        events = worker.events()
        asked = False
        while True:
            event = None
            try:
                event = next(events, None)
                if event is not None:
                    progress.show(event)
            except KeyboardInterrupt:
                if asked:
                    raise
                asked = True
                click.echo("\nfinishing the case in hand; Ctrl-C again ends it at once", err=True)
                worker.stop()
                if event is None:  # else it came, and only its showing was interrupted
                    events = worker.events()
                    continue
            if event is None:
                break
            if event["event"] == "refused":
                progress.end()
                raise RefusedError(event["message"], remedy=event["remedy"], exit_code=event["exit_code"])
            yield event
    progress.end()


def prepared_for(municipality: "MunicipalityFolder", instance: str, **wishes: Any) -> "Prepared":  # noqa: ANN401 - as ``prepare`` has them
    """As :func:`rpa_commons.runtime.prepare`, with help for a mistyped name or a lost id; says warnings.

    Raises:
        UnknownInstanceError: there is no such bot instance.
        RpaCommonsError: configuration, lock or environment are not in order, or a secret is missing.
    """
    from rpa_commons import runtime
    from rpa_commons.config import ConfigError

    refuse_unknown(municipality, instance)
    try:
        prepared = runtime.prepare(municipality, instance, **wishes)
    except ConfigError as error:
        lost = lost_ids(municipality) if any(one.code == "E605" for one in error.findings) else ""
        if not lost:
            raise
        raise RefusedError(error.message, remedy=lost, exit_code=error.exit_code) from error
    for warning in prepared.warnings:
        click.echo(warning.render(), err=True)
    return prepared


def refuse_unknown(municipality: "MunicipalityFolder", instance: str) -> None:
    """Check that there is such a bot instance.

    Raises:
        UnknownInstanceError: with a guess.
    """
    if instance not in municipality.instances():
        raise UnknownInstanceError(instance, municipality.instances())


def instance_id_of(municipality: "MunicipalityFolder", instance: str) -> str:
    """The id in an instance's file, which need not be valid in any other respect.

    Raises:
        UnknownInstanceError: there is no such bot instance.
        RefusedError: it has no valid id; with the ids of states that may have been its own.
    """
    from rpa_commons.environments import InstanceFileError, instance_head

    refuse_unknown(municipality, instance)
    try:
        return instance_head(municipality, instance).id
    except InstanceFileError as error:
        lost = lost_ids(municipality) if _lacks_id(error.place) else ""
        if not lost:
            raise
        raise RefusedError(error.message, remedy=lost, exit_code=error.exit_code) from error


def _lacks_id(path: Path) -> bool:
    """Whether it is the id that an instance file lacks, and not something else that is wrong."""
    import tomllib
    import uuid

    try:
        document = tomllib.loads(path.read_text("utf-8"))
    except (OSError, ValueError):
        return False
    try:
        uuid.UUID(str(document.get("id")))
    except ValueError:
        return True
    return False


def lost_ids(municipality: "MunicipalityFolder") -> str:
    """What to do when an instance's id is gone: the ids of states that no instance file uses; or nothing."""
    from rpa_commons.environments import InstanceFileError, instance_head
    from rpa_commons.runtime import state_home, unused_states

    used = []
    for name in municipality.instances():
        try:
            used.append(instance_head(municipality, name).id)
        except InstanceFileError:
            continue
    with state_errors():
        unused = unused_states(state_home(municipality), used)
    if not unused:
        return ""
    return (
        "if it ran before, put its old id back, or every case is handled again; ids that ran and that no "
        f"instance file has now: {', '.join(map(str, unused))}"
    )


def keys_of(municipality: "MunicipalityFolder") -> "Keys":
    """The keys of the municipality's journal; never creates any.

    Raises:
        SecretMissingError: the configured key cannot be read.
        JournalKeyError: there is no key yet.
    """
    from rpa_commons.runtime import configured_key, open_keys, state_home

    secret = configured_key(municipality.journal_key, Path(municipality.folder))
    return open_keys(state_home(municipality), secret, create=False)


def keys_or_none(municipality: "MunicipalityFolder") -> "Keys | None":
    """The keys where whoever asks has them: what is sealed is left out for everybody else."""
    try:
        return keys_of(municipality)
    except RpaCommonsError:
        return None


@contextmanager
def state_errors() -> Iterator[None]:
    """Show that the state cannot be read or written as an error, not as a bug."""
    from rpa_commons.runtime import JournalFailure

    try:
        yield
    except JournalFailure as failure:
        raise click.ClickException(str(failure)) from failure
