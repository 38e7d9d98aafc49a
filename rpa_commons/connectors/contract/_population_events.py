"""What every connector of ``PopulationEvents`` must do; derive a test class and give it three fixtures.

Usage, in the connector's own tests::

    class TestMyEvents(PopulationEventsContract):
        @pytest.fixture
        def events(self) -> Iterator[PopulationEvents]: ...

        @pytest.fixture
        def cases(self) -> EventsCases:
            return EventsCases(municipality="0265", since=date(2026, 11, 1), moves=(...), elsewhere="0167")

        @pytest.fixture
        def failures(self) -> FailureCases: ...  # moves_into while the source fails; see FailureContract

Use test numbers that cannot belong to anybody. Deliver at least one of the moves twice.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import get_args

from rpa_commons.capabilities import Move, Origin, PopulationEvents
from rpa_commons.sdk import WorkItem

from ._calls import check_declaration
from ._failures import FailureContract

__all__ = ["EventsCases", "PopulationEventsContract"]


@dataclass(frozen=True)
class EventsCases:
    """What the source under test has delivered.

    Attributes:
        municipality: The code asked for.
        since: The day asked from; one of the moves happened on this very day.
        moves: Every move into the municipality since then, exactly as the connector must answer it, in order:
            each origin, one inside the municipality, two of one household on one day.
        elsewhere: Code of another municipality that the source has moves into.
    """

    municipality: str
    since: date
    moves: tuple[Move, ...]
    elsewhere: str


class PopulationEventsContract(FailureContract):
    """Tests of ``PopulationEvents``. The fixtures ``events``, ``cases`` and ``failures`` are yours."""

    def test_the_cases_cover_what_the_contract_speaks_of(self, cases: EventsCases) -> None:
        """The moves given to these tests are enough to say something."""
        moves = cases.moves
        households = [(move.address_id, move.moved_on) for move in moves if move.address_id]

        assert set(get_args(Origin)) == {move.origin for move in moves}
        assert any(move.from_municipality == cases.municipality for move in moves)
        assert any(move.moved_on == cases.since for move in moves)
        assert len(set(households)) < len(households)

    def test_it_declares_itself(self, events: PopulationEvents) -> None:
        """A connector class names itself, its capability and its settings, each field described."""
        check_declaration(events, PopulationEvents)

    def test_every_move_is_answered_once_and_in_order(
        self, events: PopulationEvents, cases: EventsCases
    ) -> None:
        """Moves come by day, then id, each once however often it was delivered, moves inside included."""
        moves = tuple(events.moves_into(cases.municipality, cases.since))

        assert cases.moves == moves
        assert sorted(moves, key=lambda move: (move.moved_on, move.id)) == list(moves)

    def test_a_question_changes_nothing(self, events: PopulationEvents, cases: EventsCases) -> None:
        """Asked twice, the answer and its ids are the same."""
        first = _ask(events, cases)

        assert first == _ask(events, cases)

    def test_the_day_asked_from_is_included(self, events: PopulationEvents, cases: EventsCases) -> None:
        """A move on the day itself counts; asked from the day after it does not."""
        later = events.moves_into(cases.municipality, cases.since + timedelta(days=1))

        assert [move for move in cases.moves if move.moved_on > cases.since] == list(later)

    def test_moves_elsewhere_are_left_out(self, events: PopulationEvents, cases: EventsCases) -> None:
        """Asked for one municipality, the moves into another are not answered, and the other way round."""
        elsewhere = events.moves_into(cases.elsewhere, cases.since)

        assert elsewhere
        assert {cases.elsewhere} == {move.to_municipality for move in elsewhere}

    def test_an_origin_and_its_code_go_together(self, events: PopulationEvents, cases: EventsCases) -> None:
        """Who comes from a municipality has its code; who does not has none."""
        for move in _ask(events, cases):
            assert (move.origin == "municipality") == (move.from_municipality is not None)

    def test_an_id_can_be_a_reference(self, events: PopulationEvents, cases: EventsCases) -> None:
        """An id is unique, and fit for the reference of a work item: it holds no personal number."""
        moves = _ask(events, cases)

        assert len(moves) == len({move.id for move in moves})
        assert [move.id for move in moves] == [
            WorkItem(reference=move.id, payload=move).reference for move in moves
        ]

    def test_an_answer_survives_the_journal(self, events: PopulationEvents, cases: EventsCases) -> None:
        """A move written down as JSON and read back is the same move."""
        for move in _ask(events, cases):
            assert move == Move.model_validate_json(move.model_dump_json())

    def test_nothing_personal_is_shown(self, events: PopulationEvents, cases: EventsCases) -> None:
        """The ``repr`` of a move holds no personal number."""
        for move in _ask(events, cases):
            assert move.cpr not in repr(move)


def _ask(events: PopulationEvents, cases: EventsCases) -> Sequence[Move]:
    return events.moves_into(cases.municipality, cases.since)
