"""Which class serves a binding: built in, or the very one that the lock's wheel describes."""

from importlib import metadata
from types import SimpleNamespace
from typing import Any

import pytest

from rpa_commons.capabilities import Ledger, SchoolDistricts
from rpa_commons.manifest import Manifest
from rpa_commons.runtime._connector_kind import connector_kind
from rpa_commons.runtime._errors import RunRefusedError
from rpa_commons.runtime._job import BindingEntry, WheelEntry
from tests.support.wheels import connector_entry


class Paper:
    """A ledger of paper."""

    name = "paper-ledger"
    capability: type = Ledger


ENTRY = connector_entry(entry=f"{__name__}:Paper")
MANIFEST = Manifest(
    kind="connector",
    name="connector-paper",
    version="1.0.0",
    summary="Paper.",
    sdk_version="0.1.0",
    connectors=(ENTRY,),
)
WHEEL = WheelEntry(name="connector-paper", version="1.0.0", manifest_sha256=MANIFEST.digest)
BINDING = BindingEntry(capability="Ledger", connector="paper-ledger", wheel=WHEEL)


def plugins(*shipped: Any) -> Any:
    """An environment whose plugins ship these connectors."""
    return SimpleNamespace(connectors=lambda: {one.name: one for one in shipped})


@pytest.fixture
def installed(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """The connector wheel as the environment has it; a test may change it."""
    found: dict[str, Any] = {"version": "1.0.0", "text": MANIFEST.to_json()}
    real = metadata.distribution

    def distribution(name: str) -> Any:
        if name != "connector-paper":
            return real(name)
        return SimpleNamespace(version=found["version"], read_text=lambda _: found["text"])

    monkeypatch.setattr(metadata, "distribution", distribution)
    return found


def test_the_described_class_of_the_locked_wheel_is_taken(installed: dict[str, Any]) -> None:
    """Wheel, manifest and class agree."""
    kind, spec = connector_kind(BINDING, plugins(Paper))

    assert (Paper, "Ledger") == (kind, spec.name)


def test_another_version_is_refused(installed: dict[str, Any]) -> None:
    """Somebody installed into the environment by hand."""
    installed["version"] = "1.0.1"

    with pytest.raises(RunRefusedError, match=r"another connector-paper than rpac.lock: 1.0.1") as refused:
        connector_kind(BINDING, plugins(Paper))
    assert "rpac install" in refused.value.remedy


@pytest.mark.parametrize("text", [None, "", "{}", MANIFEST.model_copy(update={"summary": "x"}).to_json()])
def test_another_manifest_is_refused(installed: dict[str, Any], text: str | None) -> None:
    """Gone, broken, or not the one in the lock."""
    installed["text"] = text

    with pytest.raises(RunRefusedError, match="connector-paper"):
        connector_kind(BINDING, plugins(Paper))


def test_another_class_under_the_name_is_refused(
    installed: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A bot's module may register what it likes: only the class in the manifest is called."""
    twin = type("Twin", (), {"name": "paper-ledger", "capability": Ledger})
    with pytest.raises(RunRefusedError, match="its manifest says"):
        connector_kind(BINDING, plugins(twin))

    monkeypatch.setattr(Paper, "capability", SchoolDistricts)
    with pytest.raises(RunRefusedError, match="its manifest says"):
        connector_kind(BINDING, plugins(Paper))


def test_a_wheel_that_ships_nothing_of_the_name_is_refused(installed: dict[str, Any]) -> None:
    """Its manifest promised it."""
    with pytest.raises(RunRefusedError, match="ships no connector paper-ledger"):
        connector_kind(BINDING, plugins())


def test_a_wheel_that_is_not_there_is_refused() -> None:
    """The environment was not made from this lock."""
    wheel = WHEEL.model_copy(update={"name": "connector-nowhere"})

    with pytest.raises(RunRefusedError, match=r"has no connector-nowhere 1.0.0, which rpac.lock has"):
        connector_kind(BINDING.model_copy(update={"wheel": wheel}), plugins(Paper))


def test_a_plugin_never_takes_the_place_of_a_built_in_connector() -> None:
    """A stack must mean one thing."""
    twin = type("Twin", (), {"name": "sf1601", "capability": Ledger})

    with pytest.raises(RunRefusedError, match="which is built in"):
        connector_kind(BindingEntry(capability="DigitalPost", connector="sf1601"), plugins(twin))
