"""Reading, writing and checking messages, without the official material."""

import inspect
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree
from pydantic import ValidationError

from rpa_commons.capabilities import BusinessError
from rpa_commons.connectors.memo import (
    Action,
    ContactInfo,
    ContactPoint,
    EntryPoint,
    File,
    MainDocument,
    MemoError,
    Message,
    MessageBody,
    MessageHeader,
    Recipient,
    Reservation,
    Sender,
    _imported,
    _model,
    check_outgoing,
    memo_element,
    read_memo,
    safe_file_name,
    write_memo,
)
from rpa_commons.connectors.memo._element import Element, parts_of

ID = "8c2ea15d-61fb-4ba9-9366-42f8b194c114"
CPR = "2211771212"
MEMO = "{https://DigitalPost.dk/MeMo-1}"
CREATED = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


def file(**changes: Any) -> File:
    """A PDF."""
    fields = {
        "encoding_format": "application/pdf",
        "filename": "brev.pdf",
        "language": "da",
        "content": b"%PDF",
    }
    return File.model_validate({**fields, **changes})


def header(**changes: Any) -> MessageHeader:
    """The header of a letter from Roskilde."""
    fields: dict[str, Any] = {
        "message_type": "DIGITALPOST",
        "message_uuid": ID,
        "label": "Velkommen",
        "sender": Sender(sender_id="29189404", id_type="CVR", label="Roskilde Kommune"),
        "recipient": Recipient(recipient_id=CPR, id_type="CPR"),
    }
    return MessageHeader.model_validate({**fields, **changes})


def letter(document: MainDocument | None = None, **changes: Any) -> Message:
    """A letter with one document."""
    body = MessageBody(created_date_time=CREATED, main_document=document or MainDocument(file=(file(),)))
    return Message(message_header=header(**changes), message_body=body)


def problems(call: Any) -> tuple[str, ...]:
    """What is wrong."""
    with pytest.raises(MemoError) as caught:
        call()
    assert caught.value.__context__ is None
    return caught.value.problems


