"""A baseline checked alone by its coordinator: policies, own values, names of bots."""

import json
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from rpa_commons.cli._main import cli
from rpa_commons.config import Finding, check_baseline, is_baseline_folder
from rpa_commons.config.instances._baseline_words import _is_slip
from rpa_commons.environments import BuildRefusedError
from rpa_commons.environments._baseline_wheel import build_baseline
from rpa_commons.environments._uv import Uv

BOT = "bots/welcome-letters.toml"


def policy(*says: str, key: str = "window_days", bot: str = "welcome-letters", owner: str = "Group") -> str:
    """One policy, at least five lines."""
    lines = [f'bot = "{bot}"'] if bot else []
    lines += [f'key = "{key}"', 'why = "Law."', f'owner = "{owner}"', *says]
    return "[[policy]]\n" + "\n".join(lines) + "\n"


def waiver(bot: str) -> str:
    """One waiver, for one bot."""
    return (
        f'[[waiver]]\nmunicipality = "0265"\nbot = "{bot}"\nkey = "window_days"\nreason = "r"\n'
        'granted_by = "g"\nuntil = 2027-03-31\n'
    )


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A baseline in which nothing is wrong."""
    monkeypatch.chdir(tmp_path)
    write(tmp_path, "baseline.toml", 'name = "DIGIT baseline"\nversion = "2026.1"\n')
    write(tmp_path, BOT, "[settings]\nwindow_days = 10\n")
    return tmp_path


def write(folder: Path, name: str, content: str) -> None:
    """Write one file."""
    (folder / name).parent.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(content, encoding="utf-8")


def found(folder: Path) -> list[Finding]:
    """Everything that is wrong."""
    return list(check_baseline(folder, connectors={}).findings)


def run(folder: Path, *more: str) -> Result:
    """The command in the baseline's folder."""
    return CliRunner().invoke(cli, ["-C", str(folder), "config", "check", *more], standalone_mode=False)


@pytest.mark.parametrize("bot", ["welcome-letters", ""])
def test_two_policies_that_leave_no_value(folder: Path, bot: str) -> None:
    """E303 with both lines, though one of them is for every bot; the value is not blamed besides."""
    write(folder, "policies.toml", policy("min = 40") + policy("max = 30", bot=bot))
    [one] = found(folder)

    assert ("E303", "window_days", 9 if bot else 8) == (one.code, one.key, one.line)
    assert "policies.toml:3: Law (Group); policies.toml:" in one.because


def test_policies_for_two_bots_do_not_meet(folder: Path) -> None:
    """What one bot may, another may not."""
    write(folder, "policies.toml", policy("min = 10") + policy("max = 5", bot="fee-letters"))

    assert [] == found(folder)


def test_a_policy_for_a_table_meets_one_for_a_key_in_it(folder: Path) -> None:
    """Both are about the key."""
    write(folder, "policies.toml", policy("max = 3", key="retry") + policy("min = 4", key="retry.times"))

    assert ["E303"] == [one.code for one in found(folder)]


def test_the_own_value_breaks_the_own_policy(folder: Path) -> None:
    """E302 at the value's line, with the policy's line, reason and owner."""
    write(folder, "policies.toml", policy("max = 9"))
    [one] = found(folder)

    assert one.render() == (
        f"{BOT}:2: E302 window_days: 10 breaks the baseline's own policy: at most 9\n"
        "    window_days = 10\n"
        "    because: policies.toml:3: Law (Group)\n"
        "    help: correct the value or the policy: Group owns it"
    )


def test_a_locked_value_outside_a_choice(folder: Path) -> None:
    """No member could mend that; texts are not shown, they may be personal."""
    write(folder, BOT, '[settings]\nmode = "Sigrun"\n')
    write(folder, "policies.toml", policy("locked = true", key="mode") + policy('one_of = ["a"]', key="mode"))
    [one] = found(folder)

    assert ("E302", BOT) == (one.code, one.place.partition(":")[0])
    assert "it is locked too, so nobody could mend it" in one.message
    assert "Sigrun" not in one.render()


@pytest.mark.parametrize(
    ("name", "content", "key"),
    [
        ("profiles/p/bots/welcome-letters.toml", "[settings]\nwindow_days = 60\n", "window_days"),
        (BOT, "[settings]\nwindow_days = [1, 60]\n", "window_days"),
        (BOT, "[settings]\nwindow_days = { append = [60] }\n", "window_days"),
        ("stack.toml", "[X]\nconnector = 'y'\nsettings.days = 60\n", "stack.X.settings.days"),
    ],
)
def test_every_place_that_gives_a_value_is_looked_at(folder: Path, name: str, content: str, key: str) -> None:
    """Profiles, lists, what is added to a list, and the stack."""
    write(folder, name, content)
    write(folder, "policies.toml", policy("max = 30", key=key))

    assert ["E302"] == [one.code for one in found(folder)]


