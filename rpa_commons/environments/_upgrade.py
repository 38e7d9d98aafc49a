"""``rpac upgrade``: a bot to another version, its municipality's files along with it.

Rules this module keeps: planning writes nothing; the files are rewritten when every new environment stands
and only ``rpac.lock`` is left to write, so that what fails before (a download, say) leaves all as it was;
what a crash between interrupts, the same command ends.

Usage::

    prepared = prepare_upgrade(roskilde, "welcome-letters", Path("welcome_letters-2.0.0-py3-none-any.whl"))
    prepared.plan.errors or carry_out_upgrade(prepared, progress=print)
"""

import contextlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from rpa_commons.capabilities import RpaCommonsError
from rpa_commons.config import Finding, config_error, policies_on_old_keys
from rpa_commons.config.instances import begin_upgrade, changing, end_upgrade
from rpa_commons.manifest import wheel_sha256
from rpa_commons.upgrades import (
    FileMigration,
    PartlyMigratedError,
    UpgradeChange,
    UpgradePlan,
    migrate_baseline,
    plan_upgrade,
    put_back,
    write_migrated,
)

from ._changed_blocks import difference_of_bots
from ._connector_wheels import connectors_of
from ._errors import InstanceFileError, WheelRefusedError
from ._install import InstalledBot, install
from ._instances import instance_head
from ._lock import LockedConnector, LockEntry, read_lock
from ._sources import Origin, WheelSource
from ._use import LockedBot, locked
from ._venv import python_version
from ._wheels import CheckedWheel, check_wheel

if TYPE_CHECKING:
    from rpa_commons.config import MunicipalityFolder

__all__ = [
    "PreparedUpgrade",
    "carry_out_baseline_upgrade",
    "carry_out_upgrade",
    "plan_baseline_upgrade",
    "prepare_upgrade",
    "python_changes",
]


@dataclass(frozen=True)
class PreparedUpgrade:
    """A plan, and what it takes to carry it out.

    Attributes:
        municipality: Whose.
        wheel: The wheel to install.
        plan: What it means here.
    """

    municipality: "MunicipalityFolder"
    wheel: Path
    plan: UpgradePlan


def prepare_upgrade(
    municipality: "MunicipalityFolder", instance: str, wheel: Path | None = None
) -> PreparedUpgrade:
    """Plan moving the bot of an instance, and with it all its instances, to a wheel's version.

    Args:
        municipality: Whose.
        instance: One of the bot's instances.
        wheel: The version to come; ``None``: the locked one, for files that are older than it.

    Raises:
        InstanceFileError: there is no such instance, or its file does not say which bot it is.
        NotInstalledError: the bot is not in ``rpac.lock``.
        LockMismatchError: the lock was edited, or the locked wheel is gone.
        WheelRefusedError: the wheel is not what it claims to be, or of another bot.
        ConfigError: a file cannot be read.
    """
    head = instance_head(municipality, instance)
    now = locked(municipality, head.bot)
    checked = check_wheel(wheel or now.wheel)
    _same_bot(checked, head.bot)
    plan = plan_upgrade(
        municipality,
        tuple(_instances(municipality, head.bot)),
        now.manifest,
        checked.manifest,
        connectors=connectors_of(municipality),
    )
    changes = (
        *(_with_texts(one, now, checked) for one in plan.changes),
        *python_changes(check_wheel(now.wheel), checked),
    )
    return PreparedUpgrade(municipality, checked.path, replace(plan, changes=changes))


def carry_out_upgrade(
    prepared: PreparedUpgrade,
    *,
    progress: Callable[[str], None],
    find_links: Sequence[Path] = (),
    offline: bool = False,
    source: WheelSource | None = None,
    origin: Origin | None = None,
) -> InstalledBot:
    """Install the wheel, rewrite the files, write ``rpac.lock``.

    Raises:
        ConfigError: findings would remain; nothing was done. With exit code 5 where only policies say no.
        FileChangedError: a file was edited since the plan; nothing was changed.
        FileNotWrittenError: a file cannot be written; nothing was changed.
        InstallError: and whatever else :func:`install` raises; nothing was changed.
    """
    plan = prepared.plan
    if plan.errors:
        raise config_error(plan.findings)

    rewritten: list[FileMigration] = []
    with contextlib.ExitStack() as until_the_lock_is_written:

        def rewrite() -> None:
            until_the_lock_is_written.enter_context(changing(prepared.municipality.folder))
            if plan.files:
                progress(f"rewriting {', '.join(file.name for file in plan.files)}")
            begin_upgrade(prepared.municipality, plan.note())
            write_migrated(plan.files)
            rewritten.extend(plan.files)

        try:
            bot, *_ = install(
                prepared.municipality,
                [prepared.wheel],
                progress=progress,
                find_links=find_links,
                offline=offline,
                before_lock=rewrite,
                source=source,
                origins={plan.bot: _origin(prepared, origin)},
            )
        except BaseException as error:  # Ctrl-C too
            _put_back(prepared, rewritten, error)
            raise
        end_upgrade(prepared.municipality, plan.bot)
    return bot


