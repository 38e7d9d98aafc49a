"""``rpac config table``, run as a person would in a municipality whose bot takes a table of fees."""

import importlib.util
import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from rpa_commons.cli._main import cli
from rpa_commons.sdk import BotSettings, Column, Field, Table, table

_SPEC = importlib.util.spec_from_file_location(
    "config_conftest", Path(__file__).parents[1] / "config" / "conftest.py"
)
assert _SPEC is not None
assert _SPEC.loader is not None
_CONFTEST: Any = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(_CONFTEST)

FEES = "tables/welcome-letters/fees.csv"
EXAMPLES = "tables/welcome-letters/fees.examples.csv"
GOOD = (
    "from;income;fee;note\n2020-01-01;500;12,50;§ 2\n2020-01-01;0;0;\n2021-01-01;0;1;\n2021-01-01;600;13;\n"
)


class Settings(BotSettings):
    """A contact and a table."""

    contact: str = Field(description="Who is asked.")
    fees: Table = table(
        Column.valid_from(),
        Column.input("income", "money", unit="DKK", match="band", lowest=0, description="Yearly income."),
        Column.output("fee", "money", unit="DKK", description="Fee a month."),
        description="Fee by income.",
    )


class Plain(BotSettings):
    """No table."""

    contact: str = Field(description="Who is asked.")


@pytest.fixture
def town(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A municipality whose fees are in order; its manifest and connectors come from the test."""
    monkeypatch.chdir(tmp_path)
    town = _CONFTEST.Town(tmp_path)
    town.manifest = _CONFTEST.a_manifest(settings_schema=Settings.model_json_schema())
    monkeypatch.setattr("rpa_commons.cli.config.table.manifest_of", lambda _: town.manifest_of)
    monkeypatch.setattr("rpa_commons.cli.config.table.connectors", lambda *_: town.connectors)
    monkeypatch.setenv("REGISTER_PASSWORD", "secret")
    town.write(FEES, GOOD)
    return town


def rpac(*words: str) -> Result:
    """Run ``rpac config table``."""
    return CliRunner().invoke(cli, ["-C", "roskilde", "config", "table", *words], standalone_mode=False)


def test_show_marks_the_rows_in_force_and_names_their_place(town: Any) -> None:
    """Rows come by day and case, whatever their order in the file."""
    result = rpac("show", "welcome-letters", "fees", "--on", "2020-11-22")

    assert result.output.splitlines() == [
        "fees: Fee by income.",
        "   from        income (DKK)  fee (DKK)  row                                note",
        "*  2020-01-01  0             0          tables/welcome-letters/fees.csv:3",
        "*  2020-01-01  500           12.50      tables/welcome-letters/fees.csv:2  § 2",
        "   2021-01-01  0             1          tables/welcome-letters/fees.csv:4",
        "   2021-01-01  600           13         tables/welcome-letters/fees.csv:5",
        "* in force on 2020-11-22",
    ]
    assert 0 == result.return_value


def test_show_as_json(town: Any) -> None:
    """A script gets each row's cells, place and whether it is in force."""
    shown = json.loads(rpac("show", "welcome-letters", "fees", "--on", "2021-02-01", "--json").output)

    assert "2021-02-01" == shown["on"]
    assert [False, False, True, True] == [row["in_force"] for row in shown["rows"]]
    assert {"from": "2021-01-01", "income": "600", "fee": "13"} == shown["rows"][3]["cells"]


def test_show_says_what_is_wrong_beside_the_rows(town: Any) -> None:
    """A gap is said on stderr; the rows there are are shown all the same."""
    town.write(FEES, "from;income;fee\n2020-01-01;500;12,50\n")
    result = rpac("show", "welcome-letters", "fees")

    assert "E802 fees: no row covers income 0 to below 500 DKK" in result.stderr
    assert "2020-01-01  500" in result.stdout
    assert 1 == result.return_value


def test_show_of_an_unknown_field_guesses(town: Any) -> None:
    """The nearest table is named; the command ends as a wrong use does."""
    result = rpac("show", "welcome-letters", "fee")

    assert result.exception is not None
    assert "did you mean fees?" == getattr(result.exception, "remedy", "")
    assert 2 == getattr(result.exception, "exit_code", 0)


def test_examples_that_hold_are_counted(town: Any) -> None:
    """Each line is a case with its day and its answer; a note is not compared."""
    town.write(EXAMPLES, "on;income;fee;note\n2020-05-01;499,99;0;\n2021-05-01;600;13;first day of a band\n")
    result = rpac("test", "welcome-letters", "fees")

    assert "welcome-letters: fees: 2 examples ran, all as expected\n" == result.output
    assert 0 == result.return_value


def test_an_example_that_fails_is_named_with_what_was_found(town: Any) -> None:
    """File and line of the example, both answers, and the row that answered."""
    town.write(EXAMPLES, "on;income;fee\n2020-05-01;499,99;0\n2020-05-01;500;0\n")
    result = rpac("test")

    assert f"roskilde/{EXAMPLES}:3: E805 fees: expected fee 0, found fee 12.50 ({FEES}:2)" in result.output
    assert "2 examples ran, 1 failed" in result.output
    assert 1 == result.return_value


def test_a_case_without_a_row_fails_its_example(town: Any) -> None:
    """A day before the first row is said as that."""
    town.write(EXAMPLES, "on;income;fee\n2019-05-01;1;0\n")
    result = rpac("test", "--json")

    [one] = json.loads(result.output)
    assert ["expected fee 0, found no row of the table fees is in force on 2019-05-01"] == [
        finding["message"] for finding in one["findings"]
    ]
    assert 1 == result.return_value


def test_a_table_without_examples_says_so(town: Any) -> None:
    """No examples is no failure, and is not silent."""
    result = rpac("test", "welcome-letters")

    assert (
        "welcome-letters: fees: no examples; keep some in fees.examples.csv beside the table\n"
        == result.output
    )
    assert 0 == result.return_value


def test_examples_of_the_baseline_count_and_are_replaced(town: Any) -> None:
    """The municipality answers the same question in its own way, for its own row differs."""
    town.write("../baseline/" + EXAMPLES, "on;income;fee\n2020-05-01;500;99\n2020-05-01;10;0\n")
    assert "2 examples ran, 1 failed" in rpac("test").output

    town.write(EXAMPLES, "on;income;fee\n2020-05-01;500,00;12,5\n")
    assert "2 examples ran, all as expected" in rpac("test").output


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("on;income\n2020-05-01;1\n", "no column says what is expected"),
        ("income;fee\n1;1\n", "the column on is missing"),
        ("on;income;fee\n;1;1\n", "on: the cell is empty"),
        ("on;income;fee\n2020-05-01;0..5;1\n", "income: 0..5 is no amount (DKK)"),
        ("on;income;fee\n2020-05-01;1;\n", "the example expects nothing"),
    ],
)
def test_examples_that_cannot_be_read_are_findings(town: Any, content: str, said: str) -> None:
    """E801 with the line; the command fails."""
    town.write(EXAMPLES, content)
    result = rpac("test")

    assert "E801 fees: " in result.output
    assert said in result.output
    assert 1 == result.return_value


