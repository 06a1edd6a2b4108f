"""The face driven by both official libraries, with both signatures."""

import hashlib
import io
import random
import time
from dataclasses import replace

import alibabacloud_oss_v2 as oss_v2
import httpx
import oss2
import pytest

from reelwright.faces.oss import signature
from reelwright.storage.digests import crc64

BUCKET = "films"
MIB = 1 << 20
DATA = random.Random(7).randbytes(3 * MIB + 17)
STRANGE = ["a b/中文 片.mp4", "a+b&c=d.txt", "100%25 ~*'()!.bin", "q?x=1", "#1/x#12"]


# ---- the older library


@pytest.mark.parametrize("name", ["clip.mp4", *STRANGE])
def test_oss2_puts_gets_looks_and_deletes(old, name):
    put = old.put_object(name, DATA, headers={"x-oss-meta-who": "me", "Content-Type": "video/x"})
    assert put.status == 200
    assert put.etag == hashlib.md5(DATA).hexdigest().upper()
    assert put.crc == crc64(DATA)

    got = old.get_object(name)
    assert got.read() == DATA
    assert got.client_crc == got.server_crc == crc64(DATA)
    assert (got.headers["Content-Type"], got.headers["x-oss-meta-who"]) == ("video/x", "me")

    assert old.head_object(name).content_length == len(DATA)
    assert old.get_object_meta(name).content_length == len(DATA)
    assert old.object_exists(name)
    old.delete_object(name)
    assert not old.object_exists(name)
    with pytest.raises(oss2.exceptions.NoSuchKey):
        old.get_object(name)
    with pytest.raises(oss2.exceptions.NotFound):
        old.head_object(name)


def test_oss2_streams_without_a_length(old):
    old.put_object("s", iter([b"12", b"345"]))
    assert old.get_object("s").read() == b"12345"


@pytest.mark.parametrize(("asked", "expected"), [((0, 9), DATA[:10]), ((5, None), DATA[5:]), ((None, 7), DATA[-7:])])
def test_oss2_reads_ranges(old, asked, expected):
    old.put_object("r", DATA)
    got = old.get_object("r", byte_range=asked)
    assert got.status == 206
    assert got.read() == expected


def test_oss2_lists_page_by_page(old):
    names = sorted(["a/1", "a/2", "b.txt", *STRANGE])
    for name in names:
        old.put_object(name, b"x")
    assert [one.key for one in oss2.ObjectIterator(old, max_keys=2)] == names
    assert [one.key for one in oss2.ObjectIteratorV2(old, max_keys=2)] == names
    top = old.list_objects(delimiter="/", max_keys=1000)
    assert sorted(top.prefix_list) == sorted({name.partition("/")[0] + "/" for name in names if "/" in name})
    assert [one.key for one in top.object_list] == [name for name in names if "/" not in name]
    assert [one.etag for one in old.list_objects(prefix="b.t").object_list] == [hashlib.md5(b"x").hexdigest().upper()]


def test_oss2_uploads_in_parts(old, tmp_path):
    upload = old.init_multipart_upload("big.mp4", headers={"x-oss-meta-k": "v"}).upload_id
    second = old.upload_part("big.mp4", upload, 2, DATA[MIB:])
    first = old.upload_part("big.mp4", upload, 1, DATA[:MIB])
    assert [part.part_number for part in oss2.PartIterator(old, "big.mp4", upload)] == [1, 2]
    assert [one.upload_id for one in oss2.MultipartUploadIterator(old)] == [upload]
    parts = [
        oss2.models.PartInfo(1, first.etag, size=MIB, part_crc=first.crc),
        oss2.models.PartInfo(2, second.etag, size=len(DATA) - MIB, part_crc=second.crc),
    ]
    done = old.complete_multipart_upload("big.mp4", upload, parts)
    assert done.crc == crc64(DATA)
    got = old.get_object("big.mp4")
    assert got.read() == DATA
    assert got.headers["x-oss-meta-k"] == "v"
    with pytest.raises(oss2.exceptions.NoSuchUpload):
        old.list_parts("big.mp4", upload)


