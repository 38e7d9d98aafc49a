"""Properties of layers, list changes, locks and bounds, over generated layers and policies."""

from datetime import date
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from rpa_commons.config.findings._keys import KeyPath, format_key, lookup
from rpa_commons.config.layers._layers import NOTHING, Layer, Origin, merge
from rpa_commons.config.layers._lists import change_problems, combining, source_of
from rpa_commons.config.layers._policy import AppliedPolicy, Policy
from rpa_commons.config.layers._section import Section
from rpa_commons.config.policies._policing import policy_findings
from rpa_commons.config.schema._schema import SchemaView
from rpa_commons.config.schema._validate import as_json

_NUMBER = {"type": "integer"}
_LIST = {"type": "array", "items": _NUMBER}
_TABLE = {"type": "object", "properties": {"n": _NUMBER, "l": _LIST}, "additionalProperties": _NUMBER}
_EITHER = {"anyOf": [_NUMBER, _TABLE]}
_OWN = {"n": _NUMBER, "l": _LIST, "t": _TABLE, "e": _EITHER, "any": {}}
_VIEW = SchemaView({"type": "object", "properties": {"settings": {"type": "object", "properties": _OWN}}})
_PATHS = tuple(("settings", *path) for path in (
    ("n",), ("l",), ("t",), ("t", "n"), ("t", "l"), ("t", "x"), ("e",), ("e", "n"), ("any",), (),
))  # fmt: skip
_SHARED = ("bot default", "baseline", "profile kombit")
_ABOVE = ("municipality", "environment test", "--set")
_TODAY = date(2026, 1, 1)

_numbers = st.integers(0, 6)
_lists = st.lists(_numbers, max_size=3)
_changes = st.fixed_dictionaries({}, optional={"append": _lists, "remove": _lists})
_tables = st.dictionaries(st.sampled_from(["n", "x"]), _numbers | st.booleans(), max_size=2) | (
    st.fixed_dictionaries({"l": _lists | _changes})
)
_anything = (
    _numbers | _lists | _changes | _tables | st.text(max_size=1) | st.floats(allow_nan=False, width=16)
)
_trees = st.fixed_dictionaries(
    {},
    optional={
        "n": _numbers | st.booleans(),
        "l": _lists | _changes,
        "t": _tables | _numbers,
        "e": _tables | _numbers,
        "any": _anything,
    },
)


@st.composite
def _layers(draw: st.DrawFn) -> tuple[Layer, ...]:
    """Layers of the cooperation, then layers above it."""
    names = [name for name in (*_SHARED, *_ABOVE) if draw(st.booleans())]
    return tuple(Layer(name, {"settings": draw(_trees)}, text=name) for name in names)


@st.composite
def _policies(draw: st.DrawFn) -> Policy:
    path = draw(st.sampled_from(_PATHS))
    low, high = sorted((draw(_numbers), draw(_numbers)))
    kinds = draw(st.sets(st.sampled_from(["locked", "min", "max", "one_of"]), min_size=1))
    return Policy(
        bot="a-bot",
        key=format_key(path[1:]) or "settings",
        path=path,
        locked="locked" in kinds,
        minimum=low if "min" in kinds else None,
        maximum=high if "max" in kinds else None,
        one_of=tuple(draw(st.lists(_numbers, min_size=1, max_size=3))) if "one_of" in kinds else None,
        why="because",
        owner="somebody",
        origin=Origin("baseline", None, draw(st.integers(1, 9)), "policies.toml"),
    )


def _section(layers: tuple[Layer, ...], *policies: Policy) -> Section:
    applied = tuple(AppliedPolicy(one, one.path, None, _TODAY) for one in policies)
    return Section(_VIEW, layers, lambda path: format_key(path[1:]) or "settings", None, applied)


def _refused(section: Section) -> bool:
    found = [*section.findings(), *policy_findings(section)]
    return any(not one.is_warning for one in found)


def _value(layers: tuple[Layer, ...], path: KeyPath) -> Any:
    merged = merge(layers, is_single=_VIEW.is_single, combine=combining(_VIEW))
    try:
        return as_json(lookup(merged.values, path), _VIEW, path)
    except KeyError:
        return NOTHING


def _is_same(first: Any, second: Any) -> bool:
    """Equality in which true is not 1; a table without keys is none."""
    if isinstance(first, dict) and isinstance(second, dict):
        return first.keys() == second.keys() and all(_is_same(one, second[key]) for key, one in first.items())
    if isinstance(first, list) and isinstance(second, list):
        return len(first) == len(second) and all(map(_is_same, first, second))
    empty = [one is NOTHING or one == {} for one in (first, second)]
    return all(empty) or (not any(empty) and first == second and (first is True) is (second is True))


