import re
from typing import TYPE_CHECKING

import pytest

from rpa_commons.capabilities import RpaCommonsError
from rpa_commons.config import CODES, BrokenSchemaError, ConfigError, ConnectorEntry, Finding

if TYPE_CHECKING:
    from conftest import Town


def test_an_unknown_key_is_rendered_with_place_line_and_guess(town: "Town") -> None:
    """E101: file:line, the quoted line without the value (it may be a misspelt secret), and the guess."""
    town.settings("windw_days = 14  # two weeks")

    assert town.finding().render() == (
        "roskilde/bots/welcome-letters.toml:5: E101 windw_days: unknown key\n"
        "    windw_days = …  # two weeks\n"
        "    help: did you mean window_days?"
    )


def test_an_unknown_key_is_found_in_every_layer(town: "Town") -> None:
    """A misspelling in the baseline and in the municipality are two findings."""
    town.write("../baseline/bots/welcome-letters.toml", "[settings]\nretry.tims = 4\n")
    town.settings("retry.tims = 5")
    findings = town.findings()

    assert [(one.code, one.key) for one in findings] == [("E101", "retry.tims")] * 2
    assert [one.place for one in findings] == [
        "baseline/bots/welcome-letters.toml:2",
        "roskilde/bots/welcome-letters.toml:5",
    ]


def test_unknown_top_level_keys_and_stack_keys_are_found(town: "Town") -> None:
    """A key beside the settings, in a binding, or in its settings is unknown too, each with a guess."""
    town.write(
        "bots/welcome-letters.toml", 'ownr = "x"\n' + (town.folder / "bots/welcome-letters.toml").read_text()
    )
    town.write(
        "stack.toml", (town.folder / "stack.toml").read_text() + "settings.timeoutt = 3\nkonnector = 1\n"
    )
    found = {finding.key: finding.help for finding in town.findings()}

    assert found == {
        "instance.ownr": "did you mean owner?",
        "stack.PopulationRegister.konnector": "did you mean connector?",
        "stack.PopulationRegister.settings.timeoutt": "did you mean timeout?",
    }


def test_a_missing_required_key_says_what_to_set(town: "Town") -> None:
    """E102 names type and meaning, at the table that lacks the key."""
    text = (town.folder / "bots/welcome-letters.toml").read_text()
    town.write("bots/welcome-letters.toml", text.replace('contact = "Sigrun"', ""))
    finding = town.finding()

    assert (finding.code, finding.key, finding.line) == ("E102", "contact", 3)
    assert finding.help == "set it below [settings]: text. Who is asked."


def test_missing_keys_are_named_one_by_one_without_any_table(town: "Town") -> None:
    """An instance without a settings table lacks each required key, not 'settings'."""
    town.write(
        "bots/welcome-letters.toml", 'bot = "welcome-letters"\nid = "0b6f0c1e-2c9c-4c0e-9f3d-6d1f1e8f9a10"'
    )

    assert [(one.code, one.key) for one in town.findings()] == [("E102", "contact")]


