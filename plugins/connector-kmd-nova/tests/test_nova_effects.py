"""What the Nova connector does beside the contract: two steps, one UUID; waiting; paging; what it refuses."""

from contextlib import closing
from datetime import date
from typing import Any

import pytest

from connector_kmd_nova import KmdNovaSettings, _api
from connector_kmd_nova._shapes import NovaDocument, NovaTask
from rpa_commons.capabilities import (
    BusinessError,
    CaseQuery,
    NewCase,
    NewDocument,
    NewNote,
    NewTask,
    Party,
    TaskChange,
    TransientError,
)
from rpa_commons.connectors import message_uuid
from rpa_commons.connectors.http import AccessRefusedError, UnexpectedAnswerError

KEY, OTHER_KEY = "1" * 64, "2" * 64
PARTY = Party(kind="person", id="2211771212", name="Ole Hemmelig")
CASE = NewCase(title="Ansøgning", kle="27.60.04", facet="G01", parties=(PARTY,), opened_on=date(2026, 11, 2))
DOCUMENT = NewDocument(title="Ansøgning", file_name='brev "æøå".pdf', content=b"%PDF-1.7\r\n--x\r\n")
TASK = NewTask(title="Vurdér", deadline=date(2026, 12, 1), person="Hanne")


class Killed(BaseException):
    """What kill -9 is to a worker."""


@pytest.mark.parametrize("repeated", ["same-receipt", "duplicate-error", "duplicate-error-400"])
def test_a_crash_between_upload_and_import_is_repaired_by_the_repeat(
    start: Any, monkeypatch: pytest.MonkeyPatch, repeated: str
) -> None:
    """Whoever dies after the upload uploads again under the same UUID, and there is one document."""
    nova = start(repeated=repeated)
    with closing(nova.connect()) as system:
        case = system.open_case(CASE, key=KEY).id
        with monkeypatch.context() as patch:
            patch.setattr(system._api, "change", die)
            with pytest.raises(Killed):
                system.add_document(case, DOCUMENT, key=OTHER_KEY)
    before = nova.taken("add_document")
    with closing(nova.connect()) as system:
        receipt = system.add_document(case, DOCUMENT, key=OTHER_KEY)
        content = system.document_file(case, receipt.id).content

    assert (before, nova.taken("add_document")) == (0, 1)
    assert len(nova.entries(outcome="uploaded")) == 1
    assert message_uuid(OTHER_KEY) == receipt.id
    assert DOCUMENT.content == content


def die(*_: object) -> None:
    """End without a word."""
    raise Killed


def test_the_uuid_is_the_key_and_the_transaction_is_the_call(nova: Any) -> None:
    """One key is one UUID however often it is sent; each call has a transaction id of its own."""
    with closing(nova.connect()) as system:
        for _ in range(3):
            system.open_case(CASE, key=KEY)
    entries = nova.entries(kind="case")

    assert {message_uuid(KEY)} == {entry["key"] for entry in entries}
    assert [entry["outcome"] for entry in entries] == ["accepted", "repeated", "repeated"]
    assert len({entry["transaction_id"] for entry in entries}) == 3
    assert [entry["same_content"] for entry in entries[1:]] == [True, True]


def test_a_new_case_is_waited_for(start: Any) -> None:
    """Nova shows a new case some seconds late: its number is waited for."""
    nova = start(settle=0.4)
    with closing(nova.connect(settle=5.0)) as system:
        receipt = system.open_case(CASE, key=KEY)

    assert receipt.number.startswith("S")


def test_a_case_that_is_not_shown_in_time_goes_back_to_the_queue(start: Any) -> None:
    """Taken and not yet shown is no failure of the case: it may have been done, and the repeat finds it."""
    nova = start(settle=0.6, repeated="duplicate-error-400")
    with closing(nova.connect(settle=0.0)) as system, pytest.raises(TransientError) as caught:
        system.open_case(CASE, key=KEY)
    with closing(nova.connect(settle=5.0)) as system:
        receipt = system.open_case(CASE, key=KEY)

    assert caught.value.sent == "maybe"
    assert (message_uuid(KEY), True) == (receipt.id, receipt.repeated)
    assert nova.taken("open_case") == 1


def test_a_run_that_stops_does_not_wait_for_a_new_case(start: Any) -> None:
    """Whoever ends a run waits for no case to be shown: it goes back to the queue at once."""
    asked: list[float] = []
    nova = start(settle=60)
    with closing(nova.connect(settle=60, pause=asked.append)) as system, pytest.raises(TransientError):
        system.open_case(CASE, key=KEY)

    assert len(asked) == 1
    assert nova.taken("open_case") == 1


