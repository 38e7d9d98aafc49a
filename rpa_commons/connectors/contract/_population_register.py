"""What every connector of ``PopulationRegister`` must do; derive a test class and give it three fixtures.

Usage, in the connector's own tests::

    class TestMyRegister(PopulationRegisterContract):
        @pytest.fixture
        def register(self) -> Iterator[PopulationRegister]:
            connector = MyRegister(settings, surroundings)
            yield connector
            connector.close()

        @pytest.fixture
        def cases(self) -> RegisterCases:
            return RegisterCases(persons=(...), unknown="0101505555")

        @pytest.fixture
        def failures(self) -> FailureCases: ...  # person while the system fails; see FailureContract

Use test numbers that cannot belong to anybody, and a simulator or file that knows these persons.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar, get_args

from rpa_commons.capabilities import (
    BusinessError,
    Person,
    PersonNotFoundError,
    PersonStatus,
    PopulationRegister,
)

from ._calls import Log, check_declaration
from ._failures import FailureContract

__all__ = ["PopulationRegisterContract", "RegisterCases"]

_Error = TypeVar("_Error", bound=BusinessError)


@dataclass(frozen=True)
class RegisterCases:
    """What the register under test knows.

    Attributes:
        persons: Persons exactly as the connector must answer them: each status at least once, one protected,
            one with children under 18, one with an address, one without, one with a former address.
        unknown: A well-formed number that the register does not know.
    """

    persons: tuple[Person, ...]
    unknown: str


class PopulationRegisterContract(FailureContract):
    """Tests of ``PopulationRegister``. The fixtures ``register``, ``cases`` and ``failures`` are yours."""

    def test_the_cases_cover_what_the_contract_speaks_of(self, cases: RegisterCases) -> None:
        """The persons given to these tests are enough to say something."""
        persons = cases.persons

        assert set(get_args(PersonStatus)) == {person.status for person in persons}
        assert any(person.protected for person in persons)
        assert any(person.children_under_18 for person in persons)
        assert any(person.address_history for person in persons)
        assert {True, False} == {person.address is None for person in persons}

    def test_it_declares_itself(self, register: PopulationRegister) -> None:
        """A connector class names itself, its capability and its settings, each field described."""
        check_declaration(register, PopulationRegister)

    def test_each_person_is_answered_exactly(
        self, register: PopulationRegister, cases: RegisterCases
    ) -> None:
        """Status, protection, children, address and history are what the register holds."""
        for person in cases.persons:
            assert person == register.person(person.cpr)

    def test_a_question_changes_nothing(self, register: PopulationRegister, cases: RegisterCases) -> None:
        """Asked twice, the answer is the same."""
        cpr = cases.persons[0].cpr

        assert register.person(cpr) == register.person(cpr)

    def test_an_answer_survives_the_journal(self, register: PopulationRegister, cases: RegisterCases) -> None:
        """An answer written down as JSON and read back is the same answer."""
        for one in cases.persons:
            person = register.person(one.cpr)

            assert person == Person.model_validate_json(person.model_dump_json())

    def test_history_is_newest_first(self, register: PopulationRegister, cases: RegisterCases) -> None:
        """Former addresses come newest first, those still open before all others."""
        for one in cases.persons:
            ends = [
                period.moved_out for period in register.person(one.cpr).address_history if period.moved_out
            ]

            assert sorted(ends, reverse=True) == ends

    def test_municipalities_have_four_digits(
        self, register: PopulationRegister, cases: RegisterCases
    ) -> None:
        """A code keeps its leading zero and is never an administrative one."""
        for one in cases.persons:
            person = register.person(one.cpr)
            codes = [period.municipality for period in person.address_history]
            codes.append(person.address.municipality if person.address else None)

            assert [] == [code for code in codes if code is not None and not "0101" <= code <= "0899"]

    def test_an_unknown_number_is_said(self, register: PopulationRegister, cases: RegisterCases) -> None:
        """Nobody by that number is an error of its own, with a remedy and without the number."""
        error = _raised(PersonNotFoundError, lambda: register.person(cases.unknown))

        assert error.remedy
        assert cases.unknown not in f"{error!r} {error} {error.remedy}"

    def test_what_is_no_number_is_refused(self, register: PopulationRegister) -> None:
        """Something that is no personal number is an error for a person to look at, and is not repeated."""
        for nonsense in ("", "987654321", "9987654321", "٠١٠١٤٠٥٠٠٠", "0101405000 or 1=1", "<x/>"):
            error = _raised(BusinessError, lambda value=nonsense: register.person(value))  # type: ignore[misc]

            assert not nonsense or nonsense not in f"{error} {error.remedy}"

    def test_nothing_personal_is_shown(
        self, register: PopulationRegister, cases: RegisterCases, caplog: Log
    ) -> None:
        """Neither a log line nor the ``repr`` of an answer holds a number, a name or a street."""
        caplog.set_level(logging.DEBUG)
        for one in cases.persons:
            shown = repr(register.person(one.cpr)) + caplog.text
            street = one.address.street_line if one.address else ""

            assert [] == [text for text in (one.cpr, one.name, street) if text and text in shown]


def _raised(kind: type[_Error], call: Callable[[], object]) -> _Error:
    try:
        call()
    except kind as error:
        return error
    raise AssertionError(f"{kind.__name__} was not raised")
