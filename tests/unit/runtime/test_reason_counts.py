"""Reasons are counted by their words, most urgent first, and never without end."""

from rpa_commons.runtime._run_state import Reasons


def test_equal_words_are_counted_and_the_urgent_come_first() -> None:
    """What nobody need look at is left out; numbers are masked."""
    reasons = Reasons()
    for state in ("handed_over", "handed_over", "postponed", "skipped", "done"):
        reasons.add(state, "about 2211771212", "do it")

    listed = reasons.listed()

    assert [(one["state"], one["count"]) for one in listed] == [("postponed", 1), ("handed_over", 2)]
    assert "2211771212" not in str(listed)


def test_the_rarest_of_many_reasons_are_counted_together() -> None:
    """One line for each row of a broken file would hide the others."""
    reasons = Reasons()
    for number in range(150):
        reasons.add("handed_over", f"line {number}")

    listed = reasons.listed()

    assert len(listed) == 101
    assert listed[-1] == {"state": "handed_over", "reason": "other reasons", "remedy": "", "count": 50}


def test_a_plan_counts_every_reason_there_is() -> None:
    """Also why a case would be skipped, but no ending without words."""
    reasons = Reasons(every=True)
    reasons.add("skipped", "nothing to do")
    reasons.add("done", "")

    assert [one["state"] for one in reasons.listed()] == ["skipped"]
