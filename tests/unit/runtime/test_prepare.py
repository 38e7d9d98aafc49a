"""Before a worker starts: what stops a run and only warns a plan, and what is said on the way."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from rpa_commons.cli._worker import prepared_for
from rpa_commons.config import ConfigError, Finding
from rpa_commons.runtime import Prepared, launch, prepare

ALONE = Finding("E304", "limit", "only Anna has said so", Path("roskilde/bots/letters.toml"), 7)
MISSING = Finding("E402", "password", "secret missing", Path("roskilde/bots/letters.toml"), 8)
OLD = Finding("W101", "limt", "deprecated", Path("roskilde/bots/letters.toml"), 9)
NOWHERE: Any = SimpleNamespace(
    folder=Path(), state_dir=Path("no such folder"), instances=lambda: ("letters",)
)


@pytest.fixture
def finds(monkeypatch: pytest.MonkeyPatch) -> dict[str, list[Finding]]:
    """What the configuration's own checks find; everything else is in order."""
    found: dict[str, list[Finding]] = {"alone": [], "secrets": [], "warnings": []}
    resolved = SimpleNamespace(warnings=found["warnings"], environment="production")
    monkeypatch.setattr(launch, "resolved_for", lambda *_: resolved)
    monkeypatch.setattr(launch, "secret_findings", lambda *_: found["secrets"])
    monkeypatch.setattr(launch, "unconfirmed", lambda *_: tuple(found["alone"]))
    monkeypatch.setattr(launch, "job_of", lambda *_, **__: "job")
    monkeypatch.setattr(launch, "python_of", lambda *_: Path("python"))
    monkeypatch.setattr(launch, "refuse_unready_connectors", lambda *_: None)
    monkeypatch.setattr(launch, "worker_environment", lambda _: {})
    return found


def test_a_run_waits_for_the_second_person(finds: dict[str, list[Finding]]) -> None:
    """Nothing is misspelt, so it is a refusal: exit code 5."""
    finds["alone"].append(ALONE)

    with pytest.raises(ConfigError) as caught:
        prepare(NOWHERE, "letters", mode="run")

    assert caught.value.exit_code == 5
    assert caught.value.findings == (ALONE,)


def test_a_missing_secret_weighs_more_than_a_missing_person(finds: dict[str, list[Finding]]) -> None:
    """Both are told at once."""
    finds["alone"].append(ALONE)
    finds["secrets"].append(MISSING)

    with pytest.raises(ConfigError) as caught:
        prepare(NOWHERE, "letters", mode="run")

    assert caught.value.exit_code == 1
    assert caught.value.findings == (ALONE, MISSING)


def test_a_plan_warns_of_what_a_run_would_be_refused_for(finds: dict[str, list[Finding]]) -> None:
    """It shows what a value does before a second person says yes."""
    finds["alone"].append(ALONE)

    assert prepare(NOWHERE, "letters", mode="plan").warnings == (ALONE,)


def test_warnings_of_the_configuration_come_along(finds: dict[str, list[Finding]]) -> None:
    """They stop nothing."""
    finds["warnings"].append(OLD)

    assert prepare(NOWHERE, "letters", mode="run").warnings == (OLD,)


def test_a_command_says_them_on_the_way_once(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """On standard error: the result stays what it was."""
    prepared = Prepared(SimpleNamespace(), Path("python"), {}, warnings=(OLD,))  # type: ignore[arg-type]  # not started
    monkeypatch.setattr("rpa_commons.runtime.prepare", lambda *_, **__: prepared)

    prepared_for(NOWHERE, "letters", mode="run")

    said = capsys.readouterr()
    assert said.out == ""
    assert said.err == "roskilde/bots/letters.toml:9: W101 limt: deprecated\n"


def test_a_setting_that_is_not_given_asks_for_no_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a binding count the settings with a value: a default of none is no setting that needs something."""
    asked: list[Any] = []
    monkeypatch.setattr(launch, "refuse_unready", lambda *given: asked.append(given))
    settings = {"url": "https://x", "receipts_queue": None}
    binding = SimpleNamespace(connector="sf1601", settings=settings)
    resolved: Any = SimpleNamespace(bot="letters", bindings={"DigitalPost": binding})

    launch.refuse_unready_connectors(NOWHERE, resolved)

    assert asked == [(NOWHERE, "letters", {"sf1601": ["url"]})]
