"""One block overridden in one layer, without copying the rest."""

from typing import Any

import pytest

from rpa_commons.capabilities import Person
from rpa_commons.letters import TemplateError, check_letters

_TITLE = "{% block title %}x{% endblock %}\n"


def test_one_block_is_overridden_and_the_rest_is_the_bots(desk: Any, person: Person) -> None:
    """A municipality changes the greeting in two lines; the other blocks stay the bot's own."""
    before = desk.letters().preview_text("families", person=person)
    desk.write(
        "municipality",
        "families",
        '{% extends "bot:families.md.j2" %}\n{% block greeting %}Hej {{ person.name }}!{% endblock %}\n',
    )

    after = desk.letters().preview_text("families", person=person)

    assert before.replace("Kære Nanna Ærø", "Hej Nanna Ærø!") == after


def test_layers_stack_and_super_keeps_what_is_below(desk: Any, person: Person) -> None:
    """The municipality adds to the baseline's block, which adds to the bot's."""
    desk.write(
        "baseline",
        "families",
        '{% extends "bot:families.md.j2" %}{% block greeting %}{{ super() }}\n\nFra DIGIT{% endblock %}',
    )
    desk.write(
        "municipality",
        "families",
        '{% extends "baseline:families.md.j2" %}{% block greeting %}{{ super() }}\n\n**Her**{% endblock %}',
    )

    text = desk.letters().preview_text("families", person=person)

    assert "Kære Nanna Ærø\n\nFra DIGIT\n\nHer\n\nSkole" in text


def test_a_baseline_alone_is_the_baseline(desk: Any, person: Person) -> None:
    """A municipality without letters of its own still names the layer below rightly."""
    desk.overrides = (desk.folders["baseline"],)
    desk.write("baseline", "families", '{% extends "bot:families.md.j2" %}{% block x %}{% endblock %}')

    with pytest.raises(TemplateError) as caught:
        desk.letters().render("families", person=person)

    assert caught.value.problems[0].template == "baseline:families.md.j2"


def test_an_instance_overrides_what_the_municipality_has_for_the_bot(desk: Any, person: Person) -> None:
    """Of two instances of one bot one may have its own block on top of the municipality's."""
    desk.overrides = (desk.folders["instance"], desk.folders["municipality"], desk.folders["baseline"])
    block = "{% block greeting %}{{ super() }}\n\nfra {% endblock %}"
    for layer, below in (("baseline", "bot"), ("municipality", "baseline"), ("instance", "municipality")):
        text = block.replace("fra ", f"fra {layer}")
        desk.write(layer, "families", f'{{% extends "{below}:families.md.j2" %}}{text}')

    text = desk.letters().preview_text("families", person=person)

    assert "Kære Nanna Ærø\n\nfra baseline\n\nfra municipality\n\nfra instance\n\nSkole" in text


def test_values_in_super_stay_text(desk: Any, person: Person) -> None:
    """What super() brings is Markdown of a template; the values in it are still only text."""
    desk.write(
        "municipality",
        "families",
        '{% extends "bot:families.md.j2" %}{% block greeting %}{{ super() }}{% endblock %}',
    )
    hostile = person.model_copy(update={"name": "**Ole** [x](https://a)"})

    assert "Kære **Ole** [x](https://a)\n" in desk.letters().preview_text("families", person=hostile)


def test_a_shared_base_is_overridden_once_for_all_letters(desk: Any, person: Person) -> None:
    """A plain name in extends means the strongest layer that has it."""
    desk.write("bot", "base", f"{_TITLE}{{% block sign %}}bot{{% endblock %}}")
    desk.write("bot", "one", '{% extends "base.md.j2" %}')
    desk.write("municipality", "base", '{% extends "bot:base.md.j2" %}{% block sign %}ours{% endblock %}')

    letters = desk.letters()

    assert "ours" in letters.preview_text("one", person=person)
    assert "bot\n" in letters.preview_text("bot:base", person=person)


