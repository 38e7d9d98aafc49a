"""Policies: what the cooperation locks and bounds, what it refuses, and what is wrong with a policy."""

from datetime import date
from typing import TYPE_CHECKING

import pytest

from rpa_commons.config import (
    ConfigError,
    ConnectorEntry,
    Finding,
    PolicyRefusedError,
    check_municipality,
    explain_sections,
)
from rpa_commons.config.policies import policies_of

if TYPE_CHECKING:
    from conftest import Town

FILE = "../baseline/policies.toml"
BASELINE = "../baseline/bots/welcome-letters.toml"
WHY = 'why = "Equal treatment."\nowner = "DIGIT steering group"\n'
SHOWN = "Equal treatment (DIGIT steering group)"


def policy(key: str, *lines: str, bot: str = "welcome-letters") -> str:
    """One policy as it stands in the file, six lines and more."""
    head = f'[[policy]]\nbot = "{bot}"\n' if bot else "[[policy]]\n"
    return head + f'key = "{key}"\n' + WHY + "".join(f"{line}\n" for line in lines)


def test_a_locked_key_keeps_the_cooperations_value(town: "Town") -> None:
    """E301 at the line of the layer that says another value, with the policy's place, reason and owner."""
    town.write(BASELINE, '[settings]\nmode = "slow"\n')
    town.write(FILE, policy("mode", "locked = true"))
    town.settings('mode = "fast"')
    finding = town.finding()

    assert finding.render() == (
        'roskilde/bots/welcome-letters.toml:5: E301 mode: locked by the cooperation at "slow":'
        ' "fast" is not allowed\n'
        '    mode = "fast"\n'
        f"    because: baseline/policies.toml:3: {SHOWN}\n"
        "    help: remove the line, or ask DIGIT steering group for a waiver"
    )


def test_an_equal_value_breaks_no_lock(town: "Town") -> None:
    """Saying what the cooperation says is fine, in any layer; 2 equals 2.0."""
    town.write(BASELINE, '[settings]\nmode = "slow"\nretry.wait = 2\n')
    town.write(FILE, policy("mode", "locked = true") + policy("retry.wait", "locked = true"))
    town.settings('mode = "slow"', "retry.wait = 2.0")

    assert town.resolve('mode="slow"').settings["mode"] == "slow"


def test_a_default_can_be_locked(town: "Town") -> None:
    """Where the cooperation's files say nothing, the author's default is what stays."""
    town.write(FILE, policy("enabled", "locked = true"))
    finding = town.finding("enabled=false")

    assert finding.place == "--set"
    assert finding.message == "locked by the cooperation at true: false is not allowed"
    assert finding.help == "leave it out, or ask DIGIT steering group for a waiver"


def test_a_key_that_is_locked_unset_stays_unset(town: "Town") -> None:
    """An optional key that the cooperation does not set cannot be set by anyone else."""
    schema = {"type": "object", "properties": {"contact": {}, "extra": {"type": "string"}}}
    town.manifest = town.manifest.model_copy(update={"settings_schema": schema})
    town.write(FILE, policy("extra", "locked = true"))
    town.settings('extra = "x"')

    assert town.finding().message == (
        'locked by the cooperation, which sets nothing here: "x" is not allowed'
    )


def test_every_layer_above_is_held_to_a_lock(town: "Town") -> None:
    """One finding for each layer that says another value, also for one that a stronger layer corrects."""
    town.write(FILE, policy("mode", "locked = true"))
    town.settings('mode = "slow"')
    town.write("environments/test/bots/welcome-letters.toml", '[settings]\nmode = "slow"\n')

    assert [(one.code, one.place) for one in town.findings('mode="slow"')] == [
        ("E301", "--set"),
        ("E301", "roskilde/bots/welcome-letters.toml:5"),
        ("E301", "roskilde/environments/test/bots/welcome-letters.toml:2"),
    ]
    assert {one.code for one in town.findings('mode="fast"')} == {"E301"}


