"""CaseSystem's models: hostile text made safe once, nothing personal shown, receipts for a plan."""

import unicodedata
from datetime import date
from pathlib import PurePosixPath, PureWindowsPath
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from pydantic import ValidationError

from rpa_commons.capabilities import (
    Case,
    CaseCallUnsupportedError,
    CaseNotFoundError,
    CaseQuery,
    CaseReceipt,
    CaseSystem,
    NewCase,
    NewDocument,
    NewNote,
    NewTask,
    Party,
    TaskChange,
    capability_spec,
    safe_file_name,
)
from rpa_commons.runtime._codec import read_result, result_bytes

PARTY = Party(kind="person", id="2211771212", name="Ole Hemmelig")
CASE = Case(
    id="7",
    number="2026-000007",
    title="Hemmelig",
    status="open",
    kle="27.60.04",
    facet="G01",
    parties=(PARTY,),
)
DEVICES = {
    "con",
    "prn",
    "aux",
    "nul",
    "conin$",
    "conout$",
    *(f"{name}{digit}" for name in ("com", "lpt") for digit in "0123456789"),
}


@given(st.text(max_size=600))
@example("../../../etc/passwd")
@example("CON .tar.gz")
@example("com¹.txt")
@example("CONOUT$.txt")
@example("." * 300)
@example("æ" * 300 + ".pdf")
@example("\u202efdp.exe")
@example("a" * 190 + ". " + "b" * 30)
def test_a_safe_file_name_is_only_a_name(name: str) -> None:
    """On Windows and Linux alike: one part, no device, nothing that cannot be seen, at most 200 bytes."""
    safe = safe_file_name(name)

    assert safe == safe_file_name(safe)
    assert safe
    assert 200 >= len(safe.encode())
    assert (safe,) == PurePosixPath(safe).parts == PureWindowsPath(safe).parts
    assert not safe.startswith(".")
    assert not safe.endswith((".", " "))
    assert safe.partition(".")[0].strip().lower() not in DEVICES
    assert {"Cc", "Cf", "Zl", "Zp"}.isdisjoint(map(unicodedata.category, safe))
    assert not set('<>:"/\\|?*') & set(safe)


@pytest.mark.parametrize(
    ("given_name", "safe"),
    [
        ("Ansøgning æøå.pdf", "Ansøgning æøå.pdf"),
        ("C:\\Users\\Ole\\brev.docx", "C__Users_Ole_brev.docx"),
        ("NUL.txt", "_NUL.txt"),
        ("a\r\nb.pdf", "a b.pdf"),
        ("", "document"),
        ("...", "document"),
        ("e\u0301.pdf", "é.pdf"),
        ("~$brev.docx", "_$brev.docx"),
        ("mit_VTI_notat.pdf", "mit_VTI-notat.pdf"),
        ("Desktop.ini", "_Desktop.ini"),
    ],
)
def test_a_name_stays_as_near_as_it_can(given_name: str, safe: str) -> None:
    """A good name is left alone, a bad one still says what it was."""
    assert safe == safe_file_name(given_name)


def test_a_title_is_one_line() -> None:
    """Line breaks and control characters become spaces; a title of nothing else is refused."""
    title = "Ansøgning\r\n\x00fra\u2028en borger \u202e"

    assert "Ansøgning fra en borger" == NewCase(title=title, kle="27.60.04").title
    with pytest.raises(ValidationError):
        NewCase(title="\x00 \u200b", kle="27.60.04")


def test_a_title_spelt_in_two_ways_is_one() -> None:
    """A ring above as a character of its own gives the same title, or a search would open a second case."""
    decomposed = "Fra\u030avær"

    assert "Fråvær" == NewCase(title=decomposed, kle="27.60.04").title
    assert CaseQuery(title=decomposed).matches(CASE.model_copy(update={"title": "Fråvær"}))


@pytest.mark.parametrize("kle", ["27", "27.60", "27.6.4", "27.60.04 ", "٢٧.٦٠.٠٤", "27.60.04\n", ""])
def test_a_subject_has_all_three_levels(kle: str) -> None:
    """A case is opened under a subject; the beginning of one is for searching."""
    with pytest.raises(ValidationError):
        NewCase(title="Ansøgning", kle=kle)


def test_a_validation_error_shows_no_value() -> None:
    """What was given may be personal: neither the number nor the text is in the message."""
    with pytest.raises(ValidationError) as caught:
        NewCase.model_validate(
            {
                "title": "Hemmelig",
                "kle": "2211771212",
                "parties": [{"kind": "2211771212", "id": "2211771212"}],
            }
        )

    assert "2211771212" not in f"{caught.value} {caught.value!r}"
    assert "Hemmelig" not in f"{caught.value} {caught.value!r}"


