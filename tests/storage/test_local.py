"""Objects in a folder: files a user can see, drop in and replace; writes that survive a kill."""

import hashlib
import os
import signal
import subprocess
import sys
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reelwright.errors import InvalidParameter, ObjectNotFound
from reelwright.settings import Settings
from reelwright.storage import local, names
from reelwright.storage.digests import Digests, crc64
from reelwright.storage.uploads import ABANDONED

MIB = 1 << 20


@pytest.fixture
def settings(tmp_path):
    return Settings(home=tmp_path)


@pytest.fixture
def store(settings):
    opened = local.open_store(settings)
    opened.create_bucket("films")
    return opened


@pytest.fixture
def folder(store, tmp_path):
    return tmp_path / "objects" / "films"


def test_an_object_is_a_file_of_its_name(store, folder):
    store.put("films", "a/片.mp4", b"content")
    assert (folder / "a" / "片.mp4").read_bytes() == b"content"


@pytest.mark.parametrize("instant", ["before it is opened", "before it is locked"])
def test_a_put_survives_the_sweep_of_a_process_that_starts_at_that_instant(
    tmp_path, store, folder, monkeypatch, instant
):
    open_file, swept = os.open, []

    def sweep_once():
        if not swept:
            swept.append(True)
            local.Staging(tmp_path / "objects" / names.OWN_FOLDER / "staging").sweep()

    def opening(path, *given, **more):
        ours = not swept and "staging" in str(path) and not given[0] & os.O_DIRECTORY
        if ours and instant == "before it is opened":
            sweep_once()
        handle = open_file(path, *given, **more)
        if ours and instant == "before it is locked":
            sweep_once()
        return handle

    monkeypatch.setattr(os, "open", opening)
    store.put("films", "a.mp4", b"content")

    assert swept
    assert (folder / "a.mp4").read_bytes() == b"content"


@pytest.mark.parametrize("flushes", [True, False])
def test_bytes_are_on_the_disk_before_they_come_into_view_and_the_name_before_it_is_answered(
    settings, tmp_path, monkeypatch, flushes
):
    store = local.open_store(settings.model_copy(update={"flush_objects": flushes}))
    store.create_bucket("films")
    seen = tmp_path / "objects/films/new/a.mp4"
    flushed: list[tuple[str, bool]] = []

    def flush(handle):
        flushed.append((os.readlink(f"/proc/self/fd/{handle}"), seen.exists()))

    monkeypatch.setattr(local.os, "fsync", flush)
    store.put("films", "new/a.mp4", b"film")

    if not flushes:
        assert flushed == []
        return
    (written, was_seen), *folders = flushed
    assert "staging" in written
    assert not was_seen
    home = tmp_path / "objects"
    assert folders == [(str(one), True) for one in (home / "films/new", home / "films", home)]


def test_a_dropped_file_is_an_object_and_its_digest_is_learnt_once(store, folder, monkeypatch):
    (folder / "a.mp4").write_bytes(b"dropped")
    first = store.head("films", "a.mp4")
    assert (first.media_type, first.sha256, first.size) == ("video/mp4", None, 7)
    assert store.digest("films", "a.mp4") == hashlib.sha256(b"dropped").hexdigest()

    learnt = store.head("films", "a.mp4")
    assert (learnt.sha256, learnt.crc64) == (hashlib.sha256(b"dropped").hexdigest(), crc64(b"dropped"))
    assert learnt.etag == first.etag
    monkeypatch.setattr(Digests, "over", None)  # a second pass would fail
    assert store.digest("films", "a.mp4") == learnt.sha256


def test_a_replaced_file_is_not_taken_for_what_was_put(store, folder):
    put = store.put("films", "a.mp4", b"before!", metadata={"k": "v"})
    (folder / "new").write_bytes(b"after!!")
    (folder / "new").rename(folder / "a.mp4")
    found = store.head("films", "a.mp4")
    assert found.etag != put.etag
    assert (found.sha256, found.crc64, dict(found.metadata)) == (None, None, {})
    assert store.digest("films", "a.mp4") == hashlib.sha256(b"after!!").hexdigest()


