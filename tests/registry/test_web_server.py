"""The website as a browser meets it: the door, the search, the stack check, what is not there."""

from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest

from rpa_registry.catalogue import LARGEST_STACK
from rpa_registry.context import Registry

_STACK = '[DigitalPost]\nconnector = "sf1601"\n\n[PopulationRegister]\nconnector = "sf1520"\n'


@pytest.fixture
def client(town: Registry, serve: Callable[[Registry], str]) -> Iterator[httpx.Client]:
    """A browser of sorts, at the town's door."""
    with httpx.Client(base_url=serve(town)) as opened:
        yield opened


@pytest.mark.parametrize(
    ("header", "language"), [("sv-SE,sv;q=0.9", "sv"), ("nn", "nb"), ("de", "da"), ("en-GB", "en")]
)
def test_the_door_leads_to_the_visitors_language(client: httpx.Client, header: str, language: str) -> None:
    """By Accept-Language; caches are told."""
    answer = client.get("/", headers={"accept-language": header})

    assert answer.status_code == 302
    assert answer.headers["location"] == f"{language}/"
    assert answer.headers["vary"] == "Accept-Language"


@pytest.mark.parametrize("path", ["/da/", "/da/search?q=flytning", "/da/nope/", "/da/stack/"])
def test_pages_are_sent_with_a_strict_policy(client: httpx.Client, path: str) -> None:
    """No script from anywhere, no frame, nothing of others, not even in an answer."""
    headers = client.get(path).headers

    assert headers["content-type"] == "text/html; charset=utf-8"
    assert headers["content-security-policy"].startswith("default-src 'none'; style-src 'self'")
    assert "script" not in headers["content-security-policy"]
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"


def test_an_address_without_its_last_slash_is_put_right(client: httpx.Client) -> None:
    """Also for projects."""
    answer = client.get("/sv/projects/kmd-nova")

    assert answer.status_code == 301
    assert client.get("/sv/projects/kmd-nova", follow_redirects=True).status_code == 200


def test_a_search_is_answered_in_plain_html(client: httpx.Client) -> None:
    """With what was asked still in the form."""
    html = client.get("/nb/search", params={"q": "søknad flytting", "tier": "platinum"}).text

    assert 'value="søknad flytting"' in html
    assert '<option value="platinum" selected>' in html
    assert "projects/welcome-letters/" in html
    assert "Ingen robot har alle ordene" in html


def test_the_languages_of_an_answer_ask_the_same(client: httpx.Client) -> None:
    """A visitor who changes the language keeps the question."""
    html = client.get("/da/search", params={"q": "børn & skole", "kind": "bot"}).text

    assert 'href="../sv/search?q=b%C3%B8rn+%26+skole&amp;kind=bot"' in html


@pytest.mark.parametrize(
    "query",
    [
        {"q": "<script>alert(1)</script>"},
        {"q": '"><img src=x>'},
        {"q": "x", "tier": '"><script>'},
        {"q": "", "kle": "%"},
        {"q": "a" * 20_000},
        {"page": "-1"},
        {"page": "99999999999999999999"},
        {"page": "²"},
        {"colour": "red"},
    ],
)
def test_hostile_questions_get_a_page(client: httpx.Client, query: dict[str, str]) -> None:
    """Whatever stands in the address."""
    answer = client.get("/en/search", params=query)

    assert answer.status_code == 200
    assert "<script" not in answer.text
    assert "<img" not in answer.text


def test_a_null_in_a_question_is_the_askers_fault(client: httpx.Client) -> None:
    """No database keeps one; the answer says so."""
    answer = client.get("/en/search", params={"q": "\x00"})

    assert 400 == answer.status_code
    assert "NUL" in answer.text


def test_the_search_for_programs(client: httpx.Client) -> None:
    """Index entries with a score, the best first."""
    found = client.get("/api/v1/search", params={"q": "invoice", "kind": "bot"}).json()

    assert [one["name"] for one in found["results"]] == ["faktura-kontering"]
    assert found["results"][0]["score"] > 0
    assert found["results"][0]["owner"] == {"code": "0167", "name": "Hvidovre Kommune"}
    assert not found["partial"]


def test_the_search_for_programs_is_bounded(client: httpx.Client) -> None:
    """``limit`` is kept to."""
    assert len(client.get("/api/v1/search", params={"limit": "3"}).json()["results"]) == 3