def test_a_profile_may_change_what_the_baseline_locks(town: "Town") -> None:
    """The profile is the cooperation's own: its value is the locked one."""
    town.write(BASELINE, '[settings]\nmode = "slow"\n')
    town.write("../baseline/profiles/kombit/bots/welcome-letters.toml", '[settings]\nmode = "fast"\n')
    town.write("stack.toml", 'profiles = ["kombit"]\n' + (town.folder / "stack.toml").read_text())
    town.write(FILE, policy("mode", "locked = true"))

    assert town.resolve().settings["mode"] == "fast"

    town.settings('mode = "slow"')

    assert town.finding().message == 'locked by the cooperation at "fast": "slow" is not allowed'


@pytest.mark.parametrize("key", ["retry", "retry.times"])
def test_a_tables_name_means_every_key_below(town: "Town", key: str) -> None:
    """A lock on a table holds its keys, and keys of the same table that it does not name are free."""
    town.write(FILE, policy(key, "locked = true"))
    town.settings("retry.times = 9", "retry.wait = 9.0")
    expected = ["retry.times", "retry.wait"] if key == "retry" else ["retry.times"]

    assert [one.key for one in town.findings()] == expected


def test_a_locked_table_takes_no_new_keys(town: "Town") -> None:
    """In a locked table of free keys a municipality adds none."""
    town.write(BASELINE, '[settings.words]\na = "x"\n')
    town.write(FILE, policy("words", "locked = true"))
    town.settings('words.b = "y"')

    assert (town.finding().code, town.finding().key) == ("E301", "words.b")


def test_all_settings_can_be_locked(town: "Town") -> None:
    """The key settings means every setting; a required one without the cooperation's value is refused."""
    town.write(FILE, policy("settings", "locked = true"))
    town.write(BASELINE, '[settings]\ncontact = "Sigrun"\n')

    assert town.resolve().settings["contact"] == "Sigrun"

    town.settings("window_days = 3")

    assert [one.key for one in town.findings()] == ["window_days"]


def test_a_value_in_place_of_a_table_loses_no_lock(town: "Town") -> None:
    """E301 for whoever writes a plain value where the table with the locked key stood."""
    table = {"type": "object", "properties": {"locked": {}, "free": {}}}
    either = {"anyOf": [{"type": "integer"}, table], "default": {"locked": 1, "free": 2}}
    schema = {"type": "object", "properties": {"contact": {}, "any": either}}
    town.manifest = town.manifest.model_copy(update={"settings_schema": schema})
    town.write(FILE, policy("any.locked", "locked = true"))
    town.settings("any = 7")
    finding = town.finding("any.free=3")

    assert (finding.code, finding.key, finding.line) == ("E301", "any", 5)


def test_a_locked_list_cannot_be_changed(town: "Town") -> None:
    """What a layer appends is another value too; a change that changes nothing is none."""
    town.write(BASELINE, '[settings]\nhosts = ["a"]\n')
    town.write(FILE, policy("hosts", "locked = true"))
    town.settings('hosts.append = ["b"]')

    assert town.finding().message == 'locked by the cooperation at ["a"]: ["a", "b"] is not allowed'

    town.settings('hosts.append = ["a"]')

    assert town.resolve().settings["hosts"] == ["a"]


def test_the_instance_can_be_locked(town: "Town") -> None:
    """A baseline turns the masking of personal numbers on and locks it, for every bot."""
    town.write(FILE, policy("instance.mask_personal_numbers", "locked = true", bot=""))

    assert town.resolve().mask_personal_numbers is True

    finding = town.finding("instance.mask_personal_numbers=false")

    assert (finding.code, finding.key) == ("E301", "instance.mask_personal_numbers")


def test_a_baseline_can_set_what_it_locks_on_the_instance(town: "Town") -> None:
    """mask_personal_numbers may stand in the baseline's file, with its origin there."""
    town.write(BASELINE, "mask_personal_numbers = false\n")
    instance = town.resolve()

    assert instance.mask_personal_numbers is False
    assert str(instance.origin("instance.mask_personal_numbers")) == (
        "../baseline/bots/welcome-letters.toml:1"
    )


