"""What every connector must do when its system fails; each capability's contract derives from this.

Give the fixture ``failures``: one :class:`FailureCases`, or a list of them (one per query and per effect)::

    @pytest.fixture
    def failures(self, simulator: MySimulator) -> FailureCases:
        return FailureCases(
            connect=lambda: MyRegister(settings, surroundings),
            call=lambda register: register.person("0101405000"),
            fails={"time-out": simulator.silent, "401": simulator.locked, ...},
            absent={"duplicate": "a person is a state, asking for it delivers no event"},
            personal=("0101405000", "Hemmelig"),
        )

The eight failures, and what is expected of a connector that reaches other machines (it has ``hosts``):

============== =====================================================================================
time-out       ``TransientError`` with ``sent="maybe"``
401            ``AccessRefusedError``, after one fresh token where tokens are used
429            ``BusyError`` with ``retry_after``, read from ``Retry-After``
500            ``TransientError`` with ``sent="maybe"``
half-answer    ``TransientError`` with ``sent="maybe"``
duplicate      an effect: one effect, the receipt says ``repeated`` or is the first one; a query: the
               system delivers everything twice, the answer has everything once
invalid-answer a query: ``UnexpectedAnswerError``; an effect: ``TransientError`` with ``sent="maybe"``, for
               whoever sent it may have carried it out; never a guess
reset          ``TransientError`` with ``sent="maybe"``
============== =====================================================================================

Any further name in ``fails`` (``503``, ``taken-then-time-out``) must end in a ``TransientError``. A connector
without ``hosts`` works on files: its errors are business or transient ones, or it answers what could be read
and says in ``problems`` what could not; what files cannot show is declared in ``absent``, a sentence each.

After each failure the same call works on the same connector (after 429 and 503 on a new one), an effect has
then been taken exactly once, and no error and no log line at any level holds anything personal.

Use short time-outs and ``attempts = 1``: the failures last as long as the call.
"""

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from typing import Any

from rpa_commons.capabilities import BusinessError, RpaCommonsError, TransientError
from rpa_commons.connectors.http import AccessRefusedError, BusyError, UnexpectedAnswerError

from ._calls import opened, texts_of

__all__ = ["FAILURES", "FailureCases", "FailureContract"]

FAILURES = ("time-out", "401", "429", "500", "half-answer", "duplicate", "invalid-answer", "reset")

_EXPECTED: Mapping[str, type[RpaCommonsError]] = {"401": AccessRefusedError, "429": BusyError}
_BUSY = ("429", "503")
_SHORTEST_REASON = 20  # characters


@dataclass(frozen=True)
class FailureCases:
    """One call of a connector and the ways its system can fail.

    Attributes:
        connect: Makes a new connector to the same system, as a restarted worker does.
        call: One query, or one effect under one fixed key.
        fails: Failure -> a context inside which the system fails that way, each time it is called.
        absent: Failure -> why this system cannot show it, a sentence.
        personal: Texts that must be in no error and no log line.
        taken: Effects: how many the receiver has taken so far; ``None`` for a query.
    """

    connect: Callable[[], Any]
    call: Callable[[Any], object]
    fails: Mapping[str, Callable[[], AbstractContextManager[object]]]
    absent: Mapping[str, str] = field(default_factory=dict)
    personal: Sequence[str] = ()
    taken: Callable[[], int] | None = None


_Given = FailureCases | Sequence[FailureCases]


class FailureContract:
    """Tests of what a connector does when its system fails. The fixture ``failures`` is yours."""

    def test_every_failure_is_shown_or_its_absence_explained(self, failures: _Given) -> None:
        """Nothing is left out: who reaches other machines shows every failure, an effect a duplicate, too."""
        for cases in _each(failures):
            left_out = [name for name in FAILURES if name not in cases.fails and name not in cases.absent]
            reaches = _reaches_others(cases)
            allowed = {"duplicate"} if cases.taken is None else set()
            unexcused = [name for name in cases.absent if name not in allowed] if reaches else []

            assert [] == left_out
            assert [] == unexcused
            assert [] == [name for name in cases.fails if name in cases.absent]
            assert [] == [why for why in cases.absent.values() if len(why) < _SHORTEST_REASON]
            assert cases.taken is None or "duplicate" in cases.fails
            assert cases.personal, "FailureCases.personal: name texts of the call that no error may show"

    def test_a_time_out_is_no_answer(self, failures: _Given) -> None:
        """A system that does not answer in time may have taken the request: the case waits."""
        _check(failures, "time-out")

    def test_a_refused_access_stops_the_cases(self, failures: _Given) -> None:
        """Status 401 is about the access and not about the case: it says so, with a remedy."""
        _check(failures, "401")

    def test_a_busy_system_is_called_later(self, failures: _Given) -> None:
        """Status 429 is obeyed: the error says how long the system asks to wait."""
        _check(failures, "429")

    def test_a_server_error_is_no_answer(self, failures: _Given) -> None:
        """Status 500 says nothing of whether the request was carried out: the case waits."""
        _check(failures, "500")

    def test_half_an_answer_is_none(self, failures: _Given) -> None:
        """An answer cut short is not read, however well it began."""
        _check(failures, "half-answer")

    def test_a_connection_reset_is_no_answer(self, failures: _Given) -> None:
        """A connection that breaks inside the body is a time-out of another kind."""
        _check(failures, "reset")

    def test_an_invalid_answer_is_no_answer(self, failures: _Given) -> None:
        """An answer that is not what the system's contract says is refused and not guessed at."""
        _check(failures, "invalid-answer")

    def test_a_duplicate_is_one(self, failures: _Given) -> None:
        """What the system has, or delivers, twice counts once."""
        for cases in _each(failures):
            if "duplicate" in cases.fails:
                _check_duplicate(cases)

    def test_other_failures_keep_the_case_waiting(self, failures: _Given) -> None:
        """Whatever else the system does wrong, nothing is lost and nothing is done twice."""
        for cases in _each(failures):
            for name in sorted(set(cases.fails) - set(FAILURES)):
                _check([cases], name)


