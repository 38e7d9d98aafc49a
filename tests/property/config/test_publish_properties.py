"""Properties of published texts, over generated documents and generated judgements."""

import random
import tomllib
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from rpa_commons.config.documents._document import Document
from rpa_commons.config.documents._places import find_places
from rpa_commons.config.findings._keys import KeyPath, lookup, walk
from rpa_commons.sharing._publish_fit import Taboo, _folded, is_fit_text
from rpa_commons.sharing._published_text import Verdict, is_withheld, published_text

_SEEDS = st.integers(0, 2**32)
_AT_ONCE = 60  # documents per example
_Documents = Callable[[int, int], list[tuple[str, dict[str, Any]]]]
_CANARY = "canary7"
_WORDS = st.text("abcdefghijklmnopqrstuvwxyzæøåß", min_size=2, max_size=9)


def _document(text: str, values: dict[str, Any]) -> Document:
    return Document(Path("x.toml"), "x.toml", text.replace("\r\n", "\n"), values)


def _judge(seed: int, *, strict: int) -> Callable[[KeyPath], Verdict]:
    """One verdict for each path, always the same; the more strict, the more is hidden."""

    def judge(path: KeyPath) -> Verdict:
        if isinstance(path[-1], int):
            return Verdict.SHOW
        dice = random.Random(f"{seed} {path}").randrange(10)  # noqa: S311 - test data, no secret
        if dice < strict:
            return Verdict.WITHHOLD
        return Verdict.DROP if dice == 9 and strict else Verdict.SHOW

    return judge


@settings(max_examples=30, deadline=None)
@given(_SEEDS, st.integers(0, 4))
def test_what_is_published_parses_and_keeps_its_lines(
    valid_documents: _Documents, seed: int, strict: int
) -> None:
    """Whatever is hidden, the rest is TOML, has as many lines, and each key has its line and its value."""
    for text, values in valid_documents(seed, _AT_ONCE):
        document = _document(text, values)
        published, _ = published_text(document, _judge(seed, strict=strict), Taboo())
        read = tomllib.loads(published)

        assert document.text.count("\n") == published.count("\n")
        for path, place in find_places(published).items():
            if path in document.places and not is_withheld(lookup(read, path)):
                assert document.places[path].line == place.line or place.end == place.start
        for path, value in walk(read):
            if not isinstance(value, dict | list) and path[-1] != "withheld":
                assert repr(lookup(values, path)) == repr(value)


@settings(max_examples=20, deadline=None)
@given(_SEEDS)
def test_nothing_is_lost_when_nothing_is_hidden(valid_documents: _Documents, seed: int) -> None:
    """With every key shown, what is left out is only what never leaves the house."""
    for text, values in valid_documents(seed, _AT_ONCE):
        published, withheld = published_text(_document(text, values), _judge(seed, strict=0), Taboo())
        if not withheld:
            assert repr(values) == repr(tomllib.loads(published))


@settings(max_examples=30, deadline=None)
@given(_SEEDS, st.integers(1, 6))
def test_no_hidden_value_is_in_what_is_published(valid_documents: _Documents, seed: int, strict: int) -> None:
    """A value under a hidden key stands nowhere in the published text, nor does a comment."""
    judge = _judge(seed, strict=strict)
    for text, values in valid_documents(seed, _AT_ONCE):
        marked = _with_canaries(_document(text + f"\n# {_CANARY}\n", values), judge)
        published, _ = published_text(marked, judge, Taboo())

        assert _CANARY not in published


def _with_canaries(document: Document, judge: Callable[[KeyPath], Verdict]) -> Document:
    """The document with each hidden text replaced by a canary."""
    text = document.text
    spans = []
    for path, value in walk(document.values):
        parts = [path[:length] for length in range(1, len(path) + 1)]
        if isinstance(value, str) and any(judge(part) is not Verdict.SHOW for part in parts):
            place = document.places[path]
            spans.append((place.start, place.end))
    for start, end in sorted(spans, reverse=True):
        text = text[:start] + f'"{_CANARY}"' + text[end:]
    return Document(document.path, document.name, text, tomllib.loads(text))


@settings(max_examples=200, deadline=None)
@given(
    _WORDS,
    _WORDS,
    st.sampled_from([" ", "  ", "-", "_", ".", "\n"]),
    st.text(max_size=5),
    st.text(max_size=5),
)
def test_a_taboo_is_found_wherever_it_stands(
    first: str, second: str, between: str, before: str, after: str
) -> None:
    """Whatever is around it, in capitals, and however its words are joined."""
    taboo = Taboo()
    taboo.add(f"{first} {second}")

    assert taboo.is_in(f"{before} {first}{between}{second} {after}")
    assert taboo.is_in(f"{first}{between}{second}".upper())


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=40), st.lists(st.text(max_size=12), max_size=6))
def test_taboo_agrees_with_a_plain_search(text: str, texts: list[str]) -> None:
    """The index finds what looking for each text in turn would find."""
    taboo = Taboo()
    for one in texts:
        taboo.add(one)
    folded = [one for one in map(_folded, texts) if len(one) >= 4]

    assert any(one in _folded(text) for one in folded) is taboo.is_in(text)


@settings(max_examples=20, deadline=None)
@given(_SEEDS)
def test_no_value_repeats_a_taboo(valid_documents: _Documents, seed: int) -> None:
    """With nothing hidden by its key, a text that is taboo is in no value of the result."""
    for text, values in valid_documents(seed, _AT_ONCE):
        taboo = Taboo()
        texts = [one for _, one in walk(values) if isinstance(one, str) and len(_folded(one)) >= 4]
        for one in texts[::2]:
            taboo.add(one)
        published, _ = published_text(_document(text, values), _judge(seed, strict=0), taboo)

        assert not [
            one for _, one in walk(tomllib.loads(published)) if isinstance(one, str) and taboo.is_in(one)
        ]


@settings(max_examples=300, deadline=None)
@given(
    st.dates(date(1930, 1, 1), date(1999, 12, 31)),
    st.integers(0, 3999),
    st.sampled_from(["", "-", " ", "–", " - "]),
)
def test_no_personal_number_fits(born: date, number: int, between: str) -> None:
    """Any day of birth, with any sign between it and the rest."""
    assert not is_fit_text(f"nr. {born:%d%m%y}{between}{number:04}.")
    assert not is_fit_text(f"{born:%d %m %y} {number:04}")


@settings(max_examples=500, deadline=None)
@given(st.text(max_size=200))
def test_any_text_is_judged(text: str) -> None:
    """Without a crash, and never for a text around one that does not fit."""
    if not is_fit_text(text.strip()):
        return
    assert not is_fit_text(f"{text} jens@x.example")
