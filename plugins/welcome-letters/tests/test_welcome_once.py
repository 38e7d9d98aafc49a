"""Once ever per move: references, households and coming back."""

from datetime import timedelta
from typing import Any

import pytest

from rpa_commons.sdk import BusinessError, Done, HandOver, Skip, WorkItem
from rpa_commons.validators import contains_personal_number


def test_a_move_is_greeted_once_ever(town: Any) -> None:
    """Ten daily runs that all see the move send one letter."""
    town.move(town.resident(), days_ago=0)

    for _ in range(10):
        town.run()
        town.today += timedelta(days=1)

    assert len(town.post.sent) == 1


def test_the_reference_is_the_id_of_the_move(town: Any) -> None:
    """The register's id of the event is the reference, not the person and not the day."""
    move = town.move(town.resident(), id="BESKED-0001")

    assert list(town.run()) == [move]


def test_a_move_delivered_again_is_the_same_move(town: Any) -> None:
    """The same event in the next day's file changes nothing."""
    newcomer = town.resident()
    town.move(newcomer, id="BESKED-0001")
    town.run()
    town.move(newcomer, id="BESKED-0001")
    town.run()

    assert len(town.post.sent) == 1


def test_who_moves_out_and_in_again_gets_a_second_letter(town: Any) -> None:
    """Two moves in are two letters to the same person."""
    newcomer = town.resident()
    first = town.move(newcomer, days_ago=9)
    second = town.move(newcomer, days_ago=1)

    town.run()

    assert isinstance(town.outcomes[first], Done)
    assert isinstance(town.outcomes[second], Done)
    assert [one.cpr for one in town.post.sent] == [newcomer.cpr, newcomer.cpr]


def test_two_adults_in_one_household_are_two_letters(town: Any) -> None:
    """By default each adult of a household gets a letter of their own."""
    couple = [town.resident(), town.resident()]
    for one in couple:
        town.move(one, address_id="address-1")

    town.run()

    assert {one.cpr for one in town.post.sent} == {one.cpr for one in couple}


def test_one_letter_to_a_household_where_so_set(town: Any) -> None:
    """With ``household = one`` two adults and a child on one address and day are one item, one letter."""
    town.settings = {"household": "one"}
    for facts in ({}, {}, {"birth_date": town.today}):
        town.move(town.resident(**facts), address_id="address-1")

    town.run()

    assert len(town.outcomes) == 1
    assert len(town.post.sent) == 1


def test_a_household_gets_the_family_letter_when_one_of_its_adults_has_children(town: Any) -> None:
    """The recipient need not be the parent: children in the household decide."""
    town.settings = {"household": "one"}
    town.move(town.resident(children_under_18=0), address_id="address-1")
    town.move(town.resident(children_under_18=2), address_id="address-1")

    (outcome,) = town.run().values()

    assert outcome.note == "families, digital"


def test_a_household_is_written_to_digitally_where_one_of_it_can_be(town: Any) -> None:
    """The first adult is not registered, the second is: no paper is sent."""
    town.settings = {"household": "one"}
    town.move(town.resident(digital=False), address_id="address-1")
    second = town.resident()
    town.move(second, address_id="address-1")

    town.run()

    assert [(one.cpr, one.channel) for one in town.post.sent] == [(second.cpr, "digital")]


def test_paper_to_a_household_goes_to_one_without_protection(town: Any) -> None:
    """With ``digital_only`` the protected adult gets no paper, and the other one does."""
    town.settings = {"household": "one", "protected": "digital_only"}
    town.move(town.resident(protected=True, digital=False), address_id="address-1")
    second = town.resident(digital=False)
    town.move(second, address_id="address-1")

    town.run()

    assert [(one.cpr, one.channel) for one in town.post.sent] == [(second.cpr, "physical")]


@pytest.mark.parametrize("second", [{"address_id": "address-2"}, {"days_ago": 5}, {"address_id": None}])
def test_another_address_or_day_is_another_household(town: Any, second: dict[str, Any]) -> None:
    """Only the same address on the same day makes a household; no address id makes none."""
    town.settings = {"household": "one"}
    town.move(town.resident(), address_id="address-1")
    town.move(town.resident(), **({"address_id": "address-1"} | second))

    town.run()

    assert len(town.post.sent) == 2


