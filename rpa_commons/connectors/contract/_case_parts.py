"""What a case consists of: documents, tasks and notes, each filed once and read back as it was."""

import unittest
from datetime import date, timedelta

from rpa_commons.capabilities import CaseReceipt, CaseSystem, TaskChange, safe_file_name

from ._calls import key_of, opened
from ._case_calls import (
    CaseSystemCases,
    arguments_of,
    asked,
    call,
    document,
    new_case,
    note,
    repeatable,
    task,
)

__all__ = ["CasePartsContract"]

_HOSTILE_NAMES = (
    "../../../etc/passwd",
    "..\\..\\Windows\\win.ini",
    "/etc/shadow",
    "C:\\Users\\Ole\\hemmelig.docx",
    "CON",
    "lpt1.txt",
    "a\x00b\x1b[31m\r\nc.pdf",
    "\u202efdp.exe",
    "<script>alert(1)</script>.html",
    "=cmd|' /C calc'!A0.csv",
    "'; DROP TABLE cases; --.pdf",
    "%2e%2e%2f%00.pdf",
    "." * 300,
    "æ" * 300 + ".pdf",
    "line\nbreak.pdf",
    "trailing. . .",
)
_NAMELESS = safe_file_name(f"{document().title}.pdf")
_EVERY_BYTE = bytes(range(256)) * 40 + b"\r\n\x1a\x00"


