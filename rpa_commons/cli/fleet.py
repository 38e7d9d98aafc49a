"""``rpac fleet``: what a version of a bot would do to every member of a cooperation."""

import json
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ._registry import registry_option

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from rpa_commons.manifest import Manifest
    from rpa_commons.sharing import FleetInstance, FleetMember, FleetReport

__all__ = ["fleet"]

_FINDINGS = 1
_REGISTRY = "registry:"
_WORDS = {
    "breaks": "breaks",
    "broken": "broken already",
    "unreadable": "cannot be read",
    "migration": "needs migration",
    "unknown": "cannot tell",
    "changes": "works, something changes",
    "works": "works",
    "unused": "does not use it",
}
_PATH = click.Path(path_type=Path, exists=True)


@click.group()
def fleet() -> None:
    """What a new version would do to every member."""


@fleet.command()
@click.argument("wheel", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option(
    "--members", "parent", type=_PATH, required=True, metavar="DIR", help="Holds a folder per member."
)
@click.option(
    "--baseline",
    metavar="DIR_OR_WHEEL",
    help="Where the cooperation's baseline lies; registry:NAME or registry:NAME==VERSION fetches it.",
)
@registry_option
@click.option(
    "--was",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    multiple=True,
    metavar="WHEEL",
    help="An older version, to tell what changes; wheels beside WHEEL are found by themselves.",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def check(
    directory: Path,
    wheel: Path,
    parent: Path,
    baseline: str | None,
    url: str,
    was: tuple[Path, ...],
    *,
    as_json: bool,
) -> int:
    """Resolve every member's configuration against the bot in WHEEL, from its manifest alone.

    DIR holds a folder for each member: the municipality's own, or what `rpac config publish` wrote. Nothing
    is installed and no secret is looked up; connector wheels beside WHEEL are known by themselves. Each
    member is looked at for the environment production, whichever it uses otherwise. Ends with 1 when the
    version breaks what works today, or a member cannot be read.
    """
    from rpa_commons.environments import connectors_of_wheels
    from rpa_commons.sharing import fleet_check, open_members

    manifest = _manifest(wheel)
    with _shared(directory, url, baseline) as shared, open_members(parent, baseline=shared) as members:
        connectors = connectors_of_wheels(wheel.resolve().parent.glob("*.whl"))
        report = fleet_check(manifest, members, connectors=connectors, known=_known(wheel, was))
        # Files of a baseline's wheel are told by the wheel's name as long as it is open.
        text = json.dumps(report.to_json(), indent=2, ensure_ascii=False) if as_json else _text(report)
    click.echo(text)
    _tell_of_the_registry(report, baseline)
    return _FINDINGS if report.breaks else 0


@contextmanager
def _shared(directory: Path, url: str, given: str | None) -> "Iterator[Path | None]":
    """The cooperation's baseline: a folder, a wheel, or one of the registry as long as it is looked at."""
    if given is None or not given.startswith(_REGISTRY):
        if given is not None and not Path(given).exists():
            raise click.BadParameter(f"there is no {given}", param_hint="--baseline")
        yield None if given is None else Path(given)
        return
    from rpa_commons.registry_client import baseline_wheel

    from ._registry import asked_of

    registry = asked_of(directory, url, baseline=False).registry
    try:
        yield baseline_wheel(registry, given)
    finally:
        registry.forget_files()


def _tell_of_the_registry(report: "FleetReport", given: str | None) -> None:
    """Where members name a baseline of the registry that was not fetched: how all are looked at with it."""
    if given is not None:
        return
    found = (one for member in report.members for one in member.findings if one.key == "baseline")
    name = next((word for one in found for word in one.message.split() if word.startswith(_REGISTRY)), "")
    if name:
        click.echo(
            f" help: --baseline {name.rstrip(':')} looks at them all on top of the one in the registry",
            err=True,
        )


def _manifest(wheel: Path) -> "Manifest":
    from rpa_commons.manifest import ManifestError, read_manifest

    try:
        manifest = read_manifest(wheel)
    except ManifestError as error:
        raise click.UsageError(str(error)) from None
    if manifest.kind != "bot":
        raise click.UsageError(f"{wheel} is a {manifest.kind}; a fleet is checked against a bot")
    return manifest


def _known(wheel: Path, was: tuple[Path, ...]) -> "Callable[[str, str], Manifest | None]":
    """Older manifests: from the wheels given, and from those of the same bot beside the wheel."""
    from rpa_commons.manifest import ManifestError, read_manifest

    found: dict[str, Manifest] = {}
    for path in (*was, *sorted(wheel.parent.glob(f"{wheel.name.partition('-')[0]}-*.whl"))):
        try:
            manifest = read_manifest(path)
        except ManifestError:
            if path in was:
                raise click.UsageError(f"{path} carries no manifest") from None
            continue
        found[manifest.digest] = manifest
    return lambda _version, digest: found.get(digest)


def _text(report: "FleetReport") -> str:
    title = f"{report.bot} {report.version}"
    width = max(len(one.name) for one in report.members)
    lines = [_line(one, report.version, width) for one in report.members]
    lines += [
        f"{code}: several folders have this code: {', '.join(where)}"
        for code, where in report.doubles.items()
    ]
    lines += [f"{folder}: not looked at, {why}" for folder, why in report.passed_over]
    count = _count(len(report.members), "member")
    parts = [f"{title} against {count}, each for {report.environment}", "\n".join(lines)]
    if report.cooperation:
        theirs = [_indented(one.render()) for one in report.cooperation]
        parts.append("\n".join(["the cooperation, whose files all members lie on", *theirs]))
    parts += [_details(one, report) for one in report.members if _has_details(one)]
    counts = ", ".join(f"{_WORDS[verdict]}: {count}" for verdict, count in report.counts.items())
    return "\n\n".join([*parts, f"{title}: {counts}"])


def _line(member: "FleetMember", version: str, width: int) -> str:
    runs = sorted({one.version or "?" for one in member.instances})
    step = f"  {', '.join(runs)} -> {version}" if runs else ""
    count = f"  {_count(member.count, 'finding')}" if member.count else ""
    code = member.code or "    "
    return f"{code} {member.name:<{width}}  {_WORDS[member.verdict]:<24}{step}{count}".rstrip()


def _has_details(member: "FleetMember") -> bool:
    return bool(
        member.findings
        or member.notes
        or any(one.findings or one.changes or one.notes for one in member.instances)
    )


def _details(member: "FleetMember", report: "FleetReport") -> str:
    kind = "published configuration" if member.is_published else "own folder"
    parts = [f"{member.name} ({kind} {member.folder})"]
    parts += [_indented(one.render()) for one in member.findings]
    parts += [f"  note: {one}" for one in member.notes]
    parts += [_instance(one, report) for one in member.instances]
    return "\n".join(parts)


def _instance(one: "FleetInstance", report: "FleetReport") -> str:
    parts = [f"  {one.name}: {_WORDS[one.verdict]}"]
    for finding in one.findings:
        known = " (without the new version too)" if finding in one.already else ""
        if finding in report.cooperation:
            parts.append(f"    {finding.code} {finding.key}: see the cooperation, above{known}")
        else:
            parts.append(_indented(_marked(finding.render(), known), 4))
    parts += [f"    changes: {text}" for text in one.changes]
    parts += [f"    note: {text}" for text in one.notes]
    return "\n".join(parts)


def _marked(text: str, mark: str) -> str:
    """With a mark at the end of the first line, which says what is wrong."""
    first, rest, below = text.partition("\n")
    return f"{first}{mark}{rest}{below}"


def _indented(text: str, width: int = 2) -> str:
    return "\n".join(" " * width + line for line in text.split("\n"))


def _count(number: int, word: str) -> str:
    return f"{number} {word}{'' if number == 1 else 's'}"
