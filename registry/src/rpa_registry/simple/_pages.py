"""Project pages and the list of projects, as HTML (PEP 503) and JSON (PEP 691).

Rules this module keeps: equal pages give equal bytes, so that an ETag says whether something changed; every
text is escaped where it stands; addresses are the caller's and relative, so that the same bytes serve under
any host and prefix; what a file does not have is left out, never empty.

Usage::

    file = File("welcome_letters-1.0.0-py3-none-any.whl", version="1.0.0", url="../../../files/...", ...)
    body = project_json(ProjectPage("welcome-letters", files=(file,)))
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from html import escape
from typing import Any

__all__ = ["API_VERSION", "File", "ProjectPage", "index_html", "index_json", "project_html", "project_json"]

API_VERSION = "1.4"  # PEP 691 counts; 1.1 is PEP 700 (versions, size, upload-time), 1.4 is PEP 792 (status)


@dataclass(frozen=True)
class File:
    """One wheel as a page names it."""

    filename: str
    version: str
    url: str
    """Relative to the page; ``<url>.metadata`` is its METADATA (PEP 658)."""
    sha256: str
    size: int
    uploaded: str
    """UTC, ISO 8601."""
    metadata_sha256: str
    requires_python: str = ""
    yanked: str | None = None
    """The reason; ``None`` when it is not yanked (PEP 592)."""


@dataclass(frozen=True)
class ProjectPage:
    """One project in one channel."""

    name: str
    """Normalised (PEP 503)."""
    files: tuple[File, ...] = ()
    status: str = "active"
    """PEP 792: active, archived, quarantined or deprecated."""
    status_reason: str = ""


def project_json(page: ProjectPage) -> bytes:
    """The page as ``application/vnd.pypi.simple.v1+json``."""
    status = {"status": page.status}
    if page.status_reason:
        status["reason"] = page.status_reason
    return _canonical(
        {
            "meta": {"api-version": API_VERSION},
            "name": page.name,
            "project-status": status,
            "versions": list(dict.fromkeys(file.version for file in page.files)),
            "files": [_file_json(file) for file in page.files],
        }
    )


def project_html(page: ProjectPage) -> bytes:
    """The page as HTML5 with one link a file."""
    lines = [_meta("pypi:repository-version", API_VERSION), _meta("pypi:project-status", page.status)]
    if page.status_reason:
        lines.append(_meta("pypi:project-status-reason", page.status_reason))
    links = [_file_link(file) for file in page.files]
    return _html(f"Links for {page.name}", lines, links)


def index_json(names: Iterable[str]) -> bytes:
    """Every project of a channel as JSON."""
    projects = [{"name": name} for name in names]
    return _canonical({"meta": {"api-version": API_VERSION}, "projects": projects})


def index_html(names: Iterable[str]) -> bytes:
    """Every project of a channel as HTML."""
    links = [f'<a href="{escape(name)}/">{escape(name)}</a>' for name in names]
    return _html("Simple index", [_meta("pypi:repository-version", API_VERSION)], links)


def _file_json(file: File) -> dict[str, Any]:
    metadata = {"sha256": file.metadata_sha256}
    found: dict[str, Any] = {
        "filename": file.filename,
        "url": file.url,
        "hashes": {"sha256": file.sha256},
        "size": file.size,
        "upload-time": file.uploaded,
        "core-metadata": metadata,
        "dist-info-metadata": metadata,  # the name before PEP 714; older pip reads this one
        "gpg-sig": False,
        "yanked": False if file.yanked is None else file.yanked or True,
    }
    if file.requires_python:
        found["requires-python"] = file.requires_python
    return found


def _file_link(file: File) -> str:
    words = {
        "href": f"{file.url}#sha256={file.sha256}",
        "data-core-metadata": f"sha256={file.metadata_sha256}",
        "data-dist-info-metadata": f"sha256={file.metadata_sha256}",
        "data-gpg-sig": "false",
    }
    if file.requires_python:
        words["data-requires-python"] = file.requires_python
    if file.yanked is not None:
        words["data-yanked"] = file.yanked
    attributes = " ".join(f'{key}="{escape(value)}"' for key, value in words.items())
    return f"<a {attributes}>{escape(file.filename)}</a>"


def _meta(name: str, content: str) -> str:
    return f'<meta name="{name}" content="{escape(content)}">'


def _html(title: str, head: Iterable[str], links: Iterable[str]) -> bytes:
    lines = ["<!DOCTYPE html>", '<html lang="en">', "<head>", '<meta charset="utf-8">', *head]
    lines += [f"<title>{escape(title)}</title>", "</head>", "<body>", f"<h1>{escape(title)}</h1>"]
    lines += [f"{link}<br>" for link in links]
    return "\n".join([*lines, "</body>", "</html>", ""]).encode()


def _canonical(document: dict[str, Any]) -> bytes:
    return json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
