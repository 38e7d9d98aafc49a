import json
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import click
import pytest
from click.testing import CliRunner, Result

from rpa_commons.capabilities import RpaCommonsError
from rpa_commons.cli import _main
from rpa_commons.sdk import BotSettings, Column, Field, Table, table

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import Town

INSTANCE = "bots/welcome-letters.toml"


@pytest.fixture(autouse=True)
def _someone(installed: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody is logged in, and their municipality's bot is installed."""
    monkeypatch.setattr("getpass.getuser", lambda: "anna")


def _rpac(*words: str, folder: str = "roskilde", **rest: Any) -> Result:
    return CliRunner().invoke(_main.cli, ["-C", folder, "config", *words], standalone_mode=False, **rest)


def _code(result: Result) -> Any:
    if result.exception is not None:
        assert isinstance(result.exception, RpaCommonsError | click.ClickException), result.exception
        return result.exception.exit_code
    return result.return_value or 0


def _text(town: "Town", name: str = INSTANCE) -> str:
    return (town.folder / name).read_text(encoding="utf-8")


def test_set_shows_the_change_and_writes_it(town: "Town") -> None:
    """The diff, what it was and is, and that it is written."""
    result = _rpac("set", "welcome-letters", "window_days", "14")

    assert 0 == _code(result)
    assert result.stdout.startswith(f"--- {INSTANCE}\n+++ {INSTANCE}\n@@ ")
    assert result.stdout.endswith(
        f"window_days: was 10 (welcome-letters 1.0.0 Settings.window_days), is 14 ({INSTANCE}:5)\nwritten\n"
    )
    assert "window_days = 14" in _text(town)


def test_set_twice_says_that_nothing_changes(town: "Town") -> None:
    """The file says so already."""
    _rpac("set", "welcome-letters", "window_days", "14")

    assert "says so already: nothing changed" in _rpac("set", "welcome-letters", "window_days", "14").stdout


def test_a_dry_run_says_that_it_is_one(town: "Town") -> None:
    """Nothing is written."""
    result = _rpac("set", "welcome-letters", "window_days", "14", "--dry-run")

    assert f"not written: this is what would change in {INSTANCE}" in result.stdout
    assert "window_days" not in _text(town)


def test_set_as_json(town: "Town") -> None:
    """Key, file, before and after, as explain has them."""
    document = json.loads(_rpac("set", "welcome-letters", "window_days", "14", "--json").stdout)

    assert ("window_days", INSTANCE, True) == (document["key"], document["file"], document["written"])
    assert [10, 14] == [document["before"][0]["value"], document["after"][0]["value"]]


@pytest.mark.parametrize(
    "words",
    [
        ("stack.PopulationRegister.settings.timeout", "60"),
        ("-", "stack.PopulationRegister.settings.timeout", "60"),
        ("welcome-letters", "stack.PopulationRegister.settings.timeout", "60"),
    ],
)
def test_a_stack_key_needs_no_instance(town: "Town", words: tuple[str, ...]) -> None:
    """Left out, a dash, or named all the same."""
    assert 0 == _code(_rpac("set", *words))
    assert "settings.timeout = 60" in _text(town, "stack.toml")


def test_a_negative_number_is_a_value(town: "Town") -> None:
    """It is not mistaken for an option; the bound speaks."""
    result = _rpac("set", "welcome-letters", "window_days", "-3")

    assert 1 == _code(result)
    assert "-3 is not allowed" in str(result.exception)
    assert "nothing was changed" in result.stderr


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("set", "welcome-letters", "window_days"), "expected [INSTANCE] KEY VALUE"),
        (("set", "welcome-letters", "sender", "two", "words"), "a value with spaces stands in quotes"),
        (("set", "welcome-letters", "window_days", "14", "--dryrun"), "--dryrun"),
        (("set", "welcome-letters", "hosts", "--append", "a", "--remove", "b"), "do not go together"),
        (("unset", "welcome-letters"), "expected [INSTANCE] KEY"),
        (("init", "welcome-letters", "--baseline", "baseline"), "begin a municipality"),
        (("init", "welcome-letters", "--name", "X"), "begin a municipality"),
        (("init", "--instance", "x"), "name the bot"),
    ],
)
def test_wrong_words_are_a_usage_error(town: "Town", words: tuple[str, ...], said: str) -> None:
    """Exit code 2, with the form to write."""
    result = _rpac(*words)

    assert 2 == _code(result)
    assert said in result.exception.format_message()  # type: ignore[union-attr]


