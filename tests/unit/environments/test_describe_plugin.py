"""A plugin is described from its bot class, and every gap in it is named at once."""

import itertools
import json
import subprocess
import sys
import textwrap
from collections.abc import Callable
from pathlib import Path

import pytest

from rpa_commons.capabilities import DigitalPost, capability_spec
from rpa_commons.environments import BuildRefusedError
from rpa_commons.environments._describe import describe

GOOD = '''
from rpa_commons.capabilities import DigitalPost, PopulationRegister
from rpa_commons.sdk import *

class Settings(BotSettings):
    days: int = Field(3, description="How far back.", unit="days")

class Quiet(Bot[Settings]):
    name = "quiet-bot"
    benefit = Benefit(minutes_per_case=2, method="estimated")
    record = ProcessingRecord(
        kle=("00.14.00",), purpose="p", legal_basis=("l",), data_categories=("d",),
        person_categories=("c",), sources=("s",), recipients=("r",),
        retention="one year", decisions=Decisions(kind="none", paragraph=""),
    )
    post: DigitalPost
    population: PopulationRegister

    def find(self):
        yield WorkItem("one", Nothing())

    def process(self, item: WorkItem[Nothing]) -> Outcome:
        return Done()

    @step
    def compose(self, name: str, closing: str = "") -> str:
        """Write the letter."""
        return name

@hookimpl
def rpac_bots():
    return (Quiet,)
'''

Plugin = Callable[..., str]
_numbers = itertools.count()


@pytest.fixture
def plugin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Plugin:
    """Install a plugin made of one module, and return its distribution's name."""

    def make(*changes: tuple[str, str], source: str = GOOD, entry_point: bool = True) -> str:
        module = f"quiet_bot_{next(_numbers)}"
        for before, after in changes:
            assert before in source, f"the fixture has no {before!r}"
            source = source.replace(before, after)
        (tmp_path / f"{module}.py").write_text(textwrap.dedent(source), encoding="utf-8")
        info = tmp_path / "quiet_bot-1.2.0.dist-info"
        info.mkdir()
        metadata = "Metadata-Version: 2.4\nName: quiet-bot\nVersion: 1.2.0\nSummary: Does nothing.\n"
        (info / "METADATA").write_text(metadata, encoding="utf-8")
        points = f"[rpa_commons]\nquiet-bot = {module}\n" if entry_point else ""
        (info / "entry_points.txt").write_text(points, encoding="utf-8")
        monkeypatch.syspath_prepend(str(tmp_path))
        return "quiet-bot"

    return make


def problems(distribution: str) -> tuple[str, ...]:
    """What a plugin is refused for."""
    with pytest.raises(BuildRefusedError) as caught:
        describe(distribution)
    return caught.value.problems


def test_a_bot_is_described_completely(plugin: Plugin) -> None:
    """Everything that a host needs to know stands in the manifest."""
    manifest = describe(plugin())

    assert (manifest.kind, manifest.name, manifest.version) == ("bot", "quiet-bot", "1.2.0")
    assert manifest.summary == "Does nothing."
    assert manifest.entry.endswith(":Quiet")
    assert manifest.languages == ("da",)
    assert manifest.unique == "instance"
    assert manifest.benefit is not None
    assert manifest.benefit.minutes_per_case == 2
    assert manifest.record is not None
    assert manifest.record.retention == "one year"


def test_capabilities_list_each_call_with_its_effect(plugin: Plugin) -> None:
    """What a bot may do to the world is in the manifest, sorted by attribute and method."""
    manifest = describe(plugin())

    post = capability_spec(DigitalPost).calls
    found = [
        (entry.attribute, [(call.method, call.effect) for call in entry.calls])
        for entry in manifest.capabilities
    ]
    assert found == [
        ("population", [("person", None)]),
        ("post", [(name, call.effect_class) for name, call in sorted(post.items())]),
    ]


def test_steps_list_their_arguments(plugin: Plugin) -> None:
    """A municipality that wraps a step finds the arguments it may change."""
    manifest = describe(plugin())

    assert [(one.name, one.arguments, one.description) for one in manifest.steps] == [
        ("compose", ("name", "closing"), "Write the letter.")
    ]


