"""Writes what the connectors say of themselves into their pages: access, ladder, and the table of all.

The words around the marked places stay. A test compares the pages with what this script would write, and asks
for a page for every connector, those of the wheels in ``plugins/`` too. Usage, from anywhere::

    python docs/generate_connectors.py
"""  # noqa: INP001 - a script beside the pages, no package

import importlib
import re
import tomllib
from collections.abc import Collection, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from rpa_commons.capabilities import capability_spec
from rpa_commons.connectors import Access, Rung, built_in_names, ladder, load, standing

FOLDER = Path(__file__).parent / "reference" / "connectors"
TABLE = FOLDER.with_suffix(".md")

_PLUGINS = Path(__file__).parents[1] / "plugins"
_EXAMPLES = _PLUGINS.with_name("examples")
_MARKED = re.compile(r"(<!-- access: (\S+) -->\n).*?(<!-- /access -->)", re.DOTALL)
_ALL = re.compile(r"(<!-- connectors -->\n).*?(<!-- /connectors -->)", re.DOTALL)


def connectors() -> dict[str, Any]:
    """Every connector class by name: the built-in ones and those of the wheels in ``plugins/``."""
    found = {name: load(name) for name in sorted(built_in_names())}
    for folder in sorted(_PLUGINS.glob("connector-*")):
        project = tomllib.loads((folder / "pyproject.toml").read_text("utf-8"))["project"]
        for module in project["entry-points"]["rpa_commons"].values():
            given = getattr(importlib.import_module(module), "rpac_connectors", tuple)
            found |= {one.name: one for one in given()}
    return found


def page(text: str) -> str:
    """A connector's page with its marked part written anew."""
    return _MARKED.sub(partial(_part, connectors()), text)


def table(text: str) -> str:
    """The page of all connectors with its table written anew."""
    return _ALL.sub(lambda found: f"{found[1]}\n{_rows(connectors())}\n\n{found[2]}", text)


def _part(known: dict[str, Any], found: re.Match[str]) -> str:
    connector = known.get(found[2])
    if connector is None:
        raise SystemExit(f"there is no connector {found[2]!r}, but a page with its mark")
    body = "\n".join((*_access(connector.access), "", *_ladder(connector.verified)))
    return f"{found[1]}\n{body}\n\n{found[3]}"


def _access(access: Access) -> Iterator[str]:
    yield "## Access"
    yield ""
    yield "| what it takes | |"
    yield "| --- | --- |"
    yield f"| agreements | {_cell(access.agreements or ('None.',))} |"
    yield f"| certificate or secret | {_cell((access.certificate,))} |"
    yield f"| who signs | {_cell(access.signed_by)} |"
    if access.not_public:
        yield f"| not public | {_cell((access.not_public,))} |"
    yield ""
    yield "Test the connection, in this order:"
    yield ""
    yield from (f"{number}. {_plain(step)}" for number, step in enumerate(access.test, 1))
    if access.sources:
        yield ""
        yield f"Sources: {', '.join(f'<{one}>' for one in access.sources)}."


def _ladder(verified: Sequence[Rung]) -> Iterator[str]:
    yield "## Verified"
    yield ""
    words = standing(verified)
    yield f"**{words[0].upper()}{words[1:]}.**"
    yield ""
    yield "| rung | against | when |"
    yield "| --- | --- | --- |"
    for words, rungs in ladder(verified):
        if not rungs:
            yield f"| {words} | not yet | |"
        for rung in rungs:
            note = f": {rung.note.rstrip('.')}" if rung.note else ""
            yield f"| {words} | {_cell((rung.where + note,))} | {rung.date} |"


def _rows(known: dict[str, Any]) -> str:
    lines = ["| capability | connector | verified | comes with |", "| --- | --- | --- | --- |"]
    rows = [
        (capability_spec(one.capability).name, name, standing(one.verified), name in built_in_names())
        for name, one in known.items()
    ]
    for capability, name, words, built_in in sorted(rows):
        origin = "rpa-commons" if built_in else f"wheel `connector-{name}`"
        link = f"[`{capability}`](capabilities.md#{capability.lower()})"
        lines.append(f"| {link} | [{name}](connectors/{name}.md) | {words} | {origin} |")
    return "\n".join([*lines, "", _unused({row[0] for row in rows})])


def _unused(served: Collection[str]) -> str:
    """Which capabilities no bot of the repository asks for: only contract tests have tried them."""
    sources = [path.read_text("utf-8") for path in _PLUGINS.glob("*/src/**/*.py") if _is_of_bot(path)]
    sources += [path.read_text("utf-8") for path in _EXAMPLES.rglob("*.patch")]  # a bot's next version
    idle = [
        f"`{one}`" for one in sorted(served) if not any(re.search(rf"\b{one}\b", text) for text in sources)
    ]
    if not idle:
        return "Every capability is used by a shared bot."
    return (
        f"No shared bot uses {', '.join(idle[:-1])} or {idle[-1]} yet."
        if idle[1:]
        else (f"No shared bot uses {idle[0]} yet.")
    )


def _is_of_bot(path: Path) -> bool:
    return not path.relative_to(_PLUGINS).parts[0].startswith("connector-")


def _cell(texts: Sequence[str]) -> str:
    return "<br>".join(_plain(text).replace("|", "\\|") for text in texts)


def _plain(text: str) -> str:
    """A sentence with its bare addresses as links."""
    return re.sub(r"(?<![<`(])(https?://[^\s,;]*[^\s,;.])", r"<\1>", text)


if __name__ == "__main__":
    for path in sorted(FOLDER.glob("*.md")):
        path.write_text(page(path.read_text("utf-8")), encoding="utf-8")
    TABLE.write_text(table(TABLE.read_text("utf-8")), encoding="utf-8")
