"""``rpac-registry report``: results of dynamic tests, signed by who ran them."""

from pathlib import Path

import click

from ._acting import acting, as_option, json_option, key_option, opened, print_json, signer

__all__ = ["report"]


@click.group()
def report() -> None:
    """Signed test reports about exactly one wheel."""


@report.command("send")
@click.argument("project")
@click.argument("version")
@click.option(
    "--kind",
    type=click.Choice(["sandbox", "tests", "test-systems", "production-trial"]),
    required=True,
    help="What it was run against.",
)
@click.option("--result", type=click.Choice(["passed", "failed"]), required=True, help="What came out.")
@click.option("--summary", required=True, metavar="TEXT", help="What was tried, in a sentence or two.")
@key_option
@as_option
@json_option
@click.pass_context
def send(  # noqa: PLR0913 - the options of one report
    ctx: click.Context,
    project: str,
    version: str,
    kind: str,
    result: str,
    summary: str,
    key_file: Path,
    login: str,
    *,
    as_json: bool,
) -> None:
    """Sign a report about PROJECT VERSION here and add it; it is shown as yours."""
    from rpa_commons.conformance import sign
    from rpa_registry.curation import add_report, draft_report

    signing = signer(key_file)
    with acting(ctx, login) as (registry, identity):
        draft = draft_report(registry, project, version, kind=kind, result=result, summary=summary)
        done = add_report(registry, identity, draft, sign(signing, draft))
    if as_json:
        print_json(done)
        return
    click.echo(f"{done['project']} {done['version']}: {kind} {result}, signed by {login}")


@report.command("list")
@click.argument("project")
@click.argument("version")
@json_option
@click.pass_context
def list_(ctx: click.Context, project: str, version: str, *, as_json: bool) -> None:
    """The reports about PROJECT VERSION, oldest first."""
    from rpa_registry.curation import reports_of, view_of

    with opened(ctx) as registry, registry.database.read() as connection:
        view = view_of(connection, project, version)
        found = reports_of(connection, view.sha256)
    if as_json:
        print_json({"reports": found})
        return
    for one in found:
        signed = one["signed"]
        who = f"{one['person']} ({one['member']})"
        click.echo(f"{signed['ran']}  {signed['kind']}  {signed['result']}  {who}: {signed['summary']}")
    if not found:
        click.echo("no report", err=True)
