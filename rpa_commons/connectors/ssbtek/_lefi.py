"""Försäkringskassan's part: LEFI's JSON (version 9) with its own benefits and Pensionsmyndigheten's. Pure.

What the description of the interface leaves open is decided here, and each decision has a test:

* a payment's amount is its net amount; gross is kept beside it; the rows below it are not added up;
* a payment without a net amount, or an amount without a currency, refuses the part: a sum that lacks one
  payment is worse than none;
* who is not ``OK`` among the ``utlamnare`` has given nothing, nor who was asked and is not among them. Is it
  Försäkringskassan itself, the part is ``unavailable``; is it Pensionsmyndigheten, that is ``missing``;
* every ``avvikelse`` (a benefit that may not be seen or failed) is ``missing``;
* a case without a decision yet is a fact (it was applied for), under the interface's own name of the case;
* what else stands there is ``missing`` by its name, but for the person's address and family: nobody asked.

Source: OpenAPI description *LEFI extern: Förmånsinformation* 9.0.0 (Försäkringskassan, Apache 2.0).
"""

from collections.abc import Collection, Iterator
from datetime import date
from decimal import Decimal
from typing import Literal

from rpa_commons.capabilities import AgencyData, AgencyFact, BenefitPayment, Entitlement, Money

from ._json import Members, read_json
from ._node import UnreadableError, amount_of, day_of, month_or_day
from ._words import clean

__all__ = ["NotAvailableError", "read_lefi"]

_PLACE = "lefiJsonSvar"
_FK, _PM = "Försäkringskassan", "Pensionsmyndigheten"
_PAYMENTS: tuple[tuple[str, Literal["paid", "planned"]], ...] = (
    ("utbetalningsuppgift", "paid"),
    ("preliminarautbetalningar", "planned"),
)
_PENSIONS: tuple[tuple[str, Literal["paid", "planned"]], ...] = (
    ("utbetalningar", "paid"),
    ("preliminaraUtbetalningar", "planned"),
)
_READ = {  # in the document itself, and in its formansinformation
    "utlamnare",
    "avvikelser",
    "formansinformation",
    "utbetalningar",
    "preliminaraUtbetalningar",
    "beslut",
    "utbetalningsuppgift",
    "preliminarautbetalningar",
    "generellPersoninformation",
}
_HUNDRED = 100


