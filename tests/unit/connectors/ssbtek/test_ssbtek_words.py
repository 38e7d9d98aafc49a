"""Another's words are fit for a message."""

import pytest

from rpa_commons.connectors.ssbtek._words import clean


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (None, ""),
        ("  two\n\tlines ", "two lines"),
        ("no such person 19900101-2384 here", "no such person … here"),
        ("a\x1b[2Jb\u202ec\u2028d\x00", "a [2Jb c d"),
        ("x" * 300, "x" * 200),
    ],
)
def test_a_message_is_one_short_line_without_numbers(text: str | None, said: str) -> None:
    """No line breaks, no terminal's or direction's control characters, no run of digits."""
    assert said == clean(text)
