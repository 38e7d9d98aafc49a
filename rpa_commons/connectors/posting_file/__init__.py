"""Ledger for a municipality whose books read files: postings in a CSV file with control totals.

Rules this package keeps: a posting is promised on the disk before its receipt is given; a file appears in the
folder whole or not at all; one key is in one file, whoever fetches files, and however often a run is killed;
every file ends with how many postings and lines it has, what they sum to, and a hash total over the accounts.

The layout is ours: what the import of a real ledger wants was not found in public sources.

Usage::

    [Ledger]
    connector = "posting-file"
    [Ledger.settings]
    folder = "postings"
"""

from ._batches import Batches, PostingFileError
from ._connector import PostingFile, PostingFileSettings
from ._layout import Layout, Totals, read_file, render

__all__ = [
    "Batches",
    "Layout",
    "PostingFile",
    "PostingFileError",
    "PostingFileSettings",
    "Totals",
    "read_file",
    "render",
]
