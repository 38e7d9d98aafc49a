import tomllib
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from rpa_commons.capabilities import RpaCommonsError
from rpa_commons.config import ConfigError
from rpa_commons.manifest import Manifest
from rpa_commons.sdk import BotSettings, Field, table
from rpa_commons.sharing import Published, write_published
from rpa_commons.tables import Column, Table

if TYPE_CHECKING:
    from conftest import Town

DAY = date(2026, 11, 22)
FILE = "bots/welcome-letters.toml"
HEAD = 'bot = "welcome-letters"\nid = "0b6f0c1e-2c9c-4c0e-9f3d-6d1f1e8f9a10"\n'


def _settings(published: Published) -> dict[str, Any]:
    found: dict[str, Any] = tomllib.loads(published.files[FILE])["settings"]
    return found


def _everything(published: Published) -> str:
    return "".join(name + text for name, text in published.files.items())


def test_the_name_of_who_answers_is_shown_nowhere(town: "Town") -> None:
    """Owner and deputy are withheld, and so is a text that repeats a name of two words."""
    lines = 'owner = "Jens Hansen"\ndeputy = "Mette Holm"\n[settings]\ncontact = "Sigrun"\n'
    town.write(FILE, HEAD + lines + 'sender = "v/ Mette Holm"\nhosts = ["JENS HANSEN"]\nmode = "slow"\n')
    found = town.published()

    assert {"sender": {"withheld": True}, "hosts": {"withheld": True}, "mode": "slow"} == {
        key: value for key, value in _settings(found).items() if key != "contact"
    }
    assert "hansen" not in _everything(found).casefold()


def test_a_department_that_answers_does_not_hide_the_sender(town: "Town") -> None:
    """One word alone is rather a department than a person."""
    town.write(FILE, HEAD + 'owner = "Borgerservice"\n[settings]\ncontact = "x"\nsender = "Borgerservice"\n')

    assert "Borgerservice" == _settings(town.published())["sender"]


@pytest.mark.parametrize(
    ("owner", "sender"),
    [
        ("Mette Hansen", "Mette Hansen, Borgerservice"),
        ("Mette Hansen", "METTE  HANSEN"),
        ("Mette Hansen, Borgerservice", "Mette Hansen"),
        ("Hansen, Mette", "v/ Mette Hansen"),
        ("Mette Marie Hansen", "Mette Hansen"),
        ("Mette Hansen og Jens Holm", "jens holm"),
        ("Borgerservice (Mette Hansen)", "Mette Hansen"),
    ],
)
def test_the_name_of_who_answers_is_found_in_other_words(town: "Town", owner: str, sender: str) -> None:
    """With the department, turned round, without the middle name: in a setting and on behalf of whom."""
    url = f'[PopulationRegister]\nsettings.url = "{sender}"\n'
    town.write("environments/production/stack.toml", url)
    town.write(
        FILE, HEAD + f'owner = "{owner}"\n[settings]\ncontact = "x"\nwords.on_behalf_of = "{sender}"\n'
    )
    found = _everything(town.published()).casefold()

    assert not [word for word in ("hansen", "holm", "mette") if word in found]


def test_the_name_of_who_answers_for_an_unpublished_instance_is_shown_nowhere(town: "Town") -> None:
    """An instance that is not published still says who is a person."""
    own = (town.folder / "municipality.toml").read_text(encoding="utf-8")
    town.write("municipality.toml", f'{own}\n[publish]\nbots = ["second"]\n')
    town.write(FILE, HEAD + 'owner = "Mette Hansen"\n[settings]\ncontact = "x"\n')
    settings = '[settings]\ncontact = "x"\nsender = "Mette Hansen"\n'
    town.write("bots/second.toml", HEAD.replace("9a10", "9a11") + settings)
    found = town.published()

    assert "mette" not in _everything(found).casefold()
    assert "sender = { withheld = true }" in found.files["bots/second.toml"]


def test_a_long_number_is_withheld_without_quotes_too(town: "Town") -> None:
    """A whole number of eight digits is a telephone as much as a text is."""
    town.settings("limit = 46313000", "window_days = 14")
    found = _settings(town.published())

    assert ({"withheld": True}, 14) == (found["limit"], found["window_days"])


