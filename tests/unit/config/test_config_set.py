import os
import stat
import sys
import threading
import tomllib
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from rpa_commons.capabilities import RpaCommonsError
from rpa_commons.config import ConfigError, FileNotWrittenError, PolicyRefusedError
from rpa_commons.config.documents import EditRefusedError
from rpa_commons.config.instances._confirmations import read_confirmations
from rpa_commons.editing import (
    Change,
    EditRequest,
    EditTools,
    KeyRefusedError,
    NotSetError,
    SecretTypedError,
    edit,
)
from rpa_commons.editing._toml_edit import with_value, without_value
from rpa_commons.sdk import BotSettings, Column, Field, Table, table

if TYPE_CHECKING:
    from conftest import Town

INSTANCE = "bots/welcome-letters.toml"


def _edit(
    town: "Town", key: str, value: str = "", instance: str | None = "welcome-letters", **rest: Any
) -> Change:
    if key.startswith(("stack.", "municipality.")):
        instance = None
    write = rest.pop("write", True)
    tools = EditTools(lambda _: town.manifest_of, town.connectors)
    return edit(EditRequest(town.folder, key, instance, value, **rest), tools, write=write)


def _unset(town: "Town", key: str, **rest: Any) -> Change:
    return _edit(town, key, how="unset", **rest)


def _text(town: "Town", name: str = INSTANCE) -> str:
    return (town.folder / name).read_bytes().decode()


def _values(town: "Town", name: str = INSTANCE) -> Any:
    return tomllib.loads(_text(town, name).removeprefix("\ufeff"))


def test_a_value_is_written_into_the_municipality_s_file(town: "Town") -> None:
    """The change tells what was, what is, and where."""
    change = _edit(town, "window_days", "14")

    assert change.is_written
    assert 14 == _values(town)["settings"]["window_days"]
    assert [10] == [one.value for one in change.was]
    assert [(14, f"{INSTANCE}:5")] == [(one.value, str(one.origin)) for one in change.now]
    assert "+window_days = 14" in change.diff.splitlines()


def test_comments_order_and_line_ends_stay(town: "Town") -> None:
    """A file of an editor on Windows keeps its byte order mark, its line ends and every comment."""
    head = "\ufeff# of ours\r\n" + 'bot = "welcome-letters" # the bot\r\n'
    head += 'id = "0b6f0c1e-2c9c-4c0e-9f3d-6d1f1e8f9a10"\r\n\r\n[settings] # here\r\ncontact = "Sigrun"\r\n'
    text = head + "window_days = 20 # three weeks, nearly\r\n# last\r\n"
    town.write(INSTANCE, text)
    _edit(town, "window_days", "14")

    assert text.replace("= 20 #", "= 14 #") == _text(town)

    _edit(town, "sender", "Team")
    assert head + 'window_days = 14 # three weeks, nearly\r\nsender = "Team"\r\n# last\r\n' == _text(town)


@pytest.mark.parametrize(
    ("key", "typed", "value"),
    [
        ("since", "2026-03-01", date(2026, 3, 1)),
        ("enabled", "false", False),
        ("retry.wait", "2.5", 2.5),
        ("hosts", '["a", "b"]', ["a", "b"]),
        ("sender", "Borger service", "Borger service"),
        ("sender", "46313000", "46313000"),
        ("words.'new key'", "Å", "Å"),
        ("password", '{ file = "secret" }', {"file": "secret"}),
        ("limit", "7", 7),
    ],
)
def test_a_value_keeps_its_type(town: "Town", key: str, typed: str, value: Any) -> None:
    """TOML as typed; text where it is none, or where nothing but text can be meant."""
    _edit(town, key, typed)
    node = _values(town)["settings"]
    for part in key.replace("'", "").split("."):
        node = node[part]

    assert (type(value), value) == (type(node), node)


def test_a_wrong_value_is_refused_with_every_finding(town: "Town") -> None:
    """What the change would break is shown as check shows it; the file is as it was."""
    before = _text(town)
    with pytest.raises(ConfigError) as caught:
        _edit(town, "retry", "{ times = 0, wait = true }")

    assert {"E202 retry.times", "E201 retry.wait"} == {
        f"{one.code} {one.key}" for one in caught.value.findings
    }
    assert before == _text(town)


def test_an_unknown_key_is_refused_with_a_guess(town: "Town") -> None:
    """A misspelt key is never written."""
    with pytest.raises(ConfigError) as caught:
        _edit(town, "windw_days", "14")

    assert "did you mean window_days?" in caught.value.findings[0].help


