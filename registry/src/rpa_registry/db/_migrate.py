"""The schema and its versions, through alembic.

Rules this module keeps: the server never changes a schema by itself; ``rpac-registry init`` and
``rpac-registry migrate`` do, each version in one transaction.
"""

from collections.abc import Callable
from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from rpa_registry.errors import StorageError

__all__ = ["check_version", "migrate"]

_LOCK = 7_276_101_032  # any number: two programs that migrate at once come one after the other


def migrate(
    connection: sa.Connection, then: Callable[[str, str], None] = lambda _before, _after: None
) -> tuple[str, str]:
    """Bring the schema to this program's version.

    Args:
        connection: Outside any transaction.
        then: Told the version before and now, inside the transaction.

    Returns:
        The version before (empty: there was no schema) and now.
    """
    configuration = _configuration()
    configuration.attributes["connection"] = connection
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("BEGIN IMMEDIATE")  # or each statement would stand for itself
    else:
        connection.execute(sa.text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
    before = MigrationContext.configure(connection).get_current_revision() or ""
    command.upgrade(configuration, "head")
    after = ScriptDirectory.from_config(configuration).get_current_head() or ""
    then(before, after)
    connection.commit()
    return before, after


def check_version(connection: sa.Connection) -> None:
    """Refuse a database of another version.

    Raises:
        StorageError: it is older, newer, or no registry's.
    """
    found = MigrationContext.configure(connection).get_current_revision()
    wanted = ScriptDirectory.from_config(_configuration()).get_current_head()
    if found != wanted:
        raise StorageError(
            f"the database has the schema {found or 'of no registry'}, this program needs {wanted}",
            remedy="take a backup, then run `rpac-registry migrate`; a newer schema needs the newer program",
        )


def _configuration() -> Config:
    configuration = Config()
    configuration.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    return configuration
