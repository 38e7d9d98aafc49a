"""The main job from end to end: one wheel, two municipalities, real workers, the sandbox's systems."""

import hashlib
from pathlib import Path
from typing import Any

import pytest

from rpa_commons.sandbox import Sandbox

pytestmark = pytest.mark.network


def _digests(*folders: Path) -> dict[str, str]:
    files = [file for folder in folders for file in sorted(folder.rglob("*")) if file.is_file()]
    return {str(file): hashlib.sha256(file.read_bytes()).hexdigest() for file in files}


def test_two_municipalities_greet_everybody_once(cooperation: Any, box: Sandbox) -> None:
    """Both run the same wheel; letters arrive where each stack says; a second run sends nothing."""
    roskilde, hvidovre = cooperation.town("roskilde", box), cooperation.town("hvidovre", box)

    first = roskilde.go(), hvidovre.go()
    digital, paper = box.letters(), list((hvidovre.folder / "outbox").glob("*.pdf"))
    second = roskilde.go(), hvidovre.go()

    assert [run["exit_code"] for run in first + second] == [0, 0, 0, 0]
    assert first[0]["done"] == len(digital) + len(list((roskilde.folder / "outbox").glob("*.pdf")))
    assert set(digital.values()) == {1}
    assert first[1]["done"] == len(paper) > 0
    assert [run["new"] for run in second] == [0, 0]
    assert box.letters() == digital
    assert sorted((hvidovre.folder / "outbox").glob("*.pdf")) == sorted(paper)


def test_a_plan_changes_nothing(cooperation: Any, box: Sandbox) -> None:
    """State, outbox and the sandbox's journal are the same bytes after a plan, before and after a run."""
    town = cooperation.town("hvidovre", box)
    other = cooperation.town("roskilde", box)
    for _ in range(2):
        before = _digests(
            town.municipality.state_dir, town.folder, other.municipality.state_dir, other.folder
        )
        journal = box.journal_path.read_bytes() if box.journal_path.exists() else b""

        planned = town.go("plan"), other.go("plan")

        assert planned[0]["exit_code"] == planned[1]["exit_code"] == 0
        assert (
            _digests(town.municipality.state_dir, town.folder, other.municipality.state_dir, other.folder)
            == before
        )
        assert (box.journal_path.read_bytes() if box.journal_path.exists() else b"") == journal
        town.go(limit=5)
        other.go(limit=5)


def test_a_letter_taken_without_an_answer_is_one_letter(cooperation: Any, box: Sandbox) -> None:
    """The receiver takes a letter and never answers; the repeat has the same key: one letter."""
    town = cooperation.town("roskilde", box)
    box.fault("sf1601", "taken-then-time-out", times=2)

    run = town.go(overrides=["stack.DigitalPost.settings.read_timeout=1.0"])

    assert run["exit_code"] == 0
    assert run["done"] > 0
    assert set(box.letters().values()) == {1}


@pytest.mark.storm
def test_a_receiver_that_accepts_twice_is_seen_to_double(cooperation: Any, tmp_path: Path) -> None:
    """Against a receiver that ignores keys the same case doubles: the count above can fail."""
    with Sandbox(
        tmp_path / "forgetful", municipality={"0265": "29189404"}, people=30, repeated="accepts-twice"
    ) as box:
        town = cooperation.town("roskilde", box)
        box.fault("sf1601", "taken-then-time-out", times=2)

        town.go(overrides=["stack.DigitalPost.settings.read_timeout=1.0"])

        assert max(box.letters().values()) > 1


def test_an_unsafe_receiver_leaves_the_case_in_doubt(cooperation: Any, tmp_path: Path) -> None:
    """Declared unsafe, an interrupted letter is not repeated: a person says whether it happened."""
    with Sandbox(
        tmp_path / "forgetful", municipality={"0265": "29189404"}, people=30, repeated="accepts-twice"
    ) as box:
        town = cooperation.town("roskilde", box)
        box.fault("sf1601", "taken-then-time-out", times=1)

        run = town.go(
            overrides=[
                "stack.DigitalPost.settings.read_timeout=1.0",
                "stack.DigitalPost.settings.repeat=unsafe",
            ]
        )

        assert run["in_doubt"] == 1
        assert run["exit_code"] == 1
        assert set(box.letters().values()) == {1}


def test_an_unreachable_system_loses_nothing(cooperation: Any, box: Sandbox) -> None:
    """With the systems down the run stops early and says so; when they are back, everybody is greeted."""
    town = cooperation.town("roskilde", box)
    url = box.url
    box.stop()
    down = town.go(overrides=[f"stack.PopulationRegister.settings.url={url}"])
    box.start()
    cooperation.town("roskilde", box)

    up = town.go()

    assert down["exit_code"] == 1
    assert down["stopped"]
    assert down["queued"] == down["found"] - down["skipped"]
    assert up["exit_code"] == 0
    assert up["queued"] == 0
    assert set(box.letters().values()) == {1}
