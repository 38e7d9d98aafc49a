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
                    tell=simulator.tell,
                )

        @pytest.fixture
        def failures(self, cases: DigitalPostCases, simulator: MySimulator) -> FailureCases:
            return cases.failures({"time-out": simulator.silent, "401": simulator.locked, ...})

Use test numbers that cannot belong to anybody, short time-outs, and no simulator that shares code with the
connector.
"""

import unittest
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Literal, Protocol, cast, get_args

from rpa_commons.capabilities import (
    Attachment,
    BusinessError,
    Channel,
    DigitalPost,
    Letter,
    Receipt,
    TextMessage,
    TransientError,
)

from ._calls import check_declaration, failure_of, key_of, opened, silent, texts_of
from ._failures import FailureCases, FailureContract

__all__ = ["DigitalPostCases", "DigitalPostContract"]

_TEXT = "Kære Ole Hemmelig, velkommen til kommunen."


@dataclass(frozen=True)
class DigitalPostCases:
    """A simulated receiver and how to reach it.

    Attributes:
        connect: Makes a new connector to the same receiver, as a restarted worker does.
        letters: The PDFs that the receiver has taken, one per letter, whoever may have fetched them since;
            for ``sms`` the texts.
        channel: A channel the connector sends on; ``sms`` is tried through ``notify``.
        recipient: Ten digits of somebody it can send to.
        registered: Somebody who can be reached digitally; ``None`` where nobody can.
        unregistered: Somebody who cannot.
        silence: While inside, the system cannot be reached or does not answer; ``None`` where there is none.
        tell: Makes the receiver say what became of the message with this receipt id; ``None`` where nobody
            ever does.
    """

    connect: Callable[[], DigitalPost]
    letters: Callable[[], Sequence[bytes]]
    channel: Channel
    recipient: str
    registered: str | None
    unregistered: str
    silence: Callable[[], AbstractContextManager[object]] | None
    tell: Callable[[str, Literal["delivered", "failed"]], object] | None = None

    def failures(
        self,
        fails: Mapping[str, Callable[[], AbstractContextManager[object]]],
        absent: Mapping[str, str] | None = None,
    ) -> FailureCases:
        """Sending one letter under one key, as a case of :class:`FailureContract`."""
        return FailureCases(
            connect=self.connect,
            call=lambda post: _send(post, self, "one"),
            fails=fails,
            absent=absent or {},
            personal=(self.recipient, "Hemmelig", "velkommen"),
            taken=lambda: len(self.letters()),
        )


class DigitalPostContract(FailureContract):
    """Tests of the contract of ``DigitalPost``. The fixtures ``cases`` and ``failures`` are yours."""

    def test_it_declares_itself(self, cases: DigitalPostCases) -> None:
        """A connector names itself, its capability and its settings, each field described."""
        with opened(cases.connect) as post:
            check_declaration(post, DigitalPost)

    def test_a_letter_is_sent_once_however_often_its_key_is(self, cases: DigitalPostCases) -> None:
        """The same key three times is one letter, under one id."""
        with opened(cases.connect) as post:
            receipts = [_send(post, cases, "one") for _ in range(3)]

        assert [_content(cases, "one")] == list(cases.letters())
        assert 1 == len({receipt.id for receipt in receipts})

    def test_a_restarted_worker_sends_no_second_letter(self, cases: DigitalPostCases) -> None:
        """The same key from another connector to the same receiver is the same letter."""
        with opened(cases.connect) as post:
            first = _send(post, cases, "one")
        with opened(cases.connect) as post:
            again = _send(post, cases, "one")

        assert [_content(cases, "one")] == list(cases.letters())
        assert first.id == again.id

    def test_another_key_is_another_letter(self, cases: DigitalPostCases) -> None:
        """Two keys are two letters with two ids, also where the two letters are alike."""
        with opened(cases.connect) as post:
            first = _send(post, cases, "one")
            second = _send(post, cases, "one", key=key_of("another one"))

        assert [_content(cases, "one")] * 2 == list(cases.letters())
        assert first.id != second.id

    def test_letters_may_be_sent_side_by_side(self, cases: DigitalPostCases) -> None:
        """Several threads share one connector."""
        names = [f"letter {number}" for number in range(8)]
        with opened(cases.connect) as post, ThreadPoolExecutor(4) as pool:
            list(pool.map(lambda name: _send(post, cases, name), names))

        assert sorted(_content(cases, name) for name in names) == sorted(cases.letters())

    def test_a_receipt_says_what_happened(self, cases: DigitalPostCases) -> None:
        """A receipt has an id, the channel and a time in UTC, is no plan, and survives the journal."""
        with opened(cases.connect) as post:
            receipt = _send(post, cases, "one")

        assert receipt.id
        assert cases.channel == receipt.channel
        assert receipt.accepted_at is not None
        assert timedelta(0) == receipt.accepted_at.utcoffset()
        assert not receipt.planned
        assert receipt == Receipt.model_validate_json(receipt.model_dump_json())

    def test_nothing_is_sent_without_a_key(self, cases: DigitalPostCases) -> None:
        """A key that the runtime did not make is refused: repeating could not be told from sending twice."""
        with opened(cases.connect) as post:
            for key in ("", "letter", key_of("one").upper()):
                try:
                    _send(post, cases, "one", key=key)
                except ValueError:
                    continue
                raise AssertionError("a letter without an idempotency key was accepted")

        assert [] == list(cases.letters())

    def test_only_who_is_registered_is(self, cases: DigitalPostCases) -> None:
        """Registered is answered yes or no, as a bool."""
        with opened(cases.connect) as post:
            assert post.registered(cases.unregistered) is False
            if cases.registered is not None:
                assert post.registered(cases.registered) is True

    def test_a_question_sends_nothing(self, cases: DigitalPostCases) -> None:
        """Asking whether somebody is registered is no letter."""
        with opened(cases.connect) as post:
            post.registered(cases.unregistered)

        assert [] == list(cases.letters())

    def test_an_unreachable_system_is_unknown_and_not_yes(self, cases: DigitalPostCases) -> None:
        """Without an answer ``registered`` raises a TransientError; it guesses nothing."""
        if cases.registered is None:
            raise unittest.SkipTest("nobody is asked")
        with opened(cases.connect) as post, silent(cases.silence):
            failure = failure_of(lambda: post.registered(cases.registered or ""))

        assert isinstance(failure, TransientError)

    def test_an_unreachable_system_keeps_the_case_waiting(self, cases: DigitalPostCases) -> None:
        """Without an answer ``send`` raises a TransientError; the repeat afterwards makes it one letter."""
        with opened(cases.connect) as post:
            with silent(cases.silence):
                failure = failure_of(lambda: _send(post, cases, "one"))
            _send(post, cases, "one")

        assert isinstance(failure, TransientError)
        assert [_content(cases, "one")] == list(cases.letters())

    def test_errors_show_nothing_personal(self, cases: DigitalPostCases) -> None:
        """Neither number nor letter is in an error, nor in any exception it carries along."""
        with opened(cases.connect) as post:
            with silent(cases.silence):
                failures = [failure_of(lambda: _send(post, cases, "one"))]
                if cases.registered is not None:
                    failures.append(failure_of(lambda: post.registered(cases.registered or "")))
            failures.append(failure_of(lambda: _send(post, cases, "one", to="not a number, Ole Hemmelig")))

        for shown in (text for failure in failures for text in texts_of(failure)):
            for personal in (cases.recipient, cases.registered or cases.recipient, "Hemmelig", "velkommen"):
                assert personal not in shown

    def test_reachable_by_sms_is_answered_yes_or_no(self, cases: DigitalPostCases) -> None:
        """Who cannot be reached digitally has no text messages either, and asking sends nothing."""
        with opened(cases.connect) as post:
            assert post.reachable_by_sms(cases.unregistered) is False

        assert [] == list(cases.letters())

    def test_a_plan_refuses_what_a_run_refuses(self, cases: DigitalPostCases) -> None:
        """A channel or an attachment that cannot be sent is refused by the check too, and never dropped."""
        plain = _letter("one")
        paper = Attachment(name="bilag.pdf", media_type="application/pdf", content=b"%PDF-1.7 x")
        table = Attachment(name="tal.csv", media_type="text/csv", content=b"1;2")
        letters = [plain, *(plain.model_copy(update={"attachments": (one,)}) for one in (paper, table))]
        refused = 0
        with opened(cases.connect) as post:
            check = cast("Checks", post).check_send
            for channel in get_args(Channel):
                for letter in letters:
                    said = failure_of(partial(check, letter, to=cases.recipient, channel=channel))
                    if said is None:
                        continue
                    refused += 1
                    done = failure_of(
                        partial(post.send, letter, to=cases.recipient, channel=channel, key=_KEY)
                    )
                    assert isinstance(said, BusinessError)
                    assert (type(said), str(said)) == (type(done), str(done))

        assert refused  # a letter is no text message, for everybody
        assert [] == list(cases.letters())

    def test_accepted_is_not_delivered(self, cases: DigitalPostCases) -> None:
        """Nobody calls a message delivered because it was taken."""
        with opened(cases.connect) as post:
            receipt = _send(post, cases, "one")
            found = _delivery_of(post, receipt.id)

        assert found in {"accepted", "unknown"}

    def test_an_unknown_message_is_unknown(self, cases: DigitalPostCases) -> None:
        """Of an id that was never sent nothing is known, not even that it was accepted."""
        with opened(cases.connect) as post:
            for receipt_id in ("8c2ea15d-61fb-4ba9-9366-42f8b194c114", "../../etc/passwd", ""):
                assert "unknown" == _delivery_of(post, receipt_id)

    def test_the_end_is_what_the_receiver_says(self, cases: DigitalPostCases) -> None:
        """Delivered and failed are told later, each of its own message, and also after a restart."""
        if cases.tell is None:
            raise unittest.SkipTest("nobody tells what becomes of a message")
        with opened(cases.connect) as post:
            ids = [_send(post, cases, name).id for name in ("one", "two", "three")]
            before = [_delivery_of(post, one) for one in ids]
            cases.tell(ids[0], "delivered")
            cases.tell(ids[1], "failed")
            after = [_delivery_of(post, one) for one in ids]
        with opened(cases.connect) as post:
            restarted = [_delivery_of(post, one) for one in ids]

        assert not {"delivered", "failed"} & set(before)
        assert ["delivered", "failed", before[2]] == after
        assert after == restarted


class Checks(Protocol):
    """What a connector of letters can say without asking anybody."""

    def check_send(self, letter: Letter, *, to: str, channel: Channel) -> None:
        """Raises ``BusinessError`` for what ``send`` would refuse whatever the receiver says."""
        ...


def _delivery_of(post: DigitalPost, receipt_id: str) -> str:
    found = post.delivery(receipt_id)
    assert found.at is None or timedelta(0) == found.at.utcoffset()
    assert found.source
    return found.state


_KEY = key_of("refused")


def _letter(name: str) -> Letter:
    pdf = b"%PDF-1.7\n% " + name.encode() + b"\n%%EOF\n"
    return Letter(title="Velkommen", language="da", pdf=pdf, text=_TEXT, template="contract")


def _content(cases: DigitalPostCases, name: str) -> bytes:
    """What the receiver has of a letter or text message of this name."""
    return _text(name).text.encode() if cases.channel == "sms" else _letter(name).pdf


def _text(name: str) -> TextMessage:
    return TextMessage(title="Husk", text=f"{_TEXT} {name}")


def _send(
    post: DigitalPost, cases: DigitalPostCases, name: str, *, to: str | None = None, key: str | None = None
) -> Receipt:
    recipient, key = to or cases.recipient, key_of(name) if key is None else key
    if cases.channel == "sms":
        return post.notify(_text(name), to=recipient, key=key)
    return post.send(_letter(name), to=recipient, channel=cases.channel, key=key)
