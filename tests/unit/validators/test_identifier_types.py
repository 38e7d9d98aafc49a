"""What holds for every identifier type: a string that cannot be wrong, shown to nobody by accident."""

import copy
import json
import pickle
import re
import subprocess
import sys
from typing import Annotated

import pytest
from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from rpa_commons.validators import (
    Identifier,
    InvalidIdentifierError,
    ParseOptions,
    UnknownTypeError,
    dk,
    identifier_types,
    named_type,
    numbers,
)

NUMBER = "0706614818"
TYPES = identifier_types()
WITH_EXAMPLES = [(type_, example) for type_ in TYPES.values() for example in type_.examples]


class Resident(BaseModel):
    """A model as anybody writes one: nothing about it hides its input."""

    cpr: dk.Cpr
    name: str = ""


class Quiet(Resident):
    """The same, as our own models are configured."""

    model_config = ConfigDict(hide_input_in_errors=True)


@pytest.mark.parametrize(("type_", "example"), WITH_EXAMPLES)
def test_an_instance_is_its_string(type_: type[Identifier], example: str) -> None:
    """It compares, hashes, copies, pickles and goes to JSON as its string, and stays what it is."""
    with numbers("test"):
        found = type_(example)

    assert example == found
    assert hash(example) == hash(found)
    assert f'"{example}"' == json.dumps(found, ensure_ascii=False)
    for other in (copy.copy(found), copy.deepcopy(found), pickle.loads(pickle.dumps(found))):  # noqa: S301 - our own bytes
        assert (type_, found) == (type(other), other)


@pytest.mark.parametrize(("type_", "example"), WITH_EXAMPLES)
def test_a_schema_describes_the_canonical_form(type_: type[Identifier], example: str) -> None:
    """Text with a pattern that the canonical form fulfils, a title and a description."""
    schema = TypeAdapter(type_).json_schema()

    assert ("string", type_.kind) == (schema["type"], schema["title"])
    assert schema["description"]
    assert example in schema["examples"]
    assert re.search(schema["pattern"], example)
    with numbers("test"):
        again = TypeAdapter(type_).validate_json(TypeAdapter(type_).dump_json(type_(example)))
    assert example == again


@pytest.mark.parametrize(("type_", "example"), WITH_EXAMPLES)
def test_personal_numbers_are_masked_when_shown(type_: type[Identifier], example: str) -> None:
    """``repr`` of a personal number holds no more than its ``masked``."""
    with numbers("test"):
        found = type_(example)

    shown = repr(found)

    assert shown.startswith(f"{type_.__name__}(")
    assert (example not in shown) == (type_.personal and found.masked != example)
    assert (found.masked in shown) or not type_.personal


@pytest.mark.parametrize("type_", TYPES.values())
def test_every_type_says_what_it_is(type_: type[Identifier]) -> None:
    """A kind, a short name that is no other's, a pattern for the whole value."""
    assert type_.kind
    assert type_.pattern.startswith("^")
    assert type_.pattern.endswith("$")
    assert 1 == [other.name for other in TYPES.values()].count(type_.name)


@pytest.mark.parametrize("type_", TYPES.values())
@pytest.mark.parametrize("value", [None, 706614818, 7.5, b"0706614818", ["0706614818"], object()])
def test_what_is_no_text_is_refused(type_: type[Identifier], value: object) -> None:
    """A number has lost its leading zeros already: it is refused, never filled up."""
    with pytest.raises(InvalidIdentifierError, match="must be text") as caught:
        type_.parse(value)  # type: ignore[arg-type]

    assert "706614818" not in repr(caught.value)


def test_an_instance_cannot_be_changed() -> None:
    """There is nothing to set."""
    number = dk.Cpr(NUMBER)

    with pytest.raises(AttributeError):
        number.birth_date = None  # type: ignore[misc]
    with pytest.raises(AttributeError):
        number.note = "x"  # type: ignore[attr-defined]


def test_making_one_is_parsing_it() -> None:
    """There is no way to hold a wrong one."""
    assert NUMBER == dk.Cpr("070661-4818")
    assert "6101505555" == dk.Cpr("6101505555", accept="replacement")
    with pytest.raises(InvalidIdentifierError):
        dk.Cpr("2902000004")


def test_a_stand_in_survives_a_copy_that_knows_no_option() -> None:
    """What was let in by an option is not judged again when it is copied or pickled."""
    number = dk.Cpr("6101505555", accept="replacement")

    assert number == pickle.loads(pickle.dumps(number))  # noqa: S301 - our own bytes


def test_a_refusal_says_kind_and_reason_only() -> None:
    """The error keeps what was expected and why, also on the way back from another process."""
    with pytest.raises(InvalidIdentifierError) as caught:
        dk.Cpr.parse("Anna Sand")

    error = caught.value
    again = pickle.loads(pickle.dumps(error))  # noqa: S301 - our own bytes
    assert ("CPR number", "it must be ten digits, hyphen after six or none") == (error.kind, error.reason)
    assert "Anna" not in f"{error!r} {error.__dict__} {error.args}"
    assert (str(error), error.kind, error.reason) == (str(again), again.kind, again.reason)


@pytest.mark.parametrize(
    ("kind", "article"), [("IBAN", "an"), ("CPR number", "a"), ("organisation number", "an")]
)
def test_a_refusal_reads_well(kind: str, article: str) -> None:
    """The article goes with the kind."""
    assert f"not {article} {kind}: why" == str(InvalidIdentifierError(kind, "why"))


