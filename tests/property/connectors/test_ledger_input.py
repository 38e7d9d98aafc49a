"""Whatever a ledger answers or a posting file and its notes hold, it is read or an error of ours."""

import json
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from rpa_commons.capabilities import BusinessError, RpaCommonsError
from rpa_commons.connectors.contract import contract_key, contract_posting
from rpa_commons.connectors.http import Answer
from rpa_commons.connectors.posting_file import Layout, read_file, render
from rpa_commons.connectors.posting_file._batches import Batches, PostingFileError
from rpa_commons.connectors.rest_ledger._connector import _is_about_key, _Vouchers

MARK = "Hemmelig"
GOOD = {"postings": [{"id": "7", "reference": MARK, "accepted_at": "2026-11-02T12:00:00Z"}]}
FILE = render([("a", contract_posting("R1")), ("b", contract_posting("R2"))], Layout())[0].decode()
ROWS = FILE.split("\r\n")[:-1]
ODD = st.sampled_from(
    ["", MARK, "NaN", "sNaN", "Infinity", "1E+99999999", "1E+999999999999", "-0,00", "\u0663,00", "1_0,00",
     "9" * 5000, "LINE", "TOTAL", '"', "\0", "=1+1"]
) | st.text(max_size=12)  # fmt: skip
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20) | st.just(MARK),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner, max_size=3),
    max_leaves=8,
)


@given(st.data())
@settings(deadline=None, max_examples=300)
def test_any_cell_of_a_posting_file(data: st.DataObject) -> None:
    """A cell with anything in it: the file is counted, or refused without a word of it, at once."""
    at = data.draw(st.integers(0, len(ROWS) - 1))
    cells = ROWS[at].split(";")
    cells[data.draw(st.integers(0, len(cells) - 1))] = data.draw(ODD)
    content = "\r\n".join([*ROWS[:at], ";".join(cells), *ROWS[at + 1 :], ""])
    said = ""
    try:
        read_file(content.encode("utf-8", "replace"), Layout())
    except BusinessError as error:
        said = f"{error} {error.remedy}"

    assert MARK not in said


@pytest.mark.parametrize(
    "amount", ["NaN", "sNaN", "Infinity", "1E+99999999", "1E+999999999999", "9" * 200_000]
)
def test_amounts_that_are_none(amount: str) -> None:
    """What Python would take for a number, or for hours of work, is no amount of a posting file."""
    content = FILE.replace("8412,37", amount)

    with pytest.raises(BusinessError):
        read_file(content.encode(), Layout())


@pytest.mark.parametrize("encoding", ["utf-16", "utf-32", "cp037", "latin-1"])
def test_a_posting_file_in_another_encoding(encoding: str) -> None:
    """It is refused; nothing is counted of it."""
    with pytest.raises(BusinessError):
        read_file(FILE.replace("Attest", "Attest \u00e6").encode(encoding), Layout())


@given(JSON | st.binary(max_size=40))
@example({})
@example({"id": "x", "reference": "R1", "sha256": "", "accepted_at": "2026-11-02"})
@example(b"[" * 100_000)
@example(b'{"id": 1e999}')
@settings(deadline=None, max_examples=25)
def test_any_note_of_a_posting(note: Any) -> None:
    """A note that is not ours any more stops the folder with its name; nothing is posted twice for it."""
    content = note if isinstance(note, bytes) else json.dumps(note).encode()
    with TemporaryDirectory() as place:
        batches = Batches(Path(place), Layout(), now=lambda: datetime(2026, 11, 22, tzinfo=UTC))
        receipt = batches.promise(contract_posting("R1"), contract_key("a"))
        (Path(place) / ".rpac" / "promised" / f"{receipt.id}.json").write_bytes(content)
        for work in (
            batches.deliver,
            lambda: batches.find("R1"),
            lambda: batches.promise(contract_posting("R1"), contract_key("a")),
        ):
            with pytest.raises(PostingFileError, match="no note of ours"):
                work()


@given(st.dictionaries(st.sampled_from(["file", "sha256", "postings", "delivered"]), JSON))
@settings(deadline=None, max_examples=25)
def test_any_note_of_a_batch(note: Any) -> None:
    """The same of a batch."""
    with TemporaryDirectory() as place:
        batches = Batches(Path(place), Layout(), now=lambda: datetime(2026, 11, 22, tzinfo=UTC))
        batches.promise(contract_posting("R1"), contract_key("a"))
        batches.deliver()
        (Path(place) / ".rpac" / "batches" / "000001.json").write_text(json.dumps(note))
        with pytest.raises(PostingFileError, match="no note of ours"):
            batches.deliver()


def test_a_copy_of_a_note_that_somebody_laid_beside_it_is_no_batch(tmp_path: Path) -> None:
    """Nobody's backup is delivered."""
    batches = Batches(tmp_path, Layout(), now=lambda: datetime(2026, 11, 22, tzinfo=UTC))
    batches.promise(contract_posting("R1"), contract_key("a"))
    batches.deliver()
    ours = tmp_path / ".rpac" / "batches"
    (ours / "000001 copy.json").write_bytes((ours / "000001.json").read_bytes())
    batches.promise(contract_posting("R2"), contract_key("b"))

    assert ["postings-2026-11-22-000002.csv"] == [path.name for path in batches.deliver()]


@given(
    JSON,
    st.sampled_from(["id", "reference", "accepted_at", "postings", ""]),
    st.sampled_from(["query", "keyed"]),
)
@settings(deadline=None)
def test_any_answer_of_a_ledger(value: Any, name: str, kind: Any) -> None:
    """Anything at any place of a good answer: read, or refused by the names of our own fields."""
    whole: Any = json.loads(json.dumps(GOOD))
    if name in GOOD["postings"][0]:
        whole["postings"][0][name] = value
    elif name:
        whole[name] = value
    else:
        whole = value
    said = ""
    try:
        Answer("rest-ledger", 200, {}, json.dumps(whole).encode(), kind=kind).as_model(_Vouchers)
    except RpaCommonsError as error:
        said = f"{error} {error.remedy}"

    assert MARK not in said


@pytest.mark.parametrize(
    "body",
    [
        b"[" * 100_000,
        b'{"type": "idempotency-key-reused"',
        b"\xff\xfe{\0}\0",
        b"[" + b"{}," * 400_000 + b"{}]",
        b'{"type": "\xe6"}',
        b"",
    ],
    ids=["deep", "cut short", "utf-16", "wide", "latin-1", "nothing"],
)
def test_hostile_json_is_refused(body: bytes) -> None:
    """Depth, breadth and other encodings are our error where JSON is needed, and nothing where it is not."""
    answer = Answer("rest-ledger", 200, {}, body)

    with pytest.raises(RpaCommonsError):
        answer.as_model(_Vouchers)
    assert not _is_about_key(answer)
