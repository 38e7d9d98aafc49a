"""The log as a document that anyone can check, without the registry.

Rules this module keeps: the check needs the document alone; a head that somebody noted earlier is looked for,
so that a log which was cut off or written anew is noticed too.

Usage::

    check_log_document(json.loads(Path("log.json").read_text()), head="9f2c…").problems
"""

import json
import re
from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from rpa_registry.errors import RegistryError
from rpa_registry.log import Entry, LogCheck, entries, verify_entries

__all__ = ["check_log_document", "log_document", "read_log_file"]

_BATCH = 500
_BLOCK = re.compile(r"log/[1-9][0-9]{0,8}\.json")


def log_document(connection: sa.Connection) -> dict[str, Any]:
    """The whole log: what :func:`check_log_document` checks."""
    found: list[dict[str, Any]] = []
    while batch := entries(connection, after=found[-1]["seq"] if found else 0, limit=_BATCH):
        found += [one.to_json() for one in batch]
    return {"api": 1, "count": len(found), "head": found[-1]["hash"] if found else "", "entries": found}


def read_log_file(path: Path) -> Any:  # noqa: ANN401 - any JSON value
    """A log that somebody gave you: one file, or ``log.json`` of an export with its blocks beside it.

    Raises:
        RegistryError: a file cannot be read, or names a block that no export has.
    """
    document = _read(path)
    blocks = document.get("blocks") if isinstance(document, Mapping) else None
    if not isinstance(blocks, list):
        return document
    found: list[Any] = []
    for name in blocks:
        if not (isinstance(name, str) and _BLOCK.fullmatch(name)):
            raise RegistryError(f"{path}: {name!r} is no block of a log", remedy="export the registry again")
        part = _read(path.parent / name)
        found += (
            part["entries"] if isinstance(part, Mapping) and isinstance(part.get("entries"), list) else [part]
        )
    return {"entries": found, "head": document.get("head", "")}


def _read(path: Path) -> Any:  # noqa: ANN401 - any JSON value
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise RegistryError(
            f"{path}: cannot be read: {error}", remedy="`rpac-registry log --json` writes a log into one file"
        ) from error


def check_log_document(document: Any, *, head: str = "") -> LogCheck:  # noqa: ANN401 - any JSON value
    """Check every number, link and hash of a log that somebody gave you.

    Args:
        document: As :func:`log_document` makes it.
        head: The newest hash that you noted at an earlier time; it must still be in the chain.

    Raises:
        RegistryError: it is no such document.
    """
    rows = document.get("entries") if isinstance(document, Mapping) else document
    if not isinstance(rows, list):
        raise RegistryError(
            "this is no log: it has no list of entries", remedy="`rpac-registry log --json` writes one"
        )
    names = {one.name for one in fields(Entry)}
    if not all(isinstance(one, Mapping) and set(one) == names for one in rows):
        raise RegistryError(
            f"this is no log: each entry has {', '.join(sorted(names))}",
            remedy="`rpac-registry log --json` writes one",
        )
    found = verify_entries(Entry(**one) for one in rows)
    problems = list(found.problems)
    if isinstance(document, Mapping) and document.get("head", found.head) not in {found.head, ""}:
        problems.append("its head is another than its newest entry's hash")
    if head and head not in {one["hash"] for one in rows}:
        problems.append(f"the head you noted, {head}, is not in it: it was cut off or written anew")
    return LogCheck(found.count, found.head, tuple(problems))
