"""What every connector of ``DigitalPost`` must do; derive a test class and give it one fixture.

Usage, in the connector's own tests::

    class TestMyPost(DigitalPostContract):
        @pytest.fixture
        def cases(self, tmp_path: Path) -> Iterator[DigitalPostCases]:
            with MySimulator() as simulator:
                yield DigitalPostCases(
                    connect=lambda: MyPost(settings, surroundings),
                    letters=lambda: simulator.accepted_pdfs,
                    channel="digital",
                    recipient="2211771212",
                    registered="2211771212",
                    unregistered="2512169996",
                    silence=simulator.silent,
                )

Use test numbers that cannot belong to anybody, short time-outs, and no simulator that shares code with the
connector.
"""

import hashlib
import unittest
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import cast

from rpa_commons.capabilities import (
    BusinessError,
    Channel,
    DigitalPost,
    Letter,
    Receipt,
    RpaCommonsError,
    TransientError,
)
from rpa_commons.connectors import Connector, ConnectorSettings

__all__ = ["DigitalPostCases", "DigitalPostContract"]

_TEXT = "Kære Ole Hemmelig, velkommen til kommunen."


@dataclass(frozen=True)
class DigitalPostCases:
    """A simulated receiver and how to reach it.

    Attributes:
        connect: Makes a new connector to the same receiver, as a restarted worker does.
        letters: The PDFs that the receiver has taken, one per letter, whoever may have fetched them since.
        channel: A channel the connector sends on.
        recipient: Ten digits of somebody it can send to.
        registered: Somebody who can be reached digitally; ``None`` where nobody can.
        unregistered: Somebody who cannot.
        silence: While inside, the system cannot be reached or does not answer; ``None`` where there is none.
    """

    connect: Callable[[], DigitalPost]
    letters: Callable[[], Sequence[bytes]]
    channel: Channel
    recipient: str
    registered: str | None
    unregistered: str
    silence: Callable[[], AbstractContextManager[object]] | None


