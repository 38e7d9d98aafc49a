"""Connector wheels in the lock and the store: what the configuration knows, and what an environment holds."""

import hashlib
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rpa_commons.config import MunicipalityFolder, open_municipality
from rpa_commons.environments import (
    ConnectorInUseError,
    ConnectorNotReadyError,
    LockedConnector,
    LockEntry,
    LockFile,
    LockMismatchError,
    WheelStore,
    connectors_of,
    connectors_of_wheels,
    plan_removal,
    read_lock,
    refuse_unready,
    write_lock,
)
from rpa_commons.environments import _connector_wheels as wheels_module
from rpa_commons.environments._connector_wheels import Beside, beside_of
from rpa_commons.environments._given_wheels import check_given, connector_record
from rpa_commons.environments._lock import LockedPackage
from rpa_commons.manifest import CapabilityEntry
from tests.support.wheels import WheelMaker, bot_manifest, connector_entry

MUNICIPALITY = """\
name = "Roskilde"
code = "0265"
cvr = "29189404"
languages = ["da"]
state_dir = "../state"
[letterhead]
name = "Roskilde Kommune"
address = ["Rådhusbuen 1", "4000 Roskilde"]
"""
HASH = "sha256:" + "0" * 64
BOOKS = bot_manifest(
    capabilities=(CapabilityEntry(attribute="ledger", name="Ledger", version="1.0", calls=()),)
)


@pytest.fixture
def town(tmp_path: Path) -> MunicipalityFolder:
    """A municipality whose stack names a connector of a wheel."""
    folder = tmp_path / "roskilde"
    folder.mkdir()
    (folder / "municipality.toml").write_text(MUNICIPALITY, encoding="utf-8")
    (folder / "stack.toml").write_text('[Ledger]\nconnector = "paper-ledger"\n', encoding="utf-8")
    return open_municipality(folder)


@pytest.fixture
def record(town: MunicipalityFolder, tmp_path: Path) -> LockedConnector:
    """The connector wheel, kept in the store and written in the lock."""
    made = WheelMaker(name="connector-paper", kind="connector")
    made.manifest = {"connectors": (connector_entry("connector_paper"),)}
    wheel = made.build(tmp_path)
    (checked,) = check_given([wheel])
    found = connector_record(checked, None)
    WheelStore(town.state_dir).keep(wheel, found.sha256)
    write_lock(town.folder, LockFile(connectors=(found,)))
    return found


def entry(**changes: Any) -> LockEntry:
    """A bot's entry."""
    said: dict[str, Any] = {
        "name": "quiet-bot",
        "version": "1.2.0",
        "wheel": "quiet_bot-1.2.0-py3-none-any.whl",
        "sha256": "1" * 64,
        "manifest_sha256": "2" * 64,
        "python": "3.11",
    }
    return LockEntry(**{**said, **changes})


def test_what_is_written_is_read_again(town: MunicipalityFolder, record: LockedConnector) -> None:
    """With a version of its own, so that an older release refuses what it does not understand."""
    text = (town.folder / "rpac.lock").read_text(encoding="utf-8")

    assert LockFile(connectors=(record,)) == read_lock(town.folder)
    assert "lock_version = 4" in text
    assert str(town.folder) not in text


def test_a_lock_without_connectors_keeps_version_and_digests(tmp_path: Path) -> None:
    """Environments that were made before there were connector wheels are still known."""
    write_lock(tmp_path, LockFile(entries=(entry(),)))

    text = (tmp_path / "rpac.lock").read_text(encoding="utf-8")
    assert "lock_version = 2" in text
    assert "connectors" not in text
    assert entry().digest == entry(connectors=(), extras=()).digest != entry(extras=("amqp",)).digest


def test_an_edited_entry_is_refused(town: MunicipalityFolder, record: LockedConnector) -> None:
    """Nobody puts another wheel into the lock by hand."""
    path = town.folder / "rpac.lock"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace('version = "1.2.0"', 'version = "1.3.0"'), encoding="utf-8")

    with pytest.raises(LockMismatchError, match=f"the entry of connector {record.name} was changed by hand"):
        read_lock(town.folder)
    assert "paper-ledger" not in connectors_of(town)


@given(st.text(max_size=40))
def test_no_version_of_a_capability_passes_that_is_none(text: str) -> None:
    """Whatever stands there, a manifest holds ``major.minor`` alone."""
    try:
        version = connector_entry(version=text).version
    except ValueError:
        return

    major, minor = version.split(".")
    assert int(major) >= 0 <= int(minor)


def test_the_configuration_knows_an_installed_connector(
    town: MunicipalityFolder, record: LockedConnector
) -> None:
    """By its manifest in the store; whose wheel it is and which version is known too."""
    known = connectors_of(town)["paper-ledger"]

    assert (record.name, "1.2.0", "Ledger") == (known.wheel, known.release, known.capability)
    assert "window_days" in known.settings_schema["properties"]


def test_a_wheel_that_is_not_here_is_said(town: MunicipalityFolder, record: LockedConnector) -> None:
    """A fresh clone has the lock and not the wheels: the name is known, its settings are to be fetched."""
    WheelStore(town.state_dir).place(record.wheel, record.sha256).unlink()

    assert "paper-ledger" in connectors_of(town)
    with pytest.raises(LockMismatchError, match="not on this machine"):
        connectors_of(town)["paper-ledger"]


def test_wheels_in_a_folder_are_known_to_a_baseline(tmp_path: Path, record: LockedConnector) -> None:
    """A cooperation has no lock; what is no connector wheel is passed over."""
    (tmp_path / "broken.whl").write_bytes(b"no wheel")

    known = connectors_of_wheels(iter(sorted(tmp_path.glob("*.whl"))))
    assert {"paper-ledger"} == set(known) - set(connectors_of_wheels(iter(())))
    assert record.name == known["paper-ledger"].wheel


