"""Modules that a wheel brings, and whose they are.

Rules this module keeps: what a wheel contains and what it says that it contains both count; names are
compared case folded, for on Windows and macOS ``import Requests`` finds ``requests``; a module of a project
belongs to the municipality that owns the project, one of an installed distribution to that distribution;
nothing of the wheel is executed.

Usage::

    modules = brought_modules(wheel)  # {"welcome_letters"}
    check_modules(connection, modules, "welcome-letters", "0265", is_new=True)
"""

import email.parser
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path

import sqlalchemy as sa
from packaging.utils import canonicalize_name

from rpa_registry.db import members, projects
from rpa_registry.errors import ConflictError

from ._known import foreign_names, module_owners

__all__ = ["brought_modules", "check_modules"]

_IMPORTABLE = re.compile(r"(?P<name>[^./]+)(?:\.[\w.-]+)?\.(?:py|pyc|pyw|so|pyd)", re.IGNORECASE)
_SEARCHED = frozenset({"purelib", "platlib"})  # folders of `.data` that end on the path of modules
_DECLARED = ("Import-Name", "Import-Namespace")
_LARGEST = 1024 * 1024  # bytes of a document that is read for names


def brought_modules(wheel: Path) -> frozenset[str]:
    """Every top-level name that could be imported once the wheel is installed, or that it says it brings."""
    with zipfile.ZipFile(wheel) as archive:
        found = {_top(one.filename) for one in archive.infolist()}
        found.update(_said(archive))
    return frozenset(found - {""})


def _top(path: str) -> str:
    first, slash, below = path.partition("/")
    if first.endswith(".data") and slash:
        folder, _, inside = below.partition("/")
        return _top(inside) if folder in _SEARCHED else ""
    if first.endswith((".dist-info", ".egg-info")):
        return ""
    if slash:
        return first
    module = _IMPORTABLE.fullmatch(first)
    return module["name"] if module else ""


def _said(archive: zipfile.ZipFile) -> Iterator[str]:
    for one in archive.infolist():
        folder, _, name = one.filename.partition("/")
        if not folder.endswith(".dist-info") or one.file_size > _LARGEST:
            continue
        text = archive.read(one).decode("utf-8", "replace") if name in {"METADATA", "top_level.txt"} else ""
        if name == "METADATA":
            headers = email.parser.HeaderParser().parsestr(text)
            for key in _DECLARED:
                yield from (str(value).partition(";")[0].strip().partition(".")[0]
                            for value in headers.get_all(key, []))  # fmt: skip
        else:
            yield from (line.strip().partition(".")[0] for line in text.splitlines())


def check_modules(
    connection: sa.Connection, modules: frozenset[str], project: str, owner: str, *, is_new: bool
) -> None:
    """Refuse modules that belong to somebody else.

    Args:
        connection: A reading or a writing one.
        modules: Of the wheel.
        project: The wheel's, normalised.
        owner: Code of the member that owns the project, or will.
        is_new: Whether the project's name is new here; one that was accepted keeps its own package.

    Raises:
        ConflictError: a module is another member's, or an installed or required package provides it.
    """
    for module in sorted(modules):
        name = str(canonicalize_name(module))
        if name == project and not is_new:
            continue
        if whose := _whose(connection, module, name, owner):
            raise ConflictError(
                f"{project} brings the module {module}, which {whose}",
                remedy="give the package another name: whoever installs both gets one of them, by chance",
            )


def _whose(connection: sa.Connection, module: str, name: str, owner: str) -> str:
    provider = module_owners().get(module.casefold())
    if provider:
        return f"{provider} provides"
    if name in foreign_names():
        return f"belongs to the package {name}"
    row = connection.execute(
        sa.select(projects.c.owner, members.c.name)
        .join(members, members.c.code == projects.c.owner)
        .where(projects.c.name == name, projects.c.owner != owner)
    ).first()
    return f"belongs to the project {name} of {row.name} ({row.owner})" if row else ""
