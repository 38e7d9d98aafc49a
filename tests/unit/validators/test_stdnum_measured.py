"""What the table of the documentation says of python-stdnum, held against the version that is installed.

A later version that does better makes one of these fail: then our own rule can go.
"""

from collections.abc import Callable

import pytest
from stdnum import iban
from stdnum.exceptions import ValidationError
from stdnum.no import fodselsnummer, kontonr
from stdnum.se import orgnr, personnummer

from rpa_commons.validators import Iban, InvalidIdentifierError, no, se

EVERY_SORT = ("d", "h", "synthetic", "2032")
NORWEGIAN = {  # the register's ten examples: whether each is right
    "30108299939": True,
    "30908299902": True,
    "20036914700": True,
    "03851598730": True,
    "20036914712": False,
    "29020073150": True,
    "29020105729": False,
    "55102499947": True,
    "41819077906": True,
    "41819077302": True,
}
COORDINATION = ["191401682396", "191403702390", "191500722390", "191711602399", "197010632391"]


def stdnum_reads(validate: Callable[[str], str], text: str) -> bool:
    """Whether python-stdnum takes it."""
    try:
        validate(text)
    except ValidationError:
        return False
    return True


def test_norwegian_personal_numbers() -> None:
    """It agrees with the register on four of the register's ten examples, ours on all."""
    agreed = [
        number for number, right in NORWEGIAN.items() if right == stdnum_reads(fodselsnummer.validate, number)
    ]
    ours = [number for number, right in NORWEGIAN.items() if right == _reads_norwegian(number)]

    assert (4, 10) == (len(agreed), len(ours))


@pytest.mark.parametrize("number", COORDINATION)
def test_swedish_coordination_numbers(number: str) -> None:
    """It refuses every coordination number."""
    assert not stdnum_reads(personnummer.validate, number)
    assert number == se.Samordningsnummer.parse(number)


@pytest.mark.parametrize("number", ["196408230008", "209901011230"])
def test_swedish_numbers_that_nobody_has(number: str) -> None:
    """It takes serial 000 and births to come, which ours refuses."""
    assert stdnum_reads(personnummer.validate, number)
    with pytest.raises(InvalidIdentifierError, match=r"000|not come yet"):
        se.Personnummer.parse(number, on="2026-11-22")


def test_a_swedish_persons_number_is_no_organisation() -> None:
    """It takes a personal number for an organisation number."""
    assert stdnum_reads(orgnr.validate, "640823-3234")
    with pytest.raises(InvalidIdentifierError, match="third digit"):
        se.Orgnr.parse("640823-3234")


def test_norwegian_accounts_of_the_former_postgiro() -> None:
    """It takes the former Postgiro's numbers and cuts them to seven digits."""
    assert "4090403" == kontonr.validate("0000.40.90403")
    with pytest.raises(InvalidIdentifierError, match="0000"):
        no.Kontonummer.parse("0000.40.90403")


def test_the_iban_registrys_example_for_belgium() -> None:
    """Its national check refuses the registry's own example; countries and structures are used without it."""
    assert not stdnum_reads(iban.validate, "BE68539007547034")
    assert "BE68539007547034" == Iban.parse("BE68539007547034")


def _reads_norwegian(number: str) -> bool:
    try:
        no.Fodselsnummer.parse(number, accept=EVERY_SORT)
    except InvalidIdentifierError:
        return False
    return True
