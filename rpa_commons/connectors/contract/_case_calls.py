"""What the tests of ``CaseSystem`` share: the system under test, and calling it as the runtime does."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import date
from typing import Any, cast

from pydantic import TypeAdapter

from rpa_commons.capabilities import (
    CaseReceipt,
    CaseSystem,
    NewCase,
    NewDocument,
    NewNote,
    NewTask,
    Party,
    TaskChange,
    capability_spec,
)

__all__ = [
    "EFFECTS",
    "CaseSystemCases",
    "arguments_of",
    "asked",
    "call",
    "document",
    "new_case",
    "note",
    "repeatable",
    "survives",
    "task",
]

EFFECTS = ("open_case", "add_document", "add_task", "update_task", "add_note")


@dataclass(frozen=True)
class CaseSystemCases:
    """A case system that is a simulator or a folder, and how to reach it.

    Attributes:
        connect: Makes a new connector to the same system, as a restarted worker does.
        taken: Method of an effect -> how many of them the system has taken, counted in the system and not
            by asking the connector.
        party: Somebody a case can be about. The name must be in no error.
        other_party: Somebody else, who has no case yet.
        kle: A subject that the system takes.
        other_kle: Another one, of another main group.
        facet: A facet that it takes; empty where it takes none.
        refused_kle: A well-formed subject that it refuses; ``None`` where it takes any.
        unknown: Ids, well-formed and of nothing: of a case, a document, a task.
        unit: A unit that a case can be given to; empty: the connector's setting.
        person: A caseworker who can be given a task; empty: the connector's setting.
        kept_text: What the system keeps of a note's text; only where it is known to change it, and the
            connector's page says how.
        unsupported: Methods that this system is not known to have.
        silence: While inside, the system cannot be reached or does not answer.
    """

    connect: Callable[[], CaseSystem]
    taken: Callable[[str], int]
    party: Party
    other_party: Party
    kle: str
    other_kle: str
    facet: str
    refused_kle: str | None
    silence: Callable[[], AbstractContextManager[object]]
    unknown: Mapping[str, str]
    unit: str = ""
    person: str = ""
    kept_text: Callable[[str], str] = str
    unsupported: frozenset[str] = field(default_factory=frozenset)

    def without(self, *methods: str) -> bool:
        """Whether the system lacks one of these."""
        return not self.unsupported.isdisjoint(methods)


def new_case(cases: CaseSystemCases, title: str = "Ansøgning om støtte", **changes: Any) -> NewCase:  # noqa: ANN401 - the model's own fields
    """A case about the party."""
    given = {"kle": cases.kle, "facet": cases.facet, "parties": (cases.party,), "unit": cases.unit, **changes}
    return NewCase(title=title, opened_on=date(2026, 11, 2), **given)


def document(name: str = "Ansøgning æøå.pdf", content: bytes = b"%PDF-1.7 application") -> NewDocument:
    """A document to file."""
    return NewDocument(title="Ansøgning modtaget", file_name=name, content=content, dated=date(2026, 11, 1))


def task(cases: CaseSystemCases, title: str = "Vurdér ansøgningen") -> NewTask:
    """A task with a deadline and somebody to do it."""
    return NewTask(title=title, description="Se bilag 1", deadline=date(2026, 12, 1), person=cases.person)


def note(text: str = "Første linje\nAnden linje: æøå ÆØÅ & <b>") -> NewNote:
    """A note of two lines."""
    return NewNote(title="Modtaget ansøgning", text=text)


def call(system: CaseSystem, method: str, *arguments: object, key: str) -> CaseReceipt:
    """An effect as the runtime repeats it: one that is only *probed* is looked up first."""
    weakened = getattr(system, "effect_classes", None) or {}
    declared = capability_spec(CaseSystem).calls[method].effect_class
    if weakened.get(method, declared) == "probe":
        found = getattr(system, f"probe_{method}")(*arguments, key=key)
        if found is not None:
            return cast("CaseReceipt", found)
    return cast("CaseReceipt", getattr(system, method)(*arguments, key=key))


def repeatable(system: CaseSystem, method: str) -> str:
    """The class that the connector calls an effect with."""
    declared = capability_spec(CaseSystem).calls[method].effect_class or ""
    weakened: Mapping[str, str] = getattr(system, "effect_classes", None) or {}
    return weakened.get(method, declared)


def arguments_of(cases: CaseSystemCases, method: str, case: str, task_id: str) -> Sequence[object]:
    """Arguments that a system which has the case and the task takes."""
    return {
        "open_case": (new_case(cases),),
        "add_document": (case, document()),
        "add_task": (case, task(cases)),
        "update_task": (case, task_id, TaskChange(status="done")),
        "add_note": (case, note()),
    }[method]


def asked(system: CaseSystem, method: str, *arguments: object) -> Any:  # noqa: ANN401 - the method's own type
    """What a query answers, after it went through the journal."""
    value = getattr(system, method)(*arguments)
    assert value == survives(method, value), f"{method}: the answer is another one after the journal"
    return value


def survives(method: str, value: object) -> object:
    """A result written down as JSON and read back."""
    adapter: TypeAdapter[Any] = TypeAdapter(capability_spec(CaseSystem).calls[method].returns)
    return adapter.validate_json(adapter.dump_json(adapter.validate_python(value)))
