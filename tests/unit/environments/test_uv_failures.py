"""uv's failures become one sentence and the next thing to do."""

import os
from pathlib import Path

import pytest

from rpa_commons.environments import InstallError, UvError
from rpa_commons.environments._uv import Uv, _environment, _failure, plain_environment


@pytest.mark.parametrize(
    ("output", "message", "remedy"),
    [
        (
            "error: write failed\n  Caused by: No space left on device (os error 28)",
            "no space left",
            "make room",
        ),
        ("error: There is not enough space on the disk. (os error 112)", "no space left", "make room"),
        ("error: Failed to fetch: `https://pypi.org/simple/x/`", "index cannot be reached", "HTTPS_PROXY"),
        ("  Caused by: dns error: failed to lookup address", "index cannot be reached", "UV_DEFAULT_INDEX"),
        ("error: Hash mismatch for `click==8`", "Hash mismatch", "check the index"),
        ("  x No solution found when resolving dependencies", "No solution found", "name the package"),
    ],
)
def test_a_failure_says_why_and_what_next(output: str, message: str, remedy: str) -> None:
    """Full disk, no network, wrong hash and no solution are told apart."""
    error = _failure("resolving quiet-bot", output, offline=False)

    assert message in error.message
    assert remedy in error.remedy


def test_offline_points_at_the_cache() -> None:
    """Without a network the remedy is to fill the cache, not to check the proxy."""
    error = _failure("resolving quiet-bot", "Failed to fetch x", offline=True)

    assert "not everything is in uv's cache" in error.message
    assert "without --offline" in error.remedy


def test_a_wall_of_text_is_cut() -> None:
    """The end of uv's words says why; the start may be pages of downloads."""
    error = _failure("resolving", "x" * 100_000 + "the reason", offline=False)

    assert len(error.message) < 5000
    assert error.message.endswith("the reason")


def test_uv_answers() -> None:
    """The uv package's own binary is found without the PATH."""
    assert Uv().run("asking for the version", ["--version"]).startswith("uv ")


def test_uv_refuses_with_its_own_words() -> None:
    """A command that uv does not know is an error that quotes it."""
    with pytest.raises(UvError, match="unrecognized subcommand"):
        Uv().run("misspelling", ["no-such-command"])


def test_a_missing_uv_is_told_with_the_way_to_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever installed rpac without its dependencies is told the one command."""

    def nowhere() -> str:
        raise FileNotFoundError

    monkeypatch.setattr("uv.find_uv_bin", nowhere)

    with pytest.raises(InstallError) as caught:
        Uv().run("asking", ["--version"])

    assert "pip install uv" in caught.value.remedy


def test_find_links_are_given_as_absolute_paths(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Uv works in a folder of its own, where a relative path would lead nowhere."""
    (tmp_path / "wheels").mkdir()
    monkeypatch.chdir(tmp_path)

    with pytest.raises(UvError, match="not everything is in uv's cache") as caught:
        Uv(offline=True, find_links=(Path("wheels"),)).run(
            "resolving",
            ["pip", "compile", "-", "--no-index"],
            resolving=True,
            stdin="no-such-package-at-all\n",
        )

    assert "No such file" not in caught.value.output


def test_plugin_code_does_not_see_our_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    """A process that imports a plugin gets enough of the environment to run, and nothing else."""
    monkeypatch.setenv("RPAC_JOURNAL_KEY", "secret")

    assert "RPAC_JOURNAL_KEY" not in plain_environment()
    assert plain_environment()["PATH"] == os.environ["PATH"]


def test_uv_does_not_work_on_the_environment_around_us(monkeypatch: pytest.MonkeyPatch) -> None:
    """An activated environment must not become the one that is changed."""
    monkeypatch.setenv("VIRTUAL_ENV", "somewhere")

    assert "VIRTUAL_ENV" not in _environment()
    assert _environment()["UV_PYTHON_DOWNLOADS"] == "never"
