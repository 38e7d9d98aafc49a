"""A bot in a worker of its own asks the simulated SSBTEK: who is not known is handed over, nobody is lost."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from rpa_commons.sandbox import Sandbox
from rpa_commons.sandbox.ssbtek import FK_ACTOR, FK_GROUPS, NOTHING_HERE, PATH, Town, make_town

PLUGIN = Path(__file__).parent / "plugin"
TODAY = date(2026, 11, 22)
TITLES = {
    "case-1": "income fell by a quarter",
    "case-2": "nothing anywhere",
    "case-3": "a-kassor not reached",
    "case-4": "Försäkringskassan down",
    "case-5": "unemployed, one fund tells nothing",
}


@pytest.fixture
def box(tmp_path: Path) -> Iterator[Sandbox]:
    """SSBTEK and its town."""
    with Sandbox(tmp_path / "box", seed=5, people=5, today=TODAY, only=("ssbtek",)) as box:
        yield box


@pytest.fixture
def town() -> Town:
    """Whom the agencies know."""
    return make_town(5, TODAY)


def run(box: Sandbox, town: Town, folder: Path, **changed: Any) -> tuple[int, list[dict[str, Any]], str]:
    """A worker from beginning to end: exit code, events, log."""
    cases = folder / "cases.json"
    cases.write_text(json.dumps({name: town.case(title).number for name, title in TITLES.items()}), "utf-8")
    settings = {
        "url": box.url_of("ssbtek") + PATH,
        "ca_bundle": str(box.ca_bundle),
        "certificate": {"file": str(box.client_pkcs12)},
        "certificate_password": {"file": str(box.client_pkcs12_password_file)},
        "organisation": "162120002411",
        "organisation_name": "Provorts kommun",
        "officer": "rpa",
        "purpose": "Beslut om ekonomiskt bistånd",
        "law": "enligt avtalet",
        "agencies": ["fk", "so"],
        "fk_actor": FK_ACTOR,
        "fk_benefits": [*FK_GROUPS],
        "so_nothing": [NOTHING_HERE],
        "attempts": 1,
        **changed,
    }
    job = {
        "mode": "run",
        "municipality": {"code": "0265", "name": "Provort"},
        "folder": str(folder),
        "state_dir": str(folder / "state"),
        "environment": "test",
        "instance": {
            "name": "lookup",
            "id": "0b6f0c1e-0000-4000-8000-00000000000b",
            "bot": "lookup",
            "bot_version": "1.0.0",
            "minutes_per_case": 3.0,
        },
        "settings": {"cases": str(cases)},
        "bindings": [{"capability": "BenefitData", "connector": "ssbtek", "settings": settings}],
        "backoff": [0.01],
    }
    done = subprocess.run(
        [sys.executable, "-m", "rpa_commons.runtime.worker"],
        input=json.dumps(job) + "\n",
        capture_output=True,
        env={
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(PLUGIN),
            "PYTHONUTF8": "1",
            "RPAC_SPECS_FOLDER": str(folder / "no-specs"),
        },
        encoding="utf-8",
        timeout=120,
        check=False,
    )
    events = [json.loads(line) for line in done.stdout.splitlines() if line.endswith("}")]
    return done.returncode, events, done.stderr


def test_who_is_known_is_done_and_who_is_not_is_handed_over(box: Sandbox, town: Town, tmp_path: Path) -> None:
    """A sum, nothing, and three gaps with their agency: none of the three is taken for no benefits."""
    code, events, log = run(box, town, tmp_path)

    ended = {one["reference"]: one for one in events if one["event"] == "item"}
    assert 0 == code
    assert {
        "case-1": "done",
        "case-2": "done",
        "case-3": "handed_over",
        "case-4": "handed_over",
        "case-5": "handed_over",
    } == {name: one["state"] for name, one in ended.items()}
    assert "so: unavailable: SSBT SANDBOX-1" in ended["case-3"]["reason"]
    assert "fk: unavailable: Försäkringskassan: OTILLGANGLIG" in ended["case-4"]["reason"]
    assert "so: Provortens a-kassa: no benefit is told" in ended["case-5"]["reason"]
    for person in town:
        assert person.number not in f"{events}{log}"


def test_a_service_that_is_down_keeps_the_cases(box: Sandbox, town: Town, tmp_path: Path) -> None:
    """An outage hands nobody over: the cases wait, and the next run answers them all."""
    box.fault("ssbtek", "500", times=100)
    first = run(box, town, tmp_path)
    box.faults.clear()
    second = run(box, town, tmp_path)

    states = {one["state"] for one in first[1] if one["event"] == "item"}
    assert 0 != first[0]
    assert "handed_over" not in states
    assert 0 == second[0]
    assert {*TITLES} == {one["reference"] for one in second[1] if one["event"] == "item"}