def test_a_connector_can_be_locked(town: "Town") -> None:
    """E301 in stack.toml: the cooperation decides which system serves a capability."""
    town.write("../baseline/stack.toml", '[PopulationRegister]\nconnector = "sf1520"\n')
    town.write(FILE, policy("stack.PopulationRegister.connector", "locked = true", bot=""))

    assert town.resolve().bindings["PopulationRegister"].connector == "sf1520"

    own = '[PopulationRegister]\nconnector = "register-extract"\nsettings.folder = "x"\n'
    town.write("stack.toml", own)
    finding = town.finding()

    assert (finding.code, finding.key) == ("E301", "stack.PopulationRegister.connector")
    assert finding.place == "roskilde/stack.toml:2"


def test_another_connector_cannot_shake_off_a_locked_setting(town: "Town") -> None:
    """E301 at the connector's line when a setting that both connectors know is locked."""
    schema = {
        "type": "object",
        "properties": {"verify": {"type": "boolean", "default": False}, "folder": {"type": "string"}},
    }
    first, second = (ConnectorEntry(name, "PopulationRegister", schema, "1.0") for name in ("one", "two"))
    town.connectors |= {"one": first, "two": second}
    town.write("../baseline/stack.toml", '[PopulationRegister]\nconnector = "one"\nsettings.verify = true\n')
    town.write(FILE, policy("stack.PopulationRegister.settings.verify", "locked = true", bot=""))
    town.write("stack.toml", '[PopulationRegister]\nconnector = "two"\n')
    finding = town.finding()

    assert (finding.code, finding.line) == ("E301", 2)
    assert finding.message == (
        "another connector than the cooperation's loses stack.PopulationRegister.settings.verify,"
        " which is locked"
    )


@pytest.mark.parametrize(
    ("bound", "line", "message"),
    [
        ("max = 30", "window_days = 45", "45 is not allowed: at most 30 days"),
        ("min = 5", "window_days = 4", "4 is not allowed: at least 5 days"),
        ("min = 5\nmax = 6", "window_days = 7", "7 is not allowed: at least 5, at most 6 days"),
        ("one_of = [5, 10]", "window_days = 7", "7 is not allowed: one of 5, 10 days"),
    ],
)
def test_a_bound_is_kept(town: "Town", bound: str, line: str, message: str) -> None:
    """E302 with what is allowed and the unit, and the policy as the reason."""
    town.write(FILE, policy("window_days", bound))
    town.settings(line)
    finding = town.finding()

    assert (finding.code, finding.key, finding.line_text) == ("E302", "window_days", line)
    assert finding.message == message
    assert finding.because == f"baseline/policies.toml:3: {SHOWN}"
    assert finding.help.endswith(", or ask DIGIT steering group for a waiver")


@pytest.mark.parametrize("value", [30, 1])
def test_the_bound_itself_is_allowed(town: "Town", value: int) -> None:
    """Both min and max are inclusive."""
    town.write(FILE, policy("window_days", "min = 1", "max = 30"))

    assert town.resolve(f"window_days={value}").settings["window_days"] == value


def test_dates_are_bounded(town: "Town") -> None:
    """A date written as a date or as text is held to a date; without one, nothing is."""
    town.write(FILE, policy("since", "min = 2026-01-01"))

    assert town.resolve().settings["since"] is None
    assert town.resolve("since=2026-01-01").settings["since"] == "2026-01-01"
    assert town.finding("since=2025-12-31").message == '"2025-12-31" is not allowed: at least 2026-01-01'


def test_a_default_is_bound_too(town: "Town") -> None:
    """E302 for the author's own value: the municipality must set another one."""
    town.write(FILE, policy("window_days", "max = 5"))
    finding = town.finding()

    assert finding.place == "welcome-letters 1.0.0 Settings.window_days"
    assert finding.help == (
        "the bot's own default breaks the policy, and the baseline gives no other value:"
        " tell DIGIT steering group; until then set a value that is at most 5"
    )
    assert town.resolve("window_days=5").settings["window_days"] == 5


