"""What a local admin reads: the remedy fits the mistake, and one mistake is not said twice."""

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from rpa_commons.config import Checked, OverrideError, check_municipality

if TYPE_CHECKING:
    from conftest import Town

INSTANCE = "bots/welcome-letters.toml"
HEAD = 'bot = "welcome-letters"\nid = "0b6f0c1e-2c9c-4c0e-9f3d-6d1f1e8f9a10"\n'


def _check(town: "Town", *names: str, overrides: tuple[str, ...] = ()) -> Checked:
    return check_municipality(
        town.open(), town.manifest_of, connectors=town.connectors, names=names, overrides=overrides
    )


@pytest.fixture(autouse=True)
def _secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REGISTER_PASSWORD", "hunter2")


@pytest.mark.parametrize(
    ("text", "key", "line", "advice"),
    [
        (HEAD + '[settings]\ncontact = "x"\nowner = "y"\n', "owner", 5,
         "owner belongs at the top of the file, above the first [table]: move the line there"),
        (HEAD + 'sender = "y"\n[settings]\ncontact = "x"\n', "instance.sender", 3,
         "sender belongs below [settings]: move the line there"),
        (HEAD + '[settings]\ncontact = "x"\ntimes = 3\n', "times", 5,
         "times belongs below [settings.retry]: move the line there"),
        (HEAD + '[settings]\ncontact = "x"\n[retry]\ntimes = 3\n', "instance.retry", 5,
         "write it as [settings.retry]"),
        (HEAD + '[settings]\ncontact = "x"\nenv = "X"\n', "env", 5, None),
    ],
)  # fmt: skip
def test_a_key_in_the_wrong_table_is_told_where_it_belongs(
    town: "Town", text: str, key: str, line: int, advice: str | None
) -> None:
    """E101: what stands below a header is in its table, which people who append a line forget."""
    town.write(INSTANCE, text)
    finding = town.finding()

    assert (finding.code, finding.key, finding.line) == ("E101", key, line)
    assert finding.help == advice or (advice is None and finding.help.startswith("known here: window_days, "))


def test_a_connectors_key_is_told_its_whole_table(town: "Town") -> None:
    """In stack.toml the place is named with the capability."""
    stack = (town.folder / "stack.toml").read_text().replace("settings.url", "timeout = 3\nsettings.url")
    town.write("stack.toml", stack)

    assert town.finding().help == "timeout belongs below [PopulationRegister.settings]: move the line there"


def test_a_key_that_fits_into_several_tables_is_not_placed(town: "Town") -> None:
    """Among several tables nobody can guess: the known keys are listed."""
    table = {"type": "object", "additionalProperties": False, "properties": {"port": {"type": "integer"}}}
    schema = {"type": "object", "additionalProperties": False, "properties": {"a": table, "b": table}}
    town.manifest = town.manifest.model_copy(update={"settings_schema": schema})
    town.write(INSTANCE, HEAD + "[settings]\nport = 3\n")

    assert town.finding().help == "known here: a, b"


def test_an_id_that_strayed_is_moved_and_not_made_anew(town: "Town") -> None:
    """E605: beside an id in the wrong table a fresh one is the second choice, it would send all again."""
    town.write(INSTANCE, 'bot = "welcome-letters"\n[settings]\ncontact = "x"\nid = "0b6f0c1e"\n')
    strayed, missing = sorted(town.findings(), key=lambda one: one.code)

    assert (strayed.code, strayed.key, strayed.line) == ("E101", "id", 4)
    assert missing.code == "E605"
    assert missing.help.startswith("if line 4 is it, move that line to the top of the file; or else add id =")


@pytest.mark.parametrize(
    ("override", "key", "advice"),
    [
        ("settings.window_days=3", "settings", "name a setting by itself, without settings before it"),
        ("times=3", "times", "did you mean retry.times?"),
        ("retry.owner=x", "retry.owner", "did you mean instance.owner?"),
        ("stack.PopulationRegistre.connector=x", "stack.PopulationRegistre",
         "did you mean PopulationRegister?"),
        ("stack.X.connector=x", "stack.X", "known here: PopulationRegister"),
    ],
)  # fmt: skip
def test_a_set_that_would_do_nothing_is_refused(town: "Town", override: str, key: str, advice: str) -> None:
    """E101 from --set: a misspelt key or capability never passes without a word."""
    finding = town.finding(override)

    assert (finding.code, finding.key, finding.place, finding.help) == ("E101", key, "--set", advice)


def test_a_set_for_another_bots_capability_is_let_pass(town: "Town") -> None:
    """The stack binds it, so some bot instance may use it."""
    stack = (town.folder / "stack.toml").read_text()
    town.write("stack.toml", stack + '[DigitalPost]\nconnector = "sf1601"\nsettings.folder = "out"\n')

    assert town.examine("stack.DigitalPost.settings.folder=x").findings == ()


