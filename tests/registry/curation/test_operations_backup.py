"""Backups: taken while the registry works, restored verified, never half there."""

import json
import os
import shutil
import subprocess
import sys
import threading
import time
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from rpa_registry import db
from rpa_registry.accounts import Identity
from rpa_registry.context import Registry
from rpa_registry.curation import act
from rpa_registry.errors import ConflictError, StorageError
from rpa_registry.log import entries, verify_log
from rpa_registry.operations import ArchiveError, backup, read_info, restore, verify
from rpa_registry.operations._backup import TABLES

_ROWS = tuple(one for one in TABLES if one.name != "meta")


@pytest.fixture
def filled(registry: Registry, put: Callable[..., int], acted: Callable[..., Any]) -> Registry:
    """A registry with some history."""
    put(version="1.0.0")
    put(version="1.1.0", state="published")
    acted("mette", "submit")
    acted("anna", "certify", version="1.1.0")
    acted("bo", "certify", version="1.1.0")
    return registry


def contents(registry: Registry) -> dict[str, list[Any]]:
    """Every row of every table but the pages."""
    with registry.database.read() as connection:
        return {
            table.name: [
                tuple(row) for row in connection.execute(sa.select(table).order_by(*table.primary_key))
            ]
            for table in _ROWS
        }


def test_what_is_restored_is_what_was_backed_up(filled: Registry, tmp_path: Path) -> None:
    """Every row, every file, every page; and the restored registry is sound."""
    info = backup(filled, tmp_path / "b.zip")
    restored = restore(tmp_path / "b.zip", tmp_path / "again", database="")

    again = Registry.open(tmp_path / "again")
    assert info == restored
    assert contents(filled) == contents(again)
    assert verify(again).problems == ()
    assert (info.wheels, info.log_count) == (2, verify(filled).log_count)
    again.close()


def test_a_restored_registry_goes_on(
    filled: Registry, tmp_path: Path, identity: Callable[[str], Identity]
) -> None:
    """Acts after the restore get new numbers, and the chain goes on."""
    backup(filled, tmp_path / "b.zip")
    restore(tmp_path / "b.zip", tmp_path / "again", database="")
    again = Registry.open(tmp_path / "again")

    view = act(again, identity("mette"), "publish", "welcome-letters", "1.0.0")

    assert view.state == "published"
    with again.database.read() as connection:
        assert verify_log(connection).problems == ()
    again.close()


def test_a_backup_while_people_act_is_of_one_moment(
    filled: Registry, tmp_path: Path, put: Callable[..., int], identity: Callable[[str], Identity]
) -> None:
    """Releases appear and change during it; each backup restores sound."""
    for number in range(6):
        put(version=f"2.{number}.0", state="published")
    people, stop = {login: identity(login) for login in ("anna", "bo", "jens")}, threading.Event()

    def work() -> None:
        names = ["certify", "certify", "deprecate", "undeprecate"]
        number = 0
        while not stop.is_set():
            for login, name in zip(("anna", "bo", "jens", "jens"), names, strict=True):
                try:
                    act(filled, people[login], name, "welcome-letters", f"2.{number % 6}.0", reason="x")
                except ConflictError:
                    continue
            number += 1

    worker = threading.Thread(target=work)
    worker.start()
    try:
        for number in range(3):
            backup(filled, tmp_path / f"{number}.zip")
    finally:
        stop.set()
        worker.join()

    for number in range(3):
        restore(tmp_path / f"{number}.zip", tmp_path / f"again{number}", database="")
        again = Registry.open(tmp_path / f"again{number}")
        problems = [one for one in verify(again).problems if one.kind != "rule"]
        assert problems == []
        again.close()


def test_nothing_is_overwritten(filled: Registry, tmp_path: Path) -> None:
    """Neither a file of the backup's name nor a folder that holds something."""
    (tmp_path / "b.zip").write_text("mine")
    with pytest.raises(ArchiveError, match="there is a file already"):
        backup(filled, tmp_path / "b.zip")
    backup(filled, tmp_path / "c.zip")
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "mine.txt").write_text("mine")
    with pytest.raises(ArchiveError, match="holds something already"):
        restore(tmp_path / "c.zip", tmp_path / "full")

    assert (tmp_path / "b.zip").read_text() == "mine"
    assert [one.name for one in (tmp_path / "full").iterdir()] == ["mine.txt"]


