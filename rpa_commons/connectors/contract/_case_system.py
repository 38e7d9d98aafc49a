"""What every connector of ``CaseSystem`` must do; derive a test class and give it two fixtures.

Usage, in the connector's own tests::

    class TestMyCases(CaseSystemContract):
        @pytest.fixture
        def cases(self, simulator: MySimulator) -> CaseSystemCases:
            connect = lambda: MyCases(settings, surroundings)
            return CaseSystemCases(connect=connect, taken=simulator.count, ...)

        @pytest.fixture
        def failures(self, simulator: MySimulator) -> list[FailureCases]:
            return [...]  # a query, and each effect alone

Use test numbers that cannot belong to anybody, short time-outs, and no simulator that shares code with the
connector. Each test gets a system of its own.
"""

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from typing import Any

from rpa_commons.capabilities import (
    BusinessError,
    Case,
    CaseCallUnsupportedError,
    CaseNotFoundError,
    CaseQuery,
    CaseReceipt,
    CaseSystem,
    Party,
    TransientError,
)

from ._calls import check_declaration, failure_of, key_of, opened, texts_of
from ._case_calls import (
    EFFECTS,
    CaseSystemCases,
    arguments_of,
    asked,
    call,
    new_case,
    repeatable,
    survives,
)
from ._case_parts import CasePartsContract
from ._failures import FailureContract

__all__ = ["CaseSystemCases", "CaseSystemContract"]

_HOSTILE_TITLES = (
    "Ansøgning\r\nfra en borger\x00\x1b[2J",
    "<script>alert(1)</script> & \"quoted\" 'single'",
    "=HYPERLINK(1)",
    "Robert'); DROP TABLE cases;--",
    "æ" * 255,
    "../../../etc",
)
_THREADS = 8


