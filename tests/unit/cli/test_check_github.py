"""``rpac config check``: as annotations of a workflow run, warnings apart, and what was not run."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from rpa_commons.capabilities import RpaCommonsError
from rpa_commons.cli.config.check import check
from rpa_commons.config import Checked, Finding

MUNICIPALITY = """\
name = "Roskilde"
code = "0265"
cvr = "29189404"
state_dir = "../state"
letterhead.name = "Roskilde Kommune"
"""
E202 = Finding(
    "E202",
    "window_days",
    "90 is too much: 100% of it, and\nmore",
    Path("roskilde/bots/a,b:c.toml"),
    7,
    because="policies.toml:3",
    help="at most 60",
)
W101 = Finding("W101", "limit", "deprecated", Path("roskilde/bots/letters.toml"), 9)
E301 = Finding("E301", "masked", "locked", Path("roskilde/bots/letters.toml"), 4)
E402 = Finding("E402", "password", "secret missing")


class NotInstalledError(RpaCommonsError):
    """Stands in for a bot that is not installed."""


class Outcome:
    """What the command said and ended with."""

    def __init__(self, folder: Path, *words: str) -> None:
        result = CliRunner().invoke(
            check, list(words), obj=folder, standalone_mode=False, catch_exceptions=False
        )
        self.code, self.text = result.return_value, result.stdout


class Desk:
    """A folder and what its check will find."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.folder, self._patch = folder, monkeypatch

    def finds(
        self,
        *findings: Finding,
        errors: dict[str, RpaCommonsError] | None = None,
        **unrun: tuple[str, ...],
    ) -> None:
        """The next check finds these."""
        checked = Checked(("letters",), findings, errors or {})
        self._patch.setattr("rpa_commons.config.check_municipality", lambda *_, **__: checked)
        self._patch.setattr("rpa_commons.cli._letters.with_letters", lambda given, *_: given)
        self._patch.setattr("rpa_commons.config.unrun_checks", lambda *_: unrun)

    def check(self, *words: str) -> Outcome:
        """Run the command."""
        return Outcome(self.folder, *words)


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """A municipality's folder below the current one."""
    folder = tmp_path / "roskilde"
    folder.mkdir()
    (folder / "municipality.toml").write_text(MUNICIPALITY, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return Desk(folder, monkeypatch)


def test_an_annotation_names_file_line_and_code(desk: Desk) -> None:
    """Signs that would end the command, or a property of it, are written by their number."""
    desk.finds(E202)

    outcome = desk.check("--format", "github")

    assert outcome.text == (
        "::error file=roskilde/bots/a%2Cb%3Ac.toml,line=7,title=E202::"
        "window_days: 90 is too much: 100%25 of it, and\\u000amore%0A"
        "because: policies.toml:3%0Ahelp: at most 60\n"
    )
    assert outcome.code == 1


def test_a_warning_is_one_and_stops_nothing(desk: Desk) -> None:
    """Exit code 0, in every form."""
    desk.finds(W101)

    assert desk.check("--format", "github").text.startswith(
        "::warning file=roskilde/bots/letters.toml,line=9"
    )
    assert desk.check("--format", "github").code == 0
    assert desk.check().code == 0
    assert desk.check("--json").code == 0


def test_nothing_wrong_is_no_line(desk: Desk) -> None:
    """A workflow's log stays clean."""
    desk.finds()

    assert desk.check("--format", "github").text == ""


def test_a_finding_without_a_file_says_where_it_comes_from(desk: Desk) -> None:
    """``--set`` stands in no file."""
    desk.finds(E402)

    assert desk.check("--format", "github").text == ("::error title=E402::--set: password: secret missing\n")


def test_an_instance_that_cannot_be_checked_is_an_annotation_of_its_file(desk: Desk) -> None:
    """With what to do."""
    desk.finds(
        errors={"letters": NotInstalledError("welcome-letters is not installed", remedy="rpac install")}
    )

    outcome = desk.check("--format", "github")

    assert outcome.text == (
        "::error file=roskilde/bots/letters.toml,title=not checked::"
        "welcome-letters is not installed%0Ahelp: rpac install\n"
    )
    assert outcome.code == 1


def test_warnings_are_counted_apart(desk: Desk) -> None:
    """What stops a run comes first."""
    desk.finds(E202, W101, W101)

    assert desk.check().text.endswith(
        "1 bot instance of Roskilde (environment production): 1 finding, 2 warnings\n"
    )


def test_a_warning_alone_is_nothing_wrong(desk: Desk) -> None:
    """And is still counted."""
    desk.finds(W101)

    assert desk.check().text.endswith("(environment production): nothing wrong, 1 warning\n")


@pytest.mark.parametrize(
    ("findings", "code"),
    [((E301,), 5), ((E301, W101), 5), ((E402, W101), 4), ((E301, E402), 1), ((E202, E301), 1)],
)
def test_the_exit_code_says_what_is_the_matter(desk: Desk, findings: tuple[Finding, ...], code: int) -> None:
    """Refusals alone are 5, missing secrets alone 4; warnings count for nothing."""
    desk.finds(*findings)

    assert desk.check().code == code


def test_checks_that_were_not_run_are_named(desk: Desk) -> None:
    """With the command that runs them; a program reads them per instance."""
    desk.finds(letters=("Settings.check_x",))

    assert desk.check().text.endswith(
        "nothing wrong\n"
        "not run: 1 check written in Python (Settings.check_x); `rpac config check --deep` runs it\n"
    )
    assert json.loads(desk.check("--json").text)["not_run"] == {"letters": ["Settings.check_x"]}


def test_many_checks_are_not_all_named(desk: Desk) -> None:
    """A line stays a line; a check that two instances share counts once."""
    names = tuple(f"Settings.check_{number}" for number in range(7))
    desk.finds(letters=names, paper=names)

    assert "not run: 7 checks written in Python (Settings.check_0, " in desk.check().text
    assert "Settings.check_4, …); `rpac config check --deep` runs them" in desk.check().text


def test_json_is_a_form_too(desk: Desk) -> None:
    """``--format json`` and ``--json`` are the same."""
    desk.finds(W101)

    assert desk.check("--format", "json").text == desk.check("--json").text
    assert json.loads(desk.check("--json").text)["findings"][0]["severity"] == "warning"
