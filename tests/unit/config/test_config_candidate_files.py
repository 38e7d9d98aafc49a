"""``rpac config files``: every file that can say something, there or not, in the order of layers."""

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from rpa_commons.cli._main import cli
from rpa_commons.config import CandidateFile, ConfigError, candidate_files

OTHER = 'bot = "invoice-payment"\nid = "1b6f0c1e-2c9c-4c0e-9f3d-6d1f1e8f9a10"\n'


def listed(town: Any, instance: str | None = None, environment: str | None = None) -> list[CandidateFile]:
    """The candidates."""
    return list(candidate_files(town.open(environment), instance))


def named(found: list[CandidateFile], display: str, instance: str | None = None) -> CandidateFile:
    """The one of this name, for this instance."""
    [one] = [one for one in found if (one.display, one.instance) == (display, instance)]
    return one


def test_files_come_in_the_order_of_layers(town: Any) -> None:
    """Weakest first, as `explain` and the documentation count them."""
    town.write("../baseline/profiles/kombit/stack.toml", "")
    town.write("stack.toml", 'profiles = ["kombit"]\n' + (town.folder / "stack.toml").read_text())

    found = listed(town)
    settings = [(one.layer, one.display, one.state) for one in found if one.kind == "settings"]

    assert [
        ("baseline", "../baseline/bots/welcome-letters.toml", "absent"),
        ("profile kombit", "../baseline/profiles/kombit/bots/welcome-letters.toml", "absent"),
        ("municipality", "bots/welcome-letters.toml", "read"),
        ("environment test", "environments/test/bots/welcome-letters.toml", "absent"),
    ] == settings
    assert [
        "../baseline/stack.toml",
        "../baseline/profiles/kombit/stack.toml",
        "stack.toml",
        "environments/test/stack.toml",
    ] == [one.display for one in found if one.kind == "stack"]


def test_every_kind_is_listed_though_absent(town: Any) -> None:
    """A local admin sees where something could be written."""
    found = listed(town)

    assert {
        "municipality",
        "baseline",
        "stack",
        "policies",
        "waivers",
        "confirmations",
        "lock",
        "settings",
        "table",
        "letters",
        "hook",
    } == {one.kind for one in found}
    assert "read" == named(found, "municipality.toml").state
    assert "absent" == named(found, "../baseline/policies.toml").state
    assert "absent" == named(found, "hooks/welcome_letters.py", "welcome-letters").state


def test_an_instance_and_its_bot_are_both_looked_for(town: Any) -> None:
    """The bot's files are the baseline's; the municipality may have either."""
    town.write("bots/moving.toml", 'bot = "welcome-letters"\nid = "2b6f0c1e-2c9c-4c0e-9f3d-6d1f1e8f9a10"\n')

    found = listed(town, "moving")
    mine = [one.display for one in found if one.instance == "moving"]

    assert [
        "../baseline/bots/welcome-letters.toml",
        "bots/moving.toml",
        "environments/test/bots/moving.toml",
        "../baseline/tables/welcome-letters/",
        "tables/welcome-letters/",
        "tables/moving/",
        "environments/test/tables/welcome-letters/",
        "environments/test/tables/moving/",
        "../baseline/letters/welcome-letters/",
        "letters/welcome-letters/",
        "letters/moving/",
        "hooks/moving.py",
        "hooks/welcome_letters.py",
    ] == mine


def test_files_in_folders_are_listed_one_by_one(town: Any) -> None:
    """Letters and tables are files too; one of another kind is never read."""
    town.write("letters/welcome-letters/adults.md.j2", "x")
    town.write("letters/welcome-letters/adults.md", "x")
    town.write("letters/welcome-letters/.adults.swp", "x")
    town.write("tables/welcome-letters/fees.csv", "x")
    town.write("../baseline/tables/welcome-letters/fees.toml", "x")
    found = listed(town)

    states = {one.display: one.state for one in found if one.kind in {"letters", "table"}}

    assert "read" == states["letters/welcome-letters/adults.md.j2"]
    assert "ignored" == states["letters/welcome-letters/adults.md"]
    assert "read" == states["tables/welcome-letters/fees.csv"]
    assert "read" == states["../baseline/tables/welcome-letters/fees.toml"]
    assert not [name for name in states if ".swp" in name]


