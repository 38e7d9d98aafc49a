"""Policies that cannot all hold for one key, or not beside what its bot allows: E303 with each line.

Rules this module keeps: two that leave no value between them are named, whatever else is said of the key;
where only more of them together leave none, all of those are.
"""

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from rpa_commons.config.findings import HIDDEN, Finding, KeyPath
from rpa_commons.config.layers import Policy
from rpa_commons.config.schema import SchemaView

from ._bounds import above, allowed_by, impossible, is_within, json_value

__all__ = ["conflict_findings", "impossible_findings"]


def conflict_findings(policies: Sequence[Policy], fixed: tuple[Policy, Any] | None) -> Iterator[Finding]:
    """E303 for the policies of one key.

    Args:
        policies: Those with bounds.
        fixed: The policy that locks the key and the value that it keeps; ``None`` without.
    """
    if fixed is not None:
        lock, value = fixed
        for one in policies:
            if one is not lock and value is not None and not _allows(one, value):
                yield _finding((lock, one), "what the one locks the other does not allow")
        return
    for some in itertools.chain(itertools.combinations(policies, 1), itertools.combinations(policies, 2)):
        if not _leave_a_value(some):
            yield _finding(some, "no value keeps to both" if len(some) > 1 else "no value keeps to it")
            return
    if not _leave_a_value(policies):
        yield _finding([one for one in policies if not _is_idle(one, policies)], "no value keeps to all")


def impossible_findings(policies: Sequence[Policy], view: SchemaView, path: KeyPath) -> Iterator[Finding]:
    """E303 for each policy that leaves no value which the bot allows."""
    nodes = (*view.at(path), *view.at((*path, 0)))
    is_secret = view.is_hidden(path, {})
    for one in policies:
        if impossible(one, nodes):
            said = one.bounds(hidden=is_secret)
            message = f"the policy for {one.key} leaves no value that the bot allows: {said}"
            allowed = HIDDEN if is_secret else allowed_by(nodes)
            advice = f"{one.owner} must settle it" + (f": the bot allows {allowed}" if allowed else "")
            yield replace(_finding([one], ""), message=message, help=advice)


def _allows(policy: Policy, value: Any) -> bool:  # noqa: ANN401 - any JSON value
    return (
        all(is_within(one, policy) for one in value) if isinstance(value, list) else is_within(value, policy)
    )


def _leave_a_value(policies: Sequence[Policy]) -> bool:
    """Whether some value keeps to all of them."""
    chosen = next((one.one_of for one in policies if one.one_of is not None), None)
    if chosen is not None:
        return any(all(is_within(json_value(value), one) for one in policies) for value in chosen)
    lows = [one.minimum for one in policies if one.minimum is not None]
    highs = [one.maximum for one in policies if one.maximum is not None]
    return not any(above(low, high) for low in lows for high in highs)


def _is_idle(policy: Policy, policies: Sequence[Policy]) -> bool:
    """Whether the others leave no value even without it."""
    return not _leave_a_value([one for one in policies if one is not policy])


def _finding(policies: Sequence[Policy], message: str) -> Finding:
    ordered = sorted(policies, key=lambda one: one.origin.line or 0)
    keys = list(dict.fromkeys(one.key for one in ordered))
    if len(ordered) == 1:
        subject, verb = f"the policy for {keys[0]}", "cannot hold"
    else:
        several = "two" if len(ordered) == 2 else str(len(ordered))  # noqa: PLR2004 - a pair
        subject = (
            f"{several} policies for {keys[0]}"
            if len(keys) == 1
            else (f"the policies for {', '.join(keys[:-1])} and {keys[-1]}")
        )
        verb = "cannot both hold" if len(ordered) == 2 else "cannot all hold"  # noqa: PLR2004 - a pair
    owners = " and ".join(dict.fromkeys(one.owner for one in ordered))
    last = ordered[-1]
    return Finding(
        "E303",
        last.key,
        f"{subject} {verb}: {message}",
        last.origin.file,
        last.origin.line,
        last.line_text,
        "; ".join(one.because for one in ordered),
        f"{owners} must settle it",
    )
