"""``rpac sandbox``: start a municipality in a box, make it misbehave, read what was sent to it.

Usage::

    rpac sandbox up --connect examples/digit/roskilde --connect examples/digit/hvidovre
    rpac sandbox fault sf1601 500 --times 3
    rpac sandbox sent --json
"""

import contextlib
import json
import signal
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from rpa_commons.capabilities import RpaCommonsError
    from rpa_commons.sandbox import Sandbox

__all__ = ["sandbox"]

_Command = TypeVar("_Command", bound=Callable[..., Any])
_FOLDER = Path(".rpac/sandbox")
# The simulators' own words, repeated here so that --help imports none of them; a test compares the two.
_SERVICES = ("sf1601", "postforespoerg", "sf1520", "sts", "token")
_FAULTS = (
    "time-out",
    "taken-then-time-out",
    "500",
    "half-answer",
    "slow",
    "duplicate-receipt",
    "refused-token",
)
_REPEATED = ("same-receipt", "duplicate-error", "duplicate-error-400", "accepts-twice")
_LIMITS = """It emulates SF1520, the STS and token service, SF1601 KombiPostAfsend and PostForespoerg.
It cannot emulate OCES3 trust, KOMBIT's access control, delivery receipts, or what the real
receiver does with a repeated messageUUID (not public: see --repeated)."""


@click.group()
def sandbox() -> None:
    """A municipality in a box: simulators of the systems, on this machine only."""


def _folder_option(command: _Command) -> _Command:
    return click.option(
        "--folder",
        type=click.Path(path_type=Path, file_okay=False),
        default=_FOLDER,
        show_default=True,
        help="Where the sandbox keeps its state.",
    )(command)


@sandbox.command()
@_folder_option
@click.option("--seed", type=int, help="Which invented people; the same seed makes the same ones.")
@click.option("--people", type=click.IntRange(1), help="At least so many for each municipality.")
@click.option("--today", type=click.DateTime(["%Y-%m-%d"]), help="The day the people are made for.")
@click.option("--repeated", type=click.Choice(_REPEATED), default=_REPEATED[0], show_default=True)
@click.option(
    "--connect",
    "folders",
    multiple=True,
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="A municipality folder to serve; writes its environments/sandbox/. May be repeated.",
)
@click.option(
    "--files/--no-files",
    default=True,
    show_default=True,
    help="Give a connected folder extracts and an outbox of its own, where its stack has use for them.",
)
@click.option("--port", type=click.IntRange(0, 65535), default=0, help="TLS port; a free one by default.")
@click.option("--page-port", type=click.IntRange(0, 65535), default=0, help="Port of the control page.")
@click.option("--token-lifetime", type=click.IntRange(1), default=3600, show_default=True, help="Seconds.")
def up(  # noqa: PLR0913, PLR0917 - one parameter for each option
    folder: Path,
    seed: int | None,
    people: int | None,
    today: datetime | None,
    repeated: str,
    folders: Sequence[Path],
    files: bool,  # noqa: FBT001 - click passes it by name
    port: int,
    page_port: int,
    token_lifetime: int,
) -> None:
    """Run a sandbox until Ctrl-C."""
    from rpa_commons.sandbox import Sandbox, SandboxError, municipality_facts
    from rpa_commons.validators import InvalidIdentifierError

    try:
        served = dict(municipality_facts(path) for path in folders)
        box = Sandbox(
            folder,
            seed=seed,
            people=people,
            today=today.date() if today else None,
            municipality=served or None,
            repeated=repeated,
            port=port,
            page_port=page_port,
            keep_ports=True,
            token_lifetime=token_lifetime,
        )
        with _end_asked_for() as ended, box:
            _introduce(box, folders, files=files)
            while not ended.wait(0.5):  # a wait without end cannot be interrupted on Windows
                pass
    except (SandboxError, InvalidIdentifierError, OSError) as error:
        raise _shown(error) from None
    click.echo("sandbox stopped", err=True)


