"""The breaker: a host that fails is left alone, tried by one call, and taken back."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rpa_commons.capabilities import TransientError
from rpa_commons.connectors import Surroundings
from rpa_commons.connectors.http import (
    AccessRefusedError,
    BusyError,
    CircuitOpenError,
    HttpClient,
    HttpSettings,
    RequestRefusedError,
)
from rpa_commons.connectors.http._breaker import Breaker

HOST = "example.org:443"
OTHER = "example.com:443"


class Clock:
    """Monotonic seconds that a test moves."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        """The seconds."""
        return self.now


@pytest.fixture
def clock() -> Clock:
    """A clock at no special time."""
    return Clock()


@pytest.fixture
def breaker(clock: Clock) -> Breaker:
    """Opens after three failures, for ten seconds."""
    return Breaker("system", failures=3, rest=10.0, clock=clock)


def end(breaker: Breaker, error: BaseException | None = None, host: str = HOST) -> None:
    """An attempt that ends so."""
    try:
        with breaker.attempt(host):
            _raise(error)
    except BaseException as caught:
        if caught is not error:
            raise


def _raise(error: BaseException | None) -> None:
    if error is not None:
        raise error


def failed() -> TransientError:
    """No answer."""
    return TransientError("system", "failed")


def is_open(breaker: Breaker, host: str = HOST) -> bool:
    """Whether an attempt would be refused; makes none."""
    try:
        trial = breaker._enter(host)
    except CircuitOpenError:
        return True
    breaker._leave(host, KeyError(), trial=trial)  # gives the place back and says nothing
    return False


def opened(breaker: Breaker) -> None:
    """Three failures."""
    for _ in range(3):
        end(breaker, failed())


def test_failures_in_a_row_open_it(breaker: Breaker) -> None:
    """Two failures, an answer, two failures leave it closed; the third in a row opens it."""
    for error in (failed(), failed(), None, failed(), failed()):
        end(breaker, error)
    assert not is_open(breaker)

    end(breaker, failed())

    assert is_open(breaker)
    assert not is_open(breaker, OTHER)


def test_the_error_says_what_why_and_what_to_do(breaker: Breaker, clock: Clock) -> None:
    """It names host, count and seconds, was not sent, and has a remedy that names the settings."""
    opened(breaker)
    clock.now += 3

    with pytest.raises(CircuitOpenError) as caught:
        end(breaker)

    assert (
        "system: example.org:443 is left alone for another 7 s: the last 3 calls to it got no usable answer"
    ) == str(caught.value)
    assert ("no", 7.0, None) == (caught.value.sent, caught.value.rest, caught.value.retry_after)
    assert "breaker_failures and breaker_rest in stack.toml" in caught.value.remedy


@pytest.mark.parametrize(
    "error", [RequestRefusedError("system", 422), BusyError("system", 429, sent=False, retry_after=1)]
)
def test_an_answer_is_no_failure(breaker: Breaker, error: Exception) -> None:
    """A refusal, and "busy, come back then", come from a host that works."""
    for _ in range(2):
        end(breaker, failed())
    end(breaker, error)
    for _ in range(2):
        end(breaker, failed())

    assert not is_open(breaker)


@pytest.mark.parametrize(
    "error", [AccessRefusedError("system", "no access", remedy="x"), KeyError("ours"), KeyboardInterrupt()]
)
def test_what_says_nothing_of_the_host_changes_nothing(breaker: Breaker, error: BaseException) -> None:
    """A refused access, a mistake of ours and Ctrl-C neither count nor start the count anew."""
    for one in (failed(), failed(), error):
        end(breaker, one)
    assert not is_open(breaker)

    end(breaker, failed())

    assert is_open(breaker)


def test_busy_without_a_time_is_a_failure(breaker: Breaker) -> None:
    """Status 503 without ``Retry-After`` is what an overloaded proxy says."""
    for _ in range(3):
        end(breaker, BusyError("system", 503, sent=True, retry_after=None))

    assert is_open(breaker)


@pytest.mark.parametrize("error", [None, RequestRefusedError("system", 404)])
def test_a_trial_that_is_answered_closes_it(breaker: Breaker, clock: Clock, error: Exception | None) -> None:
    """After the rest one answer is enough, and the count begins anew."""
    opened(breaker)
    clock.now += 10

    end(breaker, error)
    end(breaker, failed())

    assert not is_open(breaker)


def test_a_trial_that_fails_opens_it_again(breaker: Breaker, clock: Clock) -> None:
    """One failure of the trial is enough for another rest."""
    opened(breaker)
    clock.now += 10

    end(breaker, failed())

    clock.now += 9
    assert is_open(breaker)
    clock.now += 1
    assert not is_open(breaker)


@pytest.mark.parametrize("error", [KeyError("ours"), KeyboardInterrupt()])
def test_a_trial_that_says_nothing_gives_its_place_back(
    breaker: Breaker, clock: Clock, error: BaseException
) -> None:
    """A trial that dies of something else leaves it half open, not locked for good."""
    opened(breaker)
    clock.now += 10

    end(breaker, error)
    end(breaker)

    assert not is_open(breaker)


def test_one_tries_and_the_others_wait(breaker: Breaker, clock: Clock) -> None:
    """While the trial runs nobody else is let through; a straggler's end does not end the trial."""
    straggler = breaker._enter(HOST)
    opened(breaker)
    clock.now += 10

    with breaker.attempt(HOST):
        breaker._leave(HOST, failed(), trial=straggler)
        with pytest.raises(CircuitOpenError) as caught:
            end(breaker)

    assert 1.0 == caught.value.rest
    assert not is_open(breaker)