class TestWriting:
    def test_the_prefix_is_memo(self) -> None:
        """SF1601 wants the prefix, not only the namespace."""
        text = write_memo(letter()).decode()

        assert '<memo:Message xmlns:memo="https://DigitalPost.dk/MeMo-1" memoVersion="1.2">' in text
        assert "grd" not in text

    def test_values_are_written_as_the_schema_wants_them(self) -> None:
        """Times end in Z, flags are words, dates are dates, bytes are base64."""
        element = memo_element(
            letter(reply=True, reply_by_date_time=CREATED, do_not_deliver_until_date=date(2026, 12, 1))
        )

        assert "2026-11-21T12:00:00Z" == element.findtext(f".//{MEMO}replyByDateTime")
        assert "true" == element.findtext(f".//{MEMO}reply")
        assert "2026-12-01" == element.findtext(f".//{MEMO}doNotDeliverUntilDate")
        assert "JVBERg==" == element.findtext(f".//{MEMO}content")

    def test_markup_in_a_text_stays_text(self) -> None:
        """A title cannot become an element."""
        message = letter(label='<b>&"]]>')

        assert message == read_memo(write_memo(message))

    @given(
        label=st.text(
            alphabet=st.characters(min_codepoint=32, exclude_categories=["Cs", "Cc"]), max_size=256
        ),
        content=st.binary(min_size=1, max_size=200),
        created=st.datetimes(min_value=datetime(1900, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001 - hypothesis wants it so
    )
    def test_what_is_written_is_read_again(self, label: str, content: bytes, created: datetime) -> None:
        """Any text, any bytes, any time in UTC comes back as it was."""
        label = label.replace("\ufffe", "").replace("\uffff", "")
        body = MessageBody(
            created_date_time=created, main_document=MainDocument(file=(file(content=content),))
        )
        message = Message(message_header=header(label=label), message_body=body)

        assert message == read_memo(write_memo(message))


class TestModels:
    @pytest.mark.parametrize(
        "changes",
        [
            {"message_uuid": "8c2ea15d-61fb-5ba9-9366-42f8b194c114"},
            {"message_uuid": ID + "\n"},
            {"label": "x" * 257},
            {"label": "bell \x07"},
            {"notification": "x" * 161},
            {"message_type": "POST"},
            {"reply_by_date_time": datetime(2026, 11, 21)},  # noqa: DTZ001 - that is what is refused
            {"reply_by_date_time": datetime(2026, 11, 21, tzinfo=timezone(timedelta(hours=1)))},
            {"reply": "true"},
            {"unknown": "x"},
        ],
    )
    def test_a_value_outside_the_data_type_is_refused(self, changes: dict[str, Any]) -> None:
        """Version-4 shape, lengths, control characters, UTC, strict types, no other fields."""
        with pytest.raises(ValidationError):
            header(**changes)

    @pytest.mark.parametrize("language", ["d", "dan", "d1", "da\n", ""])
    def test_a_language_is_two_letters(self, language: str) -> None:
        """ISO 639-1."""
        with pytest.raises(ValidationError):
            file(language=language)

    def test_a_document_has_a_file(self) -> None:
        """A document without one is refused."""
        with pytest.raises(ValidationError):
            MainDocument(file=())

    def test_a_contact_point_has_two_infos_at_most(self) -> None:
        """Three are refused."""
        info = ContactInfo(label="a", value="b")
        with pytest.raises(ValidationError):
            ContactPoint(contact_point_id="x", contact_info=(info,) * 3)

    def test_an_action_has_one_target(self) -> None:
        """A reservation and a link at once are refused."""
        reservation = Reservation(
            description="a",
            reservation_uuid=ID,
            abstract="b",
            location="c",
            start_date_time=CREATED,
            end_date_time=CREATED,
        )
        with pytest.raises(ValidationError):
            Action(
                label="a",
                action_code="b",
                reservation=reservation,
                entry_point=EntryPoint(url="https://a.dk"),
            )

    def test_nothing_personal_is_shown(self) -> None:
        """Neither repr, nor str, nor a refusal shows a value."""
        with pytest.raises(ValidationError) as caught:
            Recipient(recipient_id=CPR * 30, id_type="CPR")

        assert CPR not in repr(letter()) + str(letter()) + f"{letter().message_header!r}"
        assert CPR not in str(caught.value)

    def test_every_element_has_a_plan(self) -> None:
        """Each class of the models can be read and written: every field has a kind the codec knows."""
        classes = {
            member
            for module in (_model, _imported)
            for _, member in inspect.getmembers(module, inspect.isclass)
            if issubclass(member, Element) and member is not Element
        }

        assert 42 == len(classes)
        for one in classes:
            assert len(one.model_fields) == len(parts_of(one))


class TestReading:
    @pytest.mark.parametrize(
        ("old", "new", "problem"),
        [
            ("<memo:label>Velkommen</memo:label>", "", "memo:Message/MessageHeader/label: Field required"),
            (
                "<memo:idType>CPR</memo:idType>",
                "<memo:idType>CPR</memo:idType>" * 2,
                "idType: it stands twice",
            ),
            (
                "<memo:idType>CPR</memo:idType>",
                "<memo:idType><b/></memo:idType>",
                "elements where a text belongs",
            ),
            ("2026-11-21T12:00:00Z", "2026-11-21T12:00:00+01:00", "it is not a time that ends in Z"),
            ("JVBERg==", "JVBERg", "content: it is not base64"),
            (
                "</memo:Recipient>",
                "</memo:Recipient><memo:reply>ja</memo:reply>",
                "reply: it stands too late",
            ),
            ("</memo:Recipient>", "</memo:Recipient><other/>", "an element that does not belong here"),
            ('memoVersion="1.2"', 'memoVersion="1.1"', "memo_version: Input should be '1.2'"),
            ('memoVersion="1.2"', 'memoVersion="1.2" x="y"', "an attribute that does not belong here"),
            (ID, "x" + ID, "String should match pattern"),
        ],
    )
    def test_what_the_schema_forbids_is_named_with_its_place(self, old: str, new: str, problem: str) -> None:
        """Each problem says where, and none shows a value."""
        document = write_memo(letter()).decode()
        assert old in document

        found = problems(lambda: read_memo(document.replace(old, new).encode()))

        assert any(problem in one for one in found)
        assert CPR not in " ".join(found)

    def test_every_problem_is_named(self) -> None:
        """Two mistakes are two problems."""
        document = write_memo(letter()).decode().replace("JVBERg==", "?").replace("12:00:00Z", "noon")

        assert 2 == len(problems(lambda: read_memo(document.encode())))

    @pytest.mark.parametrize(
        "document",
        [
            b"",
            b"<a",
            b"<a/>",
            b"\xff\xfe<\x00a\x00/\x00>\x00",
            b'<!DOCTYPE a [<!ENTITY e SYSTEM "file:///etc/passwd">]><a>&e;</a>',
            b'<?xml version="1.0" encoding="IBM037"?><a>\xff</a>',
        ],
        ids=["nothing", "half", "another root", "UTF-16", "document type", "not UTF-8"],
    )
    def test_what_is_no_message_is_refused(self, document: bytes) -> None:
        """Half documents, other documents, document types and other encodings are refused in words."""
        assert problems(lambda: read_memo(document))

    def test_a_large_file_can_be_read(self) -> None:
        """A letter over lxml's usual limit for one text is read."""
        message = letter(MainDocument(file=(file(content=b"%PDF" + b"x" * 8_000_000),)))

        assert message == read_memo(write_memo(message))

    def test_attributes_about_the_document_are_let_pass(self) -> None:
        """xsi:schemaLocation says nothing about the message."""
        root = memo_element(letter())
        root.set("{http://www.w3.org/2001/XMLSchema-instance}schemaLocation", "a b")

        assert letter() == read_memo(etree.tostring(root))


class TestRules:
    def test_a_letter_passes(self) -> None:
        """What we send follows the guidance."""
        check_outgoing(letter(notification="x" * 150))

    @pytest.mark.parametrize(
        ("changes", "problem"),
        [
            ({"notification": "x" * 151}, "notification: more than 150 characters"),
            ({"message_type": "NEMSMS"}, "notification: a text message needs its text"),
            (
                {"sender": Sender(sender_id="12345678", id_type="CVR", label="x")},
                "senderID: not a CVR number",
            ),
            (
                {"sender": Sender(sender_id=CPR, id_type="CPR", label="x")},
                "senderID: it must be a CVR number",
            ),
            ({"recipient": Recipient(recipient_id="221177-1212", id_type="CPR")}, "recipientID: digits only"),
            (
                {"recipient": Recipient(recipient_id="2902000004", id_type="CPR")},
                "recipientID: not a CPR number",
            ),
        ],
    )
    def test_a_header_follows_the_guidance(self, changes: dict[str, Any], problem: str) -> None:
        """Lengths, kinds and numbers that the schema lets pass are checked before sending."""
        found = problems(lambda: check_outgoing(letter(**changes)))

        assert any(one.startswith(problem) for one in found)
        assert CPR not in " ".join(found)

    @pytest.mark.parametrize("name", [*'<>:"/\\?*|', "\x07", "\x9f"])
    def test_a_file_name_has_no_forbidden_character(self, name: str) -> None:
        """Refused since 10 September 2025; control characters cannot even be in a model."""
        try:
            document = MainDocument(file=(file(filename=f"a{name}.pdf"),))
        except ValidationError:
            return

        assert problems(lambda: check_outgoing(letter(document)))

    @pytest.mark.parametrize("url", ["http://kommune.dk", "javascript:alert(1)", "//kommune.dk", ""])
    def test_a_link_is_https(self, url: str) -> None:
        """An action's link must be https since 10 September 2025."""
        action = Action(label="a", action_code="SELVBETJENING", entry_point=EntryPoint(url=url))
        document = MainDocument(file=(file(),), action=(action,))

        assert ("url: the link of an action must be https",) == problems(
            lambda: check_outgoing(letter(document))
        )

    def test_a_letter_needs_a_document_with_something_in_it(self) -> None:
        """A header alone and an empty file are refused, as the caller's business error."""
        bare = Message(message_header=header())
        empty = letter(MainDocument(file=(file(content=b""),)))

        assert ("MessageBody: a letter needs a document",) == problems(lambda: check_outgoing(bare))
        assert ("content: the file is empty",) == problems(lambda: check_outgoing(empty))
        assert issubclass(MemoError, BusinessError)

    @pytest.mark.parametrize(
        ("title", "name"),
        [
            ("Velkommen til Roskilde", "Velkommen til Roskilde.pdf"),
            ('Hvad nu? <børn> / "hus": a|b*c\\d', "Hvad nu børn hus a b c d.pdf"),
            ("...", "document.pdf"),
            ("\x07", "document.pdf"),
            ("x" * 300, "x" * 252 + ".pdf"),
        ],
    )
    def test_a_title_becomes_a_file_name(self, title: str, name: str) -> None:
        """What a name may not hold is left out, and the name is never too long or empty."""
        assert name == safe_file_name(title, ".pdf")
        check_outgoing(letter(MainDocument(file=(file(filename=name),))))
