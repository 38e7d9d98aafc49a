"""A small town in memory: register, moves and post that keep to the capabilities' contracts.

The town runs the bot as the runtime does: a reference is taken up once, a waiting item again when its time
has come, and a second letter within one item needs a call key. Every number in it spells a birth date in
2050, so that it can belong to nobody.
"""

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from importlib import resources
from itertools import count
from typing import Any

import pluggy
import pytest

from rpa_commons.capabilities import (
    Address,
    Channel,
    Letter,
    Move,
    Person,
    PersonNotFoundError,
    Receipt,
    TransientError,
)
from rpa_commons.letters import Letterhead, LetterSource
from rpa_commons.sdk import (
    BusinessError,
    HandOver,
    Municipality,
    Outcome,
    RuleRecord,
    StepCall,
    Wait,
    WorkItem,
)
from rpa_commons.sdk.hookspecs import PROJECT, step_hookspecs
from welcome_letters import Settings, WelcomeLetters

TODAY = date(2026, 11, 20)
HOME, ELSEWHERE = "0265", "0167"
ADDRESS = Address(street_line="Algade 31, 2. tv", postal_code="4000", city="Roskilde", municipality=HOME)
LETTERS = LetterSource(
    templates=resources.files("welcome_letters") / "letters",
    letterhead=Letterhead(name="Roskilde Kommune", address=("Rådhusbuen 1", "4000 Roskilde")),
    date=TODAY,
    bot="welcome-letters",
)


@dataclass
class Context:
    """What the runtime gives a bot for one item."""

    now: datetime
    municipality: Municipality = field(default_factory=lambda: Municipality(HOME, "Roskilde", "29189404"))
    wrappers: Sequence[object] = ()
    rules: list[RuleRecord] = field(default_factory=list)

    def uuid(self, name: str) -> str:
        """Not used by this bot."""
        raise NotImplementedError(name)

    def digest(self, *parts: str) -> str:
        """Keyed, 32 hex digits."""
        return hashlib.blake2b("\0".join(parts).encode(), key=b"town", digest_size=16).hexdigest()

    def record_rule(self, rule: RuleRecord) -> None:
        """Keep the rule."""
        self.rules.append(rule)

    def call_step(self, step: StepCall, inner: Callable[[Mapping[str, Any]], Any]) -> Any:
        """Through the municipality's wrappers."""
        manager = pluggy.PluginManager(PROJECT)
        manager.add_hookspecs(step_hookspecs([step.name]))
        own = pluggy.HookimplMarker(PROJECT)(
            lambda step: inner(step.arguments), specname=f"rpac_step_{step.name}", trylast=True
        )
        for number, wrapper in enumerate((*self.wrappers, {"own": own})):
            manager.register(type(f"Wrapper{number}", (), {k: staticmethod(v) for k, v in wrapper.items()}))
        return getattr(manager.hook, f"rpac_step_{step.name}")(step=step)


@dataclass(frozen=True)
class Sent:
    """One letter that left the town hall."""

    cpr: str
    channel: Channel
    letter: Letter
    key: str


@dataclass
class Post:
    """Digital Post and the postman; ``reference`` is the item whose letter is being sent."""

    registered_people: set[str] = field(default_factory=set)
    silent: bool = False
    sent: list[Sent] = field(default_factory=list)
    reference: str = ""

    def registered(self, cpr: str) -> bool:
        """Raises when the register is silent, as the contract says."""
        if self.silent:
            raise TransientError("digital-post", "no answer in time", sent="no")
        return cpr in self.registered_people

    def send(self, letter: Letter, *, to: str, channel: Channel = "digital", key: str = "") -> Receipt:
        """Keep the letter; a second one of the same item without a call key is a mistake."""
        own_key = f"{self.reference}/{key}"
        if own_key in {one.key for one in self.sent}:
            raise AssertionError("a second letter in one item without a call key")
        if channel == "digital" and to not in self.registered_people:
            raise BusinessError("the citizen cannot receive Digital Post")
        self.sent.append(Sent(to, channel, letter, own_key))
        return Receipt(id=f"receipt-{len(self.sent)}", channel=channel, accepted_at=datetime.now(UTC))


