"""What the stored pages were made with: the settings that show on them, and the program.

Rules this module keeps: only settings that a page shows are remembered, so another port or limit renders
nothing; the program is known by its own text, so an upgrade counts whatever its version says.

Usage::

    if changes := changed_since(connection, settings):
        rebuild_all(connection, settings)
"""

import functools
import hashlib
import json
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any

import sqlalchemy as sa

from rpa_commons import __version__
from rpa_registry import db
from rpa_registry.settings import Settings

__all__ = ["changed_since", "remember"]

_KEY = "pages_made_with"
_SETTINGS = ("cooperation", "country", "languages", "public_url", "contact")
_ROOMS = ("catalogue", "log", "pages", "simple", "tiers", "web")  # what renders


def changed_since(connection: sa.Connection, settings: Settings) -> tuple[str, ...]:
    """Which settings are others than when all pages were rendered, and ``program``; empty: none."""
    kept = connection.scalar(sa.select(db.meta.c.value).where(db.meta.c.key == _KEY))
    before: dict[str, Any] = json.loads(kept) if kept else {}
    # Through JSON, as the stored ones went: a tuple is a list there.
    today = json.loads(_text(settings))
    return tuple(name for name in (*_SETTINGS, "program") if before.get(name) != today[name])


def remember(connection: sa.Connection, settings: Settings) -> None:
    """Say that all pages are as these settings and this program render them; in the transaction that did."""
    table = db.meta
    connection.execute(sa.delete(table).where(table.c.key == _KEY))
    connection.execute(sa.insert(table).values(key=_KEY, value=_text(settings)))


def _text(settings: Settings) -> str:
    said = {name: getattr(settings, name) for name in _SETTINGS}
    return json.dumps({**said, "program": _program()}, sort_keys=True, ensure_ascii=False)


@functools.cache
def _program() -> str:
    """A hash of everything that renders; it does not change while the program runs."""
    digest = hashlib.sha256(__version__.encode())
    for room in _ROOMS:
        _add(digest, files("rpa_registry").joinpath(room), room)
    return digest.hexdigest()


def _add(digest: Any, place: Traversable, name: str) -> None:  # noqa: ANN401 - hashlib names no type
    if place.is_dir():
        for one in sorted(place.iterdir(), key=lambda child: child.name):
            if one.name != "__pycache__":
                _add(digest, one, f"{name}/{one.name}")
        return
    content = place.read_bytes()
    digest.update(f"{name} {len(content)}\n".encode())
    digest.update(content)
