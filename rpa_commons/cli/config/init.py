"""``rpac config init``: begin a bot instance, or a municipality.

Rules this module keeps: nothing is overwritten and nothing is asked; what was made goes to stdout, with what
must be filled in next.
"""

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ._shared import connectors, json_option, manifest_of

if TYPE_CHECKING:
    from rpa_commons.config import MunicipalityFolder
    from rpa_commons.editing import Draft
    from rpa_commons.manifest import Manifest

__all__ = ["init"]

_PATH = click.Path(path_type=Path, exists=True)


@click.command()
@click.argument("bot", required=False)
@click.option("--instance", metavar="NAME", help="Name of the bot instance; the bot's own when not given.")
@click.option("--like", type=_PATH, metavar="DIR", help="Take over another member's choices: its folder.")
@click.option("--baseline", type=_PATH, metavar="PATH", help="Of a new municipality: its cooperation's.")
@click.option("--from", "wheel", type=_PATH, metavar="WHEEL", help="A bot that is not installed yet.")
@click.option("--name", default="", help="Of a new municipality.")
@click.option("--code", default="", help="Of a new municipality: its official code.")
@click.option("--cvr", default="", help="Of a new municipality: its CVR number.")
@json_option
@click.pass_obj
def init(  # noqa: PLR0913, PLR0917 - click passes each option by name
    folder: Path,
    bot: str | None,
    instance: str | None,
    like: Path | None,
    baseline: Path | None,
    wheel: Path | None,
    name: str,
    code: str,
    cvr: str,
    as_json: bool,  # noqa: FBT001 - click passes it by name
) -> None:
    """Write bots/NAME.toml for BOT, commented, with only what must be filled in.

    Without BOT, in an empty folder: municipality.toml and stack.toml for a new municipality. Its baseline is
    the one that is named, or that of the member it is like, or the only one in a folder beside it.
    """
    from rpa_commons.config import open_municipality
    from rpa_commons.editing import NoMunicipalityError, draft_instance, draft_municipality, write_drafts

    if bot is None and wheel is None:
        if instance:
            raise click.UsageError("name the bot: rpac config init BOT")
        draft = draft_municipality(
            folder, connectors(), name=name, code=code, cvr=cvr, baseline=baseline, like=like
        )
    else:
        if name or code or cvr or baseline:
            raise click.UsageError("--name, --code, --cvr and --baseline begin a municipality; leave BOT out")
        if not (folder / "municipality.toml").exists():
            raise NoMunicipalityError(folder, bot or "")
        municipality = open_municipality(folder)
        manifest = _manifest(municipality, bot, wheel)
        draft = draft_instance(
            municipality, manifest, instance or manifest.name, connectors=connectors(municipality), like=like
        )
    write_drafts(draft)
    click.echo(_json(draft, folder) if as_json else _text(draft, folder))


def _manifest(municipality: "MunicipalityFolder", bot: str | None, wheel: Path | None) -> "Manifest":
    if wheel is None:
        return manifest_of(municipality)(bot or "")
    from rpa_commons.manifest import read_manifest

    manifest = read_manifest(wheel)
    if bot is not None and bot != manifest.name:
        raise click.UsageError(f"the wheel is of {manifest.name}, not of {bot}")
    return manifest


def _names(draft: "Draft", folder: Path) -> list[str]:
    return [path.relative_to(folder.resolve()).as_posix() for path in draft.files]


def _json(draft: "Draft", folder: Path) -> str:
    notes = [*draft.notes, *filter(None, [draft.afterwards])]
    shown = {"files": _names(draft, folder), "missing": draft.missing, "notes": notes}
    return json.dumps(shown, indent=2, ensure_ascii=False)


def _text(draft: "Draft", folder: Path) -> str:
    names = _names(draft, folder)
    lines = [f"made {', '.join(names)}"]
    if draft.missing:
        lines.append(f"must be filled in, in {names[0]}: {', '.join(draft.missing)}")
    return "\n".join(filter(None, [*lines, *draft.notes, draft.afterwards]))
