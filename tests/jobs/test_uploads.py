"""Uploads that are found although nobody said that they came."""

import asyncio

import pytest

from reelwright import timing
from reelwright.jobs import library
from reelwright.jobs.job import Key
from reelwright.jobs.ledger.sqlite import SqliteLedger
from reelwright.jobs.library import ASSETS, Asset, State
from reelwright.jobs.uploads import Uploads
from reelwright.service import Service
from reelwright.settings import Settings
from reelwright.storage import memory

KEY = Key("RWone", "a secret", "sk-one", "t")
A = "a" * 32


@pytest.fixture
def ledger(tmp_path):
    ledger = SqliteLedger(tmp_path / "ledger.db")
    ledger.open()
    ledger.write(lambda tx: tx.put_key(KEY)).result()
    yield ledger
    ledger.close()


@pytest.fixture
def objects():
    objects = memory.open_store()
    objects.create_bucket("films")
    return objects


@pytest.fixture
def promise(ledger):
    def promise(etag=""):
        body = Asset(state=State.AWAITED, address="oss://films/a.mp4", kind="video")

        def change(tx):
            library.put(tx, "t", A, body, timing.now())
            library.expect(tx, "t", A, "films", "a.mp4", etag=etag, now=timing.now())

        ledger.write(change).result()

    return promise


def state(ledger):
    return ASSETS.get(ledger, "t", A).body.state


def run(change):
    return asyncio.run(change)


def test_an_upload_before_a_crash_is_found_when_the_server_starts(ledger, objects, promise, tmp_path):
    promise()
    objects.put("films", "a.mp4", b"film")
    service = Service(settings=Settings(home=tmp_path), ledger=ledger, objects=objects)

    async def start():
        async with service.running():
            pass

    run(start())

    assert state(ledger) is State.PREPARING
    assert ASSETS.get(ledger, "t", A).body.size == 4


def test_nothing_is_found_where_nothing_came(ledger, objects, promise):
    promise()
    uploads = Uploads(ledger, objects, dict)

    run(uploads.look_for_all())
    run(uploads.look_for("films", "b.mp4"))

    assert state(ledger) is State.AWAITED


def test_the_file_that_was_there_before_is_not_taken_for_the_new_one(ledger, objects, promise):
    promise(etag=objects.put("films", "a.mp4", b"old").etag)
    uploads = Uploads(ledger, objects, dict)

    run(uploads.look_for("films", "a.mp4"))
    assert state(ledger) is State.AWAITED

    objects.put("films", "a.mp4", b"new")
    run(uploads.look_for("films", "a.mp4"))
    assert state(ledger) is State.PREPARING


def test_a_pass_is_made_with_a_key_of_the_caller(ledger, objects):
    uploads = Uploads(ledger, objects, lambda: {KEY.access_key_id: KEY})

    made = uploads.allow("t", "films", "a.mp4")

    assert uploads.secret(made.security_token, made.access_key_id, "films", "a.mp4") == made.access_key_secret


def test_a_pass_made_without_a_key_opens_nothing(ledger, objects):
    keyless = Uploads(ledger, objects, dict)
    made = keyless.allow("t", "films", "a.mp4")

    for uploads in (keyless, Uploads(ledger, objects, lambda: {KEY.access_key_id: KEY})):
        with pytest.raises(Exception, match="a key that is gone"):
            uploads.secret(made.security_token, made.access_key_id, "films", "a.mp4")
