"""A sandbox that was stopped: the remedy says how to start it again."""

import pytest

from rpa_commons.capabilities import TransientError
from rpa_commons.runtime._process import next_step

REFUSED = "127.0.0.1:9000 takes no connection"


def _error(message: str, remedy: str) -> TransientError:
    return TransientError("sf1601", message, sent="no", remedy=remedy)


@pytest.mark.parametrize("message", [REFUSED, "localhost takes no connection"])
def test_a_sandbox_that_takes_no_connection_is_to_be_started(message: str) -> None:
    """Before the connector's own advice."""
    said = next_step(_error(message, "check that the system is up"), "sandbox")

    assert said == "start it: rpac sandbox up, as when it was set up; else: check that the system is up"
    assert next_step(_error(message, ""), "sandbox") == "start it: rpac sandbox up, as when it was set up"


@pytest.mark.parametrize(
    ("message", "environment"),
    [
        (REFUSED, "test"),
        ("register.example takes no connection", "sandbox"),
        ("127.0.0.1 is slow", "sandbox"),
    ],
)
def test_other_failures_keep_their_remedy(message: str, environment: str) -> None:
    """Somewhere else, or something else."""
    assert next_step(_error(message, "wait"), environment) == "wait"
