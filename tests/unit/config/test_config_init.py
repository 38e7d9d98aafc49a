import re
import tomllib
import uuid
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from rpa_commons.config import ConfigError, check_municipality, open_municipality
from rpa_commons.editing import AlreadyThereError, Draft, draft_instance, draft_municipality, write_drafts
from rpa_commons.manifest import CapabilityEntry

if TYPE_CHECKING:
    from conftest import Town


def _draft(town: "Town", name: str = "second", like: str | None = None) -> Draft:
    return draft_instance(
        town.open(),
        town.manifest,
        name,
        connectors=town.connectors,
        like=town.folder.parent / like if like else None,
    )


def _text(draft: Draft) -> str:
    [text] = draft.files.values()
    return text


def _uncommented(text: str) -> str:
    """The draft with every commented key said."""
    return re.sub(r"^# (?=[\w.\"']+ = )", "", text, flags=re.MULTILINE)


def test_a_draft_holds_only_what_the_instance_is(town: "Town") -> None:
    """Bot and a fresh id; every setting is a comment."""
    values = tomllib.loads(_text(_draft(town)))

    assert {"bot", "id", "settings"} == set(values)
    assert {} == values["settings"]
    assert 4 == uuid.UUID(values["id"]).version
    assert values["id"] != tomllib.loads(_text(_draft(town)))["id"]


def test_what_must_be_filled_in_stands_first_with_what_it_means(town: "Town") -> None:
    """Description and type stand above the key; it is told besides."""
    draft = _draft(town)
    text = _text(draft)

    assert ("contact",) == draft.missing
    assert '# Must be filled in:\n#   Who is asked. Text.\n# contact = "" # must be filled in\n' in text
    assert "#   Look this many days back for moves. Whole number, at least 1, at most 60, in days.\n" in text
    assert text.index("contact =") < text.index("window_days =")


def test_what_the_baseline_says_need_not_be_filled_in(town: "Town") -> None:
    """It is shown with its place, as what holds anyway."""
    town.write("../baseline/bots/welcome-letters.toml", '[settings]\ncontact = "All"\nwindow_days = 12\n')
    draft = _draft(town)

    assert () == draft.missing
    assert "# window_days = 12\n" in _text(draft)
    assert "../baseline/bots/welcome-letters.toml:3." in _text(draft)
    assert '"All"' not in _text(draft)


def test_check_reports_only_what_is_missing(town: "Town") -> None:
    """Each finding has a line; filled in, nothing is wrong."""
    draft = _draft(town)
    write_drafts(draft)
    findings = check_municipality(
        town.open(), town.manifest_of, connectors=town.connectors, names=["second"]
    ).findings

    assert [("E102", "contact")] == [(one.code, one.key) for one in findings if one.code != "E402"]
    assert all(one.line for one in findings)

    [path] = draft.files
    path.write_text(_text(draft).replace('# contact = ""', 'contact = "Bo"'), encoding="utf-8")
    assert "Bo" == town.resolve(name="second").settings["contact"]


def test_every_commented_key_works_without_its_sign(town: "Town") -> None:
    """Taking all the # away gives a document with values of the right types."""
    text = _uncommented(_text(_draft(town))).replace('contact = ""', 'contact = "Bo"')
    town.write("bots/second.toml", text)
    settings = town.resolve(name="second").settings

    assert (10, 3, 1.5) == (settings["window_days"], settings["retry"]["times"], settings["retry"]["wait"])
    assert "2026-01-01" == settings["since"]
    assert {"env": "NAME"} == settings["password"]


def test_nothing_is_overwritten(town: "Town") -> None:
    """Neither a file that is there nor one that came in between."""
    with pytest.raises(AlreadyThereError) as caught:
        _draft(town, "welcome-letters")
    assert "--instance NAME" in caught.value.remedy

    draft = _draft(town)
    town.write("bots/second.toml", "# mine")
    with pytest.raises(AlreadyThereError):
        write_drafts(draft)
    assert b"# mine" == (town.folder / "bots/second.toml").read_bytes()


