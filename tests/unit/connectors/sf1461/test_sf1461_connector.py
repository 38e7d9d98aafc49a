"""The connector around the queue: what becomes of each kind of message, what is said, what a plan leaves."""

import subprocess
import sys
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from rpa_commons.capabilities import AddressPeriod, Person, PersonNotFoundError, TransientError
from rpa_commons.config import resolve_secret
from rpa_commons.connectors import Surroundings, load
from rpa_commons.connectors.http import AccessRefusedError, AddressRefusedError, CertificateError
from rpa_commons.connectors.sf1461 import MissingClientError, Sf1461, Sf1461Settings, StateMissingError
from rpa_commons.connectors.sf1520 import FaultError
from rpa_commons.runtime._crypto import Keys
from rpa_commons.sandbox.sf1461 import CPR_EVENT, OTHER_EVENT
from rpa_commons.sdk import Municipality
from tests.support.beskedfordeler import SINCE, TODAY, body, move, settings, surroundings, told
from tests.unit.connectors.sf1461.conftest import Reader, Tray

OTHER_TYPE = "7654895c-a3f3-4c77-8afd-4c77330f963c"
LOOKUP = {
    "url": "https://127.0.0.1:1", "service_agreement": OTHER_TYPE, "user_system": OTHER_TYPE,
    "user": OTHER_TYPE, "service": OTHER_TYPE,
}  # fmt: skip


def test_it_is_built_in() -> None:
    """The catalogue knows it by name."""
    assert Sf1461 is load("sf1461")


def test_events_that_are_no_moves_are_taken_and_forgotten(reader: Reader) -> None:
    """An event of another kind is no move and no problem, and what it said is not kept."""
    tray = Tray([body(1), body(2, event=OTHER_EVENT)])
    events = reader(settings(), tray)

    assert [told(move(1))] == events.moves_into("0265", SINCE)
    assert () == events.problems
    assert [] == tray.waiting


def test_another_type_is_told_once(reader: Reader) -> None:
    """Messages of a type that nobody has named are kept, and one line says what to do about the type."""
    strange = [body(number).replace(CPR_EVENT.encode(), OTHER_TYPE.encode()) for number in range(3)]
    events = reader(settings(), Tray(strange))

    assert [] == events.moves_into("0265", SINCE)
    (problem,) = events.problems
    assert OTHER_TYPE in problem
    assert "ignored_types" in problem

    assert [] == reader(settings(ignored_types=[OTHER_TYPE]), Tray()).moves_into("0265", SINCE)


def test_settings_that_are_mended_bring_back_what_was_kept(reader: Reader) -> None:
    """What was put aside because stack.toml was wrong is a move once it is right; nothing is sent again."""
    wrong = settings(fields={"to_municipality": "nowhere", "from_municipality": "nowhere"})
    events = reader(wrong, Tray([body(1)]))
    assert [] == events.moves_into("0265", SINCE)
    (problem,) = events.problems
    assert "element nowhere" in problem
    assert "catalogue" in problem
    assert move(1).cpr not in problem

    mended = reader(settings(), Tray())

    assert [told(move(1))] == mended.moves_into("0265", SINCE)
    assert () == mended.problems


def test_another_delivery_of_what_was_kept_aside_is_no_dispute(reader: Reader) -> None:
    """What distribution changes under way (attempts, times) makes no second message of it."""
    wrong = settings(fields={"to_municipality": "nowhere", "from_municipality": "nowhere"})
    end, attempt = b"</ns2:Haendelsesbesked>", b"<ns2:Leveranceinformation>2</ns2:Leveranceinformation>"
    again = body(1).replace(end, attempt + end)
    assert attempt in again
    reader(wrong, Tray([body(1)])).moves_into("0265", SINCE)

    mended = reader(settings(), Tray([again]))

    assert [told(move(1))] == mended.moves_into("0265", SINCE)
    assert () == mended.problems


def test_a_broker_that_breaks_off_is_a_finding_where_something_came(reader: Reader) -> None:
    """What came is answered, a line says that the rest comes; with nothing at all it is an error."""
    tray = Tray([body(number) for number in range(5)], breaks_after=3)
    events = reader(settings(), tray)

    assert 3 == len(events.moves_into("0265", SINCE))
    assert "they are kept, the others come with the next run" in events.problems[0]
    assert 1 == tray.closed
    with pytest.raises(TransientError):
        reader(settings(), Tray(breaks_after=0)).moves_into("0265", SINCE)


def test_a_limit_is_told(reader: Reader) -> None:
    """More waits than is taken in one go: a line names the settings."""
    events = reader(settings(most_messages=2), Tray([body(number) for number in range(5)]))

    assert 2 == len(events.moves_into("0265", SINCE))
    assert "most_messages" in events.problems[0]


