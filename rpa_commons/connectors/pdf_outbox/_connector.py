"""DigitalPost for a municipality that sends on paper."""

from pathlib import Path
from typing import ClassVar

from rpa_commons.capabilities import (
    BusinessError,
    Channel,
    Delivery,
    DigitalPost,
    Letter,
    Receipt,
    TextMessage,
)
from rpa_commons.connectors._access import Access, Rung
from rpa_commons.connectors._base import ConnectorSettings, Surroundings
from rpa_commons.connectors._letter_rules import refuse_unfit_letter
from rpa_commons.sdk import Field

from ._access import ACCESS, VERIFIED
from ._outbox import Outbox, refuse_beyond_paper

__all__ = ["PdfOutbox", "PdfOutboxSettings"]


class PdfOutboxSettings(ConnectorSettings):
    """Where the print room fetches letters."""

    folder: str = Field(
        min_length=1,
        description="Existing folder that the print room empties; relative paths start at the municipality's "
        "folder.",
        place="folder",
    )


class PdfOutbox:
    """Sends every letter on paper; nobody is reached digitally."""

    name: ClassVar[str] = "pdf-outbox"
    capability: ClassVar[type] = DigitalPost
    Settings: ClassVar[type[ConnectorSettings]] = PdfOutboxSettings
    access: ClassVar[Access] = ACCESS
    verified: ClassVar[tuple[Rung, ...]] = VERIFIED

    def __init__(self, settings: PdfOutboxSettings, surroundings: Surroundings) -> None:
        self._outbox = Outbox(self.name, surroundings.folder / Path(settings.folder).expanduser())

    def registered(self, cpr: str) -> bool:  # noqa: ARG002 - the capability's signature
        """Nobody: this municipality sends on paper only."""
        return False

    def reachable_by_sms(self, cpr: str) -> bool:  # noqa: ARG002 - the capability's signature
        """Nobody: as :meth:`registered`."""
        return False

    def send(self, letter: Letter, *, to: str, channel: Channel = "digital", key: str = "") -> Receipt:
        """Put the letter into the outbox, once per key."""
        self.check_send(letter, to=to, channel=channel)
        return self._outbox.put(letter, key)

    def notify(self, message: TextMessage, *, to: str, key: str = "") -> Receipt:  # noqa: ARG002 - the capability's signature
        """Refuse: paper is no telephone."""
        self.check_notify(message, to=to)
        raise AssertionError  # check_notify refuses every message

    def delivery(self, receipt_id: str) -> Delivery:
        """Accepted, for a letter that was put here; what the print room and the post do is not known."""
        return self._outbox.delivery(receipt_id)

    def check_send(self, letter: Letter, *, to: str, channel: Channel = "digital") -> None:  # noqa: ARG002 - the address is on the letter
        """Whether such a letter can be sent at all; a plan asks the same.

        Raises:
            BusinessError: it is not for paper, or holds what one PDF cannot.
        """
        if channel != "physical":
            raise BusinessError(
                f"{self.name}: it sends on paper only",
                remedy='send with channel "physical", or bind DigitalPost to another connector in stack.toml',
            )
        refuse_unfit_letter(self.name, letter)
        refuse_beyond_paper(self.name, letter)

    def check_notify(self, message: TextMessage, *, to: str) -> None:  # noqa: ARG002 - the effect's signature
        """Refuse: paper is no telephone.

        Raises:
            BusinessError: always.
        """
        raise BusinessError(
            f"{self.name}: it sends no text messages",
            remedy="bind DigitalPost to a connector that does, e.g. sf1601, in stack.toml",
        )

    def close(self) -> None:
        """Nothing is held open."""
