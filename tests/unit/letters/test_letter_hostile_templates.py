"""Templates that try to be more than a letter."""

from typing import Any

import pytest

from rpa_commons.capabilities import Person
from rpa_commons.letters import TemplateError

_TITLE = "{% block title %}x{% endblock %}"


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("{{ person.__class__ }}", "leading underscore"),
        ("{{ _pen }}", "leading underscore"),
        ('{{ person["cpr"] }}', "is not available"),
        ("{{ person.cpr }}", "no 'person.cpr'"),
        ('{% include "/etc/passwd" %}', "{% include %} is not available"),
        ('{% import "x" as y %}', "{% import %} is not available"),
        ('{% from "x" import y %}', "{% from %} is not available"),
        ("{% for i in range(10**9) %}x{% endfor %}", "a call is not available"),
        ("{{ 'x' * 10 }}", "'mul' is not available"),
        ("{{ 2 ** 99 }}", "'pow' is not available"),
        ("{% set a = 1 %}", "{% set %} is not available"),
        ("{% macro m() %}{% endmacro %}", "{% macro %} is not available"),
        ("{% filter upper %}x{% endfilter %}", "{% filter %} is not available"),
        ("{% with a = 1 %}{% endwith %}", "is not available"),
        ("{% autoescape false %}{{ person.name }}{% endautoescape %}", "{% autoescape %} is not available"),
        ("{{ person.name | safe }}", "no filter 'safe'"),
        ("{{ person.name | attr('x') }}", "no filter 'attr'"),
        ("{{ person.name.format() }}", "a call is not available"),
        ("{{ person.name.format }}", "cannot stand here"),
        ("{{ self.title() }}", "a call is not available"),
        ("{{ 'a' ~ super() }}", "a call is not available"),
        ("{{ super() }}", "a call is not available"),
        ("{% for a in person.address recursive %}{% endfor %}", "recursive"),
        ("{% for a, b in person.address %}{% endfor %}", "one variable"),
        ("{% for a in person.address %}{{ loop.cycle }}{% endfor %}", "no 'loop.cycle'"),
        ("{% for a in person.address %}{{ a.x }}{% endfor %}", "a plain value"),
        ("{% for a in person.name %}{% endfor %}", "a loop goes over a list"),
        ("{{ person.name | join }}", "join takes a list"),
        ("{{ person.name | short_date }}", "short_date takes a date"),
        ("{{ person.name | upper(*person.address) }}", "plain arguments"),
        ("{% if person.name > 3 %}{% endif %}", "TypeError"),
        ("{{ " + "(" * 20_000, "nested too deeply"),
        ("{{ " + "not " * 30 + "1 }}", "nested too deeply"),
        ("{{ 1" + "0" * 5_000 + " }}", "nested too deeply"),
        ("{{ missing", "is not a template"),
    ],
)
def test_what_is_not_of_the_language_is_refused(desk: Any, person: Person, text: str, problem: str) -> None:
    """Calls, attributes, arithmetic and files are refused with the template and the line."""
    desk.write("bot", "x", f"{_TITLE}\n{text}")

    with pytest.raises(TemplateError) as caught:
        desk.letters().render("x", person=person)

    assert problem in caught.value.message
    assert "bot:x.md.j2" in caught.value.message
    assert "Nanna" not in f"{caught.value} {caught.value.remedy}"


@pytest.mark.parametrize(
    "text",
    [
        "{% for a in many %}" * 6 + "x" + "{% endfor %}" * 6,
        "{% for a in many %}{% endfor %}" * 40,
        "x" * 50_000,
        "{{ long }}" * 50,
        "{% for a in many %}" + "x" * 5_000 + "{% endfor %}",
    ],
)
def test_a_letter_has_a_budget(desk: Any, person: Person, text: str) -> None:
    """Endless loops and endless text end in an error, soon."""
    desk.write("bot", "x", _TITLE + text)

    with pytest.raises(TemplateError, match="too long"):
        desk.letters().render("x", person=person, many=["a"] * 50, long="y" * 5_000)


@pytest.mark.parametrize("text", ["[" * 30_000, "*a **a " * 4_000, "- " * 15_000, "&#xE000;99&#xE001;"])
def test_odd_markdown_is_only_odd(desk: Any, person: Person, text: str) -> None:
    """Brackets without end and forged markers make a strange letter and no failure."""
    desk.write("bot", "x", f"{_TITLE}\n\n{text}")

    assert desk.letters().preview_text("x", person=person)


def test_a_hostile_title_is_held_to_the_same_language(desk: Any, person: Person) -> None:
    """The title block is no way around."""
    desk.write("bot", "x", "{% block title %}{{ municipality.__class__ }}{% endblock %}")

    with pytest.raises(TemplateError, match="leading underscore"):
        desk.letters().render("x", person=person)