@pytest.mark.parametrize(
    ("line", "message", "advice"),
    [
        ("window_days = true", "expected whole number, found truth value (true)", "write a whole number"),
        (
            "window_days = 14.0",
            "expected whole number, found number with decimals (14.0)",
            "write a whole number",
        ),
        ('window_days = "14"', 'expected whole number, found text ("14")', "write it without quotes: 14"),
        (
            "window_days = 2026-10-01",
            "expected whole number, found date (2026-10-01)",
            "write a whole number",
        ),
        ("window_days = [1]", "expected whole number, found list", "write a whole number"),
        ("window_days = {a = 1}", "expected whole number, found table", "write a whole number"),
        ("sender = 5", "expected text, found whole number (5)", 'write it in quotes: "5"'),
        ("sender = 2026-10-01", "expected text, found date (2026-10-01)", 'write it in quotes: "2026-10-01"'),
        (
            "since = 2026-10-01T10:00:00Z",
            "expected date, found date and time (2026-10-01T10:00:00+00:00)",
            "write it year first: 2026-11-01",
        ),
        (
            "since = 10:00:00",
            "expected date, found time of day (10:00:00)",
            "write it year first: 2026-11-01",
        ),
        ("enabled = 1", "expected true or false, found whole number (1)", "write true or false"),
        (
            "limit = 1.5",
            "expected whole number or text, found number with decimals (1.5)",
            "write a whole number or text",
        ),
        (
            "limit = true",
            "expected whole number or text, found truth value (true)",
            "write a whole number or text",
        ),
        ("retry.wait = nan", "expected number, found number with decimals (nan)", "write a number"),
        ("retry.wait = true", "expected number, found truth value (true)", "write a number"),
        ("retry = 3", "expected table, found whole number (3)", "write a table"),
        ('hosts = "a"', 'expected list of text, found text ("a")', "write a list of text"),
        ("words = {a = 1}", "expected text, found whole number (1)", 'write it in quotes: "1"'),
    ],
)
def test_types_are_strict(town: "Town", line: str, message: str, advice: str) -> None:
    """E201: nothing is converted; the finding says what was expected and what was found."""
    town.settings(line)
    finding = town.finding()

    assert (finding.code, finding.line, finding.message) == ("E201", 5, message)
    assert finding.help in {advice, f"{advice}. {_meaning(town, finding.key)}"}


def _meaning(town: "Town", key: str) -> str:
    """What the author of the bot says of a key."""
    top, *rest = key.split(".")
    described: str = town.manifest.settings_schema["properties"][top]["description"]
    return {"times": "Tries.", "wait": "Pause between two."}.get(*rest, described) if rest else described


def test_a_whole_number_is_good_where_decimals_are_allowed(town: "Town") -> None:
    """2 is a number; only the other way round is refused."""
    town.settings("retry.wait = 2")

    assert town.resolve().settings["retry"]["wait"] == 2


_DAYS = "set a value of at least 1 and at most 60 days"
_SIGNS = "write at least 2 characters and at most 20 characters"


@pytest.mark.parametrize(
    ("line", "message", "advice"),
    [
        ("window_days = 61", "61 is not allowed: at least 1, at most 60 days", _DAYS),
        ("window_days = 0", "0 is not allowed: at least 1, at most 60 days", _DAYS),
        ('mode = "fsat"', '"fsat" is not one of "fast", "slow"', 'did you mean "fast"?'),
        ('sender = "x"', '"x" is not allowed: at least 2 characters, at most 20 characters', _SIGNS),
        ('since = "1 October"', '"1 October" is no date', "write it year first: 2026-11-01"),
        ('since = "2026-02-30"', '"2026-02-30" is no date', "write it year first: 2026-11-01"),
        ('since = "20261001"', '"20261001" is no date', "write it year first: 2026-11-01"),
    ],
)
def test_bounds_are_named(town: "Town", line: str, message: str, advice: str) -> None:
    """E202: the value, what is allowed, the unit, and a guess where words are few."""
    town.settings(line)
    finding = town.finding()

    assert (finding.code, finding.message) == ("E202", message)
    assert finding.help in {advice, f"{advice}. {_meaning(town, finding.key)}"}


def test_a_list_items_line_is_found(town: "Town") -> None:
    """A wrong item of a list over several lines is quoted with its own line."""
    town.settings("hosts = [", '  "a",', "  3,", "]")
    finding = town.finding()

    assert (finding.key, finding.line, finding.line_text) == ("hosts[1]", 7, "  3,")


def test_a_secret_in_clear_is_refused_and_never_shown(town: "Town") -> None:
    """E401: text where the schema wants a reference; the value is in no part of the finding."""
    town.settings('password = "hunter2"  # old')
    finding = town.finding()

    assert finding.code == "E401"
    assert finding.line_text == "password = …  # old"
    assert "hunter2" not in finding.render()
    assert 'refer to it: {env = "NAME"}' in finding.help
    assert "change the secret" in finding.help


def test_a_secret_in_clear_is_found_under_a_stronger_reference(town: "Town") -> None:
    """A secret in the baseline's file stays a secret in a file, whatever the municipality says."""
    town.write("../baseline/bots/welcome-letters.toml", '[settings]\npassword = "hunter2"\n')
    town.settings('password = { env = "X" }')

    assert (town.finding().code, town.finding().place) == ("E401", "baseline/bots/welcome-letters.toml:2")


