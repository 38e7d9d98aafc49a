"""Each code of a finding, from the smallest configuration that earns it; the table is complete."""

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from rpa_commons.config import CODES, ConfigError, check_municipality
from rpa_commons.manifest import Manifest

if TYPE_CHECKING:
    from conftest import Town

INSTANCE = "bots/welcome-letters.toml"
BOT = 'bot = "welcome-letters"\n'
ID = 'id = "0b6f0c1e-2c9c-4c0e-9f3d-6d1f1e8f9a10"\n'
HEAD = BOT + ID
REST = '[settings]\ncontact = "x"\n'
REGISTER = "[PopulationRegister]\n"

STACK = """\
[PopulationRegister]
connector = "sf1520"
settings.url = "x"
settings.password = { env = "REGISTER_PASSWORD" }
"""
POLICIES = "../baseline/policies.toml"
WAIVER = """\
[[waiver]]
municipality = "0265"
key = "mode"
reason = "x"
granted_by = "y"
until = 2027-03-31
"""


def policy(key: str, *lines: str) -> str:
    """One policy with everything it must have, and these lines."""
    head = ["[[policy]]", 'bot = "welcome-letters"', f'key = "{key}"', 'why = "x"', 'owner = "y"']
    return "\n".join([*head, *(lines or ("",))]) + "\n"


CAUSES = (
    ("E101", INSTANCE, HEAD + REST + "nonsense = 1\n", 5),
    ("E102", INSTANCE, HEAD + "[settings]\n", 3),
    ("E103", INSTANCE, "#" * 2_000_000, None),
    ("E104", INSTANCE, HEAD + "x = \n", 3),
    ("E105", INSTANCE, HEAD + REST + 'hosts = { apend = ["x"] }\n', 5),
    ("E201", INSTANCE, HEAD + REST + "window_days = true\n", 5),
    ("E202", INSTANCE, HEAD + REST + "window_days = 0\n", 5),
    ("E203", INSTANCE, HEAD + REST + "least = 3\nmost = 2\n", 6),
    ("E301", INSTANCE, HEAD + REST + 'mode = "slow"\n', 5),
    ("E302", INSTANCE, HEAD + REST + "window_days = 55\n", 5),
    ("E303", POLICIES, policy("enabled", "one_of = [true]") + policy("enabled", "one_of = [false]"), 9),
    ("E305", POLICIES, policy("window_days"), 1),
    ("E401", INSTANCE, HEAD + REST + 'password = "x"\n', 5),
    ("E402", INSTANCE, HEAD + REST + 'password = { env = "RPAC_NOT_SET_ANYWHERE" }\n', 5),
    ("E601", "stack.toml", "", None),
    ("E602", "stack.toml", REGISTER + 'connector = "nonsense"\n', 2),
    ("E603", "stack.toml", REGISTER + 'connector = "sf1601"\n', 2),
    ("E604", "bots/copy.toml", HEAD + REST, 2),
    ("E605", INSTANCE, BOT + REST, None),
    ("E606", "stack.toml", 'profiles = ["x"]\n' + STACK, 1),
    ("W101", INSTANCE, HEAD + REST + "old = 1\n", 5),
    ("W201", INSTANCE, HEAD + REST + 'hosts = { remove = ["x"] }\n', 5),
    ("W301", "../baseline/waivers.toml", WAIVER, 3),
    ("W302", POLICIES, policy("window_days", "max = 99"), 3),
)
ELSEWHERE = (
    "E304", "E501", "E701", "E702", "E801", "E802", "E803", "E804", "E805", "W501", "W502", "W601", "W801",
)  # fmt: skip
"""Codes that take a manifest, a letter, a decision table or a second person; their own tests have them."""


def _manifest(manifest: Manifest) -> Manifest:
    """The bot's manifest with a deprecated key and a rule between two keys."""
    more = {"old": {"type": "integer", "deprecated": True, "description": "Use window_days."}}
    more |= {key: {"type": "integer"} for key in ("least", "most")}
    schema = manifest.settings_schema
    rules = [{"rule": "less_than", "keys": ["least", "most"]}]
    changed = {**schema, "properties": schema["properties"] | more, "rules": rules}
    return manifest.model_copy(update={"settings_schema": changed})


