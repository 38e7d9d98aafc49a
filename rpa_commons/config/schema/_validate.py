"""A tree of values against a JSON Schema: every problem at once, in our words.

Rules this module keeps: types are strict (``true`` is no number, ``14.0`` no whole number, a date is no
text); a problem names the key and what is allowed; a value is repeated only when it may be shown.
"""

import functools
import math
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, cast

from rpa_commons.capabilities import RpaCommonsError
from rpa_commons.config.findings import HIDDEN, KeyPath, guess, show

from ._amounts import broken_bound, number_branch, read_amount
from ._facts import facts_of
from ._quick_values import FORMATS
from ._schema import SchemaView, bounds_text, is_secret_reference, type_text, value_type_text

if TYPE_CHECKING:
    from jsonschema import FormatChecker
    from jsonschema.exceptions import ValidationError
    from jsonschema.protocols import Validator

__all__ = ["BrokenSchemaError", "Problem", "as_json", "problems"]


_AMOUNT = "amount"  # the name under which jsonschema hands back what _amount_errors found
_HOW_DATES = "write it year first: 2026-11-01"
_HOW_AMOUNTS = 'write it in quotes, digits with a point before the decimals and nothing else: "1234.50"'


@dataclass(frozen=True)
class Problem:
    """One problem at a path, not yet placed in a file.

    ``belongs`` is the table in which a misplaced key would be known; ``None`` when there is none.
    """

    code: str
    path: KeyPath
    message: str
    help: str = ""
    belongs: KeyPath | None = None


class BrokenSchemaError(RpaCommonsError):
    """The settings schema of a bot or connector cannot be used.

    Attributes:
        problem: What is wrong with it.
    """

    def __init__(self, problem: str) -> None:
        super().__init__(
            f"the settings schema of a bot or connector is broken: {problem}",
            remedy="report it to the author of the wheel; another version may be right",
        )
        self.problem = problem


def as_json(value: Any, view: SchemaView, path: KeyPath = ()) -> Any:  # noqa: ANN401 - a tree of TOML values
    """The tree with dates and times as ISO 8601 text where the schema asks for such a text.

    Where it asks for something else they stay what they are, so that the type check refuses them. Tables
    and lists are new ones.
    """
    kind = type(value)
    if kind is dict:
        return {
            key: one if type(one) in _JSON else as_json(one, view, (*path, key)) for key, one in value.items()
        }
    if kind is list:
        if _JSON.issuperset(map(type, value)):  # quicker than to look at each
            return list(value)
        return [as_json(one, view, (*path, index)) for index, one in enumerate(value)]
    if kind in _FORMAT_OF:
        return value.isoformat() if view.takes_format(path, _FORMAT_OF[kind]) else value
    return value if kind in _JSON or not isinstance(value, Mapping) else as_json(dict(value), view, path)


_JSON = frozenset({str, int, float, bool})
_FORMAT_OF: Mapping[type, str] = MappingProxyType({datetime: "date-time", date: "date", time: "time"})


def problems(
    values: Mapping[str, Any], view: SchemaView, is_hidden: Callable[[KeyPath], bool]
) -> Iterator[Problem]:
    """Every problem of the values (from :func:`as_json`) against the schema.

    Secrets in clear are not among them: whoever knows all layers looks for those (a weaker layer counts too).

    Raises:
        BrokenSchemaError: the schema itself cannot be used.
    """
    if facts_of(view).check(values):
        return
    from jsonschema.exceptions import UnknownType

    reference = view.broken_reference()
    if reference is not None:
        raise BrokenSchemaError(f"it refers to {reference!r}, which is not in it")
    try:
        yield from _problems(values, view, is_hidden)
    except (UnknownType, re.error) as error:
        raise BrokenSchemaError(f"{type(error).__name__} in it") from None


def _problems(
    values: Mapping[str, Any], view: SchemaView, is_hidden: Callable[[KeyPath], bool]
) -> Iterator[Problem]:
    validator = _validator_class()(view.schema, format_checker=_format_checker())
    reader = _Reader(view, is_hidden)
    seen: set[tuple[str, KeyPath]] = set()
    for error in validator.iter_errors(values):
        for problem in reader.read(error):
            if (problem.code, problem.path) not in seen:
                seen.add((problem.code, problem.path))
                yield problem