def test_a_straggler_makes_the_rest_no_longer(breaker: Breaker, clock: Clock) -> None:
    """Failures of calls that were under way when it opened do not count the rest from anew."""
    straggler = breaker._enter(HOST)
    opened(breaker)
    clock.now += 9

    breaker._leave(HOST, failed(), trial=straggler)

    clock.now += 1
    assert not is_open(breaker)


def test_each_thread_counts_its_own_and_one_opens_it_for_all(breaker: Breaker) -> None:
    """Two failures of each of two threads leave it closed, a third of one opens it for both."""
    with ThreadPoolExecutor(1) as other:
        for error in (failed(), failed()):
            end(breaker, error)
            other.submit(end, breaker, error).result(5)
        assert not is_open(breaker)
        other.submit(end, breaker).result(5)
        for _ in range(2):
            end(breaker, failed())
        assert not is_open(breaker)

        end(breaker, failed())

        assert other.submit(is_open, breaker).result(5)


def test_it_can_be_switched_off(clock: Clock) -> None:
    """0 failures means never."""
    breaker = Breaker("system", failures=0, rest=10.0, clock=clock)

    for _ in range(100):
        end(breaker, failed())

    assert not is_open(breaker)


def test_many_threads_make_one_trial(breaker: Breaker, clock: Clock) -> None:
    """Thirty-two threads at the end of the rest: one is let through."""
    opened(breaker)
    clock.now += 10
    start, refused = threading.Barrier(32), threading.Semaphore(0)

    def one() -> bool:
        start.wait(5)
        try:
            with breaker.attempt(HOST):
                return all(refused.acquire(timeout=5) for _ in range(31))
        except CircuitOpenError:
            refused.release()
            return False

    with ThreadPoolExecutor(32) as pool:
        tried = list(pool.map(lambda _: one(), range(32)))

    assert 1 == tried.count(True)


QUARTERS = st.integers(0, 60).map(lambda quarters: quarters / 4)  # seconds that add up without rounding


@given(st.lists(st.tuples(st.sampled_from(["answer", "fail", "bug", "busy"]), QUARTERS)))
def test_it_is_never_stuck(steps: list[tuple[str, float]]) -> None:
    """Whatever has happened: after the rest a call is let through, and an answer closes it."""
    clock = Clock()
    breaker = Breaker("system", failures=3, rest=10.0, clock=clock)
    ends: dict[str, Callable[[], BaseException | None]] = {
        "answer": lambda: None,
        "fail": failed,
        "bug": KeyError,
        "busy": lambda: BusyError("system", 429, sent=False, retry_after=5),
    }
    waits = []
    for kind, seconds in steps:
        clock.now += seconds
        try:
            end(breaker, ends[kind]())
        except CircuitOpenError as error:
            waits.append(error.rest)

    assert [] == [wait for wait in waits if not 0 < wait <= 10]
    clock.now += 10
    end(breaker)

    assert not is_open(breaker)


