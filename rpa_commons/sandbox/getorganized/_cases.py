"""Cases, and the contacts that they are about."""

from typing import Any, TypeGuard
from urllib.parse import parse_qsl
from xml.sax.saxutils import quoteattr

from rpa_commons.sandbox._http import Request
from rpa_commons.sandbox._json import json_object
from rpa_commons.sandbox._model import Population
from rpa_commons.sandbox._numbers import is_synthetic
from rpa_commons.sandbox._refusal import Refusal

from ._fields import read_row, row
from ._store import Store

__all__ = ["Cases", "needed"]

PREFIXES = ("BOR", "EMN", "PPR", "AKT", "ELM", "PER", "GEO", "SAM", "MOD")
_OPEN, _CLOSED = "Åben", "Lukket"
_FIRST_CONTACT = 4711
_DEFAULT_CASES = 25
_LONGEST_NUMBER = 10  # digits; a longer one counts nothing


class Cases:
    """``/_goapi/Cases`` and ``/_goapi/contacts``."""

    def __init__(self, store: Store, people: Population) -> None:
        self._store = store
        self._people = people

    def create(self, request: Request) -> dict[str, Any]:
        """``POST /_goapi/Cases``: a new case; another one each time."""
        body = json_object(request)
        prefix = needed(body, "CaseTypePrefix")
        if prefix not in PREFIXES:
            raise Refusal(400, "prefix", f"CaseTypePrefix must be one of {', '.join(PREFIXES)}")
        fields = read_row(needed(body, "MetadataXml"))
        numbers = _numbers_of(fields)
        if not all(map(is_synthetic, numbers)):
            # Ours: a sandbox folder must never hold a case on somebody who may exist.
            raise Refusal(400, "not-synthetic", "the sandbox takes synthetic and test numbers only")
        status = {"ows_CaseStatus": fields.get("ows_CaseStatus", _OPEN)}
        contact = {"ows_CCMContactData_CPR": numbers[0]} if numbers else {}
        case = self._store.open_case(prefix, {**fields, **status, **contact})
        return {"CaseID": case["id"], "CaseRelativeUrl": case["url"]}

    def find_by_properties(self, request: Request) -> dict[str, Any]:
        """``POST /_goapi/Cases/FindByCaseProperties``: cases whose fields are, or contain, what is given."""
        body = json_object(request)
        wanted = body.get("FieldProperties")
        prefixes = body.get("CaseTypePrefixes")
        if not isinstance(wanted, list) or not isinstance(prefixes, list) or not prefixes:
            raise Refusal(400, "query", "FieldProperties and CaseTypePrefixes must be lists")
        if body.get("LogicalOperator", "AND") != "AND":
            raise Refusal(400, "query", "only the LogicalOperator AND is recorded")
        criteria = [_criterion(one) for one in wanted]
        found = [
            case
            for case in self._store.cases()
            if case["prefix"] in prefixes and all(_fits(case, *one) for one in criteria)
        ]
        return {"CasesInfo": [_info(case) for case in found[: _most(body)]]}

    def find(self, request: Request) -> dict[str, Any]:
        """``POST /_goapi/Cases/FindCases``: CaseID and name of cases whose CaseID fits ``AKT-*``."""
        body = json_object(request)
        pattern, start, count = (
            needed(body, "CaseIdFilter"),
            body.get("StartItemIndex"),
            body.get("ItemCount"),
        )
        if not _is_count(start) or not _is_count(count) or not pattern.endswith("*"):
            raise Refusal(400, "query", "CaseIdFilter, StartItemIndex and ItemCount are needed")
        found = [case for case in self._store.cases() if case["id"].startswith(pattern[:-1])]
        listed = "".join(
            f"<Case CaseID={quoteattr(case['id'])} Name={quoteattr(case['fields'].get('ows_Title', ''))} />"
            for case in found[start : start + count]
        )
        return {"ResultsXml": f'<Cases><ServiceStatus Status="Success" />{listed}</Cases>'}

    def metadata(self, case_id: str) -> dict[str, Any]:
        """``GET /_goapi/Cases/Metadata/{CaseID}``: every field of a case."""
        case = self._store.case(case_id)
        own = {"ows_CaseID": case["id"], "ows_CaseUrl": case["url"].removeprefix("/")}
        return {"Metadata": row({**case["fields"], **own})}

    def close(self, request: Request) -> dict[str, Any]:
        """``POST /_goapi/Cases/CloseCase``."""
        return self._set_status(request, _CLOSED)

    def reopen(self, request: Request) -> dict[str, Any]:
        """``POST /_goapi/Cases/OpenCase``: opens a case that was closed."""
        return self._set_status(request, _OPEN)

    def contact(self, request: Request) -> dict[str, Any]:
        """``POST /{site}/_goapi/contacts/readitem``: name and id of somebody, by number."""
        if request.media_type != "application/x-www-form-urlencoded":
            raise Refusal(415, "content-type", "the form must be application/x-www-form-urlencoded")
        form = dict(parse_qsl(request.body.decode("utf-8", "replace")))
        if form.get("ContactDataFieldName") != "CCMContactData":
            raise Refusal(400, "contact", "ContactDataFieldName must be CCMContactData")
        person = self._people.get(form.get("Id", ""))
        if person is None:
            return {}
        order = {one.cpr: place for place, one in enumerate(self._people)}
        return {"FullName": person.name, "ID": _FIRST_CONTACT + order[person.cpr]}

    def _set_status(self, request: Request, status: str) -> dict[str, Any]:
        case = self._store.case(needed(json_object(request), "CaseId"))
        self._store.change_case(case["id"], ows_CaseStatus=status)
        return {}