class NotAvailableError(Exception):
    """An agency says in its own format that it could not answer.

    Attributes:
        reason: Why, cleaned.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def read_lefi(data: bytes, asked: Collection[str] = ()) -> AgencyData:
    """What Försäkringskassan said.

    Args:
        data: The document.
        asked: Whose benefits were asked for: ``FK``, ``PM`` or both.

    Raises:
        UnreadableError: it is not what LEFI's description says.
        NotAvailableError: Försäkringskassan's own systems did not answer.
    """
    root = read_json(data, _PLACE)
    own = root.child("formansinformation")
    payments = [_payment(one, state) for name, state in _PAYMENTS for one in own.each(name)]
    payments += [_pension(one, state) for name, state in _PENSIONS for one in root.each(name)]
    entitlements, facts, unread = _cases(own)
    entitlements += [grant for one in root.each("beslut") for grant in _pension_grants(one)]
    unread += [name for name in root.names() if name not in _READ and root.raw(name)]
    missing = [*_unavailable(root, asked), *_deviations(root)]
    missing += [f"{clean(name)} was not read" for name in unread]
    return AgencyData(
        payments=tuple(payments),
        entitlements=tuple(entitlements),
        facts=tuple(facts),
        protected=any(one.truth("skyddad") for one in own.each("generellPersoninformation")),
        missing=tuple(missing),
    )


def _unavailable(root: Members, asked: Collection[str]) -> Iterator[str]:
    """Sentences about who gave nothing."""
    listed: set[str] = set()
    for one in root.each("utlamnare"):
        who, state = one.child("utlamnare"), one.child("tillstand")
        code, word = who.needed_text("kod"), state.needed_text("kod")
        listed.add(code)
        if word != "OK":
            told = (
                f"{clean(who.text('namn')) or clean(code)}: {clean(word)} {clean(state.text('beskrivning'))}"
            )
            if code == "FK":
                raise NotAvailableError(told.rstrip())
            yield told.rstrip()
    if not listed or ("FK" in asked and "FK" not in listed):
        raise UnreadableError(f"{_PLACE}.utlamnare", "does not say who has answered")
    if "PM" in asked and "PM" not in listed:
        yield f"{_PM}: it is not said whether it has answered"


def _deviations(root: Members) -> Iterator[str]:
    found = root.raw("avvikelser")
    if not found:
        return  # the description calls it an object, its own example has an empty list
    deviations = Members(found, root.at("avvikelser"))
    for name in deviations.names():
        for one in deviations.each(name):
            about = one.child("formansgrupp") or one.child("ovrigInformationstyp")
            why = one.child("avvikelse")
            code = clean(about.text("kod")) or "a benefit"
            yield f"{clean(name)} of {code}: {clean(why.text('kod')) or 'not delivered'}"


def _payment(one: Members, state: Literal["paid", "planned"]) -> BenefitPayment:
    family, period = one.child("formansfamilj"), one.child("period")
    first, last = _span(period, "fran", "till")
    gross = one.child("bruttobelopp")
    return BenefitPayment(
        kind=family.needed_text("id"),
        text=family.text("beskrivning"),
        payer=one.child("foretag").text("beskrivning") or _FK,
        amount=_money(one.child("nettobelopp")),
        gross=_money(gross) if gross else None,
        state=state,
        paid_on=day_of(one.text("datum"), one.at("datum")),
        first=first,
        last=last,
    )


def _pension(one: Members, state: Literal["paid", "planned"]) -> BenefitPayment:
    kinds: dict[str, str] = {}
    for row in one.each("utbetalningsrader"):
        group = row.child("formansgrupp")
        kinds[group.needed_text("kod")] = group.text("beskrivning")
    first, last = _span(one.child("utbetalningsperiod"), "from", "tom")
    gross = one.raw("bruttobelopp")
    return BenefitPayment(
        kind="+".join(kinds) or "PM",
        text=", ".join(text for text in kinds.values() if text),
        payer=_PM,
        amount=amount_of(one.number("nettobelopp"), "SEK", one.at("nettobelopp")),
        gross=None if gross is None else amount_of(one.number("bruttobelopp"), "SEK", one.at("bruttobelopp")),
        state=state,
        paid_on=day_of(one.text("utbetalningsdatum"), one.at("utbetalningsdatum")),
        first=first,
        last=last,
    )


def _cases(own: Members) -> tuple[list[Entitlement], list[AgencyFact], list[str]]:
    """The decisions of every kind of case, the cases without one, and the names of what is no case."""
    entitlements: list[Entitlement] = []
    facts: list[AgencyFact] = []
    unread: list[str] = []
    for name in own.names():
        for case in () if name in _READ else own.each(name):
            granted = case.truth("avslaget") is not True
            decisions = [_entitlement(one, granted=granted) for one in case.each("beslut") if one]
            entitlements += decisions
            if not decisions and case.raw("startades"):
                facts.append(_applied(name, case))
            elif not decisions and case and name not in unread:
                unread.append(name)
    return entitlements, facts, unread


def _applied(name: str, case: Members) -> AgencyFact:
    words = {word: case.truth(word) for word in ("aktivt", "avslaget")}
    details = {word: "true" if said else "false" for word, said in words.items() if said is not None}
    first = day_of(case.text("startades"), case.at("startades"))
    return AgencyFact(kind=name, text=name, details=details, first=first)


def _entitlement(one: Members, *, granted: bool) -> Entitlement:
    benefit, gross = one.child("forman"), one.child("beslutatBruttobelopp")
    first, last = _span(one.child("period"), "fran", "till")
    return Entitlement(
        kind=benefit.needed_text("id"),
        text=benefit.text("beskrivning"),
        granted=granted,
        final=one.truth("definitivt"),
        decided_on=day_of(one.text("fattades"), one.at("fattades")),
        amount=_money(gross) if gross else None,
        per=one.child("periodicitet").text("beskrivning"),
        percent=_percent(one),
        first=first,
        last=last,
    )


def _pension_grants(one: Members) -> Iterator[Entitlement]:
    group = one.child("formansgrupp")
    granted = one.child("beslutsutfall").text("kod") != "AVSLAG"
    final = {"SLUTLIGT": True, "": None}.get(one.child("beslutsstatus").text("kod"), False)
    decided_on = day_of(one.text("beslutsdatum"), one.at("beslutsdatum"))
    granted_ones = list(one.each("beslutadErsattning"))
    if not granted_ones:
        yield Entitlement(
            kind=group.needed_text("kod"),
            text=group.text("beskrivning"),
            granted=granted,
            final=final,
            decided_on=decided_on,
        )
    for part in granted_ones:
        kind, decided = part.child("ersattningstyp") or group, part.child("beslutatBelopp")
        first, last = _span(part.child("period"), "from", "tom")
        yield Entitlement(
            kind=kind.needed_text("kod"),
            text=kind.text("beskrivning"),
            granted=granted,
            final=final,
            decided_on=decided_on,
            amount=amount_of(decided.number("belopp"), "SEK", decided.at("belopp")) if decided else None,
            per=decided.child("beloppsfrekvens").text("beskrivning"),
            first=first,
            last=last,
        )


def _money(one: Members) -> Money:
    return amount_of(one.number("summa"), one.needed_text("valuta"), one.at("summa"))


def _span(period: Members, first: str, last: str) -> tuple[date | None, date | None]:
    return (
        month_or_day(period.text(first), period.at(first)),
        month_or_day(period.text(last), period.at(last), last=True),
    )


def _percent(one: Members) -> Decimal | None:
    """``omfattning`` as a percentage; some kinds of case have a list of them, which says no one extent."""
    if not isinstance(one.raw("omfattning"), dict):
        return None
    part = one.child("omfattning")
    above, below = part.number("taljare"), part.number("namnare")
    if not 0 < below <= _HUNDRED**2 or not 0 <= above <= below:
        raise UnreadableError(part.place, "no part of a whole")
    return (Decimal(above) * _HUNDRED / Decimal(below)).quantize(Decimal("0.01"))