@pytest.mark.parametrize("listed", ["documents", "tasks", "_notes"])
def test_what_was_refused_is_found_whatever_case_its_uuid_is_written_in(
    nova: Any, monkeypatch: pytest.MonkeyPatch, listed: str
) -> None:
    """A UUID in capitals is the same one: what is there already is not called refused."""
    with closing(nova.connect()) as system:
        case = system.open_case(CASE, key=KEY).id
        effects: dict[str, Any] = {
            "documents": lambda: system.add_document(case, DOCUMENT, key=OTHER_KEY),
            "tasks": lambda: system.add_task(case, TASK, key=OTHER_KEY),
            "_notes": lambda: system.add_note(case, NewNote(title="Notat", text="Tekst"), key=OTHER_KEY),
        }
        first = effects[listed]()
        place = system if listed == "_notes" else system._api
        real, key = getattr(place, listed), {"documents": "document_uuid", "tasks": "task_uuid"}
        monkeypatch.setattr(
            place, listed, lambda of: [in_capitals(one, key.get(listed, "uuid")) for one in real(of)]
        )
        monkeypatch.setattr(system._api, "taken", lambda _: False)
        again = effects[listed]()

    assert (first.id, True) == (again.id, again.repeated)


def in_capitals(one: Any, name: str) -> Any:
    """The same, its UUID written in capitals."""
    return one.model_copy(update={name: getattr(one, name).upper()})


