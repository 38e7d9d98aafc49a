"""What a first-time local admin meets: a file to fill in, what a check did not look at, where one begins."""

import json
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner, Result

from rpa_commons.capabilities import RpaCommonsError
from rpa_commons.cli import _main
from rpa_commons.config import ConnectorEntry
from rpa_commons.connectors import catalogue
from rpa_commons.editing import EditRequest, EditTools, draft_instance, draft_municipality, edit, write_drafts
from rpa_commons.environments import NotInstalledError
from rpa_commons.sdk import BotSettings, Field

if TYPE_CHECKING:
    from conftest import Town

OWN = "bots/newcomers.toml"


def _rpac(folder: str, *words: str) -> Result:
    return CliRunner().invoke(_main.cli, ["-C", folder, "config", *words], standalone_mode=False)


def _drafted(town: "Town") -> str:
    town.write("tables/.keep", "")
    draft = draft_instance(town.open(), town.manifest, "newcomers", connectors=town.connectors)
    write_drafts(draft)
    return (town.folder / OWN).read_text(encoding="utf-8")


def _set(town: "Town", key: str, value: str) -> str:
    tools = EditTools(lambda _: town.manifest_of, town.connectors)
    edit(EditRequest(town.folder, key, "newcomers", value), tools, write=True)
    return (town.folder / OWN).read_text(encoding="utf-8")


def test_a_value_takes_the_place_of_the_commented_line(town: "Town") -> None:
    """What holds anyway stands there as a comment: the value is written where it is described, once."""
    before = _set_contact(town)
    after = _set(town, "sender", "Citizen service")

    assert '# sender = "Borgerservice"' in before
    assert "sender = " in after
    assert 1 == after.count("sender = ")
    assert before.count("\n") == after.count("\n")
    place = after.splitlines().index('sender = "Citizen service"')
    assert "Below the letter." in after.splitlines()[place - 1]
    assert "Citizen service" == tomllib.loads(after)["settings"]["sender"]


def _set_contact(town: "Town") -> str:
    _drafted(town)
    return _set(town, "contact", "Sigrun")


def test_the_keys_above_the_settings_too(town: "Town") -> None:
    """``owner`` is offered at the top of the file; its hint stays."""
    _set_contact(town)
    after = _set(town, "instance.owner", "Anna")

    assert 'owner = "Anna" # who answers for this bot instance\n' in after
    assert "Borgerservice" not in after.split("[settings]")[0]


def test_a_comment_of_somebody_s_own_is_left_alone(town: "Town") -> None:
    """An old value that a person keeps as a comment is no place for another."""
    town.write(OWN, _drafted(town) + '# sender = "until March"\ncontact = "Sigrun"\n\n# enabled = false\n')
    text = (town.folder / OWN).read_text(encoding="utf-8").replace('# sender = "Borgerservice"\n', "")
    town.write(OWN, text.replace("# enabled = true\n", ""))
    _set(town, "enabled", "false")
    after = _set(town, "sender", "Citizen service")

    assert '# sender = "until March"\n' in after
    assert "# enabled = false\n" in after
    assert {"sender": "Citizen service", "enabled": False, "contact": "Sigrun"} == tomllib.loads(after)[
        "settings"
    ]


@pytest.mark.parametrize(
    ("unique", "said"),
    [("instance", "everything would be sent again"), ("municipality", "its open cases and their history")],
)
def test_the_id_s_line_says_what_another_one_would_do(town: "Town", unique: Any, said: str) -> None:
    """A bot that takes each case once per municipality does not send it again under another id."""
    town.manifest = town.manifest.model_copy(update={"unique": unique})
    [line] = [one for one in _drafted(town).splitlines() if one.startswith("id = ")]

    assert said in line
    assert ("sent again" in line) == (unique == "instance")


def test_a_new_municipality_holds_nobody_s_facts_and_no_sample_passes(tmp_path: Path) -> None:
    """Empty samples are refused where their # is taken away; the registry's keys stand there to be said."""
    write_drafts(draft_municipality(tmp_path / "new", catalogue()))
    path = tmp_path / "new" / "municipality.toml"
    text = path.read_text(encoding="utf-8")
    lines = [one.removeprefix("# ") for one in text.splitlines()]
    path.write_text("\n".join(one for one in lines if " = " in one or one.startswith("[")), encoding="utf-8")
    result = _rpac(str(path.parent), "check", "--json")

    assert not [word for word in ("Roskilde", "0265", "29189404", "46 31 30 00") if word in text]
    for key in ("[registry]", "url", "channel", "keys", "on_recall"):
        assert f"# {key}" in text
    keys = {one.key for one in result.exception.findings}  # type: ignore[union-attr]
    assert {"name", "code", "cvr", "letterhead.name", "letterhead.address[0]", "registry.keys[0]"} <= keys


