"""The cooperation's policies: keys that a baseline locks or bounds, each with why and owner.

Rules this module keeps: a policy is read whole or not at all, and one that cannot be read is a finding for
everybody, since a lock must never be lost by a typing error; it never says what a value is, only what it may
be, so it can but tighten.

Usage::

    # policies.toml of the baseline
    [[policy]]
    bot = "welcome-letters"   # optional: without it, every bot
    key = "window_days"       # as `rpac config explain` names it; a table's name means every key below it
    max = 30                  # locked = true, min, max, one_of: at least one of them
    why = "The register keeps moves for a month."
    owner = "DIGIT steering group"

    policies = policies_of(municipality)
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

from rpa_commons.config.documents import Document
from rpa_commons.config.findings import (
    ConfigError,
    Finding,
    KeyPath,
    format_key,
    guess,
    parse_key,
    printable,
    show,
)
from rpa_commons.config.layers import Layer, Origin, Policy, is_date, is_number, quote
from rpa_commons.config.municipality import MunicipalityFolder
from rpa_commons.config.schema import value_type_text

__all__ = [
    "Policies",
    "entries_of",
    "form_findings",
    "key_of",
    "one_line",
    "place",
    "policies_of",
    "read_key",
]

FILE = "policies.toml"
_TEXTS = ("key", "why", "owner")
_BOUNDS = ("locked", "min", "max", "one_of")
_KNOWN = ("bot", *_TEXTS, *_BOUNDS)
_PLAIN = re.compile(r"[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*")  # a dotted key without quotes or spaces


@dataclass(frozen=True)
class Policies:
    """The policies of a baseline, and what is wrong with the file."""

    all: tuple[Policy, ...] = ()
    findings: tuple[Finding, ...] = field(default=())

    def for_bot(self, bot: str) -> tuple[Policy, ...]:
        """Those that bind a bot."""
        return tuple(one for one in self.all if one.binds(bot))


def policies_of(municipality: MunicipalityFolder) -> Policies:
    """The policies that bind a municipality: those of its cooperation's baseline."""
    document, entries, findings = entries_of(municipality, FILE, "policy")
    if document is None:
        return Policies((), findings)
    known = document.memory.get(FILE)
    if known is None:
        known = document.memory[FILE] = _read(document, entries, findings)
    return cast("Policies", known)


def _read(
    document: Document, entries: Sequence[tuple[int, Mapping[str, Any]]], findings: Sequence[Finding]
) -> Policies:
    found: list[Policy] = []
    wrong = list(findings)
    layer = Layer("baseline", document.values, document)
    for index, entry in entries:
        problems = list(_problems(document, index, entry))
        wrong += problems
        if not problems:
            found.append(_policy(entry, layer.origin(("policy", index, "key")), document))
    return Policies(tuple(found), tuple(wrong))


def entries_of(
    municipality: MunicipalityFolder, file: str, name: str
) -> tuple[Document | None, list[tuple[int, Mapping[str, Any]]], tuple[Finding, ...]]:
    """The ``[[name]]`` tables of a file of the baseline, each with its position; and what is none."""
    info = municipality.baseline_info
    if info is None:
        return None, [], ()
    try:
        document = municipality.reader.optional(
            info.folder / file, root=info.folder, name=f"{info.label}/{file}"
        )
    except ConfigError as error:
        return None, [], error.findings
    if document is None:
        return None, [], ()
    findings = [
        place(document, (key,), "unknown key", f"every entry of {file} begins with [[{name}]]")
        for key in document.values
        if key != name
    ]
    given = document.values.get(name, [])
    if not isinstance(given, list) or not all(isinstance(one, dict) for one in given):
        findings.append(
            place(document, (name,), f"expected [[{name}]] tables", f"begin each one with [[{name}]]")
        )
        return document, [], tuple(findings)
    return document, list(enumerate(given)), tuple(findings)


def place(document: Document, path: KeyPath, message: str, advice: str, code: str = "E305") -> Finding:
    """A finding in a file of policies or waivers; of the line only keys, texts and ``locked`` are shown."""
    line = document.line_of(path)
    text = quote(document, line)
    return Finding(code, _key_at(document, path), message, document.path, line, text, help=advice)


def one_line(text: str) -> str:
    """A text as it may stand in a message."""
    return printable(" ".join(text.split()))


