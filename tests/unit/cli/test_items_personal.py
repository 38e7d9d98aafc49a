"""``rpac items show --personal``: who takes a case over sees whom it is about, and is written down."""

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from click.testing import CliRunner

from rpa_commons.cli._main import cli
from rpa_commons.config import SecretMissingError
from rpa_commons.manifest import Manifest
from rpa_commons.runtime import JournalKeyError, UnknownItemError, cut_content, launch, look_up, open_keys
from rpa_commons.runtime._database import instance_folder, open_instance
from rpa_commons.runtime._queue import Arrival, Queue

ID = "0b6f0c1e-0000-4000-8000-000000000001"
INSTANCE = f'bot = "letters"\nid = "{ID}"\n'
NUMBER = "0706614285"
PAYLOAD = {
    "cpr": NUMBER,
    "name": "Anna\x1b[31m Andersen",
    "children": [{"cpr": "070661-4285", "age": 3, "lives_here": True, "id": "E-47"}],
    "note": f"see {NUMBER}",
    "empty": "",
}


class Town:
    """A municipality with one case of one instance."""

    def __init__(self, root: Path) -> None:
        self.folder, self.state = root / "roskilde", root / "state" / "test"
        (self.folder / "bots").mkdir(parents=True)
        (self.folder / "municipality.toml").write_text(
            'name = "Roskilde"\ncode = "0265"\ncvr = "29189404"\nenvironment = "test"\n'
            'state_dir = "../state"\nletterhead.name = "Roskilde Kommune"\n',
            encoding="utf-8",
        )
        self.instance("")
        instance_folder(self.state, ID).mkdir(parents=True)
        self.keys = open_keys(self.state, None, create=True)
        engine = open_instance(self.state, ID, self.keys.sealer)
        queue = Queue(engine, self.keys, None, ("letters", ID))
        data = json.dumps(PAYLOAD).encode()
        queue.put([Arrival("case-1", data, data)])
        queue.adopt(["case-0"])
        engine.dispose()

    def instance(self, line: str) -> None:
        """Write the instance's file with a line more."""
        (self.folder / "bots" / "letters.toml").write_text(f"{INSTANCE}{line}\n", encoding="utf-8")

    def show(self, *words: str) -> Any:
        """``rpac items show letters case-1``."""
        command = ["-C", str(self.folder), "items", "show", "letters", "case-1", *words]
        return CliRunner().invoke(cli, command, standalone_mode=False)


@pytest.fixture
def town(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Town:
    """A municipality whose bot counts as installed."""
    manifest = Manifest(
        kind="bot",
        name="letters",
        version="1.0.0",
        summary="Writes.",
        sdk_version="0.1.0",
        settings_schema={"type": "object", "additionalProperties": False},
    )
    monkeypatch.setattr(launch, "locked", lambda *_: SimpleNamespace(manifest=manifest))
    return Town(tmp_path)


def test_without_the_option_nothing_of_the_content_shows(town: Town) -> None:
    """As before; and nobody is written down."""
    result = town.show()

    assert "Anna" not in result.stdout
    assert "070661" not in result.stdout
    assert "looked up" not in result.stdout


def test_the_content_is_shown_with_numbers_cut_after_the_birth_date(town: Town) -> None:
    """A line per value; what a terminal would obey is written out."""
    result = town.show("--personal", "--by", "Sigrun")

    assert result.return_value == 0
    assert "    personal number: 070661-••••\n" in result.stdout
    assert "    name: Anna\\x1b[31m Andersen\n" in result.stdout
    assert "    children 1, personal number: 070661-••••\n    children 1, age: 3\n" in result.stdout
    assert "    children 1, lives here: yes\n    children 1, id in the source: E-47\n" in result.stdout
    assert "    note: see 070661-••••\n" in result.stdout
    assert "empty" not in result.stdout
    assert "4285" not in result.stdout


def test_who_looked_is_kept_with_the_case(town: Town) -> None:
    """And shown to whoever looks at its story."""
    town.show("--personal", "--by", "Sigrun")

    assert "looked up  by: Sigrun" in town.show().stdout


def test_nobody_looks_without_a_name(town: Town) -> None:
    """The command says what is missing, and shows nothing."""
    result = town.show("--personal")

    assert "--personal --by NAME" in str(result.exception)
    assert "Anna" not in result.stdout


def test_json_has_the_content_too(town: Town) -> None:
    """Cut in the same way."""
    document = json.loads(town.show("--personal", "--by", "Sigrun", "--json").stdout)

    child = {"cpr": "070661-••••", "age": 3, "lives_here": True, "id": "E-47"}
    assert document["content"]["children"] == [child]
    assert document["words"][-1]["what"] == "looked up"


def test_a_municipality_may_show_numbers_whole(town: Town) -> None:
    """``mask_personal_numbers = false`` in the instance's file."""
    town.instance("mask_personal_numbers = false")

    assert "    personal number: 0706614285\n" in town.show("--personal", "--by", "Sigrun").stdout


def test_a_configuration_in_doubt_cuts(town: Town) -> None:
    """Perhaps the cooperation's lock is what is wrong with it."""
    town.instance("mask_personal_numbers = false\nunknown = 1")

    assert "    personal number: 070661-••••\n" in town.show("--personal", "--by", "Sigrun").stdout


def test_an_adopted_case_has_no_content(town: Town) -> None:
    """Another robot handled it."""
    with pytest.raises(UnknownItemError, match="its content is not here"):
        look_up(town.state, ID, town.keys, "case-0", by="Sigrun")


def test_an_unknown_case_is_told(town: Town) -> None:
    """With the command that lists them."""
    with pytest.raises(UnknownItemError, match="there is no such item"):
        look_up(town.state, ID, town.keys, "case-9", by="Sigrun")


def test_without_the_key_nothing_shows(town: Town) -> None:
    """Whoever has it not sees no case, and no trace of a look is left."""
    (town.state / "journal.key").rename(town.state / "hidden.key")
    result = town.show("--personal", "--by", "Sigrun")
    (town.state / "hidden.key").rename(town.state / "journal.key")

    assert isinstance(result.exception, JournalKeyError | SecretMissingError)
    assert "Anna" not in result.stdout
    assert "looked up" not in town.show().stdout


@pytest.mark.parametrize(
    ("content", "cut"),
    [
        (706614285, "070661-••••"),
        ([NUMBER, {"a": NUMBER}], ["070661-••••", {"a": "070661-••••"}]),
        (True, True),
        (None, None),
        (47, 47),
        ("0b6f0c1e-0000-4000-8000-000706614285", "0b6f0c1e-0000-4000-8000-000706614285"),
    ],
)
def test_numbers_are_cut_wherever_they_stand(content: Any, cut: Any) -> None:
    """As text, as a number that lost its zero, in lists and tables; not inside a UUID."""
    assert cut_content(content) == cut


def test_a_name_of_a_value_is_cut_too() -> None:
    """A table by personal number."""
    assert cut_content({NUMBER: "x"}) == {"070661-••••": "x"}


def test_the_journals_key_stands_in_no_plugins_store(town: Town) -> None:
    """The host loads no plugin; it says what to use instead."""
    place = town.folder / "municipality.toml"
    place.write_text(f'journal_key = {{ store = "vault:journal" }}\n{place.read_text("utf-8")}', "utf-8")

    result = town.show("--personal", "--by", "Sigrun")

    assert isinstance(result.exception, SecretMissingError)
    assert "commands of the host read it too" in result.exception.message
    assert result.exception.remedy == "use env, file or keyring for journal_key"