def test_an_unknown_block_is_an_error_with_a_guess(desk: Any, person: Person) -> None:
    """A misspelt block would be dropped without a word; here it names the block that was meant."""
    desk.write(
        "municipality", "families", '{% extends "bot:families.md.j2" %}\n{% block greting %}x{% endblock %}'
    )

    with pytest.raises(TemplateError) as caught:
        desk.letters().render("families", person=person)

    problem = caught.value.problems[0]
    assert (problem.template, problem.line) == ("municipality:families.md.j2", 2)
    assert problem.help == "did you mean 'greeting'?"


def test_a_new_block_inside_an_overridden_one_is_shown(desk: Any, person: Person) -> None:
    """Nesting a new block is no mistake: it stands where its outer block stands."""
    desk.write(
        "municipality",
        "families",
        '{% extends "bot:families.md.j2" %}'
        "{% block greeting %}Hej {% block who %}du{% endblock %}{% endblock %}",
    )

    assert "Hej du" in desk.letters().preview_text("families", person=person)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ('{% extends "bot:families.md.j2" %}\nlost words', "outside a block"),
        ('{% extends "bot:familier.md.j2" %}', "which there is not"),
        ('{% extends "baseline:families.md.j2" %}', "which there is not"),
        ('{% extends "families.md.j2" %}', "comes back to itself"),
        ("{% extends person.name %}", "needs a name in quotes"),
        ("no title", "the letter has no title"),
        ('{% extends "bot:families.md.j2" %}{% extends "bot:families.md.j2" %}', "extends one other"),
        (_TITLE + "{% block a %}{{ super() }}{% endblock %}", "super()"),
        (_TITLE + "{% block a %}{% endblock %}{% block a %}{% endblock %}", "stands twice"),
    ],
)
def test_broken_overrides_say_why(desk: Any, person: Person, text: str, problem: str) -> None:
    """Each way to break an override is named with its template."""
    desk.write("municipality", "families", text)

    with pytest.raises(TemplateError, match=problem) as caught:
        desk.letters().render("families", person=person)
    assert caught.value.problems[0].template == "municipality:families.md.j2"


def test_check_finds_every_problem_of_every_layer(desk: Any) -> None:
    """Before a run all templates are read, also those no letter has asked for yet."""
    desk.write("municipality", "familier", '{% extends "bot:families.md.j2" %}')
    desk.write("baseline", "families", f"{_TITLE}{{% set x = 1 %}}")

    problems = check_letters(desk.source())

    assert [(one.template, one.line, one.help) for one in problems] == [
        ("baseline:families.md.j2", 2, "available: names, filters, if, for, block, extends, super()"),
        ("municipality:familier.md.j2", 0, "did you mean 'families.md.j2'?"),
    ]


def test_check_is_silent_about_good_templates(desk: Any) -> None:
    """A proper override and a template of the municipality's own are no findings."""
    desk.write("municipality", "families", '{% extends "bot:families.md.j2" %}')
    desk.write("municipality", "pensioners", _TITLE)

    assert check_letters(desk.source()) == ()


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (b"\xff\xfe", "not UTF-8"),
        (b"x" * 70_000, "larger than 64 KiB"),
        ("{% block title %}x{% endblock %}\n\ue000".encode(), "private-use"),
    ],
)
def test_unreadable_files_are_refused(desk: Any, person: Person, data: bytes, problem: str) -> None:
    """A template is a small UTF-8 file without our marker characters."""
    (desk.folders["bot"] / "x.md.j2").write_bytes(data)

    with pytest.raises(TemplateError, match=problem):
        desk.letters().render("x", person=person)


def test_windows_line_ends_and_byte_order_mark_change_nothing(desk: Any, person: Person) -> None:
    """A template saved by Notepad gives the same letter."""
    text = f"{_TITLE}\nen\n\n- to\n"
    desk.write("bot", "x", text)
    expected = desk.letters().preview_text("x", person=person)

    desk.write("bot", "x", "\ufeff" + text.replace("\n", "\r\n"))

    assert expected == desk.letters().preview_text("x", person=person)
