import os
import sys
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from rpa_commons.config import ConfigError
from rpa_commons.config.documents._document import Reader
from rpa_commons.config.municipality._locked_versions import locked_versions
from rpa_commons.sharing import (
    DiffSide,
    NoMembersError,
    NoSuchMemberError,
    diff_baseline,
    find_member,
    is_published,
    open_member,
    open_members,
    write_published,
)
from rpa_commons.sharing._member_readers import RebasedReader, WithheldReader

if TYPE_CHECKING:
    from conftest import Town

DAY = date(2026, 11, 22)
LOCK = '[[bot]]\nname = "{}"\nversion = "{}"\nmanifest_sha256 = "{}"\n'


@pytest.fixture
def published(town: "Town", tmp_path: Path) -> Path:
    """The town's configuration, published."""
    return write_published(town.published(), tmp_path / "members")


def _message(folder: Path, baseline: Path | None = None) -> str:
    with pytest.raises(ConfigError) as caught, open_member(folder, baseline=baseline):
        pass
    return str(caught.value)


def test_an_own_folder_is_opened_for_the_environment_asked_for(town: "Town") -> None:
    """It needs no baseline from elsewhere and withholds nothing."""
    with open_member(town.folder, environment="test") as member:
        found = member

    assert ("Roskilde", "0265", None) == (found.name, found.code, found.info)
    assert found.municipality is not None
    assert "test" == found.municipality.environment
    assert set() == found.withheld("bots/welcome-letters.toml")


def test_a_published_folder_is_opened_on_the_given_baseline(published: Path, tmp_path: Path) -> None:
    """It is production, and it knows what it withholds."""
    with open_member(published, environment="test", baseline=tmp_path / "baseline") as member:
        assert member.municipality is not None
        member.municipality.reader.optional(
            published / "bots/welcome-letters.toml", root=published, name="bots/welcome-letters.toml"
        )

        assert "production" == member.municipality.environment
        assert {"id", "settings.contact"} == member.withheld("bots/welcome-letters.toml")
        assert is_published(member.folder)


def test_a_published_folder_without_its_baseline_says_what_it_needs(published: Path) -> None:
    """The line in published.toml, and the option that answers it."""
    text = _message(published)

    assert "published.toml:9: E103 baseline: it lies on top of DIGIT baseline 2026.1" in text
    assert "help: name it: --baseline DIR_OR_WHEEL" in text


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"", "E102 format"),
        (b"format = 2\ncode = '0265'\nname = 'x'\npublished = 2026-01-01\n", "another release"),
        (b"format = 1\ncode = '0265'\nname = 'x'\npublished = 2026-01-01\nnope = 1\n", "E101 nope"),
        (b"format = 1\ncode = '../x'\nname = 'x'\npublished = 2026-01-01\n", "E202 code"),
        (b"format = 1\ncode = '0265'\nname = \"\\u001b[2J\"\npublished = 2026-01-01\n", "E202 name"),
        (b"format = 1\ncode = '0265'\nname = 'x'\npublished = 2026-01-01\n[withheld]\na = 1\n", "E201"),
        (b"\xff", "not UTF-8"),
        (b"[[", "E104"),
    ],
)
def test_a_published_toml_that_is_none_is_a_finding(published: Path, content: bytes, problem: str) -> None:
    """Of another release, hostile or broken: told with file and line, never guessed at."""
    (published / "published.toml").write_bytes(content)

    assert problem in _message(published)


def test_a_published_folder_without_its_municipality_is_a_finding(published: Path, tmp_path: Path) -> None:
    """Half a folder is not opened as if nothing was missing."""
    (published / "municipality.toml").unlink()

    assert "municipality.toml: E103: there is no such file" in _message(published, tmp_path / "baseline")


