"""What this connector does not send, whatever the service would say: asked by a plan and by a run.

Rules this module keeps: a letter that would arrive otherwise than the bot meant (a link that nobody can press
on paper, an attachment that no printer prints) is refused and not sent without it.
"""

from rpa_commons.capabilities import BusinessError, Channel, Letter
from rpa_commons.connectors._letter_rules import refuse_unfit_letter
from rpa_commons.connectors.pdf_outbox import refuse_beyond_paper

from ._settings import Sf1601Settings
from ._shipment import LONGEST_NAME, MOST_LINES, address_lines

__all__ = ["check_letter"]

_NAME = "sf1601"
_MOST_ATTACHMENTS = 100  # BilagSamling holds so many


def check_letter(letter: Letter, channel: Channel, settings: Sf1601Settings) -> None:
    """Refuse what cannot be sent on this channel.

    Raises:
        BusinessError: with what is wrong and what to set or send instead.
    """
    if channel == "sms":
        raise BusinessError(
            f"{_NAME}: a letter is no text message", remedy="send text messages with DigitalPost.notify"
        )
    refuse_unfit_letter(_NAME, letter)
    if channel == "digital":
        return
    if channel == "physical" and settings.physical_outbox:
        refuse_beyond_paper(_NAME, letter)
        return
    _check_printed(letter, channel, settings)


def _check_printed(letter: Letter, channel: Channel, settings: Sf1601Settings) -> None:
    if not settings.shipment_type:
        if channel == "automatic":
            problem = "an automatic choice needs a way for those who get paper"
            remedy = "set shipment_type in stack.toml"
        else:
            problem = "letters on paper have no way out"
            remedy = (
                "set shipment_type or physical_outbox in stack.toml, or let the bot wait for digital "
                "registration"
            )
        raise BusinessError(f"{_NAME}: {problem}", remedy=remedy)
    if channel == "physical" and letter.links:
        raise BusinessError(
            f"{_NAME}: a link is nothing on paper", remedy="print the address in the letter itself"
        )
    if any(one.media_type != "application/pdf" for one in letter.attachments):
        raise BusinessError(
            f"{_NAME}: an attachment is no PDF and cannot be printed",
            remedy="send it digitally, or as a PDF",
        )
    if len(letter.attachments) > _MOST_ATTACHMENTS:
        problem = f"more than {_MOST_ATTACHMENTS} attachments cannot be printed with a letter"
        raise BusinessError(f"{_NAME}: {problem}", remedy="join them")
    if (letter.address is None) != (not letter.addressee):
        raise BusinessError(
            f"{_NAME}: addressee and address go together",
            remedy="give both, or neither: then the first page's window shows them",
        )
    if letter.address is not None:
        lines = len(address_lines(letter.address))
        if not 1 <= lines <= MOST_LINES or len(letter.addressee) > LONGEST_NAME:
            raise BusinessError(
                f"{_NAME}: the address does not fit: {lines} lines of 34 characters, 1-{MOST_LINES} may be, "
                f"and an addressee of at most {LONGEST_NAME}",
                remedy="send it without address and addressee: then the first page's window shows them",
            )
