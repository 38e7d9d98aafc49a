"""A new municipality, and a new bot instance, know which cooperation they belong to."""

import tomllib
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from rpa_commons.config import open_municipality
from rpa_commons.editing import Draft, KeyRefusedError, draft_instance, draft_municipality, write_drafts

if TYPE_CHECKING:
    from conftest import Town


def _greve(town: "Town", **rest: Path | None) -> Draft:
    folder = town.folder.parent / "greve"
    return draft_municipality(folder, {}, name="Greve", code="0253", cvr="44023911", **rest)


def _values(draft: Draft) -> dict[str, object]:
    return tomllib.loads(next(iter(draft.files.values())))


def test_the_baseline_beside_is_followed_and_said(town: "Town") -> None:
    """Without any option the new municipality is inside the cooperation, and opens there."""
    draft = _greve(town)
    write_drafts(draft)

    assert "../baseline" == _values(draft)["baseline"]
    assert ("it follows the baseline ../baseline: its values and bounds hold here",) == draft.notes
    assert (town.folder.parent / "baseline").resolve() == open_municipality(draft.folder).baseline


def test_profiles_of_the_baseline_are_named_in_the_stack(town: "Town") -> None:
    """As a comment: which of them is the municipality's choice."""
    for name in ("sf1601", "sf1520"):
        town.write(f"../baseline/profiles/{name}/stack.toml", "")
    stack = _greve(town).files[town.folder.parent / "greve" / "stack.toml"]

    assert {} == tomllib.loads(stack)
    assert '# profiles = ["sf1520", "sf1601"] # parts of a stack that the baseline has ready\n' in stack


def test_without_a_baseline_that_is_said(tmp_path: Path) -> None:
    """Nobody begins outside the cooperation without reading so, with the command that mends it."""
    draft = draft_municipality(tmp_path / "alone" / "greve", {})
    [note] = draft.notes

    assert "baseline" not in _values(draft)
    assert note.startswith("it follows no cooperation's baseline")
    assert "`rpac config set municipality.baseline PATH`" in note


def test_among_several_nobody_chooses(town: "Town") -> None:
    """They are named instead."""
    town.write("../older/baseline.toml", 'name = "Old"\nversion = "1"\n')
    draft = _greve(town)

    assert "baseline" not in _values(draft)
    assert "(there are ../baseline, ../older)" in draft.notes[0]


def test_the_baseline_that_is_named_wins(town: "Town") -> None:
    """Over the one beside, and over the model's."""
    town.write("../far/away/baseline.toml", 'name = "Far"\nversion = "1"\n')
    draft = _greve(town, baseline=town.folder.parent / "far" / "away", like=town.folder)

    assert "../far/away" == _values(draft)["baseline"]
    assert "Roskilde" not in draft.notes[0]


def test_the_model_s_baseline_is_taken_over(town: "Town", tmp_path: Path) -> None:
    """Its path is another one from here."""
    folder = tmp_path / "elsewhere" / "deep" / "greve"
    draft = draft_municipality(folder, {}, like=town.folder)
    place = str(_values(draft)["baseline"])

    assert (town.folder.parent / "baseline").resolve() == (folder / place).resolve()
    assert ", as Roskilde does: its values" in draft.notes[0]


@pytest.mark.parametrize("said", ['baseline = "../gone"', "baseline = 3", "baseline = "])
def test_a_model_without_a_usable_baseline_gives_none(tmp_path: Path, said: str) -> None:
    """Whatever stands there."""
    model = tmp_path / "model"
    model.mkdir()
    (model / "municipality.toml").write_text(said, "utf-8")
    draft = draft_municipality(tmp_path / "greve", {}, like=model)

    assert "baseline" not in _values(draft)


def test_a_folder_that_is_no_baseline_is_refused(town: "Town") -> None:
    """Before anything is written."""
    with pytest.raises(KeyRefusedError, match="is no baseline") as caught:
        _greve(town, baseline=town.folder)

    assert ("--baseline", 2) == (caught.value.key, caught.value.exit_code)


def test_environment_and_state_are_said_in_the_open(town: "Town") -> None:
    """Neither is left to a default that means production, or somebody's home folder."""
    values = _values(_greve(town))

    assert ("sandbox", "../state/greve") == (values["environment"], values["state_dir"])


NEIGHBOUR = """\
bot = "welcome-letters"
[settings]
sender = "Service i Hvidovre"
hosts = ["47 31 30 00", "Monday to Friday"]
words = { mail = "post@hvidovre.example" }
window_days = 21
mode = "slow"
"""


@pytest.fixture
def neighbour(town: "Town") -> "Town":
    """Beside the town lies another member's folder, which follows the same baseline."""
    town.write("../hvidovre/municipality.toml", 'name = "Hvidovre"\nbaseline = "../baseline"\n')
    town.write("../hvidovre/bots/welcome-letters.toml", NEIGHBOUR)
    return town


