"""What is noted of postings and batches, as JSON files below ``.rpac``.

Rules this module keeps: a delivered posting's note has no line, no amount and no payee any more; a batch's
file name is one that we make, so that a note changed by hand leads nowhere else.
"""

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from rpa_commons.capabilities import Posting, PostingReceipt

__all__ = ["Batch", "Promise", "Taken"]


class _Note(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)


class Taken(_Note):
    """A posting that was taken.

    Attributes:
        id: The voucher's number.
        reference: The posting's reference.
        sha256: Of the posting; another one under the same key is noticed by it.
        accepted_at: When it was promised, UTC.
        file: The file it was delivered in; empty before.
    """

    id: str = Field(min_length=1)
    reference: str
    sha256: str
    accepted_at: AwareDatetime = Field(strict=True)
    file: str = ""

    def receipt(self, *, repeated: bool = False) -> PostingReceipt:
        """The ledger's word for it."""
        return PostingReceipt(
            id=self.id, reference=self.reference, accepted_at=self.accepted_at, repeated=repeated
        )


class Promise(Taken):
    """A posting that is in no file yet."""

    posting: Posting


class Batch(_Note):
    """A file that was fixed.

    Attributes:
        file: Its name.
        sha256: Of its content.
        postings: The vouchers in it.
        delivered: Whether it was put into the folder and its postings noted as delivered.
    """

    file: str = Field(pattern=r"^postings-[0-9]{4}-[0-9]{2}-[0-9]{2}-[0-9]{6,}\.csv$")
    sha256: str
    postings: tuple[str, ...]
    delivered: bool
