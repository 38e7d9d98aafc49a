"""``rpac-registry quarantine`` and ``advisory``: recalls, signed on this machine."""

from pathlib import Path

import click

from ._acting import acting, as_option, json_option, key_option, opened, print_json, signer

__all__ = ["advisory", "quarantine"]

_ATTEMPTS = 5  # ids that others took while this one was signed


@click.command()
@click.argument("project")
@click.argument("versions", nargs=-1, required=True)
@click.option(
    "--severity",
    type=click.Choice(["low", "medium", "high", "critical"]),
    required=True,
    help="How bad it is.",
)
@click.option("--summary", required=True, metavar="TEXT", help="What is wrong, in one sentence.")
@click.option("--remedy", required=True, metavar="TEXT", help="What those who run it do now.")
@key_option
@as_option
@json_option
@click.pass_context
def quarantine(  # noqa: PLR0913 - the options of one act
    ctx: click.Context,
    project: str,
    versions: tuple[str, ...],
    severity: str,
    summary: str,
    remedy: str,
    key_file: Path,
    login: str,
    *,
    as_json: bool,
) -> None:
    """Recall versions: sign an advisory here, publish it, withhold the files. One coordinator is enough."""
    from rpa_commons.conformance import sign
    from rpa_registry import curation
    from rpa_registry.errors import ConflictError

    key = signer(key_file)
    with acting(ctx, login) as (registry, identity):
        for attempt in range(_ATTEMPTS):
            draft = curation.draft_advisory(
                registry, project, versions, severity=severity, summary=summary, remedy=remedy
            )
            try:
                done = curation.quarantine(registry, identity, draft, sign(key, draft))
                break
            except ConflictError as error:
                if "is taken" not in error.message or attempt == _ATTEMPTS - 1:
                    raise
    if as_json:
        print_json(done)
        return
    click.echo(f"{done['advisory']}: quarantined {', '.join(done['quarantined'])}")
    click.echo("  the files are withheld; those who run it are told and pause at their next check")


@click.group()
def advisory() -> None:
    """Signed advisories: list them, take one back."""


@advisory.command("list")
@click.argument("project", default="")
@json_option
@click.pass_context
def list_(ctx: click.Context, project: str, *, as_json: bool) -> None:
    """Every advisory, newest first, or those of PROJECT."""
    from rpa_registry.curation import advisories_of

    with opened(ctx) as registry, registry.database.read() as connection:
        found = advisories_of(connection, project)
    if as_json:
        print_json({"advisories": found})
        return
    for one in found:
        signed = one["signed"]
        state = f"withdrawn {signed['withdrawn']}" if signed["withdrawn"] else signed["severity"]
        what = f"{signed['project']} {', '.join(signed['versions'])}"
        click.echo(f"{signed['id']}  {state}  {what}  by {one['person']}: {signed['summary']}")
    if not found:
        click.echo("no advisory", err=True)


@advisory.command("withdraw")
@click.argument("identifier", metavar="ID")
@key_option
@as_option
@json_option
@click.pass_context
def withdraw_(ctx: click.Context, identifier: str, key_file: Path, login: str, *, as_json: bool) -> None:
    """Take an advisory back, after its versions were released from quarantine."""
    from rpa_commons.conformance import sign
    from rpa_registry.curation import draft_withdrawal, withdraw_advisory

    key = signer(key_file)
    with acting(ctx, login) as (registry, identity):
        draft = draft_withdrawal(registry, identifier)
        done = withdraw_advisory(registry, identity, draft, sign(key, draft))
    if as_json:
        print_json(done)
        return
    click.echo(f"{done['advisory']}: withdrawn {done['withdrawn']}")
