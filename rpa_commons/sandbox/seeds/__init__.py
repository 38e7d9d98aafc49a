"""What arrives at a municipality in files: invoices and applications, invented, the same ones from a seed.

Rules this package keeps: the same seed, municipality, day and count give the same bytes, in every process; a
file's name says nothing about a person; every file or the index beside it says that all of it is invented.

Usage::

    for name, content in invoice_files(invoices, count=20, broken=True).items():
        (folder / name).write_bytes(content)
"""

from ._applications import application_files
from ._broken import BROKEN
from ._invoices import InvoiceSeed, invoice_files

__all__ = ["BROKEN", "InvoiceSeed", "application_files", "invoice_files"]
