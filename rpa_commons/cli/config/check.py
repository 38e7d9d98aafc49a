"""``rpac config check``: everything that is wrong, at once."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ._shared import FINDINGS, connectors, error_text, manifest_of, options

if TYPE_CHECKING:
    from rpa_commons.config import Checked, MunicipalityFolder

__all__ = ["check"]


@click.command()
@click.argument("instances", nargs=-1, metavar="[INSTANCE]...")
@options
@click.pass_obj
def check(
    folder: Path,
    instances: tuple[str, ...],
    environment: str | None,
    overrides: tuple[str, ...],
    as_json: bool,  # noqa: FBT001 - click passes it by name
) -> int:
    """Check every bot instance (or the given ones) against its bot and its connectors, and its letters.

    Ends with 1 when something is wrong, with 4 when only secrets are missing. Secrets in a key store are not
    asked for: it may want a person.
    """
    from rpa_commons.cli._letters import with_letters
    from rpa_commons.config import check_municipality, open_municipality

    municipality = open_municipality(folder, environment=environment)
    checked = check_municipality(
        municipality,
        manifest_of(municipality),
        connectors=connectors(),
        names=instances,
        overrides=overrides,
    )
    checked = with_letters(checked, municipality, instances)
    if as_json:
        click.echo(json.dumps(_checked_json(checked, municipality), indent=2, ensure_ascii=False))
    else:
        click.echo(_checked_text(checked, municipality))
    return _exit_code(checked)


def _exit_code(checked: "Checked") -> int:
    from rpa_commons.config import config_error

    if checked.errors:
        return max(error.exit_code for error in checked.errors.values()) if not checked.findings else FINDINGS
    return config_error(checked.findings).exit_code if checked.findings else 0


def _checked_json(checked: "Checked", municipality: "MunicipalityFolder") -> dict[str, Any]:
    return {
        "municipality": municipality.code,
        "environment": municipality.environment,
        "instances": list(checked.instances),
        "findings": [finding.to_json() for finding in checked.findings],
        "errors": {
            name: {"message": error.message, "help": error.remedy} for name, error in checked.errors.items()
        },
    }


def _checked_text(checked: "Checked", municipality: "MunicipalityFolder") -> str:
    parts = [finding.render() for finding in checked.findings]
    parts += [error_text(name, error) for name, error in checked.errors.items()]
    count = len(checked.instances)
    subject = f"{count} bot instance{'' if count == 1 else 's'} of {municipality.name}"
    where = f"environment {municipality.environment}"
    wrong = len(checked.findings) + len(checked.errors)
    if not count and not wrong:
        parts.append(f"{municipality.name} has no bot instance yet: each is a file bots/NAME.toml")
    elif wrong:
        parts.append(f"{subject} ({where}): {wrong} finding{'' if wrong == 1 else 's'}")
    else:
        parts.append(f"{subject} ({where}): nothing wrong")
    return "\n\n".join(parts)