def test_movers_without_address_id_are_households_of_their_own(town: Any) -> None:
    """Two people of whom the register gives no address id are never taken for a couple."""
    town.settings = {"household": "one"}
    references = [town.move(town.resident()), town.move(town.resident())]
    couple = town.move(town.resident(), id="z", address_id="address-1")

    outcomes = town.run()

    assert couple not in outcomes  # it goes by its household's reference
    assert set(references) < set(outcomes)
    assert len(outcomes) == 3


def test_one_letter_to_a_household_needs_address_ids(town: Any) -> None:
    """Without any the setting cannot be kept: the looking stops and names both ways out."""
    town.settings = {"household": "one"}
    town.move(town.resident())

    with pytest.raises(BusinessError, match="no reported move has an address id"):
        town.run()


def test_a_household_without_an_adult_goes_to_a_person(town: Any) -> None:
    """The adult's row may be broken or late, and the household is taken up once only."""
    town.settings = {"household": "one"}
    town.move(town.resident(birth_date=town.today - timedelta(days=9 * 365)), id="a", address_id="address-1")

    [outcome] = town.run().values()

    assert outcome == HandOver("a household without an adult among its movers")


def test_a_households_reference_is_stable_and_tells_nothing(town: Any) -> None:
    """A late member does not make a new household, and neither address nor number can be read from it."""
    town.settings = {"household": "one"}
    town.move(town.resident(), id="b", address_id="address-1")
    town.run()
    town.move(town.resident(), id="a", address_id="address-1")
    town.run()

    (reference,) = town.outcomes
    assert reference.startswith("household-")
    assert "address-1" not in reference
    assert len(town.post.sent) == 1


def test_a_digest_never_reads_as_a_personal_number(town: Any) -> None:
    """Over many households no reference is refused: a digest's digits stand in groups of four."""
    town.settings = {"household": "one"}
    newcomer = town.resident()
    for number in range(3000):
        town.move(newcomer, address_id=f"address-{number}")

    references = [item.reference for item in town.bot()[0].find()]

    assert len(set(references)) == 3000
    assert not [one for one in references if contains_personal_number(one)]


def test_an_event_id_that_reads_as_a_personal_number_does_not_stop_the_run(town: Any) -> None:
    """Such an id is digested, the same way each day, and the others are found all the same."""
    town.move(town.resident(), id="ab-2211771212-cd")
    other = town.move(town.resident())

    first = {item.reference for item in town.bot()[0].find()}
    again = {item.reference for item in town.bot()[0].find()}

    assert first == again
    assert other in first
    assert not [one for one in first if "2211771212" in one]


def test_a_household_that_moved_inside_is_none(town: Any) -> None:
    """The rule of moves inside holds for households as well."""
    town.settings = {"household": "one"}
    for _ in range(2):
        town.move(town.resident(), address_id="address-1", from_municipality="0265")

    assert list(town.run().values()) == [Skip("moved inside the municipality")]


def test_a_new_partner_from_outside_is_greeted_though_the_other_moved_inside(town: Any) -> None:
    """In a household of which only one comes from outside, that one gets the letter."""
    town.settings = {"household": "one"}
    town.move(town.resident(), address_id="address-1", from_municipality="0265")
    newcomer = town.resident()
    town.move(newcomer, address_id="address-1")

    town.run()

    assert [one.cpr for one in town.post.sent] == [newcomer.cpr]


def test_a_household_goes_to_a_person_when_nobody_can_be_written_to(town: Any) -> None:
    """A protected adult with a child: the protection weighs more than the child's skip."""
    town.settings = {"household": "one"}
    town.move(town.resident(birth_date=town.today), address_id="address-1")
    town.move(town.resident(protected=True), address_id="address-1")

    assert [type(one) for one in town.run().values()] == [HandOver]


def test_the_payload_survives_storage(town: Any) -> None:
    """What the journal writes as JSON is what the bot gets back."""
    town.settings = {"household": "one"}
    town.move(town.resident(), address_id="address-1")
    (item,) = town.bot()[0].find()

    again = type(item.payload).model_validate_json(item.payload.model_dump_json())

    assert again == item.payload
    assert WorkItem(item.reference, again, item.occurred_on) == item
