"""The words of run and plan: what is said when nothing was done, and how wide a plan is."""

from typing import Any

import pytest

from rpa_commons.cli._summary import plan_text, reason_lines, run_text

STATES = ("done", "skipped", "handed_over", "proposed", "waiting", "in_doubt", "failed", "postponed")
REASON = {"state": "handed_over", "reason": "the register knows no address", "remedy": "", "count": 40}


def _summary(**changes: Any) -> dict[str, Any]:
    numbers = dict.fromkeys((*STATES, "new", "queued", "elsewhere", "before_start", "minutes"), 0)
    rest = {"effects": {}, "stopped": "", "findings": [], "reasons": [], "open": {}, "exit_code": 0}
    return {"found": 3} | numbers | rest | changes


def _plan(**changes: Any) -> dict[str, Any]:
    rest = {"known_states": {}, "states": {}, "findings": [], "reasons": [], "exit_code": 0}
    return {"found": 3, "due": 0, "planned": 0, "before_start": 0, "elsewhere": 0} | rest | changes


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({}, "nothing new: everybody found has been handled"),
        ({"found": 0}, "nothing new: no cases were found"),
        ({"before_start": 3}, "nothing new: 3 from before the start date"),
        ({"elsewhere": 3}, "nothing new: 3 handled by another instance"),
        ({"open": {"waiting": 2, "failed": 1}}, "nothing new: 2 waiting, 1 failed earlier"),
        ({"findings": ["the source cannot be read: x"]}, "nothing new: see the findings"),
    ],
)
def test_everybody_is_called_handled_only_when_that_is_true(changes: dict[str, Any], words: str) -> None:
    """What lies before the start date, waits or is another instance's is said instead."""
    assert words == run_text("t", _summary(**changes)).splitlines()[-1].strip()


def test_a_run_that_did_something_or_broke_off_says_nothing_of_the_kind() -> None:
    """Neither does one that was stopped before it found anything."""
    texts = [run_text("t", _summary(done=1)), run_text("t", _summary(stopped="it was told to stop"))]

    assert not any("nothing new" in text for text in texts)


def test_a_reason_stands_with_its_number_and_its_remedy_below() -> None:
    """What was put back is called that."""
    lines = reason_lines([REASON | {"state": "postponed", "remedy": "create the folder"}])

    assert lines == ["40 put back: the register knows no address", "    help: create the folder"]


def test_no_more_reasons_are_listed_than_one_reads() -> None:
    """The rest stands in the JSON."""
    lines = reason_lines([REASON | {"reason": f"line {number}"} for number in range(40)])

    assert (len(lines), lines[-1]) == (26, "15 more reasons: --json shows them")


def test_a_plan_fits_into_a_hundred_columns_and_counts_its_reasons() -> None:
    """A reason that is cut stands in full below; rules only when asked for."""
    effect = {
        "call": "DigitalPost.send",
        "shown": {"channel": "digital", "letter.title": "x"},
        "assumed": False,
    }
    case = {
        "reference": "move-0123456789abcdef0123456789abcdef", "state": "handed_over", "assumed": True,
        "effects": [effect, effect], "reason": "the register knows no address " * 3, "remedy": "",
        "rules": [{"paragraph": "§ 1", "result": "applies"}],
    }  # fmt: skip
    summary = _plan(due=3, planned=1, states={"handed_over": 1}, reasons=[REASON], known_states={"done": 2})

    text = plan_text("t", [case], summary, verbose=False)
    verbose = plan_text("t", [case], summary, verbose=True)

    assert max(map(len, text.splitlines())) <= 100
    assert "3 found, 2 handled already; would be: 1 handed over" in text
    assert "2 more cases were not planned" in text
    assert "40 handed over: the register knows no address" in text
    assert "§ 1" not in text
    assert "rule: § 1: applies" in verbose
    assert "letter.title=x" in verbose


def test_a_plan_without_cases_says_why() -> None:
    """As a run does."""
    text = plan_text("t", [], _plan(known_states={"done": 1, "waiting": 2}), verbose=False)

    assert text.endswith("nothing new: 2 waiting")


def _long(number: int, reason: str) -> dict[str, Any]:
    case = {"state": "handed_over", "assumed": False, "effects": [], "remedy": "", "rules": []}
    return case | {"reference": f"{number:064x}", "reason": reason}


def test_a_long_reference_gives_way_to_the_reason() -> None:
    """As much of it is shown as tells the cases apart."""
    cases = [_long(16**50 + number * 16**40, "the register knows no address") for number in range(2)]

    lines = plan_text("t", cases, _plan(), verbose=False, columns=80).splitlines()

    assert max(map(len, lines)) <= 80
    assert [line for line in lines if line.endswith("the register knows no address")] == lines[2:4]
    assert len({line.split()[0] for line in lines[2:4]}) == 2


def test_nothing_is_cut_where_no_terminal_is() -> None:
    """A file or another program reads it whole."""
    text = plan_text("t", [_long(1, "because " * 40)], _plan(), verbose=False, columns=None)

    assert f"{1:064x}" in text
    assert "because " * 40 in text
    assert "…" not in text