def test_settings_carry_unit_and_description(plugin: Plugin) -> None:
    """The schema is what the host validates against."""
    schema = describe(plugin()).settings_schema

    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert schema["additionalProperties"] is False
    assert schema["properties"]["days"]["unit"] == "days"


def test_the_same_plugin_gives_the_same_bytes(plugin: Plugin) -> None:
    """A difference between two manifests is a difference between two bots."""
    name = plugin()

    assert describe(name).to_json() == describe(name).to_json()


def test_a_misspelt_hook_is_an_error_with_a_guess(plugin: Plugin) -> None:
    """A hook that nobody calls would be a plugin that silently does nothing."""
    found = problems(plugin(("def rpac_bots", "def rpac_bot")))

    assert len(found) == 1
    assert found[0].endswith("rpac_bot is no hook. Did you mean rpac_bots?")


def test_a_hook_without_its_mark_is_an_error(plugin: Plugin) -> None:
    """Without @hookimpl the function is never called."""
    found = problems(plugin(("@hookimpl", "")))

    assert "rpac_bots lacks @hookimpl: as it stands it is never called" in found[0]


def test_a_hook_with_wrong_arguments_is_an_error(plugin: Plugin) -> None:
    """Pluggy's own check of the arguments is passed on."""
    found = problems(plugin(("def rpac_bots()", "def rpac_bots(bot)")))

    assert "rpac_bots" in found[0]
    assert "bot" in found[0]


def test_a_step_wrapper_in_a_plugin_is_told_its_place(plugin: Plugin) -> None:
    """Wrapping a step is the municipality's, not the plugin's."""
    found = problems(plugin(("def rpac_bots()", "def rpac_step_compose(step)")))

    assert "hooks/<bot>.py" in found[0]


def test_a_plugin_without_entry_point_is_told_what_to_write(plugin: Plugin) -> None:
    """The entry point is how the worker finds the bot."""
    found = problems(plugin(entry_point=False))

    assert found == ("it has no entry point in the group rpa_commons: [project.entry-points.rpa_commons]",)


def test_a_plugin_that_is_not_installed_says_so() -> None:
    """A misspelt distribution name is no traceback."""
    assert problems("no-such-bot") == ("it is not installed in this environment",)


def test_a_plugin_that_fails_at_import_is_told_the_error(plugin: Plugin) -> None:
    """The type and text of the exception are what the author needs."""
    found = problems(plugin(source="raise OSError('no such folder')"))

    assert found[0].endswith("cannot be imported: OSError: no such folder")


def test_an_incomplete_record_names_each_missing_field(plugin: Plugin) -> None:
    """What a data protection officer asks is complete or the build is refused."""
    found = problems(plugin(('purpose="p", ', ""), ('retention="one year"', 'retention=""')))

    assert found == (
        "ProcessingRecord: purpose: Field required",
        "ProcessingRecord: retention: String should have at least 1 character",
    )


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (('sources=("s",)', 'sources=(" ",)'), "Quiet.record.sources is blank"),
        (('retention="one year"', 'retention=" "'), "Quiet.record.retention is blank"),
        (('recipients=("r",)', "recipients=()"), "Quiet.record.recipients is empty"),
        (('"00.14.00"', '"00.14"'), "Quiet.record.kle: '00.14' is no KLE subject number"),
        (('kind="none"', 'kind="rule-bound"'), "a bot that decides (rule-bound) names the paragraph"),
        (
            ('name = "quiet-bot"', 'name = "loud-bot"'),
            'Quiet.name must be the wheel\'s name: name = "quiet-bot"',
        ),
        (("benefit =", "gain ="), "Quiet.benefit is missing"),
        (("record =", "records ="), "Quiet.record is missing"),
        (("def find", "def search"), "Quiet has no find()"),
        (("def process", "def handle"), "Quiet has no process()"),
        (
            ("    post: DigitalPost", '    languages = ("dk",)'),
            "Quiet.languages: 'dk' is none of da, nb, sv, en",
        ),
        (("    post: DigitalPost", "    languages = ()"), "Quiet.languages must name at least one language"),
        (("    post: DigitalPost", '    unique = "county"'), "Quiet.unique is"),
        (('        """Write the letter."""\n', ""), "Quiet.compose is a step that a municipality may wrap"),
        (("Bot[Settings]", "Bot"), "Quiet must derive Bot[Settings]"),
        (("WorkItem[Nothing]", "WorkItem[int]"), "WorkItem[...] needs a pydantic model"),
        (('description="How far back."', 'description=""'), "Settings.days has no description"),
        ((', unit="days"', ""), "Settings.days is a number without a unit"),
    ],
)
def test_each_gap_is_named(plugin: Plugin, change: tuple[str, str], problem: str) -> None:
    """The build is refused with the field's own name."""
    found = problems(plugin(change))

    assert any(problem in one for one in found), found