def test_oss2_resumable_transfers_work(old, tmp_path):
    source, target = tmp_path / "in", tmp_path / "out"
    source.write_bytes(DATA)
    kept = oss2.ResumableStore(root=str(tmp_path / "kept"))
    oss2.resumable_upload(old, "r", str(source), store=kept, multipart_threshold=MIB, part_size=MIB, num_threads=2)
    down = oss2.ResumableDownloadStore(root=str(tmp_path / "kept"))
    oss2.resumable_download(old, "r", str(target), store=down, multiget_threshold=MIB, part_size=MIB, num_threads=2)
    assert target.read_bytes() == DATA


def test_oss2_copies_whole_and_in_parts(old):
    old.put_object("源/a b", DATA, headers={"x-oss-meta-k": "v", "Content-Type": "a/b"})
    old.copy_object(BUCKET, "源/a b", "copy")
    copied = old.get_object("copy")
    assert copied.read() == DATA
    assert (copied.headers["x-oss-meta-k"], copied.headers["content-type"]) == ("v", "a/b")

    old.update_object_meta("copy", {"x-oss-meta-new": "1", "Content-Type": "c/d"})
    changed = old.head_object("copy").headers
    assert (changed["x-oss-meta-new"], changed["content-type"], changed.get("x-oss-meta-k")) == ("1", "c/d", None)

    upload = old.init_multipart_upload("parts").upload_id
    etags = [
        old.upload_part_copy(BUCKET, "源/a b", (0, 999), "parts", upload, 1).etag,
        old.upload_part_copy(BUCKET, "源/a b", (1000, None), "parts", upload, 2).etag,
    ]
    old.complete_multipart_upload("parts", upload, [oss2.models.PartInfo(n + 1, tag) for n, tag in enumerate(etags)])
    assert old.get_object("parts").read() == DATA


def test_oss2_deletes_many(old):
    for name in (*STRANGE, "stays"):
        old.put_object(name, b"")
    deleted = old.batch_delete_objects([*STRANGE, "never was"])
    assert sorted(deleted.deleted_keys) == sorted([*STRANGE, "never was"])
    assert [one.key for one in oss2.ObjectIterator(old)] == ["stays"]


def test_oss2_asks_about_buckets(old):
    old.create_bucket()
    assert old.get_bucket_info().name == BUCKET
    assert old.get_bucket_location().location
    assert old.get_bucket_acl().acl == "private"
    listed = oss2.Service(old.auth, old.endpoint, region="cn-shanghai").list_buckets()
    assert [one.name for one in listed.buckets] == [BUCKET]


@pytest.mark.parametrize("name", STRANGE)
def test_oss2_signs_links(old, name, monkeypatch):
    put = old.sign_url("PUT", name, 60, slash_safe=True, headers={"Content-Type": "text/x"})
    assert httpx.put(put, content=b"by link", headers={"Content-Type": "text/x"}).status_code == 200
    for slash_safe in (True, False):
        params = {"response-content-disposition": 'attachment; filename="x.txt"'}  # the library writes into it
        got = httpx.get(old.sign_url("GET", name, 60, params=params, slash_safe=slash_safe))
        assert got.content == b"by link"
        assert got.headers["content-disposition"] == 'attachment; filename="x.txt"'
    assert httpx.get(old.sign_url("PUT", name, 60)).status_code == 403
    link = old.sign_url("GET", name, 60)
    monkeypatch.setattr(signature, "now", lambda: time.time() + 100)
    expired = httpx.get(link)
    assert (expired.status_code, "Request has expired." in expired.text) == (403, True)


def test_oss2_forbids_overwriting(old):
    old.put_object("a", b"1")
    for data in (b"2", DATA * 2):
        with pytest.raises(oss2.exceptions.ServerError) as caught:
            old.put_object("a", data, headers={"x-oss-forbid-overwrite": "true"})
        assert (caught.value.status, caught.value.code) == (409, "FileAlreadyExists")
    assert old.get_object("a").read() == b"1"