def test_what_was_wrong_before_does_not_hinder(town: "Town") -> None:
    """Another key's mistake remains, and is said; mending one of two is possible."""
    town.settings("window_days = 99", 'mode = "medium"')
    change = _edit(town, "window_days", "9")

    assert ["mode"] == [one.key for one in change.remaining]
    assert 9 == _values(town)["settings"]["window_days"]


def test_the_same_mistake_again_is_refused(town: "Town") -> None:
    """That a key was wrong before does not make it right."""
    town.settings("window_days = 99")
    with pytest.raises(ConfigError):
        _edit(town, "window_days", "98")
    with pytest.raises(ConfigError):
        _edit(town, "window_days", "99")


def test_a_dry_run_writes_nothing(town: "Town") -> None:
    """It shows the same change."""
    before = _text(town)
    change = _edit(town, "window_days", "14", write=False)

    assert not change.is_written
    assert "+window_days = 14" in change.diff
    assert before == _text(town)


def test_a_value_for_one_environment_goes_into_its_layer(town: "Town") -> None:
    """The folder and the file are made."""
    change = _edit(town, "window_days", "3", for_environment="test")

    assert {"settings": {"window_days": 3}} == _values(town, f"environments/test/{INSTANCE}")
    assert f"environments/test/{INSTANCE}:2" == str(change.now[0].origin)
    assert "--- (no file)" in change.diff


def test_a_stronger_layer_is_named(town: "Town") -> None:
    """Whoever sets a value that another file overrides learns it at once."""
    _edit(town, "window_days", "3", for_environment="test")
    _edit(town, "window_days", "4", for_environment="production")
    change = _edit(town, "window_days", "14")

    assert [
        f"environments/test/{INSTANCE}:2 still says 3, and wins in the environment test",
        f"environments/production/{INSTANCE}:2 says something else in the environment production",
    ] == list(change.notes)


def test_every_environment_with_files_is_looked_at(town: "Town") -> None:
    """A value that is right in test and wrong in production is refused."""
    town.write("environments/production/stack.toml", "[PopulationRegister.settings]\ntimeout = 60\n")
    table = '{ connector = "register-extract", settings = { folder = "x" } }'
    with pytest.raises(ConfigError) as caught:
        _edit(town, "stack.PopulationRegister", table)

    assert ["stack.PopulationRegister.settings.timeout"] == [one.key for one in caught.value.findings]
    assert "sf1520" in _text(town, "stack.toml")


def test_a_hidden_value_is_never_shown(town: "Town") -> None:
    """Diff and change hold neither the old personal value nor the new one."""
    change = _edit(town, "contact", "Frederik")

    assert "Frederik" == _values(town)["settings"]["contact"]
    assert "Sigrun" not in str(change.to_json())
    assert "Frederik" not in str(change.to_json())
    assert ["-contact = …", "+contact = …"] == [
        line for line in change.diff.splitlines() if "contact" in line
    ]


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("password", "hunter2"),
        ("password", "{ enw = 'X' }"),
        ("stack.PopulationRegister.settings.password", "hunter2"),
    ],
)
def test_a_secret_is_never_written(town: "Town", key: str, value: str) -> None:
    """The refusal says how a reference is written, and does not repeat the value."""
    with pytest.raises(SecretTypedError) as caught:
        _edit(town, key, value)

    assert '{ env = "NAME" }' in caught.value.remedy
    assert "hunter2" not in caught.value.message + caught.value.remedy
    assert "hunter2" not in _text(town) + _text(town, "stack.toml")


def test_a_secret_inside_a_table_is_refused_too(town: "Town") -> None:
    """A whole binding may be given at once; a secret in it must be a reference."""
    table = '{ connector = "sf1520", settings = { url = "x", password = "hunter2" } }'
    with pytest.raises(ConfigError) as caught:
        _edit(town, "stack.PopulationRegister", table)

    assert "E401" in {one.code for one in caught.value.findings}
    assert "hunter2" not in caught.value.message


def test_a_secret_that_this_machine_does_not_have_hinders_nothing(town: "Town") -> None:
    """The server has the variable, the admin's own machine need not."""
    change = _edit(town, "stack.PopulationRegister.settings.password", '{ env = "NOT_HERE_AT_ALL" }')

    assert change.is_written
    assert () == change.remaining


def test_the_stack_is_changed_without_an_instance(town: "Town") -> None:
    """Dotted keys stay dotted; the section's defaults are known."""
    change = _edit(town, "stack.PopulationRegister.settings.timeout", "60")

    assert "settings.timeout = 60\n" in _text(town, "stack.toml")
    assert [30] == [one.value for one in change.was]


