import os
import uuid
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from rpa_commons.config import ConfigError, SecretRef, open_municipality

if TYPE_CHECKING:
    from conftest import Town

INSTANCE = "bots/welcome-letters.toml"
posix_only = pytest.mark.skipif(os.name != "posix", reason="symbolic links and pipes need rights on Windows")


def test_a_municipality_is_read(town: "Town") -> None:
    """Every attribute comes from municipality.toml, paths absolute, with defaults for what is left out."""
    municipality = town.open()

    assert (municipality.name, municipality.code, municipality.cvr) == ("Roskilde", "0265", "29189404")
    assert (municipality.cooperation, municipality.environment) == ("DIGIT", "test")
    assert municipality.languages == ("da",)
    assert municipality.folder == town.folder.resolve()
    assert municipality.baseline == (town.folder / "../baseline").resolve()
    assert municipality.state_dir == (town.folder / "../state").resolve()
    assert municipality.letterhead.address == ("Rådhusbuen 1", "4000 Roskilde")
    assert municipality.journal_key is None
    assert municipality.instances() == ("welcome-letters",)


def test_the_environment_may_be_chosen(town: "Town") -> None:
    """-E wins over the file; without both it is production."""
    text = (town.folder / "municipality.toml").read_text(encoding="utf-8")
    chosen = town.open("sandbox").environment
    town.write("municipality.toml", text.replace('environment = "test"\n', ""))

    assert chosen == "sandbox"
    assert town.open().environment == "production"


def test_state_has_a_place_of_its_own_by_default(town: "Town") -> None:
    """Without state_dir the state lies in the user's state folder, by municipality code."""
    text = (town.folder / "municipality.toml").read_text(encoding="utf-8")
    town.write("municipality.toml", text.replace('state_dir = "../state"\n', ""))
    state = town.open().state_dir

    assert state.is_absolute()
    assert state.parts[-2:] == ("rpa-commons", "0265")


def test_the_journal_key_is_a_reference(town: "Town") -> None:
    """journal_key is a secret reference; text in its place is E401 and hidden."""
    text = (town.folder / "municipality.toml").read_text(encoding="utf-8")
    town.write("municipality.toml", 'journal_key = { env = "KEY" }\n' + text)
    municipality = town.open()
    town.write("municipality.toml", 'journal_key = "hunter2"\n' + text)
    [finding] = town.opening_findings()

    assert municipality.journal_key == SecretRef(env="KEY")
    assert (finding.code, finding.line_text) == ("E401", "journal_key = …")


def test_a_folder_without_municipality_names_the_remedy(tmp_path: Path) -> None:
    """E103 tells how to name the folder."""
    with pytest.raises(ConfigError) as caught:
        open_municipality(tmp_path)
    [finding] = caught.value.findings

    assert (finding.code, finding.message) == ("E103", "there is no such file")
    assert "rpac -C DIR" in finding.help


@pytest.mark.parametrize("name", ["nowhere", "roskilde/municipality.toml"])
def test_a_folder_that_is_none_is_the_same(town: "Town", name: str) -> None:
    """A folder that does not exist, or is a file, is E103 and no traceback."""
    with pytest.raises(ConfigError) as caught:
        open_municipality(town.folder.parent / name)

    assert caught.value.findings[0].code == "E103"


@pytest.mark.parametrize(
    ("old", "new", "code", "key"),
    [
        ('name = "Roskilde"\n', "", "E102", "name"),
        ('code = "0265"', "code = 265", "E201", "code"),
        ('code = "0265"', 'code = "265"', "E202", "code"),
        ('cvr = "29189404"', 'cvr = "29189405"', "E202", "cvr"),
        ('environment = "test"', 'environment = "tset"', "E202", "environment"),
        ("cooperation", "coperation", "E101", "coperation"),
        ('baseline = "../baseline"', 'baseline = "../nowhere"', "E103", "baseline"),
        ('baseline = "../baseline"', 'baseline = "bots"', "E103", "baseline"),
        ('state_dir = "../state"', 'state_dir = "state"', "E202", "state_dir"),
        ('address = ["Rådhusbuen 1", "4000 Roskilde"]', "adrezz = []", "E101", "letterhead.adrezz"),
        ('address = ["Rådhusbuen 1", "4000 Roskilde"]', "address = [4000]", "E201", "letterhead.address[0]"),
    ],
)  # fmt: skip
def test_a_wrong_municipality_file_is_refused(town: "Town", old: str, new: str, code: str, key: str) -> None:
    """Each mistake in municipality.toml has its code and key."""
    text = (town.folder / "municipality.toml").read_text(encoding="utf-8")
    assert old in text
    town.write("municipality.toml", text.replace(old, new))

    assert (code, key) in {(one.code, one.key) for one in town.opening_findings()}


