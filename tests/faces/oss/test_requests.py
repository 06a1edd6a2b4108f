"""The face by plain HTTP: what no library would send, and what browsers and players do."""

import base64
import hashlib
import http.client
import os
import re
import threading
import time
from urllib.parse import urlsplit

import httpx
import pytest

from reelwright.faces.oss import signature
from reelwright.jobs.links import Links

BUCKET = "films"
MIB = 1 << 20
STRANGE = ["clip.mp4", "a b/中文 片.mp4", "a+b&c=d.txt", "100%25 ~*'()!.bin", "q?x=1", "#1/x#12", "a%2Fb", "é\u0301"]


@pytest.fixture
def client(server, key):
    with httpx.Client(base_url=server.url, headers={"Authorization": f"Bearer {key.api_key}"}) as opened:
        yield opened


def code(answer):
    found = re.search(r"<Code>(\w+)</Code>", answer.text)
    return answer.status_code, found and found[1]


def raw(url, method, path, headers=None, body=None):
    """A request whose path nobody tidies up; returns (status, body)."""
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=30)
    try:
        connection.putrequest(method, path, skip_accept_encoding=True)
        for name, value in (headers or {}).items():
            connection.putheader(name, value)
        connection.endheaders(body)
        answer = connection.getresponse()
        return answer.status, answer.read().decode()
    finally:
        connection.close()


# ---- links


@pytest.mark.parametrize("name", STRANGE)
def test_a_minted_link_opens_its_object_and_no_other(server, key, name):
    server.store.put(BUCKET, name, b"content")
    link = Links(lambda: key, 3600.0).mint(BUCKET, name, server.url)
    assert httpx.get(link).content == b"content"
    assert httpx.head(link).headers["content-length"] == "7"
    assert httpx.get(link, headers={"Range": "bytes=1-2"}).content == b"on"
    server.store.put(BUCKET, "other", b"secret")
    assert code(httpx.get(f"{server.url}/{BUCKET}/other?{link.partition('?')[2]}")) == (403, "SignatureDoesNotMatch")
    assert code(httpx.put(link, content=b"x")) == (403, "SignatureDoesNotMatch")
    assert code(httpx.delete(link)) == (403, "SignatureDoesNotMatch")


def test_an_old_link_says_that_it_has_expired(server, key, monkeypatch):
    server.store.put(BUCKET, "a", b"1")
    link = Links(lambda: key, 60.0).mint(BUCKET, "a", server.url)
    monkeypatch.setattr(signature, "now", lambda: time.time() + 2 * 3600)
    answer = httpx.get(link)
    assert code(answer) == (403, "AccessDenied")
    assert "<Message>Request has expired.</Message>" in answer.text


# ---- who may


def test_a_request_without_a_signature_is_refused(server):
    answer = httpx.get(f"{server.url}/{BUCKET}/a")
    assert code(answer) == (403, "AccessDenied")
    assert answer.headers["x-oss-request-id"] in answer.text


@pytest.mark.parametrize(
    ("authorization", "expected"),
    [
        ("Bearer sk-wrong", (403, "AccessDenied")),
        ("Bearer", (403, "AccessDenied")),
        ("OSS nonsense", (403, "InvalidAccessKeyId")),
        ("OSS RWtest:AAAA", (403, "SignatureDoesNotMatch")),
        ("OSS RWtest:ä", (403, "SignatureDoesNotMatch")),
        ("OSS2 AccessKeyId:RWtest,Signature:x", (400, "InvalidArgument")),
        ("OSS4-HMAC-SHA256 nonsense", (400, "InvalidArgument")),
        ("OSS4-HMAC-SHA256 Credential=RWtest/x,Signature=" + "0" * 64, (400, "InvalidArgument")),
        ("Basic abc", (400, "InvalidArgument")),
    ],
)
def test_a_wrong_authorization_is_refused(server, authorization, expected):
    answer = httpx.get(f"{server.url}/{BUCKET}/a", headers={"Authorization": authorization.encode()})
    assert code(answer) == expected


