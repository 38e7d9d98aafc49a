"""The settings of the Digital Post connector."""

from typing import Literal

from rpa_commons.connectors.kombit_access import KombitSettings
from rpa_commons.sdk import Field

__all__ = ["Sf1601Settings"]

_PATH = r"^/[^\s?#]*$"


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
        description="Existing folder for letters on paper, from the municipality's folder; empty: paper is "
        "refused.",
        place="folder",
    )
    send_path: str = Field(
        "/service/KombiPostAfsend_1/memos", pattern=_PATH, description="Path of KombiPostAfsend."
    )
    lookup_path: str = Field(
        "/service/PostForespoerg_1/digitalpost", pattern=_PATH, description="Path of PostForespoerg."
    )
