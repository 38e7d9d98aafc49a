"""The cooperation in a temporary folder: its commands, its registry, and what each step answered."""

import json
import os
import re
import shutil
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

__all__ = ["BOT", "ROOT", "Said", "Story", "copy_the_example", "served", "set_up", "status_of"]

ROOT = Path(__file__).parents[3]
BOT = "welcome-letters"
_BIN = Path(sys.executable).parent


@dataclass
class Said:
    """How a command ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """What it printed, as data."""
        assert self.out.lstrip()[:1] in {"{", "["}, self
        return json.loads(self.out)


@dataclass
class Story:
    """The cooperation in a temporary folder, and what each step answered."""

    home: Path
    url: str = ""
    steps: dict[str, Said] = field(default_factory=dict)
    files: dict[str, str] = field(default_factory=dict)

    @property
    def hvidovre(self) -> Path:
        """The local admin's folder."""
        return self.home / "digit" / "hvidovre"

    @property
    def instance_file(self) -> str:
        """Hvidovre's bot instance as it stands."""
        return (self.hvidovre / "bots" / f"{BOT}.toml").read_text("utf-8")

    def run(self, step: str, *words: str | Path, **variables: str) -> Said:
        """Carry out a command and remember its answer under a name."""
        given = {name: value for name, value in os.environ.items() if name != "VIRTUAL_ENV"}
        program = [str(_BIN / str(words[0]))] if words[0] != "rpac" else [sys.executable, "-m", "rpa_commons"]
        done = subprocess.run(
            [*program, *map(str, words[1:])],
            cwd=self.home,
            env={**given, "NO_PROXY": "127.0.0.1", **variables},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            encoding="utf-8",
            check=False,
        )
        self.steps[step] = Said(done.returncode, done.stdout, done.stderr)
        return self.steps[step]

    def registry(self, step: str, *words: str | Path) -> Said:
        """A command of the registry, at its server."""
        return self.run(step, "rpac-registry", "-C", self.home / "registry", *words)

    def admin(self, step: str, *words: str | Path, **variables: str) -> Said:
        """A command of Hvidovre's local admin."""
        return self.run(step, "rpac", "-C", self.hvidovre, *words, **variables)


def copy_the_example(home: Path) -> None:
    """Copy examples/digit; the states lie in the temporary folder, too."""
    made = ("extracts", "outbox", "sandbox", "rpac.lock", "next")
    shutil.copytree(ROOT / "examples" / "digit", home / "digit", ignore=shutil.ignore_patterns(*made))
    for file in (home / "digit").glob("*/municipality.toml"):
        own = f'state_dir = "../../state/{file.parent.name}"'
        file.write_text(re.sub(r'state_dir = ".*"', own, file.read_text("utf-8")), encoding="utf-8")


def set_up(told: Story) -> None:
    """Make the registry: members, people, a token, a key, and where the members' choices lie."""
    members = ("0265=Roskilde", "0167=Hvidovre", "0350=Lejre")
    words = [word for one in members for word in ("--member", one)]
    coordinators = ("--coordinator", "jens=0265", "--coordinator", "anna=0167", "--coordinator", "bo=0350")
    told.run(
        "init",
        "rpac-registry",
        "init",
        told.home / "registry",
        "--cooperation",
        "DIGIT",
        *words,
        *coordinators,
    )
    told.registry("person", "person", "add", "mette", "Mette", "--member", "0265", "--role", "developer")
    told.registry("token", "token", "issue", "mette", "--label", "laptop", "--scope", "upload")
    public = told.run("key", "rpac-registry", "key", "new", told.home / "anna.pem").out.strip()
    told.registry("register key", "key", "register", "anna", public, "--as", "anna")
    settings = told.home / "registry" / "registry.toml"
    text = settings.read_text("utf-8").replace('# members_folder = ""', 'members_folder = "../members"')
    settings.write_text(text.replace('# baseline = ""', 'baseline = "../digit/baseline"'), encoding="utf-8")


@contextmanager
def served(told: Story) -> Iterator["subprocess.Popen[str]"]:
    """The registry's server as a process of its own."""
    server = subprocess.Popen(
        [_BIN / "rpac-registry", "-C", told.home / "registry", "serve", "--port", "0"],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert server.stdout is not None
        told.url = server.stdout.readline().strip()
        yield server
    finally:
        server.terminate()
        server.communicate()


def status_of(url: str) -> str:
    """The HTTP status that an address answers with."""
    try:
        with urllib.request.urlopen(url) as answer:  # noqa: S310 - ours
            return str(answer.status)
    except urllib.error.HTTPError as error:
        return str(error.code)
