"""What a capability's model refuses may be a person's: pydantic's message about it shows no input."""

import inspect

import pytest
from pydantic import BaseModel, ValidationError

import rpa_commons.capabilities
from rpa_commons.connectors.memo import Message
from rpa_commons.connectors.memo._element import Element

MARK = "Hemmelig"


def models() -> list[type[BaseModel]]:
    """Every model that the capabilities export, and those of the message format."""
    exported = [getattr(rpa_commons.capabilities, name) for name in rpa_commons.capabilities.__all__]
    found = [one for one in exported if inspect.isclass(one) and issubclass(one, BaseModel)]
    return [*found, Message, Element]


@pytest.mark.parametrize("model", models(), ids=lambda model: model.__name__)
def test_a_model_shows_no_input(model: type[BaseModel]) -> None:
    """Neither a wrong value nor, where a field is missing, everything that stands beside it."""
    fields = dict.fromkeys(model.model_fields, object())
    for given in ({**fields, MARK.lower(): MARK}, {name: [MARK] for name in fields}, MARK, [MARK]):
        try:
            model.model_validate(given)
        except ValidationError as error:
            said = str(error)
        else:
            said = ""

        assert "input_value" not in said
        assert MARK not in said


def test_the_capabilities_have_models() -> None:
    """The list above is not empty by mistake."""
    names = {model.__name__ for model in models()}

    assert {"Person", "Address", "Move", "Letter", "Case", "Posting", "InvoiceDocument", "Money"} <= names