class CaseSystemContract(CasePartsContract, FailureContract):
    """Tests of the contract of ``CaseSystem``. The fixtures ``cases`` and ``failures`` are yours."""

    def test_it_declares_itself(self, cases: CaseSystemCases) -> None:
        """A connector names itself, its capability and its settings, each field described."""
        with opened(cases.connect) as system:
            check_declaration(system, CaseSystem)

            assert {"keyed", "probe", "unsafe"} >= {repeatable(system, method) for method in EFFECTS}

    def test_a_case_is_opened_once_however_often_its_key_is(self, cases: CaseSystemCases) -> None:
        """The same key three times, the last from a restarted worker, is one case under one id."""
        with opened(cases.connect) as system:
            receipts = [_open(system, cases, "one") for _ in range(2)]
        with opened(cases.connect) as system:
            receipts.append(_open(system, cases, "one"))

        assert 1 == cases.taken("open_case")
        assert 1 == len({(receipt.id, receipt.number) for receipt in receipts})
        assert [False] * 3 == [receipt.planned for receipt in receipts]

    def test_another_key_is_another_case(self, cases: CaseSystemCases) -> None:
        """Two keys are two cases with two ids and numbers, also where they are alike."""
        with opened(cases.connect) as system:
            first, second = _open(system, cases, "one"), _open(system, cases, "two")

        assert first.id != second.id
        assert first.number != second.number
        assert 2 == cases.taken("open_case")  # noqa: PLR2004 - the two keys

    def test_eight_threads_with_one_key_open_one_case(self, cases: CaseSystemCases) -> None:
        """Where a key is honoured, it is so by the system and not by the order of the calls."""
        with opened(cases.connect) as system:
            if repeatable(system, "open_case") != "keyed":
                return
            with ThreadPoolExecutor(_THREADS) as pool:
                receipts = list(pool.map(lambda _: _open(system, cases, "one"), range(_THREADS)))

        assert 1 == len({receipt.id for receipt in receipts})
        assert 1 == cases.taken("open_case")

    def test_eight_threads_may_work_side_by_side(self, cases: CaseSystemCases) -> None:
        """Several threads share one connector, each with a case of its own."""
        with opened(cases.connect) as system, ThreadPoolExecutor(_THREADS) as pool:
            receipts = list(pool.map(lambda name: _open(system, cases, str(name)), range(_THREADS)))

        assert _THREADS == len({receipt.id for receipt in receipts})
        assert _THREADS == len({receipt.number for receipt in receipts})
        assert _THREADS == cases.taken("open_case")

    def test_a_case_is_read_as_it_was_opened(self, cases: CaseSystemCases) -> None:
        """What the system says of a case is what was given; what it does not say is left empty."""
        with opened(cases.connect) as system:
            receipt = _open(system, cases, "one")
            case = asked(system, "case", receipt.id)

        given = new_case(cases)
        assert (receipt.id, receipt.number) == (case.id, case.number)
        assert case.number
        assert ("open", given.title, given.kle) == (case.status, case.title, case.kle)
        assert case.facet in {"", given.facet}
        assert case.confidentiality in {None, given.confidentiality}
        assert case.opened_on in {None, date(2026, 11, 2)}
        assert [_who(cases.party)] == [_who(party) for party in case.parties]
        assert receipt == survives("open_case", receipt)

    def test_cases_are_found(self, cases: CaseSystemCases) -> None:
        """By party, number, title, and narrowed by KLE number and status; nothing else is answered."""
        with opened(cases.connect) as system:
            one = _open(system, cases, "one")
            two = _open(system, cases, "two", kle=cases.other_kle, title="Om noget andet")
            other = _open(system, cases, "other", parties=(cases.other_party,), title="En andens sag")
            found = {
                "party": _find(system, party=cases.party),
                "kle": _find(system, party=cases.party, kle=cases.other_kle),
                "main group": _find(system, party=cases.party, kle=cases.kle[:2]),
                "number": _find(system, number=one.number),
                "title": _find(system, title="Om noget andet"),
                "open": _find(system, party=cases.other_party, status="open"),
                "closed": _find(system, party=cases.party, status="closed"),
                "nothing": _find(system, party=cases.other_party, title="Om noget andet"),
            }

        assert {
            "party": {one.id, two.id},
            "kle": {two.id},
            "main group": {one.id},
            "number": {one.id},
            "title": {two.id},
            "open": {other.id},
            "closed": set(),
            "nothing": set(),
        } == {name: {case.id for case in listed} for name, listed in found.items()}

    def test_an_answer_is_in_order_and_changes_nothing(self, cases: CaseSystemCases) -> None:
        """Cases come by number, asked twice the same; asking opens none."""
        with opened(cases.connect) as system:
            for name in ("one", "two", "three"):
                _open(system, cases, name)
            listed = [_find(system, party=cases.party) for _ in range(2)]

        assert listed[0] == listed[1]
        assert sorted(case.number for case in listed[0]) == [case.number for case in listed[0]]
        assert 3 == len(listed[0]) == cases.taken("open_case")  # noqa: PLR2004 - the three above

    def test_hostile_titles_are_only_titles(self, cases: CaseSystemCases) -> None:
        """A title that means something to a browser, a spreadsheet or a database is only text."""
        with opened(cases.connect) as system:
            for title in _HOSTILE_TITLES:
                receipt = _open(system, cases, title, title=title)

                assert new_case(cases, title).title == asked(system, "case", receipt.id).title

        assert len(_HOSTILE_TITLES) == cases.taken("open_case")

    def test_what_is_not_there_is_said(self, cases: CaseSystemCases) -> None:
        """An unknown case, document or task is an error of its own with a remedy, and changes nothing."""
        nowhere = cases.unknown["case"]
        with opened(cases.connect) as system:
            case = _open(system, cases, "one").id
            calls = {
                ("case", name, method, arguments)
                for name, method, arguments in (
                    *(("asked", query, (nowhere,)) for query in ("case", "documents", "tasks", "notes")),
                    *(("done", method, arguments_of(cases, method, nowhere, "x")) for method in EFFECTS[1:]),
                )
            }
            calls.add(("document", "asked", "document_file", (case, cases.unknown["document"])))
            change = arguments_of(cases, "update_task", case, cases.unknown["task"])
            calls.add(("task", "done", "update_task", change))
            for what, how, method, arguments in calls:
                if method in cases.unsupported:
                    continue
                keys = {"key": key_of(f"nowhere {method} {what}")} if how == "done" else {}
                error = failure_of(lambda m=method, a=arguments, k=keys: getattr(system, m)(*a, **k))  # type: ignore[misc]

                assert isinstance(error, CaseNotFoundError), method
                assert what == error.what or method == "update_task", method
                assert error.remedy

        assert 0 == sum(cases.taken(method) for method in EFFECTS[1:])

    def test_a_subject_that_the_system_lacks_is_refused(self, cases: CaseSystemCases) -> None:
        """A KLE number that the system does not take is for a person to look at, and opens no case."""
        if cases.refused_kle is None:
            return
        with opened(cases.connect) as system:
            error = failure_of(lambda: _open(system, cases, "one", kle=cases.refused_kle))

        assert isinstance(error, BusinessError)
        assert error.remedy
        assert 0 == cases.taken("open_case")

    def test_what_the_system_cannot_do_is_refused_in_a_plan_too(self, cases: CaseSystemCases) -> None:
        """A call that this system does not have is refused by name; its check says so without asking."""
        with opened(cases.connect) as system:
            for method in sorted(cases.unsupported):
                arguments = (
                    arguments_of(cases, method, "planned", "planned") if method in EFFECTS else ("planned",)
                )
                keys = {"key": key_of(method)} if method in EFFECTS else {}
                error = failure_of(lambda m=method, a=arguments, k=keys: getattr(system, m)(*a, **k))  # type: ignore[misc]

                assert isinstance(error, CaseCallUnsupportedError), method
                if method in EFFECTS:
                    check = getattr(system, f"check_{method}")
                    refused = failure_of(lambda c=check, a=arguments: c(*a))  # type: ignore[misc]

                    assert isinstance(refused, CaseCallUnsupportedError), method

    def test_a_plan_refuses_no_good_case(self, cases: CaseSystemCases) -> None:
        """What the system takes passes the checks, also while the system is silent."""
        with opened(cases.connect) as system, cases.silence():
            for method in set(EFFECTS) - cases.unsupported:
                check = getattr(system, f"check_{method}", None)
                if check is not None:
                    check(*arguments_of(cases, method, "planned", "planned"))

    def test_nothing_is_done_without_a_key(self, cases: CaseSystemCases) -> None:
        """A key that the runtime did not make is refused: repeating could not be told from doing it twice."""
        with opened(cases.connect) as system:
            case = _open(system, cases, "one").id
            for method in set(EFFECTS) - cases.unsupported:
                for key in ("", "word", key_of("one").upper()):
                    _refused_key(system, method, arguments_of(cases, method, case, "x"), key)

        assert {"open_case": 1} == {name: cases.taken(name) for name in EFFECTS if cases.taken(name)}

    def test_a_silent_system_keeps_the_case_waiting(self, cases: CaseSystemCases) -> None:
        """Without an answer everything raises a TransientError; the repeat afterwards opens one case."""
        with opened(cases.connect) as system:
            with cases.silence():
                question = failure_of(lambda: _find(system, party=cases.party))
                effect = failure_of(lambda: call(system, "open_case", new_case(cases), key=key_of("one")))
            _open(system, cases, "one")

        assert isinstance(question, TransientError)
        assert isinstance(effect, TransientError)
        assert 1 == cases.taken("open_case")

    def test_nothing_personal_is_shown(self, cases: CaseSystemCases) -> None:
        """Neither an error nor the ``repr`` of an answer holds a number, a name or a title."""
        title = "Hemmelig overskrift"
        with opened(cases.connect) as system:
            receipt = _open(system, cases, "one", title=title)
            shown = [repr(asked(system, "case", receipt.id)), repr(_find(system, party=cases.party))]
            errors = [
                failure_of(lambda: system.case(f"{cases.party.id} {title}")),
                failure_of(
                    lambda: _open(system, cases, "bad", kle=cases.refused_kle or cases.kle, title=title)
                ),
            ]
            with cases.silence():
                errors.append(failure_of(lambda: _find(system, party=cases.party, title=title)))
                errors.append(failure_of(lambda: _open(system, cases, "silent", title=title)))
        shown += [text for error in errors for text in texts_of(error)]

        for personal in (cases.party.id, cases.party.name, title):
            assert not any(personal in text for text in shown if personal)


def _open(system: CaseSystem, cases: CaseSystemCases, name: str, **changes: Any) -> CaseReceipt:  # noqa: ANN401 - the model's own fields
    return call(system, "open_case", new_case(cases, **changes), key=key_of(name))


def _find(system: CaseSystem, **asked_for: object) -> tuple[Case, ...]:
    found: tuple[Case, ...] = asked(system, "find_cases", CaseQuery.model_validate(asked_for))
    return found


def _who(party: Party) -> tuple[str, str]:
    return party.kind, party.id


def _refused_key(system: CaseSystem, method: str, arguments: object, key: str) -> None:
    try:
        getattr(system, method)(*arguments, key=key)  # type: ignore[misc]
    except ValueError:
        return
    raise AssertionError(f"{method} was carried out without an idempotency key")
