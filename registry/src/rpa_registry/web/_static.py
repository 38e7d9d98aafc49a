"""Style sheets, fonts and icons: files of this package, the same for every registry.

Rules this module keeps: only what a page uses is here, no script; what comes from the Danish design system
(DKFDS) lies in ``static/dkfds`` beside its licences, unchanged or only shortened; pages name the files with a
stamp of their contents, so that a new version of the program is seen at once.

Usage::

    for path, media_type, body in static_files(): ...
"""

import functools
import hashlib
import re
from collections.abc import Iterator
from pathlib import Path
from types import MappingProxyType

__all__ = ["icon_svg", "stamp", "static_files"]

_FOLDER = Path(__file__).parent / "static"
_TYPES = MappingProxyType(
    {
        ".css": "text/css; charset=utf-8",
        ".svg": "image/svg+xml",
        ".woff2": "font/woff2",
        ".txt": "text/plain; charset=utf-8",
        ".md": "text/plain; charset=utf-8",
    }
)


def static_files() -> Iterator[tuple[str, str, bytes]]:
    """Path from the registry's root, media type and contents of every file, by path."""
    for path in sorted(_FOLDER.rglob("*")):
        if path.is_file() and path.suffix in _TYPES:
            yield f"static/{path.relative_to(_FOLDER).as_posix()}", _TYPES[path.suffix], path.read_bytes()


@functools.cache
def stamp() -> str:
    """Changes when any of the files does."""
    digest = hashlib.sha256()
    for path, _, body in static_files():
        digest.update(path.encode() + b"\0" + body)
    return digest.hexdigest()[:12]


@functools.cache
def icon_svg(name: str) -> str:
    """An icon to stand in a page, hidden from screen readers: the words beside it say the same."""
    folder = _FOLDER if name == "logo" else _FOLDER / "dkfds" / "img" / "svg-icons"
    text = (folder / f"{name}.svg").read_text(encoding="utf-8")
    return re.sub(
        r"^<svg", '<svg class="icon-svg" aria-hidden="true" focusable="false"', text.strip(), count=1
    )
