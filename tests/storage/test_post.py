"""Posting to an address that a user named: one answer, within a time, and never to the inside."""

import contextlib
import socket
import threading
import time

import pytest

from reelwright.errors import AddressRefused, FetchFailed
from reelwright.settings import Settings
from reelwright.storage import guard, post
from reelwright.storage.post import Answer

LOOPBACK = guard.networks(["127.0.0.0/8"])
HEADERS = {"Content-Type": "application/json", "X-Ours": "1"}


def send(url: str, seconds: float = 30.0, allow=LOOPBACK) -> Answer:
    return post.post(url, b'{"n":1}', HEADERS, seconds=seconds, allow=allow)


def test_a_post_brings_body_and_headers(receiver):
    taken = receiver(204)

    assert send(taken.url + "?token=x") == Answer(204)

    (headers, body), (path,) = taken.got[0], taken.paths
    assert (body, path) == (b'{"n":1}', "/told?token=x")
    assert (headers["content-type"], headers["x-ours"], headers["content-length"]) == ("application/json", "1", "7")


@pytest.mark.parametrize("status", [200, 302, 404, 500])
def test_any_answer_is_told_and_no_redirect_is_followed(receiver, status):
    elsewhere = receiver(200)
    taken = receiver((status, {"Location": elsewhere.url}))

    assert send(taken.url).status == status
    assert (len(taken.got), len(elsewhere.got)) == (1, 0)


@pytest.mark.parametrize(
    ("told", "seconds"), [("120", 120.0), ("", 0.0), ("Wed, 21 Oct 2026 07:28:00 GMT", 0.0), ("-1", 0.0)]
)
def test_a_receiver_may_ask_to_be_left_alone(receiver, told, seconds):
    assert send(receiver((503, {"Retry-After": told})).url) == Answer(503, seconds)


def test_a_line_that_is_closed_without_a_word_is_a_failure(receiver):
    with pytest.raises(FetchFailed, match="broke off"):
        send(receiver(None).url)


def test_nobody_there_is_a_failure(receiver):
    gone = receiver(200)
    gone.shutdown()
    gone.server_close()
    with pytest.raises(FetchFailed, match="broke off"):
        send(gone.url)


def test_silence_ends_with_the_deadline(receiver):
    with pytest.raises(FetchFailed, match=r"within 0\.2 s"):
        send(receiver(3.0).url, seconds=0.2)


def test_a_head_that_drips_ends_with_the_deadline():
    def drip(listener: socket.socket) -> None:
        connection, _ = listener.accept()
        with connection, contextlib.suppress(OSError):
            for byte in b"HTTP/1.1 200 OK\r\n" + 200 * b"X":
                connection.send(bytes([byte]))
                time.sleep(0.02)

    with socket.create_server(("127.0.0.1", 0)) as listener:
        dripping = threading.Thread(target=drip, args=(listener,))
        dripping.start()
        with pytest.raises(FetchFailed, match=r"within 0\.3 s"):
            send(f"http://127.0.0.1:{listener.getsockname()[1]}/", seconds=0.3)
        dripping.join()


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:{port}/told",
        "http://localhost:{port}/told",
        "http://[::ffff:127.0.0.1]:{port}/told",
        "http://2130706433:{port}/told",
        "http://169.254.169.254/latest",
        "http://10.0.0.1/",
        "ftp://example.com/",
        "http://user:pass@example.com/",
        "http://example.com:{port}0000/",
    ],
)
def test_the_inside_is_never_spoken_to(receiver, url):
    taken = receiver(200)

    with pytest.raises(AddressRefused):
        send(url.replace("{port}", str(taken.server_port)), allow=())
    assert taken.got == []


def test_the_setting_that_lets_inputs_in_lets_callbacks_out(receiver, tmp_path):
    taken = receiver(200)
    closed, open_ = Settings(home=tmp_path), Settings(home=tmp_path, fetch_allow=("127.0.0.1/32",))

    with pytest.raises(AddressRefused, match="fetch_allow"):
        post.poster(closed)(taken.url, b"{}", {})
    assert post.poster(open_)(taken.url, b"{}", {}) == Answer(200)
