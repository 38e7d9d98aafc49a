"""A section against the cooperation's policies: what they refuse, and what is wrong with them.

Rules this module keeps: a policy binds whoever says the winning value, the author's default and ``--set``
too; policies only ever add findings, so another one never makes a refused value accepted; a value that
cannot be compared with a bound is outside it; what may not be shown is ``…`` here too.

Usage::

    yield from policy_findings(section)
"""

import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from rpa_commons.config.findings import HIDDEN, Finding, KeyPath, guess, lookup, show
from rpa_commons.config.layers import NOTHING, AppliedPolicy, Candidate, Layer, Policy, Section, is_table
from rpa_commons.config.schema import Problem, SchemaView, as_json

from ._bounds import is_within, may_be, unfit, without_effect
from ._locked_rows import changed_rows
from ._policy_conflicts import conflict_findings, impossible_findings
from ._waivers import ENDS_SOON, WHO_ACTS

__all__ = ["policy_findings"]

_KnowsKey = Callable[[KeyPath], bool]


def policy_findings(
    section: Section, *, elsewhere: _KnowsKey = lambda _: False, set_aside: Sequence[Layer] = ()
) -> Iterator[Finding]:
    """E301, E302, E303, E305, W301 and W302 for the policies of a section.

    Args:
        section: With its policies.
        elsewhere: Whether a key that this section's schema does not know is one of another connector.
        set_aside: Layers whose settings are for another connector than the one chosen above them.
    """
    usable: list[AppliedPolicy] = []
    for one in section.policies:
        if one.waiver is not None:
            yield from _ends_soon(section, one)
        wrong = list(_misfits(section, one, elsewhere))
        yield from wrong
        if all(each.is_warning for each in wrong) and section.view.knows(one.path):
            usable.append(one)
    locks = [one for one in usable if one.policy.locked and one.holds]
    for one in locks:
        yield from _locked(section, one, set_aside)
    bounds = [one for one in usable if one.policy.has_bounds and one.holds]
    if bounds:
        yield from _bounded(section, bounds, locks)


def _ends_soon(section: Section, one: AppliedPolicy) -> Iterator[Finding]:
    waiver = one.waiver
    if waiver is None or one.holds or waiver.days_left(one.today) > ENDS_SOON:
        return
    if section.view.knows(one.path) and not _is_needed_here(section, one):
        return
    left = waiver.days_left(one.today)
    day = "today" if left == 0 else f"in {left} day{'' if left == 1 else 's'}, on {waiver.until}"
    says = one.policy.text(hidden=section.is_hidden(one.path))
    message = f"the waiver ends {day}; after that the cooperation's policy holds: {says}"
    origin, advice = (
        waiver.origin,
        f"keep to the policy by then, or ask {one.policy.owner} for another waiver",
    )
    yield Finding(
        "W301", waiver.key, message, origin.file, origin.line, waiver.line_text, _because(one), advice
    )


def _is_needed_here(section: Section, one: AppliedPolicy) -> bool:
    """Whether the policy would refuse what holds now."""
    found = itertools.chain(
        _locked(section, one, ()) if one.policy.locked else (),
        _bounded(section, [one], ()) if one.policy.has_bounds else (),
    )
    return next(found, None) is not None


def _misfits(section: Section, one: AppliedPolicy, elsewhere: _KnowsKey) -> Iterator[Finding]:
    """E305 and W302: the policy says what cannot be said of this key."""
    policy, view = one.policy, section.view
    if not view.knows(one.path):
        is_for_many = policy.path[0] == "settings" and not policy.bot  # some bots know the key, others not
        if not is_for_many and not elsewhere(one.path):
            known = [section.name_of((*one.path[:-1], key)) for key in view.keys(one.path[:-1])]
            meant = guess(policy.key, known)
            advice = f"did you mean {meant}?" if meant else f"known there: {', '.join(known)}"
            yield _of_policy(
                "E305", policy, f"no key {policy.key} is known, so the policy binds nothing", advice
            )
        return
    secret = view.secret_part(one.path)
    if secret is not None and secret != one.path:
        advice = f"name the whole reference: {section.name_of(secret)}"
        yield _of_policy("E305", policy, "a policy cannot bind a part of a reference to a secret", advice)
        return
    for path in _leaves_below(section, one.path) if policy.has_bounds else ():
        unfitting, loose = _judged(view, policy, path)
        for problem in unfitting:
            yield _of_policy("E305", policy, f"{section.name_of(path)}: {problem}", "take this bound out")
        for problem in loose if path == one.path else ():
            yield _of_policy("W302", policy, problem, "tighten it, or take it out")
    if policy.locked and _is_needed(section, one.path) and not _shared(section, one.path):
        message = f"{policy.key} is locked, but the cooperation gives it no value, and it must have one"
        yield _of_policy("E305", policy, message, "set it in the baseline, or take locked out")


