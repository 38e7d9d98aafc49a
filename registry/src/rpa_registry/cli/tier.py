"""``rpac-registry tier`` and ``exempt``: how good a bot is, by rules."""

import click

from ._acting import acting, as_option, json_option, opened, print_json, reason_option

__all__ = ["exempt", "tier"]


@click.command()
@click.argument("project")
@click.argument("version")
@json_option
@click.pass_context
def tier(ctx: click.Context, project: str, version: str, *, as_json: bool) -> None:
    """The tier of PROJECT VERSION and each rule: done, exempt with the reason, or to do."""
    from rpa_registry.curation import tier_of

    with opened(ctx) as registry:
        found = tier_of(registry, project, version)
    if as_json:
        print_json(found.to_json())
        return
    click.echo(f"{project} {version}: {found.tier}")
    for one in found.rules:
        who = f" ({one.person})" if one.person else ""
        why = f": {one.reason}{who}" if one.reason else ""
        click.echo(f"  {one.rule.tier:<8}  {one.status:<6}  {one.rule.id}{why}")


@click.command()
@click.argument("project")
@click.argument("rule")
@click.option("--end", is_flag=True, help="Let the rule count again.")
@reason_option(required=True)
@as_option
@json_option
@click.pass_context
def exempt(
    ctx: click.Context, project: str, rule: str, reason: str, login: str, *, end: bool, as_json: bool
) -> None:
    """Let a quality RULE not count for PROJECT; for coordinators of other municipalities."""
    from rpa_registry import curation

    change = curation.withdraw_exemption if end else curation.exempt
    with acting(ctx, login) as (registry, identity):
        done = change(registry, identity, project, rule, reason=reason)
    if as_json:
        print_json(done)
        return
    click.echo(f"{done['project']}: {'no longer exempt' if end else 'exempt'} from {rule}")