def test_a_misspelt_environment_folder_is_refused(town: "Town") -> None:
    """A folder that nothing would ever read is E101 with a guess."""
    town.write("environments/prodution/stack.toml", "")
    [finding] = town.opening_findings()

    assert (finding.code, finding.help) == ("E101", "did you mean production? rename the folder")


def test_an_unknown_environment_is_guessed(town: "Town") -> None:
    """-E with a misspelt name says which one was meant."""
    [finding] = town.opening_findings("prod")

    assert finding.render() == (
        "-E: E202 environment: there is no environment 'prod'\n    help: did you mean production?"
    )


def test_a_broken_baseline_is_refused(town: "Town") -> None:
    """A baseline without version is E102 in its own file."""
    town.write("../baseline/baseline.toml", 'name = "x"\n')
    [finding] = town.opening_findings()

    assert (finding.code, finding.key, finding.place) == ("E102", "version", "baseline/baseline.toml")


def test_a_missing_instance_is_guessed(town: "Town") -> None:
    """E103 with the likely instance, or with the list."""
    assert town.finding(name="welcome-leters").help == "did you mean welcome-letters?"
    assert town.finding(name="zzz").help == "the bot instances are welcome-letters"


@pytest.mark.parametrize(
    "name", ["../x", "..", "", "a/b", "a\\b", "C:x", ".hidden", "a\0b", "a b", "-rf", "x" * 80, "a\n"]
)
def test_a_hostile_instance_name_is_refused(town: "Town", name: str) -> None:
    """A name that could lead out of bots/ is refused before any file is touched."""
    town.write("x.toml", "")

    assert town.finding(name=name).code == "E103"
    assert "cannot be the name of a bot instance" in town.finding(name=name).message


def test_letters_of_the_north_are_good_names(town: "Town") -> None:
    """Instances may be called as people write."""
    text = (town.folder / INSTANCE).read_text().replace("0b6f0c1e", "0b6f0c1f")
    town.write("bots/tilflytter-åben_2.toml", text)

    assert town.resolve(name="tilflytter-åben_2").name == "tilflytter-åben_2"


def test_an_empty_file_lacks_bot_and_id(town: "Town") -> None:
    """An empty instance file is two missing keys and no crash."""
    town.write(INSTANCE, "")

    assert {(one.code, one.key) for one in town.findings()} == {
        ("E102", "instance.bot"),
        ("E605", "instance.id"),
    }


def test_a_file_that_is_not_utf8_is_refused(town: "Town") -> None:
    """E104 with the line of the first byte that is none."""
    town.write(INSTANCE, b'bot = "welcome-letters"\nowner = "B\xf8rge"\n')
    finding = town.finding()

    assert (finding.code, finding.line, finding.message) == ("E104", 2, "the file is not UTF-8")
    assert "UTF-8 as its encoding" in finding.help


@pytest.mark.parametrize(("before", "after"), [("\n", "\r\n"), ("\n", "\n"), ("bot", "\ufeffbot")])
def test_line_ends_and_byte_order_marks_do_not_matter(town: "Town", before: str, after: str) -> None:
    """A file saved on Windows reads the same and keeps its line numbers."""
    town.settings("# æøå", "window_days = 14")
    text = (town.folder / INSTANCE).read_text(encoding="utf-8")
    town.write(INSTANCE, text.replace(before, after, 1 if "bot" in before else -1).encode())

    assert str(town.resolve().origin("window_days")) == "bots/welcome-letters.toml:6"


def test_a_huge_file_is_refused_unread(town: "Town") -> None:
    """10 MB of configuration is a wrong file: E103 says how large it may be."""
    town.write(INSTANCE, b"#" * 10_000_000)
    finding = town.finding()

    assert (finding.code, finding.message) == ("E103", "is 9.5 MiB; a configuration file may have 1 MiB")


