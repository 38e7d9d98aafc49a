"""Changing one value of the configuration from the command line.

Rules this module keeps: a change is resolved as if it were written before it is; what it would break refuses
it, what was broken before does not hinder; two commands at once do not lose each other's change; a secret's
value never reaches a file.

Usage::

    change = edit(Request(folder, "window_days", "welcome-letters", value="20"), tools, write=True)
    change.diff, change.now[0].origin
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

from rpa_commons.capabilities import RpaCommonsError
from rpa_commons.config.documents import replace_text
from rpa_commons.config.findings import ConfigError, Finding, config_error, lookup, printable, show
from rpa_commons.config.instances import Awaiting, awaiting, changing, examine_instance, record_change
from rpa_commons.config.layers import ENVIRONMENTS, ConnectorEntry, ExplainedValue, parse_value
from rpa_commons.config.municipality import MunicipalityFolder, open_municipality, stems
from rpa_commons.config.schema import SchemaView, is_amount, is_secret_reference
from rpa_commons.manifest import Manifest

from ._edit_diff import redacted_diff
from ._edit_state import State, before_and_after
from ._edit_target import INSTANCE, MUNICIPALITY, KeyRefusedError, Target, target_of
from ._effective import ChangedValue, changed_values, is_table
from ._toml_edit import with_value, without_value

__all__ = ["Change", "NotSetError", "Request", "SecretTypedError", "Tools", "edit"]


class SecretTypedError(RpaCommonsError):
    """A secret itself was typed where a reference to it belongs; nothing was written.

    Attributes:
        key: Where.
    """

    exit_code: int = 2

    def __init__(self, key: str) -> None:
        forms = """'{ env = "NAME" }', '{ file = "path" }' or '{ keyring = "service/name" }'"""
        super().__init__(
            f"{key} is a secret: its value is never written into a file, and nothing was changed",
            remedy=f"refer to it: {forms}; the shell's history may keep what you typed, so change the secret",
        )
        self.key = key


class NotSetError(RpaCommonsError):
    """There is nothing to take out.

    Attributes:
        key: What was to be taken out.
        name: The file that does not say it.
    """

    exit_code: int = 1

    def __init__(self, key: str, name: str, holds: str) -> None:
        remedy = f"it comes from elsewhere: {holds}" if holds else "`rpac config explain` shows what is set"
        super().__init__(f"{name} does not say {key}", remedy=remedy)
        self.key = key
        self.name = name


@dataclass(frozen=True)
class Request:
    """What is asked for.

    Attributes:
        folder: The municipality's folder.
        key: As ``explain`` names it, or with ``municipality.`` before it.
        instance: The bot instance, for a setting.
        value: What was typed; for ``unset`` nothing.
        how: ``set``, ``unset``, or ``append`` and ``remove`` for one item of a list.
        environment: The environment to look at, instead of the one in ``municipality.toml``.
        for_environment: The environment into whose layer to write.
        person: Who changes it, instead of the login name.
    """

    folder: Path
    key: str
    instance: str | None = None
    value: str = ""
    how: Literal["set", "unset", "append", "remove"] = "set"
    environment: str | None = None
    for_environment: str | None = None
    person: str | None = None


@dataclass(frozen=True)
class Tools:
    """What the caller knows: manifests of a municipality's bots, and the connectors there are."""

    manifest_of: Callable[[MunicipalityFolder], Callable[[str], Manifest]]
    connectors: Mapping[str, ConnectorEntry]


@dataclass(frozen=True)
class Change:
    """What a change does, or would do.

    Attributes:
        target: Where it is written.
        diff: The change of the file, hidden values as ``…``; empty when nothing changes.
        was: The key (or every key of a table) before.
        now: The same afterwards.
        remaining: What was wrong before and still is.
        notes: What else people should know: a stronger layer, a second person.
        others: Every other value that changes with it: what a baseline, a profile, a connector brings.
        is_written: Whether the file was changed.
    """

    target: Target
    diff: str
    was: tuple[ExplainedValue, ...]
    now: tuple[ExplainedValue, ...]
    remaining: tuple[Finding, ...]
    notes: tuple[str, ...]
    others: tuple[ChangedValue, ...] = ()
    is_written: bool = False

    def to_json(self) -> dict[str, Any]:
        """As JSON values."""
        return {
            "key": self.target.key,
            "file": self.target.name,
            "written": self.is_written,
            "diff": self.diff,
            "before": [one.to_json() for one in self.was],
            "after": [one.to_json() for one in self.now],
            "others": [one.to_json() for one in self.others],
            "remaining": [one.to_json() for one in self.remaining],
            "notes": list(self.notes),
        }