def test_words_that_are_kept_back_are_shown_nowhere_else(town: "Town") -> None:
    """What one key hides is not seen under another; a value out of a given list is no secret word."""
    town.settings('sender = "Velkomst"', 'mode = "slow"', 'hosts = ["velkomst", "slow"]')
    town.write(
        "environments/production/stack.toml", '[PopulationRegister]\nsettings.url = "https://velkomst.x"\n'
    )
    by_sender, by_mode = town.published("sender"), town.published("mode")

    assert "velkomst" not in _everything(by_sender).casefold()
    assert ["velkomst", "slow"] == _settings(by_mode)["hosts"]


def test_words_of_a_connector_that_are_kept_back_are_shown_nowhere_else(town: "Town") -> None:
    """The same for a key of the stack."""
    town.settings('hosts = ["https://register.example", "b"]')

    assert "register.example" not in _everything(town.published("stack.PopulationRegister.settings.url"))


def test_personal_numbers_and_dates_are_taboo_as_texts(town: "Town") -> None:
    """A personal value need not be a text: a number of a telephone, a birthday."""
    schema = town.manifest.settings_schema
    properties = {
        **schema["properties"],
        "phone": {"type": "integer", "personal": True},
        "born": {"type": "string", "format": "date", "personal": True},
    }
    town.manifest = town.manifest.model_copy(update={"settings_schema": {**schema, "properties": properties}})
    town.settings("phone = 46313000", "born = 1970-05-01", "limit = 46313000", 'sender = "f. 1970-05-01"')
    found = _settings(town.published())

    assert {"withheld": True} == found["limit"] == found["sender"] == found["phone"] == found["born"]


class Careless(BotSettings):
    """Secrets in lists and tables, where a reference belongs."""

    contact: str = Field("", description="Who is asked.", personal=True)
    tokens: dict[str, str] = Field({}, description="By system.")
    api_keys: list[str] = Field([], description="Several.")
    token_minutes: int = Field(5, description="How long one lasts.", unit="minutes")
    passwords_expire: bool = Field(True, description="Whether they do.")
    words: dict[str, str] = Field({}, description="Free words.")


def test_secrets_in_lists_and_tables_are_withheld(town: "Town") -> None:
    """A key that sounds secret hides what is below it; a number or truth value under such a key does not."""
    town.manifest = town.manifest.model_copy(update={"settings_schema": Careless.model_json_schema()})
    town.settings(
        'tokens.fasit = "hunter2"',
        'api_keys = ["swordfish"]',
        "token_minutes = 7",
        "passwords_expire = false",
        'words.a = "the Hunter2 of all"',
    )
    found = town.published()

    assert "hunter2" not in _everything(found).casefold()
    assert "swordfish" not in _everything(found)
    assert (7, False) == (_settings(found)["token_minutes"], _settings(found)["passwords_expire"])


def test_a_schema_with_several_types_is_no_crash(town: "Town") -> None:
    """JSON Schema allows a list of types; a hostile or hand-written manifest may have one."""
    schema = town.manifest.settings_schema
    properties = {**schema["properties"], "a_token": {"type": ["string", "null"]}}
    town.manifest = town.manifest.model_copy(update={"settings_schema": {**schema, "properties": properties}})
    town.settings('a_token = "hunter2"')

    assert {"withheld": True} == _settings(town.published())["a_token"]


@pytest.mark.parametrize(
    "line",
    [
        'sender = """\nring\n010170-1234\n"""',
        "sender = '''\nC:\\keys\n'''",
        'hosts = [\n  "a", # hunter2\n  # Jens Hansen 010170-1234\n  "https://u:hunter2@b",\n]',
        'words = { "010170-1234" = "a", jens = "jens@x.example" }',
        'words."hunter2 hunter2" = "x"',
        'retry."010170-1234" = 1',
        "unheard.of = 1 # hunter2 ",
        'sender = "\\u0030101701234"',
    ],
)
def test_no_way_of_writing_a_value_lets_it_out(town: "Town", line: str) -> None:
    """Several lines, comments inside of lists, inline tables, dotted keys and escapes."""
    town.settings(line, "window_days = 14")
    text = town.published().files[FILE]
    at_home = (town.folder / FILE).read_text(encoding="utf-8").split("\n")

    assert not [
        word for word in ("1234", "keys", "Jens", "jens@", ":hunter2@", "#", "hunter2 ") if word in text
    ]
    assert at_home.index("window_days = 14") == text.split("\n").index("window_days = 14")


