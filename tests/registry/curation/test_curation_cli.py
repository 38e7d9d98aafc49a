"""The curating commands, as a coordinator types them."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner, Result

from rpa_commons.capabilities import RpaCommonsError
from rpa_commons.conformance import new_key_file, public_key_text
from rpa_registry.cli import backup, curate, key, log, project, quarantine, report, review, tier
from rpa_registry.context import Registry

COMMANDS: dict[str, Any] = {
    "submit": curate.submit,
    "return": curate.return_,
    "publish": curate.publish,
    "certify": curate.certify,
    "deprecate": curate.deprecate,
    "undeprecate": curate.undeprecate,
    "yank": curate.yank,
    "unyank": curate.unyank,
    "withdraw": curate.withdraw,
    "release-from-quarantine": curate.release_from_quarantine,
    "quarantine": quarantine.quarantine,
    "advisory": quarantine.advisory,
    "project": project.project,
    "accept": project.accept,
    "key": key.key,
    "report": report.report,
    "review": review.review,
    "log": log.log,
    "tier": tier.tier,
    "exempt": tier.exempt,
}
RELEASE = ("welcome-letters", "1.0.0")


@pytest.fixture
def cli(registry: Registry) -> Callable[..., Result]:
    """Run a command in the registry's folder; a refusal is raised."""

    def run(name: str, *words: str) -> Result:
        return CliRunner().invoke(
            COMMANDS[name],
            list(words),
            obj=registry.settings.folder,
            catch_exceptions=False,
            standalone_mode=False,
        )

    return run


def test_a_release_goes_its_way_by_commands(cli: Callable[..., Result], put: Callable[..., int]) -> None:
    """Submit, publish, certify twice: each says where the release stands and what comes next."""
    put()

    said = [
        cli("submit", *RELEASE, "--as", "mette").stdout,
        cli("publish", *RELEASE, "--as", "mette").stdout,
        cli("certify", *RELEASE, "--as", "anna", "--note", "read the code").stdout,
        cli("certify", *RELEASE, "--as", "bo").stdout,
    ]

    assert [one.splitlines()[0] for one in said] == [
        "welcome-letters 1.0.0: in review",
        "welcome-letters 1.0.0: published",
        "welcome-letters 1.0.0: published",
        "welcome-letters 1.0.0: certified",
    ]
    assert said[2].splitlines()[1] == "  1 of 2 signatures to certify: anna (0167)"


def test_a_recall_by_commands(cli: Callable[..., Result], put: Callable[..., int], tmp_path: Path) -> None:
    """A key is made and registered, a version recalled with it, released by two, the advisory taken back."""
    put(state="published")
    for login in ("anna", "bo"):  # their signatures here are not those that end the quarantine
        cli("certify", *RELEASE, "--as", login)
    file = str(tmp_path / "anna.pem")
    public = cli("key", "new", file).stdout.strip()
    said = ("--severity", "high", "--summary", "It writes to the wrong person.", "--remedy", "Stop it.")
    signed = ("--key", file, "--as", "anna")

    registered = cli("key", "register", "anna", public, "--as", "anna").stdout
    recalled = cli("quarantine", *RELEASE, *said, *signed).stdout
    listed = cli("advisory", "list").stdout
    first = cli("release-from-quarantine", *RELEASE, "--as", "anna", "--reason", "looked").stdout
    second = cli("release-from-quarantine", *RELEASE, "--as", "bo", "--reason", "looked").stdout
    name = json.loads(cli("advisory", "list", "--json").stdout)["advisories"][0]["signed"]["id"]
    withdrawn = cli("advisory", "withdraw", name, *signed).stdout

    assert cli("key", "show", file).stdout.strip() == public
    assert registered == "anna: key registered\n"
    assert recalled.startswith(f"{name}: quarantined welcome-letters 1.0.0\n")
    assert "high  welcome-letters 1.0.0  by anna: It writes to the wrong person." in listed
    assert first.splitlines()[1] == "  1 of 2 signatures to release from quarantine: anna (0167)"
    assert second.startswith("welcome-letters 1.0.0: certified\n")
    assert withdrawn.startswith(f"{name}: withdrawn ")


