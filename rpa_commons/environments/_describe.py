"""From a bot class, or the connectors of a wheel, to its manifest.

Rules this module keeps: it runs in the plugin's own environment, never in the host; every problem is found
before one is reported; equal sources give equal bytes.

Usage::

    manifest = describe("welcome-letters")  # the distribution's name
"""

import difflib
import importlib
import inspect
import re
from collections.abc import Iterable, Iterator
from importlib import metadata, resources
from types import ModuleType
from typing import Any

import pluggy
from packaging.utils import canonicalize_name
from pydantic import PydanticUserError, ValidationError

from rpa_commons import __version__
from rpa_commons.capabilities import capability_spec
from rpa_commons.manifest import (
    Benefit,
    CallEntry,
    CapabilityEntry,
    Manifest,
    MigrationEntry,
    ProcessingRecord,
    StepEntry,
    TemplateEntry,
)
from rpa_commons.sdk import Bot, capabilities_of, hookspecs, payload_type_of, settings_type_of, steps_of
from rpa_commons.upgrades import migration_problems

from ._describe_connectors import connector_manifest
from ._errors import BuildRefusedError
from ._settings_schema import settings_schema

__all__ = ["describe"]

_GROUP = "rpa_commons"
_KLE = re.compile(r"[0-9]{2}\.[0-9]{2}\.[0-9]{2}")
_UNTYPED = re.compile(r"`(\w+) = ")
_LANGUAGES = ("da", "nb", "sv", "en")
_TWO_IDEAS = (
    "it ships a bot and connectors: make two wheels of it; a connector is chosen by the stack, and approved, "
    "upgraded and recalled without the bots that use it"
)
_LETTERS = "letters"  # the folder with templates in a plugin's package


def describe(distribution: str) -> Manifest:
    """Generate the manifest of an installed plugin.

    Raises:
        BuildRefusedError: the plugin is not described completely; every problem is named.
    """
    try:
        dist = metadata.distribution(distribution)
    except metadata.PackageNotFoundError:
        raise BuildRefusedError(distribution, ["it is not installed in this environment"]) from None
    modules, problems = _modules(dist)
    bots: list[type[Bot[Any]]] = []
    connectors: list[object] = []
    for module in modules:
        found, shipped, refused = _shipped(module)
        bots += found
        connectors += shipped
        problems += refused
    if bots and connectors:
        problems.append(_TWO_IDEAS)
    elif len(bots) != 1 and not connectors and not problems:
        problems.append(
            f"a wheel ships one bot, or connectors; rpac_bots gives {len(bots)}, rpac_connectors none"
        )
    if problems:
        raise BuildRefusedError(distribution, problems)
    return connector_manifest(dist, connectors) if connectors else _manifest(dist, bots[0])


def _modules(dist: metadata.Distribution) -> tuple[list[ModuleType], list[str]]:
    modules, problems = [], []
    points = [point for point in dist.entry_points if point.group == _GROUP]
    if not points:
        problems.append(f"it has no entry point in the group {_GROUP}: [project.entry-points.{_GROUP}]")
    for point in points:
        try:
            modules.append(importlib.import_module(point.module))
        except ValidationError as error:  # most likely the record or the benefit in a bot's class body
            problems += [
                f"{error.title}: {'.'.join(map(str, one['loc']))}: {one['msg']}" for one in error.errors()
            ]
        except PydanticUserError as error:
            problems.append(f"{point.module}: {_untyped(error)}")
        except Exception as error:  # noqa: BLE001 - a plugin may raise anything at import
            problems.append(f"{point.module} cannot be imported: {type(error).__name__}: {error}")
    return modules, problems


def _untyped(error: PydanticUserError) -> str:
    """What pydantic refuses in a class; a misspelt ``rules`` is a name without a type to it."""
    found = _UNTYPED.search(error.message)
    if error.code != "model-field-missing-annotation" or found is None:
        return error.message
    name = found[1]
    close = "".join(difflib.get_close_matches(name, ["rules", "migrations"], n=1))
    return f"{name} = ... in a settings class needs a type ({name}: int = ...)" + (
        f", or did you mean {close}?" if close else ""
    )


def _shipped(module: ModuleType) -> tuple[list[type[Bot[Any]]], list[object], list[str]]:
    """The bots and the connectors of a module, and what is wrong with it."""
    manager = pluggy.PluginManager(hookspecs.PROJECT)
    manager.add_hookspecs(hookspecs)
    problems = list(_unmarked(module))
    try:
        manager.register(module)
    except pluggy.PluginValidationError as error:
        return [], [], [*problems, str(error).replace("\n", " ")]
    known = [name for name in vars(hookspecs) if name.startswith("rpac_")]
    problems += [
        f"{module.__name__}.{caller.name} is no hook.{_guess(caller.name, known)}"
        for caller in manager.get_hookcallers(module) or ()
        if not caller.has_spec()
    ]
    if problems:
        return [], [], problems
    connectors = [connector for listed in manager.hook.rpac_connectors() for connector in listed]
    bots = [bot for listed in manager.hook.rpac_bots() for bot in listed]
    wrong = [bot for bot in bots if not (isinstance(bot, type) and issubclass(bot, Bot))]
    return (
        bots,
        connectors,
        [f"{module.__name__}.rpac_bots gives {bot!r}, which is no class derived from Bot" for bot in wrong],
    )


def _unmarked(module: ModuleType) -> Iterator[str]:
    for name, member in vars(module).items():
        if (
            name.startswith("rpac_")
            and inspect.isfunction(member)
            and not hasattr(member, f"{hookspecs.PROJECT}_impl")
        ):
            yield f"{module.__name__}.{name} lacks @hookimpl: as it stands it is never called"


