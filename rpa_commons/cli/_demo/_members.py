"""The members' side of the demo: install from the registry, plan, run, and lie side by side."""

import json
import tomllib
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import click

from ._commands import Shell
from ._places import INSTANCE, MUNICIPALITIES
from ._proof import prove
from ._report import Column, compare, proof_text
from ._scene import REFUSED, Scene, tell

__all__ = ["Act", "find_and_be_refused", "install_and_run", "show_policies", "side_by_side"]

_COMPARED = (
    "stack.PopulationRegister.connector",
    "stack.DigitalPost.connector",
    "window_days",
    "unregistered",
    "letters.sender",
)


@dataclass
class Act:
    """What one municipality's part of the demo brought."""

    name: str
    folder: Path
    ran: dict[str, Any]


def find_and_be_refused(scene: Scene, name: str) -> None:
    """A local admin finds the bot, reads about it, and cannot have it yet."""
    folder = scene.places.municipality(name)
    scene.shell.rpac("-C", folder, "search", "velkomst")
    scene.shell.rpac("-C", folder, "info", INSTANCE)
    scene.shell.rpac("-C", folder, "install", INSTANCE, ends=REFUSED)


def install_and_run(scene: Scene, *, plan: str) -> list[Act]:
    """All three at once, as they would on machines of their own; each is shown whole when it is done.

    Args:
        scene: The demo's surroundings.
        plan: The municipality that looks ahead before it runs.
    """
    shells = [replace(scene.shell, kept=list[str]()) for _ in MUNICIPALITIES]
    with ThreadPoolExecutor(len(MUNICIPALITIES)) as pool:
        parts = [
            pool.submit(_install_and_run, scene, shell, name, plan=name == plan)
            for shell, name in zip(shells, MUNICIPALITIES, strict=True)
        ]
        for shell, part in zip(shells, parts, strict=True):
            wait([part])
            scene.shell.echo("\n".join(shell.kept or ()))
        return [part.result() for part in parts]


def _install_and_run(scene: Scene, shell: Shell, name: str, *, plan: bool) -> Act:
    folder = scene.places.municipality(name)
    shell.rpac("-C", folder, "install", INSTANCE)
    if plan:
        planned = shell.rpac("-C", folder, "plan", INSTANCE, answer=True)
        states = planned["states"].items()
        would = ", ".join(f"{count} {state.replace('_', ' ')}" for state, count in states)
        shell.echo(f"   would be: {planned['found']} found, {would}; nothing was sent")
    ran = shell.rpac("-C", folder, "run", INSTANCE, answer=True)
    shell.echo(f"   {ran['new']} new cases, {sum(ran['effects'].values())} letters sent")
    return Act(name, folder, ran)


def side_by_side(scene: Scene, acts: list[Act]) -> None:
    """One wheel, three configurations: what is the same, what differs, and where that is said."""
    columns = [_column(scene, act) for act in acts]
    proof = prove(scene.places.plugin / "src", {act.name: act.folder for act in acts})
    click.echo(compare(columns))
    click.echo(proof_text(proof))


def _column(scene: Scene, act: Act) -> Column:
    lock = tomllib.loads((act.folder / "rpac.lock").read_text(encoding="utf-8"))
    explained = json.loads(scene.shell.quietly("-C", act.folder, "config", "explain", INSTANCE, "--json"))
    values = {one["key"]: (one["value"], one["origin"]) for one in explained[INSTANCE]}
    status = json.loads(scene.shell.quietly("-C", act.folder, "status", "--json"))
    return Column(
        title=act.name.capitalize(),
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


def show_policies(scene: Scene, name: str) -> None:
    """A bound and its reason, and a refusal."""
    folder = scene.places.municipality(name)
    tell("what the cooperation holds together: a policy says no, and why")
    scene.shell.rpac("-C", folder, "plan", INSTANCE, "--set", "window_days=45", ends=REFUSED)