def _like(town: "Town") -> tuple[Draft, str]:
    draft = draft_instance(
        town.open(), town.manifest, "second", connectors=town.connectors, like=town.folder.parent / "hvidovre"
    )
    return draft, next(iter(draft.files.values()))


def test_the_neighbour_s_signature_and_phone_are_not_ours(neighbour: "Town") -> None:
    """What names the neighbour or says how to reach it stays a comment, and is told."""
    draft, text = _like(neighbour)

    assert {"window_days": 21, "mode": "slow"} == tomllib.loads(text)["settings"]
    assert '# sender = "Service i Hvidovre" # what Hvidovre says of itself\n' in text
    assert "say your own sender, hosts, words.mail: Hvidovre speaks of itself there" in draft.notes


def test_a_required_text_of_the_neighbour_must_be_filled_in(neighbour: "Town") -> None:
    """The comment asks, and the command puts the value in its place without the neighbour's note."""
    from rpa_commons.editing import EditRequest, EditTools, edit

    schema = dict(neighbour.manifest.settings_schema)
    schema["required"] = [*schema["required"], "sender"]
    del schema["properties"]["sender"]["default"]
    neighbour.manifest = neighbour.manifest.model_copy(update={"settings_schema": schema})
    draft, text = _like(neighbour)
    write_drafts(draft)
    tools = EditTools(lambda _: neighbour.manifest_of, neighbour.connectors)
    edit(EditRequest(neighbour.folder, "sender", "second", "Ours"), tools, write=True)
    after = (neighbour.folder / "bots/second.toml").read_text("utf-8")

    assert "sender" in draft.missing
    assert "# must be filled in: what Hvidovre says of itself\n" in text
    assert 'sender = "Ours"\n' in after
    assert "Service i Hvidovre" not in after


def test_the_neighbour_s_note_goes_with_its_value(neighbour: "Town") -> None:
    """Another value is nobody's but ours; the same one keeps the note."""
    from rpa_commons.editing import EditRequest, EditTools, edit

    draft, _ = _like(neighbour)
    write_drafts(draft)
    tools = EditTools(lambda _: neighbour.manifest_of, neighbour.connectors)
    for value in ("21", "20"):
        edit(EditRequest(neighbour.folder, "window_days", "second", value), tools, write=True)
        text = (neighbour.folder / "bots/second.toml").read_text("utf-8")

        assert ("window_days = 21 # as Hvidovre has it\n" in text) == (value == "21")
    assert "window_days = 20\n" in text
    assert 'mode = "slow" # as Hvidovre has it\n' in text


def test_our_own_text_takes_the_place_of_the_neighbour_s(neighbour: "Town") -> None:
    """The comment that proposed it goes."""
    from rpa_commons.editing import EditRequest, EditTools, edit

    draft, before = _like(neighbour)
    write_drafts(draft)
    tools = EditTools(lambda _: neighbour.manifest_of, neighbour.connectors)
    edit(EditRequest(neighbour.folder, "sender", "second", "Ours"), tools, write=True)
    after = (neighbour.folder / "bots/second.toml").read_text("utf-8")

    assert '\nsender = "Ours"\n' in after
    assert "Service i Hvidovre" not in after
    assert before.count("\n") == after.count("\n")


def test_files_that_were_not_copied_are_told(neighbour: "Town") -> None:
    """Letters, tables and hooks of the model; an empty folder is none."""
    neighbour.write("../hvidovre/letters/welcome-letters/welcome.md.j2", "Hej")
    neighbour.write("../hvidovre/hooks/welcome_letters.py", "")
    (neighbour.folder.parent / "hvidovre" / "tables").mkdir()
    draft, _ = _like(neighbour)

    assert "Hvidovre also has files of its own in letters/, hooks/: they were not copied" in str(draft.notes)


def test_a_model_inside_the_cooperation_tells_who_is_outside(neighbour: "Town") -> None:
    """Only a municipality without a baseline is told, with the command."""
    inside, _ = _like(neighbour)
    own = (neighbour.folder / "municipality.toml").read_text("utf-8")
    neighbour.write("municipality.toml", own.replace('baseline = "../baseline"\n', ""))
    outside, _ = _like(neighbour)

    assert "follows none" not in str(inside.notes)
    assert "Hvidovre follows the baseline of its cooperation, Roskilde follows none" in str(outside.notes)
    assert "`rpac config set municipality.baseline ../baseline`" in str(outside.notes)


def test_a_second_instance_needs_an_environment_too(town: "Town") -> None:
    """A bot that is locked is installed again without its wheel."""
    draft = draft_instance(town.open(), town.manifest, "second", connectors=town.connectors)
    town.write("rpac.lock", '[[bot]]\nname = "welcome-letters"\n')
    again = draft_instance(town.open(), town.manifest, "second", connectors=town.connectors)

    assert draft.afterwards.startswith("then: `rpac install WHEEL` makes the environment")
    assert again.afterwards.startswith("then: `rpac install` makes the environment")
    assert "`rpac plan second`" in again.afterwards
