import zipfile
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from rpa_commons.cli import _main
from rpa_commons.manifest import Manifest
from rpa_commons.sdk import BotSettings, Field

STACK = '[PopulationRegister]\nconnector = "register-extract"\n'
POLICY = '[[policy]]\nkey = "window_days"\nmax = 90\nwhy = "minimisation"\nowner = "DPO"\n'


class Settings(BotSettings):
    """What the bot of these tests takes."""

    window_days: int = Field(10, ge=1, le=60, description="Look back.", unit="days")


def _manifest(version: str = "1.0.0", **window_days: Any) -> Manifest:
    schema = Settings.model_json_schema()
    schema["properties"]["window_days"].update(window_days)
    return Manifest(
        kind="bot",
        name="greeter",
        version=version,
        summary="Greets.",
        sdk_version="0.1.0",
        settings_schema=schema,
    )


def _bot_wheel(manifest: Manifest) -> str:
    name = f"{manifest.name}-{manifest.version}"
    with zipfile.ZipFile(f"{name}-py3-none-any.whl", "w") as archive:
        archive.writestr(f"{name}.dist-info/extra_metadata/rpac.json", manifest.to_json())
    return f"{name}-py3-none-any.whl"


def _town(name: str, code: str, *lines: str) -> None:
    folder = Path("members", name.casefold())
    (folder / "bots").mkdir(parents=True)
    head = f'name = "{name}"\ncode = "{code}"\ncvr = "29189404"\nbaseline = "../../baseline"\n'
    (folder / "municipality.toml").write_text(
        f'{head}state_dir = "../../state"\n[letterhead]\nname = "{name} Kommune"\n', encoding="utf-8"
    )
    text = [f'bot = "greeter"\nid = "0b6f0c1e-2c9c-4c0e-9f3d-6d1f1e8f{code}"\n[settings]', *lines, ""]
    (folder / "bots/greeter.toml").write_text("\n".join(text), encoding="utf-8")
    lock = f'[[bot]]\nname = "greeter"\nversion = "1.0.0"\nmanifest_sha256 = "{_manifest().digest}"\n'
    (folder / "rpac.lock").write_text(lock, encoding="utf-8")


@pytest.fixture(autouse=True)
def _fleet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two members, their baseline with a policy that says nothing, and the wheel they run."""
    monkeypatch.chdir(tmp_path)
    Path("baseline").mkdir()
    Path("baseline/baseline.toml").write_text(
        'name = "DIGIT baseline"\nversion = "2026.1"\n', encoding="utf-8"
    )
    Path("baseline/policies.toml").write_text(POLICY, encoding="utf-8")
    _town("Hvidovre", "0167")
    _town("Roskilde", "0265")
    _bot_wheel(_manifest())


def _check(manifest: Manifest, *words: str) -> tuple[Any, Result]:
    words = ("fleet", "check", _bot_wheel(manifest), "--members", "members", *words)
    result = CliRunner().invoke(_main.cli, list(words), standalone_mode=False)
    assert result.exception is None
    return result.return_value or 0, result


def test_the_cooperations_warning_is_printed_once() -> None:
    """Under the cooperation, for those who can act on it; the members work."""
    code, result = _check(_manifest("1.1.0"))

    assert 0 == code
    assert 1 == result.stdout.count("W302")
    assert "\nthe cooperation, whose files all members lie on\n  baseline/policies.toml:" in result.stdout
    assert result.stdout.endswith("greeter 1.1.0: works: 2\n")


def test_a_file_in_the_baselines_wheel_is_told_by_the_wheels_name(pack_baseline: Any) -> None:
    """The folder it was unpacked into is gone when somebody reads the report."""
    shared = {"policies.toml": POLICY, "bots/greeter.toml": "[settings]\nwindow_days = 40\n"}
    words = ["--baseline", str(pack_baseline(Path(), shared))]
    code, result = _check(_manifest("2.0.0", maximum=20), *words)
    _, as_json = _check(_manifest("2.0.0", maximum=20), *words, "--json")

    assert 1 == code
    assert "  digit_baseline-2026.1-py3-none-any.whl/policies.toml:" in result.stdout
    assert "  digit_baseline-2026.1-py3-none-any.whl/bots/greeter.toml:2: E202" in result.stdout
    assert 2 == result.stdout.count("E202 window_days: see the cooperation, above")
    assert "rpac-fleet-" not in result.stdout + as_json.stdout


def test_who_was_broken_before_does_not_fail_the_check() -> None:
    """Said as such, beside those that work."""
    Path("members/roskilde/bots/greeter.toml").write_text(
        'bot = "greeter"\nid = "0b6f0c1e-2c9c-4c0e-9f3d-6d1f1e8f0265"\n[settings]\nwindow_days = 80\n',
        encoding="utf-8",
    )
    code, result = _check(_manifest("1.1.0"))

    assert 0 == code
    assert "0265 Roskilde  broken already            1.0.0 -> 1.1.0  1 finding" in result.stdout
    assert "60 days (without the new version too)\n" in result.stdout


def test_the_environment_is_said() -> None:
    """Production, whatever the members use otherwise."""
    _, result = _check(_manifest("1.1.0"))

    assert result.stdout.startswith("greeter 1.1.0 against 2 members, each for production\n")
