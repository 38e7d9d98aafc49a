"""The address line of an envelope."""

import pytest

from rpa_commons.connectors.sf1520._address import street_line


@pytest.mark.parametrize(
    ("parts", "line"),
    [
        (("Strandvejen", "123A", "st", "tv"), "Strandvejen 123A, st. tv"),
        (("Algade", "031", "", ""), "Algade 31"),
        (("Algade", "001A", "02", "0001"), "Algade 1A, 2. 1"),
        (("Algade", "031a", "ST", "TH"), "Algade 31A, st. th"),
        (("Algade", "31 B", "kl.", ""), "Algade 31B, kl."),
        (("Algade", "100", "10", "mf"), "Algade 100, 10. mf"),
        (("Algade", "31", "", "th"), "Algade 31, th"),
        (("Algade", "31", "2", "A-12"), "Algade 31, 2. a-12"),
        (("Algade", "000", "00", "0000"), "Algade"),
        (("Algade", "", "", ""), "Algade"),
        (("", "", "", ""), ""),
        (("Kaj 3", "12-14", "", ""), "Kaj 3 12-14"),
        (("H.C. Ørsteds Vej", "9Ø", "", ""), "H.C. Ørsteds Vej 9Ø"),
    ],
)
def test_the_standard_address_line(parts: tuple[str, str, str, str], line: str) -> None:
    """No leading zeros, letters kept, floor and door in small letters, a stop after the floor."""
    assert line == street_line(*parts)
