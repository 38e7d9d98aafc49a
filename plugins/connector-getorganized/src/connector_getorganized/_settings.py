"""The settings of the GetOrganized connector: where it is, who calls, and what new cases are."""

from typing import Literal, Self

from pydantic import model_validator

from rpa_commons.config import SecretRef
from rpa_commons.connectors.http import HttpSettings
from rpa_commons.sdk import Field

__all__ = ["CaseType", "GetOrganizedSettings"]

CaseType = Literal["BOR", "EMN", "PPR", "AKT", "ELM", "PER", "GEO", "SAM", "MOD"]
_FIELD = r"^ows_[A-Za-z0-9_]+$"


class GetOrganizedSettings(HttpSettings):
    """How to reach GetOrganized, and the words of the municipality for subjects, units and people there."""

    url: str = Field(
        pattern=r"^https?://[^\s?#]+$", description="Base address, such as https://go.example.dk."
    )
    user: str = Field(min_length=1, description=r"User of the bot, as DOMAIN\user.")
    password: SecretRef = Field(description="The user's password.")
    case_type: CaseType = Field(description="Prefix of the cases that are opened.")
    search_types: list[CaseType] = Field(
        default_factory=list, description="Prefixes of the cases that are looked through; empty: case_type."
    )
    category: str = Field("", description="ows_CaseCategory of new cases, such as Borgermappe; empty: none.")
    kle: dict[str, str] = Field(
        default_factory=dict,
        description="KLE number to what GetOrganized calls it, such as 318;#25.02.00 Ejendomsbeskatning; a "
        "number that is not here is refused. Empty: every number is sent as it is.",
    )
    facets: dict[str, str] = Field(
        default_factory=dict, description="KLE facet to what GetOrganized calls it; empty: as it is."
    )
    units: dict[str, str] = Field(
        default_factory=dict,
        description="Units by the word that bots use, to ows_Afdeling, such as 916;#Backoffice.",
    )
    unit: str = Field("", description="Which of units is responsible where a bot names none; empty: none.")
    people: dict[str, str] = Field(
        default_factory=dict,
        description="Caseworkers by the word that bots use, to ows_CaseOwner, such as 18;#Navn.",
        personal=True,
    )
    person: str = Field("", description="Which of people has cases where a bot names nobody; empty: nobody.")
    key_field: str = Field(
        "ows_EksterntSagsID",
        pattern=_FIELD,
        description="Text field of a case that keeps our key, so that a case is found again after a crash.",
    )
    closed_statuses: list[str] = Field(
        default_factory=lambda: ["Lukket", "Afsluttet"],
        description="What ows_CaseStatus says of a closed case; every other word is of an open one.",
    )
    most_cases: int = Field(
        200, ge=1, le=2000, description="Refuse a search that finds more than this.", unit="cases"
    )
    largest_file: int = Field(
        10_000_000,
        ge=1,
        le=100_000_000,
        description="Refuse a file over this size; public clients record that larger ones fail.",
        unit="bytes",
    )

    @model_validator(mode="after")
    def _known_words(self) -> Self:
        if self.unit and self.unit not in self.units:
            raise ValueError("unit is no word in units")
        if self.person and self.person not in self.people:
            raise ValueError("person is no word in people")
        return self