class TestInAClient:
    @pytest.fixture
    def pauses(self) -> list[float]:
        """The seconds that a client waited."""
        return []

    @pytest.fixture
    def surroundings(self, surroundings: Surroundings, pauses: list[float]) -> Surroundings:
        """Where nobody really waits."""
        return replace(surroundings, pause=lambda seconds: pauses.append(seconds) is None)

    @pytest.fixture
    def client(self, surroundings: Surroundings, stub: Any, clock: Clock) -> Iterator[HttpClient]:
        """One attempt a call; opens after two failures; does not really wait."""
        settings = HttpSettings(
            ca_bundle="ca.pem", read_timeout=0.3, attempts=1, breaker_failures=2, breaker_rest=10.0
        )
        client = HttpClient("system", settings, surroundings, addresses=[stub.url], clock=clock)
        yield client
        client.close()

    @pytest.mark.parametrize("how", ["500", "reset", "half", "silence", "503"])
    def test_a_host_that_fails_is_not_called(
        self, client: HttpClient, stub: Any, clock: Clock, how: str
    ) -> None:
        """The third call opens no connection; after the rest the next one does, and closes the breaker."""
        half = b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf"
        answers = {"500": stub.reply(500), "503": stub.reply(503), "half": half}
        stub.then(*([answers.get(how, how)] * 2), stub.reply(200))
        for _ in range(2):
            with pytest.raises(TransientError):
                client.request("GET", stub.url, kind="query")

        with pytest.raises(CircuitOpenError) as caught:
            client.request("POST", stub.url, kind="unsafe", body=b"x")

        assert "no" == caught.value.sent
        assert 2 == stub.connections
        clock.now += 10
        assert 200 == client.request("GET", stub.url, kind="query").status

    def test_an_open_circuit_ends_the_repeats(
        self, surroundings: Surroundings, stub: Any, clock: Clock, pauses: list[float]
    ) -> None:
        """A call that opens it by its own attempts stops at once, and stays a maybe."""
        stub.then(stub.reply(500))
        settings = HttpSettings(ca_bundle="ca.pem", attempts=5, breaker_failures=2)
        client = HttpClient("system", settings, surroundings, addresses=[stub.url], clock=clock)

        with pytest.raises(CircuitOpenError) as caught:
            client.request("POST", stub.url, kind="keyed", body=b"x")
        client.close()

        assert (2, 2) == (len(stub.asked), len(pauses))
        assert "maybe" == caught.value.sent

    def test_every_caller_keeps_to_what_one_was_told(
        self, client: HttpClient, stub: Any, clock: Clock, pauses: list[float]
    ) -> None:
        """After ``Retry-After: 7`` the next call waits for what is left of it, then goes."""
        stub.then(stub.reply(429, Retry_After="7"), stub.reply(200))
        with pytest.raises(BusyError):
            client.request("GET", stub.url, kind="query")
        clock.now += 2

        client.request("GET", stub.url, kind="query")

        assert [5.0] == pauses

    def test_a_long_wish_is_not_waited_for(
        self, client: HttpClient, stub: Any, clock: Clock, pauses: list[float]
    ) -> None:
        """After ``Retry-After: 120`` the next calls say so at once, nothing sent, until the time has come."""
        stub.then(stub.reply(503, Retry_After="120"), stub.reply(200))
        with pytest.raises(BusyError):
            client.request("GET", stub.url, kind="query")
        clock.now += 20

        with pytest.raises(BusyError) as caught:
            client.request("POST", stub.url, kind="unsafe", body=b"x")

        assert ("no", 100.0, 503) == (caught.value.sent, caught.value.retry_after, caught.value.status)
        assert ([], 1) == (pauses, len(stub.asked))
        clock.now += 100
        assert 200 == client.request("GET", stub.url, kind="query").status
