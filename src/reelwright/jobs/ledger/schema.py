"""The tables of the ledger, once for every database.

What is asked for in a WHERE or an ORDER BY is a column; what is only read back lies in a
JSON blob (`request`: what was asked, never changes; `outcome`: what came of it). `doc` is
the native reply, rendered at each write, because reading a job is the hottest request.

Job ids are time-ordered, so every index that ends in one grows at its right edge. Rules
live in Python, not in constraints: there are no foreign keys (a later database partitions
`jobs` by month and drops whole months) and no triggers.

An index that names a state holds only the rows in that state; it stays small however
many finished jobs the ledger keeps. A query uses it only if it repeats the condition
word for word, so the conditions have names here.
"""

from sqlalchemy import (
    Boolean,
    Column,
    Double,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    text,
)

metadata = MetaData()

UNPLANNED = text("status = 'QUEUED' AND unplanned = 1")
"""Jobs that wait for their first claim, which makes their one step."""
READY = text("state = 'QUEUED' AND ready = 1")
"""Steps that wait for nothing but a slot and their `run_after`."""
DELAYED = text("state = 'QUEUED' AND run_after > 0")
HELD = text("lease_until IS NOT NULL")
"""Steps in somebody's hands: RUNNING, or done and being published."""
FINAL = text("status IN ('SUCCEEDED', 'FAILED', 'CANCELLED')")
QUEUED = text("state = 'QUEUED'")
RUNNING = text("state = 'RUNNING'")
HAS_TOKEN = text("token IS NOT NULL")
PENDING = text("state = 'PENDING'")
SOLE = text("sole = 1")

