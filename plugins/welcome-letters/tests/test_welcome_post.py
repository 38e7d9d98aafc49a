"""Digital or on paper, protected people, waiting, and silence that is no yes."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from rpa_commons.capabilities import Address, TransientError
from rpa_commons.sdk import Done, HandOver, Wait


def test_not_registered_gets_a_letter_on_paper_by_default(town: Any) -> None:
    """Who is not registered for Digital Post is written to on paper."""
    newcomer = town.resident(digital=False)
    move = town.move(newcomer)

    assert town.run()[move] == Done(receipt="receipt-1", note="adults, physical")
    assert [(one.cpr, one.channel) for one in town.post.sent] == [(newcomer.cpr, "physical")]


@pytest.mark.parametrize(
    "address", [None, Address(street_line=" ", postal_code="4000"), Address(street_line="A 1")]
)
def test_paper_needs_an_address(town: Any, address: Address | None) -> None:
    """Without a street or a postal code no paper is sent into the void: a person takes over."""
    move = town.move(town.resident(digital=False, address=address))

    assert isinstance(town.run()[move], HandOver)
    assert town.post.sent == []


def test_not_registered_goes_to_a_person_where_so_set(town: Any) -> None:
    """``unregistered = person`` hands over at once."""
    town.settings = {"unregistered": "person"}
    move = town.move(town.resident(digital=False))

    assert isinstance(town.run()[move], HandOver)
    assert town.post.sent == []


def test_not_registered_is_tried_again_where_so_set(town: Any) -> None:
    """``unregistered = retry`` waits the set number of days, from the run's own clock."""
    town.settings = {"unregistered": "retry", "retry_every_days": 4}
    move = town.move(town.resident(digital=False))

    outcome = town.run()[move]

    assert isinstance(outcome, Wait)
    assert outcome.for_ == "registration for Digital Post"
    assert outcome.until == datetime(2026, 11, 24, 9, tzinfo=UTC)


def test_who_registers_meanwhile_gets_the_letter_digitally(town: Any) -> None:
    """The wait ends with the letter as soon as the register says yes."""
    town.settings = {"unregistered": "retry", "retry_every_days": 3}
    newcomer = town.resident(digital=False)
    move = town.move(newcomer)
    town.run()
    town.post.registered_people.add(newcomer.cpr)
    town.today += timedelta(days=3)

    assert isinstance(town.run()[move], Done)
    assert [one.channel for one in town.post.sent] == ["digital"]


@pytest.mark.parametrize(("last", "outcome"), [("physical", Done), ("person", HandOver)])
def test_tries_come_to_an_end(town: Any, last: str, outcome: type) -> None:
    """After ``retry_for_days`` the bot gives up, in the way the municipality has set, and stays so."""
    town.settings = {"unregistered": "retry", "retry_for_days": 7, "when_given_up": last}
    move = town.move(town.resident(digital=False), days_ago=0)

    for _ in range(30):
        town.run()
        town.today += timedelta(days=1)

    assert isinstance(town.outcomes[move], outcome)
    assert len(town.post.sent) == (outcome is Done)


def test_the_last_day_of_trying_is_the_set_one(town: Any) -> None:
    """One day before the limit the bot still waits; on the day itself it has given up."""
    town.settings = {"unregistered": "retry", "retry_for_days": 5}
    before = town.move(town.resident(digital=False), days_ago=4)
    due = town.move(town.resident(digital=False), days_ago=5)

    town.run()

    assert isinstance(town.outcomes[before], Wait)
    assert isinstance(town.outcomes[due], HandOver)


def test_silence_is_unknown_and_never_yes(town: Any) -> None:
    """When the register of Digital Post does not answer, nothing is sent, not even on paper."""
    town.post.silent = True
    move = town.move(town.resident())

    town.run()

    assert isinstance(town.problems[move], TransientError)
    assert town.post.sent == []


def test_silence_is_tried_again_by_the_runtime(town: Any) -> None:
    """The item stays, and gets its letter when the register answers."""
    town.post.silent = True
    move = town.move(town.resident())
    town.run()
    town.post.silent = False

    assert isinstance(town.run()[move], Done)


def test_protected_people_go_to_a_person_by_default(town: Any) -> None:
    """Name and address protection: a person sends this one."""
    move = town.move(town.resident(protected=True))

    assert town.run()[move] == HandOver("name and address protection: a person sends this one")
    assert town.post.sent == []


def test_protected_people_are_written_to_where_so_set(town: Any) -> None:
    """``protected = send`` treats them as anybody, on paper too."""
    town.settings = {"protected": "send"}
    town.move(town.resident(protected=True))
    town.move(town.resident(protected=True, digital=False))

    town.run()

    assert [one.channel for one in town.post.sent] == ["digital", "physical"]


@pytest.mark.parametrize("settings", [{}, {"unregistered": "retry", "when_given_up": "physical"}])
def test_protected_people_get_no_paper_where_digital_only(town: Any, settings: dict[str, str]) -> None:
    """``protected = digital_only`` sends by Digital Post and never on paper, whatever else is set."""
    town.settings = {"protected": "digital_only", "retry_every_days": 1, "retry_for_days": 2} | settings
    digital = town.move(town.resident(protected=True), days_ago=5)
    paper = town.move(town.resident(protected=True, digital=False), days_ago=5)

    town.run()

    assert isinstance(town.outcomes[digital], Done)
    assert isinstance(town.outcomes[paper], HandOver)
    assert [one.channel for one in town.post.sent] == ["digital"]


def test_digital_only_still_waits_where_retry_is_set(town: Any) -> None:
    """A protected person who is not registered yet is asked about again."""
    town.settings = {"protected": "digital_only", "unregistered": "retry"}
    move = town.move(town.resident(protected=True, digital=False))

    assert isinstance(town.run()[move], Wait)


@pytest.mark.parametrize("protected", ["send", "digital_only"])
def test_a_name_the_register_keeps_back_goes_to_a_person(town: Any, protected: str) -> None:
    """Extracts may leave out a protected person's name: no letter goes to nobody."""
    town.settings = {"protected": protected}
    move = town.move(town.resident(protected=True, name=""))

    assert isinstance(town.run()[move], HandOver)
    assert town.post.sent == []
