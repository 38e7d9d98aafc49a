"""Recalls, test reports, the life of a project, and who hears of them."""

import json
from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from rpa_commons.conformance import sign, verify
from rpa_registry import curation, db
from rpa_registry.accounts import Identity
from rpa_registry.context import Registry
from rpa_registry.errors import ConflictError, ForbiddenError, NotFoundError, RegistryError
from rpa_registry.hooks import Event, hookimpl

Key = Ed25519PrivateKey
SUMMARY = "It writes to the wrong person."


@pytest.fixture
def draft(registry: Registry) -> Callable[..., dict[str, Any]]:
    """An advisory about welcome-letters, to sign."""

    def make(*versions: str, **changes: Any) -> dict[str, Any]:
        found = curation.draft_advisory(
            registry,
            "welcome-letters",
            versions or ("1.0.0",),
            severity="high",
            summary=SUMMARY,
            remedy="Stop it.",
        )
        return {**found, **changes}

    return make


def test_one_coordinator_recalls_and_the_files_are_withheld(
    registry: Registry, put: Callable[..., int], recalled: Callable[..., Any]
) -> None:
    """The release is quarantined, gone from the channels, and its signed advisory is published."""
    put(state="certified")

    done = recalled("anna")

    with registry.database.read() as connection:
        view = curation.view_of(connection, "welcome-letters", "1.0.0")
        page = _page(connection, "certified/simple/welcome-letters/index.json")
        published = json.loads(_page(connection, "advisories.json"))["advisories"]
    assert done == {"advisory": published[0]["signed"]["id"], "quarantined": ["welcome-letters 1.0.0"]}
    assert (
        view.state,
        view.advisory,
        page["files"] if isinstance(page, dict) else json.loads(page)["files"],
    ) == (
        "quarantined",
        done["advisory"],
        [],
    )
    assert verify(published[0]["key"], published[0]["signed"], published[0]["signature"])
    assert (published[0]["person"], published[0]["member"]) == ("anna", "0167")


def test_ids_count_within_the_year(put: Callable[..., int], recalled: Callable[..., Any]) -> None:
    """The cooperation's name, the year, and a number without gaps."""
    for version in ("1.0.0", "1.1.0"):
        put(version=version, state="published")
    year = db.now()[:4]

    found = [recalled("anna", "1.0.0")["advisory"], recalled("bo", "1.1.0")["advisory"]]

    assert found == [f"DIGIT-{year}-0001", f"DIGIT-{year}-0002"]


@pytest.mark.parametrize(
    ("name", "prefix"),
    [("DIGIT", "DIGIT"), ("Den digitale vej", "DEN-DIGITALE-VEJ"), ("Ærø", "R"), ("…", "REGISTRY")],
)
def test_an_id_begins_with_the_cooperation(name: str, prefix: str) -> None:
    """Its name in plain capitals."""
    assert prefix == curation.advisory_prefix(name)


def test_an_advisory_for_several_versions_is_one_act(
    registry: Registry, put: Callable[..., int], recalled: Callable[..., Any]
) -> None:
    """Versions that are quarantined already keep the advisory they have."""
    for version in ("1.0.0", "1.1.0", "1.2.0"):
        put(version=version, state="published")
    first = recalled("anna", "1.1.0")["advisory"]

    done = recalled("bo", "1.2.0", "1.0.0", "1.1.0")

    with registry.database.read() as connection:
        held = dict(connection.execute(sa.select(db.releases.c.version, db.releases.c.advisory)).all())
    assert done["quarantined"] == ["welcome-letters 1.0.0", "welcome-letters 1.2.0"]
    assert held == {"1.0.0": done["advisory"], "1.1.0": first, "1.2.0": done["advisory"]}


@pytest.mark.parametrize("login", ["mette", "dorte", "rita"])
def test_only_coordinators_recall(
    login: str,
    registry: Registry,
    put: Callable[..., int],
    identity: Callable[[str], Identity],
    keys: Callable[[str], Key],
    draft: Callable[..., dict[str, Any]],
) -> None:
    """A developer and an auditor do not, whatever they sign."""
    put(state="certified")
    document = draft()

    with pytest.raises(ForbiddenError, match="for coordinators"):
        curation.quarantine(registry, identity(login), document, sign(keys(login), document))


