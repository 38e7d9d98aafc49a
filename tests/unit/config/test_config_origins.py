"""Origins by key: the layer is known at once, the line is looked for when it is asked."""

from typing import TYPE_CHECKING, Any

import pytest

from rpa_commons.config.layers import Origins

if TYPE_CHECKING:
    from conftest import Town


def _written(town: "Town") -> None:
    town.write("../baseline/bots/welcome-letters.toml", '[settings]\nmode = "slow"\n')
    town.settings("window_days = 12")


def test_the_layer_of_every_leaf_is_known(town: "Town") -> None:
    """The author's, the cooperation's, the municipality's and what is said for this run."""
    _written(town)
    layers = town.resolve("contact=Bo").origins.layers()

    assert "baseline" == layers["mode"]
    assert "municipality" == layers["window_days"]
    assert "--set" == layers["contact"]
    assert "bot default" in layers.values()


def test_asked_one_by_one_they_are_what_all_together_are(town: "Town") -> None:
    """Every leaf of every section, each once, with the same file and line."""
    _written(town)
    instance = town.resolve()
    together = {
        section.name_of(path): origin
        for section in instance.sections
        for path, origin in section.merged.origins()
    }

    assert together == dict(instance.origins)
    assert len(together) == len(instance.origins)


def test_a_line_is_of_the_text_that_was_read(town: "Town") -> None:
    """Whatever became of the file meanwhile: it is not read a second time."""
    _written(town)
    instance = town.resolve()
    before = town.resolve().origin("window_days")
    (town.folder / "bots" / "welcome-letters.toml").unlink()

    assert before == instance.origin("window_days")
    assert before.line is not None


def test_no_line_is_looked_for_before_somebody_asks(town: "Town", monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither for the values nor for the layers."""
    _written(town)
    asked: list[Any] = []
    monkeypatch.setattr("rpa_commons.config.documents._document.plain_lines", asked.append)
    monkeypatch.setattr("rpa_commons.config.documents._document.find_places", asked.append)
    instance = town.resolve()
    instance.origins.layers()

    assert [] == asked


def test_it_is_shown_by_its_keys(town: "Town") -> None:
    """No value is in it, so none can be told."""
    _written(town)

    assert "window_days" in repr(Origins(town.resolve().sections[0]))
