"""Each capability that a connector implements has one contract, with the failures in it, that each passes."""

import ast
from pathlib import Path

import pytest

from rpa_commons.capabilities import capability_spec
from rpa_commons.connectors import built_in_names, contract, load
from rpa_commons.connectors.contract import FailureContract

TESTS = Path(__file__).parents[3]
PLUGINS = TESTS.parent / "plugins"


def capability_of(name: str) -> str:
    """The capability of a built-in connector."""
    return capability_spec(load(name).capability).name


@pytest.mark.parametrize("capability", sorted({capability_of(name) for name in built_in_names()}))
def test_a_capability_has_a_contract_with_the_failures(capability: str) -> None:
    """Named after it, and exported for connector wheels."""
    found = getattr(contract, f"{capability}Contract", None)

    assert isinstance(found, type)
    assert issubclass(found, FailureContract)


def suites() -> dict[str, set[str]]:
    """Name of a contract class -> text of every test file with a class that derives from it."""
    found: dict[str, set[str]] = {}
    for file in [*(TESTS / "contract").glob("test_*.py"), *PLUGINS.glob("connector-*/tests/test_*.py")]:
        text = file.read_text("utf-8")
        for node in ast.walk(ast.parse(text)):
            bases = node.bases if isinstance(node, ast.ClassDef) else ()
            for base in bases:
                found.setdefault(ast.unparse(base).rpartition(".")[2], set()).add(text)
    return found


@pytest.mark.parametrize("name", sorted(built_in_names()))
def test_every_connector_runs_its_contract(name: str) -> None:
    """A test class in ``tests/contract`` derives from it in a file that makes the connector."""
    texts = suites().get(f"{capability_of(name)}Contract", set())

    assert any(f"{load(name).__name__}(" in text for text in texts)
