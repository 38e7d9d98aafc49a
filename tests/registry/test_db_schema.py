"""The tables in the code and the tables that the migrations make are the same."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext

from rpa_registry.context import Registry
from rpa_registry.db import Database, members, metadata
from rpa_registry.errors import StorageError
from rpa_registry.settings import Settings


def test_the_migrations_make_the_tables_of_the_code(registry: Registry) -> None:
    """Alembic finds nothing to add, drop or change."""
    with registry.database.engine.connect() as connection:
        own = {"compare_type": True, "include_name": _is_of_the_code}
        context = MigrationContext.configure(connection, opts=own)

        assert [] == compare_metadata(context, metadata)


def test_a_database_without_the_schema_is_refused(tmp_path: Path) -> None:
    """The server makes no tables by itself."""
    settings = Settings(folder=tmp_path, cooperation="DIGIT")

    with pytest.raises(StorageError, match="schema of no registry") as refused:
        Database.open(settings)

    assert "rpac-registry migrate" in refused.value.remedy


def test_migrating_twice_changes_nothing(registry: Registry) -> None:
    """The newest schema stays as it is, with what is in it."""
    Database.create(registry.settings).close()

    with registry.database.read() as connection:
        assert 3 == connection.scalar(sa.select(sa.func.count()).select_from(members))


def test_each_write_is_counted(registry: Registry) -> None:
    """A server that remembers the number sees that another process wrote."""
    before = registry.database.generation()
    with registry.database.write() as connection:
        connection.execute(sa.update(members).values(contact="x"))

    assert before + 1 == registry.database.generation()


def test_a_failed_write_changes_nothing(registry: Registry) -> None:
    """Rows and the count are as they were."""
    before = registry.database.generation()

    def fail() -> None:
        with registry.database.write() as connection:
            connection.execute(sa.update(members).values(contact="x"))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()

    with registry.database.read() as connection:
        assert {""} == set(connection.scalars(sa.select(members.c.contact)))
    assert before == registry.database.generation()


def test_a_reader_sees_one_state_of_things(registry: Registry) -> None:
    """What is written meanwhile is not seen until the reader begins anew, and nobody waits."""
    question = sa.select(members.c.contact).where(members.c.code == "0265")
    with registry.database.read() as reader:
        first = reader.scalar(question)
        with registry.database.write() as writer:
            writer.execute(sa.update(members).values(contact="new"))
        second = reader.scalar(question)
    with registry.database.read() as reader:
        third = reader.scalar(question)

    assert ["", "", "new"] == [first, second, third]


def test_a_database_that_is_full_refuses_and_keeps_what_it_has(new_registry: Callable[..., Registry]) -> None:
    """No room is one error, said in words, with nothing changed."""
    registry = new_registry("full")
    if not registry.database.is_sqlite:
        pytest.skip("how to fill a SQLite database")
    with registry.database.engine.connect() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
    sa.event.listen(
        registry.database.engine,
        "connect",
        lambda connection, _record: connection.execute(f"PRAGMA max_page_count = {pages + 2}"),
    )
    registry.database.close()

    with pytest.raises(StorageError, match="full; nothing was changed"), registry.database.write() as writer:
        writer.execute(sa.update(members).values(contact="x" * 100_000))

    with registry.database.read() as reader:
        assert {""} == set(reader.scalars(sa.select(members.c.contact)))
    registry.close()


def _is_of_the_code(name: str | None, kind: str, parents: Any) -> bool:
    """Each database's own full-text index is made by the migration alone."""
    if parents.get("table_name") == "search_entries" and kind in {"column", "index"}:
        return "document" not in (name or "")
    return not (name or "").startswith("search_text")
