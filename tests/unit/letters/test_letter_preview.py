"""A letter to somebody invented."""

from typing import Any

import pytest

from rpa_commons.letters import Letters, TemplateMissingError, preview


def test_a_preview_is_a_letter_to_nobody(desk: Any) -> None:
    """It has an invented name and address, and an invented value for each that the bot says it gives."""
    source = (
        "{# values: closing (text), moved_on (date), household (yes/no) #}{% block title %}x{% endblock %}"
    )
    desk.write(
        "bot",
        "more",
        source + "\n{{ person.name }} {{ closing }} {{ moved_on }}{% if household %} og husstand{% endif %}",
    )

    letter = preview(desk.source(), "more", letters=Letters(sender="Velkomstteamet"))

    assert "Alex Eksempel [closing] 1. januar 2050\n" in letter.text
    assert "Velkomstteamet" in letter.text
    assert letter.pdf.startswith(b"%PDF")


def test_what_the_caller_gives_is_not_invented(desk: Any) -> None:
    """A value given by name stands in the letter."""
    desk.write("bot", "more", "{% block title %}x{% endblock %}\n{{ closing }}")

    assert "\nHej" in preview(desk.source(), "more", closing="Hej").text


def test_a_preview_shows_the_overrides(desk: Any) -> None:
    """What a municipality has overridden is what it sees."""
    desk.write(
        "municipality",
        "families",
        '{% extends "bot:families.md.j2" %}{% block greeting %}Hej {{ person.name }}{% endblock %}',
    )

    assert "Hej Alex Eksempel" in preview(desk.source(), "families").text
    assert "Kære Alex Eksempel" in preview(desk.source(), "bot:families").text


def test_a_preview_of_nothing_names_what_there_is(desk: Any) -> None:
    """A misspelt template is answered with a guess."""
    with pytest.raises(TemplateMissingError) as caught:
        preview(desk.source(), "familie")

    assert "did you mean 'families'?" == caught.value.remedy


def test_a_bound_setting_stays_as_it_was(desk: Any) -> None:
    """A preview binds a copy of the setting it is given, never the setting itself."""
    letters = desk.letters()
    bound = letters._press

    preview(desk.source(), "families", letters=letters)

    assert bound is letters._press