def test_the_cooperations_own_value_is_bound_too(town: "Town") -> None:
    """E302 in the baseline's file when it breaks its own policy."""
    town.write(BASELINE, "[settings]\nwindow_days = 40\n")
    town.write(FILE, policy("window_days", "max = 30"))

    assert town.finding().place == "baseline/bots/welcome-letters.toml:2"
    assert town.finding().help == (
        "the value is the cooperation's own: baseline and policy contradict each other,"
        " tell DIGIT steering group"
    )


def test_a_bound_binds_the_value_that_counts(town: "Town") -> None:
    """A value outside, corrected by a stronger layer, hurts nobody."""
    town.write(FILE, policy("window_days", "max = 30"))
    town.settings("window_days = 45")

    assert town.resolve("window_days=7").settings["window_days"] == 7


def test_what_cannot_be_compared_is_outside(town: "Town") -> None:
    """A text does not slip past a limit where a number or a text may stand."""
    town.write(FILE, policy("limit", "max = 5"))

    assert town.finding('limit="many"').message == '"many" is not allowed: at most 5 cases'
    assert town.resolve("limit=5").settings["limit"] == 5


def test_true_is_not_one(town: "Town") -> None:
    """A truth value is none of the numbers in one_of, and locks are as strict."""
    schema = {"type": "object", "properties": {"contact": {}, "any": {"default": 1}}}
    town.manifest = town.manifest.model_copy(update={"settings_schema": schema})
    town.write(FILE, policy("any", "one_of = [1]"))

    assert town.finding("any=true").code == "E302"

    town.write(FILE, policy("any", "locked = true"))

    assert town.finding("any=true").code == "E301"


def test_each_item_of_a_list_is_one_of(town: "Town") -> None:
    """E302 at the item, in the layer that says it; an empty list holds nothing wrong."""
    town.write(BASELINE, '[settings]\nhosts = ["a"]\n')
    town.write(FILE, policy("hosts", 'one_of = ["a", "b"]'))
    town.settings('hosts.append = ["b", "c"]')
    finding = town.finding()

    assert (finding.key, finding.message) == ("hosts.append[1]", '"c" is not allowed: one of "a", "b"')
    assert town.resolve("hosts=[]").settings["hosts"] == []


def test_a_wrong_type_is_said_by_the_schema_alone(town: "Town") -> None:
    """E201 and no E302 beside it for a text where a number belongs."""
    town.write(FILE, policy("window_days", "max = 30"))

    assert [one.code for one in town.findings('window_days="x"')] == ["E201"]


def test_policies_for_all_bots_and_for_one_both_hold(town: "Town") -> None:
    """They intersect: the value keeps to each of them."""
    town.write(FILE, policy("window_days", "max = 30", bot="") + policy("window_days", "min = 8"))

    assert {one.message for one in town.findings("window_days=5")} == {"5 is not allowed: at least 8 days"}
    assert {one.message for one in town.findings("window_days=40")} == {"40 is not allowed: at most 30 days"}


def test_another_bots_policy_is_not_ours(town: "Town") -> None:
    """A policy for a bot that does not run here is no finding, whatever its key."""
    town.write(FILE, policy("nonsense", "max = 1", bot="other-bot") + policy("nonsense", "max = 1", bot=""))

    assert town.examine().findings == ()


def test_a_connector_that_is_not_used_is_not_looked_at(town: "Town") -> None:
    """A policy for a setting of another connector of the same capability is no finding here."""
    town.write(FILE, policy("stack.PopulationRegister.settings.folder", 'one_of = ["x"]', bot=""))

    assert town.examine().findings == ()


def test_only_refusals_give_exit_code_5(town: "Town") -> None:
    """Policies alone: 5; with a mistake beside them: 1."""
    town.write(FILE, policy("window_days", "max = 5"))
    with pytest.raises(PolicyRefusedError) as caught:
        town.resolve()

    assert caught.value.exit_code == 5

    with pytest.raises(ConfigError) as mixed:
        town.resolve("nonsense=1")

    assert mixed.value.exit_code == 1


