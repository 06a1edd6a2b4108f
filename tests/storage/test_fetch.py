"""The guarded fetcher against servers that lie, dawdle and redirect."""

import hashlib
import itertools
import os
import time

import pytest

from reelwright.errors import AddressError, AddressRefused, FetchFailed, ObjectNotFound, TooLarge
from reelwright.settings import Settings
from reelwright.storage import fetch as fetching
from reelwright.storage import guard
from reelwright.storage.fetch import Limits, fetch

LOOPBACK = guard.networks(["127.0.0.0/8"])
BODY = os.urandom(300_000)


def limits(**changed):
    given = {"max_bytes": 1 << 20, "seconds": 20.0, "stall": 5.0, "redirects": 3, "allow": LOOPBACK}
    return Limits(**{**given, **changed})


def head(status="200 OK", **headers):
    lines = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in headers.items())
    return f"HTTP/1.1 {status}\r\n{lines}\r\n".encode()


def whole(send, path, headers):
    send(head(Content_Length=len(BODY), Content_Type="video/mp4; x=y") + BODY)


@pytest.fixture
def target(tmp_path):
    return tmp_path / "fetched"


def test_a_body_comes_whole_with_its_digest_and_type(wire, target):
    told = []
    got = fetch(wire(whole).url(), target, limits(), progress=lambda *now: told.append(now))
    assert target.read_bytes() == BODY
    assert got == fetching.Fetched(len(BODY), hashlib.sha256(BODY).hexdigest(), "video/mp4")
    assert told[-1] == (len(BODY), len(BODY))
    assert [size for size, _ in told] == sorted(size for size, _ in told)


def test_the_request_names_the_host_and_asks_for_plain_bytes(wire, target):
    server = wire(whole)
    fetch(server.url("/%E4%B8%AD?a=b", host="localhost"), target, limits(allow=guard.networks(["127.0.0.0/8", "::1"])))
    path, headers = server.seen[0]
    assert path == "/%E4%B8%AD?a=b"
    assert headers["host"] == f"localhost:{server.port}"
    assert headers["accept-encoding"] == "identity"
    assert not headers.keys() & {"cookie", "authorization", "range"}


def test_letters_beyond_ascii_are_encoded(wire, target):
    server = wire(whole)
    fetch(server.url("/片.mp4?n=é"), target, limits())
    assert server.seen[0][0] == "/%E7%89%87.mp4?n=%C3%A9"


def test_a_chunked_body_without_a_length_is_taken(wire, target):
    def chunked(send, path, headers):
        send(head(Transfer_Encoding="chunked") + b"5\r\nhello\r\n0\r\n\r\n")

    assert fetch(wire(chunked).url("/a.wav"), target, limits()).media_type == "audio/x-wav"
    assert target.read_bytes() == b"hello"


@pytest.mark.parametrize("host", ["127.0.0.1", "2130706433", "0177.0.0.1", "127.1", "0x7f000001", "[::ffff:127.0.0.1]"])
def test_loopback_is_refused_however_it_is_written(wire, target, host):
    server = wire(whole)
    with pytest.raises(AddressRefused):
        fetch(server.url(host=host), target, limits(allow=()))
    assert server.seen == []
    assert not target.exists()


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd",
        "gopher://127.0.0.1/x",
        "ftp://127.0.0.1/x",
        "FILE:///etc/passwd",
        "http://user:pw@127.0.0.1/",
        "http://user@127.0.0.1/",
        "http://@127.0.0.1/",
        "http:///x",
        "http://127.0.0.1:99999/",
        "http://127.0.0.1:0/",
        "http://[fe80::1%25eth0]/",
        "http://[::1",
        "http://127.0.0.1/a\r\nHost: x",
        "http://127.0.0.1/a b",
        "//127.0.0.1/",
        "",
    ],
)
def test_an_address_of_another_kind_is_refused(target, url):
    with pytest.raises(AddressRefused):
        fetch(url, target, limits())


def redirect_to(where, status="302 Found"):
    def answer(send, path, headers):
        send(head(status, Location=where, Content_Length=0))

    return answer


@pytest.mark.parametrize("status", ["301 Moved", "302 Found", "303 See Other", "307 Again", "308 Moved"])
def test_a_redirect_is_followed(wire, target, status):
    last = wire(whole)
    first = wire(redirect_to(last.url("/end"), status))
    fetch(first.url(), target, limits())
    assert target.read_bytes() == BODY


