"""``rpac.lock``, version 2: what each instance was set to, without a value that could be guessed."""

import hashlib
import tomllib
from pathlib import Path
from typing import Any

import pytest

from rpa_commons.config import SecretRef
from rpa_commons.config.municipality import overridden_blocks
from rpa_commons.environments import (
    LockedBlock,
    LockedInstance,
    LockedLeaf,
    LockFile,
    LockMismatchError,
    read_lock,
    recorded_blocks,
    value_digest,
)
from rpa_commons.environments._lock import LockEntry, write_lock
from rpa_commons.environments._records import instance_records, locked_block, schema_digest
from rpa_commons.manifest import Manifest, TemplateEntry
from rpa_commons.sdk import BotSettings, Field

ID = "0b6f0c1e-2c9c-4c0e-9f3d-6d1f1e8f9a10"
MUNICIPALITY = """\
name = "Roskilde"
code = "0265"
cvr = "29189404"
environment = "test"
state_dir = "../state"
baseline = "{baseline}"
[letterhead]
name = "Roskilde Kommune"
address = ["Rådhusbuen 1"]
"""
OVERRIDE = '{% extends "bot:adults.md.j2" %}\n{% block greeting %}Hej{% endblock %}\n'
A_DIGEST = "a" * 64
B_DIGEST = "b" * 64


class Settings(BotSettings):
    """Everything a record treats differently."""

    window_days: int = Field(10, description="Look back.", unit="days")
    hosts: tuple[str, ...] = Field((), description="Where to look.")
    contact: str = Field("", description="Who is asked.", personal=True)
    password: SecretRef | None = Field(None, description="For the server.")


@pytest.fixture
def bot(manifest: Manifest) -> Manifest:
    """A bot with settings and a letter."""
    return manifest.model_copy(
        update={
            "settings_schema": Settings.model_json_schema(),
            "templates": (TemplateEntry(name="adults", blocks={"end": B_DIGEST, "greeting": A_DIGEST}),),
        }
    )


@pytest.fixture
def folder(tmp_path: Path, municipality: Any) -> Path:
    """A municipality with a baseline and one instance of the bot."""
    baseline = tmp_path / "baseline"
    (baseline / "bots").mkdir(parents=True)
    (baseline / "baseline.toml").write_text('name = "DIGIT"\nversion = "1"\n', encoding="utf-8")
    (baseline / "bots" / "quiet-bot.toml").write_text("[settings]\nwindow_days = 14\n", encoding="utf-8")
    text = MUNICIPALITY.format(baseline=baseline.as_posix())
    (municipality.folder / "municipality.toml").write_text(text, encoding="utf-8")
    instance(municipality.folder, 'hosts = ["a"]', 'contact = "Sigrun"', 'password = { env = "X" }')
    found: Path = municipality.folder
    return found


def instance(folder: Path, *lines: str, above: str = "") -> None:
    """Write the instance's file."""
    text = "\n".join([above, 'bot = "quiet-bot"', f'id = "{ID}"', "[settings]", *lines, ""])
    (folder / "bots" / "quiet.toml").write_text(text, encoding="utf-8")


def record(folder: Path, bot: Manifest, before: LockFile | None = None) -> LockedInstance:
    """The one instance's record."""
    [found] = instance_records(folder, {"quiet-bot": bot}, before or LockFile())
    return found


def leaves(found: LockedInstance) -> dict[str, LockedLeaf]:
    """The leaves by key."""
    return {one.key: one for one in found.leaf}


def test_a_value_leaves_a_digest_and_where_it_comes_from(folder: Path, bot: Manifest) -> None:
    """Layer and file: enough to say what changed, whoever said it."""
    found = leaves(record(folder, bot))

    assert found["window_days"].digest == hashlib.sha256(b"14").hexdigest()
    assert found["hosts"].digest == hashlib.sha256(b'["a"]').hexdigest()
    assert found["hosts"].origin == "municipality bots/quiet.toml"


