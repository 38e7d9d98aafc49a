import copy
import os
import pickle
import threading
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from rpa_commons.config import ConfigError
from rpa_commons.config.documents._document import Document, Reader
from rpa_commons.config.layers._layers import Layer, merge

LONG_AGO = 1_700_000_000


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A file that was not changed lately."""
    path = tmp_path / "a.toml"
    _write(path, "a = 1\n")
    return path


def _write(path: Path, text: str, moment: float = LONG_AGO) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8", newline="\n")
    os.utime(path, (moment, moment))


@pytest.fixture
def settled(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if some seconds had passed since each file was written."""
    monkeypatch.setattr("rpa_commons.config.documents._document._SETTLED", -1_000_000_000)


def _read(reader: Reader, path: Path) -> Document | None:
    return reader.optional(path, root=path.parent, name=path.name)


def _values(reader: Reader, path: Path) -> Any:
    document = _read(reader, path)
    return None if document is None else document.values


@pytest.mark.usefixtures("settled")
def test_an_unchanged_file_is_read_once(file: Path) -> None:
    """The same document is given out again."""
    reader = Reader()

    assert _read(reader, file) is _read(reader, file)


@pytest.mark.usefixtures("settled")
def test_a_changed_file_is_seen(file: Path) -> None:
    """Another time or another size is another file."""
    reader = Reader()
    _read(reader, file)
    _write(file, "a = 2\n", LONG_AGO + 1)

    assert {"a": 2} == _values(reader, file)

    _write(file, "a = 33\n", LONG_AGO + 1)

    assert {"a": 33} == _values(reader, file)


@pytest.mark.usefixtures("settled")
def test_a_file_put_in_place_of_another_is_seen(file: Path) -> None:
    """An editor that replaces the file keeps time and size, not the file's number."""
    reader = Reader()
    _read(reader, file)
    other = file.with_name("new")
    _write(other, "a = 2\n")
    other.replace(file)

    assert {"a": 2} == _values(reader, file)


@pytest.mark.usefixtures("settled")
def test_a_file_that_goes_and_comes_is_seen(file: Path) -> None:
    """Neither the file nor its absence is remembered against what is there."""
    reader = Reader()
    _read(reader, file)
    file.unlink()

    assert _read(reader, file) is None

    _write(file, "a = 3\n")

    assert {"a": 3} == _values(reader, file)


def test_a_young_file_is_read_each_time(file: Path) -> None:
    """Within the tick of the file system's clock a second change would not show."""
    reader = Reader()
    file.write_text("a = 1\n", encoding="utf-8")

    assert _read(reader, file) is not _read(reader, file)


@pytest.mark.usefixtures("settled")
def test_what_cannot_be_read_is_tried_again(file: Path) -> None:
    """A mistake that was mended is no mistake any more."""
    reader = Reader()
    _write(file, "a = \n")
    with pytest.raises(ConfigError):
        _read(reader, file)
    _write(file, "a = 5\n")

    assert {"a": 5} == _values(reader, file)


def test_a_missing_file_has_the_remedy(tmp_path: Path) -> None:
    """Whoever asks for a file that must be there says what to do without it."""
    with pytest.raises(ConfigError) as caught:
        Reader().document(tmp_path / "a.toml", root=tmp_path, name="a.toml", remedy="write one")

    assert ("E103", "write one") == (caught.value.findings[0].code, caught.value.findings[0].help)


@pytest.mark.skipif(os.name == "nt", reason="links need a privilege on Windows")
@pytest.mark.usefixtures("settled")
def test_a_link_that_comes_later_is_looked_at(tmp_path: Path) -> None:
    """A folder that becomes a link out of the root is refused, although its file was read before."""
    _write(tmp_path / "outside/a.toml", "a = 1\n")
    _write(tmp_path / "root/bots/a.toml", "a = 1\n")
    reader, path = Reader(), tmp_path / "root/bots/a.toml"
    reader.optional(path, root=tmp_path / "root", name="a.toml")
    path.unlink()
    path.parent.rmdir()
    path.parent.symlink_to(tmp_path / "outside", target_is_directory=True)

    with pytest.raises(ConfigError, match="leads out of its folder"):
        reader.optional(path, root=tmp_path / "root", name="a.toml")


@pytest.mark.skipif(os.name == "nt", reason="links need a privilege on Windows")
def test_links_inside_the_folder_are_followed(tmp_path: Path) -> None:
    """A link from one instance's file to another's is nobody's harm; one to nowhere is no file."""
    _write(tmp_path / "a.toml", "a = 1\n")
    (tmp_path / "b.toml").symlink_to("a.toml")
    (tmp_path / "c.toml").symlink_to("gone.toml")

    assert {"a": 1} == _values(Reader(), tmp_path / "b.toml")
    with pytest.raises(ConfigError, match="no such file"):
        _read(Reader(), tmp_path / "c.toml")


