"""The rules of who is greeted, each with a test that names it."""

import io
from datetime import date, timedelta
from typing import Any

import pypdf
import pytest

from rpa_commons.sdk import Done, HandOver, Skip
from rpa_commons.tables import read_csv
from welcome_letters import Settings


def test_who_moved_in_gets_a_letter(town: Any) -> None:
    """A mover from another municipality is greeted by Digital Post."""
    newcomer = town.resident()
    move = town.move(newcomer)

    outcome = town.run()[move]

    assert outcome == Done(receipt="receipt-1", note="adults, digital")
    assert [(one.cpr, one.channel) for one in town.post.sent] == [(newcomer.cpr, "digital")]


@pytest.mark.parametrize("now_in", ["0265", "0167", None])
def test_the_move_counts_and_not_the_current_address(town: Any, now_in: str | None) -> None:
    """Wherever the register says the mover lives today, here, elsewhere or nowhere, the move is greeted."""
    address = {"street_line": "Vej 1", "postal_code": "2650", "city": "Hvidovre", "municipality": now_in}
    newcomer = town.resident(address=address)
    move = town.move(newcomer)

    assert isinstance(town.run()[move], Done)


def test_a_mover_without_an_address_today_is_still_greeted(town: Any) -> None:
    """No current address at all does not stop a letter by Digital Post."""
    move = town.move(town.resident(address=None))

    assert isinstance(town.run()[move], Done)


def test_a_move_inside_the_municipality_is_none(town: Any) -> None:
    """Who moved from one street to another is skipped, without a look into the register."""
    move = town.move(town.resident(), from_municipality="0265")

    assert town.run()[move] == Skip("moved inside the municipality")
    assert town.asked_for == []
    assert town.post.sent == []


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        ("dead", "the person has died"),
        ("disappeared", "the person is registered as disappeared"),
        ("emigrated", "the person has left the country"),
    ],
)
def test_who_is_gone_is_skipped_with_the_reason(town: Any, status: str, reason: str) -> None:
    """The dead, the disappeared and the emigrated get no letter."""
    move = town.move(town.resident(status=status))

    assert town.run()[move] == Skip(reason)
    assert town.post.sent == []


def test_a_number_no_longer_in_use_goes_to_a_person(town: Any) -> None:
    """Somebody with a changed number may well be a new resident: a person finds out."""
    move = town.move(town.resident(status="inactive"))

    assert isinstance(town.run()[move], HandOver)
    assert town.post.sent == []


def test_who_the_register_does_not_know_goes_to_a_person(town: Any) -> None:
    """A number the register has not heard of is handed over and not lost."""
    newcomer = town.resident()
    move = town.move(newcomer)
    del town.people[newcomer.cpr]

    assert isinstance(town.run()[move], HandOver)


def test_a_child_is_not_written_to(town: Any) -> None:
    """A mover under 18 is skipped."""
    move = town.move(town.resident(birth_date=date(2015, 6, 1)))

    assert town.run()[move] == Skip("a child: not written to")
    assert town.post.sent == []


@pytest.mark.parametrize(
    ("born", "greeted"), [(date(2008, 11, 20), True), (date(2008, 11, 21), False), (date(2008, 2, 29), True)]
)
def test_somebody_is_an_adult_from_the_birthday_on(town: Any, born: date, greeted: bool) -> None:
    """Eighteen today is an adult, eighteen tomorrow is not yet."""
    move = town.move(town.resident(birth_date=born))

    assert isinstance(town.run()[move], Done) is greeted


def test_a_birthday_on_a_leap_day_counts_from_the_first_of_march(town: Any) -> None:
    """Who was born on 29 February comes of age on 1 March of a year without that day."""
    town.today = date(2026, 2, 28)
    move = town.move(town.resident(birth_date=date(2008, 2, 29)))
    town.run()
    town.today = date(2026, 3, 1)
    other = town.move(town.resident(birth_date=date(2008, 2, 29)))
    town.run()

    assert isinstance(town.outcomes[move], Skip)
    assert isinstance(town.outcomes[other], Done)


def test_a_municipality_may_write_from_fifteen(town: Any) -> None:
    """Digital Post begins at 15, and a municipality may begin there as well."""
    town.settings = {"adult_from_age": 15}
    move = town.move(town.resident(birth_date=date(2011, 6, 1)))

    assert isinstance(town.run()[move], Done)


def test_without_a_date_of_birth_a_person_decides(town: Any) -> None:
    """Child or adult is never guessed from the number."""
    move = town.move(town.resident(birth_date=None))

    assert isinstance(town.run()[move], HandOver)
    assert town.post.sent == []


@pytest.mark.parametrize(("origin", "setting"), [("none", "no_earlier_address"), ("abroad", "from_abroad")])
@pytest.mark.parametrize(("choice", "outcome"), [("send", Done), ("skip", Skip), ("person", HandOver)])
def test_movers_without_an_earlier_municipality_are_decided_by_setting(
    town: Any, origin: str, setting: str, choice: str, outcome: type
) -> None:
    """No earlier address and moves from abroad follow the municipality's word, in all three ways."""
    town.settings = {setting: choice}
    move = town.move(town.resident(), origin=origin)

    assert isinstance(town.run()[move], outcome)
    assert len(town.post.sent) == (outcome is Done)


