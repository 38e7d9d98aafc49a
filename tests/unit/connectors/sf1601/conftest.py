"""What the tests of SF1601 share: a strict stub in the place of its services, and the connectors to it."""

import base64
import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest

from rpa_commons.connectors import Surroundings
from rpa_commons.connectors.sf1601 import Sf1601, Sf1601Settings

TAKEN = (
    b"<kombi_response><Result>true</Result><TransmissionID>5b2c1f8e-0d4e-4c62-9b0b-3c1d1b0f5a11"
    b"</TransmissionID><HovedoplysningerSvarREST><SvarReaktion><Advis><AdvisId>0</AdvisId>"
    b"<AdvisTekst>Received</AdvisTekst></Advis></SvarReaktion></HovedoplysningerSvarREST></kombi_response>"
)
TOKENS = {
    "/runtime/api/rest/wstrust/v1/issue": {
        "RequestedSecurityToken": {"Assertion": base64.b64encode(b"<a/>").decode()}
    },
    "/service/AccessTokenService_1/token": {
        "token_type": "Holder-of-key",
        "access_token": "t",
        "expires_in": 3600,
    },
}

Connect = Callable[..., Sf1601]


@pytest.fixture
def taken() -> bytes:
    """The answer to a message that was taken."""
    return TAKEN


@pytest.fixture
def calls(strict_stub: Any) -> list[Any]:
    """What the services beside the token services were asked, and their answers, the last one repeated."""
    strict_stub.service = [strict_stub.reply(200, TAKEN)]
    asked: list[Any] = []

    def answer(one: Any) -> Any:
        if one.path in TOKENS:
            return strict_stub.reply(200, json.dumps(TOKENS[one.path]).encode())
        asked.append(one)
        return strict_stub.service.pop(0) if len(strict_stub.service) > 1 else strict_stub.service[0]

    strict_stub.then(answer)
    return asked


@pytest.fixture
def connect(strict_stub: Any, calls: list[Any], surroundings: Surroundings) -> Iterator[Connect]:
    """Makes connectors to the stub that do not wait between attempts."""
    made: list[Sf1601] = []

    def connect(where: Surroundings = surroundings, queue: Any = None, **changes: Any) -> Sf1601:
        settings = {
            "url": strict_stub.url,
            "sts_url": strict_stub.url,
            "ca_bundle": "ca.pem",
            "certificate": {"file": "client.pem"},
            "sender_label": "Roskilde Kommune",
            "read_timeout": 0.3,
            "attempts": 1,
        }
        where = replace(where, pause=lambda _: True)
        made.append(Sf1601(Sf1601Settings.model_validate({**settings, **changes}), where, queue=queue))
        return made[-1]

    yield connect
    for connector in made:
        connector.close()
