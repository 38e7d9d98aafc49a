import json
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner, Result

from rpa_commons.capabilities import RpaCommonsError
from rpa_commons.cli import _ending, _main
from rpa_commons.config import ConfigError, SecretsUnresolvedError, config_error

if TYPE_CHECKING:
    from conftest import Town


@pytest.fixture(autouse=True)
def _ready(installed: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """The bot is installed, and its secret is there."""
    monkeypatch.setenv("REGISTER_PASSWORD", "hunter2")


def _rpac(*words: str) -> Result:
    return CliRunner().invoke(_main.cli, ["-C", "roskilde", "config", *words], standalone_mode=False)


def _code(result: Result) -> Any:
    if result.exception is not None:
        assert isinstance(result.exception, RpaCommonsError), result.exception
        return result.exception.exit_code
    return result.return_value


def test_check_says_that_nothing_is_wrong(town: "Town") -> None:
    """With nothing to say it says so, and names how many instances it looked at."""
    result = _rpac("check")

    assert _code(result) == 0
    assert result.stdout == "1 bot instance of Roskilde (environment test): nothing wrong\n"


def test_check_shows_findings_and_ends_with_one(town: "Town") -> None:
    """Findings stand with their places, the count at the end, exit code 1."""
    town.settings("windw_days = 3")
    result = _rpac("check")

    assert _code(result) == 1
    assert "roskilde/bots/welcome-letters.toml:5: E101 windw_days: unknown key" in result.stdout
    assert result.stdout.endswith("1 bot instance of Roskilde (environment test): 1 finding\n")


def test_check_reports_missing_secrets_with_four(town: "Town", monkeypatch: pytest.MonkeyPatch) -> None:
    """E402 where only a secret is missing: exit code 4, reference and remedy named."""
    monkeypatch.delenv("REGISTER_PASSWORD")
    town.settings('password = { keyring = "a/b" }')  # a key store is not asked
    result = _rpac("check", "--json")
    document = json.loads(result.stdout)

    assert _code(result) == 4
    assert [(one["code"], one["key"], one["line"]) for one in document["findings"]] == [
        ("E402", "stack.PopulationRegister.settings.password", 4)
    ]
    assert "set REGISTER_PASSWORD" in document["findings"][0]["help"]


def test_check_reports_a_missing_journal_key(town: "Town", monkeypatch: pytest.MonkeyPatch) -> None:
    """The municipality's own reference is looked at too."""
    monkeypatch.delenv("NO_SUCH_KEY", raising=False)
    text = (town.folder / "municipality.toml").read_text(encoding="utf-8")
    town.write("municipality.toml", 'journal_key = { env = "NO_SUCH_KEY" }\n' + text)

    assert _code(_rpac("check")) == 4


def test_check_looks_at_what_belongs_to_no_instance(town: "Town") -> None:
    """An unknown connector that no bot uses, and an environment file of no instance, are findings."""
    town.write("environments/test/bots/welcome-leters.toml", "")
    stack = (town.folder / "stack.toml").read_text()
    town.write("stack.toml", stack + '[CaseSystem]\nconnector = "nova"\nsettings.token = "hunter2"\n')
    result = _rpac("check")

    assert _code(result) == 1
    assert "E602 stack.CaseSystem.connector" in result.stdout
    assert "help: did you mean welcome-letters.toml?" in result.stdout
    assert "hunter2" not in result.stdout


def test_check_goes_on_after_an_instance_that_is_not_installed(town: "Town") -> None:
    """A bot that is not installed is named with its remedy; the other instances are checked all the same."""
    town.write("bots/other.toml", 'bot = "other"\nid = "0b6f0c1e-2c9c-4c0e-9f3d-6d1f1e8f9a11"\n')
    town.settings("windw_days = 3")
    result = _rpac("check")

    assert _code(result) == 1
    assert "bots/other.toml: bot other is not installed in this municipality\n" in result.stdout
    assert "    help: `rpac install WHEEL` installs it\n" in result.stdout
    assert "E101 windw_days" in result.stdout


def test_check_takes_names_of_instances(town: "Town") -> None:
    """Only the named instances are checked; an unknown one is a finding with a guess."""
    result = _rpac("check", "welcome-leters")

    assert _code(result) == 1
    assert "help: did you mean welcome-letters?" in result.stdout


def test_explain_shows_layers_winner_and_meaning(town: "Town") -> None:
    """One block per key: value, description, type and bounds, and each layer with its place."""
    town.write("../baseline/bots/welcome-letters.toml", "[settings]\nwindow_days = 11\n")
    result = _rpac("explain", "welcome-letters", "window_days", "--set", "window_days=7")

    assert _code(result) == 0
    assert result.stdout == (
        "# welcome-letters\n"
        "\n"
        "window_days = 7 days\n"
        "    Look this many days back for moves.\n"
        "    whole number, at least 1, at most 60, in days; default: 10\n"
        "    bot default  10  (welcome-letters 1.0.0 Settings.window_days)\n"
        "    baseline     11  (../baseline/bots/welcome-letters.toml:2)\n"
        "  > --set        7  (--set)\n"
    )


def test_explain_without_key_shows_every_key(town: "Town") -> None:
    """All keys of the instance, hidden values hidden."""
    result = _rpac("explain", "welcome-letters")

    assert _code(result) == 0
    assert "contact = …\n" in result.stdout
    assert "stack.PopulationRegister.settings.url = " in result.stdout
    assert "instance.owner = not set\n" in result.stdout
    assert "Sigrun" not in result.stdout


def test_explain_takes_a_key_alone(town: "Town") -> None:
    """A single word that is no instance is a key, shown for every instance."""
    document = json.loads(_rpac("explain", "window_days", "--json").stdout)

    assert [one["key"] for one in document["welcome-letters"]] == ["window_days"]


def test_explain_passes_over_instances_without_the_key(town: "Town") -> None:
    """A key alone is shown where it exists; a folder without instances says so."""
    text = (town.folder / "bots/welcome-letters.toml").read_text().replace("0b6f0c1e", "0b6f0c1f")
    town.write("bots/second.toml", text + 'words.only_here = "x"\n')
    document = json.loads(_rpac("explain", "words.only_here", "--json").stdout)
    for path in (town.folder / "bots").iterdir():
        path.unlink()

    assert list(document) == ["second"]
    assert _rpac("explain").stdout == "Roskilde has no bot instance yet\n"


@pytest.mark.parametrize(
    ("words", "code", "remedy"),
    [
        (("explain", "welcome-leters"), 1, "did you mean welcome-letters?"),
        (("explain", "welcome-letters", "window_day"), 2, "did you mean window_days?"),
        (("explain", "window_day"), 2, "did you mean window_days?"),
        (("check", "-E", "prod"), 1, "did you mean production?"),
        (("check", "--set", "x"), 2, "KEY=VALUE"),
    ],
)
def test_a_misspelt_word_is_answered_with_a_guess(
    town: "Town", words: tuple[str, ...], code: int, remedy: str
) -> None:
    """Instance, key and environment each get a guess and the right exit code."""
    result = _rpac(*words)

    assert _code(result) == code
    assert isinstance(result.exception, RpaCommonsError)
    assert remedy in result.exception.message + result.exception.remedy


def test_explain_works_on_a_wrong_configuration(town: "Town") -> None:
    """The explanation goes to stdout, the findings to stderr, and the exit code is 1."""
    town.settings("window_days = true")
    result = _rpac("explain", "welcome-letters", "window_days")

    assert _code(result) == 1
    assert "window_days = true\n" in result.stdout
    assert "E201 window_days" in result.stderr


def test_the_error_shown_at_the_top_is_readable(town: "Town", capsys: pytest.CaptureFixture[str]) -> None:
    """The command line prints each finding on lines of its own and nothing twice."""
    town.settings("windw_days = 3")
    with pytest.raises(ConfigError) as caught:
        town.resolve()
    code = _ending._show(caught.value)
    shown = capsys.readouterr().err

    assert code == 1
    assert shown == (
        "error: the configuration has 1 finding\n\n"
        "roskilde/bots/welcome-letters.toml:5: E101 windw_days: unknown key\n"
        "    windw_days = …\n"
        "    help: did you mean window_days?\n"
    )


def test_only_missing_secrets_make_exit_code_four(town: "Town") -> None:
    """A finding of any other kind beside them makes it 1."""
    town.settings("windw_days = 3")
    [other] = town.findings()
    secret = type(other)("E402", "x", "secret missing")

    assert isinstance(config_error([secret]), SecretsUnresolvedError)
    assert config_error([secret, other]).exit_code == 1