def test_of_two_hooks_the_instances_own_is_used(town: Any) -> None:
    """The other is not read for this instance, and that is said."""
    town.write("bots/moving.toml", 'bot = "welcome-letters"\nid = "2b6f0c1e-2c9c-4c0e-9f3d-6d1f1e8f9a10"\n')
    town.write("hooks/moving.py", "")
    town.write("hooks/welcome_letters.py", "")
    found = listed(town)

    assert "read" == named(found, "hooks/moving.py", "moving").state
    other = named(found, "hooks/welcome_letters.py", "moving")
    assert ("ignored", "hooks/moving.py stands before it") == (other.state, other.note)
    assert "read" == named(found, "hooks/welcome_letters.py", "welcome-letters").state


@pytest.mark.parametrize(
    ("content", "note"),
    [("x = \n", "not TOML"), (b"\xff\xfex\0", "UTF-16"), ("x = 1\n" * 300_000, "MiB")],
)
def test_a_file_that_cannot_be_read_is_a_line_and_no_error(
    town: Any, content: str | bytes, note: str
) -> None:
    """The list is what one looks at when something is wrong."""
    town.write("environments/test/stack.toml", content)

    one = named(listed(town), "environments/test/stack.toml")

    assert "unreadable" == one.state
    assert note.casefold() in one.note.casefold()


def test_an_unreadable_instance_file_does_not_hide_the_rest(town: Any) -> None:
    """Its bot is unknown, so what hangs on the bot is left out."""
    town.write("bots/broken.toml", "= 1")
    found = listed(town)

    assert "unreadable" == named(found, "bots/broken.toml", "broken").state
    assert "read" == named(found, "bots/welcome-letters.toml", "welcome-letters").state


@pytest.mark.parametrize(
    ("name", "display", "note"),
    [
        ("stak.toml", "stak.toml", "did you mean stack.toml?"),
        ("bot/x.toml", "bot/", "did you mean bots?"),
        ("letter/x.j2", "letter/", "did you mean letters?"),
        ("policies.toml", "policies.toml", "it belongs into the cooperation's baseline"),
        ("notes.toml", "notes.toml", "nothing is called so"),
        ("bots/other.toml.txt", "bots/other.toml.txt", "nothing is called so"),
        ("letters/welcome-leters/x.md.j2", "letters/welcome-leters/", "did you mean welcome-letters?"),
        ("tables/welcome/fees.csv", "tables/welcome/", "did you mean welcome-letters?"),
        ("hooks/welcome-letters.py", "hooks/welcome-letters.py", "did you mean welcome_letters.py?"),
        ("environments/prod/stack.toml", "environments/prod/", "did you mean production?"),
        (
            "environments/test/bots/welcome.toml",
            "environments/test/bots/welcome.toml",
            "did you mean welcome-letters.toml?",
        ),
        ("environments/test/stack.tml", "environments/test/stack.tml", "did you mean stack.toml?"),
        ("environments/test/letters/x.j2", "environments/test/letters/", "nothing is called so"),
        ("../baseline/polices.toml", "../baseline/polices.toml", "did you mean policies.toml?"),
        ("../baseline/hooks/x.py", "../baseline/hooks", "a baseline has"),
    ],
)
def test_what_nothing_reads_is_marked(town: Any, name: str, display: str, note: str) -> None:
    """It is most likely misspelt, and the likely name is said."""
    if "prod" not in name:
        town.write(name, "")
        found = listed(town)
    else:  # opening refuses an unknown environment by itself, so it comes after
        municipality = town.open()
        town.write(name, "")
        found = list(candidate_files(municipality))

    one = named([one for one in found if one.state == "ignored"], display)

    assert note in one.note
    assert "unknown" == one.kind


