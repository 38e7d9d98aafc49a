"""The reference of the capabilities is what the Protocols say, whole, and with a meaning for everything."""

import importlib.util
import re
from datetime import date
from pathlib import Path
from types import ModuleType
from typing import Any, Literal, Protocol

import pytest
from pydantic import BaseModel, Field

from rpa_commons.capabilities import (
    BenefitPayment,
    BusinessError,
    Channel,
    DigitalPost,
    Letter,
    Money,
    added_in,
    capability,
    capability_spec,
    effect,
    query,
)
from rpa_commons.connectors import built_in_names, contract, load

DOCS = Path(__file__).parents[3] / "docs"
PAGE = (DOCS / "reference" / "capabilities.md").read_text("utf-8")
EMPTY = "".join(
    f"<!-- generated: {name} -->\n<!-- /generated -->\n"
    for name in ("overview", "capabilities", "shared", "errors")
)


class Slip(BaseModel):
    """A slip of paper."""

    text: str = Field(repr=False, max_length=9)
    """What is | on it."""
    seen_on: date | None = None
    """The day."""

    def short(self, most: int) -> str:
        """Its beginning."""
        return self.text[:most]


class Mute(BaseModel):
    """A model with a field of which nobody says what it is."""

    number: int


@capability(version="2.3")
class Desk(Protocol):
    """A desk with a drawer.

    It stands in the town hall.

    Raises (every method):
        BusinessError: the drawer
            is locked.
    """

    @query
    def slips(self, *, first: date, colour: Literal["red", "blue"] = "red") -> tuple[Slip, ...]:
        """What lies in it.

        Args:
            first: The first
                day; see :class:`Slip`.
            colour: Of the paper.

        Returns:
            The slips.
        """
        ...

    @added_in("2.2")
    @effect("unsafe", planned=lambda *_, **__: Slip(text=""), decisive=True)
    def put(self, slip: Slip, *, key: str = "") -> Slip | None:
        """Put a slip in.

        Args:
            slip: The slip.
            key: The key.

        Returns:
            The slip.
        """
        ...


@capability(version="1.0")
class Quiet(Protocol):
    """A capability with a call of which nobody says what it gives.

    Raises (every method):
        BusinessError: never.
    """

    @query
    def ask(self) -> str:
        """Ask."""
        ...


@capability(version="1.0")
class Vague(Protocol):
    """A capability with an argument of which nobody says what it is.

    Raises (every method):
        BusinessError: never.
    """

    @query
    def ask(self, what: str) -> str:
        """Ask.

        Returns:
            The answer.
        """
        ...


@capability(version="1.0")
class Careless(Protocol):
    """A capability of which nobody says what can go wrong."""


