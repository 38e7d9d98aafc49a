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

if TYPE_CHECKING:
    from rpa_commons.manifest import Manifest

    from ._municipality import MunicipalityFolder

__all__ = ["HookFile", "HookFunction", "InstanceHooks", "StepChain", "hooks_of_instance", "read_hook"]

_PREFIX = "rpac_"
_STEP = "rpac_step_"
_OBSERVERS = ("rpac_run_started", "rpac_item_finished", "rpac_run_finished")
_OPTIONS = ("wrapper", "tryfirst", "trylast", "optionalhook", "specname", "hookwrapper")


@dataclass(frozen=True)
class HookFunction:
    """One function of a hook file that is, or looks like, an implementation of a hook.

    Attributes:
        name: E.g. ``"rpac_step_compose"``.
        line: Where it is defined.
        options: What its ``@hookimpl(...)`` says in so many words, e.g. ``{"wrapper": True}``.
        is_marked: Whether it has ``@hookimpl`` at all.
        unclear: What cannot be told without running the file; empty when all is plain.
        parameters: What it must be given, by name.
    """

    name: str
    line: int
    options: Mapping[str, Any] = field(default_factory=dict)
    is_marked: bool = True
    unclear: str = ""
    parameters: tuple[str, ...] = ()

    @property
    def order(self) -> str:
        """``"first"``, ``"last"`` or empty: what it asks for among several."""
        if self.options.get("tryfirst") is True:
            return "first"
        return "last" if self.options.get("trylast") is True else ""

    def to_json(self) -> dict[str, Any]:
        """The function as JSON values."""
        return {
            "function": self.name,
            "line": self.line,
            "options": dict(self.options),
            "order": self.order,
            "unclear": self.unclear,
        }


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
    functions = tuple(_functions(tree))
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


def _functions(tree: ast.Module) -> Iterator[HookFunction]:
    """What may be an implementation, in the order of the file; of two with one name the later one counts."""
    found: dict[str, HookFunction] = {}
    for node in _statements(tree.body):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            one = _function(node)
            if one is not None:
                found.pop(one.name, None)
                found[one.name] = one
        for name in _assigned(node):
            if name.startswith(_PREFIX):
                found.pop(name, None)
                found[name] = HookFunction(
                    name, node.lineno, unclear="it is assigned; only running the file tells what it is"
                )
    yield from found.values()


def _statements(body: Sequence[ast.stmt]) -> Iterator[ast.stmt]:
    """The statements of the module, those under ``if``, ``try`` and ``with`` too."""
    for node in body:
        yield node
        for name in ("body", "orelse", "finalbody"):
            if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                yield from _statements(getattr(node, name, []))
        for handler in getattr(node, "handlers", []):
            yield from _statements(handler.body)


def _assigned(node: ast.stmt) -> Iterator[str]:
    targets: Sequence[ast.expr] = ()
    if isinstance(node, ast.Assign):
        targets = node.targets
    elif isinstance(node, ast.AnnAssign | ast.AugAssign):
        targets = [node.target]
    for target in targets:
        for part in ast.walk(target):
            if isinstance(part, ast.Name):
                yield part.id
    if isinstance(node, ast.Import | ast.ImportFrom):
        for alias in node.names:
            yield alias.asname or alias.name


def _function(node: ast.FunctionDef | ast.AsyncFunctionDef) -> HookFunction | None:
    marks = [one for one in node.decorator_list if _is_mark(one)]
    if not marks:
        if not node.name.startswith(_PREFIX):
            return None
        others = [ast.unparse(one) for one in node.decorator_list]
        unclear = f"what @{others[0]} makes of it, only running the file tells" if others else ""
        given = _parameters(node)
        return HookFunction(node.name, node.lineno, is_marked=bool(others), unclear=unclear, parameters=given)
    options, unclear = _options(marks[0])
    if len(node.decorator_list) > 1:
        unclear = unclear or "it has other decorators too; what they make of it, only running the file tells"
    return HookFunction(node.name, node.lineno, options, unclear=unclear, parameters=_parameters(node))


def _parameters(node: ast.FunctionDef | ast.AsyncFunctionDef) -> tuple[str, ...]:
    """The names that pluggy looks up: those without a default."""
    given = [one.arg for one in (*node.args.posonlyargs, *node.args.args)]
    return tuple(given[: len(given) - len(node.args.defaults)])


def _is_mark(node: ast.expr) -> bool:
    """Whether a decorator is ``hookimpl``, called or not, by whatever module name."""
    target = node.func if isinstance(node, ast.Call) else node
    return (target.id if isinstance(target, ast.Name) else getattr(target, "attr", "")) == "hookimpl"


def _options(node: ast.expr) -> tuple[dict[str, Any], str]:
    if not isinstance(node, ast.Call):
        return {}, ""
    options: dict[str, Any] = {}
    unclear = ""
    for keyword in node.keywords:
        if keyword.arg in _OPTIONS and isinstance(keyword.value, ast.Constant):
            options[keyword.arg] = keyword.value.value
        else:
            unclear = "its @hookimpl is computed; only running the file tells what it says"
    return options, unclear if not node.args else "its @hookimpl is computed"


def _outermost_first(functions: Sequence[HookFunction]) -> tuple[HookFunction, ...]:
    """As pluggy calls wrappers: those with tryfirst, then the rest, those with trylast at the end."""
    rank = {"first": 0, "": 1, "last": 2}
    return tuple(sorted(functions, key=lambda one: rank[one.order]))


def _findings(path: Path, functions: Sequence[HookFunction], known: Sequence[str]) -> Iterator[Finding]:
    for one in functions:
        name = one.name
        if name not in known:
            meant = f"{_STEP}{name}" if f"{_STEP}{name}" in known else guess(name, known)
            advice = f"did you mean {meant}?" if meant else f"this bot knows {', '.join(known)}"
            message = f"there is no hook {name}: the bot does not start with this file"
            yield Finding("E101", name, message, path, one.line, help=advice)
        elif name.startswith(_STEP) and (others := [each for each in one.parameters if each != "step"]):
            message = f"is given step and nothing else, and asks for {', '.join(others)}"
            advice = f"write def {name}(step): and take the arguments from step.arguments"
            yield Finding("E101", name, message, path, one.line, help=advice)
        elif not one.is_marked:
            advice = "write @hookimpl(wrapper=True) above it"
            yield Finding("E101", name, "is not marked with @hookimpl", path, one.line, help=advice)
        elif name.startswith(_STEP) and one.options.get("wrapper") is not True and not one.unclear:
            message = "would take the place of the step; a municipality wraps it"
            advice = "write @hookimpl(wrapper=True), and in it return (yield)"
            yield Finding("E101", name, message, path, one.line, help=advice)