def _judged(view: SchemaView, policy: Policy, path: KeyPath) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What is wrong with a policy for a key, and what is idle; kept with the schema, which decides it."""
    kept = view.memory.setdefault("policies", {})
    known = kept.get((id(policy), path))
    if known is None:
        nodes = view.at(path)
        if len(kept) >= _MOST_KEPT:
            kept.clear()
        known = kept[id(policy), path] = (
            tuple(unfit(policy, nodes)),
            tuple(without_effect(policy, nodes)),
            policy,  # which must live as long as its id is asked for
        )
    return known[0], known[1]


_MOST_KEPT = 512


def _is_needed(section: Section, path: KeyPath) -> bool:
    return bool(path) and any(path[-1] in node.get("required", ()) for node in section.view.at(path[:-1]))


def _shared(section: Section, path: KeyPath) -> bool:
    """Whether any layer of the author or the cooperation says something at a path."""
    return any(layer.is_shared and _said(layer, path) is not None for layer in section.layers)


def _leaves_below(section: Section, path: KeyPath) -> list[KeyPath]:
    """The leaves that a policy for a path is about: itself, or every key below it."""
    leaves = section.merged.leaves
    if path in leaves:
        return [path]
    length = len(path)
    below = [leaf for leaf in leaves if leaf[:length] == path]
    return below or ([] if section.view.keys(path) else [path])


def _said(layer: Layer, path: KeyPath) -> KeyPath | None:
    """How far a layer's values lead along a path: all of it, or to the value in place of a table; or not."""
    node: Any = layer.values
    for length, part in enumerate(path):
        if not isinstance(node, Mapping):
            return path[:length]
        if part not in node:
            return None
        node = node[part]
    return path


def _locked(section: Section, one: AppliedPolicy, set_aside: Sequence[Layer]) -> Iterator[Finding]:
    """E301 for each layer above the cooperation's that says another value."""
    for layer in section.layers:
        path = None if layer.is_shared else _said(layer, one.path)
        if path is None:
            continue
        if path != one.path:  # a value in place of the table that holds the locked key
            yield _refusal(section, one, layer, path, NOTHING, lookup(layer.values, path))
            continue
        for leaf in _leaves_below(section, path):
            candidates = section.merged.leaves.get(leaf, ())
            below = next((each.effective for each in reversed(candidates) if each.layer.is_shared), NOTHING)
            for candidate in candidates:
                if candidate.layer is layer and not _same(section, leaf, below, candidate.effective):
                    yield _refusal(section, one, layer, leaf, below, candidate.effective)
    for layer in set_aside:
        winner = section.merged.winner(("connector",))
        if (
            layer.is_shared
            and one.path[:1] == ("settings",)
            and _said(layer, one.path) == one.path
            and winner
        ):
            key = section.name_of(one.path)
            message = f"another connector than the cooperation's loses {key}, which is locked"
            yield _placed(section, one, winner.layer, Problem("E301", ("connector",), message))


def _refusal(
    section: Section,
    one: AppliedPolicy,
    layer: Layer,
    path: KeyPath,
    below: Any,  # noqa: ANN401 - any TOML value
    value: Any,  # noqa: ANN401 - any TOML value
) -> Finding:
    if is_table(section.view, path) and below is not NOTHING:
        rows = changed_rows(section, path, layer, below)
        where = f": {rows.text} changes it" if rows else ""
        message = f"the table is locked by the cooperation{where}"
        at = path if rows is None else (*path, rows.first)
        found = _placed(section, one, layer, Problem("E301", at, message))
        return replace(found, key=section.name_of(path))
    hidden = section.is_hidden(path) or section.view.is_hidden(path, layer.values)
    given = HIDDEN if hidden else show(as_json(value, section.view, path))
    if below is NOTHING:
        message = f"locked by the cooperation, which sets nothing here: {given} is not allowed"
    else:
        kept = HIDDEN if hidden else show(as_json(below, section.view, path))
        message = f"locked by the cooperation at {kept}: {given} is not allowed"
    return _placed(section, one, layer, Problem("E301", path, message))


