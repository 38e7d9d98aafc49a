"""Reads docstrings in parts, and those that stand below names, for the scripts that write pages of them.

A script of its own because the scripts beside the pages are no package: ``runpy`` gives its names.
"""  # noqa: INP001 - a script beside the pages, no package

import ast
import inspect
import re
import textwrap
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from pydantic import BaseModel

_SECTION = re.compile(r"(Args|Returns|Raises|Attributes)(?: \(every method\))?:")
_ENTRY = re.compile(r"(\w+): (.*)", re.DOTALL)


class Doc(NamedTuple):
    """A docstring in parts: its paragraphs, and the entries of its sections by name."""

    text: str
    sections: Mapping[str, str]

    @property
    def first(self) -> str:
        """The first paragraph in one line."""
        return " ".join(self.text.partition("\n\n")[0].split())

    def entries(self, section: str) -> dict[str, str]:
        """Name -> meaning of ``Args``, ``Raises`` or ``Attributes``."""
        blocks = re.split(r"\n(?=\S)", self.sections.get(section, ""))
        found = filter(None, map(_ENTRY.fullmatch, blocks))
        return {one[1]: " ".join(one[2].split()) for one in found}


def doc_of(thing: object) -> Doc:
    """A docstring's paragraphs and sections; ``SystemExit`` where there is none."""
    text: list[str] = []
    sections: dict[str, list[str]] = {}
    current = text
    given = inspect.cleandoc(getattr(thing, "__doc__", "") or "")
    if not given:
        raise SystemExit(f"{getattr(thing, '__qualname__', thing)} has no docstring")
    for line in given.splitlines():
        header = _SECTION.fullmatch(line)
        if header:
            current = sections.setdefault(header[1], [])
        elif line[:1].strip() and current is not text:
            current = text
            text += ["", line]
        else:
            current.append(line)
    joined = {name: textwrap.dedent("\n".join(lines)).strip() for name, lines in sections.items()}
    return Doc("\n".join(text).strip(), joined)


def noted(body: Sequence[ast.stmt]) -> dict[str, str]:
    """Name -> the docstring that stands below it, in one line."""
    found: dict[str, str] = {}
    for one, after in zip(body, [*body[1:], None], strict=True):
        targets: list[ast.expr] = one.targets if isinstance(one, ast.Assign) else []
        if isinstance(one, ast.AnnAssign):
            targets = [one.target]
        text = ""
        if isinstance(after, ast.Expr) and isinstance(after.value, ast.Constant):
            text = " ".join(str(after.value.value).split())
        found |= {target.id: text for target in targets if isinstance(target, ast.Name)}
    return found


def field_docs(model: type[BaseModel]) -> dict[str, str]:
    """Field -> the docstring below it, of a model and of what it derives from; empty where there is none."""
    found: dict[str, str] = {}
    for one in reversed(model.__mro__):
        if issubclass(one, BaseModel) and one is not BaseModel:
            for tree in ast.parse(textwrap.dedent(inspect.getsource(one))).body:
                found |= noted(tree.body) if isinstance(tree, ast.ClassDef) else {}
    return found
