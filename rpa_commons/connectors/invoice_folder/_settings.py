"""Where invoices arrive, and which rules they are held against."""

from rpa_commons.connectors._base import ConnectorSettings
from rpa_commons.sdk import Field

__all__ = ["InvoiceFolderSettings"]


class InvoiceFolderSettings(ConnectorSettings):
    """Settings of the invoice folder."""

    folder: str = Field(
        min_length=1,
        description="Existing folder that the gateway writes to; relative paths start at the municipality's "
        "folder.",
        place="folder",
    )
    settle_seconds: int = Field(
        10,
        ge=0,
        le=3600,
        unit="seconds",
        description="A younger file is left alone: it may still be written.",
    )
    check_rules: bool = Field(
        True, description="Hold each document against the rule packs of `rpac specs` when it is read."
    )
    specs_folder: str = Field(
        "",
        description="Where `rpac specs` keeps rule packs, from the municipality's folder; empty: its "
        "default place.",
        place="folder",
    )
    max_megabytes: int = Field(
        20, ge=1, le=100, unit="MB", description="A larger file is refused before it is read."
    )
