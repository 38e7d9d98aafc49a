"""The simple repository API: what pip and uv read, as bytes; pure, no I/O.

Usage::

    page = ProjectPage(name="welcome-letters", files=(...,))
    project_json(page), project_html(page)
"""

from ._media import HTML, JSON, LEGACY_HTML, negotiate
from ._pages import API_VERSION, File, ProjectPage, index_html, index_json, project_html, project_json

__all__ = [
    "API_VERSION",
    "HTML",
    "JSON",
    "LEGACY_HTML",
    "File",
    "ProjectPage",
    "index_html",
    "index_json",
    "negotiate",
    "project_html",
    "project_json",
]
