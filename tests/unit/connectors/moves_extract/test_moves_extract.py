"""Moves from daily files: each event once, broken rows shown and stopping nobody else."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from rpa_commons.capabilities import Move
from rpa_commons.config import SecretRef
from rpa_commons.connectors._extract import ExtractFileError
from rpa_commons.connectors.moves_extract import MovesExtract, MovesExtractSettings
from rpa_commons.connectors.moves_extract._connector import WeakKeyError
from rpa_commons.connectors.moves_extract._move import derived_id
from rpa_commons.validators import contains_personal_number

ANNA, BENT, CARL = "0101505555", "0202515666", "0303525777"
SINCE = date(2056, 11, 1)
Open = Callable[..., MovesExtract]
Write = Callable[..., None]


def test_a_row_is_a_move(opened: Open, write: Write) -> None:
    """The declared columns become the move's fields."""
    write("1", f"e1;{ANNA};2056-11-03;0167;0265;a1;")

    expected = Move(
        id="e1",
        cpr=ANNA,
        moved_on=date(2056, 11, 3),
        origin="municipality",
        from_municipality="0167",
        to_municipality="0265",
        address_id="a1",
    )
    assert [expected] == opened().moves_into("0265", SINCE)


def test_only_what_was_asked_for_in_order(opened: Open, write: Write) -> None:
    """Moves into the municipality since the day, by day and id, over all files; moves inside included."""
    write("2", f"b;{BENT};2056-11-02;0265;0265;;", f"a;{ANNA};2056-11-02;0167;0265;;")
    write("1", f"c;{CARL};2056-11-01;0167;0265;;", f"d;{CARL};2056-10-31;0167;0265;;")
    write("3", f"e;{CARL};2056-11-05;0265;0167;;")

    assert ["c", "a", "b"] == [move.id for move in opened().moves_into("0265", SINCE)]


def test_an_event_in_two_files_is_one_move(opened: Open, write: Write) -> None:
    """A row delivered again, even with another value in a column that is not ours, is one move."""
    write("1", f"e1;{ANNA};2056-11-03;0167;0265;a1;x")
    write("2", f"e1;{ANNA};2056-11-03;0167;0265;a1;y")
    connector = opened()

    assert ["e1"] == [move.id for move in connector.moves_into("0265", SINCE)]
    assert () == connector.problems


@pytest.mark.parametrize("other", ["2056-11-03;0167;0265", "2056-11-03;0265;0167", "2050-11-03;0167;0265"])
def test_one_id_for_two_moves_stops_nobody_else(opened: Open, write: Write, other: str) -> None:
    """One id for two different moves is a problem that names both places; neither is returned."""
    write("1", f"e1;{ANNA};2056-11-03;0167;0265;a1;")
    write("2", f"e1;{BENT};{other};a1;", f"e2;{CARL};2056-11-04;0167;0265;a2;")
    connector = opened()

    assert ["e2"] == [move.id for move in connector.moves_into("0265", SINCE)]
    (problem,) = connector.problems
    places = "extracts/moves-1.csv:2, extracts/moves-2.csv:2"
    assert problem.startswith(f"{places}: one event id stands for two different moves")
    assert [] == [cpr for cpr in (ANNA, BENT) if cpr in problem]


def test_an_id_stays_disputed(opened: Open, write: Write) -> None:
    """A third row that agrees with one of the two settles nothing."""
    write("1", f"e1;{ANNA};2056-11-03;0167;0265;a1;", f"e1;{BENT};2056-11-03;0167;0265;a1;")
    write("2", f"e1;{ANNA};2056-11-03;0167;0265;a1;")
    connector = opened()

    assert [] == connector.moves_into("0265", SINCE)
    assert 1 == len(connector.problems)


def test_a_conflict_that_concerns_nobody_asked_for_does_not_stop(opened: Open, write: Write) -> None:
    """Two old or foreign moves of one id are the business of whoever asks for those."""
    write("1", f"e1;{ANNA};2050-11-03;0167;0265;a1;", f"e2;{ANNA};2056-11-03;0265;0167;;")
    write("2", f"e1;{BENT};2050-11-03;0167;0265;a1;", f"e2;{BENT};2056-11-03;0265;0167;;")

    assert [] == opened().moves_into("0265", SINCE)


