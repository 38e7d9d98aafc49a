import json
import zipfile
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from click.testing import CliRunner, Result

from rpa_commons.capabilities import RpaCommonsError
from rpa_commons.cli import _main
from rpa_commons.cli.config.diff import _instance_text
from rpa_commons.manifest import Manifest, StepEntry
from rpa_commons.sdk import BotSettings, Field
from rpa_commons.sharing import DiffEntry, DiffRow, InstanceDiff

BASELINE = 'name = "DIGIT baseline"\nversion = "2026.1"\n'
STACK = '[PopulationRegister]\nconnector = "register-extract"\nsettings.file = "register.csv"\n'
COLUMNS = "".join(
    f'settings.columns.{name} = "{name}"\n' for name in ("cpr", "name", "birth_date", "status", "protected")
)


class Settings(BotSettings):
    """What the bot of these tests takes."""

    window_days: int = Field(10, ge=1, le=60, description="Look back.", unit="days")
    contact: str = Field(description="Who is asked.", personal=True)


def _manifest(version: str = "1.0.0", **changes: Any) -> Manifest:
    schema = Settings.model_json_schema()
    schema["properties"]["window_days"].update(changes.pop("window_days", {}))
    fields: dict[str, Any] = {
        "kind": "bot",
        "name": "greeter",
        "version": version,
        "summary": "Greets.",
        "sdk_version": "0.1.0",
        "steps": (StepEntry(name="compose", arguments=("move",), description="Writes the letter."),),
        "settings_schema": schema,
    }
    return Manifest(**(fields | changes))


def _wheel(folder: Path, manifest: Manifest) -> Path:
    path = folder / f"{manifest.name}-{manifest.version}-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as archive:
        name = f"{manifest.name}-{manifest.version}.dist-info/extra_metadata/rpac.json"
        archive.writestr(name, manifest.to_json())
    return path


def _town(folder: Path, name: str, code: str, cvr: str, *lines: str) -> None:
    (folder / "bots").mkdir(parents=True)
    head = (
        f'name = "{name}"\ncode = "{code}"\ncvr = "{cvr}"\ncooperation = "DIGIT"\nbaseline = "../baseline"\n'
    )
    (folder / "municipality.toml").write_text(
        f'{head}state_dir = "../../state"\n[letterhead]\nname = "{name} Kommune"\n', encoding="utf-8"
    )
    text = "\n".join(
        [
            'bot = "greeter"',
            f'id = "0b6f0c1e-2c9c-4c0e-9f3d-6d1f1e8f{code}"',
            "[settings]",
            'contact = "Sigrun"',
            *lines,
            "",
        ]
    )
    (folder / "bots/greeter.toml").write_text(text, encoding="utf-8")
    lock = f'[[bot]]\nname = "greeter"\nversion = "1.0.0"\nmanifest_sha256 = "{_manifest().digest}"\n'
    (folder / "rpac.lock").write_text(lock, encoding="utf-8")


