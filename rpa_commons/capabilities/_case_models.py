"""Cases, documents, tasks and notes as data; see ``case_system`` for what is done with them.

Rules this module keeps: every model is frozen and goes through JSON unchanged; titles are one line and file
names safe, whoever made them; a validation error never shows the value, a ``repr`` nothing personal.
"""

import re
from datetime import date
from typing import Annotated, Literal, Self

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    ValidationInfo,
    field_validator,
    model_validator,
)

from ._safe_text import one_line, safe_file_name

__all__ = [
    "Case",
    "CaseQuery",
    "CaseReceipt",
    "CaseStatus",
    "Confidentiality",
    "Direction",
    "Document",
    "DocumentFile",
    "NewCase",
    "NewDocument",
    "NewNote",
    "NewTask",
    "Note",
    "Party",
    "PartyKind",
    "Task",
    "TaskChange",
    "TaskStatus",
]

CaseStatus = Literal["open", "closed"]
"""Whether a case is still worked on; where exactly it stands, ``Case.state`` says."""
Confidentiality = Literal["open", "confidential", "sensitive", "highly-sensitive"]
"""Fortrolighed: ikke fortrolig, fortrolig, følsom, særligt følsom (the four that Danish systems know)."""
Direction = Literal["incoming", "outgoing", "internal"]
"""Which way a document went, seen from the municipality."""
PartyKind = Literal["person", "organisation", "unit", "property", "other"]
"""Which number ``Party.id`` is: national personal number, organisation number (CVR), production unit
(P-number), property (BFE), or a word of the municipality's own."""
TaskStatus = Literal["new", "started", "done"]
"""How far a task is; ``new``: nobody has begun."""

_KLE = r"^[0-9]{2}\.[0-9]{2}\.[0-9]{2}$"
_KLE_OR_ABOVE = r"^([0-9]{2}(\.[0-9]{2}){0,2})?$"
_FACET = r"^([A-ZÆØÅ][0-9]{2})?$"


def _line(text: str) -> str:
    line = one_line(text)
    if not line:
        raise ValueError("it has no character that can be seen")
    return line


_Title = Annotated[str, AfterValidator(_line), Field(max_length=255)]
_Words = Annotated[str, AfterValidator(one_line), Field(max_length=255)]
_FileName = Annotated[str, AfterValidator(safe_file_name), Field(max_length=4096)]
_Id = Annotated[str, Field(min_length=1, max_length=255)]


class _Model(BaseModel):
    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        hide_input_in_errors=True,
        ser_json_bytes="base64",
        val_json_bytes="base64",
    )


class Party(_Model):
    """Somebody or something that a case is about. Personal throughout."""

    kind: PartyKind
    """Which number ``id`` is."""
    id: Annotated[str, AfterValidator(_line)] = Field(max_length=64, repr=False)
    """The number that ``kind`` names; spaces and hyphens are dropped from it (CPR: ten digits)."""
    name: _Words = Field(default="", repr=False)
    """What it is called, where that is known."""
    role: Literal["primary", "secondary"] = "primary"
    """``primary``: whom the case is about; ``secondary``: somebody else who has a part in it."""

    @field_validator("id")
    @classmethod
    def _plain(cls, value: str, info: ValidationInfo) -> str:
        # Or a party that was written in two ways would be two, and have two cases.
        return value if info.data.get("kind") == "other" else re.sub("[ -]", "", value) or value


