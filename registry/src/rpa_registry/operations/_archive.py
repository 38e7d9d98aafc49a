"""The form of a backup: a zip archive with a list of its members and their hashes.

Rules this module keeps: the list (``backup.json``) is written last, so an archive with one is whole; a member
that is not in the list, or whose name leads anywhere else, is an error; a value of the database is JSON,
bytes as ``{"base64": …}``, so the same archive fills SQLite and PostgreSQL.

Usage::

    with zipfile.ZipFile(path) as archive:
        info = read_info(archive, path)
"""

import base64
import json
import re
import zipfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from rpa_registry.errors import RegistryError

__all__ = [
    "FORMAT",
    "LIST_NAME",
    "SETTINGS_MEMBER",
    "ArchiveError",
    "BackupInfo",
    "decoded",
    "encoded",
    "file_member",
    "is_member_name",
    "read_info",
    "table_member",
]

FORMAT = 1
LIST_NAME = "backup.json"
SETTINGS_MEMBER = "registry.toml"
_LARGEST_LIST = 256 * 1024 * 1024  # bytes
_TABLE = re.compile(r"tables/[a-z_]+\.jsonl")
_FILE = re.compile(
    r"files/([0-9a-f]{2})/(\1[0-9a-f]{62})/[A-Za-z0-9_][A-Za-z0-9_.+!-]{0,250}\.whl(\.metadata)?"
)


class ArchiveError(RegistryError):
    """A backup cannot be used.

    Attributes:
        path: The archive.
        problem: What is wrong with it.
    """

    def __init__(self, path: Path, problem: str, *, remedy: str = "use another backup") -> None:
        super().__init__(f"{path}: {problem}", remedy=remedy)
        self.path = path
        self.problem = problem


@dataclass(frozen=True)
class BackupInfo:
    """What a backup says of itself.

    Attributes:
        format: Version of the archive's form.
        made: When; the moment that it shows.
        cooperation: Whose registry it is.
        schema: Version of the database's schema.
        log_count: Entries in the log.
        log_head: Hash of the newest.
        rows: Table -> rows.
        members: Name -> SHA-256 (hex).
    """

    format: int
    made: str
    cooperation: str
    schema: str
    log_count: int
    log_head: str
    rows: Mapping[str, int]
    members: Mapping[str, str]

    @property
    def wheels(self) -> int:
        """How many wheels it holds."""
        return sum(one.endswith(".whl") for one in self.members)

    def to_json(self) -> dict[str, Any]:
        """As JSON values."""
        return asdict(self)


def table_member(table: str) -> str:
    """Name of a table's member."""
    return f"tables/{table}.jsonl"


def file_member(sha256: str, filename: str) -> str:
    """Name of a wheel's member."""
    return f"files/{sha256[:2]}/{sha256}/{filename}"


def is_member_name(name: str) -> bool:
    """Whether a backup has a member of this name."""
    return name == SETTINGS_MEMBER or bool(_TABLE.fullmatch(name) or _FILE.fullmatch(name))


def read_info(archive: zipfile.ZipFile, path: Path) -> BackupInfo:
    """The list of a backup, checked against the archive's members.

    Raises:
        ArchiveError: there is none, it is of another form, or members are missing or added.
    """
    try:
        entry = archive.getinfo(LIST_NAME)
        if entry.file_size > _LARGEST_LIST:
            raise ArchiveError(path, f"its {LIST_NAME} is too large")
        values = json.loads(archive.read(entry))
        info = BackupInfo(**values)
    except KeyError:
        raise ArchiveError(path, f"it has no {LIST_NAME}: it is no backup, or was cut off") from None
    except (ValueError, TypeError, zipfile.BadZipFile, OSError) as error:
        raise ArchiveError(path, f"its {LIST_NAME} cannot be read: {error}") from error
    if info.format != FORMAT:
        remedy = "restore it with the version of this program that made it"
        raise ArchiveError(path, f"it has the form {info.format}, this program reads {FORMAT}", remedy=remedy)
    names = archive.namelist()
    if len(set(names)) != len(names) or set(names) != {*info.members, LIST_NAME}:
        raise ArchiveError(path, "its members are not those of its list")
    strange = [one for one in info.members if not is_member_name(one)]
    if strange:
        raise ArchiveError(path, f"it has a member of a name that no backup has: {strange[0]!r}")
    return info


def encoded(row: Mapping[str, Any] | sa.RowMapping) -> bytes:
    """A row as one line."""
    values = {
        key: {"base64": base64.b64encode(value).decode()} if isinstance(value, bytes | memoryview) else value
        for key, value in row.items()
    }
    return json.dumps(values, sort_keys=True, ensure_ascii=False).encode() + b"\n"


def decoded(line: bytes) -> dict[str, Any]:
    """The row of a line.

    Raises:
        ValueError: it is none.
    """
    values = json.loads(line)
    if not isinstance(values, dict):
        raise TypeError("a row is a JSON object")
    return {
        key: base64.b64decode(value["base64"]) if isinstance(value, dict) else value
        for key, value in values.items()
    }
