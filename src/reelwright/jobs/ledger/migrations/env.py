"""What Alembic runs: it works on the connection that `upgrade` hands over, and knows no address of its own."""

from alembic import context

from reelwright.jobs.ledger.schema import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
