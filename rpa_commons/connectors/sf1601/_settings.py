"""The settings of the Digital Post connector."""

from typing import Literal

from rpa_commons.connectors.kombit_access import KombitSettings
from rpa_commons.connectors.sf1461 import BrokerPlace
from rpa_commons.sdk import Field

__all__ = ["ReceiptsQueue", "Sf1601Settings"]

_PATH = r"^/[^\s?#]*$"


class ReceiptsQueue(BrokerPlace):
    """A queue (*dueslag*) of the Beskedfordeler that gets PKO_PostStatus messages, and nobody else reads.

    Certificate, token service, trust and time-outs are those of the connector's other settings.
    """

    fetch_every: float = Field(
        60.0,
        ge=0,
        le=86_400,
        description="Ask the broker at most this often, however many letters are asked about.",
        unit="seconds",
    )
    keep_days: int = Field(
        400,
        ge=7,
        le=3650,
        description="Delete what a message said so many days after it came.",
        unit="days",
    )


class Sf1601Settings(KombitSettings):
    """Who sends, and where to."""

    sender_label: str = Field(
        min_length=1, max_length=256, description="The sender's name as the citizen sees it."
    )
    repeat: Literal["keyed", "unsafe"] = Field(
        "keyed",
        description="What the receiver does with a message id it has had: keyed - no second letter; unsafe - "
        "perhaps a second letter, so a person decides after an interruption.",
    )
    physical_outbox: str = Field(
        "",
        description="Existing folder for letters on paper, from the municipality's folder; empty: they go "
        "through SF1601 if shipment_type is set, and are refused if it is not.",
        place="folder",
    )
    shipment_type: int = Field(
        0,
        ge=0,
        description="The printer's number for this kind of shipment (ForsendelseTypeIdentifikator), from the "
        "agreement with it: letters on paper and automatic ones then go through SF1601; 0: there is none.",
    )
    receipts_folder: str = Field(
        "",
        description="Existing folder, from the municipality's folder, in which whoever is sent the "
        "Beskedfordeler's PKO_PostStatus messages leaves them, one XML file each; empty: there is none.",
        place="folder",
    )
    receipts_queue: ReceiptsQueue | None = Field(
        None,
        description="Queue of the Beskedfordeler (SF1461) from which PKO_PostStatus messages are fetched; "
        "needs the extra amqp. Without it and receipts_folder, what became of a letter is not known here.",
    )
    send_path: str = Field(
        "/service/KombiPostAfsend_1/kombi", pattern=_PATH, description="Path of KombiPostAfsend."
    )
    lookup_path: str = Field(
        "/service/PostForespoerg_1/digitalpost", pattern=_PATH, description="Path of PostForespoerg."
    )
    sms_lookup_path: str = Field(
        "/service/PostForespoerg_1/nemsms", pattern=_PATH, description="Path of PostForespoerg for NemSMS."
    )
