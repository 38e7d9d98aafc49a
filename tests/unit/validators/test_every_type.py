"""What is asked of every identifier type alike: ASCII digits, a JSON Schema, a mode, no clock at import."""

import ast
import json
import logging
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from pydantic import BaseModel, TypeAdapter

import rpa_commons.validators
from rpa_commons.validators import Identifier, InvalidIdentifierError, dk, identifier_types, no, numbers, se

HOME = Path(rpa_commons.validators.__file__).parent
PAGE = Path(__file__).parents[3] / "docs/reference/identifiers.md"
TYPES = identifier_types()
ASKED = {
    "dk": "Cpr Cvr Se PNumber Gln Fik Account KleNumber KleFacet AddressId PostalCode MunicipalityCode",
    "no": "Fodselsnummer Orgnr Kontonummer Kid MunicipalityCode",
    "se": "Personnummer Samordningsnummer Interimsnummer Orgnr Bankgiro Plusgiro Ocr MunicipalityCode",
}
# One of each; a P-number has no check digit, so none is nobody's: this one is in GetOrganized's example.
SAMPLES = {name: type_.examples[0] for name, type_ in TYPES.items() if type_.examples} | {
    "dk.PNumber": "1003388394"
}
SCRIPTS = {
    "arabic": "\u0660\u0661\u0662\u0663\u0664\u0665\u0666\u0667\u0668\u0669",
    "devanagari": "\u0966\u0967\u0968\u0969\u096a\u096b\u096c\u096d\u096e\u096f",
    "full-width": "\uff10\uff11\uff12\uff13\uff14\uff15\uff16\uff17\uff18\uff19",
    "superscript": "\u2070\u00b9\u00b2\u00b3\u2074\u2075\u2076\u2077\u2078\u2079",
}


def test_there_is_a_type_for_everything_asked_for() -> None:
    """Twelve Danish, five Norwegian, eight Swedish and three common ones, by these names."""
    asked = {f"{country}.{name}" for country, names in ASKED.items() for name in names.split()}

    assert asked | {"Iban", "Bic", "Ean"} == set(TYPES)


@pytest.mark.parametrize("script", SCRIPTS)
@pytest.mark.parametrize("name", TYPES)
def test_one_digit_of_another_script_is_enough_to_refuse(name: str, script: str) -> None:
    """Whichever digit it is: it is refused, and never read as the digit it stands for."""
    sample = SAMPLES[name]
    for at, character in enumerate(sample):
        if character.isascii() and character.isdigit():
            other = SCRIPTS[script][int(character)]
            with numbers("test"), pytest.raises(InvalidIdentifierError) as caught:
                TYPES[name].parse(sample[:at] + other + sample[at + 1 :])

            assert other not in str(caught.value)


@pytest.mark.parametrize("name", TYPES)
def test_a_json_schema_takes_the_canonical_form_alone(name: str) -> None:
    """Of a type, in a list, in a model; for reading and for writing; what has more around it fails."""
    type_ = TYPES[name]
    model = type("Model", (BaseModel,), {"__annotations__": {"number": type_}})

    for mode in ("validation", "serialization"):
        schema: Any = TypeAdapter(type_).json_schema(mode=mode)  # type: ignore[arg-type]
        listed: Any = TypeAdapter(list[type_]).json_schema(mode=mode)  # type: ignore[valid-type, arg-type]
        inside: Any = model.model_json_schema(mode=mode)  # type: ignore[attr-defined]

        assert schema == listed["items"] == inside["properties"]["number"]
        assert {"type", "title", "description", "pattern"} <= set(schema)
        jsonschema.validate(SAMPLES[name], schema)
        for wrong in ("", f"{SAMPLES[name]}\nx", f"x{SAMPLES[name]}", 7, None):
            with pytest.raises(jsonschema.ValidationError):
                jsonschema.validate(wrong, schema)


@pytest.mark.parametrize("name", TYPES)
def test_the_mode_matters_where_a_rule_marks_test_numbers(name: str) -> None:
    """What production reads a test reads; Norway's synthetic numbers alone are refused in production."""
    type_ = TYPES[name]
    synthetic = type_ is no.Fodselsnummer
    with numbers("test"):
        type_.parse(SAMPLES[name])

    if synthetic:
        with pytest.raises(InvalidIdentifierError, match="synthetic"):
            type_.parse(SAMPLES[name])
    else:
        assert SAMPLES[name] == type_.parse(SAMPLES[name])


