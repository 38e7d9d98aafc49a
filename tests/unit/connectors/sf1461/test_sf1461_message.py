"""The Beskedfordeler's envelope: what is there is found, what is not is said, and nothing is quoted."""

import base64
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rpa_commons.connectors.sf1461._errors import MessageError
from rpa_commons.connectors.sf1461._message import LARGEST, Envelope, besked_id_in, danish_day, read_envelope
from rpa_commons.sandbox.sf1461 import CPR_EVENT, MOVED
from tests.support.beskedfordeler import body, move

# In the shape of KOMBIT's published test messages, with a number that is nobody's.
KOMBITS = """<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<ns2:Haendelsesbesked xmlns="urn:oio:sagdok:3.0.0" xmlns:ns2="urn:oio:besked:kuvert:1.0">
 <ns2:BeskedId><!-- of the sender -->
  <UUIDIdentifikator>01157488-C45C-4fd2-b076-1de12effbf66</UUIDIdentifikator>
 </ns2:BeskedId>
 <ns2:BeskedVersion>1.0</ns2:BeskedVersion>
 <ns2:Beskedkuvert>
  <ns2:Filtreringsdata>
   <ns2:Beskedtype><UUIDIdentifikator>248ce14c-a863-4fb5-9e6f-7df9ea850809</UUIDIdentifikator></ns2:Beskedtype>
   <ns2:RelateretObjekt>
    <ns2:ObjektId><URNIdentifikator>urn:oio:cpr-nr:0101605000</URNIdentifikator></ns2:ObjektId>
   </ns2:RelateretObjekt>
   <ns2:ObjektRegistrering>
    <ns2:ObjektId><URNIdentifikator>urn:oio:cpr-nr:0202605001</URNIdentifikator></ns2:ObjektId>
    <ns2:ObjektHandling><UUIDIdentifikator>1e5bb089-5445-44f8-9b65-bc854053f423</UUIDIdentifikator></ns2:ObjektHandling>
   </ns2:ObjektRegistrering>
  </ns2:Filtreringsdata>
  <ns2:Leveranceinformation>
   <ns2:Dannelsestidspunkt><TidsstempelDatoTid>2026-03-15T08:00:00</TidsstempelDatoTid></ns2:Dannelsestidspunkt>
  </ns2:Leveranceinformation>
  <ns2:GyldighedFra><TidsstempelDatoTid>2026-03-15T08:00:10</TidsstempelDatoTid></ns2:GyldighedFra>
 </ns2:Beskedkuvert>
 <ns2:Beskeddata>DATA</ns2:Beskeddata>
</ns2:Haendelsesbesked>"""

ANOTHER = (
    "<ns2:ObjektId><URNIdentifikator>urn:oio:cpr-nr:0303605002</URNIdentifikator></ns2:ObjektId>"
    "<ns2:ObjektHandling>"
)


def kombits(data: str = "", **changed: str) -> Envelope:
    """KOMBIT's shape, with other data and some words replaced (``__`` stands for ``-``)."""
    text = KOMBITS.replace("DATA", data)
    for old, new in changed.items():
        text = text.replace(old.replace("__", "-"), new)
    return read_envelope(text.encode())


def test_the_published_shape_is_read() -> None:
    """Id, type, event, person and day are where KOMBIT's own messages have them."""
    envelope = kombits()

    assert "01157488-c45c-4fd2-b076-1de12effbf66" == envelope.besked_id
    assert CPR_EVENT == envelope.message_type
    assert "1e5bb089-5445-44f8-9b65-bc854053f423" in envelope.identifiers
    assert "0202605001" == envelope.cpr()
    assert date(2026, 3, 15) == envelope.valid_from()


def test_the_sandboxes_message_is_read() -> None:
    """The simulator's envelope says the same things in the same places."""
    envelope = read_envelope(body(7))

    assert move(7).cpr == envelope.cpr()
    assert MOVED in envelope.identifiers
    assert move(7).moved_on == envelope.valid_from()
    assert "265" == envelope.value("kommunekode")


def test_a_pushed_message_is_the_same_message() -> None:
    """What REST push wraps the envelope in makes no difference."""
    inner = KOMBITS.partition("?>")[2]
    pushed = f'<s:ModtagBeskedInput xmlns:s="urn:oio:sts:1.0.0">{inner}</s:ModtagBeskedInput>'

    assert kombits("DATA").content == read_envelope(pushed.encode()).content


def test_data_in_base64_are_looked_into() -> None:
    """Some senders put their XML into base64."""
    packed = base64.b64encode(b"<x xmlns='urn:x'><kommunekode>265</kommunekode></x>").decode()

    assert "265" == kombits(f'<Base64 xmlns="urn:besked:kuvert:1.0">{packed}</Base64>').value("kommunekode")


