"""What every object store must do: a folder, S3 (by a stand-in server), memory."""

import hashlib
import itertools
import os
from concurrent.futures import ThreadPoolExecutor

import boto3
import pytest
from moto.server import ThreadedMotoServer

from reelwright.errors import (
    BucketNotFound,
    Conflict,
    InvalidParameter,
    MemoLost,
    ObjectNotFound,
    TooLarge,
)
from reelwright.settings import Settings
from reelwright.storage import local, memory, s3
from reelwright.storage.digests import crc64

MIB = 1 << 20
LIMIT = 24 * MIB
LONG = os.urandom(MIB) * 12 + b"end"  # long enough to go to the store in several pieces


@pytest.fixture(scope="module")
def s3_server():
    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    yield "http://{}:{}".format(*server.get_host_and_port())
    server.stop()


_numbers = itertools.count()


def s3_settings(endpoint, home):
    buckets = tuple(f"{name}-{next(_numbers)}" for name in ("films", "other"))
    client = boto3.client(
        "s3", endpoint_url=endpoint, region_name="us-east-1", aws_access_key_id="k", aws_secret_access_key="s"
    )
    for bucket in buckets:
        client.create_bucket(Bucket=bucket)
    client.close()
    return Settings(
        home=home,
        storage="s3",
        s3_endpoint=endpoint,
        s3_access_key_id="k",
        s3_secret_access_key="s",
        s3_buckets=buckets,
        max_object_bytes=LIMIT,
    )


@pytest.fixture(params=["local", "memory", "s3"])
def reopen(request, tmp_path):
    """A function that opens one and the same store, again at each call."""
    if request.param == "local":
        settings = Settings(home=tmp_path, max_object_bytes=LIMIT)
        return lambda: local.open_store(settings)
    if request.param == "s3":
        settings = s3_settings(request.getfixturevalue("s3_server"), tmp_path)
        return lambda: s3.open_store(settings)
    kept = memory.open_store(LIMIT)
    return lambda: kept


@pytest.fixture
def store(reopen):
    opened = reopen()
    if not opened.buckets():
        opened.create_bucket("films-0")
        opened.create_bucket("other-0")
    return opened


@pytest.fixture
def bucket(store):
    return store.buckets()[0]


@pytest.fixture
def other(store):
    return store.buckets()[1]


def content(store, bucket, key, **given):
    return b"".join(store.read(bucket, key, **given))


SIZES = [
    pytest.param(b"", id="empty"),
    pytest.param(b"x", id="one-byte"),
    pytest.param(LONG, id="long"),
]


@pytest.mark.parametrize("data", SIZES)
@pytest.mark.parametrize("stream", [False, True], ids=["bytes", "stream"])
def test_what_was_put_is_read_back_with_its_digests(store, bucket, data, stream):
    given = iter([data[:100], data[100:]]) if stream else data
    put = store.put(bucket, "a/b.mp4", given, metadata={"who": "me"})
    found = store.head(bucket, "a/b.mp4")

    assert content(store, bucket, "a/b.mp4") == data
    assert found == put
    assert found.size == len(data)
    assert found.sha256 == hashlib.sha256(data).hexdigest() == store.digest(bucket, "a/b.mp4")
    assert found.crc64 == crc64(data)
    assert (found.media_type, dict(found.metadata)) == ("video/mp4", {"who": "me"})


def test_the_etag_of_a_plain_put_is_its_md5_in_upper_case(store, bucket):
    assert store.put(bucket, "a", b"hello").etag == hashlib.md5(b"hello").hexdigest().upper()


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        (0, None, b"0123456789"),
        (3, None, b"3456789"),
        (3, 5, b"34"),
        (0, 1, b"0"),
        (9, 10, b"9"),
        (4, 4, b""),
        (5, 99, b"56789"),
    ],
)
def test_a_range_is_read_alone(store, bucket, start, end, expected):
    store.put(bucket, "digits", b"0123456789")
    assert content(store, bucket, "digits", start=start, end=end) == expected


