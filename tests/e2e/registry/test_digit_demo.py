"""The demo as `make demo` runs it: the whole way of a bot, and nothing left behind but its own folder."""

import hashlib
import re
import shutil
import socket
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import pytest

pytestmark = pytest.mark.network

ROOT = Path(__file__).parents[3]
_COPIED = ("plugins/welcome-letters", "examples/digit")


@dataclass(frozen=True)
class Shown:
    """What the demo printed, and what lay in the checkout before and after."""

    checkout: Path
    exit_code: int
    text: str
    before: dict[str, str]
    after: dict[str, str]

    def place(self, words: str) -> int:
        """Where the words stand; fails with everything that was printed."""
        assert words in self.text, f"{words!r} is not in:\n{self.text}"
        return self.text.index(words)


def _digests(folder: Path) -> dict[str, str]:
    """Every file outside ``.rpac`` by its content; what Python and the build leave is not looked at."""
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not {".rpac", "__pycache__", "build"} & set(path.relative_to(folder).parts)
    }


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> Shown:
    """The demo in a copy of the checkout, in which an earlier one was killed half-way."""
    checkout = tmp_path_factory.mktemp("checkout")
    ignored = shutil.ignore_patterns(
        "extracts", "outbox", "sandbox", "rpac.lock", "build", "__pycache__", ".*_cache"
    )
    for name in _COPIED:
        shutil.copytree(ROOT / name, checkout / name, ignore=ignored)
    for left in ("registry/registry.toml", "registry/data/registry.sqlite3", "digit/hvidovre/rpac.lock"):
        path = checkout / ".rpac" / "demo" / left
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("half of", encoding="utf-8")
    before = _digests(checkout)
    done = subprocess.run(
        [sys.executable, "-m", "rpa_commons", "demo", "--checkout", str(checkout)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        check=False,
    )
    return Shown(checkout, done.returncode, done.stdout, before, _digests(checkout))


def test_it_plays_to_the_end(shown: Shown) -> None:
    """Also after one that was killed."""
    assert 0 == shown.exit_code, shown.text
    assert "has stopped what it started" in shown.text


@pytest.mark.parametrize(
    "words",
    [
        "rpac-registry init",
        "rpac build plugins/welcome-letters",
        "rpac -C .rpac/demo/digit/roskilde publish .rpac/demo/wheels/welcome_letters-1.0.0-py3-none-any.whl",
        "rpac-registry -C .rpac/demo/registry certify welcome-letters 1.0.0 --as anna",
        "rpac -C .rpac/demo/digit/hvidovre search velkomst",
        "rpac -C .rpac/demo/digit/hvidovre info welcome-letters",
        "rpac -C .rpac/demo/digit/lejre install welcome-letters",
        "rpac-registry -C .rpac/demo/registry review welcome-letters 1.1.0",
        "rpac -C .rpac/demo/digit/hvidovre upgrade welcome-letters --plan",
        "rpac -C .rpac/demo/digit/hvidovre items list welcome-letters --bot-version 1.1",
    ],
)
def test_the_commands_are_shown_as_one_types_them(shown: Shown, words: str) -> None:
    """With paths from the checkout, and without anything secret."""
    assert f"$ {words}" in shown.text


def test_the_story_is_told_in_order(shown: Shown) -> None:
    """Refused before it is certified, two signatures, one wheel, both changes seen, then recalled."""
    places = [
        shown.place(words)
        for words in (
            "is not certified",
            "1 of 2",
            "one wheel: sha256",
            "without_digital_post = ",
            "DIGIT-2026-0001",
        )
    ]

    assert sorted(places) == places


def test_all_three_run_one_wheel(shown: Shown) -> None:
    """And their folders hold no line of the bot's code."""
    assert re.search(r"one wheel: sha256 [0-9a-f]{16}\n", shown.text)
    assert "copied code: 0 of the bot's" in shown.text


def test_the_example_stays_as_it_was(shown: Shown) -> None:
    """The upgrade rewrote a copy; nothing was written outside .rpac."""
    assert shown.before == shown.after
    copy = shown.checkout / ".rpac" / "demo" / "digit" / "hvidovre" / "bots" / "welcome-letters.toml"
    assert 'without_digital_post = "physical" # everything goes by the print room' in copy.read_text("utf-8")


def test_nothing_is_left_running(shown: Shown) -> None:
    """Every address that was shown refuses connections afterwards."""
    addresses = set(re.findall(r"https?://127\.0\.0\.1:\d+", shown.text))

    assert len(addresses) >= 2
    for address in addresses:
        with socket.socket() as probe:
            assert 0 != probe.connect_ex(("127.0.0.1", urlsplit(address).port)), address


def test_no_token_is_shown(shown: Shown) -> None:
    """Neither in the words nor in a file but the registry's own database, which has a hash of it."""
    assert not re.search(r"rpac_[A-Za-z0-9_-]{43}", shown.text)