@dataclass
class Town:
    """People, moves, post and the bot's own memory."""

    today: date = TODAY
    settings: dict[str, Any] = field(default_factory=dict)
    people: dict[str, Person] = field(default_factory=dict)
    moves: list[Move] = field(default_factory=list)
    post: Post = field(default_factory=Post)
    outcomes: dict[str, Outcome] = field(default_factory=dict)
    problems: dict[str, Exception] = field(default_factory=dict)
    rules: dict[str, list[RuleRecord]] = field(default_factory=dict)
    items: dict[str, WorkItem[Any]] = field(default_factory=dict)
    wrappers: list[dict[str, Callable[..., Any]]] = field(default_factory=list)
    asked_for: list[str] = field(default_factory=list)
    numbers: Iterator[int] = field(default_factory=lambda: count(1))

    def resident(self, *, digital: bool = True, **facts: Any) -> Person:
        """Somebody in the register: an adult without children, registered for Digital Post."""
        cpr = f"010150{5000 + next(self.numbers)}"
        known = {"name": "Anne Test", "birth_date": date(1985, 3, 1), "status": "active", "protected": False}
        known |= {"children_under_18": 0, "address": ADDRESS}
        self.people[cpr] = person = Person(cpr=cpr, **(known | facts))
        if digital:
            self.post.registered_people.add(cpr)
        return person

    def move(self, person: Person, *, days_ago: int = 2, **facts: Any) -> str:
        """The register reports that the person has moved in from elsewhere; returns the move's id."""
        known = {
            "id": f"move-{len(self.moves) + 1}",
            "moved_on": self.today - timedelta(days=days_ago),
            "origin": "municipality",
            "from_municipality": ELSEWHERE,
            "to_municipality": HOME,
        }
        known |= facts
        if known["origin"] != "municipality":
            known["from_municipality"] = None
        self.moves.append(Move(cpr=person.cpr, **known))
        return str(known["id"])

    def moves_into(self, municipality: str, since: date) -> Sequence[Move]:
        """``PopulationEvents``."""
        found = {one.id: one for one in self.moves if one.to_municipality == municipality}
        wanted = [one for one in found.values() if one.moved_on >= since]
        return sorted(wanted, key=lambda one: (one.moved_on, one.id))

    def person(self, cpr: str) -> Person:
        """``PopulationRegister``."""
        self.asked_for.append(cpr)
        if cpr not in self.people:
            raise PersonNotFoundError("the town's register")
        return self.people[cpr]

    def bot(self) -> tuple[WelcomeLetters, Context]:
        """The bot as the runtime makes it, anew for every item."""
        context = Context(datetime.combine(self.today, time(9), UTC), wrappers=self.wrappers)
        settings = Settings(**self.settings)
        settings.letters.bind(LETTERS)
        doors = {"events": self, "population": self, "post": self.post}
        return WelcomeLetters(settings, context, doors), context

    def run(self) -> dict[str, Outcome]:
        """One run: find, then every new item and every waiting one whose time has come."""
        for item in self.bot()[0].find():
            self.items.setdefault(item.reference, item)
        for reference, item in self.items.items():
            before = self.outcomes.get(reference)
            if before is None or (isinstance(before, Wait) and before.until.date() <= self.today):
                self._process(reference, item)
        return self.outcomes

    def _process(self, reference: str, item: WorkItem[Any]) -> None:
        bot, context = self.bot()
        self.post.reference = reference
        payload = type(item.payload).model_validate_json(item.payload.model_dump_json())
        try:
            self.outcomes[reference] = bot.process(WorkItem(reference, payload))
        except BusinessError as error:
            self.outcomes[reference] = HandOver(error.message)
        except TransientError as error:
            self.problems[reference] = error
        self.rules[reference] = context.rules


@pytest.fixture
def town() -> Town:
    """An empty town on 20 November 2026."""
    return Town()
