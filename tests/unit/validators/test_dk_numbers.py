"""Danish numbers of companies, payments, accounts and places: what is read and what is refused."""

import os
import re
from pathlib import Path

import pytest

from rpa_commons.validators import Identifier, InvalidIdentifierError, dk

SPECS = os.environ.get("RPAC_SPECS")


@pytest.mark.parametrize(
    ("type_", "text", "canonical", "written"),
    [
        (dk.Cvr, "29189404", "29189404", "29 18 94 04"),  # Roskilde
        (dk.Cvr, "55 13 30 18", "55133018", "55 13 30 18"),  # Copenhagen
        (dk.Cvr, "DK-64942212", "64942212", "64 94 22 12"),  # Frederiksberg
        (dk.Cvr, "dk29189404", "29189404", "29 18 94 04"),
        (dk.Se, "DK29189404", "29189404", "29 18 94 04"),
        (dk.PNumber, "1003388394", "1003388394", "1003388394"),
        (dk.Gln, "5790000000005", "5790000000005", "5790 0000 0000 5"),
        (dk.Gln, "5790 0000 0000 5", "5790000000005", "5790 0000 0000 5"),
        (
            dk.Fik,
            "+71<000000000000018+80000002<",
            "+71<000000000000018+80000002<",
            "+71<000000000000018+80000002<",
        ),
        (
            dk.Fik,
            "71< 00000000000001 8 +80000002",
            "+71<000000000000018+80000002<",
            "+71<000000000000018+80000002<",
        ),
        (dk.Fik, "+73<+80000002<", "+73<+80000002<", "+73<+80000002<"),
        (
            dk.Fik,
            "+75<0000000000000018+80000002<",
            "+75<0000000000000018+80000002<",
            "+75<0000000000000018+80000002<",
        ),
        (dk.Fik, "+01<+1234567<", "+01<+1234567<", "+01<+1234567<"),
        (
            dk.Fik,
            "+04<0000000000000018+12345678<",
            "+04<0000000000000018+12345678<",
            "+04<0000000000000018+12345678<",
        ),
        (
            dk.Fik,
            "+15<0000000000000026+1234567<",
            "+15<0000000000000026+1234567<",
            "+15<0000000000000026+1234567<",
        ),
        (dk.Account, "0040 0440116243", "00400440116243", "0040 0440116243"),
        (dk.Account, "0040-440116243", "00400440116243", "0040 0440116243"),
        (dk.Account, "0040 440 116 243", "00400440116243", "0040 0440116243"),
        (dk.Account, "00400440116243", "00400440116243", "0040 0440116243"),
        (dk.KleNumber, "27", "27", "27"),
        (dk.KleNumber, "27.60", "27.60", "27.60"),
        (dk.KleNumber, "27.60.04", "27.60.04", "27.60.04"),
        (dk.KleFacet, "g01", "G01", "G01"),
        (dk.KleFacet, "Ø20", "Ø20", "Ø20"),
        (
            dk.AddressId,
            "0A3F50B4-5355-32B8-E044-0003BA298018",  # the register's older keys have no version
            "0a3f50b4-5355-32b8-e044-0003ba298018",
            "0a3f50b4-5355-32b8-e044-0003ba298018",
        ),
        (dk.PostalCode, "0900", "0900", "0900"),
        (dk.PostalCode, "DK-4000", "4000", "4000"),
        (dk.PostalCode, "dk 4000", "4000", "4000"),
    ],
)
def test_written_forms_have_one_canonical_form(
    type_: type[Identifier], text: str, canonical: str, written: str
) -> None:
    """What people write is read, kept in one form, and written back as people write it."""
    found = type_.parse(text)

    assert canonical == found
    assert written == found.format()
    assert canonical == type_.parse(written)
    assert canonical == type_.parse(canonical)


