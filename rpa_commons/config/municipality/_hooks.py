"""What a municipality's hook file wraps, read without running it.

Rules this module keeps: the file is parsed and never imported, so looking at it starts nothing; what only
running it would tell (a decorator that is computed, a name that is assigned) is said as such and not guessed.

Usage::

    hook = read_hook(folder / "hooks" / "welcome_letters.py", steps=("compose",))
    hook.wrappers["compose"][0].line  # 9
"""

import ast
import hashlib
import warnings
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rpa_commons.config.documents import LARGEST_FILE
from rpa_commons.config.findings import ConfigError, Finding, display_path, guess

from ._hook_functions import HookFunction, functions_in

if TYPE_CHECKING:
    from rpa_commons.manifest import Manifest

    from ._municipality import MunicipalityFolder

__all__ = ["HookFile", "InstanceHooks", "StepChain", "hooks_of_instance", "read_hook"]

_STEP = "rpac_step_"
_OBSERVERS = {
    "rpac_run_started": ("instance", "run_id"),
    "rpac_item_finished": ("instance", "reference", "outcome"),
    "rpac_run_finished": ("instance", "run_id", "counts"),
}
"""What observes, and what it may ask for: as :mod:`rpa_commons.sdk.hookspecs` has it."""


@dataclass(frozen=True)
class HookFile:
    """A hook file, read.

    Attributes:
        path: Where it lies.
        sha256: Of its bytes, hex: as the run records it.
        wrappers: Step -> the functions around it, the outermost first.
        observers: Functions that only look.
        findings: What is wrong with it.
    """

    path: Path
    sha256: str
    wrappers: Mapping[str, tuple[HookFunction, ...]] = field(default_factory=dict)
    observers: tuple[HookFunction, ...] = ()
    findings: tuple[Finding, ...] = ()

    @property
    def place(self) -> str:
        """The file as people read it."""
        return display_path(self.path)


@dataclass(frozen=True)
class StepChain:
    """A named step of the bot and what is around it.

    Attributes:
        name: E.g. ``"compose"``.
        description: What the author says of it.
        arguments: What a wrapper may change.
        wrappers: The outermost first; empty when nobody wraps it.
    """

    name: str
    description: str
    arguments: tuple[str, ...]
    wrappers: tuple[HookFunction, ...]


