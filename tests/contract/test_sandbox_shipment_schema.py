"""Letters on paper by KOMBIT's own schemas: what the connector sends keeps them, what breaks them is refused.

The official files are found through the environment variable ``RPAC_SPECS`` and never lie in the project.
"""

import hashlib
import itertools
import os
import shutil
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from rpa_commons.capabilities import Address, Attachment, BusinessError, Letter, PrintOptions
from rpa_commons.connectors import message_uuid
from rpa_commons.connectors.sf1601 import Sf1601, Sf1601Settings, _connector
from rpa_commons.connectors.sf1601._checks import check_letter
from rpa_commons.connectors.sf1601._request import Envelope, letter_request
from rpa_commons.sandbox import Sandbox
from rpa_commons.sandbox._refusal import Refusal
from rpa_commons.sandbox._shipment import SHIPMENTS
from rpa_commons.sandbox._shipment_schema import PLACE, check_shipment, shipment_schema
from rpa_commons.validators.xsd import XmlSchema
from tests.contract.test_digital_post_sf1601 import settings_for, surroundings

pytestmark = [
    pytest.mark.specs,
    pytest.mark.skipif("RPAC_SPECS" not in os.environ, reason="RPAC_SPECS does not name the official files"),
]

KEY = hashlib.sha256(b"a letter on paper").hexdigest()
CPR = "2211771212"
PDF = b"%PDF-1.7 x"
HOME = Address(street_line="Algade 31, 2. tv", postal_code="4000", city="Roskilde")
FULL = HOME.model_copy(update={"co_name": "Ole Testesen", "locality": "Himmelev", "street_line": "Å" * 60})
ADDRESSES = (None, HOME, FULL, Address(street_line="Algade 31"))
POSTAGE = (None, "priority", "economy", "bulk", "registered", "registered-with-proof", "service-of-process")
FP = "{urn:oio:fjernprint:1.0.0}"


@pytest.fixture(scope="module")
def schema() -> XmlSchema:
    """The official schema."""
    found, missing = shipment_schema(Path(os.environ["RPAC_SPECS"]).resolve())
    assert found is not None, missing
    return found


def letter(address: Address | None = None, printing: PrintOptions | None = None, **more: Any) -> Letter:
    """A letter on paper."""
    name = "Mette Testesen" if address else ""
    values = {"title": "Velkommen", "addressee": name, "address": address, "printing": printing, **more}
    return Letter(language="da", pdf=PDF, **values)


def attachments(count: int, name: str = "bilag {}.pdf") -> tuple[Attachment, ...]:
    """So many documents for the printer."""
    return tuple(
        Attachment(name=name.format(number), media_type="application/pdf", content=PDF)
        for number in range(count)
    )


def sent(one: Letter, channel: Any = "physical") -> Any:
    """The shipment in the request that the connector makes of a letter that it does not refuse."""
    check_letter(one, channel, Sf1601Settings.model_construct(None, shipment_type=4711, physical_outbox=""))
    envelope = Envelope(message_uuid(KEY), CPR, "29189404", "Roskilde Kommune")
    root = etree.fromstring(letter_request(one, channel, envelope, shipment_type=4711))
    shipments = root.find(SHIPMENTS)
    assert shipments is not None
    return shipments[0]


@pytest.mark.parametrize("channel", ["physical", "automatic"])
@pytest.mark.parametrize("address", ADDRESSES, ids=["window", "address", "long address", "no town"])
@pytest.mark.parametrize("postage", POSTAGE)
def test_every_variant_is_valid(schema: XmlSchema, channel: str, address: Any, postage: Any) -> None:
    """Address, postage, sides, colour, envelope, attachments: each with each, on both ways to paper."""
    answers = (None, False, True)
    every = itertools.product(answers, answers, (None, "C4", "C5"), (0, 2))

    found = [
        schema.problems(sent(one, channel))
        for two_sided, colour, envelope, count in every
        for one in [
            letter(
                address,
                PrintOptions(two_sided=two_sided, colour=colour, envelope=envelope, postage=postage),
                attachments=attachments(count),
            )
        ]
    ]

    assert [()] * 54 == found


