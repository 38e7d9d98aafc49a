"""All templates of an instance, checked before there is anybody to write to."""

import zipfile
from pathlib import Path
from typing import Any

import pytest

from rpa_commons.letters import LetterSource, TemplateError, check_letters, describe_templates

_TITLE = "{% block title %}x{% endblock %}\n"
_EXTENDS = '{% extends "bot:families.md.j2" %}\n'
_VALUES = "{# values: moved_on (date), tips (list), household (yes/no), closing #}\n"


def _found(desk: Any) -> list[tuple[str, int, str]]:
    return [(one.template, one.line, one.problem) for one in check_letters(desk.source())]


@pytest.mark.parametrize(
    ("block", "problem", "help_"),
    [
        ("{{ person.navn }}", "there is no 'person.navn'", "person.name"),
        ("{{ persn.name }}", "there is no 'persn'", "did you mean 'person'?"),
        ("{{ person }}", "'person' is a group of values", "person.name"),
        ("{{ person.address }}", "shows a whole list", "join a list"),
        ("{{ person.name | short_date }}", "short_date takes a date", ""),
        ("{% if not household %}{{ contact }}{% endif %}", "shows a whole list", "join a list"),
    ],
)
def test_names_and_values_are_checked_without_a_bot(desk: Any, block: str, problem: str, help_: str) -> None:
    """A name that nobody gives, or a value that has no one way to be shown, is found with its line."""
    desk.write("bot", "more", _VALUES + _TITLE)
    desk.write("municipality", "families", f"{_EXTENDS}{{% block greeting %}}\n{block}\n{{% endblock %}}")

    [found] = check_letters(desk.source())

    assert (found.template, found.line) == ("municipality:families.md.j2", 3)
    assert problem in found.problem
    assert help_ in found.help


def test_a_misspelt_block_and_the_names_in_it_are_found_together(desk: Any) -> None:
    """Who mends a template is told everything about it at once."""
    desk.write("municipality", "families", _EXTENDS + "{% block skole %}\n{{ person.navn }}{% endblock %}")

    assert [
        ("municipality:families.md.j2", 2, "the block 'skole' is not in the letter that is extended"),
        ("municipality:families.md.j2", 3, "there is no 'person.navn'"),
    ] == _found(desk)


def test_a_template_that_is_none_is_named_once(desk: Any) -> None:
    """A missing endblock is one finding."""
    desk.write("municipality", "families", _EXTENDS + "{% block school %}x")

    assert [("municipality:families.md.j2", 2)] == [found[:2] for found in _found(desk)]


def test_a_link_that_leads_elsewhere_is_found(desk: Any) -> None:
    """What only the finished Markdown shows is found too."""
    desk.write("municipality", "families", _EXTENDS + "{% block greeting %}[x](http://x.dk){% endblock %}")

    [(template, _, problem)] = _found(desk)

    assert template == "municipality:families.md.j2"
    assert "https:// or mailto:" in problem


def test_a_bot_says_which_values_it_gives(desk: Any) -> None:
    """With the list of values a plain name is known or wrong, and every kind can be shown."""
    desk.write("bot", "more", _VALUES + _TITLE)
    good = "{{ moved_on | short_date }} {{ tips | join }} {% if household %}x{% endif %}{{ closing }}"
    desk.write("municipality", "families", f"{_EXTENDS}{{% block greeting %}}{good}{{% endblock %}}")
    desk.write("baseline", "more", _TITLE + "{{ houshold }}")

    assert [("baseline:more.md.j2", 2, "there is no 'houshold'")] == _found(desk)


def test_without_a_list_a_plain_name_may_be_the_bots(desk: Any) -> None:
    """Of a bot that says nothing, what it gives is not known before the first letter."""
    desk.write("municipality", "families", _EXTENDS + "{% block greeting %}{{ moved_on }}{% endblock %}")

    assert [] == _found(desk)


@pytest.mark.parametrize("values", ["moved on (date)", "moved_on (day)", "Moved (date)", "a (text) b"])
def test_an_unreadable_list_of_values_is_the_bots_mistake(desk: Any, values: str) -> None:
    """It is found by the check, and no wheel with it is built."""
    desk.write("bot", "more", f"\n{{# values: {values} #}}\n{_TITLE}")

    assert [("bot:more.md.j2", 2)] == [found[:2] for found in _found(desk)]
    with pytest.raises(TemplateError, match="list of values"):
        describe_templates(desk.folders["bot"])


def test_a_bot_that_says_an_unlisted_name_is_not_built(desk: Any) -> None:
    """The list of values holds for the bot's own templates first."""
    desk.write("bot", "more", f"{_VALUES}{_TITLE}{{{{ houshold }}}}")

    with pytest.raises(TemplateError, match="there is no 'houshold'"):
        describe_templates(desk.folders["bot"])


@pytest.mark.parametrize(
    ("file_name", "help_"),
    [
        ("familie.md.j2", "did you mean 'families.md.j2'?"),
        ("Families.md.j2", "call it families.md.j2"),
        ("families.j2", "call it families.md.j2"),
        ("familes.md", "call it families.md.j2"),
        ("families.md.j2.txt", "call it families.md.j2"),
        ("whatever.J2", "call it NAME.md.j2, or remove it"),
        ("nb/families.md.j2", "move it one folder up"),
    ],
)
def test_a_file_that_nothing_reads_is_found(desk: Any, file_name: str, help_: str) -> None:
    """A misspelt override would be passed over without a word."""
    path = desk.folders["municipality"] / file_name
    path.parent.mkdir(exist_ok=True)
    path.write_text(_EXTENDS, "utf-8")

    [found] = check_letters(desk.source())

    assert (f"municipality:{file_name}", 0, True) == (found.template, found.line, found.unused)
    assert help_ == found.help
    assert path == desk.source().file_of(found.template)


@pytest.mark.parametrize("file_name", ["README.md", "note.txt", ".families.md.j2.swp", "families.md.j2.bak"])
def test_other_files_are_nobodys_business(desk: Any, file_name: str) -> None:
    """A note, and the copy that an editor leaves beside a letter that is read, are no findings."""
    desk.write("municipality", "families", _EXTENDS)
    (desk.folders["municipality"] / file_name).write_text("x", "utf-8")
    (desk.folders["municipality"] / "empty").mkdir()

    assert [] == _found(desk)


def test_templates_inside_a_wheel_are_read_where_they_are(desk: Any, tmp_path: Path) -> None:
    """A host checks an override against the templates in the wheel and imports nothing."""
    desk.write("municipality", "families", _EXTENDS + "{% block skole %}x{% endblock %}")
    with zipfile.ZipFile(tmp_path / "a.whl", "w") as wheel:
        wheel.write(desk.folders["bot"] / "families.md.j2", "a_bot/letters/families.md.j2")
    with zipfile.ZipFile(tmp_path / "a.whl") as wheel:
        source = LetterSource(
            templates=zipfile.Path(wheel, "a_bot/letters/"),
            letterhead=desk.letterhead,
            date=desk.date,
            overrides=desk.overrides,
        )
        [found] = check_letters(source)

    assert "municipality:families.md.j2:2: the block 'skole' is not in the letter that is extended" == str(
        found
    )
    assert "blocks there are: greeting, school, title" == found.help
    assert source.file_of("bot:families.md.j2") is None
    assert desk.folders["municipality"] / "families.md.j2" == source.file_of(found.template)
