"""Policies that cannot all hold for one key: E303, naming both lines."""

from collections.abc import Iterator, Sequence
from typing import Any

from ._bounds import above, is_within
from ._findings import Finding
from ._policies import Policy

__all__ = ["conflict_findings"]


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
                yield _finding(lock, one, "what the one locks the other does not allow")
        return
    pair = _clash(policies) if len(policies) > 1 else None
    if pair is not None:
        yield _finding(*pair, "no value keeps to both")


def _allows(policy: Policy, value: Any) -> bool:  # noqa: ANN401 - any JSON value
    return (
        all(is_within(one, policy) for one in value) if isinstance(value, list) else is_within(value, policy)
    )


def _clash(policies: Sequence[Policy]) -> tuple[Policy, Policy] | None:
    """Two of them that leave no value between them."""
    low = high = chosen = None
    options: tuple[Any, ...] | None = None
    for one in policies:
        if one.minimum is not None and (low is None or not above(low.minimum, one.minimum)):
            low = one
        if one.maximum is not None and (high is None or not above(one.maximum, high.maximum)):
            high = one
        if one.one_of is not None:
            left = tuple(option for option in one.one_of if options is None or option in options)
            if not left and chosen is not None:
                return chosen, one
            options, chosen = left, one
    if low is not None and high is not None and above(low.minimum, high.maximum):
        return low, high
    for bound in (low, high):
        if (
            chosen is not None
            and bound is not None
            and not any(is_within(one, bound) for one in chosen.one_of or ())
        ):
            return chosen, bound
    return None


def _finding(first: Policy, second: Policy, message: str) -> Finding:
    first, second = sorted((first, second), key=lambda one: one.origin.line or 0)
    because = f"{first.because}; {second.because}"
    owners = " and ".join(dict.fromkeys((first.owner, second.owner)))
    subject = f"the policies for {first.key} and {second.key}"
    if first.key == second.key:
        subject = f"two policies for {first.key}"
    text, advice = f"{subject} cannot both hold: {message}", f"{owners} must settle it"
    origin = second.origin
    return Finding("E303", second.key, text, origin.file, origin.line, second.line_text, because, advice)