@pytest.mark.parametrize("line", ["locked = true", 'one_of = ["Ole"]'])
def test_a_personal_value_is_never_printed(town: "Town", line: str) -> None:
    """Neither the value nor what the policy allows is in a finding or an explanation."""
    town.write(BASELINE, '[settings]\ncontact = "Ole"\n')
    town.write(FILE, policy("contact", line))
    [finding] = town.findings()
    [explained] = explain_sections(town.examine().sections, "contact")
    text = finding.render() + str(explained.to_json())

    assert finding.code in {"E301", "E302"}
    assert "Sigrun" not in text
    assert "Ole" not in text


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("max = 5", "min = 6"),
        ("one_of = [5, 6]", "one_of = [7]"),
        ("one_of = [5, 6]", "max = 4"),
        ("one_of = [5, 6]", "min = 7"),
    ],
)
def test_two_policies_that_cannot_both_hold(town: "Town", first: str, second: str) -> None:
    """E303 names both lines and owners, once, and no E302 says half of it beside that."""
    town.write(FILE, policy("window_days", first) + policy("window_days", second, bot=""))
    finding = town.finding()

    assert (finding.code, finding.place) == ("E303", "baseline/policies.toml:8")
    assert finding.message == ("two policies for window_days cannot both hold: no value keeps to both")
    assert finding.because == f"baseline/policies.toml:3: {SHOWN}; baseline/policies.toml:8: {SHOWN}"
    assert finding.help == "DIGIT steering group must settle it"


def test_a_lock_and_a_bound_that_cannot_both_hold(town: "Town") -> None:
    """E303 when the locked value lies outside what another policy allows."""
    town.write(FILE, policy("window_days", "locked = true") + policy("window_days", "max = 5"))

    assert town.finding().message.endswith("what the one locks the other does not allow")


def test_policies_for_a_table_clash_once(town: "Town") -> None:
    """Two policies for a table with several keys are one finding, not one for each key."""
    town.write(FILE, policy("retry", "max = 1") + policy("retry", "min = 2"))

    assert [one.code for one in town.findings()] == ["E303"]


WRONG = (
    (
        'key = "window_days"\nmax = 3\nowner = "x"\n',
        "the policy lacks why",
        'add why = "..." below [[policy]]',
    ),
    (
        'key = "mode"\nlocked = true\nwhy = "x"\n',
        "the policy lacks owner",
        'add owner = "..." below [[policy]]',
    ),
    (WHY + "max = 3\n", "the policy lacks key", 'add key = "..." below [[policy]]'),
    ('key = "mode"\nwhy = " "\nowner = "x"\nlocked = true\n', "why must be a text that is not empty", ""),
    ('key = "mode"\n' + WHY, "the policy says nothing of the value", "add locked = true, min, max or one_of"),
    ('key = "mode"\n' + WHY + "lockt = true\n", "unknown key lockt in a policy", "did you mean locked?"),
    ('key = "mode"\n' + WHY + "locked = false\n", "locked can only be true", "without it, nothing is locked"),
    ('key = "mode"\n' + WHY + 'max = "x"\n', "max takes a number or a date, found text", ""),
    ('key = "limit"\n' + WHY + "max = nan\n", "max takes a number or a date, found number with decimals", ""),
    ('key = "limit"\n' + WHY + "min = true\n", "min takes a number or a date, found truth value", ""),
    ('key = "mode"\n' + WHY + "one_of = []\n", "one_of takes a list with at least one value", ""),
    ('key = "limit"\n' + WHY + "min = 5\nmax = 4\n", "nothing lies between min and max", ""),
    ('key = "a b"\n' + WHY + "max = 4\n", '"a b" is no key', "write it as `rpac config explain` does"),
    ('key = "instance"\n' + WHY + "locked = true\n", '"instance" ends too early', ""),
    ('key = "mode"\nbot = ""\n' + WHY + "locked = true\n", "bot must be the name of a bot", ""),
)