@pytest.mark.parametrize(
    ("text", "remedy"),
    [
        ("stack.X=1", "write --set stack.CAPABILITY.connector=NAME, or stack.CAPABILITY.settings.KEY=VALUE"),
        ("instance=1", "write --set instance.start_from=DATE, or instance.owner=NAME"),
        ("instance.id=1", "write it into the bot instance's own file"),
        ("x", "write --set KEY=VALUE, e.g. --set window_days=7"),
    ],
)
def test_a_malformed_set_is_told_its_form(town: "Town", text: str, remedy: str) -> None:
    """Each way to get --set wrong has a remedy of its own."""
    with pytest.raises(OverrideError) as caught:
        town.resolve(text)

    assert caught.value.remedy == remedy


@pytest.mark.parametrize("file", ["stack.toml", "../baseline/stack.toml", "environments/test/stack.toml"])
def test_a_broken_stack_file_is_the_only_finding(town: "Town", file: str) -> None:
    """What an unreadable file may hold is not called missing beside it."""
    if file != "stack.toml":
        town.write("stack.toml", "")
    town.write(file, "x =\n")

    assert [finding.code for finding in town.findings()] == ["E104"]


def test_a_broken_layer_of_the_instance_is_the_only_finding(town: "Town") -> None:
    """A required key may stand in the environment's file that cannot be read."""
    town.write(INSTANCE, HEAD)
    town.write("environments/test/bots/welcome-letters.toml", "x =\n")

    assert [finding.code for finding in town.findings()] == ["E104"]


def test_an_unreadable_layer_hides_no_other_mistake(town: "Town") -> None:
    """Types and unknown keys of the readable files are found all the same."""
    town.settings("window_days = true", "windw_days = 3")
    town.write("environments/test/bots/welcome-letters.toml", "x =\n")

    assert sorted(finding.code for finding in town.findings()) == ["E101", "E104", "E201"]


def test_a_connector_of_another_capability_is_not_asked_for_its_settings(town: "Town") -> None:
    """E603 stands alone: what the wrong connector would need is of no interest."""
    town.write("stack.toml", '[PopulationRegister]\nconnector = "sf1601"\n')

    assert [finding.code for finding in town.findings()] == ["E603"]


def test_another_capability_is_no_misspelling(town: "Town") -> None:
    """E601 does not take a table that is right for a table that is misspelt."""
    entry = town.connectors["register-extract"]
    town.connectors["events"] = type(entry)("events", "PopulationEvents", entry.settings_schema, "1.0")
    town.write("stack.toml", '[PopulationEvents]\nconnector = "events"\nsettings.folder = "x"\n')

    assert town.finding().help.startswith('add [PopulationRegister] with connector = "sf1520"')


def test_a_capability_that_no_connector_serves_must_be_installed(town: "Town") -> None:
    """E601 without any fitting connector says so."""
    town.connectors.clear()
    town.write("stack.toml", "")

    search = "`rpac search --capability PopulationRegister --kind connector` lists them"
    wanted = f"install a connector for PopulationRegister ({search}) and bind it in stack.toml"
    assert wanted == town.finding().help


@pytest.mark.parametrize(
    ("given", "message", "advice"),
    [
        ("../basline", "../basline does not exist", "did you mean ../baseline?"),
        ("zzz", "zzz does not exist", "name the folder that holds the cooperation's baseline.toml"),
        ("stack.toml", "stack.toml is neither a folder nor a wheel", "name the folder with"),
        ("../roskilde", "../roskilde is no baseline", "it must hold baseline.toml with name and version"),
    ],
)
def test_a_baseline_that_is_none_is_guessed(town: "Town", given: str, message: str, advice: str) -> None:
    """E103 at the line of municipality.toml that names it, which is quoted."""
    text = (town.folder / "municipality.toml").read_text(encoding="utf-8")
    town.write("municipality.toml", text.replace('"../baseline"', f'"{given}"'))
    [finding] = town.opening_findings()

    assert (finding.code, finding.line, finding.message) == ("E103", 5, message)
    assert finding.line_text == f'baseline = "{given}"'
    assert finding.help.startswith(advice)


@pytest.mark.parametrize("name", ["welcome-letters.toml", "bots/welcome-letters.toml"])
def test_a_file_name_in_place_of_an_instance_is_understood(town: "Town", name: str) -> None:
    """E103: what a shell completes is answered with the instance's name."""
    assert town.finding(name=name).help == "did you mean welcome-letters?"