@pytest.fixture(autouse=True)
def _fleet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two members, their baseline, and the two wheels; the bot counts as installed."""
    monkeypatch.chdir(tmp_path)
    members = tmp_path / "members"
    (members / "baseline").mkdir(parents=True)
    (members / "baseline/baseline.toml").write_text(BASELINE, encoding="utf-8")
    _town(members / "roskilde", "Roskilde", "0265", "29189404", "window_days = 40")
    _town(members / "hvidovre", "Hvidovre", "0167", "55606617")
    _wheel(tmp_path, _manifest())

    def locked(municipality: object, bot: str) -> SimpleNamespace:
        if bot != "greeter":
            raise RpaCommonsError(f"{bot} is not installed", remedy="")
        return SimpleNamespace(manifest=_manifest())

    monkeypatch.setattr("rpa_commons.environments.locked", locked)


def _rpac(*words: str) -> Result:
    return CliRunner().invoke(_main.cli, list(words), standalone_mode=False)


def _code(result: Result) -> Any:
    if result.exception is None:
        return result.return_value or 0
    return getattr(result.exception, "exit_code", result.exception)


def _check(tmp_path: Path, manifest: Manifest, *words: str) -> Result:
    return _rpac("fleet", "check", str(_wheel(tmp_path, manifest)), "--members", "members", *words)


def test_a_version_that_fits_everybody_ends_with_zero(tmp_path: Path) -> None:
    """One line for each member, with the version it runs and the one it would run."""
    result = _check(tmp_path, _manifest("1.1.0"))

    assert 0 == _code(result)
    assert [
        "greeter 1.1.0 against 2 members, each for production",
        "",
        "0167 Hvidovre  works                     1.0.0 -> 1.1.0",
        "0265 Roskilde  works                     1.0.0 -> 1.1.0",
        "members/baseline: not looked at, a baseline",
        "",
        "greeter 1.1.0: works: 2",
        "",
    ] == result.stdout.split("\n")


def test_a_version_that_breaks_somebody_ends_with_one(tmp_path: Path) -> None:
    """The member, its own line, and what the others will notice."""
    result = _check(tmp_path, _manifest("2.0.0", window_days={"maximum": 30, "default": 14}))

    assert 1 == _code(result)
    assert "0167 Hvidovre  works, something changes  1.0.0 -> 2.0.0" in result.stdout
    assert "0265 Roskilde  breaks                    1.0.0 -> 2.0.0  1 finding\n" in result.stdout
    assert "    members/roskilde/bots/greeter.toml:5: E202 window_days:" in result.stdout
    assert (
        "    changes: window_days: the default changes from 10 to 14, and nobody overrides it"
        in result.stdout
    )
    assert result.stdout.endswith("greeter 2.0.0: breaks: 1, works, something changes: 1\n")
    assert "Sigrun" not in result.stdout


def test_the_report_is_json_too(tmp_path: Path) -> None:
    """The same, for a script."""
    result = _check(tmp_path, _manifest("2.0.0", window_days={"maximum": 30}), "--json")
    document = json.loads(result.stdout)

    assert 1 == _code(result)
    assert {"breaks": 1, "works": 1} == document["counts"]


def test_published_members_are_checked_from_what_they_published(tmp_path: Path) -> None:
    """Publish both, then check: the same verdicts, with the same lines."""
    for name in ("roskilde", "hvidovre"):
        done = _rpac("-C", f"members/{name}", "config", "publish", "--to", "published")
        assert 0 == _code(done)
        assert done.stdout == ""
    newer = str(_wheel(tmp_path, _manifest("2.0.0", window_days={"maximum": 30})))
    words = ("fleet", "check", newer, "--members", "published")
    lost, found = _rpac(*words), _rpac(*words, "--baseline", "members/baseline")

    assert (1, 1) == (_code(lost), _code(found))
    assert "name it: --baseline DIR_OR_WHEEL" in lost.stdout
    assert "published/0265/bots/greeter.toml:5: E202 window_days:" in found.stdout
    assert "0167 Hvidovre  works " in found.stdout


def test_an_older_wheel_elsewhere_can_be_named(tmp_path: Path) -> None:
    """What changes can only be told with both versions at hand."""
    old = tmp_path / "greeter-1.0.0-py3-none-any.whl"
    (tmp_path / "archive").mkdir()
    moved = old.rename(tmp_path / "archive" / old.name)
    newer = _manifest("2.0.0", window_days={"default": 14})
    without, given = _check(tmp_path, newer), _check(tmp_path, newer, "--was", str(moved))

    assert "the wheel of 1.0.0, which it runs, is not at hand" in without.stdout
    assert "the default changes from 10 to 14" in given.stdout


@pytest.mark.parametrize("content", [b"no wheel", b""])
def test_a_wheel_without_manifest_is_an_error_of_use(tmp_path: Path, content: bytes) -> None:
    """Nothing is checked against something else."""
    path = tmp_path / "x-1.0.0-py3-none-any.whl"
    path.write_bytes(content)
    result = _rpac("fleet", "check", str(path), "--members", "members")

    assert 2 == _code(result)


def test_a_baseline_is_no_bot(tmp_path: Path) -> None:
    """A fleet is checked against a bot; a wheel of another kind is refused by its kind."""
    result = _check(tmp_path, _manifest("2.0.0", kind="baseline"))

    assert 2 == _code(result)
    assert "is a baseline" in str(result.exception)


def test_a_folder_without_members_is_an_error_of_use(tmp_path: Path) -> None:
    """Not a success over nobody."""
    (tmp_path / "empty").mkdir()
    wheel = str(_wheel(tmp_path, _manifest()))

    assert 2 == _code(_rpac("fleet", "check", wheel, "--members", "empty"))


def test_a_dry_run_prints_what_would_be_written(tmp_path: Path) -> None:
    """Exactly the bytes, file by file, and nothing is written."""
    shown = _rpac("-C", "members/roskilde", "config", "publish", "--dry-run")
    as_json = _rpac("-C", "members/roskilde", "config", "publish", "--dry-run", "--json")
    _rpac("-C", "members/roskilde", "config", "publish", "--to", "published")
    written = {
        path.relative_to(tmp_path / "published/0265").as_posix(): path.read_text(encoding="utf-8")
        for path in (tmp_path / "published/0265").rglob("*")
        if path.is_file()
    }

    assert written == json.loads(as_json.stdout)["files"]
    assert "".join(f"==> 0265/{name} <==\n{written[name]}\n" for name in sorted(written)) == shown.stdout
    assert "Sigrun" not in shown.stdout


def test_publishing_nowhere_is_an_error_of_use() -> None:
    """It says which of the two options is wanted."""
    result = _rpac("-C", "members/roskilde", "config", "publish")

    assert 2 == _code(result)
    assert "--to DIR" in str(result.exception)


def test_what_publishing_cannot_know_is_said(tmp_path: Path) -> None:
    """A bot that is not installed here: all withheld, told on stderr with the reason."""
    path = tmp_path / "members/roskilde/bots/greeter.toml"
    path.write_text(path.read_text(encoding="utf-8").replace("greeter", "other"), encoding="utf-8")
    result = _rpac("-C", "members/roskilde", "config", "publish", "--dry-run")

    assert (
        "bot instance greeter: all its settings are withheld, since other is not installed" in result.stderr
    )


@pytest.mark.parametrize(
    ("words", "line"),
    [
        (("roskilde", "hvidovre"), "    A  40  (bots/greeter.toml:5)"),
        (("Hvidovre", "Roskilde"), "    B  40  (bots/greeter.toml:5)"),
        ((), "    A  40  (bots/greeter.toml:5)"),
        (("baseline",), "    B  10  (greeter 1.0.0 Settings.window_days)"),
        (("roskilde", "baseline", "greeter"), "B: DIGIT baseline 2026.1"),
        (("hvidovre", "baseline"), "B: DIGIT baseline 2026.1"),
    ],
)
def test_a_difference_is_shown_with_both_places(words: tuple[str, ...], line: str) -> None:
    """Two members by folder or name, or one and its baseline."""
    result = _rpac("-C", "members/roskilde", "config", "diff", *words)

    assert 0 == _code(result)
    assert line in result.stdout.split("\n")
    assert "Sigrun" not in result.stdout


def test_equal_configurations_say_so(tmp_path: Path) -> None:
    """No difference is an answer too; with --all every value is shown as the same."""
    result = _rpac("-C", "members/roskilde", "config", "diff", "roskilde", "roskilde")
    everything = _rpac("-C", "members/roskilde", "config", "diff", "roskilde", "roskilde", "--all")

    assert result.stdout.endswith("no difference\n")
    assert "  window_days  (the same)" in everything.stdout


def test_a_difference_is_json_too() -> None:
    """The same, for a script."""
    result = _rpac("-C", "members/roskilde", "config", "diff", "hvidovre", "roskilde", "--json")
    document = json.loads(result.stdout)

    assert ("Hvidovre", "Roskilde") == (document["left"], document["right"])
    assert ["window_days"] == [one["key"] for one in document["instances"][0]["entries"]]


def test_a_lock_without_records_says_so(tmp_path: Path) -> None:
    """An older lock keeps no values: nothing is called equal."""
    (tmp_path / "members/roskilde/rpac.lock").unlink()
    result = _rpac("-C", "members/roskilde", "config", "diff", "locked")

    assert 0 == _code(result)
    assert "rpac.lock records nothing of greeter" in result.stdout


def test_hooks_show_the_chain_of_each_step(tmp_path: Path) -> None:
    """The wrapper with its line, then the bot's own step with what it takes."""
    hook = tmp_path / "members/roskilde/hooks/greeter.py"
    hook.parent.mkdir()
    hook.write_text(
        "@hookimpl(wrapper=True, tryfirst=True)\ndef rpac_step_compose(step):\n    return (yield)\n\n\n"
        "@hookimpl\ndef rpac_run_started(instance, run_id):\n    pass\n",
        encoding="utf-8",
    )
    result = _rpac("-C", "members/roskilde", "hooks", "greeter")

    assert 0 == _code(result)
    assert "  1. rpac_step_compose  members/roskilde/hooks/greeter.py:2 (asks to be first)" in result.stdout
    assert "  2. the bot's own step (arguments: move)\n     Writes the letter." in result.stdout
    assert "Only looking on: rpac_run_started (line 7)" in result.stdout


