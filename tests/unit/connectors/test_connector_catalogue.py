"""The catalogue: every connector by name, imported only when asked for."""

import subprocess
import sys

import pytest

from rpa_commons.capabilities import capability_spec, is_capability
from rpa_commons.connectors import UnknownConnectorError, catalogue, extra_of, load, message_uuid

NAMES = [
    "case-folder",
    "invoice-folder",
    "moves-extract",
    "pdf-outbox",
    "posting-file",
    "register-extract",
    "rest-ledger",
    "school-extract",
    "sf1461",
    "sf1520",
    "sf1601",
    "ssbtek",
]


def test_the_connectors_are_listed() -> None:
    """These connectors come with the library."""
    assert NAMES == sorted(catalogue())
    assert len(NAMES) == len(catalogue())


@pytest.mark.parametrize("name", NAMES)
def test_an_entry_is_made_from_the_connector(name: str) -> None:
    """Name, capability and settings schema are the class's own; every setting is described."""
    entry, connector = catalogue()[name], load(name)

    assert (name, connector.capability.__name__) == (entry.name, entry.capability)
    assert is_capability(connector.capability)
    assert capability_spec(connector.capability).version == entry.version
    assert [] == [
        key for key, field in entry.settings_schema["properties"].items() if "description" not in field
    ]


def test_an_unknown_name_is_guessed_at() -> None:
    """A misspelt name gets a suggestion."""
    with pytest.raises(UnknownConnectorError) as caught:
        load("sf1061")

    assert "did you mean 'sf1601'?" == caught.value.remedy
    assert "sf1061" not in catalogue()
    with pytest.raises(KeyError):
        catalogue()["sf1061"]


def test_listing_connectors_imports_no_http_library() -> None:
    """The package, the names, and a look whether one exists cost neither requests nor lxml."""
    code = (
        "import sys; from rpa_commons.connectors import catalogue\n"
        "'sf1601' in catalogue(); list(catalogue())\n"
        "sys.exit(any(name in sys.modules for name in ('requests', 'lxml', 'cryptography', 'urllib3')))"
    )

    assert 0 == subprocess.run([sys.executable, "-c", code], check=False).returncode


def test_a_key_makes_a_message_id() -> None:
    """The id has the shape of version 4, and changes with the key's first 16 bytes."""
    assert "abababab-abab-4bab-abab-abababababab" == message_uuid("ab" * 32)


@pytest.mark.parametrize("key", ["", "ab", "AB" * 32, "ab" * 32 + "\n", "zz" * 32])
def test_what_is_no_key_is_refused(key: str) -> None:
    """Only a key that the runtime made stands for a letter."""
    with pytest.raises(ValueError, match="64 lower-case hexadecimal digits"):
        message_uuid(key)


def test_an_extra_may_belong_to_a_setting() -> None:
    """SF1601 needs the AMQP client where it reads receipts from a queue, and nowhere else."""
    assert ("", "") == (extra_of("sf1601"), extra_of("sf1601", ["url", "receipts_folder"]))
    assert "amqp" == extra_of("sf1601", {"url", "receipts_queue"})
    assert ("amqp", "amqp") == (extra_of("sf1461"), extra_of("sf1461", ["url"]))
    assert "" == extra_of("pdf-outbox", ["receipts_queue"])
