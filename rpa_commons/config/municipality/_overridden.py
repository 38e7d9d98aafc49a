"""Which blocks of a bot's letters a municipality overrides: names and digests, never a text."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from rpa_commons.config.documents import LARGEST_FILE

if TYPE_CHECKING:
    from rpa_commons.manifest import Manifest

    from ._municipality import MunicipalityFolder

__all__ = ["OverriddenBlock", "overridden_blocks"]

_SUFFIX = ".md.j2"
_COMMENT = re.compile(r"\{#.*?#\}", re.DOTALL)
_BLOCK = re.compile(r"\{%[-+]?\s*block\s+(\w+)")


@dataclass(frozen=True)
class OverriddenBlock:
    """A block of a bot's letter that a municipality says anew.

    Attributes:
        template: E.g. ``"families"``.
        block: E.g. ``"school"``.
        base: Digest of the bot's own block, from the manifest.
        file: The municipality's template.
        line: Where the block begins in it.
    """

    template: str
    block: str
    base: str
    file: Path
    line: int


def overridden_blocks(
    municipality: "MunicipalityFolder", name: str, manifest: "Manifest"
) -> tuple[OverriddenBlock, ...]:
    """The blocks that the instance's or the bot's own letter folder overrides, by template and block.

    A template that cannot be read overrides nothing here; the check of the letters says why.
    """
    known = {template.name: template.blocks for template in manifest.templates}
    found: dict[tuple[str, str], OverriddenBlock] = {}
    for stem in dict.fromkeys((name, manifest.name)):
        folder = municipality.folder / "letters" / stem
        for path in sorted(folder.glob(f"*{_SUFFIX}")) if folder.is_dir() else ():
            template = path.name.removesuffix(_SUFFIX)
            for block, line in _blocks(path, municipality.folder):
                if block in known.get(template, {}):
                    one = OverriddenBlock(template, block, known[template][block], path, line)
                    found.setdefault((template, block), one)
    return tuple(found[key] for key in sorted(found))


def _blocks(path: Path, root: Path) -> Iterator[tuple[str, int]]:
    try:
        if (
            not path.resolve().is_relative_to(root)
            or not path.is_file()
            or path.stat().st_size > LARGEST_FILE
        ):
            return
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, ValueError, RuntimeError):
        return
    text = _COMMENT.sub(lambda comment: "\n" * comment.group().count("\n"), text)
    for match in _BLOCK.finditer(text):
        yield match.group(1), text.count("\n", 0, match.start()) + 1
