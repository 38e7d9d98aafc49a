"""The JSON API: who may ask what, in which form, and what is answered."""

import base64
import json
import re
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from rpa_commons.conformance import sign
from rpa_registry.context import Registry
from rpa_registry.operations import check_log_document
from rpa_registry.server._api import ENDPOINTS

DOCS = Path(__file__).parents[3] / "docs" / "reference" / "registry-api.md"
RELEASE = "/api/v1/releases/welcome-letters/1.0.0"


@dataclass
class Answer:
    """What came back."""

    status: int
    body: Any
    headers: dict[str, str]


@pytest.fixture
def ask(registry: Registry, serve: Callable[[Registry], str]) -> Callable[..., Answer]:
    """Send a request to the served registry."""
    root = serve(registry)

    def send(
        path: str, body: Any = None, *, token: str = "", basic: bool = False, kind: str = "application/json"
    ) -> Answer:
        headers = {"content-type": kind} if body is not None else {}
        if token:
            text = base64.b64encode(f"__token__:{token}".encode()).decode()
            headers["authorization"] = f"Basic {text}" if basic else f"Bearer {token}"
        data = body if isinstance(body, bytes) or body is None else json.dumps(body).encode()
        request = urllib.request.Request(root + path, data=data, headers=headers)  # noqa: S310 - our own server
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310 - our own server
                return Answer(answer.status, json.loads(answer.read()), dict(answer.headers.items()))
        except urllib.error.HTTPError as error:
            with error:
                return Answer(error.code, json.loads(error.read()), dict(error.headers.items()))

    return send


def test_every_address_is_documented() -> None:
    """The reference names each method, path and field, and none that there is not."""
    text = DOCS.read_text(encoding="utf-8")
    documented = set(re.findall(r"^### `(GET|POST) (/api/v1/[^`]*)`$", text, flags=re.MULTILINE))

    assert documented == {(one.method, one.path) for one in ENDPOINTS}
    for one in ENDPOINTS:
        section = text.split(f"### `{one.method} {one.path}`")[1].split("\n### ")[0]
        assert one.summary in section
        assert [field for field in one.fields if f"`{field.rstrip('?')}`" not in section] == []


def test_a_release_is_certified_over_http(
    ask: Callable[..., Answer], token: Callable[..., str], put: Callable[..., int]
) -> None:
    """Submit and publish with an upload token, certify with two tokens that curate; Basic and Bearer."""
    put()
    mette, anna, bo = token("mette", "upload"), token("anna", "curate"), token("bo", "curate")

    states = [
        ask(f"{RELEASE}/submit", {}, token=mette, basic=True).body["state"],
        ask(f"{RELEASE}/publish", {}, token=mette).body["state"],
        ask(f"{RELEASE}/certify", {"reason": "read it"}, token=anna).body["waits_for"],
        ask(f"{RELEASE}/certify", {}, token=bo).body["state"],
    ]

    assert states == ["in_review", "published", "1 of 2 signatures to certify", "certified"]


@pytest.mark.parametrize(
    ("path", "body", "scopes", "status", "said"),
    [
        (f"{RELEASE}/certify", {}, (), 401, "a token is needed"),
        (f"{RELEASE}/certify", {}, ("upload",), 403, "scope upload"),
        (f"{RELEASE}/celebrate", {}, ("curate",), 404, "no act 'celebrate'"),
        ("/api/v1/releases/nothing/1/certify", {}, ("curate",), 404, "no project 'nothing'"),
        (f"{RELEASE}/certify", {"reson": "x"}, ("curate",), 400, "unknown: reson"),
        (f"{RELEASE}/certify", {"reason": 7}, ("curate",), 400, "reason is no text"),
        (f"{RELEASE}/certify", [], ("curate",), 400, "no JSON object"),
        (f"{RELEASE}/certify", b"{", ("curate",), 400, "no JSON"),
        (f"{RELEASE}/certify", b"[" * 100_000, ("curate",), 400, "no JSON"),
        (f"{RELEASE}/certify", b"x" * 300_000, ("curate",), 413, "262144 bytes"),
        (f"{RELEASE}/yank", {"reason": ""}, ("curate",), 400, "is missing"),
        ("/api/v1/reports", {"signed": 1, "signature": ""}, ("curate",), 400, "signed is no object"),
        ("/api/v1/usage", {"project": "welcome-letters"}, ("read",), 400, "missing: municipality, version"),
        ("/api/v1/stand-ins/x/end", {}, ("curate",), 404, "no number 'x'"),
        ("/api/v1/tokens/999/revoke", {}, ("curate",), 404, "no token 999"),
    ],
)
def test_what_is_refused_says_why(
    path: str,
    body: Any,
    scopes: tuple[str, ...],
    status: int,
    said: str,
    ask: Callable[..., Answer],
    token: Callable[..., str],
    put: Callable[..., int],
) -> None:
    """Each refusal has its status, a sentence and what to do, as JSON that nobody caches."""
    put(state="published")

    answer = ask(path, body, token=token("anna", *scopes) if scopes else "")

    assert answer.status == status
    assert said in answer.body["error"]
    assert answer.body["help"]
    assert answer.headers["cache-control"] == "no-store"