@pytest.mark.parametrize(
    "query",
    [
        "OSSAccessKeyId=RWtest&Expires=99999999999&Signature=AAAA",
        "OSSAccessKeyId=RWtest&Expires=soon&Signature=AAAA",
        "OSSAccessKeyId=nobody&Expires=99999999999&Signature=AAAA",
        "Signature=AAAA",
        "x-oss-signature=00",
        "x-oss-signature=00&x-oss-signature-version=OSS4-HMAC-SHA256&x-oss-credential=RWtest/1/2/3&x-oss-date=x",
    ],
)
def test_a_wrong_signature_in_the_query_is_refused(server, query):
    assert httpx.get(f"{server.url}/{BUCKET}/a?{query}").status_code in (400, 403)


def test_an_open_server_asks_nobody(serve):
    server = serve(open=True)
    assert httpx.put(f"{server.url}/films/a", content=b"1").status_code == 200
    assert httpx.get(f"{server.url}/films/a").content == b"1"


def test_a_clock_that_is_wrong_is_told_only_if_a_setting_wants_it(serve, make_old, monkeypatch):
    server = serve(clock_window=900.0)
    server.store.create_bucket(BUCKET)
    for version in ("v1", "v4"):
        bucket = make_old(server, version)
        bucket.put_object("a", b"1")
        with monkeypatch.context() as patched:
            patched.setattr(signature, "now", lambda: time.time() + 1000)
            with pytest.raises(Exception, match="RequestTimeTooSkewed"):
                bucket.put_object("a", b"1")


# ---- names


TRAVERSALS = [
    "/films/../secret.txt",
    "/films/%2e%2e/secret.txt",
    "/films/..%2fsecret.txt",
    "/films/%2e%2e%2fsecret.txt",
    "/films/a/../../secret.txt",
    "/films/a/%2e%2e/%2e%2e/secret.txt",
    "/films/./a",
    "/films//a",
    "/films/%2fetc/passwd",
    "/films/%5cetc",
    "/films/a%00b",
    "/films/.reelwright/records/x",
    "/%2e%2e/films/a",
    "/../films/a",
    "/.reelwright/films/a",
    "/films%2fa/b",
]


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
@pytest.mark.parametrize("path", TRAVERSALS)
def test_no_path_leads_out_of_a_bucket(server, key, tmp_path, path, method):
    (tmp_path / "objects" / "secret.txt").write_text("secret")
    (tmp_path / "secret.txt").write_text("secret")
    before = sorted(tmp_path.rglob("*.txt"))
    headers = {"Authorization": f"Bearer {key.api_key}", "Content-Length": "1" if method == "PUT" else "0"}
    status, text = raw(server.url, method, path, headers, b"x" if method == "PUT" else None)
    assert status == 400
    assert re.search("<Code>(InvalidObjectName|InvalidBucketName)</Code>", text)
    assert sorted(tmp_path.rglob("*.txt")) == before


def test_a_double_encoded_path_is_a_plain_name(server, client):
    assert raw(server.url, "PUT", "/films/%252e%252e%252fx", {**client.headers, "content-length": "1"}, b"1")[0] == 200
    assert [one.key for one in server.store.listing(BUCKET).objects] == ["%2e%2e%2fx"]


@pytest.mark.parametrize(
    "bucket", ["v1", "api", "console", "docs", "metrics", "healthz", "alibailian", "A", "ab", "x_y"]
)
def test_a_reserved_or_bad_bucket_is_not_made(client, bucket):
    assert code(client.put(f"/{bucket}")) == (400, "InvalidBucketName")
    assert code(client.put(f"/{bucket}/a", content=b"1")) == (400, "InvalidBucketName")


def test_a_name_that_is_not_utf8_is_refused(server, client):
    status, text = raw(server.url, "GET", "/films/%ff%fe", dict(client.headers))
    assert (status, "InvalidObjectName" in text) == (400, True)


def test_a_key_cannot_be_both_object_and_folder(client):
    client.put("/films/a", content=b"1")
    assert code(client.put("/films/a/b", content=b"1")) == (400, "InvalidObjectName")
    client.put("/films/c/d", content=b"1")
    assert code(client.put("/films/c", content=b"1")) == (400, "InvalidObjectName")


