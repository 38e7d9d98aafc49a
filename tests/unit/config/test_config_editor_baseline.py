"""Schemas for the files that a cooperation's coordinator writes."""

import json
import tomllib
from datetime import date
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from click.testing import CliRunner, Result

from rpa_commons.cli import _main
from rpa_commons.config import check_baseline
from rpa_commons.connectors import catalogue
from rpa_commons.editing import baseline_editor_schemas, is_baseline_folder, write_baseline_schemas
from rpa_commons.editing._policy_shapes import policies_schema, waivers_schema

EXAMPLE = Path(__file__).parents[3] / "examples" / "digit" / "baseline"
POLICY = {"key": '"window_days"', "max": "30", "why": '"A month."', "owner": '"DIGIT"'}
WAIVER = {
    "municipality": '"0167"',
    "key": '"window_days"',
    "reason": '"Late."',
    "granted_by": '"DIGIT"',
    "until": "2099-03-31",
}


def _json(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _json(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_json(one) for one in value]
    return value.isoformat() if isinstance(value, date) else value


def _is_accepted(schema: Any, text: str) -> bool:
    validator = jsonschema.Draft202012Validator(schema)
    validator.check_schema(schema)
    return validator.is_valid(_json(tomllib.loads(text)))


def _entry(name: str, pairs: dict[str, str], **changes: str | None) -> str:
    lines = [f"{key} = {value}" for key, value in (pairs | changes).items() if value is not None]
    return "\n".join([f"[[{name}]]", *lines, ""])


def _reader_accepts(place: Path, policies: str, waivers: str = "") -> bool:
    (place / "baseline.toml").write_text('name = "B"\nversion = "1"\n')
    (place / "policies.toml").write_text(policies)
    (place / "waivers.toml").write_text(waivers)
    return not check_baseline(place, connectors={}).findings


@pytest.mark.parametrize("name", ["baseline", "policies", "waivers", "stack"])
def test_the_example_is_accepted(name: str) -> None:
    """What a cooperation really writes shows no error in an editor."""
    schema = baseline_editor_schemas(catalogue())[name]

    assert _is_accepted(schema, (EXAMPLE / f"{name}.toml").read_text(encoding="utf-8"))


CHANGES: list[dict[str, str | None]] = [
    {},
    {"bot": '"welcome-letters"'},
    {"bot": '""'},
    {"bot": "1"},
    {"key": None},
    {"key": '" "'},
    {"why": None},
    {"why": '""'},
    {"owner": "7"},
    {"max": None},
    {"max": None, "locked": "true"},
    {"locked": "false"},
    {"max": "2027-01-01"},
    {"min": "1.5"},
    {"max": '"thirty"'},
    {"max": "true"},
    {"max": None, "one_of": "[1, 'a']"},
    {"max": None, "one_of": "[]"},
    {"one_of": "1"},
    {"maximum": "3"},
]


@pytest.mark.parametrize("changes", CHANGES, ids=str)
def test_an_editor_marks_in_a_policy_what_the_reader_refuses(
    tmp_path: Path, changes: dict[str, str | None]
) -> None:
    """And nothing else, so that nobody learns to look away from its marks."""
    text = _entry("policy", POLICY, **changes)

    assert _reader_accepts(tmp_path, text) == _is_accepted(policies_schema(), text)


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"municipality": "167"},
        {"municipality": '"167"'},
        {"municipality": '"Hvidovre"'},
        {"until": None},
        {"until": '"soon"'},
        {"reason": None},
        {"granted_by": '""'},
        {"key": None},
        {"why": '"x"'},
    ],
    ids=str,
)
def test_an_editor_marks_in_a_waiver_what_the_reader_refuses(
    tmp_path: Path, changes: dict[str, str | None]
) -> None:
    """Form for form."""
    text = _entry("waiver", WAIVER, **changes)

    assert _reader_accepts(tmp_path, _entry("policy", POLICY), text) == _is_accepted(waivers_schema(), text)


def test_every_key_says_what_it_means() -> None:
    """An editor shows it while one types."""
    for schema, name in ((policies_schema(), "policy"), (waivers_schema(), "waiver")):
        properties = schema["properties"][name]["items"]["properties"]

        assert [] == [key for key, one in properties.items() if not one.get("description")]


@pytest.fixture
def baseline(tmp_path: Path) -> Path:
    """A cooperation's folder with one profile and nothing wrong in it."""
    folder = tmp_path / "baseline"
    for name, text in {
        "baseline.toml": '# ours\nname = "B"\nversion = "1"\n',
        "policies.toml": _entry("policy", POLICY),
        "profiles/sf1601/stack.toml": '[DigitalPost]\nconnector = "sf1601"\n',
    }.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    return folder


def _rpac(folder: Path, *words: str) -> Result:
    return CliRunner().invoke(
        _main.cli, ["-C", str(folder), "config", "schema", *words], standalone_mode=False
    )


def test_schemas_are_named_in_the_cooperation_s_files(baseline: Path) -> None:
    """Those there are, the profiles' too; comments stay, and it can still be built."""
    written = write_baseline_schemas(baseline, baseline_editor_schemas({}))

    assert "#:schema .rpac/schemas" in (baseline / "policies.toml").read_text().replace("./.rpac", ".rpac")
    assert (baseline / "baseline.toml").read_text().endswith('# ours\nname = "B"\nversion = "1"\n')
    first = (baseline / "profiles/sf1601/stack.toml").read_text().split("\n")[0]
    assert "#:schema ../../.rpac/schemas/stack.json" == first
    assert not (baseline / "waivers.toml").exists()
    assert 8 == len(written)
    checked = check_baseline(baseline, connectors=catalogue())
    assert ((), (".rpac",)) == (checked.findings, checked.left_out)
    assert () == write_baseline_schemas(baseline, baseline_editor_schemas({}))


def test_the_command_knows_a_cooperation_s_folder(baseline: Path) -> None:
    """There it needs no municipality; one schema is printed, or all are written."""
    one, unknown = _rpac(baseline, "policies"), _rpac(baseline, "policy")
    written = _rpac(baseline, "--write")

    assert "policies.toml" == json.loads(one.stdout)["title"]
    assert "did you mean policies?" == unknown.exception.remedy  # type: ignore[union-attr]
    assert "policies.toml\n" in written.stdout
    assert "every schema is there and named already\n" == _rpac(baseline, "--write").stdout


def test_a_municipality_with_a_baseline_of_its_own_is_a_municipality(baseline: Path) -> None:
    """Both files in one folder: what is there to configure is the municipality."""
    assert is_baseline_folder(baseline)

    (baseline / "municipality.toml").write_text("")
    assert not is_baseline_folder(baseline)
