"""The settings of the Nova connector: where Nova is, who calls, and whose cases they become."""

from typing import Literal, Self

from pydantic import model_validator

from rpa_commons.config import SecretRef
from rpa_commons.connectors import ConnectorSettings
from rpa_commons.connectors.http import HttpSettings
from rpa_commons.sdk import Field

__all__ = ["KmdNovaSettings", "NovaPerson", "NovaUnit"]

_TOKEN_URL = "https://novaauth.kmd.dk/realms/NovaIntegration/protocol/openid-connect/token"  # noqa: S105 - an address
_ADDRESS = r"^https?://[^\s?#]+$"


class NovaUnit(ConnectorSettings):
    """A unit as Nova's organisation register (LOS) has it."""

    id: str = Field(pattern=r"^[0-9]{1,10}$", description="administrativeUnitId, digits only.")
    name: str = Field(min_length=1, description="fullName in Nova.")
    key: str = Field("", description="userKey in Nova, such as 4BBORGER.")


class NovaPerson(ConnectorSettings):
    """A caseworker as Nova's user register (KSP) has them."""

    user: str = Field(min_length=1, description="racfId: the user name in Nova.", personal=True)
    name: str = Field(min_length=1, description="fullName in Nova.", personal=True)
    id: str = Field(
        "",
        pattern=r"^([0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12})?$",
        description="novaUserId, a UUID; needed for whoever is given tasks.",
    )


class KmdNovaSettings(HttpSettings):
    """How to reach Nova, and the words of the municipality for its units and people there."""

    url: str = Field(
        pattern=_ADDRESS, description="Base address of Nova's API, such as https://novaapi.kmd.dk."
    )
    token_url: str = Field(_TOKEN_URL, pattern=_ADDRESS, description="Where access tokens are issued.")
    client_id: str = Field(min_length=1, description="Client id that KMD has given the municipality.")
    client_secret: SecretRef = Field(description="The client's secret.")
    case_version: Literal["1.0-Case", "2.0-Case"] = Field(
        "1.0-Case", description="api-version of calls about cases and documents."
    )
    task_version: Literal["1.0-Task", "1.0-Case", "2.0-Case"] = Field(
        "1.0-Task", description="api-version of calls about tasks."
    )
    units: dict[str, NovaUnit] = Field(description="Units by the word that bots use for them.")
    unit: str = Field(min_length=1, description="Which of units is responsible where a bot names none.")
    security_unit: str = Field(
        "", description="Which of units may see the cases; empty: the responsible one."
    )
    people: dict[str, NovaPerson] = Field(
        default_factory=dict, description="Caseworkers by the word that bots use for them."
    )
    person: str = Field(
        "",
        description="Which of people signs notes, and has tasks and cases where a bot names nobody; empty: "
        "nobody, and notes are refused.",
    )
    facet: str = Field(
        "", pattern=r"^([A-ZÆØÅ][0-9]{2})?$", description="KLE facet of cases for which a bot names none."
    )
    note_letters: Literal["ascii", "all"] = Field(
        "ascii",
        description="Letters of notes: ascii - ae, oe, aa for æ, ø, å, because Nova is recorded to damage "
        "others; all - as they are.",
    )
    settle: float = Field(
        10.0,
        ge=0,
        le=120,
        description="Wait this long for a new case to be found before the item goes back to the queue.",
        unit="seconds",
    )
    most_cases: int = Field(
        2000, ge=1, le=100_000, description="Refuse a search that finds more than this.", unit="cases"
    )

    @model_validator(mode="after")
    def _known_words(self) -> Self:
        for name, word, table in (
            ("unit", self.unit, self.units),
            ("security_unit", self.security_unit or self.unit, self.units),
            ("person", self.person, self.people),
        ):
            if word and word not in table:
                raise ValueError(
                    f"{name} is none of the words in {'people' if name == 'person' else 'units'}"
                )
        return self
