from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from rpa_commons.config import (
    Awaiting,
    ConfigError,
    PolicyRefusedError,
    SamePersonError,
    awaiting_in,
    confirm,
    the_person,
    unconfirmed,
)
from rpa_commons.config.instances._confirm import NobodyError
from rpa_commons.config.instances._confirmations import FILE_NAME, digest_of, read_confirmations
from rpa_commons.sdk import BotSettings, Field

if TYPE_CHECKING:
    from conftest import Town

NOW = datetime(2026, 11, 2, 9, 30, 15, 99, tzinfo=UTC)
LATER = datetime(2026, 11, 3, 8, 0, tzinfo=UTC)
ID = "0b6f0c1e-2c9c-4c0e-9f3d-6d1f1e8f9a10"


class Inner(BotSettings):
    """A table of which all is sensitive."""

    fee: int = Field(40, description="A fee.", unit="DKK")


class Settings(BotSettings):
    """Settings with money behind some of them."""

    contact: str = Field(description="Who is asked.", personal=True)
    limit: int = Field(300, description="The highest amount.", unit="DKK", sensitive=True)
    account: str = Field("", description="Where the money goes.", sensitive=True, personal=True)
    fees: Inner = Field(Inner(), description="Fees.", sensitive=True)
    hosts: tuple[str, ...] = Field((), description="Where to look.")


@pytest.fixture
def money(town: "Town") -> "Town":
    """The town with a bot that pays."""
    town.manifest = town.manifest.model_copy(update={"settings_schema": Settings.model_json_schema()})
    return town


def _awaiting(town: "Town", **rest: Any) -> tuple[Awaiting, ...]:
    return awaiting_in(town.open("production"), town.manifest_of, connectors=town.connectors, **rest)


def _keys(town: "Town") -> list[str]:
    return [one.key for one in _awaiting(town)]


def _confirm(town: "Town", person: str, now: datetime = NOW) -> None:
    confirm(town.open("production"), _awaiting(town), person=person, now=now)


def _unconfirmed(town: "Town", *overrides: str, environment: str = "production") -> list[str]:
    municipality = town.open(environment)
    from rpa_commons.config import resolve_instance

    instance = resolve_instance(
        municipality, "welcome-letters", town.manifest_of, connectors=town.connectors, overrides=overrides
    )
    return [f"{one.code} {one.key}" for one in unconfirmed(instance, municipality)]


def test_what_the_cooperation_says_needs_nobody(money: "Town") -> None:
    """A bot's default and a baseline's value were decided together."""
    money.write("../baseline/bots/welcome-letters.toml", "[settings]\nlimit = 250\n")

    assert [] == _keys(money)
    assert [] == _unconfirmed(money)
    assert not (money.folder / FILE_NAME).exists()


def test_the_municipality_s_own_value_needs_two_people(money: "Town") -> None:
    """A hand edit: the first vouches for it, another one confirms."""
    money.settings("limit = 500")

    assert ["E304 limit"] == _unconfirmed(money)

    _confirm(money, "anna")
    assert ["E304 limit"] == _unconfirmed(money)

    _confirm(money, "bo", LATER)
    assert [] == _unconfirmed(money)
    assert [] == _keys(money)


def test_other_environments_ask_nobody(money: "Town") -> None:
    """A test may try values before anybody stands behind them."""
    money.settings("limit = 500")

    assert [] == _unconfirmed(money, environment="test")


def test_a_value_of_production_s_own_file_needs_two_people_too(money: "Town") -> None:
    """The environment's layer is the municipality's as well."""
    money.write("environments/production/bots/welcome-letters.toml", "[settings]\nlimit = 700\n")

    assert ["limit"] == _keys(money)
    assert "environments/production/bots/welcome-letters.toml:2" == str(_awaiting(money)[0].origin)


def test_an_override_for_one_run_needs_two_people(money: "Town") -> None:
    """--set is no way around it."""
    money.settings("limit = 500")
    _confirm(money, "anna")
    _confirm(money, "bo")

    assert ["E304 limit"] == _unconfirmed(money, "limit=501")
    assert [] == _unconfirmed(money, "limit=500")


def test_a_table_that_is_sensitive_makes_its_keys_so(money: "Town") -> None:
    """The mark of a table holds for what stands in it; a key beside it is free."""
    money.settings('hosts = ["a"]', "fees.fee = 45")

    assert ["fees.fee"] == _keys(money)