@pytest.mark.parametrize(("content", "message", "advice"), WRONG)
def test_a_policy_that_is_wrong_is_everybodys_finding(
    town: "Town", content: str, message: str, advice: str
) -> None:
    """E305 in the baseline's file: a lock is never lost by a typing error. It is no refusal: exit code 1."""
    town.write(FILE, "[[policy]]\n" + content)
    finding, *others = [one for one in town.findings() if one.code == "E305"]

    assert finding.file == (town.folder / FILE).resolve()
    assert finding.line is not None
    assert message in {finding.message, *(one.message for one in others)}
    assert all(one.help.endswith("this is the coordinator's work: tell the cooperation") for one in others)
    assert any(one.help.startswith(f"{advice}; this is") for one in (finding, *others)) or not advice


@pytest.mark.parametrize(
    ("key", "line", "message"),
    [
        ("windw_days", "max = 3", "no key windw_days is known, so the policy binds nothing"),
        ("instance.ownr", "locked = true", "no key instance.ownr is known, so the policy binds nothing"),
        (
            "stack.PopulationRegister.settings.tmeout", "max = 3",
            "no key stack.PopulationRegister.settings.tmeout is known, so the policy binds nothing",
        ),
        ("mode", "max = 3", "mode: max is a number, and no number can stand here"),
        ("window_days", "min = 2026-01-01", "window_days: min is a date, and no date can stand here"),
        ("hosts", "max = 3", "hosts: max is a number, and no number can stand here"),
        ("window_days", 'one_of = ["a"]', "window_days: one_of holds what cannot stand here"),
        ("password.env", 'one_of = ["A"]', "a policy cannot bind a part of a reference to a secret"),
        (
            "contact", "locked = true",
            "contact is locked, but the cooperation gives it no value, and it must have one",
        ),
    ],
)  # fmt: skip
def test_a_policy_must_fit_its_key(town: "Town", key: str, line: str, message: str) -> None:
    """E305 at the line of the policy's key when the schema cannot mean it."""
    town.write(FILE, policy(key, line))
    finding = next(one for one in town.findings() if one.code == "E305")

    assert (finding.place, finding.message) == ("baseline/policies.toml:3", message)
    assert finding.line_text == f'key = "{key}"'
    assert finding.help


@pytest.mark.parametrize(
    ("key", "line", "message"),
    [
        ("window_days", "max = 61", "max = 61 allows all that the author allows: max 60"),
        ("window_days", "min = 0", "min = 0 allows all that the author allows: min 1"),
        ("mode", 'one_of = ["slow", "fast", "x"]', "one_of allows all that the author allows"),
    ],
)
def test_a_policy_without_effect_is_a_warning(town: "Town", key: str, line: str, message: str) -> None:
    """W302: what the schema refuses anyway needs no policy; the run is not hindered."""
    town.write(FILE, policy(key, line))
    instance = town.resolve()

    assert [(one.code, one.message) for one in instance.warnings] == [("W302", message)]


@pytest.mark.parametrize("line", ["max = 60", "max = 59", "min = 1"])
def test_a_policy_at_the_schemas_own_bound_is_kept_quiet(town: "Town", line: str) -> None:
    """An equal bound still holds when a later version of the bot allows more."""
    town.write(FILE, policy("window_days", line))

    assert town.resolve().warnings == ()


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("[policy]\nkey = 1\n", "expected [[policy]] tables"),
        ("policies = 1\n", "unknown key"),
        ("policy = 3\n", "expected [[policy]] tables"),
    ],
)
def test_a_file_of_another_form_is_refused(town: "Town", content: str, message: str) -> None:
    """E305 for what is no [[policy]], E104 and E103 as for every file."""
    town.write(FILE, content)

    assert (town.finding().code, town.finding().message) == ("E305", message)

    town.write(FILE, "x = \n")

    assert (town.finding().code, town.finding().place) == ("E104", "baseline/policies.toml:1")


