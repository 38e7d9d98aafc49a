"""Waivers: exceptions for one municipality until a day, and the command that lists them."""

import json
from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner, Result

from rpa_commons.cli.config.waivers import waivers as command
from rpa_commons.config import (
    ConfigError,
    Examination,
    check_municipality,
    examine_instance,
    local_today,
    resolve_instance,
    waivers_of,
)

if TYPE_CHECKING:
    from conftest import Town

FILE = "../baseline/waivers.toml"
POLICY = """\
[[policy]]
bot = "welcome-letters"
key = "window_days"
max = 5
why = "The register keeps five days."
owner = "DIGIT steering group"

[[policy]]
key = "mode"
locked = true
why = "Equal treatment."
owner = "DIGIT steering group"
"""
END = date(2027, 3, 31)
WHO_ACTS = "this is the coordinator's work: tell the cooperation"


def waiver(**changes: str) -> str:
    """One waiver as it stands in the file; an empty value leaves the key out."""
    fields = {
        "municipality": '"0265"',
        "bot": '"welcome-letters"',
        "key": '"window_days"',
        "reason": '"Moves arrive late."',
        "granted_by": '"DIGIT steering group"',
        "until": END.isoformat(),
    } | changes
    return "[[waiver]]\n" + "".join(f"{key} = {value}\n" for key, value in fields.items() if value)


@pytest.fixture
def bound(town: "Town") -> "Town":
    """A municipality that breaks a policy: ten days where five are allowed."""
    town.write("../baseline/policies.toml", POLICY)
    return town


def on(town: "Town", day: date, *overrides: str) -> Examination:
    """The instance, examined as of a day."""
    return examine_instance(
        town.open(), "welcome-letters", town.manifest_of, connectors=town.connectors,
        overrides=overrides, today=day,
    )  # fmt: skip


def test_a_waiver_suspends_a_bound_until_its_last_day(bound: "Town") -> None:
    """On the last day it holds, on the next the policy does, which then says when the waiver ended."""
    bound.write(FILE, waiver())
    [after] = on(bound, END + timedelta(days=1)).findings

    assert on(bound, END - timedelta(days=31)).findings == ()
    assert [one.code for one in on(bound, END).findings] == ["W301"]
    assert after.code == "E302"
    assert after.because == (
        "baseline/policies.toml:3: The register keeps five days (DIGIT steering group);"
        " the waiver at baseline/waivers.toml:4 expired on 2027-03-31"
    )


def test_a_waiver_suspends_a_lock(bound: "Town") -> None:
    """A waiver without bot is for every bot; expired, the lock says so too."""
    bound.write(FILE, waiver() + waiver(bot="", key='"mode"'))
    held, ended = (on(bound, day, 'mode="slow"').findings for day in (date(2026, 1, 1), date(2028, 1, 1)))

    assert held == ()
    assert [(one.code, one.key) for one in ended] == [("E301", "mode"), ("E302", "window_days")]
    assert all("expired on 2027-03-31" in one.because for one in ended)


@pytest.mark.parametrize(
    ("left", "message"),
    [
        (31, ""),
        (
            30,
            "the waiver ends in 30 days, on 2027-03-31; after that the cooperation's policy holds: at most 5",
        ),
        (1, "the waiver ends in 1 day, on 2027-03-31; after that the cooperation's policy holds: at most 5"),
        (0, "the waiver ends today; after that the cooperation's policy holds: at most 5"),
    ],
)
def test_the_end_is_announced(bound: "Town", left: int, message: str) -> None:
    """W301 from thirty days before, at the waiver's line, with what will hold again and whom to ask."""
    bound.write(FILE, waiver())
    examination = on(bound, END - timedelta(days=left))
    found = [(one.code, one.message, one.place) for one in examination.findings]

    assert found == ([("W301", message, "baseline/waivers.toml:4")] if message else [])
    assert examination.instance is not None
    assert all(one.line_text == 'key = "window_days"' for one in examination.findings)
    assert all(
        one.help.endswith("ask DIGIT steering group for another waiver") for one in examination.findings
    )


@pytest.mark.parametrize("changes", [{"municipality": '"0101"'}, {"bot": '"other-bot"', "key": '"mode"'}])
def test_somebody_elses_waiver_suspends_nothing_here(bound: "Town", changes: dict[str, str]) -> None:
    """A waiver is for one municipality, and for one bot where it names one."""
    bound.write(FILE, waiver(**changes))

    assert {one.code for one in on(bound, date(2026, 1, 1), 'mode="slow"').findings} == {"E301", "E302"}


def test_a_waiver_for_a_bot_suspends_a_policy_for_all(bound: "Town") -> None:
    """The policy binds every bot, the waiver frees one of them."""
    bound.write(FILE, waiver() + waiver(key='"mode"'))

    assert on(bound, date(2026, 1, 1), 'mode="slow"').findings == ()


