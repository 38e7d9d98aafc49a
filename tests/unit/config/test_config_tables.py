"""Decision tables as configuration: files of every layer, combined, checked, placed."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from rpa_commons.config import Finding, check_municipality, examine_instance
from rpa_commons.config.table_files import stray_table_folders
from rpa_commons.sdk import BotSettings, Column, Field, Table, table

FEES = "tables/welcome-letters/fees.csv"
HEAD = "from;income;fee\n"
GOOD = HEAD + "2020-01-01;0;0\n2020-01-01;500;12,50\n"
_COLUMNS = (
    Column.valid_from(),
    Column.input("income", "money", unit="DKK", match="band", lowest=0, description="Yearly income."),
    Column.output("fee", "money", unit="DKK", description="Fee a month."),
)


class Prices(BotSettings):
    """Settings inside settings."""

    levies: Table = table(
        Column.output("levy", "money", unit="DKK", description="Levy."),
        description="One levy.",
        rows=({"levy": 5},),
    )


class Settings(BotSettings):
    """A contact and two tables."""

    contact: str = Field(description="Who is asked.")
    fees: Table = table(*_COLUMNS, description="Fee by income.", sensitive=True)
    prices: Prices = Field(Prices(), description="Prices.")


class First(BotSettings):
    """A table in which the first row counts."""

    contact: str = Field(description="Who is asked.")
    routes: Table = table(
        Column.input("code", "code", length=4, description="Postal code."),
        Column.output("team", "text", description="Team."),
        description="Who takes the case.",
        hit_policy="first",
    )


class Hidden(BotSettings):
    """A table that may not be shown."""

    contact: str = Field(description="Who is asked.")

    class Inner(BotSettings):
        """Personal settings."""

        fees: Table = table(*_COLUMNS, description="Fee by income.")

    inner: Inner = Field(Inner(), description="Inner.", personal=True)


@pytest.fixture
def town(town: Any) -> Any:
    """The town of the configuration tests, with a bot that takes tables."""
    use(town, Settings)
    town.write(FEES, GOOD)
    return town


def use(town: Any, settings: type[BotSettings]) -> None:
    """Give the bot other settings."""
    town.manifest = town.manifest.model_copy(update={"settings_schema": settings.model_json_schema()})


def fees(town: Any) -> list[tuple[str, str, str, str]]:
    """The rows that hold, as (from, income, fee, origin), by day and income."""
    rows = town.resolve().settings["fees"]
    found = [(row["from"], row["when"]["income"], row["then"]["fee"], row["row"]) for row in rows]
    return sorted(found, key=lambda row: (row[0], float(row[1])))


def brief(findings: tuple[Finding, ...]) -> list[tuple[str, str, str, int | None]]:
    """Code, key, file name, line."""
    return [(one.code, one.key, one.file.name if one.file else "", one.line) for one in findings]


def test_rows_come_from_a_file_named_after_the_field(town: Any) -> None:
    """Each row says where it stands; the resolved settings are what the bot reads."""
    settings = Settings.model_validate(town.resolve().settings)
    row = settings.fees.lookup(on=date(2026, 5, 1), income=600)

    assert ("12.50", f"{FEES}:3") == (str(row.fee), row.origin)
    assert "tables/welcome-letters/fees.csv" in town.resolve().origin("fees").text


def test_a_baseline_adds_rows_for_everyone(town: Any) -> None:
    """New rates of a new year arrive in the baseline; the municipality's own rows of the old year stay."""
    town.write("../baseline/" + FEES, HEAD + "2020-01-01;0;7\n2021-01-01;0;1\n2021-01-01;520;13\n")

    assert [
        ("2020-01-01", "0", "0", f"{FEES}:2"),
        ("2020-01-01", "500", "12.50", f"{FEES}:3"),
        ("2021-01-01", "0", "1", f"../baseline/{FEES}:3"),
        ("2021-01-01", "520", "13", f"../baseline/{FEES}:4"),
    ] == fees(town)


def test_every_layer_adds_and_the_stronger_row_wins(town: Any) -> None:
    """Baseline, profile, municipality, instance, environment: the same conditions and day replace."""
    town.write("../baseline/" + FEES, HEAD + "2020-01-01;0;1\n")
    town.write("../baseline/profiles/kombit/" + FEES, HEAD + "2020-01-01;0;2\n2020-01-01;100;2\n")
    town.write("stack.toml", 'profiles = ["kombit"]\n' + (town.folder / "stack.toml").read_text())
    town.write(FEES, HEAD + "2020-01-01;100;3\n2020-01-01;200;3\n2020-01-01;300;3\n")
    town.write("environments/test/" + FEES, HEAD + "2020-01-01;300,00;4\n")

    assert [("0", "2"), ("100", "3"), ("200", "3"), ("300", "4")] == [row[1:3] for row in fees(town)]


