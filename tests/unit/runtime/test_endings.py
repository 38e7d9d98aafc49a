"""What an outcome stands for, and what is written down of it."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from rpa_commons.runtime._errors import BotMistake
from rpa_commons.runtime._process import Ending, _written, sum_up
from rpa_commons.runtime._redact import Redactor
from rpa_commons.sdk import Done, HandOver, Outcome, Propose, Skip, Wait

NONE: Any = None
NUMBER: Any = 404
WORD: Any = "one"
LATER = datetime(2026, 12, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("outcome", "problem"),
    [
        (HandOver(NONE), "HandOver: reason must be a text, not NoneType"),
        (Skip(NUMBER), "Skip: reason must be a text, not int"),
        (Done(note=NUMBER), "Done: note must be a text, not int"),
        (Done(receipt=NONE), "Done: receipt must be a text, not NoneType"),
        (Propose("grant", (NUMBER,)), r"Propose: reasons\[0\] must be a text, not int"),
        (Propose("grant", WORD), r"Propose: reasons\[0\] must be a text"),
        (Wait(NUMBER, LATER), "Wait: for_ must be a text, not int"),
    ],
)
def test_every_text_of_an_outcome_is_a_text(outcome: Outcome, problem: str) -> None:
    """Anything else is the bot's mistake, which fails one item."""
    with pytest.raises(BotMistake, match=problem):
        sum_up(outcome)


def test_facts_that_cannot_be_written_fail_their_item_only() -> None:
    """With the class of the problem and none of the facts."""
    facts: dict[str, Any] = {"number": "2211771212"}
    facts["itself"] = facts

    ending, record = _written(Ending("proposed", "grant", {"facts": facts}), [], [], Redactor())

    assert ending.state == "failed"
    assert json.loads(record)["kind"] == "failed"
    assert b"2211771212" not in record


def test_an_open_effect_outweighs_facts_that_cannot_be_written() -> None:
    """The item is in doubt, and says what would have become of it."""
    facts: dict[str, Any] = {}
    facts["itself"] = facts

    ending, record = _written(Ending("done", "", {"facts": facts}), [], ["Post.send"], Redactor())

    assert ending.state == "in_doubt"
    assert json.loads(record)["effect"] == "Post.send"
