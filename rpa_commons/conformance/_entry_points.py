"""What a wheel hooks into, read so strictly that every installer reads the same.

Rules this module keeps: installers read ``entry_points.txt`` each in its own way (indented lines, other line
ends, cut values), and a command that one of them sees is a command; so a file that could be read in two ways
is refused. A wheel hooks into rpa-commons and nothing else.

Source: PyPA specification "Entry points".

Usage::

    modules = check_entry_points(content, layout, findings)
    missing_modules(modules, layout.files)
"""

import re
from collections.abc import Iterable, Mapping

from ._packages import Layout
from ._report import Findings

__all__ = ["check_entry_points", "missing_modules"]

_GROUP = "rpa_commons"
_PLACE = "entry_points.txt"
_HEADER = re.compile(r"\[(\w+(?:[.-]\w+)*)\] *", re.ASCII)
_DOTTED = r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*"
_POINT = re.compile(rf"(\w[\w.-]*(?: [\w.-]+)*) *= *({_DOTTED})(?: *: *{_DOTTED})? *", re.ASCII)
_LONGEST_SHOWN = 80
_HELP = "write [rpa_commons], then one line `name = module`; see the specification of entry points"
_BUILD_AGAIN = "build the wheel again with `rpac build`"


def check_entry_points(text: bytes, layout: Layout, findings: Findings) -> list[str]:
    """Check what a wheel hooks into (A132); gives the modules that rpa-commons loads from it."""
    groups = _read(text, findings)
    modules: list[str] = []
    for group, points in groups.items():
        names = ", ".join(points)[:_LONGEST_SHOWN]
        if group != _GROUP:
            help_ = f"a wheel hooks into {_GROUP} only; commands and plugins of other programs it has none"
            findings.add("A132", _PLACE, f"declares {names} in {group}", help_)
        elif layout.kind == "baseline":
            findings.add("A137", _PLACE, f"declares {names}, and a baseline holds no code", _BUILD_AGAIN)
        else:
            modules += points.values()
    return modules


def _read(text: bytes, findings: Findings) -> dict[str, dict[str, str]]:
    """Group -> name -> module; what does not have the one form is a finding."""
    groups: dict[str, dict[str, str]] = {}
    points: dict[str, str] | None = None
    try:
        lines = text.decode().replace("\r\n", "\n").split("\n")
    except UnicodeDecodeError:
        findings.add("A132", _PLACE, "is not UTF-8", _HELP)
        return {}
    for number, line in enumerate(lines, 1):
        place = f"{_PLACE}:{number}"
        if not line or (line.startswith("#") and line.isprintable()):
            continue
        if header := _HEADER.fullmatch(line):
            if header[1] in groups:
                findings.add("A132", place, f"has the group {header[1]} twice", _HELP)
            points = groups.setdefault(header[1], {})
        elif points is not None and (point := _POINT.fullmatch(line)):
            if point[1] in points:
                findings.add("A132", place, f"has the name {point[1]} twice", _HELP)
            points[point[1]] = point[2]
        else:
            findings.add("A132", place, "is no line that every installer reads the same", _HELP)
    return groups


def missing_modules(modules: Iterable[str], files: Mapping[str, object]) -> list[str]:
    """The modules that no file of the wheel is."""
    return [
        module
        for module in modules
        if not {f"{(path := module.replace('.', '/'))}.py", f"{path}/__init__.py"} & files.keys()
    ]