def test_hooks_end_with_one_when_the_bot_would_not_start(tmp_path: Path) -> None:
    """A misspelt wrapper is a finding with a guess; --json has it too."""
    hook = tmp_path / "members/roskilde/hooks/greeter.py"
    hook.parent.mkdir()
    hook.write_text(
        "@hookimpl(wrapper=True)\ndef rpac_step_compsoe(step):\n    return (yield)\n", encoding="utf-8"
    )
    result = _rpac("-C", "members/roskilde", "hooks", "greeter")
    document = json.loads(_rpac("-C", "members/roskilde", "hooks", "greeter", "--json").stdout)

    assert 1 == _code(result)
    assert "did you mean rpac_step_compose?" in result.stdout
    assert ["E101"] == [one["code"] for one in document["findings"]]


def test_hooks_without_a_file_say_so() -> None:
    """Every step is the bot's own, and who asks sees it."""
    result = _rpac("-C", "members/hvidovre", "hooks", "greeter")

    assert 0 == _code(result)
    assert "No hook file: every step is the bot's own." in result.stdout
    assert "  nobody wraps it: the bot's own step (arguments: move)" in result.stdout


def _publish_both() -> None:
    for name in ("roskilde", "hvidovre"):
        _rpac("-C", f"members/{name}", "config", "publish", "--to", "published")


