"""Letters that a municipality got wrong: found before a run or plan touches anything."""

from typing import Any

import pytest

BROKEN = """{% extends "bot:hello.md.j2" %}

{% block skole %}
Hej
{% endblock %}
"""


def _letters(bench: Any, **templates: str) -> dict[str, Any]:
    folder = bench.folder / "letters" / "writer"
    folder.mkdir(parents=True)
    for name, source in templates.items():
        (folder / f"{name}.md.j2").write_text(source, encoding="utf-8")
    return {"folders": [str(folder)], "letterhead": {"name": "Roskilde Kommune"}}


@pytest.mark.parametrize("mode", ["run", "plan"])
def test_broken_letters_are_refused_with_every_problem(bench: Any, mode: str) -> None:
    """File, line, what is wrong and what to do; a misspelt file too; nothing was done."""
    bench.cases({"case-1": "keyed"})
    letters = _letters(bench, hello=BROKEN, helo="{% extends 'bot:hello.md.j2' %}")

    result = bench.run(mode=mode, instance={"bot": "writer"}, letters=letters)

    assert (result.code, result.last["event"]) == (1, "refused")
    assert "the letters of letters cannot be used" in result.last["message"]
    assert "municipality:hello.md.j2:3: " in result.last["message"]
    assert "'skole'" in result.last["message"]
    assert "municipality:helo.md.j2" in result.last["message"]
    assert bench.states() == {}
    assert bench.accepted() == []


def test_letters_in_order_let_the_run_begin(bench: Any) -> None:
    """An override of a block that is there."""
    bench.cases({"case-1": "keyed"})
    letters = _letters(bench, hello=BROKEN.replace("skole", "greeting"))

    result = bench.run(instance={"bot": "writer"}, letters=letters)

    assert result.code == 0
    assert bench.accepted() == [("keyed", "case-1")]
