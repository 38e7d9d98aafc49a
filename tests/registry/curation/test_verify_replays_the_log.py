"""What somebody wrote into the database is found by telling the log anew, table by table."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from rpa_registry import db, log
from rpa_registry.accounts import (
    Identity,
    add_person,
    as_person,
    disable_person,
    end_stand_in,
    issue_token,
    name_stand_in,
    operator,
    register_key,
    revoke_token,
)
from rpa_registry.context import Registry
from rpa_registry.curation import (
    accept_name,
    act,
    add_report,
    draft_report,
    exempt,
    record_usage,
    set_status,
    withdraw_exemption,
)
from rpa_registry.operations import verify
from rpa_registry.publishing import approve_public, withdraw_public

SUBJECT = "welcome-letters 1.0.0"
AT = "2026-11-22T09:00:00Z"


@pytest.fixture
def eventful(
    registry: Registry,
    admitted: Callable[..., Any],
    acted: Callable[..., Any],
    recalled: Callable[..., Any],
    identity: Callable[[str], Identity],
) -> Registry:
    """A registry in which everything was done that there is to do, by the program."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    from rpa_commons.conformance import public_key_text, sign

    key = Ed25519PrivateKey.generate()
    today = datetime.now(UTC).date()
    with registry.database.write() as connection:
        add_person(connection, operator(), "ida", "Ida", "0167", "developer")
        register_key(connection, operator(), "bo", public_key_text(key))
        name_stand_in(connection, operator(), "anna", "ida", today, today + timedelta(days=3), "leave")
        ended = name_stand_in(connection, operator(), "bo", "dorte", today, today, "a day off")
        end_stand_in(connection, operator(), ended.id)
        first = issue_token(connection, operator(), "mette", label="laptop", scopes=("upload",))
        issue_token(connection, operator(), "rita", label="reads", scopes=("read",))
        revoke_token(connection, operator(), first.id)
        disable_person(connection, operator(), "rita")
        for name in ("openpyxl", "xlrd"):
            approve_public(connection, identity("anna"), name, "tables")
        withdraw_public(connection, identity("anna"), "xlrd")
    admitted(accepted_by="anna")
    for login, name in (
        ("mette", "submit"),
        ("bo", "return"),
        ("mette", "submit"),
        ("mette", "publish"),
        ("ida", "certify"),
        ("bo", "certify"),
        ("mette", "deprecate"),
        ("mette", "undeprecate"),
        ("anna", "yank"),
    ):
        acted(login, name)
    admitted(version="1.1.0")
    acted("mette", "withdraw", version="1.1.0")
    admitted(version="1.2.0")
    for name in ("submit", "publish"):
        acted("mette", name, version="1.2.0")
    acted("bo", "certify", version="1.2.0")
    admitted("quiet-bot")
    for status, logins in (("quarantined", ["anna"]), ("active", ["anna", "bo"]), ("archived", ["jens"])):
        for login in logins:
            set_status(registry, identity(login), "welcome-letters", status, reason="because")
    exempt(registry, identity("anna"), "welcome-letters", "sandbox", reason="no system")
    exempt(registry, identity("anna"), "welcome-letters", "letters-edited", reason="none")
    withdraw_exemption(registry, identity("anna"), "welcome-letters", "letters-edited", reason="some")
    record_usage(registry, identity("dorte"), "0350", "welcome-letters", "1.0.0")
    draft = draft_report(registry, "welcome-letters", "1.0.0", kind="tests", result="passed", summary="All")
    add_report(registry, identity("bo"), draft, sign(key, draft))
    return registry


def change(registry: Registry, statement: Any) -> None:
    """Write behind the program's back."""
    with registry.database.write() as connection:
        # -1: PostgreSQL's driver does not say for rows that were put in together
        assert connection.execute(statement).rowcount != 0