class Case(_Model):
    """A case as the system knows it now. Title and parties are personal."""

    id: _Id
    """The system's own id, which other calls ask for; opaque."""
    number: str = Field(max_length=255)
    """What people call the case by: ``S2026-12345``, ``EMN-2026-000114``, ``2026-000017``."""
    title: _Words = Field(repr=False)
    """What the case is about, in one line."""
    status: CaseStatus
    """Open or closed."""
    state: _Words = ""
    """The system's own word for where the case stands (``Oplyst``, ``Afgjort``); empty where it has none."""
    kle: str = Field(default="", pattern=_KLE_OR_ABOVE)
    """KLE number of the subject, ``dd.dd.dd``; empty where the system does not say."""
    facet: str = Field(default="", pattern=_FACET)
    """KLE facet: what is done with the subject (``G01``)."""
    confidentiality: Confidentiality | None = None
    """``None`` where the system does not say."""
    opened_on: date | None = None
    """The day it was opened; ``None`` where the system does not say."""
    unit: _Words = ""
    """Responsible unit, in the words or code of the municipality."""
    person: _Words = Field(default="", repr=False)
    """Responsible caseworker, by the user name that the system knows."""
    parties: tuple[Party, ...] = Field(default=(), repr=False)
    """The primary party first."""


class NewCase(_Model):
    """A case to open. Title and parties are personal."""

    title: _Title = Field(repr=False)
    """What the case is about, in one line."""
    kle: str = Field(pattern=_KLE)
    """KLE number of the subject, all three levels."""
    facet: str = Field(default="", pattern=_FACET)
    """KLE facet; empty: the connector's setting, where it has one."""
    parties: tuple[Party, ...] = Field(default=(), repr=False)
    """Whom or what the case is about, the primary party first."""
    confidentiality: Confidentiality = "confidential"
    """Who may see the case."""
    opened_on: date | None = None
    """``None``: the day it is opened."""
    unit: _Words = ""
    """Responsible unit; empty: the connector's setting."""
    person: _Words = Field(default="", repr=False)
    """Responsible caseworker; empty: the connector's setting, or nobody."""


class CaseQuery(_Model):
    """Which cases are asked for: all that is given must be right.

    At least one of party, number and title: no system lists all its cases.
    """

    party: Party | None = Field(default=None, repr=False)
    """A party by kind and id; its name and role are not looked at."""
    number: _Words = ""
    """What people call the case by, whole."""
    title: _Words = Field(default="", repr=False)
    """The whole title, letter by letter."""
    kle: str = Field(default="", pattern=_KLE_OR_ABOVE)
    """A KLE number or the beginning of one: ``27.60`` finds ``27.60.04``."""
    status: CaseStatus | None = None
    """Open or closed ones only; ``None``: both."""

    @model_validator(mode="after")
    def _enough(self) -> Self:
        if self.party is None and not self.number and not self.title:
            raise ValueError("ask by party, number or title")
        return self

    def matches(self, case: Case) -> bool:
        """Whether a case is one of those asked for; for a connector whose system finds too many."""
        asked = self.party and (self.party.kind, self.party.id)
        return (
            (asked is None or asked in {(party.kind, party.id) for party in case.parties})
            and self.number in {"", case.number}
            and self.title in {"", case.title}
            and (not self.kle or f"{case.kle}.".startswith(f"{self.kle}."))
            and self.status in {None, case.status}
        )


class Document(_Model):
    """A document of a case, without its bytes."""

    id: _Id
    """The system's own id, which other calls ask for; opaque."""
    title: _Words = Field(repr=False)
    """What people call the document, in one line."""
    file_name: _FileName = Field(repr=False)
    """Safe in the sense of :func:`safe_file_name`; title and extension where the system keeps no name."""
    direction: Direction | None = None
    """Which way it went; ``None`` where the system does not say."""
    dated: date | None = None
    """The document's own date; ``None`` where the system does not say."""
    confidentiality: Confidentiality | None = None
    """Who may see it; ``None`` where the system does not say."""
    final: bool = False
    """Journalised (approved, finalised): it can no longer be changed."""
    size: int | None = Field(default=None, ge=0)
    """Bytes; ``None`` where the system does not say."""
    description: str = Field(default="", repr=False)
    """What the system notes about it; empty where there is nothing."""


class DocumentFile(_Model):
    """A document's bytes."""

    id: _Id
    """The document's id."""
    file_name: _FileName = Field(repr=False)
    """As :attr:`Document.file_name`."""
    content: bytes = Field(repr=False)
    """The bytes as they were filed."""


