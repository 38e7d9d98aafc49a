"""A plain case store for a municipality whose case system has no interface: a SQLite file and folders.

Rules this package keeps:

* one key is one effect: the key stands in the same transaction as what it did;
* a document's file is whole, and on the disk, before the row that names it; whatever kills the process, there
  is no row without its file, and a file without a row is found and told, never overwritten;
* names of files and folders are numbers: nothing about anybody is in them;
* constructing the connector, asking and planning create nothing;
* a file of a newer schema is refused before anything is written.

A caseworker finds a folder for each case, with ``index.html`` and the documents::

    2026/2026-000017/index.html
    2026/2026-000017/0001.pdf
    .rpac/cases.sqlite

Usage::

    [CaseSystem]
    connector = "case-folder"
    [CaseSystem.settings]
    folder = "cases"
"""

from ._connector import CaseFolder
from ._errors import CaseFolderError
from ._settings import CaseFolderSettings

__all__ = ["CaseFolder", "CaseFolderError", "CaseFolderSettings"]
