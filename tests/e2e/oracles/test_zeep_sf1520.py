"""Zeep, an independent SOAP client, reads the official WSDL and uses the simulated SF1520: its oracle.

What zeep sends is built from KOMBIT's WSDL alone (the *context* variant), and what it reads is compared with
everybody in the sandbox.
"""

import os
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import requests
import zeep

from rpa_commons.sandbox import Person, Sandbox

pytestmark = [
    pytest.mark.specs,
    pytest.mark.skipif("RPAC_SPECS" not in os.environ, reason="RPAC_SPECS does not name the official files"),
]

TODAY = date(2026, 11, 22)
WSDL = Path(
    "serviceplatformen/resources/person-base-data-extended-service-contract/wsdl/context",
    "PersonBaseDataExtendedService.wsdl",
)
TARGET = "http://serviceplatformen.dk/xml/wsdl/soap11/CPR/PersonBaseDataExtended/4/"
FAULT = "{http://serviceplatformen.dk/xml/schemas/ServiceplatformFault/1/}"
UNKNOWN = "0101505555"


@pytest.fixture(scope="module")
def box(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    """The register, which checks what it gets and what it sends by the official schema."""
    schemas = Path(os.environ["RPAC_SPECS"]).resolve()
    folder = tmp_path_factory.mktemp("box")
    with Sandbox(
        folder, seed=11, people=60, today=TODAY, municipality="0265", only=("sf1520",), schemas=schemas
    ) as box:
        assert "" == box.services["sf1520"].unvalidated
        yield box


def client(box: Sandbox, session: requests.Session) -> Any:
    """Zeep's proxy for the simulator's address."""
    session.trust_env = False
    session.verify = str(box.ca_bundle)
    transport = zeep.Transport(session=session, timeout=5, operation_timeout=5)
    made = zeep.Client(str(Path(os.environ["RPAC_SPECS"]).resolve() / WSDL), transport=transport)
    address = box.url_of("sf1520") + "/service/CPR/PersonBaseDataExtended/4"
    return made.create_service(f"{{{TARGET}}}PersonBaseDataExtendedBinding", address)


@pytest.fixture(scope="module")
def service(box: Sandbox) -> Iterator[Any]:
    """Zeep's proxy over mutual TLS."""
    with requests.Session() as session:
        session.cert = str(box.client_certificate)
        yield client(box, session)


def look_up(box: Sandbox, service: Any, cpr: str, **changed: str) -> Any:
    """What zeep makes of the answer."""
    agreement = box.agreement()
    ids = {
        "ServiceAgreementUUID": agreement.service_agreement,
        "UserSystemUUID": agreement.user_system,
        "UserUUID": agreement.user,
        "ServiceUUID": agreement.service,
        **changed,
    }
    return service.PersonLookup(InvocationContext=ids, PNR=cpr)


def told(answer: Any) -> dict[str, object]:
    """The facts of an answer that the sandbox's people have, too."""
    data, address = answer.persondata, answer.adresse.aktuelAdresse
    return {
        "number": data.personnummer,
        "name": data.navn.personadresseringsnavn,
        "born": data.foedselsdato.dato,
        "sex": data.koen,
        "status": int(data.status.status),
        "children": data.antalBoernUnder18,
        "protected": data.adressebeskyttelse.beskyttet,
        "digital": data.tilmeldtDigitalpost,
        "address": (address.standardadresse, address.postnummer, address.postdistrikt) if address else None,
        "municipality": address.kommunekode if address else None,
        "history": [row.kommunekode for row in answer.adresse.adresseHistorik],
        "offspring": [one.personnummer for one in answer.relationer.barn] if answer.relationer else [],
    }


def known(person: Person, box: Sandbox) -> dict[str, object]:
    """The same facts of somebody the sandbox has invented."""
    at = person.address
    return {
        "number": person.cpr,
        "name": person.name,
        "born": person.birth_date,
        "sex": person.sex,
        "status": int(person.status),
        "children": box.people.children_under_18(person),
        "protected": person.protected_since is not None and person.protected_since <= TODAY,
        "digital": person.digital_post,
        "address": (at.line, at.postal_code, at.city) if at else None,
        "municipality": int(at.municipality) if at else None,
        "history": [int(row.municipality) for row in person.history],
        "offspring": list(person.children),
    }


def test_everybody_is_read_as_the_sandbox_has_them(box: Sandbox, service: Any) -> None:
    """Number, name, birth, status, protection, address, history and children, of every invented person."""
    assert len(box.people) >= 60
    for person in box.people:
        assert known(person, box) == told(look_up(box, service, person.cpr))


def test_an_unknown_number_is_a_fault_of_the_contract(box: Sandbox, service: Any) -> None:
    """Zeep raises a fault whose detail is the contract's ServiceplatformFault, without the number."""
    with pytest.raises(zeep.exceptions.Fault) as caught:
        look_up(box, service, UNKNOWN)

    detail = caught.value.detail[0]
    assert box.people.get(UNKNOWN) is None
    assert f"{FAULT}ServiceplatformFault" == detail.tag
    assert "PNR not found" == detail.findtext(f".//{FAULT}ErrorText")
    assert UNKNOWN not in caught.value.message


@pytest.mark.parametrize(
    ("cpr", "changed"),
    [
        ("12345", {}),
        ("9987654321", {}),
        ("2211771212", {"UserUUID": "00000000-0000-4000-8000-000000000000"}),
        ("2211771212", {"UserUUID": "00000000-0000-4000-8000-00000000000A"}),
    ],
)
def test_a_bad_call_is_a_fault_of_the_contract(
    box: Sandbox, service: Any, cpr: str, changed: dict[str, str]
) -> None:
    """A number that is none, an id that is not the agreement's, an id in capitals: refused."""
    with pytest.raises(zeep.exceptions.Fault) as caught:
        look_up(box, service, cpr, **changed)

    assert f"{FAULT}ServiceplatformFault" == caught.value.detail[0].tag


def test_without_a_certificate_nobody_gets_in(box: Sandbox) -> None:
    """The handshake fails for who shows no certificate of the sandbox's authority."""
    with requests.Session() as session:
        stranger = client(box, session)

        with pytest.raises(requests.ConnectionError):
            look_up(box, stranger, "2211771212")
