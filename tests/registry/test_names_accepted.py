"""A new name means nothing to anybody until a coordinator of another municipality accepts it."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from click.testing import CliRunner

from rpa_registry import db
from rpa_registry.accounts import Identity, operator
from rpa_registry.cli._main import cli
from rpa_registry.context import Registry
from rpa_registry.curation import accept_name, act, review
from rpa_registry.errors import ConflictError, ForbiddenError, NotFoundError, RefusedError
from rpa_registry.publishing import (
    WheelRefusedError,
    admit,
    approve_public,
    foreign_names,
    resembling,
    withdraw_public,
)
from rpa_registry.publishing._modules import brought_modules, check_modules

Who = Callable[[str], Identity]


def page(registry: Registry, path: str) -> bytes | None:
    """A stored page's bytes."""
    with registry.database.read() as connection:
        return connection.scalar(sa.select(db.pages.c.body).where(db.pages.c.path == path))


def named(registry: Registry) -> dict[str, Any]:
    """Everywhere that a name may stand, for whoever has no token."""
    documents = {path: page(registry, path) or b"" for path in ("names.json", "catalogue/index.json")}
    lists = [page(registry, f"{channel}/simple/index.json") or b"" for channel in ("all", "certified")]
    with registry.database.read() as connection:
        own = connection.scalars(
            sa.select(db.pages.c.path).where(db.pages.c.path.contains("quiet-bot"))
        ).all()
        found = connection.scalars(sa.select(db.search_entries.c.project)).all()
    return {
        "names": json.loads(documents["names.json"])["names"],
        "catalogue": [one["name"] for one in json.loads(documents["catalogue/index.json"])["projects"]],
        "channels": [one["name"] for text in lists for one in json.loads(text)["projects"]],
        "pages": sorted(own),
        "search": list(found),
    }


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("certifi", "is installed where this registry runs"),
        ("cffi", "is installed where this registry runs"),
        ("pydantic-core", "is installed where this registry runs"),
        ("rpa-registry", "belongs to Python or to rpa-commons"),
        ("pip", "is installed where this registry runs"),
        ("uv", "is installed where this registry runs"),
        ("numpy", "numpy"),
        ("calendar", "belongs to Python or to rpa-commons"),
        ("pandas", "pandas"),
        ("requestz1", ""),
    ],
)
def test_a_name_that_means_something_elsewhere_is_refused_at_upload(
    name: str, why: str, registry: Registry, admitted: Callable[..., Any]
) -> None:
    """Installed, required by what is, an installer, Python's own, well known; nothing of it is kept."""
    if not why:
        assert admitted(name).created
        return
    with pytest.raises((ConflictError, WheelRefusedError)) as refused:
        admitted(name)

    assert why in refused.value.message
    assert list(registry.blobs.names()) == []


def test_the_plugins_of_the_library_are_free() -> None:
    """A bot that is installed beside the registry is what a registry is for."""
    assert "welcome-letters" not in foreign_names()
    assert {"certifi", "pip", "json", "rpa-commons"} <= foreign_names()


def test_what_was_approved_stays_a_public_name(
    registry: Registry, admitted: Callable[..., Any], identity: Who
) -> None:
    """Also after the approval was taken back: releases that require it are still installed."""
    with registry.database.write() as connection:
        approve_public(connection, identity("anna"), "tablet-reader", "reads tables; Anna looked at it")
    admitted("quiet-bot", requires=("rpa-commons", "tablet-reader>=1"))
    with registry.database.write() as connection:
        withdraw_public(connection, identity("anna"), "tablet-reader")

    with pytest.raises(ConflictError, match="is or was a package of the public index"):
        admitted("tablet-reader", by="dorte")


def test_what_a_release_requires_is_nobodys_new_name(
    registry: Registry, admitted: Callable[..., Any]
) -> None:
    """Whatever a release that is here names meant something when it was taken in."""
    admitted("quiet-bot")
    with registry.database.write() as connection:
        connection.execute(sa.update(db.releases).values(requires_dist='["rpa-commons", "old-helper>=1"]'))

    with pytest.raises(ConflictError, match="is required by a release here"):
        admitted("old-helper", by="dorte")


