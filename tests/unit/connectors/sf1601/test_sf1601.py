"""Digital Post: what goes over the wire, and what is made of each answer."""

import base64
import hashlib
import json
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from rpa_commons.capabilities import BusinessError, Letter, RpaCommonsError, TransientError
from rpa_commons.connectors import Surroundings, message_uuid
from rpa_commons.connectors.http import AccessRefusedError, RequestRefusedError, UnexpectedAnswerError
from rpa_commons.connectors.sf1601 import LetterRefusedError, SenderError, Sf1601
from rpa_commons.sdk import Municipality

CPR = "2211771212"
KEY = hashlib.sha256(b"one").hexdigest()
LETTER = Letter(title="Velkommen: 1/2", language="da", pdf=b"%PDF-1.7 x", text="Kære Mette")
MEMO = "{https://DigitalPost.dk/MeMo-1}"
TAKEN = (
    b"<kombi_response><Result>true</Result><TransmissionID>5b2c1f8e-0d4e-4c62-9b0b-3c1d1b0f5a11"
    b"</TransmissionID><HovedoplysningerSvarREST><SvarReaktion><Advis><AdvisId>0</AdvisId>"
    b"<AdvisTekst>Received</AdvisTekst></Advis></SvarReaktion></HovedoplysningerSvarREST></kombi_response>"
)
Connect = Callable[..., Sf1601]


def failure(call: Callable[[], object]) -> RpaCommonsError:
    """What a call fails with; never something personal."""
    with pytest.raises(RpaCommonsError) as caught:
        call()
    assert CPR not in repr(caught.value) + caught.value.remedy
    return caught.value