def test_a_name_that_cannot_be_is_refused(town: "Town") -> None:
    """A draft never leaves the folder."""
    with pytest.raises(ConfigError, match="cannot be the name"):
        _draft(town, "../x")


def test_capabilities_without_a_connector_are_told(town: "Town") -> None:
    """With what could serve them, or that nothing can."""
    post = CapabilityEntry(attribute="post", name="DigitalPost", version="1.0", calls=())
    fax = CapabilityEntry(attribute="fax", name="Fax", version="1.0", calls=())
    both = (*town.manifest.capabilities, post, fax)
    town.manifest = town.manifest.model_copy(update={"capabilities": both})

    assert [
        (
            "DigitalPost has no connector yet; sf1601 could serve it: "
            'add [DigitalPost] with connector = "sf1601" to stack.toml'
        ),
        "Fax has no connector yet, and none is installed that could serve it",
    ] == list(_draft(town).notes)


def test_a_summary_with_a_line_end_stays_a_comment(town: "Town") -> None:
    """A manifest is somebody's text: it becomes no key."""
    town.manifest = town.manifest.model_copy(update={"summary": "Greets.\nowner = 'x'"})

    assert "owner" not in tomllib.loads(_text(_draft(town)))


NEIGHBOUR = """\
bot = "welcome-letters"
id = "9b6f0c1e-2c9c-4c0e-9f3d-6d1f1e8f9a10"
owner = "Somebody"
start_from = 2025-01-01
[settings]
contact = "Karen"
window_days = 21
mode = "fast"
password = { env = "THEIRS" }
hosts = ["a.example"]
words = { hello = "Hej" }
sender = { withheld = true }
old_key = 3
retry.times = 7
"""


@pytest.fixture
def neighbour(town: "Town") -> "Town":
    """Beside the town lies another member's folder."""
    town.write("../hvidovre/municipality.toml", 'name = "Hvidovre"\ncode = "0167"\n')
    town.write("../hvidovre/bots/greetings.toml", NEIGHBOUR)
    town.write("../hvidovre/environments/test/bots/greetings.toml", "[settings]\nlimit = 99\n")
    return town


def test_another_member_s_choices_are_taken_over(neighbour: "Town") -> None:
    """What differs from what holds here, each line with the member's name."""
    text = _text(_draft(neighbour, like="hvidovre"))
    settings = tomllib.loads(text)["settings"]

    assert {
        "window_days": 21,
        "hosts": ["a.example"],
        "words": {"hello": "Hej"},
        "retry": {"times": 7},
    } == settings
    assert "window_days = 21 # as Hvidovre has it\n" in text


def test_what_is_another_member_s_own_stays_there(neighbour: "Town") -> None:
    """Id, owner, cut-over, secrets, personal values and environments are not taken over."""
    draft = _draft(neighbour, like="hvidovre")
    text = _text(draft)
    values = tomllib.loads(text)

    assert {"bot", "id", "settings"} == set(values)
    assert not [
        word for word in ("9b6f0c1e", "Somebody", "2025-01-01", "Karen", "THEIRS", "old_key") if word in text
    ]
    assert "limit = 99" not in text
    assert ("contact",) == draft.missing


def test_what_a_member_withholds_is_a_question(neighbour: "Town") -> None:
    """The line is a comment that names whom to ask."""
    draft = _draft(neighbour, like="hvidovre")

    assert '# sender = "" # ask HVIDOVRE: withheld\n' in _text(draft)
    assert ("ask Hvidovre about sender: it keeps the value to itself",) == draft.notes


def test_a_draft_like_another_works(neighbour: "Town") -> None:
    """What was taken over resolves here."""
    text = _text(_draft(neighbour, like="hvidovre")).replace('# contact = ""', 'contact = "Bo"')
    neighbour.write("bots/second.toml", text)

    assert 21 == neighbour.resolve(name="second").settings["window_days"]


