"""What becomes of an upload: names, owners, versions, requirements, the form, plugins, full disks."""

import errno
import hashlib
import json
import os
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from rpa_commons.conformance import WheelFinding, WheelReport
from rpa_registry.accounts import Identity, authenticate, disable_person, operator, revoke_token
from rpa_registry.blobs import FolderBlobStore
from rpa_registry.context import Registry
from rpa_registry.db import files, pages, projects, releases
from rpa_registry.errors import (
    ConflictError,
    ForbiddenError,
    LoginError,
    NotFoundError,
    RefusedError,
    StorageError,
    TooLargeError,
)
from rpa_registry.hooks import Event, hookimpl
from rpa_registry.log import entries
from rpa_registry.publishing import (
    WheelRefusedError,
    admit,
    approve_public,
    library_packages,
    public_list,
    similar_name,
    withdraw_public,
)

Who = Callable[[str], Identity]
Wheel = Callable[..., Path]


def _count(registry: Registry, table: sa.Table) -> int:
    with registry.database.read() as connection:
        return int(connection.scalar(sa.select(sa.func.count()).select_from(table)) or 0)


def _change(registry: Registry, **values: object) -> None:
    with registry.database.write() as connection:
        connection.execute(sa.update(releases).values(**values))


def test_a_new_name_becomes_the_uploaders_municipalitys(
    registry: Registry, admitted: Callable[..., Any], bot_wheel: Wheel
) -> None:
    """Project, release, file, blob, log and pages are there together."""
    done = admitted()
    sha256 = hashlib.sha256(bot_wheel().read_bytes()).hexdigest()
    with registry.database.read() as connection:
        project = connection.execute(sa.select(projects)).one()
        release = connection.execute(sa.select(releases)).one()
        file = connection.execute(sa.select(files)).one()
        last = entries(connection, limit=1000)[-1]

    assert (True, "welcome-letters", "1.0.0", sha256) == (
        done.created,
        done.project,
        done.version,
        done.sha256,
    )
    assert ("welcome-letters", "bot", "0265", "active") == (
        project.name,
        project.kind,
        project.owner,
        project.status,
    )
    assert ("staged", "mette", "MIT") == (release.state, release.uploaded_by, release.licence)
    assert ["rpa-commons>=0.1"] == json.loads(release.requires_dist)
    assert hashlib.sha256(file.metadata).hexdigest() == file.metadata_sha256
    assert registry.blobs.path(sha256, file.filename).read_bytes() == bot_wheel().read_bytes()
    assert ("upload", "mette", "welcome-letters 1.0.0", sha256, "0265") == (
        last.act,
        last.actor,
        last.subject,
        last.details["sha256"],
        last.details["owner"],
    )
    assert _count(registry, pages) > 0


def test_the_same_bytes_again_change_nothing(registry: Registry, admitted: Callable[..., Any]) -> None:
    """Neither rows nor log; the answer tells of the first upload's examination."""
    first = admitted()
    before = registry.database.generation()
    second = admitted()

    assert (True, False) == (first.created, second.created)
    assert first.report == second.report
    assert before == registry.database.generation()


def test_other_bytes_under_a_version_that_is_taken_are_refused(
    registry: Registry, admitted: Callable[..., Any]
) -> None:
    """Both hashes stand in the reason; nothing of the second wheel is kept."""
    done = admitted()
    with pytest.raises(ConflictError, match="is here already with other bytes") as refused:
        admitted(readme="# Other\n")

    assert done.sha256[:12] in refused.value.message
    assert 1 == len(list(registry.blobs.names()))
    assert 1 == _count(registry, files)


def test_the_same_version_spelt_otherwise_is_the_same(admitted: Callable[..., Any]) -> None:
    """1.0 and 1.0.0 are equal to every installer."""
    admitted(version="1.0")
    with pytest.raises(ConflictError, match=r"welcome-letters 1\.0 is here already with other bytes"):
        admitted(version="1.0.0")


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"state": "withdrawn", "withdrawn": "2026-01-01T00:00:00Z"}, "was withdrawn on 2026-01-01"),
        ({"quarantined": "2026-01-01T00:00:00Z", "advisory": "DIGIT-2026-0001"}, "advisory DIGIT-2026-0001"),
    ],
)
@pytest.mark.parametrize("readme", ["# Welcome letters\n\nGreets each new resident once.\n", "# Other\n"])
def test_a_version_number_is_used_once(
    registry: Registry, admitted: Callable[..., Any], change: dict[str, str], reason: str, readme: str
) -> None:
    """Not even the same bytes bring a withdrawn or recalled release back."""
    admitted()
    _change(registry, **change)
    with pytest.raises(ConflictError, match=reason):
        admitted(readme=readme)


