"""What every connector of ``BenefitData`` must do; derive a test class and give it three fixtures.

Usage, in the connector's own tests::

    class TestMyBenefits(BenefitDataContract):
        @pytest.fixture
        def benefits(self) -> Iterator[BenefitData]: ...

        @pytest.fixture
        def cases(self) -> BenefitCases: ...

        @pytest.fixture
        def failures(self) -> FailureCases: ...

Use published test numbers that are never given to a person.
"""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial

from rpa_commons.capabilities import (
    BenefitAnswer,
    BenefitData,
    BusinessError,
    NotAnsweredError,
)

from ._calls import Log, check_declaration, failure_of
from ._failures import FailureContract

__all__ = ["BenefitCases", "BenefitDataContract"]


@dataclass(frozen=True)
class BenefitCases:
    """What the service under test knows.

    Attributes:
        first: First day of the period asked about.
        last: Last day.
        answers: Number -> exactly what the connector must answer for it. Together they have every status
            that the service can show, a payment made and one planned, an entitlement and a fact.
        nothing: A well-formed number that no agency knows.
        absent: Status -> why the service cannot show it, a sentence.
        agency: An agency that a question can be limited to.
    """

    first: date
    last: date
    answers: dict[str, BenefitAnswer]
    nothing: str
    absent: dict[str, str]
    agency: str


class BenefitDataContract(FailureContract):
    """Tests of the contract of ``BenefitData``. The fixtures are yours."""

    def test_the_cases_cover_what_the_contract_speaks_of(self, cases: BenefitCases) -> None:
        """The answers given to these tests are enough to say something."""
        parts = [part for answer in cases.answers.values() for part in answer.agencies]
        known = [part.data for part in parts if part.data is not None]
        shown = {part.status for part in parts} | set(cases.absent)

        assert {"answered", "no_data", "unavailable", "refused"} <= shown
        assert {"paid", "planned"} == {payment.state for data in known for payment in data.payments}
        assert any(data.entitlements for data in known)
        assert any(data.facts for data in known)
        assert any(data.missing for data in known)
        assert any(data.protected for data in known)

    def test_it_declares_itself(self, benefits: BenefitData) -> None:
        """A connector class names itself, its capability and its settings, each field described."""
        check_declaration(benefits, BenefitData)

    def test_each_person_is_answered_exactly(self, benefits: BenefitData, cases: BenefitCases) -> None:
        """Amounts, days, kinds and what is missing are what the agencies said, agency by agency."""
        for number, answer in cases.answers.items():
            assert answer == _ask(benefits, cases, number)

    def test_an_agency_that_fails_is_not_one_without_benefits(
        self, benefits: BenefitData, cases: BenefitCases
    ) -> None:
        """Who has not answered has no data to be read as none, and the others stand beside it."""
        for number in cases.answers:
            answer = _ask(benefits, cases, number)
            for part in answer.agencies:
                if part.status in ("unavailable", "refused"):
                    assert part.reason
                    assert not answer.complete
                    assert any(line.startswith(f"{part.agency}: ") for line in answer.gaps())
                    assert isinstance(failure_of(part.known), NotAnsweredError)

    def test_a_question_changes_nothing(self, benefits: BenefitData, cases: BenefitCases) -> None:
        """Asked twice, the answer is the same."""
        number = next(iter(cases.answers))

        assert _ask(benefits, cases, number) == _ask(benefits, cases, number)

    def test_only_the_agencies_asked_answer(self, benefits: BenefitData, cases: BenefitCases) -> None:
        """No more is told than was asked for."""
        answer = _ask(benefits, cases, next(iter(cases.answers)), [cases.agency])

        assert [cases.agency] == [part.agency for part in answer.agencies]

    def test_an_unknown_person_is_an_answer(self, benefits: BenefitData, cases: BenefitCases) -> None:
        """Somebody whom no agency knows is answered with no data, and with no error."""
        answer = _ask(benefits, cases, cases.nothing)

        assert {"no_data"} == {part.status for part in answer.agencies}
        assert answer.complete

    def test_an_answer_survives_the_journal(self, benefits: BenefitData, cases: BenefitCases) -> None:
        """An answer written down as JSON and read back is the same answer."""
        for number in cases.answers:
            answer = _ask(benefits, cases, number)

            assert answer == BenefitAnswer.model_validate_json(answer.model_dump_json())

    def test_what_can_be_no_question_is_refused(self, benefits: BenefitData, cases: BenefitCases) -> None:
        """No number, a period that ends before it begins, no case, an unknown agency: said, and not asked."""
        number, day = next(iter(cases.answers)), cases.first
        bad: list[Callable[[], object]] = [
            lambda: benefits.benefits(number, day, day - timedelta(days=1), case="1"),
            lambda: benefits.benefits(number, day, day, case=""),
            lambda: benefits.benefits(number, day, day, case=f"case of {number}"),
            lambda: benefits.benefits(number, day, day, case="1", agencies=["nobody"]),
        ]
        nonsense = ("", "12", "199013999999", "٠١٠١٤٠٥٠٠٠", "<x/>")
        bad += [partial(benefits.benefits, text, day, day, case="1") for text in nonsense]
        for call in bad:
            error = failure_of(call)

            assert isinstance(error, BusinessError)
            assert error.remedy
            assert number not in f"{error} {error.remedy}"

    def test_nothing_personal_is_shown(self, benefits: BenefitData, cases: BenefitCases, caplog: Log) -> None:
        """Neither a log line nor the ``repr`` of an answer holds a number, an amount or a kind of benefit."""
        caplog.set_level(logging.DEBUG)
        for number in cases.answers:
            answer = _ask(benefits, cases, number)
            shown = repr(answer) + caplog.text + " ".join(answer.gaps())
            for part in answer.agencies:
                for payment in part.data.payments if part.data else ():
                    assert str(payment.amount.amount) not in shown
                    assert not payment.text or payment.text not in shown

            assert number not in shown


def _ask(
    benefits: BenefitData, cases: BenefitCases, number: str, agencies: Sequence[str] = ()
) -> BenefitAnswer:
    return benefits.benefits(number, cases.first, cases.last, case="contract-1", agencies=agencies)