def test_all_gaps_are_named_at_once(plugin: Plugin) -> None:
    """An author corrects everything in one round."""
    found = problems(plugin((', unit="days"', ""), ("benefit =", "gain ="), ('"00.14.00"', '"x"')))

    assert len(found) == 3


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (("return (Quiet,)", "return ()"), "a wheel ships one bot, or connectors; rpac_bots gives 0"),
        (("return (Quiet,)", "return (Quiet, Quiet)"), "one bot, or connectors; rpac_bots gives 2"),
        (("return (Quiet,)", "return (Settings,)"), "which is no class derived from Bot"),
    ],
)
def test_a_wheel_ships_one_bot(plugin: Plugin, change: tuple[str, str], problem: str) -> None:
    """One wheel, one bot, one name."""
    assert problem in problems(plugin(change))[0]


def run_program(*arguments: str, path: Path) -> subprocess.CompletedProcess[str]:
    """Run ``python -m rpa_commons.environments.describe`` with a folder of installed plugins."""
    start = "runpy.run_module(sys.argv.pop(1), run_name='__main__')"
    code = f"import runpy, sys; sys.path.insert(0, {str(path)!r}); {start}"
    command = [sys.executable, "-B", "-c", code, "rpa_commons.environments.describe", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_the_program_answers_in_json_whatever_the_plugin_prints(plugin: Plugin, tmp_path: Path) -> None:
    """A plugin that prints at import must not spoil the answer."""
    name = plugin(("@hookimpl", "print('hello')\n@hookimpl"))

    done = run_program(name, path=tmp_path)

    assert done.returncode == 0
    assert json.loads(done.stdout)["manifest"]["name"] == "quiet-bot"
    assert "hello" in done.stderr


def test_the_program_answers_problems_in_json(plugin: Plugin, tmp_path: Path) -> None:
    """The host shows them as its own error."""
    name = plugin(("benefit =", "gain ="))

    done = run_program(name, path=tmp_path)

    assert done.returncode == 1
    assert json.loads(done.stdout) == {
        "problems": ["Quiet.benefit is missing: Benefit(minutes_per_case=…, method=…)"]
    }


def test_the_program_needs_a_name(tmp_path: Path) -> None:
    """Called by hand without an argument it says how."""
    done = run_program(path=tmp_path)

    assert done.returncode == 2
    assert "usage:" in done.stderr


@pytest.mark.parametrize(
    ("line", "meant"),
    [
        ("rule = (less_than('days', 'days'),)", "rules"),
        ("migratons = ()", "migrations"),
        ("days_back = 3", ""),
    ],
)
def test_a_name_without_a_type_in_the_settings_is_told_what_it_lacks(
    plugin: Plugin, line: str, meant: str
) -> None:
    """A misspelt rules or migrations comes with a guess."""
    name = line.partition(" ")[0]
    setting = 'days: int = Field(3, description="How far back.", unit="days")'

    [found] = problems(plugin((setting, f"{setting}\n    {line}")))

    assert f"{name} = ... in a settings class needs a type ({name}: int = ...)" in found
    assert found.endswith(f"did you mean {meant}?" if meant else "= ...)")