@pytest.mark.parametrize("status", ["archived", "quarantined"])
def test_a_closed_project_takes_no_releases(
    registry: Registry, admitted: Callable[..., Any], status: str
) -> None:
    """The reason that was given for closing it is told."""
    admitted()
    with registry.database.write() as connection:
        connection.execute(sa.update(projects).values(status=status, status_reason="KMD was replaced"))
    with pytest.raises(ConflictError, match=f"{status} and takes no releases: KMD was replaced"):
        admitted(version="1.1.0")


def test_another_municipality_is_told_whose_name_it_is(admitted: Callable[..., Any]) -> None:
    """Also for the very same bytes."""
    admitted()
    for version in ("1.0.0", "1.1.0"):
        with pytest.raises(ForbiddenError, match=r"belongs to Roskilde \(0265\), and dorte is of Lejre"):
            admitted(version=version, by="dorte")


@pytest.mark.parametrize(
    "name",
    ["welcomeletters", "we1come-letters", "weicome-letters", "welcome-1etters", "vvelcome-letters"],
)
def test_a_name_that_looks_like_another_is_refused(admitted: Callable[..., Any], name: str) -> None:
    """Separators, look-alike digits and letters: even for the owner of the first name."""
    admitted()
    with pytest.raises((ConflictError, WheelRefusedError)):
        admitted(name)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("welcome.letters", "welcome-letters"),
        ("welc0me-letters", "welcome-letters"),
        ("vvelcome-letters", "welcome-letters"),
        ("welcome-letter", None),
        ("welcome-letters", None),
        ("invoice-payment-2", None),
    ],
)
def test_what_looks_alike(name: str, expected: str | None) -> None:
    """Its own name is no look-alike; a real difference is none."""
    assert expected == similar_name(name, ["invoice-payment", "welcome-letters"])


@pytest.mark.parametrize("name", ["requests", "rpa-commons", "pydantlc", "openpyxl"])
def test_a_name_of_the_public_index_is_nobodys(
    registry: Registry, admitted: Callable[..., Any], name: str
) -> None:
    """An installer that looks here first would get the wrong package."""
    with registry.database.write() as connection:
        approve_public(connection, operator(), "openpyxl", "spreadsheets")
    with pytest.raises((ConflictError, WheelRefusedError)):
        admitted(name)

    assert 0 == _count(registry, projects)


def test_a_requirement_nobody_answers_for_is_refused(
    registry: Registry, admitted: Callable[..., Any]
) -> None:
    """Dependency confusion: the internal package's name may be a stranger's on the public index."""
    with pytest.raises(WheelRefusedError, match="A124") as refused:
        admitted(requires=("rpa-commons", "kommune-helpers>=1"))

    assert "kommune-helpers" in refused.value.message
    assert "approve it" in refused.value.remedy
    assert [] == list(registry.blobs.names())


def test_a_requirement_is_owned_approved_or_the_librarys(
    registry: Registry, admitted: Callable[..., Any], identity: Who
) -> None:
    """Another municipality's project, a package a coordinator approved, what the library needs itself."""
    admitted("shared-letters", by="dorte", accepted_by="anna")
    with registry.database.write() as connection:
        approve_public(connection, identity("anna"), "OpenPyXL", "reads spreadsheets; looked at by Anna")
    done = admitted(requires=("rpa-commons", "shared-letters", "openpyxl>=3", "requests"))

    assert done.created
    assert {"rpa-commons", "requests", "pydantic"} <= library_packages()


def test_the_public_list_is_the_coordinators(
    registry: Registry, identity: Who, admitted: Callable[..., Any]
) -> None:
    """Approved once, with a reason, never for a name that is owned here; taken back by name."""
    admitted(accepted_by="anna")
    mette, anna = identity("mette"), identity("anna")
    with pytest.raises(ForbiddenError), registry.database.write() as connection:
        approve_public(connection, mette, "openpyxl", "x")
    for name, reason, error in (
        ("openpyxl", " ", RefusedError),
        ("../x", "x", RefusedError),
        ("welcome_letters", "x", ConflictError),
        ("requests", "x", ConflictError),
    ):
        with pytest.raises(error), registry.database.write() as connection:
            approve_public(connection, anna, name, reason)
    with registry.database.write() as connection:
        approve_public(connection, anna, "openpyxl", "x")
        listed = public_list(connection)
        withdraw_public(connection, anna, "OpenPyXL")
    with pytest.raises(NotFoundError), registry.database.write() as connection:
        withdraw_public(connection, anna, "openpyxl")

    assert [("openpyxl", "anna")] == [(one.name, one.person) for one in listed]


