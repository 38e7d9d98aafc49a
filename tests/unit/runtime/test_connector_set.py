"""A set of connectors is closed whole."""

import pytest

from rpa_commons.runtime._outfit import ConnectorSet


class Connector:
    """Notes that it was closed; one fails at it."""

    def __init__(self, closed: list[str], name: str, *, fails: bool = False) -> None:
        self._closed, self._name, self._fails = closed, name, fails

    def close(self) -> None:
        """Close, or fail at it."""
        self._closed.append(self._name)
        if self._fails:
            raise OSError(self._name)


def test_a_connector_that_fails_to_close_leaves_no_other_open() -> None:
    """All are closed, and the failure is told."""
    closed: list[str] = []
    made = ConnectorSet({name: Connector(closed, name, fails=name == "b") for name in "abc"})

    with pytest.raises(OSError, match="b"):
        made.close()

    assert ["a", "b", "c"] == sorted(closed)
