"""The connector keeps the contract of CaseSystem, whatever Nova says to a repeated UUID."""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, closing, nullcontext
from functools import partial
from typing import Any

import pytest

from connector_kmd_nova._words import spelled
from rpa_commons.capabilities import CaseQuery, Party, TaskChange
from rpa_commons.connectors.contract import (
    FAILURES,
    CaseSystemCases,
    CaseSystemContract,
    FailureCases,
    contract_case,
    contract_case_call,
    contract_document,
    contract_key,
    contract_note,
    contract_task,
)

PARTY = Party(kind="person", id="2211771212", name="Ole Hemmelig")
OTHER = Party(kind="organisation", id="29189404", name="Anden Hemmelig")
NOWHERE = "00000000-0000-4000-8000-000000000000"
SHOWN = tuple(name for name in FAILURES if name != "duplicate")

Failing = Mapping[str, Callable[[], AbstractContextManager[object]]]


@pytest.fixture(params=["same-receipt", "duplicate-error", "duplicate-error-400"])
def nova(start: Any, request: pytest.FixtureRequest) -> Any:
    """A Nova for each thing that it may do with a UUID it has."""
    return start(repeated=request.param)


class TestKmdNova(CaseSystemContract):
    @pytest.fixture
    def cases(self, nova: Any) -> CaseSystemCases:
        """A Nova that is silent when it does not answer in time."""
        return CaseSystemCases(
            connect=nova.connect,
            taken=nova.taken,
            party=PARTY,
            other_party=OTHER,
            kle="27.60.04",
            other_kle="85.02.01",
            facet="G01",
            refused_kle=None,
            unknown={"case": NOWHERE, "document": NOWHERE, "task": NOWHERE},
            silence=partial(nova.failing, "time-out"),
            unit="Borgerservice",
            person="Hanne",
            kept_text=lambda text: spelled(text, "ascii"),
        )

    @pytest.fixture
    def failures(self, nova: Any, cases: CaseSystemCases) -> list[FailureCases]:
        """A question, and each effect alone, on a case that is there already."""
        with closing(nova.connect()) as system:
            case = system.open_case(contract_case(cases), key=contract_key("there")).id
            todo = system.add_task(case, contract_task(cases), key=contract_key("to do")).id
        fails: Failing = {kind: partial(nova.failing, kind) for kind in SHOWN}
        effects: Mapping[str, tuple[object, ...]] = {
            "open_case": (contract_case(cases),),
            "add_document": (case, contract_document()),
            "add_task": (case, contract_task(cases)),
            "update_task": (case, todo, TaskChange(status="done")),
            "add_note": (case, contract_note()),
        }
        titles = (
            contract_case(cases).title,
            contract_document().title,
            contract_note().text,
            contract_task(cases).title,
        )
        personal = (PARTY.id, PARTY.name, *titles)
        question = FailureCases(
            connect=nova.connect,
            call=lambda system: system.find_cases(CaseQuery(party=PARTY)),
            fails={**fails, "503": partial(nova.failing, "503")},
            absent={"duplicate": "a search delivers no event; each case is listed by its own UUID"},
            personal=personal,
        )
        return [question, *(_failures(nova, name, effects[name], fails, personal) for name in effects)]


def _failures(
    nova: Any, method: str, arguments: tuple[object, ...], fails: Failing, personal: tuple[str, ...]
) -> FailureCases:
    return FailureCases(
        connect=nova.connect,
        call=lambda system: contract_case_call(system, method, *arguments, key=contract_key(method)),
        fails={
            **fails,
            "duplicate": nullcontext,
            "taken-then-time-out": partial(nova.failing, "taken-then-time-out"),
        },
        personal=personal,
        taken=partial(nova.taken, method),
    )
