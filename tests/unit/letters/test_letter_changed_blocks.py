"""W501: the bot's text changed under a block that is overridden here, until somebody has seen it."""

import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from rpa_commons.cli._letters import letter_findings
from rpa_commons.cli._main import cli
from rpa_commons.config import open_municipality
from rpa_commons.config.municipality import overridden_blocks
from rpa_commons.environments import accept_blocks, block_difference, changed_blocks, read_lock
from rpa_commons.environments._lock import LockedInstance, LockEntry, LockFile, write_lock
from rpa_commons.environments._records import locked_block, schema_digest
from rpa_commons.letters import block_text, describe_templates
from rpa_commons.manifest import Manifest, wheel_sha256

MUNICIPALITY = """\
name = "Roskilde"
code = "0265"
cvr = "29189404"
state_dir = "../state"
letterhead.name = "Roskilde Kommune"
"""
ID = "0b6f0c1e-2c9c-4c0e-9f3d-6d1f1e8f9a10"
BASE = """\
{% block title %}Welcome{% endblock %}

{% block school %}
Call 12 34 56 78.
{% endblock %}

{% block end %}
Goodbye
{% endblock %}
"""
OVERRIDE = """\
{% extends "bot:families.md.j2" %}

{% block school %}
Ring to us.
{% endblock %}
"""


class Place:
    """A municipality that overrides one block of an installed bot."""

    def __init__(self, root: Path) -> None:
        self.folder = root / "roskilde"
        self.write("municipality.toml", MUNICIPALITY)
        self.write("bots/letters.toml", f'bot = "welcome-letters"\nid = "{ID}"\n')
        self.write("letters/welcome-letters/families.md.j2", OVERRIDE)
        self.entries: list[LockEntry] = []

    def write(self, name: str, text: str) -> None:
        """Put a file into the folder."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def bring(self, version: str, base: str, *, record: bool = False) -> None:
        """Let the lock name a wheel of this version; ``record`` what is overridden, as installing does."""
        letters = self.folder.parent / f"letters-{version}"
        letters.mkdir(exist_ok=True)
        (letters / "families.md.j2").write_text(base, encoding="utf-8")
        manifest = Manifest(
            kind="bot",
            name="welcome-letters",
            version=version,
            summary="Greets.",
            sdk_version="0.1.0",
            entry="welcome_letters._bot:WelcomeLetters",
            settings_schema={"type": "object"},
            templates=describe_templates(letters),
        )
        entry = self._wheel(manifest, base)
        lock = read_lock(self.folder).replacing(entry)
        if record:
            municipality = open_municipality(self.folder)
            one = LockedInstance(
                name="letters",
                id=ID,
                bot="welcome-letters",
                version=version,
                schema_sha256=schema_digest(manifest),
                block=tuple(
                    map(locked_block, overridden_blocks(municipality, "letters", manifest, shared=True))
                ),
            )
            lock = LockFile(entries=lock.entries).recording([one], ["letters"])
        write_lock(self.folder, lock)

    def _wheel(self, manifest: Manifest, base: str) -> LockEntry:
        file = f"welcome_letters-{manifest.version}-py3-none-any.whl"
        made = self.folder.parent / file
        with zipfile.ZipFile(made, "w") as wheel:
            wheel.writestr("welcome_letters/letters/families.md.j2", base)
            info = f"welcome_letters-{manifest.version}.dist-info/extra_metadata/rpac.json"
            wheel.writestr(info, manifest.to_json())
        sha256 = wheel_sha256(made)
        kept = self.folder.parent / "state" / "wheels" / sha256[:16] / file
        kept.parent.mkdir(parents=True)
        made.rename(kept)
        return LockEntry(
            name=manifest.name,
            version=manifest.version,
            wheel=file,
            sha256=sha256,
            manifest_sha256=manifest.digest,
            python="3.11",
        )

    def codes(self) -> list[str]:
        """The codes of what is found in the letters."""
        return [one.code for one in letter_findings(open_municipality(self.folder))]


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Place:
    """A municipality whose override was looked at with version 1.0.0."""
    monkeypatch.chdir(tmp_path)
    place = Place(tmp_path)
    place.bring("1.0.0", BASE, record=True)
    return place


def _accept(place: Place, *words: str) -> Any:
    command = ["-C", str(place.folder), "config", "accept", *words]
    return CliRunner().invoke(cli, command, standalone_mode=False, catch_exceptions=False)


def test_a_block_that_did_not_change_is_no_finding(place: Place) -> None:
    """Neither with the version that was recorded nor with one that changed another block."""
    assert place.codes() == []
    place.bring("1.0.1", BASE.replace("Goodbye", "Bye"))
    assert place.codes() == []


def test_a_changed_block_is_a_warning_at_the_override(place: Place) -> None:
    """File, line, the bot's version, and the command that shows more."""
    place.bring("1.1.0", BASE.replace("12 34 56 78", "87 65 43 21"))

    [finding] = letter_findings(open_municipality(place.folder))

    assert (finding.code, finding.place) == ("W501", "roskilde/letters/welcome-letters/families.md.j2:3")
    assert "welcome-letters 1.1.0 has another text in the block school" in finding.message
    assert "rpac config accept letters" in finding.help
    assert finding.is_warning