def test_without_an_earlier_address_a_person_decides_by_default(town: Any) -> None:
    """The default for an empty address history is a person, and never a side effect of an empty field."""
    move = town.move(town.resident(), origin="none")

    assert isinstance(town.run()[move], HandOver)


def test_a_newborn_is_a_child_before_anything_else(town: Any) -> None:
    """A birth asks nobody for a decision, even where a person decides about missing earlier addresses."""
    move = town.move(town.resident(birth_date=date(2026, 11, 18)), origin="none")

    assert town.run()[move] == Skip("a child: not written to")


def test_who_is_not_greeted_anyway_is_not_looked_up(town: Any) -> None:
    """With ``skip`` the register is not asked: no more personal data than needed."""
    town.settings = {"no_earlier_address": "skip"}
    town.move(town.resident(), origin="none")

    town.run()

    assert town.asked_for == []


def test_families_and_adults_get_different_letters(town: Any) -> None:
    """A child under 18 makes it the family letter."""
    single = town.move(town.resident(children_under_18=0))
    parent = town.move(town.resident(children_under_18=1))

    town.run()

    assert town.outcomes[single].note == "adults, digital"
    assert town.outcomes[parent].note == "families, digital"
    assert town.post.sent[0].letter.text != town.post.sent[1].letter.text


@pytest.mark.parametrize(("days_ago", "found"), [(10, True), (11, False), (0, True)])
def test_the_window_is_counted_in_days(town: Any, days_ago: int, found: bool) -> None:
    """With the default of ten days, a move ten days ago is taken up and one eleven days ago is not."""
    move = town.move(town.resident(), days_ago=days_ago)

    assert (move in town.run()) is found


def test_a_move_announced_ahead_waits_for_its_day(town: Any) -> None:
    """A move of tomorrow is not taken up today, for it can be called off; tomorrow it is."""
    move = town.move(town.resident(), days_ago=-1)
    assert move not in town.run()

    town.today += timedelta(days=1)

    assert isinstance(town.run()[move], Done)


def test_an_item_says_when_the_move_was(town: Any) -> None:
    """The day of the move is what a cut-over date is compared with."""
    town.move(town.resident(), days_ago=3)

    assert [item.occurred_on for item in town.bot()[0].find()] == [date(2026, 11, 17)]


def test_reasons_hold_no_personal_data(town: Any) -> None:
    """Neither number nor name nor street stands in an outcome, whatever it is."""
    for facts in ({"protected": True}, {"status": "dead"}, {"status": "inactive"}, {"birth_date": None}, {}):
        town.move(town.resident(name="Ole Særnavn", **facts))
    town.move(town.resident(name="Ole Særnavn", address=None, digital=False))
    town.move(town.resident(name="Ole Særnavn"), origin="none")

    said = " ".join(str(one) for one in town.run().values())

    assert "Særnavn" not in said
    assert "Algade" not in said
    assert not [cpr for cpr in town.people if cpr in said]


def test_each_decision_is_recorded_with_its_rule(town: Any) -> None:
    """The rules of an item tell in order why it got the letter it got."""
    move = town.move(town.resident(children_under_18=2))
    town.run()

    results = [(rule.paragraph.split(":")[0], rule.result) for rule in town.rules[move]]

    assert results == [
        ("house rule", "moved in"),
        ("house rule", "active"),
        ("house rule", "adult"),
        ("house rule", "families"),
        ("table desks", "no row"),
    ]


def test_rules_hold_facts_and_no_identity(town: Any) -> None:
    """A rule's facts are what it looked at; number, name and address are not among them."""
    move = town.move(town.resident(protected=True, name="Ole Særnavn"))
    town.run()

    said = str(town.rules[move])

    assert "CPR-loven § 28" in said
    assert "Særnavn" not in said
    assert not [cpr for cpr in town.people if cpr in said]


DESKS = """from;postal_code;desk;phone
2026-01-01;4000..4030;Desk A;11 22 33 44
2026-01-01;4040;Desk B;
"""


@pytest.mark.parametrize(
    ("postal_code", "named"),
    [("4000", "Desk A, telefon 11 22 33 44."), ("4040", "Desk B."), ("4050", None), ("", None)],
)
def test_the_letter_names_the_nearest_desk(town: Any, postal_code: str, named: str | None) -> None:
    """By the municipality's table; where that has no row, or the register no postal code, none is named."""
    town.settings = {"desks": list(read_csv(DESKS, Settings().desks.spec).rows)}
    address = {"street_line": "Algade 1", "postal_code": postal_code, "city": "Roskilde"}
    town.move(town.resident(address=address))
    town.run()
    [letter] = [one.letter for one in town.post.sent]
    text = " ".join(pypdf.PdfReader(io.BytesIO(letter.pdf)).pages[0].extract_text().split())

    assert (named is not None) == ("tættest på dig ligger" in text)
    assert (named or "eller kig forbi.") in text
