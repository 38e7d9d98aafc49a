"""How a municipality reaches its ledger's REST interface."""

from rpa_commons.config import SecretRef
from rpa_commons.connectors.http import HttpSettings
from rpa_commons.sdk import Field

__all__ = ["RestLedgerSettings"]


class RestLedgerSettings(HttpSettings):
    """Settings of the ledger through REST: one user of the ledger for each bot, so that its log says who."""

    url: str = Field(
        pattern=r"^https?://[^\s?#]+$",
        description="Base address of the interface, e.g. https://ledger.example.org/api/v1.",
    )
    token: SecretRef = Field(description="Bearer token of the bot's own user in the ledger.")
