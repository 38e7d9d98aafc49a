"""``rpac sandbox up``: run a sandbox until Ctrl-C."""

import contextlib
import signal
import threading
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from rpa_commons.cli._ending import serves_on

from ._shared import connect_option, error_of, folder_option, town_options

if TYPE_CHECKING:
    from rpa_commons.sandbox import Sandbox

__all__ = ["up"]

# The simulators' own words, repeated here so that --help imports none of them; a test compares the two.
_REPEATED = ("same-receipt", "duplicate-error", "duplicate-error-400", "accepts-twice")
_LIMITS = """It cannot emulate OCES3 trust, KOMBIT's access control, or what the real receiver does with
a repeated messageUUID (not public: see --repeated)."""


@click.command()
@folder_option
@town_options
@click.option(
    "--only",
    multiple=True,
    metavar="NAME,...",
    help="Which services, by default all; what they need comes along. May be repeated.",
)
@click.option(
    "--service",
    "given",
    multiple=True,
    metavar="MODULE:FACTORY",
    help="A simulator of your own beside them, e.g. my_simulator:Register. May be repeated.",
)
@click.option("--repeated", type=click.Choice(_REPEATED), default=_REPEATED[0], show_default=True)
@connect_option("A municipality folder to serve; writes its environments/sandbox/. May be repeated.")
@click.option(
    "--files/--no-files",
    default=True,
    show_default=True,
    help="Give a connected folder extracts, invoices and folders to write to of the sandbox's; without, it"
    " keeps its own, the real ones.",
)
@click.option(
    "--schemas",
    envvar="RPAC_SPECS",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="Folder of official schemas; else RPAC_SPECS, else what `rpac specs` keeps.",
)
@click.option("--port", type=click.IntRange(0, 65535), default=0, help="TLS port; a free one by default.")
@click.option(
    "--open-port",
    type=click.IntRange(0, 65535),
    default=0,
    help="Port of the services without client certificates.",
)
@click.option("--page-port", type=click.IntRange(0, 65535), default=0, help="Port of the control page.")
@click.option("--token-lifetime", type=click.IntRange(1), default=3600, show_default=True, help="Seconds.")
def up(  # noqa: PLR0913, PLR0917 - one parameter for each option
    folder: Path,
    seed: int | None,
    people: int | None,
    today: datetime | None,
    only: Sequence[str],
    given: Sequence[str],
    repeated: str,
    folders: Sequence[Path],
    files: bool,  # noqa: FBT001 - click passes it by name
    schemas: Path | None,
    port: int,
    open_port: int,
    page_port: int,
    token_lifetime: int,
) -> None:
    """Run a sandbox until Ctrl-C."""
    from rpa_commons.sandbox import (
        Sandbox,
        SandboxError,
        municipality_facts,
        refuse_unknown,
        service_maker,
    )
    from rpa_commons.validators import InvalidIdentifierError

    from ._schemas import schemas_from_specs

    names = _names(only)
    try:
        makers = [service_maker(one) for one in given]
        if not makers:  # else a name may be that of one of them, which is known when it is made
            refuse_unknown(names or ())  # before a folder is made
        served = dict(municipality_facts(path) for path in folders)
        box = Sandbox(
            folder,
            seed=seed,
            people=people,
            today=today.date() if today else None,
            municipality=served or None,
            repeated=repeated,
            only=names,
            services=makers,
            schemas=schemas or schemas_from_specs(folder / "schemas"),
            port=port,
            open_port=open_port,
            page_port=page_port,
            keep_ports=True,
            token_lifetime=token_lifetime,
        )
        with _end_asked_for() as ended, box:
            serves_on()
            _introduce(box, folders, names, files=files)
            while not ended.wait(0.5):  # a wait without end cannot be interrupted on Windows
                pass
    except (SandboxError, InvalidIdentifierError, OSError) as error:
        raise error_of(error) from None
    click.echo("sandbox stopped", err=True)


def _names(only: Sequence[str]) -> tuple[str, ...] | None:
    """``("a,b", "c")`` -> ``("a", "b", "c")``; ``None`` when nothing was said."""
    names = tuple(name.strip() for part in only for name in part.split(",") if name.strip())
    if only and not names:
        raise click.UsageError("--only names no service")
    return names or None


def _introduce(box: "Sandbox", folders: Sequence[Path], asked: Sequence[str] | None, *, files: bool) -> None:
    click.echo(f"services    {box.url}")
    click.echo(f"page        {box.page_url}")
    click.echo(f"authority   {box.ca_bundle}")
    for code, cvr in box.municipalities.items():
        click.echo(f"certificate {box.certificate(code).pem} (municipality {code}, CVR {cvr})")
    from rpa_commons.config import declared_stack, open_municipality
    from rpa_commons.sandbox import SERVICES

    for path in folders:
        stack = declared_stack(open_municipality(path))
        for file in box.write_files(path, stack=stack) if files else ():
            click.echo(f"files       {file}")
        environment = box.write_environment(path, files=files, stack=stack)
        click.echo(f"connected   {environment}")
        _tell_what_stays(path, environment, stack)
        named = {connector for connector, _ in stack.values()} & set(SERVICES)
        for name in sorted(named - set(box.services)):
            click.echo(f"{path}: its stack names {name}, which --only leaves out", err=True)
    _list_services(box, asked)
    click.echo(_LIMITS, err=True)
    click.echo("running; Ctrl-C stops it", err=True)


def _tell_what_stays(folder: Path, environment: Path, stack: Mapping[str, tuple[str, object]]) -> None:
    """Which capabilities of the stack ``-E sandbox`` does not find redirected."""
    from rpa_commons.runtime import READS_FILES

    try:
        redirected = tomllib.loads(environment.read_text("utf-8"))
    except ValueError:  # what somebody wrote below the sandbox's own part: a check says what is wrong
        redirected = {}
    for capability, (connector, _) in sorted(stack.items()):
        if capability in redirected:
            continue
        what = "a run with -E sandbox is refused until a table at the end of that file says where"
        if connector in READS_FILES:
            what = "a run with -E sandbox reads the municipality's own files"
        click.echo(f"{folder}: {capability} ({connector}) is not redirected: {what}", err=True)


def _list_services(box: "Sandbox", asked: Sequence[str] | None) -> None:
    """Each service, where it is, and against what it does not validate."""
    for name, service in box.services.items():
        along = "" if asked is None or name in asked else _needing(box, name)
        click.echo(f"service     {name} {box.url_of(name)} ({service.summary}{along})")
        if service.validated and service.unvalidated:
            click.echo(f"            {name} validates {service.validated}, not all: {service.unvalidated}")
        elif service.unvalidated:
            click.echo(f"            {name} validates nothing against a schema: {service.unvalidated}")
        else:
            click.echo(f"            {name} validates requests and answers by schema")


def _needing(box: "Sandbox", name: str) -> str:
    """For whom it comes along; empty for one that was given with --service."""
    users = [other for other, service in box.services.items() if name in service.needs]
    return f"; comes along, {', '.join(users)} {'needs' if len(users) == 1 else 'need'} it" if users else ""


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