def test_a_file_written_in_place_is_noticed(store, folder):
    store.put("films", "a", b"1234")
    with (folder / "a").open("r+b") as file:
        file.write(b"5")
    assert store.digest("films", "a") == hashlib.sha256(b"5234").hexdigest()


def test_a_record_that_is_damaged_counts_as_none(store, folder, tmp_path):
    store.put("films", "a", b"1")
    for record in (tmp_path / "objects" / ".reelwright" / "records").rglob("*-*"):
        if record.is_file():
            record.write_bytes(b"{")
    assert store.digest("films", "a") == hashlib.sha256(b"1").hexdigest()


def test_names_on_disk_that_are_no_text_are_passed_over(store, folder):
    with open(os.fsencode(folder) + b"/\xff\xfe", "wb"):
        pass
    (folder / "left#3").write_bytes(b"cut off by a crash")
    store.put("films", "a", b"1")
    assert [one.key for one in store.listing("films").objects] == ["a"]


def test_the_server_keeps_its_own_folder_to_itself(store):
    store.put("films", "a", b"1")
    assert store.buckets() == ["films"]
    assert not store.has_bucket(".reelwright")


@pytest.mark.parametrize(("first", "second"), [("a", "a/b"), ("a/b", "a")])
def test_a_name_cannot_be_both_object_and_folder(store, tmp_path, first, second):
    store.put("films", first, b"1")
    with pytest.raises(InvalidParameter, match="collides"):
        store.put("films", second, b"2")
    assert [one.key for one in store.listing("films").objects] == [first]
    with pytest.raises(ObjectNotFound):
        store.head("films", second)
    assert [path for path in (tmp_path / "objects" / ".reelwright" / "staging").rglob("*") if path.is_file()] == []


def test_deleting_takes_empty_folders_away_and_leaves_the_bucket(store, folder):
    store.put("films", "a/b/c", b"1")
    store.put("films", "a/d", b"1")
    store.delete("films", "a/b/c")
    assert sorted(path.name for path in folder.rglob("*")) == ["a", "d"]
    store.delete("films", "a/d")
    assert list(folder.iterdir()) == []
    assert store.has_bucket("films")


def test_a_reader_keeps_the_content_it_began_with(store):
    store.put("films", "a", b"1" * (3 * MIB))
    chunks = store.read("films", "a")
    first = next(chunks)
    store.put("films", "a", b"2" * (3 * MIB))
    assert set(first + b"".join(chunks)) == {ord("1")}


def test_a_file_taken_out_shares_the_bytes(store, folder, tmp_path):
    store.put("films", "a", b"1" * MIB)
    out = tmp_path / "out"
    store.get_file("films", "a", out)
    assert out.read_bytes() == b"1" * MIB
    store.put("films", "a", b"2")
    assert out.read_bytes() == b"1" * MIB


def test_a_copy_moves_no_bytes(store, folder):
    store.put("films", "a", b"1" * MIB)
    store.copy("films", "a", "films", "b")
    assert (folder / "a").stat().st_ino == (folder / "b").stat().st_ino


WRITER = """
import sys, time
from pathlib import Path
from reelwright.settings import Settings
from reelwright.storage import local

store = local.open_store(Settings(home=Path(sys.argv[1])))

def endless():
    while True:
        yield bytes(1 << 20)
        print("wrote", flush=True)
        time.sleep(0.01)

store.put("films", "a", endless())
"""


