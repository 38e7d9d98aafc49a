"""What a letter says: title, values, dates and signature."""

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest

from rpa_commons.capabilities import BusinessError, Person
from rpa_commons.letters import (
    LetterError,
    LetterNotBoundError,
    Letters,
    TemplateError,
    TemplateMissingError,
    UnprintableCharacterError,
    ValueRefusedError,
)
from rpa_commons.sdk import BotSettings


def test_title_language_and_template_name_reach_the_letter(desk: Any, person: Person) -> None:
    """The title comes from its block and the template is named with its bot."""
    letter = desk.letters().render("families", person=person)

    assert letter.title == "Velkommen til Roskilde Kommune"
    assert letter.language == "da"
    assert letter.template == "welcome-letters:families"


def test_plain_text_holds_the_whole_letter(desk: Any, person: Person) -> None:
    """The text beside the PDF reads as the letter does, signature included."""
    text = desk.letters(sender="Borgerservice", contact=["Direkte 46 31 30 01"]).render(
        "families", person=person
    )

    expected = (
        "Velkommen til Roskilde Kommune\n\nKære Nanna Ærø\n\nSkole\n\nDu har 2 børn.\n\n"
        "- Læs om skoler (https://www.example.dk/skoler).\n\nMed venlig hilsen\n\n"
        "Borgerservice\nRoskilde Kommune\nDirekte 46 31 30 01\n"
    )
    assert expected == text.text


def test_preview_is_the_text_of_the_letter(desk: Any, person: Person) -> None:
    """A preview says what the letter says, without a PDF."""
    letters = desk.letters()

    assert letters.render("families", person=person).text == letters.preview_text("families", person=person)


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("da", "3. maj 2026 03.05.2026 1250,50 Med venlig hilsen"),
        ("nb", "3. mai 2026 03.05.2026 1250,50 Med vennlig hilsen"),
        ("sv", "3 maj 2026 2026-05-03 1250,50 Med vänlig hälsning"),
        ("en", "3 May 2026 03/05/2026 1250.50 Yours sincerely"),
    ],
)
def test_dates_and_numbers_follow_the_language(
    desk: Any, person: Person, language: str, expected: str
) -> None:
    """Dates, amounts and the closing are written as the letter's language does."""
    desk.write("bot", "x", "{% block title %}x{% endblock %}{{ day }} {{ day|short_date }} {{ amount }}")

    text = desk.letters(language=language).preview_text(
        "x", person=person, day=dt.date(2026, 5, 3), amount=Decimal("1250.50")
    )

    assert expected in " ".join(text.split())


def test_every_value_of_the_documented_set(desk: Any, person: Person) -> None:
    """The names that are promised to template authors are all there."""
    desk.write(
        "bot",
        "x",
        "{% block title %}{{ sender }} {{ letter.date }}{% endblock %}"
        "{{ person.name }}|{{ person.address|join(', ') }}|{{ person.children_under_18 }}|"
        "{{ municipality.name }}|{{ municipality.address|first }}|{{ municipality.phone }}|"
        "{{ municipality.email }}|{{ municipality.web }}|{{ letter.language }}|{{ contact|length }}",
    )

    lines = desk.letters().preview_text("x", person=person).split("\n\n")

    assert lines[0] == "Borgerservice 12. november 2026"
    assert lines[1] == (
        "Nanna Ærø|Algade 31, 2. tv, 4000 Roskilde|2|Roskilde Kommune|Rådhusbuen 1|46 31 30 00|"
        "post@example.dk|www.example.dk|da|0"
    )


def test_loops_conditions_and_filters(desk: Any, person: Person) -> None:
    """The small language is enough for lists and alternatives."""
    desk.write(
        "bot",
        "x",
        "{% block title %}x{% endblock %}"
        "{% for one in days if one %}{{ loop.index }}:{{ one|upper }}{% if not loop.last %}, {% endif %}"
        "{% else %}none{% endfor %} {{ 'yes' if flag and count >= 2 else 'no' }}"
        " {{ days|last|capitalize|trim }} {{ 'A' ~ count|lower ~ letter.date }}",
    )

    text = desk.letters().preview_text("x", person=person, days=["man", "tir"], flag=True, count=2)

    assert "1:MAN, 2:TIR yes Tir A212. november 2026" in text


def test_a_source_may_date_each_letter(desk: Any, person: Person) -> None:
    """The runtime binds once and still dates each letter by its work item."""
    days = iter([dt.date(2026, 1, 1), dt.date(2026, 12, 31)])
    desk.date = lambda: next(days)
    desk.write("bot", "x", "{% block title %}{{ letter.date }}{% endblock %}")
    letters = desk.letters()

    titles = [letters.render("x", person=person).title for _ in range(2)]

    assert titles == ["1. januar 2026", "31. december 2026"]


def test_unbound_letters_say_what_is_missing(person: Person) -> None:
    """Rendering before the runtime has bound the templates is a clear error."""
    with pytest.raises(LetterNotBoundError) as caught:
        Letters().render("families", person=person)

    assert "bind" in caught.value.remedy


def test_a_misspelt_template_is_guessed(desk: Any, person: Person) -> None:
    """An unknown template names the one that was probably meant."""
    with pytest.raises(TemplateMissingError) as caught:
        desk.letters().render("familier", person=person)

    assert caught.value.remedy == "did you mean 'families'?"


