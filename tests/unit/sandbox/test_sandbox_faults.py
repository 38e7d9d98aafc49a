"""Faults on request: each kind does what it says, as often as it was ordered, and no oftener."""

import time
from collections.abc import Callable
from typing import Any

import pytest
import requests

from rpa_commons.sandbox import FAULT_KINDS, FaultError, Sandbox

KEY = "8c2ea15d-61fb-4ba9-9366-42f8b194c114"
BROKEN = (requests.ConnectionError, requests.exceptions.ChunkedEncodingError)


def test_time_out_does_nothing_and_says_nothing(
    box: Sandbox, caller: Any, good_letter: Callable[..., str]
) -> None:
    """The caller gives up; no letter was taken, and the next call goes through."""
    box.fault("sf1601", "time-out")
    with pytest.raises(requests.ReadTimeout):
        caller.send(good_letter(KEY), timeout=0.3)
    before = box.letters().total()
    answer = caller.send(good_letter(KEY))

    assert 0 == before
    assert 200 == answer.status_code
    assert ["fault:time-out", "accepted"] == [entry["outcome"] for entry in box.journal()]


def test_taken_then_time_out_takes_the_letter(
    box: Sandbox, caller: Any, good_letter: Callable[..., str]
) -> None:
    """The nasty one: the letter is taken, and nobody hears of it."""
    box.fault("sf1601", "taken-then-time-out")
    with pytest.raises(requests.ReadTimeout):
        caller.send(good_letter(KEY), timeout=0.3)
    while not box.letters():  # on a busy machine the caller may have given up before the letter was taken
        time.sleep(0.01)

    assert {KEY: 1} == box.letters()


def test_a_time_out_can_be_cut_by_the_server(
    box: Sandbox, caller: Any, good_letter: Callable[..., str]
) -> None:
    """With milliseconds the connection is closed without an answer."""
    box.fault("sf1601", "taken-then-time-out", milliseconds=50)
    with pytest.raises(BROKEN):
        caller.send(good_letter(KEY))

    assert {KEY: 1} == box.letters()


def test_500_does_nothing(box: Sandbox, caller: Any, good_letter: Callable[..., str]) -> None:
    """The server fails three times, as ordered, and no letter is taken by then."""
    box.fault("sf1601", "500", times=3)
    statuses = [caller.send(good_letter(KEY)).status_code for _ in range(3)]
    before = box.letters().total()
    after = caller.send(good_letter(KEY)).status_code

    assert [500, 500, 500] == statuses
    assert 0 == before
    assert 200 == after


def test_half_answer_breaks_off(box: Sandbox, caller: Any, good_letter: Callable[..., str]) -> None:
    """The letter is taken; of the answer only the first half arrives."""
    box.fault("sf1601", "half-answer")
    with pytest.raises(BROKEN):
        caller.send(good_letter(KEY))

    assert {KEY: 1} == box.letters()


def test_slow_answers_late_but_well(box: Sandbox, caller: Any) -> None:
    """A delay in milliseconds, then the right answer."""
    token = caller.token("postforespoerg")
    box.fault("postforespoerg", "slow", milliseconds=300)
    began = time.monotonic()
    answer = caller.registered("2211771212", token=token)

    assert {"result": True} == answer.json()
    assert time.monotonic() - began >= 0.3


def test_duplicate_receipt_takes_the_letter(
    box: Sandbox, caller: Any, good_letter: Callable[..., str]
) -> None:
    """The receiver claims to have had a letter that it has just taken."""
    box.fault("sf1601", "duplicate-receipt")
    answer = caller.send(good_letter(KEY))

    assert 409 == answer.status_code
    assert KEY in answer.text
    assert {KEY: 1} == box.letters()


def test_refused_token(box: Sandbox, caller: Any, good_letter: Callable[..., str]) -> None:
    """A good token is turned down once, as after a change of keys at the token service."""
    box.fault("sf1601", "refused-token")
    refused = caller.send(good_letter())
    taken = caller.send(good_letter())

    assert (401, 200) == (refused.status_code, taken.status_code)


@pytest.mark.parametrize("service", ["sts", "token", "postforespoerg", "sf1520"])
@pytest.mark.parametrize("kind", ["time-out", "500", "half-answer"])
def test_every_service_can_fail(box: Sandbox, caller: Any, service: str, kind: str) -> None:
    """The faults that need no letter work everywhere."""
    token = caller.token("postforespoerg")
    assertion = caller.ask_sts("sf1601").json()["RequestedSecurityToken"]["Assertion"]
    calls: dict[str, Callable[[], requests.Response]] = {
        "sts": lambda: caller.ask_sts("sf1601"),
        "token": lambda: caller.exchange(assertion),
        "postforespoerg": lambda: caller.registered("2211771212", token=token),
        "sf1520": lambda: caller.look_up(caller.soap("2211771212")),
    }
    box.fault(service, kind, milliseconds=50 if kind == "time-out" else None)
    try:
        outcome = str(calls[service]().status_code)
    except BROKEN:
        outcome = "broken"

    assert "500" if kind == "500" else "broken" == (outcome)
    assert 200 == calls[service]().status_code
    assert f"fault:{kind}" == box.calls()[-2]["outcome"]


def test_a_probability_hits_the_same_calls_for_the_same_seed(start: Callable[..., Sandbox]) -> None:
    """A seeded generator, so that a failing test fails again."""

    def hits(seed: int) -> list[bool]:
        box = start(seed=seed)
        box.fault("sf1601", "500", probability=0.3)
        drawn = [box.faults.take("sf1601") is not None for _ in range(200)]
        box.stop()
        return drawn

    first, again, other = hits(1), hits(1), hits(2)

    assert first == again
    assert first != other
    assert 30 < sum(first) < 90


def test_faults_can_be_cleared(box: Sandbox, caller: Any) -> None:
    """One service's faults, or all of them, are taken back."""
    box.fault("sf1520", "500", times=9)
    box.fault("sts", "500", times=9)
    box.faults.clear("sf1520")
    left = [fault["service"] for fault in box.faults.standing()]
    box.faults.clear()

    assert ["sts"] == left
    assert [] == box.faults.standing()
    assert 200 == caller.ask_sts("sf1601").status_code


@pytest.mark.parametrize(
    ("service", "kind", "settings", "reason"),
    [
        ("fax", "500", {}, "the services are"),
        ("sf1601", "fire", {}, "the kinds are"),
        ("sf1520", "taken-then-time-out", {}, "takes no effects; only .*sf1601"),
        ("sts", "duplicate-receipt", {}, "takes no effects; only .*sf1601"),
        ("sf1601", "500", {"times": 0}, "times"),
        ("sf1601", "500", {"probability": 1.5}, "probability"),
        ("sf1601", "slow", {"milliseconds": -1}, "milliseconds"),
    ],
)
def test_an_impossible_fault_is_an_error(
    box: Sandbox, service: str, kind: str, settings: dict[str, Any], reason: str
) -> None:
    """Unknown services and kinds, and what a service cannot show, are refused with the reason."""
    with pytest.raises(FaultError, match=reason):
        box.fault(service, kind, **settings)


def test_each_kind_of_fault_is_explained() -> None:
    """The form and the documentation show a sentence for each kind."""
    assert all(FAULT_KINDS.values())
