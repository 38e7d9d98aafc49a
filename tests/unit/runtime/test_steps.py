"""Plugins and the steps that a municipality wraps."""

from collections.abc import Iterator
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

from rpa_commons.runtime._errors import BotMistake, RunRefusedError, Vetoed
from rpa_commons.runtime._steps import Plugins, Steps
from rpa_commons.sdk import Bot, BotSettings, StepCall, hookimpl, step


class Settings(BotSettings):
    """None."""


class Careful(Bot[Settings]):
    """Has one step."""

    name = "careful"

    @step
    def compose(self, text: str) -> str:
        """A step."""
        return text


class Stepless(Bot[Settings]):
    """Has no step."""

    name = "stepless"


HOOK = """
from rpa_commons.sdk import Veto, hookimpl

@hookimpl(wrapper=True)
def rpac_step_compose(step):
    if step.arguments["text"] == "no":
        raise Veto("not here")
    step.arguments["text"] += "!"
    return (yield) + "?"
"""


@pytest.fixture
def hook(tmp_path: Path) -> Path:
    """A municipality's hook file."""
    path = tmp_path / "careful.py"
    path.write_text(HOOK, encoding="utf-8")
    return path


def _plugin(monkeypatch: pytest.MonkeyPatch, **hooks: Any) -> None:
    module = ModuleType("plugin")
    for name, hook in hooks.items():
        setattr(module, name, hookimpl(hook))
    entry = SimpleNamespace(name="plugin", load=lambda: module)
    monkeypatch.setattr("importlib.metadata.entry_points", lambda **_: [entry])


def test_a_step_without_a_hook_file_runs_as_it_is() -> None:
    """Also for a bot that has no steps at all."""
    calls: list[str] = []

    Steps(Careful).call(StepCall("compose", {"text": "a"}), lambda arguments: calls.append(arguments["text"]))

    assert calls == ["a"]
    assert Steps(Stepless).sha256 is None


def test_a_wrapper_stands_around_the_step_which_runs_once(hook: Path) -> None:
    """Arguments before it, its result after it."""
    calls: list[str] = []

    def inner(arguments: Any) -> str:
        calls.append(arguments["text"])
        return str(arguments["text"])

    result = Steps(Careful, hook).call(StepCall("compose", {"text": "a"}), inner)

    assert (result, calls) == ("a!?", ["a!"])


def test_a_veto_cannot_be_caught_by_the_bot(hook: Path) -> None:
    """It comes as a signal, and the step has not run."""
    calls: list[Any] = []

    with pytest.raises(Vetoed, match="not here") as caught:
        Steps(Careful, hook).call(StepCall("compose", {"text": "no"}), calls.append)

    assert not isinstance(caught.value, Exception)
    assert calls == []


def test_a_misspelt_hook_of_a_plugin_is_refused_with_a_guess(monkeypatch: pytest.MonkeyPatch) -> None:
    """Otherwise its bots would silently be none."""
    _plugin(monkeypatch, rpac_bot=lambda: (Careful,))

    with pytest.raises(RunRefusedError, match="implements rpac_bot") as caught:
        Plugins()

    assert caught.value.remedy == "did you mean rpac_bots?"


def test_a_plugin_that_cannot_be_imported_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """With the class of what went wrong."""

    def load() -> ModuleType:
        raise ImportError("no module named x")

    monkeypatch.setattr(
        "importlib.metadata.entry_points", lambda **_: [SimpleNamespace(name="broken", load=load)]
    )

    with pytest.raises(RunRefusedError, match="plugin broken cannot be loaded: ImportError"):
        Plugins()


def test_a_bot_that_no_plugin_ships_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """And one that is shipped is found by its name."""
    _plugin(monkeypatch, rpac_bots=lambda: (Careful,))

    assert Plugins().bot("careful") is Careful
    with pytest.raises(RunRefusedError, match="ships the bot other"):
        Plugins().bot("other")


def test_two_connectors_of_one_name_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """Which of them would serve must not depend on the order of imports."""
    twins = [SimpleNamespace(name="ledger"), SimpleNamespace(name="ledger")]
    _plugin(monkeypatch, rpac_connectors=lambda: twins)

    with pytest.raises(RunRefusedError, match="same name"):
        Plugins().connectors()


def test_observers_see_and_one_that_fails_stops_nobody(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Only its class is logged."""
    seen: list[str] = []

    def failing(run_id: str) -> None:
        seen.append(run_id)
        raise ValueError("2211771212")

    _plugin(monkeypatch, rpac_run_started=failing)

    Plugins().observe("rpac_run_started", instance="letters", run_id="7")

    assert seen == ["7"]
    assert "ValueError" in caplog.text
    assert "2211771212" not in caplog.text


def test_wrappers_are_generators(hook: Path) -> None:
    """As pluggy wants new-style wrappers to be; the file's digest is kept."""
    steps = Steps(Careful, hook)
    wrapper = vars(steps.module)["rpac_step_compose"] if steps.module else None

    assert callable(wrapper)
    assert isinstance(wrapper(StepCall("compose", {"text": "a"})), Iterator)
    assert len(steps.sha256 or "") == 64


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ('step.arguments["txt"] = "b"', "rpac_step_compose sets 'txt', .* compose: did you mean text?"),
        ('step.arguments["zzzz"] = "b"', "rpac_step_compose sets 'zzzz', .* compose: it has text"),
        ('del step.arguments["text"]', "rpac_step_compose takes away 'text', an argument of compose"),
    ],
)
def test_a_wrapper_with_another_argument_is_told_so(tmp_path: Path, change: str, said: str) -> None:
    """It is the hook's mistake and not the bot's; the step does not run."""
    path = tmp_path / "careful.py"
    path.write_text(HOOK.replace('step.arguments["text"] += "!"', change), encoding="utf-8")

    with pytest.raises(BotMistake, match=said):
        Steps(Careful, path).call(StepCall("compose", {"text": "a"}), lambda _: pytest.fail("it ran"))
