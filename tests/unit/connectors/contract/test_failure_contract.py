"""The failure contract passes who does right, and each of its tests fails who does that one thing wrong."""

import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace

import pytest

from rpa_commons.capabilities import BusinessError, TransientError
from rpa_commons.connectors.contract import FAILURES, FailureCases, FailureContract
from rpa_commons.connectors.http import (
    AccessRefusedError,
    BusyError,
    RequestRefusedError,
    UnexpectedAnswerError,
)

NUMBER = "0101405000"
TESTS = [name for name in dir(FailureContract) if name.startswith("test_")]
EFFECTS_WHEN = ("half-answer", "reset", "invalid-answer")  # the system has done it all the same


class Receipt:
    def __init__(self, repeated: bool) -> None:
        self.id = "one"
        self.repeated = repeated


class System:
    """Takes an effect once per key; fails as told."""

    def __init__(self) -> None:
        self.failing = ""
        self.keys: list[str] = []

    @contextmanager
    def fail(self, name: str) -> Iterator[None]:
        """Fail that way while inside."""
        self.failing = name
        yield
        self.failing = ""

    def take(self, key: str) -> bool:
        """Whether it was there already; an effect is taken when the answer is what goes wrong."""
        there = key in self.keys
        if not there and self.failing in ("", *EFFECTS_WHEN):
            self.keys.append(key)
        return there


def right(name: str, effect: bool) -> Exception | None:
    """What the contract asks for."""
    errors: dict[str, Exception] = {
        "401": AccessRefusedError("x", "no access", remedy="ask"),
        "429": BusyError("x", 429, sent=False, retry_after=1.0),
        "invalid-answer": TransientError("x", "unread") if effect else UnexpectedAnswerError("x", "unread"),
        **{one: TransientError("x", "failed") for one in ("time-out", "500", "half-answer", "reset", "503")},
    }
    return errors.get(name)


class Connector:
    """Right in everything, but for what ``wrong`` says of a failure."""

    hosts = frozenset({"example.org:443"})

    def __init__(self, system: System, wrong: Mapping[str, Callable[[], object]]) -> None:
        self.system = system
        self.wrong = wrong

    def close(self) -> None:
        """Nothing is open."""

    def ask(self) -> object:
        """A query."""
        return self._answer(effect=False) or ["a", "b"]

    def send(self, key: str) -> object:
        """An effect."""
        there = self.system.take(key)
        return self._answer(effect=True) or Receipt(there)

    def _answer(self, *, effect: bool) -> object:
        name = self.system.failing
        if name in self.wrong:
            return self.wrong[name]()
        error = right(name, effect)
        if error is not None:
            raise error
        return None


def cases(
    *,
    effect: bool,
    wrong: Mapping[str, Callable[[], object]] | None = None,
    kind: type[Connector] = Connector,
) -> FailureCases:
    """A system and a connector to it."""
    system = System()
    return FailureCases(
        connect=lambda: kind(system, wrong or {}),
        call=(lambda it: it.send("key")) if effect else (lambda it: it.ask()),
        fails={name: lambda name=name: system.fail(name) for name in (*FAILURES, "503")},  # type: ignore[misc]
        personal=(NUMBER, "Hemmelig"),
        taken=(lambda: len(system.keys)) if effect else None,
    )


def failing(given: FailureCases) -> list[str]:
    """The tests that the cases do not pass."""
    found = []
    for name in TESTS:
        # An effect needs a receiver that has taken nothing yet, as every test of a suite has.
        try:
            getattr(FailureContract(), name)(given)
        except (AssertionError, TransientError):
            found.append(name)
    return found


def throws(error: Exception) -> Callable[[], object]:
    """Raise it."""

    def do() -> object:
        raise error

    return do


