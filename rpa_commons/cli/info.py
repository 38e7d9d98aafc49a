"""``rpac info``: one project of the registry, or one version of it."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ._registry import registry_option

if TYPE_CHECKING:
    from rpa_commons.registry_client import Advisory, Fit, Project, Release

__all__ = ["info"]

_SIGNATURES = 2  # by coordinators of other members, to certify


@click.command()
@click.argument("name")
@click.argument("version", required=False, default="")
@click.option("--readme", is_flag=True, help="Its description in full.")
@registry_option
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def info(directory: Path, name: str, version: str, url: str, *, readme: bool, as_json: bool) -> int:
    """Show what the registry knows of NAME: what it does, asks for and changes, and its versions."""
    from rpa_commons.registry_client import Stack, parse_wanted, release_of, told

    from ._registry import asked_of

    asked = asked_of(directory, url)
    wanted = parse_wanted(f"{name}=={version}" if version else name)
    project = asked.registry.project(wanted.name)
    release = release_of(project, wanted.version)
    fit = None
    if asked.municipality is not None and project.kind == "bot":
        fit = Stack.of(asked.municipality).fit(_capabilities(project, release))
    if as_json:
        document = project.model_dump(mode="json")
        if wanted.version and release is not None:
            document["releases"] = [release.model_dump(mode="json")]
        click.echo(
            json.dumps(document | ({"stack": fit.to_json()} if fit else {}), indent=2, ensure_ascii=False)
        )
        return 0
    recalls: tuple[Advisory, ...] = ()
    if release is not None and release.quarantined is not None:
        recalls = told(asked.registry, project.name, release.version)
    click.echo("\n".join(_lines(project, release, fit, recalls)))
    if readme and project.readme:
        click.echo("\n" + project.readme)
    return 0


def _capabilities(project: "Project", release: "Release | None") -> tuple[str, ...]:
    manifest = (release.manifest if release is not None else None) or {}
    named = tuple(str(one.get("name", "")) for one in manifest.get("capabilities", ()))
    return named or project.capabilities


def _lines(
    project: "Project", release: "Release | None", fit: "Fit | None", recalls: "tuple[Advisory, ...]"
) -> Iterator[str]:
    yield f"{click.style(project.name, bold=True)}  {project.summary}"
    yield f"  {project.kind} of {project.owner.name or project.owner.code}" + (
        f", {project.status}" + (f": {project.status_reason}" if project.status_reason else "")
        if project.status != "active"
        else ""
    )
    if release is not None:
        yield from _release(project, release, recalls)
    if fit is not None:
        yield f"  runs on your stack: {fit}"
    if project.runs_at:
        yield f"  runs at: {', '.join(map(_runs_at, project.runs_at))}"
    if project.releases:
        yield "  versions:"
        yield from (f"    {_version(one)}" for one in project.releases)


def _release(project: "Project", release: "Release", recalls: "tuple[Advisory, ...]") -> Iterator[str]:
    from rpa_commons.registry_client import state_text

    yield f"  version {release.version}: {state_text(release)}"
    yield from (f"  recalled by {one}" for one in recalls)
    if release.certified_by:
        people = " and ".join(_person(one) for one in release.certified_by)
        if (release.base_state or release.state) == "certified":
            yield f"  certified by {people}"
        else:
            yield f"  signed by {people}, {len(release.certified_by)} of {_SIGNATURES}"
    for label, text in (
        ("tier", "" if release.tier == "none" else release.tier),
        ("licence", release.licence),
        ("Python", release.requires_python),
        ("KLE", ", ".join(project.kle)),
        ("personal data", ", ".join(project.data_categories)),
    ):
        if text:
            yield f"  {label}: {text}"
    manifest = release.manifest or {}
    for one in manifest.get("capabilities", ()):
        effects = [call["method"] for call in one.get("calls", ()) if call.get("effect")]
        does = f"may change: {', '.join(effects)}" if effects else "reads only"
        yield f"  uses {one.get('name')} ({does})"
    yield from _connectors(manifest)
    if record := manifest.get("record"):
        yield f"  purpose: {record.get('purpose', '')}"
        yield f"  legal basis: {'; '.join(record.get('legal_basis', ()))}"
    if release.deprecated is not None:
        use = f"; use {release.deprecated.use}" if release.deprecated.use else ""
        yield f"  deprecated: {release.deprecated.reason}{use}"
    if release.file is not None:
        yield f"  {release.file.filename}, {release.file.size / 1024:.0f} KiB, sha256 {release.file.sha256}"


def _connectors(manifest: dict[str, Any]) -> Iterator[str]:
    """What a connector wheel brings: capability, how near the real system it was tried, and its settings."""
    from pydantic import TypeAdapter, ValidationError

    from rpa_commons.connectors import standing
    from rpa_commons.manifest import ConnectorEntry

    try:
        entries = TypeAdapter(tuple[ConnectorEntry, ...]).validate_json(
            json.dumps(manifest.get("connectors", ()))
        )
    except ValidationError:  # a newer registry may say it otherwise
        return
    for one in entries:
        yield f"  connector {one.name}: {one.capability} {one.version}, {standing(one.verified)}"
        yield f"    {one.summary}"
        for method, kind in sorted(one.effects.items()):
            yield f"    after a break, {method} is {kind}"
        required = one.settings_schema.get("required", ())
        fields = [
            f"{name}{'' if name in required else ' (optional)'}"
            for name in one.settings_schema.get("properties", {})
        ]
        yield f"    settings: {', '.join(fields) or 'none'}"


def _version(release: "Release") -> str:
    from rpa_commons.registry_client import state_text

    extra = ""
    if release.yanked:
        extra = f": {release.yanked}"
    elif release.quarantined is not None and release.quarantined.advisory:
        extra = f": {release.quarantined.advisory}"
    return f"{release.version:<12} {state_text(release)}{extra}"


def _person(one: dict[str, Any]) -> str:
    member = one.get("member")
    name = member.get("name") or member.get("code") if isinstance(member, dict) else member
    return f"{one.get('person', '?')} ({name})" if name else str(one.get("person", "?"))


def _runs_at(one: dict[str, Any]) -> str:
    member = one.get("member") or {}
    name = member.get("name") or member.get("code", "?") if isinstance(member, dict) else str(member)
    return f"{name} ({one.get('version', '?')})"
