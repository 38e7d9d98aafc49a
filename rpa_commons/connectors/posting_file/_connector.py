"""Ledger for a municipality whose books read files."""

from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar, Literal

from rpa_commons.capabilities import Ledger, Posting, PostingReceipt
from rpa_commons.connectors._base import ConnectorSettings, Surroundings
from rpa_commons.manifest import Access, Rung
from rpa_commons.sdk import Field

from ._access import ACCESS, VERIFIED
from ._batches import Batches
from ._layout import Layout, render

__all__ = ["PostingFile", "PostingFileSettings"]


class PostingFileSettings(ConnectorSettings):
    """Where the ledger's import fetches files, and how they are written."""

    folder: str = Field(
        min_length=1,
        description="Existing folder that the ledger's import empties; relative paths start at the "
        "municipality's folder.",
        place="folder",
    )
    encoding: Literal["utf-8", "iso-8859-1", "cp1252"] = Field(
        "utf-8", description="Character encoding of the files."
    )
    delimiter: Literal[";", ",", "\t", "|"] = Field(";", description="The character between two values.")
    decimal_sign: Literal[",", "."] = Field(",", description="The sign before the two decimals.")


class PostingFile:
    """Books by file: whoever ends a chunk of cases first puts all that is promised into one file."""

    name: ClassVar[str] = "posting-file"
    capability: ClassVar[type] = Ledger
    Settings: ClassVar[type[ConnectorSettings]] = PostingFileSettings
    access: ClassVar[Access] = ACCESS
    verified: ClassVar[tuple[Rung, ...]] = VERIFIED

    def __init__(self, settings: PostingFileSettings, surroundings: Surroundings) -> None:
        self._layout = Layout(settings.encoding, settings.delimiter, settings.decimal_sign)
        self._batches = Batches(surroundings.folder / Path(settings.folder).expanduser(), self._layout)
        self._planning = surroundings.planning

    def find(self, reference: str) -> Sequence[PostingReceipt]:
        """What this folder was given under a reference; what others post in the ledger is not known."""
        return self._batches.find(reference)

    def post(self, posting: Posting, *, key: str = "") -> PostingReceipt:
        """Promise one voucher, once per key; :meth:`close` puts it into a file."""
        return self._batches.promise(posting, key)

    def check_post(self, posting: Posting) -> None:
        """Whether the file can hold the posting; a plan asks the same.

        Raises:
            BusinessError: a text holds a character that the encoding does not have, or there is too much in
                one value.
        """
        render([("", posting)], self._layout)

    def close(self) -> None:
        """Put what is promised into a file, also what a killed run has left; in a plan, nothing.

        Raises:
            PostingFileError: the folder cannot be written; the next run delivers what is promised.
        """
        if not self._planning:
            self._batches.deliver()