@pytest.mark.parametrize(
    ("content", "key", "says"),
    [
        ("[settings]\nwindow_days = 10\n", "window_days", "max = 10"),
        ("[settings]\nhosts = { remove = [60] }\n", "hosts", "max = 10"),
        ('[settings]\nretry = { times = 3, word = "x" }\n', "retry", "max = 10"),
        ("[settings]\nsince = 2026-01-01\n", "since", "min = 2026-01-01"),
        ("[other]\nwindow_days = 60\n", "other", "max = 10"),
    ],
)
def test_what_keeps_to_the_policy_is_let_through(folder: Path, content: str, key: str, says: str) -> None:
    """Nothing is said where the bot would be needed to say it."""
    write(folder, BOT, content)
    write(folder, "policies.toml", policy(says, key=key))

    assert [] == [one for one in found(folder) if one.code in {"E302", "E303"}]


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("policies.toml", policy("max = 60", bot="welcome-leters"), "W302"),
        ("bots/welcome-leters.toml", "[settings]\nx = 1\n", "E101"),
        ("profiles/p/bots/welcome-letter.toml", "[settings]\nx = 1\n", "E101"),
        ("letters/welcome-lettesr/adults.md.j2", "{% extends 'bot:adults.md.j2' %}\n", "E101"),
        ("tables/welcomeletters/fees.csv", "fee\n1\n", "E101"),
    ],
)
def test_a_bot_misspelt_in_one_place(folder: Path, name: str, content: str, code: str) -> None:
    """The name beside it is guessed; a policy or waiver is a warning, a file that nobody reads is wrong."""
    write(folder, "profiles/q/bots/welcome-letters.toml", "")
    write(folder, name, content)
    [one] = found(folder)

    assert code == one.code
    assert one.help.startswith("did you mean welcome-letters?")


def test_a_waiver_for_a_misspelt_bot(folder: Path) -> None:
    """Where a policy is for every bot, the waiver would lift it for nobody."""
    write(folder, "policies.toml", policy("max = 30", bot=""))
    write(folder, "waivers.toml", waiver("welcome-leters"))
    [one] = found(folder)

    assert ("W302", "waivers.toml") == (one.code, one.place.partition(":")[0])


@pytest.mark.parametrize(
    ("first", "second", "slip"),
    [
        ("welcome-letters", "welcome-leters", True),
        ("welcome-letters", "welcome-lettersx", True),
        ("welcome-letters", "welcome-lettars", True),
        ("welcome-letters", "welcome-lettres", True),
        ("welcome-letters", "elcome-letters", True),
        ("welcome-letters", "welcomeletters", True),
        ("welcome-letters", "fee-letters", False),
        ("welcome-letters", "welcome-letters", False),
        ("letters-2025", "letters-2026", False),
        ("letters", "letters-2", False),
        ("fees", "feed", False),
    ],
)
def test_which_names_are_doubted(first: str, second: str, slip: bool) -> None:
    """One letter; another number is another bot, and short names are soon alike."""
    assert slip is _is_slip(first, second)
    assert slip is _is_slip(second, first)


def test_the_command_checks_a_baseline(folder: Path) -> None:
    """Without findings it ends with 0 and says what it cannot see."""
    result = run(folder)

    assert 0 == result.return_value
    assert result.output.startswith("DIGIT baseline 2026.1, 2 files: nothing wrong\n")
    assert "`rpac fleet check`" in result.output


def test_the_command_names_what_is_wrong(folder: Path) -> None:
    """As text, as JSON and as annotations; exit code 1, since nobody else's word is broken."""
    write(folder, "policies.toml", policy("max = 9"))
    text, document, annotations = run(folder), run(folder, "--json"), run(folder, "--format", "github")

    assert [1, 1, 1] == [one.return_value for one in (text, document, annotations)]
    assert text.output.endswith("checked at a municipality or by `rpac fleet check`\n")
    assert "DIGIT baseline 2026.1, 3 files: 1 finding" in text.output
    shown = json.loads(document.output)
    assert ("DIGIT baseline", "2026.1") == (shown["baseline"], shown["version"])
    assert ["E302"] == [one["code"] for one in shown["findings"]]
    assert annotations.output.startswith(f"::error file={BOT},line=2,title=E302::window_days: 10 breaks")


def test_warnings_alone_are_no_failure(folder: Path) -> None:
    """The coordinator sees them and may go on."""
    write(folder, "policies.toml", policy("max = 60", bot="welcome-leters"))
    result = run(folder)

    assert 0 == result.return_value
    assert "nothing wrong, 1 warning" in result.output


def test_a_baseline_has_no_instances(folder: Path) -> None:
    """What only a municipality has is refused as usage."""
    assert isinstance(run(folder, "welcome-letters").exception, click.UsageError)
    assert isinstance(run(folder, "--set", "x=1").exception, click.UsageError)


def test_a_municipality_with_a_stray_file_is_none(folder: Path) -> None:
    """Its own file decides."""
    assert is_baseline_folder(folder)

    write(folder, "municipality.toml", "")

    assert not is_baseline_folder(folder)


def test_nothing_is_built_from_a_contradiction(folder: Path) -> None:
    """The same findings refuse the build."""
    write(folder, "policies.toml", policy("max = 9"))
    with pytest.raises(BuildRefusedError, match="E302 window_days: 10 breaks the baseline's own policy"):
        build_baseline(folder, folder / "dist", Uv(offline=True), progress=lambda _: None)
