"""The door: what a bot may call, how arguments are compared, and what of them may be shown."""

from datetime import UTC, date, datetime
from typing import Any, Literal, Protocol

import pytest
from pydantic import BaseModel

from rpa_commons.capabilities import (
    BusinessError,
    CallSpec,
    Letter,
    Move,
    capability,
    capability_spec,
    effect,
    query,
)
from rpa_commons.runtime._codec import (
    ContractError,
    arguments_bytes,
    payload_bytes,
    read_result,
    result_bytes,
)
from rpa_commons.runtime._door import Door, refuse_unfit
from rpa_commons.runtime._errors import BotMistake, InDoubt, RunRefusedError
from rpa_commons.runtime._journal import EffectRow, Intent
from rpa_commons.runtime._plan import PlanCalls


def _planned(letter: Letter, *, to: str, channel: str = "digital", key: str = "") -> str:
    return f"planned {channel}"


@capability(version="1.0")
class Post(Protocol):
    """A capability."""

    @query
    def moves(self, since: date) -> list[Move]:
        """A query."""
        ...

    @effect("keyed", planned=_planned)
    def send(
        self, letter: Letter, *, to: str, channel: Literal["digital", "physical"] = "digital", key: str = ""
    ) -> str:
        """An effect."""
        ...


SPEC = capability_spec(Post)
LETTER = Letter(title="Welcome", language="en", pdf=b"%PDF", text="Dear somebody", template="t:families")
MOVE = Move(
    id="m-1",
    cpr="2211771212",
    moved_on=date(2026, 11, 1),
    origin="abroad",
    to_municipality="0265",
    address_id="a",
)


class Recorder:
    """Notes what comes through the door."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, dict[str, Any], str | None]] = []

    def query(self, spec: CallSpec, connector: object, arguments: dict[str, Any]) -> Any:
        """A query came."""
        self.calls.append((spec.name, arguments, None))

    def effect(self, spec: CallSpec, connector: object, arguments: dict[str, Any], call_key: str) -> Any:
        """An effect came."""
        self.calls.append((spec.name, arguments, call_key))


def test_calls_reach_the_runtime_by_name_with_their_defaults() -> None:
    """The author's key comes apart from the arguments."""
    recorder = Recorder()
    door: Any = Door(SPEC, object(), recorder)

    door.moves(date(2026, 11, 1))
    door.send(LETTER, to="x", key="adult-2")

    assert recorder.calls == [
        ("Post.moves", {"since": date(2026, 11, 1)}, None),
        ("Post.send", {"letter": LETTER, "to": "x", "channel": "digital"}, "adult-2"),
    ]


def test_an_unknown_call_is_an_error_with_a_guess() -> None:
    """And nothing of the connector is reachable."""
    door: Any = Door(SPEC, object(), Recorder())

    with pytest.raises(AttributeError, match="did you mean send"):
        door.sent(LETTER)
    with pytest.raises(AttributeError):
        door._settings  # noqa: B018 - the access is the test


def test_a_call_key_is_a_word() -> None:
    """Anything else would be compared by its representation."""
    door: Any = Door(SPEC, object(), Recorder())

    with pytest.raises(BotMistake, match="must be a word"):
        door.send(LETTER, to="x", key=2)


def test_results_come_back_by_the_declared_type() -> None:
    """Strict models, dates and lists; a wrong answer is the connector's."""
    spec = SPEC.calls["moves"]

    assert read_result(spec, result_bytes(spec, [MOVE])) == [MOVE]
    with pytest.raises(ContractError, match=r"Post\.moves"):
        result_bytes(spec, ["2211771212"])


def test_equal_arguments_are_equal_bytes_and_others_are_not() -> None:
    """Models with bytes in them too."""
    other = LETTER.model_copy(update={"pdf": b"%PDG"})

    assert arguments_bytes({"letter": LETTER}) == arguments_bytes({"letter": LETTER.model_copy()})
    assert arguments_bytes({"letter": LETTER}) != arguments_bytes({"letter": other})