@pytest.mark.parametrize(
    ("type_", "text", "reason"),
    [
        (dk.Cvr, "29189405", "check digit"),
        (dk.Cvr, "2918940", "8 digits"),
        (dk.Cvr, "291894040", "8 digits"),
        (dk.Cvr, "09189404", "the first not 0"),
        (dk.Cvr, "SE29189404", "no digits"),
        (dk.Cvr, "٢٩١٨٩٤٠٤", "another script"),
        (dk.Cvr, "29189404\n", "no digits"),
        (dk.Se, "29189405", "check digit"),
        (dk.PNumber, "100338839", "10 digits"),
        (dk.PNumber, "0003388394", "the first not 0"),
        (dk.Gln, "5790000000006", "check digit"),
        (dk.Gln, "96385074", "8 digits as numbers of goods"),  # a right EAN-8
        (dk.Gln, "036000291452", "12 digits as numbers of goods"),  # a right UPC-A
        (dk.Gln, "15790000000002", "14 digits as numbers of goods"),  # a right GTIN-14
        (dk.Gln, "579000000000", "13 digits"),
        (dk.Gln, "0000000000000", "nothing but zeros"),
        (dk.Fik, "+71<000000000000019+80000002<", "check digit"),
        (dk.Fik, "+71<18+80000002<", "15 digits"),
        (dk.Fik, "+75<000000000000018+80000002<", "16 digits"),
        (dk.Fik, "+73<000000000000018+80000002<", "none"),
        (dk.Fik, "+71<000000000000018+8000000<", "8 digits"),
        (dk.Fik, "+04<0000000000000018+123456<", "7 or 8 digits"),
        (dk.Fik, "+72<000000000000018+80000002<", "no such kind of slip"),
        (dk.Fik, "000000000000018", "code line"),
        (dk.Fik, "+71<00000000000001８+80000002<", "no code line has"),
        (dk.Account, "0040", "14"),
        (dk.Account, "0040440116243", "14"),  # 13 digits: where the account begins cannot be told
        (dk.Account, "0040 00440116243", "at most 10"),
        (dk.Account, "0000 0440116243", "nothing but zeros"),
        (dk.Account, "0040 0000000000", "nothing but zeros"),
        (dk.Account, "0040 ٤٤٠١١٦٢٤٣", "another script"),
        (dk.KleNumber, "27.6", "zeros kept"),
        (dk.KleNumber, "1.05.03", "zeros kept"),
        (dk.KleNumber, "27.60.04.01", "dd.dd.dd"),
        (dk.KleNumber, "27,60", "dd.dd.dd"),
        (dk.KleNumber, "٢٧", "neither 0-9"),
        (dk.KleFacet, "01G", "a letter and two digits"),
        (dk.KleFacet, "\u017f01", "a letter and two digits"),  # a long s, whose capital is S
        (dk.KleFacet, "\u212b01", "a letter and two digits"),  # the sign of Angstrom
        (dk.KleFacet, "G1", "a letter and two digits"),
        (dk.KleFacet, "G٠١", "a letter and two digits"),
        (dk.AddressId, "0a3f50b4535532b8e0440003ba298018", "UUID"),
        (dk.AddressId, "{0a3f50b4-5355-32b8-e044-0003ba298018}", "UUID"),
        (dk.AddressId, "00000000-0000-0000-0000-000000000000", "nothing but zeros"),
        (dk.PostalCode, "900", "leading zeros kept"),
        (dk.PostalCode, "0000", "nothing but zeros"),
        (dk.PostalCode, "٤٠٠٠", "another script"),
        (dk.PostalCode, "S-4000", "four digits"),
    ],
)
def test_what_is_wrong_is_refused_with_the_reason(type_: type[Identifier], text: str, reason: str) -> None:
    """The reason names the rule, and the message never the value."""
    with pytest.raises(InvalidIdentifierError, match=reason) as caught:
        type_.parse(text)

    assert type_.kind == caught.value.kind
    assert len(text) < 5 or text.strip() not in f"{caught.value!r} {caught.value}"


@pytest.mark.parametrize("type_", [dk.Cvr, dk.Se])
def test_one_wrong_digit_in_a_company_number_is_found(type_: type[Identifier]) -> None:
    """Modulus 11 finds every change of one digit."""
    right = "29189404"
    wrong = [
        right[:place] + digit + right[place + 1 :]
        for place in range(8)
        for digit in "123456789"
        if digit != right[place]
    ]

    for text in wrong:
        with pytest.raises(InvalidIdentifierError, match="check digit"):
            type_.parse(text)


@pytest.mark.specs
@pytest.mark.skipif(not SPECS, reason="RPAC_SPECS does not say where the plan is")
def test_every_number_of_the_plan_is_a_kle_number() -> None:
    """The whole current plan of KL, as OS2KLE has it."""
    text = Path(SPECS or "", "kle", "OS2KLE.txt").read_text(encoding="utf-8")
    numbers = re.findall(r"KLENummer='([^']*)'", text)

    assert len(numbers) > 2000
    assert numbers == [dk.KleNumber.parse(number) for number in numbers]


def test_a_code_line_has_its_parts() -> None:
    """Kind of slip, payment identifier, who is paid; the identifier is masked."""
    line = dk.Fik.parse("+71<000000000000018+80000002<")

    assert ("71", "000000000000018", "80000002") == (line.slip, line.payment_identifier, line.payee)
    assert "Fik('+71<•••+80000002<')" == repr(line)
    assert dk.Fik.parse("+73<+80000002<").payment_identifier is None


def test_an_account_has_its_parts() -> None:
    """Registration number and account; the account is masked."""
    account = dk.Account.parse("0040-440116243")

    assert ("0040", "0440116243") == (account.registration_number, account.account_number)
    assert "Account('0040 ••••••••••')" == repr(account)


def test_a_kle_number_knows_where_it_stands() -> None:
    """Subject, group, main group, each with the number above it."""
    subject = dk.KleNumber.parse("27.60.04")
    group = subject.parent
    assert group is not None
    main = group.parent
    assert main is not None

    assert [("27.60.04", "subject"), ("27.60", "group"), ("27", "main group")] == [
        (str(number), number.level) for number in (subject, group, main)
    ]
    assert main.parent is None
    assert "G" == dk.KleFacet.parse("G01").category


def test_a_configuration_holds_the_bare_number() -> None:
    """``dk.cvr`` takes eight digits and nothing around them."""
    assert "29189404" == dk.cvr("29189404")
    for text in ("DK29189404", "2918 9404", " 29189404"):
        with pytest.raises(InvalidIdentifierError, match="eight digits and nothing else"):
            dk.cvr(text)
    with pytest.raises(InvalidIdentifierError, match="check digit"):
        dk.cvr("29189405")