def _origin(prepared: PreparedUpgrade, origin: Origin | None) -> Origin:
    """Where the wheel came from; the locked one came from where the lock says."""
    if origin is not None:
        return origin
    with contextlib.suppress(RpaCommonsError):  # the installation speaks about a lock that cannot be read
        entry = _locked(prepared)
        if entry is not None and entry.sha256 == wheel_sha256(prepared.wheel):
            return Origin(entry.registry, entry.channel, entry.because)
    return Origin()


def _locked(prepared: PreparedUpgrade) -> LockEntry | LockedConnector | None:
    lock, name = read_lock(prepared.municipality.folder), prepared.plan.bot
    return lock.find(name) or next((one for one in lock.connectors if one.name == name), None)


def _put_back(prepared: PreparedUpgrade, rewritten: Sequence[FileMigration], error: BaseException) -> None:
    """Undo the rewriting where the lock could not be written after it, on a full disk say.

    Raises:
        PartlyMigratedError: a file cannot be put back either.
    """
    with contextlib.suppress(RpaCommonsError):  # what ends the upgrade is said, not what else went wrong
        entry = _locked(prepared)
        if entry is not None and entry.sha256 == wheel_sha256(prepared.wheel):
            return
    if stuck := put_back(rewritten):
        raise PartlyMigratedError(stuck, str(error)) from error


def plan_baseline_upgrade(folder: Path, bot: str, wheel: Path) -> UpgradePlan:
    """Plan bringing a cooperation's baseline folder up to a bot's version; there is nothing to install.

    Its findings name values that the version refuses, and policies on keys that are called otherwise: the
    sense of these is for their owner to keep.

    Raises:
        WheelRefusedError: the wheel is not what it claims to be, or of another bot.
        ConfigError: a file cannot be read.
    """
    checked = check_wheel(wheel)
    _same_bot(checked, bot)
    folder = folder.resolve()
    profiles = sorted(path.name for path in (folder / "profiles").glob("*") if path.is_dir())
    names = [f"bots/{bot}.toml", *(f"profiles/{one}/bots/{bot}.toml" for one in profiles)]
    files, wrong = migrate_baseline(folder, names, checked.manifest)
    findings: tuple[Finding, ...] = (*wrong, *policies_on_old_keys(folder, checked.manifest))
    return UpgradePlan(bot, "", checked.version, (), (), files, findings)


def carry_out_baseline_upgrade(folder: Path, plan: UpgradePlan) -> None:
    """Rewrite the files of a baseline's folder.

    Raises:
        ConfigError: findings would remain; nothing was done. With exit code 5 where only policies say no.
        FileChangedError: a file was edited since the plan; nothing was changed.
        FileNotWrittenError: a file cannot be written; nothing was changed.
    """
    if plan.errors:
        raise config_error(plan.findings)
    with changing(folder):
        write_migrated(plan.files)


def _with_texts(change: UpgradeChange, now: LockedBot, later: CheckedWheel) -> UpgradeChange:
    """A block of a letter that changed, with both texts, and what to do where it is written anew here."""
    template, _, block = change.key.partition(": ")
    if change.kind != "letter" or not block:
        return change
    new = LockedBot(later.name, later.version, later.path, later.sha256, later.manifest)
    text = change.text
    if change.affects:
        text += "; when your own text still fits, `rpac config accept` says so after the upgrade"
    return replace(change, text=text, diff=difference_of_bots(now, new, template, block))


def _same_bot(checked: CheckedWheel, bot: str) -> None:
    if checked.name != bot or checked.manifest.kind != "bot":
        problem = f"it is {checked.name}, a {checked.manifest.kind}; the bot here is {bot}"
        raise WheelRefusedError(checked.path, [problem], remedy=f"name a wheel of {bot}")


def _instances(municipality: "MunicipalityFolder", bot: str) -> Iterator[str]:
    for name in municipality.instances():
        try:
            head = instance_head(municipality, name)
        except InstanceFileError:
            continue  # the check of that instance speaks about it
        if head.bot == bot:
            yield name


def python_changes(old: CheckedWheel, new: CheckedWheel) -> Iterator[UpgradeChange]:
    """Whether another Python is needed."""
    from packaging.specifiers import InvalidSpecifier, SpecifierSet

    if old.requires_python == new.requires_python:
        return
    text = f"{new.requires_python or 'any'} (was {old.requires_python or 'any'})"
    try:
        fits = SpecifierSet(new.requires_python).contains(f"{python_version()}.99")
    except InvalidSpecifier:
        fits = True  # uv says what is wrong with it
    yield UpgradeChange(
        "needs", "Python", text if fits else f"{text}; this is {python_version()}, so it will not install"
    )
