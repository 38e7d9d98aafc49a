"""``rpac run``, ``plan``, ``status`` and ``items`` against real workers and real state."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import pytest
from click.testing import CliRunner

from rpa_commons.cli._main import cli
from rpa_commons.cli._worker import RefusedError
from rpa_commons.config import Finding, config_error
from rpa_commons.runtime import Job, Prepared

ID = "0b6f0c1e-0000-4000-8000-000000000001"


@pytest.fixture
def town(bench: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The bench with a municipality folder; a worker is started as for an installed bot."""
    folder = bench.folder / "roskilde"
    bench.state_dir = bench.folder / "states" / "test"  # of the environment that municipality.toml names
    (folder / "bots").mkdir(parents=True)
    (folder / "municipality.toml").write_text(
        'name = "Roskilde"\ncode = "0265"\ncvr = "29189404"\nenvironment = "test"\nstate_dir = "../states"\n'
        '[letterhead]\nname = "Roskilde Kommune"\n',
        encoding="utf-8",
    )
    (folder / "bots" / "letters.toml").write_text(f'bot = "scripted"\nid = "{ID}"\n', encoding="utf-8")

    def prepare(_municipality: Any, _instance: str, **wishes: Any) -> Prepared:
        job = Job.model_validate(bench.job(supervised=True, mode=wishes["mode"], limit=wishes.get("limit")))
        plugin = Path(__file__).parent / "plugin"
        environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(plugin)}
        return Prepared(job, Path(sys.executable), environment, ())

    monkeypatch.setattr("rpa_commons.runtime.prepare", prepare)
    bench.town = folder
    return bench


def rpac(bench: Any, *words: str) -> Any:
    """A command in this process; its exit code is the return value."""
    return CliRunner().invoke(
        cli, ["-C", str(bench.town), *words], standalone_mode=False, catch_exceptions=False
    )


def rpac_process(bench: Any, *words: str) -> "subprocess.CompletedProcess[str]":
    """A command in a process of its own, as a person starts it."""
    command = [sys.executable, "-m", "rpa_commons", "-C", str(bench.town), *words]
    return subprocess.run(command, capture_output=True, text=True, encoding="utf-8", timeout=60, check=False)


def test_run_prints_a_summary_and_a_second_one_says_that_everybody_is_handled(town: Any) -> None:
    """Counts, effects and minutes on standard output."""
    town.cases({"case-1": "keyed", "case-2": "skip"})

    first, second = rpac(town, "run", "letters"), rpac(town, "run", "letters")

    assert (first.return_value, second.return_value) == (0, 0)
    assert "2 found, 2 new, 1 done, 1 skipped" in first.stdout
    assert "Receiver.keyed 1" in first.stdout
    assert "minutes freed: 3" in first.stdout
    assert "everybody found has been handled" in second.stdout
    assert "found 2, new 2" in first.stderr


def test_run_as_json_is_one_document(town: Any) -> None:
    """Progress stays on standard error; a failure ends with 1."""
    town.cases({"case-1": "error"})

    result = rpac(town, "run", "letters", "--json")

    assert result.return_value == 1
    assert json.loads(result.stdout)["failed"] == 1


def test_plan_prints_a_table_and_json_and_leaves_nothing(town: Any) -> None:
    """What would happen, by whose rule; afterwards there is no state."""
    town.cases({"case-1": "rule, keyed"})

    table, document = rpac(town, "plan", "letters"), rpac(town, "plan", "letters", "--json")
    verbose = rpac(town, "plan", "letters", "-v")

    assert (table.return_value, document.return_value) == (0, 0)
    assert "case-1     done (assumed)  Receiver.keyed(digital)" in table.stdout
    assert "§ 1" not in table.stdout
    assert "Receiver.keyed(channel=digital)" in verbose.stdout
    assert "§ 1: applies" in verbose.stdout
    assert json.loads(document.stdout)["items"][0]["reference"] == "case-1"
    assert not town.state_dir.exists()


def test_status_works_before_the_first_run_and_creates_nothing(town: Any) -> None:
    """A status command starts nothing and leaves nothing."""
    result = rpac_process(town, "status")

    assert result.returncode == 0
    assert result.stdout == (
        f"Roskilde, environment test, state in {town.state_dir}\nletters: has not run yet\n"
    )
    assert not town.state_dir.exists()


