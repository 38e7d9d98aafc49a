"""The hooks a plugin, a connector wheel or a municipality may implement (pluggy project ``rpa_commons``).

A plugin module named in the entry-point group ``rpa_commons`` implements the first ones. A municipality's
``hooks/<bot>.py`` implements ``rpac_step_<name>`` wrappers for the named steps of its bot; their specs are
made from the bot class, so a misspelt one is found (see :func:`step_hookspecs`).
"""

from __future__ import annotations

import types
from typing import TYPE_CHECKING, Any

import pluggy

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ._bot import Bot
    from ._context import StepCall
    from ._outcomes import Outcome

__all__ = ["PROJECT", "STEP_PREFIX", "hookimpl", "hookspec", "step_hookspecs"]

PROJECT = "rpa_commons"
STEP_PREFIX = "rpac_step_"

hookspec = pluggy.HookspecMarker(PROJECT)
hookimpl = pluggy.HookimplMarker(PROJECT)


@hookspec
def rpac_bots() -> Sequence[type[Bot[Any]]]:
    """The bot classes this plugin ships."""
    return ()


@hookspec
def rpac_connectors() -> Sequence[type[object]]:
    """The connector classes this plugin ships; each has ``name``, ``capability`` and ``Settings``."""
    return ()


@hookspec
def rpac_secret_stores() -> Sequence[object]:
    """The stores of secrets this plugin brings, see :class:`rpa_commons.config.SecretStore`.

    A reference names one as ``{store = "NAME:PLACE"}``. Only workers ask them; what a store needs to log in
    with it must find by itself, for a worker gets no environment variable but those its secrets name.
    """
    return ()


@hookspec
def rpac_run_started(instance: str, run_id: str) -> None:
    """A run of an instance begins. Observers only look; what they raise is logged, never a case's outcome."""


@hookspec
def rpac_item_finished(instance: str, reference: str, outcome: Outcome) -> None:
    """A work item reached an outcome, already written down."""


@hookspec
def rpac_run_finished(instance: str, run_id: str, counts: dict[str, int]) -> None:
    """A run of an instance ended; ``counts`` maps item states to numbers."""


def step_hookspecs(steps: Sequence[str]) -> types.ModuleType:
    """A namespace of hookspecs, ``rpac_step_<name>(step)`` for each named step.

    A wrapper looks like this::

        @hookimpl(wrapper=True)
        def rpac_step_compose(step):
            step.arguments["template"] = "families"
            return (yield)
    """
    namespace = types.ModuleType("rpac_step_hookspecs")
    for name in steps:

        def spec(step: StepCall) -> object:
            """Carry out a named step."""

        spec.__name__ = f"{STEP_PREFIX}{name}"
        setattr(namespace, spec.__name__, pluggy.HookspecMarker(PROJECT)(firstresult=True)(spec))
    return namespace