def test_a_baseline_that_is_none_is_refused(published: Path, tmp_path: Path) -> None:
    """The option is named as the place of the mistake."""
    assert "--baseline: E103 baseline" in _message(published, tmp_path / "nowhere")
    assert "is neither a folder nor a wheel" in _message(published, published / "published.toml")


def test_a_member_on_another_baseline_is_checked_with_a_note(
    town: "Town", published: Path, tmp_path: Path
) -> None:
    """Both versions are named."""
    town.write("../baseline/baseline.toml", 'name = "DIGIT baseline"\nversion = "2027.1"\n')
    with open_members(published, baseline=tmp_path / "baseline") as found:
        [member] = found.members

    assert (
        "published on top of DIGIT baseline 2026.1, checked on top of DIGIT baseline 2027.1",
    ) == member.notes


def test_a_baselines_wheel_stays_at_hand_while_a_member_is_open(
    town: "Town", published: Path, tmp_path: Path, pack_baseline: Any
) -> None:
    """A side is compared with what the wheel says, which is read only then."""
    wheel = pack_baseline(tmp_path, {"bots/welcome-letters.toml": "[settings]\nwindow_days = 21\n"})
    with open_member(published, baseline=wheel) as member:
        side = DiffSide.of(member, lambda _: town.manifest_of, town.connectors)
        found = diff_baseline(side, everything=True)
    values = {one.key: one.right and one.right.value for pair in found.instances for one in pair.entries}

    assert 21 == values["window_days"]


def test_the_baseline_is_named_as_the_member_would(town: "Town", published: Path, tmp_path: Path) -> None:
    """Origins are relative to the member's folder, not to this machine's disk."""
    town.write("../baseline/bots/welcome-letters.toml", "[settings]\nwindow_days = 12\n")
    with open_member(published, baseline=tmp_path / "baseline") as member:
        side = DiffSide.of(member, lambda _: town.manifest_of, town.connectors)
        entries = diff_baseline(side, everything=True).instances[0].entries
    [entry] = [one for one in entries if one.key == "window_days"]

    assert "../../baseline/bots/welcome-letters.toml:2" == (entry.right and entry.right.origin)


def test_folders_that_are_no_members_are_named_with_the_reason(town: "Town", tmp_path: Path) -> None:
    """A baseline is one kind; hidden folders and files are not even that."""
    for name in (".git", "notes"):
        (tmp_path / name).mkdir()
    (tmp_path / "readme.txt").write_text("x")
    with open_members(tmp_path) as found:
        passed = found.passed_over

    assert [("baseline", "a baseline"), ("notes", "it has no municipality.toml")] == [
        (path.name, why) for path, why in passed
    ]


def test_a_file_is_no_folder_of_members(town: "Town") -> None:
    """Nor is an empty folder; both say what to name instead."""
    with pytest.raises(ConfigError, match="cannot be read"), open_members(town.folder / "stack.toml"):
        pass
    (town.folder / "empty").mkdir()
    with pytest.raises(NoMembersError, match="holds no municipality"), open_members(town.folder / "empty"):
        pass


def test_a_name_with_signs_a_terminal_obeys_is_escaped(town: "Town") -> None:
    """A member's folder is somebody else's text."""
    text = (town.folder / "municipality.toml").read_text(encoding="utf-8")
    town.write("municipality.toml", text.replace('"Roskilde"', '"Ros\\u001b[31mkilde"'))
    with open_member(town.folder) as member:
        name = member.name
    with open_members(town.folder) as found:
        names = [one.name for one in found.members]

    assert "Ros\\u001b[31mkilde" == name
    assert [name] == names


def test_two_municipalities_of_one_name_are_not_guessed_between(town: "Town") -> None:
    """The folder's name decides, or nothing."""
    for folder in ("a", "b"):
        town.write(f"../{folder}/municipality.toml", 'name = "Twin"\n')
    with pytest.raises(NoSuchMemberError):
        find_member("Twin", town.folder)

    assert town.folder.parent / "a" == find_member("a", town.folder)


