"""What code may do is shown to reviewers, and refuses nothing."""

import threading
import warnings
from pathlib import Path

import pytest

from rpa_commons.conformance import Limits, examine
from rpa_commons.conformance._code import look_at_module
from rpa_commons.conformance._report import Findings
from tests.support.wheels import WheelMaker


def seen_in(source: str) -> list[tuple[str, str]]:
    """Kind and place of what is observed in a module."""
    findings = Findings(Limits())
    look_at_module("m.py", source.encode(), Limits(), findings)

    assert () == findings.result()
    return [(one.kind, one.place) for one in findings.observations()]


@pytest.mark.parametrize(
    ("source", "kind"),
    [
        ("import socket", "network"),
        ("import urllib.request as u", "network"),
        ("from requests import get", "network"),
        ("from http import client", "network"),
        ("async def f():\n    await asyncio.open_connection('x', 1)", "network"),
        ("import subprocess", "subprocess"),
        ("import os\nos.system('ls')", "subprocess"),
        ("from os import system as s", "subprocess"),
        ("from os import *", "subprocess"),
        ("import posix\nposix.fork()", "subprocess"),
        ("eval('1')", "dynamic-import"),
        ("exec('x')", "dynamic-import"),
        ("\uff45\uff56\uff41\uff4c('1')", "dynamic-import"),
        ("__import__('os')", "dynamic-import"),
        ("import importlib", "dynamic-import"),
        ("import pickle", "dynamic-import"),
        ("__builtins__['ev' + 'al']('1')", "dynamic-import"),
        ("import os\ngetattr(os, 'sys' + 'tem')('ls')", "dynamic-import"),
        ("import os as quiet", "dynamic-import"),
        ("def f():\n    import os as quiet", "dynamic-import"),
        ("def f(os):\n    import os\n    os.system('x')", "subprocess"),
        ("import sys\nsys.modules['x'] = 1", "dynamic-import"),
        ("().__class__.__base__.__subclasses__()", "dynamic-import"),
        ("import pyautogui", "screen-control"),
        ("from pywinauto import Application", "screen-control"),
        ("import win32com.client", "screen-control"),
        ("import ctypes", "native-code"),
        ("from cffi import FFI", "native-code"),
        ("open('x', 'w')", "file-write"),
        ("open('x', mode=m)", "file-write"),
        ("open('x', 'r+b')", "file-write"),
        ("p.open('a')", "file-write"),
        ("p.write_text('x')", "file-write"),
        ("import shutil", "file-write"),
        ("import os\nos.remove('x')", "file-write"),
        ("import os\nx = os.environ['HOME']", "environment"),
        ("from os import getenv", "environment"),
    ],
)
def test_what_code_may_do_is_observed(source: str, kind: str) -> None:
    """Imports, calls and attributes, with the line."""
    assert (kind, f"m.py:{source.count(chr(10)) + 1}") in seen_in(source)


@pytest.mark.parametrize(
    "source",
    [
        "from __future__ import annotations\nimport math\nx = math.pi",
        "open('x')",
        "open('x', 'rb')",
        "open('x', encoding='utf-8')",
        "p.open()",
        "from . import socket",
        "from .requests import x",
        "text = 'import socket'",
        "import re\nre.compile('x')",
        "def f(x):\n    return x.replace('a', 'b')",
        "getattr(settings, name)",
        "x = self.municipality.code\ny = a.mouse",
    ],
)
def test_harmless_code_is_not_mentioned(source: str) -> None:
    """Reading files, own modules, words in texts."""
    assert [] == seen_in(source)


def test_each_thing_is_found_where_it_stands() -> None:
    """In functions, methods, decorators, defaults, comprehensions and chains over several lines."""
    source = """\
import os


@eval("x")
def one(
    a=os.getenv("A"),
):
    def inner():
        return [open(x, "w") for x in a]

    return (
        a.b
        .write_text("x")
    )


class Two:
    y = lambda self: exec("z")
"""
    expected = {
        ("dynamic-import", "m.py:4"),
        ("environment", "m.py:6"),
        ("file-write", "m.py:9"),
        ("file-write", "m.py:12"),
        ("dynamic-import", "m.py:18"),
    }

    assert expected == set(seen_in(source))


def test_odd_escapes_warn_nobody() -> None:
    """What Python would warn of in a wheel's code is not this program's business."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        seen_in("x = '\\d'\nassert (x, 'y')\n")

    assert [] == caught


def test_observations_refuse_nothing_and_are_limited(tmp_path: Path) -> None:
    """A wheel full of them is shown to its limit, and how many were left out."""
    lines = "".join(f"eval('{n}')\n" for n in range(700)).encode()
    report = examine(WheelMaker(files={"quiet_bot/many.py": lines}).build(tmp_path))

    assert not report.refused
    assert 501 == len(report.observations)
    assert "and 200 more" in report.observations[-1].text


@pytest.mark.parametrize(
    "source",
    [
        "-" * 50_000 + "1",
        "(" * 190 + ")" * 190,
        "a" + ".b" * 100_000,
        "x=" * 50_000 + "1",
        "if 1:pass\n" + "elif 1:pass\n" * 9_000,
    ],
)
def test_nested_code_does_not_bring_a_thread_down(source: str) -> None:
    """A server parses in threads, whose stacks are smaller."""
    findings = Findings(Limits())
    thread = threading.Thread(
        target=look_at_module, args=("m.py", f"eval\n{source}".encode(), Limits(), findings)
    )
    thread.start()
    thread.join(60)

    assert not thread.is_alive()
