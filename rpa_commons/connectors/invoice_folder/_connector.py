"""InvoiceInbox on a folder."""

from collections.abc import Iterator, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from rpa_commons.capabilities import (
    Acknowledgement,
    BusinessError,
    InvoiceDocument,
    InvoiceFinding,
    InvoiceInbox,
    InvoiceSummary,
    TransientError,
)
from rpa_commons.connectors._base import ConnectorSettings, Surroundings, message_uuid
from rpa_commons.manifest import Access, Rung

from ._access import ACCESS, VERIFIED
from ._files import HANDLED, Files, Found, shown_name
from ._settings import InvoiceFolderSettings
from ._ubl import InvalidInvoiceError, Ubl, read_document

if TYPE_CHECKING:
    from rpa_commons.validators.invoices import InvoiceChecker, InvoiceReport

__all__ = ["InvoiceFolder"]

_MEGABYTE = 1024 * 1024


class InvoiceFolder:
    """Documents that a gateway puts into a folder; handled ones go into folders beside it.

    Attributes:
        problems: Files of the last :meth:`waiting` that could not be read, a line each.
    """

    name: ClassVar[str] = "invoice-folder"
    capability: ClassVar[type] = InvoiceInbox
    Settings: ClassVar[type[ConnectorSettings]] = InvoiceFolderSettings
    access: ClassVar[Access] = ACCESS
    verified: ClassVar[tuple[Rung, ...]] = VERIFIED

    def __init__(self, settings: InvoiceFolderSettings, surroundings: Surroundings) -> None:
        """Touch nothing yet."""
        self._settings = settings
        self._home = surroundings.folder
        self._largest = settings.max_megabytes * _MEGABYTE
        folder = surroundings.folder / Path(settings.folder).expanduser()
        self._files = Files(folder, settle=settings.settle_seconds, largest=self._largest)
        self.problems: Sequence[str] = ()

    def waiting(self) -> Sequence[InvoiceSummary]:
        """What waits, oldest first; see :attr:`problems` for what could not be read."""
        summaries: dict[str, InvoiceSummary] = {}
        problems: list[str] = []
        for found in self._files.waiting():
            if found.id in summaries:
                continue
            try:
                summary = self._summary(found)
            except BusinessError as error:
                problems.append(f"{shown_name(found.path)}: {error.message} ({error.remedy})")
            else:
                if summary is not None:
                    summaries[found.id] = summary
        self.problems = tuple(problems)
        return list(summaries.values())

    def invoice(self, invoice: str) -> InvoiceDocument:
        """One invoice whole, held against the rules that its date and its CustomizationID call for."""
        found, document, data = self._document(invoice)
        report = self._report(data)
        return InvoiceDocument(
            id=invoice,
            received_at=found.came,
            **document.summary,
            **document.details,
            verdict="unchecked" if report is None else report.verdict,
            checked=() if report is None else report.checked,
            findings=() if report is None else tuple(_findings(report)),
        )

    def attachment(self, invoice: str, attachment: str) -> bytes:
        """The content of an attachment that came along."""
        return self._document(invoice)[1].attachment(attachment)

    def acknowledge(self, invoice: str, handled: str, *, key: str = "") -> Acknowledgement:
        """Take an invoice out of the inbox."""
        message_uuid(key)  # refuses what is no key: the document's own id is what makes a repeat safe
        self.check_acknowledge(invoice, handled)
        found = self._files.leave(invoice, handled)
        if found is None:
            raise self._unknown()
        left, repeated = found
        if left.handled != handled:
            raise BusinessError(
                f"{self.name}: the invoice has left the inbox as {left.handled}",
                remedy=f"it lies in the folder {left.handled}; let a person settle the case",
            )
        return Acknowledgement(id=invoice, handled=left.handled, acknowledged_at=left.at, repeated=repeated)

    def check_acknowledge(self, invoice: str, handled: str) -> None:  # noqa: ARG002 - the effect's arguments
        """Whether there is such a way to leave the inbox; a plan asks the same.

        Raises:
            BusinessError: there is none.
        """
        if handled not in HANDLED:
            raise BusinessError(
                f"{self.name}: an invoice leaves as {', '.join(HANDLED)}",
                remedy="mend the bot: use one of these",
            )

    def close(self) -> None:
        """Nothing is held open."""

    def _summary(self, found: Found) -> InvoiceSummary | None:
        """What waits in a file; ``None`` where it was taken away or exchanged meanwhile."""
        if found.problem:
            raise InvalidInvoiceError("the file", found.problem)
        if self._files.note(found.id) is not None:
            remedy = "compare it with the handled one, then move it away"
            raise BusinessError("the same document was handled before", remedy=remedy)
        data = self._files.content(found)
        if data is None:
            return None
        document = read_document(data, largest=self._largest)
        return InvoiceSummary(id=found.id, received_at=found.came, **document.summary)

    def _document(self, invoice: str) -> tuple[Found, Ubl, bytes]:
        found = self._files.holds(invoice)
        data = self._files.content(found) if found else None
        if found is None or data is None:
            raise self._unknown()
        return found, read_document(data, largest=self._largest), data

    def _unknown(self) -> BusinessError:
        remedy = "look for it in the inbox and in the folders beside it; was it changed or taken away?"
        return BusinessError(f"{self.name}: there is no such invoice", remedy=remedy)

    def _report(self, data: bytes) -> "InvoiceReport | None":
        if not self._settings.check_rules:
            return None
        from rpa_commons.specs import SpecsError
        from rpa_commons.validators.invoices import InvalidRulesError, MissingEngineError

        try:
            return self._checker.check(data)
        except MissingEngineError:
            problem, remedy = "the rules' engine is not installed", "pip install 'rpa-commons[invoices]'"
        except (SpecsError, InvalidRulesError):
            problem, remedy = "a rule pack is damaged", "rpac specs verify"
        raise TransientError(self.name, problem, sent="no", remedy=f"{remedy}, or set check_rules = false")

    @cached_property
    def _checker(self) -> "InvoiceChecker":
        from rpa_commons.specs import SpecsStore, invoice_checker, specs_folder

        given = self._settings.specs_folder
        folder = specs_folder(self._home / Path(given).expanduser() if given else None)
        return invoice_checker(SpecsStore(folder))


def _findings(report: "InvoiceReport") -> Iterator[InvoiceFinding]:
    for one in report.findings:
        yield InvoiceFinding(
            rule=one.rule,
            severity=one.severity,
            path=one.place.path,
            line=one.place.line,
            text=one.text,
            pack=one.pack,
        )
