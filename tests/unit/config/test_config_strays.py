"""`rpac config check` sees what `rpac hooks` and `rpac config files` see: one mistake, one answer."""

from typing import TYPE_CHECKING

import pytest

from rpa_commons.config import Finding, candidate_files, check_municipality, hooks_of_instance
from rpa_commons.manifest import StepEntry

if TYPE_CHECKING:
    from conftest import Town

WRAPPER = "@hookimpl(wrapper=True)\ndef rpac_step_compose(step):\n    return (yield)\n"
HOOK = "hooks/welcome_letters.py"


@pytest.fixture
def town(town: "Town") -> "Town":
    """The bot has one named step."""
    step = StepEntry(name="compose", description="Writes the letter.", arguments=("mover",))
    town.manifest = town.manifest.model_copy(update={"steps": (step,)})
    return town


def _check(town: "Town", *, environment: str = "test") -> list[Finding]:
    municipality = town.open(environment)
    checked = check_municipality(municipality, town.manifest_of, connectors=town.connectors)
    return [one for one in checked.findings if one.code != "E402"]


@pytest.mark.parametrize(
    ("text", "message", "advice"),
    [
        (WRAPPER.replace("compose", "compsoe"), "there is no hook", "did you mean rpac_step_compose?"),
        (WRAPPER.replace("(step)", "(mover)"), "asks for mover", "def rpac_step_compose(step):"),
        (WRAPPER.replace("(step)", "(step, mover)"), "asks for mover", "def rpac_step_compose(step):"),
        (WRAPPER.replace("@hookimpl(wrapper=True)\n", ""), "not marked", "@hookimpl(wrapper=True)"),
    ],
)
def test_a_mistake_in_a_hook_is_found_by_check(town: "Town", text: str, message: str, advice: str) -> None:
    """With the words of `rpac hooks`, which ends with 1 for it as well."""
    path = town.write(HOOK, text)
    [finding] = _check(town)
    shown = hooks_of_instance(town.open(), "welcome-letters", "welcome-letters", town.manifest)

    assert ("E101", path) == (finding.code, finding.file)
    assert message in finding.message
    assert advice in finding.help
    assert (finding,) == shown.findings


def test_a_mistake_in_a_hook_is_found_beside_others(town: "Town") -> None:
    """An instance with another finding is looked at all the same."""
    town.write(HOOK, WRAPPER.replace("(step)", "(mover)"))
    town.settings("window_days = 99")

    assert {"E101", "E202"} == {one.code for one in _check(town)}


@pytest.mark.parametrize(
    "text", [WRAPPER, WRAPPER.replace("(step)", "()"), WRAPPER.replace("(step)", "(step, x=1)")]
)
def test_a_wrapper_that_pluggy_takes_is_right(town: "Town", text: str) -> None:
    """A parameter with a default is not looked up, and none at all is fine."""
    town.write(HOOK, text)

    assert [] == _check(town)


@pytest.mark.parametrize(
    ("name", "advice"),
    [
        ("hooks/welcome-letters.py", "did you mean welcome_letters.py?"),
        ("hooks/welcome_leters.py", "did you mean welcome_letters.py?"),
        ("waivers.toml", "it belongs into the cooperation's baseline"),
        ("policies.toml", "it belongs into the cooperation's baseline"),
        ("tabels/welcome-letters/fees.csv", "did you mean tables?"),
        ("environments/test/stak.toml", "did you mean stack.toml?"),
    ],
)
def test_a_file_that_nobody_reads_is_found(town: "Town", name: str, advice: str) -> None:
    """It is most likely misspelt, and would do nothing without a word."""
    town.write(name, "")
    [finding] = _check(town)

    assert ("E101", advice) == (finding.code, finding.help)
    assert finding.message.startswith("nothing reads ")


def test_a_stray_file_is_said_once(town: "Town") -> None:
    """Another part of the check may have found it with better words."""
    town.write("tables/nobody/fees.csv", "")

    assert 1 == len(_check(town))


@pytest.mark.parametrize(
    "name", ["README.md", "hooks/README.md", "archive/plan.txt", "environments/README.md", "tables/.keep"]
)
def test_what_nobody_meant_to_be_read_is_left_in_peace(town: "Town", name: str) -> None:
    """A README is no mistake."""
    town.write(name, "")

    assert [] == _check(town)


def test_data_of_a_sandbox_is_not_strange(town: "Town") -> None:
    """A connector's settings name such a folder; nobody but they can tell."""
    town.write("environments/sandbox/extracts/people.csv", "")
    listed = candidate_files(town.open("sandbox"))

    assert [] == [one.display for one in listed if one.kind == "unknown"]
    assert [] == _check(town, environment="sandbox")


def test_a_key_of_an_earlier_connector_in_the_sandboxs_own_file_says_connect_again(town: "Town") -> None:
    """Nobody has to mend by hand what is written anew; in a file of somebody's own the keys are named."""
    table = '[PopulationRegister.settings]\nreceipts_folder = "x"\n'
    advice = []
    for head in ("# Written by `rpac sandbox`; written again.\n\n", "# mine\n\n"):
        town.write("environments/sandbox/stack.toml", head + table)
        [finding] = [one for one in _check(town, environment="sandbox") if one.code == "E101"]
        advice.append(finding.help)

    assert "connect the sandbox again, rpac sandbox up --connect" in advice[0]
    assert "sandbox" not in advice[1]