def test_a_relative_redirect_is_followed(wire, target):
    def answer(send, path, headers):
        if path == "/b/c":
            whole(send, path, headers)
        else:
            send(head("302 Found", Location="../b/c", Content_Length=0))

    fetch(wire(answer).url("/a/x"), target, limits())
    assert target.read_bytes() == BODY


@pytest.mark.parametrize(
    "where",
    ["http://10.0.0.1/", "http://169.254.169.254/latest", "http://[::1]/", "file:///etc/passwd", "http://a@127.0.0.1/"],
)
def test_a_redirect_to_a_bad_place_is_refused(wire, target, where):
    with pytest.raises(AddressRefused):
        fetch(wire(redirect_to(where)).url(), target, limits())


def test_a_redirect_loop_ends(wire, target):
    server = wire(redirect_to("/again"))
    with pytest.raises(AddressRefused, match="redirects"):
        fetch(server.url(), target, limits(redirects=3))
    assert len(server.seen) == 4


def test_a_name_that_answers_differently_the_second_time_gains_nothing(wire, target, monkeypatch):
    honest = wire(whole)
    answers = iter([["127.0.0.1"], ["10.0.0.1"], ["10.0.0.1"]])
    monkeypatch.setattr(guard, "resolve", lambda host, port: next(answers))
    fetch(honest.url(host="rebinding.example"), target, limits())
    assert target.read_bytes() == BODY
    assert next(answers) == ["10.0.0.1"]  # the name was asked once


def test_a_name_is_checked_again_at_each_redirect(wire, target, monkeypatch):
    server = wire(redirect_to("/secret"))
    answers = iter([["127.0.0.1"], ["10.0.0.1"]])
    monkeypatch.setattr(guard, "resolve", lambda host, port: next(answers))
    with pytest.raises(AddressRefused, match=r"10\.0\.0\.1"):
        fetch(server.url(host="rebinding.example"), target, limits())
    assert len(server.seen) == 1


def test_a_proxy_of_the_environment_is_not_used(wire, target, monkeypatch):
    proxy = wire(whole)
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy"):
        monkeypatch.setenv(name, proxy.url())
    fetch(wire(whole).url(), target, limits())
    assert proxy.seen == []


def test_a_second_address_is_tried_when_the_first_does_not_answer(wire, target, monkeypatch):
    server = wire(whole)
    monkeypatch.setattr(guard, "resolve", lambda host, port: ["127.0.0.77", "127.0.0.1"])
    fetch(server.url(host="two.example"), target, limits())
    assert target.read_bytes() == BODY


def test_a_length_over_the_limit_is_refused_before_a_byte_is_taken(wire, target):
    def answer(send, path, headers):
        send(head(Content_Length=10**12))
        time.sleep(5)

    with pytest.raises(TooLarge, match="1000000000000"):
        fetch(wire(answer).url(), target, limits())


def test_an_endless_body_is_cut_off(wire, target):
    def answer(send, path, headers):
        send(head(Transfer_Encoding="chunked"))
        for _ in itertools.repeat(None):
            send(b"10000\r\n" + bytes(65536) + b"\r\n")

    with pytest.raises(TooLarge, match="fetch_max_bytes"):
        fetch(wire(answer).url(), target, limits())
    assert not target.exists()


def test_silence_ends_a_fetch(wire, target):
    def answer(send, path, headers):
        send(head(Content_Length=10) + b"12345")
        time.sleep(5)

    with pytest.raises(FetchFailed, match=r"no byte for 0\.2 s"):
        fetch(wire(answer).url(), target, limits(stall=0.2))


@pytest.mark.parametrize("part", ["head", "body"])
def test_bytes_that_drip_end_at_the_deadline(wire, target, part):
    def answer(send, path, headers):
        send(head(Content_Length=10_000) if part == "body" else b"HTTP/1.1 200 OK\r\nX-Slow: ")
        for _ in range(100):
            send(b"H")
            time.sleep(0.05)

    with pytest.raises(FetchFailed, match="fetch_timeout"):
        fetch(wire(answer).url(), target, limits(seconds=0.5))


def test_a_body_shorter_than_told_is_a_failed_fetch(wire, target):
    def answer(send, path, headers):
        send(head(Content_Length=10) + b"12345")

    with pytest.raises(FetchFailed, match="after 5 bytes") as caught:
        fetch(wire(answer).url(), target, limits())
    assert caught.value.retryable
    assert not target.exists()