def test_status_shows_what_needs_a_person(town: Any) -> None:
    """Counts by state and the last run; as JSON too."""
    town.cases({"case-1": "keyed", "case-2": "handover", "case-3": "error"})
    town.run()

    text, document = rpac_process(town, "status"), rpac_process(town, "status", "--json")

    assert "1 done, 1 failed, 1 handed over; run 1 (test) ended" in text.stdout
    assert "for a person: 1 failed: rpac items list letters --state failed\n" in text.stdout
    assert "for a person: 1 handed over: rpac items list letters --state handed_over\n" in text.stdout
    assert "last run: 1 handed over: a person decides" in text.stdout
    instance = json.loads(document.stdout)["instances"][0]
    assert [one["count"] for one in instance["last_run"]["report"]["reasons"]] == [1, 1]
    assert instance["counts"] == {"done": 1, "failed": 1, "handed_over": 1}
    assert instance["running"] is None


def test_status_without_the_key_shows_counts_alone(town: Any) -> None:
    """A run's words are sealed: they may be a bot's own."""
    town.cases({"case-1": "handover"})
    town.run()
    (town.state_dir / "journal.key").unlink()

    text, items = rpac(town, "status"), rpac(town, "items", "list", "letters")

    assert "1 handed over; run 1 (test) ended" in text.stdout
    assert "a person decides" not in text.stdout + items.stdout
    assert items.stdout.rstrip().endswith("-")


