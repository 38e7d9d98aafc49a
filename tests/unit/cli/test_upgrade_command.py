"""``rpac upgrade`` at the command line: words, JSON, exit codes, and no question without a terminal."""

import io
import json
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from rpa_commons.cli import main
from rpa_commons.config import Finding
from rpa_commons.environments import InstalledBot, PreparedUpgrade
from rpa_commons.manifest import Manifest, MigrationEntry
from rpa_commons.upgrades import FileMigration, UpgradeChange, UpgradePlan

ID = "0b6f0c1e-0000-4000-8000-000000000001"
MUNICIPALITY = """\
name = "Roskilde"
code = "0265"
cvr = "29189404"
state_dir = "../state-of-counter"
[letterhead]
name = "Roskilde Kommune"
address = ["Rådhusbuen 1", "4000 Roskilde"]
"""
DIFF = "-old = 1\n+new = 1\n"
FILE = FileMigration(Path("/x/bots/a.toml"), "bots/a.toml", "old = 1\n", "new = 1\n", DIFF)
PLAN = UpgradePlan(
    "counter",
    "1.0.0",
    "2.0.0",
    ("count", "recount"),
    (
        UpgradeChange("permission", "DigitalPost", "new: it may now use DigitalPost"),
        UpgradeChange("default", "limit", "100 -> 50", sensitive=True, affects=("count",)),
    ),
    (FILE,),
    (),
)
WRONG = Finding("E102", "contact", "missing required key", help="text")
REFUSED = Finding("E302", "limit", "at most 10")
BEHIND = Finding("W502", "old", "old is called new since 2.0.0")


