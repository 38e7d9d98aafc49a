"""InvoiceInbox on a folder: UBL, PEPPOL BIS 3 and OIOUBL documents that a gateway puts there as files.

Rules this package keeps: a document's id comes from its content, so that one delivered twice is one; what
cannot be read stays where it is and is a problem of the run; a document leaves the folder by one rename,
after a note of it is on the disk; nothing of a document's content is in a message.

Usage::

    [InvoiceInbox]
    connector = "invoice-folder"
    [InvoiceInbox.settings]
    folder = "invoices"
"""

from ._connector import InvoiceFolder
from ._files import InvoiceFolderError
from ._settings import InvoiceFolderSettings
from ._ubl import InvalidInvoiceError, read_document

__all__ = [
    "InvalidInvoiceError",
    "InvoiceFolder",
    "InvoiceFolderError",
    "InvoiceFolderSettings",
    "read_document",
]
