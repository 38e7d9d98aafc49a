"""Letters on paper: a PDF in a folder that the print room empties.

Rules this package keeps: a file appears in the folder whole or not at all; its name comes from the
idempotency key and says nothing about anybody; one key is one letter, also after the print room has taken the
file away; constructing the connector, and planning, touch nothing.

In the folder the print room finds ``<message id>.pdf`` only: the address is on the letter's first page, so no
list of recipients lies beside it. Under ``.rpac/receipts`` stays one small JSON file per letter (message id,
title, template, size, SHA-256, time; nothing personal), which is both our memory and what a control of the
print room's counts needs. A letter is one PDF: attachments, links, print options and every channel but paper
are refused, in a plan too. ``delivery`` never says more than *accepted*.

Usage::

    [DigitalPost]
    connector = "pdf-outbox"
    [DigitalPost.settings]
    folder = "outbox"
"""

from ._connector import PdfOutbox, PdfOutboxSettings
from ._outbox import Outbox, OutboxError, refuse_beyond_paper

__all__ = ["Outbox", "OutboxError", "PdfOutbox", "PdfOutboxSettings", "refuse_beyond_paper"]