def test_the_sample_address_of_the_registry_is_refused(tmp_path: Path) -> None:
    """``https://`` alone leads nowhere."""
    write_drafts(draft_municipality(tmp_path / "new", catalogue(), name="Lejre", code="0350", cvr="29188548"))
    path = tmp_path / "new" / "municipality.toml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("# [registry]", "[registry]").replace("# url", "url"), encoding="utf-8")
    error = _rpac(str(path.parent), "check").exception

    assert ["registry.url"] == [one.key for one in error.findings]  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("name", "code", "said"),
    [
        ("Lejre", "0265", "0265 is Roskilde's, and this is Lejre"),
        ("Gundsø", "0255", "is the code right? "),
        ("Lejre", "0350", ""),
        ("LEJRE Kommune", "0350", ""),
        ("Københavns Kommune", "0101", ""),
        ("Åbenrå", "0580", ""),
        ("", "0265", ""),
    ],
)
def test_a_code_of_another_municipality_is_noticed(tmp_path: Path, name: str, code: str, said: str) -> None:
    """The name of the code's owner is known; a form of the same name is no difference."""
    notes = draft_municipality(tmp_path / "new", catalogue(), name=name, code=code).notes

    assert bool(said) == ("is the code right?" in notes[0])
    assert said in notes[0]


@pytest.mark.parametrize(
    ("word", "advice"),
    [("lejre", '--name "Lejre" --code 0350`'), ("welcome-letters", "--name NAME --code CODE`")],
)
def test_a_bot_in_an_empty_folder_is_told_how_a_municipality_begins(
    tmp_path: Path, word: str, advice: str
) -> None:
    """Whoever writes the municipality's name where a bot's belongs reads the command that was meant."""
    error = _rpac(str(tmp_path), "init", word).exception

    assert isinstance(error, RpaCommonsError)
    assert 1 == error.exit_code
    assert "there is no municipality here yet" in error.message
    assert f"`rpac config init {advice} begins one here" in error.remedy


class Files(BotSettings):
    """A connector that reads files and fills a folder."""

    files: str = Field("extracts/*.csv", description="Files.", place="files")
    folder: str = Field("outbox", description="Folder.", place="folder")
    other: str = Field("", description="None by default.", place="file")


@pytest.fixture
def files(town: "Town", installed: None) -> "Town":
    """A town whose register is a file."""
    entry = ConnectorEntry("sf1520", "PopulationRegister", Files.model_json_schema(), "1.0")
    town.connectors["sf1520"] = entry
    town.write("stack.toml", '[PopulationRegister]\nconnector = "sf1520"\nsettings.folder = "out"\n')
    return town


def test_check_names_what_is_not_there_yet(files: "Town") -> None:
    """No finding, since the nightly job may write it; with the line that says it."""
    result = _rpac("roskilde", "check")

    assert 0 == result.return_value
    assert result.stdout.endswith(
        ": nothing wrong\nnot there yet: extracts/*.csv (sf1520 Settings.files), out (stack.toml:3)\n"
    )


def test_check_names_what_it_did_not_look_at(files: "Town") -> None:
    """What stands in a file is for the plan to find out."""
    files.write("extracts/a.csv", "x")
    files.write("out/.keep", "")
    result = _rpac("roskilde", "check")
    places = json.loads(_rpac("roskilde", "check", "--json").stdout)["places"]

    assert result.stdout.endswith(
        ": nothing wrong\nnot looked at: what stands in extracts/*.csv; `rpac plan` reads it\n"
    )
    assert [("extracts/*.csv", "files", True), ("out", "folder", True)] == [
        (one["path"], one["kind"], one["exists"]) for one in places
    ]


def test_check_names_who_has_no_environment(files: "Town", monkeypatch: pytest.MonkeyPatch) -> None:
    """The configuration is right and nothing would run: `rpac install` is what is missing."""

    def none(municipality: object, name: str) -> Path:
        raise NotInstalledError("welcome-letters", instance=name)

    monkeypatch.setattr("rpa_commons.environments.python_of", none)
    text = _rpac("roskilde", "check").stdout
    document = json.loads(_rpac("roskilde", "check", "--json").stdout)

    assert "\nnot installed yet: welcome-letters; `rpac install` makes" in text
    assert ["welcome-letters"] == document["not_installed"]


def test_the_connectors_that_read_files_say_which_settings_name_them() -> None:
    """Without the mark a check would be silent about them."""
    known = catalogue()
    marked = {
        (name, key): one["place"]
        for name in known
        for key, one in known[name].settings_schema["properties"].items()
        if "place" in one
    }

    assert {
        ("moves-extract", "files"): "files",
        ("register-extract", "file"): "file",
        ("school-extract", "file"): "file",
        ("pdf-outbox", "folder"): "folder",
        ("sf1601", "physical_outbox"): "folder",
        ("posting-file", "folder"): "folder",
        ("invoice-folder", "specs_folder"): "folder",
        ("invoice-folder", "folder"): "folder",
        ("case-folder", "folder"): "folder",
        ("sf1601", "receipts_folder"): "folder",
    } == marked