def test_a_connectors_secret_in_clear_is_refused(town: "Town") -> None:
    """E401 holds for stack.toml, in an inline table, and hides only the secret's part of the line."""
    town.write(
        "stack.toml",
        "[PopulationRegister]\n"
        'connector = "sf1520"\n'
        'settings = { url = "https://register.example", password = "hunter2", timeoutt = 3 }\n',
    )
    findings = town.findings()

    assert [finding.code for finding in findings] == ["E101", "E401"]
    assert {finding.line_text for finding in findings} == {
        'settings = { url = "https://register.example", password = …, timeoutt = … }'
    }


@pytest.mark.parametrize(
    "value", ['{ env = "hunter2!" }', '{ valuee = "hunter2" }', '{ env = "A", file = "hunter2" }', "12345"]
)
def test_a_broken_reference_is_hidden(town: "Town", value: str) -> None:
    """E201: whoever puts a secret into the wrong place of a reference does not read it on the screen."""
    town.settings(f"password = {value}")
    finding = town.finding()

    assert (finding.code, finding.key) == ("E201", "password")
    assert "hunter2" not in finding.render()
    assert "12345" not in finding.render()


def test_a_personal_value_is_hidden(town: "Town") -> None:
    """A field marked personal shows no value: not in the message, not in the line, not of the wrong type."""
    town.write(
        "bots/welcome-letters.toml",
        (town.folder / "bots/welcome-letters.toml").read_text().replace('"Sigrun"', "[4711]"),
    )
    finding = town.finding()

    assert finding.render().endswith(
        "E201 contact: expected text, found list\n    contact = …\n    help: write text. Who is asked."
    )


def test_a_personal_number_never_becomes_message_text(town: "Town") -> None:
    """A CPR number typed into a setting that is not personal is masked all the same."""
    town.settings('mode = "2211771212"')

    assert "2211771212" not in town.finding().render()


def test_what_a_terminal_obeys_is_escaped(town: "Town") -> None:
    """A control sign in a value or line is written as an escape: a file cannot steer the terminal."""
    town.settings('mode = "\x9b2Jfast"', 'sender = "\\u001b]0;x\\u0007 and far too much of it"')

    assert town.findings()[0].message.startswith('"\\u009b2Jfast" is not one of')
    assert "\x9b" not in "".join(finding.render() for finding in town.findings())
    assert "\x1b" not in "".join(finding.render() for finding in town.findings())


def test_a_hidden_value_over_many_lines_stays_hidden(town: "Town") -> None:
    """A line inside a multi-line value is quoted as … too."""
    text = 'contact = [\n  "Sigrun",\n  "Ole", ]\n'
    town.write(
        "bots/welcome-letters.toml",
        'bot = "welcome-letters"\nid = "0b6f0c1e-2c9c-4c0e-9f3d-6d1f1e8f9a10"\n[settings]\n' + text,
    )

    assert "Sigrun" not in town.finding().render()
    assert "Ole" not in town.finding().render()


def test_a_required_capability_without_connector_names_all_three(town: "Town") -> None:
    """E601 names the capability, the bot that needs it and the stack.toml to edit, with the table to add."""
    town.write("stack.toml", "")
    finding = town.finding()

    assert finding.render() == (
        "roskilde/stack.toml: E601 stack.PopulationRegister: the bot welcome-letters needs"
        " PopulationRegister, and the stack binds no connector to it\n"
        "    because: welcome-letters 1.0.0 declares it as population\n"
        '    help: add [PopulationRegister] with connector = "sf1520" to stack.toml'
        " (there is: sf1520 or register-extract)"
    )


def test_a_missing_stack_file_is_the_same(town: "Town") -> None:
    """E601 also where there is no stack.toml yet: it names the file to make."""
    (town.folder / "stack.toml").unlink()

    assert (town.finding().code, town.finding().place) == ("E601", "roskilde/stack.toml")


