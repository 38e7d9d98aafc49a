"""What a member is told of the cooperation's own mistakes: whose work it is, and never what it cannot do."""

from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner

from rpa_commons.cli._main import cli
from rpa_commons.config import ConfigError, Finding, candidate_files, check_municipality, waivers_of
from rpa_commons.config.layers._layers import Origin
from rpa_commons.config.layers._policy import Policy
from rpa_commons.config.policies._bounds import allowed_by, impossible

if TYPE_CHECKING:
    from conftest import Town

POLICIES = "../baseline/policies.toml"
WAIVERS = "../baseline/waivers.toml"
WHO_ACTS = "this is the coordinator's work: tell the cooperation"


def policy(*says: str, key: str = "window_days", bot: str = "welcome-letters") -> str:
    """One policy."""
    lines = [f'bot = "{bot}"'] if bot else []
    lines += [f'key = "{key}"', 'why = "Law."', 'owner = "Group"', *says]
    return "[[policy]]\n" + "\n".join(lines) + "\n"


def waiver(bot: str, code: str = "0265") -> str:
    """One waiver."""
    return (
        f'[[waiver]]\nmunicipality = "{code}"\nbot = "{bot}"\nkey = "window_days"\nreason = "r"\n'
        'granted_by = "g"\nuntil = 2099-03-31\n'
    )


def checked(town: "Town") -> list[Finding]:
    """Everything that is wrong with the municipality."""
    found = check_municipality(town.open(), town.manifest_of, connectors=town.connectors)
    return [one for one in found.findings if one.code != "E402"]


@pytest.mark.parametrize(
    "content",
    [
        policy("maxx = 3"),
        policy("max = 3", key="windw_days"),
        policy('one_of = ["x"]'),
    ],
)
def test_a_wrong_line_of_the_baseline_says_who_acts(town: "Town", content: str) -> None:
    """Whatever is wrong with a policy, a member cannot write that file."""
    town.write(POLICIES, content)
    found = [one for one in town.findings() if one.code == "E305"]

    assert found
    assert all(one.help.endswith(f"; {WHO_ACTS}") for one in found)


def test_the_list_of_waivers_says_who_acts_too(town: "Town") -> None:
    """The command that lists them refuses with the same words."""
    town.write(POLICIES, policy("max = 3"))
    town.write(WAIVERS, "[[waiver]]\n")
    with pytest.raises(ConfigError) as caught:
        waivers_of(town.open())

    assert all(one.help.endswith(WHO_ACTS) for one in caught.value.findings)


@pytest.mark.parametrize("name", ["bots/welcome-letters.toml", "profiles/p/bots/welcome-letters.toml"])
def test_the_cooperations_own_value_is_not_the_members_to_change(town: "Town", name: str) -> None:
    """Neither a value nor a waiver is asked for: the two parts of the baseline contradict each other."""
    town.write("stack.toml", 'profiles = ["p"]\n' + (town.folder / "stack.toml").read_text())
    town.write("../baseline/profiles/p/stack.toml", "")
    town.write(f"../baseline/{name}", "[settings]\nwindow_days = 40\n")
    town.write(POLICIES, policy("max = 30"))
    finding = town.finding()

    assert "E302" == finding.code
    assert "waiver" not in finding.help
    assert finding.help.endswith("baseline and policy contradict each other, tell Group")


def test_the_members_own_value_is(town: "Town") -> None:
    """Its own line it can change, and ask for an exception."""
    town.write("../baseline/bots/welcome-letters.toml", "[settings]\nwindow_days = 40\n")
    town.write(POLICIES, policy("max = 30"))
    town.settings("window_days = 50")

    assert "set a value that is at most 30 days, or ask Group for a waiver".replace(" days", "") == (
        town.finding().help
    )


@pytest.mark.parametrize(
    ("key", "says", "message"),
    [
        ("mode", 'one_of = ["letter"]', 'one of "letter"'),
        ("window_days", "min = 90", "at least 90"),
        ("window_days", "max = 0", "at most 0"),
        ("window_days", "one_of = [70, 80]", "one of 70, 80"),
        ("window_days", "one_of = [5, 70]\nmin = 6", "at least 6, one of 5, 70"),
    ],
)
def test_a_policy_that_leaves_nothing_the_bot_allows(town: "Town", key: str, says: str, message: str) -> None:
    """E303 at the policy, once, and no value is blamed for it."""
    town.write(POLICIES, policy(says, key=key))
    [one] = [one for one in town.findings() if not one.is_warning]

    assert f"the policy for {key} leaves no value that the bot allows: {message}" == one.message
    assert ("E303", "baseline/policies.toml:3") == (one.code, one.place)
    assert one.help.startswith("Group must settle it: the bot allows ")


@pytest.mark.parametrize("says", ["min = 0\nmax = 5", "one_of = [5, 70]"])
def test_a_policy_with_a_warning_binds_all_the_same(town: "Town", says: str) -> None:
    """What is idle in it takes nothing from the rest."""
    town.write(POLICIES, policy(says))

    assert {"E302", "W302"} == {one.code for one in town.findings()}
    assert ["W302"] == [one.code for one in town.examine("window_days=5").findings]


