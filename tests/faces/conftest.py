"""What the tests of several faces share: a real server on loopback."""

import asyncio
import gc
import threading
import time
import warnings
from collections.abc import Callable, Coroutine, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import pytest
import uvicorn

Serving = Callable[..., AbstractContextManager[str]]
Later = Callable[[Coroutine[Any, Any, Any]], Any]


@pytest.fixture(scope="session")
def serving() -> Serving:
    """`with serving(app, lifespan="on") as address`: a server around an application; gives its `host:port`."""
    return _serving


@pytest.fixture
def later() -> Iterator[Later]:
    """`later(coroutine)`: what it gives. For the vendors' asynchronous clients, which leave their connections to the
    garbage collector: here they are collected within the test, else they would warn in another one."""
    yield asyncio.run
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        gc.collect()


@contextmanager
def _serving(app: Any, *, lifespan: Any = "on") -> Iterator[str]:
    config = uvicorn.Config(app, host="127.0.0.1", port=0, log_config=None, ws="none", lifespan=lifespan)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        while not server.started:
            assert thread.is_alive(), "the server ended before it began"
            time.sleep(0.005)
        yield f"127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join()