def test_of_several_waivers_the_last_to_end_counts(bound: "Town") -> None:
    """A prolonged waiver stands below the old one; the order in the file says nothing."""
    bound.write(FILE, waiver() + waiver(until="2026-01-01"))

    assert on(bound, date(2027, 1, 1)).findings == ()


def test_a_waived_policy_clashes_with_nothing(bound: "Town") -> None:
    """E303 only where both policies hold here."""
    bound.write(
        "../baseline/policies.toml", POLICY + POLICY.partition("\n\n")[0].replace("max = 5", "min = 6")
    )

    assert [one.code for one in on(bound, date(2026, 1, 1)).findings] == ["E303"]

    bound.write(FILE, waiver())

    assert on(bound, date(2026, 1, 1)).findings == ()


def test_the_local_day_counts_unless_one_is_given(bound: "Town") -> None:
    """Without a day the waiver is asked for today."""
    today = local_today()
    bound.write(FILE, waiver(until=(today + timedelta(days=400)).isoformat()))

    assert bound.resolve().settings["window_days"] == 10

    bound.write(FILE, waiver(until=(today - timedelta(days=2)).isoformat()))

    assert bound.finding().code == "E302"
    assert resolve_instance(
        bound.open(), "welcome-letters", bound.manifest_of, connectors=bound.connectors,
        today=today - timedelta(days=40),
    ).settings["window_days"] == 10  # fmt: skip


WRONG = (
    ({"municipality": ""}, "the waiver lacks municipality", 'add municipality = "..." below [[waiver]]'),
    ({"municipality": '"265"'}, '"265" is no municipality\'s official code',
     'four digits in quotes, e.g. "0265"'),
    ({"municipality": "265"}, "a municipality's code is a text", 'write "0265": four digits in quotes'),
    ({"municipality": "-1"}, "municipality must be a text that is not empty", 'write municipality = "..."'),
    ({"owner": '""'}, "owner must be a text that is not empty", 'write owner = "..."'),
    ({"reason": ""}, "the waiver lacks reason", 'add reason = "..." below [[waiver]]'),
    ({"granted_by": '""'}, "granted_by must be a text that is not empty", 'write granted_by = "..."'),
    ({"until": ""}, "the waiver lacks until: none holds for ever",
     "add until = 2027-03-31, the last day on which it holds"),
    ({"until": '"2027-03-31"'}, "until must be a date", "write until = 2027-03-31, without quotes"),
    ({"until": "2027-03-31T12:00:00"}, "until must be a date", "write until = 2027-03-31, without quotes"),
    ({"bot": "3"}, "bot must be the name of a bot", "without it, every bot is meant"),
    ({"untill": "2027-03-31"}, "unknown key untill in a waiver",
     "known here: municipality, bot, key, owner, reason, granted_by, until"),
    ({"key": '"a b"'}, '"a b" is no key', "write exactly the policy's key"),
    ({"key": '"windw_days"'}, "no policy is about windw_days, so this waives nothing",
     "did you mean window_days? a waiver names exactly the policy's key"),
    ({"key": '"zzz"'}, "no policy is about zzz, so this waives nothing",
     "a waiver names exactly the policy's key: window_days, mode"),
    ({"bot": '"other-bot"'}, "no policy is about window_days, so this waives nothing",
     "the policy at baseline/policies.toml:3 is for the bot welcome-letters"),
)  # fmt: skip


@pytest.mark.parametrize(("changes", "message", "advice"), WRONG)
def test_a_wrong_waiver_is_everybodys_finding(
    bound: "Town", changes: dict[str, str], message: str, advice: str
) -> None:
    """E305 in the baseline's file, whoever the waiver is for, and it suspends nothing."""
    bound.write(FILE, waiver(**changes))
    found = [one for one in on(bound, date(2026, 1, 1)).findings if one.code == "E305"]

    assert [(one.message, one.help) for one in found] == [(message, f"{advice}; {WHO_ACTS}")]
    assert found[0].file == (bound.folder / FILE).resolve()
    assert found[0].line is not None


def test_a_waiver_without_any_policy_says_so(town: "Town") -> None:
    """E305 where the baseline has no policy at all."""
    town.write(FILE, waiver())

    assert town.finding().help == f"there is no policy; {WHO_ACTS}"


def test_a_wrong_policy_is_the_only_finding(bound: "Town") -> None:
    """A waiver whose policy cannot be read is not called useless beside it."""
    bound.write("../baseline/policies.toml", POLICY.replace("max = 5", "maxx = 5"))
    bound.write(FILE, waiver())

    assert {one.file.name for one in bound.findings() if one.file} == {"policies.toml"}


def test_a_check_takes_the_day_too(bound: "Town") -> None:
    """check_municipality asks the waivers for the day it is given."""
    bound.write(FILE, waiver())

    def codes(day: date) -> set[str]:
        checked = check_municipality(bound.open(), bound.manifest_of, connectors=bound.connectors, today=day)
        return {one.code for one in checked.findings} - {"E402"}

    assert codes(END - timedelta(days=100)) == set()
    assert codes(END) == {"W301"}
    assert codes(END + timedelta(days=1)) == {"E302"}