def test_a_secret_is_refused_as_a_usage_error(town: "Town") -> None:
    """Nothing of it appears anywhere."""
    result = _rpac("set", "welcome-letters", "password", "hunter2")

    assert 2 == _code(result)
    assert "hunter2" not in result.output + str(result.exception)


def test_what_was_wrong_before_is_told_on_stderr(town: "Town") -> None:
    """Counted and not repeated; the result stays alone on stdout."""
    town.settings('mode = "medium"')
    result = _rpac("set", "welcome-letters", "window_days", "9")

    assert 0 == _code(result)
    assert result.stderr.endswith("1 other finding remains: rpac config check\n")
    assert "E202" not in result.output


def test_the_only_instance_need_not_be_named(town: "Town") -> None:
    """Set and unset take it, in its own file."""
    assert 0 == _code(_rpac("set", "window_days", "14"))
    assert "window_days = 14" in _text(town)
    assert 0 == _code(_rpac("set", "hosts", "--append", "a.example"))
    assert 0 == _code(_rpac("unset", "window_days"))
    assert "window_days" not in _text(town)


def test_several_instances_are_named(town: "Town") -> None:
    """With the command for the first of them; nothing is written."""
    town.write("bots/other.toml", 'bot = "welcome-letters"\n')
    before = _text(town)
    result = _rpac("set", "window_days", "14")

    assert 2 == _code(result)
    assert "window_days: there are several bot instances: other, welcome-letters" in str(result.exception)
    assert "say which: rpac config set other window_days VALUE" == result.exception.remedy  # type: ignore[union-attr]
    assert before == _text(town)


def test_without_an_instance_that_is_said(town: "Town") -> None:
    """With the command that begins one."""
    (town.folder / INSTANCE).unlink()
    result = _rpac("unset", "window_days")

    assert "there is no bot instance" in str(result.exception)
    assert "rpac config init BOT" == result.exception.remedy  # type: ignore[union-attr]


class Tabled(BotSettings):
    """Settings with rows of their own."""

    contact: str = Field(description="Who is asked.")
    levies: Table = table(
        Column.input("code", "code", length=4, description="Code."),
        Column.output("levy", "money", unit="DKK", description="Levy."),
        description="Levies.",
        rows=({"code": "0265", "levy": 5}, {"code": "*", "levy": 6}),
        hit_policy="first",
    )


def test_a_decision_table_is_told_by_its_rows(town: "Town") -> None:
    """Its size instead of JSON, and the command that shows it."""
    town.manifest = town.manifest.model_copy(update={"settings_schema": Tabled.model_json_schema()})
    unset = _rpac("unset", "welcome-letters", "levies").exception
    written = _rpac("set", "welcome-letters", "levies", "[]").exception

    assert isinstance(unset, RpaCommonsError)
    assert isinstance(written, RpaCommonsError)
    assert "levies = 2 rows (" in str(unset.remedy)
    assert "{" not in str(unset.remedy)
    assert "rpac config table show welcome-letters levies" in str(written.remedy)


def test_append_and_remove(town: "Town") -> None:
    """The file says what it adds to the layers below."""
    _rpac("set", "welcome-letters", "hosts", "--append", "a.example")
    result = _rpac("set", "welcome-letters", "hosts", "--append", "b.example")

    assert 'hosts = { append = ["a.example", "b.example"] }' in _text(town)
    assert 'is ["a.example", "b.example"]' in result.stdout