@pytest.mark.parametrize("name", TESTS)
@pytest.mark.parametrize("effect", [False, True])
def test_who_does_right_passes(name: str, effect: bool) -> None:
    """A query and an effect that are as the contract says pass every test of it."""
    getattr(FailureContract(), name)(cases(effect=effect))


def test_a_list_of_cases_is_taken() -> None:
    """A connector with a query and an effect gives both, and the wrong one is found."""
    good, bad = cases(effect=False), cases(effect=False, wrong={"500": lambda: ["guess"]})

    FailureContract().test_a_server_error_is_no_answer([good, cases(effect=True)])
    with pytest.raises(AssertionError):
        FailureContract().test_a_server_error_is_no_answer([good, bad])


GUESSES = [
    ("time-out", "test_a_time_out_is_no_answer"),
    ("401", "test_a_refused_access_stops_the_cases"),
    ("429", "test_a_busy_system_is_called_later"),
    ("500", "test_a_server_error_is_no_answer"),
    ("half-answer", "test_half_an_answer_is_none"),
    ("reset", "test_a_connection_reset_is_no_answer"),
    ("invalid-answer", "test_an_invalid_answer_is_no_answer"),
    ("503", "test_other_failures_keep_the_case_waiting"),
]


@pytest.mark.parametrize(("name", "test"), GUESSES)
def test_an_answer_where_there_is_none_is_found(name: str, test: str) -> None:
    """A connector that answers although the system failed does not pass, in that test alone."""
    assert [test] == failing(cases(effect=False, wrong={name: lambda: ["guess"]}))


WRONG_ERRORS = [
    ("time-out", TransientError("x", "failed", sent="no")),
    ("time-out", BusinessError("x")),
    ("401", TransientError("x", "failed")),
    ("401", AccessRefusedError("x", "no access", remedy="")),
    ("429", TransientError("x", "busy")),
    ("429", BusyError("x", 429, sent=False, retry_after=None)),
    ("500", RequestRefusedError("x", 500)),
    ("half-answer", UnexpectedAnswerError("x", "half")),
    ("reset", TransientError("x", "failed", sent="no")),
    ("invalid-answer", BusinessError("it is so")),
    ("503", BusinessError("x")),
]


@pytest.mark.parametrize(("name", "error"), WRONG_ERRORS)
def test_an_error_that_says_something_else_is_found(name: str, error: Exception) -> None:
    """The wrong class, the wrong ``sent``, no remedy or no waiting time does not pass."""
    assert [dict(GUESSES)[name]] == failing(cases(effect=False, wrong={name: throws(error)}))


def test_another_exception_than_ours_is_not_hidden() -> None:
    """A connector that lets a ``KeyError`` out does not pass."""
    bad = cases(effect=False, wrong={"invalid-answer": throws(KeyError("persondata"))})

    with pytest.raises(KeyError):
        FailureContract().test_an_invalid_answer_is_no_answer(bad)


def test_an_effect_given_up_as_refused_is_found() -> None:
    """An unreadable answer to an effect must not look like a refusal: the system may have done it."""
    bad = cases(effect=True, wrong={"invalid-answer": throws(UnexpectedAnswerError("x", "unread"))})

    with pytest.raises(AssertionError):
        FailureContract().test_an_invalid_answer_is_no_answer(bad)


class Twice(Connector):
    """Sends under a new key each time."""

    def send(self, key: str) -> object:
        """Another key each time."""
        return super().send(f"{key}{len(self.system.keys)}")


class Silent(Connector):
    """Does not say that the effect was there already."""

    def send(self, key: str) -> object:
        """A receipt as if it were the first."""
        super().send(key)
        return Receipt(repeated=False)


@pytest.mark.parametrize("name", ["test_half_an_answer_is_none", "test_a_duplicate_is_one"])
def test_an_effect_done_twice_is_found(name: str) -> None:
    """A connector that sends anew after a failure, or again under the same key, does not pass."""
    with pytest.raises(AssertionError):
        getattr(FailureContract(), name)(cases(effect=True, kind=Twice))


