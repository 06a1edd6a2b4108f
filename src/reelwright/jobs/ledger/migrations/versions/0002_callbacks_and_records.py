"""An outbox with a delivery log, records of the faces, pipelines with a priority and a title."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

PENDING, SOLE = sa.text("state = 'PENDING'"), sa.text("sole = 1")


def upgrade() -> None:
    outbox()
    pipelines()
    records()


def outbox() -> None:
    """The old one had a number for an id, which no receiver outside could tell from another server's."""
    op.drop_index("outbox_due", "outbox")
    op.drop_index("outbox_by_job", "outbox")
    op.rename_table("outbox", "old_outbox")
    op.create_table(
        "outbox",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("tenant", sa.Text(), nullable=False),
        sa.Column("job_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("target", sa.Text(), nullable=False),
        sa.Column("receiver", sa.Text(), nullable=False),
        sa.Column("payload", sa.LargeBinary(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.Double(), nullable=False),
        sa.Column("due", sa.Double(), nullable=False),
        sa.Column("settled_at", sa.Double(), nullable=True),
        sa.Column("log", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    # Nothing ever delivered the old rows, and nobody waits for news that old: they are kept as given up.
    op.execute(
        "INSERT INTO outbox SELECT lower(hex(randomblob(16))), jobs.tenant, job_id, kind, target, '', payload,"
        " 'GIVEN_UP', attempts, old_outbox.created_at, due, due, CAST('[]' AS BLOB)"
        " FROM old_outbox JOIN jobs ON jobs.id = old_outbox.job_id"
    )
    op.drop_table("old_outbox")
    op.create_index("outbox_due", "outbox", ["due", "id"], sqlite_where=PENDING, postgresql_where=PENDING)
    op.create_index("outbox_by_job", "outbox", ["job_id", "created_at"])
    op.create_index("outbox_by_tenant", "outbox", ["tenant", "id"])


def pipelines() -> None:
    with op.batch_alter_table("pipelines") as table:
        table.add_column(sa.Column("priority", sa.Integer(), nullable=False, server_default="6"))
        table.add_column(sa.Column("title", sa.Text(), nullable=False, server_default=sa.text("''")))
        table.add_column(sa.Column("speed", sa.Text(), nullable=False, server_default=sa.text("''")))
        table.add_column(sa.Column("modified_at", sa.Double(), nullable=False, server_default="0"))


def records() -> None:
    op.create_table(
        "records",
        sa.Column("tenant", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("created_at", sa.Double(), nullable=False),
        sa.Column("changed_at", sa.Double(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "kind", "id"),
    )
    op.create_table(
        "record_labels",
        sa.Column("tenant", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("record_id", sa.Text(), nullable=False),
        sa.Column("sole", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "kind", "name", "value", "record_id"),
    )
    op.create_index("record_labels_by_record", "record_labels", ["tenant", "kind", "record_id"])
    op.create_index(
        "record_labels_sole",
        "record_labels",
        ["tenant", "kind", "name", "value"],
        unique=True,
        sqlite_where=SOLE,
        postgresql_where=SOLE,
    )
