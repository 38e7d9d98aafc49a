"""What alembic runs: our connection, our tables."""

from alembic import context

from rpa_registry.db import metadata

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=metadata, transactional_ddl=True)
with context.begin_transaction():
    context.run_migrations()