def test_a_worker_whose_id_nova_writes_otherwise_is_no_change(
    nova: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The task is as it was to become: the probe says so and nothing is sent again."""
    with closing(nova.connect()) as system:
        case = system.open_case(CASE, key=KEY).id
        task = system.add_task(case, TASK, key=OTHER_KEY).id
        (found,) = system._api.tasks(case)
        shouted = found.model_copy(update={"case_worker": in_capitals(found.case_worker, "id")})
        monkeypatch.setattr(system._api, "tasks", lambda _: [shouted])

        assert system.probe_update_task(case, task, TaskChange(person="Hanne"), key=KEY) is not None


def test_one_refused_token_is_renewed(nova: Any) -> None:
    """Status 401 once: a fresh token, and the call goes through."""
    with closing(nova.connect()) as system:
        system.find_cases(CaseQuery(party=PARTY))
        nova.box.fault("kmd-nova", "401", times=1)

        assert system.find_cases(CaseQuery(party=PARTY)) == ()


def test_a_token_that_ends_is_renewed(start: Any) -> None:
    """A token of one second is renewed before it ends, and nobody notices."""
    nova = start(token_lifetime=1)
    with closing(nova.connect()) as system:
        for _ in range(12):
            system.find_cases(CaseQuery(party=PARTY))
            nova.box.faults.clear()
    tokens = [call for call in nova.box.calls() if call["service"] == "kmd-nova-token"]

    assert {"200"} == {call["outcome"] for call in nova.box.calls()}
    assert tokens


def test_a_wrong_secret_is_about_the_access(nova: Any) -> None:
    """A secret that the token service refuses stops the cases and says what to check."""
    with closing(nova.connect(secret="wrong")) as system, pytest.raises(AccessRefusedError) as caught:  # noqa: S106 - it opens nothing
        system.find_cases(CaseQuery(party=PARTY))

    assert "invalid_client" in str(caught.value)
    assert "wrong" not in str(caught.value)


def test_without_a_token_nothing_was_sent(nova: Any) -> None:
    """While no token can be had, an effect has certainly not been carried out."""
    with (
        closing(nova.connect()) as system,
        nova.failing("500", "kmd-nova-token"),
        pytest.raises(TransientError) as caught,
    ):
        system.open_case(CASE, key=KEY)

    assert caught.value.sent == "no"


@pytest.mark.parametrize(
    ("method", "arguments", "words"),
    [
        ("open_case", (CASE.model_copy(update={"facet": ""}),), "facet"),
        ("open_case", (CASE.model_copy(update={"parties": ()}),), "primary party"),
        ("open_case", (CASE.model_copy(update={"parties": (PARTY, PARTY)}),), "primary party"),
        ("open_case", (CASE.model_copy(update={"unit": "Ukendt"}),), "unit"),
        ("open_case", (CASE.model_copy(update={"person": "Ukendt"}),), "caseworker"),
        (
            "open_case",
            (CASE.model_copy(update={"parties": (Party(kind="person", id="0000000000"),)}),),
            "a party is",
        ),
        ("add_task", ("planned", NewTask(title="Vurdér", person="Hanne")), "deadline"),
        ("add_task", ("planned", TASK.model_copy(update={"unit": "Borgerservice"})), "caseworker"),
        ("add_task", ("planned", TASK.model_copy(update={"person": "nobody"})), "caseworker"),
        ("add_task", ("planned", TASK.model_copy(update={"person": "no id"})), "id"),
        ("update_task", ("planned", "planned", TaskChange(unit="Borgerservice")), "caseworker"),
    ],
)
def test_what_nova_is_not_known_to_take_is_refused_without_asking(
    nova: Any, method: str, arguments: tuple[object, ...], words: str
) -> None:
    """A plan and a run refuse it alike, with a remedy, and Nova is not called."""
    people = {"robot": {"user": "AZX0001", "name": "R"}, "no id": {"user": "AZX0003", "name": "N"}}
    people["Hanne"] = {"user": "AZX0002", "name": "H", "id": "1bacdddd-5c61-4676-9a61-b01a18cec1d5"}
    with closing(nova.connect(facet="", people=people)) as system, pytest.raises(BusinessError) as caught:
        getattr(system, f"check_{method}")(*arguments)

    assert words in str(caught.value)
    assert caught.value.remedy
    assert nova.box.calls() == []


def test_a_note_that_nobody_signs_is_refused(nova: Any) -> None:
    """Each recorded note has an author; without one in the settings a note is refused, in a plan too."""
    with closing(nova.connect(person="")) as system, pytest.raises(BusinessError, match="signs"):
        system.check_add_note("planned", NewNote(title="Note", text="Tekst"))


def test_letters_that_nova_damages_are_not_sent(nova: Any) -> None:
    """By default a note has only letters that Nova keeps; with all of them it is damaged."""
    text = "Blå bær på række\nÆØÅ € é"
    with closing(nova.connect()) as system:
        case = system.open_case(CASE, key=KEY).id
        system.add_note(case, NewNote(title="Note", text=text), key=KEY)
    with closing(nova.connect(note_letters="all")) as system:
        system.add_note(case, NewNote(title="Note", text=text), key=OTHER_KEY)
        written = [note.text for note in system.notes(case)]

    assert written[0] == "Blaa baer paa raekke\nAeOeAa ? e"
    assert text != written[1]
    assert "?" in written[1]


@pytest.mark.parametrize("repeated", ["same-receipt", "duplicate-error"])
def test_every_page_is_read(start: Any, monkeypatch: pytest.MonkeyPatch, repeated: str) -> None:
    """Five cases on pages of two are five; more than the settings allow are refused, never a part shown."""
    nova = start(repeated=repeated)
    monkeypatch.setattr(_api, "PAGE", 2)
    with closing(nova.connect()) as system:
        for number in range(5):
            system.open_case(CASE, key=str(number) * 64)

        assert len(system.find_cases(CaseQuery(party=PARTY))) == 5
    with closing(nova.connect(most_cases=4)) as system, pytest.raises(BusinessError, match="more than 4"):
        system.find_cases(CaseQuery(party=PARTY))


def test_a_task_is_given_to_somebody_else(nova: Any) -> None:
    """A caseworker is named by the municipality's word, sent by novaUserId, and read back as the word."""
    with closing(nova.connect()) as system:
        case = system.open_case(CASE, key=KEY).id
        task = system.add_task(case, TASK, key=KEY).id
        system.update_task(case, task, TaskChange(person="robot"), key=KEY)
        (read,) = system.tasks(case)

    assert ("robot", "new", date(2026, 12, 1)) == (read.person, read.status, read.deadline)


def test_a_document_is_as_confidential_as_its_case(nova: Any) -> None:
    """Where the bot names no confidentiality, the case's is taken."""
    with closing(nova.connect()) as system:
        sensitive = CASE.model_copy(update={"confidentiality": "highly-sensitive"})
        case = system.open_case(sensitive, key=KEY).id
        system.add_document(case, DOCUMENT, key=KEY)
        (filed,) = system.documents(case)

    assert filed.confidentiality == "highly-sensitive"


@pytest.mark.parametrize(
    ("method", "row"),
    [
        ("documents", NovaDocument(documentUuid="d", title="x" * 300)),
        ("tasks", NovaTask(taskUuid="t", taskTitle="x" * 300, taskStatusCode="N")),
    ],
)
def test_what_does_not_fit_is_told_as_an_answer(
    nova: Any, monkeypatch: pytest.MonkeyPatch, method: str, row: Any
) -> None:
    """An answer that is of the recorded shape and still no document or task is an error of ours."""
    with closing(nova.connect()) as system:
        case = system.open_case(CASE, key=KEY).id
        monkeypatch.setattr(system._api, method, lambda _: [row])

        with pytest.raises(UnexpectedAnswerError, match="not as recorded"):
            getattr(system, method)(case)


def test_settings_name_only_words_that_they_hold(nova: Any) -> None:
    """A unit or person that is in no table is refused when the settings are read, without showing it."""
    for wrong in ({"unit": "Hemmelig"}, {"security_unit": "Hemmelig"}, {"person": "Hemmelig"}):
        with pytest.raises(ValueError, match="is none of the words"):
            nova.settings(**wrong)

    assert nova.connect().hosts == {nova.box.url_of("kmd-nova").removeprefix("https://")}
    assert KmdNovaSettings.model_fields["token_url"].default.startswith("https://novaauth.kmd.dk/")
