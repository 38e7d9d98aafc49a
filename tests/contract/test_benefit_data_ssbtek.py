"""SSBTEK keeps the contract of ``BenefitData``, against the sandbox's town, with and without the schema."""

import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import date, timedelta
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from rpa_commons.capabilities import AgencyAnswer, BenefitAnswer, BusinessError, Money, TransientError
from rpa_commons.config import resolve_secret
from rpa_commons.connectors import Surroundings
from rpa_commons.connectors.contract import BenefitCases, BenefitDataContract, FailureCases
from rpa_commons.connectors.http import AccessRefusedError
from rpa_commons.connectors.ssbtek import AGENCIES, FaultError, Ssbtek, SsbtekSettings
from rpa_commons.sandbox import Sandbox
from rpa_commons.sandbox.ssbtek import (
    FK_ACTOR,
    FK_GROUPS,
    FUND,
    NOTHING_HERE,
    PATH,
    Paid,
    Resident,
    Town,
    make_town,
)
from rpa_commons.sdk import Municipality
from rpa_commons.specs import SpecsStore, add_known

TODAY = date(2026, 11, 22)
FIRST, LAST = date(2026, 5, 1), date(2027, 1, 15)
SEED = 7
UNKNOWN = "192411026301"  # a published test number that nobody in the town has
FAULTS = ("time-out", "401", "429", "500", "503", "half-answer", "invalid-answer", "reset")


@pytest.fixture(scope="module")
def town() -> Town:
    """Whom the sandbox's agencies know."""
    return make_town(SEED, TODAY)


