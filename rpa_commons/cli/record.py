"""``rpac record``: the GDPR article 30 row of one bot instance."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from rpa_commons.config import MunicipalityFolder, ResolvedInstance
    from rpa_commons.manifest import ProcessingRecord

__all__ = ["record"]

_LABELS = {
    "controller": "Controller",
    "activity": "Processing activity",
    "owner": "Owner",
    "environment": "Environment",
    "purpose": "Purpose",
    "legal_basis": "Legal basis",
    "kle": "KLE",
    "person_categories": "Categories of persons",
    "data_categories": "Categories of data",
    "sources": "Sources",
    "recipients": "Recipients",
    "retention": "Retention",
    "decisions": "Decisions",
    "ai": "AI",
    "systems": "Systems",
    "bot": "Bot",
}
_WIDTH = 24  # columns of the labels


@click.command()
@click.argument("instance")
@click.option("-E", "--environment", help="The environment whose stack counts; default: municipality.toml's.")
@click.option("--json", "as_json", is_flag=True, help="Print the row as JSON.")
@click.pass_obj
def record(directory: Path, instance: str, environment: str | None, *, as_json: bool) -> None:
    """Print what the record of processing activities (GDPR article 30) says about INSTANCE."""
    import json

    from rpa_commons.config import open_municipality, resolve_instance
    from rpa_commons.environments import connectors_of, locked

    municipality = open_municipality(directory, environment=environment)
    resolved = resolve_instance(
        municipality,
        instance,
        lambda bot: locked(municipality, bot).manifest,
        connectors=connectors_of(municipality),
    )
    if resolved.manifest.record is None:
        raise click.ClickException(
            f"{resolved.bot} {resolved.manifest.version} carries no record of processing"
        )
    row = _row(municipality, resolved, resolved.manifest.record)
    if as_json:
        click.echo(json.dumps(row, ensure_ascii=False, indent=2))
        return
    for key, label in _LABELS.items():
        first, *more = _lines(key, row[key])
        click.echo(f"{label + ':':<{_WIDTH}}{first}")
        for line in more:
            click.echo(f"{'':<{_WIDTH}}{line}")


def _row(
    municipality: "MunicipalityFolder", resolved: "ResolvedInstance", record: "ProcessingRecord"
) -> dict[str, Any]:
    return {
        "controller": {"name": municipality.name, "code": municipality.code, "cvr": municipality.cvr},
        "activity": resolved.name,
        "instance_id": resolved.id,
        "owner": resolved.owner or "",
        "environment": municipality.environment,
        "purpose": record.purpose,
        "legal_basis": list(record.legal_basis),
        "kle": list(record.kle),
        "person_categories": list(record.person_categories),
        "data_categories": list(record.data_categories),
        "sources": list(record.sources),
        "recipients": list(record.recipients),
        "retention": record.retention,
        "decisions": {"kind": record.decisions.kind, "paragraph": record.decisions.paragraph},
        "ai": record.ai.role,
        "systems": [
            {"capability": name, "connector": binding.connector}
            for name, binding in sorted(resolved.bindings.items())
        ],
        "bot": {"name": resolved.bot, "version": resolved.manifest.version},
    }


def _lines(key: str, value: Any) -> list[str]:  # noqa: ANN401 - a row holds texts, lists of texts and small tables
    if key == "controller":
        return [f"{value['name']} ({value['code']}), CVR {value['cvr']}"]
    if key == "bot":
        return [f"{value['name']} {value['version']}"]
    if key == "decisions":
        return [value["kind"], *filter(None, [value["paragraph"]])]
    if key == "systems":
        return [f"{one['capability']}: {one['connector']}" for one in value] or ["none"]
    if isinstance(value, list):
        return value or ["none"]
    return [value or "not stated"]
