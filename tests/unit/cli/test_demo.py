"""The demo's proof, tables and guards; the demo itself runs in the integration suite."""

import re
from pathlib import Path
from typing import Any

import pytest

from rpa_commons.cli._demo._places import DemoAtWorkError, NoCheckoutError, find_places
from rpa_commons.cli._demo._proof import prove
from rpa_commons.cli._demo._report import Column, compare, proof_text

_BOT = '''\
"""A bot."""

from datetime import timedelta

def find(self):
    since = self.today - timedelta(days=self.settings.window_days)
    return self.events.moves_into(since)
'''


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """The bot's source folder."""
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "bot.py").write_text(_BOT, encoding="utf-8")
    return tmp_path / "src"


def _town(tmp_path: Path, **files: str) -> Path:
    folder = tmp_path / "town"
    for name, text in files.items():
        file = folder / name.replace("__", "/")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    folder.mkdir(exist_ok=True)
    return folder


def test_a_copied_line_is_found_wherever_it_stands(tmp_path: Path, source: Path) -> None:
    """Three lines of the bot in a municipality's own Python are three copied lines, by file and number."""
    folder = _town(tmp_path, **{"robot.py": "import os\n" + _BOT.split("\n\n", 2)[2]})

    proof = prove(source, {"town": folder})

    assert proof.copied == ("town/robot.py:2", "town/robot.py:3", "town/robot.py:4")
    assert proof.other_python == ("town/robot.py",)


def test_configuration_and_a_hook_share_nothing_with_the_bot(tmp_path: Path, source: Path) -> None:
    """TOML, a letter and a hook of two lines: nothing copied, the hook counted."""
    hook = "def rpac_step_compose(step):\n    return (yield)\n"
    folder = _town(tmp_path, **{"bots__a.toml": "[settings]\nwindow_days = 3\n", "hooks__bot.py": hook})

    proof = prove(source, {"town": folder})

    assert (proof.copied, proof.other_python) == ((), ())
    assert proof.hooks == {"town/hooks/bot.py": 2}


def test_what_a_run_makes_is_no_copy(tmp_path: Path, source: Path) -> None:
    """Extracts, letters and locks are data, whatever they hold."""
    folder = _town(tmp_path, extracts__a=_BOT, outbox__b=_BOT, **{"rpac.lock": _BOT, "pylock.x.toml": _BOT})

    assert prove(source, {"town": folder}).copied == ()


def test_short_lines_and_imports_are_in_every_program(tmp_path: Path, source: Path) -> None:
    """They are not counted as the bot's."""
    assert prove(source, {"town": _town(tmp_path)}).bot_lines == 4


def _column(**changes: Any) -> Column:
    values: dict[str, Any] = {
        "title": "Roskilde",
        "wheel": "ab" * 32,
        "values": {"window_days": (14, "bots/a.toml:3")},
        "own_files": (),
        "run": {"found": 3, "new": 2, "effects": {"DigitalPost.send": 2}, "minutes": 8.0},
        "status": {"counts": {"done": 2, "skipped": 1}},
    }
    return Column(**(values | changes))


def test_the_table_shows_what_is_the_same_and_what_differs() -> None:
    """Each key with a line for each municipality: the value and the place it comes from."""
    other = _column(title="Hvidovre", values={"window_days": (10, "../baseline/bots/a.toml:2")})

    text = compare([_column(), other])
    rows = [re.split(r"\s{2,}", line.strip()) for line in text.splitlines()]

    assert ["one wheel: sha256 abababababababab"] == rows[0]
    assert ["Roskilde", "14", "bots/a.toml:3"] in rows
    assert ["Hvidovre", "10", "../baseline/bots/a.toml:2"] in rows
    assert ["letters sent now", "2", "2"] in rows
    assert ["minutes freed now", "8", "8"] in rows


def test_two_wheels_are_seen() -> None:
    """A municipality that runs another wheel is not passed over."""
    assert "abababababababab, cdcdcdcdcdcdcdcd" in compare([_column(), _column(wheel="cd" * 32)])


