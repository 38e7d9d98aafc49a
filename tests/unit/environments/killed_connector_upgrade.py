"""Upgrades a connector wheel and is killed before each replacement of a file; says what was left, as JSON.

Run as ``python -m tests.unit.environments.killed_connector_upgrade FOLDER``: a process that has no threads
forks one child for each point, so that the imports are paid for once. Environments are folders, and uv is
not asked: what is put in place and in which order is the real installation's.
"""

import json
import os
import shutil
import signal
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any

from rpa_commons.config import ConfigError, open_municipality, unfinished_upgrades
from rpa_commons.config.instances import _edit_lock, awaiting_in, confirm
from rpa_commons.environments import (
    LockEntry,
    LockFile,
    WheelStore,
    carry_out_upgrade,
    connectors_of,
    locked,
    prepare_connector_upgrade,
    read_lock,
    write_lock,
)
from rpa_commons.environments import _install as install_module
from rpa_commons.environments._given_wheels import check_given, connector_record
from rpa_commons.environments._host import HostPackage
from rpa_commons.environments._records import schema_digest
from rpa_commons.environments._venv import Environment, python_version
from rpa_commons.manifest import CapabilityEntry, MigrationEntry
from rpa_commons.runtime.launch import prepare
from tests.support.wheels import WheelMaker, connector_entry

MUNICIPALITY = """\
name = "Roskilde"
code = "0265"
cvr = "29189404"
environment = "test"
state_dir = "../state"
[letterhead]
name = "Roskilde Kommune"
address = ["Rådhusbuen 1", "4000 Roskilde"]
"""
STACK = '[Ledger]\nconnector = "paper-ledger"\nsettings.file = "a"\nsettings.fee = 40\n'
TEST_STACK = '[Ledger.settings]\nfile = "b"\n'
RENAMED = MigrationEntry(
    version="2.0.0",
    operations=(
        {"op": "rename", "key": "file", "to": "path"},
        {"op": "rename", "key": "fee", "to": "fee_kr"},
    ),
    before='file = "a"\nfee = 1',
    after='path = "a"\nfee_kr = 1',
)
ID = "0b6f0c1e-0000-4000-8000-0000000000c1"
FILES = ("stack.toml", "environments/test/stack.toml", "confirmations.toml", "rpac.lock")
PYLOCK = "pylock.quiet-bot.toml"


def connector_wheel(folder: Path, version: str, text: str, number: str) -> Path:
    """The connector with a plain and a sensitive setting, called as a version calls them."""
    schema = {
        "type": "object",
        "additionalProperties": False,
        "properties": {
            text: {"type": "string", "description": "Where.", "default": ""},
            number: {"type": "integer", "description": "Fee.", "unit": "kr", "default": 1, "sensitive": True},
        },
    }
    migrations = (RENAMED,) if version == "2.0.0" else ()
    entry = connector_entry("connector_paper", settings_schema=schema, migrations=migrations)
    maker = WheelMaker(name="connector-paper", version=version, kind="connector")
    maker.manifest = {"connectors": (entry,)}
    return maker.build(folder)


def settle(root: Path) -> Path:
    """A municipality with a confirmed value, and what a killed trial left; the connector's second wheel."""
    folder = root / "roskilde"
    for name, text in (
        ("municipality.toml", MUNICIPALITY),
        ("stack.toml", STACK),
        ("environments/test/stack.toml", TEST_STACK),
        ("bots/quiet.toml", f'bot = "quiet-bot"\nid = "{ID}"\n'),
    ):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    ledger = CapabilityEntry(attribute="ledger", name="Ledger", version="1.0", calls=())
    bot = WheelMaker(manifest={"capabilities": (ledger,)}).build(root)
    checked = check_given([bot, connector_wheel(root, "1.0.0", "file", "fee")])
    record = connector_record(checked[1], None)
    store = WheelStore(open_municipality(folder).state_dir)
    for one in checked:
        store.keep(one.path, one.sha256)
    entry = resolved(checked[0], record.package)
    write_lock(folder, LockFile(entries=(entry,), connectors=(record,)))
    production = open_municipality(folder, environment="production")
    (store.state_dir / "environments" / "trial" / "of-a-killed-one").mkdir(parents=True)
    for person in ("anna", "bo"):
        confirm(production, waiting(folder), person=person, now=datetime(2026, 5, 1, tzinfo=UTC))
    return connector_wheel(root, "2.0.0", "path", "fee_kr")