@pytest.mark.parametrize("name", ["../x.toml", "a/../../x.toml", "a.toml/b.toml"])
def test_no_name_leads_out(tmp_path: Path, name: str) -> None:
    """Dots in a path are resolved before it is believed; below a file there is nothing."""
    _write(tmp_path / "x.toml", "a = 1\n")
    _write(tmp_path / "root/a.toml", "a = 1\n")
    (tmp_path / "root/a").mkdir()
    root = tmp_path / "root"
    found = None
    with suppress(ConfigError):
        found = Reader().optional(root / name, root=root, name=name)

    assert found is None


def test_a_snapshot_looks_once(file: Path) -> None:
    """In a snapshot nothing changes any more: neither a file, nor its absence, nor what was made of them."""
    reader = Reader(is_snapshot=True)
    made: list[int] = []
    other = file.with_name("b.toml")
    first = _read(reader, file), _read(reader, other)
    _write(file, "a = 2\n")
    _write(other, "b = 1\n")

    assert first == (_read(reader, file), _read(reader, other))
    assert [0, 0] == [reader.remembered("x", lambda: made.append(0) or len(made) - 1) for _ in range(2)]
    assert [0, 1] == [Reader().remembered("x", lambda one=one: one) for one in range(2)]


@pytest.mark.usefixtures("settled")
def test_what_is_kept_is_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The oldest document goes when there are too many; it is read again when it is asked for."""
    monkeypatch.setattr("rpa_commons.config.documents._document._MOST_KEPT", 3)
    reader = Reader()
    for number in range(9):
        _write(tmp_path / f"{number}.toml", f"a = {number}\n")
        _read(reader, tmp_path / f"{number}.toml")

    assert 3 == len(reader._kept)
    assert {"a": 0} == _values(reader, tmp_path / "0.toml")


@pytest.mark.usefixtures("settled")
def test_a_copy_starts_with_nothing(file: Path) -> None:
    """A reader may go to another process, or be copied, without what it has read."""
    reader = Reader(is_snapshot=True)
    _read(reader, file)

    for other in (copy.deepcopy(reader), pickle.loads(pickle.dumps(reader))):  # noqa: S301 - our own
        assert {} == other._kept
        assert {"a": 1} == _values(other, file)
        assert other.is_snapshot


@pytest.mark.usefixtures("settled")
def test_threads_may_share_a_reader(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Many threads reading many files, more than are kept, each get what the file holds."""
    monkeypatch.setattr("rpa_commons.config.documents._document._MOST_KEPT", 5)
    for number in range(12):
        _write(tmp_path / f"{number}.toml", f"a = {number}\n")
    reader, wrong = Reader(), []

    def work() -> None:
        for turn in range(200):
            number = turn % 12
            if _values(reader, tmp_path / f"{number}.toml") != {"a": number}:
                wrong.append(number)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert [] == wrong


def test_places_are_looked_for_when_they_are_asked_for(file: Path) -> None:
    """The lines of a plain document come with its values; spans are scanned for when one is quoted."""
    document = _read(Reader(), file)

    assert document is not None
    assert "places" not in vars(document)
    assert 1 == document.line_of(("a",))
    assert "places" not in vars(document)


def test_many_comments_are_no_burden() -> None:
    """Thousands of comments before a line that is not plain are read in one go."""
    text = "# # # #  \n" * 20_000 + 'x = """\n"""\n'
    document = Document(Path("x.toml"), "x.toml", text, {"x": ""})

    assert 20_001 == document.line_of(("x",))


def test_a_leaf_knows_every_layer_that_speaks_of_it() -> None:
    """The winner, all candidates and the origin are one story; only tables that stay are named as such."""
    layers = [Layer("weak", {"a": {"b": 1}, "c": {}}), Layer("strong", {"a": {"b": 2}, "c": {"d": 3}})]
    merged = merge(layers)

    assert [1, 2] == [one.value for one in merged.leaves["a", "b"]]
    assert merged.leaves["a", "b"] == merged.candidates(("a", "b"))
    assert () == merged.candidates(("a",)) == merged.tables
    assert ["strong", "strong"] == [origin.layer for _, origin in merged.origins()]
    assert {"a": {"b": 2}, "c": {"d": 3}} == merged.values


def test_lists_and_tables_are_combined_with_what_is_below() -> None:
    """What a layer makes of a list sees the effective value below, not what was written there."""
    layers = [Layer("one", {"l": [1]}), Layer("two", {"l": [2]}), Layer("three", {"l": [3]})]
    merged = merge(
        layers, combine=lambda _, below, value: [*(below if isinstance(below, list) else ()), *value]
    )

    assert [[1], [1, 2], [1, 2, 3]] == [one.effective for one in merged.leaves["l",]]
    assert {"l": [1, 2, 3]} == merged.values
