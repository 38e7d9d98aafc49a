"""The page that says which projects run on a stack.

Usage::

    stack_page(site, entries, read_stack(text))
"""

from collections.abc import Mapping, Sequence
from typing import Any

from rpa_commons.conformance import stack_match
from rpa_registry.catalogue import StackFile

from . import _terms
from ._site import Site

__all__ = ["stack_page"]


def stack_page(
    site: Site, entries: Sequence[Mapping[str, Any]], stack: StackFile | None, *, problem: str = ""
) -> bytes:
    """The form, and below it the answer.

    Args:
        site: Its place, ``stack/``.
        entries: All projects.
        stack: What was sent; ``None`` gives the form alone.
        problem: Why it could not be read. What was pasted is not sent back: it is the visitor's.
    """
    words = site.words
    matches = None
    if stack is not None:
        matches = [_match(site, one, stack) for one in entries if one["kind"] == "bot" and one["latest"]]
        matches.sort(key=lambda one: (not one["runs"], one["name"]))
    return site.render(
        "stack.html.j2",
        title=words.gettext("Will it run on our systems?"),
        matches=matches,
        running=sum(one["runs"] for one in matches or ()),
        profiles=", ".join(stack.profiles) if stack else "",
        problem=problem,
    )


def _match(site: Site, entry: Mapping[str, Any], stack: StackFile) -> dict[str, Any]:
    found = stack_match(entry["capabilities"], stack.bound)
    gettext = site.words.gettext
    needs = [f"{gettext(_terms.CAPABILITY_WORDS.get(one, one))} ({one})" for one in found.needs]
    return {
        "name": entry["name"],
        "version": entry["certified"] or entry["latest"],
        "summary": entry["summary"],
        "runs": found.runs,
        "needs": "; ".join(needs),
    }
