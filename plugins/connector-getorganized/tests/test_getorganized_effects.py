"""What the GetOrganized connector does beside the contract: found again by our key, and what it refuses."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import date
from typing import Any

import pytest

from rpa_commons.capabilities import (
    BusinessError,
    CaseQuery,
    NewCase,
    NewDocument,
    Party,
    TransientError,
)
from rpa_commons.connectors import message_uuid
from rpa_commons.connectors.http import AccessRefusedError

KEY, OTHER_KEY = "1" * 64, "2" * 64
PARTY = Party(kind="person", id="2211771212", name="Ole Hemmelig")
CASE = NewCase(title="Ansøgning", kle="27.60.04", facet="G01", parties=(PARTY,), opened_on=date(2026, 11, 2))
DOCUMENT = NewDocument(title="Ansøgning", file_name="brev.pdf", content=b"%PDF-1.7", dated=date(2026, 11, 1))


class Killed(BaseException):
    """What kill -9 is to a worker."""


def die(*_: object) -> None:
    """End without a word."""
    raise Killed


def test_a_case_keeps_our_key(go: Any) -> None:
    """The key stands in the field that the settings name, beside the name of who wrote it."""
    with closing(go.connect(key_field="ows_EksternNoegle")) as system:
        case = system.open_case(CASE, key=KEY).id
        fields = system._api.case_fields(case)

    assert message_uuid(KEY) == fields["ows_EksternNoegle"]
    assert fields["ows_EksterntSystemID"] == "rpa-commons"
    assert fields["ows_KLENummer"] == "318;#27.60.04 Hjælpemidler"


def test_a_lost_answer_is_found_by_the_probe(go: Any) -> None:
    """The case was taken and the answer lost: the probe finds it, and nobody opens a second one."""
    with closing(go.connect()) as system:
        system.find_cases(CaseQuery(number="EMN-2026-000001"))  # logs the connection in
        go.box.fault("getorganized", "taken-then-time-out", times=1)
        with pytest.raises(TransientError) as caught:
            system.open_case(CASE, key=KEY)
        found = system.probe_open_case(CASE, key=KEY)
        other = system.probe_open_case(CASE, key=OTHER_KEY)

    assert caught.value.sent == "maybe"
    assert found is not None
    assert found.repeated
    assert other is None
    assert go.taken("open_case") == 1


def test_two_cases_with_one_key_are_for_a_person(go: Any) -> None:
    """Somebody opened it twice: which one is right is not guessed."""
    with closing(go.connect()) as system:
        for _ in range(2):
            system.open_case(CASE, key=KEY)

        with pytest.raises(BusinessError, match="2 cases keep the same key") as caught:
            system.probe_open_case(CASE, key=KEY)

    assert "ows_EksterntSagsID" in caught.value.remedy


def test_a_search_that_ignores_our_field_is_not_believed(go: Any) -> None:
    """Cases that come back without our key are somebody else's; the item waits until the field is right."""
    with closing(go.connect()) as system:
        case = system.open_case(CASE, key=KEY).id
        ignoring = {**system._api.case_fields(case), "ows_EksterntSagsID": "another"}
        system._api.case_fields = lambda _: ignoring

        with pytest.raises(TransientError, match="do not keep our key") as caught:
            system.probe_open_case(CASE, key=KEY)

    assert "key_field" in caught.value.remedy


def test_a_document_is_found_though_its_name_was_changed(go: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """The mark is what counts: GetOrganized may write a name in another way."""
    with closing(go.connect()) as system:
        case = system.open_case(CASE, key=KEY).id
        receipt = system.add_document(case, DOCUMENT, key=KEY)
        renamed = [
            (number, name.replace("brev", "br_v")) for number, name in system._api.files(system._info(case))
        ]
        monkeypatch.setattr(system._api, "files", lambda _: renamed)
        found = system.probe_add_document(case, DOCUMENT, key=KEY)

    assert found is not None
    assert receipt.id == found.id


@pytest.mark.parametrize("name", ["100% ægte.pdf", "Ole's brev.pdf", "a%20b.pdf", "a''b.pdf"])
def test_a_name_goes_through_a_link_unchanged(go: Any, name: str) -> None:
    """Percent signs and apostrophes mean something in a link and nothing in a name."""
    with closing(go.connect()) as system:
        case = system.open_case(CASE, key=KEY).id
        system.add_document(case, DOCUMENT.model_copy(update={"file_name": name}), key=KEY)
        (filed,) = system.documents(case)

    assert name == filed.file_name


def test_many_threads_log_in_once(go: Any) -> None:
    """NTLM lets a connection in, not a request: threads do not break each other's login."""
    with closing(go.connect()) as system, ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: system.find_cases(CaseQuery(party=PARTY)), range(40)))
    statuses = [call["outcome"] for call in go.box.calls()]

    assert found == [()] * 40
    assert [status for status in statuses if status != "200"] == ["401", "401"]


