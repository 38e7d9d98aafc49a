"""Letters, checked by the host: the bot's templates inside its wheel, the municipality's on disk."""

import json
import zipfile
from pathlib import Path
from types import SimpleNamespace

import pytest
from click.testing import CliRunner, Result

from rpa_commons.capabilities import RpaCommonsError
from rpa_commons.cli import _main
from rpa_commons.cli._letters import letter_findings
from rpa_commons.config import Finding, open_municipality
from rpa_commons.manifest import Manifest

MUNICIPALITY = """\
name = "Roskilde"
code = "0265"
cvr = "29189404"
baseline = "../baseline"
state_dir = "../state"
letterhead.name = "Roskilde Kommune"
"""
INSTANCE = (
    'bot = "welcome-letters"\nid = "0b6f0c1e-2c9c-4c0e-9f3d-6d1f1e8f9a1{}"\nowner = "A"\ndeputy = "B"\n'
)
BASE = "{% block title %}x{% endblock %}\n{% block school %}Skole{% endblock %}\n"
EXTENDS = '{% extends "bot:families.md.j2" %}\n'


class NotInstalledError(RpaCommonsError):
    """Stands in for a bot that is not installed."""


class Place:
    """A municipality's folder, its baseline, and one installed wheel with a letter."""

    def __init__(self, root: Path) -> None:
        self.folder = root / "roskilde"
        self.wheel = root / "welcome_letters-1.0.0-py3-none-any.whl"
        self.write("municipality.toml", MUNICIPALITY)
        self.write("../baseline/baseline.toml", 'name = "DIGIT"\nversion = "1"\n')
        self.write("bots/welcome-letters.toml", INSTANCE.format(0))
        with zipfile.ZipFile(self.wheel, "w") as wheel:
            wheel.writestr("welcome_letters/letters/families.md.j2", BASE)

    def write(self, name: str, text: str) -> None:
        """Put a file into the folder."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def findings(self, *names: str) -> tuple[Finding, ...]:
        """What is wrong with the letters."""
        return letter_findings(open_municipality(self.folder), names)


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Place:
    """A municipality with one bot instance and no letters of its own."""
    place = Place(tmp_path)
    manifest = Manifest(
        kind="bot",
        name="welcome-letters",
        version="1.0.0",
        summary="Greets.",
        sdk_version="0.1.0",
        entry="welcome_letters._bot:WelcomeLetters",
        settings_schema={"type": "object"},
    )

    def locked(municipality: object, bot: str) -> SimpleNamespace:
        if bot != "welcome-letters":
            raise NotInstalledError(f"{bot} is not installed")
        return SimpleNamespace(manifest=manifest, wheel=place.wheel)

    monkeypatch.setattr("rpa_commons.environments.locked", locked)
    monkeypatch.setattr("rpa_commons.environments.python_of", lambda *_: Path("python"))
    monkeypatch.setattr("rpa_commons.environments.refuse_unready", lambda *_: None)
    monkeypatch.chdir(tmp_path)
    return place


def _check(*words: str) -> Result:
    return CliRunner().invoke(_main.cli, ["-C", "roskilde", "config", "check", *words], standalone_mode=False)


def test_letters_that_are_right_are_no_finding(place: Place) -> None:
    """An override of the municipality's and one of the cooperation's pass."""
    place.write("letters/welcome-letters/families.md.j2", EXTENDS + "{% block school %}x{% endblock %}")
    place.write("../baseline/letters/welcome-letters/families.md.j2", EXTENDS)
    place.write("../baseline/letters/medical-bills/x.md.j2", "letters of a bot that others use")

    assert () == place.findings()
    assert _check().stdout.endswith("nothing wrong\n")


def test_a_mistake_is_shown_with_file_line_and_help(place: Place) -> None:
    """A block that the letter does not have is said by ``config check``, which ends with 1."""
    place.write("letters/welcome-letters/families.md.j2", EXTENDS + "\n{% block skole %}x{% endblock %}\n")

    result = _check()

    assert 1 == result.return_value
    assert (
        "roskilde/letters/welcome-letters/families.md.j2:3: "
        "E701: the block 'skole' is not in the letter that is extended\n"
        "    {% block skole %}x{% endblock %}\n"
        "    help: blocks there are: school, title\n"
    ) in result.stdout
    assert result.stdout.endswith(": 1 finding\n")


def test_json_has_them_too(place: Place) -> None:
    """A program reads the same finding."""
    place.write("../baseline/letters/welcome-letters/families.md.j2", EXTENDS + "\n\nlost words")

    result = _check("--json")
    [finding] = json.loads(result.stdout)["findings"]

    assert 1 == result.return_value
    assert ("E701", 4) == (finding["code"], finding["line"])
    assert finding["file"].endswith("baseline/letters/welcome-letters/families.md.j2")


@pytest.mark.parametrize(
    ("file", "found", "help_"),
    [
        ("letters/welcome-letters/familie.md.j2", "letters/welcome-letters/familie.md.j2", "families.md.j2"),
        ("letters/welcome-letter/families.md.j2", "letters/welcome-letter", "did you mean welcome-letters?"),
        ("letters/other/families.md.j2", "letters/other", "there are: welcome-letters"),
        ("letters/families.md.j2", "letters/families.md.j2", "move it into letters/welcome-letters/"),
        (
            "../baseline/letters/welcome_letters/x.md.j2",
            "../baseline/letters/welcome_letters",
            "did you mean",
        ),
    ],
)
def test_what_nothing_reads_is_found(place: Place, file: str, found: str, help_: str) -> None:
    """A misspelt file or folder would be passed over without a word."""
    place.write(file, EXTENDS)

    [finding] = place.findings()

    assert ("E702", (place.folder / found).resolve()) == (finding.code, finding.file)
    assert help_ in finding.help


def test_folders_of_instances_and_other_files_are_left_alone(place: Place) -> None:
    """A folder may be called as an instance; notes beside the folders are nobody's business."""
    place.write("bots/paper.toml", INSTANCE.format(1))
    place.write("letters/paper/families.md.j2", EXTENDS)
    place.write("letters/README.md", "x")
    place.write("letters/.git/x", "x")

    assert () == place.findings()


