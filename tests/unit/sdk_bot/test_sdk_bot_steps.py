"""Named steps: what a municipality may wrap, and what a wrapper can and cannot do."""

import inspect
from collections.abc import Generator
from types import SimpleNamespace
from typing import Any

import pluggy
import pytest

from rpa_commons.sdk import Bot, BotSettings, StepCall, Veto, hookimpl, step, steps_of
from rpa_commons.sdk.hookspecs import PROJECT, step_hookspecs


class Settings(BotSettings):
    pass


class Greeter(Bot[Settings]):
    name = "greeter"
    calls = 0

    @step
    def choose(self, children: int, fallback: str = "adults") -> str:
        """Which letter."""
        self.calls += 1
        return "families" if children else fallback

    @step
    def adjust(self) -> None:
        """Answers nothing."""

    def plain(self) -> str:
        """No step."""
        return "not a step"


def test_steps_are_listed_with_their_arguments() -> None:
    """Only decorated methods are steps, and ``self`` is not one of their arguments."""
    steps = steps_of(Greeter)

    assert list(steps) == ["adjust", "choose"]
    assert list(steps["choose"].parameters) == ["children", "fallback"]


def test_a_step_keeps_its_docstring_and_signature() -> None:
    """The manifest describes a step by the method's own words."""
    assert Greeter.choose.__doc__ == "Which letter."
    assert "children" in inspect.signature(Greeter.choose).parameters


def test_a_step_without_wrapper_is_the_method(context: Any) -> None:
    """With no hook in the folder, the bot's own method answers."""
    bot = Greeter(Settings(), context, {})

    assert bot.choose(0) == "adults"
    assert bot.choose(2) == "families"


def test_arguments_reach_the_wrapper_by_name_with_defaults(context: Any) -> None:
    """A wrapper sees every argument by name, whether the bot wrote it or left the default."""
    seen = []

    @hookimpl(wrapper=True)
    def rpac_step_choose(step: StepCall) -> Generator[None, str, str]:
        seen.append(dict(step.arguments))
        return (yield)

    context.wrappers.append(SimpleNamespace(rpac_step_choose=rpac_step_choose))

    Greeter(Settings(), context, {}).choose(1)

    assert seen == [{"children": 1, "fallback": "adults"}]


def test_a_wrapper_may_change_arguments(context: Any) -> None:
    """What the wrapper puts into the arguments is what the method gets."""

    @hookimpl(wrapper=True)
    def rpac_step_choose(step: StepCall) -> Generator[None, str, str]:
        step.arguments["fallback"] = "seniors"
        return (yield)

    context.wrappers.append(SimpleNamespace(rpac_step_choose=rpac_step_choose))

    assert Greeter(Settings(), context, {}).choose(0) == "seniors"


def test_a_wrapper_may_change_the_answer(context: Any) -> None:
    """What the wrapper returns is what the bot goes on with; the method ran once."""

    @hookimpl(wrapper=True)
    def rpac_step_choose(step: StepCall) -> Generator[None, str, str]:
        return f"local-{(yield)}"

    context.wrappers.append(SimpleNamespace(rpac_step_choose=rpac_step_choose))
    bot = Greeter(Settings(), context, {})

    assert bot.choose(1) == "local-families"
    assert bot.calls == 1


def test_a_veto_stops_the_step_before_it_runs(context: Any) -> None:
    """A veto before ``yield`` reaches the runtime, and the method has not run."""

    @hookimpl(wrapper=True)
    def rpac_step_choose(step: StepCall) -> Generator[None, str, str]:
        raise Veto("somebody must look at this one")
        yield

    context.wrappers.append(SimpleNamespace(rpac_step_choose=rpac_step_choose))
    bot = Greeter(Settings(), context, {})

    with pytest.raises(Veto) as caught:
        bot.choose(1)

    assert caught.value.reason == "somebody must look at this one"
    assert bot.calls == 0


def test_a_step_may_answer_none(context: Any) -> None:
    """A step without an answer returns ``None`` and not a list of it."""
    assert Greeter(Settings(), context, {}).adjust() is None


def test_a_misspelt_step_hook_is_found() -> None:
    """A wrapper for a step that there is none of is refused by pluggy's check."""
    manager = pluggy.PluginManager(PROJECT)
    manager.add_hookspecs(step_hookspecs(sorted(steps_of(Greeter))))

    @hookimpl(wrapper=True)
    def rpac_step_chose(step: StepCall) -> Generator[None, str, str]:
        return (yield)

    manager.register(SimpleNamespace(rpac_step_chose=rpac_step_chose))

    with pytest.raises(pluggy.PluginValidationError, match="rpac_step_chose"):
        manager.check_pending()


def test_wrong_arguments_fail_as_python_does(context: Any) -> None:
    """A bot's own mistake in calling a step is an ordinary ``TypeError``."""
    with pytest.raises(TypeError):
        Greeter(Settings(), context, {}).choose()


def test_a_step_call_names_the_step() -> None:
    """The call that wrappers get holds the step's name and its arguments."""
    call = StepCall("choose", {"children": 1})

    assert (call.name, call.arguments) == ("choose", {"children": 1})
