"""Check digits and the mode of numbers."""

import threading

import pytest

from rpa_commons.validators import number_mode, numbers
from rpa_commons.validators._check_digits import (
    gs1,
    luhn_digit,
    mod10,
    mod11,
    mod11_digit,
    mod97,
    weighted_sum,
)


def test_luhn() -> None:
    """The example of ISO/IEC 7812 and every digit's own check digit."""
    assert mod10("79927398713")
    assert "3" == luhn_digit("7992739871")
    assert ["0", "8", "6", "4", "2", "9", "7", "5", "3", "1"] == [
        luhn_digit(str(digit)) for digit in range(10)
    ]
    assert [True] == list({mod10(f"{body}{luhn_digit(str(body))}") for body in range(2000)})


def test_gs1() -> None:
    """A published EAN-13, EAN-8 and GTIN-14, and the first with one digit changed."""
    assert all(map(gs1, ("4006381333931", "96385074", "10614141000415")))
    assert not gs1("4006381333932")


def test_modulus_11() -> None:
    """A number with its digit, one whose remainder has none, and weights that do not fit."""
    weights = (2, 7, 6, 5, 4, 3, 2)

    assert mod11("29189404", (*weights, 1))
    assert "4" == mod11_digit("2918940", weights)
    assert mod11_digit("0000006", weights) is None
    with pytest.raises(ValueError, match="zip"):
        weighted_sum("123", (1, 2))


def test_modulus_97() -> None:
    """The remainder of a number of any length is Python's own."""
    for digits in ("0", "97", "98", "3214282912345698765432161182", "9" * 60):
        assert int(digits) % 97 == mod97(digits)


def test_the_mode_is_production_unless_a_block_says_otherwise() -> None:
    """It ends with its block, also after an error, and blocks nest."""

    def broken_off() -> None:
        with numbers("test"):
            assert "test" == number_mode()
            with numbers("production"):
                assert "production" == number_mode()
            assert "test" == number_mode()
            raise RuntimeError

    assert "production" == number_mode()
    with pytest.raises(RuntimeError):
        broken_off()
    assert "production" == number_mode()


def test_the_mode_does_not_reach_another_thread() -> None:
    """A thread begun inside the block reads production numbers: nothing leaks by accident."""
    seen: list[str] = []
    with numbers("test"):
        thread = threading.Thread(target=lambda: seen.append(number_mode()))
        thread.start()
        thread.join()

    assert ["production"] == seen


def test_another_mode_is_a_mistake_of_the_caller() -> None:
    """There are two."""
    with pytest.raises(ValueError, match="'production' or 'test'"), numbers("demo"):  # type: ignore[arg-type]
        pass
