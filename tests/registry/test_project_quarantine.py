"""A quarantined project gives nothing to anybody, and two end it."""

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
import sqlalchemy as sa

from rpa_registry import db
from rpa_registry.accounts import Identity, add_person, operator
from rpa_registry.catalogue import is_served
from rpa_registry.context import Registry
from rpa_registry.curation import act, set_status
from rpa_registry.errors import ConflictError, ForbiddenError, RefusedError
from rpa_registry.export import export
from rpa_registry.operations import verify

Who = Callable[[str], Identity]
NAME = "welcome-letters"
SETTLES = 0.6  # seconds: on PostgreSQL a server looks four times a second whether something changed


@pytest.fixture
def address(registry: Registry, admitted: Callable[..., Any], identity: Who) -> str:
    """Where the wheel of a published release lies."""
    done = admitted(accepted_by="anna")
    for name in ("submit", "publish"):
        act(registry, identity("mette"), name, NAME, "1.0.0")
    return f"files/{done.sha256[:2]}/{done.sha256}/welcome_letters-1.0.0-py3-none-any.whl"


def quarantine(registry: Registry, who: Identity) -> None:
    """Withhold the whole project."""
    set_status(registry, who, NAME, "quarantined", reason="the token of its owner was stolen")


def test_neither_server_nor_export_nor_document_gives_it_away(
    registry: Registry,
    address: str,
    serve: Callable[[Registry], str],
    token: Callable[..., str],
    identity: Who,
    tmp_path: Path,
) -> None:
    """The wheel and its METADATA; the status line says why; afterwards they are there again."""
    url, folder = serve(registry), tmp_path / "www"
    mine = ("__token__", token("anna", "read"))
    paths = (address, f"{address}.metadata", f"staged/{NAME}-1.0.0/{address}")
    before = [httpx.get(f"{url}/{path}", auth=mine).status_code for path in paths]
    export(registry, folder)
    assert (folder / address).is_file()

    quarantine(registry, identity("anna"))
    time.sleep(0 if registry.database.is_sqlite else SETTLES)
    during = [httpx.get(f"{url}/{path}", auth=mine) for path in paths]
    export(registry, folder)
    document = json.loads((folder / "catalogue" / f"{NAME}.json").read_bytes())
    left = [one for one in folder.rglob("*welcome_letters*") if one.is_file()]
    for login in ("anna", "bo"):
        set_status(registry, identity(login), NAME, "active", reason="a new token")
    time.sleep(0 if registry.database.is_sqlite else SETTLES)

    assert before == [200, 200, 200]
    assert [one.status_code for one in during] == [410, 410, 410]
    assert "its project is, because: the token of its owner was stolen" in during[0].reason_phrase
    assert left == []
    assert [one["file"] for one in document["releases"]] == [None]
    assert (document["latest"], document["status"]) == (None, "quarantined")
    assert httpx.get(f"{url}/{address}").status_code == 200


@pytest.mark.parametrize(
    ("state", "quarantined", "status", "expected"),
    [
        ("published", None, "active", True),
        ("certified", None, "archived", True),
        ("certified", None, "deprecated", True),
        ("certified", None, "quarantined", False),
        ("certified", "2026-11-22T09:00:00Z", "active", False),
        ("in_review", None, "active", False),
        ("withdrawn", None, "active", False),
    ],
)
def test_what_is_served(state: str, quarantined: str | None, status: str, expected: bool) -> None:
    """Published, and neither it nor its project quarantined."""
    assert is_served(state, quarantined, status) is expected


def test_two_coordinators_end_it(registry: Registry, address: str, identity: Who) -> None:
    """The first signature changes nothing; news, log and pages tell both."""
    quarantine(registry, identity("jens"))

    first = set_status(registry, identity("anna"), NAME, "active", reason="looked at it")
    second = set_status(registry, identity("bo"), NAME, "active", reason="so did I")
    with registry.database.read() as connection:
        acts = connection.scalars(sa.select(db.log.c.act).order_by(db.log.c.seq)).all()

    assert (first["status"], first["waits_for"]) == (
        "quarantined",
        "1 of 2 signatures to end the quarantine",
    )
    assert (second["status"], second["waits_for"]) == ("active", "")
    assert acts[-3:] == ["project_status", "end_quarantine", "project_status"]
    assert verify(registry).problems == ()


def test_who_may_end_it(registry: Registry, address: str, identity: Who) -> None:
    """As for a release: not the owner's, nobody twice, not two of one municipality, with a reason."""
    with registry.database.write() as connection:
        add_person(connection, operator(), "erik", "Erik", "0167", "coordinator")
    quarantine(registry, identity("anna"))
    for login, status, reason, error, why in (
        ("jens", "active", "ours", ForbiddenError, "nobody signs for their own bot"),
        ("mette", "active", "ours", ForbiddenError, "is for coordinators of other municipalities"),
        ("anna", "archived", "old", ConflictError, "make it active first"),
        ("anna", "active", "", RefusedError, "is missing"),
    ):
        with pytest.raises((error, ConflictError)) as refused:
            set_status(registry, identity(login), NAME, status, reason=reason)
        assert why in f"{refused.value.message} {refused.value.remedy}"
    set_status(registry, identity("anna"), NAME, "active", reason="looked at it")

    with pytest.raises(ConflictError, match="anna signed already"):
        set_status(registry, identity("anna"), NAME, "active", reason="again")
    with pytest.raises(ForbiddenError, match="two must be of two municipalities"):
        set_status(registry, identity("erik"), NAME, "active", reason="me too")


def test_a_second_quarantine_needs_two_new_signatures(
    registry: Registry, address: str, identity: Who
) -> None:
    """What ended it once does not end it again."""
    for _ in range(2):
        quarantine(registry, identity("anna"))
        for login, expected in (("anna", "quarantined"), ("bo", "active")):
            done = set_status(registry, identity(login), NAME, "active", reason="looked at it")
            assert done["status"] == expected

    assert verify(registry).problems == ()
