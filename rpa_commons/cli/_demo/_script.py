"""The demo, scene by scene: a bot goes from its author through the cooperation's registry to its users."""

import time
from contextlib import ExitStack
from pathlib import Path

import click

from rpa_commons.config import open_municipality
from rpa_commons.sandbox import Sandbox

from ._commands import Shell
from ._curating import accept_name, certify, publish, publish_configurations, review, set_up, submit
from ._members import find_and_be_refused, install_and_run, show_policies, side_by_side
from ._places import MUNICIPALITIES, Places, find_places
from ._registry import RegistryServer
from ._scene import Scene, say, tell
from ._sequel import recalled, upgraded
from ._stage import set_the_stage
from ._workshop import Workshop

__all__ = ["run_demo"]

_PEOPLE = 40
_HELD_BACK = 10  # moves that Hvidovre's register tells the next morning only
_LOCAL_ADMIN = "hvidovre"
_FIRST, _NEXT = "1.0.0", "1.1.0"


def run_demo(checkout: Path | None) -> None:
    """Play the whole demo; what it starts is stopped when this returns or raises.

    Raises:
        RpaCommonsError: there is no checkout, or one of the commands failed.
    """
    started = time.monotonic()
    places = find_places(checkout)
    scene = Scene(places, Shell(places.checkout))
    with ExitStack() as running:
        running.enter_context(places.alone())
        places.begin()
        workshop = running.enter_context(Workshop(scene))
        _systems(places, running)
        say("2. DIGIT sets up its registry")
        set_up(scene)
        scene.url = running.enter_context(RegistryServer(scene.shell, scene.registry)).url
        places.name_registry(scene.url)
        tell(f"served on {scene.url}, for people and for programs; each member's folder names it")
        _first_version(scene, workshop)
        _next_version(scene, workshop)
    _close(places, time.monotonic() - started)


def _systems(places: Places, running: ExitStack) -> None:
    """Start the simulators and let each municipality's own systems deliver their files."""
    say(
        "1. The systems: simulators of SF1520, SF1601, PostForespoerg and the token services, invented people"
    )
    folders = {name: open_municipality(places.municipality(name)) for name in MUNICIPALITIES}
    box = Sandbox(
        places.scratch / "sandbox",
        municipality={folder.code: folder.cvr for folder in folders.values()},
        people=_PEOPLE,
    )
    running.enter_context(box)
    tell(f"they listen on {box.url}; what was sent is shown on {box.page_url}")
    for name in MUNICIPALITIES:
        held = _HELD_BACK if name == _LOCAL_ADMIN else 0
        set_the_stage(box, places.municipality(name), folders[name].code, hold_back=held)


def _first_version(scene: Scene, workshop: Workshop) -> None:
    """1.0.0: published, refused, certified, installed by three."""
    say("3. Roskilde publishes its bot: one wheel, checked before anybody else sees it")
    submit(scene, workshop.first())
    workshop.begin_next()
    accept_name(scene)
    publish(scene, _FIRST)
    say("4. Hvidovre finds it, and cannot have it yet")
    find_and_be_refused(scene, _LOCAL_ADMIN)
    say("5. Two coordinators certify it; neither is of Roskilde, whose bot it is")
    certify(scene, _FIRST)
    say("6. Three municipalities install it from the registry and run it")
    tell("all three at once; each is shown when it is done")
    acts = install_and_run(scene, plan=_LOCAL_ADMIN)
    say("7. One wheel, side by side")
    side_by_side(scene, acts)
    show_policies(scene, "roskilde")


def _next_version(scene: Scene, workshop: Workshop) -> None:
    """1.1.0: reviewed, seen before it is installed, recalled."""
    say(f"8. Roskilde publishes {_NEXT}: one new permission, one setting called otherwise")
    tell("letters to families now name the school; what was changed stands in examples/digit/next")
    submit(scene, workshop.next())
    say("9. What the coordinators see before they sign")
    publish_configurations(scene)
    review(scene, _NEXT)
    publish(scene, _NEXT)
    certify(scene, _NEXT)
    say("10. Hvidovre sees both before it upgrades; Lejre, which has no school districts, stays on 1.0.0")
    upgraded(scene, _LOCAL_ADMIN)
    say(f"11. {_NEXT} is recalled: one coordinator's signed advisory is enough")
    recalled(scene, _LOCAL_ADMIN, _NEXT)


def _close(places: Places, seconds: float) -> None:
    digital = sorted((places.scratch / "sandbox" / "letters").glob("*.pdf"), key=_largest_first)
    paper = sorted(places.municipality(_LOCAL_ADMIN).glob("outbox/*.pdf"), key=_largest_first)
    click.echo("\ntwo letters to open:")
    for title, files in (("Digital Post, Roskilde", digital), ("on paper, Hvidovre", paper)):
        shown = files[0].relative_to(places.checkout).as_posix() if files else "none was sent"
        click.echo(f"  {title:24}{shown}")
    click.echo(f"\nThe demo took {seconds:.0f} s and has stopped what it started. Look closer:", err=True)
    home = places.cooperation.relative_to(places.checkout).as_posix()
    for line in (
        f"rpac -C {home}/roskilde status",
        f"rpac -C {home}/roskilde items list welcome-letters",
        f"rpac -C {home}/roskilde config explain welcome-letters window_days",
    ):
        click.echo(f"  {line}", err=True)


def _largest_first(file: Path) -> tuple[int, str]:
    """Letters to families have most to say: the best ones to look at."""
    return -file.stat().st_size, file.name
