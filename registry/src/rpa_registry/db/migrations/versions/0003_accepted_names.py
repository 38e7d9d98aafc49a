"""New names are accepted by a coordinator; ending a project's quarantine takes two."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Names that have a published release already are accepted, since their first one."""
    op.add_column("projects", sa.Column("accepted", sa.String(length=20), nullable=True))
    op.add_column("projects", sa.Column("accepted_by", sa.String(length=64), nullable=True))
    op.execute(
        "UPDATE projects SET accepted = (SELECT MIN(releases.published) FROM releases "
        "WHERE releases.project = projects.name AND releases.state IN ('published', 'certified'))"
    )
    op.create_table(
        "project_signatures",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project", sa.String(length=128), nullable=False),
        sa.Column("act", sa.String(length=24), nullable=False),
        sa.Column("person", sa.String(length=64), nullable=False),
        sa.Column("member", sa.String(length=20), nullable=False),
        sa.Column("for_coordinator", sa.String(length=64), nullable=True),
        sa.Column("at", sa.String(length=20), nullable=False),
        sa.Column("superseded", sa.String(length=20), nullable=True),
        sa.ForeignKeyConstraint(
            ["for_coordinator"], ["people.login"], name=op.f("fk_project_signatures_for_coordinator")
        ),
        sa.ForeignKeyConstraint(["member"], ["members.code"], name=op.f("fk_project_signatures_member")),
        sa.ForeignKeyConstraint(["person"], ["people.login"], name=op.f("fk_project_signatures_person")),
        sa.ForeignKeyConstraint(["project"], ["projects.name"], name=op.f("fk_project_signatures_project")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_project_signatures")),
    )
    op.create_index(op.f("ix_project_signatures_project"), "project_signatures", ["project"])
