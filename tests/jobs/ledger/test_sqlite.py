"""What is the SQLite adapter's own: the file, its plans, its one writer, its WAL."""

import asyncio
import sqlite3
import stat
import threading

import pytest

from reelwright.errors import InternalError, StorageFull
from reelwright.jobs import ids
from reelwright.jobs.job import Key, NewJob
from reelwright.jobs.ledger import kept_statements, statements, writer
from reelwright.jobs.ledger.schema import events, jobs
from reelwright.jobs.ledger.sqlite import SqliteLedger
from reelwright.jobs.records import RecordFilter

NOW = 2_000_000_000.0


def new(**given):
    return NewJob(
        **{"id": ids.new(NOW), "tenant": "t", "operator": "o", "params": {}, "created_at": NOW} | given,
        expires_at=NOW * 2,
    )


def submit(ledger, job):
    return ledger.write(lambda tx: tx.submit(job)).result()


def held_back(ledger):
    """Stop the writer inside a group; what is queued until `go_on()` becomes the next one."""
    begun, go_on = threading.Event(), threading.Event()

    def hold(tx):
        begun.set()
        go_on.wait()

    ledger.write(hold)
    begun.wait()
    return go_on.set


# ---- the file


def test_only_the_owner_may_read_the_files(ledger, tmp_path):
    submit(ledger, new())
    files = sorted(tmp_path.iterdir())

    assert [path.name for path in files] == ["ledger.db", "ledger.db-shm", "ledger.db-wal", "ledger.db.lock"]
    assert {stat.S_IMODE(path.stat().st_mode) for path in files} == {0o600}


def test_a_reader_can_neither_write_nor_checkpoint(ledger):
    submit(ledger, new())
    reader = ledger._reader()

    with pytest.raises(sqlite3.OperationalError, match="readonly"):
        reader.execute("DELETE FROM jobs")
    assert reader.execute("PRAGMA wal_autocheckpoint").fetchone() == (0,)
    assert reader.execute("PRAGMA mmap_size").fetchone() in (None, (0,))
    with pytest.raises(sqlite3.OperationalError):
        reader.execute("PRAGMA wal_checkpoint").fetchone()


def test_commits_are_synced_in_full(ledger):
    connection = ledger._writer._connection

    assert connection.execute("PRAGMA synchronous").fetchone() == (2,)
    assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)


def test_a_closed_ledger_leaves_one_whole_file(ledger, tmp_path):
    job = new()
    submit(ledger, job)
    assert ledger.document("t", job.id) is not None
    ledger.close()

    assert sorted(path.name for path in tmp_path.iterdir()) == ["ledger.db", "ledger.db.lock"]


def test_closing_twice_and_opening_again_is_harmless(ledger):
    job = new()
    submit(ledger, job)
    ledger.close()
    ledger.close()
    ledger.open()
    ledger.open()

    assert ledger.document("t", job.id) is not None


# ---- plans

