"""Writes the tables of ``reference/configuration.md`` from the schemas that the configuration is checked by.

A test compares the page with what this script would write. Usage, from anywhere::

    python docs/generate_configuration.py
"""  # noqa: INP001 - a script beside the pages, no package

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from rpa_commons.config.layers._shapes import (
    baseline_schema,
    binding_schema,
    instance_schema,
    municipality_schema,
)
from rpa_commons.config.schema._schema import SchemaView, bounds_text, type_text
from rpa_commons.connectors import catalogue
from rpa_commons.letters import Letterhead, Letters

PAGE = Path(__file__).parent / "reference" / "configuration.md"

_MARKED = re.compile(r"(<!-- table (\S+) -->\n).*?(<!-- end -->)", re.DOTALL)


def page(text: str) -> str:
    """The page with its tables written anew; the words between them stay."""
    tables = _tables()
    missing = tables.keys() - {name for _, name, _ in _MARKED.findall(text)}
    if missing:
        raise SystemExit(f"{PAGE} has no place for: {', '.join(sorted(missing))}")
    return _MARKED.sub(lambda found: f"{found[1]}{_table(tables[found[2]])}\n{found[3]}", text)


def _tables() -> dict[str, Mapping[str, Any]]:
    """Name -> schema of everything that a municipality may write."""
    return {
        "municipality": municipality_schema(Letterhead.model_json_schema()),
        "stack": binding_schema({"type": "object", "description": "The connector's settings."}),
        "instance": instance_schema({"type": "object", "description": "The bot's settings."}),
        "letters": Letters.model_json_schema(),
        "baseline": baseline_schema(),
        **{name: entry.settings_schema for name, entry in catalogue().items()},
    }


def _table(schema: Mapping[str, Any]) -> str:
    head = "| key | value | default | meaning |\n| --- | --- | --- | --- |\n"
    return head + "\n".join(_rows(SchemaView(schema), ()))


def _rows(view: SchemaView, path: tuple[str, ...]) -> Iterator[str]:
    required = {name for node in view.at(path) for name in node.get("required", ())}
    for key in view.keys(path):
        here = (*path, key)
        nodes = view.at(here)
        kind = ", ".join(filter(None, (type_text(nodes), bounds_text(nodes, patterns=False))))
        default = "required" if key in required else _default(view.note(here, "default"))
        meaning = " ".join(str(view.note(here, "description") or "").split())
        unit = view.note(here, "unit")
        cells = (f"`{'.'.join(here)}`", f"{kind}, {unit}" if unit else kind, default, meaning)
        yield "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"
        if not view.is_single(here):
            yield from _rows(view, here)


def _default(value: object) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"`{key} = {_word(one)}`" for key, one in value.items())
    return "" if value in (None, "", []) else f"`{_word(value)}`"


def _word(value: object) -> str:
    if isinstance(value, list):
        return "[" + ", ".join(map(_word, value)) + "]"
    if isinstance(value, bool):
        return "true" if value else "false"
    return f'"{value}"' if isinstance(value, str) else str(value)


if __name__ == "__main__":
    PAGE.write_text(page(PAGE.read_text("utf-8")), encoding="utf-8", newline="\n")
