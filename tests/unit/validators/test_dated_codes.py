"""Municipality codes of Norway and Sweden: refused for today when expired, accepted for then."""

import csv
import os
import re
from datetime import date
from pathlib import Path
from typing import Annotated

import pytest
from pydantic import TypeAdapter, ValidationError

from rpa_commons.validators import InvalidIdentifierError, no, se

NEW_YEAR_2024 = date(2024, 1, 1)
LAST_OF_2023 = date(2023, 12, 31)


def codelists() -> Path:
    """The folder with the official lists; skips where it is not named."""
    folder = os.environ.get("RPAC_SPECS")
    if not folder or not Path(folder, "codelists").is_dir():
        pytest.skip("RPAC_SPECS does not name the official code lists")
    return Path(folder, "codelists")


def norwegian(year: int) -> dict[str, str]:
    """Code and name of the official list of a year."""
    text = (codelists() / f"no_kommunenummer_{year}.csv").read_text(encoding="utf-8")
    return {row["kommunenummer"]: row["navn"] for row in csv.DictReader(text.splitlines())}


def in_use(on: date) -> dict[str, str]:
    """Code and name that our table has for a day."""
    return {period.code: period.name for period in no.MunicipalityCode.table().on(on)}


@pytest.mark.specs
@pytest.mark.parametrize(
    ("year", "on"), [(2023, LAST_OF_2023), (2024, NEW_YEAR_2024), (2024, date(2026, 11, 22))]
)
def test_the_norwegian_codes_are_those_of_the_official_lists(year: int, on: date) -> None:
    """356 codes in 2023 and 357 since 2024, the same as in the lists."""
    official = norwegian(year)

    assert {2023: 356, 2024: 357}[year] == len(official)
    assert sorted(official) == sorted(in_use(on))


@pytest.mark.specs
def test_what_changed_in_2024() -> None:
    """114 codes of 2023 are refused since and 115 are new; all are accepted on their own side of the day."""
    before, after = norwegian(2023), norwegian(2024)
    gone, new = sorted(set(before) - set(after)), sorted(set(after) - set(before))

    assert (114, 115) == (len(gone), len(new))
    for code in gone:
        assert code == no.MunicipalityCode.parse(code, on=LAST_OF_2023)
        with pytest.raises(InvalidIdentifierError, match="it expired on 2023-12-31; after it: "):
            no.MunicipalityCode.parse(code, on=NEW_YEAR_2024)
    for code in new:
        assert code == no.MunicipalityCode.parse(code, on=NEW_YEAR_2024)
        with pytest.raises(InvalidIdentifierError, match="in use from 2024-01-01 on"):
            no.MunicipalityCode.parse(code, on=LAST_OF_2023)


@pytest.mark.specs
def test_116_municipalities_took_part_in_the_change_of_2024() -> None:
    """113 changed code one for one, and three in the division of Ålesund: itself and its two heirs.

    By code these are 114 before and 115 after: all of the three divided counties, and Ålesund.
    """
    before, after = norwegian(2023), norwegian(2024)
    heirs = {
        code: no.MunicipalityCode.parse(code, on=LAST_OF_2023).periods[0].successors
        for code in set(before) - set(after)
    }
    alesund = heirs.pop("1507")

    assert ("1508", "1580") == alesund
    assert {1} == {len(found) for found in heirs.values()}
    assert 113 == len(heirs) == len(set(heirs.values()))
    assert sorted(heirs) == sorted(code for code in before if code[:2] in {"30", "38", "54"})
    assert set(after) - set(before) == {code for found in heirs.values() for code in found} | set(alesund)
    assert 116 == len(heirs) + len(("1507", *alesund))


@pytest.mark.specs
def test_who_took_over_in_2024_has_the_same_name() -> None:
    """Each expired code's successor carries one of its names; Ålesund alone was divided in two."""
    before, after = norwegian(2023), norwegian(2024)
    for code in sorted(set(before) - set(after) - {"1507"}):
        (period,) = no.MunicipalityCode.parse(code, on=LAST_OF_2023).periods
        (successor,) = period.successors
        assert _names(before[code]) & _names(after[successor]), code


@pytest.mark.specs
def test_the_swedish_codes_are_those_of_the_official_list() -> None:
    """290 codes, the same as in the list of a Swedish municipality's shared library."""
    text = (codelists() / "se_kommunkod_sundsvall_dept44.yml").read_text(encoding="utf-8")
    official = dict(re.findall(r"- id: '([0-9]{4})'\s+name: (\S.*)", text))

    ours = {period.code: period.name for period in se.MunicipalityCode.table().on(date(2026, 11, 22))}
    assert 290 == len(official)
    assert official == ours


@pytest.mark.parametrize(
    ("on", "count"),
    [
        (date(1977, 1, 1), 454),
        (date(1994, 1, 1), 435),
        (date(2002, 1, 1), 434),
        (date(2013, 1, 1), 428),
        (date(2018, 1, 1), 422),
        (date(2019, 12, 31), 422),
        (date(2020, 1, 1), 356),
        (date(2024, 1, 1), 357),
    ],
)
def test_how_many_norwegian_municipalities_there_were(on: date, count: int) -> None:
    """Statistics Norway's numbers of municipalities over the years."""
    assert count == len(in_use(on))


