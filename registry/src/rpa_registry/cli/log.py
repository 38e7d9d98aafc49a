"""``rpac-registry log``: who did what, and whether the chain holds."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ._acting import json_option, opened, print_json

if TYPE_CHECKING:
    from rpa_registry.log import Entry, LogCheck

__all__ = ["log"]

_FINDINGS = 1
_STATES = ("in_review",)  # words of the log that people read otherwise


@click.command()
@click.argument("file", required=False, type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--verify", "verifying", is_flag=True, help="Check every number, link and hash.")
@click.option("--head", default="", metavar="HASH", help="With --verify: a hash that you noted earlier.")
@click.option("--after", default=0, metavar="NUMBER", help="Only entries with a higher number.")
@click.option("--limit", default=0, metavar="COUNT", help="At most so many; 0: all.")
@click.option("--subject", default="", metavar="PROJECT", help="Only of this project.")
@json_option
@click.pass_context
def log(
    ctx: click.Context,
    file: Path | None,
    head: str,
    after: int,
    limit: int,
    subject: str,
    *,
    verifying: bool,
    as_json: bool,
) -> int:
    """The log of acts, oldest first. With --verify and a FILE that `log --json` wrote, no registry is needed.

    Ends with 1 when the chain does not hold.
    """
    if file is not None and not verifying:
        raise click.UsageError("a FILE is for --verify; without one the registry's own log is read")
    if verifying:
        return _verify(ctx, file, head, as_json=as_json)
    if as_json and not (after or limit or subject):
        from rpa_registry.operations import log_document

        with opened(ctx) as registry, registry.database.read() as connection:
            print_json(log_document(connection))
        return 0
    found = _entries(ctx, after, limit, subject)
    if as_json:
        print_json({"entries": [one.to_json() for one in found]})
        return 0
    for one in found:
        click.echo(_line(one))
    return 0


def _entries(ctx: click.Context, after: int, limit: int, subject: str) -> "list[Entry]":
    from rpa_registry.log import entries

    found: list[Entry] = []
    with opened(ctx) as registry, registry.database.read() as connection:
        while not limit or len(found) < limit:
            wanted = min(500, limit - len(found)) if limit else 500
            batch = entries(connection, after=after, limit=wanted, subject=subject)
            if not batch:
                break
            found += batch
            after = batch[-1].seq
    return found


def _line(one: "Entry") -> str:
    shown = ("signature", "reason", "use", "rule", "advisory", "to")
    details = "  ".join(f"{key}: {_words(one.details[key])}" for key in shown if one.details.get(key))
    who = f"{one.actor} ({one.member})" if one.member else one.actor
    if one.member and one.details.get("via") == "command line":
        who += " (command line)"  # the operator did it for them: --as
    return f"{one.seq:>5}  {one.at}  {who}  {one.act.replace('_', ' ')}  {one.subject}  {details}".rstrip()


def _words(value: Any) -> str:  # noqa: ANN401 - any JSON value
    return str(value).replace("_", " ") if value in _STATES else str(value)


def _verify(ctx: click.Context, file: Path | None, head: str, *, as_json: bool) -> int:
    from rpa_registry.operations import check_log_document, log_document, read_log_file

    if file is None:
        with opened(ctx) as registry, registry.database.read() as connection:
            document: Any = log_document(connection)
    else:
        document = read_log_file(file)
    found = check_log_document(document, head=head)
    if as_json:
        print_json({"count": found.count, "head": found.head, "problems": list(found.problems)})
    else:
        click.echo(_verdict(found))
    return _FINDINGS if found.problems else 0


def _verdict(found: "LogCheck") -> str:
    if found.problems:
        return "\n".join([f"the chain does not hold, {found.count} entries read", *found.problems])
    return f"the chain holds: {found.count} entries\nhead {found.head}"
