"""The website: what people read, rendered when something changes; no script, four languages.

Usage::

    for path, media_type, body in project_pages(settings, document, advisories): ...
    for path, media_type, body in static_files(): ...
"""

from ._catalogue import FILTERS, Entry, Query, answer_page
from ._languages import LANGUAGES, Language, as_language, preferred
from ._render import not_found_page, project_pages, read_document, runs_by_project, shared_pages
from ._site import HTML, SECURITY_HEADERS, Site
from ._stack import stack_page
from ._static import stamp, static_files

__all__ = [
    "FILTERS",
    "HTML",
    "LANGUAGES",
    "SECURITY_HEADERS",
    "Entry",
    "Language",
    "Query",
    "Site",
    "answer_page",
    "as_language",
    "not_found_page",
    "preferred",
    "project_pages",
    "read_document",
    "runs_by_project",
    "shared_pages",
    "stack_page",
    "stamp",
    "static_files",
]
