"""The choice of a connector, where money or law stands behind its settings."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from rpa_commons.config import Awaiting, ConnectorEntry, awaiting_in, confirm, resolve_instance, unconfirmed
from rpa_commons.config.findings import Finding
from rpa_commons.config.instances._confirm import NotSensitiveError
from rpa_commons.config.instances._confirmations import FILE_NAME
from rpa_commons.editing import EditRequest, EditTools, edit
from rpa_commons.sdk import BotSettings, Field

if TYPE_CHECKING:
    from conftest import Town

NOW = datetime(2026, 11, 2, 9, 30, tzinfo=UTC)
CONNECTOR = "stack.PopulationRegister.connector"
LIMIT = "stack.PopulationRegister.settings.limit"
PAYING = '[PopulationRegister]\nconnector = "bank"\nsettings.limit = 500\n'
PLAIN = '[PopulationRegister]\nconnector = "register-extract"\nsettings.folder = "in"\n'
EMPTY = "[PopulationRegister]\n"


class BankSettings(BotSettings):
    """Settings of a connector that pays."""

    limit: int = Field(300, description="The highest amount.", unit="DKK", sensitive=True)


class PostSettings(BotSettings):
    """Settings of another one that pays."""

    account: str = Field("", description="Where it comes from.", sensitive=True, personal=True)


@pytest.fixture
def bank(town: "Town") -> "Town":
    """The town with two connectors that pay and one that does not."""
    for name, settings in (("bank", BankSettings), ("post-bank", PostSettings)):
        entry = ConnectorEntry(name, "PopulationRegister", settings.model_json_schema(), "1.0")
        town.connectors = {**town.connectors, name: entry}
    town.write("stack.toml", PAYING)
    return town


def _awaiting(town: "Town", key: str | None = None) -> tuple[Awaiting, ...]:
    return awaiting_in(
        town.open("production"), town.manifest_of, connectors=town.connectors, instance=None, key=key
    )


def _keys(town: "Town") -> list[str]:
    return [one.key for one in _awaiting(town)]


def _both_confirm(town: "Town") -> None:
    for person in ("anna", "bo"):
        confirm(town.open("production"), _awaiting(town), person=person, now=NOW)


def _findings(town: "Town", environment: str = "production") -> tuple[Finding, ...]:
    municipality = town.open(environment)
    instance = resolve_instance(municipality, "welcome-letters", town.manifest_of, connectors=town.connectors)
    return unconfirmed(instance, municipality)


def test_the_choice_of_such_a_connector_needs_two_people(bank: "Town") -> None:
    """Its defaults have money behind them as well as what is said of them here."""
    bank.write("stack.toml", '[PopulationRegister]\nconnector = "bank"\n')
    [found] = _findings(bank)

    assert ("E304", CONNECTOR) == (found.code, found.key)
    assert found.place.endswith("stack.toml:2")
    assert "money or law stands behind a setting of the connector" == found.because

    _both_confirm(bank)
    assert () == _findings(bank)


def test_a_connector_without_such_settings_needs_nobody(bank: "Town") -> None:
    """Which file the register comes from is no matter of money."""
    bank.write("stack.toml", PLAIN)

    assert [] == _keys(bank)
    assert () == _findings(bank)


def test_the_cooperation_s_choice_needs_nobody(bank: "Town") -> None:
    """Two people decided there."""
    bank.write("../baseline/stack.toml", '[PopulationRegister]\nconnector = "bank"\n')
    bank.write("stack.toml", EMPTY)

    assert [] == _keys(bank)


def test_leaving_the_cooperation_s_connector_needs_two_people(bank: "Town") -> None:
    """Its limits were decided there by two people, also where they are nothing but its author's defaults."""
    bank.write("../baseline/stack.toml", '[PopulationRegister]\nconnector = "bank"\n')
    bank.write("stack.toml", PLAIN)
    [found] = _findings(bank)

    assert ("E304", CONNECTOR) == (found.code, found.key)
    assert found.place.endswith("stack.toml:2")
    assert found.because.endswith(
        "takes the place of the cooperation's connector, of which a setting is sensitive"
    )

    _both_confirm(bank)
    assert () == _findings(bank)


def test_leaving_a_connector_without_such_settings_needs_nobody(bank: "Town") -> None:
    """Neither the cooperation's connector nor the municipality's has money behind it."""
    entry = ConnectorEntry("plain", "PopulationRegister", BotSettings.model_json_schema(), "1.0")
    bank.connectors = {**bank.connectors, "plain": entry}
    bank.write("../baseline/stack.toml", '[PopulationRegister]\nconnector = "plain"\n')
    bank.write("stack.toml", PLAIN)

    assert [] == _keys(bank)