# ---- putting


def test_a_body_that_is_not_as_told_is_not_stored(server, client):
    wrong = base64.b64encode(hashlib.md5(b"other").digest()).decode()
    assert code(client.put("/films/a", content=b"1", headers={"Content-MD5": wrong})) == (400, "BadDigest")
    assert code(client.put("/films/a", content=b"1", headers={"Content-MD5": "x"})) == (400, "InvalidDigest")
    assert not server.store.exists(BUCKET, "a")
    right = base64.b64encode(hashlib.md5(b"1").digest()).decode()
    assert client.put("/films/a", content=b"1", headers={"Content-MD5": right}).headers["content-md5"] == right


def test_a_put_without_a_length_is_refused(server, client):
    status, text = raw(server.url, "PUT", "/films/a", {"Authorization": client.headers["authorization"]})
    assert (status, "MissingContentLength" in text) == (411, True)


def test_a_put_that_breaks_off_leaves_nothing(server, client, tmp_path):
    connection = http.client.HTTPConnection(urlsplit(server.url).netloc)
    connection.putrequest("PUT", "/films/a")
    connection.putheader("Authorization", client.headers["authorization"])
    connection.putheader("Content-Length", str(40 * MIB))
    connection.endheaders()
    connection.send(os.urandom(20 * MIB))
    connection.close()
    staging = tmp_path / "objects" / ".reelwright" / "staging"
    for _ in range(500):
        if not [path for path in staging.rglob("*") if path.is_file()]:
            break
        time.sleep(0.02)
    assert [path for path in staging.rglob("*") if path.is_file()] == []
    assert not server.store.exists(BUCKET, "a")


def test_many_puts_at_once_end_with_one_whole_object(server, client):
    bodies = [bytes([number]) * (2 * MIB) for number in range(8)]

    def put(body):
        httpx.put(f"{server.url}/films/a", content=body, headers=client.headers, timeout=60)

    threads = [threading.Thread(target=put, args=(body,)) for body in bodies]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    answer = client.get("/films/a")
    assert answer.content in bodies
    assert answer.headers["etag"].strip('"') == hashlib.md5(answer.content).hexdigest().upper()


def test_the_media_type_is_guessed_from_the_key(client):
    client.put("/films/a.mp4", content=b"1")
    assert client.head("/films/a.mp4").headers["content-type"] == "video/mp4"


def test_headers_of_a_put_come_back_and_are_not_broken_by_another_look(client):
    sent = {"Cache-Control": "no-cache", "Content-Disposition": "inline"}
    client.put("/films/a", content=b"1", headers=sent)
    found = client.get("/films/a")
    assert (found.headers["cache-control"], found.headers["content-disposition"]) == ("no-cache", "inline")


# ---- getting


@pytest.mark.parametrize(
    ("asked", "status", "content"),
    [
        ("bytes=0-3", 206, b"0123"),
        ("bytes=8-", 206, b"89"),
        ("bytes=-2", 206, b"89"),
        ("bytes=-99", 206, b"0123456789"),
        ("bytes=5-99", 206, b"56789"),
        ("bytes=3-2", 200, b"0123456789"),
        ("bytes=0-1,3-4", 200, b"0123456789"),
        ("items=0-1", 200, b"0123456789"),
        ("bytes=x-", 200, b"0123456789"),
    ],
)
def test_a_range(client, asked, status, content):
    client.put("/films/a", content=b"0123456789")
    answer = client.get("/films/a", headers={"Range": asked})
    assert (answer.status_code, answer.content) == (status, content)
    assert answer.headers["content-length"] == str(len(content))
    if status == 206:
        start = b"0123456789".index(content)
        assert answer.headers["content-range"] == f"bytes {start}-{start + len(content) - 1}/10"


@pytest.mark.parametrize("asked", ["bytes=10-", "bytes=99-100", "bytes=-0"])
def test_a_range_beyond_the_end_is_refused(client, asked):
    client.put("/films/a", content=b"0123456789")
    assert code(client.get("/films/a", headers={"Range": asked})) == (416, "InvalidRange")