@pytest.mark.parametrize(
    "words",
    [
        ("-C", "members/roskilde", "config", "diff", "published/0265", "published/0167"),
        ("-C", "members/hvidovre", "config", "diff", "published/0265", "hvidovre"),
        ("config", "diff", "published/0265", "published/0167", "--baseline", "members/baseline"),
    ],
)
def test_what_members_published_can_be_compared(words: tuple[str, ...]) -> None:
    """On the baseline of who asks, or on the one that a coordinator names."""
    _publish_both()
    result = _rpac(*words)

    assert "A: Roskilde\nB: Hvidovre" in result.output
    assert "  window_days\n    A  40  (bots/greeter.toml:5)\n    B  10  (" in result.output
    assert "  contact  (cannot tell)" in result.output


def test_a_published_member_is_compared_with_its_baseline() -> None:
    """It is read as who asks has the bot installed."""
    _publish_both()
    result = _rpac("-C", "members/hvidovre", "config", "diff", "published/0265", "baseline", "--json")
    found = json.loads(result.output)

    assert ("Roskilde", "DIGIT baseline 2026.1", []) == (found["left"], found["right"], found["notes"])
    assert {"contact", "window_days"} == {one["key"] for one in found["instances"][0]["entries"]}


def test_a_coordinator_is_told_which_baseline_is_missing() -> None:
    """The remedy names an option that this command has."""
    _publish_both()
    result = _rpac("config", "diff", "published/0265", "published/0167")

    assert 1 == _code(result)
    assert "help: name it: --baseline DIR_OR_WHEEL" in str(result.exception)


