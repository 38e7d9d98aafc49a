import re
import tomllib
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from rpa_commons.config import ConfigError
from rpa_commons.manifest import Manifest, StepEntry, TemplateEntry
from rpa_commons.sdk import BotSettings, Field
from rpa_commons.sharing import NotWrittenError, Published, PublishError, write_published
from rpa_commons.sharing._publish_fit import is_fit_text

if TYPE_CHECKING:
    from conftest import Town

DAY = date(2026, 11, 22)
SECRETS = (
    "hunter2",
    "Sigrun",
    "Jens Hansen",
    "jens@roskilde.example",
    "010170-1234",
    "0101701234",
    "2512701234",
    "REGISTER_PASSWORD",
    "FILE_SERVER_KEY",
    "29189404",
    "secrets/kombit.p12",
    "/srv/roskilde",
    "Rådhusbuen",
)


def _bot(published: Published) -> str:
    return published.files["bots/welcome-letters.toml"]


def test_publish_keeps_choices_and_their_lines(town: "Town") -> None:
    """A plain setting is in the published file on the line it has at home."""
    town.settings("# why we look so far back", "window_days = 14", 'mode = "slow" # as agreed')

    assert [
        'bot = "welcome-letters"',
        "id = { withheld = true }",
        "[settings]",
        "contact = { withheld = true }",
        "",
        "window_days = 14",
        'mode = "slow"',
        "",
    ] == _bot(town.published()).split("\n")


def test_no_published_byte_holds_what_must_not_be_seen(town: "Town") -> None:
    """Secrets, personal numbers, names, paths and comments, fed into every place, are in no file."""
    town.write(
        "municipality.toml",
        (town.folder / "municipality.toml")
        .read_text(encoding="utf-8")
        .replace("\n\n", "\n# Jens Hansen\n", 1)
        + 'email = "jens@roskilde.example"\n',
    )
    town.write(
        "bots/welcome-letters.toml",
        'bot = "welcome-letters" # Jens Hansen 010170-1234\n'
        'id = "0b6f0c1e-2c9c-4c0e-9f3d-6d1f1e8f9a10"\n'
        'owner = "Jens Hansen"\n'
        "[settings]\n"
        'contact = "Sigrun"\n'
        'sender = "Sigrun siger hej"\n'
        'password = { env = "FILE_SERVER_KEY" }\n'
        'hosts = ["plain", "/srv/roskilde", "jens@roskilde.example"]\n'
        "limit = 2512701234\n"
        'unknown = "hunter2"\n'
        '"010170-1234" = 1\n'
        '[settings.words]\n"0101701234" = "x"\n"Jens Hansen" = "y"\nplain = "call 010170-1234"\n'
        '[settings.nothing."Jens Hansen"]\nx = "hunter2"\n',
    )
    town.write(
        "environments/production/stack.toml",
        '[PopulationRegister]\nsettings.password = { file = "secrets/kombit.p12" }\n'
        'settings.url = "https://u:hunter2@register.example"\n'
        '[Unheard.settings]\npassword = "hunter2"\n["Jens Hansen"]\nconnector = "hunter2"\n',
    )
    everything = "".join(name + text for name, text in town.published().files.items())

    assert [] == [secret for secret in SECRETS if secret in everything]
    assert "#" not in everything.replace("# Written by `rpac config publish`", "")


def test_each_withheld_value_is_listed(town: "Town") -> None:
    """published.toml names the keys that were withheld, file by file: a check counts them as given."""
    town.settings('password = { env = "X" }')
    listed = tomllib.loads(town.published().files["published.toml"])["withheld"]

    assert ["id", "settings.contact", "settings.password"] == listed["bots/welcome-letters.toml"]
    assert ["PopulationRegister.settings.password"] == listed["stack.toml"]


def test_published_toml_says_what_runs(town: "Town") -> None:
    """The bot's version and manifest, the overridden blocks with their base, the wrapped steps by name."""
    town.manifest = town.manifest.model_copy(
        update={
            "templates": (TemplateEntry(name="families", blocks={"school": "a" * 64, "title": "b" * 64}),),
            "steps": (StepEntry(name="compose", arguments=("move",), description="Writes."),),
        }
    )
    town.write(
        "letters/welcome-letters/families.md.j2",
        '{% extends "bot:families.md.j2" %}\n{# {% block title %} #}\n'
        "{% block school %}hunter2{% endblock %}\n",
    )
    town.write(
        "hooks/welcome_letters.py",
        "@hookimpl(wrapper=True)\ndef rpac_step_compose(step):\n    'hunter2'\n    return (yield)\n",
    )
    published = town.published()
    document = tomllib.loads(published.files["published.toml"])

    assert {
        "name": "welcome-letters",
        "bot": "welcome-letters",
        "version": "1.0.0",
        "manifest": town.manifest.digest,
        "wrapped": ["compose"],
        "blocks": [{"template": "families", "block": "school", "base": "a" * 64}],
    } == document["instance"][0]
    assert (1, "0265", "Roskilde", "DIGIT", DAY) == tuple(
        document[key] for key in ("format", "code", "name", "cooperation", "published")
    )
    assert {"name": "DIGIT baseline", "version": "2026.1"} == document["baseline"]
    assert "hunter2" not in "".join(published.files.values())