class _Reader:
    """Turns errors of the jsonschema package into problems."""

    def __init__(self, view: SchemaView, is_hidden: Callable[[KeyPath], bool]) -> None:
        self._view = view
        self._is_hidden = is_hidden

    def read(self, error: "ValidationError") -> Iterator[Problem]:
        path: KeyPath = tuple(error.absolute_path)
        if self._view.secret_part(path) is not None:
            yield from self._secret(path, error)
        elif error.validator == "additionalProperties":
            yield from self._unknown(path, cast("Mapping[str, Any]", error.instance))
        elif error.validator == "required":
            yield from self._missing(path, error)
        elif error.validator in {"anyOf", "oneOf"} and error.context:
            yield from self._alternatives(path, error)
        elif error.validator in {"type", _AMOUNT}:
            yield self._wrong_type(path, error.instance)
        else:
            yield self._out_of_bounds(path, error)

    def _unknown(self, path: KeyPath, table: Mapping[str, Any]) -> Iterator[Problem]:
        known = self._view.keys(path)
        for key in table:
            if not self._view.knows((*path, key)):
                meant = guess(key, [name for name in known if name not in table] or known)
                advice = f"did you mean {meant}?" if meant else _known_keys(known)
                homes = self._view.tables_with(key)
                belongs = homes[0] if len(homes) == 1 else None  # among several nobody can guess
                yield Problem("E101", (*path, key), "unknown key", advice, belongs)

    def _missing(self, path: KeyPath, error: "ValidationError") -> Iterator[Problem]:
        present = cast("Mapping[str, Any]", error.instance)
        for key in cast("list[str]", error.validator_value):
            if key not in present:
                here = (*path, key)
                nodes = self._view.at(here)
                wanted = ", ".join(filter(None, (type_text(nodes), bounds_text(nodes, patterns=False))))
                advice = ". ".join(filter(None, (wanted, self._meaning(here))))
                yield Problem("E102", here, "missing required key", advice)

    def _wrong_type(self, path: KeyPath, value: Any) -> Problem:  # noqa: ANN401 - any TOML value
        wanted = type_text(self._view.at(path))
        found = value_type_text(value)
        shown = "" if self._is_hidden(path) or isinstance(value, Mapping | list) else f" ({show(value)})"
        advice = ""
        if wanted.startswith("amount"):
            advice = _HOW_AMOUNTS
        elif isinstance(value, str) and not self._is_hidden(path) and wanted in {"whole number", "number"}:
            advice = f"write it without quotes: {value}" if re.fullmatch(r"-?\d+(\.\d+)?", value) else ""
        elif wanted == "text" and not self._is_hidden(path) and not isinstance(value, Mapping | list):
            advice = f'write it in quotes: "{show(value)}"'
        elif wanted == "date":
            advice = _HOW_DATES
        message = f"expected {wanted}, found {found}{shown}"
        return Problem("E201", path, message, advice or self._told(f"write {_with_article(wanted)}", path))

    def _out_of_bounds(self, path: KeyPath, error: "ValidationError") -> Problem:
        nodes, value = self._view.at(path), error.instance
        shown = HIDDEN if self._is_hidden(path) else show(value)
        if error.validator in {"enum", "const"}:
            options = [str(one) for node in nodes for one in node.get("enum", [node.get("const")]) if one]
            meant = guess(value, options) if isinstance(value, str) and not self._is_hidden(path) else None
            advice = (
                f"did you mean {show(meant)}?" if meant else self._told(f"write {type_text(nodes)}", path)
            )
            return Problem("E202", path, f"{shown} is not {type_text(nodes)}", advice)
        if error.validator == "format":
            wanted = type_text(nodes)
            advice = _HOW_DATES
            if wanted != "date":
                advice = self._told(f"write {_with_article(wanted)}", path)
            return Problem("E202", path, f"{shown} is no {wanted}", advice)
        if error.validator == "pattern" and self._meaning(path):
            return Problem("E202", path, f"{shown} has not the form that is asked for", self._meaning(path))
        unit = self._view.note(path, "unit")
        allowed = bounds_text(nodes) or f"as {error.validator} asks: {show(error.validator_value)}"
        allowed += f" {unit}" if unit else ""
        return Problem("E202", path, f"{shown} is not allowed: {allowed}", self._told(_doing(allowed), path))

    def _told(self, what: str, path: KeyPath) -> str:
        """What to do, and after it what the key means."""
        return ". ".join(filter(None, (what, self._meaning(path))))

    def _meaning(self, path: KeyPath) -> str:
        """What the author says of the key, or of the list whose item it is; one line."""
        while path and isinstance(path[-1], int):
            path = path[:-1]
        return " ".join(str(self._view.note(path, "description") or "").split())

    def _alternatives(self, path: KeyPath, error: "ValidationError") -> Iterator[Problem]:
        """The problems with the alternative that was meant: the one whose type the value has."""
        branches: dict[int, list[ValidationError]] = {}
        for inner in error.context or ():
            branches.setdefault(int(inner.relative_schema_path[0]), []).append(inner)
        meant = [
            inner
            for inner in branches.values()
            if not any(one.validator == "type" and not one.relative_path for one in inner)
        ]
        if not meant:
            yield self._wrong_type(path, error.instance)
            return
        for inner_error in min(meant, key=len):
            yield from self.read(inner_error)

    def _secret(self, path: KeyPath, error: "ValidationError") -> Iterator[Problem]:
        part = self._view.secret_part(path) or path
        if path == part and isinstance(error.instance, str):
            return  # E401, found where all layers are known
        if path == part and is_secret_reference(error.instance):
            return  # a keyring entry of the wrong form is said at resolving
        yield Problem(
            "E201",
            part,
            f"expected a secret reference, found {value_type_text(error.instance)} of another form",
            'write {env = "NAME"}, {file = "path"} or {keyring = "service/name"};'
            ' {store = "STORE:PLACE"} for a store that a plugin brings',
        )


