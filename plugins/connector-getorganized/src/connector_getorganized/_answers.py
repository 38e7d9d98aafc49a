"""What GetOrganized answered, as the capability's models."""

from collections.abc import Mapping

from rpa_commons.capabilities import Case, Document, Party, PartyKind

from ._fields import FACET, KLE, day_of, part_of
from ._payloads import CONTACT_NUMBER, DIRECTION, plain_name
from ._settings import GetOrganizedSettings

__all__ = ["case_of", "document_of", "parties_of"]

_KINDS: tuple[PartyKind, ...] = ("person", "organisation", "unit")
_DIRECTIONS = {theirs: ours for ours, theirs in DIRECTION.items()}


def case_of(case: str, fields: Mapping[str, str], settings: GetOrganizedSettings) -> Case:
    """A case out of its metadata.

    Raises:
        ValueError: it is another case's, or a date in it is none.
    """
    if fields.get("ows_CaseID", case) != case:
        raise ValueError("the metadata is of another case")
    state = fields.get("ows_CaseStatus", "")
    units = {value: word for word, value in settings.units.items()}
    people = {value: word for word, value in settings.people.items()}
    unit, person = fields.get("ows_Afdeling", ""), fields.get("ows_CaseOwner", "")
    return Case(
        id=case,
        number=case,
        title=fields.get("ows_Title", ""),
        status="closed" if state in settings.closed_statuses else "open",
        state=state,
        kle=part_of(fields.get("ows_KLENummer", ""), KLE),
        facet=part_of(fields.get("ows_Facet", ""), FACET),
        opened_on=day_of(fields.get("ows_Modtaget")),
        unit=units.get(unit, _name_in(unit)),
        person=people.get(person, _name_in(person)),
        parties=parties_of(fields),
    )


def parties_of(fields: Mapping[str, str]) -> tuple[Party, ...]:
    """The party in ``ows_CCMContactData``: ``name;#ID;#CPR;#CVR;#P-number``."""
    parts = [*fields.get("ows_CCMContactData", "").split(";#"), "", "", "", "", ""][:5]
    numbers = [(kind, part.strip()) for kind, part in zip(_KINDS, parts[2:], strict=True)]
    if not numbers[0][1]:
        numbers[0] = ("person", fields.get(CONTACT_NUMBER, "").strip())
    return tuple(Party(kind=kind, id=number, name=parts[0]) for kind, number in numbers if number)[:1]


def document_of(document: int, name: str, fields: Mapping[str, str]) -> Document:
    """A document out of its metadata.

    Raises:
        ValueError: a date in it is none.
    """
    return Document(
        id=str(document),
        title=fields.get("ows_Title", ""),
        file_name=plain_name(name),
        direction=_DIRECTIONS.get(fields.get("ows_Korrespondance", "")),
        dated=day_of(fields.get("ows_Dato")),
        final=fields.get("ows_Finalized") == "1",
    )


def _name_in(text: str) -> str:
    """The name in a lookup field such as ``916;#Backoffice``."""
    return text.rpartition(";#")[2]