def test_two_instances_that_share_a_letter_share_its_finding(place: Place) -> None:
    """One mistake is said once; asked for one instance, what belongs to no instance is left out."""
    place.write("bots/paper.toml", INSTANCE.format(1))
    place.write("letters/welcome-letters/families.md.j2", EXTENDS + "{% block skole %}x{% endblock %}")
    place.write("letters/nobodys/families.md.j2", EXTENDS)

    assert ["E701", "E702"] == [one.code for one in place.findings()]
    assert ["E701"] == [one.code for one in place.findings("paper")]


def test_a_broken_letter_of_the_bot_is_named_with_its_wheel(place: Place) -> None:
    """There is no file to mend: the finding says whose it is."""
    with zipfile.ZipFile(place.wheel, "w") as wheel:
        wheel.writestr("welcome_letters/letters/families.md.j2", BASE + "{% set x = 1 %}")
    place.write("letters/welcome-letters/more.md.j2", "{% block title %}x{% endblock %}")

    [finding] = place.findings()

    assert "the bot's wheel: E701: bot:families.md.j2: {% set %} is not available" in finding.render()


def test_what_cannot_be_looked_at_is_passed_over(place: Place) -> None:
    """A bot that is not installed, or a file that names none, is said elsewhere."""
    place.write("bots/welcome-letters.toml", INSTANCE.format(0).replace("welcome-letters", "other-bot"))
    place.write("letters/other-bot/x.md.j2", "{{")
    place.write("bots/broken.toml", "bot = ")
    place.write("letters/nobodys/x.md.j2", "{{")

    assert () == place.findings()


def test_a_file_that_is_no_text_has_no_line(place: Place) -> None:
    """The finding names the file."""
    place.write("letters/welcome-letters/families.md.j2", "")
    (place.folder / "letters/welcome-letters/families.md.j2").write_bytes(b"\xff\xfe")

    [finding] = place.findings()

    assert ("E701", None, "is not UTF-8") == (finding.code, finding.line, finding.message)
