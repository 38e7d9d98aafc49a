"""Properties of published texts, over generated documents and generated judgements."""

import random
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from rpa_commons.config._document import Document
from rpa_commons.config._keys import KeyPath, lookup, walk
from rpa_commons.config._places import find_places
from rpa_commons.config._published_text import Verdict, is_withheld, published_text

_SEEDS = st.integers(0, 2**32)
_AT_ONCE = 60  # documents per example
_Documents = Callable[[int, int], list[tuple[str, dict[str, Any]]]]
_CANARY = "canary7"


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
        published, _ = published_text(document, _judge(seed, strict=strict))
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
        published, withheld = published_text(_document(text, values), _judge(seed, strict=0))
        if not withheld:
            assert repr(values) == repr(tomllib.loads(published))


@settings(max_examples=30, deadline=None)
@given(_SEEDS, st.integers(1, 6))
def test_no_hidden_value_is_in_what_is_published(valid_documents: _Documents, seed: int, strict: int) -> None:
    """A value under a hidden key stands nowhere in the published text, nor does a comment."""
    judge = _judge(seed, strict=strict)
    for text, values in valid_documents(seed, _AT_ONCE):
        marked = _with_canaries(_document(text + f"\n# {_CANARY}\n", values), judge)
        published, _ = published_text(marked, judge)

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