def test_a_new_name_stands_nowhere_until_it_is_accepted(
    registry: Registry, admitted: Callable[..., Any], identity: Who
) -> None:
    """Neither in names.json nor on a channel's pages, in the catalogue, the search, the website."""
    admitted("quiet-bot")
    before = named(registry)
    accept_name(registry, identity("anna"), "quiet-bot", reason="nothing else is called so")
    after = named(registry)

    assert before == {"names": [], "catalogue": [], "channels": [], "pages": [], "search": []}
    assert (after["names"], after["catalogue"], after["search"]) == (["quiet-bot"],) * 3
    assert "all/simple/quiet-bot/index.json" in after["pages"]
    assert "catalogue/quiet-bot.json" in after["pages"]


def test_nothing_is_published_under_a_name_that_is_not_accepted(
    registry: Registry, admitted: Callable[..., Any], identity: Who
) -> None:
    """Review comes first if they like; the refusal is the remedy."""
    admitted("quiet-bot")
    act(registry, identity("mette"), "submit", "quiet-bot", "1.0.0")

    with pytest.raises(ConflictError, match="is a new name and is not accepted yet") as refused:
        act(registry, identity("mette"), "publish", "quiet-bot", "1.0.0")
    accept_name(registry, identity("bo"), "quiet-bot", reason="ours")

    assert "`rpac-registry accept quiet-bot --reason TEXT --as LOGIN`" in refused.value.remedy
    assert act(registry, identity("mette"), "publish", "quiet-bot", "1.0.0").state == "published"


@pytest.mark.parametrize(
    ("login", "why"),
    [
        ("jens", "nobody signs for their own bot"),
        ("mette", "is for coordinators of other municipalities"),
        ("dorte", "is for coordinators of other municipalities"),
        ("rita", "is for coordinators of other municipalities"),
    ],
)
def test_only_a_coordinator_of_another_municipality_accepts(
    login: str, why: str, registry: Registry, admitted: Callable[..., Any], identity: Who
) -> None:
    """Not the owner's own, no developer, no auditor."""
    admitted("quiet-bot")

    with pytest.raises(ForbiddenError, match=why):
        accept_name(registry, identity(login), "quiet-bot", reason="because")


def test_accepting_is_checked_again(registry: Registry, admitted: Callable[..., Any], identity: Who) -> None:
    """Once, for a name that is there, with a reason, and not when it became a public package meanwhile."""
    admitted("quiet-bot")
    admitted("tablet-reader")
    with registry.database.write() as connection:
        approve_public(connection, identity("bo"), "tablet-reader", "the package, not the bot")
    accept_name(registry, identity("anna"), "Quiet.Bot", reason="ours")

    for name, reason, error, why in (
        ("quiet-bot", "again", ConflictError, "is accepted already"),
        ("tablet-reader", "ours", ConflictError, "is or was a package of the public index"),
        ("nothing-here", "ours", NotFoundError, "there is no project"),
        ("tablet-reader", " ", RefusedError, "is missing"),
    ):
        with pytest.raises(error, match=why):
            accept_name(registry, identity("anna"), name, reason=reason)
    with registry.database.read() as connection:
        entry = connection.execute(sa.select(db.log).where(db.log.c.act == "accept name")).one()
    assert (entry.actor, entry.subject, json.loads(entry.details)["reason"]) == ("anna", "quiet-bot", "ours")


def test_a_name_that_is_not_accepted_answers_for_nothing(
    registry: Registry, admitted: Callable[..., Any]
) -> None:
    """No other wheel may require it: clients would take it from the public index."""
    admitted("quiet-bot")

    with pytest.raises(WheelRefusedError, match="A124"):
        admitted("loud-bot", requires=("rpa-commons", "quiet-bot"))


