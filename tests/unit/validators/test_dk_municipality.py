"""Danish municipality codes: in use on the day asked about, refused with what took over."""

import csv
import itertools
import os
from datetime import date
from pathlib import Path
from typing import Annotated

import pytest
from pydantic import TypeAdapter, ValidationError

from rpa_commons.validators import InvalidIdentifierError, dk

SPECS = os.environ.get("RPAC_SPECS")
TODAY = date(2026, 11, 22)


@pytest.mark.parametrize(
    ("day", "count"),
    [
        # Statistics Denmark, "Amter og kommuner, v3:2006"; 98 by the reform of 1 January 2007.
        ("1974-04-01", 275),
        ("2002-12-31", 275),
        ("2003-01-01", 271),
        ("2005-12-31", 271),
        ("2006-01-01", 270),
        ("2006-12-31", 270),
        ("2007-01-01", 98),
        ("2026-11-22", 98),
    ],
)
def test_as_many_municipalities_as_there_were(day: str, count: int) -> None:
    """The table agrees with the published numbers of municipalities at each change."""
    assert count == len(dk.MunicipalityCode.table().on(date.fromisoformat(day)))


@pytest.mark.specs
@pytest.mark.skipif(not SPECS, reason="RPAC_SPECS does not say where the official lists are")
def test_the_codes_of_today_are_the_official_ones() -> None:
    """All 98 and no other, by code and name."""
    path = Path(SPECS or "", "codelists", "dk_kommunekoder.csv")
    with path.open(encoding="utf-8", newline="") as stream:
        official = {row["kommunekode"]: row["navn"] for row in csv.DictReader(stream)}

    assert official == {period.code: period.name for period in dk.MunicipalityCode.table().on(TODAY)}


def test_every_successor_was_in_use_the_day_after() -> None:
    """What took over existed when its predecessor ended, and nothing in use has a successor."""
    table = dk.MunicipalityCode.table()
    codes = [f"{number:04}" for number in range(10_000)]
    periods = [period for code in codes for period in table.periods(code)]

    for period in periods:
        assert bool(period.successors) == (period.last is not None)
        if period.last is not None:
            after = {one.code for one in table.on(date.fromordinal(period.last.toordinal() + 1))}
            assert set(period.successors) <= after
    assert len(periods) > 300


def test_no_code_stands_for_two_municipalities_at_once() -> None:
    """Periods of one code follow each other."""
    table = dk.MunicipalityCode.table()
    for number in range(10_000):
        periods = table.periods(f"{number:04}")
        for earlier, later in itertools.pairwise(periods):
            assert earlier.last is not None
            assert earlier.last < later.first


def test_an_expired_code_is_refused_for_today_and_accepted_for_then() -> None:
    """Gundsø became part of Roskilde on 1 January 2007."""
    with pytest.raises(InvalidIdentifierError, match="expired on 2006-12-31; after it: 0265 Roskilde"):
        dk.MunicipalityCode.parse("0255", on=TODAY)

    code = dk.MunicipalityCode.parse("0255", on="2006-12-31")

    assert "Gundsø" == code.municipality("2006-12-31")
    assert code.municipality(TODAY) is None


def test_a_divided_municipality_names_all_that_took_parts() -> None:
    """Slangerup went to two."""
    with pytest.raises(InvalidIdentifierError, match="0219 Hillerød, 0250 Frederikssund"):
        dk.MunicipalityCode.parse("0233", on=TODAY)


def test_a_code_of_today_is_refused_for_before_it_was() -> None:
    """Egedal has been one since 2007."""
    with pytest.raises(InvalidIdentifierError, match="in use from 2007-01-01 on"):
        dk.MunicipalityCode.parse("0240", on="2006-12-31")


def test_before_the_table_nothing_is_guessed() -> None:
    """The table begins on 1 April 1974."""
    with pytest.raises(InvalidIdentifierError, match="before 1974-04-01 is not known"):
        dk.MunicipalityCode.parse("0101", on="1974-03-31")


def test_a_code_that_changed_hands_has_the_name_of_the_day() -> None:
    """0707 was Grenaa's and is Norddjurs'."""
    code = dk.MunicipalityCode.parse("0707", on=TODAY)

    assert ("Grenaa", "Norddjurs") == (code.municipality("2006-12-31"), code.municipality(TODAY))


def test_christiansoe_is_in_cpr_and_no_municipality() -> None:
    """0411 is refused with that reason, and read where a column out of CPR asks for it."""
    with pytest.raises(InvalidIdentifierError, match="no municipality"):
        dk.MunicipalityCode.parse("0411")

    assert "0411" == dk.MunicipalityCode.parse("0411", accept=("christianso",))
    with pytest.raises(ValueError, match="christianso"):
        dk.MunicipalityCode.parse("0411", accept=("bornholm",))  # type: ignore[arg-type]


@pytest.mark.parametrize("text", ["265", "00265", "O265", "٠٢٦٥", "0265\n", "+265", "9999", "0000", "0412"])
def test_what_is_no_code_is_refused(text: str) -> None:
    """A lost leading zero is not put back; a code that nobody ever had is none."""
    with pytest.raises(InvalidIdentifierError):
        dk.MunicipalityCode.parse(text)


def test_an_annotation_names_the_day() -> None:
    """A field about 2006 takes the codes of 2006."""
    then: TypeAdapter[dk.MunicipalityCode] = TypeAdapter(
        Annotated[dk.MunicipalityCode, dk.valid_on("2006-12-31")]
    )

    assert "0255" == then.validate_python("0255")
    with pytest.raises(ValidationError, match="in use from 2007-01-01 on"):
        then.validate_python("0240")


@pytest.mark.parametrize("code", ["0101", "0265", "0411", "0860", "0999"])
def test_the_form_alone_can_be_asked(code: str) -> None:
    """A register's code is kept as it stands, in use or not."""
    assert code == dk.municipality_code(code)


@pytest.mark.parametrize("text", ["", "265", "00265", " 265", "O265", "٠٢٦٥", "0265\n", "+265"])
def test_the_form_alone_keeps_its_zeros(text: str) -> None:
    """Four ASCII digits; a lost leading zero is not put back."""
    with pytest.raises(InvalidIdentifierError, match="municipality code"):
        dk.municipality_code(text)