def test_an_instance_may_have_rows_of_its_own(town: Any) -> None:
    """A folder named after the instance stands above the one named after its bot."""
    town.write(
        "bots/small.toml", (town.folder / "bots/welcome-letters.toml").read_text().replace("0b6f", "1b6f")
    )
    town.write("tables/small/fees.csv", HEAD + "2020-01-01;500;99\n")
    settings = town.resolve(name="small").settings["fees"]

    assert ["99", "0"] == [row["then"]["fee"] for row in settings]
    assert ["0", "12.50"] == [row["then"]["fee"] for row in town.resolve().settings["fees"]]


def test_under_first_the_stronger_rows_stand_first(town: Any) -> None:
    """A municipality's exception precedes what the cooperation says of everybody."""
    use(town, First)
    (town.folder / FEES).unlink()
    town.write("../baseline/tables/welcome-letters/routes.csv", "code;team\n0265;A\n*;B\n")
    town.write("tables/welcome-letters/routes.csv", "code;team\n0999;C\n")
    rows = town.resolve().settings["routes"]

    assert [("0999", "C"), ("0265", "A"), ("*", "B")] == [
        (row["when"]["code"], row["then"]["team"]) for row in rows
    ]


def test_nested_fields_have_dotted_file_names(town: Any) -> None:
    """``prices.levies.toml`` is for ``prices.levies``; without it the bot's own rows hold."""
    assert "5" == town.resolve().settings["prices"]["levies"][0]["then"]["levy"]

    town.write("tables/welcome-letters/prices.levies.toml", "# one\n\n[[row]]\nlevy = 6.5\nnote = 'x'\n")
    [own, *_] = town.resolve().settings["prices"]["levies"]

    assert ("6.5", "tables/welcome-letters/prices.levies.toml:3") == (own["then"]["levy"], own["row"])


def test_a_row_without_conditions_replaces_the_bots_own(town: Any) -> None:
    """A table without inputs and days has one row: the strongest."""
    town.write("tables/welcome-letters/prices.levies.csv", "levy\n6\n")

    assert ["6"] == [row["then"]["levy"] for row in town.resolve().settings["prices"]["levies"]]


def test_findings_stand_in_the_line_of_their_row(town: Any) -> None:
    """Overlaps name both places, across layers too."""
    town.write("../baseline/" + FEES, HEAD + "2020-01-01;900;1\n2020-01-01;900,00;2\n")
    finding = town.finding()

    assert ("E803", "fees", 3) == (finding.code, finding.key, finding.line)
    assert "also ../baseline/tables/welcome-letters/fees.csv:2" in finding.message
    assert "2020-01-01;900,00;2" == finding.line_text


def test_a_gap_is_found_in_what_holds_together(town: Any) -> None:
    """The municipality's file alone has no row for 0; the baseline's has."""
    town.write(FEES, HEAD + "2020-01-01;500;12,50\n")
    assert ("E802", "no row covers income 0 to below 500 DKK") == (
        town.finding().code,
        town.finding().message,
    )

    town.write("../baseline/" + FEES, HEAD + "2020-01-01;0;0\n")
    assert 2 == len(fees(town))


def test_every_wrong_cell_of_every_file_is_found_and_no_gap_is_said_of_it(town: Any) -> None:
    """What could not be read is not called missing beside it."""
    town.write(FEES, HEAD + "2020-01-01;0;x\n31-12-2020;500;1\n")
    town.write("environments/test/" + FEES, "from;incom;fee\n")

    assert [
        ("E801", "fees", "fees.csv", 1),
        ("E801", "fees", "fees.csv", 2),
        ("E801", "fees", "fees.csv", 3),
    ] == brief(town.findings())


def test_no_table_at_all_says_how_to_begin(town: Any) -> None:
    """Neither the bot nor a layer has rows."""
    (town.folder / FEES).unlink()
    finding = town.finding()

    assert ("E802", "fees", "the table has no rows") == (finding.code, finding.key, finding.message)
    assert (
        "write tables/welcome-letters/fees.csv; `rpac config table template welcome-letters fees` begins it"
        == finding.help
    )


