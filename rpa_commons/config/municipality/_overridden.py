"""Which blocks of a bot's letters are overridden: names, digests and places, never a text.

Rules this module keeps: a template that cannot be read, or is not of the language of letters, overrides
nothing here, for the check of the letters says why; without ``shared`` nothing outside the municipality's
folder is read, so that what is published from here comes from nowhere else.

Usage::

    for one in overridden_blocks(municipality, "welcome-letters", manifest):
        print(one.template, one.block, one.file, one.line)
"""

import re
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ._files import letter_folders_of

if TYPE_CHECKING:
    from rpa_commons.manifest import Manifest

    from ._municipality import MunicipalityFolder

__all__ = ["OverriddenBlock", "overridden_blocks"]

_SUFFIX = ".md.j2"
_COMMENT = re.compile(r"\{#.*?#\}", re.DOTALL)
_BLOCK = re.compile(r"\{%[-+]?\s*block\s+(\w+)")


@dataclass(frozen=True)
class OverriddenBlock:
    """A block of a bot's letter that somebody says anew.

    Attributes:
        template: E.g. ``"families"``.
        block: E.g. ``"school"``.
        base: SHA-256 (hex) of the bot's own block, from the manifest.
        overrides: SHA-256 (hex) of each block that says it anew, the strongest first.
        file: The strongest template that does.
        line: Where the block begins in it.
    """

    template: str
    block: str
    base: str
    overrides: tuple[str, ...]
    file: Path
    line: int


def overridden_blocks(
    municipality: "MunicipalityFolder", name: str, manifest: "Manifest", *, shared: bool = False
) -> tuple[OverriddenBlock, ...]:
    """The blocks that an instance's letter folders override, by template and block.

    Args:
        municipality: Whose letters.
        name: The bot instance: its own folder is stronger than the bot's.
        manifest: Of its bot.
        shared: Whether the baseline's letters count too, and files that links lead to, as when a letter is
            made.
    """
    folders = letter_folders_of(municipality, name, manifest.name)
    if not shared:
        folders = tuple(one for one in folders if one.is_relative_to(municipality.folder / "letters"))
    found = []
    for template in sorted(manifest.templates, key=lambda one: one.name):
        paths = [folder / f"{template.name}{_SUFFIX}" for folder in folders]
        said = [_blocks(path, template.blocks) for path in paths if shared or _is_inside(path, municipality)]
        for block, base in sorted(template.blocks.items()):
            anew = [blocks[block] for blocks in said if block in blocks]
            if anew:
                digests = tuple(one.digest for one in anew)
                place = anew[0].file, anew[0].line
                found.append(OverriddenBlock(template.name, block, base, digests, *place))
    return tuple(found)


@dataclass(frozen=True)
class _Block:
    digest: str
    file: Path
    line: int


def _blocks(path: Path, known: Collection[str]) -> dict[str, _Block]:
    """Those of the known blocks that a template says, by name."""
    from rpa_commons.letters import template_source

    try:
        source = template_source(path)
    except (OSError, ValueError):
        return {}
    text = _COMMENT.sub(lambda comment: "\n" * comment.group().count("\n"), source)
    found: dict[str, _Block] = {}
    for match in _BLOCK.finditer(text):
        block = match.group(1)
        if block in known and block not in found and (digest := _digest(source, block)):
            found[block] = _Block(digest, path, text.count("\n", 0, match.start()) + 1)
    return found


def _digest(source: str, block: str) -> str:
    from rpa_commons.letters import block_digest  # brings Jinja2, which most folders do without

    try:
        return block_digest(source, block)
    except Exception:  # noqa: BLE001 - no such block, or no template at all: the check of letters speaks about it
        return ""


def _is_inside(path: Path, municipality: "MunicipalityFolder") -> bool:
    try:
        return path.resolve().is_relative_to(municipality.folder)
    except (OSError, RuntimeError):  # RuntimeError: a loop of links before Python 3.13
        return False
