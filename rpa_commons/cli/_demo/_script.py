"""The demo, scene by scene."""

import time
import tomllib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import click

from rpa_commons.config import declared_stack, open_municipality
from rpa_commons.sandbox import Sandbox

from ._commands import rpac
from ._places import INSTANCE, MUNICIPALITIES, Places, find_places
from ._proof import prove
from ._report import Column, compare, proof_text

__all__ = ["run_demo"]

_PEOPLE = 40
_DAYS_OF_EXTRACTS = 30
_REFUSED = 5  # exit code: refused by policy
_COMPARED = (
    "stack.PopulationRegister.connector",
    "stack.DigitalPost.connector",
    "window_days",
    "unregistered",
    "letters.sender",
)


@dataclass
class _Act:
    """What one municipality's part of the demo brought."""

    folder: Path
    planned: dict[str, Any]
    ran: dict[str, Any]


def run_demo(checkout: Path | None, *, fresh: bool) -> None:
    """Play the whole demo; what it starts is stopped when this returns or raises.

    Raises:
        RpaCommonsError: there is no checkout, or one of the commands failed.
    """
    started = time.monotonic()
    places = find_places(checkout)
    if fresh:
        places.forget()
    folders = {name: open_municipality(places.municipality(name)) for name in MUNICIPALITIES}
    _say(
        "1. The systems: simulators of SF1520, SF1601, PostForespoerg and the token services, invented people"
    )
    box = Sandbox(
        places.scratch / "sandbox",
        municipality={folder.code: folder.cvr for folder in folders.values()},
        people=_PEOPLE,
    )
    with box:
        click.echo(f"   they listen on {box.url}; what was sent is shown on {box.page_url}", err=True)
        for name in MUNICIPALITIES:
            _set_the_stage(box, places.municipality(name), folders[name].code)
        wheel = _build(places)
        _say("3. Installed for each of them, in an environment of its own")
        for name in MUNICIPALITIES:
            rpac(places.checkout, "-C", places.municipality(name), "install", wheel)
        acts = {name: _play(places, name) for name in MUNICIPALITIES}
        digital = sorted((places.scratch / "sandbox" / "letters").glob("*.pdf"), key=_largest_first)
    columns = [_column(places, acts[name], folders[name].name) for name in MUNICIPALITIES]
    proof = prove(places.plugin / "src", {name: places.municipality(name) for name in MUNICIPALITIES})
    _say("5. Side by side")
    click.echo(compare(columns))
    click.echo(proof_text(proof))
    _say("6. What the cooperation holds together")
    _show_policies(places, wheel)
    _show_letters(places, digital)
    _close(acts, time.monotonic() - started)


def _say(text: str) -> None:
    click.secho(f"\n{text}", fg="cyan", bold=True, err=True)


def _largest_first(file: Path) -> tuple[int, str]:
    """Letters to families have most to say: the best ones to look at."""
    return -file.stat().st_size, file.name


def _set_the_stage(box: Sandbox, folder: Path, code: str) -> None:
    """Put into the municipality's folder what its systems would: extracts, addresses, an outbox."""
    stack = declared_stack(open_municipality(folder))
    # Everywhere, also where nothing is to say: a sandbox of before may have left files of its own.
    box.write_environment(folder, stack=stack)
    for made in ("extracts", "outbox"):
        (folder / made).mkdir(exist_ok=True)
    since = datetime.now(UTC).date() - timedelta(days=_DAYS_OF_EXTRACTS)
    box.write_moves_extract(folder / "extracts" / "moves-demo.csv", code, since)
    if stack["PopulationRegister"][0] == "register-extract":
        box.write_register_extract(folder / "extracts" / "register.csv")


def _build(places: Places) -> Path:
    """Build the wheel once; the same bytes as last time when nothing changed."""
    _say("2. The bot: one wheel, built once")
    built = rpac(places.checkout, "build", places.plugin, "--out", places.scratch / "wheels", answer=True)
    wheel = Path(built["wheel"])
    click.echo(f"   {wheel.name}  sha256 {built['sha256']}", err=True)
    return wheel


def _play(places: Places, name: str) -> _Act:
    """Plan, then run, for one municipality."""
    folder = places.municipality(name)
    _say(f"4. {name.capitalize()}: what would happen, and then it happens")
    planned = rpac(places.checkout, "-C", folder, "plan", INSTANCE, answer=True)
    would = ", ".join(f"{count} {state.replace('_', ' ')}" for state, count in planned["states"].items())
    click.echo(
        f"   plan: {planned['found']} found, {planned['known']} known already; {would or 'nothing new'}",
        err=True,
    )
    ran = rpac(places.checkout, "-C", folder, "run", INSTANCE, answer=True)
    click.echo(f"   run: {ran['new']} new cases, {sum(ran['effects'].values())} letters sent", err=True)
    return _Act(folder, planned, ran)


def _column(places: Places, act: _Act, title: str) -> Column:
    """One municipality's column of the table."""
    lock = tomllib.loads((act.folder / "rpac.lock").read_text(encoding="utf-8"))
    explained = rpac(places.checkout, "-C", act.folder, "config", "explain", INSTANCE, answer=True)
    values = {one["key"]: (one["value"], one["origin"]) for one in explained[INSTANCE]}
    status = rpac(places.checkout, "-C", act.folder, "status", answer=True)
    return Column(
        title=title,
        wheel=lock["bot"][0]["sha256"],
        values={key: values[key] for key in _COMPARED},
        own_files=_own_files(act.folder),
        run=act.ran,
        status=next(one for one in status["instances"] if one["instance"] == INSTANCE),
    )


def _own_files(folder: Path) -> list[str]:
    """The municipality's letter overrides, decision tables and hooks, relative to its folder."""
    files = [*folder.glob("letters/**/*.j2"), *folder.glob("tables/**/*.csv"), *folder.glob("hooks/*.py")]
    return sorted(file.relative_to(folder).as_posix() for file in files)


def _show_policies(places: Places, wheel: Path) -> None:
    """A bound and its reason, a refusal, an exception, and the question a coordinator asks first."""
    roskilde, hvidovre = places.municipality("roskilde"), places.municipality("hvidovre")
    rpac(places.checkout, "-C", roskilde, "config", "explain", INSTANCE, "window_days")
    rpac(places.checkout, "-C", roskilde, "plan", INSTANCE, "--set", "window_days=45", ends=_REFUSED)
    rpac(places.checkout, "-C", hvidovre, "config", "waivers")
    rpac(places.checkout, "fleet", "check", wheel, "--members", places.cooperation)


def _show_letters(places: Places, digital: list[Path]) -> None:
    """The paths of two letters to open."""
    outbox = sorted(places.municipality("hvidovre").glob("outbox/*.pdf"), key=_largest_first)
    click.echo("\ntwo letters to open:")
    for title, files in (("Digital Post, Roskilde", digital), ("on paper, Hvidovre", outbox)):
        shown = files[0].relative_to(places.checkout).as_posix() if files else "none was sent"
        click.echo(f"  {title:24}{shown}")


def _close(acts: dict[str, _Act], seconds: float) -> None:
    if not any(act.ran["new"] for act in acts.values()):
        click.echo("\neverybody has been greeted already: nobody got a second letter")
    click.echo(
        f"\nThe demo took {seconds:.0f} s and has stopped what it started. Run it again, or look closer:",
        err=True,
    )
    for line in (
        "rpac -C examples/digit/roskilde status",
        "rpac -C examples/digit/roskilde items list welcome-letters",
        "rpac -C examples/digit/roskilde config explain welcome-letters window_days",
    ):
        click.echo(f"  {line}", err=True)