@settings(deadline=None)
@given(_layers(), st.data())
def test_laying_a_layer_again_changes_nothing(layers: tuple[Layer, ...], data: st.DataObject) -> None:
    """Merging is idempotent, also where layers append to lists and remove from them."""
    again = data.draw(st.integers(1, 3))
    once = merge(layers, is_single=_VIEW.is_single, combine=combining(_VIEW))
    twice = merge((*layers, *layers[-1:] * again), is_single=_VIEW.is_single, combine=combining(_VIEW))

    assert repr(once.values) == repr(twice.values)


@settings(deadline=None)
@given(_layers(), _trees)
def test_the_strongest_layer_wins(layers: tuple[Layer, ...], strongest: dict[str, Any]) -> None:
    """A value or list of the strongest layer is what holds, whatever stands below; so do appended items."""
    top = Layer("--set", {"settings": strongest}, text="--set")
    for key, said in strongest.items():
        holds = _value((*layers, top), ("settings", key))

        if not isinstance(said, dict):
            assert repr(holds) == repr(said)
        elif key == "l":
            assert set(said.get("append", ())) <= set(holds)
            assert not (set(said.get("remove", ())) - set(said.get("append", ()))) & set(holds)


@settings(deadline=None)
@given(_layers())
def test_every_item_of_a_list_has_its_source(layers: tuple[Layer, ...]) -> None:
    """The place that is named for an item of the effective list holds that very item."""
    merged = merge(layers, is_single=_VIEW.is_single, combine=combining(_VIEW))
    for path in (("settings", "l"), ("settings", "t", "l")):
        candidates = merged.leaves.get(path, ())
        items = candidates[-1].effective if candidates else ()
        for index, item in enumerate(items):
            source = source_of(candidates, index)

            assert source is not None
            assert lookup(source[0].layer.values, (*path, *source[1])) == item


@settings(deadline=None)
@given(_layers())
def test_only_a_real_removal_is_kept_quiet(layers: tuple[Layer, ...]) -> None:
    """W201 is said for each item that a layer removes though no layer below has it, and for no other."""
    merged = merge(layers, is_single=_VIEW.is_single, combine=combining(_VIEW))
    said = {
        (layer.name, problem.path)
        for problem, layer in change_problems(merged, _VIEW)
        if problem.code == "W201"
    }
    for path in (("settings", "l"), ("settings", "t", "l")):
        below: Any = None
        for one in merged.leaves.get(path, ()):
            removed = one.value.get("remove", ()) if isinstance(one.value, dict) else ()
            for index, item in enumerate(removed if isinstance(below, list) else ()):
                there = item in below or item in one.value.get("append", ())
                assert ((one.layer.name, (*path, "remove", index)) in said) == (not there)
            below = one.effective


@settings(max_examples=400, deadline=None)
@given(_layers(), _policies(), st.lists(_policies(), max_size=2))
def test_a_lock_is_never_lost(layers: tuple[Layer, ...], lock: Policy, others: list[Policy]) -> None:
    """Whatever the layers above the cooperation's say: there is a finding, or its value holds."""
    section = _section(layers, lock, *others)
    if lock.locked and not _refused(section):
        shared = tuple(one for one in layers if one.is_shared)

        assert _is_same(_value(shared, lock.path), _value(layers, lock.path))


@settings(max_examples=400, deadline=None)
@given(_layers(), st.lists(_policies(), max_size=3), _policies(), st.integers(0, 3))
def test_a_policy_never_loosens(
    layers: tuple[Layer, ...], policies: list[Policy], another: Policy, position: int
) -> None:
    """With one policy more nothing is accepted that was refused before, wherever it stands in the file."""
    more = [*policies[:position], another, *policies[position:]]

    assert not _refused(_section(layers, *policies)) or _refused(_section(layers, *more))


@settings(max_examples=400, deadline=None)
@given(_layers(), st.lists(_policies(), min_size=1, max_size=3))
def test_an_accepted_value_keeps_every_bound(layers: tuple[Layer, ...], policies: list[Policy]) -> None:
    """Where nothing is refused, each number that a policy binds lies inside its bounds."""
    section = _section(layers, *policies)
    if _refused(section):
        return
    for path, candidates in section.merged.leaves.items():
        value = candidates[-1].effective
        for one in policies:
            if path[: len(one.path)] == one.path and isinstance(value, int) and not isinstance(value, bool):
                assert one.minimum is None or value >= one.minimum
                assert one.maximum is None or value <= one.maximum
                assert one.one_of is None or value in one.one_of
