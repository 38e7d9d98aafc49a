"""Whatever the Beskedfordeler delivers, it is a move or kept aside with a reason of ours."""

import base64

from hypothesis import example, given, settings
from hypothesis import strategies as st

from rpa_commons.capabilities import Move
from rpa_commons.connectors.sf1461._errors import MessageError
from rpa_commons.connectors.sf1461._message import besked_id_in, read_envelope
from rpa_commons.connectors.sf1461._move import by_fields, event_of
from tests.support.beskedfordeler import body, told
from tests.support.beskedfordeler import move as invented
from tests.support.beskedfordeler import settings as town
from tests.support.hostile import MARK, damaged

NUMBER = 3
CPR = invented(NUMBER).cpr
GIVEN = town()
BASE64 = '<Base64 xmlns="urn:besked:kuvert:1.0">{}</Base64>'


def read(document: bytes) -> tuple[Move | None, str]:
    """The move, or what is said of the message."""
    assert GIVEN.fields is not None
    besked_id_in(document)
    try:
        envelope = read_envelope(document)
        event_of(envelope)
        return by_fields(envelope, GIVEN, GIVEN.fields), ""
    except MessageError as error:
        return None, f"{error!r} {error} {error.remedy}"


@given(st.data())
@settings(deadline=None, max_examples=300)
def test_a_damaged_message(data: st.DataObject) -> None:
    """An element lost, doubled, moved or with another text: a move, or our error without a value."""
    document = damaged(data, body(NUMBER), (MARK, "id"))

    move, said = read(document)

    assert MARK not in said
    assert CPR not in said
    assert move is None or move == Move.model_validate_json(move.model_dump_json())


@given(
    st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=30).filter(
        lambda text: "\ufffe" not in text
    )
    | st.binary(max_size=60).map(lambda raw: base64.b64encode(raw).decode())
)
@example("\u00e6\u00f8\u00e5=")
@example("\u0663\u0663\u0663\u0663")
@example(base64.b64encode(b"<x>\xe6</x>").decode())
@example(base64.b64encode("<x>\u00e6</x>".encode("utf-16")).decode())
@settings(deadline=None)
def test_any_data_in_base64(text: str) -> None:
    """What is packed into the data may be anything, letters that base64 does not have among it."""
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\uffff", "")
    document = body(NUMBER).decode().replace("</", BASE64.format(escaped) + "</", 1)
    whole = body(NUMBER).decode()
    start = whole.index("Beskeddata>") + len("Beskeddata>")

    for one in (document, whole[:start] + BASE64.format(escaped) + whole[start:]):
        assert MARK not in read(one.encode())[1]


def test_the_message_is_whole_to_begin_with() -> None:
    """What is damaged above is read undamaged."""
    assert told(invented(NUMBER)) == read(body(NUMBER))[0]