def test_a_crash_between_filing_and_journalising_is_repaired(
    go: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A document that was filed and not journalised is no finished effect; the repeat ends it, once filed."""
    final = DOCUMENT.model_copy(update={"final": True})
    with closing(go.connect()) as system:
        case = system.open_case(CASE, key=KEY).id
        with monkeypatch.context() as patch:
            patch.setattr(system._api, "journalise", die)
            with pytest.raises(Killed):
                system.add_document(case, final, key=KEY)
        before = system.probe_add_document(case, final, key=KEY)
        receipt = system.add_document(case, final, key=KEY)
        after = system.probe_add_document(case, final, key=KEY)
        (filed,) = system.documents(case)

    assert before is None
    assert receipt.repeated
    assert after is not None
    assert receipt.id == after.id == filed.id
    assert filed.final
    assert go.taken("add_document") == 1


def test_a_document_has_our_key_in_its_name_and_shows_the_given_one(go: Any) -> None:
    """In GetOrganized the name ends with a mark; read back it is as it was given."""
    with closing(go.connect()) as system:
        case = system.open_case(CASE, key=KEY).id
        system.add_document(case, DOCUMENT, key=KEY)
        (filed,) = system.documents(case)
        ((_, name),) = system._api.files(system._info(case))

    assert f"brev (rpac-{message_uuid(KEY).replace('-', '')[:12]}).pdf" == name
    assert (filed.file_name, filed.title, filed.direction) == ("brev.pdf", "Ansøgning", "incoming")


def test_a_wrong_password_is_about_the_access(go: Any) -> None:
    """Whoever cannot prove the password is told so, without seeing it."""
    with closing(go.connect(password="guessed")) as system, pytest.raises(AccessRefusedError) as caught:  # noqa: S106 - it opens nothing
        system.find_cases(CaseQuery(party=PARTY))

    assert "guessed" not in str(caught.value)
    assert caught.value.remedy


def test_a_server_without_ntlm_is_about_the_access(go: Any) -> None:
    """A 401 that invites to NTLM and then sends no challenge is no cut connection."""
    with closing(go.connect()) as system, go.failing("401"), pytest.raises(AccessRefusedError):
        system.find_cases(CaseQuery(party=PARTY))


@pytest.mark.parametrize(
    ("method", "arguments", "words"),
    [
        ("open_case", (CASE.model_copy(update={"confidentiality": "sensitive"}),), "confidential"),
        ("open_case", (CASE.model_copy(update={"kle": "00.00.00"}),), "kle"),
        ("open_case", (CASE.model_copy(update={"unit": "Ukendt"}),), "units"),
        ("open_case", (CASE.model_copy(update={"person": "Ukendt"}),), "people"),
        ("open_case", (CASE.model_copy(update={"parties": (PARTY, PARTY)}),), "more than one party"),
        (
            "open_case",
            (CASE.model_copy(update={"parties": (Party(kind="organisation", id="29189404"),)}),),
            "persons",
        ),
        ("open_case", (CASE.model_copy(update={"parties": (Party(kind="person", id="1"),)}),), "a party is"),
        ("add_document", ("planned", DOCUMENT.model_copy(update={"description": "x"})), "description"),
        (
            "add_document",
            ("planned", DOCUMENT.model_copy(update={"confidentiality": "open"})),
            "confidential",
        ),
        ("add_document", ("planned", DOCUMENT.model_copy(update={"content": b"x" * 11})), "over 10 bytes"),
    ],
)
def test_what_getorganized_is_not_known_to_take_is_refused_without_asking(
    go: Any, method: str, arguments: tuple[object, ...], words: str
) -> None:
    """A plan and a run refuse it alike, with a remedy, and GetOrganized is not called."""
    with closing(go.connect(largest_file=10)) as system, pytest.raises(BusinessError) as caught:
        getattr(system, f"check_{method}")(*arguments)

    assert words in str(caught.value)
    assert caught.value.remedy
    assert go.box.calls() == []


def test_a_search_that_finds_too_many_is_refused(go: Any) -> None:
    """All of them or none: never a part."""
    with closing(go.connect()) as system:
        for number in range(3):
            system.open_case(CASE, key=str(number) * 64)
    with closing(go.connect(most_cases=2)) as system, pytest.raises(BusinessError, match="more than 2"):
        system.find_cases(CaseQuery(party=PARTY))


def test_without_a_table_a_subject_is_sent_as_it_is(go: Any) -> None:
    """Where the municipality's field takes the plain number, no table is needed."""
    with closing(go.connect(kle={})) as system:
        case = system.open_case(CASE, key=KEY).id

        assert (system.case(case).kle, system.case(case).facet) == ("27.60.04", "G01")


def test_a_closed_case_is_found_as_one(go: Any) -> None:
    """The words of a closed case are a setting; every other one is of an open case."""
    with closing(go.connect(closed_statuses=["Åben"])) as system:
        system.open_case(CASE, key=KEY)
        (case,) = system.find_cases(CaseQuery(party=PARTY, status="closed"))

        assert system.find_cases(CaseQuery(party=PARTY, status="open")) == ()
    assert case.state == "Åben"