def test_what_leads_to_a_person_is_masked() -> None:
    """Personal numbers, accounts that may be a citizen's, and references of one payment; nothing else."""
    personal = {
        *("dk.Cpr", "no.Fodselsnummer", "se.Personnummer", "se.Samordningsnummer", "se.Interimsnummer"),
        *("dk.Account", "no.Kontonummer", "Iban"),
        *("dk.Fik", "no.Kid", "se.Ocr"),
    }

    assert personal == {name for name, type_ in TYPES.items() if type_.personal}


@dataclass
class Row:
    """What somebody prints by accident."""

    number: Identifier


@pytest.mark.parametrize("name", [name for name, type_ in TYPES.items() if type_.personal])
def test_a_personal_number_is_masked_inside_others(name: str, caplog: pytest.LogCaptureFixture) -> None:
    """In the representation of lists, mappings, dataclasses and models, and in a log line with ``%r``."""
    with numbers("test"):
        number = TYPES[name].parse(SAMPLES[name])
        model = type("Model", (BaseModel,), {"__annotations__": {"number": TYPES[name]}})(number=number)
    with caplog.at_level(logging.INFO):
        logging.getLogger("test").info("%r %s", number, [number])

    shown = f"{[number]} { ({'a': number}) } {Row(number)} {model!r} {model} {number!r} {caplog.text}"
    assert str(number) not in shown
    assert number.masked in shown


@pytest.mark.parametrize(
    ("type_", "code", "last", "first"),
    [
        (dk.MunicipalityCode, "0255", "2006-12-31", "2007-01-01"),
        (no.MunicipalityCode, "3001", "2023-12-31", "2024-01-01"),
        (se.MunicipalityCode, "1917", "2006-12-31", "2007-01-01"),
    ],
)
def test_an_expired_code_is_refused_for_today_and_accepted_for_then(
    type_: Any, code: str, last: str, first: str
) -> None:
    """To the day, in all three countries; the refusal says when it expired and what came after it."""
    assert code == type_.parse(code, on=last)
    for refused in ({"on": first}, {}):
        with pytest.raises(InvalidIdentifierError, match=f"it expired on {last}; after it: [0-9]{{4}} "):
            type_.parse(code, **refused)


def outside_functions(node: ast.AST) -> Iterator[ast.AST]:
    """What is evaluated when a module is imported: everything but the bodies of functions."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            evaluated = [*child.args.defaults, *filter(None, child.args.kw_defaults)]
            evaluated += getattr(child, "decorator_list", [])
            for one in evaluated:
                yield one
                yield from outside_functions(one)
        else:
            yield child
            yield from outside_functions(child)


@pytest.mark.parametrize("path", sorted(HOME.rglob("*.py")), ids=lambda path: str(path.relative_to(HOME)))
def test_no_clock_is_read_at_import(path: Path) -> None:
    """No module, class or default value asks what day it is: a worker that runs for weeks would keep it."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    called = {
        getattr(node.func, "attr", getattr(node.func, "id", ""))
        for node in outside_functions(tree)
        if isinstance(node, ast.Call)
    }

    assert set() == called & {"today", "now", "utcnow", "time", "day_of", "localtime"}


def test_the_page_says_of_every_type_whose_rule_it_is() -> None:
    """Each has a row in the table: its rule, whether python-stdnum is asked, and why not."""
    rows = re.findall(
        r"^\| `([A-Za-z.]+)` \|.*\|.*\| (no|yes[^|]*) \|", PAGE.read_text("utf-8"), re.MULTILINE
    )

    assert set(TYPES) == {name for name, _ in rows}
    assert {"dk.Cvr", "dk.Se", "Iban", "Bic"} == {name for name, used in rows if used.startswith("yes")}


def test_a_number_goes_to_json_and_back() -> None:
    """As its string, from a model of all types."""
    with numbers("test"):
        model = type(
            "All",
            (BaseModel,),
            {"__annotations__": {name.replace(".", "_"): type_ for name, type_ in TYPES.items()}},
        )
        whole = model(**{name.replace(".", "_"): sample for name, sample in SAMPLES.items()})

        assert whole == model.model_validate_json(whole.model_dump_json())  # type: ignore[attr-defined]
        assert {one.replace(".", "_"): text for one, text in SAMPLES.items()} == json.loads(
            whole.model_dump_json()
        )


def test_they_are_importable_without_the_rest() -> None:
    """``from rpa_commons.validators import dk, no, se`` loads no other part of the library and no network."""
    code = (
        "import sys; from rpa_commons.validators import dk, no, se; "
        "print(sorted(one for one in sys.modules if one.startswith('rpa_commons.') "
        "and not one.startswith('rpa_commons.validators')), 'socket' in sys.modules, 'ssl' in sys.modules)"
    )

    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)

    assert "[] False False" == done.stdout.strip()
