import json
import tomllib
from datetime import date, time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest

from rpa_commons.connectors import catalogue
from rpa_commons.editing import editor_schemas, write_editor_schemas
from rpa_commons.editing._editor import bot_schema, municipality_editor_schema, stack_schema
from rpa_commons.editing._editor_write import with_schema_line
from rpa_commons.letters import Letterhead

if TYPE_CHECKING:
    from conftest import Town

EXAMPLES = Path(__file__).parents[3] / "examples" / "digit"
STACKS = sorted([*EXAMPLES.glob("*/stack.toml"), *EXAMPLES.glob("*/environments/*/stack.toml")])


def _json(value: Any) -> Any:
    """TOML values as an editor gives them to its validator: dates as text."""
    if isinstance(value, dict):
        return {key: _json(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_json(one) for one in value]
    return value.isoformat() if isinstance(value, date | time) else value


def _errors(schema: Any, text: str) -> list[str]:
    validator = jsonschema.Draft202012Validator(
        schema, format_checker=jsonschema.Draft202012Validator.FORMAT_CHECKER
    )
    validator.check_schema(schema)
    return [error.message for error in validator.iter_errors(_json(tomllib.loads(text)))]


def _bot(town: "Town", **rest: Any) -> dict[str, Any]:
    return bot_schema(town.manifest, **rest)


HEAD = 'bot = "welcome-letters"\nid = "0b6f0c1e-2c9c-4c0e-9f3d-6d1f1e8f9a10"\n[settings]\n'


@pytest.mark.parametrize("path", STACKS, ids=lambda path: path.relative_to(EXAMPLES).as_posix())
def test_the_stacks_of_the_examples_are_accepted(path: Path) -> None:
    """What the resolver accepts, an editor accepts, file by file."""
    assert [] == _errors(stack_schema(catalogue()), path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", ["roskilde", "hvidovre"])
def test_the_municipalities_of_the_examples_are_accepted(name: str) -> None:
    """With their letterheads."""
    schema = municipality_editor_schema(Letterhead.model_json_schema())

    assert [] == _errors(schema, (EXAMPLES / name / "municipality.toml").read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    "lines",
    [
        "",
        "window_days = 14",
        "since = 2026-03-01",
        'hosts = ["a"]',
        'hosts = { append = ["a"], remove = ["b"] }',
        'password = { env = "PASSWORD" }',
        "retry.times = 2",
        "limit = 'many'",
        "words = { a = 'b' }",
    ],
)
def test_a_part_of_the_settings_is_accepted(town: "Town", lines: str) -> None:
    """A weaker layer may give what is required; each form the resolver takes is taken."""
    assert [] == _errors(_bot(town), HEAD + lines)


@pytest.mark.parametrize(
    "lines",
    [
        "windw_days = 14",
        "window_days = 61",
        'window_days = "14"',
        "hosts = [1]",
        'hosts = { append = ["a"], also = [] }',
        "hosts = { append = [1] }",
        "hosts = {}",
        'password = "hunter2"',
        'password = { enw = "X" }',
        'mode = "medium"',
        "since = 'soon'",
        "retry.tries = 2",
        'sender = "x"',
    ],
)
def test_a_wrong_setting_is_marked(town: "Town", lines: str) -> None:
    """Unknown keys, types, bounds, choices, secrets in clear."""
    assert _errors(_bot(town), HEAD + lines)


def test_an_instance_names_its_bot_and_id(town: "Town") -> None:
    """No weaker layer can say them; an environment's file must not."""
    assert 2 == len(_errors(_bot(town), "[settings]\n"))
    assert [] == _errors(_bot(town, is_own=False), "[settings]\nwindow_days = 3\n")
    assert _errors(_bot(town, is_own=False), HEAD)


def test_a_key_says_what_it_means(town: "Town") -> None:
    """Description with unit, default, bounds and choices are what an editor shows."""
    settings = _bot(town)["properties"]["settings"]["properties"]

    assert "Look this many days back for moves. In days." == settings["window_days"]["description"]
    assert (10, 1, 60) == tuple(settings["window_days"][key] for key in ("default", "minimum", "maximum"))
    assert ["fast", "slow"] == settings["mode"]["enum"]
    assert "default" not in settings["since"]
    assert "Where to look." == settings["hosts"]["description"]


def test_what_is_ours_stays_out_of_the_schema(town: "Town") -> None:
    """Notes that no editor knows are told in words or left out."""
    text = json.dumps(_bot(town)) + json.dumps(stack_schema(town.connectors))

    assert not [
        word for word in ('"personal"', '"unit"', '"secret_reference"', '"title": "Window') if word in text
    ]


@pytest.mark.parametrize(
    ("text", "is_right"),
    [
        ('[PopulationRegister]\nconnector = "register-extract"\nsettings.folder = "x"\n', True),
        ('[PopulationRegister]\nconnector = "register-extract"\n', True),
        ("[PopulationRegister.settings]\ntimeout = 3\n", True),
        ('profiles = ["kombit"]\n', True),
        ('[PopulationRegister]\nconnector = "register-extract"\nsettings.url = "x"\n', False),
        ("[PopulationRegister.settings]\ntimeoutt = 3\n", False),
        ('[PopulationRegister]\nconnector = "sf1601"\n', False),
        ('[PopulationRegster]\nconnector = "sf1520"\n', False),
        ('[PopulationRegister]\nconnecter = "sf1520"\n', False),
        ('[PopulationRegister]\nconnector = "sf1520"\nsettings.password = "hunter2"\n', False),
        ('profiles = "kombit"\n', False),
    ],
)
def test_a_binding_is_checked_against_its_connector(town: "Town", text: str, is_right: bool) -> None:
    """The connector decides which settings there are; without one in the file, any of the capability's."""
    assert is_right == (_errors(stack_schema(town.connectors), text) == [])


def test_definitions_of_two_connectors_do_not_mix(town: "Town") -> None:
    """Each reference leads to the connector's own definition."""
    schema = stack_schema(town.connectors)

    assert "#/$defs/sf1520.SecretRef" == schema["$defs"]["sf1520"]["properties"]["password"]["$ref"]
    assert "sf1520.SecretRef" in schema["$defs"]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("a = 1\n", "#:schema ./s.json\na = 1\n"),
        ("", "#:schema ./s.json\n"),
        ("#:schema old.json\r\n# of ours\r\na = 1\r\n", "#:schema ./s.json\r\n# of ours\r\na = 1\r\n"),
        ("\ufeff# of ours\n", "\ufeff#:schema ./s.json\n# of ours\n"),
    ],
)
def test_the_line_that_names_the_schema_stands_first_and_once(before: str, after: str) -> None:
    """An older one is replaced; byte order mark and line ends stay."""
    assert after == with_schema_line(before, "./s.json")
    assert after == with_schema_line(after, "./s.json")


