"""Försäkringskassan's and Pensionsmyndigheten's part: LEFI's JSON, version 9. Pure.

Source: OpenAPI description *LEFI extern: Förmånsinformation* 9.0.0 (Försäkringskassan, Apache 2.0): which
question is refused with 400 or 403, and what is told as a deviation instead.
"""

import json
import re
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from ._town import FK_ACTOR, FK_GROUPS, Paid, Resident

__all__ = ["LefiError", "lefi_answer"]

_NUMBER = re.compile(r"([0-9]{2})?[0-9]{10}", re.ASCII)
_GROUP = re.compile(r"(FK|PM):[A-Z]{2,8}", re.ASCII)
_LISTS = (
    "formansinformation",
    "ansprak",
    "beslut",
    "preliminaraUtbetalningar",
    "utbetalningar",
    "ovrigInformation",
)
_LONGEST_DAYS = 731  # two years, one of them a leap year
_OTHER = {"FK:GEPI"}
_DONE: Mapping[bool, str] = {True: "utbetalningar", False: "preliminaraUtbetalningar"}


class LefiError(Exception):
    """The service turns the question down.

    Attributes:
        status: The HTTP status that LEFI would answer.
        text: Why.
    """

    def __init__(self, status: int, text: str) -> None:
        super().__init__(text)
        self.status = status
        self.text = text


def lefi_answer(question: bytes, actor: str, number: str, person: Resident | None) -> bytes:
    """The answer to a question.

    Args:
        question: JSON.
        actor: ``aktorsid``.
        number: The number asked about outside the JSON; inside it must be the same.
        person: Who has it, or ``None``.

    Raises:
        LefiError: the question is refused.
    """
    asked, first, last = _read(question, number)
    if actor != FK_ACTOR:
        raise LefiError(403, "the actor is not known, or may not be represented")
    groups = {name: [code for code in asked.get(name, ()) if _known(code)] for name in _LISTS}
    answer: dict[str, Any] = {
        "utlamnare": _givers(asked, person),
        "avvikelser": _deviations(asked),
    }
    own: dict[str, Any] = {}
    if person is not None and person.away.get("fk") != "down":
        _own(own, groups, person, (first, last))
        _pensions(answer, groups, person, (first, last))
    if own:
        answer["formansinformation"] = own
    return json.dumps(answer, ensure_ascii=False).encode()


def _read(question: bytes, number: str) -> tuple[dict[str, list[str]], date, date]:
    try:
        asked = json.loads(question)
        given, period = asked["personnummer"], asked["period"]
        first, last = date.fromisoformat(period["from"]), date.fromisoformat(period["tom"])
        listed = {name: asked.get(name, []) for name in _LISTS}
        codes = [code for codes in listed.values() for code in codes]
        well = _NUMBER.fullmatch(given) and all(_GROUP.fullmatch(code) for code in codes)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise LefiError(400, "the question is not as the interface describes it") from None
    if not well or number[-len(given) :] != given:
        raise LefiError(400, "the question is not as the interface describes it")
    if last < first or (last - first).days > _LONGEST_DAYS:
        raise LefiError(400, "the period is none, or longer than two years")
    if not codes:
        raise LefiError(400, "no group of benefits and no other information is asked for")
    return listed, first, last


def _known(code: str) -> bool:
    return code in FK_GROUPS or code in _OTHER


def _givers(asked: Mapping[str, list[str]], person: Resident | None) -> list[dict[str, Any]]:
    authorities = {code[:2] for codes in asked.values() for code in codes}
    down = person is not None and person.away.get("fk") == "down"
    givers = []
    for code, name in (("FK", "Försäkringskassan"), ("PM", "Pensionsmyndigheten")):
        if code in authorities:
            state = ("OTILLGANGLIG", "Otillgänglig") if code == "FK" and down else ("OK", "Tillgänglig")
            givers.append(
                {
                    "utlamnare": {"kod": code, "namn": name},
                    "tillstand": {"kod": state[0], "beskrivning": state[1]},
                }
            )
    return givers


def _deviations(asked: Mapping[str, list[str]]) -> dict[str, Any]:
    why = {"kod": "OBEHORIG", "beskrivning": "Obehörig"}
    found: dict[str, Any] = {}
    for name, codes in asked.items():
        about = "ovrigInformationstyp" if name == "ovrigInformation" else "formansgrupp"
        refused = [
            {"avvikelse": why, about: {"kod": code, "beskrivning": code}}
            for code in codes
            if not _known(code)
        ]
        if refused:
            found[name] = refused
    return found


def _own(
    own: dict[str, Any], groups: Mapping[str, list[str]], person: Resident, span: tuple[date, date]
) -> None:
    for done, name in ((True, "utbetalningsuppgift"), (False, "preliminarautbetalningar")):
        told = [
            _payment(one)
            for one in _within(person.benefits, span)
            if one.done is done and one.kind in groups[_DONE[done]]
        ]
        if told:
            own[name] = told
    sick = [one for one in person.benefits if one.kind == "FK:SJP"]
    if sick and "FK:SJP" in groups["formansinformation"]:
        own["sjukpenningarende"] = [_sickness(sick)]
    if "FK:GEPI" in groups["ovrigInformation"]:
        own["generellPersoninformation"] = [{"personnummer": person.number, "skyddad": person.protected}]


def _sickness(sick: list[Paid]) -> dict[str, Any]:
    decision = {
        "fattades": sick[0].first.isoformat(),
        "definitivt": True,
        "forman": {"id": "SJP", "beskrivning": "Sjukpenning"},
        "period": {"fran": sick[0].first.isoformat(), "till": sick[-1].last.isoformat()},
        "omfattning": {"taljare": 1, "namnare": 2},
    }
    return {"startades": sick[0].first.isoformat(), "aktivt": True, "beslut": [decision]}


def _payment(one: Paid) -> dict[str, Any]:
    tax = one.gross - one.net
    return {
        "typ": {"id": 1, "beskrivning": "Månad"},
        "foretag": {"id": 1001, "beskrivning": "Försäkringskassan"},
        "formansfamilj": {"id": one.kind.removeprefix("FK:"), "beskrivning": FK_GROUPS[one.kind]},
        "datum": one.on.isoformat(),
        "period": {"fran": one.first.isoformat(), "till": one.last.isoformat()},
        "bruttobelopp": _money(one.gross),
        "skattebelopp": _money(tax),
        "avdragsbelopp": _money(tax),
        "nettobelopp": _money(one.net),
    }


def _pensions(
    answer: dict[str, Any], groups: Mapping[str, list[str]], person: Resident, span: tuple[date, date]
) -> None:
    for done, name in _DONE.items():
        told = [
            {
                "utbetalningsdatum": one.on.isoformat(),
                "utbetalningsperiod": {"from": one.first.isoformat(), "tom": one.last.isoformat()},
                "bruttobelopp": one.gross,
                "nettobelopp": one.net,
                "utbetalningsrader": [
                    {
                        "formansgrupp": {"kod": one.kind, "beskrivning": FK_GROUPS[one.kind]},
                        "belopp": one.gross,
                    }
                ],
            }
            for one in _within(person.pensions, span)
            if one.done is done and one.kind in groups[name]
        ]
        if told:
            answer[name] = told


def _within(payments: Iterable[Paid], span: tuple[date, date]) -> Iterable[Paid]:
    return (one for one in payments if span[0] <= one.on <= span[1])


def _money(kronor: int) -> dict[str, Any]:
    return {"summa": float(kronor), "valuta": "SEK"}
