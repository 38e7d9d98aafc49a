"""SF1601: what it takes, what it refuses, and what it does with a letter it has had."""

import threading
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from lxml import etree

from rpa_commons.sandbox import Sandbox

KEY = "8c2ea15d-61fb-4ba9-9366-42f8b194c114"
SHIPMENT = (
    '<ForsendelseISamling xmlns="urn:oio:fjernprint:1.0.0" xmlns:d="urn:oio:dkal:1.0.0"><ForsendelseI>'
    f"<AfsendelseIdentifikator>{KEY}</AfsendelseIdentifikator>"
    "<ForsendelseTypeIdentifikator>4711</ForsendelseTypeIdentifikator>"
    "<d:FilformatNavn>pdf</d:FilformatNavn><d:MeddelelseIndholdData>JVBERi0x</d:MeddelelseIndholdData>"
    "<DokumentParametre/></ForsendelseI></ForsendelseISamling>"
)
ON_PAPER = f"<kombi_request><KombiValgKode>Fysisk Post</KombiValgKode>{SHIPMENT}</kombi_request>"


def refusal(answer: Any) -> tuple[int, str]:
    """Status and code of a refusal."""
    return answer.status_code, etree.fromstring(answer.content).findtext(".//FejlId", "")


@pytest.mark.parametrize("path", ["/service/KombiPostAfsend_1/memos", "/service/KombiPostAfsend_1/kombi"])
def test_takes_a_good_letter_on_either_path(
    box: Sandbox, caller: Any, good_letter: Callable[..., str], path: str
) -> None:
    """A letter that breaks no rule is accepted, counted and kept."""
    answer = caller.send(good_letter(KEY.upper()), path=path)

    assert 200 == answer.status_code
    assert {KEY: 1} == box.letters()
    entry = box.journal()[0]
    assert ("accepted", "digital", "29189404") == (entry["outcome"], entry["channel"], entry["cvr"])
    assert b"%PDF-1.7 a letter" == (box.folder / "letters" / entry["document"]).read_bytes()


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({"X_TransaktionsId": ""}, (400, "transaction-id")),
        ({"X_TransaktionsId": "17"}, (400, "transaction-id")),
        ({"X_TransaktionsTid": ""}, (400, "transaction-time")),
        ({"X_TransaktionsTid": "2026-11-20T12:00:00"}, (400, "transaction-time")),
        ({"X_TransaktionsTid": "2026-11-20T12:00:00+01:00"}, (400, "transaction-time")),
        ({"X_TransaktionsTid": "2026-13-20T12:00:00Z"}, (400, "transaction-time")),
        ({"Content_Type": "text/xml"}, (415, "content-type")),
        ({"Content_Type": "application/json"}, (415, "content-type")),
        ({"authorization": ""}, (401, "token-missing")),
        ({"authorization": "Bearer abc"}, (401, "token-missing")),
        ({"authorization": "Holder-of-key abc.def"}, (401, "token-unknown")),
    ],
)
def test_refuses_a_call_with_wrong_headers(
    box: Sandbox,
    caller: Any,
    good_letter: Callable[..., str],
    headers: dict[str, str],
    expected: tuple[int, str],
) -> None:
    """Missing or malformed transaction headers, another content type and no token are refused."""
    answer = caller.send(good_letter(), **headers)

    assert expected == refusal(answer)
    assert 0 == box.letters().total()
    assert ["refused"] == [entry["outcome"] for entry in box.journal()]


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("<kombi_request>", "<kombi_request", "xml"),
        ("<kombi_request>", "<!DOCTYPE x [<!ENTITY y 'z'>]><kombi_request>", "doctype"),
        ("kombi_request>", "kombi>", "kombi-request"),
        ("</kombi_request>", "<More/></kombi_request>", "kombi-request"),
        ("<KombiValgKode>Digital Post</KombiValgKode>", "", "kombi-request"),
        (">Digital Post<", ">Brevdue<", "kombi-choice"),
        (">Digital Post<", ">NemSMS<", "kombi-choice"),
        ('memoVersion="1.2"', 'memoVersion="1.1"', "memo-version"),
        ('memoVersion="1.2"', 'memoVersion="1.2" extra="1"', "memo-structure"),
        (KEY, "8c2ea15d-61fb-5ba9-9366-42f8b194c114", "memo-uuid"),
        (KEY, KEY.replace("-", ""), "memo-uuid"),
        (">DIGITALPOST<", ">POST<", "memo-type"),
        ("<memo:label>Velkommen</memo:label>", "", "memo-structure"),
        ("<memo:label>Velkommen</memo:label>", "<memo:label> </memo:label>", "memo-text"),
        ("<memo:label>Velkommen<", f"<memo:label>{'x' * 257}<", "memo-text"),
        ("<memo:label>Velkommen<", "<memo:label><b/>Velkommen<", "memo-structure"),
        ("<memo:label>Velkommen<", '<memo:label lang="da">Velkommen<', "memo-structure"),
        (">Post<", f">{'x' * 151}<", "memo-notification"),
        ("<memo:Sender>", "<memo:colour>red</memo:colour><memo:Sender>", "memo-structure"),
        ("<memo:Sender>", "<memo:messageID>late</memo:messageID><memo:Sender>", "memo-structure"),
        ("<memo:Sender>", "<memo:reply>yes</memo:reply><memo:Sender>", "memo-bool"),
        (
            "<memo:Sender>",
            "<memo:replyByDateTime>2026-11-20</memo:replyByDateTime><memo:Sender>",
            "memo-moment",
        ),
        (
            "<memo:Sender>",
            "<memo:doNotDeliverUntilDate>soon</memo:doNotDeliverUntilDate><memo:Sender>",
            "memo-date",
        ),
        ("12:00:00Z", "12:00:00", "memo-moment"),
        ("12:00:00Z", "12:00:00+01:00", "memo-moment"),
        ("2026-11-20T12", "2026-11-31T12", "memo-moment"),
        ("Velkommen.pdf", "Velkommen?.pdf", "memo-filename"),
        ("Velkommen.pdf", "a/b.pdf", "memo-filename"),
        ("Velkommen.pdf", "a|b.pdf", "memo-filename"),
        (">da<", ">dansk<", "memo-language"),
        ("<memo:content>", "<memo:content>*", "memo-base64"),
        ("<memo:MainDocument>", "loose text<memo:MainDocument>", "memo-structure"),
        (">29189404<", ">55606617<", "sender"),
        ("<memo:idType>CVR<", "<memo:idType>CPR<", "sender"),
        ("<memo:idType>CPR<", "<memo:idType>PNR<", "recipient"),
        ("2211771212", "0101701234", "recipient-not-synthetic"),
        ("2211771212", "221177121", "recipient-not-synthetic"),
    ],
)
def test_refuses_what_breaks_a_public_rule(
    box: Sandbox, caller: Any, good_letter: Callable[..., str], old: str, new: str, code: str
) -> None:
    """Bad XML, a DOCTYPE, a broken MeMo rule and a foreign sender are refused, each by its own code."""
    body = good_letter(KEY)
    answer = caller.send(body.replace(old, new))

    assert old in body
    assert (400, code) == refusal(answer)
    assert 0 == box.letters().total()