def _doing(allowed: str) -> str:
    """What to do so that limits are kept, from the words for the limits."""
    if allowed == "not empty":
        return "fill it in"
    parts = allowed.split(", ")
    if "not empty" in parts:
        parts.remove("not empty")
    if any(part.endswith((" character", " characters")) for part in parts):
        return f"write {' and '.join(parts)}"
    if any(part.endswith((" item", " items")) for part in parts):
        return f"list {' and '.join(parts)}"
    return f"set a value {'' if allowed.startswith(('as ', 'matches ')) else 'of '}{' and '.join(parts)}"


_ONE = ("whole number", "number", "date", "time", "list", "table", "path", "UUID")


def _with_article(wanted: str) -> str:
    """The words for a type as they follow *write*: ``a whole number or a date``."""
    words = [f"a {word}" if word.startswith(_ONE) else word for word in wanted.split(" or ")]
    return wanted if wanted == "true or false" else " or ".join(words)


def _known_keys(known: list[str]) -> str:
    return f"known here: {', '.join(known)}" if known else "no key is known here"


@functools.cache
def _validator_class() -> "type[Validator]":
    from jsonschema import Draft202012Validator
    from jsonschema.validators import extend

    def is_integer(_: object, value: object) -> bool:
        return isinstance(value, int) and not isinstance(value, bool)

    def is_number(_: object, value: object) -> bool:
        if isinstance(value, float):
            return math.isfinite(value)  # TOML has nan and inf, no setting means them
        return isinstance(value, int) and not isinstance(value, bool)

    checker = Draft202012Validator.TYPE_CHECKER.redefine_many({"integer": is_integer, "number": is_number})
    any_of = Draft202012Validator.VALIDATORS["anyOf"]

    def any_or_amount(validator: "Validator", branches: Any, value: Any, schema: Any) -> Iterator[Any]:  # noqa: ANN401 - as jsonschema calls it
        yield from _amount_errors(value, schema) if isinstance(value, str) else ()
        yield from any_of(validator, branches, value, schema)

    extended = extend(Draft202012Validator, {"anyOf": any_or_amount}, type_checker=checker)  # type: ignore[no-untyped-call]
    return cast("type[Validator]", extended)


def _amount_errors(value: str, schema: Mapping[str, Any]) -> Iterator["ValidationError"]:
    """What is wrong with a text where an exact number is asked for."""
    from jsonschema.exceptions import ValidationError

    branch = number_branch(schema)
    if branch is None:
        return
    read = read_amount(value)
    if read is None:
        yield ValidationError("no amount", validator=_AMOUNT, instance=value, schema=schema)
        return
    broken = broken_bound(branch, read)
    if broken is not None:
        bound = branch[broken]
        yield ValidationError(broken, validator=broken, validator_value=bound, instance=value, schema=branch)


@functools.cache
def _format_checker() -> "FormatChecker":
    from jsonschema import FormatChecker

    checker = FormatChecker(())
    for name, check in FORMATS.items():
        checker.checks(name, raises=ValueError)(check)
    return checker