def _key_at(document: Document, path: KeyPath) -> str:
    entry = document.get(path[:2]) if len(path) > 1 else None
    key = entry.get("key") if isinstance(entry, Mapping) else None
    return key if isinstance(key, str) else ""


def form_findings(
    document: Document, at: KeyPath, entry: Mapping[str, Any], known: tuple[str, ...], texts: tuple[str, ...]
) -> Iterator[Finding]:
    """E305 for unknown keys and for texts that are missing, empty or no text."""
    for key in entry:
        if key not in known:
            meant = guess(key, [one for one in known if one not in entry])
            advice = f"did you mean {meant}?" if meant else f"known here: {', '.join(known)}"
            yield place(document, (*at, key), f"unknown key {key} in a {at[0]}", advice)
    for key in texts:
        if key not in entry:
            yield place(document, at, f"the {at[0]} lacks {key}", f'add {key} = "..." below [[{at[0]}]]')
        elif not isinstance(entry[key], str) or not entry[key].strip():
            yield place(
                document, (*at, key), f"{key} must be a text that is not empty", f'write {key} = "..."'
            )


def read_key(key: str) -> tuple[str, ...] | None:
    """The whole path of a key as people write it; ``None`` when it is no key."""
    if _PLAIN.fullmatch(key):
        path = tuple(key.split("."))
    else:
        try:
            path = parse_key(key)
        except (ValueError, RecursionError):
            return None
    return path if path[0] in {"stack", "instance"} or path == ("settings",) else ("settings", *path)


def _problems(document: Document, index: int, entry: Mapping[str, Any]) -> Iterator[Finding]:
    at: KeyPath = ("policy", index)
    yield from form_findings(document, at, entry, _KNOWN, _TEXTS)
    key, bot = entry.get("key"), entry.get("bot", "")
    if isinstance(key, str) and key.strip():
        path = read_key(key)
        if path is None:
            advice = "write it as `rpac config explain` does"
            yield place(document, (*at, "key"), f"{show(key)} is no key", advice)
        elif len(path) == 1 and path != ("settings",):
            advice = "e.g. stack.DigitalPost.connector, or instance.mask_personal_numbers"
            yield place(document, (*at, "key"), f"{show(key)} ends too early", advice)
    if not isinstance(bot, str) or ("bot" in entry and not bot):
        yield place(document, (*at, "bot"), "bot must be the name of a bot", "without it, every bot is meant")
    yield from _bound_problems(document, at, entry)


def _bound_problems(document: Document, at: KeyPath, entry: Mapping[str, Any]) -> Iterator[Finding]:
    low, high, options = (entry.get(key) for key in ("min", "max", "one_of"))
    if not any(key in entry for key in _BOUNDS):
        advice = "add locked = true, min, max or one_of"
        yield place(document, at, "the policy says nothing of the value", advice)
    if "locked" in entry and entry["locked"] is not True:
        yield place(document, (*at, "locked"), "locked can only be true", "without it, nothing is locked")
    for name, value in (("min", low), ("max", high)):
        if name in entry and not is_number(value) and not is_date(value):
            message = f"{name} takes a number or a date, found {value_type_text(value)}"
            yield place(document, (*at, name), message, "bound a text by one_of = [...]")
    if "one_of" in entry and (not isinstance(options, list) or not options):
        advice = 'write one_of = ["a", "b"]'
        yield place(document, (*at, "one_of"), "one_of takes a list with at least one value", advice)
    numbers = is_number(low) and is_number(high) and low > high
    if numbers or (is_date(low) and is_date(high) and low > high):
        message = "nothing lies between min and max"
        yield place(document, (*at, "max"), message, "min must not be above max")


def _policy(entry: Mapping[str, Any], origin: Origin, document: Document) -> Policy:
    options = entry.get("one_of")
    path = read_key(entry["key"]) or ()
    return Policy(
        bot=entry.get("bot", ""),
        key=key_of(path),
        path=path,
        locked="locked" in entry,
        minimum=entry.get("min"),
        maximum=entry.get("max"),
        one_of=tuple(options) if options is not None else None,
        why=one_line(entry["why"]),
        owner=one_line(entry["owner"]),
        origin=origin,
        document=document,
    )


def key_of(path: KeyPath) -> str:
    """The key of a whole path as ``rpac config explain`` names it."""
    return format_key(path[1:] if path[:1] == ("settings",) and len(path) > 1 else path)