@pytest.fixture(scope="module")
def box(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    """A sandbox with SSBTEK alone and without the official schemas."""
    folder = tmp_path_factory.mktemp("box")
    with Sandbox(folder, seed=SEED, people=5, today=TODAY, only=("ssbtek",)) as box:
        yield box


@pytest.fixture(scope="module")
def checked_box(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    """A sandbox with the official schemas."""
    schemas = Path(os.environ["RPAC_SPECS"]).resolve()
    folder = tmp_path_factory.mktemp("checked")
    with Sandbox(folder, seed=SEED, people=5, today=TODAY, only=("ssbtek",), schemas=schemas) as box:
        yield box


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the official schema is kept."""
    folder = tmp_path_factory.mktemp("specs")
    add_known(SpecsStore(folder), Path(os.environ["RPAC_SPECS"]) / "ssbtek")
    return folder


def connect(box: Sandbox, *, store: Path | None = None, **changed: Any) -> Ssbtek:
    """The connector with the sandbox's certificate, as a restarted worker makes it."""
    settings: dict[str, object] = {
        "url": box.url_of("ssbtek") + PATH,
        "ca_bundle": str(box.ca_bundle),
        "certificate": {"file": str(box.client_pkcs12)},
        "certificate_password": {"file": str(box.client_pkcs12_password_file)},
        "organisation": "162120002411",
        "organisation_name": "Provorts kommun",
        "officer": "rpa",
        "purpose": "Beslut om ekonomiskt bistånd",
        "law": "enligt avtalet",
        "processors": ["165560000000 Drift & Co"],
        "fk_actor": FK_ACTOR,
        "fk_benefits": [*FK_GROUPS],
        "fk_other": ["FK:GEPI"],
        "so_nothing": [NOTHING_HERE],
        "attempts": 1,
        "read_timeout": 0.5,
        **changed,
    }
    folder = Path(box.folder)
    municipality = Municipality("0265", "Provort")
    surroundings = Surroundings(municipality, "sandbox", folder, partial(resolve_secret, folder=folder))
    kept = SpecsStore(store or folder / "no-specs")
    return Ssbtek(SsbtekSettings.model_validate(settings), surroundings, store=kept)


def failing(box: Sandbox, kind: str) -> Callable[[], AbstractContextManager[None]]:
    """A context inside which SSBTEK fails that way."""

    @contextmanager
    def inside() -> Iterator[None]:
        box.fault("ssbtek", kind, times=100)
        try:
            yield
        finally:
            box.faults.clear()

    return inside


def sek(kronor: int) -> Money:
    """An amount as the capability has it."""
    return Money(amount=Decimal(kronor).quantize(Decimal("0.01")), currency="SEK")


def within(payments: tuple[Paid, ...]) -> list[Paid]:
    """What was paid in the period asked about."""
    return [one for one in payments if FIRST <= one.on <= LAST]


def paid(one: Paid, **more: object) -> dict[str, Any]:
    """A payment as the capability has it."""
    state = "paid" if one.done else "planned"
    span = {"first": one.first, "last": one.last, "paid_on": one.on}
    return {"amount": sek(one.net), "state": state, **span, **more}


def fk(who: Resident) -> dict[str, Any]:
    """What Försäkringskassan and Pensionsmyndigheten say."""
    own = sorted(within(who.benefits), key=lambda one: not one.done)
    payments = [
        paid(
            one,
            kind=one.kind.removeprefix("FK:"),
            text=FK_GROUPS[one.kind],
            payer="Försäkringskassan",
            gross=sek(one.gross),
        )
        for one in own
    ] + [
        paid(
            one,
            kind=one.kind,
            text=FK_GROUPS[one.kind],
            payer="Pensionsmyndigheten",
            gross=sek(one.gross),
        )
        for one in within(who.pensions)
    ]
    sick = [one for one in who.benefits if one.kind == "FK:SJP"]
    decisions = [
        {
            "kind": "SJP",
            "text": "Sjukpenning",
            "granted": True,
            "final": True,
            "decided_on": sick[0].first,
            "percent": Decimal("50.00"),
            "first": sick[0].first,
            "last": sick[-1].last,
        }
        for _ in sick[:1]
    ]
    told = {"payments": tuple(payments), "entitlements": tuple(decisions)}
    return {**told, "protected": who.protected}


def csn(who: Resident) -> dict[str, Any]:
    """What CSN says: weeks instead of days."""

    def monday(day: date) -> date:
        return day - timedelta(days=day.weekday())

    studies = within(who.studies)
    spans = [(monday(one.first), monday(one.last) + timedelta(days=6)) for one in studies]
    words = {"kind": "GRUND", "text": "Studiemedel för studier i Sverige"}
    payments = [
        {**paid(one, payer=AGENCIES["csn"], **words), "first": first, "last": last}
        for one, (first, last) in zip(studies, spans, strict=True)
    ]
    granted = {
        **words,
        "granted": True,
        "percent": Decimal(100),
        "amount": sek(sum(one.net for one in studies)),
    }
    entitlements = [{**granted, "first": spans[0][0], "last": spans[-1][1]}] if spans else []
    told = {"payments": tuple(payments), "entitlements": tuple(entitlements)}
    return {**told, "protected": who.protected}


def so(who: Resident) -> dict[str, Any]:
    """What the a-kassor say."""
    payments = [
        paid(
            one,
            kind="Arbetsloshetsersattning",
            text="Arbetslöshetsersättning",
            payer=FUND,
            after_tax=sek(one.net + 100),
        )
        for one in within(who.unemployment)
    ]
    silent = (
        "Provortens a-kassa: no benefit is told, and its status (kunde inte sökas (sandbox)) does not say why"
    )
    return {"payments": tuple(payments), "missing": (silent,) if who.silent_fund else ()}


def af(who: Resident) -> dict[str, Any]:
    """What Arbetsförmedlingen says."""
    facts, decisions = [], []
    if who.seeking:
        details = {
            "Arbetssokande": "true",
            "ArbetssokandeSKAT": "Öppet arbetslös",
            "ArbetssokandeOmfattning": "100",
            "AktivitetsRapportMeddelande": "Aktivitetsrapport finns",
        }
        kind = {"kind": "ArbetssokandeInfo", "text": "Öppet arbetslös"}
        facts.append({**kind, "details": details, "first": who.seeking})
    if who.unemployment:
        facts.append({"kind": "Akassetillhorighet", "text": FUND})
    if who.support:
        first, last = who.support
        words = {"kind": "Aktivitetsstöd", "text": "Aktivitetsstöd", "granted": True}
        decisions.append({**words, "percent": Decimal(75), "first": first, "last": last})
    return {"facts": tuple(facts), "entitlements": tuple(decisions), "protected": who.protected}


def registers(who: Resident) -> dict[str, dict[str, Any]]:
    """What Skatteverket, Transportstyrelsen and Migrationsverket say."""
    capital = [
        {
            "kind": f"Kapitaluppgift/{name}",
            "text": name,
            "amount": sek(who.capital),
            "details": {"Taxeringsar": "2026"},
        }
        for name in ("SummaIntakterPaKapital", "OverskottPaKapital")
        if who.capital
    ]
    names = ("regnr", "fabrikat", "fordonsar", "fordonsslag", "handelsbeteckning")
    vehicles = [
        {"kind": one[3], "text": f"{one[1]} {one[4]} {one[2]}", "details": dict(zip(names, one, strict=True))}
        for one in who.vehicles
    ]
    permits = [
        {
            "kind": who.permit.kind,
            "text": who.permit.text,
            "first": who.permit.first,
            "last": who.permit.last,
            "details": {
                "arendeTyp": "UAT",
                "arendeTypNamn": "UPPEHÅLLS- OCH ARBETSTILLSTÅND",
                "beslutsKod": "BEV",
                "beslutsKodNamn": "ANSÖKAN BEVILJAS",
                "beslutsTyp": who.permit.kind,
                "beslutsTypNamn": who.permit.text,
                "beslutsdatum": who.permit.first.isoformat(),
                "giltighetstid": "TIDBEGRANSAT",
            },
        }
        for _ in range(who.permit is not None)
        if who.permit
    ]
    found: dict[str, list[dict[str, Any]]] = {"skv": capital, "tns": vehicles, "miv": permits}
    return {code: {"facts": tuple(facts)} for code, facts in found.items()}


def expected(who: Resident, checked_by: str = "") -> BenefitAnswer:
    """What the connector must say of somebody in the town."""
    parts = {"fk": fk(who), "csn": csn(who), "so": so(who), "af": af(who), **registers(who)}
    agencies = []
    for code, name in AGENCIES.items():
        words: dict[str, object] = {"agency": code, "name": name}
        away = who.away.get(code)
        if away == "error":
            reason = "SSBT SANDBOX-1: the agency did not answer in time"
            words |= {"status": "unavailable", "reason": reason}
        elif away == "down":
            reason = "Försäkringskassan: OTILLGANGLIG Otillgänglig"
            words |= {"status": "unavailable", "reason": reason}
        else:
            data = parts[code]
            said = any(data.get(name) for name in ("payments", "entitlements", "facts", "missing"))
            words |= {"status": "answered" if said else "no_data", "data": data}
        agencies.append(AgencyAnswer.model_validate(words))
    return BenefitAnswer(first=FIRST, last=LAST, agencies=tuple(agencies), checked_by=checked_by)


class TestSsbtek(BenefitDataContract):
    checked_by = ""

    @pytest.fixture
    def benefits(self, box: Sandbox) -> Iterator[Ssbtek]:
        """The connector against the sandbox."""
        connector = connect(box)
        yield connector
        connector.close()

    @pytest.fixture
    def cases(self, town: Town) -> BenefitCases:
        """Everybody in the town."""
        return BenefitCases(
            first=FIRST,
            last=LAST,
            answers={who.number: expected(who, self.checked_by) for who in town},
            nothing=UNKNOWN,
            absent={"refused": "the simulator refuses to send a part that breaks the contract"},
            agency="fk",
        )

    @pytest.fixture
    def failures(self, box: Sandbox, town: Town) -> FailureCases:
        """One question."""
        who = town.case("sickness benefit, half time")
        return FailureCases(
            connect=lambda: connect(box),
            call=lambda benefits: benefits.benefits(who.number, FIRST, LAST, case="failing-1"),
            fails={kind: failing(box, kind) for kind in FAULTS},
            absent={"duplicate": "what somebody is paid is a state, nothing is delivered twice"},
            personal=(who.number, who.number[2:], who.family, "Sjukpenning", str(who.benefits[0].net)),
        )


@pytest.mark.specs
@pytest.mark.skipif("RPAC_SPECS" not in os.environ, reason="RPAC_SPECS does not name the official files")
class TestSsbtekChecked(TestSsbtek):
    """The same, with the official schema on both sides: nothing that either sends breaks it."""

    checked_by = "ssbtek 10"

    @pytest.fixture
    def box(self, checked_box: Sandbox) -> Sandbox:
        """A sandbox that checks questions and its own answers."""
        assert "" == checked_box.services["ssbtek"].unvalidated
        return checked_box

    @pytest.fixture
    def benefits(self, box: Sandbox, store: Path) -> Iterator[Ssbtek]:
        """The connector, which will not work without the schema."""
        connector = connect(box, store=store, schema_needed=True)
        yield connector
        connector.close()


def test_the_same_seed_is_the_same_town(town: Town) -> None:
    """Who lives there follows from the seed; another seed is another town."""
    assert town == make_town(SEED, TODAY)
    assert town != make_town(SEED + 1, TODAY)


def test_without_a_certificate_there_is_no_access(box: Sandbox, town: Town) -> None:
    """The door stays shut for who shows no certificate, and no case is blamed for it."""
    connector = connect(box, certificate=None, certificate_password=None)

    with pytest.raises((AccessRefusedError, TransientError)):
        connector.benefits(next(iter(town.people)), FIRST, LAST, case="1")

    connector.close()


def test_a_refused_question_names_the_services_code(box: Sandbox, town: Town) -> None:
    """What the service refuses is told with its own code and words, and the cases wait."""
    connector = connect(box, organisation="162120002412")

    with pytest.raises(FaultError, match="refused with organisation: organisationsnummer") as caught:
        connector.benefits(next(iter(town.people)), FIRST, LAST, case="1")

    assert "organisation" == caught.value.code
    connector.close()


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"fk_actor": "nobody"}, "BT 403: the actor is not known"),
        ({"fk_benefits": ["FK:SJP"]}, ""),
    ],
)
def test_an_agency_that_refuses_the_question_fails_alone(
    box: Sandbox, town: Town, changed: dict[str, Any], reason: str
) -> None:
    """An actor that Försäkringskassan does not know closes Försäkringskassan's part and no other."""
    connector = connect(box, **changed)
    who = town.case("unemployed with benefit")

    answer = connector.benefits(who.number, FIRST, LAST, case="1")

    part = answer.agency("fk")
    assert ("unavailable" if reason else "no_data") == part.status
    assert part.reason.startswith(reason)
    assert "answered" == answer.agency("so").status
    connector.close()


