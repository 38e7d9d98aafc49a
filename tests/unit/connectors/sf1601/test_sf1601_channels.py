"""What each channel puts on the wire, and what is refused before anything is sent."""

import base64
import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from rpa_commons.capabilities import (
    Address,
    Attachment,
    BusinessError,
    Letter,
    Link,
    PrintOptions,
    TextMessage,
)
from rpa_commons.connectors import message_uuid
from rpa_commons.connectors.sf1601 import Sf1601

CPR = "2211771212"
KEY = hashlib.sha256(b"one").hexdigest()
LETTER = Letter(title="Velkommen", language="da", pdf=b"%PDF-1.7 x", text="Kære Mette")
PAPER = Attachment(name="bilag 1.pdf", media_type="application/pdf", content=b"%PDF-1.7 y")
TABLE = Attachment(name="tal.csv", media_type="text/csv", content=b"1;2")
LINK = Link(label="Bestil tid", url="https://kommune.example/tid?k=1", kind="AFTALE")
HOME = Address(street_line="Algade 31, 2. tv", postal_code="4000", city="Roskilde", co_name="Ole")
FP = "{urn:oio:fjernprint:1.0.0}"
MEMO = "{https://DigitalPost.dk/MeMo-1}"

Connect = Callable[..., Sf1601]


def letter(**changes: Any) -> Letter:
    """A letter with something more."""
    return LETTER.model_copy(update=changes)


def texts(root: Any) -> list[tuple[str, str]]:
    """Local name and text of every leaf."""
    return [(etree.QName(one).localname, one.text or "") for one in root.iter("{*}*") if not len(one)]


class TestRequests:
    def test_attachments_and_links_go_with_a_digital_letter(self, connect: Connect, calls: list[Any]) -> None:
        """Each attachment is a document of its own, in order; a link is an action with its code."""
        whole = letter(attachments=(TABLE, PAPER), links=(LINK,), notification="Der er post")
        connect().send(whole, to=CPR, key=KEY)

        root = etree.fromstring(calls[0].body)
        extras = root.findall(f".//{MEMO}AdditionalDocument")
        assert ["tal.csv", "bilag 1.pdf"] == [one.findtext(f"{MEMO}File/{MEMO}filename") for one in extras]
        assert [TABLE.content, PAPER.content] == [
            base64.b64decode(one.findtext(f"{MEMO}File/{MEMO}content") or "") for one in extras
        ]
        action = root.find(f".//{MEMO}MainDocument/{MEMO}Action")
        assert action is not None
        assert [("label", LINK.label), ("actionCode", "AFTALE"), ("url", LINK.url)] == texts(action)
        assert "Der er post" == root.findtext(f".//{MEMO}notification")

    def test_a_text_message_is_a_header(self, connect: Connect, calls: list[Any]) -> None:
        """NemSMS: the text is the notification, and there is no body."""
        receipt = connect().notify(TextMessage(title="Husk", text="I morgen kl. 9"), to=CPR, key=KEY)

        root = etree.fromstring(calls[0].body)
        assert ["NemSMS", "NEMSMS", "I morgen kl. 9"] == [
            root.findtext("KombiValgKode"),
            root.findtext(f".//{MEMO}messageType"),
            root.findtext(f".//{MEMO}notification"),
        ]
        assert root.find(f".//{MEMO}MessageBody") is None
        assert ("sms", message_uuid(KEY)) == (receipt.channel, receipt.id)

    def test_a_letter_on_paper_is_a_shipment(self, connect: Connect, calls: list[Any]) -> None:
        """Fysisk Post: no message, the key as shipment id, ten zeros for the recipient's number."""
        options = PrintOptions(two_sided=False, colour=True, envelope="C4", postage="registered")
        whole = letter(attachments=(PAPER,), printing=options, addressee="Mette Testesen", address=HOME)
        receipt = connect(shipment_type=4711).send(whole, to=CPR, channel="physical", key=KEY)

        root = etree.fromstring(calls[0].body)
        found = dict(texts(root))
        assert ["KombiValgKode", f"{FP}ForsendelseISamling"] == [one.tag for one in root]
        assert "Fysisk Post" == root[0].text
        assert (message_uuid(KEY), "4711", "0000000000") == (
            found["AfsendelseIdentifikator"],
            found["ForsendelseTypeIdentifikator"],
            found["CPRnummerIdentifikator"],
        )
        assert ("Simplex", "Farve", "C4", "Rekommanderet") == (
            found["SimplexDuplexKode"],
            found["FarveSHKode"],
            found["KuvertTypeKode"],
            found["PostKategoriKode"],
        )
        assert ("c/o Ole", "Algade 31, 2. tv", "4000 Roskilde") == (
            found["PostalAddressFirstLineText"],
            found["PostalAddressSecondLineText"],
            found["PostalAddressThirdLineText"],
        )
        assert ("bilag 1.pdf", "1") == (found["BilagNavn"], found["BilagSorteringsIndeksIdentifikator"])
        assert CPR not in calls[0].body.decode()
        assert "physical" == receipt.channel

    def test_a_letter_on_paper_needs_no_more_than_its_pdf(self, connect: Connect, calls: list[Any]) -> None:
        """The first page shows the address, and the printer knows its options by agreement."""
        connect(shipment_type=4711).send(LETTER, to=CPR, channel="physical", key=KEY)

        names = {name for name, _ in texts(etree.fromstring(calls[0].body))}
        assert not {"PersonName", "SimplexDuplexKode", "PostKategoriKode", "BilagNavn"} & names

    def test_an_automatic_letter_is_both(self, connect: Connect, calls: list[Any]) -> None:
        """Automatisk Valg: message and shipment under one id."""
        receipt = connect(shipment_type=4711).send(LETTER, to=CPR, channel="automatic", key=KEY)

        root = etree.fromstring(calls[0].body)
        assert ["KombiValgKode", f"{MEMO}Message", f"{FP}ForsendelseISamling"] == [one.tag for one in root]
        assert "Automatisk Valg" == root[0].text
        assert [message_uuid(KEY)] * 2 == [
            root.findtext(f".//{MEMO}messageUUID"),
            root.findtext(f".//{FP}AfsendelseIdentifikator"),
        ]
        assert "automatic" == receipt.channel

    def test_text_messages_are_asked_about_beside_letters(self, connect: Connect, calls: list[Any]) -> None:
        """PostForespoerg has a path for each."""
        post = connect()
        with pytest.raises(BusinessError):  # the stub's answer is none of PostForespoerg's
            post.reachable_by_sms(CPR)

        assert ("GET", "/service/PostForespoerg_1/nemsms") == (calls[0].method, calls[0].path)


