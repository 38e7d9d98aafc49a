"""The catalogue: what is there, in documents, and found by words.

Usage::

    project = load_project(connection, "welcome-letters")
    canonical(project_document(project, runs_at(connection, "welcome-letters")))
    search(connection, settings, "flytning brev", {"tier": "gold"})
"""

from ._documents import (
    RUNGS,
    advisories_document,
    canonical,
    file_path,
    highest_rung,
    index_document,
    index_entry,
    names_document,
    project_document,
    runs_at,
)
from ._index import kept_entries, search_differs, update_search
from ._records import CHANNELS, Channel, Person, Project, Release, Report, Signature, load_project
from ._search import FILTERS, Result, answer_document, search
from ._served import PUBLIC, is_served, served
from ._stack_file import LARGEST_STACK, StackFile, read_stack

__all__ = [
    "CHANNELS",
    "FILTERS",
    "LARGEST_STACK",
    "PUBLIC",
    "RUNGS",
    "Channel",
    "Person",
    "Project",
    "Release",
    "Report",
    "Result",
    "Signature",
    "StackFile",
    "advisories_document",
    "answer_document",
    "canonical",
    "file_path",
    "highest_rung",
    "index_document",
    "index_entry",
    "is_served",
    "kept_entries",
    "load_project",
    "names_document",
    "project_document",
    "read_stack",
    "runs_at",
    "search",
    "search_differs",
    "served",
    "update_search",
]