def test_a_binding_can_be_exchanged_as_a_whole(town: "Town") -> None:
    """Keys that go together are given as one table; those of the old connector go."""
    _edit(town, "stack.PopulationRegister", '{ connector = "register-extract", settings = { folder = "x" } }')

    assert {"connector": "register-extract", "settings": {"folder": "x"}} == _values(town, "stack.toml")[
        "PopulationRegister"
    ]


def test_a_binding_that_no_bot_asks_for_is_explained(town: "Town") -> None:
    """A new capability gets a header of its own."""
    change = _edit(town, "stack.DigitalPost", '{ connector = "sf1601", settings = { folder = "x" } }')

    assert _text(town, "stack.toml").endswith(
        '\n[DigitalPost]\nconnector = "sf1601"\nsettings.folder = "x"\n'
    )
    assert ["sf1601", "x"] == [one.value for one in change.now]


def test_an_unknown_connector_is_refused(town: "Town") -> None:
    """As check would say it."""
    with pytest.raises(ConfigError) as caught:
        _edit(town, "stack.PopulationRegister.connector", "sf1521")

    assert "E602" in {one.code for one in caught.value.findings}


def test_the_municipality_s_own_file_is_changed(town: "Town") -> None:
    """A telephone number is text; the default it had is named."""
    change = _edit(town, "municipality.letterhead.phone", "46313000")

    assert "46313000" == _values(town, "municipality.toml")["letterhead"]["phone"]
    assert ["municipality.letterhead.phone"] == [one.key for one in change.now]


def test_a_municipality_that_cannot_be_opened_is_mended(town: "Town") -> None:
    """One key at a time: what else is wrong remains."""
    text = _text(town, "municipality.toml").replace('code = "0265"\n', "").replace('cvr = "29189404"\n', "")
    town.write("municipality.toml", text)
    change = _edit(town, "municipality.code", "0265")

    assert "0265" == _values(town, "municipality.toml")["code"]
    assert ["cvr"] == [one.key for one in change.remaining]


def test_a_wrong_municipality_stops_other_changes(town: "Town") -> None:
    """What a setting means depends on it."""
    town.write("municipality.toml", _text(town, "municipality.toml").replace("29189404", "29189405"))
    with pytest.raises(ConfigError):
        _edit(town, "window_days", "14")


@pytest.mark.parametrize(
    ("key", "rest", "said"),
    [
        ("instance.id", {}, "its whole memory hangs on it"),
        ("settings.window_days", {}, "without settings before it"),
        ("a b", {}, "this is no key"),
        ("stack", {"instance": None}, "the key ends too early"),
        ("municipality.name", {"for_environment": "test"}, "the same in every environment"),
        ("window_days", {"for_environment": "tst"}, "there is no environment 'tst'"),
        ("instance.id", {"instance": None}, "its whole memory hangs on it"),
    ],
)
def test_a_key_that_no_command_writes_is_refused(
    town: "Town", key: str, rest: dict[str, Any], said: str
) -> None:
    """Usage errors with a remedy."""
    with pytest.raises(KeyRefusedError) as caught:
        _edit(town, key, "1", **rest)

    assert said in caught.value.message
    assert caught.value.remedy
    assert 2 == caught.value.exit_code


def test_an_instance_that_is_not_there_is_refused(town: "Town") -> None:
    """No file is made for a misspelt name."""
    with pytest.raises(ConfigError) as caught:
        _edit(town, "window_days", "14", instance="welcome-leters")

    assert "did you mean welcome-letters?" in caught.value.findings[0].help
    assert ["welcome-letters.toml"] == [path.name for path in (town.folder / "bots").iterdir()]


def test_settings_of_a_bot_that_is_not_installed_are_not_touched(town: "Town") -> None:
    """Nothing could check them; the instance's own keys can be."""

    def nothing(bot: str) -> Any:
        raise RpaCommonsError(f"{bot} is not installed", remedy="rpac install WHEEL")

    tools = EditTools(lambda _: nothing, town.connectors)
    with pytest.raises(RpaCommonsError, match="not installed"):
        edit(EditRequest(town.folder, "window_days", "welcome-letters", "14"), tools, write=True)
    edit(EditRequest(town.folder, "instance.owner", "welcome-letters", "Team"), tools, write=True)

    assert "Team" == _values(town)["owner"]
    assert "window_days" not in _values(town)["settings"]