class TestSend:
    def test_the_request_is_what_sf1601_wants(
        self, connect: Connect, calls: list[Any], strict_stub: Any
    ) -> None:
        """Path, headers, choice, prefix, sender, recipient and document are in place."""
        connect().send(LETTER, to=CPR, key=KEY)

        (call,) = calls
        root = etree.fromstring(call.body)
        assert ("POST", "/service/KombiPostAfsend_1/kombi") == (call.method, call.path)
        assert "application/xml" == call.headers["content-type"]
        assert "Holder-of-key t" == call.headers["authorization"]
        assert 4 == uuid.UUID(call.headers["x-transaktionsid"]).version
        assert call.headers["x-transaktionstid"].endswith("Z")
        assert ["kombi_request", "KombiValgKode", f"{MEMO}Message"] == [root.tag, root[0].tag, root[1].tag]
        assert "Digital Post" == root[0].text
        assert "memo" == root[1].prefix
        texts = {etree.QName(one).localname: one.text for one in root.iter() if not len(one)}
        assert message_uuid(KEY) == texts["messageUUID"]
        assert ("29189404", CPR) == (texts["senderID"], texts["recipientID"])
        assert "Velkommen 1 2.pdf" == texts["filename"]
        assert LETTER.pdf == base64.b64decode(texts["content"] or "")
        entities = [
            json.loads(one.body)["AppliesTo"] for one in strict_stub.asked if one.path.endswith("/issue")
        ]
        assert [
            {"EndpointReference": {"Address": "http://entityid.kombit.dk/service/kombipostafsend/1"}}
        ] == entities

    def test_a_repeat_has_the_same_message_and_a_fresh_transaction(
        self, connect: Connect, calls: list[Any], strict_stub: Any
    ) -> None:
        """The business key stays, the transaction id does not, also between attempts of one call."""
        strict_stub.service = [strict_stub.reply(500), strict_stub.reply(200, TAKEN)]
        connect(attempts=2).send(LETTER, to=CPR, key=KEY)
        connect().send(LETTER, to=CPR, key=KEY)

        assert 3 == len({call.headers["x-transaktionsid"] for call in calls})
        assert {message_uuid(KEY)} == {
            etree.fromstring(call.body).findtext(f".//{MEMO}messageUUID") for call in calls
        }

    @pytest.mark.parametrize(
        ("status", "body", "repeated"),
        [
            (200, TAKEN, False),
            (202, TAKEN, False),
            (200, TAKEN.replace(b">Received<", b">Already received<"), True),
            (
                200,
                TAKEN.replace(b"true", b"false").replace(
                    b">Received<", f">duplicate: {message_uuid(KEY)}<".encode()
                ),
                True,
            ),
            (409, f"<conflict>{message_uuid(KEY).upper()}</conflict>".encode(), True),
            (409, b"<error>messageUUID: already received</error>", True),
            (400, f"<error>duplicate: {message_uuid(KEY)}</error>".encode(), True),
            (422, b"<fejl>messageUUID er en dublet</fejl>", True),
        ],
    )
    def test_taken_now_or_before_is_done(
        self, connect: Connect, strict_stub: Any, status: int, body: bytes, repeated: bool
    ) -> None:
        """The same receipt and a complaint about a duplicate both mean that the letter is there."""
        strict_stub.service = [strict_stub.reply(status, body)]

        receipt = connect().send(LETTER, to=CPR, key=KEY)

        assert (message_uuid(KEY), repeated) == (receipt.id, receipt.repeated)

    @pytest.mark.parametrize(
        "body", [b"", b"<error>session already closed</error>", b"<error>messageUUID is malformed</error>"]
    )
    def test_a_refusal_is_not_mistaken_for_a_duplicate(
        self, connect: Connect, strict_stub: Any, body: bytes
    ) -> None:
        """A letter that was refused for another reason must not count as sent."""
        strict_stub.service = [strict_stub.reply(400, body)]

        error = failure(lambda: connect().send(LETTER, to=CPR, key=KEY))

        assert isinstance(error, RequestRefusedError)
        assert 400 == error.status

    @pytest.mark.parametrize(
        "body",
        [
            b"",
            b"<error>the agreement was changed</error>",
            b"<error>messageUUID is locked</error>",
            b"<error>already under way</error>",
            f"<error>{message_uuid('0' * 64)}</error>".encode(),
        ],
    )
    def test_a_conflict_about_something_else_is_open(
        self, connect: Connect, strict_stub: Any, body: bytes
    ) -> None:
        """A 409 that does not name this message says nothing about where the letter is."""
        strict_stub.service = [strict_stub.reply(409, body)]

        error = failure(lambda: connect().send(LETTER, to=CPR, key=KEY))

        assert isinstance(error, TransientError)
        assert "maybe" == error.sent

    @pytest.mark.parametrize("status", [400, 404, 422])
    def test_a_refused_repeat_is_not_a_refused_letter(
        self, connect: Connect, strict_stub: Any, status: int
    ) -> None:
        """After a time-out the letter may be there, whatever the repeat is told."""
        strict_stub.service = ["silence", strict_stub.reply(status, b"<error>unknown</error>")]

        error = failure(lambda: connect(attempts=2).send(LETTER, to=CPR, key=KEY))

        assert isinstance(error, TransientError)
        assert ("maybe", f"sf1601: refused a repeat (status {status})") == (error.sent, str(error))

    def test_a_duplicate_after_a_doubt_is_done(self, connect: Connect, strict_stub: Any) -> None:
        """The repeat that is called a duplicate proves that the first attempt arrived."""
        duplicate = strict_stub.reply(400, f"<error>duplicate: {message_uuid(KEY)}</error>".encode())
        strict_stub.service = ["silence", duplicate]

        assert connect(attempts=2).send(LETTER, to=CPR, key=KEY).repeated

    @pytest.mark.parametrize("repeat", ["keyed", "unsafe"])
    def test_an_unsafe_receiver_is_called_once(
        self, connect: Connect, calls: list[Any], strict_stub: Any, repeat: str
    ) -> None:
        """Where the receiver may take a repeat as a second letter, only a person repeats."""
        strict_stub.service = ["silence"]
        post = connect(repeat=repeat, attempts=2)

        error = failure(lambda: post.send(LETTER, to=CPR, key=KEY))

        assert isinstance(error, TransientError)
        assert "maybe" == error.sent
        assert {"send": repeat, "notify": repeat} == post.effect_classes
        assert len(calls) == (2 if repeat == "keyed" else 1)

    def test_a_refused_token_is_renewed(self, connect: Connect, calls: list[Any], strict_stub: Any) -> None:
        """After a 401 the letter goes once more with a new token; after a second one the case waits."""
        strict_stub.service = [
            strict_stub.reply(401),
            strict_stub.reply(200, TAKEN),
            strict_stub.reply(401),
        ]
        post = connect()
        post.send(LETTER, to=CPR, key=KEY)

        assert isinstance(failure(lambda: post.send(LETTER, to=CPR, key=KEY)), AccessRefusedError)
        assert 4 == len(calls)

    @pytest.mark.parametrize(
        "body",
        [
            b"",
            b"taken",
            b"<html>taken</html>",
            b"<kombi_response/>",
            TAKEN.replace(b"true", b"perhaps"),
            TAKEN[:-20],
        ],
    )
    def test_an_answer_that_says_nothing_leaves_the_letter_open(
        self, connect: Connect, strict_stub: Any, body: bytes
    ) -> None:
        """Status 200 alone is no receipt: the letter may have been taken, and the repeat will show it."""
        strict_stub.service = [strict_stub.reply(200, body)]

        error = failure(lambda: connect().send(LETTER, to=CPR, key=KEY))

        assert isinstance(error, TransientError)
        assert "maybe" == error.sent

    @pytest.mark.parametrize(
        ("inside", "code"),
        [
            ("<FejlId>memo.invalid</FejlId>", "memo.invalid"),
            ("<FejlId>2211771212</FejlId>", ""),
            ("<FejlTekst>the session is already closed, duplicate call</FejlTekst>", ""),
        ],
    )
    def test_a_refusal_in_an_answer_is_one(
        self, connect: Connect, strict_stub: Any, inside: str, code: str
    ) -> None:
        """Result false is a refusal; its code is told, its text never."""
        body = f"<kombi_response><Result>false</Result><Fejl>{inside}</Fejl></kombi_response>"
        strict_stub.service = [strict_stub.reply(200, body.encode())]

        error = failure(lambda: connect().send(LETTER, to=CPR, key=KEY))

        assert isinstance(error, LetterRefusedError)
        assert code == error.code

    def test_a_refusal_after_a_doubt_is_open(self, connect: Connect, strict_stub: Any) -> None:
        """Result false to a repeat says nothing of the attempt before it."""
        refused = strict_stub.reply(200, b"<kombi_response><Result>false</Result></kombi_response>")
        strict_stub.service = ["silence", refused]

        error = failure(lambda: connect(attempts=2).send(LETTER, to=CPR, key=KEY))

        assert isinstance(error, TransientError)
        assert "maybe" == error.sent

    def test_the_transmissions_number_is_kept(self, connect: Connect) -> None:
        """It is what KOMBIT's support asks for."""
        receipt = connect().send(LETTER, to=CPR, key=KEY)

        assert "5b2c1f8e-0d4e-4c62-9b0b-3c1d1b0f5a11" == receipt.reference

    def test_paper_without_an_outbox_names_the_setting(self, connect: Connect) -> None:
        """The remedy says what to set."""
        error = failure(lambda: connect().send(LETTER, to=CPR, channel="physical", key=KEY))

        assert isinstance(error, BusinessError)
        assert "physical_outbox" in error.remedy

    def test_paper_goes_into_the_outbox(self, connect: Connect, calls: list[Any], folder: Path) -> None:
        """With the setting, a letter on paper is a file and no call."""
        (folder / "paper").mkdir()

        receipt = connect(physical_outbox="paper").send(LETTER, to=CPR, channel="physical", key=KEY)

        assert "physical" == receipt.channel
        assert LETTER.pdf == (folder / "paper" / f"{message_uuid(KEY)}.pdf").read_bytes()
        assert [] == calls

    @pytest.mark.parametrize("to", ["", "221177", "2902000004", "２２１１７７１２１２"])
    def test_what_is_no_number_is_handed_over(self, connect: Connect, calls: list[Any], to: str) -> None:
        """Nothing is sent to a number that can be none, and it is not shown."""
        error = failure(lambda: connect().send(LETTER, to=to, key=KEY))

        assert isinstance(error, BusinessError)
        assert not to or to not in str(error)
        assert [] == calls