def test_an_override_that_was_written_anew_counts_as_looked_at(place: Place) -> None:
    """Whoever rewrote it had the new text before them."""
    place.bring("1.1.0", BASE.replace("12 34 56 78", "87 65 43 21"))
    place.write("letters/welcome-letters/families.md.j2", OVERRIDE.replace("Ring", "Call"))

    assert place.codes() == []


def test_the_difference_shows_old_and_new(place: Place) -> None:
    """As a unified diff of the bot's block alone."""
    place.bring("1.1.0", BASE.replace("12 34 56 78", "87 65 43 21"))
    municipality = open_municipality(place.folder)
    [changed] = changed_blocks(municipality, "letters")

    assert block_difference(municipality, changed) == (
        "--- welcome-letters 1.0.0\n"
        "+++ welcome-letters 1.1.0\n"
        "@@ -1 +1 @@\n"
        "-Call 12 34 56 78.\n"
        "+Call 87 65 43 21."
    )


def test_without_the_old_wheel_the_new_text_is_shown(place: Place) -> None:
    """It was removed when the new one was installed."""
    place.bring("1.1.0", BASE.replace("12 34 56 78", "87 65 43 21"))
    for old in (place.folder.parent / "state" / "wheels").glob("*/*1.0.0*"):
        old.unlink()
    municipality = open_municipality(place.folder)
    [changed] = changed_blocks(municipality, "letters")

    assert block_difference(municipality, changed).strip() == "Call 87 65 43 21."


def test_accepting_records_what_was_seen(place: Place) -> None:
    """Afterwards there is no warning; the rest of the lock is as it was."""
    place.bring("1.1.0", BASE.replace("12 34 56 78", "87 65 43 21"))
    before = read_lock(place.folder)

    result = _accept(place, "letters")

    assert result.return_value == 0
    assert "+Call 87 65 43 21." in result.stdout
    assert result.stdout.endswith("1 block recorded as seen in rpac.lock\n")
    assert place.codes() == []
    after = read_lock(place.folder)
    assert after.entries == before.entries
    assert after.instances[0].model_copy(update={"block": ()}) == before.instances[0].model_copy(
        update={"block": ()}
    )


def test_a_dry_run_records_nothing(place: Place) -> None:
    """It only shows."""
    place.bring("1.1.0", BASE.replace("12 34 56 78", "87 65 43 21"))

    result = _accept(place, "--dry-run")

    assert result.stdout.endswith("1 block would be recorded as seen\n")
    assert place.codes() == ["W501"]


def test_accept_as_json(place: Place) -> None:
    """One entry per block."""
    place.bring("1.1.0", BASE.replace("12 34 56 78", "87 65 43 21"))

    [entry] = json.loads(_accept(place, "--json").stdout)

    assert (entry["instance"], entry["template"], entry["block"], entry["line"]) == (
        "letters",
        "families",
        "school",
        3,
    )


def test_nothing_to_accept_is_said(place: Place) -> None:
    """And the lock stays byte for byte."""
    before = (place.folder / "rpac.lock").read_bytes()

    result = _accept(place)

    assert result.stdout == "no text changed under a block that is overridden here\n"
    assert (place.folder / "rpac.lock").read_bytes() == before
    assert accept_blocks(open_municipality(place.folder), "letters") == 0


def test_a_lock_that_knows_nothing_of_blocks_is_no_finding(place: Place) -> None:
    """One of an earlier release."""
    write_lock(place.folder, LockFile(entries=read_lock(place.folder).entries))

    assert place.codes() == []


def test_a_blocks_text_is_that_of_the_template_or_of_the_one_below(tmp_path: Path) -> None:
    """A template that extends another shows the inherited text."""
    (tmp_path / "base.md.j2").write_text(BASE, encoding="utf-8")
    extends = '{% extends "base.md.j2" %}\n{% block end %}x{% endblock %}'
    (tmp_path / "families.md.j2").write_text(extends, encoding="utf-8")

    assert block_text(tmp_path, "families", "end") == "x"
    assert block_text(tmp_path, "families", "school").strip() == "Call 12 34 56 78."
    with pytest.raises(KeyError):
        block_text(tmp_path, "families", "nothing")