@pytest.mark.crash
def test_a_write_that_is_killed_leaves_the_old_object_and_no_rest(store, settings, tmp_path):
    store.put("films", "a", b"old")
    staging = tmp_path / "objects" / ".reelwright" / "staging"
    writer = subprocess.Popen([sys.executable, "-c", WRITER, str(tmp_path)], stdout=subprocess.PIPE)
    mine = set(staging.iterdir())
    while not any(path.stat().st_size > 0 for path in staging.rglob("*") if path.is_file() and path.parent not in mine):
        assert writer.poll() is None
        time.sleep(0.01)
    local.open_store(settings)  # while the writer lives, its files stay
    assert set(staging.iterdir()) - mine

    writer.send_signal(signal.SIGKILL)
    writer.communicate()
    again = local.open_store(settings)
    assert b"".join(again.read("films", "a")) == b"old"
    assert [one.key for one in again.listing("films").objects] == ["a"]
    assert set(staging.iterdir()) <= mine


FILLER = """
import resource, signal, sys
from pathlib import Path
from reelwright.errors import StorageFull
from reelwright.settings import Settings
from reelwright.storage import local

store = local.open_store(Settings(home=Path(sys.argv[1])))
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 20, 1 << 20))
for data in (bytes(3 << 20), (bytes(1 << 20) for _ in range(40))):
    try:
        store.put("films", "a", data)
    except StorageFull as error:
        print(error.retryable)
"""


def test_a_full_disk_is_told_and_leaves_the_old_object(store, tmp_path):
    store.put("films", "a", b"old")
    done = subprocess.run([sys.executable, "-c", FILLER, str(tmp_path)], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["True", "True"]
    assert b"".join(store.read("films", "a")) == b"old"
    assert [path for path in (tmp_path / "objects" / ".reelwright" / "staging").rglob("*") if path.is_file()] == []


def test_uploads_nobody_finished_are_swept(store, settings, monkeypatch, tmp_path):
    old = store.start_upload("films", "old")
    store.put_part("films", "old", old, 1, b"1")
    later = time.time() + ABANDONED + 60
    monkeypatch.setattr("reelwright.storage.uploads.now", lambda: later)
    young = store.start_upload("films", "young")
    again = local.open_store(settings)
    assert [one.id for one in again.uploads("films")] == [young]
    left = {path.parent.name for path in (tmp_path / "objects" / ".reelwright" / "uploads").rglob("upload")}
    assert left == {young}


SEGMENTS = st.text(st.characters(codec="utf-8", exclude_characters="/"), min_size=1, max_size=40) | st.from_regex(
    r"[a-z]?(#|%(25){0,2}23|%2523|%)[0-9]{0,3}", fullmatch=True
)


@given(st.lists(SEGMENTS, min_size=1, max_size=4).map("/".join))
def test_every_good_key_has_a_path_of_its_own_and_the_way_back(key):
    if not names.is_key(key):
        return
    path = local.to_path(key)
    folder, slash, name = path.rpartition("/")
    assert folder + slash + local.to_name(name) == key
    assert not (name[-1].isdigit() and name.rstrip("0123456789").endswith("#"))


@given(st.lists(SEGMENTS, min_size=1, max_size=3).map("/".join))
def test_every_good_key_can_be_put_and_listed(tmp_path_factory, key):
    if not names.is_key(key):
        return
    store = local.open_store(Settings(home=tmp_path_factory.mktemp("home")))
    store.create_bucket("films")
    store.put("films", key, b"1")
    assert [one.key for one in store.listing("films").objects] == [key]
    assert b"".join(store.read("films", key)) == b"1"
    assert store.exists("films", key)


@pytest.mark.parametrize(
    ("key", "media_type"),
    [
        ("a.srt", "application/x-subrip"),
        ("b.c.ASS", "text/x-ssa"),
        ("d/a.vtt", "text/vtt"),
        ("srt", "application/octet-stream"),
    ],
)
def test_subtitles_are_known_by_their_ending(store, key, media_type):
    store.create_bucket("media")
    store.put("media", key, b"1")
    assert store.head("media", key).media_type == media_type
