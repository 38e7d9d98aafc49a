"""The tables of an instance's state, beside DBOS's own in one file, and of the municipality.

Rules this module keeps: a reference stands in clear and is never personal; everything that came from or goes
to a system outside (payload, arguments, results, outcomes, error texts, notes) is a sealed blob or a keyed
digest; times are ISO 8601 in UTC with microseconds, so that text order is time order.
"""

import sqlalchemy as sa

__all__ = [
    "INSTANCE",
    "MUNICIPALITY",
    "SCHEMA_VERSION",
    "audit",
    "claims",
    "effects",
    "history",
    "items",
    "meta",
    "municipality_meta",
    "queries",
    "reports",
    "run_connectors",
    "runs",
]

SCHEMA_VERSION = "1"

INSTANCE = sa.MetaData()
MUNICIPALITY = sa.MetaData()

meta = sa.Table(
    "rpac_meta",
    INSTANCE,
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("value", sa.Text, nullable=False),
)

items = sa.Table(
    "rpac_items",
    INSTANCE,
    sa.Column("reference", sa.Text, primary_key=True),
    sa.Column("state", sa.Text, nullable=False, index=True),
    sa.Column("generation", sa.Integer, nullable=False, server_default="1"),
    sa.Column("phase", sa.Integer, nullable=False, server_default="0"),
    sa.Column("claims", sa.Integer, nullable=False, server_default="0"),  # how often a worker took it up
    sa.Column("deaths", sa.Integer, nullable=False, server_default="0"),  # how often a worker died over it
    sa.Column("tries", sa.Integer, nullable=False, server_default="0"),  # how often a system did not answer
    sa.Column("slot", sa.Text),
    sa.Column("run", sa.Integer),
    sa.Column("payload", sa.LargeBinary),
    sa.Column("payload_hash", sa.Text),
    sa.Column("enqueued_at", sa.Text, nullable=False),
    sa.Column("now", sa.Text),  # the item's own clock
    sa.Column("until", sa.Text),
    sa.Column("outcome", sa.LargeBinary),
    sa.Column("finished_at", sa.Text),
    sa.Column("bot_version", sa.Text),
)

effects = sa.Table(
    "rpac_effects",
    INSTANCE,
    sa.Column("reference", sa.Text, sa.ForeignKey(items.c.reference), primary_key=True),
    sa.Column("generation", sa.Integer, primary_key=True),
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("call_key", sa.Text, primary_key=True),
    sa.Column("phase", sa.Integer, nullable=False),
    sa.Column("effect_class", sa.Text, nullable=False),
    sa.Column("args_hash", sa.Text, nullable=False),
    sa.Column("key", sa.Text, nullable=False),
    sa.Column("state", sa.Text, nullable=False),  # open, done, refused, unsent, settled
    sa.Column("intent_at", sa.Text, nullable=False),
    sa.Column("result", sa.LargeBinary),
    sa.Column("result_at", sa.Text),
)

queries = sa.Table(
    "rpac_queries",
    INSTANCE,
    sa.Column("reference", sa.Text, sa.ForeignKey(items.c.reference), primary_key=True),
    sa.Column("generation", sa.Integer, primary_key=True),
    sa.Column("phase", sa.Integer, primary_key=True),
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("args_hash", sa.Text, primary_key=True),
    sa.Column("result", sa.LargeBinary, nullable=False),
    sa.Column("at", sa.Text, nullable=False),
)

history = sa.Table(
    "rpac_history",
    INSTANCE,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("reference", sa.Text, nullable=False, index=True),
    sa.Column("generation", sa.Integer, nullable=False),
    sa.Column("at", sa.Text, nullable=False),
    sa.Column("what", sa.Text, nullable=False),  # adopted, settled, retried, reopened, looked up
    sa.Column("note", sa.LargeBinary),
)

runs = sa.Table(
    "rpac_runs",
    INSTANCE,
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("started_at", sa.Text, nullable=False),
    sa.Column("ended_at", sa.Text),
    sa.Column("environment", sa.Text, nullable=False),
    sa.Column("bot_version", sa.Text, nullable=False),
    sa.Column("config_digest", sa.Text, nullable=False),
    sa.Column("hook_sha256", sa.Text),
    sa.Column("overrides", sa.LargeBinary),
    sa.Column("counts", sa.Text),
)

run_connectors = sa.Table(
    "rpac_run_connectors",
    INSTANCE,
    sa.Column("run", sa.Integer, primary_key=True),
    sa.Column("capability", sa.Text, primary_key=True),
    sa.Column("connector", sa.Text, nullable=False),
    sa.Column("wheel", sa.Text, nullable=False),  # rpa-commons for a connector that comes with it
    sa.Column("version", sa.Text, nullable=False),  # of the wheel
)

reports = sa.Table(
    "rpac_reports",
    INSTANCE,
    sa.Column("run", sa.Integer, primary_key=True),  # the latest run alone: what a person is told of it
    sa.Column("report", sa.LargeBinary, nullable=False),
)

municipality_meta = sa.Table(
    "rpac_meta",
    MUNICIPALITY,
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("value", sa.Text, nullable=False),
)

claims = sa.Table(
    "rpac_claims",
    MUNICIPALITY,
    sa.Column("bot", sa.Text, primary_key=True),
    sa.Column("reference", sa.Text, primary_key=True),
    sa.Column("instance", sa.Text, nullable=False),
    sa.Column("at", sa.Text, nullable=False),
)

audit = sa.Table(
    "rpac_audit",
    MUNICIPALITY,
    sa.Column("instance", sa.Text, primary_key=True),
    sa.Column("run", sa.Integer, primary_key=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("bot", sa.Text, nullable=False),
    sa.Column("bot_version", sa.Text, nullable=False),
    sa.Column("environment", sa.Text, nullable=False),
    sa.Column("started_at", sa.Text, nullable=False),
    sa.Column("ended_at", sa.Text, nullable=False),
    sa.Column("counts", sa.Text, nullable=False),
    sa.Column("minutes", sa.Float, nullable=False),
)
