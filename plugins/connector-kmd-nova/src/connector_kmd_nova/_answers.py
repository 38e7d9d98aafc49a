"""What Nova answered, as the capability's models."""

from rpa_commons.capabilities import Case, Document, Note, Party, Task, safe_file_name

from ._settings import KmdNovaSettings
from ._shapes import NovaCase, NovaDocument, NovaNote, NovaTask
from ._words import CLOSED_STATE, CONFIDENTIALITY, DIRECTION, PARTY_KIND, TASK_STATUS, day_of, moment_of

__all__ = ["case_of", "document_of", "note_of", "task_of"]


def case_of(case: NovaCase, settings: KmdNovaSettings) -> Case:
    """A case.

    Raises:
        ValueError: something that was asked for is not in the answer.
    """
    attributes, state, subject = case.case_attributes, case.state, case.case_classification
    if attributes is None or state is None or subject is None:
        raise ValueError("a case comes without title, state or subject")
    parties = [
        Party(
            kind=PARTY_KIND.get(party.identification_type, "other"),
            id=party.identification,
            name=party.name or "",
            role="primary" if party.participant_role == "Primær" else "secondary",
        )
        for party in case.case_parties
        if party.identification
    ]
    return Case(
        id=case.common.uuid,
        number=attributes.user_friendly_case_number,
        title=attributes.title,
        status="closed" if state.progress_state == CLOSED_STATE else "open",
        state=state.progress_state,
        kle=subject.kle_number.code,
        facet=subject.proceeding_facet.code if subject.proceeding_facet else "",
        confidentiality=CONFIDENTIALITY[case.sensitivity.sensitivity] if case.sensitivity else None,
        opened_on=day_of(attributes.case_date),
        unit=_unit_word(case, settings),
        person=_person_word(case, settings),
        parties=tuple(sorted(parties, key=lambda party: party.role != "primary")),
    )


def document_of(document: NovaDocument) -> Document:
    """A document; Nova is not known to keep file names, so it is called by title and extension."""
    extension = document.file_extension or ""
    name = f"{document.title}.{extension}" if extension else document.title
    return Document(
        id=document.document_uuid,
        title=document.title,
        file_name=safe_file_name(name),
        direction=DIRECTION.get(document.document_type),
        dated=day_of(document.document_date),
        confidentiality=CONFIDENTIALITY[document.sensitivity] if document.sensitivity else None,
        final=document.approved,
    )


def task_of(task: NovaTask, settings: KmdNovaSettings) -> Task:
    """A task."""
    worker = task.case_worker
    known = {person.id.lower(): word for word, person in settings.people.items() if person.id}
    return Task(
        id=task.task_uuid,
        title=task.task_title,
        description=task.task_description or "",
        status=TASK_STATUS[task.task_status_code],
        deadline=day_of(task.task_deadline),
        person=known.get(worker.id.lower(), worker.ident) if worker else "",
        created_at=moment_of(task.task_create_date),
        done_at=moment_of(task.task_close_date) if task.task_status_code == "F" else None,
    )


def note_of(note: NovaNote) -> Note:
    """A note.

    Raises:
        ValueError: its text is no base64 of UTF-8.
    """
    inside = note.journal_note_attributes
    return Note(
        id=note.uuid,
        title=inside.title,
        text=note.text,
        final=note.approved,
        written_at=moment_of(inside.created_time),
    )


def _unit_word(case: NovaCase, settings: KmdNovaSettings) -> str:
    unit = case.responsible_department.los_identity if case.responsible_department else None
    if unit is None:
        return ""
    known = {given.id: word for word, given in settings.units.items()}
    return known.get(str(unit.administrative_unit_id), unit.full_name or "")


def _person_word(case: NovaCase, settings: KmdNovaSettings) -> str:
    identity = case.caseworker.ksp_identity if case.caseworker else None
    if identity is None:
        return ""
    known = {given.user: word for word, given in settings.people.items()}
    return known.get(identity.racf_id, identity.racf_id)
