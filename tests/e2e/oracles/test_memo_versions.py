"""MeMo 1.2 and 1.1 side by side, with the official schemas and without any stand-in of ours.

The core schema of 1.2 and the examples come from ``RPAC_SPECS``. The schemas that it imports, and those of
1.1, are Digitaliseringsstyrelsen's too; the wheel of python-serviceplatformen 1.1.0 on PyPI carries them
(MIT).
"""

import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from lxml import etree
from uv import find_uv_bin

from rpa_commons.capabilities import Attachment, Letter, Link, TextMessage
from rpa_commons.connectors.sf1601._request import Envelope, letter_request, text_request
from rpa_commons.sandbox import Sandbox
from tests.support.package_index import does_not_answer

pytestmark = [
    pytest.mark.network,
    pytest.mark.specs,
    pytest.mark.skipif("RPAC_SPECS" not in os.environ, reason="RPAC_SPECS does not name the official files"),
]

EXAMPLES = ("Full_Example", "Minimum_Example", "NemSMS", "with_attachment")
WHEEL = "python-serviceplatformen==1.1.0"
CORE = Path("memo/xsd/Version1.2/MeMo_core.xsd")


@pytest.fixture(scope="module")
def schemas(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder laid out as ``RPAC_SPECS``, whole: 1.1 and what it imports, and 1.2 below it."""
    folder = tmp_path_factory.mktemp("schemas")
    target = folder / "wheel"
    command = [find_uv_bin(), "pip", "install", "--quiet", "--no-deps", "--target", str(target), WHEEL]
    if subprocess.run(command, capture_output=True, timeout=300, check=False).returncode:
        does_not_answer(WHEEL)
    official = folder / "memo" / "xsd"
    shutil.copytree(target / "python_serviceplatformen" / "models" / "memo_schema", official)
    (folder / CORE).parent.mkdir()
    shutil.copy(Path(os.environ["RPAC_SPECS"]) / CORE, folder / CORE)
    return folder


def schema_of(path: Path) -> etree.XMLSchema:
    """A compiled schema."""
    return etree.XMLSchema(etree.parse(path, etree.XMLParser(no_network=True)))


def example(name: str) -> Any:
    """An official example."""
    path = Path(os.environ["RPAC_SPECS"]) / "memo" / "examples" / f"MeMo_{name}.xml"
    return etree.parse(path).getroot()


def test_the_examples_are_valid_by_1_2_and_by_1_1_none_is(schemas: Path) -> None:
    """Four of four, and none of four: the two versions cannot be mistaken for each other."""
    new, old = schema_of(schemas / CORE), schema_of(schemas / "memo" / "xsd" / "MeMo_core.xsd")

    assert [True] * 4 == [new.validate(example(name)) for name in EXAMPLES]
    assert [False] * 4 == [old.validate(example(name)) for name in EXAMPLES]


def messages() -> list[bytes]:
    """What we send: a letter with everything that goes with it, an automatic one, a text message."""
    envelope = Envelope("8c2ea15d-61fb-4ba9-9366-42f8b194c114", "2211771212", "29189404", "Roskilde Kommune")
    letter = Letter(
        title='Velkommen: nye børn & "gamle" huse',
        language="da",
        pdf=b"%PDF-1.7",
        attachments=(Attachment(name="tal.csv", media_type="text/csv", content=b"1;2"),),
        links=(Link(label="Bestil tid", url="https://kommune.example/tid", kind="AFTALE"),),
        notification="Der er post fra kommunen",
    )
    return [
        letter_request(letter, "digital", envelope, shipment_type=0),
        letter_request(letter, "automatic", envelope, shipment_type=4711),
        text_request(TextMessage(title="Husk", text="æ" * 150), envelope),
    ]


def test_what_we_send_is_valid_by_1_2(schemas: Path) -> None:
    """Also against the data types and registers that the core schema imports."""
    schema = schema_of(schemas / CORE)
    found = [etree.fromstring(body).find("{https://DigitalPost.dk/MeMo-1}Message") for body in messages()]

    assert [True] * 3 == [one is not None and schema.validate(one) for one in found]


def test_the_sandbox_validates_by_the_whole_schema(schemas: Path, tmp_path: Path) -> None:
    """With every imported schema beside it, nothing of a message is left unchecked."""
    with Sandbox(tmp_path / "box", people=20, schemas=schemas, only=("sf1601",)) as box:
        assert "MeMo" not in box.services["sf1601"].unvalidated
