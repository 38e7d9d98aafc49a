"""``published.toml`` and the folder it stands in: what is written and read, and how a folder is swapped.

Rules this module keeps: a reader sees the old folder or the new one and nothing between; a folder that was
not published is never replaced; what another release wrote and this one does not know is refused clearly.
"""

import os
import shutil
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rpa_commons.capabilities import RpaCommonsError
from rpa_commons.config.documents import Reader, toml_text
from rpa_commons.config.findings import ConfigError, KeyPath, display_path, format_key
from rpa_commons.config.layers import Layer, Section
from rpa_commons.config.schema import SchemaView

from ._publish_fit import is_fit_text

if TYPE_CHECKING:
    from rpa_commons.config.municipality import MunicipalityFolder

__all__ = [
    "NAME",
    "NotWrittenError",
    "PublishedBlock",
    "PublishedInfo",
    "PublishedInstance",
    "described",
    "is_published",
    "key_names",
    "read_published",
    "write_files",
]

NAME = "published.toml"
_FORMAT = 1
_HEADER = "# Written by `rpac config publish`; publish again instead of editing it."
_PLAIN = "^[^\\x00-\\x1f\\x7f-\\x9f\\u2028-\\u202e\\u2066-\\u2069]*$"  # no sign that a terminal obeys
_SHA256 = {"type": "string", "pattern": r"^([0-9a-f]{64})?$"}


class NotWrittenError(RpaCommonsError):
    """A published configuration cannot be written; what was there still is.

    Attributes:
        path: The folder.
        problem: Why.
    """

    exit_code: int = 2

    def __init__(self, path: Path, problem: str, remedy: str) -> None:
        super().__init__(f"{display_path(path)} {problem}", remedy=remedy)
        self.path = path
        self.problem = problem


@dataclass(frozen=True)
class PublishedBlock:
    """A block of a letter that the municipality overrides; never its text.

    Attributes:
        template: E.g. ``"families"``.
        block: E.g. ``"school"``.
        base: Digest of the bot's own block underneath.
    """

    template: str
    block: str
    base: str


@dataclass(frozen=True)
class PublishedInstance:
    """One bot instance as ``published.toml`` has it.

    Attributes:
        name: The stem of its file in ``bots/``.
        bot: Its bot.
        version: The version it runs; empty when none is installed where it was published.
        manifest: That version's manifest digest; empty likewise.
        wrapped: Names of the steps that the municipality wraps.
        blocks: The blocks of letters it overrides.
    """

    name: str
    bot: str
    version: str = ""
    manifest: str = ""
    wrapped: tuple[str, ...] = ()
    blocks: tuple[PublishedBlock, ...] = ()


@dataclass(frozen=True)
class PublishedInfo:
    """``published.toml``, read.

    Attributes:
        code: The municipality's.
        name: Its name.
        cooperation: Its cooperation.
        published: The day.
        baseline: Name of its baseline; empty without one.
        baseline_version: And the version.
        instances: By name.
        withheld: File -> the keys in it that were withheld.
        withheld_instances: How many bot instances of it are not published at all.
    """

    code: str
    name: str
    cooperation: str
    published: str
    baseline: str
    baseline_version: str
    instances: Mapping[str, PublishedInstance]
    withheld: Mapping[str, tuple[str, ...]]
    withheld_instances: int = 0


def key_names(paths: Iterable[KeyPath]) -> tuple[str, ...]:
    """The keys of a file that were withheld, as far as the first list."""
    cut = []
    for path in paths:
        positions = [index for index, part in enumerate(path) if isinstance(part, int)]
        cut.append(format_key(path[: positions[0]] if positions else path))
    return tuple(dict.fromkeys(cut))


def described(
    municipality: "MunicipalityFolder",
    instances: Sequence[PublishedInstance],
    withheld: Mapping[str, Sequence[str]],
    today: date,
    left_out: int = 0,
) -> str:
    """The text of ``published.toml``."""
    lines = [_HEADER, f"format = {_FORMAT}"]
    for key in ("code", "name", "cooperation"):
        value = getattr(municipality, key)
        lines.append(f"{key} = {toml_text(value if is_fit_text(value) else '')}")
    lines.append(f"published = {today.isoformat()}")
    lines += [f"withheld_instances = {left_out}"] if left_out else []
    baseline = municipality.baseline_info
    if baseline is not None:
        lines += [
            "",
            "[baseline]",
            f"name = {toml_text(baseline.name)}",
            f"version = {toml_text(baseline.version)}",
        ]
        sha256 = getattr(baseline, "sha256", "")
        lines += [f"sha256 = {toml_text(sha256)}"] if sha256 else []
    for one in instances:
        lines += ["", "[[instance]]", *_instance_lines(one)]
    lines += ["", "[withheld]"]
    for file, keys in sorted(withheld.items()):
        lines.append(f"{toml_text(file)} = {toml_text(keys)}")
    return "\n".join([*lines, ""])


