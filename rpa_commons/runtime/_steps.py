"""Named steps and plugins: which bots and connectors there are, and what a municipality wraps.

Rules this module keeps: a misspelt hook is an error with a guess before anything runs; a municipality only
wraps a step (it may change arguments or veto), it never takes its place, so the step itself runs once; what
an observer raises is logged by its class and never becomes a case's outcome.
"""

import difflib
import hashlib
import importlib.metadata
import logging
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

import pluggy

from rpa_commons.config import BUILT_IN_STORES, SecretStore
from rpa_commons.sdk import Bot, StepCall, Veto, hookspecs, steps_of

from ._errors import BotMistake, HookError, RunRefusedError, Vetoed

__all__ = ["Plugins", "Steps"]

_LOG = logging.getLogger("rpa_commons.runtime")
_MARK = f"{hookspecs.PROJECT}_impl"
_OBSERVERS = ("rpac_run_started", "rpac_item_finished", "rpac_run_finished")


class Plugins:
    """The plugins installed in this environment."""

    def __init__(self) -> None:
        self._manager = pluggy.PluginManager(hookspecs.PROJECT)
        self._manager.add_hookspecs(hookspecs)
        for entry in importlib.metadata.entry_points(group=hookspecs.PROJECT):
            try:
                module = entry.load()
                self._manager.register(module, name=entry.name)
            except Exception as error:
                raise RunRefusedError(
                    f"plugin {entry.name} cannot be loaded: {type(error).__name__}: {error}",
                    remedy="install a version of it that fits this environment",
                ) from error
            _refuse_misspelt(entry.name, module)

    def bot(self, name: str) -> type[Bot[Any]]:
        """The bot class of this name.

        Raises:
            RunRefusedError: no plugin ships it.
        """
        bots: dict[str, type[Bot[Any]]] = {
            bot.name: bot for shipped in self._manager.hook.rpac_bots() for bot in shipped
        }
        if name in bots:
            return bots[name]
        raise RunRefusedError(
            f"no plugin in this environment ships the bot {name}",
            remedy="`rpac install` with the bot's NAME or WHEEL",
        )

    def connectors(self) -> dict[str, type[Any]]:
        """Connector classes by name, as shipped by plugins."""
        shipped: list[type[Any]] = [one for group in self._manager.hook.rpac_connectors() for one in group]
        by_name = {connector.name: connector for connector in shipped}
        if len(by_name) != len(shipped):
            raise RunRefusedError(
                "two plugins ship a connector of the same name", remedy="uninstall one of them"
            )
        return by_name

    def secret_stores(self) -> dict[str, SecretStore]:
        """Stores of secrets by name, as brought by plugins.

        Raises:
            RunRefusedError: two have one name, or one has the name of a built-in store.
        """
        stores: dict[str, SecretStore] = dict(BUILT_IN_STORES)
        for group in self._manager.hook.rpac_secret_stores():
            for store in group:
                if store.name in stores:
                    problem = f"there are two secret stores called {store.name}"
                    raise RunRefusedError(problem, remedy="uninstall one of the plugins")
                stores[store.name] = store
        return stores

    def observe(self, hook: str, **what: Any) -> None:  # noqa: ANN401 - the hook's own arguments
        """Tell the observers; what they raise is logged, each alone."""
        for implementation in getattr(self._manager.hook, hook).get_hookimpls():
            try:
                implementation.function(*(what[name] for name in implementation.argnames))
            except Exception as error:  # noqa: BLE001 - an observer never decides a case
                _LOG.warning("%s in %s: %s", hook, implementation.plugin_name, type(error).__name__)

    def add_observers(self, module: ModuleType) -> None:
        """Let a municipality's hook file observe too."""
        observers = ModuleType(f"{module.__name__}_observers")
        for name in _OBSERVERS:
            if hasattr(getattr(module, name, None), _MARK):
                setattr(observers, name, getattr(module, name))
        self._manager.register(observers, name="municipality")


