"""The server's answers: forms, headers, redirects, refusals, ranges, freshness."""

import hashlib
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import sqlalchemy as sa

from rpa_registry import db, pages
from rpa_registry.context import Registry

JSON = "application/vnd.pypi.simple.v1+json"
HTML = "application/vnd.pypi.simple.v1+html"
PAGE = "/certified/simple/welcome-letters/"
QUARANTINE = {"quarantined": "2026-06-01T10:00:00Z", "advisory": "DIGIT-2026-0001"}


@pytest.fixture
def client(shelf: Any, serve: Callable[[Registry], str]) -> Iterator[httpx.Client]:
    """A client of the served registry, which follows no redirect."""
    with httpx.Client(base_url=serve(shelf.registry), follow_redirects=False, trust_env=False) as found:
        yield found


def address(wheel: Path) -> str:
    """Where the registry serves a wheel."""
    return f"/files/{wheel.parent.name[:2]}/{wheel.parent.name}/{wheel.name}"


@pytest.mark.parametrize(
    ("accept", "kind"),
    [
        (JSON, JSON),
        (HTML, HTML),
        ("text/html", "text/html; charset=utf-8"),
        ("*/*", "text/html; charset=utf-8"),
        (f"{JSON};q=0.1, text/html;q=0.9", "text/html; charset=utf-8"),
        ("application/vnd.pypi.simple.latest+json", JSON),
    ],
)
def test_one_address_has_three_forms(shelf: Any, client: httpx.Client, accept: str, kind: str) -> None:
    """The Accept header chooses, with its quality values, and the answer says that it varies by it."""
    shelf.put()
    answer = client.get(PAGE, headers={"Accept": accept})

    assert (answer.status_code, answer.headers["content-type"]) == (200, kind)
    assert answer.headers["vary"] == "Accept"
    assert answer.headers["cache-control"] == "max-age=60"
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_the_address_can_name_the_form(shelf: Any, client: httpx.Client) -> None:
    """``?format=`` wins over the header, as PEP 691 has it."""
    shelf.put()
    answer = client.get(PAGE, params={"format": JSON}, headers={"Accept": "text/html"})

    assert answer.headers["content-type"] == JSON
    assert answer.json()["name"] == "welcome-letters"


def test_a_form_that_is_not_there_is_406(shelf: Any, client: httpx.Client) -> None:
    """Whoever takes only something else is told what there is."""
    shelf.put()
    answer = client.get(PAGE, headers={"Accept": "image/png"})

    assert answer.status_code == 406
    assert JSON in answer.text


def test_an_unchanged_page_is_304(shelf: Any, client: httpx.Client) -> None:
    """The ETag of the form, alone, in a list, weak or as a star, makes a 304 with the same headers."""
    shelf.put()
    first = client.get(PAGE, headers={"Accept": JSON})
    etag = first.headers["etag"]
    answers = [
        client.get(PAGE, headers={"Accept": JSON, "If-None-Match": known})
        for known in (etag, f'"x", {etag}', f"W/{etag}", "*")
    ]
    other = client.get(PAGE, headers={"Accept": "text/html", "If-None-Match": etag})

    assert [one.status_code for one in answers] == [304] * 4
    assert {one.headers["etag"] for one in answers} == {etag}
    assert answers[0].headers["vary"] == "Accept"
    assert answers[0].content == b""
    assert other.status_code == 200


def test_a_change_is_seen_by_the_next_request(shelf: Any, client: httpx.Client) -> None:
    """What another connection commits is served at once, with another ETag."""
    shelf.put(version="1.0.0")
    first = client.get(PAGE, headers={"Accept": JSON})
    shelf.put(version="1.1.0")
    second = client.get(PAGE, headers={"Accept": JSON, "If-None-Match": first.headers["etag"]})

    assert second.status_code == 200
    assert second.json()["versions"] == ["1.0.0", "1.1.0"]


def test_a_write_that_is_undone_is_never_seen(shelf: Any, client: httpx.Client) -> None:
    """A transaction that fails after its pages were rendered leaves the pages of before."""
    shelf.put(version="1.0.0")
    before = client.get(PAGE, headers={"Accept": JSON})

    def act() -> None:
        with shelf.registry.database.write() as connection:
            connection.execute(sa.update(db.releases).values(yanked="2026-06-01T10:00:00Z"))
            pages.render(connection, shelf.registry.settings, "welcome-letters")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        act()
    after = client.get(PAGE, headers={"Accept": JSON})

    assert before.headers["etag"] == after.headers["etag"]


@pytest.mark.parametrize(
    ("asked", "sent_to"),
    [
        ("/certified/simple/Welcome_Letters/", "../welcome-letters/"),
        ("/certified/simple/Welcome.Letters", "welcome-letters/"),
        ("/certified/simple/welcome-letters", "welcome-letters/"),
        ("/all/simple", "simple/"),
    ],
)
def test_other_spellings_are_redirected(shelf: Any, client: httpx.Client, asked: str, sent_to: str) -> None:
    """A name that is not normalised, or a missing slash, is a 301 that holds under any host and prefix."""
    shelf.put()
    answer = client.get(asked)

    assert (answer.status_code, answer.headers["location"]) == (301, sent_to)
    assert client.get(asked, follow_redirects=True).status_code == 200


