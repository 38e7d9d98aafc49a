"""Whatever is sent to any address of the API, the answer is an answer: never a 5xx, and nothing half done."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
import pytest
import sqlalchemy as sa

from rpa_registry import db
from rpa_registry.context import Registry
from rpa_registry.operations import verify
from rpa_registry.server._api import ENDPOINTS, Endpoint

VALUES: tuple[Any, ...] = (
    "\ud800",
    "a\udfffb",
    "\0",
    "before\0after",
    "",
    "x" * 70_000,
    "\u202e\u200b",
    "\U0001f600" * 100,
    "../../etc/passwd",
    "' OR 1=1 --",
    "1.0.0",
    "welcome-letters",
    "2026-13-45",
    "9" * 400,
    None,
    True,
    -1,
    2**63,
    1e308,
    [],
    {},
    ["\ud800"],
    {"\ud800": 1},
    {"versions": ["1.0.0"], "project": "welcome-letters"},
    {"id": "\0"},
    {"sha256": "\ud800", "kind": "tests", "result": "passed", "summary": "x", "ran": "x"},
)
PIECES = ("welcome-letters", "1.0.0", "%00", "%ED%A0%80", "%FF", "%25", "9" * 300, "a%0Ab", "...", "*")


@pytest.fixture
def client(
    registry: Registry,
    serve: Callable[[Registry], str],
    token: Callable[..., str],
    admitted: Callable[..., Any],
) -> Iterator[httpx.Client]:
    """A coordinator's program; nothing limits how often it asks."""
    admitted(accepted_by="bo")
    object.__setattr__(registry.act_rate, "limit", 10**9)
    bearer = {"authorization": f"Bearer {token('anna')}"}
    with httpx.Client(base_url=serve(registry), headers=bearer, timeout=60) as found:
        yield found


def _path(endpoint: Endpoint, piece: str) -> str:
    path = endpoint.path
    for part in ("project", "version", "act", "id", "number"):
        good = {"project": "welcome-letters", "version": "1.0.0", "act": "yank", "number": "1"}.get(part, "x")
        path = path.replace(f"{{{part}}}", piece or good)
    return path


def _bodies(endpoint: Endpoint) -> Iterator[bytes]:
    """Each field with each value while the others are plausible; and bodies that are none."""
    names = [one.rstrip("?") for one in endpoint.fields]
    good = {name: {} if name == "signed" else "x" for name in names}
    for name in names:
        for value in VALUES:
            yield json.dumps({**good, name: value}).encode()
    yield from (b"", b"null", b"[]", b"\xff\xfe", b'{"\\ud800": 1}', b"[" * 1000, b'{"a":' * 500)
    yield b'{"signed": ' + b'{"a":' * 100 + b"1" + b"}" * 101
    yield b'{"reason": 1' + b"0" * 5000 + b"}"


@pytest.mark.parametrize("endpoint", ENDPOINTS, ids=lambda one: f"{one.method} {one.path}")
def test_no_field_and_no_address_breaks_it(
    endpoint: Endpoint, client: httpx.Client, registry: Registry
) -> None:
    """Refused with a sentence, or done; the log holds, and what it tells is what the tables have."""
    answers = []
    for piece in ("", *PIECES):
        path = _path(endpoint, piece)
        if endpoint.method == "GET":
            answers.append(client.get(path))
            answers += [
                client.get(f"{path}?{name}={quote(str(piece))}&subject={piece}")
                for name in ("after", "limit", "subject", "q")
            ]
        else:
            answers.append(client.post(path, json={}))
    if endpoint.method == "POST":
        kind = {"content-type": "application/json"}
        path = _path(endpoint, "")
        answers += [client.post(path, content=body, headers=kind) for body in _bodies(endpoint)]

    wrong = [
        (one.status_code, one.request.url.path, one.text[:200]) for one in answers if one.status_code >= 500
    ]
    assert wrong == []
    assert all("error" in one.json() for one in answers if one.status_code >= 400)
    assert [one.text for one in verify(registry).problems] == []


@pytest.mark.parametrize(
    "text",
    [
        b'{"reason": "\\ud800"}',
        b'{"reason": "a\\u0000b"}',
        b'{"\\ud800": "x"}',
        b'{"reason": ["\\udfff"]}',
        b'{"reason": [[[[[[[[[["x"]]]]]]]]]]}',
    ],
)
def test_half_characters_and_nul_are_refused(text: bytes, client: httpx.Client) -> None:
    """With 400 and a sentence, wherever in the body they stand."""
    answer = client.post(
        "/api/v1/releases/welcome-letters/1.0.0/yank",
        content=text,
        headers={"content-type": "application/json"},
    )

    assert answer.status_code == 400
    assert answer.json()["help"]