def _placed(section: Section, one: AppliedPolicy, layer: Layer, problem: Problem) -> Finding:
    what = "remove the line" if layer.document is not None else "leave it out"
    advice = f"{what}, or ask {one.policy.owner} for a waiver"
    return section.finding(replace(problem, help=advice), layer, _because(one))


def _same(section: Section, path: KeyPath, first: Any, second: Any) -> bool:  # noqa: ANN401 - TOML values
    if first is NOTHING or second is NOTHING:
        return first is second
    return _equal(as_json(first, section.view, path), as_json(second, section.view, path))


def _equal(first: Any, second: Any) -> bool:  # noqa: ANN401 - JSON values
    """Equality in which true is not 1, at any depth."""
    if isinstance(first, Mapping) and isinstance(second, Mapping):
        return first.keys() == second.keys() and all(_equal(one, second[key]) for key, one in first.items())
    if isinstance(first, list | tuple) and isinstance(second, list | tuple):
        return len(first) == len(second) and all(map(_equal, first, second))
    return bool(first == second) and isinstance(first, bool) is isinstance(second, bool)


def _bounded(
    section: Section, bounds: Sequence[AppliedPolicy], locks: Sequence[AppliedPolicy]
) -> Iterator[Finding]:
    """E302 and E303, key by key."""
    by_leaf: dict[KeyPath, list[AppliedPolicy]] = {}
    for one in bounds:
        for leaf in _leaves_below(section, one.path):
            by_leaf.setdefault(leaf, []).append(one)
    for leaf, policies in by_leaf.items():
        candidates = section.merged.leaves.get(leaf, ())
        fixed = _fixed(section, leaf, candidates, locks)
        both = [one.policy for one in policies]
        clashes = list(conflict_findings(both, fixed)) or list(impossible_findings(both, section.view, leaf))
        yield from clashes
        if candidates and not clashes:
            yield from _outside(section, leaf, candidates[-1], policies)


def _fixed(
    section: Section, leaf: KeyPath, candidates: Sequence[Candidate], locks: Sequence[AppliedPolicy]
) -> tuple[Policy, Any] | None:
    """The lock on a leaf with the value that it keeps."""
    lock = next((one for one in locks if leaf[: len(one.path)] == one.path), None)
    kept = next((one.effective for one in reversed(candidates) if one.layer.is_shared), NOTHING)
    if lock is None or kept is NOTHING:
        return None
    return lock.policy, as_json(kept, section.view, leaf)


def _outside(
    section: Section, leaf: KeyPath, winner: Candidate, policies: Sequence[AppliedPolicy]
) -> Iterator[Finding]:
    nodes = section.view.at(leaf)
    value = as_json(winner.effective, section.view, leaf)
    if value is None or not may_be(value, nodes):
        return  # not set; or the schema says that it cannot be
    items = list(enumerate(value)) if isinstance(value, list) else []
    unit = str(section.view.note(leaf, "unit") or "")
    for one in policies:
        here = leaf
        wrong: Any = value
        if items:
            outside = next(((at, item) for at, item in items if not is_within(item, one.policy)), None)
            if outside is None:
                continue
            here, wrong = (*leaf, outside[0]), outside[1]
        elif isinstance(value, list) or is_within(value, one.policy):
            continue
        hidden = section.is_hidden(here)
        allowed = one.policy.bounds(hidden=hidden)
        message = f"{HIDDEN if hidden else show(wrong)} is not allowed: {allowed}" + (
            f" {unit}" if unit else ""
        )
        advice = _who_mends(winner.layer, one.policy, allowed)
        yield section.placed(Problem("E302", here, message, advice), _because(one))


def _who_mends(layer: Layer, policy: Policy, allowed: str) -> str:
    """What to do about a value outside: a member changes its own, and not what its cooperation says."""
    if not layer.is_shared:
        return f"set a value that is {allowed}, or ask {policy.owner} for a waiver"
    if layer.is_default:
        return (
            f"the bot's own default breaks the policy, and the baseline gives no other value: tell"
            f" {policy.owner}; until then set a value that is {allowed}"
        )
    return (
        f"the value is the cooperation's own: baseline and policy contradict each other, tell {policy.owner}"
    )


def _because(one: AppliedPolicy) -> str:
    text = one.policy.because
    if one.waiver is not None and one.holds:
        text += f"; the waiver at {one.waiver.place} expired on {one.waiver.until}"
    return text


def _of_policy(code: str, policy: Policy, message: str, advice: str) -> Finding:
    origin = policy.origin
    if code == "E305":
        advice = f"{advice}; {WHO_ACTS}"
    return Finding(code, policy.key, message, origin.file, origin.line, policy.line_text, help=advice)