def rewritten(source: Path, target: Path, change: Callable[[dict[str, bytes]], None]) -> Path:
    """A copy of an archive with other members."""
    with zipfile.ZipFile(source) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    change(members)
    with zipfile.ZipFile(target, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return target


def _cut_list(members: dict[str, bytes]) -> None:
    del members["backup.json"]


def _changed_wheel(members: dict[str, bytes]) -> None:
    name = next(one for one in members if one.endswith(".whl"))
    members[name] += b"x"


def _changed_row(members: dict[str, bytes]) -> None:
    members["tables/people.jsonl"] = members["tables/people.jsonl"].replace(b"developer", b"coordinator", 1)


def _missing_table(members: dict[str, bytes]) -> None:
    del members["tables/log.jsonl"]


def _added(members: dict[str, bytes]) -> None:
    members["files/../../evil"] = b"x"


def _listed_strange(members: dict[str, bytes]) -> None:
    _relisted(members, "../evil", b"x")


def _relisted(members: dict[str, bytes], name: str, content: bytes) -> None:
    import hashlib

    members[name] = content
    listed = json.loads(members["backup.json"])
    listed["members"][name] = hashlib.sha256(content).hexdigest()
    members["backup.json"] = json.dumps(listed).encode()


def _log_rewritten(members: dict[str, bytes]) -> None:
    lines = members["tables/log.jsonl"].splitlines(keepends=True)
    lines[3] = lines[3].replace(b'"actor": "operator"', b'"actor": "somebody"')
    _relisted(members, "tables/log.jsonl", b"".join(lines))


def _log_cut(members: dict[str, bytes]) -> None:
    lines = members["tables/log.jsonl"].splitlines(keepends=True)
    listed = json.loads(members["backup.json"])
    listed["rows"]["log"] -= 1
    members["backup.json"] = json.dumps(listed).encode()
    _relisted(members, "tables/log.jsonl", b"".join(lines[:-1]))


def _other_schema(members: dict[str, bytes]) -> None:
    listed = json.loads(members["backup.json"])
    listed["schema"] = "9999"
    members["backup.json"] = json.dumps(listed).encode()


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (_cut_list, "no backup.json"),
        (_changed_wheel, "is damaged"),
        (_changed_row, "is damaged"),
        (_missing_table, "not those of its list"),
        (_added, "not those of its list"),
        (_listed_strange, "a name that no backup has"),
        (_log_rewritten, "chain is broken"),
        (_log_cut, "its log is another"),
        (_other_schema, "schema 9999"),
    ],
)
def test_a_damaged_backup_restores_nothing(
    change: Callable[[dict[str, bytes]], None], problem: str, filled: Registry, tmp_path: Path
) -> None:
    """Whatever is wrong with it is told, and there is no folder afterwards."""
    backup(filled, tmp_path / "good.zip")
    bad = rewritten(tmp_path / "good.zip", tmp_path / "bad.zip", change)

    with pytest.raises(ArchiveError, match=problem):
        restore(bad, tmp_path / "again", database="")

    assert sorted(one.name for one in tmp_path.iterdir() if "again" in one.name) == []


def test_a_file_that_is_no_archive(tmp_path: Path) -> None:
    """A text file is no backup."""
    (tmp_path / "b.zip").write_text("hello")

    with pytest.raises(ArchiveError, match="no archive"):
        restore(tmp_path / "b.zip", tmp_path / "again")


def test_a_missing_wheel_stops_the_backup(filled: Registry, tmp_path: Path) -> None:
    """A backup that could not be restored is not written."""
    sha256, name = next(iter(filled.blobs.names()))
    filled.blobs.path(sha256, name).unlink()

    with pytest.raises(StorageError, match="is missing in the data folder"):
        backup(filled, tmp_path / "b.zip")

    assert list(tmp_path.glob("*b.zip*")) == []


def test_a_damaged_wheel_stops_the_backup(filled: Registry, tmp_path: Path) -> None:
    """Its hash is looked at while it is copied."""
    sha256, name = next(iter(filled.blobs.names()))
    filled.blobs.path(sha256, name).write_bytes(b"other")

    with pytest.raises(StorageError, match="is damaged"):
        backup(filled, tmp_path / "b.zip")

    assert list(tmp_path.glob("*b.zip*")) == []


def test_settings_outside_the_folder_stay_outside_of_the_restored(filled: Registry, tmp_path: Path) -> None:
    """A backup of a registry whose data lay elsewhere is never restored into that place."""
    folder = filled.settings.folder
    text = (folder / "registry.toml").read_text()
    elsewhere = tmp_path / "elsewhere"
    backup_path = tmp_path / "b.zip"
    (folder / "registry.toml").write_text(f'data = "{elsewhere.as_posix()}"\n{text}')
    backup(filled, backup_path)

    restore(backup_path, tmp_path / "again", database="")

    assert not elsewhere.exists()
    assert (tmp_path / "again" / "data" / "files").is_dir()