@pytest.fixture
def rpac(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[..., int]:
    """Run ``rpac upgrade count`` with a plan that is given; nothing is installed."""

    def run(plan: UpgradePlan, *arguments: str, agreed: bool = False) -> int:
        done: list[PreparedUpgrade] = []

        def carry_out(prepared: PreparedUpgrade, **_: Any) -> InstalledBot:
            done.append(prepared)
            manifest = Manifest(kind="bot", name="counter", version="2.0.0", summary="", sdk_version="0")
            return InstalledBot("counter", "2.0.0", "", manifest, ("count", "recount"), changed=True)

        (tmp_path / "bots").mkdir(exist_ok=True)
        (tmp_path / "municipality.toml").write_text(MUNICIPALITY, encoding="utf-8")
        (tmp_path / "bots" / "count.toml").write_text(f'bot = "counter"\nid = "{ID}"\n', encoding="utf-8")
        monkeypatch.setattr(
            "rpa_commons.environments.prepare_upgrade",
            lambda *_: PreparedUpgrade(None, Path(), plan),  # type: ignore[arg-type]
        )
        monkeypatch.setattr("rpa_commons.environments.carry_out_upgrade", carry_out)
        monkeypatch.setattr("sys.argv", ["rpac", "-C", str(tmp_path), "upgrade", "count", *arguments])
        with pytest.raises(SystemExit) as caught:
            main()
        assert bool(done) is (not plan.errors and ("--yes" in arguments or agreed))
        assert isinstance(caught.value.code, int)
        return caught.value.code

    return run


def with_findings(*findings: Finding, left: tuple[Finding, ...] = ()) -> UpgradePlan:
    """The plan with these findings."""
    return UpgradePlan("counter", "1.0.0", "2.0.0", ("count",), (), (), findings, left)


def test_a_plan_says_what_changes_and_for_whom(
    rpac: Callable[..., int], capsys: pytest.CaptureFixture[str]
) -> None:
    """Permissions first, money or law marked, each file as a diff, and a word that all is well."""
    code = rpac(PLAN, "--plan")
    out = capsys.readouterr().out

    assert code == 0
    assert out.startswith("counter 1.0.0 -> 2.0.0\n  bot instances: count, recount (rpac.lock has one entry")
    assert "What it may do\n  DigitalPost: new: it may now use DigitalPost\n" in out
    assert "  limit (money or law): 100 -> 50\n      here: count\n" in out
    assert "-old = 1\n+new = 1\n" in out
    assert out.endswith("\nNothing is wrong afterwards.\n")


@pytest.mark.parametrize(
    ("findings", "code"),
    [((WRONG,), 1), ((REFUSED,), 5), ((WRONG, REFUSED), 1), ((BEHIND,), 0), ((BEHIND, REFUSED), 5)],
)
def test_the_exit_code_says_what_stands_in_the_way(
    rpac: Callable[..., int], findings: tuple[Finding, ...], code: int
) -> None:
    """1 findings, 5 only a policy, 0 nothing but warnings."""
    assert code == rpac(with_findings(*findings), "--plan")


def test_findings_end_it_before_anything_is_asked(
    rpac: Callable[..., int], capsys: pytest.CaptureFixture[str]
) -> None:
    """With what to do, and which of them the upgrade is not to blame for."""
    code = rpac(with_findings(WRONG, REFUSED, left=(REFUSED,)), "--yes")
    out = capsys.readouterr().out

    assert code == 1
    assert "E102 contact: missing required key" in out
    assert "at most 10\n    it is there today as well" in out
    assert out.endswith("Nothing was changed. Put these right, then run the command again.\n")


def test_without_a_terminal_nothing_is_asked(
    rpac: Callable[..., int], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A script says ``--yes``, or gets a usage error and nothing done."""
    monkeypatch.setattr("sys.stdin", io.StringIO("y\n"))

    assert rpac(PLAN) == 2
    assert "add --yes, or --plan" in capsys.readouterr().err


@pytest.mark.parametrize(("answer", "code"), [("y\n", 0), ("n\n", 3), ("\n", 3)])
def test_at_a_terminal_it_asks(
    rpac: Callable[..., int],
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    answer: str,
    code: int,
) -> None:
    """And no is the answer that a mere Enter gives."""
    terminal = io.StringIO(answer)
    terminal.isatty = lambda: True  # type: ignore[method-assign]
    monkeypatch.setattr("sys.stdin", terminal)

    assert code == rpac(PLAN, agreed=code == 0)
    assert ("nothing was changed" in capsys.readouterr().err) is (code == 3)


def test_with_yes_it_is_done(rpac: Callable[..., int], capsys: pytest.CaptureFixture[str]) -> None:
    """After the plan was shown."""
    assert rpac(PLAN, "--yes") == 0
    assert capsys.readouterr().out.endswith("\ncounter 2.0.0 is installed for count, recount\n")


def test_json_is_one_document(rpac: Callable[..., int], capsys: pytest.CaptureFixture[str]) -> None:
    """Of a plan, of what was done, and of what stands in the way."""
    rpac(PLAN, "--plan", "--json")
    planned = json.loads(capsys.readouterr().out)
    rpac(PLAN, "--yes", "--json")
    done = json.loads(capsys.readouterr().out)
    rpac(with_findings(WRONG), "--yes", "--json")
    stopped = json.loads(capsys.readouterr().out)

    assert planned | {"installed": "2.0.0"} == done
    assert [("E102", True)] == [(one["code"], one["new"]) for one in stopped["findings"]]


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [("2.0.0", "1.0.0", "-> 1.0.0, a DOWNGRADE"), ("2.0.0", "2.0.0", "-> 2.0.0, the same version")],
)
def test_what_is_no_upgrade_is_said(
    rpac: Callable[..., int], capsys: pytest.CaptureFixture[str], before: str, after: str, words: str
) -> None:
    """Nobody goes back a version without noticing."""
    rpac(UpgradePlan("counter", before, after, ("count",), (), (), ()), "--plan")
    out = capsys.readouterr().out

    assert words in out
    assert "No file has to be rewritten." in out


def test_a_way_back_that_does_not_fit_says_how_settings_were_called(
    rpac: Callable[..., int], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The installed version knows its renames; there are no migrations backwards."""
    rename = MigrationEntry(
        version="2.0.0", operations=({"op": "rename", "key": "old", "to": "new"},), before="", after=""
    )
    manifest = Manifest(
        kind="bot", name="counter", version="2.0.0", summary="", sdk_version="0", migrations=(rename,)
    )
    monkeypatch.setattr("rpa_commons.environments.locked", lambda *_: SimpleNamespace(manifest=manifest))
    changes = (UpgradeChange("removed", "new", "gone"),)
    finding = Finding("E101", "new", "unknown key")

    code = rpac(UpgradePlan("counter", "2.0.0", "1.0.0", ("count",), changes, (), (finding,)), "--plan")

    assert code == 1
    assert "1.0.0 is older and there are no migrations backwards" in (err := capsys.readouterr().err)
    assert err.rstrip().endswith("new was old")


def test_a_baseline_is_rewritten_and_nothing_installed(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The cooperation's own folder is recognised by its baseline.toml."""
    path = tmp_path / "bots" / "counter.toml"
    path.parent.mkdir()
    path.write_text("[settings]\nold = 1\n", encoding="utf-8")
    (tmp_path / "baseline.toml").write_text("", encoding="utf-8")
    texts = "[settings]\nold = 1\n", "[settings]\nnew = 1\n"
    file = FileMigration(path, "bots/counter.toml", *texts, "-old = 1\n+new = 1\n")
    plan = UpgradePlan("counter", "", "2.0.0", (), (), (file,), ())
    monkeypatch.setattr("rpa_commons.environments.plan_baseline_upgrade", lambda *_: plan)

    def run(*arguments: str) -> object:
        monkeypatch.setattr("sys.argv", ["rpac", "-C", str(tmp_path), "upgrade", "counter", *arguments])
        with pytest.raises(SystemExit) as caught:
            main()
        return caught.value.code

    assert run("--yes") == 2
    assert "name the WHEEL with --to" in capsys.readouterr().err
    assert run("--to", "x.whl", "--plan") == 0
    assert path.read_text(encoding="utf-8") == "[settings]\nold = 1\n"
    assert run("--to", "x.whl", "--yes") == 0
    assert path.read_text(encoding="utf-8") == "[settings]\nnew = 1\n"
    assert "rewrote bots/counter.toml" in capsys.readouterr().err


def test_a_baseline_with_findings_is_not_rewritten(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit code 1 or 5 means that nothing was done; members with older versions are named."""
    path = tmp_path / "counter.toml"
    path.write_text("old = 1\n", encoding="utf-8")
    (tmp_path / "baseline.toml").write_text("", encoding="utf-8")
    file = FileMigration(path, "counter.toml", "old = 1\n", "new = 1\n", DIFF)
    plan = UpgradePlan("counter", "", "2.0.0", (), (), (file,), (REFUSED,))
    monkeypatch.setattr("rpa_commons.environments.plan_baseline_upgrade", lambda *_: plan)
    arguments = ["upgrade", "counter", "--to", "x.whl", "--yes"]
    monkeypatch.setattr("sys.argv", ["rpac", "-C", str(tmp_path), *arguments])
    with pytest.raises(SystemExit) as caught:
        main()
    out = capsys.readouterr().out

    assert caught.value.code == 5
    assert path.read_text(encoding="utf-8") == "old = 1\n"
    assert "publish it when every member has upgraded" in out
    assert out.endswith("Nothing was changed. Put these right, then run the command again.\n")


def test_a_letter_shows_both_texts(rpac: Callable[..., int], capsys: pytest.CaptureFixture[str]) -> None:
    """Below the block that changed."""
    change = UpgradeChange("letter", "adults: end", "the block changed", diff="-Call 1\n+Call 2")
    plan = UpgradePlan("counter", "1.0.0", "2.0.0", ("count",), (change,), (), ())
    rpac(plan, "--plan")

    assert "  adults: end: the block changed\n      -Call 1\n      +Call 2\n" in capsys.readouterr().out
