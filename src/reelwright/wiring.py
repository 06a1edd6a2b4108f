"""Settings -> adapters -> a running whole. The only module that names an adapter.

The server's half and the worker's half stand in one file but load apart: a worker needs
no ledger, and its start must not pay for a database library.
"""

import shutil
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from reelwright.jobs.perform import Say, World, perform
from reelwright.jobs.task import task_from, to_wire
from reelwright.models.hub import open_hub
from reelwright.settings import Settings
from reelwright.storage import fetch, local, s3
from reelwright.storage.port import Memo, ObjectStore

if TYPE_CHECKING:
    from reelwright.engines.pool import PoolEngine
    from reelwright.jobs.dispatcher import Policy
    from reelwright.jobs.ledger.port import Ledger
    from reelwright.jobs.recaller import Recaller

OWNER = "embedded"
"""One server owns a home (it holds its lock), so whatever is leased at start was its predecessor's."""


class Runtime:
    """A server without its sockets: service, dispatcher, engine, ledger."""

    def __init__(self, settings: Settings) -> None:
        from reelwright.jobs.dispatcher import Dispatcher
        from reelwright.jobs.ledger.sqlite import SqliteLedger
        from reelwright.service import Service

        settings.home.mkdir(parents=True, exist_ok=True)
        self.settings = settings
        self._ledger = SqliteLedger(settings.home / "ledger.db")
        self._ledger.open()
        objects = open_objects(settings)
        self.service = Service(settings=settings, ledger=self._ledger, objects=objects, models=open_hub(settings))
        self._dispatcher = Dispatcher(
            ledger=self._ledger,
            engine=_engine(settings),
            objects=objects,
            memo=open_memo(settings),
            models=open_hub(settings),
            policy=_policy(settings),
        )
        self._recaller = _recaller(settings, self._ledger)

    def start(self) -> None:
        """Begin to run jobs; those of a server that died go on."""
        shutil.rmtree(_scratch(self.settings), ignore_errors=True)
        _scratch(self.settings).mkdir(parents=True)
        if not self.service.objects.has_bucket(self.settings.results_bucket):
            self.service.objects.create_bucket(self.settings.results_bucket)
        self._dispatcher.start()
        if self._recaller is not None:
            self._recaller.start()

    def drain(self, timeout: float) -> None:
        """Start nothing new; wait for what runs, up to `timeout` seconds, then put it back into the queue."""
        self._dispatcher.drain(timeout)

    def close(self) -> None:
        self._dispatcher.close()
        if self._recaller is not None:
            self._recaller.close()
        self._ledger.close()


def build(settings: Settings) -> Runtime:
    return Runtime(settings)


def open_objects(settings: Settings) -> ObjectStore:
    return s3.open_store(settings) if settings.storage == "s3" else local.open_store(settings)


def open_memo(settings: Settings) -> Memo:
    return s3.open_memo(settings) if settings.storage == "s3" else local.open_memo(settings)


def _engine(settings: Settings) -> "PoolEngine":
    from reelwright.engines.pool import PoolEngine

    return PoolEngine(
        workers=settings.worker_count,
        threads=settings.worker_threads,
        tasks_per_worker=settings.tasks_per_worker,
        prepare="reelwright.wiring:prepare_worker",
        argument=settings.model_dump(mode="json"),
    )


def _policy(settings: Settings) -> "Policy":
    from reelwright.jobs.dispatcher import Policy

    return Policy(
        owner=OWNER,
        perform="reelwright.wiring:perform_task",
        results_bucket=settings.results_bucket,
        lease=settings.lease,
        max_attempts=settings.max_attempts,
        retry_delay=settings.retry_delay,
        time_limit=settings.time_limit,
        memory_limit=settings.memory_limit,
    )


def _recaller(settings: Settings, ledger: "Ledger") -> "Recaller | None":
    """Only where there is an elsewhere: it looks at every job that changes."""
    if not settings.generation_url:
        return None
    from reelwright.jobs.recaller import Recaller
    from reelwright.models import elsewhere

    models = open_hub(settings)
    return Recaller(ledger=ledger, memo=open_memo(settings), recall=lambda task: elsewhere.recall(models, task))


def _scratch(settings: Settings) -> Path:
    return settings.home / "scratch"


# ---- in a worker process

_given: dict[str, Any] = {}


def prepare_worker(settings: Mapping[str, Any]) -> None:
    """Called once in each new worker, with the server's settings."""
    _given.update(settings)
    _world()


@cache
def _world() -> World:
    settings = Settings(**_given)
    return World(
        objects=open_objects(settings),
        memo=open_memo(settings),
        models=open_hub(settings),
        fetch=fetch.fetcher(settings),
        scratch=_scratch(settings),
        previews=settings.results_bucket,
    )


def perform_task(task: Mapping[str, Any], say: Say) -> dict[str, Any]:
    """A step, from JSON to JSON."""
    return to_wire(perform(task_from(task), _world(), say))
