"""Personal numbers in free text."""

import hashlib
import uuid

import pytest

from rpa_commons.validators import contains_personal_number, mask_personal_numbers


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("0101505555", "…"),
        ("010150-5555", "…"),
        ("010150 5555", "…"),
        ("case 0101505555, again 0202515666.", "case …, again …."),
        ("cpr=0101505555&x", "cpr=…&x"),
        ("cpr0101505555x", "cpr…x"),
        ("(0101505555)", "(…)"),
        ("6101505555", "…"),  # a replacement number: day + 60
        ("0101505555\n0202515666", "…\n…"),
        ("010150–5555", "…"),  # the dash a word processor makes
        ("010150\u20115555", "…"),
        ("010150 - 5555", "…"),
        ("01 01 50 5555", "…"),
        ("01.01.50-5555", "…"),
    ],
)
def test_numbers_are_masked_wherever_they_stand(text: str, masked: str) -> None:
    """A number in a sentence, a query, a word or brackets is replaced, the rest stays."""
    assert masked == mask_personal_numbers(text)
    assert contains_personal_number(text)
    assert not contains_personal_number(masked)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "29189404",  # a CVR number
        "9999999999",  # no date
        "3102505555",  # 31 February
        "10101505555",  # eleven digits
        "0101505555555",
        "2026-11-01T12:00:00",
        "00000000-0000-4000-8000-000000000001",
        "Algade 31, 4000 Roskilde",
        "6f0101505555abcd6f0101505555abcd",  # a digest of 32 hexadecimal digits
        "0101505555abcdef0101505555abcdef0101505555abcdef0101505555abcdef 2026",
        "a1010150-5555-4000-8000-ab0101505555",  # a UUID, twice
        "A1B2C3D4-0000-4000-8000-0101505555AB",
        "٠١٠١٥٠٥٥٥٥",
    ],
)
def test_what_is_no_personal_number_stays(text: str) -> None:
    """Other numbers, dates and ids are left as they are."""
    assert text == mask_personal_numbers(text)
    assert not contains_personal_number(text)


@pytest.mark.parametrize(
    "text",
    [
        "6f0101505555abcd6f",  # too short for a digest
        "x6f0101505555abcd6f0101505555abcd",  # no digest: a word with an x
        "case-a1b2c3d4-0101505555",
        "00000000-0000-4000-8000-000000000001/0101505555",
        "a1010150-5555-4000-8000-ab0101505555 0101505555",
    ],
)
def test_what_only_looks_a_little_random_is_not_spared(text: str) -> None:
    """A number beside a UUID, or in a word that is no digest, is found."""
    assert contains_personal_number(text)
    assert not contains_personal_number(mask_personal_numbers(text))


def test_ids_made_of_random_bits_are_never_refused() -> None:
    """A reference that is a UUID or a digest is no case lost, whatever its digits."""
    ids = [hashlib.sha256(str(number).encode()).hexdigest() for number in range(5000)]
    ids += [one[:32] for one in ids]
    ids += [str(uuid.UUID(one[:32])) for one in ids[:5000]]

    assert [] == [one for one in ids if contains_personal_number(one)]
