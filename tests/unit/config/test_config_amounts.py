"""Money as settings: a Decimal is a number or a text, and what holds of the number holds of the text."""

from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner

from rpa_commons.cli import _main
from rpa_commons.config.schema import bounds_text, type_text
from rpa_commons.config.schema._amounts import broken_bound, number_branch, read_amount
from rpa_commons.config.schema._quick import compile_check
from rpa_commons.config.schema._schema import SchemaView
from rpa_commons.config.schema._validate import problems
from rpa_commons.sdk import BotSettings, Field

if TYPE_CHECKING:
    from conftest import Town


class Paying(BotSettings):
    """Amounts of every kind."""

    contact: str = Field("", description="Who is asked.", personal=True)
    limit: Decimal = Field(Decimal(250), ge=0, le=500, description="The most that is paid.", unit="DKK")
    extra: Decimal | None = Field(None, gt=0, description="On top.", unit="DKK")
    word: int | str = Field(5, description="A number or a word.")


@pytest.fixture
def paying(town: "Town") -> "Town":
    """A bot with a limit of money."""
    town.manifest = town.manifest.model_copy(update={"settings_schema": Paying.model_json_schema()})
    return town


def _policy(town: "Town", *lines: str) -> None:
    head = '[[policy]]\nbot = "welcome-letters"\nkey = "limit"\nwhy = "Law."\nowner = "DIGIT"\n'
    town.write("../baseline/policies.toml", "\n".join([head, *lines, ""]))


def _found(value: Any, **bounds: Any) -> list[str]:
    number = {"type": "number", **bounds}
    schema = {"type": "object", "properties": {"a": {"anyOf": [number, {"type": "string"}]}}}
    return [one.code for one in problems({"a": value}, SchemaView(schema), lambda _: False)]


@pytest.mark.parametrize("value", ['"900.00"', "900", "900.0", '"500.01"', '"-0.01"'])
def test_a_bound_holds_for_the_text_too(paying: "Town", value: str) -> None:
    """E202 comes from the host, before any worker runs, and says the bound with its unit."""
    paying.settings(f"limit = {value}")
    finding = paying.finding()

    assert ("E202", "limit") == (finding.code, finding.key)
    assert "at least 0, at most 500 DKK" in finding.message


@pytest.mark.parametrize("value", ['"500"', '"500.00"', '"0"', "500", "0.5", '"+12.50"'])
def test_what_keeps_the_bound_is_right(paying: "Town", value: str) -> None:
    """However it is written."""
    paying.settings(f"limit = {value}")

    assert paying.resolve().settings["limit"] is not None


@pytest.mark.parametrize(
    "text", ["1e2", "1.000,00", "1,5", "nan", "inf", "Infinity", " 5", "5.", ".5", "1_000", "٥", "", "x"]
)
def test_text_that_is_no_number_is_told_how_to_write_it(paying: "Town", text: str) -> None:
    """No exponent, no thousands separator, no comma, no other digits."""
    paying.settings(f'limit = "{text}"')
    finding = paying.finding()

    assert "E201" == finding.code
    assert finding.message.startswith("expected amount, found text")
    assert '"1234.50"' in finding.help


def test_an_optional_amount_may_be_left_out_and_is_checked(paying: "Town") -> None:
    """Nothing is right; a text below the bound is not."""
    assert paying.resolve().settings["extra"] is None

    paying.settings('extra = "0.00"')
    assert "E202" == paying.finding().code


def test_a_whole_number_or_a_word_stays_that() -> None:
    """Only a number with decimals beside a text is an amount."""
    either = {"anyOf": [{"type": "integer", "maximum": 5}, {"type": "string"}]}
    choice = {"anyOf": [{"type": "number"}, {"type": "string", "enum": ["auto"]}]}
    more = {"anyOf": [{"type": "number"}, {"type": "string"}, {"type": "boolean"}]}

    assert [None] * 3 == [number_branch(one) for one in (either, choice, more)]
    assert compile_check(either)("word")
    assert "whole number or text" == type_text(SchemaView(either).at(()))


