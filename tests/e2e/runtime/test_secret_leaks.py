"""A bot that lets its password out everywhere: nowhere is it to be seen."""

import base64
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from rpa_commons.runtime import instance_status, open_keys

PASSWORD = "Sne<dronning&47/ö"  # noqa: S105 - invented
FORMS = (
    PASSWORD,
    quote(PASSWORD),
    quote(PASSWORD, safe=""),
    json.dumps(PASSWORD)[1:-1],
    base64.b64encode(f"rpac:{PASSWORD}".encode()).decode()[8:24],
)
CASES = (
    "handed-over",
    "skipped",
    "noted",
    "proposed",
    "rule",
    "raised",
    "exit",
    "printed",
    "thread",
    "refused",
    "unanswered",
    "library",
    "connector-raised",
)
HERE = Path(__file__).parent


def _run(bench: Any, **changes: Any) -> "subprocess.CompletedProcess[str]":
    bench.cases(dict.fromkeys(CASES, ""))
    connector = {"password": {"env": "REGISTER_PASSWORD"}}
    job = bench.job(connector=connector, instance={"bot": "leaky"}, **changes)
    job["bindings"][0]["connector"] = "leaky-receiver"
    return _worker(job, REGISTER_PASSWORD=PASSWORD)


def _worker(job: dict[str, Any], **variables: str) -> "subprocess.CompletedProcess[str]":
    path = os.pathsep.join([str(HERE / "plugin"), str(HERE / "leaky")])
    return subprocess.run(
        [sys.executable, "-m", "rpa_commons.runtime.worker"],
        input=json.dumps(job) + "\n",
        capture_output=True,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": path, "PYTHONUTF8": "1", **variables},
        text=True,
        encoding="utf-8",
        timeout=120,
        check=False,
    )


def _events(done: "subprocess.CompletedProcess[str]") -> list[dict[str, Any]]:
    return [json.loads(line) for line in done.stdout.splitlines()]


def _leaks(text: str) -> list[str]:
    return [form for form in FORMS if form in text]


@pytest.mark.parametrize("mode", ["run", "plan"])
def test_no_event_and_no_line_of_output_shows_a_secret(bench: Any, mode: str) -> None:
    """Errors, reasons, remedies, findings, rules, prints, logs, warnings, tracebacks."""
    done = _run(bench, mode=mode)

    assert _leaks(done.stdout) == []
    assert _leaks(done.stderr) == []
    told = {event["reference"]: event["reason"] for event in _events(done) if "reference" in event}
    assert told["handed-over"] == "the register refuses …"
    assert told["skipped"] == "not with …"
    assert "out …" in done.stderr
    assert "err …" in done.stderr
    assert "WARNING bot: login …" in done.stderr
    assert any(
        "login with … failed" in event["message"] for event in _events(done) if event["event"] == "finding"
    )


def test_what_a_system_says_is_told_without_the_secret(bench: Any) -> None:
    """In errors of every kind, and in what to do about them."""
    told = {one["reference"]: one["reason"] for one in _events(_run(bench)) if one["event"] == "item"}

    assert told["refused"] == "no login with …"
    assert told["unanswered"].endswith("401 for rpac:…")
    assert told["library"].endswith("its end is not known; then: bad …")
    assert "then: ValueError" in told["connector-raised"]


def test_a_threads_traceback_is_class_and_place_only(bench: Any) -> None:
    """What it says may hold a name or half a secret."""
    done = _run(bench)

    assert "a thread failed: ValueError" in done.stderr
    assert "deep in a library: …" in done.stderr  # logged with logging.exception, so looked through alone


def test_nothing_that_is_kept_of_an_outcome_holds_a_secret(bench: Any) -> None:
    """Not the records of outcomes, not what a system said when it refused, not the run's report."""
    _run(bench)

    keys = open_keys(bench.state_dir, None, create=False)
    kept = []
    for row in bench.rows("rpac_items"):
        if row.outcome is not None:
            place = f"outcome/{row.reference}/{row.generation}"
            kept.append(keys.sealer.unseal(row.outcome, place).decode())
    for row in bench.rows("rpac_effects"):
        if row.result is not None:
            place = f"effect/{row.reference}/{row.generation}/{row.name}/{row.call_key}"
            kept.append(keys.sealer.unseal(row.result, place).decode())
    status = instance_status(bench.state_dir, bench.job()["instance"]["id"], keys.sealer)
    kept.append(json.dumps(status.report, ensure_ascii=False))

    assert len(kept) >= len(CASES)
    assert [_leaks(text) for text in kept] == [[] for _ in kept]


def test_the_records_of_outcomes_are_whole_but_for_the_secret(bench: Any) -> None:
    """Decision, reasons and facts of a proposal; the story of a case reads on."""
    _run(bench)
    story = bench.story("proposed")

    assert story.outcome["decision"] == "grant …"
    assert story.outcome["reasons"] == ["…"]
    assert story.outcome["kind"] == "proposed"
    assert bench.story("rule").outcome["rules"][0]["paragraph"] == "§ …"


def test_no_file_of_the_state_holds_a_secret(bench: Any) -> None:
    """Neither the database nor its log."""
    _run(bench)

    for path in bench.state_dir.rglob("*"):
        if path.is_file():
            assert PASSWORD.encode() not in path.read_bytes()