def test_the_proof_names_every_copied_line(tmp_path: Path, source: Path) -> None:
    """A reader can go and look."""
    folder = _town(tmp_path, **{"robot.py": _BOT})

    text = proof_text(prove(source, {"town": folder}))

    assert "4 of the bot's 4 lines" in text
    assert "town/robot.py:6" in text


def test_without_a_checkout_the_demo_says_what_it_needs(tmp_path: Path) -> None:
    """An installed wheel carries no examples: usage error with the way out."""
    with pytest.raises(NoCheckoutError) as caught:
        find_places(tmp_path)

    assert caught.value.exit_code == 2
    assert "--checkout" in caught.value.remedy


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A repository with an example of three municipalities, and what a run has left in one of them."""
    (tmp_path / "plugins" / "welcome-letters").mkdir(parents=True)
    example = tmp_path / "examples" / "digit"
    for name in ("roskilde", "hvidovre", "lejre"):
        text = f'name = "{name}"\nbaseline = "../baseline"\nstate_dir = "../../../.rpac/state/{name}"\n'
        _write(example / name / "municipality.toml", text)
    _write(example / "baseline" / "baseline.toml", "name = 'x'\n")
    for name in ("outbox/a.pdf", "extracts/b.csv", "rpac.lock", "environments/sandbox/stack.toml"):
        _write(example / "roskilde" / name, "made")
    _write(example / "roskilde" / "environments" / "production" / "stack.toml", "kept")
    return tmp_path


def _write(file: Path, text: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")


def _files(folder: Path) -> dict[str, str]:
    return {
        file.relative_to(folder).as_posix(): file.read_text("utf-8")
        for file in folder.rglob("*")
        if file.is_file()
    }


def test_the_demo_works_on_a_copy(checkout: Path) -> None:
    """Configuration is copied, what runs have made is not; state lies in the demo's own folder."""
    before = _files(checkout / "examples")
    places = find_places(checkout)
    places.begin()
    copied = _files(places.municipality("roskilde"))

    assert {"municipality.toml", "environments/production/stack.toml"} == set(copied)
    assert 'state_dir = "../../state/roskilde"' in copied["municipality.toml"]
    assert checkout / ".rpac" / "demo" == places.scratch
    assert before == _files(checkout / "examples")


def test_a_second_demo_starts_from_nothing(checkout: Path) -> None:
    """State, wheels and a registry of before are gone."""
    places = find_places(checkout)
    left = places.scratch / "registry" / "registry.toml"
    _write(left, "old")

    places.begin()

    assert not left.exists()
    assert (places.cooperation / "baseline" / "baseline.toml").exists()


def test_what_was_before_is_put_aside_and_swept(checkout: Path) -> None:
    """Also what a demo left behind that was killed while it swept."""
    places = find_places(checkout)
    _write(places.scratch / "state" / "old.txt", "old")
    _write(checkout / ".rpac" / "demo-before-killed" / "demo" / "older.txt", "older")
    _write(checkout / ".rpac" / "other" / "kept.txt", "kept")

    places.begin()
    places.sweep()

    assert ["demo", "other"] == sorted(one.name for one in (checkout / ".rpac").iterdir())


def test_one_demo_at_a_time(checkout: Path) -> None:
    """Two would write into the same folders; the second says what to do, and a later one may play."""
    places = find_places(checkout)

    with places.alone(), pytest.raises(DemoAtWorkError) as caught, places.alone():
        pass
    with places.alone():
        pass

    assert "wait until it ends" in caught.value.remedy


def test_each_copy_names_the_registry(checkout: Path) -> None:
    """In its own municipality.toml, where a member would write it."""
    places = find_places(checkout)
    places.begin()
    places.name_registry("http://127.0.0.1:1")

    text = (places.municipality("lejre") / "municipality.toml").read_text("utf-8")
    assert 'baseline = "../baseline"\nregistry = "http://127.0.0.1:1"\n' in text