def test_a_municipality_that_cannot_be_found_is_guessed_at(town: "Town") -> None:
    """A broken neighbour does not hinder the search; nobody there names the folder to give."""
    town.write("../broken/municipality.toml", "name = [")
    town.write("../odd/municipality.toml", "name = 3")
    with pytest.raises(NoSuchMemberError) as caught:
        find_member("x", town.folder)
    with pytest.raises(NoSuchMemberError) as alone:
        find_member("x", town.folder / "nowhere" / "at-all")

    assert "there is: broken, odd, roskilde" == caught.value.remedy
    assert ("x", "name its folder") == (alone.value.word, alone.value.remedy)


@pytest.mark.skipif(sys.platform == "win32" or not hasattr(os, "geteuid"), reason="links need a right there")
def test_a_link_that_leads_nowhere_is_a_member_that_cannot_be_read(tmp_path: Path) -> None:
    """It is not passed over as if nobody was there."""
    (tmp_path / "members/0265").mkdir(parents=True)
    (tmp_path / "members/0265/municipality.toml").symlink_to(tmp_path / "nowhere")
    with open_members(tmp_path / "members") as found:
        [member] = found.members

    assert None is member.municipality
    assert ["E103"] == [one.code for one in member.findings]


def _reader(folder: Path, kind: Any = RebasedReader, baseline: str | None = "../other") -> Any:
    return kind(folder, Reader(is_snapshot=True), baseline)


def _read(reader: Reader, folder: Path, name: str) -> Any:
    document = reader.optional(folder / name, root=folder, name=name)
    return None if document is None else document.values


def test_a_member_is_read_as_at_one_moment(town: "Town") -> None:
    """A file that changes while many are looked at is one document for all of them."""
    reader = _reader(town.folder)
    first = reader.document(town.folder / "municipality.toml", root=town.folder, name="municipality.toml")
    town.write("municipality.toml", "name = 1\n")
    again = reader.optional(town.folder / "municipality.toml", root=town.folder, name="municipality.toml")

    assert first is again


def test_only_a_named_baseline_is_moved(town: "Town") -> None:
    """Who lies on none gets none, and other files stay as they are."""
    reader = _reader(town.folder)
    stays = _reader(town.folder, baseline=None)
    own = _read(reader, town.folder, "municipality.toml")
    town.write("municipality.toml", 'name = "x"\n')

    assert ("../other", "Roskilde") == (own["baseline"], own["name"])
    assert {"name": "x"} == _read(_reader(town.folder), town.folder, "municipality.toml")
    assert {"name": "x"} == _read(stays, town.folder, "municipality.toml")
    assert None is _read(reader, town.folder, "nothing.toml")


def test_files_outside_the_folder_are_read_once_for_all(town: "Town", tmp_path: Path) -> None:
    """Members share the documents of the baseline."""
    shared = Reader(is_snapshot=True)
    place: dict[str, Any] = {"root": tmp_path / "baseline", "name": "baseline.toml"}
    file = tmp_path / "baseline/baseline.toml"
    readers = [RebasedReader(tmp_path / name, shared, None) for name in ("a", "b")]

    assert readers[0].document(file, **place) is readers[1].optional(file, **place)


def test_what_is_withheld_is_taken_out_and_remembered(tmp_path: Path) -> None:
    """Whole tables, keys, keys of inline tables and of tables in lists; a truth value alone is a value."""
    name = "bots/a.toml"
    (tmp_path / "bots").mkdir()
    (tmp_path / name).write_text(
        "id = { withheld = true }\nflag = true\nnot_all = { withheld = true, more = 1 }\n"
        "no = { withheld = false }\n[settings]\na = { withheld = true }\nb = { c = { withheld = true } }\n"
        "[[settings.list]]\nd = { withheld = true }\ne = 1\n[letters]\nwithheld = true\n"
    )
    reader = _reader(tmp_path, WithheldReader)
    values = _read(reader, tmp_path, name)

    assert {
        ("id",),
        ("settings", "a"),
        ("settings", "b", "c"),
        ("settings", "list", 0, "d"),
        ("letters",),
    } == (reader.withheld[name])
    assert {"b": {}, "list": [{"e": 1}]} == values["settings"]
    assert (True, {"withheld": True, "more": 1}, {"withheld": False}) == (
        values["flag"],
        values["not_all"],
        values["no"],
    )
    assert "letters" not in values


