"""The how-to of connectors shows what is there: its excerpts are in the files, its simulator runs."""

import re
from pathlib import Path
from typing import Any

import pytest
import requests

from rpa_commons.sandbox import Sandbox

ROOT = Path(__file__).parents[3]
PAGE = (ROOT / "docs" / "how-to" / "write-a-connector.md").read_text("utf-8")
EXCERPTS = re.findall(r"<!-- from: (\S+) -->\n```\w+\n(.*?)```", PAGE, re.DOTALL)
BLOCKS = re.findall(r"(?<!-->\n)```python\n(.*?)```", PAGE, re.DOTALL)


@pytest.mark.parametrize(("path", "excerpt"), EXCERPTS)
def test_an_excerpt_is_in_its_file(path: str, excerpt: str) -> None:
    """Letter by letter, so that the page changes with the code."""
    assert excerpt in (ROOT / path).read_text("utf-8")


def test_there_are_excerpts_and_the_files_it_names() -> None:
    """The page shows its example, and the tree of the folder is the folder's."""
    tree = PAGE.partition("```text\n")[2].partition("```")[0]
    names = re.findall(r"\b_?\w+\.(?:py|toml|md)\b", tree)
    there = {path.name for path in (ROOT / "plugins" / "connector-kmd-nova").rglob("*.*")}

    assert len(EXCERPTS) >= 7
    assert [] == [name for name in names if name not in there]


def test_the_simulator_of_the_page_runs(tmp_path: Path) -> None:
    """It takes one case per key, refuses without a key, and fails when told to."""
    simulator, use = BLOCKS
    names: dict[str, Any] = {"Sandbox": Sandbox, "tmp_path": tmp_path, "call": called}
    exec(simulator, names)  # noqa: S102 - the page's own code
    body = (
        "    headers = {'Idempotency-Key': 'k'}\n"
        "    said = [call(address, headers, str(box.ca_bundle)) for _ in range(3)]\n"
        "    said.append(call(address, {}, str(box.ca_bundle)))\n"
        "    taken = dict(box.effects('register'))\n"
    )
    exec(use + body, names)  # noqa: S102 - the same

    assert ["cut", "200", "200", "400"] == names["said"]
    assert {"k": 1} == names["taken"]


def called(address: str, headers: dict[str, str], authority: str) -> str:
    """The status, or that the answer was cut."""
    try:
        return str(requests.post(address, headers=headers, verify=authority, timeout=5).status_code)
    except (requests.ConnectionError, requests.exceptions.ChunkedEncodingError):
        return "cut"