def test_every_reason_is_told_at_once(admitted: Callable[..., Any]) -> None:
    """Two faults, one answer; the report comes along."""
    with pytest.raises(WheelRefusedError) as refused:
        admitted(
            metadata={"License-Expression": "", "Summary": ""},
            requires=("x @ https://example.org/x.whl", "y==1+local"),
        )
    codes = {finding.code for finding in refused.value.report.findings}

    assert "A123" in codes
    assert refused.value.message.count("A123") >= 2
    assert "`rpac check welcome_letters-1.0.0-py3-none-any.whl`" in refused.value.remedy


@pytest.mark.parametrize(
    ("claimed", "reason"),
    [
        ({"version": "1.0.1"}, "the form says version '1.0.1', the wheel '1.0.0'"),
        ({"name": "other"}, "the form says name 'other', the wheel 'welcome-letters'"),
        ({"filetype": "sdist"}, "the form says filetype 'sdist'"),
        ({"sha256_digest": "0" * 64}, "the form says sha256_digest 0000"),
        ({"md5_digest": "0" * 32}, "the form says md5_digest 0000"),
        ({"blake2_256_digest": "0" * 64}, "the form says blake2_256_digest 0000"),
        ({"requires_python": ">=2"}, "the form says requires_python '>=2', the wheel '>=3.11'"),
        ({"summary": "Pays invoices."}, "the form says summary 'Pays invoices.'"),
    ],
)
def test_a_form_that_contradicts_the_wheel_is_refused_with_both_values(
    registry: Registry, identity: Who, bot_wheel: Wheel, claimed: dict[str, str], reason: str
) -> None:
    """The wheel decides; a difference is a mistake or worse."""
    wheel = bot_wheel()
    with pytest.raises(RefusedError) as refused:
        admit(registry, identity("mette"), wheel, wheel.name, claimed=claimed)

    assert reason in refused.value.message
    assert 0 == _count(registry, projects)


def test_a_form_that_says_the_same_in_other_words_is_fine(
    registry: Registry, identity: Who, bot_wheel: Wheel
) -> None:
    """Names and versions are compared as installers compare them; right hashes are right."""
    wheel = bot_wheel()
    content = wheel.read_bytes()
    claimed = {
        "name": "Welcome_Letters",
        "version": "v1.0.0",
        "filetype": "bdist_wheel",
        "md5_digest": hashlib.md5(content, usedforsecurity=False).hexdigest(),
        "blake2_256_digest": hashlib.blake2b(content, digest_size=32).hexdigest().upper(),
    }
    sha256 = hashlib.sha256(content).hexdigest()

    assert admit(
        registry, identity("mette"), wheel, wheel.name, expected_sha256=sha256, claimed=claimed
    ).created


@pytest.mark.parametrize(
    ("filename", "reason"),
    [
        ("welcome_letters-1.0.0.tar.gz", "a release is exactly one wheel"),
        ("welcome_letters-1.0.0.zip", "a release is exactly one wheel"),
        ("../welcome_letters-1.0.0-py3-none-any.whl", "is no wheel's file name"),
        ("welcome_letters-1.0.0", "is no wheel's file name"),
        ("other-1.0.0-py3-none-any.whl", "A103"),
        ("welcome_letters-1.0.1-py3-none-any.whl", "A103"),
        ("welcome_letters.whl", "A102"),
    ],
)
def test_a_file_name_is_the_wheels(
    registry: Registry, identity: Who, bot_wheel: Wheel, filename: str, reason: str
) -> None:
    """No sdist, no path, no other name than METADATA's."""
    with pytest.raises(RefusedError, match=reason):
        admit(registry, identity("mette"), bot_wheel(), filename)


def test_too_many_bytes_are_refused_before_they_are_read(
    registry: Registry, identity: Who, tmp_path: Path
) -> None:
    """The limit and where it is set stand in the answer."""
    path = tmp_path / "big"
    with path.open("wb") as stream:
        stream.truncate(registry.settings.limits.largest_wheel + 1)
    with pytest.raises(TooLargeError, match="this registry takes 67108864"):
        admit(registry, identity("mette"), path, "welcome_letters-1.0.0-py3-none-any.whl")


@pytest.mark.parametrize("who", ["rita", "operator"])
def test_who_is_of_no_municipality_or_only_reads_cannot_upload(
    registry: Registry, identity: Who, bot_wheel: Wheel, who: str
) -> None:
    """A name needs an owner."""
    wheel = bot_wheel()
    person = operator() if who == "operator" else identity(who)
    with pytest.raises(ForbiddenError):
        admit(registry, person, wheel, wheel.name)


def test_a_token_for_one_project_makes_no_other(
    registry: Registry, admitted: Callable[..., Any], token: Callable[..., str], bot_wheel: Wheel
) -> None:
    """CI of one bot cannot take a name."""
    admitted()
    with registry.database.read() as connection:
        ci = authenticate(connection, token("mette", "upload", projects=("welcome-letters",)))
    newer, other = bot_wheel(version="1.1.0"), bot_wheel("other-letters")

    assert admit(registry, ci, newer, newer.name).created
    with pytest.raises(ForbiddenError, match="for welcome-letters only, not for other-letters"):
        admit(registry, ci, other, other.name)


