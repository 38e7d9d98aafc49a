"""Policies of a baseline against each other and against the values that the same baseline gives.

Rules this module keeps: bots are not known here, so nothing is said of a key's type; of values only numbers,
days and truth values are shown, since a text may be personal; a profile counts alone, above the baseline.

Usage::

    yield from contradictions(policies, [("bots/welcome-letters.toml", document)])
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

from rpa_commons.config.documents import Document
from rpa_commons.config.findings import HIDDEN, Finding, KeyPath, format_key, show, walk
from rpa_commons.config.layers import Policy, is_number
from rpa_commons.config.policies import conflict_findings, is_within, json_value, key_of

__all__ = ["Given", "contradictions", "given_in"]


class Given(NamedTuple):
    """One value that a baseline or profile gives.

    Attributes:
        bot: Whose setting it is; empty for the stack, which is every bot's.
        path: Its key, as policies have it.
        value: The value.
        document: Where it stands.
        place: Its key there.
    """

    bot: str
    path: KeyPath
    value: Any
    document: Document
    place: KeyPath


def given_in(name: str, document: Document) -> Iterator[Given]:
    """The values of ``stack.toml`` or ``bots/<bot>.toml``, of the baseline or a profile."""
    is_stack = Path(name).name == "stack.toml"
    bot = "" if is_stack else Path(name).stem
    for path, value in walk(document.values):
        is_inner = any(isinstance(part, int) for part in path)
        if isinstance(value, Mapping) or is_inner or (not is_stack and path[0] != "settings"):
            continue
        if isinstance(value, list) and path[-1] == "remove":
            continue  # what a list shall not hold
        key = path[:-1] if isinstance(value, list) and path[-1] == "append" else path
        yield Given(bot, ("stack", *key) if is_stack else key, value, document, path)


def contradictions(policies: Sequence[Policy], given: Sequence[Given]) -> Iterator[Finding]:
    """E303 for policies that leave no value; E302 for a value of the baseline that a policy refuses."""
    broken: set[int] = set()
    for path, bot in dict.fromkeys((one.path, one.bot) for one in policies):
        bounds = [one for one in policies if one.has_bounds and _covers(one, path) and one.bot in {"", bot}]
        found = list(conflict_findings(bounds, None))
        yield from found
        broken |= {id(one) for one in bounds if found}
    for value in given:
        for one in policies:
            if id(one) not in broken and one.has_bounds and _is_about(one, value):
                yield from _outside(value, one, policies)


def _covers(policy: Policy, path: KeyPath) -> bool:
    """Whether a policy is about a key, or about the table that holds it."""
    return path[: len(policy.path)] == policy.path


def _is_about(policy: Policy, given: Given) -> bool:
    """Whether a policy is about a value; of what a table holds, only what can be compared with its bounds."""
    if not _covers(policy, given.path) or not (not given.bot or policy.binds(given.bot)):
        return False
    return given.path == policy.path or policy.one_of is not None or _is_plain(given.value)


def _outside(given: Given, policy: Policy, policies: Sequence[Policy]) -> Iterator[Finding]:
    values = given.value if isinstance(given.value, list) else [given.value]
    wrong = [one for one in values if not isinstance(one, Mapping) and not is_within(json_value(one), policy)]
    if not wrong:
        return
    document, line = given.document, given.document.line_of(given.place)
    allowed = policy.bounds(hidden=policy.one_of is not None)
    locked = any(one.locked and _is_about(one, given) for one in policies)
    lock = "; it is locked too, so nobody could mend it" if locked else ""
    message = f"{_shown(wrong[0])} breaks the baseline's own policy: {allowed}{lock}"
    advice = f"correct the value or the policy: {policy.owner} owns it"
    key = key_of(given.path) if given.path[0] == "settings" else format_key(given.path)
    text = document.quote(line, lambda path: path != given.place or not _is_plain(given.value))
    yield Finding("E302", key, message, document.path, line, text, policy.because, advice)


def _shown(value: Any) -> str:  # noqa: ANN401 - any TOML value
    return show(value) if _is_plain(value) else HIDDEN


def _is_plain(value: Any) -> bool:  # noqa: ANN401 - any TOML value
    return is_number(value) or isinstance(value, bool | date)
