"""Beginning a municipality, as its admin does without anybody to ask."""

import errno
import re
import threading
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from rpa_commons.config import ConfigError, FileNotWrittenError, open_municipality
from rpa_commons.editing import (
    AlreadyThereError,
    EditRequest,
    EditTools,
    KeyRefusedError,
    draft_instance,
    draft_municipality,
    edit,
    write_drafts,
)
from rpa_commons.editing import _init as initialising

if TYPE_CHECKING:
    from conftest import Town


def _begin(folder: Path, **given: str) -> str:
    folder.mkdir(exist_ok=True)
    write_drafts(draft_municipality(folder, {}, **given))
    return (folder / "municipality.toml").read_text(encoding="utf-8")


def _set(folder: Path, key: str, value: str) -> None:
    tools = EditTools(lambda _: lambda _: pytest.fail("no bot is asked for"), {})
    edit(EditRequest(folder, key, None, value), tools, write=True)


def test_every_missing_key_can_be_set_by_command(tmp_path: Path) -> None:
    """One after the other, each in the line where it was asked for, until the municipality opens."""
    folder = tmp_path / "greve"
    before = _begin(folder)
    for key, value in {
        "name": "Greve",
        "code": "0253",
        "cvr": "44023911",
        "letterhead.name": "Greve Kommune",
    }.items():
        _set(folder, f"municipality.{key}", value)
    after = (folder / "municipality.toml").read_text(encoding="utf-8")

    assert "0253" == open_municipality(folder).code
    assert "must be filled in" not in after
    assert 'name = "Greve" # name of the municipality\n' in after
    assert (
        "[letterhead] # on top of every letter\n"
        'name = "Greve Kommune" # the authority as citizens know it\n# address'
    ) in after
    assert before.count("\n") == after.count("\n")


def test_what_was_given_stands_there(tmp_path: Path) -> None:
    """Nothing is left to fill in, and it opens at once."""
    text = _begin(tmp_path / "greve", name="Greve", code="0253", cvr="44023911")

    assert "Greve Kommune" == open_municipality(tmp_path / "greve").letterhead.name
    assert "must be filled in" not in text


@pytest.mark.parametrize("name", ["Region H", "Greve Kommune", 'A"B\\', "Ærø"])
def test_a_name_is_taken_as_it_is(tmp_path: Path, name: str) -> None:
    """Whatever signs it has; nobody becomes a Kommune Kommune."""
    values = tomllib.loads(_begin(tmp_path / "greve", name=name))

    assert name == values["name"]
    assert (name if name.endswith("Kommune") else f"{name} Kommune") == values["letterhead"]["name"]


@pytest.mark.parametrize(
    ("given", "option"),
    [
        ({"code": "253"}, "--code"),
        ({"code": "DK-253"}, "--code"),
        ({"cvr": "4402391"}, "--cvr"),
        ({"cvr": "00000000"}, "--cvr"),
        ({"code": "269", "cvr": "6853491"}, "--c"),
        ({"name": "Greve", "code": "0253", "cvr": "x"}, "--cvr"),
    ],
)
def test_a_code_that_is_none_is_refused_before_anything_is_written(
    tmp_path: Path, given: dict[str, str], option: str
) -> None:
    """With the option that was mistyped and the form that is asked for."""
    with pytest.raises(KeyRefusedError) as caught:
        _begin(tmp_path / "greve", **given)

    assert 2 == caught.value.exit_code
    assert caught.value.key.startswith(option)
    assert "digits in quotes" in str(caught.value.remedy)
    assert [] == list((tmp_path / "greve").iterdir())


@pytest.mark.parametrize("cvr", ["44023912", "68534910"])
def test_a_number_that_is_nobody_s_is_refused_before_anything_is_written(tmp_path: Path, cvr: str) -> None:
    """Eight digits alone are no CVR number: the last one checks the others."""
    with pytest.raises(KeyRefusedError) as caught:
        _begin(tmp_path / "greve", code="0253", cvr=cvr)

    assert "--cvr" == caught.value.key
    assert [] == list((tmp_path / "greve").iterdir())


@pytest.mark.parametrize("name", ["a\nname = 'x'", "b\x07c", "ø å", 'q"r'])
def test_a_folder_s_name_cannot_say_anything(tmp_path: Path, name: str) -> None:
    """It becomes part of a path, one folder beside, and nothing else."""
    values = tomllib.loads(_begin(tmp_path / name))

    assert {"environment", "state_dir", "letterhead"} == values.keys()
    assert re.fullmatch(r"\.\./state/[\w.-]+", values["state_dir"])


def test_a_full_disk_leaves_no_half_municipality(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first file goes again when the second cannot be written, so that the next attempt can begin."""
    real = initialising.replace_text

    def replace_text(path: Path, text: str) -> None:
        if path.name == "stack.toml":
            raise FileNotWrittenError(path, "No space left on device")
        real(path, text)

    monkeypatch.setattr(initialising, "replace_text", replace_text)
    with pytest.raises(FileNotWrittenError):
        _begin(tmp_path / "greve")
    monkeypatch.undo()

    assert [] == list((tmp_path / "greve").iterdir())
    assert _begin(tmp_path / "greve")


def test_a_folder_that_cannot_be_written_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As an error of ours."""

    def refuse(_: int) -> None:
        raise OSError(errno.EROFS, "Read-only file system")

    monkeypatch.setattr("os.fsync", refuse)
    with pytest.raises(FileNotWrittenError, match="Read-only file system"):
        _begin(tmp_path / "greve")

    assert [] == list((tmp_path / "greve").iterdir())


def test_what_is_there_stays(tmp_path: Path) -> None:
    """Also when only one of the two files is there, or a link to nowhere."""
    for name in ("municipality.toml", "stack.toml"):
        folder = tmp_path / name.partition(".")[0]
        folder.mkdir()
        (folder / name).symlink_to("nowhere")
        with pytest.raises(AlreadyThereError):
            _begin(folder)

        assert [folder / name] == list(folder.iterdir())


def test_of_two_at_once_one_begins_the_instance(town: "Town") -> None:
    """The other one is told, and the id that was written first stays: everything hangs on it."""
    drafts = [
        draft_instance(town.open(), town.manifest, "second", connectors=town.connectors) for _ in range(8)
    ]
    start, outcomes = threading.Barrier(len(drafts)), []

    def write(draft: Any) -> None:
        start.wait()
        try:
            write_drafts(draft)
        except AlreadyThereError:
            outcomes.append("")
        else:
            outcomes.append(next(iter(draft.files.values())))

    threads = [threading.Thread(target=write, args=(draft,)) for draft in drafts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert [(town.folder / "bots/second.toml").read_text(encoding="utf-8")] == list(filter(None, outcomes))
    assert len(drafts) == len(outcomes)


def test_a_required_setting_is_set_where_it_was_asked_for(town: "Town") -> None:
    """The comment that asks goes with it, and what it means stays above."""
    write_drafts(draft_instance(town.open(), town.manifest, "second", connectors=town.connectors))
    tools = EditTools(lambda _: town.manifest_of, town.connectors)
    edit(EditRequest(town.folder, "contact", "second", "Bo"), tools, write=True)
    text = (town.folder / "bots/second.toml").read_text(encoding="utf-8")

    assert '#   Who is asked. Text.\ncontact = "Bo"\n' in text
    assert 'contact = ""' not in text
    with pytest.raises(ConfigError):
        edit(EditRequest(town.folder, "contact", "second", "", how="unset"), tools, write=True)
