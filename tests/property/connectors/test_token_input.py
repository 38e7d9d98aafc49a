"""Whatever a token service answers: a token and a time, nothing, or our own error; no value in it."""

import base64
import json

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from rpa_commons.capabilities import BusinessError, TransientError
from rpa_commons.connectors.http import Answer, UnexpectedAnswerError
from rpa_commons.connectors.http._answer import judged
from rpa_commons.connectors.kombit_access._saml import lifetime_of

MARK = "Hemmelig-2211771212"
SAML = (
    '<Assertion xmlns="urn:oasis:names:tc:SAML:2.0:assertion" IssueInstant="{}">'
    '<Conditions NotOnOrAfter="{}">{}</Conditions></Assertion>'
)
times = (
    st.datetimes().map(lambda one: f"{one.isoformat()}Z") | st.text() | st.just("9999-12-31T23:59:59-23:59")
)
now = st.datetimes(timezones=st.timezones())


@given(st.text() | st.binary().map(lambda data: base64.b64encode(data).decode()), now)
@example("=" * 9, None)
def test_no_assertion_is_too_strange(text: str, moment: object) -> None:
    """Text that is no base64 and base64 that is no XML say nothing of a life, and raise nothing."""
    if moment is not None:
        assert lifetime_of(text, moment) is None  # type: ignore[arg-type]


@given(times, times, st.text(max_size=20), now)
def test_an_assertions_times_may_be_anything(issued: str, ends: str, inside: str, moment: object) -> None:
    """Seconds or nothing, whatever stands where the times should."""
    document = SAML.format(
        *(part.replace("&", "").replace("<", "").replace('"', "") for part in (issued, ends, inside))
    )
    text = base64.b64encode(document.encode(errors="replace")).decode()

    seconds = lifetime_of(text, moment)  # type: ignore[arg-type]

    assert seconds is None or abs(seconds) < 10_000 * 366 * 86_400


@given(
    st.integers(100, 599),
    st.dictionaries(st.sampled_from(["retry-after", "date", "content-length"]), st.text(max_size=40)),
    st.sampled_from(["query", "keyed", "unsafe"]),
)
def test_every_status_is_an_answer_or_our_error(status: int, headers: dict[str, str], kind: str) -> None:
    """2xx is an answer; anything else says whether it was sent, and never shows body or headers."""
    answer = Answer("x", status, {**headers, "x-person": MARK}, MARK.encode(), kind=kind)  # type: ignore[arg-type]
    try:
        judged(answer, ())
    except (BusinessError, TransientError) as error:
        shown = f"{error}{error!r}{error.remedy}"
        assert MARK not in shown
        assert not 200 <= status < 300
    else:
        assert 200 <= status < 300


@given(
    st.recursive(
        st.none() | st.booleans() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
        st.lists,
        max_leaves=20,
    )
    | st.just(MARK)
)
def test_json_is_read_or_refused(value: object) -> None:
    """What is JSON comes back as it is, what is none is our error without the text."""
    body = json.dumps(value).encode()

    assert json.loads(body) == Answer("x", 200, {}, body).json()
    for spoilt in (body + b"]", b"{" + body, MARK.encode(), b'["\xe6"]', MARK.encode("utf-16"), b"[NaN]"):
        with pytest.raises(UnexpectedAnswerError) as caught:
            Answer("x", 200, {}, spoilt).json()
        assert MARK not in f"{caught.value}{caught.value.remedy}"
