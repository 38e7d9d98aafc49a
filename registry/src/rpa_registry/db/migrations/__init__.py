"""How the schema came to be, version by version; run by alembic, never imported."""
