"""A real server on a free port of loopback, with a store in a folder and a light stand-in for the service."""

import threading
import warnings
from dataclasses import dataclass
from types import SimpleNamespace

import pytest
import uvicorn

from reelwright.faces.oss import build
from reelwright.jobs.job import Key
from reelwright.jobs.ledger.sqlite import SqliteLedger
from reelwright.jobs.uploads import Uploads
from reelwright.settings import Settings
from reelwright.storage import local

with warnings.catch_warnings():
    # The libraries' own sources warn, and warnings are errors here.
    warnings.simplefilter("ignore")
    import alibabacloud_oss_v2 as oss_v2
    import oss2

KEY = Key("RWtest", "a secret", "sk-test")
BUCKET = "films"
REGION = "cn-shanghai"
MIB = 1 << 20


@dataclass
class Running:
    url: str
    service: SimpleNamespace

    @property
    def store(self):
        return self.service.objects


class Server:
    def __init__(self, app):
        self._server = uvicorn.Server(
            uvicorn.Config(app, host="127.0.0.1", port=0, log_level="error", lifespan="off", ws="none")
        )
        self._started = threading.Event()
        startup = self._server.startup

        async def told(sockets=None):
            await startup(sockets=sockets)
            self._started.set()

        self._server.startup = told
        self._thread = threading.Thread(target=self._server.run, daemon=True)

    def __enter__(self):
        self._thread.start()
        assert self._started.wait(30)
        port = self._server.servers[0].sockets[0].getsockname()[1]
        return f"http://127.0.0.1:{port}"

    def __exit__(self, *_):
        self._server.should_exit = True
        self._thread.join(30)


@pytest.fixture(scope="session")
def ledger(tmp_path_factory):
    ledger = SqliteLedger(tmp_path_factory.mktemp("oss") / "ledger.db")
    ledger.open()
    yield ledger
    ledger.close()


@pytest.fixture
def serve(tmp_path, ledger):
    """`serve(**settings)` starts a server; it ends with the test."""
    running = []

    def start(**changed):
        settings = Settings(home=tmp_path, **{"max_object_bytes": 64 * MIB, **changed})
        objects = local.open_store(settings)
        service = SimpleNamespace(
            settings=settings,
            objects=objects,
            uploads=Uploads(ledger, objects, lambda: {KEY.access_key_id: KEY}),
            secret=lambda access_key_id: KEY if access_key_id == KEY.access_key_id else None,
            bearer=lambda api_key: KEY if api_key == KEY.api_key else None,
        )
        server = Server(build(service))
        running.append(server)
        return Running(server.__enter__(), service)

    yield start
    for one in running:
        one.__exit__()


@pytest.fixture
def server(serve):
    running = serve()
    running.store.create_bucket(BUCKET)
    return running


@pytest.fixture
def key():
    return KEY


@pytest.fixture(params=["v1", "v4"])
def old(request, server):
    """The older library's bucket, by both signatures."""
    return older(server, request.param)


def older(server, version, *, key=KEY, bucket=BUCKET):
    kind = oss2.Auth if version == "v1" else oss2.AuthV4
    auth = kind(key.access_key_id, key.access_key_secret)
    return oss2.Bucket(auth, server.url, bucket, region=REGION if version == "v4" else None, connect_timeout=20)


@pytest.fixture(params=["v1", "v4"])
def new(request, server):
    """The newer library's client, by both signatures."""
    return newer(server, request.param)


def newer(server, version, *, key=KEY):
    config = oss_v2.config.load_default()
    config.credentials_provider = oss_v2.credentials.StaticCredentialsProvider(key.access_key_id, key.access_key_secret)
    config.region, config.endpoint, config.signature_version = REGION, server.url, version
    config.retry_max_attempts = 1
    return oss_v2.Client(config)


@pytest.fixture
def make_old():
    return older


@pytest.fixture
def make_new():
    return newer