def test_unset_says_what_holds_now(town: "Town") -> None:
    """The value that another layer gives."""
    town.settings("window_days = 14")
    result = _rpac("unset", "welcome-letters", "window_days")

    assert "is 10 (welcome-letters 1.0.0 Settings.window_days)" in result.stdout
    assert 1 == _code(_rpac("unset", "welcome-letters", "window_days"))


class Paying(BotSettings):
    """Settings with money behind one."""

    limit: int = Field(300, description="The highest amount.", unit="DKK", sensitive=True)


@pytest.fixture
def paying(town: "Town") -> "Town":
    """The bot pays up to a limit."""
    town.manifest = town.manifest.model_copy(update={"settings_schema": Paying.model_json_schema()})
    town.write(INSTANCE, _text(town).replace('contact = "Sigrun"\n', ""))
    return town


class Exact(BotSettings):
    """Settings with an exact amount."""

    limit: Decimal = Field(Decimal("300.00"), description="The highest amount.", unit="DKK", ge=0)


def test_an_amount_is_written_as_text(town: "Town") -> None:
    """A float would round what a person typed: 250.00 stays 250.00, whole amounts stay numbers."""
    town.manifest = town.manifest.model_copy(update={"settings_schema": Exact.model_json_schema()})
    town.write(INSTANCE, _text(town).replace('contact = "Sigrun"\n', ""))
    _rpac("set", "welcome-letters", "limit", "250.00")
    exact = _text(town)
    _rpac("set", "welcome-letters", "limit", "250")

    assert 'limit = "250.00"\n' in exact
    assert "limit = 250\n" in _text(town)


def test_a_sensitive_value_takes_two_people(paying: "Town") -> None:
    """Set by one, shown to the other, confirmed by the other."""
    note = _rpac("set", "welcome-letters", "limit", "500").stdout
    shown = _rpac("confirm")
    alone = _rpac("confirm", "--yes")
    together = _rpac("confirm", "--yes", "--as", "bo")

    assert "somebody other than anna runs `rpac config confirm welcome-letters limit`" in note
    assert 1 == _code(shown)
    assert (
        "welcome-letters: limit\n    The highest amount.\n    nothing confirmed yet -> 500  "
        f"({INSTANCE}:4)\n    anna stands behind it\n    needs somebody other than anna\n"
    ) == shown.stdout
    assert 5 == _code(alone)
    assert 0 == _code(together)
    assert "limit is confirmed by bo; production may use it" in together.stdout
    assert "nothing awaits a second person\n" == _rpac("confirm").stdout


def test_a_hand_edit_is_vouched_for_first(paying: "Town") -> None:
    """The first confirm leaves work to do, and says for whom."""
    paying.write(INSTANCE, _text(paying) + "limit = 400\n")
    result = _rpac("confirm", "welcome-letters", "limit", "--yes", "--json")
    document = json.loads(result.stdout)

    assert 1 == _code(result)
    assert "two people" == document["awaiting"][0]["needed"]
    assert [{"instance": "welcome-letters", "key": "limit", "by": "anna", "complete": False}] == document[
        "confirmed"
    ]


def test_nobody_is_asked_without_a_terminal(paying: "Town") -> None:
    """A yes on stdin is no person at a terminal."""
    _rpac("set", "welcome-letters", "limit", "500", "--as", "bo")
    result = _rpac("confirm", input="y\n")

    assert 1 == _code(result)
    assert "Confirm as" not in result.output


def test_a_person_at_a_terminal_is_asked(paying: "Town", monkeypatch: pytest.MonkeyPatch) -> None:
    """Who confirms is in the question."""
    _rpac("set", "welcome-letters", "limit", "500", "--as", "bo")
    monkeypatch.setattr("rpa_commons.cli.config.confirm._is_terminal", lambda: True)
    result = _rpac("confirm", input="y\n")

    assert "Confirm as anna?" in result.output
    assert 0 == _code(result)


def test_init_says_what_must_be_filled_in(town: "Town") -> None:
    """And where."""
    result = _rpac("init", "welcome-letters", "--instance", "second")

    assert (
        "made bots/second.toml\nmust be filled in, in bots/second.toml: contact\n"
        "then: `rpac install WHEEL` makes the environment it runs in, `rpac config check` tells what is"
        " missing, `rpac plan second` what it would do\n"
    ) == result.stdout
    assert '# contact = ""' in _text(town, "bots/second.toml")