def test_leaving_a_connector_that_is_not_there_needs_nobody(bank: "Town") -> None:
    """Nobody can tell what it was; that it is unknown is said where it is chosen."""
    bank.write("../baseline/stack.toml", '[PopulationRegister]\nconnector = "gone"\n')
    bank.write("stack.toml", PLAIN)

    assert [] == _keys(bank)


def test_other_environments_ask_nobody(bank: "Town") -> None:
    """A test may try a connector before anybody stands behind it."""
    assert () == _findings(bank, "test")


def test_another_connector_does_not_drop_what_was_confirmed_in_silence(bank: "Town") -> None:
    """The limit no longer holds, and production says so before it runs without."""
    _both_confirm(bank)
    bank.write("stack.toml", PLAIN)
    [found] = _findings(bank)
    [one] = _awaiting(bank)

    assert '"register-extract" is not the value that was confirmed ("bank")' == found.message
    assert f"no longer in use: {LIMIT} (confirmed: 500)" in found.because
    assert (f"no longer in use: {LIMIT} (confirmed: 500)",) == one.changes
    assert ("bank", "register-extract") == (one.old, one.new)

    _both_confirm(bank)
    assert () == _findings(bank)


def test_the_way_back_is_asked_about_too(bank: "Town") -> None:
    """What two people stood behind last is the other connector."""
    _both_confirm(bank)
    bank.write("stack.toml", PLAIN)
    _both_confirm(bank)
    bank.write("stack.toml", PAYING)

    assert [CONNECTOR] == _keys(bank)


def test_another_connector_of_the_cooperation_is_asked_about_where_it_drops_something(
    bank: "Town",
) -> None:
    """The cooperation chose both; the limit was confirmed here."""
    bank.write("../baseline/stack.toml", '[PopulationRegister]\nconnector = "bank"\n')
    bank.write("stack.toml", "[PopulationRegister]\nsettings.limit = 500\n")
    _both_confirm(bank)
    assert [] == _keys(bank)

    bank.write("../baseline/stack.toml", PLAIN)
    bank.write("stack.toml", EMPTY)
    assert [CONNECTOR] == _keys(bank)

    _both_confirm(bank)
    assert [] == _keys(bank)


def test_a_confirmed_value_that_may_not_be_shown_stays_hidden(bank: "Town") -> None:
    """That it is out of use can be said without saying what it was."""
    bank.write("stack.toml", '[PopulationRegister]\nconnector = "post-bank"\nsettings.account = "9999-123"\n')
    _both_confirm(bank)
    bank.write("stack.toml", PLAIN)
    [one] = _awaiting(bank)

    assert ("no longer in use: stack.PopulationRegister.settings.account (confirmed: …)",) == one.changes
    assert "9999" not in (bank.folder / FILE_NAME).read_text(encoding="utf-8")


def test_the_choice_can_be_asked_for_by_name(bank: "Town") -> None:
    """Also when it is confirmed; a connector without such settings is no such key."""
    assert [CONNECTOR] == [one.key for one in _awaiting(bank, CONNECTOR)]

    _both_confirm(bank)
    assert () == _awaiting(bank, CONNECTOR)

    (bank.folder / FILE_NAME).unlink()
    bank.write("stack.toml", PLAIN)
    with pytest.raises(NotSensitiveError):
        _awaiting(bank, CONNECTOR)


def test_a_key_of_another_version_s_record_is_passed_over(bank: "Town") -> None:
    """What cannot be read as a key concerns no binding."""
    _both_confirm(bank)
    record = bank.folder / FILE_NAME
    text = record.read_text(encoding="utf-8").replace(f'key = "{LIMIT}"', 'key = "a..b"')
    record.write_text("\n".join(one for one in text.splitlines() if one != "value = 500"), encoding="utf-8")

    assert [LIMIT] == _keys(bank)


def test_setting_a_connector_puts_the_first_person_on_record(bank: "Town") -> None:
    """Whoever sets it reads that somebody else must confirm, and what it puts out of use."""
    _both_confirm(bank)
    request = EditRequest(
        bank.folder,
        "stack.PopulationRegister",
        None,
        '{ connector = "register-extract", settings = { folder = "in" } }',
        person="anna",
    )
    change = edit(request, EditTools(lambda _: bank.manifest_of, bank.connectors), write=True)
    [one] = _awaiting(bank)

    assert change.is_written
    assert any(
        f"somebody other than anna runs `rpac config confirm welcome-letters {CONNECTOR}`" in note
        for note in change.notes
    )
    assert (CONNECTOR, "anna", "bank") == (one.key, one.changed_by, one.old)
    assert one.changes
