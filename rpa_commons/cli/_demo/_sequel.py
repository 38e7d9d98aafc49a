"""The second half of the demo: a new version is reviewed, seen before it is installed, and recalled."""

from datetime import UTC, datetime
from typing import Any

import click

from ._curating import recall
from ._places import INSTANCE
from ._scene import REFUSED, Scene, tell
from ._stage import next_morning

__all__ = ["recalled", "upgraded"]

_SHOWN = ("permission", "record", "renamed")


def upgraded(scene: Scene, name: str) -> None:
    """Both changes are seen before anything happens; then files, environment and lock move together."""
    folder = scene.places.municipality(name)
    scene.shell.rpac("-C", folder, "outdated")
    plan = scene.shell.rpac("-C", folder, "upgrade", INSTANCE, "--plan", answer=True)
    _show_plan(plan)
    scene.shell.rpac("-C", folder, "upgrade", INSTANCE, "--yes", output=False)
    tell(f"rewritten: {', '.join(one['file'] for one in plan['files'])}; the comments stayed")
    next_morning(folder)
    tell("the next morning: a new file of moves")
    ran = scene.shell.rpac("-C", folder, "run", INSTANCE, answer=True)
    tell(
        f"{ran['found']} found, {ran['new']} of them new, {sum(ran['effects'].values())} letters sent: "
        "whoever was greeted by 1.0.0 is not greeted again"
    )


def _show_plan(plan: dict[str, Any]) -> None:
    for change in plan["changes"]:
        if change["kind"] in _SHOWN:
            click.echo(f"   {change['kind']}: {change['key']}: {change['text']}", err=True)
    for file in plan["files"]:
        for line in file["diff"].splitlines()[2:]:
            click.echo(f"      {line}", err=True)


def recalled(scene: Scene, name: str, version: str) -> None:
    """A coordinator stops the version; the member's next run does not start and says why."""
    folder = scene.places.municipality(name)
    recall(scene, version)
    scene.shell.rpac("-C", folder, "run", INSTANCE, ends=REFUSED)
    tell("which cases did that version touch?")
    today = datetime.now(UTC).date().isoformat()
    words = ("items", "list", INSTANCE, "--bot-version", "1.1", "--since", today)
    scene.shell.rpac("-C", folder, *words)
    scene.shell.registry("-C", scene.registry, "verify")