def test_a_benefit_that_may_not_be_seen_is_missing(box: Sandbox, town: Town) -> None:
    """A group of benefits outside the agreement comes back as a deviation, never as no benefit."""
    connector = connect(box, fk_benefits=["FK:ABB", "FK:YL"], fk_other=[])
    who = town.case("nothing anywhere")

    part = connector.benefits(who.number, FIRST, LAST, case="1", agencies=["fk"]).agency("fk")

    assert "answered" == part.status
    assert not part.complete
    assert {"formansinformation", "preliminaraUtbetalningar", "utbetalningar"} == {
        line.split(" ")[0] for line in part.known().missing
    }
    assert all(line.endswith("of FK:YL: OBEHORIG") for line in part.known().missing)
    connector.close()


def test_an_a_kassa_whose_word_is_not_set_is_not_read_as_nothing(box: Sandbox, town: Town) -> None:
    """Which status means "nothing here" is not public: until the municipality says, nothing is concluded."""
    connector = connect(box, so_nothing=[])
    who = town.case("nothing anywhere")

    part = connector.benefits(who.number, FIRST, LAST, case="1", agencies=["so"]).agency("so")

    assert "answered" == part.status
    assert part.known().empty
    assert not part.complete
    connector.close()


def test_fk_is_not_asked_without_an_actor(box: Sandbox, town: Town) -> None:
    """A bot that asks for fk where the settings cannot is told which setting it takes."""
    connector = connect(box, agencies=["csn"], fk_actor="", fk_benefits=[])

    with pytest.raises(BusinessError, match="cannot ask fk"):
        connector.benefits(next(iter(town.people)), FIRST, LAST, case="1", agencies=["fk"])

    connector.close()
