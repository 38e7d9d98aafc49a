"""Each code has its page, the reference is what the pages say, and the command line prints them."""

import importlib.util
import json
import re
from importlib import resources
from pathlib import Path

import pytest
from click.testing import CliRunner

from rpa_commons.cli.check import check
from rpa_commons.cli.explain import explain
from rpa_commons.conformance import CODES, UnknownWheelCodeError, examine, page_of
from tests.support.wheels import WheelMaker

_ROOT = Path(__file__).parents[3]
_SOURCES = _ROOT / "rpa_commons" / "conformance"


@pytest.mark.parametrize("code", CODES)
def test_each_code_has_a_page(code: str) -> None:
    """A heading with the meaning, an example, and what to do."""
    page = page_of(code.lower())

    assert page.startswith(f"# {code}: {CODES[code]}\n\n")
    assert 2 == page.count("```")
    assert page.count("\n\n") >= 3


def test_no_page_is_left_over() -> None:
    """Pages and codes are the same set."""
    pages = {
        one.name.removesuffix(".md")
        for one in (resources.files("rpa_commons.conformance") / "codes").iterdir()
    }

    assert set(CODES) == pages


def test_each_code_is_used() -> None:
    """A code that no rule gives would promise a check that nobody makes."""
    used = set(re.findall(r"\bA1\d\d\b", "".join(one.read_text("utf-8") for one in _SOURCES.glob("_*.py"))))
    given = set(
        re.findall(r'"(A1\d\d)"', "".join(one.read_text("utf-8") for one in _SOURCES.glob("_[!c]*.py")))
    )
    given |= set(re.findall(r'"(A1\d\d)"', (_SOURCES / "_code.py").read_text("utf-8")))

    assert set(CODES) == used
    assert set(CODES) == given


def test_the_reference_is_what_the_pages_say() -> None:
    """``python docs/generate_admission.py`` writes it."""
    spec = importlib.util.spec_from_file_location(
        "generate_admission", _ROOT / "docs" / "generate_admission.py"
    )
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)

    assert module.page() == module.PAGE.read_text("utf-8")


@pytest.mark.parametrize(
    ("asked", "meant"), [("a131x", "A131"), ("A999", "rpac explain"), ("", "rpac explain")]
)
def test_an_unknown_code_is_guessed(asked: str, meant: str) -> None:
    """A slip of the finger is told as one."""
    with pytest.raises(UnknownWheelCodeError) as caught:
        page_of(asked)

    assert meant in caught.value.remedy
    assert asked == caught.value.code


def test_explain_prints_pages_of_both_sorts() -> None:
    """Configuration codes and codes of wheels are one list to whoever asks."""
    runner = CliRunner()
    listed = runner.invoke(explain, []).output
    both = json.loads(runner.invoke(explain, ["--json"]).output)

    assert "A112  RECORD and the wheel disagree" in listed
    assert "E301  locked by the cooperation" in listed
    assert {"A112", "E301"} <= both.keys()
    assert "# A112" in runner.invoke(explain, ["a112"]).output
    assert "# E301" in runner.invoke(explain, ["e301"]).output
    assert 2 == getattr(runner.invoke(explain, ["A999"]).exception, "exit_code", 0)


def test_check_prints_a_verdict(tmp_path: Path) -> None:
    """Nothing wrong: exit code 0, one line with the verdict, one with the hash."""
    path = WheelMaker().build(tmp_path)
    done = CliRunner().invoke(check, [str(path)], standalone_mode=False)

    assert 0 == done.return_value
    assert (
        f"quiet-bot 1.2.0: can be published (0 errors, 0 warnings)\nsha256 {examine(path).sha256}\n"
        == done.output
    )


def test_check_prints_each_finding_and_what_the_reviewer_should_see(tmp_path: Path) -> None:
    """Place, code, what is wrong, what to do; then what the code may do."""
    maker = WheelMaker(files={"quiet_bot/net.py": b"import socket\n", "evil.pth": b"import os\n"})
    done = CliRunner().invoke(check, [str(maker.build(tmp_path))], standalone_mode=False)

    assert 1 == done.return_value
    assert (
        "quiet_bot-1.2.0-py3-none-any.whl: evil.pth: A131 error: runs whenever Python starts" in done.output
    )
    assert "    help: remove it" in done.output
    assert "    quiet_bot/net.py:1: network: import socket" in done.output
    assert "refused (1 error, 0 warnings)" in done.output


def test_check_prints_json(tmp_path: Path) -> None:
    """The whole report, for a build pipeline."""
    path = WheelMaker(files={"evil.pth": b""}).build(tmp_path)
    done = CliRunner().invoke(check, [str(path), "--json"], standalone_mode=False)

    assert 1 == done.return_value
    assert examine(path).to_json() == json.loads(done.output)


def test_check_of_a_missing_file_is_an_error_of_usage(tmp_path: Path) -> None:
    """It is told as such."""
    done = CliRunner().invoke(check, [str(tmp_path / "missing.whl")], standalone_mode=False)

    assert 2 == getattr(done.exception, "exit_code", 0)