def test_the_journals_key_is_a_secret_too(bench: Any) -> None:
    """It is known before the bot is."""
    key = "a-very-long-journal-key-of-more-than-32-signs"
    job = bench.job(journal_key={"env": "JOURNAL_KEY"}, instance={"bot": key})

    done = _worker(job, JOURNAL_KEY=key)

    assert _events(done)[-1]["event"] == "refused"
    assert key not in done.stdout
    assert key not in done.stderr


def test_a_plugins_store_gives_the_secret(bench: Any) -> None:
    """``{store = "drawer:register"}`` is read where the plugin says, and hidden as any other."""
    (bench.folder / "drawer").mkdir()
    (bench.folder / "drawer" / "register").write_text(PASSWORD, encoding="utf-8")
    bench.cases({"handed-over": ""})
    job = bench.job(connector={"password": {"store": "drawer:register"}}, instance={"bot": "leaky"})
    job["bindings"][0]["connector"] = "leaky-receiver"

    done = _worker(job)

    assert "the register refuses …" in [one.get("reason") for one in _events(done)]
    assert _leaks(done.stdout + done.stderr) == []


def test_a_store_that_no_plugin_brings_is_named_with_those_there_are(bench: Any) -> None:
    """Exit code 4, with a guess."""
    bench.cases({"handed-over": ""})
    job = bench.job(connector={"password": {"store": "drawr:register"}}, instance={"bot": "leaky"})
    job["bindings"][0]["connector"] = "leaky-receiver"

    last = _events(_worker(job))[-1]

    assert (last["event"], last["exit_code"]) == ("refused", 4)
    assert "there is no secret store drawr here" in last["message"]
    assert last["remedy"].startswith("did you mean drawer? there are: drawer, env, file, keyring")


def _checked(bench: Any, mode: str, days: int, reference: dict[str, str]) -> dict[str, Any]:
    job: dict[str, Any] = bench.job(mode=mode, instance={"bot": "checked"})
    job["settings"] |= {"window_days": days, "token": reference}
    return job


@pytest.mark.parametrize("mode", ["run", "plan", "check"])
@pytest.mark.parametrize("days", [777, 14])
def test_a_variable_that_nobody_resolved_is_hidden_all_the_same(bench: Any, mode: str, days: int) -> None:
    """The bot's own code takes it from the environment, while settings are checked or cases looked for."""
    bench.cases({})

    done = _worker(_checked(bench, mode, days, {"env": "REFKEY"}), REFKEY=PASSWORD)

    assert _leaks(done.stdout) == []
    assert _leaks(done.stderr) == []
    assert ("out …" in done.stderr) == (days == 777 or mode != "check")


@pytest.mark.parametrize("mode", ["run", "plan", "check"])
def test_a_file_that_nobody_resolved_is_hidden_all_the_same(bench: Any, mode: str) -> None:
    """Its text is known before the first plugin is imported."""
    bench.cases({})
    file = bench.folder / "token.txt"
    file.write_text(PASSWORD, encoding="utf-8")
    file.chmod(0o600)

    done = _worker(_checked(bench, mode, 777, {"file": "token.txt"}), REFKEY=PASSWORD)

    assert _leaks(done.stdout + done.stderr) == []


@pytest.mark.parametrize("mode", ["run", "plan"])
def test_what_a_validator_says_is_told_with_its_key_and_what_to_do(bench: Any, mode: str) -> None:
    """Without pydantic's own words; exit code 1, for the configuration is to be mended."""
    bench.cases({})

    last = _events(_worker(_checked(bench, mode, 10, {"env": "REFKEY"}), REFKEY=PASSWORD))[-1]

    name = bench.job()["instance"]["name"]
    assert last["message"] == f"the settings of {name} do not fit: window_days: 10 days are no whole weeks"
    assert last["remedy"] == f"rpac config check {name} --deep"
    assert (last["event"], last["exit_code"]) == ("refused", 1)


@pytest.mark.parametrize("mode", ["run", "plan", "check"])
def test_a_personal_setting_shows_in_no_error_and_no_log(bench: Any, mode: str) -> None:
    """A check of the whole has no key, and no colon in front."""
    bench.cases({})
    job = _checked(bench, mode, 14, {"env": "REFKEY"})
    job["settings"]["contact"] = "Niels Ebbesen"
    job["personal"] = ["Niels Ebbesen"]

    done = _worker(job, REFKEY=PASSWORD)

    assert "Ebbesen" not in done.stdout + done.stderr
    assert "asked …" in done.stderr
    said = "… has retired" if mode == "check" else "do not fit: … has retired"
    assert any(one.get("message", "").endswith(said) for one in _events(done))


@pytest.mark.parametrize("mode", ["run", "plan"])
def test_the_journals_key_stands_in_no_plugins_store(bench: Any, mode: str) -> None:
    """The host reads it too; it is said what to do."""
    bench.cases({})
    job = bench.job(mode=mode, journal_key={"store": "drawer:journal"}, instance={"bot": "leaky"})

    last = _events(_worker(job))[-1]

    assert (last["event"], last["exit_code"]) == ("refused", 4)
    assert "cannot hold the journal's key" in last["message"]
    assert last["remedy"] == "use env, file or keyring for journal_key"
