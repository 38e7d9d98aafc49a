"""Cases and their journal notes: Import, Update and GetList, as public clients call them.

Rules this module keeps: GetList answers only what its ``caseGetOutput`` asks for, and a list that would be
empty is left out; a party's personal number is one that can be nobody's; a note whose base64 text has padding
comes out damaged, because a public client records that it does and pads its texts with spaces.
"""

import base64
import binascii
from collections.abc import Callable, Mapping
from typing import Any

from rpa_commons.sandbox._http import Request
from rpa_commons.sandbox._numbers import is_synthetic
from rpa_commons.sandbox._refusal import Refusal
from rpa_commons.validators import InvalidIdentifierError, dk

from ._body import Body
from ._store import Store
from ._words import SENSITIVITY, identity_of, page_of, unit_of

__all__ = ["Cases"]

_STATES = ("Opstaaet", "Oplyst", "Afgjort", "Bestilt", "Udfoert", "Afsluttet")
_ROLES = ("Primær", "Sekundær")
_IDENTIFICATIONS = ("CprNummer", "CvrNummer", "Frit", "PNummer", "EsrNummer", "BfeNummer")


class Cases:
    """The case part of the API."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def import_(self, request: Request) -> None:
        """``POST api/Case/Import``: a new case under the caller's UUID."""
        body = Body.of(request)
        transaction, uuid = body.uuid("common", "transactionId"), body.uuid("common", "uuid")
        case: dict[str, Any] = {
            "title": body.needed("caseAttributes", "title"),
            "case_date": body.moment("caseAttributes", "caseDate"),
            "description": body.text("caseAttributes", "description"),
            "kle": _kle(body.needed("caseClassification", "kleNumber", "code")),
            "facet": _facet(body.needed("caseClassification", "proceedingFacet", "code")),
            "state": body.chosen(_STATES, "state"),
            "sensitivity": body.chosen(SENSITIVITY, "sensitivity"),
            "parties": [_party(one) for one in body.items("caseParties")],
            "caseworker": identity_of(body),
            "security_unit": unit_of(body, "securityUnit"),
            "department": unit_of(body, "responsibleDepartment"),
        }
        if sum(party["role"] == "Primær" for party in case["parties"]) != 1:
            raise Refusal(400, "parties", "caseParties must hold exactly one party with the role Primær")
        self._store.create("case", uuid, lambda: {**case, **self._numbered()}, transaction)

    def update(self, request: Request) -> None:
        """``PATCH api/Case/Update``: a new state, new notes, or both."""
        body = Body.of(request)
        transaction, uuid = body.uuid("common", "transactionId"), body.uuid("common", "uuid")
        self._store.case(uuid)
        changes: dict[str, Any] = {}
        if body.find("state") is not None:
            changes["state"] = body.chosen(_STATES, "state")
        if body.text("caseAttributes", "title"):
            changes["title"] = body.text("caseAttributes", "title")
        notes = [(note.uuid("uuid"), _note(note)) for note in body.items("journalNotes")]
        if changes:
            self._store.change("case", uuid, changes, transaction)
        for note_uuid, note in notes:
            made = {**note, "case": uuid, "nova_created": self._store.moment}
            self._store.create("note", note_uuid, made.copy, transaction)

    def get_list(self, request: Request) -> dict[str, Any]:
        """``PUT api/Case/GetList``: the cases that fit every criterion, a page of them."""
        body = Body.of(request)
        body.uuid("common", "transactionId")
        fits = _criteria(body)
        page, told = page_of(body, [pair for pair in self._store.all("case") if fits(*pair)])
        wanted = body.inside("caseGetOutput")
        answer: dict[str, Any] = {"pagingInformation": told}
        if page:
            answer["cases"] = [self._shown(uuid, case, wanted) for uuid, case in page]
        return answer

    def _numbered(self) -> dict[str, str]:
        number = f"S{self._store.year}-{self._store.count('case') + 1:05}"
        return {"nova_number": number, "nova_created": self._store.moment}

    def _shown(self, uuid: str, case: Mapping[str, Any], wanted: Body) -> dict[str, Any]:
        notes = [(one, note) for one, note in self._store.all("note") if note["case"] == uuid]
        documents = [one for _, one in self._store.all("document") if one["case"] == uuid]
        active = "Afsluttet" if case["state"] == "Afsluttet" else "Aktiv"
        full: dict[str, Any] = {
            "caseAttributes": {
                "title": case["title"],
                "userFriendlyCaseNumber": case["nova_number"],
                "caseDate": case["case_date"],
                "description": case["description"],
            },
            "state": {"activeCode": active, "progressState": case["state"]},
            "caseClassification": {
                "kleNumber": {"code": case["kle"]},
                "proceedingFacet": {"code": case["facet"]},
            },
            "sensitivity": {"sensitivity": case["sensitivity"]},
            "numberOfDocuments": len(documents),
            "numberOfJournalNotes": len(notes),
            "numberOfSecondaryParties": sum(party["role"] == "Sekundær" for party in case["parties"]),
            "securityUnit": {"losIdentity": case["security_unit"]},
            "responsibleDepartment": {"losIdentity": case["department"]},
        }
        if case["caseworker"]:
            full["caseworker"] = {"kspIdentity": case["caseworker"]}
        shown = {"common": {"uuid": uuid}, **_projected(full, wanted)}
        if wanted.find("caseParty"):
            parties = [_party_shown(party) for party in case["parties"]]
            shown["caseParties"] = [_projected(party, wanted.inside("caseParty")) for party in parties]
        if wanted.find("journalNotes"):
            one_note = wanted.inside("journalNotes")
            listed = [_projected(_note_shown(note_uuid, note), one_note) for note_uuid, note in notes]
            shown["journalNotes"] = {"journalNotes": listed}
        return shown