JOB_PAGES = [
    (set(), "jobs_by_tenant"),
    ({"after"}, "jobs_by_tenant"),
    ({"status"}, "jobs_by_status"),
    ({"status", "after"}, "jobs_by_status"),
    ({"operator"}, "jobs_by_operator"),
    ({"operator", "after"}, "jobs_by_operator"),
    ({"created_after", "created_before"}, "jobs_by_tenant"),
]
PLANS = [
    pytest.param(sql.text, index, id=name)
    for name, sql, index in (
        ("document", statements.DOCUMENT, "sqlite_autoindex_jobs_1"),
        ("job", statements.JOB, "sqlite_autoindex_jobs_1"),
        ("token", statements.TOKEN, "jobs_token"),
        ("expired", statements.EXPIRED, "jobs_by_expiry"),
        ("unplanned-queue", statements.NEXT_UNPLANNED_QUEUE, "jobs_unplanned"),
        ("unplanned-head", statements.UNPLANNED_HEAD, "jobs_unplanned"),
        ("ready-queue", statements.NEXT_READY_QUEUE, "steps_ready"),
        ("ready-head", statements.READY_HEAD, "steps_ready"),
        ("held-counts", statements.HELD_COUNTS, "steps_held"),
        ("lapsed", statements.LAPSED, "steps_held"),
        ("held-by", statements.HELD_BY, "steps_held"),
        ("next-due", statements.NEXT_DUE, "steps_delayed"),
        ("steps", statements.STEPS, "steps_by_job"),
        ("mean-progress", statements.MEAN_PROGRESS, "steps_by_job"),
        ("next-delivery", kept_statements.NEXT_DELIVERY, "outbox_due"),
        ("pending-deliveries", kept_statements.PENDING_DELIVERIES, "outbox_due"),
        ("delivery", kept_statements.DELIVERY, "sqlite_autoindex_outbox_1"),
        ("old-deliveries", kept_statements.PRUNE_DELIVERIES, "outbox_by_job"),
        ("record", kept_statements.RECORD, "sqlite_autoindex_records_1"),
        ("sole-label", kept_statements.SOLE_LABEL, "record_labels_sole"),
        ("labels", kept_statements.DELETE_LABELS, "record_labels_by_record"),
        *zip(
            ("unplanned-of-a-pipeline", "ready-of-a-pipeline", "held-of-a-pipeline"),
            statements.UNFINISHED_IN_PIPELINE,
            ("jobs_unplanned", "steps_ready", "steps_held"),
            strict=True,
        ),
    )
]
PLANS += [
    pytest.param(kept_statements.due_deliveries(0), "outbox_due", id="due-deliveries"),
    pytest.param(kept_statements.due_deliveries(2), "outbox_due", id="due-deliveries-of-some"),
    pytest.param(kept_statements.delivery_page(frozenset({"after", "state"})), "outbox_by_tenant", id="deliveries"),
    pytest.param(kept_statements.page_of(RecordFilter("t", "k"))[0], "sqlite_autoindex_records_1", id="records"),
]
PLANS += [
    pytest.param(statements.event_page(0), "events_by_job", id="events"),
    pytest.param(statements.event_page(2), "events_by_job", id="events-of-kinds"),
]
PLANS += [
    pytest.param(statements.job_page(frozenset(filters), newest_first), index, id="-".join(["page", *sorted(filters)]))
    for newest_first in (True, False)
    for filters, index in JOB_PAGES
]


@pytest.mark.parametrize(("text", "index"), PLANS)
def test_hot_statements_walk_their_index_and_sort_nothing(ledger, text, index):
    names = set(sqlite3_names(text))

    plan = [row[3] for row in ledger._reader().execute(f"EXPLAIN QUERY PLAN {text}", dict.fromkeys(names, 1))]

    assert len([line for line in plan if index in line]) == 1, plan
    unsorted = [line for line in plan if "USE TEMP B-TREE" not in line]
    # Equal positions of one job may be shown in any order that the id settles: a handful of rows.
    assert unsorted == plan or text == statements.STEPS.text, plan


def sqlite3_names(text):
    return [word.strip(":,()") for word in text.replace("=", " ").replace("(", " ").split() if word.startswith(":")]


# ---- groups


@pytest.mark.parametrize("count", [1, 7, 8, 9, 63, 64, 65, 200])
def test_every_submit_of_a_group_is_written_with_its_event(ledger, count):
    go_on = held_back(ledger)
    all_of_them = [new(params={"number": number}) for number in range(count)]
    futures = [ledger.write(lambda tx, job=job: tx.submit(job)) for job in all_of_them]
    go_on()
    for future in futures:
        future.result()

    for number, job in enumerate(all_of_them):
        assert ledger.job("t", job.id).params == {"number": number}
        assert [event.data for event in ledger.events(job.id)] == [{"status": "QUEUED"}]


def test_gathered_rows_come_in_the_order_of_their_columns():
    assert statements.insert_rows(events, statements.NEW_EVENT_COLUMNS, 2) == (
        "INSERT INTO events (job_id, at, kind, data) VALUES (?, ?, ?, ?), (?, ?, ?, ?)"
    )
    text = statements.insert_rows(jobs, statements.NEW_JOB_COLUMNS, 1)
    assert text.startswith(f"INSERT INTO jobs ({', '.join(statements.NEW_JOB_COLUMNS)}) VALUES")


