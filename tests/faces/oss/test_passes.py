"""Temporary credentials as the vendor's object libraries use them, by both signatures."""

import warnings

import pytest

from reelwright.jobs import library
from reelwright.jobs.library import ASSETS, Asset, State

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import alibabacloud_oss_v2 as oss_v2
    import oss2

KEY = "library/a b/film 片.mp4"
A = "a" * 32


@pytest.fixture
def granted(server):
    return server.service.uploads.allow("default", "films", KEY)


@pytest.fixture(params=["v1", "v4"])
def bucket(request, server, granted):
    """The older library's bucket, opened with the pass."""
    given = (granted.access_key_id, granted.access_key_secret, granted.security_token)
    auth = oss2.StsAuth(*given, auth_version=request.param)
    return oss2.Bucket(auth, server.url, "films", region="local")


@pytest.fixture
def promised(ledger):
    """An asset waits for the object."""
    body = Asset(state=State.AWAITED, address=f"oss://films/{KEY}", kind="video")

    def change(tx):
        library.put(tx, "default", A, body, 1.0)
        library.expect(tx, "default", A, "films", KEY, etag="", now=1.0)

    ledger.write(change).result()
    yield lambda: ASSETS.get(ledger, "default", A).body
    ledger.write(lambda tx: library.remove(tx, "default", ASSETS.get(tx, "default", A))).result()


def test_a_file_is_put_and_its_asset_goes_on(server, bucket, promised):
    assert promised().state is State.AWAITED

    bucket.put_object(KEY, b"film")

    assert b"".join(server.store.read("films", KEY)) == b"film"
    assert (promised().state, promised().size) == (State.PREPARING, 4)


def test_a_large_file_is_put_in_parts(server, bucket, promised, tmp_path):
    film = tmp_path / "film.mp4"
    film.write_bytes(bytes(range(256)) * 1200)

    oss2.resumable_upload(
        bucket,
        KEY,
        str(film),
        multipart_threshold=100_000,
        part_size=100 * 1024,
        store=oss2.ResumableStore(root=str(tmp_path)),
    )

    assert b"".join(server.store.read("films", KEY)) == film.read_bytes()
    assert (promised().state, promised().size) == (State.PREPARING, film.stat().st_size)


def test_an_upload_in_parts_can_be_looked_at_and_given_up(server, bucket):
    upload = bucket.init_multipart_upload(KEY).upload_id
    bucket.upload_part(KEY, upload, 1, b"part")
    assert [one.part_number for one in bucket.list_parts(KEY, upload).parts] == [1]

    bucket.abort_multipart_upload(KEY, upload)

    assert server.store.uploads("films") == []


def test_the_newer_library_puts_too(server, granted):
    config = oss_v2.config.load_default()
    config.credentials_provider = oss_v2.credentials.StaticCredentialsProvider(
        granted.access_key_id, granted.access_key_secret, granted.security_token
    )
    config.region, config.endpoint, config.retry_max_attempts = "local", server.url, 1

    oss_v2.Client(config).put_object(oss_v2.PutObjectRequest("films", KEY, body=b"film"))

    assert server.store.size("films", KEY) == 4


def test_a_signed_link_puts_too(server, bucket):
    import httpx

    reply = httpx.put(bucket.sign_url("PUT", KEY, 60), content=b"film", trust_env=False)

    assert reply.status_code == 200, reply.text
    assert server.store.size("films", KEY) == 4


@pytest.mark.parametrize(
    "act",
    [
        pytest.param(lambda bucket: bucket.get_object(KEY), id="read"),
        pytest.param(lambda bucket: bucket.put_object("other", b"x"), id="other-object"),
        pytest.param(lambda bucket: bucket.delete_object(KEY), id="delete"),
        pytest.param(lambda bucket: bucket.copy_object("films", "secret", KEY), id="copy-from-elsewhere"),
        pytest.param(lambda bucket: bucket.list_objects(), id="list"),
        pytest.param(lambda bucket: bucket.create_bucket(), id="make-a-bucket"),
    ],
)
def test_nothing_else_is_allowed(server, bucket, act):
    server.store.put("films", KEY, b"film")
    server.store.put("films", "secret", b"secret")

    with pytest.raises(oss2.exceptions.ServerError) as caught:
        act(bucket)

    assert (caught.value.status, caught.value.code) == (403, "AccessDenied")
    assert b"".join(server.store.read("films", KEY)) == b"film"


def test_without_its_token_a_pass_opens_nothing(server, granted):
    auth = oss2.Auth(granted.access_key_id, granted.access_key_secret)

    with pytest.raises(oss2.exceptions.AccessDenied, match="security token"):
        oss2.Bucket(auth, server.url, "films").put_object(KEY, b"film")


def test_a_wrong_secret_is_told_from_a_wrong_pass(server, granted):
    auth = oss2.StsAuth(granted.access_key_id, "another secret", granted.security_token)

    with pytest.raises(oss2.exceptions.SignatureDoesNotMatch):
        oss2.Bucket(auth, server.url, "films").put_object(KEY, b"film")


def test_an_old_pass_is_refused(server, monkeypatch):
    granted = server.service.uploads.allow("default", "films", KEY)
    from reelwright import timing

    later = timing.now() + 3601
    monkeypatch.setattr(timing, "now", lambda: later)
    auth = oss2.StsAuth(granted.access_key_id, granted.access_key_secret, granted.security_token)

    with pytest.raises(oss2.exceptions.AccessDenied, match="expired"):
        oss2.Bucket(auth, server.url, "films").put_object(KEY, b"film")