def test_head_is_get_without_a_body(shelf: Any, client: httpx.Client) -> None:
    """HEAD has the headers of GET, the length too, of pages and files."""
    wheel = shelf.put()
    for path in (PAGE, address(wheel), "/catalogue/index.json"):
        got, head = client.get(path), client.head(path)

        assert head.status_code == 200
        assert head.content == b""
        assert int(head.headers["content-length"]) == len(got.content)
        assert head.headers["etag"] == got.headers["etag"]


@pytest.mark.parametrize(
    "path", ["/certified/simple/nobodys-bot/", "/nothing", "/files/ab/cd/x.whl", "/all/x"]
)
def test_what_is_not_there_is_404_with_a_sentence(client: httpx.Client, path: str) -> None:
    """A 404 says what is missing, in the body and the status line, and is kept by nobody."""
    answer = client.get(path)

    assert answer.status_code == 404
    assert answer.headers["cache-control"] == "no-store"
    assert answer.reason_phrase in answer.text
    assert answer.reason_phrase != "Not Found"


def test_pages_are_only_read(shelf: Any, client: httpx.Client) -> None:
    """Writing to a page is 405 and names what may be done."""
    shelf.put()
    answer = client.put(PAGE)

    assert (answer.status_code, answer.headers["allow"]) == (405, "GET, HEAD")


def test_a_file_may_be_kept_for_ever(shelf: Any, client: httpx.Client) -> None:
    """A wheel and its METADATA are immutable, of types no browser runs, and 304 by their ETag."""
    wheel = shelf.put()
    file = client.get(address(wheel))
    metadata = client.get(f"{address(wheel)}.metadata")
    again = client.get(address(wheel), headers={"If-None-Match": file.headers["etag"]})

    assert file.content == wheel.read_bytes()
    assert file.headers["content-type"] == "application/octet-stream"
    assert file.headers["cache-control"] == "max-age=31536000, immutable"
    assert file.headers["etag"] == f'"{wheel.parent.name}"'
    assert metadata.text.startswith("Metadata-Version: ")
    assert again.status_code == 304


@pytest.mark.parametrize(
    ("wanted", "start", "end"),
    [("bytes=0-9", 0, 10), ("bytes=100-", 100, None), ("bytes=-7", -7, None), ("bytes=5-99999999", 5, None)],
)
def test_a_download_goes_on_where_it_stopped(
    shelf: Any, client: httpx.Client, wanted: str, start: int, end: int | None
) -> None:
    """A range is answered with 206, its place, and exactly those bytes."""
    data = shelf.put()
    answer = client.get(address(data), headers={"Range": wanted})
    whole = data.read_bytes()

    assert answer.status_code == 206
    assert answer.content == whole[start:end]
    assert answer.headers["content-range"].endswith(f"/{len(whole)}")