def test_a_body_of_another_type_is_refused(
    ask: Callable[..., Answer], token: Callable[..., str], put: Callable[..., int]
) -> None:
    """A form that a page of somebody else's sends does nothing."""
    put(state="published")

    answer = ask(f"{RELEASE}/certify", b"{}", token=token("anna"), kind="text/plain")

    assert (answer.status, "text/plain" in answer.body["error"]) == (400, True)


def test_a_token_for_other_projects_does_nothing(
    ask: Callable[..., Answer], token: Callable[..., str], put: Callable[..., int]
) -> None:
    """Its list of projects binds every act."""
    put(state="published")
    put("greetings", state="published")
    bound = token("anna", "curate", projects=("greetings",))

    answer = ask(f"{RELEASE}/certify", {}, token=bound)

    assert (answer.status, answer.body["error"]) == (
        403,
        "this token is for greetings, not for welcome-letters",
    )


def test_reads(ask: Callable[..., Answer], token: Callable[..., str], put: Callable[..., int]) -> None:
    """What a coordinator reads before signing; not for everybody."""
    put(state="published")
    anna, uploads = token("anna", "read"), token("mette", "upload")

    assert ask(f"{RELEASE}", token=anna).body["state"] == "published"
    assert ask(f"{RELEASE}/review", token=anna).body["release"]["version"] == "1.0.0"
    assert ask(f"{RELEASE}/tier", token=anna).body["tier"] == "none"
    assert ask(f"{RELEASE}/reports", token=anna).body == {"reports": []}
    assert ask(f"{RELEASE}/review", token=uploads).status == 403
    assert ask(f"{RELEASE}/review").status == 401
    assert ask("/api/v1/me", token=uploads).body == {
        "login": "mette",
        "name": "Mette",
        "member": {"code": "0265", "name": "Roskilde"},
        "role": "developer",
        "scopes": ["upload"],
        "projects": None,
    }


def test_the_log_is_open_and_paged(ask: Callable[..., Answer], put: Callable[..., int]) -> None:
    """Anyone reads it page by page and checks the chain."""
    put()
    found: list[Any] = []
    after = 0
    while after is not None:
        page = ask(f"/api/v1/log?after={after}&limit=4").body
        found += page["entries"]
        after = page["next"]

    assert check_log_document({"entries": found}).problems == ()
    assert [one["seq"] for one in found] == list(range(1, len(found) + 1))
    assert ask("/api/v1/log?limit=many").status == 400
    assert ask("/api/v1/log?after=99999999999999999999").status == 400


def test_a_recall_is_signed_elsewhere(
    ask: Callable[..., Answer],
    token: Callable[..., str],
    put: Callable[..., int],
    keys: Callable[[str], Ed25519PrivateKey],
) -> None:
    """The client asks for the id, signs at home, and sends document and signature."""
    put(state="certified")
    key, anna = keys("anna"), token("anna", "curate")
    log = ask("/api/v1/log").body["entries"]
    signed = {
        "id": ask("/api/v1/advisories/next", token=anna).body["id"],
        "project": "welcome-letters",
        "versions": ["1.0.0"],
        "severity": "critical",
        "summary": "It writes to the wrong person.",
        "remedy": "Stop it.",
        "issued": log[-1]["at"],
        "withdrawn": None,
    }
    body = {"signed": signed, "signature": sign(key, signed)}

    elsewhere = ask("/api/v1/releases/welcome-letters/9.9/quarantine", body, token=anna)
    done = ask(f"{RELEASE}/quarantine", body, token=anna)
    early = ask(
        f"/api/v1/advisories/{signed['id']}/withdraw",
        {"signed": {**signed, "withdrawn": log[-1]["at"]}, "signature": "x"},
        token=anna,
    )

    assert (elsewhere.status, elsewhere.body["error"]) == (
        400,
        "the advisory does not name welcome-letters 9.9",
    )
    assert done.body == {"advisory": signed["id"], "quarantined": ["welcome-letters 1.0.0"]}
    assert ask("/advisories.json").body["advisories"][0]["signed"] == signed
    assert early.status == 403


