"""Text that a database cannot keep or look for is the sender's mistake on either database, never a 500."""

from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import pytest

STRANGE = ["a\0b", "\ud800", "\udcff.\0", "9" * 400, "%", "'\"; --", "\u202e", "x" * 70_000]
READS = [
    "/{}",
    "/all/simple/{}/",
    "/certified/simple/{}",
    "/catalogue/{}.json",
    "/files/ab/{}/x.whl",
    "/staged/{}/simple/",
    "/da/projects/{}/",
    "/da/?q={}",
    "/da/?kle={}&tier={}",
    "/api/v1/search?q={}&kle={}&country={}",
    "/api/v1/releases/{}/{}",
    "/api/v1/releases/welcome-letters/{}/review",
    "/api/v1/log?subject={}",
    "/api/v1/log?after={}&limit={}",
]


@pytest.mark.parametrize(
    "text", STRANGE, ids=["nul", "half", "both", "digits", "percent", "quotes", "bidi", "long"]
)
def test_strange_text_is_answered_and_nothing_is_changed(
    text: str,
    admitted: Callable[..., Any],
    token: Callable[..., str],
    start: Callable[..., Any],
    client: Callable[..., Any],
) -> None:
    """In addresses, queries, names, reasons and reports; the server's log stays empty."""
    admitted()
    server = start()
    one = client(server, token("mette", "upload", "curate", "read"))
    before = one.get("/api/v1/log").json()
    said = quote(text.encode("utf-8", "surrogatepass"), safe="")
    # An address of 64 KB is refused before anybody looks at it.
    reads = {path: one.get(path.replace("{}", said[: 60_000 // path.count("{}")])).status for path in READS}
    said = said[:20_000]
    posts = {
        "act": one.act("withdraw", said, said, reason=text),
        "use": one.act("deprecate", "welcome-letters", "1.0.0", reason=text, use=text),
        "recall": one.act("quarantine", "welcome-letters", "1.0.0", signed={"id": text}, signature=text),
        "status": one.post("/api/v1/projects/welcome-letters/status", status=text, reason=text),
        "exempt": one.post("/api/v1/projects/welcome-letters/exemptions", rule=text, reason=text),
        "usage": one.post("/api/v1/usage", municipality=text, project=text, version=text),
        "report": one.post("/api/v1/reports", signed={"project": text, "result": text}, signature=text),
        "stand-in": one.post("/api/v1/stand-ins", stand_in=text, starts=text, ends=text, reason=text),
        "revoke": one.post(f"/api/v1/tokens/{said}/revoke"),
    }

    assert {path: status for path, status in reads.items() if status >= 500} == {}
    assert {name: answer.status for name, answer in posts.items() if not 400 <= answer.status < 500} == {}
    assert one.get("/api/v1/log").json() == before
    assert server.errors() == ""
