"""Words as the search compares them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rpa_registry.catalogue._synonyms import GROUPS, STOP_WORDS
from rpa_registry.catalogue._words import alternatives, fold, index_words, question_words


def _finds(question: str, text: str) -> bool:
    """Whether each word of a question meets a word of a text, the way both databases compare them."""
    words = index_words(text).split()
    return all(
        any(
            word.startswith(one[:-1]) if one.endswith("*") else word == one
            for one in alternatives(asked)
            for word in words
        )
        for asked in question_words(question)
    )


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Lægeudgifter", "laegeudgifter"),
        ("søknad", "soeknad"),
        ("søknad", "soknad"),
        ("ærende", "ärende"),
        ("förskola", "forskola"),
        ("påmindelse", "paamindelse"),
        ("påmindelse", "pamindelse"),
        ("Idé", "ide"),
        ("ﬁrma", "firma"),
        ("ÆØÅ", "æøå"),
    ],
)
def test_accents_and_their_replacements_are_forgiven(one: str, other: str) -> None:
    """Nordic letters, the two letters that stand for them, and the plain one are the same."""
    assert fold(one) == fold(other)


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("flytninger", "Finder en flytning"),
        ("flytning", "De seneste flytninger"),
        ("fakturaen", "Læser fakturaer"),
        ("invoices", "reads each invoice"),
        ("skolorna", "alla skolor"),
        ("søknader", "en søknad"),
        ("brev", "velkomstbreve"),
        ("kort", "parkeringskort"),
        ("velk", "Velkomst"),
        ("23.05", "KLE 23.05.01"),
        ("23.05.01", "23.05.01"),
        ("digital post", "DigitalPost"),
    ],
)
def test_forms_beginnings_and_parts_are_found(question: str, text: str) -> None:
    """Inflected words find the plain one and the other way round; compounds are found by their last part."""
    assert _finds(question, text)


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("flytning", "moving to a new home"),
        ("flytting", "flytning"),
        ("flytt", "Greets who moves: move"),
        ("move", "tilflytter"),
        ("velkomstbrev", "velkomstbrev"),
        ("welcome letter", "velkomstbrev"),
        ("ärende", "sager"),
        ("case", "en sag"),
        ("förskola", "børnehave"),
        ("kindergarten", "barnehage"),
        ("bygglov", "byggesag"),
        ("faktura", "pays a bill"),
    ],
)
def test_four_languages_meet(question: str, text: str) -> None:
    """What one language calls a thing finds what another calls it."""
    assert _finds(question, text)


@pytest.mark.parametrize(
    ("question", "text"),
    [("læge", "lægger sagen frem"), ("23.05", "23.15.05"), ("skole", "skov"), ("brev", "bred")],
)
def test_short_stems_do_not_find_half_a_dictionary(question: str, text: str) -> None:
    """A stem of three letters counts as a word and not as a beginning."""
    assert not _finds(question, text)


def test_parts_of_the_question_are_asked_for_on_request() -> None:
    """``sygefravær`` contains ``fravær``; that is a second try, for it finds more than was meant."""
    assert "fravar*" not in alternatives("sygefravær")
    assert "fravar*" in alternatives("sygefravær", parts=True)


def test_small_words_count_only_when_alone() -> None:
    """``brev til borgeren`` is about letters and citizens; ``til`` alone is about ``til``."""
    assert question_words("brev til borgeren") == ("brev", "borgeren")
    assert question_words("til") == ("til",)


@pytest.mark.parametrize("question", ["", "   ", "*", '"', "(((", "-- ;", "€ → ", "\x00"])
def test_signs_are_no_words(question: str) -> None:
    """Nothing is left of them."""
    assert question_words(question) == ()


def test_a_question_is_bounded() -> None:
    """However much is pasted, twelve words are asked for."""
    assert len(question_words(" ".join(f"ord{number}" for number in range(5000)))) == 12


@given(st.text(max_size=200))
def test_any_text_is_taken(text: str) -> None:
    """Whatever is typed or written, words come out that hold letters and digits only."""
    for word in question_words(text):
        for one in alternatives(word, parts=True):
            assert one.rstrip("*")
            assert one.rstrip("*").isalnum()
    assert all(one.isalnum() for one in index_words(text).split())


@given(st.text(alphabet="abcdefghijklmnopqrstuvwxyzæøåäöé", min_size=3, max_size=20))
def test_every_word_finds_itself(word: str) -> None:
    """A word that stands in a text is found by typing it, whatever the stems say."""
    if fold(word) not in STOP_WORDS:
        assert _finds(word, f"før {word} efter")


def test_the_table_has_four_languages_a_line() -> None:
    """Each meaning has at least one word in every language."""
    for group in GROUPS:
        assert len(group) == 4
        assert all(words.split() for words in group)
        assert all(words == words.lower() for words in group)