@pytest.mark.parametrize(
    ("code", "origin", "from_municipality"),
    [("0167", "municipality", "0167"), ("0000", "abroad", None), ("", "none", None), ("xx", "abroad", None)],
)
def test_origins_are_declared(
    opened: Open, write: Write, code: str, origin: str, from_municipality: str | None
) -> None:
    """What a code that is no municipality's means is said by the map."""
    write("1", f"e1;{ANNA};2056-11-03;{code};0265;;")
    (move,) = opened(origins={"0000": "abroad", "XX": "abroad", "": "none"}).moves_into("0265", SINCE)

    assert (origin, from_municipality) == (move.origin, move.from_municipality)


@pytest.mark.parametrize("code", ["", "0000", "0012", "0956", "5100", "Sverige"])
def test_an_origin_that_is_not_declared_is_not_guessed(opened: Open, write: Write, code: str) -> None:
    """Blank, zeros, administrative and Greenland's codes, a country: a problem until somebody says."""
    write("1", f"e1;{ANNA};2056-11-03;{code};0265;;", f"e2;{BENT};2056-11-03;0167;0265;;")
    connector = opened(origins={})

    assert ["e2"] == [move.id for move in connector.moves_into("0265", SINCE)]
    (problem,) = connector.problems
    assert problem.startswith('extracts/moves-1.csv:2: column "Fra"')


def test_a_column_of_its_own_for_the_origin(opened: Open, write: Write) -> None:
    """Where the file says in words where somebody comes from, the words are declared."""
    header = "HaendelseId;PNR;Dato;Fra;Til;Adresse;Type"
    columns = {
        "event_id": "HaendelseId", "cpr": "PNR", "moved_on": "Dato", "from_municipality": "Fra",
        "to_municipality": "Til", "origin": "Type",
    }  # fmt: skip
    write(
        "1",
        f"e1;{ANNA};2056-11-03;0167;0265;;Flytning",
        f"e2;{BENT};2056-11-03;;0265;;Indrejse",
        f"e3;{CARL};2056-11-03;;0265;;Flytning",
        header=header,
    )
    connector = opened(columns=columns, origins={"flytning": "municipality", "indrejse": "abroad"})

    moves = connector.moves_into("0265", SINCE)

    assert [("e1", "municipality"), ("e2", "abroad")] == [(move.id, move.origin) for move in moves]
    assert ['extracts/moves-1.csv:4: column "Fra" is blank'] == [
        problem.partition(" (")[0] for problem in connector.problems
    ]


BROKEN = [
    (f"e9;{CARL[1:]};2056-11-03;0167;0265;;", 'column "PNR" has 9 digits: a spreadsheet'),
    ("e9;9903525777;2056-11-03;0167;0265;;", 'column "PNR" is no CPR number'),
    (f"e9;{CARL};03-11-2056;0167;0265;;", 'column "Dato" is no date'),
    (f"e9;{CARL};;0167;0265;;", 'column "Dato" is blank'),
    (f"e9;{CARL};2056-11-03;167;0265;;", 'column "Fra" has 3 digits: a spreadsheet'),
    (f"e9;{CARL};2056-11-03;0167;265;;", 'column "Til" has 3 digits: a spreadsheet'),
    (f"e9;{CARL};2056-11-03;0167;;;", 'column "Til" is blank'),
    (f";{CARL};2056-11-03;0167;0265;;", 'column "HaendelseId" is blank'),
    (f"x-{CARL};{CARL};2056-11-03;0167;0265;;", 'column "HaendelseId" holds a personal number'),
    (f"{'x' * 201};{CARL};2056-11-03;0167;0265;;", 'column "HaendelseId" is no id'),
    (f"e\u200b9;{CARL};2056-11-03;0167;0265;;", 'column "HaendelseId" is no id'),
    (f"e9;{CARL};2056-11-03", "the row has 3 values"),
    (f'"e9;{CARL};2056-11-03;0167;0265;;', "the row has a quotation mark"),
    (f"e9\0;{CARL};2056-11-03;0167;0265;;", "the row holds control characters"),
]