_CHILD = """
import sys
from pathlib import Path
from rpa_registry.context import Registry
from rpa_registry.operations import backup, restore
what, source, target = sys.argv[1:]
print("ready", flush=True)
if what == "backup":
    backup(Registry.open(Path(source)), Path(target))
else:
    restore(Path(source), Path(target), database="")
"""


@pytest.mark.parametrize("delay", [0.0, 0.06, 0.2])
@pytest.mark.parametrize("what", ["backup", "restore"])
def test_killed_in_the_middle_nothing_half_is_there(
    what: str, delay: float, filled: Registry, tmp_path: Path
) -> None:
    """After kill -9 the backup, or the restored folder, is whole or not there; the next try succeeds."""
    backup(filled, tmp_path / "whole.zip")
    source = filled.settings.folder if what == "backup" else tmp_path / "whole.zip"
    target = tmp_path / ("b.zip" if what == "backup" else "again")
    words = [sys.executable, "-c", _CHILD, what, str(source), str(target)]
    with subprocess.Popen(words, stdout=subprocess.PIPE) as child:
        assert child.stdout is not None
        child.stdout.readline()
        time.sleep(delay)
        child.kill()

    if what == "backup":
        if not target.exists():
            backup(filled, target)
        with zipfile.ZipFile(target) as archive:
            assert read_info(archive, target).wheels == 2
    else:
        if not target.exists():
            restore(source, target, database="")
        again = Registry.open(target)
        assert verify(again).problems == ()
        again.close()


def test_what_a_killed_restore_left_is_removed(filled: Registry, tmp_path: Path) -> None:
    """The next restore into the folder starts anew."""
    backup(filled, tmp_path / "b.zip")
    left = tmp_path / ".again.restoring"
    (left / "data").mkdir(parents=True)
    (left / "registry.toml").write_text("half")

    restore(tmp_path / "b.zip", tmp_path / "again", database="")

    assert not left.exists()
    assert (tmp_path / "again" / "registry.toml").read_text() != "half"


def test_verify_names_everything_that_is_wrong(filled: Registry) -> None:
    """A file that is missing, one that nobody needs, a page and a log entry that were changed."""
    (sha256, name), (_, other) = list(filled.blobs.names())
    path = filled.blobs.path(sha256, name)
    stranger = path.with_name("stranger-1-py3-none-any.whl")
    shutil.copy(path, stranger)
    path.unlink()
    with filled.database.write() as connection:
        page = "all/simple/welcome-letters/index.json"
        connection.execute(sa.update(db.pages).where(db.pages.c.path == page).values(body=b"{}"))
        connection.execute(sa.update(db.log).where(db.log.c.seq == 3).values(actor="nobody"))
    before = contents(filled)

    found = verify(filled)

    assert sorted((one.kind, one.subject) for one in found.problems) == [
        ("file", name),
        ("log", "log"),
        ("orphan", stranger.name),
        ("page", "all/simple/welcome-letters/index.json"),
        ("page", "da/log/index.html"),
        ("page", "en/log/index.html"),
        ("page", "log/1.json"),
    ]
    assert (found.is_sound, other in {one.subject for one in found.problems}) == (False, False)
    assert all(one.remedy for one in found.problems)
    assert before == contents(filled)


def test_orphans_alone_are_sound(filled: Registry) -> None:
    """What only takes up room is told and is no fault."""
    sha256, name = next(iter(filled.blobs.names()))
    path = filled.blobs.path(sha256, name)
    shutil.copy(path, path.with_name("stranger-1-py3-none-any.whl"))

    found = verify(filled)

    assert ([one.kind for one in found.problems], found.is_sound) == (["orphan"], True)


def test_sequences_go_on_after_a_restore_into_another_database(
    filled: Registry, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    """A backup of one kind of database fills the other kind."""
    if os.environ.get("RPAC_REGISTRY_DATABASE") != "postgresql":
        pytest.skip("needs PostgreSQL: RPAC_REGISTRY_DATABASE=postgresql")
    url = request.getfixturevalue("postgresql")()
    backup(filled, tmp_path / "b.zip")
    restore(tmp_path / "b.zip", tmp_path / "again", database=url)
    again = Registry.open(tmp_path / "again")
    with again.database.read() as connection:
        before = len(entries(connection, limit=1000))
        mette = __import__("rpa_registry.accounts", fromlist=["as_person"]).as_person(connection, "mette")

    act(again, mette, "publish", "welcome-letters", "1.0.0")

    assert contents(filled)["signatures"] == contents(again)["signatures"]
    with again.database.read() as connection:
        assert len(entries(connection, limit=1000)) == before + 1
    with pytest.raises(ArchiveError, match="holds a registry already"):
        restore(tmp_path / "b.zip", tmp_path / "third", database=url)
    assert not (tmp_path / "third").exists()
    again.close()