def test_a_put_replaces_the_whole_object_and_what_was_known_of_it(store, bucket):
    store.put(bucket, "a.txt", LONG, media_type="text/x", metadata={"old": "1"})
    store.put(bucket, "a.txt", b"new")
    found = store.head(bucket, "a.txt")
    assert content(store, bucket, "a.txt") == b"new"
    assert (found.media_type, dict(found.metadata), found.size) == ("text/plain", {}, 3)


@pytest.mark.parametrize("data", [pytest.param(b"second", id="short"), pytest.param(LONG, id="long")])
def test_if_absent_keeps_what_is_there(store, bucket, data):
    store.put(bucket, "a", b"first", if_absent=True)
    with pytest.raises(Conflict):
        store.put(bucket, "a", data, if_absent=True)
    assert content(store, bucket, "a") == b"first"


@pytest.mark.parametrize("data", [pytest.param(b"late", id="short"), pytest.param(LONG, id="long")])
def test_if_absent_keeps_what_came_while_it_was_read(store, bucket, data):
    """Two writers, and both saw that nothing was there."""

    def overtaken():
        yield data
        with ThreadPoolExecutor(1) as other:  # The store may be at work on this thread just now.
            other.submit(store.put, bucket, "a", b"first", if_absent=True).result()

    with pytest.raises(Conflict):
        store.put(bucket, "a", overtaken(), if_absent=True)
    assert content(store, bucket, "a") == b"first"
    assert [one.key for one in store.listing(bucket).objects] == ["a"]


def test_if_absent_takes_a_long_object_whole_with_what_is_told_of_it(store, bucket):
    told = store.put(bucket, "a.mp4", LONG, metadata={"who": "me"}, if_absent=True)
    assert content(store, bucket, "a.mp4") == LONG
    found = store.head(bucket, "a.mp4")
    assert (found.size, found.media_type, found.sha256, found.etag) == (len(LONG), "video/mp4", told.sha256, told.etag)
    assert [one.key for one in store.listing(bucket).objects] == ["a.mp4"]


def test_a_put_that_breaks_off_leaves_the_old_object(store, bucket):
    store.put(bucket, "a", b"old")

    def broken():
        yield LONG
        raise RuntimeError("the line broke")

    with pytest.raises(RuntimeError):
        store.put(bucket, "a", broken())
    assert content(store, bucket, "a") == b"old"
    assert [one.key for one in store.listing(bucket).objects] == ["a"]


def test_an_object_over_the_limit_is_refused_and_leaves_nothing(store, bucket):
    with pytest.raises(TooLarge, match="max_object_bytes"):
        store.put(bucket, "big", itertools.repeat(bytes(MIB), 25))
    assert not store.exists(bucket, "big")


def test_unknown_names_say_which(store, bucket):
    with pytest.raises(BucketNotFound):
        store.head("no-such-bucket", "a")
    with pytest.raises(BucketNotFound):
        store.listing("no-such-bucket")
    with pytest.raises(ObjectNotFound):
        store.head(bucket, "a")
    with pytest.raises(ObjectNotFound):
        store.read(bucket, "a")
    with pytest.raises(ObjectNotFound):
        store.digest(bucket, "a")
    assert not store.exists(bucket, "a")
    assert not store.exists("no-such-bucket", "a")


BAD_KEYS = ["", "/a", "\\a", "../a", "a/../b", "a/./b", "a/..", ".", "a//b", "a/", "a\0b", "a\nb", "x" * 256, "ä" * 512]


@pytest.mark.parametrize("key", BAD_KEYS, ids=range(len(BAD_KEYS)))
def test_a_bad_key_is_refused(store, bucket, key):
    with pytest.raises(InvalidParameter):
        store.put(bucket, key, b"")
    with pytest.raises(InvalidParameter):
        store.head(bucket, key)
    assert not store.exists(bucket, key)


