"""Where rows stand is no part of what a table says: digests, locks and confirmations outlive a moved line."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from rpa_commons.config import Finding, confirm, show_table, unconfirmed, value_without_places
from rpa_commons.config.instances._confirm import awaiting
from rpa_commons.config.schema._schema import SchemaView
from rpa_commons.environments import instance_records, read_lock
from rpa_commons.sdk import BotSettings, Column, Field, Table, table

if TYPE_CHECKING:
    from tests.unit.config.conftest import Town

FEES = "tables/welcome-letters/fees.csv"
HEAD = "income;fee;note\n"
HEAD_OF_INSTANCE = 'bot = "welcome-letters"\nid = "0b6f0c1e-2c9c-4c0e-9f3d-6d1f1e8f9a10"\n'
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
_COLUMNS = (
    Column.input("income", "money", unit="DKK", match="range", lowest=0, description="Yearly income."),
    Column.output("fee", "money", unit="DKK", description="Fee a month."),
)


class Settings(BotSettings):
    """A contact and a table with money behind it."""

    contact: str = Field(description="Who is asked.")
    fees: Table = table(*_COLUMNS, description="Fee by income.", sensitive=True)


class First(BotSettings):
    """The same, but the first row counts."""

    contact: str = Field(description="Who is asked.")
    fees: Table = table(*_COLUMNS, description="Fee by income.", sensitive=True, hit_policy="first")


@pytest.fixture
def town(town: "Town") -> "Town":
    """The town of the configuration tests, with a bot that takes a table."""
    use(town, Settings)
    return town


def use(town: "Town", settings: type[BotSettings]) -> None:
    """Give the bot other settings."""
    town.manifest = town.manifest.model_copy(update={"settings_schema": settings.model_json_schema()})


def waiting(town: "Town") -> list[str]:
    """The keys that production may not use yet."""
    instance = town.resolve()
    return [
        one.key for one in awaiting(town.open("production"), instance.name, instance.id, instance.sections)
    ]


def confirmed_by_two(town: "Town") -> None:
    """Put two persons behind every value."""
    for person in ("Asta", "Bo"):
        instance, municipality = town.resolve(), town.open("production")
        items = awaiting(municipality, instance.name, instance.id, instance.sections)
        confirm(municipality, items, person=person, now=NOW)


def _row(income: str, fee: str, line: int, **more: str) -> dict[str, Any]:
    return {"when": {"income": income}, "then": {"fee": fee}, "row": f"{FEES}:{line}", **more}


def _view(settings: type[BotSettings]) -> SchemaView:
    schema = {"type": "object", "properties": {"settings": settings.model_json_schema()}}
    return SchemaView(schema)


def test_rows_are_compared_without_places_and_notes() -> None:
    """Only conditions, days and answers are what a row says."""
    rows = [_row("*", "1", 2, note="§ 4")]

    assert [{"when": {"income": "*"}, "then": {"fee": "1"}}] == value_without_places(
        _view(Settings), ("settings", "fees"), rows
    )
    assert FEES in rows[0]["row"]


def test_the_order_counts_where_the_first_row_does() -> None:
    """For unique rows it does not."""
    one, two = _row("0..1", "1", 2), _row("2..3", "2", 3)
    path = ("settings", "fees")
    unique, first = _view(Settings), _view(First)

    assert value_without_places(unique, path, [one, two]) == value_without_places(unique, path, [two, one])
    assert value_without_places(first, path, [one, two]) != value_without_places(first, path, [two, one])


@pytest.mark.parametrize("value", ["text", 5, None, ["row"], {"row": "x"}, [{"row": "kept", "note": "kept"}]])
def test_any_other_value_is_itself(value: Any) -> None:
    """A list of a setting that is no table keeps every key, whatever it is called."""
    assert value is value_without_places(_view(Settings), ("settings", "contact"), value)


def test_a_confirmed_table_stays_confirmed_when_its_lines_move(town: "Town") -> None:
    """A comment above, another order, a note: the second person is not asked again."""
    town.write(FEES, HEAD + "0..100;5;\n> 100;9;\n")
    assert ["fees"] == waiting(town)
    confirmed_by_two(town)
    assert [] == waiting(town)

    town.write(FEES, "# Decided in December.\n" + HEAD + "> 100;9;§ 4\n0..100;5;\n")
    assert [] == waiting(town)
    assert () == unconfirmed(town.resolve(), town.open("production"))


def test_a_confirmed_table_with_another_answer_is_not(town: "Town") -> None:
    """One fee changed on its line: production waits."""
    town.write(FEES, HEAD + "0..100;5;\n> 100;9;\n")
    confirmed_by_two(town)
    town.write(FEES, HEAD + "0..100;5;\n> 100;90;\n")

    assert ["fees"] == waiting(town)


def test_under_first_another_order_is_another_table(town: "Town") -> None:
    """What the first row decides, nobody has confirmed."""
    use(town, First)
    town.write(FEES, HEAD + "0..100;5;\n50..200;7;\n*;9;\n")
    confirmed_by_two(town)
    town.write(FEES, HEAD + "50..200;7;\n0..100;5;\n*;9;\n")

    assert ["fees"] == waiting(town)


def _locked(town: "Town", own: str) -> list[str]:
    town.write(
        "../baseline/policies.toml",
        '[[policy]]\nkey = "fees"\nlocked = true\nwhy = "The board decides."\nowner = "DIGIT"\n',
    )
    town.write("../baseline/" + FEES, HEAD + "0..100;5;\n(100..200];7;\n> 200;9;\n")
    town.write(FEES, HEAD + own)
    return [one.code for one in town.examine().findings]


@pytest.mark.parametrize("own", ["0..100;5;\n", "> 200;9;as ever\n0..100;5;\n", ""])
def test_a_locked_table_may_be_said_again_in_part(town: "Town", own: str) -> None:
    """Rows that the cooperation has already change nothing, in whatever order."""
    assert [] == _locked(town, own)


@pytest.mark.parametrize("own", ["0..100;6;\n", "300;9;\n"])
def test_a_locked_table_takes_no_other_row(town: "Town", own: str) -> None:
    """Another answer, or a row more."""
    assert "E301" in _locked(town, own)


class Plain(BotSettings):
    """No table at all."""

    contact: str = Field(description="Who is asked.")


@pytest.mark.parametrize(
    "folder",
    ["", "environments/test/", "../baseline/"],
)
def test_a_table_of_a_bot_that_takes_none_is_said(town: "Town", folder: str) -> None:
    """Nothing reads it, in whichever layer it stands."""
    use(town, Plain)
    town.write(f"{folder}{FEES}", HEAD)
    finding: Finding = town.finding()

    assert ("E101", "fees.csv") == (finding.code, finding.file and finding.file.name)
    assert "the bot has no decision table fees" in finding.message
    assert "the bot has no decision table" == finding.help


def test_a_table_of_a_profile_for_a_bot_that_takes_none_is_said(town: "Town") -> None:
    """Profiles are layers too; one that nobody chose is not looked at."""
    use(town, Plain)
    town.write(f"../baseline/profiles/kombit/{FEES}", HEAD)
    assert () == town.examine().findings

    town.write("stack.toml", 'profiles = ["kombit"]\n' + (town.folder / "stack.toml").read_text())
    assert "E101" == town.finding().code


def test_another_bots_tables_are_not_this_bots_matter(town: "Town") -> None:
    """A folder of another name is nobody's finding here."""
    use(town, Plain)
    town.write("tables/other-bot/fees.csv", HEAD)

    assert () == town.examine().findings


