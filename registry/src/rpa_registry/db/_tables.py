"""The registry's tables, as SQLAlchemy Core; the same on SQLite and PostgreSQL.

Rules this module keeps: times are UTC ISO 8601 text of one length, so that they sort; documents are JSON
text; nothing is ever deleted but pages, which are rendered anew; the log only grows.
"""

import sqlalchemy as sa

__all__ = [
    "advisories",
    "exemptions",
    "files",
    "log",
    "members",
    "meta",
    "metadata",
    "outbox",
    "pages",
    "people",
    "project_signatures",
    "projects",
    "public_packages",
    "releases",
    "reports",
    "search_entries",
    "search_facets",
    "signatures",
    "stand_ins",
    "tokens",
    "usage",
]

metadata = sa.MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_name)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)

_Time = sa.String(20)

meta = sa.Table(
    "meta",
    metadata,
    sa.Column("key", sa.String(40), primary_key=True),
    sa.Column("value", sa.Text, nullable=False),
)

members = sa.Table(
    "members",
    metadata,
    sa.Column("code", sa.String(20), primary_key=True),  # "0265"; the cooperation itself has its name
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("country", sa.String(2), nullable=False),
    sa.Column("contact", sa.Text, nullable=False, server_default=""),
    sa.Column("joined", _Time, nullable=False),
)

