"""Whatever a file or a service sends, a population connector answers or raises an error of ours."""

import tempfile
from datetime import date
from pathlib import Path

from hypothesis import example, given, settings
from hypothesis import strategies as st

from rpa_commons.capabilities import Person, RpaCommonsError
from rpa_commons.connectors import Surroundings
from rpa_commons.connectors.moves_extract import MovesExtract, MovesExtractSettings
from rpa_commons.connectors.register_extract import RegisterExtract, RegisterExtractSettings
from rpa_commons.connectors.sf1520 import parse_answer, person_from_answer
from rpa_commons.sdk import Municipality

CPR = "0101505555"
NAME = "Anna Sand"
COLUMNS = {
    "cpr": "a", "name": "b", "status": "c", "protected": "d", "children_under_18": "e", "birth_date": "f",
    "street_line": "g", "postal_code": "h", "municipality": "i", "previous_municipality": "j",
}  # fmt: skip
CELL = st.sampled_from(
    [
        CPR,
        CPR[1:],
        "",
        " ",
        NAME,
        "1",
        "90",
        "ja",
        "nej",
        "2",
        "2050-01-01",
        "4000",
        "0265",
        "265",
        '"',
        "x;y",
        "\0",
    ]
) | st.text(max_size=12)
ANSWER = (
    '<S:Envelope xmlns:S="http://schemas.xmlsoap.org/soap/envelope/"><S:Body><PersonLookupResponse xmlns="http://'
    'serviceplatformen.dk/xml/wsdl/soap11/CPR/PersonBaseDataExtended/4/"><persondata>'
    "<personnummer>0101505555</personnummer><navn><personadresseringsnavn>Anna Sand</personadresseringsnavn>"
    "</navn><foedselsdato><dato>2050-01-01</dato></foedselsdato><antalBoernUnder18>1</antalBoernUnder18>"
    "<status><status>1</status></status><adressebeskyttelse><startdato>2050-01-01</startdato><beskyttet>true"
    "</beskyttet></adressebeskyttelse></persondata><adresse><aktuelAdresse><kommunekode>265</kommunekode>"
    "<husnummer>031A</husnummer><postnummer>4000</postnummer><vejnavn>Algade</vejnavn></aktuelAdresse>"
    "<adresseHistorik><kommunekode>167</kommunekode><tilflytningsdato><dato>2050-01-01T00:00:00Z</dato>"
    "</tilflytningsdato></adresseHistorik></adresse></PersonLookupResponse></S:Body></S:Envelope>"
)


def surroundings(folder: str) -> Surroundings:
    """Roskilde, with its files in the folder."""
    return Surroundings(Municipality("0265", "Roskilde"), "test", Path(folder), lambda _: "k" * 32)


def ask_register(content: bytes) -> Person | None:
    """The person a register file of this content gives; ``None`` where it says what is wrong."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "people.csv").write_bytes(content)
        given_settings = {"file": "people.csv", "columns": COLUMNS}
        connector = RegisterExtract(
            RegisterExtractSettings.model_validate(given_settings), surroundings(folder)
        )
        try:
            return connector.person(CPR)
        except RpaCommonsError as error:
            assert error.remedy  # noqa: PT017 - an answer is right, too
            assert CPR not in f"{error} {error.remedy}"  # noqa: PT017 - as above
            assert NAME not in f"{error} {error.remedy}"  # noqa: PT017 - as above
            return None


@given(st.lists(st.lists(CELL, min_size=8, max_size=12), max_size=6))
@settings(deadline=None)
def test_any_rows_give_a_person_or_an_error_of_ours(rows: list[list[str]]) -> None:
    """Rows of likely and unlikely values never fail in another way, and no error shows a value."""
    text = "\n".join(["a;b;c;d;e;f;g;h;i;j", *(";".join(row) for row in rows)])
    person = ask_register(text.encode())

    assert person is None or person.cpr == CPR


@given(st.binary(max_size=400))
@example(b"a;b;c;d;e;f;g;h;i;j\n" + b'"' * 300)
@example(b"\xff\xfea\0;\0")
@settings(deadline=None)
def test_any_bytes_are_a_file_or_an_error_of_ours(content: bytes) -> None:
    """Bytes that are no extract at all are said to be none."""
    assert ask_register(content) is None


@given(st.lists(st.lists(CELL, min_size=4, max_size=7), max_size=6))
@settings(deadline=None)
def test_every_row_is_a_move_or_a_problem(rows: list[list[str]]) -> None:
    """Rows that can be read and concern the question come back, and no problem shows a value."""
    columns = {
        "cpr": "a",
        "moved_on": "b",
        "from_municipality": "c",
        "to_municipality": "d",
        "address_id": "e",
    }
    given_settings = {"files": "*.csv", "columns": columns, "reference_key": {"env": "KEY"}}
    text = "\n".join(["a;b;c;d;e", *(";".join(row) for row in rows)])
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "moves.csv").write_bytes(text.encode())
        connector = MovesExtract(MovesExtractSettings.model_validate(given_settings), surroundings(folder))
        try:
            moves = connector.moves_into("0265", date(2050, 1, 1))
        except RpaCommonsError as error:
            assert error.remedy  # noqa: PT017 - an answer is right, too
            return

    assert {"0265"} >= {move.to_municipality for move in moves}
    assert [] == [problem for problem in connector.problems if CPR in problem or NAME in problem]


@given(st.integers(0, len(ANSWER)), st.integers(0, 40), st.text(max_size=10))
@settings(deadline=None, max_examples=400)
def test_any_damaged_answer_is_a_person_or_an_error_of_ours(start: int, length: int, put: str) -> None:
    """An answer with a piece cut out and another put in never fails in another way nor shows a value."""
    body = (ANSWER[:start] + put + ANSWER[start + length :]).encode("utf-8", "replace")
    try:
        person = person_from_answer(parse_answer(200, body), CPR, date(2056, 11, 1))
    except RpaCommonsError as error:
        assert CPR not in str(error)  # noqa: PT017 - an answer is right, too
    else:
        assert person == Person.model_validate_json(person.model_dump_json())


@given(st.binary(max_size=300), st.sampled_from([200, 204, 500, 503]))
@settings(deadline=None)
def test_any_body_is_an_answer_or_an_error_of_ours(body: bytes, status: int) -> None:
    """Bytes that are no SOAP at all are said to be none."""
    try:
        parse_answer(status, body)
    except RpaCommonsError as error:
        assert error.message  # noqa: PT017 - nothing else may come