def test_every_act_has_its_command(cli: Callable[..., Result], put: Callable[..., int]) -> None:
    """Each says where the release stands; the reading ones have JSON."""
    put(version="1.0.0", state="certified")
    put(version="1.1.0", state="in_review")
    put(version="1.2.0")
    put("greetings", "2.0.0", state="published")
    who = ("--as", "jens")
    name = "welcome-letters"

    states = [
        json.loads(cli(*words, *who, "--json").stdout)["state"]
        for words in [
            ("deprecate", name, "1.0.0", "--reason", "old", "--use", "greetings"),
            ("undeprecate", name, "1.0.0"),
            ("yank", name, "1.0.0", "--reason", "wrong"),
            ("unyank", name, "1.0.0"),
            ("return", name, "1.1.0", "--reason", "no test"),
            ("withdraw", name, "1.2.0"),
        ]
    ]

    assert states == ["deprecated", "certified", "yanked", "certified", "staged", "withdrawn"]


def test_projects_tiers_and_exemptions(cli: Callable[..., Result], put: Callable[..., int]) -> None:
    """The other commands of a coordinator, as they print."""
    put(state="published")

    assert cli(
        "project", "set", "welcome-letters", "archived", "--reason", "done", "--as", "jens"
    ).stdout == ("welcome-letters: archived\n")
    assert "welcome-letters  bot  0265  archived  done" in cli("project", "list").stdout
    exempted = cli("exempt", "welcome-letters", "described", "--reason", "known", "--as", "anna").stdout
    assert exempted == "welcome-letters: exempt from described\n"
    assert "exempt  described: known (anna)" in cli("tier", *RELEASE).stdout
    assert json.loads(cli("tier", *RELEASE, "--json").stdout)["tier"] == "none"
    ended = cli("exempt", "welcome-letters", "described", "--end", "--reason", "now", "--as", "bo").stdout
    assert ended == "welcome-letters: no longer exempt from described\n"


def test_a_report_by_commands(cli: Callable[..., Result], put: Callable[..., int], tmp_path: Path) -> None:
    """Signed here and listed as theirs."""
    put(state="published")
    file = tmp_path / "dorte.pem"
    public = public_key_text(new_key_file(file))
    cli("key", "register", "dorte", public)
    words = ("--kind", "sandbox", "--result", "passed", "--summary", "All right.", "--key", str(file))

    assert cli("report", "list", *RELEASE).stderr == "no report\n"
    assert cli("report", "send", *RELEASE, *words, "--as", "dorte").stdout == (
        "welcome-letters 1.0.0: sandbox passed, signed by dorte\n"
    )
    assert "sandbox  passed  dorte (0350): All right." in cli("report", "list", *RELEASE).stdout


def test_the_log_by_commands(cli: Callable[..., Result], put: Callable[..., int], tmp_path: Path) -> None:
    """Printed, as JSON, checked here and from a file, with an older head."""
    put()
    cli("submit", *RELEASE, "--as", "mette")
    file = tmp_path / "log.json"
    file.write_text(cli("log", "--json").stdout, encoding="utf-8")
    head = json.loads(file.read_text())["head"]

    assert "mette (0265) (command line)  submit  welcome-letters 1.0.0  to: in review" in cli("log").stdout
    assert len(cli("log", "--limit", "2").stdout.splitlines()) == 2
    assert cli("log", "--verify").stdout.endswith(f"head {head}\n")
    good = cli("log", str(file), "--verify", "--head", head)
    file.write_text(file.read_text().replace('"mette"', '"nobody"'), encoding="utf-8")
    bad = cli("log", str(file), "--verify")
    with pytest.raises(click.UsageError, match="for --verify"):
        cli("log", str(file))

    assert (good.return_value, bad.return_value) == (0, 1)
    assert "its text was changed after it was written" in bad.stdout