def test_an_environment_holds_what_the_stack_names_and_no_more(
    town: MunicipalityFolder, record: LockedConnector, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of wheels and of extras; in any environment of the municipality; for what the bot asks for."""
    lock, store = read_lock(town.folder), WheelStore(town.state_dir)
    monkeypatch.setattr(wheels_module, "extra_of", lambda name, _settings: "amqp" if name == "queue" else "")

    assert [record] == [one.record for one in beside_of(town, BOOKS, lock, store).wheels]
    assert Beside() == beside_of(town, bot_manifest(), lock, store)
    place = town.folder / "environments" / "test"
    place.mkdir(parents=True)
    (place / "stack.toml").write_text('[Ledger]\nconnector = "queue"\n', encoding="utf-8")
    both = beside_of(open_municipality(town.folder), BOOKS, lock, store)
    assert (("amqp",), [record]) == (both.extras, [one.record for one in both.wheels])


def test_a_stack_names_connectors_and_no_wheels(town: MunicipalityFolder, record: LockedConnector) -> None:
    """Another wheel that is called as the connector is: it brings something else, and stays out."""
    other = record.model_copy(update={"name": "paper-ledger", "connectors": ("tally-ledger",)})
    lock = read_lock(town.folder).with_connector(other)

    assert [record] == [one.record for one in beside_of(town, BOOKS, lock, WheelStore(town.state_dir)).wheels]
    assert (other, record, None) == tuple(
        lock.bringing(name) for name in ("tally-ledger", "paper-ledger", record.name)
    )


def test_an_entry_fits_only_what_it_was_resolved_with(
    town: MunicipalityFolder, record: LockedConnector
) -> None:
    """Another wheel of the name, a further extra, or none at all: resolved anew."""
    beside = beside_of(town, BOOKS, read_lock(town.folder), WheelStore(town.state_dir))
    fitting = entry(connectors=(record.name,), packages=(record.package,))
    other = LockedPackage(name=record.name, version="1.2.0", file=record.wheel, hashes=(HASH,))

    assert beside.is_in(fitting)
    assert not beside.is_in(entry())
    assert not beside.is_in(fitting.model_copy(update={"packages": (other,)}))
    assert not replace(beside, extras=("amqp",)).is_in(fitting)


def test_a_run_on_another_environment_than_the_stack_asks_for_is_refused(
    town: MunicipalityFolder, record: LockedConnector, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the command that makes it; a built-in connector needs nothing, unless an extra."""
    monkeypatch.setattr(wheels_module, "extra_of", lambda name, _settings: "amqp" if name == "queue" else "")
    write_lock(town.folder, LockFile(entries=(entry(),), connectors=(record,)))

    refuse_unready(town, "quiet-bot", {"rest-ledger": ()})
    for name in ("paper-ledger", "queue"):
        with pytest.raises(ConnectorNotReadyError, match=name) as refused:
            refuse_unready(town, "quiet-bot", {"rest-ledger": (), name: ()})
        assert "`rpac install`" in refused.value.remedy


@pytest.mark.parametrize("place", ["", "environments/test"])
def test_an_extra_comes_with_the_setting_that_needs_it(town: MunicipalityFolder, place: str) -> None:
    """SF1601 gets the AMQP client where it reads receipts from a queue, in any environment."""
    post = bot_manifest(
        capabilities=(CapabilityEntry(attribute="post", name="DigitalPost", version="1.0", calls=()),)
    )
    stack = town.folder / "stack.toml"
    stack.write_text('[DigitalPost]\nconnector = "sf1601"\n', encoding="utf-8")
    store = WheelStore(town.state_dir)
    without = beside_of(open_municipality(town.folder), post, LockFile(), store)
    (town.folder / place).mkdir(parents=True, exist_ok=True)
    with (town.folder / place / "stack.toml").open("a", encoding="utf-8") as file:
        head = '[DigitalPost]\nconnector = "sf1601"\n' if place else ""
        file.write(f'{head}[DigitalPost.settings.receipts_queue]\nqueue = "q"\n')

    assert () == without.extras
    assert ("amqp",) == beside_of(open_municipality(town.folder), post, LockFile(), store).extras


def test_a_run_that_lacks_the_extra_of_a_setting_is_refused(town: MunicipalityFolder) -> None:
    """The setting was added after the bot was installed: `rpac install` makes its environment anew."""
    write_lock(town.folder, LockFile(entries=(entry(),)))

    refuse_unready(town, "quiet-bot", {"sf1601": ["url"]})
    with pytest.raises(ConnectorNotReadyError, match="sf1601") as refused:
        refuse_unready(town, "quiet-bot", {"sf1601": ["url", "receipts_queue"]})
    assert "`rpac install`" in refused.value.remedy


def test_a_connector_that_the_stack_names_is_not_removed(
    town: MunicipalityFolder, record: LockedConnector
) -> None:
    """Asked for by either of its names."""
    for name in (record.name, "paper-ledger"):
        with pytest.raises(ConnectorInUseError, match="the stack names paper-ledger for Ledger"):
            plan_removal(town, name)
    (town.folder / "stack.toml").write_text("", encoding="utf-8")
    removal = plan_removal(open_municipality(town.folder), "paper-ledger")
    assert ("connector", record.name) == (removal.kind, removal.bot)


def test_the_record_of_a_wheel_is_its_contents(record: LockedConnector, town: MunicipalityFolder) -> None:
    """Its hash is that of the file in the store."""
    content = WheelStore(town.state_dir).get(record.wheel, record.sha256).read_bytes()

    assert hashlib.sha256(content).hexdigest() == record.sha256
