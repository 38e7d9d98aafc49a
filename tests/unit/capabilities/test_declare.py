"""How capabilities declare themselves: what is refused, and what a spec says."""

import inspect
from datetime import date
from typing import Any, Protocol, get_args

import pytest

from rpa_commons.capabilities import (
    DigitalPost,
    EffectClass,
    Letter,
    Move,
    Person,
    PopulationEvents,
    PopulationRegister,
    Receipt,
    capability,
    capability_spec,
    effect,
    is_capability,
    query,
)


def planned(*_: object, **__: object) -> str:
    """The receipt of a plan."""
    return "planned"


def test_an_unmarked_method_is_refused() -> None:
    """Whether a method changes the world is never left open."""
    with pytest.raises(TypeError, match=r"Ledger\.post must be marked @query or @effect"):

        @capability(version="1.0")
        class Ledger(Protocol):
            def post(self) -> str: ...


def test_an_effect_without_a_key_is_refused() -> None:
    """An effect that cannot carry the idempotency key cannot be made safe."""
    with pytest.raises(
        TypeError, match=r"Ledger\.post is an effect and needs a keyword-only parameter 'key'"
    ):

        @capability(version="1.0")
        class Ledger(Protocol):
            @effect("keyed", planned=planned)
            def post(self, amount: int) -> str: ...


def test_a_key_that_can_be_given_by_position_is_refused() -> None:
    """A key given by position could be mistaken for another argument."""
    with pytest.raises(TypeError, match="keyword-only"):

        @capability(version="1.0")
        class Ledger(Protocol):
            @effect("keyed", planned=planned)
            def post(self, key: str = "") -> str: ...


@pytest.mark.parametrize("effect_class", ["", "safe", "KEYED", None])
def test_an_unknown_effect_class_is_refused(effect_class: Any) -> None:
    """There is no default and no fifth class."""
    with pytest.raises(TypeError, match="keyed, probe, local, unsafe"):
        effect(effect_class, planned=planned)


def test_an_effect_needs_its_planned_receipt() -> None:
    """A plan never calls an effect, so the declaration must say what it returns instead."""
    declare: Any = effect

    with pytest.raises(TypeError, match="planned"):
        declare("keyed")


def test_a_spec_says_everything_a_host_needs() -> None:
    """Name, version, and for each call class, decisiveness, receipt, return type and signature."""

    @capability(version="2.3")
    class Ledger(Protocol):
        @query
        def balance(self, account: str) -> int: ...

        @effect("probe", planned=planned, decisive=True)
        def post(self, amount: int, *, key: str = "") -> str: ...

        def _helper(self) -> None: ...

    spec = capability_spec(Ledger)

    balance, post = spec.calls["balance"], spec.calls["post"]
    assert ("Ledger", "2.3", ["balance", "post"]) == (spec.name, spec.version, list(spec.calls))
    assert (None, False, None, int) == (
        balance.effect_class,
        balance.decisive,
        balance.planned,
        balance.returns,
    )
    assert ("probe", True, str) == (post.effect_class, post.decisive, post.returns)
    assert ["amount", "key"] == list(post.signature.parameters)
    assert post.planned is not None
    assert "planned" == post.planned(1, key="k")
    assert "Ledger.post" == post.name


def test_a_spec_cannot_be_changed() -> None:
    """What a capability declares is the same for everybody who reads it."""
    calls: Any = capability_spec(DigitalPost).calls

    with pytest.raises(TypeError):
        calls["send"] = None


def test_only_declared_classes_are_capabilities() -> None:
    """Neither a subclass nor an instance nor a plain class is one by accident."""

    class Mine(DigitalPost):
        pass

    assert [True, False, False, False] == [
        is_capability(one) for one in (DigitalPost, Mine, str, "DigitalPost")
    ]
    with pytest.raises(TypeError, match="str is not declared with @capability"):
        capability_spec(str)


def test_the_effect_classes() -> None:
    """The four classes that decide what happens after an interruption."""
    assert ("keyed", "probe", "local", "unsafe") == get_args(EffectClass)


def test_the_capabilities_of_the_first_bot() -> None:
    """Which calls there are, and that sending is all that changes anything."""
    calls = {
        call.name: (call.effect_class, call.decisive, capability_spec(one).version)
        for one in (PopulationEvents, PopulationRegister, DigitalPost)
        for call in capability_spec(one).calls.values()
    }

    assert {
        "PopulationEvents.moves_into": (None, False, "1.0"),
        "PopulationRegister.person": (None, False, "1.0"),
        "DigitalPost.registered": (None, False, "1.1"),
        "DigitalPost.reachable_by_sms": (None, False, "1.1"),
        "DigitalPost.send": ("keyed", False, "1.1"),
        "DigitalPost.notify": ("keyed", False, "1.1"),
        "DigitalPost.delivery": (None, False, "1.1"),
    } == calls


def test_the_planned_receipt_of_a_letter() -> None:
    """A plan's receipt has the type of a real one and says that nothing was sent."""
    call = capability_spec(DigitalPost).calls["send"]
    letter = Letter(title="Welcome", language="en", pdf=b"%PDF")
    assert call.planned is not None

    receipt = call.planned(letter, to="0101505555", channel="physical", key="k")

    assert Receipt(id="planned", channel="physical", planned=True) == receipt
    assert Receipt is call.returns


def test_a_planned_receipt_takes_what_its_effect_takes() -> None:
    """Whatever a bot passes to an effect, the plan's function takes too."""
    for one in (PopulationEvents, PopulationRegister, DigitalPost):
        for call in capability_spec(one).calls.values():
            if call.planned is not None:
                assert list(call.signature.parameters) == list(inspect.signature(call.planned).parameters)


PERSON = {"cpr": "0101505555", "name": "A", "status": "active", "protected": False, "children_under_18": 0}
MOVE = {
    "id": "e",
    "cpr": "0101505555",
    "moved_on": date(2056, 11, 1),
    "origin": "none",
    "to_municipality": "0265",
}


@pytest.mark.parametrize(
    ("model", "values", "changed"),
    [
        (Person, PERSON, {"cpr": "010150-5555"}),
        (Person, PERSON, {"cpr": "٠101505555"}),
        (Person, PERSON, {"status": "alive"}),
        (Person, PERSON, {"protected": "no"}),
        (Person, PERSON, {"children_under_18": -1}),
        (Person, PERSON, {"age": 7}),
        (Move, MOVE, {"moved_on": "2056-11-01"}),
        (Move, MOVE, {"to_municipality": "265"}),
        (Move, MOVE, {"id": ""}),
    ],
)
def test_models_are_strict(
    model: type[Person | Move], values: dict[str, Any], changed: dict[str, Any]
) -> None:
    """A model never repairs what it is given, and takes nothing it does not know."""
    assert isinstance(model(**values), model)
    with pytest.raises(ValueError, match="validation error"):
        model(**{**values, **changed})