def test_the_review_says_that_the_name_is_new_and_what_it_resembles(
    registry: Registry, admitted: Callable[..., Any]
) -> None:
    """With the command that accepts it; offline."""
    admitted("reqeusts")
    found = review(registry, "reqeusts", "1.0.0")
    said = CliRunner().invoke(
        cli, ["-C", str(registry.settings.folder), "review", "reqeusts", "1.0.0"], standalone_mode=False
    )

    assert found.name is not None
    assert found.name["resembles"] == ["requests"]
    assert found.to_json()["new_name"]["means"] is None
    assert (
        "a coordinator of another municipality accepts it with `rpac-registry accept reqeusts" in said.stdout
    )
    assert "! it resembles requests" in said.stdout


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("reqeusts", ("requests",)),
        ("openpyxl2", ("openpyxl",)),
        ("python-requests", ("requests",)),
        ("pylxml", ("lxml",)),
        ("letters-welcome", ("welcome-letters",)),
        ("invoice-payment", ()),
        ("uvx", ()),
    ],
)
def test_what_resembles(name: str, expected: tuple[str, ...]) -> None:
    """Swapped, added, dropped letters and words; short names resemble nothing by chance."""
    assert resembling(name, ["requests", "openpyxl", "lxml", "uv", "welcome-letters"]) == expected


def test_the_command_accepts_and_says_so(registry: Registry, admitted: Callable[..., Any]) -> None:
    """`rpac-registry accept NAME`, and the list of projects marks what waits."""
    admitted("quiet-bot")
    folder = ["-C", str(registry.settings.folder)]
    listed = CliRunner().invoke(cli, [*folder, "project", "list"])
    done = CliRunner().invoke(cli, [*folder, "accept", "quiet-bot", "--reason", "ours", "--as", "anna"])

    assert "new name, not accepted" in listed.stdout
    assert done.stdout == "quiet-bot: the name is accepted by anna\n"


def test_a_certification_does_not_accept(registry: Registry, admitted: Callable[..., Any]) -> None:
    """Signing is about a release; a row that was published by hand is not made known by it."""
    admitted("quiet-bot")
    with registry.database.write() as connection:
        connection.execute(sa.update(db.releases).values(state="published", published=db.now()))
    for login in ("anna", "bo"):
        with registry.database.read() as connection:
            from rpa_registry.accounts import as_person

            person = as_person(connection, login)
        act(registry, person, "certify", "quiet-bot", "1.0.0")

    assert named(registry)["names"] == []


def test_a_module_of_another_owner_or_package_is_refused(
    registry: Registry, admitted: Callable[..., Any], tmp_path: Path
) -> None:
    """Contained or declared, in any spelling; one's own package and another one of one's own are fine."""
    admitted("quiet-bot", accepted_by="anna")
    with registry.database.read() as connection:
        for module, why in (
            ("Quiet_Bot", r"belongs to the project quiet-bot of Roskilde \(0265\)"),
            ("YAML", "PyYAML provides"),
            ("JSON", "Python itself provides"),
            ("numpy", "numpy"),
        ):
            with pytest.raises(ConflictError, match=why):
                check_modules(connection, frozenset({module}), "loud-bot", "0350", is_new=False)
        check_modules(connection, frozenset({"loud_bot"}), "loud-bot", "0350", is_new=True)
        check_modules(connection, frozenset({"quiet_bot"}), "loud-bot", "0265", is_new=True)


def test_a_project_called_like_a_module_is_refused(registry: Registry, admitted: Callable[..., Any]) -> None:
    """The package of ``yaml`` is another one's, though no distribution is called so."""
    with pytest.raises((ConflictError, WheelRefusedError), match="yaml"):
        admitted("yaml")


def test_what_a_wheel_brings(bot_wheel: Callable[..., Path]) -> None:
    """Packages, modules, compiled modules, what lands beside them, what METADATA says."""
    info = "quiet_bot-1.0.0.dist-info"
    wheel = bot_wheel(
        "quiet-bot",
        files={
            "Requests/__init__.py": "",
            "six.py": "",
            "_speed.cpython-311-x86_64-linux-gnu.so": "",
            "quiet_bot-1.0.0.data/purelib/inside/__init__.py": "",
            "quiet_bot-1.0.0.data/scripts/run.py": "",
            "notes.txt": "",
            f"{info}/top_level.txt": "told\n",
        },
        metadata={"Import-Name": "named ; private"},
    )

    assert brought_modules(wheel) == {
        "quiet_bot", "Requests", "six", "_speed", "inside", "told", "named"
    }  # fmt: skip


