"""Full admission of wheels against a bare hash-and-parse of the same wheels.

Three wheels that municipalities really publish or will: a baseline of settings, a bot, and a bot with 200 KB
of modules and data. What is measured is the processor's time, for nothing waits: one process, no network.

The limit does by hand what no registry can leave out, and decides nothing: hash the file and compare each
member with RECORD, parse METADATA, the manifest and every module. The floor does not even open the members:
hash the file, read the archive's directory and METADATA.
"""

import ast
import base64
import csv
import hashlib
import io
import json
import random
import tempfile
import time
import zipfile
from collections.abc import Callable
from functools import partial
from pathlib import Path

from packaging.metadata import Metadata

from rpa_commons.conformance import examine
from rpa_commons.environments import build_wheel

from ._measure import Figures, compare
from ._peers import PROJECT

__all__ = ["NOTE", "UNIT", "run"]

UNIT = "wheels a second of processor time"
NOTE = (
    "a baseline (4 KB), a bot (26 KB), a bot with more modules and data (200 KB); limit: the file hashed, "
    "each member compared with RECORD; METADATA, manifest and modules parsed; nothing decided; aim: at least "
    "0.3 of it. Floor: the file hashed, the archive's directory read, METADATA parsed, no member opened"
)
_TIMES = 20
_ROUNDS = 15
_LARGE = 150_000  # bytes of data that do not pack


def run() -> list[Figures]:
    """Fifteen rounds, each contestant over every wheel twenty times."""
    with tempfile.TemporaryDirectory() as folder:
        wheels = _wheels(Path(folder))
        for wheel in wheels:
            report = examine(wheel)
            assert not report.refused, report.findings  # noqa: S101 - a refusal would be a shorter way
        return compare(
            {
                "ours: full admission": partial(_rate, wheels, examine),
                "hash and parse (limit)": partial(_rate, wheels, hash_and_parse),
                "hash, directory, METADATA (floor)": partial(_rate, wheels, hash_and_metadata),
            },
            rounds=_ROUNDS,
        )


def _rate(wheels: list[Path], look: Callable[[Path], object]) -> float:
    start = time.process_time()
    for _ in range(_TIMES):
        for wheel in wheels:
            look(wheel)
    return _TIMES * len(wheels) / (time.process_time() - start)


def hash_and_metadata(path: Path) -> Metadata:
    """The floor: the file's hash, the archive's directory, METADATA."""
    content = path.read_bytes()
    hashlib.sha256(content).hexdigest()
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        name = next(name for name in archive.namelist() if name.endswith(".dist-info/METADATA"))
        return Metadata.from_email(archive.read(name))


def hash_and_parse(path: Path) -> Metadata:
    """The limit: every member's hash compared with RECORD, and everything parsed that has a grammar."""
    content = path.read_bytes()
    hashlib.sha256(content).hexdigest()
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        info = next(name for name in archive.namelist() if name.endswith(".dist-info/RECORD")).rpartition(
            "/"
        )[0]
        rows = csv.reader(io.StringIO(archive.read(f"{info}/RECORD").decode(), newline=""))
        recorded = {row[0]: row[1] for row in rows}
        for name in archive.namelist():
            member = archive.read(name)
            digest = base64.urlsafe_b64encode(hashlib.sha256(member).digest()).rstrip(b"=").decode()
            if recorded[name] and recorded[name] != f"sha256={digest}":
                raise ValueError(name)
            if name.endswith(".py"):
                ast.parse(member)
            elif name.endswith("rpac.json"):
                json.loads(member)
        return Metadata.from_email(archive.read(f"{info}/METADATA"))


def _wheels(folder: Path) -> list[Path]:
    """A baseline and a bot as `rpac build` makes them, and the bot with more in it."""
    bot = build_wheel(PROJECT / "plugins" / "welcome-letters", folder, progress=lambda _: None)
    baseline = build_wheel(PROJECT / "examples" / "digit" / "baseline", folder, progress=lambda _: None)
    return [baseline, bot, _larger(bot, folder / "larger")]


def _larger(bot: Path, folder: Path) -> Path:
    folder.mkdir()
    with zipfile.ZipFile(bot) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    record = next(name for name in members if name.endswith("/RECORD"))
    rows = members.pop(record).decode().splitlines()[:-1]
    modules = (PROJECT / "rpa_commons" / "letters").glob("_*.py")
    more = {f"welcome_letters/more/{path.name}": path.read_bytes() for path in sorted(modules)}
    more["welcome_letters/more/data.bin"] = random.Random(1).randbytes(_LARGE)  # noqa: S311 - noise
    for name, content in more.items():
        digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
        rows.append(f"{name},sha256={digest},{len(content)}")
    path = folder / bot.name
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in {**members, **more}.items():
            archive.writestr(name, content)
        archive.writestr(record, "\n".join([*rows, f"{record},,", ""]))
    return path