def test_nothing_personal_is_in_a_repr() -> None:
    """Titles, names, numbers, texts and bytes are left out."""
    models = (
        CASE,
        PARTY,
        CaseQuery(party=PARTY, title="Hemmelig"),
        NewCase(title="Hemmelig", kle="27.60.04", parties=(PARTY,), person="Hemmelig"),
        NewDocument(title="Hemmelig", file_name="Hemmelig.pdf", content=b"Hemmelig", description="Hemmelig"),
        NewTask(title="Hemmelig", description="Hemmelig", person="Hemmelig"),
        NewNote(title="Hemmelig", text="Hemmelig"),
        TaskChange(person="Hemmelig"),
    )

    for model in models:
        assert "Hemmelig" not in repr(model)
        assert "2211771212" not in repr(model)


def test_a_party_written_in_two_ways_is_one() -> None:
    """Spaces and hyphens are no part of a number; a word of the municipality's own is left alone."""
    assert PARTY.id == Party(kind="person", id="221177-1212").id
    assert "29189404" == Party(kind="organisation", id=" 29 18 94 04").id
    assert "A-17 b" == Party(kind="other", id="A-17 b").id
    with pytest.raises(ValidationError):
        Party(kind="person", id=" ")


@pytest.mark.parametrize(
    ("query", "found"),
    [
        (CaseQuery(party=Party(kind="person", id="2211771212")), True),
        (CaseQuery(party=Party(kind="other", id="2211771212")), False),
        (CaseQuery(party=Party(kind="person", id="2512169996")), False),
        (CaseQuery(number="2026-000007", kle="27"), True),
        (CaseQuery(number="2026-000007", kle="27.60"), True),
        (CaseQuery(number="2026-000007", kle="27.60.04"), True),
        (CaseQuery(number="2026-000007", kle="27.60.05"), False),
        (CaseQuery(number="2026-000007", kle="28"), False),
        (CaseQuery(number="2026-00000"), False),
        (CaseQuery(title="Hemmelig", status="open"), True),
        (CaseQuery(title="Hemmelig", status="closed"), False),
        (CaseQuery(title="hemmelig"), False),
    ],
)
def test_a_query_knows_its_cases(query: CaseQuery, *, found: bool) -> None:
    """Whole numbers and titles, a party by kind and id, KLE by its levels."""
    assert found == query.matches(CASE)


def test_a_query_asks_for_something() -> None:
    """A subject alone would be a list of everybody; a change without a change is a mistake."""
    with pytest.raises(ValidationError, match="party, number or title"):
        CaseQuery(kle="27")
    with pytest.raises(ValidationError, match="changes something"):
        TaskChange()


def test_a_plan_shows_what_would_be_done() -> None:
    """Every effect has a typed planned receipt that the journal can keep."""
    arguments: dict[str, dict[str, Any]] = {
        "open_case": {"case": NewCase(title="Ansøgning", kle="27.60.04")},
        "add_document": {
            "case": "7",
            "document": NewDocument(title="Bilag", file_name="a.pdf", content=bytes(range(256))),
        },
        "add_task": {"case": "7", "task": NewTask(title="Opgave", deadline=date(2026, 12, 1))},
        "update_task": {"case": "7", "task": "8", "change": TaskChange(status="done")},
        "add_note": {"case": "7", "note": NewNote(title="Notat", text="Tekst")},
    }
    calls = capability_spec(CaseSystem).calls
    effects = {name for name, call in calls.items() if call.effect_class}

    assert set(arguments) == effects
    for name, given_arguments in arguments.items():
        call = calls[name]
        assert call.planned is not None
        receipt = call.planned(**given_arguments, key="")

        assert isinstance(receipt, CaseReceipt)
        assert receipt.planned
        assert receipt.id == ("8" if name == "update_task" else "planned")
        assert receipt == read_result(call, result_bytes(call, receipt))
        assert given_arguments == {
            argument: type(value).model_validate_json(value.model_dump_json())
            if not isinstance(value, str)
            else value
            for argument, value in given_arguments.items()
        }


def test_errors_say_what_and_what_next() -> None:
    """Both errors name the system and have a remedy."""
    unknown = CaseNotFoundError("kmd-nova", "task")
    unsupported = CaseCallUnsupportedError(
        "getorganized", "add_task", "no public interface for tasks is known"
    )

    assert ("task", "kmd-nova: it knows no task by this id") == (unknown.what, unknown.message)
    assert unknown.remedy
    assert "getorganized: add_task is not possible: no public" in unsupported.message
    assert "stack.toml" in unsupported.remedy