@pytest.mark.parametrize(("row", "said"), BROKEN)
def test_a_broken_row_is_shown_and_stops_nobody_else(opened: Open, write: Write, row: str, said: str) -> None:
    """The good rows are moves; the broken one is a problem with place and remedy and no number."""
    write("1", f"e1;{ANNA};2056-11-03;0167;0265;;", row, f"e2;{BENT};2056-11-04;0167;0265;;")
    connector = opened()

    assert ["e1", "e2"] == [move.id for move in connector.moves_into("0265", SINCE)]
    (problem,) = connector.problems
    assert problem.startswith(f"extracts/moves-1.csv:3: {said}")
    assert problem.endswith(")")
    assert CARL[1:] not in problem


@pytest.mark.parametrize(
    "row", [f"e9;{CARL[1:]};2056-10-31;0167;0265;;", f"e9;{CARL[1:]};2056-11-03;0265;0167;;"]
)
def test_a_broken_row_that_cannot_concern_the_question_is_left_out(
    opened: Open, write: Write, row: str
) -> None:
    """Where day or municipality can be read and is not asked for, an old row does not spoil each new run."""
    write("1", row)
    connector = opened()
    connector.moves_into("0265", SINCE)

    assert () == connector.problems


def test_problems_are_those_of_the_last_question(opened: Open, write: Write) -> None:
    """Once a file is repaired its problem is gone."""
    write("1", f"e9;{CARL[1:]};2056-11-03;0167;0265;;")
    connector = opened()
    connector.moves_into("0265", SINCE)
    before = len(connector.problems)
    write("1", f"e9;{CARL};2056-11-03;0167;0265;;")

    assert 1 == len(connector.moves_into("0265", SINCE))
    assert (1, 0) == (before, len(connector.problems))


def test_one_unusable_file_is_a_problem_among_good_ones(opened: Open, write: Write, tmp_path: Path) -> None:
    """An empty file of one day does not stop the other days, and is shown until somebody has looked."""
    write("1", f"e1;{ANNA};2056-11-03;0167;0265;;")
    (tmp_path / "extracts" / "moves-2.csv").write_bytes(b"")
    connector = opened()

    assert ["e1"] == [move.id for move in connector.moves_into("0265", SINCE)]
    assert ["moves-extract: extracts/moves-2.csv: is empty"] == [
        problem.partition(" (")[0] for problem in connector.problems
    ]


def test_no_usable_file_is_an_error(opened: Open, write: Write) -> None:
    """Where no file can be used there is no answer, not an empty one."""
    write("1", header="a;b")
    write("2", header="a;b")

    with pytest.raises(ExtractFileError, match="has no column") as caught:
        opened().moves_into("0265", SINCE)

    assert caught.value.remedy


def test_no_file_at_all_is_an_error(opened: Open) -> None:
    """A job that never ran is not mistaken for a day without moves."""
    with pytest.raises(ExtractFileError, match=r"extracts/moves-\*\.csv: no file matches") as caught:
        opened().moves_into("0265", SINCE)

    assert "whether the job that writes the files has run" in caught.value.remedy


def test_an_absolute_pattern_is_taken_as_it_is(opened: Open, write: Write, tmp_path: Path) -> None:
    """Files on a share may be named by their whole path."""
    write("1", f"e1;{ANNA};2056-11-03;0167;0265;;")
    pattern = str(tmp_path / "extracts" / "*.csv")

    assert 1 == len(opened(files=pattern).moves_into("0265", SINCE))


def test_a_file_without_rows_is_a_day_without_moves(opened: Open, write: Write) -> None:
    """A header and nothing below it is an answer: nobody."""
    write("1")
    connector = opened()

    assert ([], ()) == (connector.moves_into("0265", SINCE), connector.problems)


NO_ID = {"cpr": "PNR", "moved_on": "Dato", "from_municipality": "Fra", "to_municipality": "Til"}
KEY = SecretRef(env="RPAC_MOVES_KEY")