def _introduce(box: "Sandbox", folders: Sequence[Path], *, files: bool) -> None:
    click.echo(f"services    {box.url}")
    click.echo(f"page        {box.page_url}")
    click.echo(f"authority   {box.ca_bundle}")
    for code, cvr in box.municipalities.items():
        click.echo(f"certificate {box.certificate(code).pem} (municipality {code}, CVR {cvr})")
    from rpa_commons.config import declared_stack, open_municipality

    for path in folders:
        stack = declared_stack(open_municipality(path))
        for file in box.write_files(path, stack=stack) if files else ():
            click.echo(f"files       {file}")
        click.echo(f"connected   {box.write_environment(path, files=files, stack=stack)}")
    click.echo(_LIMITS, err=True)
    click.echo("running; Ctrl-C stops it", err=True)


@contextlib.contextmanager
def _end_asked_for() -> Iterator[threading.Event]:
    """Set by Ctrl-C and when a supervisor asks the process to end: how a sandbox is meant to end."""
    ended = threading.Event()
    previous = {
        number: signal.signal(number, lambda *_: ended.set()) for number in (signal.SIGINT, signal.SIGTERM)
    }
    try:
        yield ended
    finally:
        for number, handler in previous.items():
            signal.signal(number, handler)


@sandbox.command()
@click.argument("service", type=click.Choice(_SERVICES))
@click.argument("kind", type=click.Choice(_FAULTS))
@_folder_option
@click.option("--times", type=click.IntRange(1), help="How many calls; one when nothing is said.")
@click.option("--probability", type=click.FloatRange(0, 1, min_open=True), help="Share of the calls.")
@click.option("--milliseconds", type=click.IntRange(0), help="Delay of slow; when a time-out is cut.")
def fault(
    service: str,
    kind: str,
    folder: Path,
    times: int | None,
    probability: float | None,
    milliseconds: int | None,
) -> None:
    """Make the running sandbox misbehave: SERVICE shows KIND."""
    order = {
        "service": service,
        "kind": kind,
        "times": times,
        "probability": probability,
        "milliseconds": milliseconds,
    }
    standing = _post(_running(folder) + "faults", order)
    click.echo(f"{service}: {kind} is ordered; {len(standing)} faults stand", err=True)


@sandbox.command()
@_folder_option
@click.option("--json", "as_json", is_flag=True, help="The whole journal as JSON.")
def sent(folder: Path, *, as_json: bool) -> None:
    """Show what was sent to the sandbox; it need not be running."""
    from rpa_commons.sandbox import Journal

    entries = Journal.read(folder / "effects.jsonl")
    if as_json:
        click.echo(json.dumps(entries, ensure_ascii=False, indent=1))
        return
    for entry in entries:
        words = (entry["received_at"][:19], entry["outcome"], entry["message_uuid"], entry.get("channel", ""))
        click.echo("  ".join(words).rstrip())
    taken = [entry["message_uuid"] for entry in entries if entry["outcome"] == "accepted"]
    click.echo(f"{len(taken)} letters under {len(set(taken))} business keys", err=True)


def _running(folder: Path) -> str:
    try:
        return str(json.loads((folder / "running.json").read_bytes())["page_url"])
    except (OSError, ValueError, KeyError):
        raise _error(f"no sandbox is running on {folder}", "start one: rpac sandbox up") from None


def _post(url: str, order: Mapping[str, Any]) -> list[Any]:
    import urllib.error
    import urllib.request

    request = urllib.request.Request(  # noqa: S310 - our own loopback address
        url, json.dumps(order).encode(), {"Content-Type": "application/json"}
    )
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))  # never through a proxy
    try:
        with opener.open(request, timeout=10) as answer:
            standing: list[Any] = json.load(answer)
    except urllib.error.HTTPError as error:
        with error:
            raise click.UsageError(error.read().decode("utf-8", "replace")) from None
    except OSError:
        raise _error("the sandbox does not answer", "start it again: rpac sandbox up") from None
    return standing


def _shown(error: Exception) -> "RpaCommonsError":
    from rpa_commons.sandbox import SandboxError

    if isinstance(error, SandboxError):
        return _error(error.message, error.remedy)
    if isinstance(error, OSError):
        return _error(f"cannot listen or write: {error.strerror or error}")
    return _error(str(error), "correct code and cvr in municipality.toml")


def _error(message: str, remedy: str = "") -> "RpaCommonsError":
    from rpa_commons.capabilities import RpaCommonsError

    return RpaCommonsError(message, remedy=remedy)