@pytest.mark.parametrize(
    ("name", "message", "remedy"),
    [
        ("fee.csv", "the bot has no decision table fee", "did you mean fees.csv?"),
        ("fee.examples.csv", "the bot has no decision table fee", "did you mean fees"),
        ("wholly-else.toml", "so nothing reads this file", "its tables are fees, prices.levies"),
        ("fees.xlsx", "a table is CSV or TOML", "save it as CSV UTF-8"),
        ("fees.txt", "a table is CSV or TOML", "save it as CSV UTF-8"),
        ("fees.yaml", "a table is CSV or TOML", "call it fees.csv or fees.toml"),
    ],
)
def test_a_file_that_nothing_reads_is_said(town: Any, name: str, message: str, remedy: str) -> None:
    """E101, with what was meant."""
    town.write(f"tables/welcome-letters/{name}", GOOD)
    finding = town.finding()

    assert "E101" == finding.code
    assert message in finding.message
    assert remedy in finding.help


def test_what_a_spreadsheet_leaves_behind_is_passed_over(town: Any) -> None:
    """Lock files and hidden files are nobody's table."""
    town.write("tables/welcome-letters/~$fees.xlsx", "x")
    town.write("tables/welcome-letters/.fees.csv.swp", "x")

    assert 2 == len(fees(town))


def test_two_files_for_one_field(town: Any) -> None:
    """CSV and TOML side by side: nobody could say which counts."""
    town.write("tables/welcome-letters/fees.toml", "")
    finding = town.finding()

    assert ("E801", "fees.csv stands beside it: one table has one file") == (finding.code, finding.message)


@pytest.mark.parametrize(
    ("content", "code", "said"),
    [
        ("from;income;fee\n2020-01-01;0;0;blåbær\n".encode("cp1252"), "E801", "not UTF-8"),
        ("from;income;fee\n".encode("utf-16"), "E801", "UTF-16"),
        (b"x" * (2 * 1024 * 1024), "E103", "a configuration file may have 1 MiB"),
    ],
)
def test_bytes_that_cannot_be_read(town: Any, content: bytes, code: str, said: str) -> None:
    """The remedy is what to choose in the spreadsheet."""
    town.write(FEES, content)
    finding = town.finding()

    assert (code, "fees") == (finding.code, finding.key)
    assert said in finding.message
    if code == "E801":
        assert "save it as CSV UTF-8" in finding.help


def test_a_byte_order_mark_and_windows_line_ends_are_fine(town: Any) -> None:
    """As Excel writes CSV UTF-8."""
    town.write(FEES, b"\xef\xbb\xbf" + GOOD.replace("\n", "\r\n").encode())

    assert [f"{FEES}:2", f"{FEES}:3"] == [row[3] for row in fees(town)]


def test_a_link_out_of_the_folder_is_refused(town: Any, tmp_path: Path) -> None:
    """A table stays inside its municipality."""
    outside = tmp_path / "elsewhere.csv"
    outside.write_text(GOOD)
    (town.folder / FEES).unlink()
    (town.folder / FEES).symlink_to(outside)

    assert ("E103", "leads out of its folder through a symbolic link") == (
        town.finding().code,
        town.finding().message,
    )


def test_a_folder_in_place_of_a_file(town: Any) -> None:
    """Said as such."""
    (town.folder / FEES).unlink()
    (town.folder / FEES).mkdir()

    assert ("E103", "is a folder where a file is expected") == (town.finding().code, town.finding().message)


def test_toml_that_is_none_and_keys_that_are_none(town: Any) -> None:
    """The finding stands in the file; unknown keys are named."""
    (town.folder / FEES).unlink()
    town.write("tables/welcome-letters/fees.toml", "[[row]\n")
    assert ("E104", "fees") == (town.finding().code, town.finding().key)

    town.write(
        "tables/welcome-letters/fees.toml", "version = 1\n[[row]]\nfrom = 2020-01-01\nincome = 0\nfee = 1\n"
    )
    assert ("E801", "unknown key version", 1) == (
        town.finding().code,
        town.finding().message,
        town.finding().line,
    )


def test_rows_in_the_settings_file_belong_into_a_file_of_their_own(town: Any) -> None:
    """A list of another shape is refused with the place to write it."""
    (town.folder / FEES).unlink()
    town.settings("fees = [{ income = 0 }]")
    finding = town.findings()[0]

    assert "E801" == finding.code
    assert "a decision table stands in a file of its own below tables/" == finding.help