@pytest.mark.parametrize(
    ("key", "says", "never"),
    [("mode", 'one_of = ["fast", "letter"]', '"letter"'), ("window_days", "one_of = [10, 70]", "70")],
)
def test_a_choice_with_impossible_values_is_a_warning(town: "Town", key: str, says: str, never: str) -> None:
    """W302 names those that no municipality could choose."""
    town.write(POLICIES, policy(says, key=key))
    [one] = town.examine().findings

    assert ("W302", f"one_of holds what the author does not allow: {never}") == (one.code, one.message)


@pytest.mark.parametrize(
    ("key", "says"),
    [
        ("mode", 'one_of = ["fast"]'),
        ("window_days", "min = 10\nmax = 60"),
        ("sender", 'one_of = ["Borgerservice"]'),
        ("limit", "one_of = [5]"),
        ("hosts", 'one_of = ["a"]'),
        ("since", "min = 2026-01-01"),
        ("enabled", "one_of = [true]"),
    ],
)
def test_what_leaves_a_value_is_let_through(town: "Town", key: str, says: str) -> None:
    """A policy that somebody can keep is no mistake."""
    town.write(POLICIES, policy(says, key=key))

    assert () == town.examine().findings


def test_a_waived_policy_that_leaves_nothing_is_silent_here(town: "Town") -> None:
    """It does not hold, so nobody is stopped by it."""
    town.write(POLICIES, policy("min = 90"))
    town.write(WAIVERS, waiver("welcome-letters"))

    assert () == town.examine().findings


@pytest.mark.parametrize(
    ("says", "nodes", "nothing"),
    [
        ({"minimum": 5}, ({"type": "integer", "maximum": 4},), True),
        ({"minimum": 4}, ({"type": "integer", "maximum": 4},), False),
        ({"minimum": 5}, ({"type": "integer", "maximum": 4}, {"type": "integer"}), False),
        ({"minimum": 5}, ({"anyOf": []}, {"type": "integer", "maximum": 4}, {"type": "null"}), True),
        ({"one_of": ("a",)}, ({"const": "b"},), True),
        ({"one_of": ("a",)}, ({"type": "array"}, {"enum": ["b"]}), True),
        ({"one_of": ("a",)}, ({"type": "object"},), False),
        ({"maximum": 2}, ({"enum": [3, 4]},), True),
        ({"maximum": 3}, ({"enum": [3, 4]},), False),
    ],
)
def test_when_nothing_is_left(
    says: dict[str, object], nodes: tuple[dict[str, object], ...], nothing: bool
) -> None:
    """Only where every alternative of the schema is closed."""
    bounds: dict[str, Any] = {"minimum": None, "maximum": None, "one_of": None, **says}
    origin = Origin("baseline", None, 1, "policies.toml")
    one = Policy("", "k", ("settings", "k"), locked=False, why="w", owner="o", origin=origin, **bounds)

    assert nothing is impossible(one, nodes)


def test_what_the_bot_allows_is_said() -> None:
    """Choices and limits, as people write them."""
    assert '"a", at least 1, at most 9' == allowed_by(({"enum": ["a"]}, {"minimum": 1, "maximum": 9}))
    assert "" == allowed_by(({"type": "string"},))


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("../baseline/bots/welcome-leters.toml", "[settings]\n", "E101"),
        ("../baseline/profiles/p/bots/welcome-leters.toml", "[settings]\n", "E101"),
        (POLICIES, policy("max = 60", bot="welcome-leters"), "W302"),
    ],
)
def test_what_the_baseline_says_of_nearly_this_bot(town: "Town", name: str, content: str, code: str) -> None:
    """A check finds it; the bot runs all the same."""
    town.write(name, content)
    [one] = checked(town)

    assert code == one.code
    assert f"did you mean welcome-letters? {WHO_ACTS}" == one.help
    assert () == town.examine().findings


def test_a_waiver_for_nearly_this_bot(town: "Town") -> None:
    """Where the policy is for every bot; another member's waiver is not looked at."""
    town.write(POLICIES, policy("max = 60", bot=""))
    town.write(WAIVERS, waiver("welcome-leters") + waiver("welcome-letter", "0350"))
    found = [one for one in checked(town) if "no bot" in one.message]

    assert ["W302"] == [one.code for one in found]
    assert "waivers.toml:4" in found[0].place


def test_bots_of_other_members_are_left_alone(town: "Town") -> None:
    """A baseline is for bots that do not run here, too."""
    town.write("../baseline/bots/fee-letters.toml", "[settings]\n")
    town.write(POLICIES, policy("max = 5", bot="fee-letters"))

    assert [] == checked(town)


def test_the_files_say_which_baseline_it_is(town: "Town") -> None:
    """Name and version beside baseline.toml."""
    [note] = [one.note for one in candidate_files(town.open()) if one.kind == "baseline"]
    listed = CliRunner().invoke(cli, ["-C", str(town.folder), "config", "files"]).output

    assert "DIGIT baseline 2026.1" == note
    assert "../baseline/baseline.toml  (DIGIT baseline 2026.1)\n" in listed