def _guess(name: str, known: Iterable[str]) -> str:
    if name.startswith(hookspecs.STEP_PREFIX):
        return " Wrapping a step is the municipality's: it belongs in hooks/<bot>.py"
    close = difflib.get_close_matches(name, list(known), n=1)
    return f" Did you mean {close[0]}?" if close else ""


def _manifest(dist: metadata.Distribution, bot: type[Bot[Any]]) -> Manifest:
    name = canonicalize_name(dist.metadata["Name"])
    problems = list(_incomplete(bot, name))
    capabilities = _capabilities(bot)
    steps = _steps(bot, problems)
    schema: dict[str, Any] = {}
    migrations: tuple[MigrationEntry, ...] = ()
    try:
        payload_type_of(bot)
        schema, wrong = settings_schema(settings_type_of(bot))
        problems += wrong
        migrations = tuple(one.entry for one in settings_type_of(bot).migrations)
        problems += () if wrong else migration_problems(migrations, schema, dist.version)
    except (TypeError, NameError) as error:
        problems.append(str(error))
    templates = _templates(bot, problems)
    if problems:
        raise BuildRefusedError(name, problems)
    return Manifest(
        kind="bot",
        name=name,
        version=dist.version,
        summary=_summary(dist),
        sdk_version=__version__,
        entry=f"{bot.__module__}:{bot.__qualname__}",
        unique=bot.unique,
        capabilities=capabilities,
        steps=steps,
        templates=templates,
        languages=bot.languages,
        settings_schema=schema,
        migrations=migrations,
        benefit=bot.benefit,
        record=bot.record,
    )


def _summary(dist: metadata.Distribution) -> str:
    return str((dist.metadata.get_all("Summary") or [""])[0])


def _incomplete(bot: type[Bot[Any]], name: str) -> Iterator[str]:
    where = bot.__qualname__
    if getattr(bot, "name", None) != name:
        yield f'{where}.name must be the wheel\'s name: name = "{name}"'
    for method in ("find", "process"):
        if getattr(bot, method) is getattr(Bot, method):
            yield f"{where} has no {method}()"
    if bot.unique not in ("instance", "municipality"):
        yield f'{where}.unique is "instance" or "municipality", not {bot.unique!r}'
    if not bot.languages or not isinstance(bot.languages, tuple):
        yield f'{where}.languages must name at least one language: languages = ("da",)'
    for language in bot.languages:
        if language not in _LANGUAGES:
            yield f"{where}.languages: {language!r} is none of {', '.join(_LANGUAGES)}"
    if not isinstance(getattr(bot, "benefit", None), Benefit):
        yield f"{where}.benefit is missing: Benefit(minutes_per_case=…, method=…)"
    record = getattr(bot, "record", None)
    if not isinstance(record, ProcessingRecord):
        yield f"{where}.record is missing: what a data protection officer asks (ProcessingRecord)"
    else:
        yield from _record(f"{where}.record", record)


def _record(where: str, record: ProcessingRecord) -> Iterator[str]:
    for number in record.kle:
        if not _KLE.fullmatch(number):
            yield f"{where}.kle: {number!r} is no KLE subject number (dd.dd.dd)"
    for key, value in record:
        texts = (value,) if isinstance(value, str) else value if isinstance(value, tuple) else ()
        if any(not text.strip() for text in texts):
            yield f"{where}.{key} is blank"
    if not record.recipients:
        yield f'{where}.recipients is empty: name them, or write that there are none ("none")'
    if record.decisions.kind != "none" and not record.decisions.paragraph.strip():
        yield f"{where}.decisions: a bot that decides ({record.decisions.kind}) names the paragraph"
    if not record.ai.role.strip():
        yield f'{where}.ai.role is blank: "none", or the role of the model'


def _capabilities(bot: type[Bot[Any]]) -> tuple[CapabilityEntry, ...]:
    entries = []
    for attribute, protocol in sorted(capabilities_of(bot).items()):
        spec = capability_spec(protocol)
        calls = tuple(
            CallEntry(method=name, effect=call.effect_class, decisive=call.decisive)
            for name, call in sorted(spec.calls.items())
        )
        entries.append(
            CapabilityEntry(attribute=attribute, name=spec.name, version=spec.version, calls=calls)
        )
    return tuple(entries)


def _steps(bot: type[Bot[Any]], problems: list[str]) -> tuple[StepEntry, ...]:
    entries = []
    for name, signature in sorted(steps_of(bot).items()):
        description = (inspect.getdoc(getattr(bot, name)) or "").partition("\n\n")[0].replace("\n", " ")
        if not description:
            problems.append(
                f"{bot.__qualname__}.{name} is a step that a municipality may wrap: say what it does"
            )
        entries.append(StepEntry(name=name, arguments=tuple(signature.parameters), description=description))
    return tuple(entries)


def _templates(bot: type[Bot[Any]], problems: list[str]) -> tuple[TemplateEntry, ...]:
    """The letters in the bot's top package, where the worker looks for them too."""
    package = importlib.import_module(bot.__module__.partition(".")[0])
    if not hasattr(package, "__path__"):  # a single module has no folder of its own
        return ()
    folder = resources.files(package) / _LETTERS
    if not folder.is_dir():
        return ()
    from rpa_commons.letters import describe_templates

    try:
        return tuple(sorted(describe_templates(folder), key=lambda entry: entry.name))
    except Exception as error:  # noqa: BLE001 - whatever is wrong with a template is one of the plugin's problems
        problems.append(f"{_LETTERS}/: {error}")
        return ()
