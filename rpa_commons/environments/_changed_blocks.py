"""Letters that changed under an override: the bot's block is not the one that somebody last looked at.

Rules this module keeps: a block counts as looked at when its override was written anew, or when a person says
so (:func:`accept_blocks`); nothing but the record of blocks is changed in ``rpac.lock``.

Usage::

    for one in changed_blocks(municipality, "welcome-letters"):
        print(one.file, one.line, block_difference(municipality, one))
"""

import difflib
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from rpa_commons.config.municipality import overridden_blocks
from rpa_commons.letters import TemplateError, TemplateMissingError, block_text
from rpa_commons.manifest import Manifest, ManifestError, read_manifest

from ._instances import instance_head
from ._lock import LockedBlock, read_lock, write_lock
from ._records import locked_block, recorded_blocks
from ._use import LockedBot, locked

if TYPE_CHECKING:
    from rpa_commons.config import MunicipalityFolder

__all__ = ["ChangedBlock", "accept_blocks", "block_difference", "changed_blocks", "difference_of_bots"]


@dataclass(frozen=True)
class ChangedBlock:
    """An overridden block whose text below is not the one that was last looked at.

    Attributes:
        instance: The bot instance.
        bot: Its bot.
        version: The bot's version now.
        recorded: What ``rpac.lock`` keeps.
        now: What would be kept now.
        file: The overriding template, of the strongest layer that overrides the block.
        line: Where the block begins there.
    """

    instance: str
    bot: str
    version: str
    recorded: LockedBlock
    now: LockedBlock
    file: Path
    line: int


def changed_blocks(municipality: "MunicipalityFolder", instance: str) -> tuple[ChangedBlock, ...]:
    """The blocks of an instance's letters that changed under their override, by template and block.

    Raises:
        InstanceFileError: the instance's file says no bot.
        NotInstalledError: the bot is not in ``rpac.lock``.
        LockMismatchError: the lock or the wheel was changed.
    """
    recorded = {(one.template, one.block): one for one in recorded_blocks(municipality, instance)}
    if not recorded:
        return ()
    bot = locked(municipality, instance_head(municipality, instance).bot)
    found = []
    for one in overridden_blocks(municipality, instance, bot.manifest, shared=True):
        now, known = locked_block(one), recorded.get((one.template, one.block))
        if known is not None and known.digest != now.digest and known.override == now.override:
            found.append(ChangedBlock(instance, bot.name, bot.version, known, now, one.file, one.line))
    return tuple(found)


def accept_blocks(municipality: "MunicipalityFolder", instance: str) -> int:
    """Record that somebody has seen what changed under the overrides; returns how many blocks.

    Raises:
        InstanceFileError: the instance's file says no bot.
        NotInstalledError: the bot is not in ``rpac.lock``.
        LockMismatchError: the lock or the wheel was changed.
        OSError: the lock cannot be written.
    """
    changed = changed_blocks(municipality, instance)
    lock = read_lock(municipality.folder)
    record = lock.instance(instance)
    if not changed or record is None:
        return 0
    looked_at = {one.recorded: one.now for one in changed}
    blocks = tuple(looked_at.get(one, one) for one in record.block)
    names = {one.name for one in lock.instances}
    write_lock(municipality.folder, lock.recording([record.model_copy(update={"block": blocks})], names))
    return len(changed)


def block_difference(municipality: "MunicipalityFolder", changed: ChangedBlock) -> str:
    """What changed in the bot's own block, as a unified diff; its text now where the old wheel is gone."""
    new_bot = locked(municipality, changed.bot)
    old_bot = _bot_with(municipality, changed)
    if old_bot is None:
        return _text(new_bot, changed.now.template, changed.now.block)
    return difference_of_bots(old_bot, new_bot, changed.now.template, changed.now.block)


def difference_of_bots(old: LockedBot, new: LockedBot, template: str, block: str) -> str:
    """What differs between two versions of a bot in a block of a letter, as a unified diff."""
    before, after = (_text(bot, template, block).strip("\n").splitlines() for bot in (old, new))
    names = f"{old.name} {old.version}", f"{new.name} {new.version}"
    return "\n".join(difflib.unified_diff(before, after, *names, lineterm=""))


def _bot_with(municipality: "MunicipalityFolder", changed: ChangedBlock) -> LockedBot | None:
    """Another wheel of the bot here that has the block as it was recorded."""
    wanted = changed.recorded
    for wheel in sorted((municipality.state_dir / "wheels").glob("*/*.whl")):
        try:
            manifest = read_manifest(wheel)
        except ManifestError:  # a package beside a bot
            continue
        if manifest.name == changed.bot and _digest(manifest, wanted) == wanted.digest:
            return LockedBot(manifest.name, manifest.version, wheel, "", manifest)
    return None


def _digest(manifest: Manifest, block: LockedBlock) -> str:
    blocks = next((one.blocks for one in manifest.templates if one.name == block.template), {})
    return blocks.get(block.block, "")


def _text(bot: LockedBot, template: str, block: str) -> str:
    package = bot.manifest.entry.partition(":")[0].partition(".")[0]
    with zipfile.ZipFile(bot.wheel) as wheel:
        try:
            return block_text(zipfile.Path(wheel, f"{package}/letters/"), template, block)
        except (TemplateError, TemplateMissingError, KeyError):
            return ""
