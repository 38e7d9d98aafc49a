"""Cases, their documents, tasks and notes, in whatever case system the municipality has.

Rules this module keeps:

* an id is the system's own and opaque; what people call the case by is its ``number``;
* what a citizen may have written (titles, file names) is put in one safe form here, once, so that no
  connector has to: a title is one line, a file name is one that every file system takes and that leads
  nowhere (:func:`safe_file_name`);
* a validation error never shows the value;
* what one system has and another lacks is refused by name (:class:`CaseCallUnsupportedError`), in a plan too.

Usage, in a bot::

    cases: CaseSystem

    def process(self, item):
        opened = self.cases.open_case(
            NewCase(title="Ansøgning om hjælpemiddel", kle="27.60.04", facet="G01",
                    parties=(Party(kind="person", id=item.payload.cpr),))
        )
        application = NewDocument(title="Ansøgning", file_name="ansøgning.pdf", content=...)
        self.cases.add_document(opened.id, application)
        self.cases.add_task(opened.id, NewTask(title="Vurdér ansøgningen", deadline=...))
        return Done(receipt=opened.number)
"""

from typing import Literal, Protocol

from ._case_models import (
    Case,
    CaseQuery,
    CaseReceipt,
    Document,
    DocumentFile,
    NewCase,
    NewDocument,
    NewNote,
    NewTask,
    Note,
    Task,
    TaskChange,
)
from ._declare import capability, effect, query
from ._errors import BusinessError

__all__ = ["CaseCallUnsupportedError", "CaseNotFoundError", "CaseSystem"]


class CaseNotFoundError(BusinessError):
    """The case system knows no case, document or task by this id, or may not show it to this bot.

    Attributes:
        system: The connector's name for the system.
        what: ``"case"``, ``"document"`` or ``"task"``.
    """

    def __init__(self, system: str, what: Literal["case", "document", "task"] = "case") -> None:
        super().__init__(
            f"{system}: it knows no {what} by this id",
            remedy=f"check that the {what} still exists and that the bot's user may see it",
        )
        self.system = system
        self.what = what


class CaseCallUnsupportedError(BusinessError):
    """This case system, as far as its interface is known, cannot do what was asked.

    Attributes:
        system: The connector's name for the system.
        call: The method of ``CaseSystem``.
    """

    def __init__(self, system: str, call: str, why: str) -> None:
        super().__init__(
            f"{system}: {call} is not possible: {why}",
            remedy="do this step by hand, or bind CaseSystem to a connector that can, in stack.toml",
        )
        self.system = system
        self.call = call


def _planned(*_: object, **__: object) -> CaseReceipt:
    return CaseReceipt(id="planned", number="planned", planned=True)


def _planned_change(case: str, task: str, change: TaskChange, *, key: str = "") -> CaseReceipt:  # noqa: ARG001 - the effect's signature
    return CaseReceipt(id=task, planned=True)