def test_a_check_finds_a_wrong_policy_without_any_bot(town: "Town") -> None:
    """Malformed files are found though no instance would be bound by them."""
    (town.folder / "bots/welcome-letters.toml").unlink()
    town.write(FILE, "[[policy]]\n")
    checked = check_municipality(town.open(), town.manifest_of, connectors=town.connectors)

    assert {one.code for one in checked.findings} == {"E305"}


@pytest.mark.parametrize(
    ("name", "advice"),
    [
        ("PopulationRegistre", ["did you mean PopulationRegister?"]),
        ("DigitalPsot", ["did you mean DigitalPost?"]),
        ("DigitalPost", []),
        ("Zzz", []),
    ],
)
def test_a_check_guesses_at_a_misspelt_capability(town: "Town", name: str, advice: list[str]) -> None:
    """W302 for a policy of a capability nearly known here; a quite unknown one is other members' matter."""
    town.write(FILE, policy(f"stack.{name}.connector", "locked = true", bot=""))
    checked = check_municipality(town.open(), town.manifest_of, connectors=town.connectors)

    assert [one.help for one in checked.findings if one.code == "W302"] == advice


def test_a_bound_of_a_wrong_policy_is_not_quoted(town: "Town") -> None:
    """The quoted line shows no bound: whether its key is personal, the file does not say."""
    town.write(FILE, policy("contact", 'one_of = "Sigrun"'))
    finding = next(one for one in town.findings() if one.code == "E305")

    assert finding.line_text == "one_of = …"
    assert "Sigrun" not in finding.render()


def test_the_reason_cannot_steer_a_terminal(town: "Town") -> None:
    """Signs that a terminal obeys are escaped in what a policy says of itself."""
    text = '[[policy]]\nkey = "window_days"\nmax = 5\nwhy = "a\\u001b]0;x"\nowner = "b\\u009b2J"\n'
    town.write(FILE, text)
    shown = town.finding().render()

    assert "\x1b" not in shown
    assert "\x9b" not in shown


def test_no_baseline_has_no_policies(town: "Town") -> None:
    """A municipality that stands alone is bound by nothing."""
    file = town.folder / "municipality.toml"
    file.write_text(file.read_text().replace('baseline = "../baseline"\n', ""))

    assert policies_of(town.open()).all == ()


def test_explain_names_policies(town: "Town") -> None:
    """Each policy of a key with its words, reason, owner and place; a table's policy too."""
    town.write(
        FILE, policy("window_days", "max = 30", "min = 2") + policy("settings", "locked = true", bot="")
    )
    town.write(BASELINE, '[settings]\ncontact = "Sigrun"\n')
    [explained] = town.resolve().explain("window_days")
    first, second = explained.policies

    assert (first.text, first.why, first.owner) == (
        "at least 2, at most 30", "Equal treatment.", "DIGIT steering group"
    )  # fmt: skip
    assert str(first.origin) == "../baseline/policies.toml:3"
    assert (second.text, second.waiver) == ("locked", None)
    assert explained.to_json()["policies"][1] == {
        "text": "locked", "why": "Equal treatment.", "owner": "DIGIT steering group",
        "origin": "../baseline/policies.toml:9", "waiver": None,
    }  # fmt: skip


def test_a_policy_asks_no_clock(town: "Town") -> None:
    """Without waivers the day makes no difference."""
    town.write(FILE, policy("window_days", "max = 5"))
    days = (date(2000, 1, 1), date(2100, 1, 1))
    found = [_on(town, day) for day in days]

    assert found[0] == found[1]


def _on(town: "Town", day: date) -> tuple[Finding, ...]:
    from rpa_commons.config import examine_instance

    return examine_instance(
        town.open(), "welcome-letters", town.manifest_of, connectors=town.connectors, today=day
    ).findings


def test_a_number_of_thousands_of_digits_is_a_finding_and_no_crash(town: "Town") -> None:
    """No float could hold it, so it is compared as the whole number that it is."""
    town.write(FILE, policy("window_days", "max = 30"))
    town.settings(f"window_days = {'9' * 4000}")

    assert {"E202", "E302"} == {one.code for one in town.findings()}
