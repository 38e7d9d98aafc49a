"""What an answer about benefits may say, and what it can never look like."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from pydantic import ValidationError

from rpa_commons.capabilities import (
    AgencyAnswer,
    AgencyData,
    AgencyFact,
    BenefitAnswer,
    BenefitData,
    BenefitPayment,
    Entitlement,
    Money,
    NotAnsweredError,
    capability_spec,
)
from rpa_commons.runtime._codec import read_result, result_bytes

PAYMENT = BenefitPayment(
    kind="SJP",
    text="Sjukpenning",
    payer="Försäkringskassan",
    amount=Money(amount=Decimal("700.50"), currency="SEK"),
    state="paid",
    first=date(2026, 9, 1),
    last=date(2026, 9, 30),
)


def agency(code: str, **said: Any) -> AgencyAnswer:
    """One agency's answer."""
    return AgencyAnswer.model_validate({"agency": code, "name": code.upper(), **said})


def answer(*agencies: AgencyAnswer) -> BenefitAnswer:
    """An answer about the autumn of 2026."""
    return BenefitAnswer(first=date(2026, 9, 1), last=date(2026, 11, 30), agencies=agencies)


@pytest.mark.parametrize(
    "said",
    [
        {"status": "unavailable", "reason": "x", "data": AgencyData()},
        {"status": "refused", "reason": "x", "data": AgencyData(payments=(PAYMENT,))},
        {"status": "answered"},
        {"status": "no_data"},
        {"status": "no_data", "data": AgencyData(payments=(PAYMENT,))},
        {"status": "no_data", "data": AgencyData(missing=("something",))},
        {"status": "answered", "data": AgencyData()},
        {"status": "unavailable"},
    ],
)
def test_a_status_and_its_data_go_together(said: dict[str, Any]) -> None:
    """Who has not answered has no data and a reason; "nothing" is nothing said and nothing missing."""
    with pytest.raises(ValidationError):
        agency("fk", **said)


def test_who_has_not_answered_cannot_be_read_as_nothing() -> None:
    """The data of such an agency is an error with what to do, not an empty list."""
    part = agency("so", status="unavailable", reason="SSBT 17: timeout")

    with pytest.raises(
        NotAnsweredError, match="so has not answered \\(unavailable: SSBT 17: timeout\\)"
    ) as caught:
        part.known()

    assert ("so", "unavailable") == (caught.value.agency, caught.value.status)
    assert "not an answer of no benefits" in caught.value.remedy
    assert part.data is None


def test_an_answer_is_complete_when_every_agency_is() -> None:
    """One agency down, or one thing missing, and the gaps name it."""
    whole = agency("fk", status="answered", data=AgencyData(payments=(PAYMENT,)))
    nothing = agency("csn", status="no_data", data=AgencyData())
    partial = agency("so", status="answered", data=AgencyData(missing=("Kassan: not told",)))
    down = agency("af", status="refused", reason="AF/data: missing")

    assert answer(whole, nothing).complete
    assert () == answer(whole, nothing).gaps()
    assert ("so: Kassan: not told", "af: refused: AF/data: missing") == answer(whole, partial, down).gaps()
    assert not answer(whole, partial).complete


def test_an_agency_that_was_not_asked_is_not_one_without_data() -> None:
    """Asking the answer for it is an error."""
    one = answer(agency("csn", status="no_data", data=AgencyData()))

    assert "csn" == one.agency("csn").agency
    with pytest.raises(NotAnsweredError, match="not asked"):
        one.agency("fk")


def test_an_agency_answers_once() -> None:
    """Two answers of one agency would be two truths."""
    part = agency("csn", status="no_data", data=AgencyData())

    with pytest.raises(ValidationError, match="an agency answers once"):
        answer(part, part)


@pytest.mark.parametrize(
    "wrong",
    [
        {"first": date(2026, 10, 1), "last": date(2026, 9, 1)},
        {"kind": ""},
        {"payer": ""},
        {"state": "perhaps"},
        {"amount": {"amount": 1.5, "currency": "SEK"}},
        {"amount": {"amount": Decimal("1.005"), "currency": "SEK"}},
        {"amount": {"amount": Decimal(1), "currency": "kr"}},
    ],
)
def test_a_payment_that_is_none(wrong: dict[str, Any]) -> None:
    """No days in the wrong order, no float, no third decimal, no amount without a currency."""
    with pytest.raises(ValidationError):
        BenefitPayment.model_validate({**PAYMENT.model_dump(), **wrong})


@pytest.mark.parametrize("percent", [Decimal(-1), Decimal("100.01"), Decimal("33.333")])
def test_an_extent_is_a_percentage(percent: Decimal) -> None:
    """From nothing to the whole, two decimals."""
    with pytest.raises(ValidationError):
        Entitlement(kind="SJP", granted=True, percent=percent)


def test_the_runtimes_journal_takes_an_answer() -> None:
    """Written as the capability's declared result and read back, an answer is the same."""
    grant = Entitlement(kind="SJP", granted=True, percent=Decimal(50), decided_on=date(2026, 8, 1))
    fact = AgencyFact(kind="PERSONBIL", details={"regnr": "PRV001"})
    data = AgencyData(payments=(PAYMENT,), entitlements=(grant,), facts=(fact,), protected=True)
    one = answer(agency("fk", status="answered", data=data), agency("so", status="refused", reason="x"))
    spec = capability_spec(BenefitData).calls["benefits"]

    assert one == read_result(spec, result_bytes(spec, one))
    assert spec.effect_class is None


def test_nothing_personal_is_in_the_repr() -> None:
    """Neither an amount nor a kind of benefit nor a day."""
    shown = repr(answer(agency("fk", status="answered", data=AgencyData(payments=(PAYMENT,))))) + repr(
        PAYMENT
    )

    for personal in ("700", "SJP", "Sjukpenning", "2026, 9, 30"):
        assert personal not in shown