def test_a_review_by_command(cli: Callable[..., Result], put: Callable[..., int]) -> None:
    """Sections for people, one document for programs."""
    put(state="certified")
    put(version="1.1.0", state="in_review", files={"welcome_letters/fees.py": "FEE = 7\n"})

    text = cli("review", "welcome-letters", "1.1.0").stdout
    short = cli("review", "welcome-letters", "1.1.0", "--no-code").stdout
    document = json.loads(cli("review", "welcome-letters", "1.1.0", "--json").stdout)

    assert text.startswith("welcome-letters 1.1.0: in review, tier none\ncompared with 1.0.0; wheel ")
    assert "+FEE = 7" in text
    assert "+FEE = 7" not in short
    assert document["compared_to"] == "1.0.0"
    assert "\n! marks what to ask about first: " in text


def test_a_first_review_begins_with_what_it_is(cli: Callable[..., Result], put: Callable[..., int]) -> None:
    """Everything is new, so everything is shown, and that is the first line."""
    put(state="in_review")

    text = cli("review", *RELEASE, "--no-code").stdout

    assert text.startswith("everything is new: look at all of it; ")
    for line in (
        "Settings (1, all new)\n  window_days: new: whole number, 10 unless set",
        "\n  ! DigitalPost: it asks for DigitalPost 1 (effects: send)\n",
        "\n  purpose: To greet new residents.\n",
        "\n  recipient: new: Who gets the letter.\n",
        "\nWhat its code does\n",
    ):
        assert line in text


@pytest.mark.parametrize(
    "words",
    [
        ("deprecate", *RELEASE),
        ("deprecate", *RELEASE, "--reason", " "),
        ("project", "set", "welcome-letters", "archived"),
        ("exempt", "welcome-letters", "described"),
        ("accept", "welcome-letters"),
    ],
)
def test_a_missing_reason_is_usage(
    cli: Callable[..., Result], put: Callable[..., int], words: tuple[str, ...]
) -> None:
    """Like every other option that is missing; blanks are none."""
    put(state="published")

    with pytest.raises(click.UsageError) as refused:
        cli(*words, "--as", "jens")

    assert refused.value.exit_code == 2


def test_a_missing_key_file_names_the_command_that_makes_one(
    cli: Callable[..., Result], put: Callable[..., int], tmp_path: Path
) -> None:
    """Not only that it is missing."""
    put(state="published")
    words = ("--kind", "sandbox", "--result", "passed", "--summary", "All right.")

    with pytest.raises(RpaCommonsError) as refused:
        cli("report", "send", *RELEASE, *words, "--key", str(tmp_path / "no.pem"), "--as", "dorte")

    assert f"rpac-registry key new {tmp_path / 'no.pem'}" in refused.value.remedy


def test_keeping_a_registry_by_commands(registry: Registry, put: Callable[..., int], tmp_path: Path) -> None:
    """Backup, restore and verify say what they did; a problem ends with 1."""
    put(state="published")
    runner, folder = CliRunner(), registry.settings.folder

    def run(command: Any, *words: str) -> Result:
        return runner.invoke(command, list(words), obj=folder, catch_exceptions=False, standalone_mode=False)

    kept = run(backup.backup, str(tmp_path / "b.zip"))
    again = run(
        backup.restore, str(tmp_path / "b.zip"), "--into", str(tmp_path / "again"), "--database", "sqlite"
    )
    sound = run(backup.verify)
    for sha256, name in registry.blobs.names():
        registry.blobs.path(sha256, name).unlink()
    broken = run(backup.verify, "--json")

    assert ": 1 wheels, " in kept.stdout
    assert "; all checked" in again.stdout
    assert (sound.return_value, broken.return_value) == (0, 1)
    assert json.loads(broken.stdout)["problems"][0]["kind"] == "file"