def test_a_field_with_a_default_that_an_upgrade_adds_is_no_other_payload() -> None:
    """Only what differs from the default is compared."""

    class Before(BaseModel):
        name: str

    class After(BaseModel):
        name: str
        extra: int = 0

    assert payload_bytes(Before(name="x"))[1] == payload_bytes(After(name="x"))[1]
    assert payload_bytes(After(name="x", extra=1))[1] != payload_bytes(After(name="x"))[1]


def test_a_plan_shows_closed_words_and_open_fields_only() -> None:
    """Neither recipient nor text nor document."""
    calls = PlanCalls({})
    door: Any = Door(SPEC, object(), calls)

    receipt = door.send(LETTER, to="2211771212", channel="physical")

    assert receipt == "planned physical"
    assert calls.planned[0]["shown"] == {
        "channel": "physical",
        "letter.title": "Welcome",
        "letter.language": "en",
        "letter.template": "t:families",
    }


class Whole:
    """Implements all of it."""

    def moves(self, since: date) -> list[Move]:
        """Nothing."""
        return []

    def send(self, letter: Letter, *, to: str, channel: str = "digital", key: str = "") -> str:
        """Nothing."""
        return ""


class Half:
    """Lacks an effect."""

    moves = Whole.moves


class Searched(Whole):
    """Says that it can be searched, and cannot."""

    effect_classes = {"send": "probe"}  # noqa: RUF012 - as a connector writes it


class Bold(Whole):
    """Claims more than the capability declares."""

    effect_classes = {"send": "local"}  # noqa: RUF012 - as a connector writes it


@pytest.mark.parametrize(
    ("connector", "problem"),
    [(Half, "does not implement"), (Searched, "has no probe_send"), (Bold, "declares keyed")],
)
def test_a_connector_that_does_not_fit_is_refused(connector: type, problem: str) -> None:
    """Before anything runs."""
    refuse_unfit(SPEC, "whole", Whole())

    with pytest.raises(RunRefusedError, match=problem):
        refuse_unfit(SPEC, "name", connector())


def test_a_call_key_with_a_personal_number_is_refused() -> None:
    """The key is kept and shown in clear, and the refusal does not repeat it."""
    door: Any = Door(SPEC, object(), Recorder())

    with pytest.raises(BotMistake, match=r"use the bot's digest\(\)") as caught:
        door.send(LETTER, to="x", key="adult-2211771212")

    assert "2211771212" not in str(caught.value)


@pytest.mark.parametrize(
    ("state", "effect_class", "error"),
    [("refused", "keyed", BusinessError), ("open", "unsafe", InDoubt)],
)
def test_a_plan_shows_what_a_run_would_find_written_down(
    state: str, effect_class: str, error: type[BaseException]
) -> None:
    """What was refused or cannot be repeated is not planned as if it had never been begun."""
    intent = Intent("Post.send", "", effect_class, "args", "key")
    row = EffectRow(intent, state, 0, datetime(2026, 11, 1, tzinfo=UTC), b"refused")
    calls = PlanCalls({("Post.send", ""): row})
    door: Any = Door(SPEC, object(), calls)

    with pytest.raises(error):
        door.send(LETTER, to="x")

    assert calls.planned == []


def test_a_plan_promises_nothing_that_the_connector_refuses() -> None:
    """A connector that can tell without asking a system is asked; the effect is not planned."""

    class PaperOnly:
        def check_send(self, letter: Letter, *, to: str, channel: str) -> None:
            if channel != "physical":
                raise BusinessError(f"{letter.title}: on paper only")

    calls = PlanCalls({})
    door: Any = Door(SPEC, PaperOnly(), calls)

    with pytest.raises(BusinessError, match="Welcome: on paper only"):
        door.send(LETTER, to="2211771212", channel="digital")

    assert calls.planned == []
    assert door.send(LETTER, to="2211771212", channel="physical", key="2") == "planned physical"