def resolved(checked: Any, *packages: Any) -> LockEntry:
    """What uv would make of it."""
    return LockEntry(
        name=checked.name,
        version=checked.version,
        wheel=checked.path.name,
        sha256=checked.sha256,
        manifest_sha256=checked.manifest.digest,
        schema_sha256=schema_digest(checked.manifest),
        python=python_version(),
        connectors=tuple(one.name for one in packages),
        packages=packages,
    )


def waiting(folder: Path) -> Any:
    """What awaits two people in production."""
    opened = open_municipality(folder, environment="production")
    return awaiting_in(opened, lambda bot: locked(opened, bot).manifest, connectors=connectors_of(opened))


def without_uv() -> None:
    """Environments are empty folders, and nothing is resolved or fetched."""

    def fill(self: Environment, *_: object) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)
        self.python.parent.mkdir(parents=True)
        self.python.touch()

    def resolve(checked: Any, *_: object, beside: Any, **__: object) -> LockEntry:
        return resolved(checked, *(one.record.package for one in beside.wheels))

    stubs: tuple[tuple[object, str, Callable[..., object]], ...] = (
        (Environment, "fill", fill),
        (Environment, "verify", lambda *_: None),
        (install_module, "resolve", resolve),
        (install_module, "host_package", lambda _: HostPackage("0.1.0", None, "")),
        (
            install_module,
            "pylock_text",
            lambda entry, *_: f'[tool.rpa-commons]\nrpac-entry = "{entry.digest}"\n',
        ),
    )
    for place, name, stub in stubs:
        setattr(place, name, stub)


def upgrade(root: Path, wheel: Path) -> None:
    """``rpac upgrade connector-paper --to WHEEL --yes``."""
    town = open_municipality(root / "roskilde")
    carry_out_upgrade(prepare_connector_upgrade(town, "connector-paper", wheel), progress=lambda _: None)


def killed_before(point: int, act: Callable[[], None]) -> bool:
    """Whether a child that does this was killed before it replaced its file of this number."""
    child = os.fork()
    if not child:
        real, done = Path.replace, count()

        def replace(self: Path, target: Any) -> Path:
            if next(done) == point:
                os.kill(os.getpid(), signal.SIGKILL)
            return real(self, target)

        Path.replace = replace  # type: ignore[method-assign, assignment]
        act()
        os._exit(0)
    _, status = os.waitpid(child, 0)
    if os.WIFEXITED(status) and os.WEXITSTATUS(status):
        raise AssertionError(status)
    return os.WIFSIGNALED(status)


def seen(root: Path) -> dict[str, Any]:
    """What there is: the files' texts, the versions in the lock, what the check says, what is left over."""
    folder, town = root / "roskilde", open_municipality(root / "roskilde")
    lock, state = read_lock(folder), town.state_dir
    told = [one.file.relative_to(folder).as_posix() for one in unfinished_upgrades(town) if one.file]
    environment = Environment(state, ID, lock.entry("quiet-bot"))
    left = [*state.glob("upgrade-*"), *state.glob("environments/trial"), *folder.rglob("*.migrated.part")]
    return {
        "files": {name: (folder / name).read_text(encoding="utf-8") for name in FILES},
        "versions": [lock.connectors[0].version, lock.entry("quiet-bot").packages[0].version],
        "told": sorted(told),
        "is_ready": environment.complete(),
        "has_pylock": (folder / PYLOCK).is_file(),
        "left": sorted(one.name for one in left),
    }


def refusals(root: Path) -> list[str]:
    """The codes by which a run is refused; empty where one would start."""
    try:
        prepare(open_municipality(root / "roskilde"), "quiet", mode="plan")
    except ConfigError as error:
        return [one.code for one in error.findings]
    return []


def main(scratch: Path) -> None:
    """Kill at every point; then end the upgrade with the same command."""
    _edit_lock._own_folder = lambda: scratch / "locks"
    without_uv()
    start = scratch / "start"
    start.mkdir()
    wheel = settle(start)
    found = []
    for point in count():
        root = scratch / str(point)
        shutil.copytree(start, root)
        was_killed = killed_before(point, lambda root=root: upgrade(root, wheel))  # type: ignore[misc]
        after = seen(root)
        if not was_killed:
            break
        refused = refusals(root) if after["told"] else []
        upgrade(root, wheel)
        found.append({"after": after, "refused": refused, "again": seen(root)})
    open_keys = [one.key for one in waiting(root / "roskilde")]
    document = {"before": seen(start), "points": found, "whole": after, "waiting": open_keys}
    sys.stdout.write(json.dumps(document))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
