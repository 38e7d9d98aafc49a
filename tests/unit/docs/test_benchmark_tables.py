"""The tables of measured figures say what the benchmarks saved."""

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

DOCS = Path(__file__).parents[3] / "docs"


@pytest.fixture(scope="module")
def script() -> ModuleType:
    """The script that writes the tables."""
    spec = importlib.util.spec_from_file_location("generate_benchmarks", DOCS / "generate_benchmarks.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_page_says_what_was_measured(script: ModuleType) -> None:
    """After a run ``python docs/generate_benchmarks.py`` brings the text to the saved figures."""
    text = script.PAGE.read_text(encoding="utf-8")

    assert script.page(text) == text


def test_a_figure_that_changes_changes_the_page(script: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another ratio in the results stands in table and sentence."""
    text = script.PAGE.read_text(encoding="utf-8")
    saved = script.result

    def other(name: str) -> dict[str, object]:
        found: dict[str, object] = saved(name)
        if name == "upload":
            found["figures"][1]["ratio_of_ours"] = 0.0371  # type: ignore[index] # a list in JSON
        return found

    monkeypatch.setattr(script, "result", other)
    changed = script.page(text)

    assert changed.count("0.037") == 2
    assert changed != text


def test_a_page_without_its_marks_is_an_error(script: ModuleType) -> None:
    """Text that lost a mark would keep old figures for good."""
    with pytest.raises(ValueError, match="index: begin"):
        script.page("# a page\n")
