"""Several people act at once: each act is done once, and the later one sees the earlier one."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from rpa_registry import db
from rpa_registry.context import Registry
from rpa_registry.errors import RegistryError
from rpa_registry.log import entries, verify_log
from rpa_registry.operations import check_log_document, log_document, read_log_file, verify

_CHILD = """
import json, sys
from pathlib import Path
from rpa_registry.accounts import as_person
from rpa_registry.context import Registry
from rpa_registry.curation import act
from rpa_registry.errors import RegistryError
folder, login, name, versions = sys.argv[1], sys.argv[2], sys.argv[3], sys.argv[4].split(",")
registry = Registry.open(Path(folder))
with registry.database.read() as connection:
    person = as_person(connection, login)
print("ready", flush=True)
sys.stdin.readline()
for version in versions:
    try:
        print(act(registry, person, name, "welcome-letters", version, reason="at once").state, flush=True)
    except RegistryError as error:
        print(type(error).__name__, flush=True)
"""


def together(registry: Registry, people: list[tuple[str, str]], versions: list[str]) -> list[list[str]]:
    """Each person does one act on every version, all in processes that start together."""
    children = [
        subprocess.Popen(
            [sys.executable, "-c", _CHILD, str(registry.settings.folder), login, name, ",".join(versions)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for login, name in people
    ]
    for child in children:
        assert child.stdout is not None
        assert child.stdout.readline() == "ready\n"
    for child in children:
        assert child.stdin is not None
        child.stdin.write("go\n")
        child.stdin.flush()
    return [child.communicate()[0].split() for child in children]


def test_two_processes_certify_at_once(registry: Registry, put: Callable[..., int]) -> None:
    """Of each release one signature is the first and one the second; it is certified exactly once."""
    versions = [f"1.{number}.0" for number in range(8)]
    for version in versions:
        put(version=version, state="published")

    answers = together(registry, [("anna", "certify"), ("bo", "certify")], versions)

    assert [sorted(pair) for pair in zip(*answers, strict=True)] == [["certified", "published"]] * 8
    with registry.database.read() as connection:
        told = [one for one in entries(connection, limit=1000) if one.act == "certify"]
        assert verify_log(connection).problems == ()
    assert sorted(one.subject for one in told if one.details.get("to") == "certified") == [
        f"welcome-letters {version}" for version in versions
    ]
    assert verify(registry).problems == ()


def test_the_same_person_twice_at_once_signs_once(registry: Registry, put: Callable[..., int]) -> None:
    """Two processes of one coordinator give one signature."""
    versions = [f"1.{number}.0" for number in range(4)]
    for version in versions:
        put(version=version, state="published")

    answers = together(registry, [("anna", "certify"), ("anna", "certify")], versions)

    assert [sorted(pair) for pair in zip(*answers, strict=True)] == [["ConflictError", "published"]] * 4
    with registry.database.read() as connection:
        assert connection.scalar(sa.select(sa.func.count()).select_from(db.signatures)) == 4


def test_publish_and_withdraw_at_once(registry: Registry, put: Callable[..., int]) -> None:
    """One of the two happens, the other hears that it came too late."""
    versions = [f"1.{number}.0" for number in range(6)]
    for version in versions:
        put(version=version, state="in_review")

    answers = together(registry, [("mette", "publish"), ("jens", "withdraw")], versions)

    found = [sorted(pair) for pair in zip(*answers, strict=True)]
    assert all(one in (["ConflictError", "published"], ["ConflictError", "withdrawn"]) for one in found)


def test_every_act_is_told_once(registry: Registry, put: Callable[..., int]) -> None:
    """Processes that deliver at the same time hand out each piece of news, in order."""
    versions = [f"1.{number}.0" for number in range(5)]
    for version in versions:
        put(version=version, state="published")

    together(registry, [("anna", "certify"), ("bo", "certify")], versions)

    lines = (registry.settings.data_dir / "notify.jsonl").read_text(encoding="utf-8").splitlines()
    numbers = [json.loads(one)["id"] for one in lines]
    assert numbers == sorted(set(numbers))
    assert len(numbers) == 10


@pytest.mark.parametrize(
    "field", ["seq", "at", "actor", "member", "act", "subject", "details", "previous", "hash"]
)
def test_a_log_that_was_changed_anywhere_is_noticed(
    field: str, registry: Registry, put: Callable[..., int], tmp_path: Path
) -> None:
    """Every field of every entry counts; so does an entry that is gone, added or moved."""
    put()
    with registry.database.read() as connection:
        good = log_document(connection)
    count = len(good["entries"])
    assert check_log_document(good).problems == ()

    for number in range(count):
        bad = json.loads(json.dumps(good))
        value = bad["entries"][number][field]
        changed = (
            {"x": 1} if isinstance(value, dict) else value + 1 if isinstance(value, int) else f"{value}x"
        )
        bad["entries"][number][field] = changed
        assert check_log_document(bad).problems != ()
        gone = {**good, "entries": [one for at, one in enumerate(good["entries"]) if at != number]}
        assert check_log_document(gone).problems != ()
        twice = {**good, "entries": [*good["entries"][: number + 1], *good["entries"][number:]]}
        assert check_log_document(twice).problems != ()


def test_a_log_that_was_written_anew_is_noticed_by_the_head(
    registry: Registry, put: Callable[..., int]
) -> None:
    """Whoever noted a head sees that it is gone, though the new chain holds."""
    put()
    with registry.database.read() as connection:
        good = log_document(connection)
    noted = good["head"]
    shorter = {"entries": good["entries"][:-1], "head": good["entries"][-2]["hash"]}

    assert check_log_document(good, head=noted).problems == ()
    assert check_log_document(shorter).problems == ()
    (problem,) = check_log_document(shorter, head=noted).problems
    assert noted in problem


def test_the_logs_files_are_checked_without_a_registry(
    registry: Registry, put: Callable[..., int], acted: Callable[..., Any], tmp_path: Path
) -> None:
    """What is rendered for everybody, written into a folder, is a log that can be checked."""
    put()
    acted("mette", "submit")
    with registry.database.read() as connection:
        pages = connection.execute(
            sa.select(db.pages.c.path, db.pages.c.body).where(db.pages.c.path.like("log%.json"))
        ).all()
    for path, body in pages:
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_bytes(bytes(body))

    document = read_log_file(tmp_path / "log.json")

    assert sorted(path for path, _ in pages) == ["log.json", "log/1.json"]
    assert check_log_document(document).problems == ()
    assert document["entries"][-1]["act"] == "submit"


@pytest.mark.parametrize("content", ["{", '{"blocks": ["../etc/passwd"]}', '{"blocks": ["log/1.json"]}'])
def test_a_log_file_that_cannot_be_read(content: str, tmp_path: Path) -> None:
    """A broken file, a block from elsewhere, a block that is missing: an error, never an empty log."""
    (tmp_path / "log.json").write_text(content)

    with pytest.raises(RegistryError, match=r"cannot be read|no block"):
        read_log_file(tmp_path / "log.json")


@pytest.mark.parametrize("document", [7, {}, {"entries": 7}, {"entries": [{"seq": 1}]}, ["x"]])
def test_a_document_that_is_no_log(document: Any) -> None:
    """It is refused with how to make one."""
    with pytest.raises(RegistryError, match="this is no log"):
        check_log_document(document)
