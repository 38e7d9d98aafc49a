"""What a bot class says about itself, and what the runtime gives it."""

from collections.abc import Iterable
from datetime import UTC, date, datetime
from typing import Any

import pytest
from pydantic import BaseModel

from rpa_commons.capabilities import DigitalPost, PopulationEvents, PopulationRegister
from rpa_commons.sdk import (
    Bot,
    BotSettings,
    Done,
    Nothing,
    Outcome,
    RuleRecord,
    WorkItem,
    capabilities_of,
    payload_type_of,
    settings_type_of,
)


class Settings(BotSettings):
    window_days: int = 10


class Case(BaseModel):
    number: int


class Greeter(Bot[Settings]):
    name = "greeter"
    events: PopulationEvents
    post: DigitalPost

    def find(self) -> Iterable[WorkItem[Case]]:
        """One case."""
        yield WorkItem("case-1", Case(number=1))

    def process(self, item: WorkItem[Case]) -> Outcome:
        """Done at once."""
        return Done(note=str(item.payload.number))


def test_only_declared_capabilities_are_asked_for() -> None:
    """A capability is injected by annotation; one that is not declared is not in the list."""
    asked_for = capabilities_of(Greeter)

    assert asked_for == {"events": PopulationEvents, "post": DigitalPost}
    assert PopulationRegister not in asked_for.values()


def test_an_undeclared_capability_is_not_injected(context: Any) -> None:
    """A bot has exactly the doors that the runtime hands it."""
    post = object()

    bot = Greeter(Settings(), context, {"post": post})

    assert bot.post is post
    assert not hasattr(bot, "population")


def test_settings_type_is_the_one_in_brackets() -> None:
    """``Bot[Settings]`` names the settings class."""
    assert settings_type_of(Greeter) is Settings


def test_a_bot_without_settings_type_is_refused() -> None:
    """A bot that does not say its settings is a mistake named at once."""

    class Vague(Bot):  # type: ignore[type-arg]
        name = "vague"

    with pytest.raises(TypeError, match="must derive Bot"):
        settings_type_of(Vague)


def test_payload_type_is_the_one_in_process() -> None:
    """``WorkItem[Case]`` in ``process`` names the payload."""
    assert payload_type_of(Greeter) is Case


def test_payload_type_without_brackets_is_nothing() -> None:
    """A bare ``WorkItem`` carries nothing but its reference."""

    class Bare(Bot[Settings]):
        name = "bare"

        def process(self, item: WorkItem) -> Outcome:  # type: ignore[type-arg]
            """Done at once."""
            return Done()

    assert payload_type_of(Bare) is Nothing


def test_payload_type_that_is_no_model_is_refused() -> None:
    """A payload must be a pydantic model, for it is stored and read back."""

    class Wrong(Bot[Settings]):
        name = "wrong"

        def process(self, item: WorkItem[int]) -> Outcome:  # type: ignore[type-var]
            """Done at once."""
            return Done()

    with pytest.raises(TypeError, match="needs a pydantic model"):
        payload_type_of(Wrong)


def test_today_is_the_local_date(context: Any) -> None:
    """Half past eleven at night in UTC is already the next day in Denmark."""
    bot = Greeter(Settings(), context, {})

    assert date(2026, 11, 21) == bot.today
    assert datetime(2026, 11, 20, 23, 30, tzinfo=UTC) == bot.now


@pytest.mark.parametrize(
    ("utc", "local"),
    [
        (datetime(2026, 7, 1, 21, 59, tzinfo=UTC), date(2026, 7, 1)),
        (datetime(2026, 7, 1, 22, 0, tzinfo=UTC), date(2026, 7, 2)),
        (datetime(2026, 10, 25, 22, 59, tzinfo=UTC), date(2026, 10, 25)),
        (datetime(2026, 10, 25, 23, 0, tzinfo=UTC), date(2026, 10, 26)),
    ],
)
def test_today_follows_summer_time(context: Any, utc: datetime, local: date) -> None:
    """The local day begins two hours before the UTC day in summer and one hour before it in winter."""
    context.now = utc

    assert local == Greeter(Settings(), context, {}).today


def test_uuid_is_the_same_in_a_replay(context: Any) -> None:
    """Two runs of one item get the same UUID for one name and another for another name."""
    first, again = Greeter(Settings(), context, {}), Greeter(Settings(), context, {})

    assert first.uuid("case") == again.uuid("case")
    assert first.uuid("case") != first.uuid("document")


def test_rule_is_recorded_and_returns_its_result(context: Any) -> None:
    """A rule's paragraph, facts and result are kept, and code can branch on the result."""
    bot = Greeter(Settings(), context, {})

    result = bot.rule("CPR-loven § 28", facts={"protected": True}, result="person")

    assert result == "person"
    assert context.rules == [RuleRecord("CPR-loven § 28", {"protected": True}, "person")]


def test_rule_keeps_the_facts_of_its_moment(context: Any) -> None:
    """Facts changed afterwards do not change what was recorded."""
    facts = {"children": 1}
    Greeter(Settings(), context, {}).rule("house rule", facts=facts, result="families")

    facts["children"] = 2

    assert context.rules[0].facts == {"children": 1}


def test_a_bot_must_write_find_and_process(context: Any) -> None:
    """A bot that forgot one of the two says which."""

    class Empty(Bot[Settings]):
        name = "empty"

    bot = Empty(Settings(), context, {})

    with pytest.raises(TypeError, match=r"write find\(\)"):
        bot.find()
    with pytest.raises(TypeError, match=r"write process\(\)"):
        bot.process(WorkItem("x", Nothing()))
