"""Letters and text messages through real workers: planned, killed between everything, once in the end."""

import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from rpa_commons.sandbox import Sandbox
from rpa_commons.sandbox.sf1461 import receipts_dueslag_of

PLUGIN = Path(__file__).parent / "plugin"
CASES = ("case-1", "case-2", "case-3")


@pytest.fixture
def box(tmp_path: Path) -> Iterator[Sandbox]:
    """SF1601 and a town."""
    with Sandbox(tmp_path / "box", seed=7, people=40, only=("sf1601", "postforespoerg", "sf1461")) as box:
        yield box


class Letters:
    """A municipality whose bot writes to three citizens."""

    def __init__(self, box: Sandbox, folder: Path) -> None:
        self.box = box
        self.folder = folder
        self.queue: dict[str, Any] | None = None
        """Settings of the queue that tells receipts; without, they come from a folder."""
        self.cpr = dict(zip(CASES, (one.cpr for one in box.people if one.digital_post), strict=False))
        (folder / "people.json").write_text(json.dumps(self.cpr), "utf-8")

    def run(self, *, settings: dict[str, Any] | None = None, **changes: Any) -> tuple[int, list[Any]]:
        """A worker from beginning to end: its exit code and what it said."""
        box = self.box
        reached: dict[str, Any] = {
            "url": box.url,
            "sts_url": box.url,
            "ca_bundle": str(box.ca_bundle),
            "certificate": {"file": str(box.client_pkcs12)},
            "certificate_password": {"file": str(box.client_pkcs12_password_file)},
            "sender_label": "Roskilde Kommune",
            "receipts_folder": str(box.folder / "receipts"),
            "attempts": 1,
        }
        if self.queue:
            reached |= {"receipts_folder": "", "receipts_queue": self.queue}
        job = {
            "mode": "run",
            "municipality": {"code": "0265", "name": "Roskilde", "cvr": "29189404"},
            "folder": str(self.folder),
            "state_dir": str(self.folder / "state"),
            "environment": "test",
            "instance": {
                "name": "letters",
                "id": "0b6f0c1e-0000-4000-8000-00000000001e",
                "bot": "letter-bot",
                "bot_version": "1.0.0",
                "minutes_per_case": 3.0,
            },
            "settings": {"people": str(self.folder / "people.json"), **changes.pop("bot", {})},
            "bindings": [
                {"capability": "DigitalPost", "connector": "sf1601", "settings": reached | (settings or {})}
            ],
            "backoff": [0.01],
        }
        done = subprocess.run(
            [sys.executable, "-m", "rpa_commons.runtime.worker"],
            input=json.dumps(job | changes) + "\n",
            env={"PATH": os.environ["PATH"], "PYTHONPATH": str(PLUGIN), "PYTHONUTF8": "1"},
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=120,
            check=False,
        )
        for text in (*self.cpr.values(), "Hemmelig"):
            assert text not in done.stdout + done.stderr
        return done.returncode, [json.loads(line) for line in done.stdout.splitlines() if line.endswith("}")]

    def taken(self) -> list[dict[str, Any]]:
        """What the sandbox has accepted."""
        return [one for one in self.box.journal() if one["outcome"] == "accepted"]

    def tell(self, case: str, end: str) -> None:
        """The Beskedfordeler says what became of a case's letter."""
        statuses: Any = self.box.services["sf1601"]
        (letter,) = [
            one
            for one in self.taken()
            if one["choice"] == "Digital Post" and one["recipient"] == self.cpr[case]
        ]
        statuses.receipts.tell(letter["message_uuid"], end)


@pytest.fixture
def letters(box: Sandbox, tmp_path: Path) -> Letters:
    """The municipality."""
    return Letters(box, tmp_path)


def outcomes(events: list[Any], kind: str = "item") -> dict[str, tuple[str, str]]:
    """Case -> how it stands and why, as the last event about it says."""
    return {one["reference"]: (one["state"], one.get("reason", "")) for one in events if one["event"] == kind}


def test_a_plan_names_letter_and_message_and_sends_nothing(letters: Letters) -> None:
    """Two effects a case, and the sandbox has heard of none."""
    code, events = letters.run(mode="plan")
    planned = [one for one in events if one["event"] == "planned"]

    assert 0 == code
    assert 3 == len(planned)
    for one in planned:
        assert ["DigitalPost.send", "DigitalPost.notify"] == [effect["call"] for effect in one["effects"]]
    assert [] == letters.box.journal()


@pytest.mark.parametrize(
    ("channel", "shipment_type", "attachment", "problem"),
    [
        ("physical", 0, "application/pdf", "letters on paper have no way out"),
        ("automatic", 0, "application/pdf", "an automatic choice needs a way for those who get paper"),
        ("physical", 4711, "text/csv", "an attachment is no PDF and cannot be printed"),
    ],
)
def test_a_plan_refuses_what_a_run_would(
    letters: Letters, channel: str, shipment_type: int, attachment: str, problem: str
) -> None:
    """In the same words, for the same cases; neither sends letter or message."""
    bot, given = {"channel": channel, "attachment": attachment}, {"shipment_type": shipment_type}
    _, planned = letters.run(mode="plan", bot=bot, settings=given)
    _, ran = letters.run(bot=bot, settings=given)

    assert dict.fromkeys(CASES, ("handed_over", f"sf1601: {problem}")) == outcomes(planned, "planned")
    assert outcomes(planned, "planned") == outcomes(ran)
    assert [] == letters.taken()


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGKILL")
@pytest.mark.parametrize("receipts", ["folder", "queue"])
def test_killed_between_everything_each_goes_out_once_and_its_end_is_told(
    letters: Letters, receipts: str
) -> None:
    """Killed before, after and between letter and message, and a receiver that takes and does not answer."""
    if receipts == "queue":
        letters.queue = {"broker": letters.box.url_of("sf1461"), "queue": receipts_dueslag_of("0265")}
    letters.box.fault("sf1601", "taken-then-time-out", times=1)
    dead = [
        letters.run(die_at=[point], settings={"read_timeout": 0.5})[0]
        for point in ("after-effect:1", "after-intent:2", "after-effect:2", "after-result:2")
    ]
    code, waiting = letters.run()
    sent = Counter((one["recipient"], one["choice"], one["attachments"]) for one in letters.taken())

    assert [-signal.SIGKILL] * 4 == dead
    assert 0 == code
    assert "waiting" == outcomes(waiting)["case-3"][0]
    assert {
        (cpr, choice, count): 1
        for cpr in letters.cpr.values()
        for choice, count in (("Digital Post", 1), ("NemSMS", 0))
    } == sent

    letters.tell("case-1", "delivered")
    letters.tell("case-2", "failed")
    time.sleep(1.0)  # as long as the cases wait
    _, ended = letters.run()

    assert {
        "case-1": ("done", ""),
        "case-2": ("handed_over", "the letter came back (recipient.not.registered)"),
        "case-3": ("waiting", "the letter's end (unknown)"),
    } == outcomes(ended)
    assert 6 == len(letters.taken())
