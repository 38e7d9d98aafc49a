"""How deep tables and lists may stand in each other, to the level, however they are written."""

from pathlib import Path

import pytest

from rpa_commons.config import ConfigError
from rpa_commons.config.documents import parse_document

_LIMIT = 32  # levels, with the document itself


def _parse(text: str) -> None:
    parse_document(Path("x.toml"), "x.toml", text.encode())


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(lambda levels: "a = " + "[" * (levels - 1) + "]" * (levels - 1), id="lists"),
        pytest.param(lambda levels: "a = [\n" + "[\n" * (levels - 2) + "]" * (levels - 1), id="lines"),
        pytest.param(
            lambda levels: "{a=".join(["a = ", *[""] * (levels - 1)]) + "1" + "}" * (levels - 1), id="tables"
        ),
        pytest.param(lambda levels: "[" + ".".join("a" * (levels - 1)) + "]\nb = 1", id="header"),
        pytest.param(lambda levels: "[[" + ".".join("a" * (levels - 2)) + "]]\nb = 1", id="table list"),
        pytest.param(
            lambda levels: f"[{'.'.join('a' * 15)}]\nb = " + "[" * (levels - 16) + "]" * (levels - 16),
            id="both",
        ),
    ],
)
def test_the_limit_is_the_same_for_each_way_to_nest(text: object) -> None:
    """One level more is refused, the last one allowed is read."""
    assert callable(text)
    for levels in range(_LIMIT - 3, _LIMIT + 1):
        _parse(text(levels))
    for levels in range(_LIMIT + 1, _LIMIT + 4):
        with pytest.raises(ConfigError, match="more than 32"):
            _parse(text(levels))