@pytest.mark.parametrize(
    ("bounds", "value", "expected"),
    [
        ({"minimum": 0.1}, "0.1", []),
        ({"maximum": 0.1}, "0.10", []),
        ({"maximum": 0.1}, "0.1000000000000000000001", ["E202"]),
        ({"exclusiveMinimum": 0}, "0", ["E202"]),
        ({"exclusiveMaximum": 5}, "5.00", ["E202"]),
        ({"multipleOf": 0.05}, "0.15", []),
        ({"multipleOf": 0.05}, "0.16", ["E202"]),
        ({"multipleOf": 0.01}, "9" * 40, []),
    ],
)
def test_bounds_are_exact(bounds: dict[str, Any], value: str, expected: list[str]) -> None:
    """A tenth is a tenth, and forty digits are forty digits."""
    assert expected == _found(value, **bounds)


@pytest.mark.parametrize("value", ["1", "501", "x", "1e3", "", 3, 501, 1.5, True, None, [], {}])
def test_the_quick_check_never_says_yes_where_the_full_one_says_no(value: Any) -> None:
    """Both read a text alike."""
    node = {"anyOf": [{"type": "number", "maximum": 500}, {"type": "string"}]}
    schema = {"type": "object", "properties": {"a": node}}
    slow = [one.code for one in problems({"a": value}, SchemaView({**schema, "not": False}), lambda _: False)]

    assert compile_check(schema)({"a": value}) == (not slow)


def test_a_policy_reads_the_text_as_a_number(paying: "Town") -> None:
    """A policy of at most 300 takes 250.00 and refuses 300.01."""
    _policy(paying, "max = 300")
    paying.settings('limit = "250.00"')
    assert "250.00" == paying.resolve().settings["limit"]

    paying.settings('limit = "300.01"')
    assert "E302" == paying.finding().code


def test_a_policy_s_choice_reads_the_text_as_a_number(paying: "Town") -> None:
    """one_of = [250] means 250.00 as well."""
    _policy(paying, "one_of = [250, 300]")
    paying.settings('limit = "300.00"')
    assert "300.00" == paying.resolve().settings["limit"]

    paying.settings('limit = "301"')
    assert "E302" == paying.finding().code


def test_explain_calls_it_an_amount_with_its_unit(paying: "Town", monkeypatch: pytest.MonkeyPatch) -> None:
    """Not number or text."""
    monkeypatch.setattr("rpa_commons.cli.config.explain.manifest_of", lambda _: paying.manifest_of)
    monkeypatch.setattr("rpa_commons.cli.config.explain.connectors", lambda *_: paying.connectors)
    words = ["-C", "roskilde", "config", "explain", "welcome-letters", "limit"]
    shown = CliRunner().invoke(_main.cli, words, standalone_mode=False).stdout

    assert 'limit = "250" DKK\n' in shown
    assert "amount (a number, written in quotes), at least 0, at most 500, in DKK; default" in shown


def test_the_words_leave_out_how_pydantic_writes_the_text() -> None:
    """Its regular expression is nothing to read."""
    node = {"anyOf": [{"type": "number", "minimum": 1.5}, {"type": "string", "pattern": r"^\d+$"}]}
    nodes = SchemaView(node).at(())

    assert ("amount", "at least 1.5") == (type_text(nodes), bounds_text(nodes))


def test_only_plain_digits_are_a_number() -> None:
    """What Decimal would take besides is refused, and a line of a million digits too."""
    assert Decimal("12.50") == read_amount("12.50")
    assert [None] * 4 == [read_amount(one) for one in ("1E5", "NaN", "1" * 41, 5)]
    assert broken_bound({"minimum": True, "maximum": "5"}, Decimal(9)) is None
