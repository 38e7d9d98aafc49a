"""The class a bot author derives from.

Usage::

    class WelcomeLetters(Bot[Settings]):
        '''Greets each new resident once, within a day of the register knowing.'''

        events: PopulationEvents
        post: DigitalPost

        def find(self) -> Iterable[WorkItem[Move]]: ...
        def process(self, item: WorkItem[Move]) -> Outcome: ...

Rules this module keeps: capabilities are injected by annotation and only when declared; the clock and
randomness come from the bot, so that a replay gives the same; a bot is made anew for every work item.
"""

import functools
import inspect
import operator
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from typing import Any, ClassVar, Generic, Literal, ParamSpec, TypeVar, cast, get_args, get_type_hints
from zoneinfo import ZoneInfo

from pydantic import BaseModel

from rpa_commons.capabilities import is_capability
from rpa_commons.manifest import Benefit, ProcessingRecord
from rpa_commons.tables import NoRowError, Row, Table, Value

from ._context import BotContext, Municipality, RuleRecord, StepCall
from ._outcomes import Outcome
from ._settings import BotSettings
from ._work_item import Nothing, WorkItem

__all__ = ["Bot", "capabilities_of", "payload_type_of", "settings_type_of", "step", "steps_of"]

SettingsT_co = TypeVar("SettingsT_co", bound=BotSettings, covariant=True)
_P = ParamSpec("_P")
_R = TypeVar("_R")
_STEP = "__rpac_step__"
_LOCAL_TIME = ZoneInfo("Europe/Copenhagen")  # the Nordic capitals of our members share it


class Bot(Generic[SettingsT_co]):
    """One automation, configured as one or more bot instances.

    Class attributes a bot sets: ``name`` (as the wheel), ``record`` (what a data protection officer asks),
    ``benefit`` (minutes per case, with the method), ``unique`` and ``languages``.
    """

    name: ClassVar[str]
    record: ClassVar[ProcessingRecord]
    benefit: ClassVar[Benefit]
    unique: ClassVar[Literal["instance", "municipality"]] = "instance"
    """Whether a reference is processed once per instance or once per municipality."""
    languages: ClassVar[tuple[str, ...]] = ("da",)

    settings: SettingsT_co

    def __init__(
        self, settings: SettingsT_co, context: BotContext, capabilities: Mapping[str, object]
    ) -> None:
        """Made by the runtime for one item; ``capabilities`` maps attribute names to their doors."""
        self.settings = settings
        self._context = context
        for attribute, door in capabilities.items():
            setattr(self, attribute, door)

    def find(self) -> Iterable[WorkItem[BaseModel]]:
        """Every case there is now; those whose reference is known already are not taken up again."""
        raise TypeError(f"{type(self).__name__} does not say what its work items are: write find()")

    def process(self, item: WorkItem[Any]) -> Outcome:  # noqa: ARG002 - what a bot overrides
        """Handle one case, to an outcome."""
        raise TypeError(f"{type(self).__name__} does not say what to do with a work item: write process()")

    @property
    def municipality(self) -> Municipality:
        """The municipality the bot runs for."""
        return self._context.municipality

    @property
    def now(self) -> datetime:
        """The item's own time, aware and in UTC; the same at every replay."""
        return self._context.now

    @property
    def today(self) -> date:
        """The local date of :attr:`now` (Europe/Copenhagen)."""
        return self._context.now.astimezone(_LOCAL_TIME).date()

    def uuid(self, name: str) -> str:
        """A UUID that every replay of this item gives again; ``name`` tells several apart."""
        return self._context.uuid(name)

    def digest(self, *parts: str) -> str:
        """A keyed digest for references built from personal data: stable here, not guessable elsewhere."""
        return self._context.digest(*parts)

    def rule(self, paragraph: str, *, facts: Mapping[str, Any], result: str) -> str:
        """Record that a rule was applied, and return its result so that code can branch on it."""
        self._context.record_rule(RuleRecord(paragraph, dict(facts), result))
        return result

    def look_up(self, table: str, /, *, on: date | None = None, **inputs: Value) -> Row:
        """The row of a decision table for a case; that it was asked, and what it answered, is recorded.

        Args:
            table: The setting: ``"fees"``, or ``"prices.fees"`` inside another table of settings.
            on: The day that counts; :attr:`today` when not given.
            **inputs: As :meth:`rpa_commons.tables.Table.lookup` takes them.

        Raises:
            NoRowInForceError: no row is in force on that day: a person takes the case.
            NoRowError: no row covers the case: a person takes it.
        """
        found: Table = operator.attrgetter(table)(self.settings)
        day = on or self.today
        facts = {name: str(value) for name, value in inputs.items()}
        if found.spec.from_column is not None:
            facts["on"] = str(day)
        try:
            row = found.lookup(on=day, **inputs)
        except NoRowError as error:
            self.rule(f"table {table}", facts=facts, result=error.message)
            raise
        answer = ", ".join(f"{name} {value}" for name, value in row.items())
        self.rule(f"table {table}", facts=facts, result=f"{answer} ({row.origin})")
        return row


def step(method: Callable[_P, _R]) -> Callable[_P, _R]:
    """Make a bot's method a named step that a municipality may wrap.

    A wrapper may change the arguments or veto; the method itself runs once at most.
    """
    signature = inspect.signature(method)

    @functools.wraps(method)
    def call(*args: _P.args, **kwargs: _P.kwargs) -> _R:
        bound = signature.bind(*args, **kwargs)
        bound.apply_defaults()
        bot = bound.arguments.pop("self")

        def inner(arguments: Mapping[str, Any]) -> _R:
            return cast("Callable[..., _R]", method)(bot, **arguments)

        return cast("_R", bot._context.call_step(StepCall(method.__name__, dict(bound.arguments)), inner))  # noqa: SLF001 - the bot is ours

    setattr(call, _STEP, True)
    return call


def steps_of(bot: type[Bot[Any]]) -> dict[str, inspect.Signature]:
    """The named steps of a bot class: name -> signature without ``self``, in alphabetical order."""
    steps = {}
    for name, member in inspect.getmembers(bot, inspect.isfunction):
        if getattr(member, _STEP, False):
            signature = inspect.signature(member)
            steps[name] = signature.replace(parameters=list(signature.parameters.values())[1:])
    return steps


def capabilities_of(bot: type[Bot[Any]]) -> dict[str, type]:
    """What a bot class asks to be injected: attribute name -> capability Protocol."""
    hints = get_type_hints(bot)
    return {name: hint for name, hint in hints.items() if is_capability(hint)}


def settings_type_of(bot: type[Bot[Any]]) -> type[BotSettings]:
    """The ``Settings`` in ``Bot[Settings]``.

    Raises:
        TypeError: the class does not say which settings it has.
    """
    for base in getattr(bot, "__orig_bases__", ()):
        for argument in get_args(base):
            if isinstance(argument, type) and issubclass(argument, BotSettings):
                return argument
    raise TypeError(f"{bot.__name__} must derive Bot[Settings] with a class derived from BotSettings")


def payload_type_of(bot: type[Bot[Any]]) -> type[BaseModel]:
    """The payload model in ``process(self, item: WorkItem[Payload])``; :class:`Nothing` where there is none.

    Raises:
        TypeError: the annotation names no pydantic model.
    """
    hint = get_type_hints(bot.process).get("item", WorkItem)
    for argument in get_args(hint):
        if isinstance(argument, type) and issubclass(argument, BaseModel):
            return argument
        raise TypeError(f"{bot.__name__}.process: WorkItem[...] needs a pydantic model, not {argument!r}")
    return Nothing
