"""SF1520: what it says of a person and which calls it turns down."""

from typing import Any

import pytest
from lxml import etree

from rpa_commons.sandbox import Sandbox

NAMES = {
    "soap": "http://schemas.xmlsoap.org/soap/envelope/",
    "p": "http://serviceplatformen.dk/xml/wsdl/soap11/CPR/PersonBaseDataExtended/4/",
    "f": "http://serviceplatformen.dk/xml/schemas/ServiceplatformFault/1/",
}


def person_of(box: Sandbox, case: str) -> Any:
    """Somebody in Roskilde whose situation this is."""
    return next(person for person in box.people if person.home == "0265" and person.case == case)


def found(answer: Any) -> Any:
    """The response element of a good answer."""
    assert 200 == answer.status_code, answer.text
    return etree.fromstring(answer.content).find("soap:Body/p:PersonLookupResponse", NAMES)


def error_code(answer: Any) -> str:
    """The code in a fault's detail."""
    fault = etree.fromstring(answer.content).find("soap:Body/soap:Fault", NAMES)
    return fault.findtext("detail/f:ServiceplatformFault/f:ErrorList/f:Error/f:ErrorCode", "", NAMES)


def test_says_name_address_and_children(caller: Any) -> None:
    """A family's adult: addressing name, municipality as an integer, children below 18."""
    data = found(caller.look_up(caller.soap("2211771212")))

    assert "Mette Hansen" == data.findtext("p:persondata/p:navn/p:personadresseringsnavn", "", NAMES)
    assert "1977-11-22" == data.findtext("p:persondata/p:foedselsdato/p:dato", "", NAMES)
    assert "2" == data.findtext("p:persondata/p:antalBoernUnder18", "", NAMES)
    assert "265" == data.findtext("p:adresse/p:aktuelAdresse/p:kommunekode", "", NAMES)
    assert "29189404" == data.findtext("p:adresse/p:aktuelAdresse/p:kommuneCvr", "", NAMES)
    assert "2512169996" in [
        child.text for child in data.iterfind("p:relationer/p:barn/p:personnummer", NAMES)
    ]


@pytest.mark.parametrize(
    ("case", "status"),
    [
        ("single from abroad", "1"),
        ("number changed after moving in", "60"),
        ("disappeared after moving in", "70"),
        ("emigrated after moving in", "80"),
        ("died after moving in", "90"),
    ],
)
def test_says_the_status(box: Sandbox, caller: Any, case: str, status: str) -> None:
    """Each of the register's statuses is met in the population; who is gone has no address."""
    person = person_of(box, case)
    data = found(caller.look_up(caller.soap(person.cpr)))

    assert status == data.findtext("p:persondata/p:status/p:status", "", NAMES)
    assert (data.find("p:adresse/p:aktuelAdresse", NAMES) is not None) == (status == "1")


def test_says_who_is_protected(box: Sandbox, caller: Any) -> None:
    """Protection carries the day it began."""
    person = person_of(box, "protected name and address")
    data = found(caller.look_up(caller.soap(person.cpr)))

    assert "true" == data.findtext("p:persondata/p:adressebeskyttelse/p:beskyttet", "", NAMES)
    assert "2026-11-16" == data.findtext("p:persondata/p:adressebeskyttelse/p:startdato", "", NAMES)


def test_lists_former_addresses_newest_first(box: Sandbox, caller: Any) -> None:
    """Out and in again: the history shows both stays before the present one."""
    person = person_of(box, "moved out and in again")
    data = found(caller.look_up(caller.soap(person.cpr)))
    rows = data.findall("p:adresse/p:adresseHistorik", NAMES)
    codes = [row.findtext("p:kommunekode", "", NAMES) for row in rows]

    assert 3 == len(rows)
    assert "265" == codes[1]
    assert codes[0] != "265"


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("2211771212", "0101505555", "unknown-pnr"),
        ("2211771212", "12", "malformed-pnr"),
        ("2211771212", "221177-1212", "malformed-pnr"),
        ("<c:PNR", "<c:CPR", "xml"),
        ("PersonLookupRequest", "PersonLookup", "contract"),
        ("schemas.xmlsoap.org/soap/envelope/", "www.w3.org/2003/05/soap-envelope", "soap"),
        ("cpr/PNR/1/", "cpr/PNR/2/", "contract"),
        ("<i:UserUUID>", "<i:Extra>x</i:Extra><i:UserUUID>", "contract"),
        ("i:UserUUID>", "i:UserId>", "contract"),
        ("<soap:Envelope", "<!DOCTYPE a><soap:Envelope", "doctype"),
    ],
)
def test_refuses_a_call_that_breaks_the_contract(caller: Any, old: str, new: str, code: str) -> None:
    """A soap:Fault with a ServiceplatformFault says which rule was broken."""
    answer = caller.look_up(caller.soap("2211771212").replace(old, new))

    assert (500, code) == (answer.status_code, error_code(answer))


@pytest.mark.parametrize("field", ["service_agreement", "user_system", "user", "service"])
def test_refuses_an_unknown_agreement(box: Sandbox, caller: Any, field: str) -> None:
    """Each of the four UUIDs must be the municipality's own."""
    right = getattr(box.agreement("0265"), field)
    body = caller.soap("2211771212")
    unknown = caller.look_up(body.replace(right, "11111111-2222-4333-8444-555555555555"))
    upper = caller.look_up(body.replace(right, right.upper()))

    assert "agreement" == error_code(unknown)
    assert "contract" == error_code(upper)


def test_refuses_another_municipalitys_agreement(box: Sandbox, caller: Any, calling: Any) -> None:
    """The agreement and the client certificate belong together."""
    answer = caller.look_up(calling(box, "0167").soap("2211771212"))

    assert "agreement" == error_code(answer)


def test_refuses_another_action_and_content_type(caller: Any) -> None:
    """SOAP 1.1: text/xml and the operation's SOAPAction."""
    body = caller.soap("2211771212")
    action = caller.look_up(body, SOAPAction="other")
    kind = caller.look_up(body, **{"Content-Type": "application/soap+xml"})

    assert (500, "soap-action") == (action.status_code, error_code(action))
    assert (415, "content-type") == (kind.status_code, error_code(kind))


def test_checks_the_authority_where_one_is_named(caller: Any) -> None:
    """AuthorityContext is optional, but a stranger in it is refused."""
    context = (
        '<a:AuthorityContext xmlns:a="http://serviceplatformen.dk/xml/schemas/AuthorityContext/1/">'
        "<a:MunicipalityCVR>{cvr}</a:MunicipalityCVR></a:AuthorityContext><i:InvocationContext"
    )
    body = caller.soap("2211771212")
    known = caller.look_up(body.replace("<i:InvocationContext", context.format(cvr="29189404"), 1))
    unknown = caller.look_up(body.replace("<i:InvocationContext", context.format(cvr="12345674"), 1))

    assert 200 == known.status_code
    assert "cvr" == error_code(unknown)


def test_needs_an_invocation_context(caller: Any) -> None:
    """The token variant of the contract is not emulated."""
    before, _, rest = caller.soap("2211771212").partition("<i:InvocationContext")
    answer = caller.look_up(before + rest.partition("</i:InvocationContext>")[2])

    assert "contract" == error_code(answer)