def test_a_signature_is_the_registered_keys_on_exactly_this(
    registry: Registry,
    put: Callable[..., int],
    identity: Callable[[str], Identity],
    keys: Callable[[str], Key],
    draft: Callable[..., dict[str, Any]],
) -> None:
    """Somebody else's key, another document, no key at all: refused, and nothing is quarantined."""
    put(state="certified")
    anna, document = identity("anna"), draft()

    with pytest.raises(ForbiddenError, match="no key is registered for anna"):
        curation.quarantine(registry, anna, document, sign(Key.generate(), document))
    key, other = keys("anna"), keys("bo")
    with pytest.raises(ForbiddenError, match="not what anna's registered key signed"):
        curation.quarantine(registry, anna, document, sign(other, document))
    with pytest.raises(ForbiddenError, match="not what anna's registered key signed"):
        curation.quarantine(registry, anna, {**document, "severity": "low"}, sign(key, document))

    with registry.database.read() as connection:
        assert curation.view_of(connection, "welcome-letters", "1.0.0").state == "certified"
        assert curation.advisories_of(connection) == []


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"more": 1}, "exactly the fields"),
        ({"summary": 7}, "are texts"),
        ({"summary": " "}, "the summary is missing"),
        ({"remedy": "call 111111-1118"}, "personal number"),
        ({"versions": []}, "versions is a list"),
        ({"versions": "1.0.0"}, "versions is a list"),
        ({"versions": ["1.0.0", "1.0.0"]}, "each once"),
        ({"versions": ["01.0.0"]}, "PEP 440"),
        ({"severity": "awful"}, "severity is one of"),
        ({"withdrawn": "2026-01-01T00:00:00Z"}, "withdrawn is null"),
        ({"issued": "yesterday"}, "issued is the time"),
        ({"issued": "2020-01-01T00:00:00Z", "id": "DIGIT-2020-0001"}, "at most a day ago"),
        ({"issued": "9020-01-01T00:00:00Z", "id": "DIGIT-9020-0001"}, "at most a day ago"),
        ({"id": "DDV-2026-0001"}, "its id is DIGIT-"),
        ({"id": "DIGIT-2026-1"}, "its id is DIGIT-"),
    ],
)
def test_a_document_that_is_no_advisory(
    changes: dict[str, Any],
    problem: str,
    registry: Registry,
    put: Callable[..., int],
    identity: Callable[[str], Identity],
    keys: Callable[[str], Key],
    draft: Callable[..., dict[str, Any]],
) -> None:
    """A field too many, too few, or of another form is told, even with a good signature."""
    put(state="certified")
    document = draft(**changes)

    with pytest.raises(RegistryError, match=problem):
        curation.quarantine(registry, identity("anna"), document, sign(keys("anna"), document))


def test_an_id_is_used_once(
    registry: Registry,
    put: Callable[..., int],
    identity: Callable[[str], Identity],
    keys: Callable[[str], Key],
    draft: Callable[..., dict[str, Any]],
) -> None:
    """Who signed with an id that was taken meanwhile hears the next free one."""
    for version in ("1.0.0", "1.1.0"):
        put(version=version, state="published")
    key, document = keys("anna"), draft()
    curation.quarantine(registry, identity("anna"), document, sign(key, document))
    second = {**document, "versions": ["1.1.0"]}

    with pytest.raises(ConflictError, match="is taken") as refused:
        curation.quarantine(registry, identity("anna"), second, sign(key, second))

    assert refused.value.remedy == f"sign it with the id {document['id'][:-1]}2"


def test_recalling_twice_is_refused(put: Callable[..., int], recalled: Callable[..., Any]) -> None:
    """A version that is quarantined already has its advisory."""
    put(state="published")
    recalled("anna")

    with pytest.raises(ConflictError, match="is quarantined already"):
        recalled("bo")


def test_an_advisory_is_withdrawn_after_the_release(
    registry: Registry,
    put: Callable[..., int],
    acted: Callable[..., Any],
    recalled: Callable[..., Any],
    identity: Callable[[str], Identity],
    keys: Callable[[str], Key],
) -> None:
    """First two release the version, then one takes the advisory back with a new signature."""
    put(state="published")
    name = recalled("anna")["advisory"]
    key = keys("bo")
    document = curation.draft_withdrawal(registry, name)
    signature = sign(key, document)

    with pytest.raises(ConflictError, match=r"still quarantines welcome-letters 1\.0\.0"):
        curation.withdraw_advisory(registry, identity("bo"), document, signature)
    acted("anna", "release_from_quarantine")
    acted("bo", "release_from_quarantine")
    curation.withdraw_advisory(registry, identity("bo"), document, signature)
    with pytest.raises(ConflictError, match="withdrawn already"):
        curation.withdraw_advisory(registry, identity("bo"), document, signature)

    with registry.database.read() as connection:
        (found,) = json.loads(_page(connection, "advisories.json"))["advisories"]
    assert found["signed"]["withdrawn"] == document["withdrawn"]
    assert verify(found["key"], found["signed"], found["signature"])
    assert found["person"] == "bo"