def test_a_bot_stays_a_bot(registry: Registry, admitted: Callable[..., Any]) -> None:
    """The kind of a project is that of its first release."""
    admitted()
    with registry.database.write() as connection:
        connection.execute(sa.update(projects).values(kind="connector"))
    with pytest.raises(ConflictError, match="is a connector, and this wheel is a bot"):
        admitted(version="1.1.0")


def test_a_plugin_refuses_more_and_hears_of_what_was_done(
    registry: Registry, admitted: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its finding stands beside ours, its warning stays in the report; failing to tell changes nothing."""
    heard: list[Event] = []

    class House:
        @hookimpl
        def rpa_registry_admission(self, report: WheelReport, member: str) -> Iterable[WheelFinding]:
            severity = "error" if report.version == "2.0.0" else "warning"
            return [WheelFinding("X001", severity, report.filename, f"{member} says no", "ask")]

        @hookimpl
        def rpa_registry_notify(self, event: Event) -> None:
            heard.append(event)
            raise RuntimeError("the mail host has moved")

    registry.plugins.register(House())
    done = admitted()
    with pytest.raises(WheelRefusedError, match=r"X001 .*2\.0\.0.*: 0265 says no"):
        admitted(version="2.0.0")

    assert ["X001"] == [finding["code"] for finding in done.report["findings"]]
    assert [("upload", "welcome-letters 1.0.0", "mette")] == [(e.act, e.subject, e.actor) for e in heard]


def test_a_failure_in_the_middle_leaves_nothing_to_see(
    registry: Registry, admitted: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rows, log and pages come together or not; the bytes that were kept are harmless, and used next time."""
    from rpa_registry import pages as rendering

    before = registry.database.generation()

    def fail(*_: object) -> None:
        raise RuntimeError("power cut")

    with monkeypatch.context() as patch:
        patch.setattr(rendering, "render", fail)
        with pytest.raises(RuntimeError):
            admitted()

    assert (0, 0, 0) == tuple(_count(registry, table) for table in (projects, releases, files))
    assert before == registry.database.generation()
    assert 1 == len(list(registry.blobs.names()))
    assert admitted().created


def test_a_full_disk_refuses_cleanly(
    registry: Registry, admitted: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """507 by its status; nothing was changed; it works when there is room."""

    def full(_handle: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        with pytest.raises(StorageError, match="nothing was changed") as refused:
            admitted()

    assert 507 == refused.value.status
    assert 0 == _count(registry, projects)
    assert admitted().created


def test_a_full_database_refuses_cleanly(
    registry: Registry, admitted: Callable[..., Any], identity: Who, bot_wheel: Wheel
) -> None:
    """The release is not there at all, and everything that was there is."""
    if not registry.database.is_sqlite:
        pytest.skip("how to fill a SQLite database")
    admitted()
    with registry.database.engine.connect() as connection:
        size = connection.exec_driver_sql("PRAGMA page_count").scalar_one()

    def limit(connection: Any, _record: object) -> None:
        connection.execute(f"PRAGMA max_page_count = {size + 1}")

    sa.event.listen(registry.database.engine, "connect", limit)
    registry.database.close()
    with pytest.raises(StorageError, match="full; nothing was changed"):
        admitted(version="1.1.0", readme="word " * 20_000)

    assert 1 == _count(registry, releases)


def test_another_store_may_hold_the_wheels(registry: Registry, identity: Who, bot_wheel: Wheel) -> None:
    """Whatever a plugin brings is given the bytes, once."""

    class Elsewhere(FolderBlobStore):
        pass

    other = replace(registry, blobs=Elsewhere(registry.settings.data_dir / "elsewhere"))
    wheel = bot_wheel()
    admit(other, identity("mette"), wheel, wheel.name)

    assert 1 == len(list(other.blobs.names()))
    assert 0 == len(list(registry.blobs.names()))


@pytest.mark.parametrize("change", ["token", "person"])
def test_a_right_that_ends_while_the_wheel_is_examined_ends_the_upload(
    registry: Registry, token: Callable[..., str], bot_wheel: Wheel, change: str
) -> None:
    """Revoked means revoked: it is looked at again inside the transaction that writes."""
    with registry.database.read() as connection:
        mette = authenticate(connection, token("mette", "upload"))
    with registry.database.write() as connection:
        if change == "token":
            revoke_token(connection, operator(), 1)
        else:
            disable_person(connection, operator(), "mette")
    wheel = bot_wheel()
    with pytest.raises(LoginError):
        admit(registry, mette, wheel, wheel.name)

    assert 0 == _count(registry, projects)
