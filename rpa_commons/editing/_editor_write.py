"""Schemas on disk: ``.rpac/schemas/`` of a folder, each named in the first line of the files it describes.

Rules this module keeps: of a TOML file only its first line changes, and no command that changes the same file
at the same time loses anything; a file that the configuration would not read is left alone, and so is one
whose first line says that `rpac` writes it: it would no longer know its own.

Usage::

    write_editor_schemas(municipality, schemas)  # the files that were written or changed
"""

import json
import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from rpa_commons.capabilities import RpaCommonsError
from rpa_commons.config.documents import Reader, replace_text
from rpa_commons.config.instances import changing

from ._editor import ENVIRONMENT_SUFFIX, Schema, bots_of

if TYPE_CHECKING:
    from rpa_commons.config.municipality import MunicipalityFolder

__all__ = ["is_baseline_folder", "with_schema_line", "write_baseline_schemas", "write_editor_schemas"]

_FOLDER = Path(".rpac") / "schemas"
_LINE = "#:schema "
_GENERATED = "# Written by `rpac"  # the sandbox's environments/sandbox/stack.toml
_OF_BASELINE = ("baseline", "policies", "waivers")

Described = tuple[Path, str]
"""A file, and the name of its schema."""


def is_baseline_folder(folder: Path) -> bool:
    """Whether a folder is a cooperation's and no municipality's."""
    return (folder / "baseline.toml").is_file() and not (folder / "municipality.toml").exists()


def with_schema_line(text: str, schema: str) -> str:
    """The document with ``#:schema <schema>`` as its first line, in the place of an older one."""
    mark = "\ufeff" if text.startswith("\ufeff") else ""
    body = text.removeprefix(mark)
    newline = "\r\n" if "\r\n" in text else "\n"
    first, _, rest = body.partition("\n")
    return mark + f"{_LINE}{schema}{newline}" + (rest if first.startswith(_LINE.strip()) else body)


def write_editor_schemas(
    municipality: "MunicipalityFolder", schemas: Mapping[str, Schema]
) -> tuple[Path, ...]:
    """Write the schemas of a municipality into ``.rpac/schemas/`` and name each in the files it describes.

    Returns:
        The files that were written or changed, absolute.

    Raises:
        FileNotWrittenError: the system refuses; files written before it stay.
    """
    folder, bots = municipality.folder, bots_of(municipality)
    own = {name: schema for name, schema in schemas.items() if name not in _OF_BASELINE}
    wanted = [(folder / f"{name}.toml", name) for name in ("municipality", "stack")]
    wanted += [(folder / "bots" / f"{name}.toml", bot) for name, bot in bots.items()]
    for environment in sorted((folder / "environments").glob("*/")):
        wanted.append((environment / "stack.toml", "stack"))
        wanted += [
            (environment / "bots" / f"{name}.toml", bot + ENVIRONMENT_SUFFIX) for name, bot in bots.items()
        ]
    return _written(folder, own, wanted)


def write_baseline_schemas(folder: Path, schemas: Mapping[str, Schema]) -> tuple[Path, ...]:
    """The same for the folder of a cooperation's baseline, its profiles included.

    Raises:
        FileNotWrittenError: the system refuses; files written before it stay.
    """
    folder = folder.resolve()
    wanted = [(folder / f"{name}.toml", name) for name in (*_OF_BASELINE, "stack")]
    wanted += [(path, "stack") for path in sorted((folder / "profiles").glob("*/stack.toml"))]
    return _written(folder, schemas, wanted)


def _written(folder: Path, schemas: Mapping[str, Schema], described: Iterable[Described]) -> tuple[Path, ...]:
    texts = {folder / _FOLDER / ".gitignore": "# made by `rpac config schema --write`\n*\n"}
    for name, schema in schemas.items():
        texts[folder / _FOLDER / f"{name}.json"] = json.dumps(schema, indent=2, ensure_ascii=False) + "\n"
    with changing(folder):
        for path, name in described:
            if name in schemas and _is_readable(path, folder):
                relative = Path(os.path.relpath(folder / _FOLDER / f"{name}.json", path.parent)).as_posix()
                named = relative if relative.startswith(".") else f"./{relative}"
                texts[path] = with_schema_line(path.read_bytes().decode("utf-8"), named)
        changed = tuple(path for path, text in texts.items() if not _says(path, text))
        for path in changed:
            replace_text(path, texts[path])
    return changed


def _is_readable(path: Path, root: Path) -> bool:
    """Whether people have such a file: none through a link out of the folder, none that is no text."""
    try:
        document = Reader().optional(path, root=root, name=path.name)
    except RpaCommonsError:
        return False
    return document is not None and not document.text.startswith(_GENERATED)


def _says(path: Path, text: str) -> bool:
    try:
        return path.read_bytes() == text.encode()
    except OSError:
        return False
