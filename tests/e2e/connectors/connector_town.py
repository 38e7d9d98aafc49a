"""One bot, two connector wheels, two municipalities: built once, installed as the tests ask."""

import json
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rpa_commons.config import MunicipalityFolder, open_municipality
from rpa_commons.environments import build_wheel
from rpa_commons.environments._uv import Uv
from rpa_commons.runtime import Worker, prepare

HERE = Path(__file__).parent
INSTANCE = "vouchers"
IDS = {"roskilde": "0b6f0c1e-0000-4000-8000-0000000000c1", "lejre": "0b6f0c1e-0000-4000-8000-0000000000c2"}
CODES = {"roskilde": "0265", "lejre": "0350"}
MUNICIPALITY = """\
name = "{name}"
code = "{code}"
cvr = "29189404"
cooperation = "DIGIT"
environment = "test"
languages = ["da"]
state_dir = "../state/{name}"
[letterhead]
name = "{name} Kommune"
address = ["Rådhusbuen 1", "4000 Roskilde"]
"""
PAPER = """\
[Ledger]
connector = "paper-ledger"

[Ledger.settings]
file = "out/vouchers.jsonl"
password = {env = "PAPER_PASSWORD"}
"""
TALLY = PAPER.replace("paper-ledger", "tally-ledger").replace("vouchers.jsonl", "tally.jsonl")
RENAMED = """
    migrations = (
        Migration("2.0.0", rename("file", "path"), before='file = "a.txt"', after='path = "a.txt"'),
    )
    path: str = Field("""


def quiet(_: str) -> None:
    """Progress that nobody reads."""


def built(to: Path, project: str, *changes: tuple[str, str, str], name: str = "") -> Path:
    """Build a copy of a fixture's project, with (file, before, after) changed and under another name."""
    folder = to / (name or project)
    shutil.copytree(HERE / project, folder, ignore=shutil.ignore_patterns("build", "dist", "__pycache__"))
    if name:
        old, new = project.replace("-", "_"), name.replace("-", "_")
        (folder / "src" / old).rename(folder / "src" / new)
        changes = (("pyproject.toml", project, name), ("pyproject.toml", old, new), *changes)
    for file, before, after in changes:
        path = folder / file
        text = path.read_text(encoding="utf-8")
        assert before in text, (file, before)
        path.write_text(text.replace(before, after), encoding="utf-8")
    return build_wheel(folder, to / "dist", progress=quiet)


@dataclass(frozen=True)
class Wheels:
    """Every wheel of these tests."""

    bot: Path
    paper: Path
    """``paper-ledger`` 1.0.0."""
    renamed: Path
    """``paper-ledger`` 2.0.0: the setting ``file`` is called ``path``."""
    tally: Path
    """``tally-ledger`` 1.0.0, of another wheel."""
    stubborn: Path
    """``paper-ledger`` 1.1.0, which requires what rpa-commons cannot have."""


def described(scratch: Path, project: str) -> Any:
    """The description of a plugin whose requirements do not resolve: of the same code, without them."""
    from rpa_commons.environments._build import _describe
    from rpa_commons.manifest import Manifest

    def describe(folder: Path, name: str, _: Path, uv: Uv, progress: Any) -> Manifest:
        copy = scratch / "source"
        shutil.copytree(folder, copy)
        text = (copy / "pyproject.toml").read_text(encoding="utf-8")
        (copy / "pyproject.toml").write_text(text.replace(', "click<8"', ""), encoding="utf-8")
        return _describe(copy, name, scratch / "env", uv, progress)

    return describe


@dataclass(frozen=True)
class Town:
    """One municipality with one instance of the bot."""

    folder: Path

    @property
    def municipality(self) -> MunicipalityFolder:
        """Its folder, read anew."""
        return open_municipality(self.folder)

    @property
    def lines(self) -> list[dict[str, Any]]:
        """What its connector wrote."""
        files = sorted((self.folder / "out").glob("*.jsonl"))
        return [json.loads(one) for file in files for one in file.read_text(encoding="utf-8").splitlines()]

    def says(self, text: str, file: str = "stack.toml") -> None:
        """Write a file of the municipality."""
        place = self.folder / file
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text, encoding="utf-8")

    def go(self, mode: Any = "run", **options: Any) -> dict[str, Any]:
        """A worker from beginning to end; its last word."""
        with Worker(prepare(self.municipality, INSTANCE, mode=mode, **options)) as worker:
            return list(worker.events())[-1]


def town(parent: Path, name: str, stack: str) -> Town:
    """A municipality with a stack."""
    made = Town(parent / name)
    made.says(MUNICIPALITY.format(name=name, code=CODES[name]), "municipality.toml")
    made.says(f'bot = "book-keeper"\nid = "{IDS[name]}"\n', f"bots/{INSTANCE}.toml")
    made.says(stack)
    return made
