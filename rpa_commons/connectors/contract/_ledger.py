"""What every connector of ``Ledger`` must do; derive a test class and give it two fixtures.

Usage, in the connector's own tests::

    class TestMyLedger(LedgerContract):
        @pytest.fixture
        def cases(self, tmp_path: Path) -> Iterator[LedgerCases]:
            with MySimulator() as simulator:
                yield LedgerCases(
                    connect=lambda: MyLedger(settings, surroundings),
                    taken=lambda: simulator.references,
                    silence=simulator.silent,
                )

        @pytest.fixture
        def failures(self, cases: LedgerCases) -> FailureCases: ...
"""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from rpa_commons.capabilities import (
    BusinessError,
    Ledger,
    Money,
    Payee,
    Payment,
    Posting,
    PostingLine,
    PostingReceipt,
    TransientError,
)

from ._calls import check_declaration, failure_of, key_of, opened, silent
from ._failures import FailureContract

__all__ = ["LEDGER_PERSONAL", "LedgerCases", "LedgerContract", "contract_posting"]

LEDGER_PERSONAL = ("Lægehuset ved Åen", "0012345678901", "8412.37")
"""What stands in :func:`contract_posting` and may be in no error."""


@dataclass(frozen=True)
class LedgerCases:
    """A simulated ledger and how to reach it.

    Attributes:
        connect: Makes a new connector to the same ledger, as a restarted worker does.
        taken: The references of the postings that the ledger has, once for each voucher; connectors are
            closed when it is called.
        silence: While inside, the ledger cannot be reached or does not answer.
    """

    connect: Callable[[], Ledger]
    taken: Callable[[], Sequence[str]]
    silence: Callable[[], AbstractContextManager[object]] | None


def contract_posting(reference: str = "2026-0001") -> Posting:
    """A doctor's bill, paid by a payment slip."""
    amount = Decimal("8412.37")
    return Posting(
        reference=reference,
        booked_on=date(2026, 11, 2),
        text="Attest",
        lines=(
            PostingLine(account="5312-004", amount=Money(amount=amount), dimensions={"kle": "32.24.00"}),
            PostingLine(account="9901", amount=Money(amount=-amount)),
        ),
        payment=Payment(
            payee=Payee(
                scheme="fik", account="88888888", reference="0012345678901", name="Lægehuset ved Åen"
            ),
            amount=Money(amount=amount),
            due=date(2026, 11, 20),
        ),
    )


class LedgerContract(FailureContract):
    """Tests of the contract of ``Ledger``. The fixtures ``cases`` and ``failures`` are yours."""

    def test_it_declares_itself(self, cases: LedgerCases) -> None:
        """A connector names itself, its capability and its settings, each field described."""
        with opened(cases.connect) as ledger:
            check_declaration(ledger, Ledger)

    def test_a_voucher_is_posted_once_however_often_its_key_is(self, cases: LedgerCases) -> None:
        """The same key three times is one voucher, and the repeats say that they are."""
        with opened(cases.connect) as ledger:
            receipts = [_post(ledger, "2026-0001") for _ in range(3)]

        assert ["2026-0001"] == list(cases.taken())
        assert 1 == len({receipt.id for receipt in receipts})
        assert [False, True, True] == [receipt.repeated for receipt in receipts]

    def test_a_restarted_worker_posts_nothing_again(self, cases: LedgerCases) -> None:
        """The same key from another connector to the same ledger is the same voucher."""
        with opened(cases.connect) as ledger:
            first = _post(ledger, "2026-0001")
        with opened(cases.connect) as ledger:
            again = _post(ledger, "2026-0001")

        assert ["2026-0001"] == list(cases.taken())
        assert first.id == again.id
        assert again.repeated

    def test_another_key_is_another_voucher(self, cases: LedgerCases) -> None:
        """Two keys are two vouchers, also where the two postings are alike."""
        with opened(cases.connect) as ledger:
            first = _post(ledger, "2026-0001")
            second = ledger.post(contract_posting("2026-0001"), key=key_of("another one"))

        assert ["2026-0001"] * 2 == list(cases.taken())
        assert first.id != second.id

    def test_a_key_is_not_given_to_another_posting(self, cases: LedgerCases) -> None:
        """The same key with another posting is refused, and the first stays as it was."""
        with opened(cases.connect) as ledger:
            _post(ledger, "2026-0001")
            failure = failure_of(lambda: ledger.post(contract_posting("2026-0002"), key=key_of("2026-0001")))

        assert isinstance(failure, BusinessError)
        assert failure.remedy, "the refusal needs a remedy=, what whoever reads it shall do"
        assert ["2026-0001"] == list(cases.taken())

    def test_vouchers_may_be_posted_side_by_side(self, cases: LedgerCases) -> None:
        """Several threads share one connector, and two of them the same key."""
        names = [f"2026-{number:04}" for number in range(8)]
        with opened(cases.connect) as ledger, ThreadPoolExecutor(4) as pool:
            list(pool.map(lambda name: _post(ledger, name), [*names, *names]))

        assert names == sorted(cases.taken())

    def test_a_receipt_says_what_happened(self, cases: LedgerCases) -> None:
        """A receipt has an id, the reference and a time in UTC, is no plan, and survives the journal."""
        with opened(cases.connect) as ledger:
            receipt = _post(ledger, "2026-0001")

        assert receipt.id
        assert "2026-0001" == receipt.reference
        assert receipt.accepted_at is not None
        assert timedelta(0) == receipt.accepted_at.utcoffset()
        assert not receipt.planned
        assert receipt == PostingReceipt.model_validate_json(receipt.model_dump_json())

    def test_a_reference_finds_what_was_posted_under_it(self, cases: LedgerCases) -> None:
        """A reference finds its vouchers and no others, oldest first, and an unknown one none."""
        with opened(cases.connect) as ledger:
            first = _post(ledger, "2026-0001")
            _post(ledger, "2026-0002")
            second = ledger.post(contract_posting("2026-0001"), key=key_of("another one"))

            assert [first.id, second.id] == [receipt.id for receipt in ledger.find("2026-0001")]
            assert [] == list(ledger.find("2026-0003"))

    def test_a_question_posts_nothing(self, cases: LedgerCases) -> None:
        """Looking a reference up is no posting."""
        with opened(cases.connect) as ledger:
            ledger.find("2026-0001")

        assert [] == list(cases.taken())

    def test_nothing_is_posted_without_a_key(self, cases: LedgerCases) -> None:
        """A key that the runtime did not make is refused: a repeat could not be told apart."""
        with opened(cases.connect) as ledger:
            for key in ("", "posting", key_of("one").upper()):
                try:
                    ledger.post(contract_posting(), key=key)
                except ValueError:
                    continue
                raise AssertionError("a posting without an idempotency key was accepted")

        assert [] == list(cases.taken())

    def test_an_unreachable_ledger_keeps_the_case_waiting(self, cases: LedgerCases) -> None:
        """Without an answer ``post`` raises a TransientError; the repeat afterwards makes it one voucher."""
        with opened(cases.connect) as ledger:
            with silent(cases.silence):
                failure = failure_of(lambda: _post(ledger, "2026-0001"))
            _post(ledger, "2026-0001")

        assert isinstance(failure, TransientError)
        assert ["2026-0001"] == list(cases.taken())


def _post(ledger: Ledger, reference: str) -> PostingReceipt:
    return ledger.post(contract_posting(reference), key=key_of(reference))