def test_oss2_is_told_that_appending_is_not_offered(old):
    with pytest.raises(oss2.exceptions.ServerError) as caught:
        old.append_object("a", 0, b"1")
    assert (caught.value.status, caught.value.code) == (501, "NotImplemented")


@pytest.mark.parametrize("version", ["v1", "v4"])
@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"access_key_secret": "wrong"}, "SignatureDoesNotMatch"),
        ({"access_key_id": "nobody"}, "InvalidAccessKeyId"),
    ],
)
def test_oss2_with_a_wrong_key_is_refused(server, make_old, key, version, changed, code):
    bucket = make_old(server, version, key=replace(key, **changed))
    with pytest.raises(oss2.exceptions.ServerError) as caught:
        bucket.put_object("a", b"1")
    assert (caught.value.status, caught.value.code) == (403, code)
    assert not server.store.exists(BUCKET, "a")
    assert httpx.get(bucket.sign_url("GET", "a", 60)).status_code == 403


def test_oss2_with_a_security_token_is_served(server, key):
    for version in (oss2.AUTH_VERSION_1, oss2.AUTH_VERSION_4):
        auth = oss2.StsAuth(key.access_key_id, key.access_key_secret, "a token", auth_version=version)
        bucket = oss2.Bucket(auth, server.url, BUCKET, region="cn-shanghai")
        bucket.put_object("a", b"1")
        assert httpx.get(bucket.sign_url("GET", "a", 60)).content == b"1"


def test_oss2_is_told_that_a_body_is_too_large(serve, make_old):
    server = serve(max_object_bytes=MIB)
    server.store.create_bucket(BUCKET)
    bucket = make_old(server, "v1")
    for body in (DATA, iter([DATA])):
        with pytest.raises(oss2.exceptions.ServerError) as caught:
            bucket.put_object("a", body)
        assert (caught.value.status, caught.value.code) == (400, "EntityTooLarge")
    assert not server.store.exists(BUCKET, "a")


@pytest.mark.parametrize("makes", [True, False])
def test_oss2_puts_to_a_bucket_that_is_not_there(serve, make_old, makes):
    server = serve(auto_create_buckets=makes)
    bucket = make_old(server, "v1", bucket="new-one")
    if makes:
        bucket.put_object("a", b"1")
        assert bucket.get_object("a").read() == b"1"
    else:
        with pytest.raises(oss2.exceptions.NoSuchBucket):
            bucket.put_object("a", b"1")


# ---- the newer library


@pytest.mark.parametrize("name", ["clip.mp4", *STRANGE])
def test_v2_puts_gets_looks_and_deletes(new, name):
    put = new.put_object(oss_v2.PutObjectRequest(bucket=BUCKET, key=name, body=DATA, metadata={"who": "me"}))
    assert put.etag.strip('"') == hashlib.md5(DATA).hexdigest().upper()
    assert put.hash_crc64 == str(crc64(DATA))
    got = new.get_object(oss_v2.GetObjectRequest(bucket=BUCKET, key=name))
    assert got.body.read() == DATA
    assert got.metadata == {"who": "me"}
    part = new.get_object(oss_v2.GetObjectRequest(bucket=BUCKET, key=name, range_header="bytes=10-19"))
    assert part.body.read() == DATA[10:20]
    assert new.head_object(oss_v2.HeadObjectRequest(bucket=BUCKET, key=name)).content_length == len(DATA)
    assert new.is_object_exist(BUCKET, name)
    assert new.is_bucket_exist(BUCKET)
    new.delete_object(oss_v2.DeleteObjectRequest(bucket=BUCKET, key=name))
    assert not new.is_object_exist(BUCKET, name)
    assert not new.is_bucket_exist("never-was")