def test_a_form_is_told_by_its_meaning(town: "Town") -> None:
    """E202 against a pattern says what the author says of the key, not the regular expression."""
    text = (town.folder / "municipality.toml").read_text(encoding="utf-8")
    town.write("municipality.toml", text.replace('"0265"', '"265"'))
    [finding] = town.opening_findings()

    assert finding.message == '"265" has not the form that is asked for'
    assert finding.help == 'Official code, four digits in quotes, e.g. "0265".'


@pytest.mark.parametrize(
    ("line", "key", "advice"),
    [
        (
            'code = "0265"\n',
            "code",
            "set it at the top of the file, above the first [table]: text, not empty.",
        ),
        ('name = "Roskilde Kommune"\n', "letterhead.name", "set it below [letterhead]: text"),
    ],
)
def test_a_missing_key_is_told_its_place(town: "Town", line: str, key: str, advice: str) -> None:
    """E102 says below which header the key belongs, and repeats no regular expression."""
    text = (town.folder / "municipality.toml").read_text(encoding="utf-8")
    town.write("municipality.toml", text.replace(line, ""))
    [finding] = town.opening_findings()

    assert (finding.code, finding.key) == ("E102", key)
    assert finding.help.startswith(advice)
    assert "^[" not in finding.help


def test_a_shared_id_is_one_finding_of_a_check(town: "Town") -> None:
    """Three files with one id are one thing to mend; each instance alone is refused all the same."""
    for name in ("a", "b"):
        town.write(f"bots/{name}.toml", (town.folder / INSTANCE).read_text())
    [finding] = _check(town).findings

    assert finding.message == (
        "roskilde/bots/a.toml and roskilde/bots/b.toml and roskilde/bots/welcome-letters.toml"
        " have the same id"
    )
    assert [town.finding(name=name).code for name in ("a", "b", "welcome-letters")] == ["E604"] * 3


@pytest.mark.parametrize("name", ["summer.toml.txt", "summer.TOML.TXT"])
def test_a_file_that_nothing_reads_is_found(town: "Town", name: str) -> None:
    """E101: an ending that an editor added would otherwise pass without a word."""
    town.write(f"bots/{name}", "")
    [finding] = _check(town).findings

    assert (finding.code, finding.place, finding.help) == (
        "E101",
        f"roskilde/bots/{name}",
        "call it summer.toml",
    )


@pytest.mark.parametrize("name", ["notes.md", "old.toml.bak", ".hidden.toml"])
def test_other_files_beside_the_instances_are_let_be(town: "Town", name: str) -> None:
    """Notes, backups and hidden files are nobody's mistake."""
    town.write(f"bots/{name}", "")

    assert _check(town).findings == ()


def test_a_check_of_named_instances_looks_at_these_only(town: "Town") -> None:
    """Orphans and the rest of the stack belong to the check of everything."""
    town.write("bots/summer.toml.txt", "")
    town.write("bots/broken.toml", "x =\n")
    checked = _check(town, "welcome-letters", "welcome-letters")

    assert (checked.instances, checked.findings, dict(checked.errors)) == (("welcome-letters",), (), {})


def test_a_usage_error_ends_a_check(town: "Town") -> None:
    """An override that cannot be read is not a finding of each instance."""
    with pytest.raises(OverrideError):
        _check(town, overrides=("x",))


def test_a_missing_secret_says_what_to_create(town: "Town", tmp_path: Path) -> None:
    """E402 names the file in words and where it belongs; a secret in a list of another layer counts not."""
    town.settings('password = { file = "secrets/sftp" }')
    [finding] = _check(town).findings

    assert (finding.code, finding.key, finding.line) == ("E402", "password", 5)
    assert finding.message == "secret missing: file secrets/sftp does not exist"
    assert finding.help == f"create {town.folder.resolve() / 'secrets/sftp'}, readable by its owner only"


def test_a_reference_that_a_stronger_layer_replaces_is_not_looked_for(town: "Town") -> None:
    """Only the reference that counts must be there."""
    town.write("../baseline/bots/welcome-letters.toml", '[settings]\npassword = { env = "NOT_SET_HERE" }\n')
    town.settings('password = { env = "REGISTER_PASSWORD" }')

    assert _check(town).findings == ()


def test_no_part_of_a_check_shows_a_secret(town: "Town") -> None:
    """Rendered or as JSON, findings hold neither a secret in clear nor the value a reference names."""
    town.settings('password = "s3cret-in-clear"', 'retry = { timess = "s3cret-too" }')
    findings = _check(town).findings
    shown = "".join(one.render() + json.dumps(one.to_json()) for one in findings)

    assert sorted(one.code for one in findings) == ["E101", "E401"]
    assert "s3cret" not in shown
    assert "hunter2" not in shown
