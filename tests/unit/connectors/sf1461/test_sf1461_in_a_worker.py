"""What a worker gives the connector: a state folder, the journal's keys, and whether it plans."""

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from rpa_commons.config import resolve_secret
from rpa_commons.connectors import Surroundings
from rpa_commons.connectors.sf1461 import Sf1461
from rpa_commons.runtime._crypto import Keys
from rpa_commons.runtime._job import BindingEntry
from rpa_commons.runtime._outfit import Outfit
from rpa_commons.sdk import Municipality
from tests.support.beskedfordeler import CVR, SINCE, body, move, settings, told
from tests.unit.connectors.sf1461.conftest import Tray


class _Plugins:
    def connectors(self) -> dict[str, type]:
        return {}


def worker(folder: Path, keys: Keys | None, mode: str) -> Sf1461:
    """The connector, made by the runtime's own code for a job in this mode."""
    job: Any = SimpleNamespace(
        environment="test",
        folder=folder,
        state_dir=folder / "state_dir" / "test",
        mode=mode,
        instance=SimpleNamespace(name="welcome-letters"),
    )
    outfit = cast("Any", object.__new__(Outfit))
    outfit.job, outfit.plugins = job, _Plugins()
    outfit.municipality = Municipality("0265", "Roskilde", CVR)
    outfit._secret = lambda ref: resolve_secret(ref, folder)
    outfit._surroundings = {"PopulationEvents": outfit._around(keys, Surroundings.pause)}
    binding = BindingEntry(
        capability="PopulationEvents",
        connector="sf1461",
        settings=json.loads(settings().model_dump_json(exclude_none=True)),
    )
    return cast("Sf1461", outfit._connector(binding))


@pytest.mark.parametrize(("mode", "kept"), [("run", True), ("adopt", True), ("plan", False)])
def test_a_run_keeps_and_a_plan_does_not(folder: Path, keys: Keys, mode: str, kept: bool) -> None:
    """The store lies in the environment's state folder, shared by all instances; a plan makes none."""
    events = worker(folder, keys, mode)
    tray = Tray([body(1)])
    events._open_queue = lambda: tray

    assert [told(move(1))] == events.moves_into("0265", SINCE)
    found = [path.relative_to(folder) for path in (folder / "state_dir").rglob("*.sqlite")]
    assert kept == (found == [Path("state_dir/test/connectors/sf1461") / f"queue-{settings().queue}.sqlite"])
    assert kept == (not tray.waiting)


def test_the_journals_keys_are_the_vault(keys: Keys) -> None:
    """A connector's seal is bound to its place, and its digests are none of the items' own."""
    sealed = keys.seal(b"0101605000", "sf1461/messages/a")

    assert b"0101605000" == keys.unseal(sealed, "sf1461/messages/a")
    with pytest.raises(Exception, match="changed or moved"):
        keys.unseal(sealed, "sf1461/messages/b")
    assert keys.digest("a", "b") == keys.digest("a", "b")
    assert keys.digest("a", "b") != keys.digest("ab")
    assert keys.digest("a") != keys.digester.of_parts("a")