def test_a_loop_is_woken_once_for_a_whole_group(ledger):
    async def all_at_once():
        loop = asyncio.get_running_loop()
        wake, wakes = loop.call_soon_threadsafe, []
        loop.call_soon_threadsafe = lambda *given: (wakes.append(given), wake(*given))
        go_on = held_back(ledger)
        tasks = [asyncio.create_task(ledger.commit(lambda tx, job=new(): tx.submit(job))) for _ in range(50)]
        await asyncio.sleep(0)
        go_on()
        await asyncio.gather(*tasks)
        return len(wakes)

    assert asyncio.run(all_at_once()) == 1


def test_a_refused_row_fails_its_change_only(ledger):
    go_on = held_back(ledger)
    job = new()
    first = ledger.write(lambda tx: tx.put_key(Key("a", "s", "same")))
    twice = ledger.write(lambda tx: (tx.submit(job), tx.put_key(Key("b", "s", "same"))))
    last = ledger.write(lambda tx: tx.put_key(Key("c", "s", "other")))
    go_on()

    assert isinstance(twice.exception(), InternalError)
    assert first.exception() is last.exception() is None
    assert [key.access_key_id for key in ledger.credentials()] == ["a", "c"]
    assert ledger.job("t", job.id) is None


def test_a_row_that_cannot_be_written_at_all_does_not_end_the_writer(ledger):
    with pytest.raises(InternalError, match="surrogates"):
        submit(ledger, new(tenant="\ud800"))  # no UTF-8 for it

    job = new()
    submit(ledger, job)
    assert ledger.document("t", job.id) is not None
    assert ledger.counts()["QUEUED"] == 1


def test_a_full_disk_fails_the_group_and_no_more(ledger):
    kept, lost, after = new(), new(params={"text": "x" * 500_000}), new()
    submit(ledger, kept)
    connection = ledger._writer._connection
    pages = connection.execute("PRAGMA page_count").fetchone()[0]
    connection.execute(f"PRAGMA max_page_count={pages + 10}").fetchone()

    with pytest.raises(StorageFull, match="make room"):
        submit(ledger, lost)

    connection.execute("PRAGMA max_page_count=1000000").fetchone()
    submit(ledger, after)
    assert [ledger.job("t", job.id) is not None for job in (kept, lost, after)] == [True, False, True]
    assert ledger.counts()["QUEUED"] == 2


# ---- the WAL


def test_the_wal_does_not_grow_for_ever(ledger, tmp_path, monkeypatch):
    monkeypatch.setattr(writer, "LONG_WAL", 256 << 10)
    wal, sizes = tmp_path / "ledger.db-wal", []
    for _ in range(60):
        submit(ledger, new(params={"text": "x" * 50_000}))
        sizes.append(wal.stat().st_size)

    assert sum(sizes) > 0
    assert max(sizes) < 1 << 20 < 60 * 50_000


def test_an_overgrown_wal_is_cut(ledger, tmp_path, monkeypatch):
    submit(ledger, new(params={"text": "x" * 500_000}))
    monkeypatch.setattr(writer, "OVERGROWN_WAL", 1)
    submit(ledger, new())
    ledger.write(lambda tx: None).result()  # the checkpoint comes after the answer

    assert (tmp_path / "ledger.db-wal").stat().st_size == 0


def test_an_idle_ledger_brings_its_wal_home(tmp_path, monkeypatch):
    monkeypatch.setattr(writer, "IDLE", 0.01)
    done = threading.Event()
    checkpoint = writer.Writer._checkpoint

    def noted(self, mode):
        checkpoint(self, mode)
        done.set()

    monkeypatch.setattr(writer.Writer, "_checkpoint", noted)
    ledger = SqliteLedger(tmp_path / "ledger.db")
    ledger.open()
    done.wait()
    done.clear()
    job = new()
    submit(ledger, job)
    done.wait()

    # A copy of the bare file, without the WAL beside it, has the job.
    (tmp_path / "copy.db").write_bytes((tmp_path / "ledger.db").read_bytes())
    ledger.close()
    copy = sqlite3.connect(tmp_path / "copy.db")
    assert copy.execute("SELECT id FROM jobs").fetchall() == [(job.id,)]
    copy.close()
