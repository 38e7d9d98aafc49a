"""SF1520 keeps the contract of ``PopulationRegister``, against the sandbox, which knows the contract only."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from functools import partial
from pathlib import Path

import pytest

from rpa_commons.capabilities import Address, AddressPeriod, Person, TransientError
from rpa_commons.config import resolve_secret
from rpa_commons.connectors import Surroundings
from rpa_commons.connectors.contract import FailureCases, PopulationRegisterContract, RegisterCases
from rpa_commons.connectors.http import AccessRefusedError
from rpa_commons.connectors.sf1520 import FaultError, Sf1520, Sf1520Settings
from rpa_commons.sandbox import Person as Invented
from rpa_commons.sandbox import Sandbox
from rpa_commons.sdk import Municipality

TODAY = date(2026, 11, 1)
STATUSES = {1: "active", 60: "inactive", 70: "disappeared", 80: "emigrated", 90: "dead"}


@pytest.fixture(scope="module")
def box(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    """A municipality in a box."""
    with Sandbox(tmp_path_factory.mktemp("box"), municipality="0265", cvr="29189404", today=TODAY) as box:
        yield box


def connect(box: Sandbox, **changed: object) -> Sf1520:
    """The connector, with the sandbox's certificate and agreement."""
    agreement = box.agreement()
    settings = {
        "url": box.url,
        "ca_bundle": str(box.ca_bundle),
        "certificate": {"file": str(box.client_pkcs12)},
        "certificate_password": {"file": str(box.client_pkcs12_password_file)},
        "service_agreement": agreement.service_agreement,
        "user_system": agreement.user_system,
        "user": agreement.user,
        "service": agreement.service,
        "attempts": 1,
        "read_timeout": 2.0,
        **changed,
    }
    folder = Path(box.folder)
    surroundings = Surroundings(
        Municipality("0265", "Roskilde"), "sandbox", folder, partial(resolve_secret, folder=folder)
    )
    return Sf1520(Sf1520Settings.model_validate(settings), surroundings, today=lambda: TODAY)


def expected(invented: Invented, box: Sandbox) -> Person:
    """What the capability says of somebody the sandbox has invented."""
    at = invented.address
    address = at and Address(
        co_name=at.co_name,
        street_line=at.line,
        locality=at.locality,
        postal_code=at.postal_code,
        city=at.city,
        municipality=at.municipality,
    )
    periods = [
        AddressPeriod(municipality=stay.municipality, moved_in=stay.moved_in, moved_out=stay.moved_out)
        for stay in invented.history
    ]
    return Person.model_validate(
        {
            "cpr": invented.cpr,
            "name": invented.name,
            "birth_date": invented.birth_date,
            "status": STATUSES[int(invented.status)],
            "protected": invented.protected_since is not None and invented.protected_since <= TODAY,
            "children_under_18": box.people.children_under_18(invented),
            "address": address,
            "address_history": tuple(periods),
        }
    )


@contextmanager
def failing(box: Sandbox, kind: str) -> Iterator[None]:
    """While inside, every call meets the fault."""
    box.fault("sf1520", kind, probability=1.0)
    yield
    box.faults.clear("sf1520")


class TestSf1520(PopulationRegisterContract):
    @pytest.fixture
    def register(self, box: Sandbox) -> Iterator[Sf1520]:
        """The connector against the sandbox."""
        connector = connect(box)
        yield connector
        connector.close()

    @pytest.fixture
    def cases(self, box: Sandbox) -> RegisterCases:
        """Everybody in the box."""
        known = tuple(expected(invented, box) for invented in box.people)
        unknown = next(cpr for cpr in ("0101505555", "0202515666") if box.people.get(cpr) is None)
        return RegisterCases(persons=known, unknown=unknown)

    @pytest.fixture
    def failures(self, box: Sandbox) -> FailureCases:
        """One person, in every way that the sandbox can fail."""
        anybody = next(person for person in box.people if person.address is not None)
        kinds = ("time-out", "401", "429", "500", "503", "half-answer", "invalid-answer", "reset")
        return FailureCases(
            connect=lambda: connect(box, read_timeout=0.3),
            call=lambda register: register.person(anybody.cpr),
            fails={kind: lambda kind=kind: failing(box, kind) for kind in kinds},  # type: ignore[misc]
            absent={"duplicate": "a lookup is answered once; nothing is delivered that could come twice"},
            personal=(anybody.cpr, anybody.name, anybody.address.line if anybody.address else "?"),
        )


@pytest.mark.parametrize("key", ["service_agreement", "user_system", "user", "service"])
def test_a_wrong_id_is_told_with_its_name(box: Sandbox, key: str) -> None:
    """An id that is not the agreement's is refused by the service, in words that lead to it."""
    connector = connect(box, **{key: "00000000-0000-4000-8000-000000000000"})

    with pytest.raises(FaultError, match=f"(?i){key.replace('_', '')}UUID is not known"):
        connector.person("2211771212")

    connector.close()


def test_without_a_certificate_there_is_no_access(box: Sandbox) -> None:
    """The door stays shut for who shows no certificate, and no case is blamed for it."""
    connector = connect(box, certificate=None, certificate_password=None)

    with pytest.raises((AccessRefusedError, TransientError)):
        connector.person("2211771212")

    connector.close()


@pytest.mark.parametrize("kind", ["500", "half-answer", "time-out"])
def test_a_passing_fault_leaves_the_case_for_later(box: Sandbox, kind: str) -> None:
    """A failure, half an answer, silence: asked again later, and the next answer is right."""
    connector = connect(box, read_timeout=0.3)
    box.fault("sf1520", kind, times=1)

    with pytest.raises(TransientError):
        connector.person("2211771212")

    assert "2211771212" == connector.person("2211771212").cpr
    connector.close()


def test_the_contract_variant_with_call_context(box: Sandbox) -> None:
    """What the platform's log shall show does not disturb the question."""
    connector = connect(box, on_behalf_of="a & b", call_identifier="welcome-letters", accounting_info="1")

    assert "2211771212" == connector.person("2211771212").cpr
    connector.close()