def test_v2_lists_page_by_page(new):
    names = sorted(["a/1", "a/2", "b.txt", *STRANGE])
    for name in names:
        new.put_object(oss_v2.PutObjectRequest(bucket=BUCKET, key=name, body=b"x"))
    second = new.list_objects_v2_paginator(limit=2)
    pages = list(second.iter_page(oss_v2.ListObjectsV2Request(bucket=BUCKET)))
    assert [one.key for page in pages for one in page.contents] == names
    first = new.list_objects_paginator(limit=3)
    pages = list(first.iter_page(oss_v2.ListObjectsRequest(bucket=BUCKET)))
    assert [one.key for page in pages for one in page.contents] == names
    listed = new.list_buckets(oss_v2.ListBucketsRequest())
    assert [one.name for one in listed.buckets] == [BUCKET]


def test_v2_uploads_and_downloads_in_parts(new, tmp_path):
    source, target = tmp_path / "in", tmp_path / "out"
    source.write_bytes(DATA)
    up = new.uploader(part_size=MIB, parallel_num=2)
    up.upload_file(oss_v2.PutObjectRequest(bucket=BUCKET, key="big"), str(source))
    down = new.downloader(part_size=MIB, parallel_num=2)
    down.download_file(oss_v2.GetObjectRequest(bucket=BUCKET, key="big"), str(target))
    assert target.read_bytes() == DATA
    up.upload_from(oss_v2.PutObjectRequest(bucket=BUCKET, key="stream"), io.BytesIO(DATA))
    assert new.get_object(oss_v2.GetObjectRequest(bucket=BUCKET, key="stream")).body.read() == DATA


def test_v2_copies_and_deletes_many(new):
    new.put_object(oss_v2.PutObjectRequest(bucket=BUCKET, key="源/a b", body=DATA))
    new.copy_object(oss_v2.CopyObjectRequest(bucket=BUCKET, key="copy", source_key="源/a b", source_bucket=BUCKET))
    assert new.get_object(oss_v2.GetObjectRequest(bucket=BUCKET, key="copy")).body.read() == DATA
    objects = [oss_v2.DeleteObject(key=name) for name in ("源/a b", "copy")]
    deleted = new.delete_multiple_objects(oss_v2.DeleteMultipleObjectsRequest(bucket=BUCKET, objects=objects))
    assert sorted(one.key for one in deleted.deleted_objects) == sorted(["源/a b", "copy"])


def test_v2_asks_about_buckets(new):
    new.put_bucket(oss_v2.PutBucketRequest(bucket=BUCKET))
    assert new.get_bucket_info(oss_v2.GetBucketInfoRequest(bucket=BUCKET)).bucket_info.name == BUCKET
    assert new.get_bucket_location(oss_v2.GetBucketLocationRequest(bucket=BUCKET)).location


@pytest.mark.parametrize("name", STRANGE)
def test_v2_signs_links(new, name):
    put = new.presign(oss_v2.PutObjectRequest(bucket=BUCKET, key=name))
    assert httpx.put(put.url, content=b"by link", headers=dict(put.signed_headers or {})).status_code == 200
    got = new.presign(oss_v2.GetObjectRequest(bucket=BUCKET, key=name, response_content_type="text/x"))
    answer = httpx.get(got.url)
    assert (answer.content, answer.headers["content-type"]) == (b"by link", "text/x")
    assert httpx.head(got.url).status_code == 200
    assert httpx.delete(got.url).status_code == 403
    assert httpx.get(got.url + "x").status_code == 403


def test_v2_is_told_the_vendors_codes(new):
    cases = [
        (oss_v2.GetObjectRequest(bucket=BUCKET, key="none"), 404, "NoSuchKey"),
        (oss_v2.GetObjectRequest(bucket="never-was", key="none"), 404, "NoSuchBucket"),
    ]
    for request, status, code in cases:
        with pytest.raises(oss_v2.exceptions.OperationError) as caught:
            new.get_object(request)
        error = caught.value.unwrap()
        assert (error.status_code, error.code) == (status, code)
        assert error.request_id
