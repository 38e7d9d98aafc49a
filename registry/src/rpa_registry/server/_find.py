"""From an address to a ready answer.

Rules this module keeps: an answer is made once and remembered until a page changed; a project's name that is
not normalised, and an address without its last slash, are sent to the right one with a relative redirect.

Usage::

    answer = Finder(store, max_age=60).find("/certified/simple/welcome-letters/")
"""

import re
from collections.abc import Mapping
from http import HTTPStatus
from urllib.parse import quote

from packaging.utils import canonicalize_name

from rpa_registry.errors import NotFoundError, RegistryError
from rpa_registry.pages import PageStore

from ._answers import Answer, Choice, choice, page_answer, redirect

__all__ = ["Finder"]

_SIMPLE = re.compile(r"/(certified|all)/simple(?:/([^/]*))?(/)?")
_PLAIN = ("index.html", "index.json")
_NAME = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?")


class Finder:
    """Ready answers by address; threads may share it."""

    def __init__(self, store: PageStore, *, max_age: int) -> None:
        self._store = store
        self._max_age = max_age
        self._ready: dict[str, Answer | Choice] = {}
        self._generation = -1

    def find(self, path: str) -> Answer | Choice | None:
        """What is served at a path; ``None`` when no page is.

        Raises:
            StorageError: the database cannot be reached.
        """
        self._store.refresh()
        if self._store.generation != self._generation:
            self._generation = self._store.generation
            self._ready = {}
        ready = self._ready  # before the pages are read: what another thread drops meanwhile stays dropped
        try:
            return ready[path]
        except KeyError:
            pass
        found = self._make(path)
        is_redirect = isinstance(found, Answer) and found.status == HTTPStatus.MOVED_PERMANENTLY
        if found is not None and not is_redirect:  # there is a redirect for every spelling: not remembered
            ready[path] = found
        return found

    def is_ready(self, path: str) -> bool:
        """Whether the answer is in memory."""
        return path in self._ready

    def nothing_at(self, path: str) -> RegistryError:
        """Why there is nothing."""
        found = _SIMPLE.fullmatch(path)
        if found and found[2]:
            channel, name = found[1], found[2]
            if channel == "certified" and self._store.get(f"all/simple/{name}/index.json"):
                return NotFoundError(
                    f"{name} is not in the channel certified", remedy="it is in the channel all"
                )
            return NotFoundError(
                f"this registry owns no project {name!r}", remedy="look for its name in the catalogue"
            )
        return NotFoundError(
            f"there is nothing at {path}", remedy="see /catalogue/index.json for what there is"
        )

    def _make(self, path: str) -> Answer | Choice | None:
        if path == "/":
            return None  # the web's own route chooses the language; index.html is for exports
        found = _SIMPLE.fullmatch(path)
        if found and found[2] not in _PLAIN:
            return self._simple(found[1], found[2] or "", slash=bool(found[3]) or found[2] == "")
        if path == "/":
            return None  # which language: that is asked of the browser
        key = path.removeprefix("/")
        page = self._store.get(key + "index.html" if path.endswith("/") else key)
        if page is not None:
            return page_answer(page, max_age=self._max_age)
        if not path.endswith("/") and self._store.get(f"{key}/index.html"):
            return redirect(f"{quote(path.rpartition('/')[2])}/", max_age=self._max_age)
        return None

    def _simple(self, channel: str, name: str, *, slash: bool) -> Answer | Choice | None:
        if not name:
            return self._choice(f"{channel}/simple/") if slash else redirect("simple/", max_age=self._max_age)
        if not _NAME.fullmatch(name):
            return None
        right = canonicalize_name(name)
        if right != name or not slash:
            up = "../" if slash else ""
            return redirect(f"{up}{right}/", max_age=self._max_age)
        return self._choice(f"{channel}/simple/{name}/")

    def _choice(self, folder: str) -> Mapping[str, Answer] | None:
        html, json = self._store.get(f"{folder}index.html"), self._store.get(f"{folder}index.json")
        return choice(html, json, max_age=self._max_age) if html and json else None
