"""The schema's history, run when a ledger is opened.

`schema.py` is what the tables are now; a revision here is how an older file gets there.
A new revision: change `schema.py`, write `versions/NNNN_what.py` by hand (each change
inside `op.batch_alter_table`, because SQLite cannot alter most things), and let
`tests/jobs/ledger/test_migrations.py` say whether the two agree.
"""

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection

FOLDER = Path(__file__).parent


def upgrade(connection: Connection) -> None:
    """Bring the database behind this connection to the newest revision, in one transaction."""
    config = Config()
    config.set_main_option("script_location", str(FOLDER).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
