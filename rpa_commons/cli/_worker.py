"""What commands that start a worker share: follow its events, and stop it on Ctrl-C.

Rules this module keeps: the first Ctrl-C lets the worker finish the case in hand, the second one ends it; a
worker that refuses is shown as an error with its remedy and exit code.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from rpa_commons.capabilities import RpaCommonsError

from ._progress import Progress

if TYPE_CHECKING:
    from rpa_commons.config import MunicipalityFolder
    from rpa_commons.runtime import Keys, Prepared

__all__ = ["RefusedError", "follow", "instance_id_of", "keys_of", "state_errors"]


class RefusedError(RpaCommonsError):
    """A worker refused its job; message, remedy and exit code are the worker's."""

    def __init__(self, message: str, *, remedy: str, exit_code: int) -> None:
        super().__init__(message, remedy=remedy)
        self.exit_code = exit_code


def follow(prepared: "Prepared", label: str) -> Iterator[dict[str, Any]]:
    """Start a worker, show its progress, and yield its events up to the last one.

    Raises:
        RefusedError: the worker refused.
        WorkerDiedError: it ended without a last word.
    """
    from rpa_commons.runtime import Worker

    progress = Progress(label)
    with Worker(prepared) as worker:
        events = worker.events()
        while True:
            try:
                event = next(events, None)
            except KeyboardInterrupt:
                click.echo("\nfinishing the case in hand; Ctrl-C again ends it at once", err=True)
                worker.stop()
                events = worker.events()
                continue
            if event is None:
                break
            progress.show(event)
            if event["event"] == "refused":
                progress.end()
                raise RefusedError(event["message"], remedy=event["remedy"], exit_code=event["exit_code"])
            yield event
    progress.end()


def instance_id_of(municipality: "MunicipalityFolder", instance: str) -> str:
    """The id in an instance's file, which need not be valid in any other respect."""
    from rpa_commons.environments import instance_head

    return instance_head(municipality, instance).id


def keys_of(municipality: "MunicipalityFolder") -> "Keys":
    """The keys of the municipality's journal; never creates any.

    Raises:
        SecretMissingError: the configured key cannot be read.
        JournalKeyError: there is no key yet.
    """
    from rpa_commons.config import resolve_secret
    from rpa_commons.runtime import open_keys, state_home

    reference = municipality.journal_key
    secret = resolve_secret(reference, Path(municipality.folder)) if reference is not None else None
    return open_keys(state_home(municipality), secret, create=False)


@contextmanager
def state_errors() -> Iterator[None]:
    """Show that the state cannot be read or written as an error, not as a bug."""
    from rpa_commons.runtime import JournalFailure

    try:
        yield
    except JournalFailure as failure:
        raise click.ClickException(str(failure)) from failure
