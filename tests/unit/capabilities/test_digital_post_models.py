"""Letters and messages as models: what they refuse, what they hide, and what 1.1 left as it was."""

import hashlib
from typing import Any

import pytest
from pydantic import ValidationError

from rpa_commons.capabilities import (
    Address,
    Attachment,
    Delivery,
    DigitalPost,
    Letter,
    Link,
    PrintOptions,
    Receipt,
    TextMessage,
    capability_spec,
)
from rpa_commons.runtime._codec import arguments_bytes, read_result, result_bytes

LETTER = Letter(title="Velkommen", language="da", pdf=b"%PDF-1.7\n\xff\xfe", text="Kære", template="a:b")
PAPER = Attachment(name="bilag.pdf", media_type="application/pdf", content=b"\xff\xfe")
WHOLE = LETTER.model_copy(
    update={
        "attachments": (PAPER,),
        "links": (Link(label="Bestil tid", url="https://kommune.example/tid"),),
        "notification": "Der er post",
        "addressee": "Mette",
        "address": Address(street_line="Algade 31"),
        "printing": PrintOptions(colour=True),
    }
)


def test_a_letter_of_version_1_0_is_recorded_as_before() -> None:
    """An effect begun by an earlier release is met again with the same arguments, by digest."""
    recorded = arguments_bytes({"letter": LETTER, "to": "2211771212", "channel": "digital"})

    assert (
        "9633725ba5786a03e8a94e6f666e0c561cc0ef74ca96628e4fc0bcc13933d702"
        == hashlib.sha256(recorded).hexdigest()
    )


@pytest.mark.parametrize(
    "field", ["attachments", "links", "notification", "addressee", "address", "printing"]
)
def test_what_is_added_counts(field: str) -> None:
    """A letter that differs in one added field is another letter to the journal."""
    changed = LETTER.model_copy(update={field: getattr(WHOLE, field)})

    assert arguments_bytes({"letter": LETTER}) != arguments_bytes({"letter": changed})


def test_a_letter_survives_json() -> None:
    """Bytes travel as base64, in attachments too."""
    assert WHOLE == Letter.model_validate_json(WHOLE.model_dump_json())
    assert LETTER == Letter.model_validate_json(LETTER.model_dump_json())


@pytest.mark.parametrize("name", [f"a{one}b.pdf" for one in '<>:"/\\?*|\n\x7f'] + ["", "x" * 257])
def test_a_file_name_holds_nothing_that_is_refused(name: str) -> None:
    """The characters that Digital Post refuses since 10 September 2025, and no name at all."""
    with pytest.raises(ValidationError) as caught:
        Attachment(name=name, media_type="application/pdf", content=b"x")

    assert not name or name not in str(caught.value)


@pytest.mark.parametrize(
    "url",
    ["http://a.example/", "a.example", "https://", "https:///x", "https://a.example/ b", "ftp://a.example"],
)
def test_a_link_is_absolute_and_https(url: str) -> None:
    """Since 10 September 2025 no other is taken."""
    with pytest.raises(ValidationError):
        Link(label="Bestil tid", url=url)


@pytest.mark.parametrize(("text", "fits"), [("", False), ("x", True), ("æ" * 150, True), ("æ" * 151, False)])
def test_a_text_message_has_at_most_150_characters(text: str, fits: bool) -> None:
    """Characters, not bytes."""

    def make() -> TextMessage:
        return TextMessage(title="Husk", text=text)

    if fits:
        assert text == make().text
    else:
        with pytest.raises(ValidationError):
            make()


def test_nothing_personal_is_shown() -> None:
    """Neither a letter's parts nor a message's text are in what a log would print."""
    shown = repr(WHOLE) + repr(PAPER) + repr(TextMessage(title="Husk", text="Mette i morgen"))

    for personal in ("Mette", "Algade", "bilag", "Der er post", "tid?"):
        assert personal not in shown


@pytest.mark.parametrize(
    ("call", "value"),
    [
        ("delivery", Delivery(state="failed", code="memo.invalid")),
        ("notify", Receipt(id="a", channel="sms", reference="b")),
        ("reachable_by_sms", True),
    ],
)
def test_the_journal_keeps_the_new_results(call: str, value: Any) -> None:
    """What a connector answers is written down and read back."""
    spec = capability_spec(DigitalPost).calls[call]

    assert value == read_result(spec, result_bytes(spec, value))


def test_an_old_receipt_is_read() -> None:
    """What the journal has of an earlier release lacks the new field."""
    spec = capability_spec(DigitalPost).calls["send"]

    assert "" == read_result(spec, b'{"id": "a", "channel": "digital"}').reference


def test_new_calls_say_since_when() -> None:
    """What was there from the start must be there; what came later may lack."""
    since = {name: call.since for name, call in capability_spec(DigitalPost).calls.items()}

    assert {
        "registered": "",
        "send": "",
        "reachable_by_sms": "1.1",
        "notify": "1.1",
        "delivery": "1.1",
    } == since