def test_a_folder_in_place_of_a_file_is_refused(town: "Town") -> None:
    """E103 for a folder called like the instance file, and for one called stack.toml."""
    (town.folder / "bots/odd.toml").mkdir()
    (town.folder / "stack.toml").unlink()
    (town.folder / "stack.toml").mkdir()

    assert town.finding(name="odd").message == "is a folder where a file is expected"
    assert "E103" in {finding.code for finding in town.findings()}


@posix_only
def test_a_link_out_of_the_folder_is_refused(town: "Town", tmp_path: Path) -> None:
    """A symbolic link may not bring in a file from elsewhere, nor may a linked folder or a loop."""
    elsewhere = tmp_path / "elsewhere.toml"
    elsewhere.write_text((town.folder / INSTANCE).read_text())
    (town.folder / "bots/linked.toml").symlink_to(elsewhere)
    (town.folder / "bots/loop.toml").symlink_to("loop.toml")
    (town.folder / "bots/dangling.toml").symlink_to("gone.toml")

    assert "symbolic link" in town.finding(name="linked").message
    assert town.finding(name="loop").code == "E103"
    assert town.finding(name="dangling").code == "E103"


@posix_only
def test_a_link_within_the_folder_is_followed(town: "Town") -> None:
    """Files mounted through links inside the folder, as container platforms do, are read."""
    (town.folder / "stack.toml").rename(town.folder / "data.toml")
    (town.folder / "stack.toml").symlink_to("data.toml")

    assert town.resolve().bindings["PopulationRegister"].connector == "sf1520"


@posix_only
def test_a_pipe_is_refused(town: "Town") -> None:
    """Reading a pipe would wait for ever: E103 instead."""
    os.mkfifo(town.folder / "bots/pipe.toml")

    assert town.finding(name="pipe").message == "is no regular file"


@posix_only
def test_a_hook_from_elsewhere_is_refused(town: "Town", tmp_path: Path) -> None:
    """A hook is code that runs with the bot: a link out of the folder is E103."""
    (tmp_path / "evil.py").write_text("")
    (town.folder / "hooks").mkdir()
    (town.folder / "hooks/welcome_letters.py").symlink_to(tmp_path / "evil.py")

    assert (town.finding().code, town.finding().message) == ("E103", "is no regular file of this folder")


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="an administrator may read everything")
def test_an_unreadable_file_is_refused(town: "Town") -> None:
    """E103 with the system's reason."""
    (town.folder / INSTANCE).chmod(0)

    assert "cannot be read" in town.finding().message


@pytest.mark.parametrize(
    ("line", "quoted"),
    [
        ('password = "hunter2', "password = …"),
        ("password = hunter2", "password = …"),
        ("[settings", "[settings"),
        ('"""hunter2', "…"),
        ('x = """\nhunter2 = y', "x = …"),
        ("window_days = 1\nwindow_days = 2", "window_days = …"),
        ("= 3", "…"),
        ("x = \x07", "x = …"),
    ],
)
def test_broken_toml_is_quoted_without_values(town: "Town", line: str, quoted: str) -> None:
    """E104: what cannot be parsed may hold a secret, so the line is quoted without its value."""
    town.settings(line)
    finding = town.finding()

    assert finding.code == "E104"
    assert finding.message.startswith("not TOML: ")
    assert finding.line_text in {quoted, ""}
    assert "hunter2" not in finding.render()


@pytest.mark.parametrize(
    "text",
    ["a = " + "[" * 40 + "]" * 40, "a = " + "[" * 5000, ".".join("a" * 5000) + " = 1", "a = " + "9" * 10_000,
     "[" + ".".join("a" * 40) + "]"],
)  # fmt: skip
def test_absurd_nesting_and_numbers_are_refused(town: "Town", text: str) -> None:
    """E104 and no crash for what only an attack or an accident would write."""
    town.settings(text)

    assert town.finding().code == "E104"


def test_a_generated_id_is_accepted(town: "Town") -> None:
    """The id that the help of E605 offers is one that the resolver takes."""
    town.write(INSTANCE, f'bot = "welcome-letters"\nid = "{uuid.uuid4()}"\n[settings]\ncontact = "x"\n')

    assert town.resolve().bot == "welcome-letters"