def edit(request: Request, tools: Tools, *, write: bool) -> Change:
    """Change one value in its file, or say what that would do.

    Raises:
        KeyRefusedError: the key is none that a command writes.
        SecretTypedError: the value of a secret was typed.
        NotSetError: there is nothing to take out.
        EditRefusedError: the file's form does not allow it.
        ConfigError: the file cannot be read, or the change would break something: every new finding.
        FileNotWrittenError: the system refuses; the old file is untouched.
    """
    folder = request.folder.resolve()
    instance = request.instance or _only_instance(folder, request.key)
    target = target_of(folder, instance, request.key, request.for_environment)
    if not target.file.resolve().is_relative_to(folder):
        problem, advice = "leads out of its folder through a symbolic link", "put the file itself there"
        raise ConfigError([Finding("E103", "", problem, target.file, help=advice)])
    with changing(folder):
        editing = _Editing(request, target, tools)
        change, text = editing.plan()
        if not write or not change.diff:
            return change
        replace_text(target.file, text)
        return replace(change, notes=(*change.notes, *editing.vouch()), is_written=True)


def _only_instance(folder: Path, key: str) -> str | None:
    """The bot instance of a folder that has one; ``None`` for a key that belongs to none.

    Raises:
        KeyRefusedError: there are several, or none.
    """
    if key.strip().startswith(("stack.", "municipality.")):
        return None
    names = stems(folder / "bots")
    if len(names) == 1:
        return names[0]
    problem = f"there are several bot instances: {', '.join(names)}" if names else "there is no bot instance"
    advice = f"say which: rpac config set {names[0]} {key} VALUE" if names else "rpac config init BOT"
    raise KeyRefusedError(printable(key), problem, remedy=advice)


def _told(value: Any) -> str:  # noqa: ANN401 - any JSON value
    """A value in a sentence; of a decision table its size."""
    return f"{len(value)} rows" if is_table(value) else show(value)


class _Editing:
    """One change: planned first, then written by the caller."""

    def __init__(self, request: Request, target: Target, tools: Tools) -> None:
        self._request = request
        self._target = target
        self._tools = tools
        self._before = State(
            request.folder.resolve(), target, tools.manifest_of, tools.connectors, request.environment
        )

    def plan(self) -> tuple[Change, str]:
        """The change, and the file's text afterwards."""
        before, target = self._before, self._target
        text = before.text
        after_text = self._changed(text)
        after = before.with_text(after_text)
        new, remaining = before_and_after(before, after)
        if new:
            raise config_error(new)
        change = Change(
            target,
            redacted_diff(target.name, text, after_text, before.hidden_in, after.hidden_in),
            before.explained(),
            after.explained(),
            remaining,
            (*self._stronger(after), *_other_letters(before, after)),
            tuple(self._others(after)),
        )
        return change, after_text

    def vouch(self) -> Iterator[str]:
        """Note the person behind a sensitive value that production is going to use."""
        if self._target.environment not in {"", "production"} or self._target.kind == MUNICIPALITY:
            return
        try:
            municipality = open_municipality(self._request.folder, environment="production")
            found = [one for name in self._names(municipality) for one in self._awaited(municipality, name)]
            if not found:
                return
            from rpa_commons.config.instances import the_person

            person = the_person(self._request.person)
            record_change(municipality, found, person=person, now=datetime.now(UTC))
        except RpaCommonsError as error:
            yield f"nobody is on record for this change: {error.message}"
            return
        for one in found:
            yield (
                f"{one.key} has money or law behind it: before production uses it, somebody other than"
                f" {person} runs `rpac config confirm {one.name} {one.key}`"
            )

    def _names(self, municipality: MunicipalityFolder) -> tuple[str, ...]:
        return (self._target.instance,) if self._target.kind == INSTANCE else municipality.instances()

    def _awaited(self, municipality: MunicipalityFolder, name: str) -> Iterator[Awaiting]:
        try:
            examined = examine_instance(
                municipality,
                name,
                self._tools.manifest_of(municipality),
                connectors=self._tools.connectors,
            )
        except RpaCommonsError:
            return  # an instance that cannot be looked at cannot run either
        identity = str(_at(examined.sections[0].merged.values, ("id",)))
        key = self._target.key
        for one in awaiting(municipality, name, identity, examined.sections):
            if one.key == key or one.key.startswith((f"{key}.", f"{key}[")):
                yield one

    def _others(self, after: State) -> Iterator[ChangedValue]:
        """What else is another: a baseline, a profile, a connector, an environment moves more than itself."""
        before, target = self._before, self._target
        if target.kind == INSTANCE:
            return  # a value of an instance's file is what it is
        told: set[str] = set()
        here = (before.environment, after.environment)
        for was, now in (here, *((one, one) for one in after.other_environments())):
            held, holds = before.effective(was), after.effective(now)
            if held is None or holds is None:
                continue  # nothing ran before, so that nothing is another
            for one in changed_values(held, holds):
                is_named = one.key == target.key or one.key.startswith((f"{target.key}.", f"{target.key}["))
                what = (one.instance, one.key, one.now and (one.now.value, str(one.now.origin)))
                if not is_named and repr(what) not in told:
                    told.add(repr(what))
                    yield replace(one, environment="" if now == after.environment else now)

    def _changed(self, text: str) -> str:
        target, request = self._target, self._request
        if request.how == "unset":
            if _at(self._before.tree, target.path) is None:
                raise NotSetError(target.key, target.name, self._holds())
            return without_value(text, target.path)
        view, path = self._before.view_of_key(self._request.value)
        if any(view.note(path[:length], "table") for length in range(1, len(path) + 1)):
            shown = f"rpac config table show {target.instance or 'INSTANCE'} {target.key}"
            advice = f"its rows stand in tables/: {shown}"
            raise KeyRefusedError(target.key, "it is a decision table, and no line of TOML", remedy=advice)
        value = parse_value(request.value)
        if request.how != "set":
            value = _with_item(target.key, _at(self._before.tree, target.path), request.how, value)
        else:
            value = _as_meant(view, path, request.value, value)
        if view.secret_part(path) == path and not is_secret_reference(value):
            raise SecretTypedError(target.key)
        return with_value(text, target.path, value)

    def _holds(self) -> str:
        found = [one for one in self._before.explained() if one.origin is not None]
        return ", ".join(f"{one.key} = {_told(one.value)} ({one.origin})" for one in found[:3])

    def _stronger(self, after: State) -> Iterator[str]:
        """What holds instead, here or in another environment."""
        target = self._target
        for one in after.explained():
            if one.origin is None or one.origin.file == target.file or self._request.how == "unset":
                continue
            if target.environment or not one.origin.layer.startswith("environment "):
                continue
            yield f"{one.origin} still says {show(one.value)}, and wins in the {one.origin.layer}"
        for environment in () if target.environment else ENVIRONMENTS:
            if environment != after.environment and (line := after.says_in(environment)):
                yield f"{line} says something else in the environment {environment}"


