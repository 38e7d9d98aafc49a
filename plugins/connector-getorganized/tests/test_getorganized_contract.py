"""The connector keeps the contract of CaseSystem, as far as public clients know GetOrganized."""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, closing, nullcontext
from functools import partial
from typing import Any

import pytest

from rpa_commons.capabilities import CaseQuery, Party
from rpa_commons.connectors.contract import (
    FAILURES,
    CaseSystemCases,
    CaseSystemContract,
    FailureCases,
    contract_case,
    contract_document,
    contract_key,
)

PARTY = Party(kind="person", id="2211771212", name="Ole Hemmelig")
OTHER = Party(kind="person", id="2512169996", name="Anden Hemmelig")
SHOWN = tuple(name for name in FAILURES if name != "duplicate")

Failing = Mapping[str, Callable[[], AbstractContextManager[object]]]


class TestGetOrganized(CaseSystemContract):
    @pytest.fixture
    def cases(self, go: Any) -> CaseSystemCases:
        """A GetOrganized that is silent when it does not answer in time."""
        return CaseSystemCases(
            connect=go.connect,
            taken=go.taken,
            party=PARTY,
            other_party=OTHER,
            kle="27.60.04",
            other_kle="85.02.01",
            facet="G01",
            refused_kle="00.00.00",
            unknown={"case": "EMN-2026-999999", "document": "999999", "task": "1"},
            unit="Borgerservice",
            unsupported=frozenset({"tasks", "notes", "add_task", "update_task", "add_note"}),
            silence=partial(go.failing, "time-out"),
        )

    @pytest.fixture
    def failures(self, go: Any, cases: CaseSystemCases) -> list[FailureCases]:
        """A question, and each effect alone, on a case that is there already."""
        with closing(go.connect()) as system:
            case = system.open_case(contract_case(cases), key=contract_key("there")).id
        fails: Failing = {kind: partial(go.failing, kind) for kind in SHOWN}
        personal = (PARTY.id, PARTY.name, contract_case(cases).title, contract_document().title)
        question = FailureCases(
            connect=go.connect,
            call=lambda system: system.find_cases(CaseQuery(party=PARTY)),
            fails={**fails, "503": partial(go.failing, "503")},
            absent={"duplicate": "a search delivers no event; each case is listed by its own CaseID"},
            personal=personal,
        )
        more = {"duplicate": nullcontext, "taken-then-time-out": partial(go.failing, "taken-then-time-out")}
        return [
            question,
            *(
                FailureCases(
                    connect=go.connect,
                    call=AsTheRuntime(method, arguments),
                    fails={**fails, **more},
                    personal=personal,
                    taken=partial(go.taken, method),
                )
                for method, arguments in (
                    ("open_case", (contract_case(cases),)),
                    ("add_document", (case, contract_document())),
                )
            ),
        ]


class AsTheRuntime:
    """Calls an effect at once, and after an interruption only when the probe has not found it."""

    def __init__(self, method: str, arguments: tuple[object, ...]) -> None:
        self._method = method
        self._arguments = arguments
        self._tried = False

    def __call__(self, system: Any) -> object:
        """The receipt."""
        key = contract_key(self._method)
        if self._tried:
            found = getattr(system, f"probe_{self._method}")(*self._arguments, key=key)
            if found is not None:
                return found
        self._tried = True
        return getattr(system, self._method)(*self._arguments, key=key)