@pytest.mark.parametrize(
    "name", ["systems.toml", "README.md", ".git/config", "extracts/moves.csv", "bots/.x.toml"]
)
def test_what_belongs_there_or_is_somebody_elses_is_not(town: Any, name: str) -> None:
    """A folder may hold what has nothing to do with configuration."""
    town.write(name, "")

    assert [] == [one.display for one in listed(town) if one.state == "ignored"]


def test_other_environments_are_neither_read_nor_strange(town: Any) -> None:
    """Each has its own list, under ``-E``."""
    town.write("environments/production/stack.toml", "")

    assert not [one for one in listed(town) if "production" in one.display]
    assert "read" == named(listed(town, environment="production"), "environments/production/stack.toml").state


def test_an_unknown_instance_is_guessed(town: Any) -> None:
    """A typing error gets its likely meaning."""
    with pytest.raises(ConfigError) as caught:
        listed(town, "welcome-leters")

    [finding] = caught.value.findings
    assert ("E103", "did you mean welcome-letters?") == (finding.code, finding.help)


def test_one_instance_is_listed_without_the_others(town: Any) -> None:
    """Nor what is never read: that is no instance's."""
    town.write("bots/invoices.toml", OTHER)
    town.write("stak.toml", "")

    assert {None, "invoices"} == {one.instance for one in listed(town, "invoices")}
    assert [] == [one for one in listed(town, "invoices") if one.state == "ignored"]


def test_without_baseline_only_the_own_files_are_listed(town: Any) -> None:
    """Nobody is told of policies that do not exist."""
    file = town.folder / "municipality.toml"
    file.write_text(file.read_text().replace('baseline = "../baseline"\n', ""))

    assert {"municipality", "environment test"} == {one.layer for one in listed(town)}


def test_a_bot_that_is_no_name_leads_nowhere(town: Any) -> None:
    """The bot's name comes from a file and becomes part of a path."""
    town.write("bots/welcome-letters.toml", 'bot = "../../etc"\nid = "x"\n')

    assert not [one for one in listed(town) if "etc" in one.display]


def test_files_of_a_wheel_are_called_as_in_the_wheel(town: Any, pack_baseline: Any) -> None:
    """Where it was unpacked is nobody's concern."""
    wheel = pack_baseline(town.folder.parent, {})
    file = town.folder / "municipality.toml"
    file.write_text(file.read_text().replace("../baseline", f"../{wheel.name}"))

    one = named(listed(town), f"../{wheel.name}/baseline.toml")

    assert ("read", True) == (one.state, one.path.is_file())
    assert f"DIGIT baseline 2026.1, sha256 {hashlib.sha256(wheel.read_bytes()).hexdigest()}" == one.note


def run(town: Any, *words: str) -> tuple[int, str]:
    """The command, as typed in the municipality's folder."""
    result = CliRunner().invoke(
        cli, ["-C", str(town.folder), "config", "files", *words], catch_exceptions=False
    )
    return result.exit_code, result.stdout


def test_the_command_marks_what_is_there(town: Any) -> None:
    """A plus for what is read, an exclamation mark for what to look at."""
    town.write("stak.toml", "")
    code, text = run(town)
    lines = {
        line.split()[-1] if "(" not in line else line.split("(")[0].split()[-1]: line
        for line in text.splitlines()
        if line
    }

    assert 0 == code
    assert lines["municipality.toml"].startswith("  + ")
    assert "(not there)" in lines["../baseline/policies.toml"]
    assert "! municipality" in lines["stak.toml"]
    assert "nothing reads this: did you mean stack.toml?" in lines["stak.toml"]
    assert ["# every bot instance", "# welcome-letters", "# never read"] == [
        line for line in text.splitlines() if line.startswith("#")
    ]


def test_the_command_speaks_json(town: Any) -> None:
    """One object per file, in the same order, with the absolute path."""
    code, text = run(town, "welcome-letters", "--json")
    found = json.loads(text)

    assert 0 == code
    assert ["layer", "display", "instance", "kind", "state", "note", "path"] == list(found[0])
    assert [one.display for one in listed(town, "welcome-letters")] == [one["display"] for one in found]
    assert all(Path(one["path"]).is_absolute() for one in found)