def test_a_withdrawal_changes_nothing_else(
    registry: Registry,
    put: Callable[..., int],
    recalled: Callable[..., Any],
    identity: Callable[[str], Identity],
    keys: Callable[[str], Key],
) -> None:
    """A summary that was rewritten on the way is another document."""
    put(state="published")
    name = recalled("anna")["advisory"]
    document = {**curation.draft_withdrawal(registry, name), "summary": "It was nothing."}

    with pytest.raises(RegistryError, match="another document"):
        curation.withdraw_advisory(registry, identity("bo"), document, sign(keys("bo"), document))
    with pytest.raises(NotFoundError, match="no advisory"):
        curation.draft_withdrawal(registry, "DIGIT-1999-0001")


def test_a_report_is_bound_to_the_wheel_and_shown_as_theirs(
    registry: Registry,
    put: Callable[..., int],
    identity: Callable[[str], Identity],
    keys: Callable[[str], Key],
) -> None:
    """It names the hash, has the signer's municipality, and is kept as it was signed."""
    put(state="published")
    key = keys("dorte")
    document = curation.draft_report(
        registry,
        "welcome-letters",
        "1.0.0",
        kind="sandbox",
        result="passed",
        summary="40 letters, all right.",
    )

    curation.add_report(registry, identity("dorte"), document, sign(key, document))

    with registry.database.read() as connection:
        (found,) = curation.reports_of(connection, document["sha256"])
    assert (found["signed"], found["person"], found["member"]) == (document, "dorte", "0350")
    with pytest.raises(ConflictError, match="here already"):
        curation.add_report(registry, identity("dorte"), document, sign(key, document))


@pytest.mark.parametrize(
    ("changes", "error", "problem"),
    [
        ({"sha256": "0" * 64}, NotFoundError, "no release has a wheel"),
        ({"kind": "rumour"}, RegistryError, "kind is one of"),
        ({"result": "well"}, RegistryError, "passed or failed"),
        ({"summary": ""}, RegistryError, "summary is missing"),
        ({"extra": "x"}, RegistryError, "exactly the texts"),
    ],
)
def test_a_document_that_is_no_report(
    changes: dict[str, Any],
    error: type[RegistryError],
    problem: str,
    registry: Registry,
    put: Callable[..., int],
    identity: Callable[[str], Identity],
    keys: Callable[[str], Key],
) -> None:
    """Refused with what is wrong, even with a good signature."""
    put(state="published")
    made = curation.draft_report(
        registry, "welcome-letters", "1.0.0", kind="sandbox", result="passed", summary="Right."
    )
    document = {**made, **changes}

    with pytest.raises(error, match=problem):
        curation.add_report(registry, identity("dorte"), document, sign(keys("dorte"), document))


@pytest.mark.parametrize("status", ["archived", "deprecated", "quarantined"])
def test_a_projects_life_is_on_its_pages(
    status: str, registry: Registry, put: Callable[..., int], identity: Callable[[str], Identity]
) -> None:
    """The status marker of PEP 792 stands in the JSON of both channels, and goes again."""
    put(state="certified")
    path = "all/simple/welcome-letters/index.json"

    curation.set_status(registry, identity("anna"), "welcome-letters", status, reason="the law has ended")
    with registry.database.read() as connection:
        during = json.loads(_page(connection, path))["project-status"]
    for login in ("anna", "bo") if status == "quarantined" else ("bo",):
        curation.set_status(registry, identity(login), "welcome-letters", "active", reason="looked at")
    with registry.database.read() as connection:
        afterwards = json.loads(_page(connection, path))["project-status"]

    assert during == {"status": status, "reason": "the law has ended"}
    assert afterwards["status"] == "active"


def test_a_projects_life_is_for_its_owner_and_coordinators(
    registry: Registry, put: Callable[..., int], identity: Callable[[str], Identity]
) -> None:
    """The owner archives; quarantine takes a coordinator, and its end two of other municipalities."""
    put(state="certified")
    change = curation.set_status

    change(registry, identity("mette"), "welcome-letters", "archived", reason="done")
    for login, status, problem in [
        ("dorte", "active", "is for coordinators"),
        ("rita", "active", "is for coordinators"),
        ("mette", "quarantined", "is for coordinators"),
    ]:
        with pytest.raises(ForbiddenError, match=problem):
            change(registry, identity(login), "welcome-letters", status, reason="because")
    change(registry, identity("jens"), "welcome-letters", "quarantined", reason="found something")
    with pytest.raises(ForbiddenError, match="nobody signs for their own bot"):
        change(registry, identity("jens"), "welcome-letters", "active", reason="it is fine")
    with pytest.raises(ConflictError, match="quarantined already"):
        change(registry, identity("anna"), "welcome-letters", "quarantined", reason="because")
    with pytest.raises(RegistryError, match="no status"):
        change(registry, identity("anna"), "welcome-letters", "gone", reason="because")
    with pytest.raises(RegistryError, match="reason is missing"):
        change(registry, identity("anna"), "welcome-letters", "archived")


