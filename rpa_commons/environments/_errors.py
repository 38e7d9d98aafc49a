"""What can go wrong between a wheel and a working environment, each with the next thing to do."""

import difflib
import errno
from collections.abc import Collection, Sequence
from pathlib import Path

from rpa_commons.capabilities import RpaCommonsError

__all__ = [
    "BuildRefusedError",
    "ConnectorConflictError",
    "ConnectorInUseError",
    "ConnectorNotReadyError",
    "ForeignPackageError",
    "InstallError",
    "InstanceFileError",
    "LockMismatchError",
    "ManifestMismatchError",
    "NotInstalledError",
    "UvError",
    "WheelRefusedError",
    "disk_error",
]

_FULL = {errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC)}
_WINDOWS_FULL = 112  # ERROR_DISK_FULL; untested on Windows


class BuildRefusedError(RpaCommonsError):
    """A plugin or baseline cannot become a wheel as it is; every problem is named at once.

    Attributes:
        project: Its folder, or the plugin's distribution name.
        problems: One sentence each.
    """

    def __init__(self, project: Path | str, problems: Sequence[str]) -> None:
        lines = "".join(f"\n  - {problem}" for problem in problems)
        super().__init__(
            f"{project} cannot be built:{lines}",
            remedy="correct each of these and build it again",
        )
        self.project = project
        self.problems = tuple(problems)


class WheelRefusedError(RpaCommonsError):
    """A wheel is not what it claims to be; nothing of it was kept.

    Attributes:
        wheel: The file.
        problems: One sentence each.
    """

    def __init__(self, wheel: Path, problems: Sequence[str], *, remedy: str = "") -> None:
        lines = "".join(f"\n  - {problem}" for problem in problems)
        super().__init__(
            f"{wheel} is refused:{lines}",
            remedy=remedy or "get the wheel again from where it was published, or build it with `rpac build`",
        )
        self.wheel = wheel
        self.problems = tuple(problems)


class ManifestMismatchError(RpaCommonsError):
    """The manifest in a wheel differs from the one its own code gives when installed.

    Attributes:
        bot: The bot's name.
        differences: The manifest keys that differ.
    """

    def __init__(self, bot: str, differences: Sequence[str]) -> None:
        super().__init__(
            f"{bot}: the manifest in the wheel is not the one its code gives; nothing was installed. "
            f"Different: {', '.join(differences)}",
            remedy="ask the plugin's maintainer for a wheel built with `rpac build` against this rpa-commons",
        )
        self.bot = bot
        self.differences = tuple(differences)


class NotInstalledError(RpaCommonsError):
    """A bot, or the environment of one of its instances, is not there.

    Attributes:
        bot: The bot's name; empty when there is none at all.
        instance: The instance, where one was asked for.
    """

    def __init__(
        self,
        bot: str,
        *,
        instance: str = "",
        how: str = "rpac install WHEEL",
        known: Collection[str] | None = None,
    ) -> None:
        """Say it.

        Args:
            bot: The bot's name; empty when there is none at all.
            instance: The instance, where one was asked for.
            how: The command that installs it.
            known: Names one of which was meant, where nothing is to be installed.
        """
        if instance:
            super().__init__(
                f"bot instance {instance} has no usable environment for {bot}",
                remedy="`rpac install` makes the environments that rpac.lock asks for; "
                "a new bot instance has none yet",
            )
        else:
            super().__init__(
                f"bot {bot} is not installed in this municipality" if bot else "no bot is installed here yet",
                remedy=_meant(bot, known) if known is not None else f"`{how}` installs it",
            )
        self.bot = bot
        self.instance = instance


def _meant(bot: str, known: Collection[str]) -> str:
    close = difflib.get_close_matches(bot, sorted(known), n=1)
    listed = f"here are: {', '.join(sorted(known))}" if known else "no bot and no instance is here"
    return f"did you mean {close[0]}? {listed}" if close else listed


class LockMismatchError(RpaCommonsError):
    """``rpac.lock`` and what lies on this machine do not agree.

    Attributes:
        place: The file that does not agree.
        problem: In what.
    """

    def __init__(self, place: Path, problem: str, *, remedy: str = "") -> None:
        super().__init__(
            f"{place}: {problem}",
            remedy=remedy
            or "`rpac install NAME`, or `rpac install WHEEL` for a bot's file, makes them agree again",
        )
        self.place = place
        self.problem = problem


