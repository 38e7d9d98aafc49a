"""Where the broker and the dueslag are, which messages are moves, and where a message says what."""

from typing import Annotated, Self

from pydantic import Field as PydanticField
from pydantic import model_validator

from rpa_commons.capabilities import Origin
from rpa_commons.config import SecretRef
from rpa_commons.connectors._base import ConnectorSettings
from rpa_commons.connectors.http import HttpSettings
from rpa_commons.connectors.sf1520 import Sf1520Settings
from rpa_commons.sdk import Field

from ._place import BrokerPlace

__all__ = ["CPR_EVENT_TYPE", "MessageFields", "Sf1461Settings"]

CPR_EVENT_TYPE = "248ce14c-a863-4fb5-9e6f-7df9ea850809"
"""``Beskedtype`` of CPR events (SF1320_A), as a municipality's public code has it; recorded, unverified."""

_HTTPS = r"^https?://[^/@\s?#]+(/[^@\s?#]*)?$"
Uuid = Annotated[str, PydanticField(pattern=r"^[a-f0-9]{8}(-[a-f0-9]{4}){3}-[a-f0-9]{12}$")]
Identifier = Annotated[str, PydanticField(pattern=r"^[!-~]{1,200}$")]
ElementName = Annotated[str, PydanticField(pattern=r"^[A-Za-z_][A-Za-z0-9_.-]*$", max_length=100)]


class MessageFields(ConnectorSettings):
    """Our field -> the element of ``Beskeddata`` that holds it, by its name without a prefix.

    The catalogue of message types at KOMBIT says which; it is not public.
    """

    moved_on: ElementName | None = None
    """Day from which the new address counts; without it, the day in the envelope's `GyldighedFra`."""
    to_municipality: ElementName
    """Code of the municipality moved to; leading zeros may be missing."""
    from_municipality: ElementName
    """Code of the municipality moved from; other values stand in `origins`."""
    address_id: ElementName | None = None
    """Any stable id of the new address; movers with the same one on the same day are a household."""


class Sf1461Settings(BrokerPlace, HttpSettings):
    """Settings of the Beskedfordeler. Time-outs, trust and certificate are for broker and token service."""

    certificate: SecretRef = Field(
        description="Client certificate (PEM or PKCS#12) registered for the user system."
    )
    sts_url: str = Field(
        pattern=_HTTPS, description="Security token service, e.g. https://adgangsstyring.stoettesystemerne.dk"
    )
    sts_path: str = Field(
        "/runtime/api/rest/wstrust/v1/issue",
        pattern=r"^/[^\s?#]*$",
        description="Path of the token service's issue call.",
    )
    cvr: str = Field(
        "",
        pattern=r"^([1-9][0-9]{7})?$",
        description="CVR number of the authority the messages are for; empty: the municipality's own.",
    )
    message_types: tuple[Uuid, ...] = Field(
        (CPR_EVENT_TYPE,),
        min_length=1,
        description="Message types (Beskedtype, UUID in lower case) that are read as events about persons.",
    )
    ignored_types: tuple[Uuid, ...] = Field(
        (), description="Message types that the dueslag also gets and that are taken out without being kept."
    )
    move_events: tuple[Identifier, ...] = Field(
        min_length=1,
        description="Which events are changes of address: identifiers (UUID or URN) as they stand in the "
        "envelope, from KOMBIT's catalogue of message types.",
    )
    fields: MessageFields | None = Field(
        None, description="Where the message says to where and from where; or give register_lookup."
    )
    register_lookup: Sf1520Settings | None = Field(
        None,
        description="Ask SF1520 to where and from where, for messages that say only that a person moved; "
        "settings of connector sf1520. Not used where fields are given.",
    )
    origins: dict[str, Origin] = Field(
        default_factory=dict,
        description='What a value of fields.from_municipality means that is no municipality: "abroad" or '
        '"none"; a blank is the key "".',
    )
    keep_days: int = Field(
        90,
        ge=7,
        le=3650,
        description="Delete what a message said so many days after it came; its id is kept.",
        unit="days",
    )
    plan_looks: bool = Field(
        True,
        description="Let a plan look at waiting messages: they are fetched, not acknowledged, and go back.",
    )

    @model_validator(mode="after")
    def _facts_from_one_place(self) -> Self:
        if self.fields is None and self.register_lookup is None:
            raise ValueError(
                "say where a move's municipalities come from: fields (elements of the message) or "
                "register_lookup (settings of sf1520)"
            )
        return self