def test_conditions(client):
    client.put("/films/a", content=b"1")
    found = client.get("/films/a")
    etag, modified = found.headers["etag"], found.headers["last-modified"]
    old = "Thu, 01 Jan 2015 00:00:00 GMT"
    cases = [
        ({"If-None-Match": etag}, 304),
        ({"If-None-Match": '"other", ' + etag}, 304),
        ({"If-None-Match": "*"}, 304),
        ({"If-None-Match": '"other"'}, 200),
        ({"If-Modified-Since": modified}, 304),
        ({"If-Modified-Since": old}, 200),
        ({"If-Modified-Since": "nonsense"}, 200),
        ({"If-Match": etag}, 200),
        ({"If-Match": '"other"'}, 412),
        ({"If-Unmodified-Since": old}, 412),
        ({"If-Unmodified-Since": modified}, 200),
        ({"Range": "bytes=0-0", "If-Range": etag}, 206),
        ({"Range": "bytes=0-0", "If-Range": '"other"'}, 200),
        ({"Range": "bytes=0-0", "If-Range": modified}, 206),
    ]
    for headers, expected in cases:
        assert client.get("/films/a", headers=headers).status_code == expected, headers
    assert client.get("/films/a", headers={"If-None-Match": etag}).content == b""


def test_a_download_says_what_it_is_and_no_more(client):
    client.put("/films/a.mp4", content=b"1")
    headers = client.get("/films/a.mp4").headers
    assert headers["accept-ranges"] == "bytes"
    assert headers["x-content-type-options"] == "nosniff"
    assert re.fullmatch('"[0-9A-F]{32}"', headers["etag"])
    assert not {"content-disposition", "access-control-allow-origin", "content-security-policy"} & headers.keys()


@pytest.mark.parametrize(
    ("name", "media_type"),
    [("a.html", None), ("a.svg", None), ("a.xml", None), ("a.mp4", "text/html; charset=utf-8"), ("a.bin", "nonsense")],
)
def test_a_document_that_could_run_in_a_browser_is_sandboxed(client, name, media_type):
    client.put(f"/films/{name}", content=b"<svg/>", headers={"Content-Type": media_type} if media_type else {})
    assert client.get(f"/films/{name}").headers["content-security-policy"].startswith("sandbox")


def test_a_type_given_by_the_link_is_sandboxed_too(client):
    client.put("/films/a.mp4", content=b"1")
    answer = client.get("/films/a.mp4", params={"response-content-type": "text/html"})
    assert (answer.headers["content-type"], "content-security-policy" in answer.headers) == ("text/html", True)


def test_an_override_cannot_add_a_header(client):
    client.put("/films/a", content=b"1")
    answer = client.get("/films/a", params={"response-content-type": "a/b\r\nSet-Cookie: x"})
    assert code(answer) == (400, "InvalidArgument")


def test_a_download_names_files_in_any_script(client):
    client.put("/films/a", content=b"1")
    answer = client.get("/films/a", params={"response-content-disposition": "attachment; filename=片.mp4"})
    assert dict(answer.headers.raw)[b"content-disposition"].decode() == "attachment; filename=片.mp4"


def test_a_look_that_fails_tells_why_in_a_header(client):
    answer = client.head("/films/none")
    assert answer.status_code == 404
    assert b"<Code>NoSuchKey</Code>" in base64.b64decode(answer.headers["x-oss-err"])


def test_a_file_dropped_into_the_folder_is_served(client, tmp_path):
    (tmp_path / "objects" / BUCKET / "sub").mkdir()
    (tmp_path / "objects" / BUCKET / "sub" / "片.mp4").write_bytes(b"dropped")
    answer = client.get("/films/sub/片.mp4")
    assert (answer.content, answer.headers["content-type"]) == (b"dropped", "video/mp4")
    assert "x-oss-hash-crc64ecma" not in answer.headers


def test_a_client_that_leaves_does_not_hold_the_file(server, client):
    client.put("/films/big", content=bytes(40 * MIB), timeout=60)
    for _ in range(3):
        with client.stream("GET", "/films/big") as answer:
            next(answer.iter_raw())
    assert client.get("/films/big", headers={"Range": "bytes=0-0"}).content == b"\0"