def _other_letters(before: State, after: State) -> Iterator[str]:
    """Letters whose words come from another file: the baseline's, or the bot's again."""
    was, now = before.letters(), after.letters()
    if was is None or now is None:
        return
    for place in dict.fromkeys((*now, *was)):
        if was.get(place) != now.get(place):
            name, template = place
            yield f"{name}: the words of the letter {template} come from {now.get(place, 'the bot')} then"


def _as_meant(view: SchemaView, path: tuple[str, ...], typed: str, value: Any) -> Any:  # noqa: ANN401 - TOML
    """The value, or the text as typed where that is exact: a telephone number, an amount with decimals."""
    if isinstance(value, float) and is_amount(view.at(path)):
        return typed.strip()
    nodes = [node for node in view.at(path) if "type" in node or "enum" in node or "const" in node]
    kinds = {node.get("type") for node in nodes}
    is_text = bool(nodes) and kinds <= {"string", "null"} and not any("format" in node for node in nodes)
    if is_text and not isinstance(value, str | dict | list):
        return typed.strip()
    return value


def _with_item(key: str, present: Any, how: str, item: Any) -> Any:  # noqa: ANN401 - TOML values
    """A list's new value in this file: a plain list changes, anything else becomes append and remove."""
    if isinstance(present, list):
        without = [one for one in present if one != item]
        if how == "remove":
            return without
        return present if item in present else [*present, item]
    if present is not None and not (isinstance(present, Mapping) and present.keys() <= {"append", "remove"}):
        problem = "it is no list, so nothing can be appended to it or removed"
        raise KeyRefusedError(key, problem, remedy="leave --append and --remove out, and say the value")
    lists = {
        word: [one for one in (present or {}).get(word, []) if one != item] for word in ("append", "remove")
    }
    lists[how].append(item)
    return {word: items for word, items in lists.items() if items}


def _at(tree: Any, path: tuple[str, ...]) -> Any:  # noqa: ANN401 - a tree of TOML values
    try:
        return lookup(tree, path)
    except KeyError:
        return None
