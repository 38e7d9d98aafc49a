"""``rpac validate``: one identifier or a file's columns; what was given is never repeated."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from rpa_commons.cli.validate import validate

GOOD, BAD = "0706614818", "2902000004"


def run(*words: str) -> Result:
    """The command with these words, as ``rpac`` calls it."""
    return CliRunner().invoke(validate, list(words), standalone_mode=False)


def refused(*words: str) -> str:
    """What a usage error says."""
    result = CliRunner().invoke(validate, list(words))
    assert 2 == result.exit_code
    return result.stderr


@pytest.fixture
def movers(tmp_path: Path) -> Path:
    """An extract as a Danish system on Windows writes it, opened and saved in a spreadsheet."""
    path = tmp_path / "movers.csv"
    rows = ["CPR;Navn;Kommune", f"{GOOD};Søren;0265", "706614818;Åse;265", f"{BAD};Bo;0255", ";Ib;0167"]
    path.write_bytes("\r\n".join(rows).encode("cp1252"))
    return path


@pytest.mark.parametrize("words", [("cpr", GOOD), ("dk.Cpr", "070661-4818"), ("CPR", "070661", "4818")])
def test_a_right_number_ends_with_0_and_says_what_it_says(words: tuple[str, ...]) -> None:
    """Short or full name, written in one or in two words."""
    result = run(*words)

    assert 0 == result.return_value
    assert "a valid CPR number" in result.stdout
    assert "birth date: 1961-06-07" in result.stdout
    assert "4818" not in result.output


@pytest.mark.parametrize(
    "words", [("cpr", BAD), ("cpr", "290200", "-0004"), ("cpr", "29020--00004"), ("dk.Cpr+ecpr", BAD)]
)
def test_a_wrong_number_ends_with_1_and_the_reason(words: tuple[str, ...]) -> None:
    """The number is not in the answer, however it was written."""
    result = run(*words)

    assert 1 == result.return_value
    assert result.stdout.startswith("not a CPR number: it")
    assert "0004" not in result.output


def test_json_says_the_same() -> None:
    """For a right and a wrong number."""
    right, wrong = run("cpr", GOOD, "--json"), run("cpr", BAD, "--json")

    assert {"valid": True, "kind": "CPR number", "birth_date": "1961-06-07", "sex": "female"} == json.loads(
        right.stdout
    )
    assert {"valid": False, "kind": "CPR number", "reason": "its first six digits are no date"} == json.loads(
        wrong.stdout
    )
    assert (0, 1) == (right.return_value, wrong.return_value)


def test_stand_ins_are_asked_for_behind_the_name() -> None:
    """An eCPR is refused without and read with ``+ecpr``."""
    assert 1 == run("cpr", "0203291WQ3").return_value
    assert 0 == run("cpr+ecpr", "0203291WQ3").return_value


def test_a_code_is_asked_about_on_a_day() -> None:
    """``--on`` for a code that has ended; a type without dates of validity refuses it."""
    today, then = run("dk.MunicipalityCode", "0255"), run("dk.MunicipalityCode", "0255", "--on", "2006-12-31")

    assert (1, 0) == (today.return_value, then.return_value)
    assert "0265 Roskilde" in today.stdout
    assert "dates of validity" in refused("cpr", GOOD, "--on", "2006-12-31")


def test_numbers_made_for_tests_are_read_where_asked() -> None:
    """A synthetic Norwegian number is refused in production."""
    synthetic = "17912099997"  # Skatteetaten's example of a synthetic number

    assert 1 == run("no.Fodselsnummer", synthetic).return_value
    assert 0 == run("no.Fodselsnummer", synthetic, "--test-numbers").return_value


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("dk.Cvrr", "1"), "did you mean dk.Cvr?"),
        (("dk.Cpr+synthetic", "1"), "stand-ins for a CPR number"),
        (("cpr",), "Missing argument"),
    ],
)
def test_what_was_typed_wrong_is_usage(words: tuple[str, ...], said: str) -> None:
    """Exit code 2, with what was probably meant."""
    assert said in refused(*words)


def test_a_number_in_the_type_s_place_is_not_repeated() -> None:
    """Changed places: no number in the message."""
    assert GOOD not in refused(GOOD, "cpr")


def test_the_types_are_listed() -> None:
    """As lines and as JSON."""
    listed = json.loads(run("types", "--json").stdout)

    assert "CPR number" == listed["dk.Cpr"]
    assert all(name in run("types").stdout for name in listed)


def test_a_file_is_counted_by_column(movers: Path) -> None:
    """Encoding and delimiter are recognised; each reason has its rows; no value is shown."""
    result = run("file", str(movers), "--column", "cpr=dk.Cpr", "--column", "kommune=dk.MunicipalityCode")

    assert 1 == result.return_value
    assert "4 rows, iso-8859-1, delimiter ;" in result.stdout
    assert "cpr (CPR number): 1 valid, 1 blank, 2 refused" in result.stdout
    assert "a spreadsheet has dropped the leading zero (row 3)" in result.stdout
    assert "kommune (Danish municipality code): 2 valid, 0 blank, 2 refused" in result.stdout
    assert not [value for value in (GOOD, BAD, "706614818", "Søren") if value in result.output]


def test_a_file_s_report_as_json(movers: Path) -> None:
    """The same facts for machines; a day for the codes."""
    result = run(
        "file", str(movers), "--column", "kommune=dk.MunicipalityCode", "--on", "2006-12-31", "--json"
    )

    data = json.loads(result.stdout)
    assert (4, ";", "iso-8859-1") == (data["rows"], data["delimiter"], data["encoding"])
    assert (3, 1) == (data["columns"]["kommune"]["valid"], data["columns"]["kommune"]["refused"])


def test_a_clean_file_ends_with_0(tmp_path: Path) -> None:
    """With its encoding and delimiter said, too."""
    path = tmp_path / "codes.tsv"
    path.write_text("kode\tnavn\n0265\tRoskilde\n", encoding="utf-8")

    words = ("file", str(path), "--column", "kode=dk.MunicipalityCode", "--encoding", "utf-8")
    assert 0 == run(*words, "--delimiter", "tab").return_value
    assert 0 == run(*words).return_value


def test_broken_rows_are_said(tmp_path: Path) -> None:
    """Apart from the columns, and they make the file unclean."""
    path = tmp_path / "broken.csv"
    path.write_text(f'cpr;navn\n{GOOD};"A\n', encoding="utf-8")

    result = run("file", str(path), "--column", "cpr=cpr")

    assert 1 == result.return_value
    assert "1 broken: the row has a quotation mark that is not closed" in result.stdout


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--column", "cp=cpr"), 'did you mean "CPR"?'),
        (("--column", "cpr"), "HEADER=TYPE"),
        (("--column", "cpr=cpr", "--column", "cpr=cvr"), "twice"),
        (("--column", "cpr=dk.Cprr"), "did you mean dk.Cpr?"),
        (("--column", "cpr=cpr", "--delimiter", "::"), "one character"),
        (("--column", "cpr=cpr", "--encoding", "utf-8"), "is not utf-8: line 2"),
        ((), "Missing option"),
    ],
)
def test_a_wrong_question_about_a_file_is_usage(movers: Path, words: tuple[str, ...], said: str) -> None:
    """Exit code 2, and what to ask instead."""
    assert said in refused("file", str(movers), *words)


@pytest.mark.parametrize("words", [("706614818",), ("70661-4818",), ("70661", "4818")])
def test_a_lost_zero_is_said_of_one_number_too(words: tuple[str, ...]) -> None:
    """A number copied out of a spreadsheet is short by its first digit, with the hyphen or without."""
    result = run("cpr", *words)

    assert 1 == result.return_value
    assert "a leading zero may have been lost" in result.stdout
    assert "4818" not in result.output


def test_another_short_number_has_lost_nothing() -> None:
    """A zero before it would make it no number either."""
    assert "leading zero" not in run("cpr", "290200004").stdout


def test_a_file_in_the_place_of_a_number_is_sent_to_the_other_command(movers: Path) -> None:
    """By its ending, or since it is there; its name is not repeated."""
    for name in ("mine.csv", str(movers)):
        said = refused("cpr", name)

        assert "rpac validate file PATH --column HEADER=cpr" in said
        assert name not in said


def test_help_names_the_type_and_keeps_its_examples_apart() -> None:
    """The hidden command's name is nobody's business, and each example stands on its line."""
    runner = CliRunner()
    one = runner.invoke(validate, ["cpr", "--help"], prog_name="rpac validate").stdout
    all_of_them = runner.invoke(validate, ["--help"], prog_name="rpac validate").stdout

    assert "Usage: rpac validate TYPE [OPTIONS] VALUE..." in one
    assert "Usage: rpac validate [OPTIONS] TYPE VALUE | COMMAND [ARGS]..." in all_of_them
    assert "\n  rpac validate cpr 0706614818\n" in all_of_them
    assert "\\b" not in all_of_them
