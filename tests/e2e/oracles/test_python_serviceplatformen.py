"""The sandbox serves an independent client: python-serviceplatformen 3.2.0 from PyPI, unmodified.

Its author writes against the real services, so where it and the sandbox disagree the sandbox is suspected
first. What this has changed in the sandbox: ``Fysisk Post`` is a shipment alone, without a message; its
``ModtagerAdresse`` may hold a country and no name; ``PostForespoerg`` is asked about companies by
``cvrNumber``; the token service of the test environment is also reached under ``n2adgangsstyring``.
"""

import base64
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from rpa_commons.capabilities import Address, Attachment, Letter, PrintOptions
from rpa_commons.connectors.sf1601._request import Envelope, letter_request
from rpa_commons.sandbox import Sandbox

pytestmark = pytest.mark.network

PDF = "%PDF-1.7 a letter"


@pytest.fixture
def box(tmp_path: Path) -> Iterator[Sandbox]:
    """A sandbox under the names of the real services."""
    with Sandbox(tmp_path / "box", seed=7, people=20) as running:
        yield running


def people(box: Sandbox) -> tuple[str, str]:
    """Somebody registered for Digital Post, and somebody who is not."""
    registered = next(person.cpr for person in box.people if person.digital_post)
    return registered, next(person.cpr for person in box.people if not person.digital_post)


@pytest.mark.parametrize("test", [True, False], ids=["test environment", "production"])
def test_it_asks_who_is_registered(client: Any, box: Sandbox, test: bool) -> None:
    """Token, headers, path and answer are what the client knows, under the names of either environment."""
    registered, unregistered = people(box)
    outcomes = client(
        box,
        [
            ("is_registered", registered, "digitalpost"),
            ("is_registered", unregistered, "digitalpost"),
            ("is_registered", unregistered, "nemsms"),
            ("is_registered", "29189404", "digitalpost"),
            ("is_registered", "10150817", "digitalpost"),
        ],
        test=test,
    )

    assert [{"returned": one} for one in (True, False, False, True, False)] == outcomes


def test_it_sends_on_every_channel_it_knows(client: Any, box: Sandbox) -> None:
    """A letter, a text message and a letter on paper are taken, once each, with what they hold."""
    registered, _ = people(box)
    outcomes = client(
        box,
        [
            ("send_letter", registered, "Velkommen.pdf", PDF),
            ("send_text", registered, "Husk din tid i morgen kl. 9"),
            ("send_paper", PDF),
        ],
    )
    taken = [entry for entry in box.journal() if entry["outcome"] == "accepted"]

    assert [one["message_uuid"] for one in taken] == [one["returned"] for one in outcomes]
    assert ["Digital Post", "NemSMS", "Fysisk Post"] == [one["choice"] for one in taken]
    assert [PDF, "Husk din tid i morgen kl. 9", PDF] == [
        (box.folder / "letters" / one["document"]).read_text("utf-8") for one in taken
    ]


def test_it_is_refused_what_breaks_a_rule(client: Any, box: Sandbox) -> None:
    """The client checks nothing itself: names, lengths and strangers are refused here, with status 400."""
    registered, _ = people(box)
    outcomes = client(
        box,
        [
            ("send_letter", registered, "a/b.pdf", PDF),
            ("send_text", registered, "x" * 151),
            ("send_letter", "0101701234", "a.pdf", PDF),
            ("is_registered", "2902000004", "digitalpost"),
        ],
    )

    assert [400] * 4 == [one["status"] for one in outcomes]
    assert ["memo-filename", "memo-notification", "recipient-not-synthetic"] == [
        entry["reason"] for entry in box.journal()
    ]


def test_our_letters_on_paper_are_read_by_its_generated_classes(
    client: Any, box: Sandbox, tmp_path: Path
) -> None:
    """The client's classes come from the official schemas: they read our shipment, and nothing is unknown."""
    letter = Letter(
        title="Velkommen",
        language="da",
        pdf=PDF.encode(),
        attachments=(Attachment(name="bilag.pdf", media_type="application/pdf", content=b"%PDF-1.7 x"),),
        addressee="Mette Testesen",
        address=Address(street_line="Algade 31, 2. tv", postal_code="4000", city="Roskilde"),
        printing=PrintOptions(two_sided=True, colour=False, envelope="C5", postage="economy"),
    )
    envelope = Envelope("8c2ea15d-61fb-4ba9-9366-42f8b194c114", "2211771212", "29189404", "Roskilde Kommune")
    request = tmp_path / "request.xml"
    request.write_bytes(letter_request(letter, "physical", envelope, shipment_type=4711))

    (outcome,) = client(box, [("read_our_shipment", str(request))])

    assert {
        "choice": "Fysisk Post",
        "id": envelope.message_id,
        "type": 4711,
        "recipient": "0000000000",
        "letter": base64.b64encode(letter.pdf).decode(),
        "sides": "Duplex",
        "colour": "SH",
        "envelope": "C5",
        "postage": "Economique",
        "attachments": ["bilag.pdf"],
        "name": "Mette Testesen",
        "first_line": "Algade 31, 2. tv",
        "post_code": "4000",
    } == outcome.get("returned"), outcome
