import hashlib
import inspect
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from rpa_commons.config import hooks_of_instance
from rpa_commons.config.municipality import HookFile, read_hook
from rpa_commons.config.municipality._hooks import _OBSERVERS
from rpa_commons.manifest import StepEntry
from rpa_commons.sdk import hookspecs

if TYPE_CHECKING:
    from conftest import Town

WRAPPER = "@hookimpl(wrapper=True)\ndef rpac_step_compose(step):\n    return (yield)\n"
STEPS = ("compose", "send")


def _read(tmp_path: Path, text: str | bytes) -> HookFile:
    path = tmp_path / "welcome_letters.py"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return read_hook(path, STEPS)


def test_a_wrapper_is_found_with_its_line_and_the_files_digest(tmp_path: Path) -> None:
    """What a run records (SHA-256 of the file) and where the wrapper stands."""
    text = f'"""Words."""\n\nfrom rpa_commons.sdk import hookimpl\n\n{WRAPPER}'
    hook = _read(tmp_path, text)
    [wrapper] = hook.wrappers["compose"]

    assert hashlib.sha256(text.encode()).hexdigest() == hook.sha256
    assert ("rpac_step_compose", 6, {"wrapper": True}, "") == (
        wrapper.name,
        wrapper.line,
        wrapper.options,
        wrapper.unclear,
    )
    assert () == hook.findings
    assert "send" not in hook.wrappers


def test_reading_a_hook_runs_nothing(tmp_path: Path) -> None:
    """A file that would do harm when imported is only parsed."""
    hook = _read(tmp_path, f"open({str(tmp_path / 'harm')!r}, 'w')\nraise SystemExit\n{WRAPPER}")

    assert ["compose"] == list(hook.wrappers)
    assert not (tmp_path / "harm").exists()


@pytest.mark.parametrize("mark", ["@hookimpl(wrapper=True)", "@sdk.hookimpl(wrapper=True)"])
def test_the_mark_is_known_by_its_name(tmp_path: Path, mark: str) -> None:
    """Imported by name or through its module."""
    assert ["compose"] == list(_read(tmp_path, WRAPPER.replace("@hookimpl(wrapper=True)", mark)).wrappers)


@pytest.mark.parametrize(
    ("text", "message", "advice"),
    [
        (
            WRAPPER.replace("compose", "compsoe"),
            "there is no hook rpac_step_compsoe",
            "did you mean rpac_step_compose?",
        ),
        (
            WRAPPER.replace("@hookimpl(wrapper=True)\n", ""),
            "not marked with @hookimpl",
            "@hookimpl(wrapper=True)",
        ),
        (WRAPPER.replace("(wrapper=True)", ""), "take the place of the step", "wrapper=True"),
        (WRAPPER.replace("True", "False"), "take the place of the step", "wrapper=True"),
        (
            "@hookimpl\ndef rpac_run_strated(instance, run_id): ...\n",
            "there is no hook",
            "did you mean rpac_run_started?",
        ),
        (
            "@hookimpl(wrapper=True)\ndef compose(step): ...\n",
            "there is no hook compose",
            "did you mean rpac_step_compose?",
        ),
    ],
)
def test_what_keeps_the_bot_from_starting_is_found(
    tmp_path: Path, text: str, message: str, advice: str
) -> None:
    """The mistakes that a run refuses are findings at the line of the function."""
    [finding] = _read(tmp_path, text).findings

    assert "E101" == finding.code
    assert message in finding.message
    assert advice in finding.help
    assert finding.line in {1, 2}


def test_observers_are_told_apart_from_wrappers(tmp_path: Path) -> None:
    """Functions that only look wrap nothing."""
    hook = _read(tmp_path, "@hookimpl\ndef rpac_run_started(instance, run_id):\n    pass\n")

    assert ["rpac_run_started"] == [one.name for one in hook.observers]
    assert ({}, ()) == (hook.wrappers, hook.findings)


@pytest.mark.parametrize(
    ("text", "unclear"),
    [
        (WRAPPER.replace("wrapper=True", "**options"), "its @hookimpl is computed"),
        (WRAPPER.replace("wrapper=True", "wrapper=flag()"), "its @hookimpl is computed"),
        ("@timed\n" + WRAPPER, "other decorators"),
        (WRAPPER.replace("@hookimpl(wrapper=True)", "@my_mark"), "what @my_mark makes of it"),
        ("rpac_step_compose = make()\n", "it is assigned"),
        ("from helpers import rpac_step_compose\n", "it is assigned"),
    ],
)
def test_what_only_running_would_tell_is_said(tmp_path: Path, text: str, unclear: str) -> None:
    """No guess: the wrapper is listed, with what cannot be told of it."""
    hook = _read(tmp_path, text)
    [wrapper] = hook.wrappers["compose"]

    assert unclear in wrapper.unclear
    assert () == hook.findings


def test_of_two_functions_of_one_name_the_later_counts(tmp_path: Path) -> None:
    """As Python has it, also where the first stands under a condition."""
    body = WRAPPER.replace("\n", "\n    ").rstrip()
    hook = _read(tmp_path, f"if True:\n    {body}\n{WRAPPER}")

    assert [6] == [one.line for one in hook.wrappers["compose"]]


def test_wrappers_under_a_condition_are_found(tmp_path: Path) -> None:
    """What stands under ``if``, ``try`` and ``else`` is defined all the same."""
    body = "    " + WRAPPER.replace("\n", "\n    ").rstrip()
    hook = _read(tmp_path, f"try:\n    import x\nexcept ImportError:\n{body}\n")

    assert ["compose"] == list(hook.wrappers)


