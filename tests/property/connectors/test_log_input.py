"""What urllib3 logs of an address never shows what stands in its path or query."""

import logging

from hypothesis import given
from hypothesis import strategies as st

from rpa_commons.connectors.http._transport import _WithoutPaths

CPR = "2211771212"
BEFORE = st.sampled_from(["", "/", "/a/", "https://a.dk/", "https://a.dk", "//a.dk/", "/a?b=", "?c="])
MIDDLE = st.sampled_from(["?", "?cprNumber=", "/", "/cpr/"])
LINES = st.sampled_from(  # as urllib3 2 writes them
    [
        'https://a.dk:443 "GET %s HTTP/1.1" 200 17',
        "Redirecting /a -> %s",
        "Retry: %s",
        "Retrying (Retry(total=1)) after connection broken by 'ProtocolError()': %s",
        "Incremented Retry for (url='%s'): Retry(total=1)",
        "https://a.dk:443 says: Max retries exceeded with url: %s (Caused by Error())",
    ]
)


@given(line=LINES, before=BEFORE, middle=MIDDLE, as_argument=st.booleans())
def test_no_log_line_shows_what_stands_in_an_address(
    line: str, before: str, middle: str, as_argument: bool
) -> None:
    """Wherever the number stands, in path or query, however the address is written."""
    address = f"{before}{middle}{CPR}"
    given = (line, (address,)) if as_argument else (line % address, ())
    record = logging.LogRecord("urllib3", logging.DEBUG, "x.py", 1, given[0], given[1], None)

    assert _WithoutPaths().filter(record)
    assert CPR not in record.getMessage()
