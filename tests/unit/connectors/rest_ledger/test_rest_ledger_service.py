"""The sandbox's ledger refuses what the interface's description refuses."""

import http.client
import json
import ssl
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from rpa_commons.connectors.contract import contract_posting
from rpa_commons.sandbox import Sandbox
from rpa_commons.sandbox.rest_ledger import RestLedger

KEY = '"0f3c4a52-6f0e-4f5e-8d3b-1c2d3e4f5a6b"'
Call = Callable[..., tuple[int, Any]]


@pytest.fixture(scope="module")
def box(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    """A sandbox with a ledger and nothing else."""
    with Sandbox(tmp_path_factory.mktemp("box"), seed=7, people=5, only=("rest-ledger",)) as box:
        yield box


@pytest.fixture
def call(box: Sandbox) -> Call:
    """Call the ledger with plain HTTP: no code of the connector."""
    ledger = box.services["rest-ledger"]
    assert isinstance(ledger, RestLedger)
    token = ledger.token_file.read_text(encoding="utf-8")
    context = ssl.create_default_context(cafile=str(box.ca_bundle))
    address = box.url_of("rest-ledger").removeprefix("https://")

    def call(method: str = "POST", body: object = None, query: str = "", **headers: str) -> tuple[int, Any]:
        sent = {
            "Authorization": f"Bearer {token}",
            "Idempotency-Key": KEY,
            "Content-Type": "application/json",
        }
        sent |= {name.replace("_", "-"): text for name, text in headers.items()}
        connection = http.client.HTTPSConnection(address, context=context, timeout=5)
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        connection.request(method, "/ledger/v1/postings" + query, data, sent)
        answer = connection.getresponse()
        content = answer.read()
        connection.close()
        return answer.status, json.loads(content) if content.startswith(b"{") else content

    return call


def posting(**changes: Any) -> dict[str, Any]:
    """A bill as JSON, with changes."""
    return {**contract_posting().model_dump(mode="json"), **changes}


def line(amount: object, currency: str = "DKK", account: str = "9901") -> dict[str, Any]:
    """A line of a posting."""
    return {"account": account, "amount": {"amount": amount, "currency": currency}}


@pytest.mark.parametrize(
    ("body", "status", "reason"),
    [
        (b"", 400, "json"),
        (b"{", 400, "json"),
        (b"\xff\xfe", 400, "json"),
        ([], 400, "schema"),
        (posting(extra=1), 400, "schema"),
        (posting(lines=[]), 400, "schema"),
        (posting(booked_on="2026-02-30"), 400, "schema"),
        (posting(lines=[line(1.5), line(-1.5)]), 400, "schema"),
        (posting(lines=[line("1.505"), line("-1.505")]), 400, "schema"),
        (posting(text="two\nlines"), 400, "schema"),
        (posting(lines=[line("1.00"), line("-1.01")]), 422, "unbalanced"),
        (posting(lines=[line("1.00"), line("-1.00", "NOK")], payment=None), 422, "currency"),
    ],
)
def test_what_the_description_does_not_allow_is_refused(
    call: Call, box: Sandbox, body: object, status: int, reason: str
) -> None:
    """A body of another shape, an amount as a number, and books that do not balance are refused."""
    before = len([entry for entry in box.journal() if entry["outcome"] == "accepted"])
    answered, problem = call(body=body)

    assert status == answered
    assert problem["type"].endswith(f":{reason}")
    assert before == len([entry for entry in box.journal() if entry["outcome"] == "accepted"])


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Authorization": "Bearer another"}, 401),
        ({"Authorization": ""}, 401),
        ({"Idempotency_Key": ""}, 400),
        ({"Idempotency_Key": KEY.strip('"')}, 400),
        ({"Idempotency_Key": '"1"'}, 400),
        ({"Content_Type": "text/xml"}, 415),
    ],
)
def test_headers_must_be_as_described(call: Call, headers: dict[str, str], status: int) -> None:
    """Nobody posts without a token, without a key, or with another media type."""
    assert status == call(body=posting(), **headers)[0]


def test_a_lookup_needs_a_reference(call: Call) -> None:
    """A list of everything is not given away."""
    assert 400 == call("GET")[0]
    assert (200, {"postings": []}) == call("GET", query="?reference=nothing")


def test_a_ledger_that_ignores_keys_doubles(tmp_path: Path) -> None:
    """With ``accepts-twice`` the sandbox plays a ledger that does not honour keys: then a repeat doubles."""
    from functools import partial

    from rpa_commons.config import SecretRef, resolve_secret
    from rpa_commons.connectors import Surroundings
    from rpa_commons.connectors.contract import contract_key
    from rpa_commons.connectors.rest_ledger import RestLedger as Connector
    from rpa_commons.connectors.rest_ledger import RestLedgerSettings
    from rpa_commons.sdk import Municipality

    with Sandbox(tmp_path, seed=7, people=5, only=("rest-ledger",), repeated="accepts-twice") as box:
        ledger = box.services["rest-ledger"]
        assert isinstance(ledger, RestLedger)
        settings = RestLedgerSettings(
            url=box.url_of("rest-ledger") + "/ledger/v1",
            ca_bundle=str(box.ca_bundle),
            token=SecretRef(file=str(ledger.token_file)),
        )
        surroundings = Surroundings(
            Municipality("0265", "Roskilde"), "sandbox", tmp_path, partial(resolve_secret, folder=tmp_path)
        )
        connector = Connector(settings, surroundings)
        for _ in range(2):
            connector.post(contract_posting(), key=contract_key("one"))
        connector.close()
        taken = [entry for entry in box.journal() if entry["outcome"] == "accepted"]

    assert 2 == len(taken)


@pytest.mark.parametrize(
    ("content", "schema"),
    [({"id": "", "reference": "R", "accepted_at": "2026-11-20T12:00:00Z"}, "Voucher"), ({}, "Vouchers")],
)
def test_its_own_answers_are_as_described(box: Sandbox, content: Any, schema: str) -> None:
    """One that is not would be a bug of the sandbox's, and is not sent."""
    ledger: Any = box.services["rest-ledger"]
    with pytest.raises(AssertionError, match="own answer"):
        ledger._answer(200, content, schema)