def test_ids_that_stand_in_for_withheld_ones_differ_by_instance(tmp_path: Path) -> None:
    """Two instances with one id would be a finding that nobody has earned; who has none gets none."""
    (tmp_path / "bots").mkdir()
    for name in "ab":
        (tmp_path / f"bots/{name}.toml").write_text("id = { withheld = true }\n")
    (tmp_path / "bots/c.toml").write_text('bot = "x"\n')
    reader = _reader(tmp_path, WithheldReader)
    one, other, none = (_read(reader, tmp_path, f"bots/{name}.toml") for name in "abc")

    assert one["id"] != other["id"]
    assert "id" not in none


def test_a_published_municipality_never_chooses_its_own_baseline(tmp_path: Path) -> None:
    """A path in a folder that somebody sent is not followed."""
    (tmp_path / "municipality.toml").write_text('baseline = "/etc"\ncvr = { withheld = true }\n')
    without = _read(_reader(tmp_path, WithheldReader, None), tmp_path, "municipality.toml")
    moved = _read(_reader(tmp_path, WithheldReader), tmp_path, "municipality.toml")

    assert "baseline" not in without
    assert "../other" == moved["baseline"]
    assert {"cvr", "letterhead"} <= moved.keys()


def test_the_versions_of_all_bots_are_read_from_a_lock(tmp_path: Path) -> None:
    """Packages and instances between them say nothing of a bot."""
    between = '[[bot.packages]]\nname = "attrs"\nversion = "9"\n[[instance]]\nname = "c"\nversion = "8"\n'
    (tmp_path / "rpac.lock").write_text(LOCK.format("a", "1.0", "x") + between + LOCK.format("b", "2.0", "y"))

    assert {"a": ("1.0", "x"), "b": ("2.0", "y")} == locked_versions(tmp_path)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff\xfe",
        b"[[bot]]\nname = ",
        b'[[bot]]\nname = "a"\n',
        b'[[bot]]\nname = 1\nversion = "1"\nmanifest_sha256 = "x"\n',
        b'[bot]\nname = "a"\nversion = "1"\nmanifest_sha256 = "x"\n',
        b"[[bot]]\na = " + b"[" * 5000,
        LOCK.format("a", "1.0", "x").encode() + b"#" * (16 * 1024 * 1024),
    ],
)
def test_a_lock_that_says_nothing_gives_nothing(tmp_path: Path, content: bytes) -> None:
    """Empty, binary, half, of other types, absurdly deep or huge: no version, no crash."""
    (tmp_path / "rpac.lock").write_bytes(content)

    assert {} == locked_versions(tmp_path)


def test_a_folder_called_like_the_lock_gives_nothing(tmp_path: Path) -> None:
    """Nor does a municipality without any."""
    (tmp_path / "a/rpac.lock").mkdir(parents=True)

    assert {} == locked_versions(tmp_path / "a") == locked_versions(tmp_path / "b")


def test_a_broken_entry_costs_only_itself(tmp_path: Path) -> None:
    """A bad merge in one entry leaves the others readable."""
    text = LOCK.format("a", "1.0", "x") + "[[bot]]\n<<<<<<< HEAD\n" + LOCK.format("b", "2.0", "y")
    (tmp_path / "rpac.lock").write_text(text)

    assert {"a", "b"} == locked_versions(tmp_path).keys()
