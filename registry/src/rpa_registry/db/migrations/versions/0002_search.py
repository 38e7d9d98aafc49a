"""The search index of the catalogue."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

_COLUMNS = ("name_words", "summary_words", "other_words", "readme_words")


def upgrade() -> None:
    """Rows that both databases have, and each one's own index over them."""
    op.create_table(
        "search_entries",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project", sa.String(length=128), nullable=False),
        sa.Column("entry", sa.Text(), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in _COLUMNS),
        sa.ForeignKeyConstraint(["project"], ["projects.name"], name=op.f("fk_search_entries_project")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_search_entries")),
        sa.UniqueConstraint("project", name=op.f("uq_search_entries_project")),
    )
    op.create_table(
        "search_facets",
        sa.Column("project", sa.String(length=128), nullable=False),
        sa.Column("facet", sa.String(length=16), nullable=False),
        sa.Column("value", sa.String(length=300), nullable=False),
        sa.ForeignKeyConstraint(["project"], ["projects.name"], name=op.f("fk_search_facets_project")),
        sa.PrimaryKeyConstraint("project", "facet", "value", name=op.f("pk_search_facets")),
    )
    op.create_index("ix_search_facets_facet_value", "search_facets", ["facet", "value"])
    if op.get_bind().dialect.name == "sqlite":
        _fts5()
    else:
        _tsvector()


def _fts5() -> None:
    """A full-text index that triggers keep: whoever writes the rows, a restore too, need not know of it."""
    columns = ", ".join(_COLUMNS)
    new = ", ".join(f"new.{name}" for name in _COLUMNS)
    old = ", ".join(f"old.{name}" for name in _COLUMNS)
    op.execute(
        f"CREATE VIRTUAL TABLE search_text USING fts5({columns}, content='search_entries',"
        " content_rowid='id', tokenize='unicode61 remove_diacritics 0', prefix='2 3 4')"
    )
    add = f"INSERT INTO search_text(rowid, {columns}) VALUES (new.id, {new});"  # noqa: S608 - own words
    what = f"search_text, rowid, {columns}"
    remove = f"INSERT INTO search_text({what}) VALUES ('delete', old.id, {old});"  # noqa: S608 - as above
    for event, does in (("INSERT", add), ("DELETE", remove), ("UPDATE", remove + add)):
        op.execute(
            f"CREATE TRIGGER search_text_{event.lower()} AFTER {event} ON search_entries BEGIN {does} END"
        )


def _tsvector() -> None:
    """A column that the database computes, with an index over it."""
    weighted = zip(_COLUMNS, "ABCD", strict=True)
    parts = " || ".join(f"setweight(to_tsvector('simple', {name}), '{weight}')" for name, weight in weighted)
    column = f"search_document tsvector GENERATED ALWAYS AS ({parts}) STORED"
    op.execute(f"ALTER TABLE search_entries ADD COLUMN {column}")
    op.execute("CREATE INDEX ix_search_entries_search_document ON search_entries USING gin (search_document)")
