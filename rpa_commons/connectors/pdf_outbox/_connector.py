"""DigitalPost for a municipality that sends on paper."""

from pathlib import Path
from typing import ClassVar

from rpa_commons.capabilities import BusinessError, Channel, DigitalPost, Letter, Receipt
from rpa_commons.connectors._base import ConnectorSettings, Surroundings
from rpa_commons.sdk import Field

from ._outbox import Outbox

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

    def __init__(self, settings: PdfOutboxSettings, surroundings: Surroundings) -> None:
        self._outbox = Outbox(self.name, surroundings.folder / Path(settings.folder).expanduser())

    def registered(self, cpr: str) -> bool:  # noqa: ARG002 - the capability's signature
        """Nobody: this municipality sends on paper only."""
        return False

    def send(self, letter: Letter, *, to: str, channel: Channel = "digital", key: str = "") -> Receipt:  # noqa: ARG002 - the address is on the letter
        """Put the letter into the outbox, once per key."""
        self.check_send(channel=channel)
        return self._outbox.put(letter, key)

    def check_send(self, *, channel: Channel = "digital", **_: object) -> None:
        """Whether such a letter can be sent at all; a plan asks the same.

        Raises:
            BusinessError: it is a digital one.
        """
        if channel != "physical":
            raise BusinessError(
                f"{self.name}: it sends on paper only",
                remedy='send with channel "physical", or bind DigitalPost to another connector in stack.toml',
            )

    def close(self) -> None:
        """Nothing is held open."""