# ---- the rest


@pytest.mark.parametrize(
    ("method", "path", "expected"),
    [
        ("GET", "/films/a?tagging", (501, "NotImplemented")),
        ("GET", "/films/a?x-oss-process=image/resize", (501, "NotImplemented")),
        ("PUT", "/films?lifecycle", (501, "NotImplemented")),
        ("DELETE", "/films", (501, "NotImplemented")),
        ("PATCH", "/films/a", (405, "MethodNotAllowed")),
        ("OPTIONS", "/films/a", (405, "MethodNotAllowed")),
        ("GET", "/films?max-keys=0", (400, "InvalidArgument")),
        ("GET", "/films?max-keys=1001", (400, "InvalidArgument")),
        ("GET", "/films?max-keys=x", (400, "InvalidArgument")),
        ("GET", "/films?list-type=2&continuation-token=%ff", (400, "InvalidArgument")),
        ("GET", "/never-was", (404, "NoSuchBucket")),
        ("GET", "/films/a?uploadId=nope", (404, "NoSuchUpload")),
        ("PUT", "/films/a?uploadId=nope&partNumber=1", (404, "NoSuchUpload")),
        ("PUT", "/films/a?uploadId=nope&partNumber=0", (400, "InvalidArgument")),
        ("POST", "/films", (501, "NotImplemented")),
    ],
)
def test_what_is_not_offered_or_wrong_is_told_by_the_vendors_codes(client, method, path, expected):
    assert code(client.request(method, path, content=b"x" if method in ("PUT", "POST") else None)) == expected


BOMB = b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><Delete><Object><Key>&b;</Key></Object></Delete>'


@pytest.mark.parametrize(
    "document",
    [
        b"",
        b"no xml",
        b"<Other/>",
        b"<Delete></Delete>",
        BOMB,
        BOMB.decode().encode("utf-16"),
        b"<Delete>" + b" " * (3 * MIB),
    ],
    ids=["empty", "text", "other", "no-objects", "entities", "entities-utf16", "huge"],
)
def test_a_bad_document_is_refused(client, document):
    assert code(client.post("/films?delete", content=document)) == (400, "MalformedXML")


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        ("<CompleteMultipartUpload/>", "InvalidPartOrder"),
        ("<CompleteMultipartUpload><Part/></CompleteMultipartUpload>", "MalformedXML"),
        (
            "<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>x</ETag></Part></CompleteMultipartUpload>",
            "InvalidPart",
        ),
    ],
)
def test_a_wrong_end_of_an_upload_is_refused(client, document, expected):
    upload = re.search("<UploadId>(.+)</UploadId>", client.post("/films/a?uploads").text)[1]
    client.put(f"/films/a?uploadId={upload}&partNumber=1", content=b"1")
    assert code(client.post(f"/films/a?uploadId={upload}", content=document)) == (400, expected)
    done = client.post(f"/films/a?uploadId={upload}", headers={"x-oss-complete-all": "yes"})
    assert done.status_code == 200
    assert client.get("/films/a").content == b"1"


def test_a_copy_keeps_to_its_conditions(client):
    client.put("/films/a", content=b"1")
    sent = {"x-oss-copy-source": "/films/a", "x-oss-copy-source-if-match": '"other"'}
    assert code(client.put("/films/b", headers=sent)) == (412, "PreconditionFailed")
    assert code(client.put("/films/b", headers={"x-oss-copy-source": "/films/none"})) == (404, "NoSuchKey")
    assert code(client.put("/films/b", headers={"x-oss-copy-source": "nonsense"})) == (400, "InvalidArgument")
    assert code(client.put("/films/b", headers={"x-oss-copy-source": "/films/../a"})) == (400, "InvalidObjectName")


def test_a_fault_of_ours_is_told_in_the_vendors_shape(server, client, monkeypatch, caplog):
    monkeypatch.setattr(server.service.objects, "head", lambda *_: 1 / 0)
    answer = client.get("/films/a")
    assert code(answer) == (500, "InternalError")
    assert "division" not in answer.text
    assert "request failed" in caplog.text