@pytest.mark.parametrize("value", ["2902000004", "290200-0004", 2902000004, ["2902000004"]])
def test_a_field_s_error_shows_no_input(value: object) -> None:
    """Whatever the model's configuration: neither the text nor the list of errors holds what was given."""
    with pytest.raises(ValidationError) as caught:
        Resident.model_validate({"cpr": value, "name": "A"})

    (error,) = caught.value.errors()
    assert ("invalid_cpr", ("cpr",), "…") == (error["type"], error["loc"], error["input"])
    assert error["msg"].startswith("not a CPR number: it")
    assert "29020" not in f"{caught.value} {caught.value!r} {caught.value.errors()} {caught.value.json()}"


def test_an_adapter_s_error_shows_no_input_of_the_type() -> None:
    """Through ``TypeAdapter``, alone and in a list, in Python and in JSON."""
    for read, value in (
        (TypeAdapter(dk.Cpr).validate_python, "2902000004"),
        (TypeAdapter(dk.Cpr).validate_json, '"2902000004"'),
        (TypeAdapter(list[dk.Cpr]).validate_python, ["0706614818", "2902000004"]),
        (TypeAdapter(dict[dk.Cpr, int]).validate_python, {"2902000004": 1}),
    ):
        with pytest.raises(ValidationError) as caught:
            read(value)  # type: ignore[operator]

        if not isinstance(value, dict):  # the key of a mapping is its place, which is why ours are lists
            assert "2902000004" not in f"{caught.value} {caught.value.errors()}"


def test_what_stands_around_a_field_is_shown_unless_the_model_hides_it() -> None:
    """The limit of what a type can do: what is wrong around it shows the input, unless the model hides it."""
    model = {"cpr": NUMBER, "name": 7}

    with pytest.raises(ValidationError) as caught:
        TypeAdapter(list[dk.Cpr]).validate_python({"cpr": NUMBER})
    with pytest.raises(ValidationError) as hidden:
        Quiet.model_validate(model | {"cpr": None})

    assert NUMBER in str(caught.value)
    assert "input_value" not in str(hidden.value)


def test_a_field_is_the_type_and_dumps_as_text() -> None:
    """Canonical in Python and JSON, masked in the model's ``repr``."""
    resident = Resident.model_validate({"cpr": "070661-4818"})

    assert dk.Cpr is type(resident.cpr)
    assert f'{{"cpr":"{NUMBER}","name":""}}' == resident.model_dump_json()
    assert resident == Resident.model_validate_json(resident.model_dump_json())
    assert NUMBER not in f"{resident!r} {resident}"


def test_options_of_one_annotation_add_up() -> None:
    """Two markers reach one ``parse``; the later wins where both name the same option."""
    both: TypeAdapter[dk.MunicipalityCode] = TypeAdapter(
        Annotated[
            dk.MunicipalityCode,
            dk.valid_on("1980-01-01"),
            ParseOptions.of(accept="christianso", on="2006-01-01"),
        ]
    )

    assert "0411" == both.validate_python("0411")
    assert "0255" == both.validate_python("0255")
    assert "0492" == both.validate_python("0492")  # Ærø since 2006: the later day holds


def test_options_stand_right_beside_their_type() -> None:
    """On anything else they are refused when the model is made, not silently left out."""
    optional: TypeAdapter[dk.Cpr | None] = TypeAdapter(Annotated[dk.Cpr, dk.accept("ecpr")] | None)

    assert optional.validate_python(None) is None
    for wrong in (Annotated[dk.Cpr | None, dk.accept("ecpr")], Annotated[str, dk.accept("ecpr")]):
        with pytest.raises(TypeError, match="right beside its type"):
            TypeAdapter(wrong)


@pytest.mark.parametrize(
    ("name", "type_"),
    [
        ("cpr", dk.Cpr),
        ("dk.Cpr", dk.Cpr),
        ("DK.CPR", dk.Cpr),
        ("p_number", dk.PNumber),
        ("pnumber", dk.PNumber),
    ],
)
def test_a_type_is_found_by_name(name: str, type_: type[Identifier]) -> None:
    """Full or short, in capitals or not."""
    assert (type_, {}) == named_type(name)


def test_a_stand_in_is_asked_for_behind_the_name() -> None:
    """``dk.Cpr+ecpr`` is the type and its option."""
    assert (dk.Cpr, {"accept": ("ecpr", "replacement")}) == named_type("dk.Cpr+ecpr+replacement")


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("dk.Cvrr", "did you mean dk.Cvr"),
        (
            "municipalitycode",
            "did you mean dk.MunicipalityCode or no.MunicipalityCode or se.MunicipalityCode",
        ),
        ("nothing like it", "no identifier type 'nothing like it'"),
        ("dk.Cpr+synthetic", "stand-ins for a CPR number are"),
        ("dk.Cvr+ecpr", "have no stand-ins"),
    ],
)
def test_an_unknown_type_is_said_with_what_is_near(name: str, said: str) -> None:
    """A slip is answered with the name that was meant."""
    with pytest.raises(UnknownTypeError, match=said):
        named_type(name)


def test_a_number_given_as_a_type_is_not_repeated() -> None:
    """Who has changed their places must not find the number in a log."""
    with pytest.raises(UnknownTypeError) as caught:
        named_type(NUMBER)

    assert NUMBER not in str(caught.value)


def test_the_validators_load_without_pydantic() -> None:
    """Reading a number needs nothing but the standard library; importing computes no today."""
    code = (
        "import sys; from rpa_commons.validators import dk; dk.Cpr.parse('0706614818'); "
        "print(sorted({'pydantic', 'numpy', 'stdnum', 'lxml', 'saxonche'} & set(sys.modules)))"
    )

    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)

    assert "[]" == done.stdout.strip()