def test_refuses_another_namespace_prefix(caller: Any, good_letter: Callable[..., str]) -> None:
    """SF1601 wants the prefix memo, though any would mean the same in XML."""
    body = good_letter().replace("memo:", "m:").replace("xmlns:memo", "xmlns:m")

    assert (400, "memo-prefix") == refusal(caller.send(body))


def test_refuses_action_links_that_are_not_https(caller: Any, good_letter: Callable[..., str]) -> None:
    """Since September 2025 an action link must be https."""
    action = (
        "<memo:Action><memo:label>Se</memo:label><memo:actionCode>INFORMATION</memo:actionCode>"
        "<memo:EntryPoint><memo:url>http://kommune.example</memo:url></memo:EntryPoint></memo:Action>"
    )
    body = good_letter().replace("</memo:MainDocument>", f"{action}</memo:MainDocument>")

    assert (400, "memo-link") == refusal(caller.send(body))
    assert 200 == caller.send(body.replace("http:", "https:")).status_code


def test_an_action_has_a_reservation_or_a_link(caller: Any, good_letter: Callable[..., str]) -> None:
    """The schema lets one of the two stand, not both."""
    moment = "2026-12-01T10:00:00Z"
    reservation = (
        "<memo:Reservation><memo:description>Tid</memo:description>"
        "<memo:reservationUUID>8c2ea15d-61fb-4ba9-9366-42f8b194d241</memo:reservationUUID>"
        "<memo:abstract>Tid</memo:abstract><memo:location>Rådhuset</memo:location>"
        f"<memo:startDateTime>{moment}</memo:startDateTime><memo:endDateTime>{moment}</memo:endDateTime>"
        "</memo:Reservation>"
    )
    link = "<memo:EntryPoint><memo:url>https://kommune.example</memo:url></memo:EntryPoint>"
    action = (
        "<memo:Action><memo:label>Se</memo:label><memo:actionCode>AFTALE</memo:actionCode>{}</memo:Action>"
    )

    def send(content: str) -> Any:
        whole = action.format(content) + "</memo:MainDocument>"
        return caller.send(good_letter().replace("</memo:MainDocument>", whole))

    assert 200 == send(reservation).status_code
    assert 200 == send(link).status_code
    assert (400, "memo-structure") == refusal(send(reservation + link))