@pytest.mark.parametrize(
    "name", ["v1", "api", "docs", "console", "ab", "A-Bucket", "-ab", "ab-", "a_b", "..", ".reelwright"]
)
def test_a_bad_or_reserved_bucket_is_refused(store, name):
    with pytest.raises(InvalidParameter):
        store.create_bucket(name)
    assert not store.has_bucket(name)


STRANGE = [
    "a b",
    "中文/片 段.mp4",
    "a%2Fb",
    "100%",
    "q?x=1&y",
    "#1",
    "x#12",
    "x%231",
    "x%2523",
    "~t",
    "a\\b",
    'q"',
    "e\u0301",
    "é",
]


def test_strange_keys_stay_what_they_are(store, bucket):
    for number, key in enumerate(STRANGE):
        store.put(bucket, key, str(number).encode())
    assert [content(store, bucket, key) for key in STRANGE] == [str(n).encode() for n in range(len(STRANGE))]
    assert [one.key for one in store.listing(bucket).objects] == sorted(STRANGE)


KEYS = ["a", "a.txt", "a/b", "a/c/d", "b/1", "b/2", "b-x", "c"]


@pytest.fixture
def filled(store, bucket):
    # An object 'a' and a folder 'a' cannot both be files of one folder on disk.
    keys = [key for key in KEYS if key != "a"]
    for key in keys:
        store.put(bucket, key, key.encode())
    return sorted(keys)


@pytest.mark.parametrize(
    ("given", "objects", "prefixes"),
    [
        pytest.param({}, ["a.txt", "a/b", "a/c/d", "b-x", "b/1", "b/2", "c"], [], id="all"),
        pytest.param({"delimiter": "/"}, ["a.txt", "b-x", "c"], ["a/", "b/"], id="top"),
        pytest.param({"prefix": "a/", "delimiter": "/"}, ["a/b"], ["a/c/"], id="in-folder"),
        pytest.param({"prefix": "a", "delimiter": "/"}, ["a.txt"], ["a/"], id="part-of-a-name"),
        pytest.param({"prefix": "b"}, ["b-x", "b/1", "b/2"], [], id="prefix"),
        pytest.param({"after": "a/c/d"}, ["b-x", "b/1", "b/2", "c"], [], id="after"),
        pytest.param({"after": "a/", "delimiter": "/"}, ["b-x", "c"], ["b/"], id="after-a-prefix"),
        pytest.param({"delimiter": "-"}, ["a.txt", "a/b", "a/c/d", "b/1", "b/2", "c"], ["b-"], id="other-delimiter"),
        pytest.param({"prefix": "zzz"}, [], [], id="nothing"),
        pytest.param({"prefix": "../"}, [], [], id="traversal"),
        pytest.param({"prefix": "a/../../"}, [], [], id="traversal-inside"),
    ],
)
def test_a_listing_is_in_order_and_folds(store, bucket, filled, given, objects, prefixes):
    found = store.listing(bucket, **given)
    assert [one.key for one in found.objects] == objects
    assert list(found.prefixes) == prefixes
    assert found.next_after is None


@pytest.mark.parametrize("limit", [1, 2, 3, 100])
@pytest.mark.parametrize("delimiter", ["", "/"], ids=["flat", "folders"])
def test_pages_join_to_the_whole(store, bucket, filled, limit, delimiter):
    whole = store.listing(bucket, delimiter=delimiter)
    pages, after = [], ""
    while after is not None:
        page = store.listing(bucket, delimiter=delimiter, after=after, limit=limit)
        assert len(page.objects) + len(page.prefixes) <= limit
        pages.append(page)
        after = page.next_after
    assert [one for page in pages for one in page.objects] == list(whole.objects)
    assert [one for page in pages for one in page.prefixes] == list(whole.prefixes)


def test_a_listing_tells_the_same_etags_as_a_look_at_each(store, bucket, filled):
    for one in store.listing(bucket).objects:
        found = store.head(bucket, one.key)
        assert (one.etag, one.size) == (found.etag, found.size)
        assert abs(one.modified - found.modified) < 1


