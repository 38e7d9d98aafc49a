"""``rpac install`` and ``rpac build`` at the command line: words, JSON and exit codes."""

from pathlib import Path

import pytest

from rpa_commons.cli import main
from rpa_commons.cli.install import _as_json, _sentence
from rpa_commons.environments import InstalledBot
from rpa_commons.manifest import Manifest

BOT = InstalledBot(
    name="counter",
    version="1.1.0",
    sha256="a" * 64,
    manifest=Manifest(kind="bot", name="counter", version="1.1.0", summary="", sdk_version="0.1.0"),
    instances=("count", "recount"),
    changed=True,
    before="1.0.0",
)


def rpac(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> int:
    """Run ``rpac`` and return its exit code."""
    monkeypatch.setattr("sys.argv", ["rpac", *arguments])
    with pytest.raises(SystemExit) as caught:
        main()
    assert isinstance(caught.value.code, int)
    return caught.value.code


def test_an_upgrade_names_both_versions() -> None:
    """The person at the screen sees what was replaced, and for which instances."""
    assert _sentence(BOT).splitlines()[0] == "installed counter 1.1.0 (was 1.0.0): for count, recount"


def test_an_upgrade_with_migrations_says_how_the_files_follow() -> None:
    """Installing alone rewrites no file."""
    from dataclasses import replace

    from rpa_commons.sdk import Migration, rename

    migration = Migration("1.1.0", rename("a", "b"), before="a = 1", after="b = 1").entry
    bot = replace(BOT, manifest=BOT.manifest.model_copy(update={"migrations": (migration,)}))

    assert _sentence(bot).endswith("rpac upgrade count --plan")
    assert "rpac upgrade" not in _sentence(replace(bot, before=""))


def test_a_repetition_says_that_nothing_was_done() -> None:
    """Installing the same again is no error and no work."""
    from dataclasses import replace

    assert _sentence(replace(BOT, changed=False)).startswith("counter 1.1.0 is already installed")


def test_a_bot_without_instances_says_what_is_missing() -> None:
    """A wheel alone runs nothing: an instance file does."""
    from dataclasses import replace

    assert "`rpac config init counter` begins one" in _sentence(replace(BOT, instances=()))


def test_json_holds_what_a_script_needs() -> None:
    """Names, hashes and whether anything changed."""
    document = _as_json(BOT)

    assert document["name"] == "counter"
    assert document["instances"] == ["count", "recount"]
    assert document["changed"] is True
    assert document["manifest_sha256"] == BOT.manifest.digest


def test_outside_a_municipality_the_remedy_is_the_folder(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The usual mistake is to stand in the wrong folder."""
    code = rpac(monkeypatch, "-C", str(tmp_path), "install", "a.whl")

    assert code == 1
    assert "rpac -C DIR" in capsys.readouterr().err


def test_upgrade_without_a_wheel_is_a_usage_error(monkeypatch: pytest.MonkeyPatch) -> None:
    """What would move must be named."""
    assert rpac(monkeypatch, "install", "--upgrade") == 2


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (None, "it has no pyproject.toml"),
        ("[", "cannot be read"),
        ("", "[project] has no name"),
        ('[project]\nname = "x"\n', "it has no entry point in the group rpa_commons"),
        ('[project]\nname = "x"\n', "[tool.hatch.build.targets.wheel.extra-metadata]"),
        (
            '[tool.hatch.build.targets.wheel.extra-metadata]\n"../rpac.json" = "rpac.json"\n',
            "leads out of the plugin's folder",
        ),
    ],
)
def test_a_project_that_cannot_be_built_says_what_to_add(
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    text: str | None,
    problem: str,
) -> None:
    """The project file is read before any environment is made."""
    if text is not None:
        (tmp_path / "pyproject.toml").write_text(text, encoding="utf-8")

    code = rpac(monkeypatch, "build", str(tmp_path))

    assert code == 1
    assert problem in capsys.readouterr().err