people = sa.Table(
    "people",
    metadata,
    sa.Column("login", sa.String(64), primary_key=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("member", sa.ForeignKey("members.code"), nullable=False),
    sa.Column("role", sa.String(12), nullable=False),  # developer, coordinator, auditor
    sa.Column("contact", sa.Text, nullable=False, server_default=""),
    sa.Column("public_key", sa.Text, nullable=False, server_default=""),  # base64 Ed25519
    sa.Column("active", sa.Boolean, nullable=False),
    sa.Column("added", _Time, nullable=False),
)

tokens = sa.Table(
    "tokens",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("sha256", sa.String(64), nullable=False, unique=True),
    sa.Column("person", sa.ForeignKey("people.login"), nullable=False),
    sa.Column("label", sa.Text, nullable=False),
    sa.Column("scopes", sa.Text, nullable=False),  # JSON list of upload, curate, read
    sa.Column("projects", sa.Text),  # JSON list; NULL: every project of the member
    sa.Column("created", _Time, nullable=False),
    sa.Column("expires", _Time, nullable=False),
    sa.Column("revoked", _Time),
    sa.Column("last_used", _Time),
)

stand_ins = sa.Table(
    "stand_ins",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("coordinator", sa.ForeignKey("people.login"), nullable=False),
    sa.Column("stand_in", sa.ForeignKey("people.login"), nullable=False),
    sa.Column("starts", sa.String(10), nullable=False),  # first day
    sa.Column("ends", sa.String(10), nullable=False),  # last day
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("named", _Time, nullable=False),
    sa.Column("ended", _Time),  # taken back before its last day
)

projects = sa.Table(
    "projects",
    metadata,
    sa.Column("name", sa.String(128), primary_key=True),  # normalised, PEP 503
    sa.Column("kind", sa.String(12), nullable=False),
    sa.Column("owner", sa.ForeignKey("members.code"), nullable=False, index=True),
    sa.Column("status", sa.String(12), nullable=False),  # PEP 792
    sa.Column("status_reason", sa.Text, nullable=False, server_default=""),
    sa.Column("created", _Time, nullable=False),
    sa.Column("accepted", _Time),  # a coordinator of another member let the name stand; NULL: nobody yet
    sa.Column("accepted_by", sa.String(64)),  # a login; NULL beside a time: published before there was this
)

project_signatures = sa.Table(
    "project_signatures",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("project", sa.ForeignKey("projects.name"), nullable=False, index=True),
    sa.Column("act", sa.String(24), nullable=False),  # end_quarantine
    sa.Column("person", sa.ForeignKey("people.login"), nullable=False),
    sa.Column("member", sa.ForeignKey("members.code"), nullable=False),  # theirs on that day
    sa.Column("for_coordinator", sa.ForeignKey("people.login")),  # whose stand-in they were
    sa.Column("at", _Time, nullable=False),
    sa.Column("superseded", _Time),  # the quarantine ended, or began anew
)

releases = sa.Table(
    "releases",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("project", sa.ForeignKey("projects.name"), nullable=False),
    sa.Column("version", sa.String(64), nullable=False),  # canonical, PEP 440
    sa.Column("state", sa.String(12), nullable=False),  # staged in_review published certified withdrawn
    sa.Column("manifest", sa.Text, nullable=False),
    sa.Column("manifest_sha256", sa.String(64), nullable=False),
    sa.Column("summary", sa.Text, nullable=False, server_default=""),
    sa.Column("readme", sa.Text, nullable=False, server_default=""),
    sa.Column("licence", sa.Text, nullable=False, server_default=""),
    sa.Column("requires_python", sa.Text, nullable=False, server_default=""),
    sa.Column("requires_dist", sa.Text, nullable=False),  # JSON list
    sa.Column("report", sa.Text, nullable=False),  # JSON: the conformance report at upload
    sa.Column("uploaded_by", sa.ForeignKey("people.login"), nullable=False),
    sa.Column("staged", _Time, nullable=False),
    sa.Column("in_review", _Time),
    sa.Column("published", _Time),
    sa.Column("certified", _Time),
    sa.Column("withdrawn", _Time),
    sa.Column("deprecated", _Time),
    sa.Column("deprecated_reason", sa.Text),
    sa.Column("deprecated_use", sa.Text),
    sa.Column("yanked", _Time),
    sa.Column("yanked_reason", sa.Text),
    sa.Column("quarantined", _Time),
    sa.Column("advisory", sa.String(64)),
    sa.UniqueConstraint("project", "version", name="uq_releases_project_version"),
)

files = sa.Table(
    "files",
    metadata,
    sa.Column("sha256", sa.String(64), primary_key=True),
    sa.Column("release", sa.ForeignKey("releases.id"), nullable=False, unique=True),
    sa.Column("filename", sa.String(256), nullable=False, unique=True),
    sa.Column("size", sa.Integer, nullable=False),
    sa.Column("metadata", sa.LargeBinary, nullable=False),  # METADATA, as in the wheel
    sa.Column("metadata_sha256", sa.String(64), nullable=False),
    sa.Column("uploaded", _Time, nullable=False),
)

signatures = sa.Table(
    "signatures",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("release", sa.ForeignKey("releases.id"), nullable=False, index=True),
    sa.Column("act", sa.String(24), nullable=False),  # certify, release_from_quarantine
    sa.Column("person", sa.ForeignKey("people.login"), nullable=False),
    sa.Column("member", sa.ForeignKey("members.code"), nullable=False),  # theirs on that day
    sa.Column("for_coordinator", sa.ForeignKey("people.login")),  # whose stand-in they were
    sa.Column("note", sa.Text, nullable=False, server_default=""),
    sa.Column("at", _Time, nullable=False),
    sa.Column("superseded", _Time),  # the release went back: it counts no longer
)

reports = sa.Table(
    "reports",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("sha256", sa.String(64), nullable=False, index=True),  # of the wheel it is about
    sa.Column("kind", sa.String(40), nullable=False),
    sa.Column("signed", sa.Text, nullable=False),  # canonical JSON of what was signed
    sa.Column("signature", sa.Text, nullable=False),
    sa.Column("key", sa.Text, nullable=False),
    sa.Column("person", sa.ForeignKey("people.login"), nullable=False),
    sa.Column("at", _Time, nullable=False),
)

advisories = sa.Table(
    "advisories",
    metadata,
    sa.Column("id", sa.String(64), primary_key=True),
    sa.Column("project", sa.ForeignKey("projects.name"), nullable=False, index=True),
    sa.Column("signed", sa.Text, nullable=False),
    sa.Column("signature", sa.Text, nullable=False),
    sa.Column("key", sa.Text, nullable=False),
    sa.Column("person", sa.ForeignKey("people.login"), nullable=False),
    sa.Column("at", _Time, nullable=False),
)

exemptions = sa.Table(
    "exemptions",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("project", sa.ForeignKey("projects.name"), nullable=False, index=True),
    sa.Column("rule", sa.String(64), nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("person", sa.ForeignKey("people.login"), nullable=False),
    sa.Column("at", _Time, nullable=False),
)

usage = sa.Table(
    "usage",
    metadata,
    sa.Column("member", sa.ForeignKey("members.code"), primary_key=True),
    sa.Column("project", sa.ForeignKey("projects.name"), primary_key=True),
    sa.Column("version", sa.String(64), nullable=False),
    sa.Column("at", _Time, nullable=False),
)

outbox = sa.Table(
    "outbox",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("event", sa.String(40), nullable=False),
    sa.Column("document", sa.Text, nullable=False),  # JSON: whom it concerns and what to say
    sa.Column("at", _Time, nullable=False),
    sa.Column("delivered", _Time),
)

log = sa.Table(
    "log",
    metadata,
    sa.Column("seq", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("at", _Time, nullable=False),
    sa.Column("actor", sa.String(64), nullable=False),
    sa.Column("member", sa.String(20), nullable=False),
    sa.Column("act", sa.String(40), nullable=False),
    sa.Column("subject", sa.Text, nullable=False),
    sa.Column("details", sa.Text, nullable=False),  # canonical JSON
    sa.Column("previous", sa.String(64), nullable=False),
    sa.Column("hash", sa.String(64), nullable=False, unique=True),
)

pages = sa.Table(
    "pages",
    metadata,
    sa.Column("path", sa.String(512), primary_key=True),  # "certified/simple/welcome-letters/index.json"
    sa.Column("media_type", sa.String(100), nullable=False),
    sa.Column("body", sa.LargeBinary, nullable=False),
    sa.Column("etag", sa.String(64), nullable=False),
    sa.Column("project", sa.String(128), nullable=False, server_default=""),
    sa.Column("rendered", _Time, nullable=False),
)

public_packages = sa.Table(
    "public_packages",
    metadata,
    sa.Column("name", sa.String(128), primary_key=True),  # normalised; on the public index, and meant to be
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("person", sa.String(64), nullable=False),  # a login, or the operator
    sa.Column("at", _Time, nullable=False),
)

search_entries = sa.Table(
    "search_entries",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("project", sa.ForeignKey("projects.name"), nullable=False, unique=True),
    sa.Column("entry", sa.Text, nullable=False),  # JSON, as in catalogue/index.json
    sa.Column("name_words", sa.Text, nullable=False),
    sa.Column("summary_words", sa.Text, nullable=False),
    sa.Column("other_words", sa.Text, nullable=False),  # KLE, capabilities, categories, owner
    sa.Column("readme_words", sa.Text, nullable=False),
)

search_facets = sa.Table(
    "search_facets",
    metadata,
    sa.Column("project", sa.ForeignKey("projects.name"), primary_key=True),
    sa.Column("facet", sa.String(16), primary_key=True),
    sa.Column("value", sa.String(300), primary_key=True),
    sa.Index("ix_search_facets_facet_value", "facet", "value"),
)