def test_a_misspelt_capability_is_guessed(town: "Town") -> None:
    """E601 points at the table that was probably meant."""
    town.write(
        "stack.toml",
        (town.folder / "stack.toml").read_text().replace("PopulationRegister", "PopulationRegistre"),
    )

    assert (
        town.finding().help == "did you mean PopulationRegister where stack.toml:1 says PopulationRegistre?"
    )


def test_an_unknown_connector_is_guessed(town: "Town") -> None:
    """E602 with the likely connector, and how one that is not installed comes here."""
    town.write("stack.toml", (town.folder / "stack.toml").read_text().replace("sf1520", "sf1502"))
    finding = town.finding()

    assert (finding.code, finding.line) == ("E602", 2)
    assert finding.help == (
        "did you mean sf1520?; `rpac search --capability PopulationRegister --kind connector` lists others, "
        "`rpac install sf1502` brings one here"
    )


def test_a_connector_of_another_capability_is_refused(town: "Town") -> None:
    """E603 says what the connector serves and which ones would fit."""
    town.write("stack.toml", '[PopulationRegister]\nconnector = "sf1601"\nsettings.folder = "x"\n')
    finding = town.finding()

    assert (finding.code, finding.message) == ("E603", "sf1601 serves DigitalPost, not PopulationRegister")
    assert finding.help == "connectors for PopulationRegister: sf1520, register-extract"


@pytest.mark.parametrize(
    ("served", "codes"), [("1.0", []), ("1.3", []), ("2.0", ["E603"]), ("0.9", ["E603"]), ("", [])]
)
def test_a_connector_must_serve_the_capabilitys_version(town: "Town", served: str, codes: list[str]) -> None:
    """E603: the same major version and no smaller minor one."""
    entry = town.connectors["sf1520"]
    town.connectors["sf1520"] = ConnectorEntry(entry.name, entry.capability, entry.settings_schema, served)

    assert [finding.code for finding in town.examine().findings] == codes


def test_a_binding_that_is_no_table_is_refused(town: "Town") -> None:
    """E201 with the form to write."""
    town.write("stack.toml", 'PopulationRegister = "sf1520"\n')
    finding = town.finding()

    assert (finding.code, finding.line, finding.key) == ("E201", 1, "stack.PopulationRegister")


def test_a_copied_instance_file_is_refused(town: "Town") -> None:
    """E604 names both files and says why an id may stand once only."""
    town.write("bots/copy.toml", (town.folder / "bots/welcome-letters.toml").read_text())
    finding = town.finding(name="copy")

    assert finding.code == "E604"
    assert finding.message == (
        "roskilde/bots/copy.toml and roskilde/bots/welcome-letters.toml have the same id"
    )
    assert "sent twice" in finding.because
    assert town.finding(name="welcome-letters").code == "E604"


def test_a_missing_id_comes_with_a_fresh_one(town: "Town") -> None:
    """E605 offers the line to add, with an id that is new each time."""
    town.write("bots/welcome-letters.toml", 'bot = "welcome-letters"\n[settings]\ncontact = "x"\n')
    first, second = town.finding(), town.finding()

    assert first.code == "E605"
    assert re.fullmatch(
        r'add id = "[0-9a-f-]{36}" at the top of the file, above the first \[table\]', first.help
    )
    assert first.help != second.help


@pytest.mark.parametrize(
    "value",
    ['"abc"', "7", '"{0b6f0c1e-2c9c-4c0e-9f3d-6d1f1e8f9a10}"', '"00000000-0000-0000-0000-000000000000"'],
)
def test_an_id_must_be_a_uuid(town: "Town", value: str) -> None:
    """E605 for anything that is not the usual text of a UUID."""
    town.write(
        "bots/welcome-letters.toml", f'bot = "welcome-letters"\nid = {value}\n[settings]\ncontact = "x"\n'
    )

    assert "E605" in {finding.code for finding in town.findings()}


