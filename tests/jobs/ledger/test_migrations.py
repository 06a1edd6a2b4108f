"""The migrations lead to exactly what `schema.py` says."""

import re
import sqlite3

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine

from reelwright.jobs.ledger import migrations
from reelwright.jobs.ledger.migrations import FOLDER
from reelwright.jobs.ledger.schema import metadata
from reelwright.jobs.ledger.sqlite import SqliteLedger


@pytest.fixture
def opened(tmp_path):
    """The path of a ledger that was opened and closed."""
    ledger = SqliteLedger(tmp_path / "100% new" / "ledger.db")
    ledger.open()
    ledger.close()
    return tmp_path / "100% new" / "ledger.db"


def test_the_migrated_schema_equals_the_declared_one(opened):
    engine = create_engine(f"sqlite:///{opened}")
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        differences = compare_metadata(context, metadata)
    engine.dispose()

    assert differences == []


def test_the_conditions_of_the_indexes_are_the_declared_ones(opened):
    """Alembic does not compare them, and a query uses an index only if it repeats its condition."""
    connection = sqlite3.connect(opened)
    made = dict(connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'index'").fetchall())
    connection.close()

    for table in metadata.tables.values():
        for index in table.indexes:
            where = index.dialect_options["sqlite"]["where"]
            ending = re.search(r"WHERE (.*)$", made[index.name])
            assert (ending and ending[1]) == (None if where is None else str(where)), index.name


def test_an_up_to_date_file_is_left_as_it_is(opened):
    before = opened.read_bytes()

    ledger = SqliteLedger(opened)
    ledger.open()
    ledger.close()

    assert opened.read_bytes() == before


def test_each_revision_follows_one_other():
    scripts = sorted(path.stem for path in (FOLDER / "versions").glob("*.py"))

    assert [name[:4] for name in scripts] == [f"{number:04}" for number in range(1, len(scripts) + 1)]


def test_a_file_at_the_newest_revision_is_known_without_alembic(opened):
    assert migrations.is_current(opened)


def test_an_older_or_a_new_file_is_not_current(opened):
    connection = sqlite3.connect(opened)
    connection.execute("UPDATE alembic_version SET version_num = '0000'")
    connection.commit()
    connection.close()
    (opened.parent / "new.db").touch()

    assert not migrations.is_current(opened)
    assert not migrations.is_current(opened.parent / "new.db")


def test_the_newest_revision_is_the_one_alembic_sees():
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    config.set_main_option("path_separator", "os")

    assert ScriptDirectory.from_config(config).get_current_head() == migrations.newest()
