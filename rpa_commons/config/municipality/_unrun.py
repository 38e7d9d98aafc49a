"""Checks that the host cannot run: a bot's validators are Python, and the host runs no code of a bot.

Usage::

    unrun_checks(municipality, ["letters"], manifest_of)  # {"letters": ("Settings.check_window",)}
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from rpa_commons.capabilities import RpaCommonsError
from rpa_commons.manifest import Manifest

from ._municipality import MunicipalityFolder

__all__ = ["python_checks", "unrun_checks"]


def python_checks(schema: Mapping[str, Any]) -> tuple[str, ...]:
    """Names of the checks in a settings schema that are written in Python: ``Settings.check_limits``."""
    models = [schema, *schema.get("$defs", {}).values()]
    return tuple(
        name if "." in name else f"{model.get('title', 'Settings')}.{name}"
        for model in models
        if isinstance(model, Mapping)
        for name in model.get("validators", ())
    )


def unrun_checks(
    municipality: MunicipalityFolder, instances: Sequence[str], manifest_of: Callable[[str], Manifest]
) -> dict[str, tuple[str, ...]]:
    """Per instance the checks that only its own environment runs; instances without any are left out.

    Args:
        municipality: Whose instances.
        instances: Their names.
        manifest_of: Gives the manifest of a bot by name; may raise an error of its own.
    """
    found: dict[str, tuple[str, ...]] = {}
    for name in instances:
        try:
            path = municipality.folder / "bots" / f"{name}.toml"
            document = municipality.reader.optional(path, root=municipality.folder, name=f"bots/{name}.toml")
            bot = document.values.get("bot") if document is not None else None
            checks = python_checks(manifest_of(bot).settings_schema) if isinstance(bot, str) else ()
        except RpaCommonsError:  # said by the check of the configuration
            continue
        if checks:
            found[name] = checks
    return found