def test_init_as_json(town: "Town") -> None:
    """Files, missing keys, notes."""
    document = json.loads(_rpac("init", "welcome-letters", "--instance", "second", "--json").stdout)

    assert (["bots/second.toml"], ["contact"]) == (document["files"], document["missing"])
    assert "`rpac plan second`" in document["notes"][-1]


def test_init_of_a_bot_that_is_not_installed(town: "Town") -> None:
    """Its own error says what to do."""
    with pytest.raises(RpaCommonsError, match="not installed"):
        raise _rpac("init", "other-bot").exception  # type: ignore[misc]


def test_init_begins_a_municipality(town: "Town", tmp_path: "Path") -> None:
    """In an empty folder, without a bot."""
    (tmp_path / "new").mkdir()
    result = _rpac("init", "--name", "Lejre", "--code", "0350", folder="new")

    assert (
        "made municipality.toml, stack.toml\nmust be filled in, in municipality.toml: cvr\n" in result.stdout
    )
    assert "it follows the baseline ../baseline: its values and bounds hold here\n" in result.stdout
    assert "`rpac config init --from WHEEL` begins a bot instance\n" in result.stdout
    assert 2 == _code(_rpac("init", folder="new"))


def test_schema_prints_one_or_all(town: "Town") -> None:
    """As JSON Schema that an editor reads."""
    one = json.loads(_rpac("schema", "stack").stdout)
    everything = json.loads(_rpac("schema").stdout)

    assert "PopulationRegister" in one["properties"]
    assert [
        *("municipality", "stack", "baseline", "policies", "waivers"),
        *("welcome-letters", "welcome-letters-environment"),
    ] == list(everything)


def test_schema_of_something_unknown_is_a_usage_error(town: "Town") -> None:
    """With a guess."""
    result = _rpac("schema", "stakc")

    assert 2 == _code(result)
    assert "did you mean stack?" == result.exception.remedy  # type: ignore[union-attr]


def test_schema_names_what_it_wrote_as_json(town: "Town") -> None:
    """For whoever sets up many folders by a script; a second time nothing is left to write."""
    first = json.loads(_rpac("schema", "--write", "--json").stdout)
    again = json.loads(_rpac("schema", "--write", "--json").stdout)

    assert ".rpac/schemas/stack.json" in first["written"]
    assert {"written": []} == again


def test_schema_writes_and_says_which_files(town: "Town") -> None:
    """A second time there is nothing to do."""
    result = _rpac("schema", "--write")

    assert ".rpac/schemas/stack.json\n" in result.stdout
    assert f"{INSTANCE}\n" in result.stdout
    assert _text(town).startswith("#:schema ../.rpac/schemas/welcome-letters.json\n")
    assert "every schema is there and named already\n" == _rpac("schema", "--write").stdout


def test_schema_leaves_what_rpac_writes_alone(town: "Town") -> None:
    """The sandbox knows its own file by the first line."""
    town.write("environments/sandbox/stack.toml", "# Written by `rpac sandbox`; written again.\n")
    town.write("environments/test/stack.toml", "# ours\n")
    written = _rpac("schema", "--write").stdout

    assert "environments/sandbox" not in written
    assert _text(town, "environments/sandbox/stack.toml").startswith("# Written by")
    assert _text(town, "environments/test/stack.toml").startswith("#:schema ")


def test_schema_tells_of_bots_that_are_not_installed(town: "Town") -> None:
    """The others get theirs."""
    town.write("bots/other.toml", 'bot = "other-bot"\n')
    result = _rpac("schema", "--write")

    assert "no schema for other-bot: bot other-bot is not installed" in result.stderr
    assert not _text(town, "bots/other.toml").startswith("#:schema")
    with pytest.raises(RpaCommonsError, match="not installed"):
        raise _rpac("schema", "other-bot").exception  # type: ignore[misc]