REFUSED = [
    ("sms", {}, {}, "notify"),
    ("physical", {}, {}, "shipment_type"),
    ("automatic", {}, {}, "shipment_type"),
    ("automatic", {}, {"physical_outbox": "outbox"}, "shipment_type"),
    ("physical", {"links": (LINK,)}, {"shipment_type": 1}, "print the address"),
    ("physical", {"attachments": (TABLE,)}, {"shipment_type": 1}, "as a PDF"),
    ("automatic", {"attachments": (TABLE,)}, {"shipment_type": 1}, "as a PDF"),
    ("automatic", {"attachments": (PAPER,) * 101}, {"shipment_type": 1}, "join them"),
    ("physical", {"address": HOME}, {"shipment_type": 1}, "give both"),
    ("physical", {"addressee": "Mette"}, {"shipment_type": 1}, "give both"),
    (
        "physical",
        {"addressee": "M", "address": Address(street_line="x" * 205)},
        {"shipment_type": 1},
        "without address",
    ),
    ("physical", {"addressee": "M", "address": Address(street_line="")}, {"shipment_type": 1}, "without"),
    ("physical", {"addressee": "M" * 131, "address": HOME}, {"shipment_type": 1}, "without address"),
    ("physical", {"attachments": (PAPER,)}, {"physical_outbox": "outbox"}, "into the letter's PDF"),
    ("physical", {"printing": PrintOptions(colour=True)}, {"physical_outbox": "outbox"}, "print room"),
    ("digital", {"pdf": b"<html>"}, {}, "template"),
    ("digital", {"pdf": b"%PDF-" + bytes(99_500_000)}, {}, "attachments"),
]


@pytest.mark.parametrize(("channel", "content", "settings", "remedy"), REFUSED)
def test_what_cannot_be_sent_is_refused_before_it_is(
    connect: Connect,
    calls: list[Any],
    folder: Path,
    channel: Any,
    content: dict[str, Any],
    settings: dict[str, Any],
    remedy: str,
) -> None:
    """A plan and a run say the same, with the remedy, and nothing is sent."""
    (folder / "outbox").mkdir()
    post = connect(**settings)
    whole = letter(**content)
    said = []
    for ask in (
        lambda: post.check_send(whole, to=CPR, channel=channel),
        lambda: post.send(whole, to=CPR, channel=channel, key=KEY),
    ):
        with pytest.raises(BusinessError) as caught:
            ask()
        said.append((str(caught.value), caught.value.remedy))

    assert said[0] == said[1]
    assert remedy in said[0][1]
    assert [] == calls
    assert [] == list((folder / "outbox").iterdir())


def test_a_letter_of_the_largest_size_is_no_reason_to_refuse(connect: Connect) -> None:
    """99.5 MB in all may go; what counts is every document together."""
    half = Attachment.model_construct(
        name="b.pdf", media_type="application/pdf", content=bytes(99_500_000 - 10)
    )
    post = connect()
    post.check_send(letter(attachments=(half,)), to=CPR)

    with pytest.raises(BusinessError, match="99500001 bytes"):
        post.check_send(letter(pdf=b"%PDF-1.7 xy", attachments=(half,)), to=CPR)


@pytest.mark.parametrize("to", ["", "221177", "2902000004"])
def test_a_text_message_to_nobody_is_refused(connect: Connect, calls: list[Any], to: str) -> None:
    """In a plan and in a run, and the number is not shown."""
    message = TextMessage(title="Husk", text="I morgen")
    for ask in (
        lambda: connect().check_notify(message, to=to),
        lambda: connect().notify(message, to=to, key=KEY),
    ):
        with pytest.raises(BusinessError) as caught:
            ask()
        assert not to or to not in str(caught.value)

    assert [] == calls
