"""The same registry on PostgreSQL: schema, acts, uploads, and two writers at once.

The rest of the suite runs on it too, where RPAC_REGISTRY_DATABASE is ``postgresql``.
"""

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext

from rpa_registry.accounts import as_person, authenticate, issue_token, operator
from rpa_registry.context import Registry
from rpa_registry.db import members, metadata, releases
from rpa_registry.errors import ForbiddenError, StorageError
from rpa_registry.log import append, verify_log
from rpa_registry.publishing import admit


@pytest.fixture
def on_postgresql(new_registry: Callable[..., Registry], postgresql: Callable[[], str]) -> Registry:
    """A registry whose database is PostgreSQL."""
    return new_registry("pg", postgresql())


def test_the_migrations_make_the_tables_of_the_code(on_postgresql: Registry) -> None:
    """As on SQLite, alembic finds nothing to add, drop or change."""
    with on_postgresql.database.engine.connect() as connection:
        own = {"compare_type": True, "include_name": _is_of_the_code}
        context = MigrationContext.configure(connection, opts=own)

        assert [] == compare_metadata(context, metadata)


def test_a_wheel_is_staged_and_repeated(on_postgresql: Registry, bot_wheel: Callable[..., Path]) -> None:
    """Upload, the same again, a foreign municipality: as on SQLite."""
    wheel = bot_wheel()
    with on_postgresql.database.read() as connection:
        mette, dorte = as_person(connection, "mette"), as_person(connection, "dorte")
    first = admit(on_postgresql, mette, wheel, wheel.name)
    second = admit(on_postgresql, mette, wheel, wheel.name)
    other = bot_wheel(version="1.1.0")
    with pytest.raises(ForbiddenError, match=r"belongs to Roskilde \(0265\)"):
        admit(on_postgresql, dorte, other, other.name)

    assert (True, False) == (first.created, second.created)
    assert dict(first.report) == dict(second.report)


def test_a_token_signs_in(on_postgresql: Registry) -> None:
    """The hash is found, the scopes come back."""
    with on_postgresql.database.write() as connection:
        issued = issue_token(connection, operator(), "mette", label="CI", scopes=("upload",), days=1)
    with on_postgresql.database.read() as connection:
        identity = authenticate(connection, issued.text)

    assert ("mette", frozenset({"upload"})) == (identity.login, identity.scopes)


def test_many_writers_come_one_after_the_other(on_postgresql: Registry) -> None:
    """Forty entries of eight threads make one chain without a gap."""

    def write() -> None:
        for _ in range(5):
            with on_postgresql.database.write() as connection:
                append(connection, operator(), "test", "x", {})

    threads = [threading.Thread(target=write) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with on_postgresql.database.read() as connection:
        check = verify_log(connection)

    assert () == check.problems
    assert 9 + 40 == check.count


def test_a_reader_sees_one_state_of_things(on_postgresql: Registry) -> None:
    """What is written meanwhile is not seen until the reader begins anew."""
    question = sa.select(members.c.contact).where(members.c.code == "0265")
    with on_postgresql.database.read() as reader:
        first = reader.scalar(question)
        with on_postgresql.database.write() as writer:
            writer.execute(sa.update(members).values(contact="new"))
        second = reader.scalar(question)

    assert ["", ""] == [first, second]


def test_a_reading_connection_cannot_write(on_postgresql: Registry) -> None:
    """A slip in a reading command changes nothing."""
    with pytest.raises(sa.exc.InternalError), on_postgresql.database.read() as reader:
        reader.execute(sa.update(members).values(contact="x"))


def test_a_server_that_is_gone_is_one_error(on_postgresql: Registry, tmp_path: Path) -> None:
    """The message says that nothing was changed, and what to check."""
    settings = on_postgresql.settings.model_copy(
        update={"database": f"postgresql+psycopg://postgres@/x?host={tmp_path}"}
    )
    from rpa_registry.db import Database

    with pytest.raises(StorageError, match="nothing was changed"):
        Database.open(settings)


def test_uploads_of_one_new_name_at_once_have_one_winner(
    on_postgresql: Registry, bot_wheel: Callable[..., Path]
) -> None:
    """Whoever writes first owns the name; the other is told so, inside the transaction."""
    with on_postgresql.database.read() as connection:
        people = [as_person(connection, login) for login in ("mette", "dorte")]
    wheels = [bot_wheel(version="1.0.0"), bot_wheel(version="2.0.0")]
    ends: list[str] = []

    def send(number: int) -> None:
        try:
            admit(on_postgresql, people[number], wheels[number], wheels[number].name)
            ends.append("staged")
        except ForbiddenError:
            ends.append("forbidden")

    threads = [threading.Thread(target=send, args=(number,)) for number in (0, 1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with on_postgresql.database.read() as connection:
        count = connection.scalar(sa.select(sa.func.count()).select_from(releases))

    assert ["forbidden", "staged"] == sorted(ends)
    assert 1 == count


def _is_of_the_code(name: str | None, kind: str, parents: Any) -> bool:
    """Each database's own full-text index is made by the migration alone."""
    if parents.get("table_name") == "search_entries" and kind in {"column", "index"}:
        return "document" not in (name or "")
    return not (name or "").startswith("search_text")
