"""What Nova answers, as public clients read it: recorded, unverified.

Rules this module keeps: a field that we build on must be there and be one of the words we know, or the answer
is refused; what Nova may say besides does no harm. An error names fields, never values; the first wrong item
of a list is enough for it.
"""

from typing import Annotated, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, FailFast, Field, field_validator
from pydantic.alias_generators import to_camel

from rpa_commons.connectors.http import Answer

from ._words import day_of, decoded_note, moment_of

__all__ = ["CaseList", "DocumentList", "NovaCase", "NovaDocument", "NovaNote", "NovaTask", "TaskList", "read"]

_ModelT = TypeVar("_ModelT", bound="_Shape")
_ItemT = TypeVar("_ItemT")

_Many = Annotated[tuple[_ItemT, ...], FailFast()]
_State = Literal["Opstaaet", "Oplyst", "Afgjort", "Bestilt", "Udfoert", "Afsluttet"]
_Sensitivity = Literal["IkkeFortrolige", "Fortrolige", "Følsomme", "SærligFølsomme"]
_Identification = Literal["CprNummer", "CvrNummer", "Frit", "PNummer", "EsrNummer", "BfeNummer"]


class _Shape(BaseModel):
    model_config = ConfigDict(
        frozen=True, extra="ignore", alias_generator=to_camel, hide_input_in_errors=True
    )


class _Common(_Shape):
    uuid: str = Field(min_length=1, max_length=64)


class _Attributes(_Shape):
    title: str = Field(repr=False)
    user_friendly_case_number: str = Field(min_length=1)
    case_date: str | None = None

    _dated = field_validator("case_date")(lambda text: text if day_of(text) or not text else None)


class _StateOf(_Shape):
    progress_state: _State


class _Code(_Shape):
    code: str


class _Classification(_Shape):
    kle_number: _Code
    proceeding_facet: _Code | None = None


class _SensitivityOf(_Shape):
    sensitivity: _Sensitivity


class _User(_Shape):
    racf_id: str = Field(default="", repr=False)


class _Caseworker(_Shape):
    # A case may belong to a unit instead of a person; then there is another identity here.
    ksp_identity: _User | None = None


class _Unit(_Shape):
    administrative_unit_id: int | str | None = None
    full_name: str | None = None


class _UnitOf(_Shape):
    los_identity: _Unit | None = None


class _Party(_Shape):
    identification_type: _Identification
    identification: str = Field(repr=False)
    participant_role: Literal["Primær", "Sekundær"]
    name: str | None = Field(default=None, repr=False)


class _NoteAttributes(_Shape):
    title: str = Field(repr=False)
    format: str
    note: str = Field(default="", repr=False)
    created_time: str | None = None

    _dated = field_validator("created_time")(lambda text: text if moment_of(text) or not text else None)


class NovaNote(_Shape):
    """One journal note."""

    uuid: str = Field(min_length=1, max_length=64)
    approved: bool = False
    journal_note_attributes: _NoteAttributes

    @property
    def text(self) -> str:
        """The text of a note that is one; of another format, only its name."""
        inside = self.journal_note_attributes
        return decoded_note(inside.note) if inside.format == "Text" else f"[{inside.format}]"


class _Notes(_Shape):
    journal_notes: _Many[NovaNote] = ()


class NovaCase(_Shape):
    """One case, as far as a ``caseGetOutput`` of ours asks for it."""

    common: _Common
    case_attributes: _Attributes | None = None
    state: _StateOf | None = None
    case_classification: _Classification | None = None
    sensitivity: _SensitivityOf | None = None
    caseworker: _Caseworker | None = None
    responsible_department: _UnitOf | None = None
    case_parties: _Many[_Party] = ()
    journal_notes: _Notes | None = None


class _Paging(_Shape):
    number_of_rows: int = Field(ge=0)
    has_more_rows: bool | None = None


class CaseList(_Shape):
    """``Case/GetList``; ``cases`` is left out where there are none."""

    paging_information: _Paging
    cases: _Many[NovaCase] = ()


class NovaDocument(_Shape):
    """One document."""

    document_uuid: str = Field(min_length=1, max_length=64)
    title: str = Field(repr=False)
    sensitivity: _Sensitivity | None = None
    document_type: str = ""
    approved: bool = False
    document_date: str | None = None
    file_extension: str | None = None

    _dated = field_validator("document_date")(lambda text: text if day_of(text) or not text else None)


class DocumentList(_Shape):
    """``Document/GetList``."""

    documents: _Many[NovaDocument]
    paging_information: _Paging | None = None


class _TaskWorker(_Shape):
    id: str = ""
    ident: str = Field(default="", repr=False)


class NovaTask(_Shape):
    """One task."""

    task_uuid: str = Field(min_length=1, max_length=64)
    task_title: str = Field(repr=False)
    task_description: str | None = Field(default=None, repr=False)
    task_status_code: Literal["N", "S", "F"]
    task_deadline: str | None = None
    task_create_date: str | None = None
    task_start_date: str | None = None
    task_close_date: str | None = None
    case_worker: _TaskWorker | None = None

    _dated = field_validator("task_deadline", "task_create_date", "task_start_date", "task_close_date")(
        lambda text: text if moment_of(text) or not text else None
    )


class TaskList(_Shape):
    """``Task/GetList``; ``taskList`` is left out where there are none."""

    task_list: _Many[NovaTask] = ()
    paging_information: _Paging | None = None


def read(answer: Answer, shape: type[_ModelT]) -> _ModelT:
    """An answer as one of the shapes.

    Raises:
        UnexpectedAnswerError: it is none; the error names the fields that are wrong.
    """
    return answer.as_model(shape, "as recorded")