def test_an_own_folder_is_compared_as_production_with_a_published_one() -> None:
    """The environments of tests and sandboxes are not published, so they are not compared."""
    _publish_both()
    for environment, days in (("sandbox", 3), ("production", 4)):
        folder = Path("members/hvidovre/environments", environment, "bots")
        folder.mkdir(parents=True)
        (folder / "greeter.toml").write_text(f"[settings]\nwindow_days = {days}\n", encoding="utf-8")
    own = Path("members/hvidovre/municipality.toml")
    own.write_text('environment = "sandbox"\n' + own.read_text(encoding="utf-8"), encoding="utf-8")
    result = _rpac("-C", "members/hvidovre", "config", "diff", "hvidovre", "published/0265")
    alone = _rpac("-C", "members/hvidovre", "config", "diff")

    assert "    A  4  (environments/production/bots/greeter.toml:2)" in result.output
    assert "    A  3  (environments/sandbox/bots/greeter.toml:2)" in alone.output


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("baseline", "greter"), "there is no bot instance 'greter'"),
        (("nowhere",), "there is no municipality 'nowhere' here"),
    ],
)
def test_a_misspelt_name_is_an_error_of_use(words: tuple[str, ...], message: str) -> None:
    """Of an instance or of a municipality: never a comparison of nothing."""
    result = _rpac("-C", "members/roskilde", "config", "diff", *words)

    assert 2 == _code(result)
    assert message in str(result.exception)


@pytest.mark.parametrize(
    ("words", "title"),
    [
        (("hvidovre",), "A: Roskilde\nB: Hvidovre\n"),
        (("../hvidovre",), "A: Roskilde\nB: Hvidovre\n"),
        (("roskilde",), "A: Roskilde\nB: DIGIT baseline 2026.1\n"),
        (("../roskilde",), "A: Roskilde\nB: DIGIT baseline 2026.1\n"),
        (("baseline", "greeter"), "A: Roskilde\nB: DIGIT baseline 2026.1\n"),
        (("hvidovre", "roskilde", "greeter"), "A: Hvidovre\nB: Roskilde\n"),
    ],
)
def test_one_municipality_alone_is_compared_with_this_one(words: tuple[str, ...], title: str) -> None:
    """With itself there is nothing to compare: then its baseline is the other side."""
    result = _rpac("-C", "members/roskilde", "config", "diff", *words)

    assert 0 == _code(result)
    assert result.stdout.startswith(title)


def test_a_coordinator_compares_one_municipality_with_its_baseline() -> None:
    """Whoever stands in no municipality has nothing of their own to compare with."""
    result = _rpac("config", "diff", "members/roskilde")

    assert result.stdout.startswith("A: Roskilde\nB: DIGIT baseline 2026.1\n")


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("baseline", "hvidovre"), "the municipality comes first, as in `hvidovre baseline`"),
        (("locked", "baseline"), "the municipality comes first"),
        (("baseline", "hvidovre", "greeter"), "as in `hvidovre baseline greeter`"),
        (("roskilde", "hvidovre", "nonsense"), "there is no bot instance 'nonsense'"),
        (("roskilde", "nonsense"), "there is no municipality 'nonsense' here"),
        (("baseline", "nonsense"), "there is no bot instance 'nonsense'"),
        (("roskilde", "baseline", "nonsense"), "there is no bot instance 'nonsense'"),
    ],
)
def test_words_in_another_order_or_too_many_are_errors_of_use(words: tuple[str, ...], message: str) -> None:
    """Never a comparison of something that was not asked for."""
    result = _rpac("-C", "members/roskilde", "config", "diff", *words)

    assert 2 == _code(result)
    assert message in str(result.exception)
    assert not result.stdout


def test_settings_left_out_and_rows_of_tables_are_told() -> None:
    """How many settings of differing connectors there are; a long table is cut, with the way to the rest."""
    rows = tuple(DiffRow("left", f"a = {number}", f"tables/x.csv:{number}") for number in range(25))
    entry = DiffEntry("desks", None, None, differs=True, different_rows=25, rows=rows)
    text = _instance_text(
        InstanceDiff("greeter", "greeter", "hello", (entry,), passed_over={"DigitalPost": 1})
    )

    assert "greeter / hello (greeter)\n  desks  25 rows differ\n" in text
    assert "      only A: a = 19  (tables/x.csv:19)\n      and 5 more, which --json shows\n" in text
    assert "  1 setting of DigitalPost: not shown, the connectors differ; --all shows them" in text
    assert {"side": "left", "words": "a = 0", "origin": "tables/x.csv:0"} == entry.to_json()["rows"][0]