def test_unset_takes_the_line_out_and_says_what_holds(town: "Town") -> None:
    """The default comes back, with its place."""
    town.settings("window_days = 14")
    change = _unset(town, "window_days")

    assert "window_days" not in _text(town)
    assert [(10, "welcome-letters 1.0.0 Settings.window_days")] == [
        (one.value, str(one.origin)) for one in change.now
    ]


def test_unset_of_what_is_not_there_says_where_it_comes_from(town: "Town") -> None:
    """The value is another layer's."""
    with pytest.raises(NotSetError) as caught:
        _unset(town, "window_days")

    assert f"{INSTANCE} does not say window_days" == caught.value.message
    assert "window_days = 10 (welcome-letters 1.0.0 Settings.window_days)" in caught.value.remedy


def test_unset_of_a_required_key_is_refused(town: "Town") -> None:
    """Nobody else says it."""
    with pytest.raises(ConfigError) as caught:
        _unset(town, "contact")

    assert ["E102"] == [one.code for one in caught.value.findings]
    assert "contact" in _text(town)


def test_an_item_is_appended_to_what_other_layers_say(town: "Town") -> None:
    """The file says only what it adds; twice is once; taking it out again leaves the removal."""
    town.write("../baseline/bots/welcome-letters.toml", '[settings]\nhosts = ["a", "b"]\n')
    _edit(town, "hosts", "c", how="append")
    _edit(town, "hosts", "c", how="append")
    change = _edit(town, "hosts", "a", how="remove")

    assert {"append": ["c"], "remove": ["a"]} == _values(town)["settings"]["hosts"]
    assert [["b", "c"]] == [one.value for one in change.now]


def test_an_item_joins_a_list_that_the_file_has_itself(town: "Town") -> None:
    """A plain list stays a plain list."""
    town.settings('hosts = ["a"] # where')
    _edit(town, "hosts", "b", how="append")
    _edit(town, "hosts", "a", how="remove")

    assert 'hosts = ["b"] # where\n' in _text(town)


def test_nothing_is_appended_to_what_is_no_list(town: "Town") -> None:
    """The key's own value is no list."""
    town.settings("window_days = 14")
    with pytest.raises(KeyRefusedError, match="it is no list"):
        _edit(town, "window_days", "3", how="append")


def test_two_changes_at_once_are_both_kept(town: "Town") -> None:
    """Commands wait for each other."""
    keys = [f"words.k{number}" for number in range(6)]
    threads = [threading.Thread(target=_edit, args=(town, key, "x")) for key in keys]
    for one in threads:
        one.start()
    for one in threads:
        one.join()

    assert {f"k{number}": "x" for number in range(6)} == _values(town)["settings"]["words"]


def test_a_file_keeps_its_mode(town: "Town") -> None:
    """Who may read it stays as it was; nothing is left beside it."""
    path = town.folder / INSTANCE
    path.chmod(0o640)
    _edit(town, "window_days", "14")

    assert sys.platform == "win32" or 0o640 == stat.S_IMODE(path.stat().st_mode)
    assert ["welcome-letters.toml"] == [one.name for one in path.parent.iterdir()]


def test_a_full_disk_leaves_the_old_file(town: "Town", monkeypatch: pytest.MonkeyPatch) -> None:
    """The system's reason is said, nothing is half written, nothing left behind."""
    before = _text(town)

    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(FileNotWrittenError, match="No space left on device; nothing was changed"):
        _edit(town, "window_days", "14")

    assert before == _text(town)
    assert ["welcome-letters.toml"] == [one.name for one in (town.folder / "bots").iterdir()]


def test_a_broken_file_is_not_edited(town: "Town") -> None:
    """Its own finding says what to mend first."""
    town.write(INSTANCE, "bot = welcome\n")
    with pytest.raises(ConfigError) as caught:
        _edit(town, "window_days", "14")

    assert "E104" in {one.code for one in caught.value.findings}


def test_a_list_of_tables_is_left_to_an_editor() -> None:
    """It would lose its comments; the line is named."""
    with pytest.raises(EditRefusedError, match="from line 1 on"):
        with_value("[[rows]]\na = 1 # one\n", ("rows",), [])
    with pytest.raises(EditRefusedError, match="table of its own"):
        without_value("[table]\na = 1\n", ("table",))


def test_a_value_below_a_value_is_refused() -> None:
    """What is no table has nothing below it."""
    with pytest.raises(EditRefusedError, match="retry is no table in line 1"):
        with_value("retry = 3\n", ("retry", "times"), 4)


