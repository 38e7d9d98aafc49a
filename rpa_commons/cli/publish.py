"""``rpac publish``: a wheel, or a project that is built first, goes to the cooperation's registry."""

import json
from pathlib import Path

import click

from ._options import uv_options
from ._registry import registry_option

__all__ = ["publish"]


@click.command()
@click.argument("what", type=click.Path(path_type=Path, exists=True), metavar="WHEEL|PROJECT")
@click.option("--submit", is_flag=True, help="Hand it in for review at once.")
@registry_option
@uv_options
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
@click.pass_obj
def publish(
    directory: Path,
    what: Path,
    url: str,
    find_links: tuple[Path, ...],
    *,
    submit: bool,
    offline: bool,
    as_json: bool,
) -> int:
    """Check a wheel by the registry's rules and upload it; a PROJECT's folder is built first.

    The token is read from RPAC_REGISTRY_TOKEN, or from the system's key store. What is uploaded is staged:
    nobody installs it before it is published and certified.
    """
    from rpa_commons.registry_client import publish as upload
    from rpa_commons.registry_client import registry_token

    from ._registry import asked_of, tell

    registry = asked_of(directory, url, baseline=False).registry
    token = registry_token(registry.home)  # before a build that takes a minute
    wheel = what
    if what.is_dir():
        from rpa_commons.environments import build_wheel

        wheel = build_wheel(what, what / "dist", progress=tell, find_links=find_links, offline=offline)
    done = upload(registry, wheel, token, submit=submit)
    if as_json:
        document = {
            "project": done.project,
            "version": done.version,
            "sha256": done.sha256,
            "state": done.state or None,
            "next": list(done.following),
        }
        click.echo(json.dumps(document, ensure_ascii=False))
        return 0
    state = f", {done.state.replace('_', ' ')}" if done.state else ""
    click.echo(f"{done.project} {done.version} is in {registry.home}{state}")
    click.echo(f"  sha256 {done.sha256}")
    for one in done.following:
        click.echo(f"  next: {one}")
    return 0
