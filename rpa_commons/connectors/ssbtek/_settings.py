"""How a municipality reaches SSBTEK, as whom, and which agencies it may ask."""

from typing import Annotated, Literal, Self

from pydantic import Field as PydanticField
from pydantic import model_validator

from rpa_commons.connectors.http import HttpSettings
from rpa_commons.sdk import Field

__all__ = ["SsbtekSettings"]

_Agency = Literal["af", "csn", "fk", "skv", "so", "tns", "miv"]
_Processor = Annotated[str, PydanticField(pattern=r"^16[0-9]{2}[2-9][0-9]{7} \S.{0,199}$")]
_Benefit = Annotated[str, PydanticField(pattern=r"^(FK|PM):[A-Z]{2,8}$")]


class SsbtekSettings(HttpSettings):
    """Settings of benefit data through SSBTEK version 10. What must stand here is in the agreement."""

    url: str = Field(
        pattern=r"^https?://[^\s?#]+$",
        description="Address of the service, as Försäkringskassan gives it with the agreement.",
    )
    organisation: str = Field(
        pattern=r"^16[0-9]{2}[2-9][0-9]{7}$",
        description="The municipality's organisation number in twelve digits: 16 and its ten.",
    )
    organisation_name: str = Field(
        min_length=1, max_length=200, description="The municipality's name as the agencies log it."
    )
    officer: str = Field(
        min_length=1,
        max_length=200,
        description="Handläggare: who asks, as the agencies log it; a function or a user id.",
    )
    purpose: str = Field(
        min_length=1, max_length=500, description="Syfte: what the data is for, as agreed with the agencies."
    )
    law: str = Field(
        min_length=1,
        max_length=500,
        description="Lagtext: the rule by which the agencies may tell; no default, for the law changes.",
    )
    processors: tuple[_Processor, ...] = Field(
        (),
        strict=False,
        max_length=20,
        description="Personuppgiftsbiträden that handle the question, as the agencies log them: organisation "
        "number in twelve digits, a space, the name.",
    )
    agencies: tuple[_Agency, ...] = Field(
        ("af", "csn", "fk", "skv", "so", "tns", "miv"),
        min_length=1,
        strict=False,
        description="The agencies to ask where a bot names none: no more than the cases need.",
    )
    fk_actor: str = Field(
        "", max_length=100, description="Aktörsid at Försäkringskassan (LEFI), needed to ask fk."
    )
    fk_benefits: tuple[_Benefit, ...] = Field(
        (),
        strict=False,
        description="Groups of benefits to ask Försäkringskassan for, such as FK:SJP or PM:AP: those that "
        "the agreement gives.",
    )
    fk_other: tuple[_Benefit, ...] = Field(
        (),
        strict=False,
        description="Other information to ask Försäkringskassan for, such as FK:GEPI (which says whether the "
        "person is protected).",
    )
    fk_version: str = Field("v9", pattern=r"^v[0-9]{1,3}$", description="Version of LEFI's interface.")
    so_nothing: tuple[str, ...] = Field(
        (),
        strict=False,
        description="Words of StatusSvarandeOrganisation by which an a-kassa says that it has nothing: ask "
        "Sveriges a-kassor. Any other without a benefit counts as not known.",
    )
    skv_nothing: tuple[str, ...] = Field(
        (),
        strict=False,
        description="Codes of StatusPersonuppgiftKod by which Skatteverket says that it has nothing: ask "
        "Skatteverket. Any other without data counts as not known.",
    )
    schema_needed: bool = Field(
        False,
        description="Do not work without the official schema (rpac specs add); else answers are checked by "
        "our own reader alone where it is not kept here.",
    )

    @model_validator(mode="after")
    def _fk_can_be_asked(self) -> Self:
        if "fk" in self.agencies and not (self.fk_actor and self.fk_benefits):
            raise ValueError("asking fk takes fk_actor and fk_benefits; else leave fk out of agencies")
        return self
