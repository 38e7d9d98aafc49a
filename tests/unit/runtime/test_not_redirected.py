"""``-E sandbox`` starts nothing that would reach a real system."""

from types import SimpleNamespace
from typing import Any, cast

import pytest

from rpa_commons.capabilities import capability_spec
from rpa_commons.config import ResolvedInstance
from rpa_commons.connectors import built_in_names, load
from rpa_commons.runtime import launch
from rpa_commons.runtime._sandboxed import READS_FILES, NotRedirectedError, refuse_real_systems

_REAL = {"stack.Ledger.settings.url": SimpleNamespace(layer="municipality")}
_OWN = {**_REAL, "stack.Ledger.settings.timeout": SimpleNamespace(layer="environment sandbox")}


def _resolved(environment: str, **bindings: tuple[str, dict[str, Any]]) -> ResolvedInstance:
    """An instance as far as the rule looks at it: capability -> connector and origins."""
    bound = {
        name: SimpleNamespace(connector=connector, origins=origins)
        for name, (connector, origins) in bindings.items()
    }
    return cast("ResolvedInstance", SimpleNamespace(name="books", environment=environment, bindings=bound))


def test_what_the_sandbox_does_not_redirect_is_refused() -> None:
    """With capability, connector, reason and what to do; a redirected one beside it changes nothing."""
    resolved = _resolved("sandbox", Ledger=("paper-ledger", _REAL), DigitalPost=("sf1601", _OWN))

    with pytest.raises(NotRedirectedError, match=r"says nothing of Ledger \(paper-ledger\)") as caught:
        refuse_real_systems(resolved)

    assert caught.value.exit_code == 5
    assert (("Ledger", "paper-ledger"),) == caught.value.bindings
    assert "[Ledger.settings]" in caught.value.remedy
    assert "rpac sandbox up --connect" in caught.value.remedy


@pytest.mark.parametrize("environment", ["production", "test"])
def test_other_environments_reach_what_their_stack_says(environment: str) -> None:
    """The rule is the sandbox's."""
    refuse_real_systems(_resolved(environment, Ledger=("paper-ledger", _REAL)))

    assert "sandbox" != environment


def test_a_table_of_the_environment_and_files_that_are_only_read_are_enough() -> None:
    """Extracts may stay where the municipality keeps them."""
    resolved = _resolved("sandbox", Ledger=("paper-ledger", _OWN), PopulationEvents=("moves-extract", _REAL))

    refuse_real_systems(resolved)

    assert {"Ledger", "PopulationEvents"} == set(resolved.bindings)


def test_nothing_is_prepared_then(monkeypatch: pytest.MonkeyPatch) -> None:
    """A run, a plan, an adoption: all go the one way."""
    real = _resolved("sandbox", Ledger=("paper-ledger", _REAL))
    monkeypatch.setattr(launch, "resolved_for", lambda *_: real)
    nowhere: Any = SimpleNamespace(folder=None)
    monkeypatch.setattr(launch, "unfinished_upgrades", lambda *_: ())

    for mode in ("run", "plan", "adopt"):
        with pytest.raises(NotRedirectedError):
            launch.prepare(nowhere, "books", mode=mode)


@pytest.mark.parametrize("connector", sorted(built_in_names()))
def test_only_a_connector_without_effects_and_addresses_may_stay(connector: str) -> None:
    """Each of the library's own is one or the other, and the list says which."""
    kind = load(connector)
    effects = [one for one in capability_spec(kind.capability).calls.values() if one.effect_class]
    reaches = {"url", "broker"} & set(kind.Settings.model_fields)

    assert (connector in READS_FILES) == (not effects and not reaches)
