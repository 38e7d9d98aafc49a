"""The host's side: events as they come, stops, deaths, and what a worker gets from the environment."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

import pytest

from rpa_commons.runtime import Job, Prepared, Worker, WorkerDiedError, worker_environment
from rpa_commons.runtime._slots import holder_of


def _prepared(bench: Any, **changes: Any) -> Prepared:
    plugin = Path(__file__).parent / "plugin"
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(plugin)}
    return Prepared(
        Job.model_validate(bench.job(supervised=True, **changes)), Path(sys.executable), environment, ()
    )


def test_a_worker_tells_its_events_and_leaves_no_process(bench: Any) -> None:
    """Started, found, one event an item, finished."""
    bench.cases({"case-1": "keyed", "case-2": "skip"})

    with Worker(_prepared(bench)) as worker:
        events = [event["event"] for event in worker.events()]

    assert events == ["started", "found", "item", "item", "finished"]
    with pytest.raises(ProcessLookupError):
        os.kill(worker.pid, 0)


def test_a_worker_that_is_killed_is_an_error_that_says_nothing_is_lost(bench: Any) -> None:
    """With the signal, and what to do."""
    bench.cases({"case-1": "sleep:30"})

    with Worker(_prepared(bench)) as worker:
        next(event for event in worker.events() if event["event"] == "found")
        os.kill(worker.pid, signal.SIGKILL)
        with pytest.raises(WorkerDiedError) as caught:
            list(worker.events())

    assert caught.value.code == -9
    assert "nothing is lost" in caught.value.remedy


def test_leaving_early_lets_the_worker_finish_the_item_in_hand(bench: Any) -> None:
    """The host asks for a stop by closing the worker's input."""
    bench.cases({f"case-{number}": "keyed, sleep:0.5" for number in range(20)})

    with Worker(_prepared(bench)) as worker:
        next(event for event in worker.events() if event["event"] == "item")
        worker.stop()
        last = list(worker.events())[-1]

    assert last["event"] == "finished"
    assert last["stopped"] == "it was told to stop"
    assert "running" not in bench.states().values()
    assert len(bench.accepted()) == list(bench.states().values()).count("done") < 20


def test_an_impatient_person_ends_the_worker_at_once(bench: Any) -> None:
    """A second Ctrl-C leaves the block with KeyboardInterrupt, which does not wait."""
    bench.cases({"case-1": "sleep:600"})

    worker = Worker(_prepared(bench))
    worker.__enter__()
    next(event for event in worker.events() if event["event"] == "found")
    worker.__exit__(KeyboardInterrupt, KeyboardInterrupt(), None)

    with pytest.raises(ProcessLookupError):
        os.kill(worker.pid, 0)


def test_a_worker_gets_the_base_variables_and_those_of_its_declared_secrets(bench: Any) -> None:
    """A secret of another bot's connector does not reach it."""
    secret = {
        "deep": [{"token": {"env": "TOKEN_A", "file": None, "keyring": None}}],
        "plain": {"env": "X", "y": 1},
    }
    bindings = [{"capability": "Receiver", "connector": "file-receiver", "settings": secret}]
    job = Job.model_validate(bench.job(bindings=bindings, journal_key={"env": "RPAC_KEY"}))
    host = {"PATH": "/bin", "TOKEN_A": "a", "TOKEN_B": "b", "X": "x", "RPAC_KEY": "k", "PYTHONPATH": "/evil"}

    environment = worker_environment(job, host)

    assert environment == {"PATH": "/bin", "TOKEN_A": "a", "RPAC_KEY": "k"}


@contextmanager
def _followed(bench: Any) -> Iterator[tuple[subprocess.Popen[str], IO[str], IO[str]]]:
    """A host process of its own that follows the bench's job; with its two streams."""
    job = bench.folder / "job.json"
    job.write_text(json.dumps(bench.job(supervised=True)), encoding="utf-8")
    here = Path(__file__).parent
    with subprocess.Popen(
        [sys.executable, str(here / "follow_job.py"), str(job)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONPATH": str(here / "plugin")},
        start_new_session=True,
    ) as host:
        assert host.stdout is not None
        assert host.stderr is not None
        yield host, host.stdout, host.stderr


def _wait_for(words: str, stream: IO[str]) -> None:
    """Read until the words are said; a stream that ends before is a failure and no wait without end."""
    for line in stream:
        if words in line:
            return
    raise AssertionError(f"the process ended without saying {words}")


def test_ctrl_c_lets_the_worker_finish_the_case_in_hand(bench: Any) -> None:
    """The command says so, the worker ends with 130, and nothing is left running."""
    bench.cases({f"case-{number}": "keyed, sleep:0.5" for number in range(20)})

    with _followed(bench) as (host, said, talk):
        _wait_for('"item"', said)
        os.kill(host.pid, signal.SIGINT)
        last = json.loads(said.read().splitlines()[-1])
        told = talk.read()

    assert "finishing the case in hand" in told
    assert (last["event"], last["exit_code"]) == ("finished", 130)
    assert "running" not in bench.states().values()


def test_a_second_ctrl_c_ends_the_worker_at_once(bench: Any) -> None:
    """The case in hand would take ten minutes; nothing is left running."""
    bench.cases({"case-1": "sleep:600"})

    with _followed(bench) as (host, said, talk):
        _wait_for('"found"', said)
        os.kill(host.pid, signal.SIGINT)
        _wait_for("finishing the case in hand", talk)
        os.kill(host.pid, signal.SIGINT)
        host.communicate(timeout=60)

    assert host.returncode != 0
    holder = holder_of(bench.state_dir / "instances" / bench.job()["instance"]["id"])
    assert holder is not None
    assert not holder.alive()


def test_a_bug_of_ours_is_to_be_reported() -> None:
    """The worker's exit code for one is the command's too."""
    bug, death = WorkerDiedError(70), WorkerDiedError(-9)

    assert bug.exit_code == 70
    assert "report it" in bug.remedy
    assert "report it" not in death.remedy


def test_variable_names_have_no_case_on_windows(monkeypatch: pytest.MonkeyPatch, bench: Any) -> None:
    """There ``os.environ`` gives every name in capitals, whatever a secret's reference says."""
    job = Job.model_validate(bench.job(journal_key={"env": "Rpac_Key"}))
    host = {"Path": "x", "RPAC_KEY": "k", "OTHER": "o"}

    with monkeypatch.context() as patch:
        patch.setattr(os, "name", "nt")
        environment = worker_environment(job, host)

    assert environment == {"Path": "x", "RPAC_KEY": "k"}