def test_the_order_that_a_wrapper_asks_for_is_told(tmp_path: Path) -> None:
    """Tryfirst and trylast, in words."""
    first = _read(tmp_path, WRAPPER.replace("wrapper=True", "wrapper=True, tryfirst=True"))
    last = _read(tmp_path, WRAPPER.replace("wrapper=True", "wrapper=True, trylast=True"))

    assert ("first", "last") == (first.wrappers["compose"][0].order, last.wrappers["compose"][0].order)


@pytest.mark.parametrize(
    "data",
    [b"def (:\n", b"\xff\xfe\x00", b"x = 1\x00\n", b"x = " + b"(" * 5000, b"#" * (1024 * 1024 + 1)],
)
def test_a_file_that_is_no_python_is_one_finding(tmp_path: Path, data: bytes) -> None:
    """Broken, binary, absurdly nested or huge: said, never a crash."""
    hook = _read(tmp_path, data)

    assert ["E103"] == [one.code for one in hook.findings]
    assert {} == hook.wrappers


def test_a_doubtful_escape_in_the_file_is_no_matter(tmp_path: Path) -> None:
    """Python warns about it when it compiles; whoever only looks says nothing."""
    hook = _read(tmp_path, f"PATTERN = '\\d'\n{WRAPPER}")

    assert ["compose"] == list(hook.wrappers)


def test_an_instances_chain_lists_every_step(town: "Town") -> None:
    """Wrapped or not, with what a wrapper may change; the file's place beside."""
    steps = tuple(StepEntry(name=name, arguments=("move",), description=name) for name in STEPS)
    town.manifest = town.manifest.model_copy(update={"steps": steps})
    town.write("hooks/welcome_letters.py", WRAPPER)
    found = hooks_of_instance(town.open(), "welcome-letters", "welcome-letters", town.manifest)

    assert [("compose", 1), ("send", 0)] == [(step.name, len(step.wrappers)) for step in found.steps]
    assert found.hook is not None
    assert "roskilde/hooks/welcome_letters.py" == found.hook.place
    assert "1.0.0" == found.to_json()["version"]


def test_an_instance_without_hook_has_only_the_bots_own_steps(town: "Town") -> None:
    """No file, no wrapper, nothing wrong."""
    found = hooks_of_instance(town.open(), "welcome-letters", "welcome-letters", town.manifest)

    assert (None, (), ()) == (found.hook, found.steps, found.findings)


STARTED = "@hookimpl\ndef rpac_run_started(instance, run_id):\n    print(run_id)\n"


@pytest.mark.parametrize(
    ("text", "message", "advice"),
    [
        (
            STARTED.replace("run_id):", "run):"),
            "is given instance, run_id, and asks for run",
            "write def rpac_run_started(instance, run_id):",
        ),
        (STARTED.replace("run_id):", "*, run):"), "asks for run", "write def rpac_run_started("),
        (STARTED.replace("print", "yield"), "would never be carried out", "no yield"),
        (STARTED.replace("@hookimpl", "@hookimpl(wrapper=True)"), "wraps nothing", "without wrapper=True"),
        (STARTED.replace("@hookimpl\n", ""), "not marked", "write @hookimpl above it"),
        (WRAPPER.replace("return (yield)", "return 1"), "has no yield", "return (yield)"),
        (WRAPPER.replace("return (yield)", "raise Veto('no')"), "has no yield", "also behind raise Veto"),
        (
            WRAPPER.replace("return (yield)", "def inner():\n        yield\n    return lambda: (yield)"),
            "has no yield",
            "return (yield)",
        ),
        (WRAPPER.replace("def ", "async def ").replace("return (yield)", "yield"), "has no yield", ""),
        (WRAPPER.replace("step)", "step, *, move)"), "asks for move", "step.arguments"),
    ],
)
def test_what_only_loading_the_file_told_is_found(
    tmp_path: Path, text: str, message: str, advice: str
) -> None:
    """Names that nobody gives, a wrapper in which the step has no place, an observer that never runs."""
    [finding] = _read(tmp_path, text).findings

    assert ("E101", True) == (finding.code, message in finding.message)
    assert advice in finding.help
    assert text.splitlines()[finding.line - 1].removeprefix("async ").startswith("def rpac_")


@pytest.mark.parametrize(
    "text",
    [
        STARTED,
        STARTED.replace("instance, run_id", ""),
        STARTED.replace("instance, run_id", "instance, now=None, *, later=None, **more"),
        STARTED.replace("print(run_id)", "return [one for one in (lambda: (yield))()]"),
        "@timed\n" + STARTED.replace("print", "yield"),
        "@timed\n" + WRAPPER.replace("return (yield)", "return 1"),
        WRAPPER.replace("return (yield)", "if step.arguments:\n        raise Veto('no')\n    yield from ()"),
        WRAPPER.replace("return (yield)", "try:\n        return (yield)\n    finally:\n        pass"),
    ],
)
def test_what_loads_is_no_finding(tmp_path: Path, text: str) -> None:
    """Fewer names, defaults, a yield anywhere in it, and what only running would tell."""
    assert () == _read(tmp_path, text).findings


def test_the_observers_names_are_those_of_the_kit() -> None:
    """Who writes a hook reads the kit's documentation, and the check must say the same."""
    given = {
        name: tuple(inspect.signature(member).parameters)
        for name, member in vars(hookspecs).items()
        if name in _OBSERVERS
    }

    assert _OBSERVERS == given