def test_the_largest_letter_is_valid(schema: XmlSchema) -> None:
    """The longest title, addressee and file names, and a hundred attachments."""
    most = letter(
        FULL,
        title="Å" * 256,
        addressee="Æ" * 130,
        attachments=attachments(100, "{:0>3}" + "x" * 249 + ".pdf"),
    )

    assert () == schema.problems(sent(most))


TEXT = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Cn", "Co")), min_size=1)


@settings(deadline=None, max_examples=150)
@given(title=TEXT, street=TEXT, city=TEXT, co=TEXT, name=TEXT)
def test_whatever_a_letter_says_it_is_valid_or_refused(
    schema: XmlSchema, title: str, street: str, city: str, co: str, name: str
) -> None:
    """Any text in title, address and name: sent as the schema has it, or not sent."""
    home = Address(street_line=street, postal_code="4000", city=city, co_name=co)
    try:
        shipment = sent(letter(home, title=title[:256], addressee=name[:256]))
    except BusinessError:
        return

    assert () == schema.problems(shipment)


@pytest.mark.parametrize(
    ("path", "text"),
    [
        (f"{FP}BilagSamling/{FP}Bilag/{{urn:oio:dkal:1.0.0}}FilformatNavn", "p" * 11),
        (f"{FP}ForsendelseModtager/{FP}ModtagerAdresse/{{*}}PersonName", "x" * 200),
        (f"{FP}ForsendelseModtager/{FP}ModtagerAdresse/{{*}}PostalAddressFirstLineText", "Hemmelig" * 9),
        (f"{FP}ForsendelseTypeIdentifikator", "four"),
        (f"{FP}PostParametre/{FP}PostKategoriKode", "Hemmelig"),
    ],
)
def test_what_breaks_the_schema_is_refused(schema: XmlSchema, path: str, text: str) -> None:
    """By the element, without its value."""
    shipment = sent(letter(HOME, PrintOptions(postage="priority"), attachments=attachments(1)))
    shipment.find(path).text = text

    with pytest.raises(Refusal) as caught:
        check_shipment(schema, shipment)
    assert "shipment-schema" == caught.value.code
    assert "Hemmelig" not in caught.value.text


@pytest.mark.parametrize("channel", ["physical", "automatic"])
def test_the_sandbox_takes_ours_and_refuses_a_broken_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, channel: Any
) -> None:
    """The connector's letter is taken; a line that is too long, which our own rules pass, is refused."""
    schemas = Path(os.environ["RPAC_SPECS"]).resolve()
    given = letter(HOME, PrintOptions(colour=True), attachments=attachments(2))
    with Sandbox(tmp_path / "box", people=20, schemas=schemas, only=("sf1601",)) as box:
        post = Sf1601(settings_for(box, shipment_type=4711), surroundings(tmp_path))
        to = next(person.cpr for person in box.people)
        post.send(given, to=to, channel=channel, key=KEY)
        monkeypatch.setattr(_connector, "letter_request", _broken)
        with pytest.raises(BusinessError) as caught:
            post.send(given, to=to, channel=channel, key=hashlib.sha256(b"another").hexdigest())
        post.close()
        outcomes = [(one["outcome"], one.get("reason", "")) for one in box.journal()]

    assert [("accepted", ""), ("refused", "shipment-schema")] == outcomes
    assert "Algade" not in str(caught.value)


def _broken(*args: Any, **named: Any) -> bytes:
    """The connector's request with a line that is too long."""
    return letter_request(*args, **named).replace(b"Algade 31, 2. tv", b"Algade 31, 2. tv" * 3)


def test_schemas_that_are_not_whole_are_said(tmp_path: Path) -> None:
    """No folder, no file, one file missing: why nothing is validated."""
    official = Path(os.environ["RPAC_SPECS"]).resolve() / PLACE
    shutil.copytree(official, tmp_path / PLACE)
    (tmp_path / PLACE / "Bilag.xsd").unlink()

    assert (None, "no folder of official schemas was given") == shipment_schema(None)
    assert "is not in" in shipment_schema(tmp_path / "empty")[1]
    assert "are not whole" in shipment_schema(tmp_path)[1]