def test_a_municipality_says_itself_what_it_runs(
    registry: Registry, put: Callable[..., int], identity: Callable[[str], Identity]
) -> None:
    """Its own people say it, and take it back; nobody says it for them."""
    put(state="published")
    say = curation.record_usage

    say(registry, identity("dorte"), "0350", "welcome-letters", "1.0.0")
    with pytest.raises(ForbiddenError, match="cannot speak for 0167"):
        say(registry, identity("dorte"), "0167", "welcome-letters", "1.0.0")
    with registry.database.read() as connection:
        during = json.loads(_page(connection, "catalogue/welcome-letters.json"))["runs_at"]
    say(registry, identity("bo"), "0350", "welcome-letters", "")
    with registry.database.read() as connection:
        afterwards = json.loads(_page(connection, "catalogue/welcome-letters.json"))["runs_at"]

    assert during == [{"member": {"code": "0350", "name": "Lejre"}, "version": "1.0.0"}]
    assert afterwards == []


def test_news_reach_owners_coordinators_and_those_who_run_it(
    registry: Registry,
    put: Callable[..., int],
    acted: Callable[..., Any],
    recalled: Callable[..., Any],
    identity: Callable[[str], Identity],
) -> None:
    """Each act's line in notify.jsonl names whom it concerns and why; nobody twice."""
    put(state="certified")
    put("greetings", "2.0.0", state="published")
    curation.record_usage(registry, identity("dorte"), "0350", "welcome-letters", "1.0.0")

    acted("jens", "deprecate", reason="a new one is there", use="greetings")
    recalled("anna")

    told = _told(registry)
    assert [one["act"] for one in told] == ["deprecate", "quarantine"]
    assert [{one["login"]: one["because"] for one in line["to"]} for line in told] == [
        {
            "jens": "your municipality owns it",
            "mette": "your municipality owns it",
            "bo": "your municipality runs it",
            "dorte": "your municipality runs it",
        },
        {
            "jens": "your municipality owns it",
            "mette": "your municipality owns it",
            "bo": "your municipality runs it",
            "dorte": "your municipality runs it",
            "anna": "you are a coordinator",
        },
    ]
    assert told[0]["details"]["use"] == "greetings"


def test_a_deprecation_reaches_those_on_that_version_only(
    registry: Registry,
    put: Callable[..., int],
    acted: Callable[..., Any],
    identity: Callable[[str], Identity],
) -> None:
    """A municipality on another version is left in peace."""
    put(version="1.0.0", state="certified")
    put(version="1.1.0", state="certified")
    curation.record_usage(registry, identity("dorte"), "0350", "welcome-letters", "1.1.0")

    acted("jens", "deprecate", version="1.0.0")

    assert sorted(one["login"] for one in _told(registry)[0]["to"]) == ["jens", "mette"]


def test_plugins_are_told_after_the_act(
    registry: Registry, put: Callable[..., int], acted: Callable[..., Any]
) -> None:
    """A plugin that fails changes nothing and the next act is told too."""
    heard: list[Event] = []

    class Ours:
        @hookimpl
        def rpa_registry_notify(self, event: Event) -> None:
            heard.append(event)
            raise RuntimeError("the mail server is away")

    registry.plugins.register(Ours())
    put()

    assert acted("mette", "submit").state == "in_review"
    assert acted("mette", "publish").state == "published"
    assert [(one.act, one.subject, one.actor) for one in heard] == [
        ("submit", "welcome-letters 1.0.0", "mette"),
        ("publish", "welcome-letters 1.0.0", "mette"),
    ]


def test_news_wait_for_a_full_disk(
    registry: Registry, put: Callable[..., int], acted: Callable[..., Any]
) -> None:
    """When the file cannot be written the act stands, and its news come with the next one's."""
    put()
    blocked = registry.settings.data_dir / curation.NOTIFY_NAME
    blocked.mkdir()

    assert acted("mette", "submit").state == "in_review"
    blocked.rmdir()
    acted("mette", "publish")

    assert [one["act"] for one in _told(registry)] == ["submit", "publish"]


def _told(registry: Registry) -> list[dict[str, Any]]:
    text = (registry.settings.data_dir / curation.NOTIFY_NAME).read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines()]


def _page(connection: sa.Connection, path: str) -> Any:
    return bytes(connection.scalar(sa.select(db.pages.c.body).where(db.pages.c.path == path)) or b"")