def test_schemas_are_written_and_named_in_each_file(town: "Town") -> None:
    """Relative to the file; a second time changes nothing; check still finds nothing wrong."""
    town.write("environments/test/bots/welcome-letters.toml", "[settings]\nwindow_days = 3\n")
    town.write("environments/test/stack.toml", "[PopulationRegister.settings]\ntimeout = 3\n")
    municipality = town.open()
    schemas, missing = editor_schemas(municipality, town.manifest_of, connectors=town.connectors)
    write_editor_schemas(municipality, schemas)
    first = {
        name: (town.folder / name).read_text(encoding="utf-8").partition("\n")[0]
        for name in (
            "municipality.toml",
            "bots/welcome-letters.toml",
            "environments/test/stack.toml",
            "environments/test/bots/welcome-letters.toml",
        )
    }

    assert {} == missing
    assert {
        "municipality.toml": "#:schema .rpac/schemas/municipality.json",
        "bots/welcome-letters.toml": "#:schema ../.rpac/schemas/welcome-letters.json",
        "environments/test/stack.toml": "#:schema ../../.rpac/schemas/stack.json",
        "environments/test/bots/welcome-letters.toml": "#:schema "
        "../../../.rpac/schemas/welcome-letters-environment.json",
    } == first
    for name, line in first.items():
        schema = (town.folder / name).parent / line.removeprefix("#:schema ")
        assert [] == _errors(
            json.loads(schema.read_text(encoding="utf-8")), (town.folder / name).read_text(encoding="utf-8")
        )
    assert () == write_editor_schemas(municipality, schemas)
    assert 3 == town.resolve().settings["window_days"]
    assert (town.folder / ".rpac/schemas/.gitignore").read_text(encoding="utf-8").endswith("*\n")


def test_a_file_that_is_no_toml_is_left_alone(town: "Town") -> None:
    """Check says what is wrong with it."""
    town.write("stack.toml", b"\xff\xfe[")
    municipality = town.open()
    schemas, _ = editor_schemas(municipality, town.manifest_of, connectors=town.connectors)
    write_editor_schemas(municipality, schemas)

    assert b"\xff\xfe[" == (town.folder / "stack.toml").read_bytes()


def test_a_municipality_gets_no_schema_of_the_cooperation_s_files(town: "Town") -> None:
    """They can be printed there, but describe nothing in its folder."""
    municipality = town.open()
    schemas, _ = editor_schemas(municipality, town.manifest_of, connectors=town.connectors)
    write_editor_schemas(municipality, schemas)
    written = {path.stem for path in (town.folder / ".rpac/schemas").glob("*.json")}

    assert {"baseline", "policies", "waivers"} == schemas.keys() - written
