"""Groups of changes, threads, event loops, opening and closing."""

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import replace
from typing import Any

import pytest

from reelwright import timing
from reelwright.errors import (
    Conflict,
    InternalError,
    InvalidParameter,
    JobNotFound,
)
from reelwright.jobs import ids
from reelwright.jobs.job import (
    JobFilter,
    Key,
    NewJob,
    Status,
)
from reelwright.jobs.ledger.port import Ledger, Transaction

NOW = 2_000_000_000.0
QUEUED, SUCCEEDED = Status.QUEUED, Status.SUCCEEDED


def test_a_failing_change_is_undone_alone(desk):
    """All in one group: the writer is held back by the first."""
    begun, go_on = threading.Event(), threading.Event()
    news = [desk.new(token=f"k{number}", token_digest="d") for number in range(6)]

    def hold(tx: Transaction) -> None:
        begun.set()
        go_on.wait()

    def submit_and_fail(new: NewJob, claims: bool) -> Callable[[Transaction], None]:
        def change(tx: Transaction) -> None:
            tx.submit(new)
            if claims:
                tx.claim(owner="x", slots=9, lease=1, now=NOW)
            raise InvalidParameter("no")

        return change

    first = desk.ledger.write(hold)
    begun.wait()
    futures: list[Future[Any]] = [
        desk.ledger.write(lambda tx: tx.submit(news[0])),
        desk.ledger.write(submit_and_fail(news[1], claims=False)),
        desk.ledger.write(lambda tx: tx.submit(news[2])),
        desk.ledger.write(submit_and_fail(news[3], claims=True)),
        desk.ledger.write(lambda tx: tx.submit(news[4])),
        desk.ledger.write(lambda tx: tx.submit(replace(news[1], id=news[5].id))),
    ]
    go_on.set()
    first.result()

    assert [future.exception() is None for future in futures] == [True, False, True, False, True, True]
    assert futures[5].result().created, "the token of a failed submit is free"
    there = [job.id for job in desk.ledger.jobs(JobFilter("t"))]
    assert there == [news[number].id for number in (5, 4, 2, 0)]
    assert all(desk.told(job_id) == ["QUEUED"] for job_id in there)
    assert desk.ledger.counts()["QUEUED"] == 4
    assert desk.ledger.events(news[1].id) == desk.ledger.events(news[3].id) == []


def test_listeners_hear_of_each_changed_job_after_it_is_readable(desk):
    heard: list[tuple[str, bool]] = []
    desk.ledger.on_commit(
        lambda changed: heard.extend((one, desk.ledger.job(None, one) is not None) for one in changed)
    )

    job_id = desk.submit()
    desk.do(lambda tx: tx.claim(owner="d", slots=1, lease=1, now=NOW))
    desk.do(lambda tx: tx.put_key(Key("a", "b", "c")))

    assert heard == [(job_id, True)] * 2


def test_a_failing_listener_stops_nobody(desk, caplog: pytest.LogCaptureFixture):
    heard: list[str] = []
    desk.ledger.on_commit(lambda changed: 1 / 0)
    desk.ledger.on_commit(heard.extend)

    first, second = desk.submit(), desk.submit()
    desk.do(lambda tx: None)

    assert heard == [first, second]
    assert "listener" in caplog.text


def test_coroutines_hear_of_their_own_outcome(desk):
    news = [desk.new() for _ in range(20)]

    async def all_at_once() -> list[Any]:
        good = [desk.ledger.commit(lambda tx, new=new: tx.submit(new)) for new in news]
        bad = desk.ledger.commit(lambda tx: tx.cancel("t", "nobody", NOW))
        return await asyncio.gather(*good, bad, return_exceptions=True)

    *answers, error = asyncio.run(all_at_once())

    assert [answer.job_id for answer in answers] == [new.id for new in news]
    assert isinstance(error, JobNotFound)


def test_a_coroutine_that_stops_waiting_does_not_stop_its_change(desk):
    new = desk.new()

    async def impatient() -> None:
        waiting = asyncio.create_task(desk.ledger.commit(lambda tx: tx.submit(new)))
        await asyncio.sleep(0)
        waiting.cancel()
        await asyncio.gather(waiting, return_exceptions=True)
        await desk.ledger.commit(lambda tx: None)

    asyncio.run(impatient())

    assert desk.job(new.id).status is QUEUED


def test_many_threads_write_and_read_at_once(desk):
    seen: list[bool] = []

    def work() -> None:
        for _ in range(20):
            at = timing.now()
            new = NewJob(ids.new(at), "t", "o", {}, at, at + 100)
            desk.do(lambda tx, new=new: tx.submit(new))
            seen.append(desk.ledger.document("t", new.id) is not None)

    threads = [threading.Thread(target=work) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert seen == [True] * 120
    assert desk.ledger.counts()["QUEUED"] == 120


def test_everything_is_there_after_a_reopen(desk, make_ledger: Callable[[], Ledger]):
    plain, planned = desk.submit(token="k"), desk.submit(steps=(0, 1))
    claim = desk.claim_one()
    before = [(desk.job(one), desk.ledger.steps(one), desk.ledger.events(one)) for one in (plain, planned)]
    desk.ledger.close()

    again = type(desk)(make_ledger())
    again.ledger.open()

    assert [(again.job(one), again.ledger.steps(one), again.ledger.events(one)) for one in (plain, planned)] == before
    assert again.ledger.counts()["QUEUED"] == 1
    again.finish(claim)
    assert again.publish(plain).status is SUCCEEDED


def test_what_is_queued_is_committed_before_closing(desk, make_ledger: Callable[[], Ledger]):
    news = [desk.new() for _ in range(50)]
    futures = [desk.ledger.write(lambda tx, new=new: tx.submit(new)) for new in news]
    desk.ledger.close()

    assert all(future.done() for future in futures)
    again = make_ledger()
    again.open()
    assert all(again.job("t", new.id) is not None for new in news)


def test_a_closed_ledger_refuses_writes(desk):
    desk.ledger.close()

    with pytest.raises(InternalError, match="not open"):
        desk.ledger.write(lambda tx: None)


def test_a_second_writer_is_refused_until_the_first_closes(desk, make_ledger: Callable[[], Ledger]):
    second = make_ledger()
    with pytest.raises(Conflict, match="another process"):
        second.open()
    job_id = desk.submit()

    desk.ledger.close()
    second.open()

    assert second.job("t", job_id) is not None