def test_a_locked_table_takes_no_rows_of_a_municipality(town: Any) -> None:
    """The policy works as on any key; the very same rows are no other value."""
    town.write("../baseline/" + FEES, GOOD)
    town.write(
        "../baseline/policies.toml", '[[policy]]\nkey = "fees"\nlocked = true\nwhy = "law"\nowner = "KL"\n'
    )
    assert 2 == len(fees(town))

    town.write(FEES, GOOD + "2020-01-01;900;1\n")
    [finding] = [one for one in town.findings() if one.code == "E301"]
    assert ("fees", 4) == (finding.key, finding.line)
    assert f"the table is locked by the cooperation: {FEES}:4 changes it" == finding.message


def test_a_personal_table_shows_nothing(town: Any) -> None:
    """No value of a row in any finding."""
    use(town, Hidden)
    (town.folder / FEES).unlink()
    town.write("tables/welcome-letters/inner.fees.csv", HEAD + "2020-01-01;77;5\n")
    assert "77" not in town.finding().render()

    town.write("tables/welcome-letters/inner.fees.csv", HEAD + "2020-01-01;77x;5\n")
    assert "77" not in town.finding().render()


def test_folders_of_nobody(town: Any) -> None:
    """A misspelt folder would be passed over without a word."""
    town.write("tables/welcome-leters/fees.csv", GOOD)
    town.write("environments/test/tables/fees.csv", GOOD)
    found = list(stray_table_folders(town.open(), ("welcome-letters",)))

    assert [
        ("E101", "did you mean welcome-letters?"),
        ("E101", "put it into a folder named after the bot instance"),
    ] == [(one.code, one.help) for one in found]


def test_a_table_that_ends_soon_is_a_warning(town: Any) -> None:
    """The instance runs; the warning comes along."""
    columns = (_COLUMNS[0], Column.valid_until(), *_COLUMNS[1:])

    class Ending(BotSettings):
        """A table with last days."""

        contact: str = Field(description="Who is asked.")
        fees: Table = table(*columns, description="Fee by income.")

    use(town, Ending)
    town.write(FEES, "from;until;income;fee\n2020-01-01;2026-12-31;0;0\n")
    examination = examine_instance(
        town.open(), "welcome-letters", town.manifest_of, connectors=town.connectors, today=date(2026, 12, 1)
    )

    assert examination.instance is not None
    assert [("W801", "fees", "fees.csv", 2)] == brief(examination.findings)


def test_explain_names_every_layer(town: Any) -> None:
    """Rows of the baseline and of the municipality, each with its file."""
    town.write("../baseline/" + FEES, HEAD + "2021-01-01;0;1\n")
    [explained] = town.resolve().explain("fees")

    assert ["bot default", "baseline", "municipality"] == [one.layer for one in explained.candidates]


def test_a_check_runs_the_examples_too(town: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """A failing example is one of the check's findings; a run does not ask them."""
    monkeypatch.setenv("REGISTER_PASSWORD", "secret")
    town.write("tables/welcome-letters/fees.examples.csv", "on;income;fee\n2020-05-01;500;99\n")
    checked = check_municipality(town.open(), town.manifest_of, connectors=town.connectors)

    assert [("E805", "fees", "fees.examples.csv", 2)] == brief(checked.findings)
    assert 2 == len(fees(town))


def test_rows_of_two_layers_that_overlap_are_said_at_the_members_own(town: Any) -> None:
    """The line that the member can change, with the place of the other."""

    class Desks(BotSettings):
        """A table by range."""

        contact: str = Field(description="Who is asked.")
        fees: Table = table(
            Column.valid_from(),
            Column.input("code", "whole", unit="code", match="range", description="Code."),
            Column.output("desk", "text", description="Desk."),
            description="Desk by code.",
            complete=False,
        )

    use(town, Desks)
    town.write(FEES, "from;code;desk\n2020-01-01;1..5;A\n")
    town.write("../baseline/" + FEES, "from;code;desk\n2020-01-01;7;B\n2021-01-01;5..6;B\n")
    finding = town.finding()

    assert finding.render().startswith(f"roskilde/{FEES}:2: E803 fees: two rows answer for code 5")
    assert f"also ../baseline/{FEES}:3" in finding.message

    town.write("../baseline/" + FEES, "from;code;desk\n2021-01-01;7;B\n2021-01-01;1..5;B\n")
    assert 3 == len(town.resolve().settings["fees"])
