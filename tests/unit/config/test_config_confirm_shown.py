"""What a second person sees and cannot miss: what was taken out, which rows differ, what needs nobody."""

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import click
import pytest
from click.testing import CliRunner, Result

from rpa_commons.capabilities import RpaCommonsError
from rpa_commons.cli import _main
from rpa_commons.config import Awaiting, awaiting_in, confirm, resolve_instance, unconfirmed
from rpa_commons.config.instances._confirm import waiting_for_production
from rpa_commons.sdk import BotSettings, Column, Field, Table, table

if TYPE_CHECKING:
    from conftest import Town

NOW = datetime(2026, 11, 2, 9, 30, tzinfo=UTC)
FEES = "tables/welcome-letters/fees.csv"
ROWS = "case;fee\nadult;40\nchild;10\n"


class Band(BotSettings):
    """One band."""

    amount: int = Field(description="What it costs.", unit="DKK")


class Settings(BotSettings):
    """Settings of every kind that may have money behind it."""

    contact: str = Field(description="Who is asked.", personal=True)
    window_days: int = Field(10, description="Look this many days back.")
    bands: dict[str, Band] = Field({}, description="Bands.", sensitive=True)
    caps: dict[str, int] = Field({}, description="Caps.", sensitive=True)
    payees: tuple[str, ...] = Field((), description="Who may be paid.", sensitive=True)
    fees: Table = table(
        Column.input("case", "text", one_of=["adult", "child", "pet"], description="Who."),
        Column.output("fee", "money", unit="DKK", description="Fee a month."),
        description="Fees.",
        sensitive=True,
    )


KEYED = """
[settings.bands.a]
amount = 5
[settings.bands.b]
amount = 7
[settings.caps]
x = 1
y = 2
"""


@pytest.fixture
def money(town: "Town", monkeypatch: pytest.MonkeyPatch) -> "Town":
    """The town with a bot whose keyed tables, lists and table have money behind them."""
    town.manifest = town.manifest.model_copy(update={"settings_schema": Settings.model_json_schema()})
    town.write(FEES, ROWS + "pet;1\n")
    monkeypatch.setattr("rpa_commons.cli.config.confirm.manifest_of", lambda _: town.manifest_of)
    monkeypatch.setattr("rpa_commons.cli.config.confirm.connectors", lambda *_: town.connectors)
    monkeypatch.setattr("getpass.getuser", lambda: "anna")
    return town


def _awaiting(town: "Town", **rest: Any) -> tuple[Awaiting, ...]:
    return awaiting_in(town.open("production"), town.manifest_of, connectors=town.connectors, **rest)


def _keys(town: "Town") -> list[str]:
    return [one.key for one in _awaiting(town)]


def _by_two(town: "Town") -> None:
    for person in ("asta", "bo"):
        confirm(town.open("production"), _awaiting(town), person=person, now=NOW)


def _findings(town: "Town", *overrides: str) -> list[Any]:
    municipality = town.open("production")
    instance = resolve_instance(
        municipality, "welcome-letters", town.manifest_of, connectors=town.connectors, overrides=overrides
    )
    return list(unconfirmed(instance, municipality))


def _rpac(*words: str) -> Result:
    return CliRunner().invoke(_main.cli, ["-C", "roskilde", "config", *words], standalone_mode=False)


def _code(result: Result) -> Any:
    if result.exception is not None:
        assert isinstance(result.exception, RpaCommonsError | click.ClickException), result.exception
        return result.exception.exit_code
    return result.return_value or 0


def test_taking_out_a_confirmed_entry_needs_two_people(money: "Town") -> None:
    """What two people decided, one cannot delete: neither a table's entry nor a plain one."""
    money.settings(KEYED)
    _by_two(money)
    money.settings(KEYED.replace("[settings.bands.b]\namount = 7\n", "").replace("y = 2\n", ""))
    found = _awaiting(money)

    assert ["bands.b.amount", "caps.y"] == [one.key for one in found]
    assert [(7, None, True), (2, None, True)] == [(one.old, one.new, one.taken_out) for one in found]
    assert "was taken out, and two people had confirmed it (2)" == _findings(money)[1].message


def test_a_whole_table_taken_out_needs_two_people(money: "Town") -> None:
    """Nothing is left of it, and its entries are asked for all the same."""
    money.settings(KEYED)
    _by_two(money)
    money.settings()

    assert ["bands.a.amount", "bands.b.amount", "caps.x", "caps.y"] == sorted(_keys(money))


def test_two_people_can_take_an_entry_out(money: "Town") -> None:
    """Then production runs without it; nobody is asked again."""
    money.settings(KEYED)
    _by_two(money)
    money.settings(KEYED.replace("y = 2\n", ""))
    confirm(money.open("production"), _awaiting(money), person="asta", now=NOW)
    [finding] = _findings(money)

    assert finding.message == (
        "taking it out (confirmed: 2) awaits a second person: so far asta stands behind it"
    )

    confirm(money.open("production"), _awaiting(money), person="bo", now=NOW)
    assert [] == _findings(money)