def _criteria(body: Body) -> Callable[[str, Mapping[str, Any]], bool]:
    """Whether a case, by UUID, is one of those asked for.

    Raises:
        Refusal: 400 where a criterion is of another kind.
    """
    wanted = {
        "uuid": body.text("common", "uuid").lower(),
        "nova_number": body.text("caseAttributes", "userFriendlyCaseNumber"),
        "title": body.text("caseAttributes", "title"),
        "kle": body.text("caseClassification", "kleNumber", "code"),
    }
    party = {
        "identification": body.text("caseParty", "identification"),
        "type": body.text("caseParty", "identificationType"),
        "role": body.text("caseParty", "participantRole"),
    }
    states = [one.text("progressState") for one in body.inside("states").items("states")]

    def fits(uuid: str, case: Mapping[str, Any]) -> bool:
        if not _same(wanted, {**case, "uuid": uuid}) or (states and case["state"] not in states):
            return False
        return not party["identification"] or any(_same(party, one) for one in case["parties"])

    return fits


def _same(wanted: Mapping[str, str], has: Mapping[str, Any]) -> bool:
    """Whether every value that is wanted at all is there."""
    return all(value == has[name] for name, value in wanted.items() if value)


def _party(body: Body) -> dict[str, str]:
    kind = body.chosen(_IDENTIFICATIONS, "identificationType")
    number = body.needed("identification")
    if kind == "CprNummer" and not is_synthetic(number):
        # Ours: a sandbox folder must never hold a case on somebody who may exist.
        raise Refusal(400, "party-not-synthetic", "the sandbox takes synthetic and test numbers only")
    role = body.chosen(_ROLES, "participantRole")
    return {"role": role, "type": kind, "identification": number, "name": body.text("name")}


def _party_shown(party: Mapping[str, str]) -> dict[str, Any]:
    shown = {
        "index": f"{party['type']}-{party['role']}",
        "identificationType": party["type"],
        "identification": party["identification"],
        "participantRole": party["role"],
    }
    return {**shown, "name": party["name"]} if party["name"] else shown


def _note(body: Body) -> dict[str, Any]:
    attributes = body.inside("journalNoteAttributes")
    encoded = attributes.needed("note")
    try:
        raw = base64.b64decode(encoded, validate=True)
    except (binascii.Error, ValueError):
        raise Refusal(400, "note", "journalNoteAttributes.note must be base64") from None
    # Recorded: padding corrupts the text, and letters beyond ASCII had to be replaced. How either comes out
    # is not recorded; here the last group is lost, and every foreign byte is a question mark.
    kept = raw[:-3] if encoded.endswith("=") else raw
    text = bytes(one if one < 128 else ord("?") for one in kept).decode()  # noqa: PLR2004 - ASCII
    return {
        "title": attributes.needed("title"),
        "format": attributes.chosen(("Text",), "format"),
        "note_date": attributes.moment("journalNoteDate"),
        "text": text,
        "approved": body.find("approved") is True,
    }


def _note_shown(uuid: str, note: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "uuid": uuid,
        "approved": note["approved"],
        "journalNoteAttributes": {
            "title": note["title"],
            "format": note["format"],
            "note": base64.b64encode(note["text"].encode()).decode(),
            "journalNoteDate": note["note_date"],
            "createdTime": note["nova_created"],
        },
    }


def _projected(full: Mapping[str, Any], wanted: Body) -> dict[str, Any]:
    """Of ``full`` what is asked for by ``True`` or by an object of such."""
    shown = {}
    for name, value in full.items():
        asked = wanted.find(name)
        if asked is True:
            shown[name] = value
        elif isinstance(asked, dict) and isinstance(value, dict):
            shown[name] = _projected(value, Body(asked))
    return shown


def _kle(text: str) -> str:
    try:
        return dk.KleNumber.parse(text)
    except InvalidIdentifierError:
        raise Refusal(400, "kle", "kleNumber.code is no KLE number") from None


def _facet(text: str) -> str:
    try:
        return dk.KleFacet.parse(text)
    except InvalidIdentifierError:
        raise Refusal(400, "kle", "proceedingFacet.code is no KLE facet") from None
