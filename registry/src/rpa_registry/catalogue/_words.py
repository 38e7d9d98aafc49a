"""Words as the search compares them: without case and accents, with stems, synonyms and parts of compounds.

Rules this module keeps: texts and questions go through the same folding, so that ``Lægeudgifter``,
``laegeudgifter`` and ``lageudgifter`` are one word, as are ``ö``, ``ø``, ``oe`` and ``o``; stems are taken of
the question only and compared as beginnings, so a text is indexed as it was written and in whatever of the
four languages it is; nothing here can fail on any input.

Usage::

    index_words("Velkomstbreve til tilflyttere")
    alternatives("flytninger")  # ("flytning*", "flytt*", "move*", ...)
"""

import functools
import re
import unicodedata
from collections.abc import Iterable, Iterator

import snowballstemmer

from ._synonyms import GROUPS, PARTS, STOP_WORDS

__all__ = ["alternatives", "fold", "index_words", "question_words"]

_WORD = re.compile(r"[^\W_]+")
_NUMBER = re.compile(r"\b\d{2}(?:\.\d{1,2})+\b")  # KLE: 23.05.01 is one word, and 23.05 its beginning
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_LETTERS = str.maketrans("æäåøöœđł", "aaaooodl")
_LANGUAGES = ("danish", "norwegian", "swedish", "english")
_SHORTEST_STEM = 3
_SHORTEST_BEGINNING = 4
_SHORTEST_PART = 4
_LONGEST_WORD = 60
_MOST_WORDS = 12
"""Of a question; what comes after them is not asked for."""


def fold(text: str) -> str:
    """Lower case without accents; two letters that stand for one are written as it."""
    lowered = text.lower().translate(_LETTERS)
    plain = "".join(one for one in unicodedata.normalize("NFKD", lowered) if not unicodedata.combining(one))
    return plain.replace("ae", "a").replace("oe", "o").replace("aa", "a")


def _bare(word: str) -> str:
    """Folded, and letters and digits only: ``¼`` folds to a stroke between digits."""
    return "".join(one for one in fold(word) if one.isalnum())[:_LONGEST_WORD]


def index_words(*texts: str) -> str:
    """What of some texts goes into the index: folded words, and the parts of compounds behind them."""
    found = [word for text in texts for word in _words(text)]
    parts = {part for word in set(found) for part in _parts(word)}
    return " ".join((*found, *sorted(parts - set(found))))


def question_words(text: str) -> tuple[str, ...]:
    """The words of a question, each once; small words only when there are no others."""
    every = dict.fromkeys(_WORD.findall(_NUMBER.sub(_joined, text.lower())))
    found = [word for word in every if _bare(word)][: 4 * _MOST_WORDS]
    telling = [word for word in found if fold(word) not in STOP_WORDS]
    return tuple((telling or found)[:_MOST_WORDS])


@functools.lru_cache(maxsize=4096)
def alternatives(word: str, *, parts: bool = False) -> tuple[str, ...]:
    """What a word of a question is looked for by, folded: itself, its stems, its synonyms, sorted.

    One that ends in ``*`` is a beginning. Only the word itself and what is long enough to mean something is:
    ``læg`` is a stem of ``læge`` and the beginning of half a dictionary.

    Args:
        word: In lower case, with its own letters: a stemmer wants to see them.
        parts: Also by the known words that a compound ends in.
    """
    typed, word = _bare(word), word[:_LONGEST_WORD]
    # A letter of ours may be misspelt in the stem as well: the plain form is stemmed besides.
    own = {_bare(stem) for stem in _stems(word)} | _stems(typed) | (set(_parts(typed)) if parts else set())
    others = {other for one in own | {typed} for group in _groups().get(one, ()) for other in _forms(group)}
    beginnings = _shortest({typed, *(one for one in own | others if len(one) >= _SHORTEST_BEGINNING)})
    # Of the short ones, those that are words: a stem of three letters is one only where the table says so.
    short = {one for one in own | others if one in _table_words() and len(one) >= _SHORTEST_STEM}
    whole = {one for one in short if not any(one.startswith(other) for other in beginnings)}
    stars = {f"{one}*" if len(one) > 1 else one for one in beginnings}
    return tuple(sorted(stars | whole))


def _words(text: str) -> Iterator[str]:
    separated = _CAMEL.sub(" ", _NUMBER.sub(_joined, text))
    for word in _WORD.findall(fold(separated)):
        yield word[:_LONGEST_WORD]


def _joined(match: re.Match[str]) -> str:
    return match[0].replace(".", "")


def _parts(word: str) -> Iterator[str]:
    """``velkomstbreve`` ends in a known word, so it is found by that word as well."""
    if len(word) < _SHORTEST_PART + 3:
        return
    for match in _known_parts().finditer(word, 3):
        yield word[match.start() :]


@functools.cache
def _known_parts() -> re.Pattern[str]:
    known = {fold(word) for group in GROUPS for words in (*group[:3], PARTS) for word in words.split()}
    long = (one for one in known if len(one) >= _SHORTEST_PART)
    longest_first = sorted(long, key=lambda one: (-len(one), one))
    return re.compile("|".join(map(re.escape, longest_first)))


@functools.cache
def _stemmers() -> tuple[snowballstemmer.basestemmer.BaseStemmer, ...]:
    return tuple(snowballstemmer.stemmer(language) for language in _LANGUAGES)


def _stems(word: str) -> set[str]:
    return {stemmer.stemWord(word) for stemmer in _stemmers()}


@functools.cache
def _groups() -> dict[str, tuple[int, ...]]:
    """Every form of every word in the table -> the groups it stands in."""
    found: dict[str, set[int]] = {}
    for number, group in enumerate(GROUPS):
        for words, stemmer in zip(group, _stemmers(), strict=True):
            for word in words.split():
                for form in (fold(word), fold(stemmer.stemWord(word))):
                    found.setdefault(form, set()).add(number)
    return {form: tuple(sorted(numbers)) for form, numbers in found.items()}


@functools.cache
def _forms(group: int) -> frozenset[str]:
    found: set[str] = set()
    for words, stemmer in zip(GROUPS[group], _stemmers(), strict=True):
        for word in words.split():
            found |= {fold(word), fold(stemmer.stemWord(word))}
    return frozenset(found)


@functools.cache
def _table_words() -> frozenset[str]:
    return frozenset(fold(word) for group in GROUPS for words in group for word in words.split())


def _shortest(words: Iterable[str]) -> set[str]:
    """Without those that begin with another one: its beginning finds them too."""
    found = sorted(set(words))
    return {one for one in found if not any(one != other and one.startswith(other) for other in found)}