def test_tokens_are_ones_own(ask: Callable[..., Answer], token: Callable[..., str]) -> None:
    """One sees and revokes one's own, never their text."""
    anna, bo = token("anna"), token("bo")
    (mine,) = ask("/api/v1/tokens", token=anna).body["tokens"]
    (theirs,) = ask("/api/v1/tokens", token=bo).body["tokens"]

    assert anna not in json.dumps(mine)
    assert ask(f"/api/v1/tokens/{theirs['id']}/revoke", {}, token=anna).status == 404
    assert ask(f"/api/v1/tokens/{mine['id']}/revoke", {}, token=anna).body == {"revoked": mine["id"]}
    assert ask("/api/v1/me", token=anna).status == 401


def test_a_coordinator_names_their_own_stand_in(
    ask: Callable[..., Answer], token: Callable[..., str]
) -> None:
    """For themselves, for some weeks, and ends it."""
    from datetime import UTC, datetime, timedelta

    today = datetime.now(UTC).date()
    days = {"starts": str(today), "ends": str(today + timedelta(days=20)), "reason": "leave"}
    bo = token("bo", "curate")

    named = ask("/api/v1/stand-ins", {"stand_in": "dorte", **days}, token=bo)
    refused = ask("/api/v1/stand-ins", {"stand_in": "dorte", **days, "starts": "soon"}, token=bo)
    listed = ask("/api/v1/stand-ins", token=token("rita", "read")).body["stand_ins"]

    assert (named.body["coordinator"], named.body["stand_in"]) == ("bo", "dorte")
    assert refused.body["error"] == "starts is no day"
    assert [one["id"] for one in listed] == [named.body["id"]]
    assert ask(f"/api/v1/stand-ins/{named.body['id']}/end", {}, token=bo).body["ended"]


def test_projects_exemptions_usage_and_reports(
    ask: Callable[..., Answer],
    token: Callable[..., str],
    put: Callable[..., int],
    keys: Callable[[str], Ed25519PrivateKey],
) -> None:
    """The other acts over HTTP."""
    put(state="published")
    anna, dorte, key = token("anna"), token("dorte"), keys("dorte")
    root = "/api/v1/projects/welcome-letters"
    sha256 = ask(RELEASE, token=anna).body["sha256"]
    at = ask("/api/v1/log").body["entries"][-1]["at"]
    signed = {"sha256": sha256, "kind": "tests", "result": "passed", "summary": "All.", "ran": at}

    status = ask(f"{root}/status", {"status": "archived", "reason": "done"}, token=anna)
    exempted = ask(f"{root}/exemptions", {"rule": "sandbox", "reason": "no system"}, token=anna)
    ended = ask(f"{root}/exemptions", {"rule": "sandbox", "reason": "now", "end": True}, token=anna)
    wrong = ask(f"{root}/exemptions", {"rule": "sandbox", "reason": "now", "end": 1}, token=anna)
    runs = {"municipality": "0350", "project": "welcome-letters", "version": "1.0.0"}
    usage = ask("/api/v1/usage", runs, token=dorte)
    sent = ask("/api/v1/reports", {"signed": signed, "signature": sign(key, signed)}, token=dorte)

    assert status.body == {
        "project": "welcome-letters",
        "status": "archived",
        "reason": "done",
        "waits_for": "",
    }
    assert (exempted.body["person"], ended.status, wrong.status) == ("anna", 200, 400)
    assert usage.body == runs
    assert (sent.body["result"], sent.body["version"]) == ("passed", "1.0.0")