def test_nobody_confirms_alone(money: "Town") -> None:
    """The same person, however spelt, is refused with exit code 5, and nothing is written."""
    money.settings("limit = 500")
    _confirm(money, "Anna Berg")
    before = (money.folder / FILE_NAME).read_text(encoding="utf-8")
    with pytest.raises(SamePersonError) as caught:
        _confirm(money, "anna  berg")

    assert 5 == caught.value.exit_code
    assert ("limit",) == caught.value.keys
    assert before == (money.folder / FILE_NAME).read_text(encoding="utf-8")


def test_a_changed_value_is_confirmed_anew(money: "Town") -> None:
    """What two people stood behind is shown beside the new value."""
    money.settings("limit = 500")
    _confirm(money, "anna")
    _confirm(money, "bo")
    money.settings("limit = 600")
    [waiting] = _awaiting(money)

    assert (500, 600, "") == (waiting.old, waiting.new, waiting.changed_by)
    assert "two people" == waiting.needed
    assert ["E304 limit"] == _unconfirmed(money)

    money.settings("limit = 500")
    assert [] == _keys(money)


def test_a_change_while_one_waits_starts_again(money: "Town") -> None:
    """Whoever vouched for 500 has said nothing of 600: the same person may vouch again."""
    money.settings("limit = 500")
    _confirm(money, "anna")
    money.settings("limit = 600")
    _confirm(money, "anna")
    [waiting] = _awaiting(money)

    assert "anna" == waiting.changed_by
    assert 1 == len(read_confirmations(money.open()).entries)


def test_going_back_to_the_cooperation_s_value_is_a_change(money: "Town") -> None:
    """Where another value was confirmed once, its end is confirmed too."""
    money.settings("limit = 500")
    _confirm(money, "anna")
    _confirm(money, "bo")
    money.settings()

    assert [("limit", 500, 300)] == [(one.key, one.old, one.new) for one in _awaiting(money)]


def test_the_finding_says_who_is_needed(money: "Town") -> None:
    """Place, reason, remedy; the refusal alone gives exit code 5."""
    from rpa_commons.config import config_error

    money.settings("limit = 500")
    _confirm(money, "anna")
    municipality = money.open("production")
    instance = money.resolve()
    [finding] = unconfirmed(replace(instance, environment="production"), municipality)

    assert "500 awaits a second person: so far anna stands behind it" == finding.message
    assert finding.place.endswith("bots/welcome-letters.toml:5")
    assert "The highest amount." in finding.because
    assert "rpac config confirm welcome-letters limit" in finding.help
    assert "somebody other than anna" in finding.help
    assert isinstance(config_error([finding]), PolicyRefusedError)


def test_the_file_is_readable_and_keeps_the_value(money: "Town") -> None:
    """Key, value, both persons and both times stand in it, without fractions of seconds."""
    money.settings("limit = 500")
    _confirm(money, "anna")
    _confirm(money, "bo", LATER)
    text = (money.folder / FILE_NAME).read_text(encoding="utf-8")

    assert text.startswith("# Who stands behind values with money or law behind them")
    assert 'key = "limit"\nvalue = 500\n' in text
    assert 'changed_by = "anna"\nchanged_at = 2026-11-02T09:30:15+00:00\n' in text
    assert 'confirmed_by = "bo"\nconfirmed_at = 2026-11-03T08:00:00+00:00\n' in text


def test_a_personal_value_is_confirmed_without_being_repeated(money: "Town") -> None:
    """The file holds a digest, and what people see is hidden."""
    money.settings('account = "1234 5678901"')
    [waiting] = _awaiting(money)
    _confirm(money, "anna")
    _confirm(money, "bo")
    money.settings('account = "9999 5678901"')
    [again] = _awaiting(money)

    assert "…" == waiting.new
    assert ("…", "…") == (again.old, again.new)
    assert "5678901" not in (money.folder / FILE_NAME).read_text(encoding="utf-8")
    assert "5678901" not in str(again.to_json())


def test_two_instances_are_confirmed_apart(money: "Town") -> None:
    """The record belongs to an instance's id: a copy under another id starts anew."""
    money.settings("limit = 500")
    _confirm(money, "anna")
    _confirm(money, "bo")
    own = (money.folder / "bots/welcome-letters.toml").read_text(encoding="utf-8")
    money.write("bots/second.toml", own.replace(ID, "1b6f0c1e-2c9c-4c0e-9f3d-6d1f1e8f9a10"))

    assert [("second", "limit")] == [(one.name, one.key) for one in _awaiting(money)]


