"""A value that author and cooperation refuse, and what `explain` says of a code and of a personal key."""

from typing import TYPE_CHECKING

import click
import pytest
from click.testing import CliRunner, Result

from rpa_commons.cli import _main
from rpa_commons.sdk import BotSettings, Field

if TYPE_CHECKING:
    from conftest import Town


class Settings(BotSettings):
    """A bounded number, and personal keys."""

    contact: str = Field(description="Who is asked.", personal=True)
    deputy: str | None = Field(None, description="Who else.", personal=True)
    window_days: int = Field(10, ge=1, le=60, description="Look back.", unit="days")


@pytest.fixture
def town(town: "Town", monkeypatch: pytest.MonkeyPatch) -> "Town":
    """The town with that bot, reachable from the command line."""
    town.manifest = town.manifest.model_copy(update={"settings_schema": Settings.model_json_schema()})
    monkeypatch.setattr("rpa_commons.cli.config.explain.manifest_of", lambda _: town.manifest_of)
    monkeypatch.setattr("rpa_commons.cli.config.explain.connectors", lambda *_: town.connectors)
    return town


def _policy(town: "Town", bound: str) -> None:
    head = '[[policy]]\nbot = "welcome-letters"\nkey = "window_days"\nwhy = "Law."\nowner = "DIGIT"\n'
    town.write("../baseline/policies.toml", f"{head}{bound}\n")


def _explain(*words: str) -> Result:
    return CliRunner().invoke(
        _main.cli, ["-C", "roskilde", "config", "explain", *words], standalone_mode=False
    )


def test_a_value_refused_twice_has_one_help(town: "Town") -> None:
    """The tighter bound's; a waiver would not do, and following the looser one would fail again."""
    _policy(town, "max = 30")
    town.settings("window_days = 90")
    found = {one.code: one.help for one in town.findings()}

    assert {"E202", "E302"} == found.keys()
    assert {"set a value that is at most 30"} == set(found.values())


def test_a_looser_policy_leaves_the_author_s_help(town: "Town") -> None:
    """W302 says of the policy that it does nothing."""
    _policy(town, "max = 80")
    town.settings("window_days = 90")
    found = {one.code: one.help for one in town.findings()}

    assert {"E202", "E302", "W302"} == found.keys()
    assert found["E202"] == found["E302"]
    assert found["E202"].startswith("set a value of at least 1 and at most 60 days")


def test_a_value_that_only_the_policy_refuses_may_be_waived(town: "Town") -> None:
    """One finding keeps its own help."""
    _policy(town, "max = 30")
    town.settings("window_days = 31")

    assert "or ask DIGIT for a waiver" in town.finding().help


@pytest.mark.parametrize("words", [("E202",), ("e202",), ("welcome-letters", "E202")])
@pytest.mark.usefixtures("town")
def test_a_code_is_explained_elsewhere(words: tuple[str, ...]) -> None:
    """Somebody who types the code after the wrong explain learns the right one."""
    result = _explain(*words)

    assert isinstance(result.exception, click.UsageError)
    assert "`rpac explain E202` prints its page" in result.exception.message


def test_a_personal_key_tells_set_from_unset(town: "Town") -> None:
    """That nothing is set gives nothing away; what is set stays hidden."""
    unset = _explain("welcome-letters", "deputy").stdout
    town.settings('deputy = "Ragna"')
    given = _explain("welcome-letters", "deputy").stdout

    assert "\ndeputy = not set\n" in unset
    assert "\ndeputy = …\n" in given
    assert "Ragna" not in given