def test_layers_may_not_say_who_an_instance_is(town: "Town") -> None:
    """Bot and id belong to the municipality's own file: elsewhere they would change whom keys are for."""
    town.write("environments/test/bots/welcome-letters.toml", 'id = "x"\nbot = "other"\n')
    town.write("../baseline/bots/welcome-letters.toml", "start_from = 2026-01-01\n")

    assert [(one.code, one.key) for one in town.findings()] == [
        ("E101", "instance.start_from"),
        ("E101", "instance.id"),
        ("E101", "instance.bot"),
    ]


@pytest.mark.parametrize(
    ("line", "code"), [("", "E102"), ("bot = 3", "E201"), ('bot = "../x"', "E202"), ('bot = ""', "E202")]
)
def test_the_bot_must_be_named(town: "Town", line: str, code: str) -> None:
    """A missing or impossible bot name is a finding, and no manifest is asked for."""
    town.write("bots/welcome-letters.toml", f'{line}\nid = "0b6f0c1e-2c9c-4c0e-9f3d-6d1f1e8f9a10"\n')

    assert code in {finding.code for finding in town.findings()}


def test_everything_is_found_at_once(town: "Town") -> None:
    """One error holds every finding of instance and stack, and its message shows them all."""
    town.write("stack.toml", "")
    town.settings("windw_days = 1", "enabled = 3", 'mode = "x"', 'password = "p"')
    with pytest.raises(ConfigError) as caught:
        town.resolve("retry.times=0")

    assert sorted(finding.code for finding in caught.value.findings) == [
        "E101", "E201", "E202", "E202", "E401", "E601",
    ]  # fmt: skip
    assert caught.value.message.startswith("the configuration has 6 findings\n\n")
    assert all(finding.render() in caught.value.message for finding in caught.value.findings)
    assert caught.value.exit_code == 1


def test_a_missing_manifest_is_said_when_nothing_else_is_wrong(town: "Town") -> None:
    """The error of manifest_of comes through; with findings in the file, these come first."""

    def not_installed(bot: str) -> object:
        raise RpaCommonsError(f"{bot} is not installed")

    town.manifest_of = not_installed  # type: ignore[assignment,method-assign]
    with pytest.raises(RpaCommonsError, match="not installed"):
        town.resolve()
    town.write("bots/welcome-letters.toml", 'bot = "welcome-letters"\n')

    assert [finding.code for finding in town.findings()] == ["E605"]


@pytest.mark.parametrize(
    "reference", ["https://elsewhere.example/schema.json", "#/$defs/Nobody", "file:///etc/passwd"]
)
def test_a_schema_that_refers_elsewhere_is_never_followed(town: "Town", reference: str) -> None:
    """A manifest's schema may refer to itself only; a host fetches nothing for it."""
    schema = {"type": "object", "properties": {"contact": {"$ref": reference}}}
    town.manifest = town.manifest.model_copy(update={"settings_schema": schema})
    with pytest.raises(BrokenSchemaError, match="which is not in it"):
        town.resolve()


def test_a_schema_that_contains_itself_ends(town: "Town") -> None:
    """A settings class that nests itself is explained and checked in finite time."""
    node = {"type": "object", "properties": {"child": {"$ref": "#/$defs/Node"}}, "required": ["child"]}
    schema = {
        "type": "object",
        "properties": {"contact": {}, "tree": {"$ref": "#/$defs/Node"}},
        "$defs": {"Node": node},
    }
    town.manifest = town.manifest.model_copy(update={"settings_schema": schema})

    assert town.resolve().explain("contact")[0].key == "contact"


def test_a_finding_is_json_too() -> None:
    """Every part of a finding is in its JSON form."""
    finding = Finding("E101", "x", "unknown key", help="did you mean y?")

    assert finding.to_json() == {
        "code": "E101", "severity": "error", "key": "x", "message": "unknown key", "file": None,
        "line": None, "source": "--set", "line_text": "", "because": "", "help": "did you mean y?",
    }  # fmt: skip


def test_codes_have_the_usual_form() -> None:
    """Each code is E or W and three digits, and says what it stands for; a warning says so in JSON."""
    assert all(re.fullmatch(r"[EW]\d{3}", code) and meaning for code, meaning in CODES.items())
    assert Finding("W101", "x", "deprecated").to_json()["severity"] == "warning"
