"""What SF1520 says about a person, in the elements and the order of its contract.

A date and time of the contract may carry an offset or not, and which the real service sends is not public:
the sandbox sends both, by turns of the day of the month, so that a caller gets along with either.
"""

from collections.abc import Mapping
from datetime import date, datetime

from lxml import etree

from ._model import Person, Population, Residence, Status

__all__ = ["TNS", "person_lookup_response"]

TNS = "http://serviceplatformen.dk/xml/wsdl/soap11/CPR/PersonBaseDataExtended/4/"


def person_lookup_response(
    person: Person, population: Population, cvrs: Mapping[str, str], asked_at: datetime
) -> "etree._Element":
    """``PersonLookupResponse`` for one person.

    Args:
        person: Whom was asked about.
        population: Everybody, for the relations.
        cvrs: Municipality code -> CVR number, where known.
        asked_at: From when on a protection counts.
    """
    root = etree.Element(f"{{{TNS}}}PersonLookupResponse", nsmap={"cpr": TNS})
    _personal(_add(root, "persondata"), person, population, asked_at.date())
    _addresses(_add(root, "adresse"), person, cvrs)
    _relations(_add(root, "relationer"), person)
    return root


def _personal(data: "etree._Element", person: Person, population: Population, day: date) -> None:
    _add(data, "personnummer", person.cpr)
    if person.current_number:
        _add(data, "gaeldendePersonnummer", person.current_number)
    name = _add(data, "navn")
    _add(name, "personadresseringsnavn", person.name)
    _add(name, "fornavn", person.given)
    if person.family:
        _add(name, "efternavn", person.family)
    _add(_add(data, "foedselsdato"), "dato", person.birth_date.isoformat())
    _add(data, "alder", str(population.age(person)))
    _add(data, "koen", person.sex)
    _add(data, "antalBoernUnder18", str(population.children_under_18(person)))
    status = _add(data, "status")
    _add(status, "status", str(int(person.status)))
    if person.status_date:
        _moment(status, "statusdato", person.status_date)
    _add(_add(data, "civilstand"), "civilstand", "G" if person.spouse else "U")
    if person.status is Status.DISAPPEARED and person.status_date:
        _moment(data, "forsvindingsdato", person.status_date)
    protection = _add(data, "adressebeskyttelse")
    if person.protected_since:
        _add(protection, "startdato", person.protected_since.isoformat())
    in_force = person.protected_since is not None and person.protected_since <= day
    _add(protection, "beskyttet", str(in_force).lower())
    registered = str(person.digital_post).lower()
    _add(data, "tilmeldtNemsms", registered)
    _add(data, "tilmeldtDigitalpost", registered)


def _addresses(data: "etree._Element", person: Person, cvrs: Mapping[str, str]) -> None:
    if person.address:
        now = _add(data, "aktuelAdresse")
        _place(now, person.address, cvrs)
        _add(now, "standardadresse", person.address.line)
        _add(now, "adresseringsnavn", person.name)
        _add(now, "vejadresseringsnavn", person.address.street)
        if person.address.moved_in:
            _moment(now, "tilflytningsdato", person.address.moved_in)
    if person.status is Status.EMIGRATED and person.status_date:
        gone = _add(data, "udrejseoplysninger")
        _moment(gone, "udrejsedato", person.status_date)
        _add(gone, "udlandsadresse1", "Storgatan 1")
        _add(gone, "udlandsadresse2", "SE-211 20 Malmö")
    for earlier in person.history:
        row = _add(data, "adresseHistorik")
        _place(row, earlier, cvrs)
        if earlier.moved_in:
            _moment(row, "tilflytningsdato", earlier.moved_in)
        if earlier.moved_out:
            _moment(row, "fraflytningsdato", earlier.moved_out)


def _place(row: "etree._Element", at: Residence, cvrs: Mapping[str, str]) -> None:
    """The elements that a current and a former address share, in their order."""
    values = {
        "kommuneCvr": cvrs.get(at.municipality, ""),
        "kommunekode": str(int(at.municipality)),  # an integer in the contract: 265 for "0265"
        "vejkode": str(at.street_code),
        "husnummer": at.house,
        "etage": at.floor,
        "sidedoer": at.door,
        "conavn": at.co_name,
        "lokalitet": at.locality,
        "postnummer": at.postal_code,
        "postdistrikt": at.city,
        "vejnavn": at.street,
    }
    for name, value in values.items():
        if value:
            _add(row, name, value)


def _relations(data: "etree._Element", person: Person) -> None:
    if person.spouse:
        _add(_add(data, "aegtefaelle"), "personnummer", person.spouse)
    for child in person.children:
        _add(_add(data, "barn"), "personnummer", child)
    for role, parent in zip(("mor", "far"), person.parents, strict=False):  # codespell:ignore mor
        _add(_add(data, role), "personnummer", parent)


def _moment(parent: "etree._Element", name: str, day: date) -> None:
    offset = "+01:00" if day.day % 2 else ""
    _add(_add(parent, name), "dato", f"{day.isoformat()}T00:00:00{offset}")


def _add(parent: "etree._Element", name: str, text: str | None = None) -> "etree._Element":
    element = etree.SubElement(parent, f"{{{TNS}}}{name}")
    element.text = text
    return element
