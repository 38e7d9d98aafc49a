"""A run's record says which connector of which version served each capability."""

from pathlib import Path

import sqlalchemy as sa

from rpa_commons import __version__
from rpa_commons.runtime import instance_status
from rpa_commons.runtime._crypto import ephemeral_keys
from rpa_commons.runtime._database import open_instance
from rpa_commons.runtime._job import BindingEntry, InstanceEntry, Job, MunicipalityEntry, WheelEntry
from rpa_commons.runtime._runs import begin_run

ID = "0b6f0c1e-0000-4000-8000-000000000001"
KEYS = ephemeral_keys()
PAPER = WheelEntry(name="connector-paper", version="1.2.0", manifest_sha256="0" * 64)


def job(state_dir: Path, *bindings: BindingEntry) -> Job:
    """A run of a bot with these bindings."""
    return Job(
        mode="run",
        municipality=MunicipalityEntry(code="0265", name="Roskilde"),
        folder=state_dir,
        state_dir=state_dir,
        environment="test",
        instance=InstanceEntry(name="letters", id=ID, bot="letters", bot_version="1.0.0"),
        bindings=bindings,
    )


def test_a_run_says_what_served_its_capabilities(tmp_path: Path) -> None:
    """By wheel and version; of a connector that comes with rpa-commons that is rpa-commons."""
    engine = open_instance(tmp_path, ID, KEYS.sealer)
    ledger = BindingEntry(capability="Ledger", connector="paper-ledger", wheel=PAPER)
    post = BindingEntry(capability="DigitalPost", connector="sf1601", settings={"url": "https://x.dk"})
    begin_run(engine, KEYS.sealer, job(tmp_path, ledger, post), None)
    engine.dispose()

    last = instance_status(tmp_path, ID).last_run
    assert last is not None
    assert [
        {"capability": "DigitalPost", "connector": "sf1601", "wheel": "rpa-commons", "version": __version__},
        {"capability": "Ledger", "connector": "paper-ledger", "wheel": "connector-paper", "version": "1.2.0"},
    ] == last["connectors"]


def test_a_state_of_an_earlier_release_is_read_and_written_on(tmp_path: Path) -> None:
    """Its runs say nothing of connectors; the next one does, and no version of the state changes."""
    engine = open_instance(tmp_path, ID, KEYS.sealer)
    begin_run(engine, KEYS.sealer, job(tmp_path), None)
    with engine.begin() as connection:
        connection.execute(sa.text("DROP TABLE rpac_run_connectors"))
    engine.dispose()
    before = instance_status(tmp_path, ID).last_run
    again = open_instance(tmp_path, ID, KEYS.sealer)
    binding = BindingEntry(capability="Ledger", connector="paper-ledger", wheel=PAPER)
    begin_run(again, KEYS.sealer, job(tmp_path, binding), None)
    again.dispose()
    after = instance_status(tmp_path, ID).last_run

    assert before is not None
    assert after is not None
    assert (1, None, 2) == (before["number"], before["connectors"], after["number"])
    assert ["1.2.0"] == [one["version"] for one in after["connectors"]]