def test_a_squatted_name_does_not_keep_a_package_from_being_approved(
    registry: Registry, admitted: Callable[..., Any]
) -> None:
    """Somebody who uploads under a name first cannot keep everybody from requiring the package."""
    admitted("tablet-reader")
    with registry.database.write() as connection:
        approve_public(connection, operator(), "tablet-reader", "the package of the public index")
    done = admitted("quiet-bot", by="dorte", requires=("rpa-commons", "tablet-reader"))

    assert done.created


def test_an_older_registry_keeps_the_names_that_it_published(
    registry: Registry, admitted: Callable[..., Any], identity: Who
) -> None:
    """The new schema accepts what has a published release, says so in the log, and no other name."""
    for name in ("quiet-bot", "loud-bot"):
        admitted(name)
    with registry.database.write() as connection:
        connection.execute(
            sa.update(db.releases)
            .where(db.releases.c.project == "quiet-bot")
            .values(state="published", published="2026-05-01T10:00:00Z")
        )
        connection.execute(sa.text("DROP TABLE project_signatures"))
        for column in ("accepted", "accepted_by"):
            connection.execute(sa.text(f"ALTER TABLE projects DROP COLUMN {column}"))
        connection.execute(sa.text("UPDATE alembic_version SET version_num = '0002'"))
    Registry.migrate(registry.settings.folder)

    with registry.database.read() as connection:
        rows = connection.execute(sa.select(db.projects).order_by(db.projects.c.name)).all()
        entry = connection.execute(sa.select(db.log).order_by(db.log.c.seq.desc())).first()
    assert [(one.name, one.accepted, one.accepted_by) for one in rows] == [
        ("loud-bot", None, None),
        ("quiet-bot", "2026-05-01T10:00:00Z", None),
    ]
    assert entry is not None
    assert (entry.act, entry.subject, json.loads(entry.details)["accepted_names"]) == (
        "migrate",
        "schema 0003",
        ["quiet-bot"],
    )


def test_only_reviewers_see_a_new_name(
    registry: Registry,
    admitted: Callable[..., Any],
    serve: Callable[[Registry], str],
    token: Callable[..., str],
) -> None:
    """Its staged channel is there with a token; every open address says that there is no such project."""
    import httpx

    admitted("quiet-bot")
    url = serve(registry)
    mine = ("__token__", token("rita", "read"))
    paths = ("/all/simple/quiet-bot/", "/certified/simple/quiet-bot/", "/catalogue/quiet-bot.json")

    assert [httpx.get(url + path).status_code for path in paths] == [404] * 3
    assert httpx.get(f"{url}/staged/quiet-bot-1.0.0/simple/quiet-bot/").status_code == 401
    seen = httpx.get(f"{url}/staged/quiet-bot-1.0.0/simple/quiet-bot/", auth=mine)
    assert (seen.status_code, "quiet_bot-1.0.0" in seen.text) == (200, True)


def test_an_upload_needs_no_acceptance(
    registry: Registry, bot_wheel: Callable[..., Path], identity: Who, admitted: Callable[..., Any]
) -> None:
    """Further versions may be staged while the name waits, and whoever sends them hears that it does."""
    first = admitted("quiet-bot")
    wheel = bot_wheel("quiet-bot", "1.1.0")
    second = admit(registry, identity("mette"), wheel, wheel.name)
    third = admitted("quiet-bot", "1.2.0", accepted_by="anna")
    fourth = admitted("quiet-bot", "1.3.0")

    assert all(one.created for one in (first, second, third, fourth))
    assert [one.waits for one in (first, second, third, fourth)] == [True, True, True, False]