@pytest.fixture
def script() -> ModuleType:
    """The script that writes the page, a new one for each test."""
    spec = importlib.util.spec_from_file_location("generate_capabilities", DOCS / "generate_capabilities.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def written(script: ModuleType, monkeypatch: pytest.MonkeyPatch, protocol: type) -> str:
    """A page of one capability."""
    monkeypatch.setattr(script, "protocols", lambda: (protocol,))
    monkeypatch.setattr(contract, f"{protocol.__name__}Contract", Desk, raising=False)
    text: str = script.page(EMPTY)
    return text


def test_the_page_is_current(script: ModuleType) -> None:
    """After a change ``python docs/generate_capabilities.py`` brings the page to the Protocols."""
    assert script.page(PAGE) == PAGE


def test_every_capability_call_and_connector_is_there(script: ModuleType) -> None:
    """Each call has a heading, each connector a row at its capability, each contract class a mention."""
    for protocol in script.protocols():
        name = protocol.__name__
        part = PAGE.partition(f"\n## {name}\n")[2].partition("\n## ")[0]
        calls = re.findall(rf"^### {name}\.(\w+)$", part, re.MULTILINE)

        assert list(capability_spec(protocol).calls) == calls
        assert f"`{name}Contract`" in part
    for connector in built_in_names():
        served = capability_spec(load(connector).capability).name

        assert f"| [{connector}](connectors/{connector}.md) |" in PAGE.partition(f"\n## {served}\n")[2]


def test_every_heading_is_one(script: ModuleType) -> None:
    """Two headings alike would share one link."""
    headings = [one.lower() for one in re.findall(r"^#+ (.+)$", PAGE, re.MULTILINE)]

    assert len(set(headings)) == len(headings)


def test_personal_fields_are_marked() -> None:
    """A field that stays out of ``repr`` is marked, another is not."""
    rows = dict(
        re.findall(r"^\| `(\w+)` \| .* \| (.*) \|$", PAGE.partition("#### Letter\n")[2], re.MULTILINE)[:11]
    )

    assert list(Letter.model_fields) == list(rows)
    assert {name: not field.repr for name, field in Letter.model_fields.items()} == {
        name: meaning.startswith("*Personal.* ") for name, meaning in rows.items()
    }


def test_nothing_of_python_s_inside_is_shown() -> None:
    """No type as Python prints it, no markup of docstrings, no default that is an object."""
    unwanted = (
        "<class",
        "typing.",
        "Annotated",
        "PydanticUndefined",
        "<object",
        "datetime.",
        ":class:",
        ":attr:",
    )

    assert [] == [one for one in unwanted if one in PAGE]
    assert "``" not in PAGE.replace("```", "")


def test_a_capability_stands_whole_in_the_page(script: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    """Version, errors, calls with class and version, arguments, fields and their meaning."""
    text = written(script, monkeypatch, Desk)

    assert "| [`Desk`](#desk) | 2.3 | A desk with a drawer. |" in text
    assert "Version 2.3. A desk with a drawer.\n\nIt stands in the town hall.\n" in text
    assert "| [`BusinessError`](#businesserror) | the drawer is locked. |" in text
    assert 'slips(*, first: date, colour: Literal["red", "blue"] = "red") -> tuple[Slip, ...]\n' in text
    assert "**Query**, since version 2.0." in text
    assert "| `first` | date | The first day; see [`Slip`](#slip). |" in text
    assert "| `colour` | one of `red`, `blue`; default: `red` | Of the paper. |" in text
    assert "**Returns** list of [`Slip`](#slip). The slips." in text
    assert "**Effect**, *unsafe*, decisive, since version 2.2." in text
    assert "**Returns** [`Slip`](#slip) or `None`. The slip." in text
    assert "| `text` | text, at most 9 characters; required | *Personal.* What is \\| on it. |" in text
    assert "| `seen_on` | date; default: `None` | The day. |" in text
    assert "- `short(most)`: Its beginning." in text


@pytest.mark.parametrize(
    ("protocol", "said"),
    [
        (Quiet, r"Quiet\.ask does not say what it returns"),
        (Vague, r"Vague\.ask does not say what what is"),
        (Careless, "Careless does not say what its calls raise"),
    ],
)
def test_a_call_without_a_meaning_is_an_error(
    script: ModuleType, monkeypatch: pytest.MonkeyPatch, protocol: type, said: str
) -> None:
    """Nothing is published of which nobody says what it is."""
    with pytest.raises(SystemExit, match=said):
        written(script, monkeypatch, protocol)


def test_a_field_without_a_meaning_is_an_error(script: ModuleType) -> None:
    """The same of a model's field."""
    with pytest.raises(SystemExit, match=r"Mute\.number has no docstring"):
        list(script._model(Mute))


def test_a_page_without_a_place_is_an_error(script: ModuleType) -> None:
    """A mark that was lost does not leave the errors out."""
    with pytest.raises(SystemExit, match="no place for: errors"):
        script.page(EMPTY.replace("generated: errors", "generated: shared"))


@pytest.mark.parametrize(
    ("annotation", "said"),
    [
        (str | None, "text or `None`"),
        (tuple[Money, ...], "list of [`Money`](#money)"),
        (Channel, "[`Channel`](#channel)"),
        (dict[str, str], "text by name"),
        (Literal["a", "b"], "one of `a`, `b`"),
        (BenefitPayment.model_fields["paid_on"].annotation, "date or `None`"),
    ],
)
def test_a_type_is_said_in_words(script: ModuleType, annotation: Any, said: str) -> None:
    """What a value may be, for people."""
    assert said == script.kind(annotation)


def test_an_unknown_type_is_an_error(script: ModuleType) -> None:
    """A type without words is not shown as Python prints it."""
    with pytest.raises(SystemExit, match="no words for the type"):
        script.kind(complex)


def test_a_new_version_is_seen(script: ModuleType) -> None:
    """What version 1.1 of DigitalPost brought says so, what was there before says 1.0."""
    part = PAGE.partition("\n## DigitalPost\n")[2]
    since = dict(re.findall(r"### DigitalPost\.(\w+)\n.*?since version ([\d.]+)\.", part, re.DOTALL))

    assert {name: call.since or "1.0" for name, call in capability_spec(DigitalPost).calls.items()} == since


def test_the_errors_are_in_order_of_descent() -> None:
    """The root stands first, and every error says what it is a kind of."""
    part = PAGE.partition("<!-- generated: errors -->")[2]

    assert part.index("### RpaCommonsError") < part.index(f"### {BusinessError.__name__}")
    assert "A [`BusinessError`](#businesserror). The population register" in part