def test_refuses_a_letter_without_a_document(caller: Any, good_letter: Callable[..., str]) -> None:
    """A header alone is a NemSMS, not a letter."""
    before, _, rest = good_letter().partition("<memo:MessageBody>")

    assert (400, "memo-structure") == refusal(caller.send(before + rest.partition("</memo:MessageBody>")[2]))


def test_refuses_a_body_that_is_not_utf8(caller: Any, good_letter: Callable[..., str]) -> None:
    """A document in another encoding is refused, so that no check is fooled by it."""
    assert (400, "xml") == refusal(caller.send(good_letter(label="Før").encode("iso-8859-1")))
    assert (400, "xml") == refusal(caller.send(good_letter().encode("utf-16")))


def test_the_refusal_never_repeats_the_letter(caller: Any, good_letter: Callable[..., str]) -> None:
    """An answer names the broken element; name, number and text stay out of it."""
    answer = caller.send(good_letter(label="Hemmeligt" * 40))

    assert "Hemmeligt" not in answer.text
    assert "2211771212" not in answer.text


@pytest.mark.parametrize(
    ("choice", "recipient", "channel"),
    [
        ("Digital Post", "2512169996", "undeliverable"),
        ("Automatisk Valg", "2512169996", "physical"),
        ("Automatisk Valg", "2211771212", "digital"),
    ],
)
def test_notes_by_which_way_a_letter_would_go(
    box: Sandbox, caller: Any, good_letter: Callable[..., str], choice: str, recipient: str, channel: str
) -> None:
    """A child is not registered for Digital Post: a digital letter to it would come back."""
    body = good_letter(recipient=recipient).replace(">Digital Post<", f">{choice}<")
    if choice == "Automatisk Valg":
        body = body.replace("</kombi_request>", f"{SHIPMENT}</kombi_request>")
    caller.send(body)

    assert channel == box.journal()[0]["channel"]


def test_takes_a_letter_on_paper(box: Sandbox, caller: Any) -> None:
    """Fysisk Post is a shipment alone; public clients report an answer without TransmissionID."""
    answer = caller.send(ON_PAPER)
    root = etree.fromstring(answer.content)

    assert (200, "true") == (answer.status_code, root.findtext("Result"))
    assert root.find("TransmissionID") is None
    assert {KEY: 1} == box.letters()
    assert "physical" == box.journal()[0]["channel"]


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("<ForsendelseI>", "<ForsendelseII>", "xml"),
        (f"<AfsendelseIdentifikator>{KEY}</AfsendelseIdentifikator>", "", "shipment"),
        (f">{KEY}<", f">{KEY}{KEY}<", "shipment"),
        (">4711<", ">0<", "shipment"),
        (">4711<", ">four<", "shipment"),
        (">pdf<", ">portable-document<", "shipment"),
        (">JVBERi0x<", "><", "shipment"),
        (">JVBERi0x<", ">*<", "shipment"),
        ("<DokumentParametre/>", "", "shipment"),
        ("<DokumentParametre/>", "<DokumentParametre/><Colour/>", "shipment"),
        (
            "<DokumentParametre/>",
            "<DokumentParametre/><PrintParametre><FarveSHKode>Blue</FarveSHKode></PrintParametre>",
            "shipment",
        ),
        ("</ForsendelseI>", "</ForsendelseI><ForsendelseI/>", "shipment"),
        (">Fysisk Post<", ">Digital Post<", "kombi-request"),
        (">Fysisk Post<", ">Automatisk Valg<", "kombi-request"),
    ],
)
def test_refuses_a_shipment_that_breaks_the_published_schema(
    box: Sandbox, caller: Any, old: str, new: str, code: str
) -> None:
    """Order, what must stand there, code lists and lengths are those of ForsendelseI."""
    answer = caller.send(ON_PAPER.replace(old, new))

    assert old in ON_PAPER
    assert (400, code) == refusal(answer)
    assert 0 == box.letters().total()


def test_a_shipment_to_somebody_who_may_exist_is_refused(caller: Any) -> None:
    """The number of a recipient on paper is ten zeros, or a test number."""
    recipient = (
        "<ForsendelseModtager><d:AfsendelseModtager><p:CPRnummerIdentifikator "
        'xmlns:p="urn:oio:adir:dagpenge:2009.07.01">{}</p:CPRnummerIdentifikator></d:AfsendelseModtager>'
        "</ForsendelseModtager><d:FilformatNavn>"
    )
    zeros, somebody = (
        caller.send(ON_PAPER.replace("<d:FilformatNavn>", recipient.format(number)))
        for number in ("0000000000", "0101701234")
    )

    assert 200 == zeros.status_code
    assert (400, "recipient-not-synthetic") == refusal(somebody)


