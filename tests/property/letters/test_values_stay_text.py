"""Whatever a value holds, it is text in the letter and never structure."""

import datetime as dt
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from rpa_commons.capabilities import Person
from rpa_commons.letters import Letterhead, Letters, LetterSource
from rpa_commons.letters._markdown import marker, parse
from rpa_commons.letters._values import clean

_SYNTAX = st.text(alphabet="#$_*[]<>@\\~`'\"{}%()!-+=|&;:/. \n\t0123456789abæøå", max_size=60)
TEXTS = st.one_of(st.text(max_size=60), _SYNTAX)

_TEMPLATE = """\
{% block title %}x{% endblock %}

{{ person.name }}

# {{ person.name }}

- a **{{ person.name }}** b
- [{{ person.name }}](https://example.dk/{{ person.name }})

1. {% for line in person.address %}{{ line }}{% endfor %} {{ extra }}
"""


def _shape(tree: Any) -> Any:
    """The tree without its texts and addresses."""
    if isinstance(tree, list):
        return [_shape(one) for one in tree]
    if isinstance(tree, dict):
        return {key: _shape(value) for key, value in tree.items() if key not in {"text", "url"}}
    return tree


def _texts(tree: Any) -> str:
    if isinstance(tree, list):
        return "".join(map(_texts, tree))
    if isinstance(tree, dict):
        return tree.get("text", "") + _texts([*tree.get("content", []), *tree.get("items", [])])
    return ""


@given(value=TEXTS)
def test_a_value_never_changes_the_shape_of_the_tree(value: str) -> None:
    """The tree with a value has the shape of the tree with a word, and the value stands in it as it is."""
    shown = clean(value) or "x"
    source = (
        f"{marker(0)}\n\n# {marker(0)}\n\n- a **{marker(0)}**\n- [{marker(0)}](https://x.dk/{marker(0)})\n\n"
        f"{marker(0)}. {marker(0)}\\\n_{marker(0)}_"
    )

    tree = parse(source, (shown,), "bot:x.md.j2")

    assert _shape(parse(source, ("word",), "bot:x.md.j2")) == _shape(tree)
    assert _texts(tree) == _texts(parse(source, ("\x01",), "bot:x.md.j2")).replace("\x01", shown)


@pytest.fixture(scope="module")
def letters(tmp_path_factory: pytest.TempPathFactory) -> Letters:
    """Letters over one template that shows values in every position."""
    folder = tmp_path_factory.mktemp("bot")
    (folder / "x.md.j2").write_text(_TEMPLATE, encoding="utf-8")
    letters = Letters()
    letters.bind(LetterSource(templates=folder, letterhead=Letterhead(name="R"), date=dt.date(2026, 1, 1)))
    return letters


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(name=TEXTS, extra=TEXTS)
def test_any_name_stands_literally_in_the_letter(letters: Letters, name: str, extra: str) -> None:
    """Through sandbox and Markdown a name comes out as it went in, control characters aside."""
    person = Person(
        cpr="2512169996",
        name=name.encode("utf-8", "replace").decode(),
        status="active",
        protected=False,
        children_under_18=0,
    )

    assume(person.name)
    text = letters.preview_text("x", person=person, extra=extra)

    shown = clean(person.name)
    assert f"- a {shown} b\n- {f'{shown} (https://example.dk/'.lstrip()}" in text
    assert text.startswith(f"x\n\n{shown}\n\n{shown}\n\n- a")


@given(value=TEXTS)
def test_cleaning_keeps_every_printable_character(value: str) -> None:
    """Text without control characters is left alone; cleaning twice is cleaning once."""
    assert clean(value) == clean(clean(value))
    assert len(clean(value)) == len(value)
    if value.isprintable() and not any("\ue000" <= one <= "\ue003" for one in value):
        assert value == clean(value)