def test_a_choice_that_is_not_allowed_here_stays_a_comment(neighbour: "Town") -> None:
    """The other member may have a waiver; the reason stands behind the line."""
    neighbour.write(
        "../baseline/policies.toml",
        '[[policy]]\nkey = "window_days"\nmax = 20\nwhy = "Enough."\nowner = "DIGIT"\n',
    )
    text = _text(_draft(neighbour, like="hvidovre"))

    assert "# window_days = 21 # Hvidovre's, but: 21 is not allowed: at most 20 days\n" in text
    assert "window_days" not in tomllib.loads(text)["settings"]


def test_a_member_without_the_bot_is_said(neighbour: "Town") -> None:
    """The folder is named."""
    neighbour.write("../hvidovre/bots/greetings.toml", NEIGHBOUR.replace("welcome-letters", "other-bot"))
    with pytest.raises(ConfigError, match="no bot instance here uses welcome-letters"):
        _draft(neighbour, like="hvidovre")


def test_a_member_s_name_becomes_no_key(neighbour: "Town") -> None:
    """A published name with a line end is not written."""
    neighbour.write("../hvidovre/municipality.toml", 'name = "Hvid\\nowner = 1"\n')

    assert "as hvidovre has it" in _text(_draft(neighbour, like="hvidovre"))


def test_a_municipality_begins_with_two_files(tmp_path: Path, town: "Town") -> None:
    """What is not given stands as a comment; check names exactly that."""
    draft = draft_municipality(tmp_path / "new", town.connectors)
    write_drafts(draft)
    with pytest.raises(ConfigError) as caught:
        open_municipality(tmp_path / "new")

    assert ("name", "code", "cvr", "letterhead.name") == draft.missing
    assert sorted(draft.missing) == sorted(one.key for one in caught.value.findings)
    assert {"E102"} == {one.code for one in caught.value.findings}


def test_a_municipality_that_is_given_can_be_opened(tmp_path: Path, town: "Town") -> None:
    """It starts with synthetic people."""
    draft = draft_municipality(tmp_path / "new", town.connectors, name="Lejre", code="0350", cvr="29188548")
    write_drafts(draft)
    opened = open_municipality(tmp_path / "new")

    assert () == draft.missing
    assert ("Lejre", "0350", "sandbox") == (opened.name, opened.code, opened.environment)
    assert "Lejre Kommune" == opened.letterhead.name


def test_a_new_stack_names_every_capability_as_a_comment(tmp_path: Path, town: "Town") -> None:
    """Each with a connector and what it must be told; uncommented, it is TOML."""
    draft = draft_municipality(tmp_path / "new", town.connectors)
    text = draft.files[(tmp_path / "new" / "stack.toml").resolve()]
    said = tomllib.loads(re.sub(r"^# (?=\[|[\w.]+ = )", "", text, flags=re.MULTILINE))

    assert {} == tomllib.loads(text)
    assert {"DigitalPost", "PopulationRegister"} == set(said)
    assert {"env": "NAME"} == said["PopulationRegister"]["settings"]["password"]


def test_a_municipality_that_is_there_is_not_begun_again(town: "Town") -> None:
    """The remedy says what was probably meant."""
    with pytest.raises(AlreadyThereError) as caught:
        draft_municipality(town.folder, town.connectors)

    assert "rpac config init BOT" in caught.value.remedy


def test_the_cooperation_s_bound_stands_beside_the_bot_s(town: "Town") -> None:
    """Whoever fills in the file sees the tighter one, and where it stands; a waiver that holds is named."""
    town.write(
        "../baseline/policies.toml",
        '[[policy]]\nkey = "window_days"\nmax = 20\nwhy = "Enough."\nowner = "DIGIT"\n',
    )
    told = " ".join(line.removeprefix("#").strip() for line in _text(_draft(town)).splitlines())

    assert "at most 60, in days. The cooperation says at most 20 (../baseline/policies.toml:2)." in told

    town.write(
        "../baseline/waivers.toml",
        '[[waiver]]\nmunicipality = "0265"\nkey = "window_days"\nreason = "Late moves."\n'
        'granted_by = "DIGIT"\nuntil = 2126-01-31\n',
    )
    told = " ".join(line.removeprefix("#").strip() for line in _text(_draft(town)).splitlines())

    assert "says at most 20 (../baseline/policies.toml:2), waived here until 2126-01-31." in told
