"""A connector made before its capability grew: taken as it is, and clear about what it lacks."""

from pathlib import Path
from typing import Any

import pytest

from rpa_commons.capabilities import (
    Attachment,
    BusinessError,
    DigitalPost,
    Letter,
    Receipt,
    TextMessage,
    capability_spec,
)
from rpa_commons.connectors import Surroundings
from rpa_commons.connectors.pdf_outbox import PdfOutbox, PdfOutboxSettings
from rpa_commons.runtime._door import Door, refuse_unfit
from rpa_commons.runtime._errors import RunRefusedError
from rpa_commons.runtime._plan import PlanCalls
from rpa_commons.sdk import Municipality

SPEC = capability_spec(DigitalPost)
MESSAGE = TextMessage(title="Husk", text="I morgen hos Mette")


class OldPost:
    """Knows version 1.0."""

    name = "old-post"

    def registered(self, cpr: str) -> bool:
        """A query."""
        return False

    def send(self, letter: Letter, *, to: str, channel: str, key: str) -> Receipt:
        """An effect."""
        raise AssertionError("a plan sends nothing")


def test_an_older_connector_is_no_misfit() -> None:
    """What came with 1.1 may lack; what was there from the start may not."""
    refuse_unfit(SPEC, "old-post", OldPost())

    with pytest.raises(RunRefusedError, match=r"DigitalPost\.registered"):
        refuse_unfit(SPEC, "nothing", object())


@pytest.mark.parametrize(
    "call",
    [
        lambda post: post.notify(MESSAGE, to="2211771212"),
        lambda post: post.reachable_by_sms("2211771212"),
        lambda post: post.delivery("8c2ea15d"),
    ],
)
def test_a_bot_that_wants_more_hands_its_case_over(call: Any) -> None:
    """In a plan too: the error names the connector and the version, and nothing personal."""
    calls = PlanCalls({})
    post = Door(SPEC, OldPost(), calls)

    with pytest.raises(BusinessError, match=r"old-post does not know DigitalPost\.\w+, which came with"):
        call(post)

    assert [] == calls.planned


def test_what_it_knows_it_does() -> None:
    """A bot of version 1.0 notices nothing."""
    post = Door(SPEC, OldPost(), PlanCalls({}))
    letter = Letter(title="Velkommen", language="da", pdf=b"%PDF")

    assert post.registered("2211771212") is False
    assert Receipt(id="planned", channel="digital", planned=True) == post.send(letter, to="2211771212")


def test_a_plan_shows_no_text_of_a_message() -> None:
    """The title is shown, the text is hidden by its model."""

    class NewPost(OldPost):
        def notify(self, message: TextMessage, *, to: str, key: str) -> Receipt:
            raise AssertionError("a plan sends nothing")

    calls = PlanCalls({})
    receipt = Door(SPEC, NewPost(), calls).notify(MESSAGE, to="2211771212")

    assert Receipt(id="planned", channel="sms", planned=True) == receipt
    assert [
        {"call": "DigitalPost.notify", "shown": {"message.title": "Husk"}, "assumed": False}
    ] == calls.planned


def test_a_plan_promises_nothing_that_the_outbox_refuses(tmp_path: Path) -> None:
    """The connector's own checks get the arguments of the effect, attachments and channel among them."""
    surroundings = Surroundings(Municipality("0265", "Roskilde"), "test", tmp_path, lambda _: "")
    outbox = PdfOutbox(PdfOutboxSettings(folder="outbox"), surroundings)
    calls = PlanCalls({})
    post = Door(SPEC, outbox, calls)
    paper = Attachment(name="a.pdf", media_type="application/pdf", content=b"%PDF")
    plain = Letter(title="Velkommen", language="da", pdf=b"%PDF-1.7")
    refused = [
        lambda: post.send(plain, to="2211771212", channel="automatic"),
        lambda: post.send(
            plain.model_copy(update={"attachments": (paper,)}), to="", channel="physical", key="a"
        ),
        lambda: post.notify(MESSAGE, to="2211771212"),
    ]
    for call in refused:
        with pytest.raises(BusinessError):
            call()

    assert [] == calls.planned
    assert post.send(plain, to="2211771212", channel="physical", key="b").planned