def _each(failures: _Given) -> Sequence[FailureCases]:
    return [failures] if isinstance(failures, FailureCases) else failures


def _reaches_others(cases: FailureCases) -> bool:
    with opened(cases.connect) as connector:
        return bool(getattr(connector, "hosts", ()))


def _check(failures: _Given, name: str) -> None:
    for cases in _each(failures):
        if name in cases.fails:
            _check_failure(cases, name)


def _check_failure(cases: FailureCases, name: str) -> None:
    with opened(cases.connect) as connector, _listening() as heard:
        before = cases.call(connector) if cases.taken is None else None
        taken = cases.taken() if cases.taken else 0
        with cases.fails[name]():
            error = _failure(lambda: cases.call(connector))
            said = list(getattr(connector, "problems", ()))
        hosts = bool(getattr(connector, "hosts", ()))
        assert error is not None or (said and not hosts), f"{name}: the call did not fail"
        if error is not None:
            _judge(error, name, effect=cases.taken is not None, hosts=hosts)
        # A connector that was told to wait keeps away for so long; another one has not heard of it.
        after = _call_anew(cases) if name in _BUSY else cases.call(connector)

    assert cases.taken is not None or before == after
    assert cases.taken is None or taken + 1 == cases.taken()
    _nothing_personal(cases, [error], [*heard, *said])


def _call_anew(cases: FailureCases) -> object:
    with opened(cases.connect) as connector:
        return cases.call(connector)


def _judge(error: RpaCommonsError, name: str, *, effect: bool, hosts: bool) -> None:
    if not hosts:
        assert isinstance(error, BusinessError | TransientError)
        return
    if name == "invalid-answer" and not effect:
        assert isinstance(error, UnexpectedAnswerError | TransientError)
        return
    assert isinstance(error, TransientError), f"{name}: {type(error).__name__}"
    assert isinstance(error, _EXPECTED.get(name, TransientError)), f"{name}: {type(error).__name__}"
    if isinstance(error, BusyError):
        assert error.retry_after is not None, "Retry-After was not read"
    elif isinstance(error, AccessRefusedError):
        assert error.remedy, f"{name}: the error needs a remedy=, what whoever reads it shall do"
    else:
        assert "maybe" == error.sent, f"{name}: the request may have been carried out"


def _check_duplicate(cases: FailureCases) -> None:
    with opened(cases.connect) as connector, _listening() as heard:
        taken = cases.taken() if cases.taken else 0
        first = cases.call(connector)
        with cases.fails["duplicate"]():
            second = cases.call(connector)

    if cases.taken is None:
        assert first == second
    else:
        assert taken + 1 == cases.taken()
        assert getattr(first, "id", None) == getattr(second, "id", None)
        assert first == second or getattr(second, "repeated", False)
    _nothing_personal(cases, [], heard)


def _failure(call: Callable[[], object]) -> RpaCommonsError | None:
    """What the call fails with; ``None`` when it does not. Another exception than ours is not caught."""
    try:
        call()
    except RpaCommonsError as error:
        return error
    return None


class _Ear(logging.Handler):
    """Keeps what is logged, as a file would have it."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.setFormatter(logging.Formatter())
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(self.format(record))


@contextmanager
def _listening() -> Iterator[list[str]]:
    """Every log line of every logger, at every level, as someone who looks for a fault would have it."""
    ear, root = _Ear(), logging.getLogger()
    urllib3 = logging.getLogger("urllib3")
    levels = root.level, urllib3.level
    root.addHandler(ear)
    root.setLevel(logging.DEBUG)
    urllib3.setLevel(logging.DEBUG)
    try:
        yield ear.lines
    finally:
        root.removeHandler(ear)
        root.setLevel(levels[0])
        urllib3.setLevel(levels[1])


def _nothing_personal(
    cases: FailureCases, errors: Sequence[BaseException | None], heard: Sequence[str]
) -> None:
    shown = [*(text for error in errors for text in texts_of(error)), *heard]
    for number, personal in enumerate(cases.personal):
        # The text itself is not in the message: a contract's failure is shown in a build log.
        assert not any(personal in text for text in shown), f"personal[{number}] is in an error or log line"