def test_a_deleted_object_is_gone_and_deleting_again_is_fine(store, bucket):
    store.put(bucket, "a/b/c", b"1")
    store.delete(bucket, "a/b/c")
    store.delete(bucket, "a/b/c")
    assert not store.exists(bucket, "a/b/c")
    store.put(bucket, "a", b"now an object where a folder was")
    assert store.has_bucket(bucket)


def test_a_copy_is_the_same_under_another_name(store, bucket, other):
    made = store.put(bucket, "a.mp4", LONG, media_type="video/x", metadata={"k": "v"})
    for to_bucket, to_key in ((bucket, "b/copy.bin"), (other, "c")):
        copied = store.copy(bucket, "a.mp4", to_bucket, to_key)
        assert content(store, to_bucket, to_key) == LONG
        assert (copied.sha256, copied.media_type, dict(copied.metadata)) == (made.sha256, "video/x", {"k": "v"})
    store.put(bucket, "a.mp4", b"changed")
    assert content(store, bucket, "b/copy.bin") == LONG


def test_a_copy_onto_itself_may_change_what_is_told_of_it(store, bucket):
    store.put(bucket, "a.txt", b"text", metadata={"old": "1"})
    store.copy(bucket, "a.txt", bucket, "a.txt", media_type="text/markdown", metadata={"new": "2"})
    found = store.head(bucket, "a.txt")
    assert (found.media_type, dict(found.metadata)) == ("text/markdown", {"new": "2"})
    assert content(store, bucket, "a.txt") == b"text"


def test_a_copy_made_twice_is_still_one(store, bucket):
    store.put(bucket, "a", b"1", metadata={"k": "v"})
    for _ in range(2):
        store.copy(bucket, "a", bucket, "b")
    assert dict(store.head(bucket, "b").metadata) == {"k": "v"}


def test_files_go_in_and_come_out(store, bucket, tmp_path):
    source = tmp_path / "in.wav"
    source.write_bytes(LONG)
    digest = hashlib.sha256(LONG).hexdigest()
    put = store.put_file(bucket, "x/in.wav", source, sha256=digest)
    assert put.sha256 == digest
    out = tmp_path / "out.wav"
    assert store.get_file(bucket, "x/in.wav", out) == put
    assert out.read_bytes() == LONG


PART = os.urandom(5 * MIB)


def test_an_upload_in_parts_survives_a_restart(reopen, store, bucket):
    upload = store.start_upload(bucket, "big.mp4", metadata={"k": "v"})
    second = store.put_part(bucket, "big.mp4", upload, 2, b"tail")
    store.put_part(bucket, "big.mp4", upload, 1, b"to be replaced")
    first = store.put_part(bucket, "big.mp4", upload, 1, iter([PART[:7], PART[7:]]))
    assert not store.exists(bucket, "big.mp4")

    again = reopen()
    assert [(one.id, one.key) for one in again.uploads(bucket)] == [(upload, "big.mp4")]
    listed = again.parts(bucket, "big.mp4", upload)
    assert [(number, part.etag, part.size) for number, part in listed] == [
        (1, first.etag, len(PART)),
        (2, second.etag, 4),
    ]
    made = again.finish_upload(bucket, "big.mp4", upload, [(1, first.etag), (2, f'"{second.etag.lower()}"')])

    whole = PART + b"tail"
    assert content(again, bucket, "big.mp4") == whole
    assert (made.crc64, made.sha256) == (crc64(whole), hashlib.sha256(whole).hexdigest())
    assert (made.media_type, dict(made.metadata)) == ("video/mp4", {"k": "v"})
    assert again.uploads(bucket) == []
    with pytest.raises(ObjectNotFound):
        again.parts(bucket, "big.mp4", upload)


def test_the_etag_of_an_upload_in_parts_names_their_number(store, bucket):
    upload = store.start_upload(bucket, "a")
    tags = [store.put_part(bucket, "a", upload, number, b"12345").etag for number in (1, 2)]
    etag = store.finish_upload(bucket, "a", upload, [(1, tags[0]), (2, tags[1])]).etag
    digest = hashlib.md5(hashlib.md5(b"12345").digest() * 2).hexdigest().upper()
    assert etag in (f"{digest}-2", hashlib.md5(b"12345" * 2).hexdigest().upper())