jobs = Table(
    "jobs",
    metadata,
    Column("id", Text, primary_key=True),
    Column("tenant", Text, nullable=False),
    Column("operator", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("pipeline", Text, nullable=False),
    Column("priority", Integer, nullable=False),
    Column("rank", Integer, nullable=False),  # 0 is the most urgent, so that every index ascends
    Column("unplanned", Integer, nullable=False),
    Column("face", Text, nullable=False),
    Column("created_at", Double, nullable=False),
    Column("expires_at", Double, nullable=False),
    Column("started_at", Double),
    Column("finished_at", Double),
    Column("progress", Double, nullable=False, server_default="0"),
    Column("revision", Integer, nullable=False, server_default="0"),
    Column("token_scope", Text, nullable=False),
    Column("token", Text),
    Column("token_digest", Text, nullable=False),
    Column("request", LargeBinary, nullable=False),
    Column("outcome", LargeBinary),
    Column("doc", LargeBinary, nullable=False),
)
Index("jobs_by_tenant", jobs.c.tenant, jobs.c.id)
Index("jobs_by_status", jobs.c.tenant, jobs.c.status, jobs.c.id)
Index("jobs_by_operator", jobs.c.tenant, jobs.c.operator, jobs.c.id)
Index("jobs_by_expiry", jobs.c.expires_at)
Index(
    "jobs_unplanned",
    jobs.c.tenant,
    jobs.c.pipeline,
    jobs.c.rank,
    jobs.c.id,
    sqlite_where=UNPLANNED,
    postgresql_where=UNPLANNED,
)
Index(
    "jobs_token",
    jobs.c.tenant,
    jobs.c.token_scope,
    jobs.c.token,
    unique=True,
    sqlite_where=HAS_TOKEN,
    postgresql_where=HAS_TOKEN,
)

steps = Table(
    "steps",
    metadata,
    Column("id", Text, primary_key=True),
    Column("job_id", Text, nullable=False),
    Column("tenant", Text, nullable=False),
    Column("pipeline", Text, nullable=False),
    Column("rank", Integer, nullable=False),
    Column("position", Integer, nullable=False),
    Column("name", Text, nullable=False),
    Column("operator", Text, nullable=False),
    Column("params", LargeBinary, nullable=False),
    Column("state", Text, nullable=False),
    Column("ready", Integer, nullable=False),
    Column("attempt", Integer, nullable=False),
    Column("executions", Integer, nullable=False),
    Column("memo", Boolean, nullable=False),
    Column("memo_key", Text),
    Column("owner", Text),
    Column("lease_until", Double),
    Column("run_after", Double, nullable=False),
    Column("progress", Double, nullable=False),
    Column("phase", Text, nullable=False),
    Column("started_at", Double),
    Column("finished_at", Double),
    Column("outcome", LargeBinary),
    Column("planned", LargeBinary),
)
Index("steps_by_job", steps.c.job_id, steps.c.position)
Index(
    "steps_ready",
    steps.c.tenant,
    steps.c.pipeline,
    steps.c.rank,
    steps.c.job_id,
    steps.c.position,
    steps.c.run_after,
    sqlite_where=READY,
    postgresql_where=READY,
)
Index("steps_delayed", steps.c.run_after, sqlite_where=DELAYED, postgresql_where=DELAYED)
Index(
    "steps_held",
    steps.c.tenant,
    steps.c.pipeline,
    steps.c.lease_until,
    steps.c.owner,
    sqlite_where=HELD,
    postgresql_where=HELD,
)

events = Table(
    "events",
    metadata,
    # AUTOINCREMENT: a reader resumes from the last number it saw, so no number may come twice.
    Column("seq", Integer, primary_key=True, autoincrement=True),
    Column("job_id", Text, nullable=False),
    Column("at", Double, nullable=False),
    Column("kind", Text, nullable=False),
    Column("data", LargeBinary, nullable=False),
    sqlite_autoincrement=True,
)
Index("events_by_job", events.c.job_id, events.c.seq)

outbox = Table(
    "outbox",
    metadata,
    Column("id", Text, primary_key=True),
    Column("tenant", Text, nullable=False),
    Column("job_id", Text, nullable=False),  # empty: no job is behind it
    Column("kind", Text, nullable=False),
    Column("target", Text, nullable=False),
    Column("receiver", Text, nullable=False),
    Column("payload", LargeBinary, nullable=False),
    Column("state", Text, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("created_at", Double, nullable=False),
    Column("due", Double, nullable=False),
    Column("settled_at", Double),
    Column("log", LargeBinary, nullable=False),
)
Index("outbox_due", outbox.c.due, outbox.c.id, sqlite_where=PENDING, postgresql_where=PENDING)
Index("outbox_by_job", outbox.c.job_id, outbox.c.created_at)
Index("outbox_by_tenant", outbox.c.tenant, outbox.c.id)

memos = Table(
    "memos",
    metadata,
    Column("key", Text, primary_key=True),
    Column("value", LargeBinary, nullable=False),
    Column("created_at", Double, nullable=False),
)

pipelines = Table(
    "pipelines",
    metadata,
    Column("id", Text, primary_key=True),
    Column("tenant", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("concurrency", Integer, nullable=False),
    Column("paused", Boolean, nullable=False),
    Column("created_at", Double, nullable=False),
    Column("priority", Integer, nullable=False, server_default="6"),
    Column("title", Text, nullable=False, server_default=text("''")),
    Column("speed", Text, nullable=False, server_default=text("''")),
    Column("modified_at", Double, nullable=False, server_default="0"),
    UniqueConstraint("tenant", "name", name="pipelines_by_name"),
)

records = Table(
    "records",
    metadata,
    Column("tenant", Text, primary_key=True),
    Column("kind", Text, primary_key=True),
    Column("id", Text, primary_key=True),
    Column("created_at", Double, nullable=False),
    Column("changed_at", Double, nullable=False),
    Column("body", LargeBinary, nullable=False),
)

record_labels = Table(
    "record_labels",
    metadata,
    Column("tenant", Text, primary_key=True),
    Column("kind", Text, primary_key=True),
    Column("name", Text, primary_key=True),
    Column("value", Text, primary_key=True),
    Column("record_id", Text, primary_key=True),
    Column("sole", Integer, nullable=False),
)
Index("record_labels_by_record", record_labels.c.tenant, record_labels.c.kind, record_labels.c.record_id)
Index(
    "record_labels_sole",
    record_labels.c.tenant,
    record_labels.c.kind,
    record_labels.c.name,
    record_labels.c.value,
    unique=True,
    sqlite_where=SOLE,
    postgresql_where=SOLE,
)

credentials = Table(
    "credentials",
    metadata,
    Column("access_key_id", Text, primary_key=True),
    Column("access_key_secret", Text, nullable=False),
    Column("api_key", Text, nullable=False, unique=True),
    Column("tenant", Text, nullable=False),
    Column("created_at", Double, nullable=False),
)

leaders = Table(
    "leaders",
    metadata,
    Column("role", Text, primary_key=True),
    Column("owner", Text, nullable=False),
    Column("until", Double, nullable=False),
    Column("epoch", Integer, nullable=False),
)

tallies = Table(
    "tallies",
    metadata,
    # Jobs by state, kept by the writer: counting a million rows has no place in a metrics scrape.
    Column("status", Text, primary_key=True),
    Column("jobs", Integer, nullable=False),
)
