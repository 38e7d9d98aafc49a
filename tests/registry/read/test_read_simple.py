"""The simple API's pages as bytes: what PEP 503, 592, 658, 691, 700, 714 and 792 ask for."""

import json
from html.parser import HTMLParser

import pytest

from rpa_registry.server._reason import as_reason
from rpa_registry.simple import (
    HTML,
    JSON,
    LEGACY_HTML,
    File,
    ProjectPage,
    index_html,
    index_json,
    negotiate,
    project_html,
    project_json,
)

FILE = File(
    filename="welcome_letters-1.0.0-py3-none-any.whl",
    version="1.0.0",
    url="../../../files/ab/abc/welcome_letters-1.0.0-py3-none-any.whl",
    sha256="ab" * 32,
    size=1234,
    uploaded="2026-05-01T10:00:00Z",
    metadata_sha256="cd" * 32,
    requires_python=">=3.11",
)


class Tags(HTMLParser):
    """Start tags with their attributes, and the texts between them."""

    def __init__(self, page: bytes) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self.feed(page.decode())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep it."""
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        """Keep it."""
        self.texts.append(data)

    def all(self, tag: str) -> list[dict[str, str | None]]:
        """The attributes of every such tag."""
        return [attributes for name, attributes in self.tags if name == tag]


def test_the_json_page_has_every_field() -> None:
    """Versions, hashes, size, time, metadata and status stand where the specifications put them."""
    page = json.loads(project_json(ProjectPage("welcome-letters", (FILE,))))

    assert page == {
        "meta": {"api-version": "1.4"},
        "name": "welcome-letters",
        "project-status": {"status": "active"},
        "versions": ["1.0.0"],
        "files": [
            {
                "filename": FILE.filename,
                "url": FILE.url,
                "hashes": {"sha256": FILE.sha256},
                "size": 1234,
                "upload-time": "2026-05-01T10:00:00Z",
                "requires-python": ">=3.11",
                "core-metadata": {"sha256": FILE.metadata_sha256},
                "dist-info-metadata": {"sha256": FILE.metadata_sha256},
                "gpg-sig": False,
                "yanked": False,
            }
        ],
    }


def test_the_html_page_has_every_attribute() -> None:
    """The link carries the hash, the metadata's hash and the Python versions; the head the API's version."""
    tags = Tags(project_html(ProjectPage("welcome-letters", (FILE,))))

    assert tags.all("a") == [
        {
            "href": f"{FILE.url}#sha256={FILE.sha256}",
            "data-core-metadata": f"sha256={FILE.metadata_sha256}",
            "data-dist-info-metadata": f"sha256={FILE.metadata_sha256}",
            "data-gpg-sig": "false",
            "data-requires-python": ">=3.11",
        }
    ]
    assert {"name": "pypi:repository-version", "content": "1.4"} in tags.all("meta")
    assert {"name": "pypi:project-status", "content": "active"} in tags.all("meta")
    assert FILE.filename in tags.texts


@pytest.mark.parametrize(
    ("reason", "in_json", "in_html"),
    [(None, False, None), ("", True, ""), ('wrong <house> & "street"', 'wrong <house> & "street"', "same")],
)
def test_a_yanked_file_says_why(reason: str | None, in_json: object, in_html: str | None) -> None:
    """With a reason, without one, or not at all; no reason breaks out of its attribute."""
    file = File(**{**vars(FILE), "yanked": reason})
    page = ProjectPage("welcome-letters", (file,))
    link = Tags(project_html(page)).all("a")[0]

    assert json.loads(project_json(page))["files"][0]["yanked"] == in_json
    assert link.get("data-yanked") == (reason if in_html == "same" else in_html)
    assert b"<house>" not in project_html(page)


def test_the_status_of_a_project_is_shown_with_its_reason() -> None:
    """PEP 792 in both forms, the reason escaped."""
    page = ProjectPage("welcome-letters", (), status="deprecated", status_reason="use <letters>")
    metas = Tags(project_html(page)).all("meta")

    assert json.loads(project_json(page))["project-status"] == {
        "status": "deprecated",
        "reason": "use <letters>",
    }
    assert {"name": "pypi:project-status", "content": "deprecated"} in metas
    assert {"name": "pypi:project-status-reason", "content": "use <letters>"} in metas


def test_the_list_of_projects_is_relative() -> None:
    """One link a project, relative with a slash, in HTML; one object a project in JSON."""
    names = ["a-bot", "b-bot"]

    assert [one["href"] for one in Tags(index_html(names)).all("a")] == ["a-bot/", "b-bot/"]
    assert json.loads(index_json(names))["projects"] == [{"name": "a-bot"}, {"name": "b-bot"}]


def test_equal_pages_are_equal_bytes() -> None:
    """An ETag is made of the bytes, so nothing in them may differ from one rendering to the next."""
    page = ProjectPage("welcome-letters", (FILE,))

    assert project_json(page) == project_json(ProjectPage("welcome-letters", (File(**vars(FILE)),)))


@pytest.mark.parametrize(
    ("accept", "form"),
    [
        ("", LEGACY_HTML),
        ("*/*", LEGACY_HTML),
        ("text/*", LEGACY_HTML),
        ("application/*", JSON),
        (JSON, JSON),
        (HTML, HTML),
        (f"{JSON}, {HTML}; q=0.1, text/html; q=0.01", JSON),
        (f"{JSON}, {HTML};q=0.2, {LEGACY_HTML};q=0.01", JSON),
        (f"{HTML};q=0.9,{JSON};q=0.2", HTML),
        ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", LEGACY_HTML),
        (f"{JSON};q=0, */*", LEGACY_HTML),
        (f"text/html;q=0, {HTML};q=0, */*;q=0.1", JSON),
        ("APPLICATION/VND.PYPI.SIMPLE.V1+JSON", JSON),
        (f"{JSON};q=much", None),
        (f"{JSON};q=nan", None),
        ("image/png", None),
        (",;,", None),
        ("application/vnd.pypi.simple.v2+json", None),
        (", ".join(["x/y"] * 1000) + f", {JSON}", None),
    ],
)
def test_the_accept_header_chooses(accept: str, form: str | None) -> None:
    """Quality first, then what was named exactly, then JSON; an endless header is not read to its end."""
    assert negotiate(accept) == form


@pytest.mark.parametrize(
    ("wanted", "form"),
    [
        (JSON, JSON),
        ("application/vnd.pypi.simple.latest+json", JSON),
        ("application/vnd.pypi.simple.latest+html", HTML),
        ("text/html", LEGACY_HTML),
        ("json", None),
    ],
)
def test_the_format_parameter_wins(wanted: str, form: str | None) -> None:
    """PEP 691's ``format`` in the address is obeyed whatever the header says."""
    assert negotiate("text/html", wanted) == form


@pytest.mark.parametrize(
    ("sentence", "line"),
    [
        ("one\r\nSet-Cookie: x=1", b"one Set-Cookie: x=1"),
        ("Brønderslev \N{SNOWMAN}", b"Br\xf8nderslev ?"),
        ("a\x00b\x1b[31m", b"ab[31m"),
        ("x" * 400, b"x" * 297 + b"..."),
    ],
)
def test_a_reason_is_one_harmless_line(sentence: str, line: bytes) -> None:
    """Whatever an error's sentence holds, the status line stays one line that steers nothing."""
    assert as_reason(sentence) == line
