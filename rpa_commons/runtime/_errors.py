"""Why a run cannot start, and the signals that a bot cannot catch.

Rules this module keeps: an error of the caller's making derives from ``RpaCommonsError`` and has a remedy; a
*signal* derives from ``BaseException``, because a bot's ``except Exception`` must neither swallow a suspended
item nor turn our own database failure into a case's outcome.
"""

from collections.abc import Sequence
from pathlib import Path

from rpa_commons.capabilities import RpaCommonsError
from rpa_commons.letters import TemplateProblem

__all__ = [
    "BotMistake",
    "HookError",
    "InDoubt",
    "JournalFailure",
    "JournalKeyError",
    "LettersRefusedError",
    "Postponed",
    "ReopenRefusedError",
    "RunRefusedError",
    "SettingsRefusedError",
    "SettleRefusedError",
    "Signal",
    "SlotTakenError",
    "StateVersionError",
    "UnknownItemError",
    "Vetoed",
]


class RunRefusedError(RpaCommonsError):
    """A run may not start as things stand; nothing was done."""

    exit_code: int = 5


class SlotTakenError(RunRefusedError):
    """Another worker holds the instance.

    Attributes:
        instance: Name of the bot instance.
        holder: Who holds it, in words.
    """

    def __init__(self, instance: str, holder: str) -> None:
        super().__init__(
            f"{instance} is already running: {holder}",
            remedy="wait until that run has ended; one worker at a time keeps every effect single",
        )
        self.instance = instance
        self.holder = holder


class StateVersionError(RpaCommonsError):
    """The state on disk was written by another release of rpa-commons.

    Attributes:
        path: The database file.
        found: Its schema version.
        expected: The version this release reads.
    """

    def __init__(self, path: Path, found: str, expected: str) -> None:
        super().__init__(
            f"{path} has schema version {found}, this release reads version {expected}",
            remedy="use the release of rpa-commons that wrote it, or upgrade this one",
        )
        self.path = path
        self.found = found
        self.expected = expected


class JournalKeyError(RpaCommonsError):
    """The key that the journal was written with is missing or another one was given."""

    exit_code: int = 4


class HookError(RpaCommonsError):
    """A municipality's hook file cannot be used as it stands; nothing was run.

    Attributes:
        path: The hook file.
        problem: What is wrong with it.
    """

    exit_code: int = 1

    def __init__(self, path: Path, problem: str, *, remedy: str = "") -> None:
        super().__init__(f"{path}: {problem}", remedy=remedy)
        self.path = path
        self.problem = problem


class SettingsRefusedError(RunRefusedError):
    """The bot's own checks, or a connector's, refuse the settings; nothing was run.

    Attributes:
        instance: Name of the bot instance.
        problems: What is wrong, each with its key where it is about one.
    """

    exit_code: int = 1

    def __init__(self, instance: str, what: str, problems: Sequence[str]) -> None:
        super().__init__(
            f"{what} do not fit: {'; '.join(problems)}", remedy=f"rpac config check {instance} --deep"
        )
        self.instance = instance
        self.problems = tuple(problems)


class LettersRefusedError(RpaCommonsError):
    """Letter templates are wrong; every problem is named at once, and nothing was run.

    Attributes:
        problems: What is wrong, with file and line.
    """

    def __init__(self, instance: str, problems: Sequence[TemplateProblem]) -> None:
        lines = [f"\n  {one}" + (f"\n    help: {one.help}" if one.help else "") for one in problems]
        count = f"{len(problems)} problem{'' if len(problems) == 1 else 's'}"
        super().__init__(
            f"the letters of {instance} cannot be used, {count}:{''.join(lines)}",
            remedy="correct the templates; nothing was done",
        )
        self.problems = tuple(problems)


class UnknownItemError(RpaCommonsError):
    """The instance has no such item, or the item is not in a state where this can be done to it.

    Attributes:
        reference: The item's reference.
    """

    def __init__(self, reference: str, problem: str, *, remedy: str = "") -> None:
        super().__init__(f"{reference}: {problem}", remedy=remedy)
        self.reference = reference


class ReopenRefusedError(UnknownItemError):
    """A case is not to be done again as things stand.

    Attributes:
        done: What was carried out for it already, in words; empty when it has not ended.
    """

    exit_code: int = 5

    def __init__(self, reference: str, problem: str, *, done: Sequence[str] = (), remedy: str = "") -> None:
        super().__init__(reference, problem + "".join(f"\n  {line}" for line in done), remedy=remedy)
        self.done = tuple(done)


class SettleRefusedError(UnknownItemError):
    """More than one effect of an item is open, and it was not said which one is meant.

    Attributes:
        open_effects: Name and call key of each.
    """

    exit_code: int = 5

    def __init__(self, reference: str, problem: str, open_effects: Sequence[tuple[str, str]]) -> None:
        lines = "".join(
            f"\n  --effect {name}" + (f" --key {key}" if key else "") for name, key in open_effects
        )
        super().__init__(
            reference, f"{problem}{lines}", remedy="find out about each, and settle them one by one"
        )
        self.open_effects = tuple(open_effects)


class Signal(BaseException):
    """Ends a bot's ``process`` from the outside; a bot neither raises nor catches it."""


class InDoubt(Signal):
    """Nobody can know whether an effect happened: a person must say.

    Attributes:
        effect: Name of the effect, ``Capability.method``.
    """

    def __init__(self, effect: str, why: str) -> None:
        super().__init__(f"{effect}: {why}")
        self.effect = effect


class Postponed(Signal):
    """The item goes back to the queue for the next run, with what it already did."""


class Vetoed(Signal):
    """A municipality's hook refused a step: a person takes the case."""


class BotMistake(Signal):
    """The bot used the door in a way that could do something twice or not at all; the item fails."""


class JournalFailure(Signal):
    """Our own database could not be written: never a case's outcome, the run stops with nothing lost."""
