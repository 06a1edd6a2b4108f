"""The schema's history, run when a ledger is opened.

`schema.py` is what the tables are now; a revision here is how an older file gets there.
A new revision: change `schema.py`, write `versions/NNNN_what.py` by hand (each change
inside `op.batch_alter_table`, because SQLite cannot alter most things), and let
`tests/jobs/ledger/test_migrations.py` say whether the two agree.
"""

import sqlite3
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlalchemy import Connection

FOLDER = Path(__file__).parent


def is_current(path: Path) -> bool:
    """Whether the file is at the newest revision; asked at every start, so without Alembic, whose import is slow."""
    connection = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, isolation_level=None)
    try:
        found = connection.execute("SELECT version_num FROM alembic_version").fetchall()
    except sqlite3.OperationalError:  # no such table: a new file
        return False
    finally:
        connection.close()
    return found == [(newest(),)]


def newest() -> str:
    """The newest revision: a file `NNNN_what.py` holds the revision NNNN."""
    return max(path.name for path in (FOLDER / "versions").glob("[0-9]*.py")).partition("_")[0]


def upgrade(connection: "Connection") -> None:
    """Bring the database behind this connection to the newest revision, in one transaction."""
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(FOLDER).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