def test_explain_names_the_waiver(bound: "Town") -> None:
    """A policy's waiver with its reason, who granted it, its end, and whether it holds."""
    bound.write(FILE, waiver(until="2099-12-31"))
    [policy] = bound.resolve().explain("window_days")[0].policies
    assert policy.waiver is not None

    assert policy.to_json()["waiver"] == {
        "reason": "Moves arrive late.", "granted_by": "DIGIT steering group", "until": "2099-12-31",
        "holds": True, "origin": "../baseline/waivers.toml:4",
    }  # fmt: skip


def _run(town: "Town", *arguments: str) -> Result:
    return CliRunner().invoke(command, arguments, obj=town.folder, standalone_mode=False)


def test_the_command_lists_what_is_waived_here(bound: "Town") -> None:
    """Key, end, reason and the policy's own words; those of others only with --all."""
    bound.write(FILE, waiver(until="2020-01-01") + waiver(municipality='"0101"', bot="", key='"mode"'))
    own, everyone = _run(bound), _run(bound, "--all")

    assert (own.return_value, everyone.return_value) == (0, 0)
    assert own.output == (
        "welcome-letters window_days  expired on 2020-01-01: the policy holds again"
        "  (../baseline/waivers.toml:4)\n"
        "    Moves arrive late. (DIGIT steering group)\n"
        "    from the policy: at most 5 (../baseline/policies.toml:3):"
        " The register keeps five days. (DIGIT steering group)\n"
    )
    assert "0101 mode  until 2027-03-31, " in everyone.output
    assert "0265 welcome-letters window_days" in everyone.output


def test_the_command_speaks_json(bound: "Town") -> None:
    """Every part of a waiver, the days that are left, and the policies that it suspends."""
    bound.write(FILE, waiver(until=(local_today() + timedelta(days=10)).isoformat()))
    [found] = json.loads(_run(bound, "--json").output)

    assert (found["days_left"], found["expired"], found["municipality"]) == (10, False, "0265")
    assert found["policies"] == [
        {
            "text": "at most 5", "why": "The register keeps five days.", "owner": "DIGIT steering group",
            "origin": "../baseline/policies.toml:3",
        }
    ]  # fmt: skip


def test_the_command_says_when_there_is_none(town: "Town") -> None:
    """No waiver is said in words, and as an empty list."""
    assert _run(town).output == "Roskilde has no waiver\n"
    assert _run(town, "--all").output == "there is no waiver\n"
    assert json.loads(_run(town, "--json").output) == []


def test_the_command_refuses_what_is_wrong(bound: "Town") -> None:
    """A file that cannot be trusted is not listed half."""
    bound.write(FILE, waiver(until=""))
    with pytest.raises(ConfigError) as caught:
        waivers_of(bound.open())

    assert [one.code for one in caught.value.findings] == ["E305"]
    assert isinstance(_run(bound).exception, ConfigError)


def _of_baseline(bound: "Town", *arguments: str) -> Result:
    return CliRunner().invoke(command, arguments, obj=bound.folder.parent / "baseline", standalone_mode=False)


def test_the_command_lists_those_of_everybody_in_a_baseline_s_folder(bound: "Town") -> None:
    """A coordinator has no municipality's folder, and sees whom each waiver is for."""
    bound.write(FILE, waiver() + waiver(municipality='"0101"', bot="", key='"mode"'))
    found, listed = _of_baseline(bound, "--json"), _of_baseline(bound)

    assert ["0265", "0101"] == [one["municipality"] for one in json.loads(found.output)]
    assert listed.output.startswith("0265 welcome-letters window_days  until 2027-03-31, ")
    assert "\n\n0101 mode  until 2027-03-31, " in listed.output
    assert "(waivers.toml:4)" in listed.output.replace("baseline/", "")
    assert listed.output == _of_baseline(bound, "--all").output


def test_a_baseline_without_waivers(bound: "Town") -> None:
    """It is said in words, and as an empty list."""
    assert "there is no waiver\n" == _of_baseline(bound).output
    assert [] == json.loads(_of_baseline(bound, "--json").output)


def test_a_baseline_s_wrong_waiver_is_not_sent_to_the_cooperation(bound: "Town") -> None:
    """The coordinator is who reads it there."""
    bound.write(FILE, waiver(until=""))
    error = _of_baseline(bound).exception

    assert isinstance(error, ConfigError)
    assert ["E305"] == [one.code for one in error.findings]
    assert "tell the cooperation" not in error.findings[0].help


def test_a_folder_that_is_no_baseline_is_said(bound: "Town") -> None:
    """Its baseline.toml is wrong, and the waivers are not listed beside that."""
    bound.write("../baseline/baseline.toml", "name = 3\n")
    error = _of_baseline(bound).exception

    assert isinstance(error, ConfigError)
    assert {"E201", "E102"} == {one.code for one in error.findings}
