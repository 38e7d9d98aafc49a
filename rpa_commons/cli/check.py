"""``rpac check WHEEL``: the rules that the registry admits a wheel by, before it is uploaded."""

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from rpa_commons.conformance import WheelReport

__all__ = ["check"]


@click.command()
@click.argument("wheel", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print the whole report as JSON.")
def check(wheel: Path, as_json: bool) -> int:  # noqa: FBT001 - click passes it by name
    """Look a WHEEL through by the rules of the registry; nothing in it is run.

    Exit code 0: a registry would take it. 1: it is refused, with every reason. `rpac explain A112` tells what
    a code means. What the code may do (network, other programs, files) is listed for whoever reviews it and
    refuses nothing.
    """
    from rpa_commons.conformance import examine
    from rpa_commons.connectors import built_in_names

    report = examine(wheel, reserved=built_in_names())
    if as_json:
        click.echo(json.dumps(report.to_json(), indent=2, ensure_ascii=False))
    else:
        _print(report)
    return 1 if report.refused else 0


def _print(report: "WheelReport") -> None:
    for finding in report.findings:
        place = f"{report.filename}: {finding.place}" if finding.place else report.filename
        click.echo(f"{place}: {finding.code} {finding.severity}: {finding.message}")
        if finding.help:
            click.echo(f"    help: {finding.help}")
    if report.observations:
        click.echo("for the reviewer, what the code may do:")
        for seen in report.observations:
            click.echo(f"    {seen.place}: {seen.kind}: {seen.text}")
    errors = sum(finding.severity == "error" for finding in report.findings)
    warnings = len(report.findings) - errors
    verdict = "refused" if report.refused else "can be published"
    counted = f"{errors} error{'s' * (errors != 1)}, {warnings} warning{'s' * (warnings != 1)}"
    click.echo(f"{report.name or report.filename} {report.version}: {verdict} ({counted})")
    click.echo(f"sha256 {report.sha256}")