def test_a_lost_id_is_told_with_the_ids_that_ran_before(town: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """By status and run, with exit code 1; a new id would handle every case again."""
    town.cases({"case-1": "keyed"})
    town.run()
    (town.town / "bots" / "letters.toml").write_text('bot = "scripted"\n', encoding="utf-8")
    lost = config_error([Finding("E605", "instance.id", "the bot instance has no id")])
    monkeypatch.setattr("rpa_commons.runtime.prepare", Mock(side_effect=lost))

    status = rpac_process(town, "status")
    with pytest.raises(RefusedError, match="has no id") as run:
        rpac(town, "run", "letters")

    assert f"{ID} (letters, 1 run)" in run.value.remedy
    assert (status.returncode, run.value.exit_code) == (1, 1)
    assert "put its old id back" in status.stdout
    assert f"{ID} (letters, 1 run)" in status.stdout


def test_status_of_a_broken_instance_file_says_so_and_shows_the_others(town: Any) -> None:
    """One instance's problem is not the others', and has a remedy."""
    (town.town / "bots" / "broken.toml").write_text("bot = 3\n", encoding="utf-8")

    result = rpac_process(town, "status")

    assert result.returncode == 1
    assert "broken.toml" in result.stdout
    assert "help: " in result.stdout
    assert "letters: has not run yet" in result.stdout


def test_items_are_listed_by_state_version_and_day(town: Any) -> None:
    """Filters narrow the list; nothing personal is in it."""
    town.cases({"case-1": "keyed", "case-2": "skip"})
    town.run()

    every = rpac(town, "items", "list", "letters")
    skipped = rpac(town, "items", "list", "letters", "--state", "skipped", "--json")
    none = rpac(town, "items", "list", "letters", "--bot-version", "9.9")
    later = rpac(town, "items", "list", "letters", "--since", "2999-01-01")

    assert [line.split()[0] for line in every.stdout.splitlines()] == ["case-1", "case-2"]
    assert "nothing to do" in every.stdout.splitlines()[1]
    listed = json.loads(skipped.stdout)
    assert [(item["reference"], item["reason"]) for item in listed] == [("case-2", "nothing to do")]
    assert none.stdout == later.stdout == "no such work items\n"


def test_a_filtered_list_ends_with_the_reasons_counted(town: Any) -> None:
    """``handed-over`` is understood as well."""
    town.cases({"case-1": "handover", "case-2": "handover", "case-3": "business", "case-4": "skip"})
    town.run()

    result = rpac(town, "items", "list", "letters", "--state", "handed-over")

    assert result.stdout.splitlines()[-3:] == [
        "",
        "2 handed over: a person decides",
        "1 handed over: no such case",
    ]


def test_an_item_is_shown_without_personal_values(town: Any) -> None:
    """Calls, rules and outcome, but no number."""
    town.cases({"case-1": "ask, rule, keyed:first"})
    town.run()

    text = rpac(town, "items", "show", "letters", "case-1").stdout
    document = rpac(town, "items", "show", "letters", "case-1", "--json").stdout

    assert "Receiver.name_of" in text
    assert "Receiver.keyed [first]  done  key " in text
    assert "rule: § 1 (number): applies" in text
    assert json.loads(document)["item"]["state"] == "done"
    assert "2211771212" not in text + document


def test_a_doubt_is_settled_and_a_case_reopened_from_the_command_line(town: Any) -> None:
    """Reopening shows what was already done, with its key."""
    town.cases({"case-1": "unsafe"})
    town.run(die_at=["after-effect:1"])
    town.run()

    settled = rpac(town, "items", "settle", "letters", "case-1", "--happened", "--by", "A. Person")
    town.run()
    wish = ("items", "reopen", "letters", "case-1", "--by", "A. Person", "--reason", "wrong")
    refused = rpac_process(town, *wish)
    reopened = rpac(town, *wish, "--again")
    new_again = rpac_process(town, *wish, "--again")
    story = rpac(town, "items", "show", "letters", "case-1").stdout

    assert "Receiver.unsafe happened" in settled.stdout
    assert (refused.returncode, new_again.returncode) == (5, 5)
    assert "carried out a second time" in refused.stderr
    assert "Receiver.unsafe on 20" in refused.stderr
    assert "--again" in refused.stderr
    assert "it is new and has not ended" in new_again.stderr
    assert "run None" not in story
    assert "reopened as generation 2" in reopened.stdout
    assert "already settled: Receiver.unsafe" in reopened.stdout


def test_what_was_handed_over_is_retried_from_the_command_line(town: Any) -> None:
    """Several at once; what was carried out for them stays done, and reopening them says so."""
    town.cases({"case-1": "keyed, handover", "case-2": "handover"})
    town.run()

    reopened = rpac_process(town, "items", "reopen", "letters", "case-1", "--by", "me", "--reason", "why")
    retried = rpac(town, "items", "retry", "letters", "case-1", "case-2", "--by", "me")
    refused = rpac_process(town, "items", "retry", "letters", "case-1", "--by", "me")

    assert "rpac items retry does the rest" in reopened.stderr
    assert retried.stdout.count("the next run takes it up") == 2
    assert (refused.returncode, "it is new" in refused.stderr) == (1, True)
    assert set(town.states().values()) == {"new"}


def test_adopting_a_file_of_references(town: Any) -> None:
    """One a line, blank lines left out."""
    town.cases({"case-1": "keyed", "case-2": "keyed"})
    file = town.folder / "handled.txt"
    file.write_text("case-1\n\n", encoding="utf-8")

    result = rpac(town, "items", "adopt", "letters", str(file))
    town.run()

    assert "1 of 1 marked as handled" in result.stdout
    assert town.accepted() == [("keyed", "case-2")]


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (("items", "show", "letters", "nothing"), 1, "has not run yet"),
        (("items", "list", "lettrs"), 2, "did you mean letters?"),
        (("items", "list", "letters", "--state", "lost"), 2, "states are new, running"),
        (("plan", "bots/letters.toml"), 2, "did you mean letters?"),
        (("status", "-C", "../x"), 2, "-C goes before the command"),
        (("items", "settle", "letters", "x", "--by", "me"), 2, "--happened or --not-happened"),
        (("items", "adopt", "letters"), 2, "FILE of references"),
        (("items", "settle", "letters", "x", "--by", "me", "--happened"), 1, "has not run yet"),
    ],
)
def test_a_mistake_on_the_command_line_is_explained(
    town: Any, words: tuple[str, ...], code: int, message: str
) -> None:
    """With the exit code that its kind has."""
    result = rpac_process(town, *words)

    assert message in result.stderr
    assert result.returncode == code


def test_what_was_tried_out_in_test_is_not_handled_in_production(town: Any) -> None:
    """Each environment has a state of its own; production's lies in state_dir itself."""
    town.cases({"case-1": "keyed"})
    town.run()

    tried = rpac(town, "items", "list", "letters")
    real = rpac(town, "items", "list", "letters", "-E", "production")
    town.state_dir = town.folder / "states"
    town.run(environment="production", instance={"start_from": "2026-01-01"})

    assert "case-1" in tried.stdout
    assert real.stdout == "letters has not run yet\n"
    assert town.accepted() == [("keyed", "case-1")] * 2  # under another key, so the receiver took both
