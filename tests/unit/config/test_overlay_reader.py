"""Files as they are going to be, laid over what is on disk."""

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from rpa_commons.config import ConfigError
from rpa_commons.config.documents import OverlayReader, Reader

if TYPE_CHECKING:
    from conftest import Town


def _days(town: "Town", reader: Reader) -> object:
    document = reader.document(
        town.folder / "bots/welcome-letters.toml", root=town.folder, name="bots/welcome-letters.toml"
    )
    return document.get(("settings", "window_days"))


def test_a_text_to_come_stands_in_for_its_file_alone(town: "Town") -> None:
    """The others are read from disk, and the disk stays as it was."""
    town.settings("window_days = 14")
    path = town.folder / "bots/welcome-letters.toml"
    reader = OverlayReader({path: "\ufeff[settings]\r\nwindow_days = 21\r\n"})

    assert 21 == _days(town, reader)
    assert 14 == _days(town, OverlayReader({}))
    assert b"14" in path.read_bytes()
    assert reader.optional(town.folder / "stack.toml", root=town.folder, name="stack.toml") is not None


def test_a_file_that_is_not_there_yet_can_be_read(town: "Town") -> None:
    """By both ways of reading; what is neither there nor to come is missing."""
    path, gone = town.folder / "bots/new.toml", town.folder / "bots/gone.toml"
    reader = OverlayReader({path: "a = 1\n"})
    found = reader.optional(path, root=town.folder, name="bots/new.toml")

    assert found is not None
    assert {"a": 1} == found.values
    assert reader.optional(gone, root=town.folder, name="bots/gone.toml") is None
    with pytest.raises(ConfigError):
        reader.document(gone, root=town.folder, name="bots/gone.toml")


def test_a_text_that_is_no_toml_is_refused_as_a_file_is(town: "Town") -> None:
    """With its line."""
    path = town.folder / "stack.toml"
    with pytest.raises(ConfigError) as caught:
        OverlayReader({path: "\na = \n"}).document(path, root=town.folder, name="stack.toml")

    assert 2 == caught.value.findings[0].line


def test_what_is_asked_twice_is_the_text_at_the_beginning(town: "Town") -> None:
    """A mapping that changes afterwards changes nothing, and a municipality may carry the reader."""
    path = town.folder / "stack.toml"
    texts = {path: "a = 1\n"}
    opened = replace(town.open(), reader=OverlayReader(texts))
    texts[path] = "a = 2\n"

    assert 1 == opened.reader.document(path, root=town.folder, name="stack.toml").get(("a",))