def test_a_plan_looks_and_leaves(reader: Reader, folder: Path) -> None:
    """The plan's answer is the run's; queue and state are as they were; it may be told not to look."""
    tray = Tray([body(1), b"no message"])
    plan = reader(settings(), tray, planning=True)

    planned = plan.moves_into("0265", SINCE)

    assert [told(move(1))] == planned
    assert 1 == len(plan.problems)
    assert [body(1), b"no message"] == tray.waiting
    assert not (folder / "state").exists()
    assert [] == reader(settings(plan_looks=False), tray, planning=True).moves_into("0265", SINCE)
    assert planned == reader(settings(), tray).moves_into("0265", SINCE)
    assert planned == reader(settings(plan_looks=False), tray, planning=True).moves_into("0265", SINCE)


def test_what_is_old_is_deleted(reader: Reader) -> None:
    """After ``keep_days`` a move is answered no more."""
    now = datetime(2026, 11, 1, tzinfo=UTC)
    reader(settings(keep_days=30), Tray([body(1)]), now=lambda: now).moves_into("0265", SINCE)
    later = reader(settings(keep_days=30), Tray(), now=lambda: now + timedelta(days=31))

    later.moves_into("0265", SINCE)

    assert [] == later.moves_into("0265", SINCE)


class Register:
    """Stands where SF1520 does; knows one person, once it is there."""

    hosts = frozenset({"127.0.0.1:1"})

    def __init__(self) -> None:
        self.answer: Person | Exception = TransientError("sf1520", "does not answer")
        self.faulty: set[str] = set()
        self.asked = 0

    def person(self, cpr: str) -> Person:
        """The person, or what went wrong."""
        self.asked += 1
        if cpr in self.faulty:
            raise FaultError("E1", "no words")
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer.model_copy(update={"cpr": cpr})

    def close(self) -> None:
        """Nothing is open."""


@pytest.fixture
def looking(reader: Reader) -> tuple[Any, Register]:
    """A connector that asks the register, and the register."""
    register = Register()

    def make(tray: Tray, **more: Any) -> Sf1461:
        events = reader(settings(fields=None, register_lookup=LOOKUP), tray, **more)
        events._register = register  # type: ignore[assignment]
        return events

    return make, register


def resident(*history: AddressPeriod) -> Person:
    """Somebody who lived there last."""
    return Person(
        cpr="0101605000", name="Nomen Nescio", status="emigrated", protected=False, children_under_18=0,
        address_history=history,
    )  # fmt: skip


def test_the_register_completes_what_the_message_does_not_say(looking: tuple[Any, Register]) -> None:
    """One that does not answer keeps the event waiting; one that does makes it a move, and is asked once."""
    make, register = looking
    events = make(Tray([body(1)]))

    assert [] == events.moves_into("0265", SINCE)
    assert "wait for the register" in events.problems[0]

    stay = AddressPeriod(municipality="0265", moved_in=TODAY, moved_out=None)
    before = AddressPeriod(municipality="0253", moved_in=None, moved_out=TODAY)
    register.answer = resident(stay, before)
    (found,) = make(Tray()).moves_into("0265", SINCE)
    make(Tray()).moves_into("0265", SINCE)

    assert (move(1).cpr, TODAY, "0253") == (found.cpr, found.moved_on, found.from_municipality)
    assert 2 == register.asked


def test_a_fault_about_one_person_keeps_nobody_else_waiting(looking: tuple[Any, Register]) -> None:
    """Where others are answered the fault is told and asked about again; where nobody is, all wait."""
    make, register = looking
    stay = AddressPeriod(municipality="0265", moved_in=TODAY, moved_out=None)
    register.answer = resident(stay, AddressPeriod(municipality="0253", moved_in=None, moved_out=TODAY))
    register.faulty = {move(number).cpr for number in range(12)}
    events = make(Tray([body(number) for number in range(12)]))

    assert [] == events.moves_into("0265", SINCE)
    assert ["sf1520: refused with E1: no words; events wait for the register and are asked about again"] == [
        *events.problems
    ]
    assert 10 == register.asked

    register.faulty = {move(5).cpr}
    for _ in range(2):
        events = make(Tray())
        assert {told(move(number)).id for number in range(12) if number != 5} == {
            one.id for one in events.moves_into("0265", SINCE)
        }
        assert any(told(move(5)).id in line and "refused with E1" in line for line in events.problems)


