"""Slips in a settings class are refused where they are written."""

from typing import Any

import pytest

from rpa_commons.sdk import BotSettings, Field, Migration, less_than, rename, scale


@pytest.mark.parametrize(
    ("keyword", "meant"),
    [
        ("sensetive", "sensitive"),
        ("personel", "personal"),
        ("units", "unit"),
        ("lte", "lt"),
        ("minlength", "min_length"),
    ],
)
def test_an_unknown_keyword_is_refused_with_a_guess(keyword: str, meant: str) -> None:
    """A misspelt word would otherwise protect nothing, and nobody would see."""
    given: dict[str, Any] = {keyword: True}

    with pytest.raises(TypeError, match=f"^Field takes no {keyword}: did you mean {meant}"):
        Field(3, description="X.", **given)


@pytest.mark.parametrize("keyword", ["json_schema_extra", "extra", "xyzzy"])
def test_a_keyword_without_likeness_is_refused_too(keyword: str) -> None:
    """Nor does anything get into the schema past the words that people know."""
    given: dict[str, Any] = {keyword: {"a": 1}}

    with pytest.raises(TypeError, match=f"^Field takes no {keyword}"):
        Field(3, description="X.", **given)


def test_all_of_pydantics_own_limits_are_taken() -> None:
    """Bounds, lengths, patterns, an alias, a deprecation."""

    class Settings(BotSettings):
        x: int = Field(3, ge=1, gt=0, le=9, lt=10, multiple_of=3, unit="days", description="X.")
        y: str = Field("a", min_length=1, max_length=3, pattern="a", deprecated="Use x.", description="Y.")
        z: str = Field("a", alias="zet", title="Zet", examples=["b"], description="Z.")

    assert {"ge", "le"} <= {type(one).__name__.lower() for one in Settings.model_fields["x"].metadata}
    assert "zet" in Settings.model_json_schema()["properties"]


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        (
            "migrations",
            Migration("2.0.0", rename("a", "b"), before="a = 1", after="b = 1"),
            "migrations = (Migr",
        ),
        ("rules", less_than("x", "y"), "rules = (less_than"),
        ("rules", [less_than("x", "y")], "rules = (less_than"),
    ],
)
def test_one_thing_instead_of_a_tuple_is_told_the_form(name: str, value: object, said: str) -> None:
    """The comma that is forgotten most often."""
    with pytest.raises(TypeError, match=f"Slip.{name} must be a tuple") as caught:
        type("Slip", (BotSettings,), {"__module__": __name__, name: value})

    assert said in str(caught.value)


def test_what_is_no_migration_is_refused() -> None:
    """An operation by itself is none."""
    with pytest.raises(TypeError, match=r"Slip.migrations: .* is no Migration"):
        type("Slip", (BotSettings,), {"__module__": __name__, "migrations": (rename("a", "b"),)})


@pytest.mark.parametrize("by", ["1/0", "x", "", "-1", 0, "0/3", None])
def test_a_scale_by_no_number_is_refused_with_its_key(by: Any) -> None:
    """Whoever reads it knows which call is meant, and how it is written."""
    with pytest.raises(
        ValueError, match=r'^scale\("hours", ...\): by is a number above zero, as 24 or "1/24"'
    ):
        scale("hours", by)