def test_settings_of_a_bot_that_is_not_installed_are_withheld(town: "Town") -> None:
    """Where nothing is known about a bot, nothing of its settings is shown, and it is said."""
    town.settings("window_days = 14")

    def nowhere(bot: str) -> Manifest:
        raise NotWrittenError(Path(bot), "is not installed", "")

    published = town.published(manifest_of=nowhere)

    assert "window_days" not in _bot(published)
    assert {"withheld": True} == tomllib.loads(_bot(published))["settings"]
    assert ["welcome-letters"] == list(published.unknown)


def test_settings_of_an_unknown_connector_are_withheld(town: "Town") -> None:
    """A vendor's connector is named, its settings are not: no schema says which of them is a secret."""
    town.write(
        "stack.toml", '[PopulationRegister]\nconnector = "vendor"\nsettings.url = "https://x.example"\n'
    )

    assert (
        '[PopulationRegister]\nconnector = "vendor"\nsettings = { withheld = true }\n'
        == town.published().files["stack.toml"]
    )


def test_production_files_are_read_by_the_connector_that_holds(town: "Town") -> None:
    """Settings in environments/production are judged by the connector that the municipality's stack names."""
    town.write("environments/production/stack.toml", "[PopulationRegister]\nsettings.timeout = 20\n")
    town.write("environments/test/stack.toml", "[PopulationRegister]\nsettings.timeout = 10\n")
    published = town.published()

    assert "settings.timeout = 20" in published.files["environments/production/stack.toml"]
    assert "environments/test/stack.toml" not in published.files


@pytest.mark.parametrize("way", ["toml", "option"])
def test_a_municipality_keeps_back_what_it_names(town: "Town", way: str) -> None:
    """A key or a whole table, in [publish] withhold or by --without, is withheld."""
    town.settings("window_days = 14", "retry.times = 2", "retry.wait = 1.0")
    names = ("window_days", "retry", "stack.PopulationRegister.settings.url")
    if way == "toml":
        text = (town.folder / "municipality.toml").read_text(encoding="utf-8")
        town.write("municipality.toml", f"{text}\n[publish]\nwithhold = {list(names)}\n".replace("'", '"'))
    published = town.published(*(names if way == "option" else ()))

    assert "window_days = { withheld = true }\nretry = { withheld = true }\n" in _bot(published)
    assert "settings.url = { withheld = true }" in published.files["stack.toml"]


def test_a_misspelt_key_to_withhold_is_refused(town: "Town") -> None:
    """What would be hidden under a wrong name would be seen by all: nothing is published."""
    with pytest.raises(PublishError) as caught:
        town.published("windw_days")

    assert "--without: nothing is called 'windw_days'" in caught.value.message
    assert "did you mean window_days?" == caught.value.remedy
    assert 2 == caught.value.exit_code


def test_a_key_that_is_not_set_may_be_withheld(town: "Town") -> None:
    """A key the bot knows can be kept back before anybody sets it."""
    assert "window_days" not in _bot(town.published("window_days"))


def test_only_the_named_bot_instances_are_published(town: "Town") -> None:
    """[publish] bots limits the instances; the others are said to be left out."""
    second = (town.folder / "bots/welcome-letters.toml").read_text(encoding="utf-8").replace("10", "11", 1)
    town.write("bots/second.toml", second.replace("9a10", "9a11"))
    text = (town.folder / "municipality.toml").read_text(encoding="utf-8")
    town.write("municipality.toml", f'{text}\n[publish]\nbots = ["second"]\n')
    published = town.published()

    assert ("welcome-letters",) == published.left_out
    assert ["bots/second.toml"] == [name for name in published.files if name.startswith("bots/")]


def test_a_misspelt_bot_instance_is_refused(town: "Town") -> None:
    """An instance in [publish] bots that there is not names the one that was meant."""
    text = (town.folder / "municipality.toml").read_text(encoding="utf-8")
    town.write("municipality.toml", f'{text}\n[publish]\nbots = ["welcome-leters"]\n')
    with pytest.raises(PublishError) as caught:
        town.published()

    assert "did you mean welcome-letters?" == caught.value.remedy