@pytest.mark.parametrize(("code", "file", "content", "line"), CAUSES)
def test_each_code_has_place_line_and_remedy(
    town: "Town", monkeypatch: pytest.MonkeyPatch, code: str, file: str, content: str, line: int | None
) -> None:
    """A check finds exactly this one thing, in its file and line, with the line quoted and help given."""
    monkeypatch.setenv("REGISTER_PASSWORD", "hunter2")
    town.manifest = _manifest(town.manifest)
    town.write(POLICIES, policy("window_days", "max = 50") + policy("mode", "locked = true"))
    if code == "W301":  # only who needs the waiver is warned
        town.write(INSTANCE, HEAD + REST + 'mode = "slow"\n')
    town.write(file, content)
    [finding] = check_municipality(
        town.open(), town.manifest_of, connectors=town.connectors, today=date(2027, 3, 1)
    ).findings

    assert (finding.code, finding.file, finding.line) == (code, (town.folder / file).resolve(), line)
    assert finding.help
    assert bool(finding.line_text) == (line is not None)
    place = file.removeprefix("../") if file.startswith("../") else f"roskilde/{file}"
    assert finding.render().startswith(f"{place}{f':{line}' if line else ''}: {code}")


def test_every_code_has_a_cause() -> None:
    """No code stands in the table that nothing earns, and none is missing from it."""
    assert sorted(CODES) == sorted([*(code for code, *_ in CAUSES), *ELSEWHERE])


@pytest.mark.parametrize("code", ELSEWHERE)
def test_a_code_of_elsewhere_has_a_test(code: str) -> None:
    """Each code without a cause here is earned in another test."""
    here = Path(__file__)
    tests = next(parent for parent in here.parents if parent.name == "tests")
    others = [one for one in tests.rglob("test_*.py") if one != here and "code_pages" not in one.name]

    assert any(code in one.read_text(encoding="utf-8") for one in others)


@pytest.mark.parametrize("layer", ["baseline", "municipality", "environment test", "--set"])
def test_a_mistake_is_placed_in_its_layer(town: "Town", layer: str) -> None:
    """The same wrong value points at the file that says it, whichever layer that is; --set has no file."""
    wrong = "[settings]\nwindow_days = 99\n"
    places = {
        "baseline": ("baseline/bots/welcome-letters.toml:2", "../baseline/bots/welcome-letters.toml", wrong),
        "municipality": (f"roskilde/{INSTANCE}:5", INSTANCE, HEAD + REST + "window_days = 99\n"),
        "environment test": (
            "roskilde/environments/test/bots/welcome-letters.toml:2", f"environments/test/{INSTANCE}", wrong
        ),
        "--set": ("--set", INSTANCE, HEAD + REST),
    }  # fmt: skip
    place, file, content = places[layer]
    town.write(file, content)
    finding = town.finding(*["window_days=99"] * (layer == "--set"))

    assert (finding.code, finding.place) == ("E202", place)
    assert finding.line_text == ("" if layer == "--set" else "window_days = 99")


@pytest.mark.parametrize("layer", ["../baseline/stack.toml", "stack.toml", "environments/test/stack.toml"])
def test_a_stack_mistake_is_placed_in_its_layer(town: "Town", layer: str) -> None:
    """The stack's layers are placed as the instance's are."""
    stack = (town.folder / "stack.toml").read_text()
    own = stack + 'settings.timeout = "x"\n'
    town.write(layer, own if layer == "stack.toml" else REGISTER + 'settings.timeout = "x"\n')
    finding = town.finding()

    assert (finding.code, finding.key) == ("E201", "stack.PopulationRegister.settings.timeout")
    assert finding.file == (town.folder / layer).resolve()
    assert finding.line_text == 'settings.timeout = "x"'


def test_findings_are_told_by_file_and_line(town: "Town") -> None:
    """Findings come in the order in which somebody mends them: file by file, from the top."""
    town.write("stack.toml", (town.folder / "stack.toml").read_text() + "zzz = 1\naaa = 1\n")
    town.settings("zzz = 1", "window_days = 0", "aaa = 1")
    with pytest.raises(ConfigError) as caught:
        town.resolve()

    assert [(one.file.name if one.file else "", one.line) for one in caught.value.findings] == [
        ("welcome-letters.toml", 5), ("welcome-letters.toml", 6), ("welcome-letters.toml", 7),
        ("stack.toml", 5), ("stack.toml", 6),
    ]  # fmt: skip
