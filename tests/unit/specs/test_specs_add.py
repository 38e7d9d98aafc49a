"""Adding: recognised by checksum, refused when not known."""

import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from rpa_commons.specs import SpecsError, SpecsStore, UnknownSpecError, add_known, add_trusted
from tests.unit.specs.conftest import COMMON, MAIN, RULES_1, RULES_2, sha256

Download = Callable[..., Path]


def kept(store: SpecsStore) -> list[str]:
    """Names and versions in a store."""
    return [one.label for one in store.stored()]


def trusted(store: SpecsStore, place: Path, **changes: object) -> object:
    """Add by trust; every detail can be changed."""
    given: dict[str, object] = {
        "name": "rules",
        "version": "1.2",
        "valid_from": date(2026, 11, 1),
        "reason": "the release of November, read by two of us",
        "by": "mette",
    }
    return add_trusted(store, place, **(given | changes))  # type: ignore[arg-type]


def test_a_file_is_recognised_whatever_it_is_called(store: SpecsStore, download: Download) -> None:
    """A browser renames downloads."""
    folder = download({"EN16931 (3).xslt": RULES_2})

    done = add_known(store, folder / "EN16931 (3).xslt")

    assert (("rules 1.1",), ()) == (done.added, done.incomplete)
    assert {"R.xslt": RULES_2.encode()} == store.load("rules", "1.1")


def test_a_folder_gives_everything_that_is_complete_in_it(store: SpecsStore, download: Download) -> None:
    """Files that are nobody's are left where they are; what is there in part is said."""
    folder = download({"a/b/1.xslt": RULES_1, "a/2.xsl": RULES_2, "x/Main.xsd": MAIN, "y.sch": "<other/>"})

    done = add_known(store, folder)

    assert ("rules 1.0", "rules 1.1") == done.added
    assert ("schema 2.1: 1 of 2 files, without common/Common.xsd",) == done.incomplete
    assert ["rules 1.0", "rules 1.1"] == kept(store)


def test_a_zip_is_read_without_unpacking_it(store: SpecsStore, tmp_path: Path) -> None:
    """Paths in it may say what they like: files are kept by the table's paths."""
    path = tmp_path / "download.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("../../evil.xsd", MAIN)
        archive.writestr("os-UBL-2.1/xsd/common/Common.xsd", COMMON)
        archive.writestr("readme.txt", "x")

    add_known(store, path)

    assert {"maindoc/Main.xsd", "common/Common.xsd"} == set(store.load("schema", "2.1"))
    assert ["download.zip", "kept"] == sorted(one.name for one in tmp_path.iterdir())


def test_what_is_not_known_is_refused_and_said(store: SpecsStore, download: Download) -> None:
    """A changed file of a known name is told by its checksum; nothing is kept."""
    folder = download({"R.xslt": RULES_2 + " ", "other.xsd": "<x/>"})

    with pytest.raises(UnknownSpecError, match="refused") as caught:
        add_known(store, folder)

    assert 5 == caught.value.exit_code
    assert sha256(RULES_2 + " ") in caught.value.message
    assert "is called like a file of rules 1.1" in caught.value.message
    assert "rpac specs list" in caught.value.remedy
    assert [] == kept(store)


@pytest.mark.parametrize("name", ["missing", "empty"])
def test_a_place_without_files_is_refused(name: str, store: SpecsStore, tmp_path: Path) -> None:
    """Neither a missing nor an empty place adds anything."""
    (tmp_path / "empty").mkdir()

    with pytest.raises(SpecsError):
        add_known(store, tmp_path / name)


def test_a_broken_zip_is_refused_in_words(store: SpecsStore, tmp_path: Path) -> None:
    """A download that broke off."""
    path = tmp_path / "half.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("Main.xsd", MAIN * 1000)
    data = bytearray(path.read_bytes())
    data[40:60] = b"\0" * 20
    path.write_bytes(bytes(data))

    with pytest.raises(SpecsError, match=r"half\.zip"):
        add_known(store, path)


def test_links_are_not_followed(store: SpecsStore, download: Download, tmp_path: Path) -> None:
    """A folder gives what lies in it."""
    target = download({"R.xslt": RULES_1}, "elsewhere") / "R.xslt"
    folder = download({"readme.xsd": "<x/>"})
    try:
        (folder / "R.xslt").symlink_to(target)
    except OSError:
        pytest.skip("this account may not make links")

    with pytest.raises(UnknownSpecError):
        add_known(store, folder)


def test_a_newer_release_is_taken_with_a_reason(store: SpecsStore, download: Download) -> None:
    """Who said so and why stays with it."""
    folder = download({"R.xslt": "<rules>3</rules>"})

    done = trusted(store, folder / "R.xslt")

    (one,) = store.stored()
    assert ("rules 1.2",) == done.added  # type: ignore[attr-defined]
    assert ("1.2", date(2026, 11, 1)) == (one.version, one.valid_from)
    assert one.trust is not None
    assert ("mette", "the release of November, read by two of us") == (one.trust.by, one.trust.reason)
    assert b"<rules>3</rules>" == store.load("rules", "1.2")["R.xslt"]


def test_trusted_files_of_a_folder_are_laid_out_as_the_known_ones(
    store: SpecsStore, download: Download
) -> None:
    """The folders above do not matter."""
    folder = download({"UBL-2.2/xsd/maindoc/Main.xsd": "<m2/>", "UBL-2.2/xsd/common/Common.xsd": "<c2/>"})

    trusted(store, folder, name="schema", version="2.2", valid_from=None)

    assert {"maindoc/Main.xsd": b"<m2/>", "common/Common.xsd": b"<c2/>"} == store.load("schema", "2.2")


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"name": "other"}, "there is no family 'other'"),
        ({"name": "compiler", "version": "1.4"}, "only taken in the versions known by checksum"),
        ({"version": "1.1"}, "is known by checksum, and these files are not it"),
        ({"version": "../1"}, "is no version"),
        ({"version": ""}, "is no version"),
        ({"reason": " because "}, "a reason is needed"),
        ({"name": "schema", "version": "2.2"}, r"there is no maindoc/Main\.xsd"),
    ],
)
def test_trust_has_its_limits(
    changes: dict[str, object], message: str, store: SpecsStore, download: Download
) -> None:
    """No compiler, no known version, no empty reason, no path for a version."""
    folder = download({"R.xslt": "<rules>3</rules>"})

    with pytest.raises(SpecsError, match=message):
        trusted(store, folder, **changes)

    assert [] == kept(store)


def test_two_different_files_of_one_name_are_not_guessed_between(
    store: SpecsStore, download: Download
) -> None:
    """A folder with two releases in it."""
    folder = download({"a/R.xslt": "<rules>3</rules>", "b/R.xslt": "<rules>4</rules>"})

    with pytest.raises(SpecsError, match=r"there is more than one R\.xslt"):
        trusted(store, folder)
