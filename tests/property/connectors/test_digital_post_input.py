"""Whatever a service or a file says of a letter, the connector answers or raises an error of ours."""

import base64
from collections.abc import Callable
from typing import Any
from unittest.mock import Mock

from hypothesis import example, given
from hypothesis import strategies as st

from rpa_commons.capabilities import BusinessError, RpaCommonsError, TransientError
from rpa_commons.connectors.http import Answer
from rpa_commons.connectors.sf1601 import PostStatus, PostStatusError, read_post_status
from rpa_commons.connectors.sf1601._answer import Taken, taken_by

ID = "8c2ea15d-61fb-4ba9-9366-42f8b194c114"
NAME = "Hemmelig"
STATUS = "http://serviceplatformen.dk/xml/print/PKO_PostStatus/1/types"
TEXTS = st.sampled_from(
    ["", ID, NAME, "2211771212", "Fejlet", "Afleveret Digital Post", "2026-11-20T12:00:00Z", "true", "false",
     "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "already", "x" * 300]
)  # fmt: skip
NAMES = st.sampled_from(
    ["TransmissionId", "MessageUUID", "KanalKode", "TransaktionsDatoTid", "TransaktionsStatusKode",
     "FejlKode", "Result", "TransmissionID", "AdvisTekst", "FejlId"]
)  # fmt: skip
LEAVES = st.lists(st.tuples(NAMES, TEXTS), max_size=8).map(
    lambda pairs: "".join(f"<{name}>{text}</{name}>" for name, text in pairs)
)
NOISE = st.binary(max_size=60)


def post_status(inside: str) -> bytes:
    """Leaves in a PKO_PostStatus."""
    return f'<PKO_PostStatus xmlns="{STATUS}">{inside}</PKO_PostStatus>'.encode()


def wrapped(content: bytes) -> bytes:
    """A message in an envelope."""
    text = base64.b64encode(content).decode()
    return f'<k><Base64 xmlns="urn:besked:kuvert:1.0">{text}</Base64></k>'.encode()


DOCUMENTS = st.one_of(
    NOISE, LEAVES.map(post_status), NOISE.map(wrapped), LEAVES.map(post_status).map(wrapped)
)


def outcome(call: Callable[[], object]) -> tuple[object, RpaCommonsError | None]:
    """What a call returns, or the error of ours that it fails with; any other is the test's failure."""
    try:
        return call(), None
    except RpaCommonsError as error:
        return None, error


@given(DOCUMENTS)
@example(post_status(f"<MessageUUID>{ID}</MessageUUID>"))
@example(wrapped(wrapped(b"")))
def test_a_receipt_is_read_or_refused(document: bytes) -> None:
    """No other exception, no value in the message, a time in UTC."""
    found, error = outcome(lambda: read_post_status(document))

    assert error is None or isinstance(error, PostStatusError)
    assert error is None or error.__context__ is None
    assert NAME.lower() not in str(error).lower()
    if isinstance(found, PostStatus):
        assert NAME.lower() not in repr(found.delivery).lower()
        assert found.delivery.at is not None


@given(st.sampled_from([200, 202, 400, 409, 422]), st.booleans(), st.one_of(NOISE, LEAVES.map(str.encode)))
def test_an_answer_is_taken_or_refused_or_open(status: int, after_doubt: bool, inside: bytes) -> None:
    """Whatever stands in it, an answer to a letter has one of three meanings."""
    body = b"<kombi_response>" + inside + b"</kombi_response>"
    answer: Any = Mock(spec=Answer, status=status, body=body, after_doubt=after_doubt, system="sf1601")
    taken, error = outcome(lambda: taken_by(answer, ID))

    assert "2211771212" not in str(error)
    if isinstance(taken, Taken):
        assert "2211771212" not in taken.reference
    elif isinstance(error, TransientError):
        assert "maybe" == error.sent
    else:
        assert isinstance(error, BusinessError)
        assert not after_doubt