def test_what_must_not_be_shown_leaves_no_digest(folder: Path, bot: Manifest) -> None:
    """A name or the place of a secret could be guessed and compared."""
    found = leaves(record(folder, bot))

    assert ("", "") == (found["contact"].digest, found["password"].digest)
    assert found["contact"].origin == "municipality bots/quiet.toml"


def test_an_unknown_key_leaves_no_digest_and_hinders_no_record(folder: Path, bot: Manifest) -> None:
    """What is wrong elsewhere is the check's business; an unknown value may be a secret."""
    instance(folder, 'pasword = "hunter2"', "window_days = 3")
    found = leaves(record(folder, bot))

    assert found["pasword"].digest == ""
    assert found["window_days"].digest == value_digest(3)


def test_a_machines_path_is_not_kept(folder: Path, bot: Manifest) -> None:
    """A baseline given by its absolute path is called as every other."""
    assert leaves(record(folder, bot))["window_days"].origin == "baseline bots/quiet-bot.toml"


def test_a_comment_does_not_change_the_record(folder: Path, bot: Manifest) -> None:
    """A moved line is no change of a value, so it makes no noise in the lock."""
    before = record(folder, bot)
    instance(folder, 'hosts = ["a"] # x', 'contact = "Sigrun"', 'password = { env = "X" }', above="# why\n\n")

    assert before == record(folder, bot)


def test_the_record_is_of_production(folder: Path, bot: Manifest) -> None:
    """Whatever environment municipality.toml makes active."""
    for name, days in (("test", 1), ("production", 2)):
        (folder / "environments" / name / "bots").mkdir(parents=True)
        path = folder / "environments" / name / "bots" / "quiet.toml"
        path.write_text(f"[settings]\nwindow_days = {days}\n", encoding="utf-8")
    leaf = leaves(record(folder, bot))["window_days"]

    assert leaf.digest == value_digest(2)
    assert leaf.origin == "environment production environments/production/bots/quiet.toml"


def test_the_record_says_which_version_and_schema(folder: Path, bot: Manifest) -> None:
    """So that a later reader knows what the keys meant."""
    found = record(folder, bot)

    assert ("quiet", ID, "quiet-bot", "1.2.0") == (found.name, found.id, found.bot, found.version)
    assert found.schema_sha256 == schema_digest(bot)
    assert found.schema_sha256 != schema_digest(bot.model_copy(update={"settings_schema": {}}))


def test_a_municipality_that_cannot_be_opened_leaves_no_record(folder: Path, bot: Manifest) -> None:
    """An installation works without; the check says what is wrong."""
    (folder / "municipality.toml").write_text("x", encoding="utf-8")

    assert instance_records(folder, {"quiet-bot": bot}, LockFile()) == []


def test_an_instance_that_cannot_be_read_is_left_out(folder: Path, bot: Manifest) -> None:
    """And one of another bot is none of this installation's business."""
    (folder / "bots" / "broken.toml").write_text("x", encoding="utf-8")
    (folder / "bots" / "other.toml").write_text(f'bot = "other"\nid = "{ID}"\n', encoding="utf-8")

    assert ["quiet"] == [one.name for one in instance_records(folder, {"quiet-bot": bot}, LockFile())]


def override(folder: Path, text: str = OVERRIDE) -> None:
    """Override a block of the bot's letter."""
    path = folder / "letters" / "quiet-bot" / "adults.md.j2"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def test_an_overridden_block_is_recorded_with_the_bots_own_digest(folder: Path, bot: Manifest) -> None:
    """The record for *the block changed under your override*."""
    assert record(folder, bot).block == ()
    override(folder)
    [block] = record(folder, bot).block

    assert ("adults", "greeting", A_DIGEST) == (block.template, block.block, block.digest)


def test_installing_does_not_hide_what_changed_under_an_override(folder: Path, bot: Manifest) -> None:
    """The digest of before stays until somebody has looked, which shows in the override."""
    override(folder)
    before = LockFile(instances=(record(folder, bot),))
    letter = TemplateEntry(name="adults", blocks={"greeting": B_DIGEST})
    changed = bot.model_copy(update={"templates": (letter,)})

    assert A_DIGEST == record(folder, changed, before).block[0].digest
    override(folder, OVERRIDE.replace("Hej", "Goddag"))
    assert B_DIGEST == record(folder, changed, before).block[0].digest