def test_a_text_message_has_no_letter(box: Sandbox, caller: Any, good_letter: Callable[..., str]) -> None:
    """NemSMS is a header with its notification and without a body."""
    body = good_letter(KEY).replace(">Digital Post<", ">NemSMS<").replace(">DIGITALPOST<", ">NEMSMS<")
    before, _, rest = body.partition("<memo:MessageBody>")
    sms = before + rest.partition("</memo:MessageBody>")[2]

    assert 200 == caller.send(sms).status_code
    assert (400, "memo-structure") == refusal(
        caller.send(sms.replace("<memo:notification>Post</memo:notification>", ""))
    )
    assert b"Post" == (box.folder / "letters" / box.journal()[0]["document"]).read_bytes()


def test_a_repeated_key_gets_the_same_receipt(
    start: Callable[..., Sandbox], calling: Any, good_letter: Callable[..., str]
) -> None:
    """Mode same-receipt: the second call is answered as the first, and one letter exists."""
    box = start(repeated="same-receipt")
    caller = calling(box)
    first, second = caller.send(good_letter(KEY)), caller.send(good_letter(KEY.upper()))

    assert (200, 200) == (first.status_code, second.status_code)
    assert first.content == second.content
    assert {KEY: 1} == box.letters()
    assert ["accepted", "repeated"] == [entry["outcome"] for entry in box.journal()]


def test_a_repeated_key_is_called_a_duplicate(
    start: Callable[..., Sandbox], calling: Any, good_letter: Callable[..., str]
) -> None:
    """Mode duplicate-error: 409 and a body that names the letter it had."""
    box = start(repeated="duplicate-error")
    caller = calling(box)
    caller.send(good_letter(KEY))
    again = caller.send(good_letter(KEY))

    assert 409 == again.status_code
    assert KEY in etree.fromstring(again.content).findtext(".//FejlTekst", "")
    assert {KEY: 1} == box.letters()


def test_a_repeated_key_is_refused_in_other_words(
    start: Callable[..., Sandbox], calling: Any, good_letter: Callable[..., str]
) -> None:
    """Mode duplicate-error-400: a plain refusal whose text names the letter it had."""
    box = start(repeated="duplicate-error-400")
    caller = calling(box)
    caller.send(good_letter(KEY))
    again = caller.send(good_letter(KEY))
    text = etree.fromstring(again.content).findtext(".//FejlTekst")

    assert 400 == again.status_code
    assert f"message {KEY} has already been received" == text
    assert {KEY: 1} == box.letters()


def test_a_repeated_key_is_taken_twice(
    start: Callable[..., Sandbox], calling: Any, good_letter: Callable[..., str]
) -> None:
    """Mode accepts-twice: the receiver that ignores the key makes a double, and the count shows it."""
    box = start(repeated="accepts-twice")
    caller = calling(box)
    first, second = caller.send(good_letter(KEY)), caller.send(good_letter(KEY))

    assert first.content != second.content
    assert {KEY: 2} == box.letters()


def test_parallel_calls_with_one_key_are_one_letter(
    box: Sandbox, calling: Any, good_letter: Callable[..., str]
) -> None:
    """Two equal calls at the same moment cannot both be the first."""
    body = good_letter(KEY)
    callers = [calling(box) for _ in range(4)]
    tokens = [caller.token("sf1601") for caller in callers]
    threads = [
        threading.Thread(target=caller.send, args=(body,), kwargs={"token": token})
        for caller, token in zip(callers, tokens, strict=True)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert {KEY: 1} == box.letters()
    assert 4 == len(box.journal())


def test_an_unknown_repeat_mode_is_an_error(start: Callable[..., Sandbox]) -> None:
    """A misspelt mode must not quietly be another one."""
    with pytest.raises(ValueError, match="same-receipt"):
        start(repeated="same-reciept")


def test_other_paths_and_methods_are_none_of_its_services(caller: Any) -> None:
    """An unknown path is 404, a known one by another method 405."""
    missing = caller.session.post(caller.box.url + "/service/other")
    wrong = caller.session.get(caller.box.url + "/service/KombiPostAfsend_1/memos")

    assert (404, 405) == (missing.status_code, wrong.status_code)


def test_two_municipalities_send_under_their_own_numbers(
    box: Sandbox, calling: Any, good_letter: Callable[..., str]
) -> None:
    """One sandbox serves both, and neither can send as the other."""
    hvidovre = calling(box, "0167")
    body = good_letter(str(uuid.uuid4()))

    assert (400, "sender") == refusal(hvidovre.send(body))
    assert 200 == hvidovre.send(body.replace("29189404", "55606617")).status_code