@pytest.mark.parametrize(
    ("before", "path", "value", "after"),
    [
        ("", ("s", "a"), 1, "[s]\na = 1\n"),
        ("# top\n[A]\nx = 1\n", ("owner",), "B", '# top\nowner = "B"\n\n[A]\nx = 1\n'),
        ("x = 1\n\n# of A\n[A]\n", ("y",), 2, "x = 1\ny = 2\n\n# of A\n[A]\n"),
        ("[A]\ns.u = 1\n[B]\n", ("A", "s", "v"), 2, "[A]\ns.u = 1\ns.v = 2\n[B]\n"),
        ("[A]\n  u = 1\n\n[B]\n", ("A", "v"), 2, "[A]\n  u = 1\n  v = 2\n\n[B]\n"),
        ("[A]\ns = { u = 1 }\n", ("A", "s", "v"), 2, "[A]\ns = { u = 1, v = 2 }\n"),
        ("[s.t]\nu = 1\n", ("s", "v"), 2, "[s.t]\nu = 1\n\n[s]\nv = 2\n"),
        ("a = [\n  1, # one\n]", ("b",), 2, "a = [\n  1, # one\n]\nb = 2\n"),
        ('a = """\n[x]\n"""\n', ("b",), 2, 'a = """\n[x]\n"""\nb = 2\n'),
    ],
)
def test_a_new_value_stands_where_people_look(
    before: str, path: tuple[str, ...], value: Any, after: str
) -> None:
    """Beside its like, in the form the file has."""
    assert after == with_value(before, path, value)


class Paying(BotSettings):
    """Settings with money behind one."""

    limit: int = Field(300, description="The highest amount.", unit="DKK", sensitive=True)


def test_a_sensitive_change_names_its_first_person(town: "Town") -> None:
    """Whoever sets it is on record; the note says who comes next."""
    town.manifest = town.manifest.model_copy(update={"settings_schema": Paying.model_json_schema()})
    town.write(INSTANCE, _text(town).replace('contact = "Sigrun"\n', ""))
    change = _edit(town, "limit", "500", person="Anna")
    [entry] = read_confirmations(town.open()).entries

    assert ("Anna", "limit", 500, "") == (entry.changed_by, entry.key, entry.value, entry.confirmed_by)
    assert "somebody other than Anna runs `rpac config confirm welcome-letters limit`" in change.notes[-1]


def test_a_sensitive_change_for_a_test_needs_nobody(town: "Town") -> None:
    """Production never reads that layer."""
    town.manifest = town.manifest.model_copy(update={"settings_schema": Paying.model_json_schema()})
    town.write(INSTANCE, _text(town).replace('contact = "Sigrun"\n', ""))
    change = _edit(town, "limit", "500", for_environment="test", person="Anna")

    assert () == change.notes
    assert not Path(town.folder / "confirmations.toml").exists()


def test_a_locked_key_is_refused_by_policy(town: "Town") -> None:
    """Exit code 5, and the policy's own line says why."""
    town.write(
        "../baseline/policies.toml",
        '[[policy]]\nkey = "enabled"\nlocked = true\nwhy = "All run."\nowner = "DIGIT"\n',
    )
    with pytest.raises(PolicyRefusedError) as caught:
        _edit(town, "enabled", "false")

    assert 5 == caught.value.exit_code
    assert "All run" in caught.value.findings[0].because
    assert "enabled" not in _text(town)


@pytest.mark.skipif(sys.platform == "win32", reason="links are POSIX's")
def test_a_link_out_of_the_folder_is_not_followed(town: "Town", tmp_path: Path) -> None:
    """Nothing is written elsewhere, not even a new file."""
    (tmp_path / "elsewhere").mkdir()
    (town.folder / "environments").mkdir()
    (town.folder / "environments" / "test").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(ConfigError) as caught:
        _edit(town, "window_days", "3", for_environment="test")

    assert ["E103"] == [one.code for one in caught.value.findings]
    assert [] == list((tmp_path / "elsewhere").iterdir())


class Charging(BotSettings):
    """Settings with a decision table."""

    fees: Table = table(
        Column.input("days", "whole", match="range", unit="days", description="Days late."),
        Column.output("fee", "whole", unit="DKK", description="What it costs."),
        description="What a reminder costs.",
    )


def test_a_decision_table_is_no_line_of_toml(town: "Town") -> None:
    """Its rows have a file of their own."""
    town.manifest = town.manifest.model_copy(update={"settings_schema": Charging.model_json_schema()})
    with pytest.raises(KeyRefusedError) as caught:
        _edit(town, "fees", "[]")

    assert "rpac config table" in caught.value.remedy
