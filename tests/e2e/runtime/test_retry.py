"""Ways out of a case that went wrong, without doing anything twice."""

from typing import Any

import pytest

from rpa_commons.runtime import UnknownItemError, open_keys, retry, settle

ID = "0b6f0c1e-0000-4000-8000-000000000001"
_UNSAFE = {"weaken": {"keyed": "unsafe"}}


def _keys(bench: Any) -> Any:
    return open_keys(bench.state_dir, None, create=False)


def test_a_settled_effect_stands_although_its_arguments_have_changed(bench: Any) -> None:
    """A letter whose text has changed since is not sent again once a person said that it went out."""
    bench.cases({"case-1": "random"})
    bench.run(die_at=["after-effect:1"], connector=_UNSAFE)
    doubted = bench.run(connector=_UNSAFE)
    settle(bench.state_dir, ID, _keys(bench), "case-1", happened=True, by="A. Person")

    after = bench.run(connector=_UNSAFE)

    assert doubted.last["in_doubt"] == 1
    assert after.last["done"] == 1
    assert len(bench.accepted()) == 1


def test_a_retried_case_keeps_what_was_done(bench: Any) -> None:
    """An effect with a result is not carried out again, whatever its arguments are now; the rest is done."""
    bench.cases({"case-1": "random, business"})
    bench.run()
    retry(bench.state_dir, ID, _keys(bench), "case-1", by="A. Person")

    again = bench.run()

    assert again.last["handed_over"] == 1  # the case is worked on again, to the same end
    assert len(bench.accepted()) == 1
    assert bench.story("case-1").words[0]["what"] == "retried"


def test_only_what_failed_or_was_handed_over_is_retried(bench: Any) -> None:
    """A done case is refused, with its state."""
    bench.cases({"case-1": "keyed"})
    bench.run()

    with pytest.raises(UnknownItemError, match="it is done"):
        retry(bench.state_dir, ID, _keys(bench), "case-1", by="A. Person")


def test_a_refused_repeat_leaves_the_first_attempt_in_doubt(bench: Any) -> None:
    """What the receiver took without an answer is not written down as refused when a repeat is."""
    bench.cases({"case-1": "keyed"})
    bench.mode(keyed="maybe-after")
    bench.run()
    bench.mode(keyed="refuse")

    after = bench.run()

    assert after.last["in_doubt"] == 1
    assert [row.state for row in bench.rows("rpac_effects")] == ["open"]
    assert bench.accepted() == [("keyed", "case-1")]


def test_an_intent_keeps_the_class_it_was_written_with(bench: Any) -> None:
    """A connector that says it is safer today does not make an interrupted attempt of yesterday safe."""
    bench.cases({"case-1": "keyed"})
    bench.run(die_at=["after-effect:1"], connector=_UNSAFE)

    after = bench.run()

    assert after.last["in_doubt"] == 1
    assert bench.accepted() == [("keyed", "case-1")]


def test_a_retried_case_tries_again_what_was_refused(bench: Any) -> None:
    """The cause may have been mended; the refusal of the first time does not stand for ever."""
    bench.cases({"case-1": "keyed"})
    bench.mode(keyed="refuse")
    refused = bench.run()
    retry(bench.state_dir, ID, _keys(bench), "case-1", by="A. Person")
    bench.mode()

    again = bench.run()

    assert refused.last["handed_over"] == 1
    assert again.last["done"] == 1
    assert bench.accepted() == [("keyed", "case-1")]