def test_a_renamed_instance_keeps_its_confirmation(money: "Town") -> None:
    """The id counts, not the file's name."""
    money.settings("limit = 500")
    _confirm(money, "anna")
    _confirm(money, "bo")
    (money.folder / "bots/welcome-letters.toml").rename(money.folder / "bots/greetings.toml")

    assert [] == _keys(money)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("digest = ", "digets = "), "unknown key"),
        (("value = 500", "value = 600"), "the digest belongs to another value"),
        (('confirmed_by = "bo"', 'confirmed_by = "Anna"'), "that is one person"),
        (("confirmed_at = 2026-11-03T08:00:00+00:00\n", ""), "confirmed_by and confirmed_at go together"),
        (("changed_at = 2026", "changed_at = x2026"), "not TOML"),
    ],
)
def test_a_file_in_doubt_confirms_nothing(money: "Town", change: tuple[str, str], said: str) -> None:
    """An edit by hand is found with its place, and nothing in the file counts."""
    money.settings("limit = 500")
    _confirm(money, "anna")
    _confirm(money, "bo", LATER)
    path = money.folder / FILE_NAME
    text = path.read_text(encoding="utf-8").replace(*change)
    money.write(FILE_NAME, text)
    record = read_confirmations(money.open())

    assert "E304 limit" in _unconfirmed(money)
    assert any(said in one.message for one in record.findings)
    assert all(one.file == path for one in record.findings)
    with pytest.raises(ConfigError):
        _awaiting(money)
    with pytest.raises(ConfigError):
        record.write()
    assert text == path.read_text(encoding="utf-8")


def test_a_merge_that_kept_both_sides_is_found(money: "Town") -> None:
    """Two entries for one key: both lines are named."""
    money.settings("limit = 500")
    _confirm(money, "anna")
    _confirm(money, "bo")
    text = (money.folder / FILE_NAME).read_text(encoding="utf-8")
    entry = text[text.index("[[confirmation]]") :]
    money.write(FILE_NAME, text + "\n" + entry)
    [finding] = read_confirmations(money.open()).findings

    assert "E103" == finding.code
    assert "limit of welcome-letters stands here and in line 4" == finding.message
    assert 15 == finding.line


def test_one_key_can_be_asked_for(money: "Town") -> None:
    """An instance and a key narrow what is shown; a wrong key is said."""
    from rpa_commons.config import UnknownKeyError

    money.settings("limit = 500", "fees.fee = 45")

    assert ["fees.fee"] == [one.key for one in _awaiting(money, instance="welcome-letters", key="fees")]
    with pytest.raises(UnknownKeyError):
        _awaiting(money, instance="welcome-letters", key="limmit")


def test_an_instance_whose_bot_is_not_there_is_passed_over(money: "Town") -> None:
    """It cannot run either; asked for by name, its error is said."""
    from rpa_commons.capabilities import RpaCommonsError

    def nothing(bot: str) -> Any:
        raise RpaCommonsError(f"{bot} is not installed")

    municipality = money.open("production")

    assert () == awaiting_in(municipality, nothing, connectors=money.connectors)
    with pytest.raises(RpaCommonsError, match="not installed"):
        awaiting_in(municipality, nothing, connectors=money.connectors, instance="welcome-letters")


def test_a_digest_belongs_to_instance_key_and_value() -> None:
    """Any of the three gives another one; the order of a table's keys does not."""
    base = digest_of(ID, "limit", {"a": 1, "b": 2})

    assert base == digest_of(ID, "limit", {"b": 2, "a": 1})
    assert base.startswith("sha256:")
    assert 4 == len(
        {base, digest_of("x", "limit", 1), digest_of(ID, "limit", 1), digest_of(ID, "limit", "1")}
    )


def test_a_person_is_the_login_name_or_what_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without either, the remedy names the option."""
    monkeypatch.setattr("getpass.getuser", lambda: "anna")

    assert "anna" == the_person(None)
    assert "Bo Ek" == the_person("  Bo  Ek ")

    def nobody() -> str:
        raise OSError("no user")

    monkeypatch.setattr("getpass.getuser", nobody)
    with pytest.raises(NobodyError) as caught:
        the_person(" ")
    assert "--as NAME" in caught.value.remedy