class Steps:
    """The named steps of one bot, wrapped by the municipality's hook file where there is one."""

    def __init__(self, bot: type[Bot[Any]], hook: Path | None = None) -> None:
        names = list(steps_of(bot))
        self._manager = pluggy.PluginManager(hookspecs.PROJECT)
        if names:  # pluggy refuses a namespace without hooks, and a bot need not have steps
            self._manager.add_hookspecs(hookspecs.step_hookspecs(names))
        self.sha256: str | None = None
        self.module: ModuleType | None = None
        if hook is not None:
            self.module, self.sha256 = _load(hook)
            self._register(hook, self.module, [f"{hookspecs.STEP_PREFIX}{name}" for name in names])

    def call(self, step: StepCall, inner: Callable[[Mapping[str, Any]], Any]) -> Any:  # noqa: ANN401 - a step returns what it returns
        """Carry out a step: the wrappers around, the bot's own method inside.

        Raises:
            Vetoed: a wrapper raised ``Veto`` before the step.
            BotMistake: a wrapper raised ``Veto`` after the step had run, or gave it other arguments.
        """
        result: list[Any] = []
        known = tuple(step.arguments)

        def rpac_inner(step: StepCall) -> None:
            _refuse_other_arguments(step, known)
            result.append(inner(step.arguments))

        caller = getattr(self._manager.hook, f"{hookspecs.STEP_PREFIX}{step.name}")
        if not caller.get_hookimpls():
            return inner(step.arguments)

        def innermost(step: StepCall) -> Any:  # noqa: ANN401 - a step returns what it returns
            rpac_inner(step)
            return result[0]

        try:
            return caller.call_extra([innermost], {"step": step})
        except Veto as veto:
            if result:
                raise BotMistake(f"the hook around {step.name} vetoed after the step had run") from veto
            raise Vetoed(veto.reason) from veto

    def _register(self, path: Path, module: ModuleType, steps: Sequence[str]) -> None:
        known = [*steps, *_OBSERVERS]
        for name, member in vars(module).items():
            options = getattr(member, _MARK, None) if callable(member) else None
            if options is None and not (name.startswith("rpac_") and callable(member)):
                continue
            if name not in known:
                raise _unknown(path, name, known)
            if options is None:
                raise HookError(
                    path, f"{name} is not marked with @hookimpl", remedy="write @hookimpl(wrapper=True)"
                )
            if name in steps and not options["wrapper"]:
                raise HookError(
                    path,
                    f"{name} would take the place of the step",
                    remedy="a municipality wraps a step: @hookimpl(wrapper=True), then return (yield)",
                )
        wrappers = ModuleType("municipality_steps")
        for name in steps:
            if hasattr(module, name):
                setattr(wrappers, name, getattr(module, name))
        try:
            self._manager.register(wrappers, name="municipality")
        except pluggy.PluginValidationError as error:
            raise HookError(
                path, str(error).replace("\n", " "), remedy="a wrapper takes one argument: step"
            ) from None


def _refuse_other_arguments(step: StepCall, known: Sequence[str]) -> None:
    hook = f"{hookspecs.STEP_PREFIX}{step.name}"
    for name in step.arguments:
        if name not in known:
            close = difflib.get_close_matches(str(name), known, n=1)
            guess = f"did you mean {close[0]}?" if close else f"it has {', '.join(known) or 'none'}"
            raise BotMistake(f"the hook {hook} sets {name!r}, which is no argument of {step.name}: {guess}")
    for name in known:
        if name not in step.arguments:
            raise BotMistake(f"the hook {hook} takes away {name!r}, an argument of {step.name}")


def _refuse_misspelt(plugin: str, module: object) -> None:
    known = [name for name in vars(hookspecs) if name.startswith("rpac_")]
    for name in dir(module):
        if name not in known and hasattr(getattr(module, name, None), _MARK):
            close = difflib.get_close_matches(name, known, n=1)
            remedy = f"did you mean {close[0]}?" if close else f"hooks are {', '.join(known)}"
            raise RunRefusedError(f"plugin {plugin} implements {name}, which is no hook", remedy=remedy)


def _load(path: Path) -> tuple[ModuleType, str]:
    try:
        source = path.read_bytes()
        module = ModuleType("rpac_municipality_hook")
        module.__file__ = str(path)
        exec(compile(source, str(path), "exec"), vars(module))  # noqa: S102 - the municipality's own code, by design
    except Exception as error:
        place = f"{type(error).__name__}: {error}"
        raise HookError(path, f"cannot be loaded: {place}", remedy="correct the hook file") from error
    return module, hashlib.sha256(source).hexdigest()


def _unknown(path: Path, name: str, known: Sequence[str]) -> HookError:
    close = difflib.get_close_matches(name, known, n=1)
    remedy = f"did you mean {close[0]}?" if close else f"this bot knows {', '.join(known)}"
    return HookError(path, f"there is no hook {name}", remedy=remedy)
