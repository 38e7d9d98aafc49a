"""``rpac record`` prints the article 30 row of one bot instance."""

import json
import zipfile
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from rpa_commons.cli.record import record
from rpa_commons.environments._lock import LockEntry, LockFile, write_lock
from rpa_commons.environments._store import WheelStore
from rpa_commons.manifest import (
    CallEntry,
    CapabilityEntry,
    Decisions,
    Manifest,
    ProcessingRecord,
    wheel_sha256,
)

MUNICIPALITY = """\
name = "Roskilde"
code = "0265"
cvr = "29189404"
environment = "production"
languages = ["da"]
state_dir = "../state"
[letterhead]
name = "Roskilde Kommune"
address = ["Rådhusbuen 1", "4000 Roskilde"]
"""
STACK = """\
[DigitalPost]
connector = "pdf-outbox"
[DigitalPost.settings]
folder = "outbox"
"""
RECORD = ProcessingRecord(
    kle=("00.14.00",),
    purpose="to count",
    legal_basis=("a law § 1", "another law § 2"),
    data_categories=("names",),
    person_categories=("residents",),
    sources=("the register",),
    recipients=("nobody",),
    retention="one year",
    decisions=Decisions(kind="rule-bound", paragraph="a law § 3"),
)


def manifest(processing: ProcessingRecord | None = RECORD) -> Manifest:
    """A bot that asks one capability."""
    call = CallEntry(method="send", effect="keyed")
    asked = CapabilityEntry(attribute="post", name="DigitalPost", version="1.0", calls=(call,))
    return Manifest(
        kind="bot",
        name="counter",
        version="1.0.0",
        summary="Counts.",
        sdk_version="0.1.0",
        capabilities=(asked,),
        settings_schema={"type": "object", "properties": {}, "additionalProperties": False},
        record=processing,
    )


def set_up(folder: Path, described: Manifest) -> Path:
    """A municipality with the bot locked and one instance of it."""
    municipality = folder / "roskilde"
    (municipality / "bots").mkdir(parents=True)
    (municipality / "municipality.toml").write_text(MUNICIPALITY, encoding="utf-8")
    (municipality / "stack.toml").write_text(STACK, encoding="utf-8")
    instance = 'bot = "counter"\nid = "0b6f0c1e-0000-4000-8000-000000000001"\nowner = "Borgerservice"\n'
    (municipality / "bots" / "count.toml").write_text(instance, encoding="utf-8")
    wheel = folder / "counter-1.0.0-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr("counter-1.0.0.dist-info/extra_metadata/rpac.json", described.to_json())
    sha256 = wheel_sha256(wheel)
    WheelStore(folder / "state").keep(wheel, sha256)
    entry = LockEntry(
        name="counter",
        version="1.0.0",
        wheel=wheel.name,
        sha256=sha256,
        manifest_sha256=described.digest,
        python="3.11",
        packages=(),
    )
    write_lock(municipality, LockFile().replacing(entry))
    return municipality


def run(municipality: Path, *arguments: str) -> Result:
    """Run the command in the municipality's folder."""
    return CliRunner().invoke(record, list(arguments), obj=municipality, catch_exceptions=False)


def test_the_row_is_complete(tmp_path: Path) -> None:
    """Everything that article 30 asks, and the systems that the stack binds."""
    result = run(set_up(tmp_path, manifest()), "count", "--json")

    assert json.loads(result.stdout) == {
        "controller": {"name": "Roskilde", "code": "0265", "cvr": "29189404"},
        "activity": "count",
        "instance_id": "0b6f0c1e-0000-4000-8000-000000000001",
        "owner": "Borgerservice",
        "environment": "production",
        "purpose": "to count",
        "legal_basis": ["a law § 1", "another law § 2"],
        "kle": ["00.14.00"],
        "person_categories": ["residents"],
        "data_categories": ["names"],
        "sources": ["the register"],
        "recipients": ["nobody"],
        "retention": "one year",
        "decisions": {"kind": "rule-bound", "paragraph": "a law § 3"},
        "ai": "none",
        "systems": [{"capability": "DigitalPost", "connector": "pdf-outbox"}],
        "bot": {"name": "counter", "version": "1.0.0"},
    }


def test_people_get_one_line_per_question(tmp_path: Path) -> None:
    """The table can be pasted into the record of processing activities."""
    lines = run(set_up(tmp_path, manifest()), "count").stdout.splitlines()

    assert lines[0] == "Controller:             Roskilde (0265), CVR 29189404"
    assert lines[5:7] == ["Legal basis:            a law § 1", "                        another law § 2"]
    assert "Systems:                DigitalPost: pdf-outbox" in lines


def test_a_bot_without_a_record_says_so(tmp_path: Path) -> None:
    """An old wheel may carry none; an empty row would look like an answer."""
    result = run(set_up(tmp_path, manifest(None)), "count")

    assert result.exit_code == 1
    assert "counter 1.0.0 carries no record of processing" in result.output


@pytest.mark.parametrize("file", ["stack.toml", "bots/count.toml"])
def test_a_broken_configuration_is_told_as_elsewhere(tmp_path: Path, file: str) -> None:
    """The row rests on the resolved configuration, so its findings come first."""
    from rpa_commons.config import ConfigError

    municipality = set_up(tmp_path, manifest())
    (municipality / file).write_text("[", encoding="utf-8")

    with pytest.raises(ConfigError):
        run(municipality, "count")
