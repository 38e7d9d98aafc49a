"""What is no benefit but counts: Skatteverket's capital, Transportstyrelsen's vehicles, permits. Pure.

What the schemas leave open is decided here, and each decision has a test:

* Skatteverket's document (SFS 2008:975) has no schema in SSBTEK's contract. Read are the groups of leaves
  below a ``Personuppgift``, by their own names; a number in ``Kapitaluppgift`` is an amount in kronor. A
  group that is deeper than that is ``missing``. The codes of ``StatusPersonuppgiftKod`` are not public:
  without any group, the code is ``missing``, unless the municipality has set it as "nothing here";
* Transportstyrelsen says ``FEL`` with codes where it could not look: ``unavailable``;
* Migrationsverket answers without a ``response``, or with an empty list, where it has nothing.
"""

import re
from collections.abc import Collection, Iterator

from rpa_commons.capabilities import AgencyData, AgencyFact
from rpa_commons.validators.xml import InvalidXmlError, safe_xml

from ._lefi import NotAvailableError
from ._node import Node, UnreadableError, amount_of
from ._words import TNS, clean

__all__ = ["read_miv", "read_skv", "read_tns"]

_SKV_ROOT = "SvarBeskattningsuppgifterEnligtSFS2008-975"
_SKV_NAMESPACE = "http://xmls.skatteverket.se/se/skatteverket/zg/instans/standardiseradInformation/1.0"
_CAPITAL = "Kapitaluppgift"
_YEAR = "Taxeringsar"
_YEAR_DIGITS = 4
_NUMBER = re.compile(r"-?[0-9]+([.][0-9]+)?", re.ASCII)
_VEHICLE = ("regnr", "fabrikat", "fordonsar", "fordonsslag", "handelsbeteckning")
_PERMIT = (
    "anledning",
    "anledningNamn",
    "ansokningsdatum",
    "arendeTyp",
    "arendeTypNamn",
    "beslutsKod",
    "beslutsKodNamn",
    "beslutsTyp",
    "beslutsTypNamn",
    "beslutsdatum",
    "giltighetstid",
)


def read_skv(data: Node, person: str, nothing: Collection[str]) -> AgencyData:
    """What Skatteverket said, in ``SKV/data``: a document in a text.

    Args:
        data: The part.
        person: Twelve digits.
        nothing: Codes of ``StatusPersonuppgiftKod`` by which Skatteverket says that it has nothing.

    Raises:
        UnreadableError: it is not the document that the law describes.
    """
    try:
        document = safe_xml(data.within("").needed_text("svar").encode())
    except InvalidXmlError as error:
        raise UnreadableError("SKV/data/svar", str(error)) from None
    if document.tag != f"{{{_SKV_NAMESPACE}}}{_SKV_ROOT}":
        raise UnreadableError("SKV/data/svar", f"no {_SKV_ROOT}")
    facts: list[AgencyFact] = []
    missing: list[str] = []
    for one in Node(document, "*").needed("PersonuppgiftLista").children("Personuppgift"):
        if one.needed_text("IdentitetsbeteckningFysiskPerson") != person:
            raise UnreadableError("Personuppgift", "is about another person than was asked for")
        groups = [child for child in one.all_children() if not child.leaf]
        for group in groups:
            if any(not leaf.leaf for leaf in group.all_children()):
                missing.append(f"{clean(group.name)} was not read: it is deeper than is known")
            else:
                facts += _capital(group) if group.name == _CAPITAL else [_group(group)]
        status = one.text("StatusPersonuppgiftKod")
        if not groups and status not in nothing:
            missing.append(f"nothing is told, and the status ({clean(status) or 'none'}) does not say why")
    return AgencyData(facts=tuple(facts), missing=tuple(missing))


def _capital(group: Node) -> Iterator[AgencyFact]:
    year = group.text(_YEAR)
    if year and not (len(year) == _YEAR_DIGITS and year.isascii() and year.isdecimal() and year > "0000"):
        raise UnreadableError(f"{_CAPITAL}/{_YEAR}", "no year")
    leaves = [leaf for leaf in group.all_children() if leaf.name != _YEAR]
    words = {leaf.name: leaf.text() for leaf in leaves if not _NUMBER.fullmatch(leaf.text())}
    details = {_YEAR: year, **words} if year else words
    for leaf in leaves:
        place = f"{_CAPITAL}/{leaf.name}"
        if leaf.name not in words:
            amount = amount_of(leaf.text(), "SEK", place)
            yield AgencyFact(kind=place, text=leaf.name, amount=amount, details=details)
    if len(words) == len(leaves):
        yield AgencyFact(kind=_CAPITAL, text=_CAPITAL, details=details)


def _group(group: Node) -> AgencyFact:
    return AgencyFact(
        kind=group.name, text=group.name, details={leaf.name: leaf.text() for leaf in group.all_children()}
    )


def read_tns(data: Node) -> AgencyData:
    """What Transportstyrelsen said, in ``TNS/data``. It names no person.

    Raises:
        UnreadableError: it is not what the schema says.
        NotAvailableError: it could not look.
    """
    answer = data.within(TNS)
    result = answer.needed_text("resultat")
    if result == "FEL":
        said = [
            f"{clean(one.text('felkod'))} {clean(one.text('feltext'))}".strip()
            for one in answer.children("felresultat")
        ]
        raise NotAvailableError("; ".join(said) or "FEL without a code")
    if result != "OK":
        raise UnreadableError("TNS/data/resultat", "neither OK nor FEL")
    vehicles = answer.within("*").child("fordonsinnehav").children("fordon")
    return AgencyData(facts=tuple(_vehicle(one) for one in vehicles))


def _vehicle(one: Node) -> AgencyFact:
    details = {name: one.needed_text(name) for name in _VEHICLE}
    words = (details["fabrikat"], details["handelsbeteckning"], details["fordonsar"])
    return AgencyFact(kind=details["fordonsslag"], text=" ".join(words), details=details)


def read_miv(data: Node, person: str) -> AgencyData:
    """What Migrationsverket said, in ``MIV/data``.

    Raises:
        UnreadableError: it is not what the schema says.
    """
    answer = data.within("").child("response")
    if not answer:
        return AgencyData()
    about = answer.text("personnummer")
    if about and about != person:
        raise UnreadableError("MIV/data/response", "is about another person than was asked for")
    facts = [_permit(one) for one in answer.child("svarCollection").children("svar") if one]
    entered = answer.day("inresedatum")
    if entered is not None:
        facts.append(AgencyFact(kind="inresedatum", text="inresedatum", first=entered))
    return AgencyData(facts=tuple(facts))


def _permit(one: Node) -> AgencyFact:
    details = {name: text for name in _PERMIT if (text := one.text(name))}
    kind = one.text("beslutsTyp") or one.text("arendeTyp") or "svar"
    text = one.text("beslutsTypNamn") or one.text("arendeTypNamn")
    return AgencyFact(
        kind=kind, text=text, details=details, first=one.day("fromDatum"), last=one.day("tomDatum")
    )
