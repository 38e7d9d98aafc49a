"""A bot with a table can be built, and its worker reads the rows that the host resolved."""

from rpa_commons.environments._settings_schema import settings_schema
from rpa_commons.runtime._job import InstanceEntry, Job, MunicipalityEntry
from rpa_commons.sdk import BotSettings, Column, Table, table


class Settings(BotSettings):
    """One table."""

    fees: Table = table(
        Column.input("income", "money", unit="DKK", match="band", lowest=0, description="Income."),
        Column.output("fee", "money", unit="DKK", description="Fee."),
        description="Fees.",
    )


def test_the_build_has_nothing_to_say_about_a_described_table() -> None:
    """Columns are no settings: they need no description and unit a second time."""
    schema, problems = settings_schema(Settings)

    assert [] == problems
    assert "table" in schema["properties"]["fees"]


def test_a_job_carries_the_rows() -> None:
    """As JSON to the worker, which asks them."""
    rows = [{"when": {"income": "0"}, "then": {"fee": "12.50"}, "row": "tables/fees.csv:2"}]
    job = Job(
        mode="run",
        municipality=MunicipalityEntry(code="0265", name="Roskilde"),
        folder="roskilde",
        state_dir="state",
        environment="test",
        instance=InstanceEntry(name="a", id="b", bot="c", bot_version="1"),
        settings={"fees": rows},
    )
    again = Job.model_validate_json(job.model_dump_json())
    settings = Settings.model_validate(again.settings)

    assert "tables/fees.csv:2" == settings.fees.lookup(income=5).origin
