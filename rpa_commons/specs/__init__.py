"""Official schemas and rule packs, kept by checksum and version outside the package.

Their licences and their pace are their publishers', so none is in the wheel: a person downloads the official
file, `rpac specs add` recognises it by its SHA-256 and keeps it, and every use verifies it again. What is not
known is refused, unless a person says why it is trusted. Nothing here reaches the network.

Usage::

    store = SpecsStore(specs_folder())
    checker = invoice_checker(store)
    report = checker.check(data)
"""

from ._add import Added, add_known, add_trusted
from ._errors import DamagedSpecError, MissingSpecError, SpecsError, UnknownSpecError
from ._folder import FOLDER_VARIABLE, specs_folder
from ._invoices import invoice_checker, rule_sets
from ._known import Family, KnownVersion, families, family
from ._listing import Row, listing
from ._schemas import SchemaChecker
from ._store import Check, SpecsStore, Stored, Trust

__all__ = [
    "FOLDER_VARIABLE",
    "Added",
    "Check",
    "DamagedSpecError",
    "Family",
    "KnownVersion",
    "MissingSpecError",
    "Row",
    "SchemaChecker",
    "SpecsError",
    "SpecsStore",
    "Stored",
    "Trust",
    "UnknownSpecError",
    "add_known",
    "add_trusted",
    "families",
    "family",
    "invoice_checker",
    "listing",
    "rule_sets",
    "specs_folder",
]