class NewDocument(_Model):
    """A document to file. Personal throughout."""

    title: _Title = Field(repr=False)
    """What people will call the document, in one line."""
    file_name: _FileName = Field(repr=False)
    """As the sender called it; made safe (:func:`safe_file_name`)."""
    content: bytes = Field(min_length=1, repr=False)
    """The bytes to file."""
    direction: Direction = "incoming"
    """Which way it went."""
    dated: date | None = None
    """``None``: the day it is filed."""
    confidentiality: Confidentiality | None = None
    """``None``: as the case."""
    description: str = Field(default="", max_length=4000, repr=False)
    """A note about the document, for caseworkers."""
    final: bool = False
    """Whether to journalise it at once."""


class Task(_Model):
    """Something that somebody has to do in a case."""

    id: _Id
    """The system's own id, for :meth:`CaseSystem.update_task`; opaque."""
    title: _Words = Field(repr=False)
    """What is to be done, in one line."""
    description: str = Field(default="", repr=False)
    """What is to be done, in more words."""
    status: TaskStatus
    """How far it is."""
    deadline: date | None = None
    """The last day; ``None`` where it has none."""
    unit: _Words = ""
    """Who is to do it: a unit or group, in the words or code of the municipality."""
    person: _Words = Field(default="", repr=False)
    """Who is to do it: a caseworker, by the user name that the system knows."""
    created_at: AwareDatetime | None = None
    """When it was made; ``None`` where the system does not say."""
    done_at: AwareDatetime | None = None
    """When it was done; ``None`` until then, and where the system does not say."""


class NewTask(_Model):
    """A task to put into a case."""

    title: _Title = Field(repr=False)
    """What is to be done, in one line."""
    description: str = Field(default="", max_length=4000, repr=False)
    """What is to be done, in more words."""
    deadline: date | None = None
    """The last day. A system that cannot do without one refuses ``None``."""
    unit: _Words = ""
    """Who is to do it: a unit or group, or ``person``; both empty: the connector's setting."""
    person: _Words = Field(default="", repr=False)
    """Who is to do it: a caseworker, by the user name that the system knows."""


class TaskChange(_Model):
    """What becomes of a task: what is ``None`` stays as it is."""

    status: TaskStatus | None = None
    """How far it is now; ``done`` ends it."""
    deadline: date | None = None
    """Another last day."""
    unit: _Words | None = None
    """Another unit or group to do it."""
    person: _Words | None = Field(default=None, repr=False)
    """Another caseworker to do it, by the user name that the system knows."""

    @model_validator(mode="after")
    def _something(self) -> Self:
        if self == TaskChange.model_construct():
            raise ValueError("a change changes something")
        return self


class Note(_Model):
    """A journal note of a case. Personal throughout."""

    id: _Id
    """The system's own id; opaque."""
    title: _Words = Field(repr=False)
    """What the note is about, in one line."""
    text: str = Field(repr=False)
    """Plain text; lines end with a line feed."""
    final: bool = False
    """Approved: it can no longer be changed."""
    written_at: AwareDatetime | None = None
    """When it was written; ``None`` where the system does not say."""
    person: _Words = Field(default="", repr=False)
    """Who wrote it, by the user name that the system knows."""


class NewNote(_Model):
    """A journal note to write. Personal throughout."""

    title: _Title = Field(repr=False)
    """What the note is about, in one line."""
    text: str = Field(min_length=1, max_length=100_000, repr=False)
    """Plain text."""
    final: bool = False
    """Whether it is approved at once."""


class CaseReceipt(_Model):
    """The system's word that it has taken what was given."""

    id: _Id
    """Of what was made or changed: the case, the document, the task, the note."""
    number: str = ""
    """What people call it by, where the system gives it a number: show this one to a caseworker."""
    accepted_at: AwareDatetime | None = None
    """``None`` in a plan, and where the system only says that it has it."""
    repeated: bool = False
    """The system had it already, by this key: still one."""
    planned: bool = False
    """True only in a plan: nothing was done."""