def test_a_large_file_is_sent_in_parts(shelf: Any, client: httpx.Client, bot_wheel: Any) -> None:
    """A wheel larger than one part arrives whole, and so does the second half of it."""
    wheel = shelf.put(readme="# Large\n", files={"welcome_letters/data.txt": noise(1_500_000)})
    whole = wheel.read_bytes()
    half = client.get(address(wheel), headers={"Range": f"bytes={len(whole) // 2}-"})

    assert len(whole) > 600_000
    assert client.get(address(wheel)).content == whole
    assert half.content == whole[len(whole) // 2 :]


def noise(length: int) -> str:
    """Text that hardly compresses, the same each time."""
    blocks = (hashlib.sha256(str(number).encode()).hexdigest() for number in range(length // 64))
    return "".join(blocks)


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Range": "bytes=99999999-"}, 416),
        ({"Range": "bytes=-0"}, 416),
        ({"Range": "bytes=9-2"}, 416),
        ({"Range": "bytes=0-1,5-6"}, 200),
        ({"Range": "lines=1-2"}, 200),
        ({"Range": "bytes=0-1", "If-Range": '"another"'}, 200),
    ],
)
def test_ranges_that_cannot_be(shelf: Any, client: httpx.Client, headers: Any, status: int) -> None:
    """A range beyond the file is 416; several, other units, or one of another file give the whole file."""
    wheel = shelf.put()
    answer = client.get(address(wheel), headers=headers)

    assert answer.status_code == status
    assert answer.content == (wheel.read_bytes() if status == 200 else b"")


def test_a_quarantined_file_is_410_with_its_advisory(shelf: Any, client: httpx.Client) -> None:
    """Wheel and METADATA are withheld, the status line says by which advisory, no cache keeps it."""
    wheel = shelf.put()
    assert client.get(address(wheel)).status_code == 200
    shelf.change("welcome-letters", "1.0.0", **QUARANTINE)
    for path in (address(wheel), f"{address(wheel)}.metadata"):
        answer = client.get(path)

        assert answer.status_code == 410
        assert answer.headers["cache-control"] == "no-store"
        assert "advisory DIGIT-2026-0001" in answer.reason_phrase
        assert "/advisories.json" in answer.text


@pytest.mark.parametrize("state", ["staged", "in_review", "withdrawn"])
def test_what_is_not_published_is_not_there(shelf: Any, client: httpx.Client, state: str) -> None:
    """No page names it, and its address is a 404 like any other: that it exists is not told."""
    wheel = shelf.put(state=state)
    page = client.get(PAGE, headers={"Accept": JSON})

    assert page.json()["files"] == []
    assert client.get(address(wheel)).status_code == 404
    assert client.get("/certified/simple/", headers={"Accept": JSON}).json()["projects"] == []


def test_the_staged_channel_needs_a_token(shelf: Any, client: httpx.Client, token: Any) -> None:
    """No token is 401 with a challenge, one that only uploads is 403, one that may read gets it, private."""
    wheel = shelf.put(state="staged")
    root = "/staged/welcome-letters-1.0.0"
    nobody = client.get(f"{root}/simple/")
    wrong = client.get(f"{root}/simple/", auth=("__token__", "rpac_" + "x" * 43))
    uploader = client.get(f"{root}/simple/", auth=("__token__", token("mette", "upload")))
    reader = ("__token__", token("anna", "read"))
    page = client.get(f"{root}/simple/welcome-letters/", auth=reader, headers={"Accept": JSON})
    file = client.get(f"{root}{address(wheel)}", auth=reader)

    assert (nobody.status_code, wrong.status_code, uploader.status_code) == (401, 401, 403)
    assert nobody.headers["www-authenticate"].startswith("Basic ")
    assert page.json()["files"][0]["url"] == f"../..{address(wheel)}"
    assert page.headers["cache-control"] == "private, no-store"
    assert file.content == wheel.read_bytes()
    assert file.headers["cache-control"] == "private, no-store"


def test_the_staged_channel_shows_one_release_alone(shelf: Any, client: httpx.Client, token: Any) -> None:
    """Another staged version is neither on the page nor to be had, and an unknown release is a 404."""
    shelf.put(version="1.0.0")
    shelf.put(version="1.1.0", state="in_review")
    other = shelf.put(version="2.0.0", state="staged")
    reader = ("__token__", token("anna", "curate"))
    root = "/staged/welcome-letters-1.1.0"
    page = client.get(f"{root}/simple/welcome-letters/", auth=reader, headers={"Accept": JSON})

    assert page.json()["versions"] == ["1.0.0", "1.1.0"]
    assert client.get(f"{root}{address(other)}", auth=reader).status_code == 404
    assert client.get("/staged/welcome-letters-9.9/simple/", auth=reader).status_code == 404
    assert client.get("/staged/nothing/simple/", auth=reader).status_code == 404


@pytest.mark.parametrize(
    "path",
    [
        "/files/ab/" + "ab" * 32 + "/..%2f..%2f..%2fregistry.sqlite3",
        "/files/../../registry.toml",
        "/search_entries/welcome-letters",
        "//etc/passwd",
        "/certified/simple/%2e%2e/",
    ],
)
def test_nothing_else_is_reached(shelf: Any, client: httpx.Client, path: str) -> None:
    """Neither other files of the machine nor the parts of pages can be read by any spelling."""
    shelf.put()

    assert client.get(path).status_code == 404


def test_many_readers_while_somebody_publishes(shelf: Any, client: httpx.Client) -> None:
    """Whoever reads while versions appear sees each page whole, and never fewer versions than before."""
    shelf.put(version="1.0.0")
    problems: list[str] = []
    done = threading.Event()

    def read() -> None:
        most = 0
        while not done.is_set():
            answer = client.get(PAGE, headers={"Accept": JSON})
            found = answer.json()
            if len(found["files"]) < most or len(found["files"]) != len(found["versions"]):
                problems.append(answer.text)
            most = len(found["files"])

    readers = [threading.Thread(target=read) for _ in range(4)]
    for one in readers:
        one.start()
    for minor in range(1, 8):
        shelf.put(version=f"1.{minor}.0")
    done.set()
    for one in readers:
        one.join(10)

    assert problems == []
    assert len(client.get(PAGE, headers={"Accept": JSON}).json()["files"]) == 8


@pytest.mark.usefixtures("with_web")
def test_people_get_the_website(shelf: Any, client: httpx.Client) -> None:
    """The door asks for the language, pages lie ready with their policy, a 404 is in the language."""
    shelf.put()
    door = client.get("/", headers={"Accept-Language": "en"})
    page = client.get("/da/projects/welcome-letters/")
    again = client.get("/da/projects/welcome-letters/", headers={"If-None-Match": page.headers["etag"]})
    lost = client.get("/da/nothing-here/")

    assert (door.status_code, door.headers["location"]) == (302, "en/")
    assert "default-src 'none'" in page.headers["content-security-policy"]
    assert "script" not in page.headers["content-security-policy"]
    assert again.status_code == 304
    assert (lost.status_code, lost.headers["content-type"]) == (404, "text/html; charset=utf-8")
    assert client.get("/da/projects/welcome-letters").headers["location"] == "welcome-letters/"
