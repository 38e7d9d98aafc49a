"""``adapter``: collections and unions of identifiers are read without showing what was refused."""

import json
from typing import Annotated, Any, Literal

import pytest
from pydantic import BaseModel, Field, TypeAdapter, ValidationError

from rpa_commons.validators import adapter, dk

NUMBER = "0706614818"
WRONG = "2902000004"


class Kept(BaseModel):
    """A part of a union that is told by a tag."""

    kind: Literal["kept"]
    cpr: dk.Cpr


class Gone(BaseModel):
    """The other part."""

    kind: Literal["gone"]


@pytest.mark.parametrize(
    ("type_", "value"),
    [
        (dk.Cpr, WRONG),
        (list[dk.Cpr], [NUMBER, WRONG]),
        (list[dk.Cpr], {"cpr": WRONG}),
        (list[dk.Cpr], WRONG),
        (tuple[dk.Cpr, int], [WRONG, 1]),
        (set[dk.Cpr], [WRONG]),
        (dict[str, dk.Cpr], {"a": WRONG}),
        (dict[dk.Cpr, int], {WRONG: 1}),
        (dict[int, dk.Cpr], {WRONG: WRONG}),
        (dict[str, list[dk.Cpr]], {WRONG: [WRONG]}),
        (dk.Cpr | None, WRONG),
        (dk.Cpr | dk.Cvr, WRONG),
        (dk.Cpr | int, f"{WRONG}x"),
        (dk.Cpr | list[dk.Cpr], WRONG),
        (Annotated[Kept | Gone, Field(discriminator="kind")], {"kind": WRONG, "cpr": WRONG}),
        (Annotated[Kept | Gone, Field(discriminator="kind")], {"kind": "kept", "cpr": WRONG, "x": WRONG}),
    ],
)
def test_an_adapter_of_ours_shows_nothing_of_what_it_was_given(type_: Any, value: Any) -> None:
    """Collections, keys, unions and their tags: neither message, nor errors, nor places, nor JSON of them."""
    ours = adapter(type_)
    for read in (lambda: ours.validate_python(value), lambda: ours.validate_json(json.dumps(value))):
        with pytest.raises(ValidationError) as caught:
            read()

        error = caught.value
        assert WRONG not in f"{error} {error!r} {error.errors()} {error.json()} {error.__context__}"


def test_an_adapter_of_ours_reads_and_describes_as_any_other() -> None:
    """What is right comes out the same, in Python, in JSON and as a JSON Schema."""
    ours, plain = adapter(list[dk.Cpr]), TypeAdapter(list[dk.Cpr])

    assert [NUMBER] == ours.validate_python(["070661-4818"])
    assert plain.dump_json([dk.Cpr(NUMBER)]) == ours.dump_json([dk.Cpr(NUMBER)])
    for mode in ("validation", "serialization"):
        assert plain.json_schema(mode=mode) == ours.json_schema(mode=mode)  # type: ignore[arg-type]


def test_an_adapter_of_ours_says_where_and_why() -> None:
    """The place in a list and the reason are kept; of text that is no JSON the message shows nothing."""
    ours = adapter(list[dk.Cpr])
    with pytest.raises(ValidationError) as caught:
        ours.validate_python([NUMBER, WRONG])
    with pytest.raises(ValidationError) as broken:
        ours.validate_json(f'["{WRONG}"')

    (error,) = caught.value.errors()
    assert ((1,), "invalid_cpr") == (error["loc"], error["type"])
    assert "not a CPR number: its first six digits are no date" == error["msg"]
    assert WRONG not in f"{broken.value} {broken.value.errors(include_input=False)}"


def test_a_reason_with_a_day_or_a_code_in_it_is_kept() -> None:
    """Reasons are ours and hold no value: what took over from an expired code is said."""
    with pytest.raises(ValidationError) as caught:
        adapter(list[dk.MunicipalityCode]).validate_python(["0265", "0255"])

    (error,) = caught.value.errors()
    assert (1,) == error["loc"]
    assert "it expired on 2006-12-31; after it: 0265 Roskilde" in error["msg"]