def needed(body: dict[str, Any], name: str) -> str:
    """A text of the body.

    Raises:
        Refusal: 400 where it is missing.
    """
    text = body.get(name)
    if not isinstance(text, str) or not text:
        raise Refusal(400, "missing", f"{name} is missing")
    return text


def _most(body: dict[str, Any]) -> int:
    """How many cases are wanted; recorded calls send a number, some as a text."""
    given = str(body.get("ReturnCasesNumber", _DEFAULT_CASES))
    if not (given.isascii() and given.isdecimal() and len(given) < _LONGEST_NUMBER):
        raise Refusal(400, "query", "ReturnCasesNumber must be a number")
    return int(given)


def _is_count(value: object) -> TypeGuard[int]:
    return type(value) is int and value >= 0


def _criterion(one: object) -> tuple[str, str, bool]:
    """Field, value, and whether it is enough that the field contains it."""
    inside = one if isinstance(one, dict) else {}
    comparison = inside.get("ComparisonType", "Equal")
    if comparison not in ("Equal", "Equals", "Contains"):
        raise Refusal(400, "query", "ComparisonType must be Equal or Contains")
    return needed(inside, "InternalName"), needed(inside, "Value"), comparison == "Contains"


def _fits(case: dict[str, Any], name: str, value: str, part: bool) -> bool:  # noqa: FBT001 - a criterion
    # Recorded calls ask for ows_CaseID as ows_CaseId, too.
    has = case["id"] if name.lower() == "ows_caseid" else case["fields"].get(name, "")
    return value in has if part else value == has


def _info(case: dict[str, Any]) -> dict[str, Any]:
    return {"CaseID": case["id"], "RelativeUrl": case["url"], "ItemExists": True}


def _numbers_of(fields: dict[str, str]) -> list[str]:
    """The personal numbers: the field for it, and the third of ``name;#ID;#CPR;#CVR;#P-number``."""
    third = fields.get("ows_CCMContactData", "").split(";#")[2:3]
    return [number for number in (fields.get("ows_CCMContactData_CPR", ""), *third) if number]