@pytest.mark.parametrize("name", ["../families", "/etc/passwd", "Families", "", "bot:", "x:families", "a/b"])
def test_a_name_never_leads_out_of_the_folder(desk: Any, person: Person, name: str) -> None:
    """A template name is a plain word."""
    with pytest.raises(TemplateMissingError):
        desk.letters().render(name, person=person)


def test_an_undefined_name_is_placed_and_guessed_without_values(desk: Any, person: Person) -> None:
    """A name that is not given is an error with template, line and the names there are, but no value."""
    desk.write(
        "bot",
        "x",
        "{% block title %}x{% endblock %}\n{{ person.full_name }}\n{% if false %}{{ moved }}{% endif %}",
    )

    with pytest.raises(TemplateError) as caught:
        desk.letters().render("x", person=person, moved_on=dt.date(2026, 1, 1))

    assert [(one.template, one.line) for one in caught.value.problems] == [
        ("bot:x.md.j2", 2),
        ("bot:x.md.j2", 3),
    ]
    assert caught.value.message == (
        "bot:x.md.j2:2: there is no 'person.full_name'; bot:x.md.j2:3: there is no 'moved'"
    )
    assert "did you mean 'person.name'?" in caught.value.remedy
    assert "did you mean 'moved_on'?" in caught.value.remedy
    assert "Nanna" not in f"{caught.value} {caught.value.remedy}"


def test_a_title_says_nothing_about_a_person(desk: Any, person: Person) -> None:
    """The title is seen in inboxes and notifications, so it may not name personal values."""
    desk.write("bot", "x", "{% block title %}Kære {{ person.name }}{% endblock %}")

    with pytest.raises(TemplateError) as caught:
        desk.letters().render("x", person=person)

    assert "the title says 'person'" in caught.value.message


@pytest.mark.parametrize("title", ["", "   ", "x" * 257])
def test_a_title_is_one_line_of_1_to_256_characters(desk: Any, person: Person, title: str) -> None:
    """A title that MeMo would refuse is refused when the letter is made."""
    desk.write("bot", "x", f"{{% block title %}}{title}{{% endblock %}}")

    with pytest.raises(TemplateError, match="the title has"):
        desk.letters().render("x", person=person)


@pytest.mark.parametrize(
    "value", [1.5, b"x", {"a": 1}, dt.datetime(2026, 1, 1, tzinfo=dt.UTC), [["x"]], object(), Decimal("NaN")]
)
def test_only_plain_values_are_taken(desk: Any, person: Person, value: object) -> None:
    """Arbitrary objects never reach a template; the error names the value's name and kind only."""
    with pytest.raises(ValueRefusedError) as caught:
        desk.letters().render("families", person=person, extra=value)

    assert caught.value.name == "extra"


def test_the_names_of_the_set_cannot_be_taken(desk: Any, person: Person) -> None:
    """A bot's value cannot replace the municipality."""
    with pytest.raises(ValueRefusedError):
        desk.letters().render("families", person=person, municipality="Hvidovre")


@pytest.mark.parametrize("value", [True, None, ["a", "b"]])
def test_what_has_no_one_way_to_be_written_is_not_shown(desk: Any, person: Person, value: object) -> None:
    """Yes/no, nothing and whole lists are asked about, not printed as Python words."""
    desk.write("bot", "x", "{% block title %}x{% endblock %}\n\n{{ extra }}")

    with pytest.raises(TemplateError) as caught:
        desk.letters().render("x", person=person, extra=value)

    assert [(one.template, one.line) for one in caught.value.problems] == [("bot:x.md.j2", 3)]


def test_a_character_without_glyph_hands_the_letter_to_a_person(desk: Any, person: Person) -> None:
    """A name in a script that the fonts do not have is found, not printed as boxes, and not repeated."""
    stranger = person.model_copy(update={"name": "Wang 漢字"})

    with pytest.raises(UnprintableCharacterError) as caught:
        desk.letters().render("families", person=stranger)

    assert isinstance(caught.value, BusinessError)
    assert isinstance(caught.value, LetterError)
    assert "漢" not in f"{caught.value} {caught.value.remedy}"
    assert "Wang" not in f"{caught.value} {caught.value.remedy}"


class _Settings(BotSettings):
    letters: Letters = Letters()


def test_settings_of_two_municipalities_never_share_a_binding(desk: Any) -> None:
    """A default in a settings class is copied, so binding one leaves the other alone."""
    first, second = _Settings(), _Settings()
    first.letters.bind(desk.source())

    assert first.letters._press is not None
    assert second.letters._press is None


def test_settings_schema_describes_every_field() -> None:
    """The JSON Schema tells a form what each field means and which languages there are."""
    schema = _Settings.model_json_schema()["$defs"]["Letters"]

    assert schema["properties"]["language"]["enum"] == ["da", "nb", "sv", "en"]
    assert all(field["description"] for field in schema["properties"].values())
    assert schema["additionalProperties"] is False


def test_settings_are_read_from_toml_and_json_shapes() -> None:
    """Lists become tuples; an unknown key is refused."""
    letters = _Settings.model_validate({"letters": {"contact": ["Man-fre 10-15"]}}).letters

    assert letters.contact == ("Man-fre 10-15",)
    with pytest.raises(ValueError, match="sendr"):
        _Settings.model_validate({"letters": {"sendr": "x"}})


def test_personal_data_stays_out_of_repr(desk: Any, person: Person) -> None:
    """A letter in a log line shows neither its PDF nor its text."""
    assert "Nanna" not in repr(desk.letters().render("families", person=person))