def _instance_lines(one: PublishedInstance) -> list[str]:
    lines = [f"{key} = {toml_text(getattr(one, key))}" for key in ("name", "bot", "version", "manifest")]
    lines.append(f"wrapped = {toml_text(one.wrapped)}")
    lines.append(f"blocks = {toml_text([asdict(block) for block in one.blocks])}")
    return lines


def is_published(folder: Path) -> bool:
    """Whether a folder is a published configuration, or says so."""
    return (folder / NAME).is_file()


def read_published(folder: Path, reader: Reader) -> PublishedInfo | None:
    """What a published configuration says of itself; ``None`` when the folder is no published one.

    Raises:
        ConfigError: the file is no published configuration that this release can read.
    """
    document = reader.optional(folder / NAME, root=folder, name=NAME)
    if document is None:
        return None
    layer = Layer("published", document.values, document)
    section = Section(SchemaView(_schema()), (layer,), format_key, home=layer)
    if findings := list(section.findings()):
        raise ConfigError(findings)
    values: Mapping[str, Any] = section.values
    baseline = values.get("baseline", {})
    return PublishedInfo(
        code=values["code"],
        name=values["name"],
        cooperation=values.get("cooperation", ""),
        published=values["published"],
        baseline=baseline.get("name", ""),
        baseline_version=baseline.get("version", ""),
        instances={one["name"]: _instance(one) for one in values.get("instance", ())},
        withheld={file: tuple(keys) for file, keys in values.get("withheld", {}).items()},
        withheld_instances=values.get("withheld_instances", 0),
    )


def _instance(table: Mapping[str, Any]) -> PublishedInstance:
    return PublishedInstance(
        table["name"],
        table["bot"],
        table.get("version", ""),
        table.get("manifest", ""),
        tuple(table.get("wrapped", ())),
        tuple(PublishedBlock(one["template"], one["block"], one["base"]) for one in table.get("blocks", ())),
    )


def _table(required: Sequence[str], **properties: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON Schema
    return {
        "type": "object",
        "additionalProperties": False,
        "required": list(required),
        "properties": properties,
    }


def _schema() -> dict[str, Any]:
    text = {"type": "string", "pattern": _PLAIN}
    texts = {"type": "array", "items": text}
    block = _table(("template", "block", "base"), template=text, block=text, base=_SHA256)
    instance = _table(
        ("name", "bot"),
        name=text,
        bot=text,
        version=text,
        manifest=_SHA256,
        wrapped=texts,
        blocks={"type": "array", "items": block},
    )
    return _table(
        ("format", "code", "name", "published"),
        format={"const": _FORMAT, "description": "Written by another release of rpa-commons."},
        code={"type": "string", "pattern": r"^[0-9]{4}$"},
        name=text,
        cooperation=text,
        published={"type": "string", "format": "date"},
        baseline=_table(("name", "version"), name=text, version=text, sha256=_SHA256),
        instance={"type": "array", "items": instance},
        withheld={"type": "object", "additionalProperties": texts},
        withheld_instances={"type": "integer", "minimum": 0},
    )


def write_files(folder: Path, files: Mapping[str, str]) -> None:
    """Write a published configuration: a new folder beside the old one, then the two change places.

    Raises:
        NotWrittenError: the folder was not published, or the system refuses.
    """
    if (folder.exists() or folder.is_symlink()) and (folder.is_symlink() or not (folder / NAME).is_file()):
        problem = "is there already and is no published configuration; it stays as it is"
        raise NotWrittenError(folder, problem, "name another folder with --to")
    part = folder.with_name(f".{folder.name}.{os.getpid()}.part")
    old = folder.with_name(f".{folder.name}.{os.getpid()}.old")
    try:
        _remove(part)
        _remove(old)
        for name, text in files.items():
            target = part / name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text, encoding="utf-8", newline="\n")
        _swap(part, folder, old)
    except OSError as error:
        reason = f"cannot be written: {error.strerror or error}; what was there still is"
        raise NotWrittenError(folder, reason, "look at the disk, and at who may write there") from None
    finally:
        with suppress(OSError):
            _remove(part)
        with suppress(OSError):
            _remove(old)


def _swap(new: Path, folder: Path, old: Path) -> None:
    had_one = folder.exists()
    if had_one:
        folder.rename(old)
    try:
        new.rename(folder)
    except OSError:
        if had_one:
            old.rename(folder)
        raise


def _remove(folder: Path) -> None:
    if folder.exists():
        shutil.rmtree(folder)