class InstanceFileError(RpaCommonsError):
    """An instance file does not say which bot it configures, or under which id.

    Attributes:
        place: The file.
        problem: What is missing or wrong.
    """

    def __init__(self, place: Path, problem: str, *, remedy: str) -> None:
        super().__init__(f"{place}: {problem}", remedy=remedy)
        self.place = place
        self.problem = problem


class InstallError(RpaCommonsError):
    """An installation could not be carried out on this machine; what was installed before still works."""


def disk_error(doing: str, error: OSError, *places: Path) -> InstallError:
    """What an ``OSError`` of ours means to the person who ran the command.

    Args:
        doing: What was attempted, e.g. ``"the installation"``.
        error: What the system said.
        places: The folders that are written.
    """
    named = " and ".join(map(str, places))
    if error.errno in _FULL or getattr(error, "winerror", None) == _WINDOWS_FULL:
        return InstallError(
            f"there is no space left on the disk for {doing}; what was installed before still works",
            remedy=f"make room under {named}, then run the command again",
        )
    return InstallError(
        f"{doing} cannot be written: {error}", remedy=f"this user must be able to write {named}"
    )


class ConnectorNotReadyError(RpaCommonsError):
    """The stack names a connector that the bot's environment was not made with.

    Attributes:
        bot: The bot.
        connectors: Their names.
    """

    def __init__(self, bot: str, connectors: Sequence[str]) -> None:
        names = ", ".join(connectors)
        super().__init__(
            f"the environment of {bot} was made without what the connector {names} needs: the stack names it "
            "since, or in this run",
            remedy="`rpac install` makes the environments that the stack asks for and writes rpac.lock anew",
        )
        self.bot = bot
        self.connectors = tuple(connectors)


class ConnectorConflictError(InstallError):
    """A bot and the connectors that the stack names need packages that do not go together.

    Attributes:
        bot: Its name and version.
        connectors: Names and versions of the connector wheels.
        output: uv's own words.
    """

    def __init__(self, bot: str, connectors: Sequence[str], output: str) -> None:
        listed = ", ".join(connectors)
        super().__init__(
            f"{bot} and {listed} cannot be in one environment; nothing was installed: {output}",
            remedy="another version of one of them may go with the other: `rpac info NAME` lists them; or "
            "name another connector in stack.toml; their maintainers can widen what they require",
        )
        self.bot = bot
        self.connectors = tuple(connectors)
        self.output = output


class ConnectorInUseError(RpaCommonsError):
    """A connector wheel is to be removed, and the stack names what it brings.

    Attributes:
        wheel: Its name.
        places: Where the stack names it.
    """

    def __init__(self, wheel: str, places: Sequence[str]) -> None:
        super().__init__(
            f"{wheel} is in use: {'; '.join(places)}",
            remedy="name another connector there, run `rpac install`, then remove this one",
        )
        self.wheel = wheel
        self.places = tuple(places)


class ForeignPackageError(InstallError):
    """A package has a name that the registry owns, and is not the registry's; nothing was installed.

    Attributes:
        bot: The bot that was to be installed.
        packages: The names.
        registry: Who owns them.
    """

    def __init__(self, bot: str, packages: Sequence[str], registry: str) -> None:
        super().__init__(
            f"{bot} needs {', '.join(packages)}, and what was found of that name is not what {registry} has",
            remedy="a name of the cooperation is installed from its registry alone: see that what is needed "
            "is published there in a version that fits; elsewhere that name is a stranger's",
        )
        self.bot = bot
        self.packages = tuple(packages)
        self.registry = registry
        self.exit_code = 5


class UvError(InstallError):
    """uv could not do what it was asked.

    Attributes:
        doing: What was attempted, e.g. ``"resolving welcome-letters 1.0.0"``.
        output: uv's own words.
    """

    def __init__(self, doing: str, output: str, *, remedy: str = "") -> None:
        super().__init__(f"{doing} failed: {output}", remedy=remedy)
        self.doing = doing
        self.output = output
