"""What is sent to GetOrganized out of the capability's models and the settings, and how a file is named."""

import re
from collections.abc import Mapping
from datetime import date
from types import MappingProxyType

from rpa_commons.capabilities import BusinessError, Direction, NewCase, NewDocument, Party, safe_file_name
from rpa_commons.validators import InvalidIdentifierError, dk

from ._fields import day_text
from ._settings import GetOrganizedSettings

__all__ = ["CONTACT_NUMBER", "DIRECTION", "OPEN", "Payloads", "mark_of", "marked_name", "plain_name"]

OPEN = "Åben"
CONTACT_NUMBER = "ows_CCMContactData_CPR"
DIRECTION: Mapping[Direction, str] = MappingProxyType(
    {"incoming": "Indgående", "outgoing": "Udgående", "internal": "Intern"}
)
_OURS = "rpa-commons"
_MARK = re.compile(r" \(rpac-[0-9a-f]{12}\)(?=\.[^.]*$|$)")
_LONGEST_NAME = 120  # characters; SharePoint Server before 2019 takes 128
_NAME_BYTES = 200  # of a safe file name: a longer one would be cut when it is read, in our mark
_EXTENSION = 16  # characters, as for a safe file name: what is longer is part of the name


class Payloads:
    """Makes fields; refuses what GetOrganized is not known to take, without asking it."""

    def __init__(self, system: str, settings: GetOrganizedSettings) -> None:
        self._system = system
        self._settings = settings

    def case(self, case: NewCase, entity: str, today: date) -> dict[str, str]:
        """Fields of a new case; ``entity`` is our key.

        Raises:
            BusinessError: it has what no public client knows how to say.
        """
        settings = self._settings
        if case.confidentiality != "confidential":
            raise self._refused(
                "no public client says how confidential a case is",
                "leave confidentiality as it is; who may see a case follows from its type",
            )
        return {
            "ows_Title": case.title,
            "ows_CaseStatus": OPEN,
            "ows_CaseCategory": settings.category,
            "ows_KLENummer": self._looked_up(case.kle, settings.kle, "kle"),
            "ows_Facet": self._looked_up(case.facet, settings.facets, "facets"),
            "ows_Afdeling": self._word(case.unit or settings.unit, settings.units, "units"),
            "ows_CaseOwner": self._word(case.person or settings.person, settings.people, "people"),
            "ows_Modtaget": day_text(case.opened_on or today),
            **self._contact(case),
            settings.key_field: entity,
            "ows_EksterntSystemID": _OURS,
        }

    def document(self, document: NewDocument, today: date) -> dict[str, str]:
        """Fields of a new document.

        Raises:
            BusinessError: it has what no public client knows how to say, or is too large.
        """
        if document.confidentiality is not None or document.description:
            raise self._refused(
                "no public client gives a document a description or says how confidential it is",
                "leave both out; put what must be known into the title",
            )
        if len(document.content) > self._settings.largest_file:
            raise self._refused(
                f"the document is over {self._settings.largest_file} bytes",
                "file it by hand, or raise largest_file after a test",
            )
        return {
            "ows_Title": document.title,
            "ows_Dato": day_text(document.dated or today),
            "ows_Korrespondance": DIRECTION[document.direction],
        }

    def number_of(self, party: Party) -> str:
        """The personal number by which a party is looked for.

        Raises:
            BusinessError: the party is no person, or the number is none.
        """
        if party.kind != "person":
            raise self._refused(
                "no public client looks for parties other than persons", "ask by number or title"
            )
        try:
            return str(dk.Cpr.parse(party.id))
        except InvalidIdentifierError as error:
            problem = str(error)
        raise self._refused(f"a party is {problem}", "check the source of the work item")

    def _contact(self, case: NewCase) -> dict[str, str]:
        if len(case.parties) > 1 or any(party.role != "primary" for party in case.parties):
            raise self._refused(
                "no public client gives a case more than one party", "let the bot name the primary party only"
            )
        if not case.parties:
            return {}
        number = self.number_of(case.parties[0])
        name = case.parties[0].name.replace(";#", " ")
        return {"ows_CCMContactData": f"{name};#;#{number};#;#", CONTACT_NUMBER: number}

    def _looked_up(self, code: str, table: Mapping[str, str], setting: str) -> str:
        if not code or not table:
            return code
        return self._word(code, table, setting)

    def _word(self, word: str, table: Mapping[str, str], setting: str) -> str:
        if not word:
            return ""
        if word not in table:
            raise self._refused(
                f"what the case names is not in {setting}", f"add it to {setting} in stack.toml"
            )
        return table[word]

    def _refused(self, problem: str, remedy: str) -> BusinessError:
        return BusinessError(f"{self._system}: {problem}", remedy=remedy)


def mark_of(entity: str) -> str:
    """What stands in a file's name for our key."""
    return f"(rpac-{entity.replace('-', '')[:12]})"


def marked_name(name: str, entity: str) -> str:
    """The name under which a document is filed: with twelve digits of our key, so that it is found again."""
    safe = safe_file_name(name)
    stem, dot, extension = safe.rpartition(".")
    if not dot or len(extension) > _EXTENSION:
        stem, dot, extension = safe, "", ""
    tail = f" {mark_of(entity)}{dot}{extension}"
    cut = stem[: _LONGEST_NAME - len(tail)].encode()[: _NAME_BYTES - len(tail.encode())]
    return cut.decode(errors="ignore").rstrip(". ") + tail


def plain_name(name: str) -> str:
    """The file name without our mark."""
    return _MARK.sub("", name)
