"""Whatever is pointed at as an official file, it is kept, refused as unknown, or refused in our words."""

import io
import json
import tempfile
import zipfile
from pathlib import Path

from hypothesis import example, given, settings
from hypothesis import strategies as st

from rpa_commons.specs import SpecsError, SpecsStore
from rpa_commons.specs._sources import candidates


def archive(method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A zip with a schema in it."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", method) as made:
        made.writestr("a/x.xsd", b"<schema/>" * 50)
        made.writestr("readme.txt", b"hello")
    return stream.getvalue()


def unknown_method() -> bytes:
    """A zip that says it is packed in a way that nobody knows."""
    whole = archive()
    return whole.replace(
        b"PK\x03\x04\x14\x00\x00\x00\x08\x00", b"PK\x03\x04\x14\x00\x00\x00\x63\x00"
    ).replace(b"PK\x01\x02\x14\x03\x14\x00\x00\x00\x08\x00", b"PK\x01\x02\x14\x03\x14\x00\x00\x00\x63\x00")


def looked_at(content: bytes, name: str = "given.zip") -> str:
    """What is said of a file that is pointed at; empty where it could be read."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / name
        place.write_bytes(content)
        try:
            for one in candidates(place):
                one.read()
        except SpecsError as error:
            return str(error)
    return ""


@given(st.data(), st.sampled_from([zipfile.ZIP_DEFLATED, zipfile.ZIP_LZMA, zipfile.ZIP_BZIP2]))
@settings(deadline=None, max_examples=150)
def test_a_damaged_zip(data: st.DataObject, method: int) -> None:
    """Bytes changed, taken out or put in anywhere: files, or our error, which names the file."""
    whole = archive(method)
    start = data.draw(st.integers(0, len(whole)))
    put = data.draw(st.binary(max_size=4))
    length = data.draw(st.sampled_from([len(put), len(put), 0, 3]))

    said = looked_at(whole[:start] + put + whole[start + length :])

    assert not said or "given.zip" in said or "x.xsd" in said


@given(st.binary(max_size=300), st.sampled_from(["x.zip", "x.xsd", "x"]))
@example(unknown_method(), "x.zip")
@example(archive()[:-30], "x.zip")
@settings(deadline=None)
def test_any_file(content: bytes, name: str) -> None:
    """The same of bytes that are nothing."""
    said = looked_at(content, name)

    assert not said or name in said


def test_a_bomb_is_not_unpacked() -> None:
    """A hundred kilobytes that become 100 MB are told by size, and where that lies by what comes out."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as made, made.open("x.xsd", "w") as member:
        for _ in range(100):
            member.write(b"\0" * 1024 * 1024)
    whole = stream.getvalue()
    size = (100 * 1024 * 1024).to_bytes(4, "little")

    assert "" == looked_at(whole)  # above the limit by its own word: not looked at
    assert "x.xsd" in looked_at(whole.replace(size, (1000).to_bytes(4, "little")))


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=20),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(["files", "trust", "added", "name", "version", "reason"]), inner
            )
        ),
        max_leaves=8,
    )
)
@settings(deadline=None)
def test_any_note_of_what_is_kept(note: object) -> None:
    """A damaged note beside the kept files is said by verifying, or the version is not there."""
    with tempfile.TemporaryDirectory() as folder:
        version = Path(folder) / "kle-emneplan" / "2.0"
        version.mkdir(parents=True)
        (version / "spec.json").write_text(json.dumps(note))
        store = SpecsStore(Path(folder))
        try:
            assert store.versions("kle-emneplan") is not None
        except SpecsError as error:
            assert str(error)  # noqa: PT017 - both are right