@dataclass(frozen=True)
class InstanceHooks:
    """The effective chain of wrappers of a bot instance.

    Attributes:
        instance: Its name.
        bot: Its bot.
        version: The version that is locked.
        hook: The municipality's file; ``None`` without one.
        steps: Every named step in the order the manifest lists them.
    """

    instance: str
    bot: str
    version: str
    hook: HookFile | None
    steps: tuple[StepChain, ...]
    findings: tuple[Finding, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """The chains as JSON values."""
        hook = self.hook
        return {
            "instance": self.instance,
            "bot": self.bot,
            "version": self.version,
            "hook": None if hook is None else {"file": hook.place, "sha256": hook.sha256},
            "steps": [
                {
                    "step": step.name,
                    "description": step.description,
                    "arguments": list(step.arguments),
                    "wrappers": [one.to_json() for one in step.wrappers],
                }
                for step in self.steps
            ],
            "observers": [] if hook is None else [one.to_json() for one in hook.observers],
            "findings": [one.to_json() for one in self.findings],
        }


def hooks_of_instance(
    municipality: "MunicipalityFolder", name: str, bot: str, manifest: "Manifest"
) -> InstanceHooks:
    """The chain of each named step of a bot instance.

    Args:
        municipality: Whose hook file counts.
        name: The instance.
        bot: Its bot.
        manifest: Of the version in question.
    """
    from ._files import hook_of

    path, findings = hook_of(municipality, name, bot)
    hook = read_hook(path, [step.name for step in manifest.steps]) if path else None
    wrappers = hook.wrappers if hook else {}
    steps = tuple(
        StepChain(step.name, step.description, step.arguments, wrappers.get(step.name, ()))
        for step in manifest.steps
    )
    found = (*findings, *(hook.findings if hook else ()))
    return InstanceHooks(name, bot, manifest.version, hook, steps, found)


def read_hook(path: Path, steps: Sequence[str]) -> HookFile:
    """Read a hook file for a bot with the given steps.

    What is wrong with the file comes as findings: E103 it cannot be read or parsed, E101 a function that
    wraps nothing there is.
    """
    try:
        data = _bytes(path)
    except ConfigError as error:
        return HookFile(path, "", findings=error.findings)
    digest = hashlib.sha256(data).hexdigest()
    try:
        with warnings.catch_warnings():  # an invalid escape in it is the author's affair
            warnings.simplefilter("ignore")
            tree = ast.parse(data)
    except SyntaxError as error:
        return HookFile(path, digest, findings=(_no_python(path, error.msg, error.lineno),))
    except (ValueError, RecursionError, MemoryError):
        return HookFile(path, digest, findings=(_no_python(path, "it cannot be parsed", None),))
    functions = tuple(functions_in(tree))
    known = (*(f"{_STEP}{step}" for step in steps), *_OBSERVERS)
    wrappers = {
        step: _outermost_first([one for one in functions if one.name == f"{_STEP}{step}" and one.is_marked])
        for step in steps
    }
    return HookFile(
        path,
        digest,
        {step: found for step, found in wrappers.items() if found},
        tuple(one for one in functions if one.name in _OBSERVERS and one.is_marked),
        tuple(_findings(path, functions, known)),
    )


def _bytes(path: Path) -> bytes:
    try:
        if path.stat().st_size > LARGEST_FILE:
            advice = "is this the right file?"
            raise ConfigError([Finding("E103", "", "is larger than 1 MiB", path, help=advice)])
        return path.read_bytes()
    except OSError as error:
        message = f"cannot be read: {error.strerror}"
        raise ConfigError([Finding("E103", "", message, path)]) from None


def _no_python(path: Path, problem: str, line: int | None) -> Finding:
    advice = "correct the file: the bot does not start with it"
    return Finding("E103", "", f"is no Python: {problem}", path, line, help=advice)


def _outermost_first(functions: Sequence[HookFunction]) -> tuple[HookFunction, ...]:
    """As pluggy calls wrappers: those with tryfirst, then the rest, those with trylast at the end."""
    rank = {"first": 0, "": 1, "last": 2}
    return tuple(sorted(functions, key=lambda one: rank[one.order]))


def _findings(path: Path, functions: Sequence[HookFunction], known: Sequence[str]) -> Iterator[Finding]:
    for one in functions:
        problem = _unknown(one, known) if one.name not in known else _misused(one)
        if problem:
            yield Finding("E101", one.name, problem[0], path, one.line, help=problem[1])


def _unknown(one: HookFunction, known: Sequence[str]) -> tuple[str, str]:
    meant = f"{_STEP}{one.name}" if f"{_STEP}{one.name}" in known else guess(one.name, known)
    advice = f"did you mean {meant}?" if meant else f"this bot knows {', '.join(known)}"
    return f"there is no hook {one.name}: the bot does not start with this file", advice


def _misused(one: HookFunction) -> tuple[str, str] | None:
    """What is wrong with a function of a known name, and what to do."""
    is_step = one.name.startswith(_STEP)
    given = ("step",) if is_step else _OBSERVERS[one.name]
    if others := [each for each in one.parameters if each not in given]:
        asks = ", ".join(others)
        advice = f"write def {one.name}({', '.join(given)}):"
        if is_step:
            advice = f"{advice} and take the arguments from step.arguments"
            return f"is given step and nothing else, and asks for {asks}", advice
        return f"is given {', '.join(given)}, and asks for {asks}", advice
    if not one.is_marked:
        mark = "@hookimpl(wrapper=True)" if is_step else "@hookimpl"
        return "is not marked with @hookimpl", f"write {mark} above it"
    if one.unclear:
        return None
    return _no_wrapper(one) if is_step else _no_observer(one)


def _no_wrapper(one: HookFunction) -> tuple[str, str] | None:
    if one.options.get("wrapper") is not True:
        advice = "write @hookimpl(wrapper=True), and in it return (yield)"
        return "would take the place of the step; a municipality wraps it", advice
    if not one.yields:
        advice = "write return (yield) where the step is to be carried out, also behind raise Veto(...)"
        return "has no yield, so the step would have no place in it: the bot does not start with it", advice
    return None


def _no_observer(one: HookFunction) -> tuple[str, str] | None:
    if one.options.get("wrapper") is True or one.yields:
        advice = "write @hookimpl without wrapper=True, and no yield in it"
        return "only looks and wraps nothing, so it would never be carried out", advice
    return None
