"""How a municipality reaches SF1520, and under which agreement."""

from typing import Annotated

from pydantic import Field as PydanticField

from rpa_commons.connectors.http import HttpSettings
from rpa_commons.sdk import Field

__all__ = ["Sf1520Settings"]

# InvocationContext_1.xsd, UUIDtype: lower case only.
Uuid = Annotated[str, PydanticField(pattern=r"^[a-f0-9]{8}(-[a-f0-9]{4}){3}-[a-f0-9]{12}$")]


class Sf1520Settings(HttpSettings):
    """Settings of the population register through SF1520. The ids stand in the service agreement."""

    url: str = Field(
        pattern=r"^https?://[^\s?#]+$",
        description="Base address of the service platform, e.g. https://prod.serviceplatformen.dk.",
    )
    path: str = Field(
        "/service/CPR/PersonBaseDataExtended/4",
        pattern=r"^/[^\s?#]*$",
        description="Path of the service below the base address.",
    )
    service_agreement: Uuid = Field(description="UUID of the service agreement, in lower case.")
    user_system: Uuid = Field(description="UUID of the user system, in lower case.")
    user: Uuid = Field(description="UUID of the user (the municipality), in lower case.")
    service: Uuid = Field(description="UUID of the service, in lower case.")
    on_behalf_of: str = Field(
        "", max_length=255, description="CallContext: on behalf of which user the bot asks, as agreed."
    )
    call_identifier: str = Field(
        "", max_length=255, description="CallContext: a text that marks our calls in the platform's log."
    )
    accounting_info: str = Field(
        "", max_length=255, description="CallContext: what the platform's accounts show."
    )