class CasePartsContract:
    """Tests of documents, tasks and notes; part of ``CaseSystemContract``."""

    def test_a_document_comes_back_byte_for_byte(self, cases: CaseSystemCases) -> None:
        """What was filed is listed with its title and name, and is read back unchanged.

        A system that keeps no file name makes one of title and extension.
        """
        _skip(cases, "documents", "document_file", "add_document")
        with opened(cases.connect) as system:
            case = _case(system, cases)
            receipt = call(system, "add_document", case, document(content=_EVERY_BYTE), key=key_of("doc"))
            (filed,) = asked(system, "documents", case)
            file = asked(system, "document_file", case, filed.id)

        assert receipt.id == filed.id == file.id
        assert document().title == filed.title
        assert filed.file_name in {document().file_name, _NAMELESS}
        assert filed.file_name == file.file_name
        assert filed.dated in {None, date(2026, 11, 1)}
        assert filed.size in {None, len(_EVERY_BYTE)}
        assert _EVERY_BYTE == file.content

    def test_hostile_file_names_are_only_names(self, cases: CaseSystemCases) -> None:
        """A name that would lead elsewhere, or that no file system takes, is filed under a safe one."""
        _skip(cases, "documents", "document_file", "add_document")
        with opened(cases.connect) as system:
            case = _case(system, cases)
            for number, name in enumerate(_HOSTILE_NAMES):
                content = b"content %d" % number
                call(system, "add_document", case, document(name, content), key=key_of(name))
            filed = asked(system, "documents", case)
            contents = {asked(system, "document_file", case, one.id).content for one in filed}

        assert len(_HOSTILE_NAMES) == len(filed) == cases.taken("add_document")
        assert {b"content %d" % number for number in range(len(_HOSTILE_NAMES))} == contents
        assert [] == [one for one in filed if safe_file_name(one.file_name) != one.file_name]

    def test_two_documents_of_one_name_are_two(self, cases: CaseSystemCases) -> None:
        """A second document of the same title and name does not take the first one's place."""
        _skip(cases, "documents", "document_file", "add_document")
        with opened(cases.connect) as system:
            case = _case(system, cases)
            for content in (b"first", b"second"):
                call(system, "add_document", case, document(content=content), key=key_of(str(content)))
            filed = asked(system, "documents", case)

            assert [b"first", b"second"] == sorted(
                asked(system, "document_file", case, one.id).content for one in filed
            )

    def test_a_task_is_listed_and_done(self, cases: CaseSystemCases) -> None:
        """A task has its title, deadline and status; a change changes what it names and nothing else."""
        _skip(cases, "tasks", "add_task", "update_task")
        with opened(cases.connect) as system:
            case = _case(system, cases)
            receipt = call(system, "add_task", case, task(cases), key=key_of("task"))
            (before,) = asked(system, "tasks", case)
            later = TaskChange(deadline=date(2026, 12, 24))
            call(system, "update_task", case, receipt.id, later, key=key_of("later"))
            done = call(
                system, "update_task", case, receipt.id, TaskChange(status="done"), key=key_of("done")
            )
            (after,) = asked(system, "tasks", case)

        assert ("new", date(2026, 12, 1)) == (before.status, before.deadline)
        assert ("done", date(2026, 12, 24)) == (after.status, after.deadline)
        assert receipt.id == before.id == after.id == done.id
        assert task(cases).title == before.title == after.title
        assert task(cases).description == before.description == after.description

    def test_a_note_comes_back_line_by_line(self, cases: CaseSystemCases) -> None:
        """A note keeps its title, its lines and its letters."""
        _skip(cases, "notes", "add_note")
        with opened(cases.connect) as system:
            case = _case(system, cases)
            receipt = call(system, "add_note", case, note(), key=key_of("note"))
            (written,) = asked(system, "notes", case)

        assert receipt.id == written.id
        assert note().title == written.title
        assert cases.kept_text(note().text) == written.text

    def test_parts_stay_in_their_case(self, cases: CaseSystemCases) -> None:
        """What is filed in one case is not in another."""
        with opened(cases.connect) as system:
            one, other = _case(system, cases), _case(system, cases, "other")
            for method, query in _LISTS.items():
                if not cases.without(method, query):
                    call(system, method, *arguments_of(cases, method, one, ""), key=key_of(method))

                    assert 1 == len(asked(system, query, one))
                    assert () == asked(system, query, other)

    def test_each_effect_is_once_per_key(self, cases: CaseSystemCases) -> None:
        """The same key three times, the last from a restarted worker, is one effect under one id."""
        for method in (name for name in _CHANGES if name not in cases.unsupported):
            with opened(cases.connect) as system:
                if repeatable(system, method) == "unsafe":
                    continue
                case, task_id = _case(system, cases, method), ""
                if method == "update_task":
                    task_id = call(system, "add_task", case, task(cases), key=key_of("to do")).id
                before = cases.taken(method)
                arguments = arguments_of(cases, method, case, task_id)
                receipts = [call(system, method, *arguments, key=key_of(f"{method} once")) for _ in range(2)]
            with opened(cases.connect) as system:
                receipts.append(call(system, method, *arguments, key=key_of(f"{method} once")))

            assert before + 1 == cases.taken(method), method
            assert 1 == len({receipt.id for receipt in receipts}), method
            assert all(_sound(receipt) for receipt in receipts), method

    def test_another_key_is_another_effect(self, cases: CaseSystemCases) -> None:
        """Two keys are two documents, tasks, notes, also where they are alike."""
        with opened(cases.connect) as system:
            case = _case(system, cases)
            for method in _LISTS:
                if method in cases.unsupported:
                    continue
                arguments = arguments_of(cases, method, case, "")
                first = call(system, method, *arguments, key=key_of(f"{method} one"))
                second = call(system, method, *arguments, key=key_of(f"{method} two"))

                assert first.id != second.id, method
                assert 2 == cases.taken(method), method  # noqa: PLR2004 - the two keys


_LISTS = {"add_document": "documents", "add_task": "tasks", "add_note": "notes"}
_CHANGES = (*_LISTS, "update_task")


def _skip(cases: CaseSystemCases, *methods: str) -> None:
    if cases.without(*methods):
        raise unittest.SkipTest("this system is not known to have it")


def _case(system: CaseSystem, cases: CaseSystemCases, name: str = "parts") -> str:
    return call(system, "open_case", new_case(cases), key=key_of(f"case {name}")).id


def _sound(receipt: CaseReceipt) -> bool:
    at = receipt.accepted_at
    return not receipt.planned and (at is None or at.utcoffset() == timedelta(0))