class Rated(BotSettings):
    """Nothing that a municipality must say."""

    limit: int = Field(3, description="Limit.", unit="cases")
    fees: Table = table(
        Column.output("fee", "money", unit="DKK", description="Fee."),
        description="Fee.",
        rows=({"fee": 5},),
    )


def test_an_instance_that_says_nothing_has_the_bots_own_values(town: "Town") -> None:
    """Without ``[settings]`` the author's defaults hold, rows of a table too."""
    use(town, Rated)
    town.write("bots/welcome-letters.toml", HEAD_OF_INSTANCE)
    instance = town.resolve()

    assert 3 == instance.settings["limit"]
    assert ["bot default, row 1"] == [row["row"] for row in instance.settings["fees"]]
    assert [3] == [one.value for one in instance.explain("limit")]


def test_a_policy_binds_a_default_also_where_nobody_begins_the_settings(town: "Town") -> None:
    """The bound is not lost with the table."""
    use(town, Rated)
    town.write("bots/welcome-letters.toml", HEAD_OF_INSTANCE)
    town.write(
        "../baseline/policies.toml", '[[policy]]\nkey = "limit"\nmax = 2\nwhy = "W."\nowner = "DIGIT"\n'
    )

    assert "E302" in [one.code for one in town.examine().findings]


def test_the_lock_keeps_the_digest_of_a_table_whose_lines_moved(town: "Town") -> None:
    """A comment above the rows is no change; a fee is."""

    def digest() -> str:
        manifests = {"welcome-letters": town.manifest}
        [record] = instance_records(town.folder, manifests, read_lock(town.folder))
        return next(leaf.digest for leaf in record.leaf if leaf.key == "fees")

    town.write(FEES, HEAD + "0..100;5;\n> 100;9;\n")
    before = digest()
    town.write(FEES, "# Decided in December.\n" + HEAD + "> 100;9;§ 4\n0..100;5;\n")
    assert before == digest()

    town.write(FEES, HEAD + "0..100;5;\n> 100;90;\n")
    assert before != digest()


class Secretive(BotSettings):
    """A table that may not be shown."""

    contact: str = Field(description="Who is asked.")

    class Inner(BotSettings):
        """Personal settings."""

        fees: Table = table(*_COLUMNS, description="Fee by income.")

    inner: Inner = Field(Inner(), description="Inner.", personal=True)


def test_notes_of_a_personal_table_are_hidden_too(town: "Town") -> None:
    """A note may say whose case it was."""
    use(town, Secretive)
    town.write("tables/welcome-letters/inner.fees.csv", HEAD + ">= 0;5;Jens asked\n")
    shown = show_table(town.examine(), "inner.fees", NOW.date())

    assert ["…"] == [row.note for row in shown.rows]
    assert "Jens" not in repr(shown)


def test_a_note_obeys_no_terminal(town: "Town") -> None:
    """Signs that a terminal would obey are shown as escapes, lines as one."""
    town.write(FEES, HEAD + '>= 0;5;"two\nlines \u202eback"\n')
    [row] = show_table(town.examine(), "fees", NOW.date()).rows

    assert r"two lines \u202eback" == row.note