@pytest.mark.parametrize("packed", ["A", "AAAA", "%%%"])
def test_broken_base64_is_told(packed: str) -> None:
    """Base64 that is none, or no XML, is a broken message."""
    envelope = kombits(f'<Base64 xmlns="urn:besked:kuvert:1.0">{packed}</Base64>')

    with pytest.raises(MessageError, match="base64"):
        envelope.value("kommunekode")


def test_what_distribution_changes_does_not_count() -> None:
    """Two deliveries that differ in Leveranceinformation, prefixes and white space are one message."""
    prefixes = KOMBITS.replace("ns2:", "k:").replace("xmlns:ns2", "xmlns:k").replace("\n ", "\n\t\t ")
    later = prefixes.replace("2026-03-15T08:00:00<", "2026-03-15T09:30:00<")

    assert read_envelope(KOMBITS.encode()).content == read_envelope(later.encode()).content
    assert read_envelope(KOMBITS.encode()).content != kombits("another").content


def test_an_element_with_two_values_is_not_guessed() -> None:
    """Said twice alike is once; said differently is nothing to act on."""
    twice = "<a><kommunekode>265</kommunekode></a><b><kommunekode>{}</kommunekode></b>"

    assert "265" == kombits(twice.format("265")).value("kommunekode")
    with pytest.raises(MessageError, match="several values"):
        kombits(twice.format("253")).value("kommunekode")


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("BeskedId", "BeskedID", "BeskedId"),
        ("01157488", "0115748", "BeskedId"),
        ("Beskedtype", "Type", "Beskedtype"),
        ("Haendelsesbesked", "Besked", "no Haendelsesbesked"),
        ("urn:oio:besked:kuvert:1.0", "urn:oio:besked:kuvert:2.0", "no Haendelsesbesked"),
    ],
)
def test_an_envelope_that_is_none(old: str, new: str, problem: str) -> None:
    """What every envelope must have is asked for by name."""
    with pytest.raises(MessageError, match=problem):
        kombits(**{old: new})


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("urn:oio:cpr__nr:02", "urn:oio:cvr-nr:02", "no person"),
        ("0202605001", "3102605001", "can be none"),
        ("<ns2:ObjektHandling>", ANOTHER, "several"),
    ],
)
def test_a_person_that_is_none(old: str, new: str, problem: str) -> None:
    """No person, two persons, a number that can be none: nobody is guessed, no digits are quoted."""
    with pytest.raises(MessageError, match=problem) as caught:
        kombits(**{old: new}).cpr()

    assert not any(number in str(caught.value) for number in ("0202605001", "3102605001", "0303605002"))


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026-03-15", date(2026, 3, 15)),
        ("2026-03-15T23:30:00", date(2026, 3, 15)),
        ("2026-03-15T23:30:00Z", date(2026, 3, 16)),
        ("2026-03-15T23:30:00.123+01:00", date(2026, 3, 15)),
    ],
)
def test_a_day_is_the_day_in_denmark(text: str, day: date) -> None:
    """A time without a zone is Danish; one with a zone is converted."""
    assert day == danish_day(text, "GyldighedFra")


@pytest.mark.parametrize("text", ["", "2026-02-30", "15-03-2026", "2026-W11-1", "9999-12-31T23:59:59-12:00"])
def test_a_day_that_is_none(text: str) -> None:
    """Another format or a day that there is not is refused without being quoted."""
    with pytest.raises(MessageError, match=r"^GyldighedFra is no date$"):
        danish_day(text, "GyldighedFra")


BOMB = (
    '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    '<x xmlns="urn:oio:besked:kuvert:1.0">&b;</x>'
)


@pytest.mark.parametrize(
    "data",
    [BOMB.encode(), b"<x>" * 100_000, KOMBITS.encode("utf-16"), b"<a>" + b" " * (LARGEST + 1) + b"</a>"],
    ids=["entities", "depth", "encoding", "size"],
)
def test_hostile_xml_is_kept_aside_unread(data: bytes) -> None:
    """Entities, endless depth, another encoding, a body above the limit: refused before it costs memory."""
    with pytest.raises(MessageError, match="not readable as XML"):
        read_envelope(data)

    assert "" == besked_id_in(data)


@given(st.binary(max_size=400))
def test_any_bytes_are_a_message_or_our_error(data: bytes) -> None:
    """Nothing but our error comes out of reading bytes."""
    with pytest.raises(MessageError):
        read_envelope(data)

    assert "" == besked_id_in(data)


@given(st.text(alphabet=st.characters(exclude_categories=("Cs", "Cc")), max_size=30))
def test_any_value_is_read_or_refused_without_a_word_of_it(text: str) -> None:
    """Whatever stands where the person, the day or a value should be: our error, and no value in it."""
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    marked = f"urn:oio:cpr-nr:{escaped}zzz"
    try:
        envelope = kombits(**{"urn:oio:cpr__nr:0202605001": marked, "2026-03-15T08:00:10": escaped + "zzz"})
    except MessageError:
        return
    for ask in (envelope.cpr, envelope.valid_from):
        with pytest.raises(MessageError) as caught:
            ask()

        assert "zzz" not in str(caught.value)