def test_no_example_runs_against_a_broken_table(town: Any) -> None:
    """What is wrong with the table comes first."""
    town.write(FEES, "from;income;fee\n2020-01-01;500;12,50\n")
    town.write(EXAMPLES, "on;income;fee\n2020-05-01;500;12,5\n")
    result = rpac("test")

    assert "E802 fees" in result.output
    assert "something is wrong with the table, so no example ran" in result.output
    assert 1 == result.return_value


def test_a_municipality_without_tables(town: Any) -> None:
    """Nothing to test is said, and is no failure."""
    (town.folder / FEES).unlink()
    (town.folder / FEES).parent.rmdir()
    town.manifest = _CONFTEST.a_manifest(settings_schema=Plain.model_json_schema())

    assert "no bot instance here has a decision table\n" == rpac("test").output


def test_the_template_is_a_file_to_fill_in(town: Any) -> None:
    """What it prints is read without a finding about its form: only the rows are missing."""
    text = rpac("template", "welcome-letters", "fees").output
    town.write(FEES, text)
    [finding] = town.findings()

    assert "from;income;fee;note" == text.splitlines()[-1]
    assert "# income: Yearly income: the lowest value of a band, it ends where the next one begins" in text
    assert ("E802", "the table has no rows") == (finding.code, finding.message)


