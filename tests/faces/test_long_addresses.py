"""Addresses longer than the HTTP parser can split, over a real socket."""

import http.client
import threading
import time
from contextlib import closing
from urllib.parse import quote

import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from reelwright.faces.long_addresses import LongAddresses


@pytest.fixture(scope="module")
def address():
    async def told(request):
        text = request.query_params.get("text", "")
        return PlainTextResponse(f"{request.url.path} {len(text)} {text[-1:]} {len(await request.body())}")

    app = Starlette(routes=[Route("/a", told, methods=["GET", "POST"])])
    config = uvicorn.Config(app, port=0, http=LongAddresses, log_config=None, ws="none", lifespan="off")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.005)
    yield f"127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    thread.join()


@pytest.mark.parametrize("length", [0, 1, 7000, 10_000, 60_000])
def test_any_text_fits_into_a_query(address, length):
    text = "一" * length + "。"
    with closing(http.client.HTTPConnection(address)) as line:
        line.request("POST", f"/a?text={quote(text)}", body=b"body")
        reply = line.getresponse().read().decode()
        # The same connection goes on.
        line.request("GET", "/a?text=x")
        again = line.getresponse().read().decode()

    assert reply == f"/a {length + 1} 。 4"
    assert again == "/a 1 x 0"


def test_a_path_that_is_too_long_is_refused(address):
    with closing(http.client.HTTPConnection(address)) as line:
        line.request("GET", f"/{'a' * 70_000}")

        assert line.getresponse().status == 400
