"""The migrations lead to exactly what `schema.py` says."""

import re
import sqlite3

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine

from reelwright.jobs.delivery import DeliveryFilter, DeliveryState
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


def test_a_ledger_of_the_first_revision_keeps_what_it_held(tmp_path):
    path = tmp_path / "ledger.db"
    at_revision(path, "0001")
    connection = sqlite3.connect(path)
    connection.execute("INSERT INTO pipelines VALUES ('1', 't', 'slow', 2, 1, 5.0)")
    columns = "id, tenant, operator, status, pipeline, priority, rank, unplanned, face, created_at, expires_at"
    columns += ", token_scope, token_digest, request, doc"
    values = "'j', 't', 'o', 'FAILED', 'slow', 6, 4, 0, 'native', 5.0, 4e9, '', '', '{}', '{}'"
    connection.execute(f"INSERT INTO jobs ({columns}) VALUES ({values})")
    told = "'callback', 'http://x/', CAST('{\"status\":\"FAILED\"}' AS BLOB), 0, 5.0, 5.0, NULL"
    connection.execute(f"INSERT INTO outbox VALUES (7, 'j', {told})")
    connection.execute(f"INSERT INTO outbox VALUES (8, 'its job is gone', {told})")
    connection.commit()
    connection.close()

    ledger = SqliteLedger(path)
    ledger.open()
    slow = ledger.pipelines("t")[-1]
    (word,) = ledger.deliveries(DeliveryFilter("t"))
    ledger.close()

    assert (slow.name, slow.concurrency, slow.paused, slow.priority, slow.title) == ("slow", 2, True, 6, "")
    assert (word.job_id, word.target, word.state, len(word.id)) == ("j", "http://x/", DeliveryState.GIVEN_UP, 32)
    assert migrations.is_current(path)


def at_revision(path, revision: str) -> None:
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    config.set_main_option("path_separator", "os")
    sqlite3.connect(path).execute("PRAGMA journal_mode=WAL").connection.close()
    engine = create_engine(f"sqlite:///{path}")
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, revision)
    engine.dispose()