def test_a_repeat_that_is_not_said_is_found() -> None:
    """A second receipt that is another one and does not say ``repeated`` does not pass."""
    with pytest.raises(AssertionError):
        FailureContract().test_a_duplicate_is_one(cases(effect=True, kind=Silent))


def test_a_query_that_counts_twice_is_found() -> None:
    """What was delivered twice and is answered twice does not pass."""
    bad = cases(effect=False, wrong={"duplicate": lambda: ["a", "b", "b"]})

    assert ["test_a_duplicate_is_one"] == failing(bad)


class Forgetful(Connector):
    """Never recovers."""

    broken = False

    def ask(self) -> object:
        """Broken once, broken for good."""
        try:
            answer = super().ask()
        except TransientError:
            self.broken = True
            raise
        if self.broken:
            raise TransientError("x", "still broken")
        return answer


def test_a_connector_that_does_not_recover_is_found() -> None:
    """After the failure the same call on the same connector must work."""
    with pytest.raises(TransientError):
        FailureContract().test_a_time_out_is_no_answer(cases(effect=False, kind=Forgetful))


def loud() -> object:
    """Log the number and fail as one should."""
    logging.getLogger("elsewhere").debug("asking for %s", NUMBER)
    raise TransientError("x", "failed")


def chained() -> object:
    """Fail as one should, with another exception in tow that is personal."""
    try:
        int(f"{NUMBER} Hemmelig")
    except ValueError:
        raise TransientError("x", "failed")  # noqa: B904 - the mistake this test is about
    return None


@pytest.mark.parametrize(
    "leak", [loud, chained, throws(TransientError("x", "failed", remedy="ask Hemmelig"))]
)
def test_what_is_personal_is_found(leak: Callable[[], object]) -> None:
    """A number in a log line at DEBUG, an error's context or a remedy does not pass; it is not shown."""
    with pytest.raises(AssertionError, match="personal") as caught:
        FailureContract().test_a_server_error_is_no_answer(cases(effect=False, wrong={"500": leak}))

    assert NUMBER not in str(caught.value)


def without(given: FailureCases, name: str, **changed: object) -> FailureCases:
    """The cases without a failure."""
    fails = {one: how for one, how in given.fails.items() if one != name}
    return replace(given, fails=fails, **changed)  # type: ignore[arg-type]


WHY = "a person is a state; asking for it delivers no event"


@pytest.mark.parametrize(
    "given",
    [
        without(cases(effect=False), "reset"),
        without(cases(effect=False), "reset", absent={"reset": WHY}),
        without(cases(effect=True), "duplicate", absent={"duplicate": WHY}),
        without(cases(effect=False), "duplicate", absent={"duplicate": "none"}),
        replace(cases(effect=False), absent={"duplicate": WHY}),
        replace(cases(effect=False), personal=()),
    ],
)
def test_a_gap_is_found(given: FailureCases) -> None:
    """A failure left out, an excuse that does not count or says nothing, and no personal text do not pass."""
    with pytest.raises(AssertionError):
        FailureContract().test_every_failure_is_shown_or_its_absence_explained(given)


class OnFiles(Connector):
    """Reaches nobody."""

    hosts = frozenset()


def test_files_may_explain_what_they_cannot_show() -> None:
    """A connector without hosts may declare failures absent; its other errors are business or transient."""
    given = cases(effect=False, wrong={"500": throws(BusinessError("x"))}, kind=OnFiles)

    FailureContract().test_a_server_error_is_no_answer(given)
    FailureContract().test_every_failure_is_shown_or_its_absence_explained(
        without(given, "429", absent={"429": "a file says nothing of when to come back"})
    )
    with pytest.raises(AssertionError):
        FailureContract().test_a_server_error_is_no_answer(
            cases(effect=False, wrong={"500": lambda: ["guess"]}, kind=OnFiles)
        )