class TestRegistered:
    @pytest.mark.parametrize("result", [True, False])
    def test_the_answer_is_the_services(
        self, connect: Connect, calls: list[Any], strict_stub: Any, result: bool
    ) -> None:
        """Yes is yes and no is no, asked with both transaction headers."""
        strict_stub.service = [strict_stub.reply(200, json.dumps({"result": result}).encode())]

        assert connect().registered(CPR) is result
        assert ("GET", "/service/PostForespoerg_1/digitalpost") == (calls[0].method, calls[0].path)
        assert CPR == calls[0].query["cprNumber"]
        assert {"x-transaktionsid", "x-transaktionstid"} <= set(calls[0].headers)

    @pytest.mark.parametrize(
        "body",
        [b'{"result": "true"}', b'{"result": 1}', b'{"result": null}', b"{}", b"[true]", b"true", b"yes"],
    )
    def test_anything_but_a_bool_is_no_answer(self, connect: Connect, strict_stub: Any, body: bytes) -> None:
        """Only true and false count; what reads like them does not."""
        strict_stub.service = [strict_stub.reply(200, body)]

        assert isinstance(failure(lambda: connect().registered(CPR)), UnexpectedAnswerError)

    @pytest.mark.parametrize(
        "answer", ["silence", "reset", b"HTTP/1.1 200 OK\r\nContent-Length: 16\r\n\r\n{"]
    )
    def test_no_answer_is_unknown(self, connect: Connect, strict_stub: Any, answer: Any) -> None:
        """Silence and half an answer raise; they are never yes, and never no."""
        strict_stub.service = [answer]

        assert isinstance(failure(lambda: connect().registered(CPR)), TransientError)


class TestSettings:
    def test_the_municipality_is_the_sender_unless_told_otherwise(
        self, connect: Connect, calls: list[Any]
    ) -> None:
        """A joint authority may send under a number of its own."""
        connect(cvr="10150817").send(LETTER, to=CPR, key=KEY)

        assert "10150817" == etree.fromstring(calls[0].body).findtext(f".//{MEMO}senderID")

    @pytest.mark.parametrize("cvr", ["", "12345678"])
    def test_a_sender_needs_a_cvr_number(self, connect: Connect, folder: Path, cvr: str) -> None:
        """Found when the connector is made, with the setting's name."""
        nameless = Surroundings(Municipality("0265", "Roskilde", cvr), "test", folder, lambda _: "")

        error = failure(lambda: connect(where=nameless))

        assert isinstance(error, SenderError)
        assert "municipality.toml" in error.remedy

    def test_it_names_the_hosts_it_reaches(self, connect: Connect, strict_stub: Any) -> None:
        """The services' host and the token service's host, with their ports."""
        post = connect(sts_url="https://adgangsstyring.example.dk")

        assert {strict_stub.url.removeprefix("https://"), "adgangsstyring.example.dk:443"} == set(post.hosts)
