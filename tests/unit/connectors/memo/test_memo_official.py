"""The official schema and the official examples."""

import inspect
from pathlib import Path

import pytest
from lxml import etree

from rpa_commons.capabilities import Attachment, Letter, Link, TextMessage
from rpa_commons.connectors.memo import _model, read_memo, write_memo
from rpa_commons.connectors.memo._element import Element, parts_of
from rpa_commons.connectors.sf1601._request import Envelope, letter_request, text_request

pytestmark = pytest.mark.specs

EXAMPLES = ("Full_Example", "Minimum_Example", "NemSMS", "with_attachment")


def canonical(document: bytes) -> bytes:
    """Exclusive canonical XML, without comments and without white space between elements."""
    parser = etree.XMLParser(remove_comments=True, remove_blank_text=True)
    return etree.tostring(etree.fromstring(document, parser), method="c14n", exclusive=True)


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_official_example_survives_reading_and_writing(specs: Path, name: str) -> None:
    """Read and written again, an example is the same document in canonical form."""
    document = (specs / "examples" / f"MeMo_{name}.xml").read_bytes()

    assert canonical(document) == canonical(write_memo(read_memo(document)))


@pytest.mark.parametrize("name", EXAMPLES)
def test_what_is_written_is_valid(specs: Path, schema: etree.XMLSchema, name: str) -> None:
    """An example as we write it is valid by the official schema."""
    message = read_memo((specs / "examples" / f"MeMo_{name}.xml").read_bytes())

    schema.assertValid(etree.fromstring(write_memo(message)))


ENVELOPE = Envelope("8c2ea15d-61fb-4ba9-9366-42f8b194c114", "2211771212", "29189404", "Roskilde Kommune")


def sent(request: bytes) -> etree._Element:
    """The message in a request."""
    message = etree.fromstring(request).find("{https://DigitalPost.dk/MeMo-1}Message")
    assert message is not None
    return message


def test_a_letter_is_valid(schema: etree.XMLSchema) -> None:
    """What we send is valid by the official schema, with a title of every allowed length."""
    for title in ("V", 'Velkommen til Roskilde: nye børn & "gamle" huse <her>', "æ" * 256):
        letter = Letter(title=title, language="da", pdf=b"%PDF-1.7")

        schema.assertValid(sent(letter_request(letter, "digital", ENVELOPE, shipment_type=0)))


def test_what_goes_with_a_letter_is_valid(schema: etree.XMLSchema) -> None:
    """Attachments, links and a notification, digitally and by automatic choice; and a text message."""
    letter = Letter(
        title="Velkommen",
        language="da",
        pdf=b"%PDF-1.7",
        attachments=(Attachment(name="tal.csv", media_type="text/csv", content=b"1;2"),) * 2,
        links=(Link(label="Bestil tid", url="https://kommune.example/tid", kind="AFTALE"),),
        notification="æ" * 150,
    )
    for channel in ("digital", "automatic"):
        schema.assertValid(sent(letter_request(letter, channel, ENVELOPE, shipment_type=4711)))
    schema.assertValid(sent(text_request(TextMessage(title="Husk", text="æ" * 150), ENVELOPE)))


def test_the_schema_can_refuse(specs: Path, schema: etree.XMLSchema) -> None:
    """The stand-ins leave the schema its teeth: order, occurrence, shape of an id."""
    good = (specs / "examples" / "MeMo_Minimum_Example.xml").read_text("utf-8")
    bad_id = good.replace("8C2EA15D-61FB-4BA9", "8C2EA15D-61FB-5BA9")
    no_sender = good.replace("<memo:senderID>12345678</memo:senderID>", "")
    bad_time = good.replace("2024-05-03T12:00:00Z", "2024-05-03T12:00:00+02:00")

    for document in (bad_id, no_sender, bad_time):
        assert document != good
        assert not schema.validate(etree.fromstring(document.encode()))


def test_the_models_say_what_the_schema_says(specs: Path) -> None:
    """Every element of the core schema has a model with the same children in the same order, as often."""
    xs = "{http://www.w3.org/2001/XMLSchema}"
    root = etree.parse(specs / "xsd" / "Version1.2" / "MeMo_core.xsd").getroot()
    declared = {
        element.get("name"): [
            (child.get("name") or child.get("ref").rpartition(":")[2], child.get("minOccurs", "1") == "0")
            for child in element.iterdescendants(f"{xs}element")
        ]
        for element in root.iterchildren(f"{xs}element")
    }
    modelled = {
        member.tag.partition(":")[2]: [
            (etree.QName(part.tag).localname, not _needed(member, part.name))
            for part in parts_of(member)
            if not part.attribute
        ]
        for _, member in inspect.getmembers(_model, inspect.isclass)
        if issubclass(member, Element) and member is not Element and member.tag.startswith("memo:")
    }

    assert declared == modelled


def _needed(model: type[Element], name: str) -> bool:
    return model.model_fields[name].is_required()
