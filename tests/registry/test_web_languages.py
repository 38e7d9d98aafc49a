"""Words, dates and numbers in four languages."""

import ast
import importlib
from collections.abc import Iterator, Mapping
from pathlib import Path

import jinja2
import pytest

from rpa_registry import web
from rpa_registry.tiers import RULES
from rpa_registry.web import _terms
from rpa_registry.web._languages import preferred, read_catalogue, words_of

_WEB = Path(web.__file__).parent
_CALLS = ("gettext", "_", "ngettext")
_TABLES = {
    "_log": ("_SENTENCES", "_OTHER"),
    "_feed": ("_TITLES",),
    "_catalogue": ("FILTERS",),
    "_settings": ("_TYPES",),
}
_NO_WORDS = ("RUNG_CLASSES", "STATE_CLASSES", "STATES", "TIERS", "languages_of")


def _texts() -> Iterator[str]:
    """Every English text that a page may show."""
    environment = jinja2.Environment(extensions=["jinja2.ext.i18n"], autoescape=True)
    for path in _WEB.glob("templates/*.j2"):
        for _, _, message in environment.extract_translations(path.read_text(encoding="utf-8")):
            yield message if isinstance(message, str) else message[0]
    for path in _WEB.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
                name = getattr(node.func, "attr", getattr(node.func, "id", ""))
                if name in _CALLS:
                    yield node.args[0].value
    for name in set(_terms.__all__) - set(_NO_WORDS):
        yield from getattr(_terms, name).values()
    for module, names in _TABLES.items():
        for name in names:
            table = getattr(importlib.import_module(f"rpa_registry.web.{module}"), name)
            yield from table.values() if isinstance(table, Mapping) else (table,)
    yield from (rule.text for rule in RULES.values())


@pytest.mark.parametrize("language", ["da", "nb", "sv"])
def test_every_text_is_translated(language: str) -> None:
    """A page is wholly in its language."""
    known = words_of(language).texts

    assert [] == sorted({text for text in _texts() if text not in known})


@pytest.mark.parametrize("language", ["da", "nb", "sv"])
def test_translations_keep_the_places_of_values(language: str) -> None:
    """``%(name)s`` stands in each form as in the English one."""
    for text, forms in words_of(language).texts.items():
        wanted = sorted(part.split(")")[0] for part in text.split("%(")[1:])
        for form in forms:
            assert wanted == sorted(part.split(")")[0] for part in form.split("%(")[1:]), text


@pytest.mark.parametrize(
    ("language", "day", "clock"),
    [
        ("da", "5. marts 2026", "5. marts 2026 kl. 04.33 UTC"),
        ("nb", "5. mars 2026", "5. mars 2026 kl. 04.33 UTC"),
        ("sv", "5 mars 2026", "5 mars 2026 kl. 04:33 UTC"),
        ("en", "5 March 2026", "5 March 2026 at 04:33 UTC"),
    ],
)
def test_dates(language: web.Language, day: str, clock: str) -> None:
    """In words, as each language writes them."""
    words = words_of(language)

    assert words.day("2026-03-05T04:33:41Z") == day
    assert words.clock("2026-03-05T04:33:41Z") == clock
    assert words.day("") == words.clock("") == ""


@pytest.mark.parametrize(
    ("language", "whole", "part"),
    [
        ("da", "1.234.567", "4,5"),
        ("nb", "1\xa0234\xa0567", "4,5"),
        ("sv", "1\xa0234\xa0567", "4,5"),
        ("en", "1,234,567", "4.5"),
    ],
)
def test_numbers(language: web.Language, whole: str, part: str) -> None:
    """Thousands apart, the language's decimal mark, no zeros that say nothing."""
    words = words_of(language)

    assert words.number(1234567) == whole
    assert words.number(4.5) == part
    assert words.number(4.0) == "4"


def test_sizes() -> None:
    """Bytes as people say them."""
    words = words_of("da")

    assert [words.size(one) for one in (999, 183_296, 4_250_000)] == ["999 B", "183 kB", "4,2 MB"]


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("", "da"),
        ("sv-SE,sv;q=0.9,en;q=0.8", "sv"),
        ("en;q=0.5, nb;q=0.8", "nb"),
        ("no", "nb"),
        ("nn-NO", "nb"),
        ("fi, de;q=0.9", "da"),
        ("sv;q=0, en;q=0.1", "en"),
        ("*", "da"),
        (";;;,q=,sv;q=x", "da"),
        ("EN", "en"),
        ("," * 100_000, "da"),
    ],
)
def test_the_browsers_wish(header: str, expected: str) -> None:
    """The first that is offered; whatever the header holds, there is a language."""
    assert preferred(header, ("da", "nb", "sv", "en")) == expected


def test_a_catalogue_is_read_as_gettext_writes_it() -> None:
    """Comments, long lines that go on, plurals, escapes; what is not translated yet is passed over."""
    text = '# note\nmsgid "a"\nmsgstr "b"\n\nmsgid ""\n"c\\n"\n"d"\nmsgstr ""\n"e "\n"f"\n\n'
    text += 'msgid "one"\nmsgid_plural "many"\nmsgstr[0] "en"\nmsgstr[1] "flere"\n\nmsgid "g"\nmsgstr ""\n'

    assert dict(read_catalogue(text)) == {"a": ("b",), "c\nd": ("e f",), "one": ("en", "flere")}


def test_an_unknown_text_is_shown_in_english() -> None:
    """Never an empty place."""
    words = words_of("da")

    assert words.gettext("xyzzy") == "xyzzy"
    assert words.ngettext("a cat", "cats", 2) == "cats"


def test_languages_are_named() -> None:
    """In their own words; an unknown code stands as it is."""
    assert _terms.languages_of(words_of("da"), ["da", "sv", "xx"]) == "dansk, svenska, xx"
    assert _terms.languages_of(words_of("en"), ["nb"]) == "Norsk bokmål"