class DigitalPostContract:
    """Tests of the contract of ``DigitalPost``. The fixture ``cases`` is yours."""

    def test_it_declares_itself(self, cases: DigitalPostCases) -> None:
        """A connector names itself, its capability and its settings, each field described."""
        with _open(cases) as post:
            settings = getattr(post, "Settings", None)

            assert DigitalPost is getattr(post, "capability", None)
            assert isinstance(settings, type)
            assert issubclass(settings, ConnectorSettings)
            assert [] == [name for name, field in settings.model_fields.items() if not field.description]

    def test_a_letter_is_sent_once_however_often_its_key_is(self, cases: DigitalPostCases) -> None:
        """The same key three times is one letter, under one id."""
        with _open(cases) as post:
            receipts = [_send(post, cases, "one") for _ in range(3)]

        assert [_letter("one").pdf] == list(cases.letters())
        assert 1 == len({receipt.id for receipt in receipts})

    def test_a_restarted_worker_sends_no_second_letter(self, cases: DigitalPostCases) -> None:
        """The same key from another connector to the same receiver is the same letter."""
        with _open(cases) as post:
            first = _send(post, cases, "one")
        with _open(cases) as post:
            again = _send(post, cases, "one")

        assert [_letter("one").pdf] == list(cases.letters())
        assert first.id == again.id

    def test_another_key_is_another_letter(self, cases: DigitalPostCases) -> None:
        """Two keys are two letters with two ids, also where the two letters are alike."""
        with _open(cases) as post:
            first = _send(post, cases, "one")
            second = post.send(
                _letter("one"), to=cases.recipient, channel=cases.channel, key=_key("another one")
            )

        assert [_letter("one").pdf] * 2 == list(cases.letters())
        assert first.id != second.id

    def test_letters_may_be_sent_side_by_side(self, cases: DigitalPostCases) -> None:
        """Several threads share one connector."""
        names = [f"letter {number}" for number in range(8)]
        with _open(cases) as post, ThreadPoolExecutor(4) as pool:
            list(pool.map(lambda name: _send(post, cases, name), names))

        assert sorted(_letter(name).pdf for name in names) == sorted(cases.letters())

    def test_a_receipt_says_what_happened(self, cases: DigitalPostCases) -> None:
        """A receipt has an id, the channel and a time in UTC, is no plan, and survives the journal."""
        with _open(cases) as post:
            receipt = _send(post, cases, "one")

        assert receipt.id
        assert cases.channel == receipt.channel
        assert receipt.accepted_at is not None
        assert timedelta(0) == receipt.accepted_at.utcoffset()
        assert not receipt.planned
        assert receipt == Receipt.model_validate_json(receipt.model_dump_json())

    def test_nothing_is_sent_without_a_key(self, cases: DigitalPostCases) -> None:
        """A key that the runtime did not make is refused: repeating could not be told from sending twice."""
        with _open(cases) as post:
            for key in ("", "letter", _key("one").upper()):
                try:
                    post.send(_letter("one"), to=cases.recipient, channel=cases.channel, key=key)
                except ValueError:
                    continue
                raise AssertionError("a letter without an idempotency key was accepted")

        assert [] == list(cases.letters())

    def test_only_who_is_registered_is(self, cases: DigitalPostCases) -> None:
        """Registered is answered yes or no, as a bool."""
        with _open(cases) as post:
            assert post.registered(cases.unregistered) is False
            if cases.registered is not None:
                assert post.registered(cases.registered) is True

    def test_a_question_sends_nothing(self, cases: DigitalPostCases) -> None:
        """Asking whether somebody is registered is no letter."""
        with _open(cases) as post:
            post.registered(cases.unregistered)

        assert [] == list(cases.letters())

    def test_an_unreachable_system_is_unknown_and_not_yes(self, cases: DigitalPostCases) -> None:
        """Without an answer ``registered`` raises a TransientError; it guesses nothing."""
        if cases.registered is None:
            raise unittest.SkipTest("nobody is asked")
        with _open(cases) as post, _silence(cases):
            failure = _failure(lambda: post.registered(cases.registered or ""))

        assert isinstance(failure, TransientError)

    def test_an_unreachable_system_keeps_the_case_waiting(self, cases: DigitalPostCases) -> None:
        """Without an answer ``send`` raises a TransientError; the repeat afterwards makes it one letter."""
        with _open(cases) as post:
            with _silence(cases):
                failure = _failure(lambda: _send(post, cases, "one"))
            _send(post, cases, "one")

        assert isinstance(failure, TransientError)
        assert [_letter("one").pdf] == list(cases.letters())

    def test_errors_show_nothing_personal(self, cases: DigitalPostCases) -> None:
        """Neither number nor letter is in an error, nor in any exception it carries along."""
        with _open(cases) as post:
            with _silence(cases):
                failures = [_failure(lambda: _send(post, cases, "one"))]
                if cases.registered is not None:
                    failures.append(_failure(lambda: post.registered(cases.registered or "")))
            failures.append(_failure(lambda: _send(post, cases, "one", to="not a number, Ole Hemmelig")))

        for shown in (text for failure in failures for text in _texts(failure)):
            for personal in (cases.recipient, cases.registered or cases.recipient, "Hemmelig", "velkommen"):
                assert personal not in shown


def _key(name: str) -> str:
    return hashlib.sha256(name.encode()).hexdigest()


def _letter(name: str) -> Letter:
    pdf = b"%PDF-1.7\n% " + name.encode() + b"\n%%EOF\n"
    return Letter(title="Velkommen", language="da", pdf=pdf, text=_TEXT, template="contract")


def _send(post: DigitalPost, cases: DigitalPostCases, name: str, *, to: str | None = None) -> Receipt:
    return post.send(_letter(name), to=to or cases.recipient, channel=cases.channel, key=_key(name))


@contextmanager
def _open(cases: DigitalPostCases) -> Iterator[DigitalPost]:
    post = cases.connect()
    try:
        yield post
    finally:
        cast("Connector", post).close()


def _silence(cases: DigitalPostCases) -> AbstractContextManager[object]:
    if cases.silence is None:
        raise unittest.SkipTest("there is no system that could be unreachable")
    return cases.silence()


def _failure(call: Callable[[], object]) -> RpaCommonsError | None:
    """What the call fails with; ``None`` when it does not."""
    try:
        call()
    except (BusinessError, TransientError) as error:
        return error
    return None


def _texts(error: BaseException | None) -> Iterator[str]:
    """What a log could show of an error: its text, ``repr`` and remedy, and all that it carries along."""
    while error is not None:
        yield str(error)
        yield repr(error)
        yield str(getattr(error, "remedy", ""))
        error = error.__cause__ or error.__context__
