"""Policies that leave no value between them: found whatever else is said, with the line of each."""

import itertools
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rpa_commons.config.layers._layers import Origin
from rpa_commons.config.layers._policy import Policy
from rpa_commons.config.policies._bounds import is_within
from rpa_commons.config.policies._policy_conflicts import conflict_findings


def policy(line: int = 1, key: str = "limit", owner: str = "DIGIT", **says: Any) -> Policy:
    """A policy of one line."""
    fields: dict[str, Any] = {"locked": False, "minimum": None, "maximum": None, "one_of": None, **says}
    origin = Origin("baseline", None, line, "policies.toml")
    return Policy("", key, ("settings", key), why="w", owner=owner, origin=origin, **fields)


def said(*policies: Policy, fixed: Any = None) -> list[tuple[str, str]]:
    """Message and places of each finding, in whichever order the file has them."""
    found = {
        tuple((one.message, one.because) for one in conflict_findings(order, fixed))
        for order in itertools.permutations(policies)
    }
    [same] = found
    return list(same)


def test_a_choice_and_a_bound_exclude_each_other_beside_a_second_choice() -> None:
    """The first of two choices is looked at, too."""
    [(message, because)] = said(
        policy(1, one_of=(3, 4, 5)), policy(2, one_of=(1, 2, 3)), policy(3, maximum=2)
    )

    assert "two policies for limit cannot both hold: no value keeps to both" == message
    assert ("policies.toml:1" in because, "policies.toml:3" in because) == (True, True)
    assert "policies.toml:2" not in because


def test_three_that_only_together_leave_nothing_are_all_named() -> None:
    """Each two of them have a value in common."""
    [(message, because)] = said(policy(1, one_of=(1, 2)), policy(2, one_of=(2, 3)), policy(3, one_of=(1, 3)))

    assert "3 policies for limit cannot all hold: no value keeps to all" == message
    assert [True] * 3 == [f"policies.toml:{line}" in because for line in (1, 2, 3)]


def test_who_takes_no_part_is_not_named() -> None:
    """A bound that everybody keeps is no side of the quarrel."""
    [(_, because)] = said(
        policy(1, one_of=(1, 5)), policy(2, minimum=2), policy(3, maximum=4), policy(4, maximum=9)
    )

    assert "policies.toml:4" not in because


def test_a_policy_may_exclude_itself() -> None:
    """Its own choice lies outside its own bounds."""
    [(message, _)] = said(policy(1, one_of=(1, 2), minimum=3))

    assert "the policy for limit cannot hold: no value keeps to it" == message


def test_policies_for_a_table_and_a_key_in_it_are_both_named() -> None:
    """By the key each one names."""
    [(message, _)] = said(policy(1, "retry", maximum=3), policy(2, "retry.times", minimum=4))

    assert "the policies for retry and retry.times cannot both hold: no value keeps to both" == message


@pytest.mark.parametrize(
    "policies",
    [
        (policy(minimum=3), policy(maximum=3)),
        (policy(one_of=(1, 2)), policy(one_of=(2, 3))),
        (policy(minimum=date(2026, 1, 1)), policy(maximum=date(2026, 1, 1))),
        (policy(one_of=(date(2026, 1, 1),)), policy(maximum=date(2026, 1, 1))),
        (policy(one_of=("a",)), policy(one_of=("a", "b"))),
        (),
    ],
)
def test_one_common_value_is_enough(policies: tuple[Policy, ...]) -> None:
    """Bounds hold their own value; dates are compared as days."""
    assert [] == said(*policies)


def test_true_is_not_one() -> None:
    """Choices are compared as TOML has them."""
    assert 1 == len(said(policy(one_of=(True,)), policy(one_of=(1,))))


def test_a_lock_and_a_bound() -> None:
    """What is locked must lie within."""
    lock = policy(1, locked=True)
    [(message, _)] = said(policy(2, maximum=3), fixed=(lock, 5))

    assert "two policies for limit cannot both hold: what the one locks the other does not allow" == message
    assert [] == said(policy(2, maximum=5), fixed=(lock, 5))
    assert [] == said(policy(2, maximum=5), fixed=(lock, [1, 5]))
    assert 1 == len(said(policy(2, maximum=4), fixed=(lock, [1, 5])))


_NUMBERS = st.integers(0, 6)
_POLICIES = st.lists(
    st.builds(
        policy,
        line=st.integers(1, 9),
        minimum=st.none() | _NUMBERS,
        maximum=st.none() | _NUMBERS,
        one_of=st.none() | st.lists(_NUMBERS, min_size=1, max_size=3).map(tuple),
    ),
    max_size=4,
)


@given(_POLICIES)
def test_a_conflict_is_found_exactly_where_no_value_is_left(policies: list[Policy]) -> None:
    """Every whole number is tried; between whole bounds lies one, or nothing."""
    left = any(all(is_within(value, one) for one in policies) for value in range(-1, 8))

    assert left == (not list(conflict_findings(policies, None)))