@capability(version="1.0")
class CaseSystem(Protocol):
    """The municipality's cases.

    ``key`` is in every effect: from a bot, a word that tells two calls of one item apart; to a connector, the
    idempotency key: one key, one effect, however often the call is repeated. A connector whose system honours
    no key of ours weakens the class (``effect_classes``) to ``probe`` or ``unsafe``.

    Raises (every method):
        CaseNotFoundError: the system knows no case, document or task by this id.
        CaseCallUnsupportedError: this system cannot do it; for an effect ``check_METHOD`` says so too.
        BusinessError: the system refuses it for good: a KLE number that it does not have, a missing deadline,
            a file too large, a closed case.
        TransientError: the system could not answer now; for an effect with ``sent="maybe"`` when it may have
            been taken.
    """

    @query
    def find_cases(self, query: CaseQuery) -> tuple[Case, ...]:
        """The cases asked for, by number; all of them.

        Args:
            query: What must be right of a case; at least party, number or title.

        Returns:
            The cases, ordered by number; empty where there are none.

        Raises:
            BusinessError: there are more than the connector will list; never a part of them.
        """
        ...

    @query
    def case(self, case: str) -> Case:
        """The case with this id.

        Args:
            case: The case's id (:attr:`Case.id`, or the receipt's ``id`` of ``open_case``).

        Returns:
            The case as it is now.
        """
        ...

    @query
    def documents(self, case: str) -> tuple[Document, ...]:
        """The documents of a case, oldest first where the system tells their order.

        Args:
            case: The case's id (:attr:`Case.id`, or the receipt's ``id`` of ``open_case``).

        Returns:
            The documents without their bytes; empty where the case has none.
        """
        ...

    @query
    def document_file(self, case: str, document: str) -> DocumentFile:
        """A document's bytes.

        What is read becomes part of the item's journal: ask for what you need.

        Args:
            case: The case's id (:attr:`Case.id`, or the receipt's ``id`` of ``open_case``).
            document: The document's id (:attr:`Document.id`).

        Returns:
            The bytes, with the file's name.
        """
        ...

    @query
    def tasks(self, case: str) -> tuple[Task, ...]:
        """The tasks of a case, those done too.

        Args:
            case: The case's id (:attr:`Case.id`, or the receipt's ``id`` of ``open_case``).

        Returns:
            The tasks; empty where the case has none.
        """
        ...

    @query
    def notes(self, case: str) -> tuple[Note, ...]:
        """The journal notes of a case, oldest first where the system tells their order.

        Args:
            case: The case's id (:attr:`Case.id`, or the receipt's ``id`` of ``open_case``).

        Returns:
            The notes, whole; empty where the case has none.
        """
        ...

    @effect("keyed", planned=_planned)
    def open_case(self, case: NewCase, *, key: str = "") -> CaseReceipt:
        """Open a case; the receipt's ``id`` is the case's.

        Args:
            case: The case to open.
            key: A bot's word that tells two calls of one item apart; to a connector, the idempotency key.

        Returns:
            The receipt; its ``number`` is what people call the case by.
        """
        ...

    @effect("keyed", planned=_planned)
    def add_document(self, case: str, document: NewDocument, *, key: str = "") -> CaseReceipt:
        """File a document in a case.

        Args:
            case: The case's id (:attr:`Case.id`, or the receipt's ``id`` of ``open_case``).
            document: The document with its bytes.
            key: A bot's word that tells two calls of one item apart; to a connector, the idempotency key.

        Returns:
            The receipt; its ``id`` is the document's.
        """
        ...

    @effect("keyed", planned=_planned)
    def add_task(self, case: str, task: NewTask, *, key: str = "") -> CaseReceipt:
        """Put a task into a case.

        Args:
            case: The case's id (:attr:`Case.id`, or the receipt's ``id`` of ``open_case``).
            task: What is to be done, by when and by whom.
            key: A bot's word that tells two calls of one item apart; to a connector, the idempotency key.

        Returns:
            The receipt; its ``id`` is the task's.
        """
        ...

    @effect("keyed", planned=_planned_change)
    def update_task(self, case: str, task: str, change: TaskChange, *, key: str = "") -> CaseReceipt:
        """Change a task; ``TaskChange(status="done")`` ends it.

        Args:
            case: The case's id (:attr:`Case.id`, or the receipt's ``id`` of ``open_case``).
            task: The task's id (:attr:`Task.id`, or the receipt's ``id`` of ``add_task``).
            change: What becomes of it.
            key: A bot's word that tells two calls of one item apart; to a connector, the idempotency key.

        Returns:
            The receipt; its ``id`` is the task's.
        """
        ...

    @effect("keyed", planned=_planned)
    def add_note(self, case: str, note: NewNote, *, key: str = "") -> CaseReceipt:
        """Write a journal note.

        Args:
            case: The case's id (:attr:`Case.id`, or the receipt's ``id`` of ``open_case``).
            note: The note.
            key: A bot's word that tells two calls of one item apart; to a connector, the idempotency key.

        Returns:
            The receipt; its ``id`` is the note's.
        """
        ...
