"""``rpac publish``: a wheel, or a project that is built first, goes to the cooperation's registry."""

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ._options import uv_options
from ._registry import registry_option

if TYPE_CHECKING:
    from rpa_commons.registry_client import Published

__all__ = ["publish"]


@click.command()
@click.argument("what", metavar="WHEEL|PROJECT|NAME==VERSION")
@click.option("--submit", is_flag=True, help="Hand it in for review at once.")
@click.option(
    "--release",
    "is_release",
    is_flag=True,
    help="Put NAME==VERSION of your municipality, which was reviewed, into the channel all.",
)
@registry_option
@uv_options
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
@click.pass_obj
def publish(
    directory: Path,
    what: str,
    url: str,
    find_links: tuple[Path, ...],
    *,
    submit: bool,
    is_release: bool,
    offline: bool,
    as_json: bool,
) -> int:
    """Check a wheel by the registry's rules and upload it; a PROJECT's folder is built first.

    The token is read from RPAC_REGISTRY_TOKEN, or from the system's key store. What is uploaded is staged;
    --submit hands it in; after the review your municipality puts it into the channel all by --release.
    Nobody installs it before that, and by default not before it is certified.
    """
    from rpa_commons.registry_client import publish as upload
    from rpa_commons.registry_client import registry_token
    from rpa_commons.registry_client import release as put_out

    from ._registry import asked_of, tell

    if is_release and submit:
        raise click.UsageError("--submit comes before the review, --release after it")
    wheel, (name, version) = Path(what), ("", "")
    if is_release:
        name, version = _named(what)
    elif not wheel.exists():
        raise click.UsageError(f"there is no file or folder {what}")
    registry = asked_of(directory, url, baseline=False).registry
    token = registry_token(registry.home)  # before a build that takes a minute
    if is_release:
        done = put_out(registry, name, version, token)
    else:
        if wheel.is_dir():
            from rpa_commons.environments import build_wheel

            wheel = build_wheel(wheel, wheel / "dist", progress=tell, find_links=find_links, offline=offline)
        done = upload(registry, wheel, token, submit=submit)
    _tell(done, registry.home, as_json=as_json)
    return 0


def _named(what: str) -> tuple[str, str]:
    """Name and version of what is released.

    Raises:
        UsageError: one of them is missing.
    """
    from rpa_commons.registry_client import is_file_wish, parse_wanted

    if is_file_wish(what) or "==" not in what:
        raise click.UsageError(
            "--release takes NAME==VERSION of what is in review, e.g. welcome-letters==1.0.0"
        )
    wanted = parse_wanted(what)
    return wanted.name, wanted.version


def _tell(done: "Published", home: str, *, as_json: bool) -> None:
    if as_json:
        document = {
            "project": done.project,
            "version": done.version,
            "sha256": done.sha256 or None,
            "state": done.state or None,
            "next": list(done.following),
        }
        click.echo(json.dumps(document, ensure_ascii=False))
        return
    state = f", {done.state.replace('_', ' ')}" if done.state else ""
    click.echo(f"{done.project} {done.version} is in {home}{state}")
    if done.sha256:
        click.echo(f"  sha256 {done.sha256}")
    for one in done.following:
        click.echo(f"  next: {one}")