@pytest.mark.parametrize(
    "path",
    [
        "/all/simple/a%00b/",
        "/api/v1/log?subject=%00",
        "/da/search?q=%00",
        "/files/%00",
        "/staged/a%00-1/simple/",
    ],
)
def test_an_address_with_nul_is_refused(path: str, client: httpx.Client) -> None:
    """Everywhere alike: PostgreSQL cannot even be asked for it."""
    answer = client.get(path)

    assert (answer.status_code, "NUL" in answer.text) == (400, True)


def test_a_wildcard_is_a_letter(client: httpx.Client, registry: Registry) -> None:
    """The log of the subject ``%`` is empty, and that of a project is only its own."""
    with registry.database.read() as connection:
        count = connection.scalar(sa.select(sa.func.count()).select_from(db.log))
    found = {
        subject: len(client.get(f"/api/v1/log?limit=1000&subject={subject}").json()["entries"])
        for subject in ("%25", "_elcome-letters", "welcome%25", "welcome-letters")
    }

    assert count is not None
    assert found == {"%25": 0, "_elcome-letters": 0, "welcome%25": 0, "welcome-letters": 2}


def test_too_many_says_when_to_come_back(
    registry: Registry, serve: Callable[[Registry], str], token: Callable[..., str]
) -> None:
    """``Retry-After`` in seconds, for acts and for uploads."""
    for limiter in (registry.act_rate, registry.upload_rate):
        object.__setattr__(limiter, "limit", 1)
    url, mine = serve(registry), ("__token__", token("mette"))
    acts = [httpx.get(f"{url}/api/v1/me", auth=mine) for _ in range(2)]
    sent = [
        httpx.post(
            f"{url}/legacy/", auth=mine, files={"content": ("x.whl", b"x")}, data={":action": "file_upload"}
        )
        for _ in range(2)
    ]

    for first, second in (acts, sent):
        assert first.status_code != 429
        assert second.status_code == 429
        assert 1 <= int(second.headers["retry-after"]) <= 60


def test_the_status_line_has_letters_that_every_terminal_has(
    registry: Registry,
    serve: Callable[[Registry], str],
    token: Callable[..., str],
    admitted: Callable[..., Any],
    bot_wheel: Callable[..., Path],
) -> None:
    """All that twine prints: dots are dots, not question marks."""
    done = admitted()
    wheel = bot_wheel(folder="other", readme="# Other\n")
    answer = httpx.post(
        f"{serve(registry)}/legacy/",
        auth=("__token__", token("mette")),
        files={"content": (wheel.name, wheel.read_bytes())},
        data={":action": "file_upload"},
    )

    assert answer.status_code == 409
    assert f"SHA-256 {done.sha256[:12]}..., not" in answer.reason_phrase
    assert "?" not in answer.reason_phrase


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
def test_a_file_can_only_be_read(method: str, client: httpx.Client) -> None:
    """405 and what is allowed, not 404."""
    answer = client.request(method, f"/files/ab/{'ab' * 32}/x-1-py3-none-any.whl")

    assert (answer.status_code, answer.headers["allow"]) == (405, "GET, HEAD")


@pytest.mark.parametrize("name", ["https:evil", "https:evil.example", "javascript:x", "a%2F%2Fb", "-"])
@pytest.mark.parametrize("slash", ["", "/"])
def test_the_staged_channel_redirects_to_nobody(name: str, slash: str, client: httpx.Client) -> None:
    """Without a token nothing is said; with one, such a name is no project's."""
    path = f"/staged/welcome-letters-1.0.0/simple/{name}{slash}"
    strange = httpx.get(str(client.base_url) + path, follow_redirects=False)
    known = client.get(path, auth=("__token__", client.headers["authorization"].split()[1]))

    assert strange.status_code in {401, 404}
    assert known.status_code == 404
    assert "location" not in strange.headers
    assert "location" not in known.headers


def test_the_staged_channel_still_redirects_to_the_right_spelling(client: httpx.Client) -> None:
    """As PEP 503 asks for."""
    mine = ("__token__", client.headers["authorization"].split()[1])
    root = "/staged/welcome-letters-1.0.0/simple"

    assert client.get(f"{root}/Welcome_Letters", auth=mine).headers["location"] == "welcome-letters/"
    assert client.get(f"{root}/Welcome_Letters/", auth=mine).headers["location"] == "../welcome-letters/"