@pytest.mark.parametrize(
    ("parts", "field"),
    [
        pytest.param([], "part_order", id="none"),
        pytest.param([(2, "B"), (1, "A")], "part_order", id="out-of-order"),
        pytest.param([(1, "A"), (1, "A")], "part_order", id="twice"),
        pytest.param([(1, "A"), (3, "A")], "part", id="unknown"),
        pytest.param([(1, "wrong")], "part", id="wrong-etag"),
    ],
)
def test_a_wrong_list_of_parts_is_refused_and_the_upload_stays(store, bucket, parts, field):
    upload = store.start_upload(bucket, "a")
    tags = {
        name: store.put_part(bucket, "a", upload, number, name.encode()).etag for number, name in ((1, "A"), (2, "B"))
    }
    with pytest.raises(InvalidParameter) as caught:
        store.finish_upload(bucket, "a", upload, [(number, tags.get(tag, tag)) for number, tag in parts])
    assert caught.value.field == field
    assert len(store.parts(bucket, "a", upload)) == 2


def test_an_aborted_upload_is_gone(store, bucket):
    upload = store.start_upload(bucket, "a")
    store.put_part(bucket, "a", upload, 1, b"1")
    store.abort_upload(bucket, "a", upload)
    for call in (store.abort_upload, store.parts):
        with pytest.raises(ObjectNotFound) as caught:
            call(bucket, "a", upload)
        assert caught.value.field == "upload"


def test_an_upload_belongs_to_its_key(store, bucket):
    upload = store.start_upload(bucket, "a")
    with pytest.raises(ObjectNotFound):
        store.put_part(bucket, "b", upload, 1, b"1")
    with pytest.raises(ObjectNotFound):
        store.put_part(bucket, "a", "../../x", 1, b"1")


@pytest.mark.parametrize("number", [0, -1, 10_001])
def test_a_part_number_has_bounds(store, bucket, number):
    upload = store.start_upload(bucket, "a")
    with pytest.raises(InvalidParameter):
        store.put_part(bucket, "a", upload, number, b"1")


@pytest.fixture(params=["local", "memory", "s3"])
def both(request, tmp_path):
    """Objects and the memo that publishes to them, and a bucket that is not the memo's."""
    if request.param == "memory":
        objects, memo = memory.open_both(LIMIT)
    elif request.param == "local":
        settings = Settings(home=tmp_path)
        objects, memo = local.open_store(settings), local.open_memo(settings)
    else:
        settings = s3_settings(request.getfixturevalue("s3_server"), tmp_path)
        objects, memo = s3.open_store(settings), s3.open_memo(settings)
        return objects, memo, *settings.s3_buckets
    for name in ("films-0", "other-0"):
        objects.create_bucket(name)
    return objects, memo, "films-0", "other-0"


def test_a_memo_is_found_whole_and_published(both, tmp_path):
    objects, memo, first, second = both
    key = hashlib.sha256(b"step").hexdigest()
    source = tmp_path / "clip.mp4"
    source.write_bytes(LONG)
    assert memo.find(key) is None
    saved = memo.save(key, {"video": "clip.mp4"}, {"clip.mp4": source}, {"tier": "builtin"})
    assert memo.save(key, {"video": "a loser's"}, {"clip.mp4": source}, {}) == saved == memo.find(key)
    for bucket in (first, second):
        info = memo.publish(key, "clip.mp4", bucket, "out/clip.mp4")
        assert (info.sha256, info.media_type) == (hashlib.sha256(LONG).hexdigest(), "video/mp4")
        assert content(objects, bucket, "out/clip.mp4") == LONG
        assert [one.key for one in objects.listing(bucket).objects] == ["out/clip.mp4"]
    with pytest.raises(MemoLost):
        memo.publish(key, "other", first, "x")