def test_bytes_beyond_the_told_length_are_not_taken(wire, target):
    def answer(send, path, headers):
        send(head(Content_Length=5) + b"12345HTTP/1.1 200 OK\r\n\r\nextra")

    assert fetch(wire(answer).url(), target, limits()).size == 5


def test_a_bomb_of_headers_is_cut_off(wire, target):
    def answer(send, path, headers):
        send(b"HTTP/1.1 200 OK\r\n")
        for number in itertools.count():
            send(f"X-{number}: {'a' * 1000}\r\n".encode())

    with pytest.raises(FetchFailed):
        fetch(wire(answer).url(), target, limits())


def broken_then(rest):
    """The first answer breaks off in the middle; `rest` answers the others."""
    answered = itertools.count()

    def answer(send, path, headers):
        if next(answered) == 0:
            send(head(Content_Length=len(BODY), ETag='"v1"', Accept_Ranges="bytes") + BODY[:100_000])
        else:
            rest(send, path, headers)

    return answer


def test_a_broken_body_goes_on_where_it_broke(wire, target, monkeypatch):
    monkeypatch.setattr(fetching, "PAUSE", 0.0)

    def rest(send, path, headers):
        start = int(headers["range"].removeprefix("bytes=").rstrip("-"))
        part = BODY[start : start + 90_000]  # and breaks off again
        told = f"bytes {start}-{len(BODY) - 1}/{len(BODY)}"
        send(head("206 Part", Content_Length=len(BODY) - start, Content_Range=told, ETag='"v1"') + part)

    server = wire(broken_then(rest))
    got = fetch(server.url(), target, limits())
    assert target.read_bytes() == BODY
    assert got.sha256 == hashlib.sha256(BODY).hexdigest()
    assert [seen.get("range") for _, seen in server.seen][:2] == [None, "bytes=100000-"]
    assert server.seen[1][1]["if-range"] == '"v1"'


def test_a_body_that_changed_meanwhile_is_taken_anew(wire, target, monkeypatch):
    monkeypatch.setattr(fetching, "PAUSE", 0.0)

    def rest(send, path, headers):
        send(head(Content_Length=3, ETag='"v2"') + b"new")

    assert fetch(wire(broken_then(rest)).url(), target, limits()).size == 3
    assert target.read_bytes() == b"new"


def test_another_part_than_asked_is_not_taken(wire, target, monkeypatch):
    monkeypatch.setattr(fetching, "PAUSE", 0.0)

    def rest(send, path, headers):
        send(head("206 Part", Content_Length=1, Content_Range="bytes 0-0/300000") + b"x")

    with pytest.raises(FetchFailed, match="another part"):
        fetch(wire(broken_then(rest)).url(), target, limits())


@pytest.mark.parametrize(
    ("status", "error", "retryable"),
    [
        ("404 Not Found", ObjectNotFound, False),
        ("410 Gone", ObjectNotFound, False),
        ("403 Forbidden", AddressError, False),
        ("500 Oops", FetchFailed, True),
        ("503 Busy", FetchFailed, True),
        ("429 Slow", FetchFailed, True),
        ("206 Part", AddressError, False),
    ],
)
def test_a_refusal_says_if_a_retry_can_help(wire, target, status, error, retryable):
    def answer(send, path, headers):
        send(head(status, Content_Length=0))

    with pytest.raises(error) as caught:
        fetch(wire(answer).url("/x?Signature=secret"), target, limits())
    assert caught.value.retryable is retryable
    assert "secret" not in caught.value.message


def test_an_encoded_body_is_not_mistaken_for_media(wire, target):
    def answer(send, path, headers):
        send(head(Content_Length=2, Content_Encoding="gzip") + b"xx")

    with pytest.raises(AddressError, match="gzip"):
        fetch(wire(answer).url(), target, limits())


def test_nobody_listening_is_a_failed_fetch(wire, target):
    server = wire(whole)
    server.close()
    with pytest.raises(FetchFailed):
        fetch(server.url(), target, limits())


def test_the_settings_make_a_fetcher(wire, target, tmp_path):
    settings = Settings(home=tmp_path, fetch_allow=("127.0.0.0/8",))
    assert fetching.fetcher(settings)(wire(whole).url(), target) == (len(BODY), hashlib.sha256(BODY).hexdigest())
    with pytest.raises(AddressRefused):
        fetching.fetcher(Settings(home=tmp_path))(wire(whole).url(), target)
