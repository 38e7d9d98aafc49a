"""Time-outs always: nobody waits for a receiver that says nothing, and no request goes out without both."""

import inspect
import time
from typing import Any

import pytest
import requests

from rpa_commons.capabilities import TransientError
from rpa_commons.connectors import Surroundings
from rpa_commons.connectors.http import ClientCredentials, HttpClient, HttpSettings
from rpa_commons.connectors.http._breaker import Breaker
from rpa_commons.connectors.http._tokens import Tokens
from rpa_commons.connectors.kombit_access import KombitAccess
from rpa_commons.connectors.sf1601._fetched import FetchedReceipts


def test_a_silent_receiver_is_given_up_after_its_time(stub: Any, surroundings: Surroundings) -> None:
    """The stub would be silent for seconds; the time-out of a tenth of one ends it."""
    stub.then("silence")
    settings = HttpSettings(ca_bundle="ca.pem", read_timeout=0.1, attempts=1)
    client = HttpClient("system", settings, surroundings, addresses=[stub.url])
    started = time.monotonic()

    with pytest.raises(TransientError) as caught:
        client.request("GET", stub.url, kind="query")
    client.close()

    assert "maybe" == caught.value.sent
    assert time.monotonic() - started < 2


@pytest.mark.parametrize("chosen", [{}, {"connect_timeout": 0.5, "read_timeout": 7.0}])
def test_every_request_has_both_time_outs(
    stub: Any, surroundings: Surroundings, monkeypatch: pytest.MonkeyPatch, chosen: dict[str, float]
) -> None:
    """For the connection and for the next piece of the answer, also where the settings name none."""
    seen: list[Any] = []
    send = requests.Session.send

    def watched(self: requests.Session, request: requests.PreparedRequest, **more: Any) -> requests.Response:
        seen.append(more["timeout"])
        return send(self, request, **more)

    monkeypatch.setattr(requests.Session, "send", watched)
    stub.then(stub.reply(200))
    settings = HttpSettings.model_validate({"ca_bundle": "ca.pem", "attempts": 1, **chosen})
    client = HttpClient("system", settings, surroundings, addresses=[stub.url])
    client.request("POST", stub.url, kind="keyed", body=b"x")
    client.close()

    assert [(settings.connect_timeout, settings.read_timeout)] == seen
    assert all(0 < seconds <= 300 for seconds in seen[0])


@pytest.mark.parametrize(
    "made", [Breaker, ClientCredentials, FetchedReceipts, HttpClient, KombitAccess, Tokens]
)
def test_lives_and_rests_are_counted_by_a_clock_that_nobody_can_set(made: type) -> None:
    """The time of day may be set back under a running process: a token would then be kept for too long."""
    clock = inspect.signature(made).parameters["clock"]

    assert clock.default in {time.monotonic, inspect.Parameter.empty}
