"""The first schema."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make every table."""
    op.create_table(
        "log",
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", sa.String(length=20), nullable=False),
        sa.Column("actor", sa.String(length=64), nullable=False),
        sa.Column("member", sa.String(length=20), nullable=False),
        sa.Column("act", sa.String(length=40), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("details", sa.Text(), nullable=False),
        sa.Column("previous", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_log")),
        sa.UniqueConstraint("hash", name=op.f("uq_log_hash")),
    )
    op.create_table(
        "members",
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.Column("contact", sa.Text(), server_default="", nullable=False),
        sa.Column("joined", sa.String(length=20), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_members")),
    )
    op.create_table(
        "meta",
        sa.Column("key", sa.String(length=40), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_meta")),
    )
    op.create_table(
        "outbox",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event", sa.String(length=40), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("at", sa.String(length=20), nullable=False),
        sa.Column("delivered", sa.String(length=20), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
    )
    op.create_table(
        "pages",
        sa.Column("path", sa.String(length=512), nullable=False),
        sa.Column("media_type", sa.String(length=100), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("etag", sa.String(length=64), nullable=False),
        sa.Column("project", sa.String(length=128), server_default="", nullable=False),
        sa.Column("rendered", sa.String(length=20), nullable=False),
        sa.PrimaryKeyConstraint("path", name=op.f("pk_pages")),
    )
    op.create_table(
        "people",
        sa.Column("login", sa.String(length=64), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("member", sa.String(length=20), nullable=False),
        sa.Column("role", sa.String(length=12), nullable=False),
        sa.Column("contact", sa.Text(), server_default="", nullable=False),
        sa.Column("public_key", sa.Text(), server_default="", nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("added", sa.String(length=20), nullable=False),
        sa.ForeignKeyConstraint(["member"], ["members.code"], name=op.f("fk_people_member")),
        sa.PrimaryKeyConstraint("login", name=op.f("pk_people")),
    )
    op.create_table(
        "projects",
        sa.Column("name", sa.String(length=128), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("owner", sa.String(length=20), nullable=False),
        sa.Column("status", sa.String(length=12), nullable=False),
        sa.Column("status_reason", sa.Text(), server_default="", nullable=False),
        sa.Column("created", sa.String(length=20), nullable=False),
        sa.ForeignKeyConstraint(["owner"], ["members.code"], name=op.f("fk_projects_owner")),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_projects")),
    )
    op.create_index(op.f("ix_projects_owner"), "projects", ["owner"], unique=False)
    op.create_table(
        "advisories",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("project", sa.String(length=128), nullable=False),
        sa.Column("signed", sa.Text(), nullable=False),
        sa.Column("signature", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("person", sa.String(length=64), nullable=False),
        sa.Column("at", sa.String(length=20), nullable=False),
        sa.ForeignKeyConstraint(["person"], ["people.login"], name=op.f("fk_advisories_person")),
        sa.ForeignKeyConstraint(["project"], ["projects.name"], name=op.f("fk_advisories_project")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_advisories")),
    )
    op.create_index(op.f("ix_advisories_project"), "advisories", ["project"], unique=False)
    op.create_table(
        "exemptions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project", sa.String(length=128), nullable=False),
        sa.Column("rule", sa.String(length=64), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("person", sa.String(length=64), nullable=False),
        sa.Column("at", sa.String(length=20), nullable=False),
        sa.ForeignKeyConstraint(["person"], ["people.login"], name=op.f("fk_exemptions_person")),
        sa.ForeignKeyConstraint(["project"], ["projects.name"], name=op.f("fk_exemptions_project")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_exemptions")),
    )
    op.create_index(op.f("ix_exemptions_project"), "exemptions", ["project"], unique=False)
    op.create_table(
        "releases",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project", sa.String(length=128), nullable=False),
        sa.Column("version", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("manifest", sa.Text(), nullable=False),
        sa.Column("manifest_sha256", sa.String(length=64), nullable=False),
        sa.Column("summary", sa.Text(), server_default="", nullable=False),
        sa.Column("readme", sa.Text(), server_default="", nullable=False),
        sa.Column("licence", sa.Text(), server_default="", nullable=False),
        sa.Column("requires_python", sa.Text(), server_default="", nullable=False),
        sa.Column("requires_dist", sa.Text(), nullable=False),
        sa.Column("report", sa.Text(), nullable=False),
        sa.Column("uploaded_by", sa.String(length=64), nullable=False),
        sa.Column("staged", sa.String(length=20), nullable=False),
        sa.Column("in_review", sa.String(length=20), nullable=True),
        sa.Column("published", sa.String(length=20), nullable=True),
        sa.Column("certified", sa.String(length=20), nullable=True),
        sa.Column("withdrawn", sa.String(length=20), nullable=True),
        sa.Column("deprecated", sa.String(length=20), nullable=True),
        sa.Column("deprecated_reason", sa.Text(), nullable=True),
        sa.Column("deprecated_use", sa.Text(), nullable=True),
        sa.Column("yanked", sa.String(length=20), nullable=True),
        sa.Column("yanked_reason", sa.Text(), nullable=True),
        sa.Column("quarantined", sa.String(length=20), nullable=True),
        sa.Column("advisory", sa.String(length=64), nullable=True),
        sa.ForeignKeyConstraint(["project"], ["projects.name"], name=op.f("fk_releases_project")),
        sa.ForeignKeyConstraint(["uploaded_by"], ["people.login"], name=op.f("fk_releases_uploaded_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_releases")),
        sa.UniqueConstraint("project", "version", name="uq_releases_project_version"),
    )
    op.create_table(
        "reports",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("signed", sa.Text(), nullable=False),
        sa.Column("signature", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("person", sa.String(length=64), nullable=False),
        sa.Column("at", sa.String(length=20), nullable=False),
        sa.ForeignKeyConstraint(["person"], ["people.login"], name=op.f("fk_reports_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reports")),
    )
    op.create_index(op.f("ix_reports_sha256"), "reports", ["sha256"], unique=False)
    op.create_table(
        "stand_ins",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("coordinator", sa.String(length=64), nullable=False),
        sa.Column("stand_in", sa.String(length=64), nullable=False),
        sa.Column("starts", sa.String(length=10), nullable=False),
        sa.Column("ends", sa.String(length=10), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("named", sa.String(length=20), nullable=False),
        sa.Column("ended", sa.String(length=20), nullable=True),
        sa.ForeignKeyConstraint(["coordinator"], ["people.login"], name=op.f("fk_stand_ins_coordinator")),
        sa.ForeignKeyConstraint(["stand_in"], ["people.login"], name=op.f("fk_stand_ins_stand_in")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stand_ins")),
    )
    op.create_table(
        "tokens",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("person", sa.String(length=64), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("scopes", sa.Text(), nullable=False),
        sa.Column("projects", sa.Text(), nullable=True),
        sa.Column("created", sa.String(length=20), nullable=False),
        sa.Column("expires", sa.String(length=20), nullable=False),
        sa.Column("revoked", sa.String(length=20), nullable=True),
        sa.Column("last_used", sa.String(length=20), nullable=True),
        sa.ForeignKeyConstraint(["person"], ["people.login"], name=op.f("fk_tokens_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tokens")),
        sa.UniqueConstraint("sha256", name=op.f("uq_tokens_sha256")),
    )
    op.create_table(
        "usage",
        sa.Column("member", sa.String(length=20), nullable=False),
        sa.Column("project", sa.String(length=128), nullable=False),
        sa.Column("version", sa.String(length=64), nullable=False),
        sa.Column("at", sa.String(length=20), nullable=False),
        sa.ForeignKeyConstraint(["member"], ["members.code"], name=op.f("fk_usage_member")),
        sa.ForeignKeyConstraint(["project"], ["projects.name"], name=op.f("fk_usage_project")),
        sa.PrimaryKeyConstraint("member", "project", name=op.f("pk_usage")),
    )
    op.create_table(
        "files",
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("release", sa.Integer(), nullable=False),
        sa.Column("filename", sa.String(length=256), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("metadata", sa.LargeBinary(), nullable=False),
        sa.Column("metadata_sha256", sa.String(length=64), nullable=False),
        sa.Column("uploaded", sa.String(length=20), nullable=False),
        sa.ForeignKeyConstraint(["release"], ["releases.id"], name=op.f("fk_files_release")),
        sa.PrimaryKeyConstraint("sha256", name=op.f("pk_files")),
        sa.UniqueConstraint("filename", name=op.f("uq_files_filename")),
        sa.UniqueConstraint("release", name=op.f("uq_files_release")),
    )
    op.create_table(
        "signatures",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("release", sa.Integer(), nullable=False),
        sa.Column("act", sa.String(length=24), nullable=False),
        sa.Column("person", sa.String(length=64), nullable=False),
        sa.Column("member", sa.String(length=20), nullable=False),
        sa.Column("for_coordinator", sa.String(length=64), nullable=True),
        sa.Column("note", sa.Text(), server_default="", nullable=False),
        sa.Column("at", sa.String(length=20), nullable=False),
        sa.Column("superseded", sa.String(length=20), nullable=True),
        sa.ForeignKeyConstraint(
            ["for_coordinator"], ["people.login"], name=op.f("fk_signatures_for_coordinator")
        ),
        sa.ForeignKeyConstraint(["member"], ["members.code"], name=op.f("fk_signatures_member")),
        sa.ForeignKeyConstraint(["person"], ["people.login"], name=op.f("fk_signatures_person")),
        sa.ForeignKeyConstraint(["release"], ["releases.id"], name=op.f("fk_signatures_release")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signatures")),
    )
    op.create_index(op.f("ix_signatures_release"), "signatures", ["release"], unique=False)
    op.create_table(
        "public_packages",
        sa.Column("name", sa.String(length=128), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("person", sa.String(length=64), nullable=False),
        sa.Column("at", sa.String(length=20), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_public_packages")),
    )
    op.execute("INSERT INTO meta (key, value) VALUES ('generation', '0')")