def test_an_instance_whose_name_repeats_a_personal_value_is_left_out(town: "Town") -> None:
    """The name of a file is seen as well: with it, both its files go."""
    town.write("bots/breve-fra-sigrun.toml", HEAD.replace("9a10", "9a11") + '[settings]\ncontact = "x"\n')
    town.write("environments/production/bots/breve-fra-sigrun.toml", "[settings]\nwindow_days = 7\n")
    found = town.published()

    assert ("breve-fra-sigrun",) == found.left_out
    assert "sigrun" not in _everything(found).casefold()


def test_an_instance_named_like_its_bot_stays(town: "Town") -> None:
    """The bot's name is no secret, whatever somebody wrote as a contact."""
    town.write(FILE, HEAD + '[settings]\ncontact = "welcome-letters"\nwindow_days = 3\n')

    assert () == town.published().left_out


@pytest.mark.parametrize("name", ["Jens Hansen", "0101701234", "a\x1b[2J"])
def test_a_name_of_a_file_that_may_not_be_seen_is_left_out(town: "Town", name: str) -> None:
    """Names with blanks, personal numbers or signs that a terminal obeys."""
    town.write(f"bots/{name}.toml", HEAD.replace("9a10", "9a11") + '[settings]\ncontact = "x"\n')
    found = town.published()

    assert (name,) == found.left_out
    assert name not in _everything(found)


@pytest.mark.parametrize("file", [FILE, "stack.toml", "municipality.toml"])
def test_a_link_out_of_the_folder_stops_publishing(town: "Town", tmp_path: Path, file: str) -> None:
    """What lies elsewhere is not the municipality's to publish."""
    outside = tmp_path / "outside.toml"
    (town.folder / file).rename(outside)
    (town.folder / file).symlink_to(outside)

    with pytest.raises(ConfigError, match="leads out of its folder"):
        town.published()


def test_a_key_of_a_bot_that_is_not_installed_can_be_kept_back(town: "Town") -> None:
    """It is there and hidden with all the others: that is no misspelling."""

    def nowhere(bot: str) -> Manifest:
        raise RpaCommonsError(f"{bot} is not installed", remedy="")

    town.settings('sender = "Velkomst"')

    assert "velkomst" not in _everything(town.published("sender", manifest_of=nowhere)).casefold()


def test_published_toml_has_its_lists_in_toml(town: "Town", tmp_path: Path) -> None:
    """Long lists have a line for each item, short ones none, and both are read again."""
    town.settings('password = { env = "X" }', *(f'unknown_{letter} = "x"' for letter in "abcdefgh"))
    folder = write_published(town.published(), tmp_path / "members")
    text = (folder / "published.toml").read_text(encoding="utf-8")

    assert "\nblocks = []\n" in text
    assert '\n    "settings.unknown_a",\n' in text
    assert 11 == len(tomllib.loads(text)["withheld"][FILE])


class Desks(BotSettings):
    """A bot with a table of words."""

    contact: str = Field(description="Who is asked.", personal=True)
    desks: Table = table(
        Column.input("place", "text", description="Where."),
        Column.output("desk", "text", description="Which desk."),
        description="Desks.",
        complete=False,
    )


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("desks.csv", 'place;desk\na;"Jens ""the desk"" Hansen"\n'),
        ("desks.csv", "place;desk\na;jens  THE DESK\n"),
        ("desks.toml", '[[row]]\nplace = "a"\ndesk = "Jens \\"the desk\\" Hansen"\n'),
        ("desks.csv", "place;desk\na;ring 01 01 70 12 34\n"),
    ],
)
def test_a_table_that_repeats_a_personal_value_is_withheld(town: "Town", name: str, text: str) -> None:
    """Each cell is compared as it reads, not as CSV or TOML quotes it."""
    town.manifest = town.manifest.model_copy(update={"settings_schema": Desks.model_json_schema()})
    contact = 'contact = "Jens \\"the desk\\""' if '"' in text else 'contact = "Jens the desk"'
    town.write(FILE, f"{HEAD}[settings]\n{contact}\n")
    town.write(f"tables/welcome-letters/{name}", text)
    found = town.published()

    assert ("settings.desks",) == found.withheld[f"tables/welcome-letters/{name}"]
    assert f"tables/welcome-letters/{name}" not in found.files