def test_a_file_that_cannot_be_read_stops_publishing(town: "Town") -> None:
    """Half a configuration is not published: every finding comes at once."""
    town.write("bots/other.toml", "bot = \n")
    with pytest.raises(ConfigError) as caught:
        town.published()

    assert ["E104"] == [one.code for one in caught.value.findings]


def test_a_known_text_that_repeats_a_personal_value_is_withheld(town: "Town") -> None:
    """The contact's name in a field that is not personal is hidden there too."""
    town.settings('sender = "Sigrun og holdet"', 'mode = "slow"')

    assert "sender = { withheld = true }" in _bot(town.published())
    assert 'mode = "slow"' in _bot(town.published())


@pytest.mark.parametrize(
    ("text", "is_shown"),
    [
        ("Borgerservice", True),
        ("https://register.example/v1", True),
        ("extracts/moves-*.csv", True),
        ("10/11/2026 og/eller", True),
        ("25955a2f-2616-4a97-b4ce-5079a6e1a3f7", False),
        ("~/keys", False),
        ("ligger i /srv/roskilde/ud", False),
        ("C:\\keys", False),
        ("\\\\server\\share", False),
        ("file:///x", False),
        ("https://u:p@register.example", False),
        ("https://register.example/?token=1", False),
        ("jens@roskilde.example", False),
        ("ring 010170-1234", False),
    ],
)
def test_a_text_is_shown_only_when_it_is_a_plain_one(text: str, is_shown: bool) -> None:
    """Addresses without credentials and relative names stay; paths, mail and personal numbers go."""
    assert is_shown is is_fit_text(text)


def test_a_free_key_that_repeats_a_personal_value_goes(town: "Town") -> None:
    """A key of a table with free keys is data too, whatever its case; nothing tells that it was there."""
    town.settings('words.plain = "a"', 'words."SIGRUN JENSEN" = "b"')

    assert {"plain": "a"} == tomllib.loads(_bot(town.published()))["settings"]["words"]


class Loose(BotSettings):
    """What a careless author may write."""

    smtp_password: str = Field("", description="Clear text, where a reference belongs.")
    anything: dict[str, Any] = Field({}, description="Whatever.")
    folder: Path | None = Field(None, description="Where.")
    servers: list[dict[str, str]] = Field([], description="Free tables.")


def test_a_careless_schema_does_not_open_the_door(town: "Town") -> None:
    """A key that sounds secret, a value of any type and a path are hidden though the schema knows them."""
    town.manifest = town.manifest.model_copy(update={"settings_schema": Loose.model_json_schema()})
    town.write(
        "bots/welcome-letters.toml",
        'bot = "welcome-letters"\nid = "0b6f0c1e-2c9c-4c0e-9f3d-6d1f1e8f9a10"\n[settings]\n'
        'smtp_password = "hunter2"\nanything = { deep = { x = "hunter2" } }\nfolder = "hunter2"\n'
        'servers = [{ a = "b" }, { c = "hunter2" }]\n',
    )

    assert "hunter2" not in "".join(town.published().files.values())


def test_the_published_folder_replaces_the_older_one(town: "Town", tmp_path: Path) -> None:
    """Stale files are gone, and nothing is left beside the folder."""
    published = town.published()
    folder = write_published(published, tmp_path / "members")
    (folder / "bots/stale.toml").write_text("x = 1\n", encoding="utf-8")
    again = write_published(published, tmp_path / "members")

    assert folder == again == tmp_path / "members" / "0265"
    assert {name: text.encode() for name, text in published.files.items()} == {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()
    }
    assert ["0265"] == [path.name for path in (tmp_path / "members").iterdir()]


def test_a_folder_that_was_not_published_is_not_replaced(town: "Town", tmp_path: Path) -> None:
    """A folder of somebody else under the same name stays as it is."""
    (tmp_path / "0265").mkdir()
    (tmp_path / "0265/mine.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(NotWrittenError, match="is no published configuration"):
        write_published(town.published(), tmp_path)

    assert "mine" == (tmp_path / "0265/mine.txt").read_text(encoding="utf-8")


def test_a_crash_while_writing_leaves_the_older_folder(
    town: "Town", tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When the new folder cannot take its place, the old one is back in its own."""
    published = town.published()
    folder = write_published(published, tmp_path)
    real = Path.rename

    def fails(self: Path, target: Path) -> Path:
        if self.name.endswith(".part"):
            raise OSError(28, "No space left on device")
        return real(self, target)

    monkeypatch.setattr(Path, "rename", fails)
    with pytest.raises(NotWrittenError, match="what was there still is"):
        write_published(published, tmp_path)

    assert (folder / "published.toml").is_file()
    assert ["0265"] == [path.name for path in tmp_path.iterdir() if re.search("0265", path.name)]