def test_explain_counts_rows_instead_of_printing_them(town: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """A list of rows is no line to read: how many each layer has, and how many there are together."""
    monkeypatch.setattr("rpa_commons.cli.config.explain.manifest_of", lambda _: town.manifest_of)
    monkeypatch.setattr("rpa_commons.cli.config.explain.connectors", lambda *_: town.connectors)
    town.write("../baseline/" + FEES, "from;income;fee\n2022-01-01;0;5\n")
    words = ["-C", "roskilde", "config", "explain", "welcome-letters", "fees"]
    output = CliRunner().invoke(cli, words, standalone_mode=False).output

    assert "fees = 5 rows" in output
    assert "decision table; default: 0 rows" in output
    assert f"baseline      1 row  (../baseline/{FEES}:1)" in output
    assert f"> municipality  4 rows makes 5 rows  ({FEES}:1)" in output


class Exceptions(BotSettings):
    """A table of exceptions."""

    contact: str = Field(description="Who is asked.")
    fees: Table = table(
        Column.valid_from(),
        Column.input("code", "whole", unit="code", match="range", description="Code."),
        Column.output("desk", "text", description="Desk."),
        description="Desk by code.",
        complete=False,
    )


@pytest.fixture
def exceptions(town: Any) -> Any:
    """A municipality whose table has gaps on purpose."""
    town.manifest = _CONFTEST.a_manifest(settings_schema=Exceptions.model_json_schema())
    town.write(FEES, "from;code;desk\n2020-01-01;1..5;North\n")
    return town


def test_show_without_a_field_lists_the_tables(town: Any) -> None:
    """One name a line; as JSON a list."""
    assert "fees\n" == rpac("show", "welcome-letters").output
    assert ["fees"] == json.loads(rpac("show", "welcome-letters", "--json").output)


def test_show_of_a_bot_without_tables_says_so(town: Any) -> None:
    """Nothing to list is said."""
    (town.folder / FEES).unlink()
    (town.folder / FEES).parent.rmdir()
    town.manifest = _CONFTEST.a_manifest(settings_schema=Plain.model_json_schema())

    assert "welcome-letters has no decision table\n" == rpac("show", "welcome-letters").output


@pytest.mark.parametrize(("day", "said"), [("01.02.2027", "write 2027-02-01"), ("soon", "year first")])
def test_a_day_in_another_form_says_how_to_write_it(town: Any, day: str, said: str) -> None:
    """Year first, as in the files."""
    result = rpac("show", "welcome-letters", "fees", "--on", day)

    assert said in str(result.exception.format_message() if result.exception else result.output)  # type: ignore[attr-defined]


def test_show_says_that_gaps_are_allowed(exceptions: Any) -> None:
    """In words and in JSON."""
    shown = rpac("show", "welcome-letters", "fees")

    assert "Gaps are allowed: a case that meets no row gets no answer." in shown.output
    assert not json.loads(rpac("show", "welcome-letters", "fees", "--json").output)["complete"]


def test_explain_says_that_gaps_are_allowed(exceptions: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Beside what kind of setting it is."""
    monkeypatch.setattr("rpa_commons.cli.config.explain.manifest_of", lambda _: exceptions.manifest_of)
    monkeypatch.setattr("rpa_commons.cli.config.explain.connectors", lambda *_: exceptions.connectors)
    words = ["-C", "roskilde", "config", "explain", "welcome-letters", "fees"]

    assert (
        "decision table, gaps are allowed; default: 0 rows"
        in CliRunner().invoke(cli, words, standalone_mode=False).output
    )


def test_an_example_may_expect_that_no_row_answers(exceptions: Any) -> None:
    """The column expect says none; a row that answers all the same is shown."""
    exceptions.write(EXAMPLES, "on;code;desk;expect\n2020-05-01;9;;none\n2020-05-01;1;North;\n")
    assert "2 examples ran, all as expected" in rpac("test").output

    exceptions.write(EXAMPLES, "on;code;expect\n2020-05-01;1;none\n")
    result = rpac("test")
    assert f"E805 fees: expected no row, found desk North ({FEES}:2)" in result.output


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("2020-05-01;9;North;none", "the example expects none and desk"),
        ("2020-05-01;9;;nothing", "expect: nothing is not none"),
        ("2020-05-01;9;;", "the example expects nothing"),
    ],
)
def test_an_example_says_in_one_way_what_it_expects(exceptions: Any, line: str, said: str) -> None:
    """E801; and that no example could be read is not called having none."""
    exceptions.write(EXAMPLES, f"on;code;desk;expect\n{line}\n")
    result = rpac("test")

    assert said in result.output
    assert "fees: no example could be read" in result.output
    assert "no examples" not in result.output


def test_a_wrong_heading_of_examples_is_not_called_having_none(town: Any) -> None:
    """The finding stands alone."""
    town.write(EXAMPLES, "on;incom;fee\n2020-05-01;1;0\n")
    result = rpac("test")

    assert "did you mean income?" in result.output
    assert "no examples" not in result.output


def test_a_cooperations_example_that_fails_points_at_the_members_own_row(town: Any) -> None:
    """Its own line is what the member can change; where the cooperation's row answers, the example's line."""
    town.write("../baseline/" + FEES, "from;income;fee\n2022-01-01;0;5\n")
    town.write("../baseline/" + EXAMPLES, "on;income;fee\n2020-05-01;500;99\n2022-05-01;500;99\n")
    result = rpac("test")

    own = f"{FEES}:2: E805 fees: expected fee 99, found fee 12.50 ({FEES}:2), by the example "
    assert own + f"../baseline/{EXAMPLES}:2" in result.output
    assert f"baseline/{EXAMPLES}:3: E805 fees: expected fee 99, found fee 5" in result.output


def test_the_template_can_be_written_into_a_file(town: Any) -> None:
    """As UTF-8, whatever the shell does to what is printed; a file that is there stays."""
    out = town.folder / "tables/welcome-letters/new.csv"
    result = rpac("template", "welcome-letters", "fees", "--out", str(out))

    assert ("", rpac("template", "welcome-letters", "fees").stdout) == (result.stdout, out.read_text("utf-8"))

    out.write_text("kept", "utf-8")
    assert rpac("template", "welcome-letters", "fees", "--out", str(out)).exception is not None
    assert "kept" == out.read_text("utf-8")