def test_an_id_is_derived_where_the_file_has_none(opened: Open, write: Write) -> None:
    """The same move in two files has one id; the next move of the same person another."""
    write("1", f";{ANNA};2056-11-03;0167;0265;a1;", f";{ANNA};2056-12-03;0167;0265;a1;")
    write("2", f";{ANNA};2056-11-03;0167;0265;a1;")
    moves = opened(columns=NO_ID, reference_key=KEY).moves_into("0265", SINCE)

    assert [date(2056, 11, 3), date(2056, 12, 3)] == [move.moved_on for move in moves]
    assert 2 == len({move.id for move in moves})


def test_a_derived_id_depends_on_the_key_and_everything_in_it() -> None:
    """Another key, person, day or municipality gives another id: nobody can try numbers without the key."""
    day = date(2056, 11, 3)
    ids = {
        derived_id(b"k" * 32, ANNA, day, "0265"),
        derived_id(b"l" * 32, ANNA, day, "0265"),
        derived_id(b"k" * 32, BENT, day, "0265"),
        derived_id(b"k" * 32, ANNA, date(2056, 11, 4), "0265"),
        derived_id(b"k" * 32, ANNA, day, "0167"),
    }

    assert 5 == len(ids)


def test_a_derived_id_stays_what_it_is() -> None:
    """Ids are kept for good, so the derivation may never change (value: openssl dgst -sha256 -hmac)."""
    hexadecimal = "9b2df0516c8e17b322a11d0257d6afdbf5031cd50bc6aa783f7454b13d19d6bb"
    expected = "".join(chr(ord("a") + int(digit, 16)) for digit in hexadecimal)

    assert expected == derived_id(b"k" * 32, ANNA, date(2056, 11, 3), "0265")


def test_a_derived_id_never_reads_as_a_personal_number() -> None:
    """Hexadecimal digits would once in some hundred ids spell a number and be refused as a reference."""
    ids = [derived_id(b"k" * 32, ANNA, date.fromordinal(750_000 + day), "0265") for day in range(3000)]

    assert [] == [one for one in ids if contains_personal_number(one) or not one.isalpha()]


def test_a_file_without_ids_needs_a_key() -> None:
    """Neither an id column nor a key: the settings are refused and say what to write."""
    with pytest.raises(ValidationError, match=r"reference_key = \{ env ="):
        MovesExtractSettings(files="*.csv", columns=NO_ID)


def test_a_short_key_is_refused(opened: Open, write: Write) -> None:
    """A key that could be tried is named by its reference, not its value, with a way to make a good one."""
    write("1")

    with pytest.raises(WeakKeyError, match="environment variable RPAC_MOVES_KEY") as caught:
        opened(key="hunter2", columns=NO_ID, reference_key=KEY).moves_into("0265", SINCE)

    assert 4 == caught.value.exit_code
    assert "hunter2" not in f"{caught.value} {caught.value.remedy}"


@pytest.mark.parametrize(
    ("changed", "key"),
    [
        ({"files": ""}, "files"),
        ({"origins": {"0000": "mars"}}, "origins"),
        ({"columns": {}}, "columns"),
        ({"reference_key": "secret"}, "reference_key"),
        ({"file": "x"}, "file"),
    ],
)
def test_settings_are_strict(changed: dict[str, Any], key: str) -> None:
    """A wrong type or an unknown key is refused when the settings are read."""
    columns = {**NO_ID, "event_id": "Id"}

    with pytest.raises(ValidationError) as caught:
        MovesExtractSettings(**{"files": "*.csv", "columns": columns, **changed})

    assert key in {error["loc"][0] for error in caught.value.errors()}


def test_settings_describe_themselves() -> None:
    """Every setting has a sentence for the local admin, also in the nested table."""
    schema = MovesExtractSettings.model_json_schema()
    tables = [schema["properties"], schema["$defs"]["MovesColumns"]["properties"]]

    assert [] == [name for table in tables for name, field in table.items() if not field.get("description")]
