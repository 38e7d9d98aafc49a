"""Two coordinators at the same moment, each at a server of their own on one database: one order, for both.

Whatever comes first, the second sees it; what a recall withholds is withheld at both servers.
"""

import threading
import time
from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from rpa_commons.conformance import public_key_text, sign
from rpa_registry import db
from rpa_registry.accounts import operator, register_key
from rpa_registry.context import Registry
from rpa_registry.curation import draft_advisory

PROJECT = "welcome-letters"
VERSIONS = [f"1.{number}.0" for number in range(5)]
SETTLES = 0.5  # seconds; a server on PostgreSQL looks four times a second


@pytest.fixture
def coordinators(
    registry: Registry, start: Callable[..., Any], client: Callable[..., Any], token: Callable[..., str]
) -> dict[str, Any]:
    """Anna and Bo, each with a connection to another server process."""
    servers = {login: start() for login in ("anna", "bo")}
    return {login: client(server, token(login, "curate")) for login, server in servers.items()}


@pytest.fixture
def published(
    admitted: Callable[..., Any], acted: Callable[..., Any], accept: Callable[[], Any]
) -> dict[str, str]:
    """Five published versions; the address of each one's wheel."""
    places = {}
    for version in VERSIONS:
        done = admitted(version=version)
        if not places:
            accept()
        acted("mette", "submit", version=version)
        acted("mette", "publish", version=version)
        places[version] = f"/files/{done.sha256[:2]}/{done.sha256}/welcome_letters-{version}-py3-none-any.whl"
    return places


@pytest.fixture
def advise(registry: Registry) -> Callable[[str, str], Callable[[], dict[str, Any]]]:
    """Draft and sign an advisory as a coordinator's own machine does: the body of the request."""
    keys: dict[str, Ed25519PrivateKey] = {}

    def draft(login: str, version: str) -> Callable[[], dict[str, Any]]:
        if login not in keys:
            keys[login] = Ed25519PrivateKey.generate()
            text = public_key_text(keys[login])
            with registry.database.write() as connection:
                register_key(connection, operator(), login, text)

        def body() -> dict[str, Any]:
            signed = draft_advisory(
                registry, PROJECT, [version], severity="high", summary="Wrong person.", remedy="Stop it."
            )
            return {"signed": signed, "signature": sign(keys[login], signed)}

        return body

    return draft


def together(*works: Callable[[], Any]) -> list[Any]:
    """What each gave, all begun at the same moment."""
    barrier = threading.Barrier(len(works))
    results: list[Any] = [None] * len(works)

    def run(number: int) -> None:
        barrier.wait(30)
        results[number] = works[number]()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(len(works))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def acts_on(registry: Registry, act: str) -> list[str]:
    """The subjects of an act in the log, sorted."""
    with registry.database.read() as connection:
        return sorted(connection.scalars(sa.select(db.log.c.subject).where(db.log.c.act == act)))


def test_both_certify(
    registry: Registry,
    coordinators: dict[str, Any],
    published: dict[str, str],
    sound: Callable[[], dict[str, Any]],
) -> None:
    """One is told "1 of 2", the other that it is certified; both servers then offer it."""
    for version in VERSIONS:
        answers = together(
            *(lambda one=one, v=version: one.act("certify", PROJECT, v) for one in coordinators.values())
        )
        assert [answer.status for answer in answers] == [200, 200]
        assert sorted(answer.json()["state"] for answer in answers) == ["certified", "published"]
    time.sleep(0 if registry.database.is_sqlite else SETTLES)
    pages = [
        one.get(f"/certified/simple/{PROJECT}/", accept="application/vnd.pypi.simple.v1+json").json()
        for one in coordinators.values()
    ]

    assert [sorted(page["versions"]) for page in pages] == [VERSIONS, VERSIONS]
    assert acts_on(registry, "certify") == sorted(f"{PROJECT} {version}" for version in VERSIONS * 2)
    assert sound()["problems"] == []


def test_both_quarantine(
    registry: Registry,
    coordinators: dict[str, Any],
    published: dict[str, str],
    advise: Callable[[str, str], Callable[[], dict[str, Any]]],
    sound: Callable[[], dict[str, Any]],
) -> None:
    """One advisory counts, the other is refused because it is done; nobody gets the wheel from either."""
    for version in VERSIONS:
        bodies = {login: advise(login, version)() for login in coordinators}
        answers = together(
            *(
                lambda one=one, v=version, body=bodies[login]: one.act("quarantine", PROJECT, v, **body)
                for login, one in coordinators.items()
            )
        )
        assert sorted(answer.status for answer in answers) == [200, 409], answers
    time.sleep(0 if registry.database.is_sqlite else SETTLES)
    gone = [one.get(place) for one in coordinators.values() for place in published.values()]
    with registry.database.read() as connection:
        advisories = connection.scalar(sa.select(sa.func.count()).select_from(db.advisories))

    assert {answer.status for answer in gone} == {410}
    assert advisories == len(VERSIONS)
    assert acts_on(registry, "quarantine") == [f"{PROJECT} {version}" for version in VERSIONS]
    assert sound()["problems"] == []


def test_one_certifies_while_the_other_quarantines(
    registry: Registry,
    coordinators: dict[str, Any],
    published: dict[str, str],
    advise: Callable[[str, str], Callable[[], dict[str, Any]]],
    acted: Callable[..., Any],
    sound: Callable[[], dict[str, Any]],
) -> None:
    """The recall holds in either order; the second signature counts only when it came first."""
    anna, bo = coordinators["anna"], coordinators["bo"]
    certified = set()
    for version in VERSIONS:
        acted("bo", "certify", version=version)
        body = advise("bo", version)()
        signed, recalled = together(
            lambda v=version: anna.act("certify", PROJECT, v),
            lambda v=version, b=body: bo.act("quarantine", PROJECT, v, **b),
        )
        assert recalled.status == 200, recalled
        assert signed.status in {200, 409}, signed
        if signed.status == 200:
            certified.add(version)
    time.sleep(0 if registry.database.is_sqlite else SETTLES)
    with registry.database.read() as connection:
        rows = connection.execute(
            sa.select(db.releases.c.version, db.releases.c.state, db.releases.c.quarantined)
        ).all()
    pages = [
        one.get(f"/{channel}/simple/{PROJECT}/", accept="application/vnd.pypi.simple.v1+json").json()["files"]
        for one in (anna, bo)
        for channel in ("certified", "all")
    ]

    assert {row.version for row in rows if row.state == "certified"} == certified
    assert all(row.quarantined for row in rows)
    assert pages == [[], [], [], []]
    assert {one.get(place).status for one in (anna, bo) for place in published.values()} == {410}
    assert sound()["problems"] == []