@pytest.mark.parametrize(
    ("code", "on", "name"),
    [
        ("1507", "2023-12-31", "Ålesund"),
        ("1508", "2024-01-01", "Ålesund"),
        ("1504", "2019-12-31", "Ålesund"),
        ("1580", "2026-01-01", "Haram"),
        ("3001", "2020-01-01", "Halden"),
        ("0101", "1999-12-31", "Halden"),
        ("3101", "2024-01-01", "Halden"),
        ("3806", "2023-01-01", "Porsgrunn"),
        ("5401", "2023-01-01", "Tromsø"),
        ("0301", "1980-06-01", "Oslo"),
    ],
)
def test_a_code_has_a_name_on_a_day(code: str, on: str, name: str) -> None:
    """Viken, Vestfold og Telemark, Troms og Finnmark and Møre: before and after."""
    assert name == no.MunicipalityCode.parse(code, on=on).municipality(on)


@pytest.mark.parametrize(
    ("code", "successors"),
    [
        ("1507", ("1508", "1580")),
        ("1850", ("1806", "1875")),  # Tysfjord
        ("5012", ("5055", "5056", "5059")),  # Snillfjord
        ("3005", ("3301",)),  # Drammen, out of Viken
        ("3806", ("4001",)),  # Porsgrunn, out of Vestfold og Telemark
        ("5401", ("5501",)),  # Tromsø, out of Troms og Finnmark
        ("0602", ("3301",)),  # Drammen, into Viken and out of it
        ("0101", ("3101",)),  # Halden, twice
        ("0114", ("3105", "3120")),  # Varteig, divided in 1992 between two that changed code twice since
    ],
)
def test_a_refusal_names_what_took_over(code: str, successors: tuple[str, ...]) -> None:
    """Every code that took over a part is named, with its municipality."""
    with pytest.raises(InvalidIdentifierError) as caught:
        no.MunicipalityCode.parse(code, on="2026-11-22")

    named = re.findall(r"[0-9]{4}(?= [A-ZÅØ])", caught.value.reason.partition("after it:")[2])
    assert successors == tuple(named)


def test_then_is_followed_to_the_day_asked_about() -> None:
    """What took over is what has the area on that day, not on the day after the change or today."""
    with pytest.raises(InvalidIdentifierError, match=r"after it: 3001 Halden$"):
        no.MunicipalityCode.parse("0101", on="2020-06-01")
    with pytest.raises(InvalidIdentifierError, match=r"after it: 3101 Halden$"):
        no.MunicipalityCode.parse("0101", on="2024-06-01")


def test_every_successor_is_in_use_the_day_after() -> None:
    """No code hands over to one that nobody had."""
    for country in (no, se):
        table = country.MunicipalityCode.table()
        for period in table.on(table.begins):
            assert bool(period.successors) == bool(period.last)
            if period.last:
                next_day = date.fromordinal(period.last.toordinal() + 1)
                held = {one.code for one in table.on(next_day)}
                assert set(period.successors) <= held


@pytest.mark.parametrize(
    ("code", "on", "reason"),
    [
        ("1917", "2007-01-01", "it expired on 2006-12-31; after it: 0331 Heby"),
        ("0331", "2006-12-31", "it is in use from 2007-01-01 on"),
        ("0330", "2002-12-31", "it is in use from 2003-01-01 on"),
        ("0180", "1998-12-31", "before 1999-01-01 is not known"),
        ("0001", "2026-01-01", "no municipality has it"),
    ],
)
def test_swedish_codes_out_of_use(code: str, on: str, reason: str) -> None:
    """Heby changed county in 2007, Knivsta left Uppsala in 2003; older tables are not known here."""
    with pytest.raises(InvalidIdentifierError, match=reason):
        se.MunicipalityCode.parse(code, on=on)


def test_a_swedish_code_of_then_is_accepted_for_then() -> None:
    """Heby's old code until the end of 2006, its new one since."""
    assert "1917" == se.MunicipalityCode.parse("1917", on="2006-12-31")
    assert "Heby" == se.MunicipalityCode.parse("0331", on="2007-01-01").municipality("2007-01-01")


@pytest.mark.parametrize("country", [no, se])
@pytest.mark.parametrize("text", ["", "301", "00301", "O301", "٠٣٠١", "03 01", "0301\n"])
def test_four_ascii_digits(country: object, text: str) -> None:
    """A lost leading zero is not put back."""
    with pytest.raises(InvalidIdentifierError):
        country.MunicipalityCode.parse(text)  # type: ignore[attr-defined]


def test_a_day_before_the_table_is_refused() -> None:
    """What is not in the table is not guessed."""
    with pytest.raises(InvalidIdentifierError, match="before 1977-01-01 is not known"):
        no.MunicipalityCode.parse("0301", on="1976-12-31")


def test_the_day_is_an_annotation() -> None:
    """A model for records of 2021 reads the codes of 2021, and another one those of today."""
    then = TypeAdapter(Annotated[no.MunicipalityCode, no.valid_on("2021-06-30")])

    assert "3005" == then.validate_python("3005")
    with pytest.raises(ValidationError, match="in use from 2024-01-01"):
        then.validate_python("3301")


def test_today_is_asked_for_when_a_code_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same code is right before the change and wrong after it, without a new import."""
    seen = []
    for today in (LAST_OF_2023, NEW_YEAR_2024):
        monkeypatch.setattr("rpa_commons.validators._dated_codes.day_of", lambda on, today=today: on or today)
        try:
            seen.append(str(no.MunicipalityCode.parse("3005")))
        except InvalidIdentifierError as error:
            seen.append(error.reason)

    assert ["3005", "it expired on 2023-12-31; after it: 3301 Drammen"] == seen


def _names(name: str) -> set[str]:
    """The names in the languages of a municipality, without its county."""
    return set(re.sub(r" \(.*\)", "", name).split(" - "))