def test_a_broken_template_is_no_override(folder: Path, bot: Manifest) -> None:
    """The check of letters speaks about it."""
    override(folder, "{% block greeting %}")

    assert record(folder, bot).block == ()


def test_the_digests_of_now_can_be_compared_with_the_record(folder: Path, bot: Manifest) -> None:
    """What the check of letters does: the lock's blocks beside today's."""
    from rpa_commons.config import open_municipality

    override(folder)
    roskilde = open_municipality(folder)
    assert recorded_blocks(roskilde, "quiet") == ()
    write_lock(folder, LockFile(instances=(record(folder, bot),)))

    now = tuple(map(locked_block, overridden_blocks(roskilde, "quiet", bot, shared=True)))

    assert now == recorded_blocks(roskilde, "quiet")


LOCK = LockFile(
    entries=(
        LockEntry(
            name="quiet-bot",
            version="1.2.0",
            wheel="quiet_bot-1.2.0-py3-none-any.whl",
            sha256=A_DIGEST,
            manifest_sha256=A_DIGEST,
            schema_sha256=B_DIGEST,
            python="3.11",
        ),
    ),
    instances=(
        LockedInstance(
            name="quiet",
            id=ID,
            bot="quiet-bot",
            version="1.2.0",
            schema_sha256=B_DIGEST,
            leaf=(LockedLeaf(key="a", digest=A_DIGEST, origin="bot default"),),
            block=(LockedBlock(template="t", block="b", digest=A_DIGEST, override=B_DIGEST),),
        ),
    ),
)


def test_what_is_written_is_read_again(tmp_path: Path) -> None:
    """With equal bytes for equal contents."""
    assert write_lock(tmp_path, LOCK)
    assert not write_lock(tmp_path, LOCK)

    assert LOCK == read_lock(tmp_path)
    document = tomllib.loads((tmp_path / "rpac.lock").read_text(encoding="utf-8"))
    assert (2, B_DIGEST) == (document["lock_version"], document["bot"][0]["schema_sha256"])


def test_a_lock_of_version_1_is_read_and_its_environments_are_still_known(tmp_path: Path) -> None:
    """The schema's digest is new; what an environment is known by does not change."""
    entry = LOCK.entries[0]
    older = entry.model_copy(update={"schema_sha256": ""})
    write_lock(tmp_path, LockFile(entries=(older,)))
    path = tmp_path / "rpac.lock"
    path.write_text(path.read_text(encoding="utf-8").replace("lock_version = 2", "lock_version = 1"), "utf-8")

    assert LockFile(entries=(older,)) == read_lock(tmp_path)
    assert older.digest == entry.digest


def test_a_record_that_was_changed_by_hand_is_refused(tmp_path: Path) -> None:
    """A bad merge could hide that a block changed."""
    write_lock(tmp_path, LOCK)
    path = tmp_path / "rpac.lock"
    path.write_text(path.read_text(encoding="utf-8").replace('block = "b"', 'block = "c"'), "utf-8")

    with pytest.raises(LockMismatchError, match="the record of bot instance quiet was changed by hand"):
        read_lock(tmp_path)


def test_records_stay_until_their_instance_goes() -> None:
    """An installation of one bot leaves the others' records alone."""
    other = LOCK.instances[0].model_copy(update={"name": "another", "bot": "other"})
    newer = LOCK.instances[0].model_copy(update={"version": "2.0.0"})
    lock = LockFile(entries=LOCK.entries, instances=(other, *LOCK.instances))

    assert (other, newer) == lock.recording([newer], ("quiet", "another")).instances
    assert (newer,) == lock.recording([newer], ("quiet",)).instances
    assert lock.instances == lock.replacing(LOCK.entries[0]).instances
    assert lock.instance("gone") is None
