"""What no receiver of letters takes, whichever connector sends: looked at without asking anybody.

Rules this module keeps: a refusal names the rule and never the letter's content; a plan asks the same
questions as a run, so a plan promises nothing that a run refuses.

Source: Digitaliseringsstyrelsen, requirements in force since 10 September 2025 (99.5 MB in all).
"""

from rpa_commons.capabilities import BusinessError, Letter
from rpa_commons.validators import InvalidIdentifierError, dk

__all__ = ["LARGEST_LETTER", "letter_size", "recipient_cpr", "refuse_unfit_letter"]

LARGEST_LETTER = 99_500_000
"""Bytes of a letter's documents in all: 99.5 MB, in the smaller of the two meanings of MB."""


def letter_size(letter: Letter) -> int:
    """Bytes of the PDF and everything that goes with it, before base64."""
    return len(letter.pdf) + sum(len(one.content) for one in letter.attachments)


def refuse_unfit_letter(system: str, letter: Letter) -> None:
    """Refuse what nobody can send.

    Raises:
        BusinessError: the letter is no PDF, or larger than :data:`LARGEST_LETTER`.
    """
    if not letter.pdf.startswith(b"%PDF-"):
        raise BusinessError(f"{system}: the letter is no PDF", remedy="mend the letter's template")
    size = letter_size(letter)
    if size > LARGEST_LETTER:
        raise BusinessError(
            f"{system}: the letter's documents are {size} bytes, {LARGEST_LETTER} (99.5 MB) are allowed",
            remedy="send fewer or smaller attachments",
        )


def recipient_cpr(system: str, text: str) -> str:
    """The recipient's number, ten digits.

    Raises:
        BusinessError: it can be nobody's.
    """
    try:
        return dk.Cpr.parse(text)
    except InvalidIdentifierError as error:
        problem = str(error)
    raise BusinessError(f"{system}: the recipient is {problem}", remedy="check the source of the work item")