def test_an_entry_that_comes_back_needs_two_people(money: "Town") -> None:
    """Its old confirmation went when it was taken out."""
    money.settings(KEYED)
    _by_two(money)
    money.settings(KEYED.replace("y = 2\n", ""))
    _by_two(money)
    money.settings(KEYED)
    [one] = _awaiting(money)

    assert ("caps.y", None, 2) == (one.key, one.old, one.new)


def test_putting_an_entry_back_needs_nobody(money: "Town") -> None:
    """The value that two people confirmed still is confirmed while nobody confirmed its end."""
    money.settings(KEYED)
    _by_two(money)
    money.settings()
    money.settings(KEYED)

    assert [] == _keys(money)


def test_a_key_that_the_bot_forgot_is_nobody_s_matter(money: "Town") -> None:
    """A new version without the key is its author's decision."""
    money.settings(KEYED)
    _by_two(money)
    schema = Settings.model_json_schema()
    del schema["properties"]["caps"]
    money.manifest = money.manifest.model_copy(update={"settings_schema": schema})
    money.settings(KEYED.partition("[settings.caps]")[0])

    assert [] == _keys(money)


def test_the_removal_can_be_confirmed_by_its_key(money: "Town") -> None:
    """Though no such key is there any more."""
    money.settings(KEYED)
    _by_two(money)
    money.settings(KEYED.replace("y = 2\n", ""))
    result = _rpac("confirm", "welcome-letters", "caps.y")

    assert "2 -> taken out" in result.stdout
    assert "nobody stands behind it yet" in result.stdout


def test_a_decision_table_is_shown_row_by_row(money: "Town") -> None:
    """Changed, added and removed rows in words with their places, and no raw JSON."""
    money.write(FEES, ROWS)
    _by_two(money)
    money.write(FEES, "case;fee\nadult;45\npet;1\n")
    [one] = _awaiting(money)
    shown = _rpac("confirm").stdout

    assert (
        f"changed: case adult: fee 40 -> fee 45  ({FEES}:2)",
        f"added: case pet: fee 1  ({FEES}:3)",
        "removed: case child: fee 10",
    ) == one.changes
    assert "2 rows -> 2 rows" in shown
    assert "{" not in shown
    assert all(f"      {change}\n" in shown for change in one.changes)


def test_a_first_confirmation_shows_every_row_of_the_municipality(money: "Town") -> None:
    """What the cooperation says is not repeated."""
    money.write("../baseline/tables/welcome-letters/fees.csv", ROWS)
    money.write(FEES, "case;fee\nchild;0\n")
    [one] = _awaiting(money)

    assert (f"changed: case child: fee 10 -> fee 0  ({FEES}:2)",) == one.changes


def test_a_list_is_shown_by_what_came_and_went(money: "Town") -> None:
    """A long list changed by one item is not read to its end."""
    money.settings(f"payees = {json.dumps([f'person {number}' for number in range(60)])}")
    _by_two(money)
    money.settings(f"payees = {json.dumps([f'person {number}' for number in range(1, 61)])}")
    [one] = _awaiting(money)

    assert ('added: "person 60"', 'removed: "person 0"') == one.changes
    assert "60 items -> 60 items" in _rpac("confirm").stdout


def test_an_override_is_not_sent_to_confirm(money: "Town") -> None:
    """`rpac config confirm` never sees --set, so it is no way out."""
    _by_two(money)
    [finding] = _findings(money, "caps.x=9")

    assert "rpac config confirm" not in finding.help
    assert finding.help.startswith("leave out --set caps.x")


def test_a_key_that_is_not_sensitive_says_so(money: "Town") -> None:
    """Nothing awaits, and nothing ever will."""
    result = _rpac("confirm", "welcome-letters", "window_days")

    assert 2 == _code(result)
    assert "window_days is not marked sensitive" in str(result.exception)


def test_without_a_terminal_the_option_is_named(money: "Town") -> None:
    """Somebody who pipes the command learns what to add."""
    result = _rpac("confirm")

    assert "add --yes" in result.stderr


def test_what_waits_for_production_is_counted_elsewhere(money: "Town") -> None:
    """A check in the test environment can say quietly what production will refuse."""
    money.settings("caps.x = 1")
    municipality = money.open("test")

    def waiting(**rest: Any) -> int:
        return waiting_for_production(municipality, money.manifest_of, connectors=money.connectors, **rest)

    assert 2 == waiting()
    assert 2 == waiting(names=["welcome-letters"])
    assert 0 == waiting(names=["another"])


def test_a_broken_record_is_no_matter_elsewhere(money: "Town") -> None:
    """The count is a courtesy: production itself says what is wrong."""
    money.write("confirmations.toml", "[[")

    assert 0 == waiting_for_production(money.open("test"), money.manifest_of, connectors=money.connectors)