@pytest.mark.parametrize(
    ("query", "said"),
    [({"colour": "red"}, "no filter 'colour'"), ({"limit": "0x"}, "limit"), ({"limit": "-1"}, "limit")],
)
def test_a_wrong_question_of_a_program_is_told(
    client: httpx.Client, query: dict[str, str], said: str
) -> None:
    """400 as JSON: what, and what to do."""
    answer = client.get("/api/v1/search", params=query)

    assert answer.status_code == 400
    assert said in answer.json()["error"]
    assert answer.json()["help"]


def test_which_bots_run_on_a_stack(client: httpx.Client) -> None:
    """Each bot that can be installed: yes, or what it needs."""
    found = client.post("/api/v1/stack-match", content=_STACK).json()
    bots = {one["name"]: one for one in found["bots"]}

    assert bots["parkeringslicens"]["runs"]
    assert bots["welcome-letters"]["needs"] == ["PopulationEvents"]
    assert "kmd-nova" not in bots
    assert "aktindsigt-kvittering" not in bots


@pytest.mark.parametrize(
    ("body", "status"), [("[[[", 400), ("x = 1", 400), ("#" * (LARGEST_STACK + 1), 413), ("\xff", 400)]
)
def test_what_is_no_stack_is_refused(client: httpx.Client, body: str, status: int) -> None:
    """With the reason."""
    answer = client.post("/api/v1/stack-match", content=body.encode("latin-1"))

    assert answer.status_code == status
    assert answer.json()["error"]


@pytest.mark.parametrize(
    "sent",
    [
        {"data": {"stack": _STACK}, "files": {"file": ("", b"")}},
        {"files": {"file": ("stack.toml", _STACK.encode())}},
        {"data": {"stack": _STACK}},
    ],
)
def test_the_form_takes_a_text_or_a_file(client: httpx.Client, sent: dict[str, Any]) -> None:
    """Pasted or chosen; the answer stands below the form."""
    html = client.post("/en/stack/", **sent).text

    assert "1 bot runs on your stack" in html
    assert "needs Learn who has moved (PopulationEvents)" in html


def test_what_a_profile_binds_is_said_to_be_unknown(client: httpx.Client) -> None:
    """The file alone does not tell."""
    html = client.post("/en/stack/", data={"stack": 'profiles = ["kombit"]\n' + _STACK}).text

    assert "The file chooses the profiles kombit." in html


@pytest.mark.parametrize("text", ["", "[[[", "a = 'hemmelig'", "#" * (LARGEST_STACK + 10)])
def test_a_form_that_cannot_be_read_says_why_and_repeats_nothing(client: httpx.Client, text: str) -> None:
    """The visitor's file stays the visitor's."""
    answer = client.post("/da/stack/", data={"stack": text})

    assert answer.status_code in (400, 413)
    assert "hemmelig" not in answer.text
    assert "<textarea" in answer.text or answer.status_code == 400


def test_a_form_that_is_too_large_is_refused_before_it_is_read(client: httpx.Client) -> None:
    """By its length."""
    answer = client.post("/da/stack/", files={"file": ("x.toml", b"#" * 1_000_000)})

    assert answer.status_code == 413


def test_what_is_not_there_is_said_in_the_visitors_language(client: httpx.Client) -> None:
    """404, with a way back that works at any depth."""
    answer = client.get("/sv/projects/nope/deeper/still")

    assert answer.status_code == 404
    assert "Sidan finns inte" in answer.text
    assert 'href="../../../../sv/"' in answer.text


def test_static_files_are_kept_for_ever_by_their_stamp(client: httpx.Client) -> None:
    """The address changes with the contents; without it they are kept as long as a page."""
    html = client.get("/da/").text
    path = html.partition('href="../static/site.css')[2].partition('"')[0]
    stamped = client.get(f"/static/site.css{path}")

    assert stamped.headers["content-type"] == "text/css; charset=utf-8"
    assert "immutable" in stamped.headers["cache-control"]
    assert client.get("/static/site.css").headers["cache-control"] == "max-age=60"
    assert (
        client.get("/static/dkfds/fonts/IBMPlexSans-Bold-Latin1.woff2").headers["content-type"]
        == "font/woff2"
    )
    assert client.get("/static/nope.js").status_code == 404
    assert client.get("/static/..%2f..%2f_site.py").status_code == 404