def test_an_answer_that_shows_no_move_is_an_answer_too(looking: tuple[Any, Register]) -> None:
    """The register lets us in, so a fault beside it is about one person and is told with the message's id."""
    make, register = looking
    register.answer, register.faulty = resident(), {move(1).cpr}
    events = make(Tray([body(1), body(2)]))
    events.moves_into("0265", SINCE)

    assert any(told(move(1)).id in line and "refused with E1" in line for line in events.problems)
    assert not any("wait for the register" in line for line in events.problems)


def test_what_the_register_does_not_show_is_told(looking: tuple[Any, Register]) -> None:
    """Nobody by the number, no move on the day: a line a run, with the id and nothing personal."""
    make, register = looking
    for answer, reason in (
        (PersonNotFoundError("sf1520"), "knows nobody"),
        (resident(), "no move on the day"),
    ):
        register.answer = answer
        events = make(Tray([body(1)]))

        assert [] == events.moves_into("0265", SINCE)
        (problem,) = events.problems
        assert reason in problem
        assert told(move(1)).id in problem
        assert move(1).cpr not in problem


def test_facts_come_from_somewhere(folder: Path, keys: Keys) -> None:
    """The message or the register says from where; with both, the message does and nobody is asked."""
    with pytest.raises(ValueError, match=r"fields .* or"):
        settings(fields=None)

    both = Sf1461(
        settings(register_lookup={**LOOKUP, "url": "https://asked.invalid"}), surroundings(folder, keys)
    )

    assert not any("asked.invalid" in host for host in both.hosts)


@pytest.mark.parametrize(
    "changed",
    [
        {"broker": "amqp://127.0.0.1:5672"},
        {"broker": "amqps://user:x@h"},
        {"queue": "../x"},
        {"move_events": []},
    ],
)
def test_settings_that_cannot_be_right(changed: dict[str, Any]) -> None:
    """Without TLS, with a password in the address, with a path as queue, without a move: refused."""
    with pytest.raises(ValueError, match="validation error"):
        settings(**changed)


def test_an_address_that_is_none(folder: Path, keys: Keys) -> None:
    """A port that is no number is found before anything is called."""
    with pytest.raises(AddressRefusedError):
        Sf1461(settings(broker="amqps://h:port"), surroundings(folder, keys))


def test_without_a_place_to_keep_nothing_is_taken(folder: Path) -> None:
    """No state folder, no key: the queue is not even opened."""
    tray = Tray([body(1)])
    events = Sf1461(settings(), surroundings(folder, None), queue=lambda: tray)

    with pytest.raises(StateMissingError):
        events.moves_into("0265", SINCE)

    assert [body(1)] == tray.waiting


def test_without_an_authority_it_is_told(folder: Path, keys: Keys) -> None:
    """For whom the messages are must be known before the token service is asked."""
    nameless = Surroundings(
        Municipality("0265", "Roskilde"), "test", folder, lambda ref: resolve_secret(ref, folder),
        state=folder / "state", vault=keys,
    )  # fmt: skip

    with pytest.raises(CertificateError, match="for which authority"):
        Sf1461(settings(), nameless).moves_into("0265", date.min)


def test_without_pika_it_says_how_to_get_it(
    folder: Path, keys: Keys, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The client is imported when a queue is opened; where it is absent, its extra is named."""
    monkeypatch.setitem(sys.modules, "pika", None)

    with pytest.raises(MissingClientError) as caught:
        Sf1461(settings(), surroundings(folder, keys)).moves_into("0265", SINCE)

    assert "rpa-commons[amqp]" in caught.value.remedy


def test_nothing_is_imported_before_it_is_needed(folder: Path, keys: Keys) -> None:
    """Reading the catalogue and making the connector import no pika."""
    program = (
        "import sys; from rpa_commons.connectors import load; load('sf1461');"
        "sys.exit('pika' in sys.modules)"
    )  # fmt: skip

    assert 0 == subprocess.run([sys.executable, "-c", program], check=False).returncode


def test_a_broker_that_is_not_there(folder: Path, keys: Keys) -> None:
    """Nobody listens: not sent, to be tried again."""
    events = Sf1461(settings(), surroundings(folder, keys))
    events._assertion = lambda: b"<x/>"  # type: ignore[method-assign] - the token service is not there either

    with pytest.raises(TransientError, match="takes no connection") as caught:
        events.moves_into("0265", SINCE)

    assert "no" == caught.value.sent
    assert not isinstance(caught.value, AccessRefusedError)


def test_its_hosts_are_declared(folder: Path, keys: Keys) -> None:
    """Broker, token service and register, and nobody else."""
    given: Sf1461Settings = settings(
        broker="amqps://broker.invalid", sts_url="https://sts.invalid", fields=None, register_lookup=LOOKUP
    )

    assert {"broker.invalid:5671", "sts.invalid:443", "127.0.0.1:1"} == Sf1461(
        given, surroundings(folder, keys)
    ).hosts