def told(registry: Registry) -> list[tuple[str, str]]:
    """What ``verify`` says about states and rules."""
    return [(one.kind, one.subject) for one in verify(registry).problems if one.kind in {"state", "rule"}]


def test_what_the_program_did_is_what_the_log_tells(
    eventful: Registry, recalled: Callable[..., Any], acted: Callable[..., Any]
) -> None:
    """Every act there is, stand-ins, a recall and its end: nothing differs."""
    assert told(eventful) == []


def test_a_recall_and_its_end_are_told(
    registry: Registry, admitted: Callable[..., Any], acted: Callable[..., Any], identity: Any
) -> None:
    """Half signed, recalled, released, signed anew."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    from rpa_commons.conformance import public_key_text, sign
    from rpa_registry.curation import draft_advisory, quarantine

    key = Ed25519PrivateKey.generate()
    with registry.database.write() as connection:
        register_key(connection, operator(), "anna", public_key_text(key))
    admitted(accepted_by="bo")
    for login, name in (("mette", "submit"), ("mette", "publish"), ("bo", "certify")):
        acted(login, name)
    draft = draft_advisory(
        registry, "welcome-letters", ["1.0.0"], severity="high", summary="wrong", remedy="stop"
    )
    quarantine(registry, identity("anna"), draft, sign(key, draft))
    during = told(registry)
    for name in ("release_from_quarantine", "certify"):
        for login in ("anna", "bo"):
            acted(login, name)

    assert (during, told(registry)) == ([], [])


def _signature(person: str, member: str) -> dict[str, Any]:
    release = sa.select(db.releases.c.id).where(db.releases.c.version == "1.2.0").scalar_subquery()
    return {"release": release, "act": "certify", "person": person, "member": member, "at": AT}


TAMPERED: dict[str, tuple[Any, set[tuple[str, str]]]] = {
    "a release made certified": (
        lambda: sa.update(db.releases)
        .where(db.releases.c.version == "1.2.0")
        .values(state="certified", certified=AT),
        {("state", "release welcome-letters 1.2.0"), ("rule", "welcome-letters 1.2.0")},
    ),
    "a signature": (
        lambda: sa.insert(db.signatures).values(_signature("anna", "0167")),
        {("state", "signatures of welcome-letters 1.2.0")},
    ),
    "another signer": (
        lambda: sa.update(db.signatures)
        .where(db.signatures.c.person == "bo")
        .values(person="anna", member="0167"),
        {
            ("state", "signatures of welcome-letters 1.0.0"),
            ("state", "signatures of welcome-letters 1.2.0"),
        },
    ),
    "a signature that counts no longer": (
        lambda: sa.update(db.signatures).where(db.signatures.c.person == "ida").values(superseded=AT),
        {("state", "signatures of welcome-letters 1.0.0"), ("rule", "welcome-letters 1.0.0")},
    ),
    "a signature for another coordinator": (
        lambda: sa.update(db.signatures).where(db.signatures.c.person == "ida").values(for_coordinator=None),
        {("state", "signatures of welcome-letters 1.0.0")},
    ),
    "a yank taken back": (
        lambda: sa.update(db.releases).where(db.releases.c.version == "1.0.0").values(yanked=None),
        {("state", "release welcome-letters 1.0.0")},
    ),
    "a deprecation": (
        lambda: sa.update(db.releases).where(db.releases.c.version == "1.2.0").values(deprecated=AT),
        {("state", "release welcome-letters 1.2.0")},
    ),
    "a quarantine": (
        lambda: sa.update(db.releases).where(db.releases.c.version == "1.2.0").values(quarantined=AT),
        {("state", "release welcome-letters 1.2.0")},
    ),
    "another uploader": (
        lambda: sa.update(db.releases).where(db.releases.c.version == "1.2.0").values(uploaded_by="jens"),
        {("state", "release welcome-letters 1.2.0")},
    ),
    "other bytes": (
        lambda: sa.update(db.files).where(db.files.c.filename.contains("1.2.0")).values(sha256="0" * 64),
        {("state", "release welcome-letters 1.2.0")},
    ),
    "an accepted name": (
        lambda: sa.update(db.projects).where(db.projects.c.name == "quiet-bot").values(accepted=AT),
        {("state", "release quiet-bot 1.0.0")},
    ),
    "a name accepted by somebody": (
        lambda: sa.update(db.projects)
        .where(db.projects.c.name == "quiet-bot")
        .values(accepted=AT, accepted_by="anna"),
        {("state", "project quiet-bot"), ("state", "release quiet-bot 1.0.0")},
    ),
    "another owner": (
        lambda: sa.update(db.projects).where(db.projects.c.name == "quiet-bot").values(owner="0350"),
        {("state", "project quiet-bot")},
    ),
    "another status": (
        lambda: sa.update(db.projects).where(db.projects.c.name == "quiet-bot").values(status="quarantined"),
        {("state", "project quiet-bot")},
    ),
    "an end of a quarantine": (
        lambda: sa.update(db.project_signatures)
        .where(db.project_signatures.c.person == "bo")
        .values(superseded=None),
        {("state", "end of the quarantine of welcome-letters")},
    ),
    "another role": (
        lambda: sa.update(db.people).where(db.people.c.login == "dorte").values(role="coordinator"),
        {("state", "person dorte")},
    ),
    "a person who came back": (
        lambda: sa.update(db.people).where(db.people.c.login == "rita").values(active=True),
        {("state", "person rita")},
    ),
    "another key": (
        lambda: sa.update(db.people).where(db.people.c.login == "bo").values(public_key="AAAA"),
        {("state", "person bo")},
    ),
    "a person": (
        lambda: sa.insert(db.people).values(
            login="eve", name="Eve", member="0167", role="coordinator", active=True, added=AT
        ),
        {("state", "person eve")},
    ),
    "a member": (
        lambda: sa.insert(db.members).values(code="0999", name="Nowhere", country="dk", joined=AT),
        {("state", "member 0999")},
    ),
    "a token": (
        lambda: sa.insert(db.tokens).values(
            sha256="f" * 64, person="anna", label="x", scopes='["curate"]', created=AT, expires=AT
        ),
        {("state", "token 3")},
    ),
    "another token's hash": (
        lambda: sa.update(db.tokens).where(db.tokens.c.person == "mette").values(sha256="e" * 64),
        {("state", "token 1")},
    ),
    "a token that lives longer": (
        lambda: sa.update(db.tokens)
        .where(db.tokens.c.person == "mette")
        .values(expires="2099-01-01T00:00:00Z"),
        {("state", "token 1")},
    ),
    "a token for every project": (
        lambda: sa.update(db.tokens).where(db.tokens.c.person == "mette").values(projects='["x"]'),
        {("state", "token 1")},
    ),
    "a token that was revoked": (
        lambda: sa.update(db.tokens).where(db.tokens.c.person == "mette").values(revoked=None),
        {("state", "token 1")},
    ),
    "a stand-in": (
        lambda: sa.update(db.stand_ins).where(db.stand_ins.c.stand_in == "dorte").values(ended=None),
        {("state", "stand-in 2")},
    ),
    "an exemption": (
        lambda: sa.delete(db.exemptions),
        {("state", "exemption welcome-letters sandbox")},
    ),
    "a use": (
        lambda: sa.update(db.usage).values(version="1.2.0"),
        {("state", "use 0350 welcome-letters")},
    ),
    "a public package": (
        lambda: sa.delete(db.public_packages),
        {("state", "public package openpyxl")},
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", sorted(TAMPERED))
def test_what_was_written_into_a_table_is_named(what: str, eventful: Registry) -> None:
    """One row that the log does not tell, and nothing else is blamed."""
    statement, expected = TAMPERED[what]
    change(eventful, statement())

    assert set(told(eventful)) == expected


def test_a_report_that_nobody_sent_is_named(eventful: Registry) -> None:
    """Its hash, its kind, and whose it is said to be."""
    change(eventful, sa.update(db.reports).values(person="anna"))

    assert {kind for kind, _ in told(eventful)} == {"state"}
    assert len(told(eventful)) == 2


@pytest.mark.parametrize("first", ["anna", "dorte"])
def test_signatures_that_the_rules_forbid_are_named_though_the_log_tells_them(
    first: str, registry: Registry, admitted: Callable[..., Any], acted: Callable[..., Any]
) -> None:
    """A program that was changed wrote both; the people are judged again from the log alone."""
    admitted(accepted_by="anna")
    for name in ("submit", "publish"):
        acted("mette", name)
    with registry.database.write() as connection:
        number = connection.scalar(sa.select(db.releases.c.id))
        for count, login in enumerate((first, "mette"), start=1):
            person = as_person(connection, login)
            row = {"release": number, "act": "certify", "person": login, "member": person.member, "at": AT}
            connection.execute(sa.insert(db.signatures).values(row))
            details = {"signature": f"{count} of 2"}
            log.append(connection, person, "certify", SUBJECT, details)
        connection.execute(sa.update(db.releases).values(state="certified", certified=AT))
    texts = [one.text for one in verify(registry).problems if one.kind == "rule"]

    assert any("mette has to do with its owner (0265)" in one for one in texts)
    assert any("mette uploaded it" in one for one in texts)
    assert any("dorte was no coordinator" in one for one in texts) == (first == "dorte")


def test_an_act_out_of_order_is_named(registry: Registry, admitted: Callable[..., Any]) -> None:
    """An entry that no state allows, one about nothing, a publication before the name was accepted."""
    admitted()
    with registry.database.write() as connection:
        mette = as_person(connection, "mette")
        for name, subject in (("publish", SUBJECT), ("yank", "nothing 1.0"), ("conjure", SUBJECT)):
            log.append(connection, mette, name, subject, {})
        connection.execute(sa.update(db.releases).values(state="published", published=AT))
    texts = [one.text for one in verify(registry).problems if one.kind == "rule"]

    assert [text.split(" (")[0] for text in texts] == [
        "entry 11 tells of `publish` while it is staged; `publish` goes from in review",
        "it was published before its name was accepted",
        "entry 12",
        "entry 13",
    ]


def test_a_name_that_the_owner_accepted_is_named(registry: Registry, admitted: Callable[..., Any]) -> None:
    """By the municipality's own coordinator, told in the log by a program that was changed."""
    admitted()
    with registry.database.write() as connection:
        log.append(connection, as_person(connection, "jens"), "accept name", "welcome-letters", {})
        connection.execute(sa.update(db.projects).values(accepted=AT, accepted_by="jens"))

    assert told(registry) == [("rule", "welcome-letters")]


def test_names_of_an_older_schema_are_accepted_by_its_migration(
    registry: Registry, admitted: Callable[..., Any], identity: Callable[[str], Identity]
) -> None:
    """Those that the entry lists and that had a published release; no other."""
    admitted()
    admitted("quiet-bot")
    accept_name(registry, identity("anna"), "welcome-letters", reason="ours")
    for name in ("submit", "publish"):
        act(registry, identity("mette"), name, "welcome-letters", "1.0.0")
    with registry.database.write() as connection:
        details = {"before": "0002", "accepted_names": ["quiet-bot", "welcome-letters"]}
        log.append(connection, operator(), "migrate", "schema 0003", details)
        connection.execute(
            sa.update(db.projects).where(db.projects.c.name == "quiet-bot").values(accepted=AT)
        )

    assert told(registry) == [("state", "release quiet-bot 1.0.0")]
    assert json.loads(json.dumps(verify(registry).to_json()))["sound"] is False
