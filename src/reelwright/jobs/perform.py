"""One step inside a worker: fetch, look for the memo, run the operator, save the memo.

It sees no ledger. What it says on the way (`say`) and what it returns are news for the
dispatcher, which alone writes them down; so a worker that lives too long can do no harm.
"""

import re
import resource
import shutil
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from reelwright import operators, timing
from reelwright.errors import Elsewhere, MemoLost, ReelwrightError, StorageFull
from reelwright.jobs import abroad, memo, staging
from reelwright.jobs.document import LINK
from reelwright.jobs.job import Made, Phase, Usage
from reelwright.jobs.task import Done, Task
from reelwright.models.port import Models, Provider
from reelwright.operators import Context, Operator, files
from reelwright.operators.contract import Params, Result
from reelwright.operators.validating import validated
from reelwright.storage.port import Manifest, Memo, ObjectStore

Say = Callable[[Mapping[str, Any]], None]
DISK_FULL = 28  # errno.ENOSPC


@dataclass(frozen=True, slots=True)
class World:
    """What a worker has at hand."""

    objects: ObjectStore
    memo: Memo
    models: Models
    fetch: staging.Fetch
    scratch: Path
    previews: str
    """Bucket of the live frames."""


def perform(task: Task, world: World, say: Say) -> Done:
    watch = _Watch(task, world, say)
    try:
        return _in_scratch(task, world, watch)
    except ReelwrightError as error:
        error.spent = msgspec.to_builtins(watch.usage(0, 0))
        raise


def _in_scratch(task: Task, world: World, watch: "_Watch") -> Done:
    folder = world.scratch / f"{task.step_id}-{task.attempt}"
    try:
        (folder / "in").mkdir(parents=True)
        (folder / "out").mkdir()
        with _Inputs(task, world) as inputs:
            return _perform(task, world, watch, folder, inputs)
    except OSError as error:
        if error.errno == DISK_FULL:
            raise StorageFull(f"the disk is full ({error.filename}); make room, then retry the job") from error
        raise
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _perform(task: Task, world: World, watch: "_Watch", folder: Path, inputs: "_Inputs") -> Done:
    operator = operators.load(task.operator)
    watch.phase("fetch")
    given = validated(operator.params, task.params)
    staged = staging.fetch(operator, given, folder / "in", world.objects, inputs)
    provider = operator.provider(staged.params, world.models)
    key = memo.key(operator, provider, given, staged.digests, seed=task.seed, salt=task.salt)
    found = world.memo.find(key)
    if found is not None:
        return _done(found, watch, staged.size, memo=True)
    watch.say({"kind": "started", "provider": provider.name, "tier": provider.tier})
    parts = _Parts(world.memo, key)
    context = Context(
        scratch=folder,
        outputs=folder / "out",
        reporter=watch,
        models=world.models,
        provider=provider,
        seed=task.seed,
        phases=operator.phases,
        parts=parts,
    )
    result = _run(operator, staged.params, context, folder)
    watch.phase("save")
    saved = _save(key, result, provider, folder / "out", world.memo)
    parts.forget()
    return _done(saved, watch, staged.size, memo=False)


def _run(operator: Operator[Any, Any], params: Params, context: Context, folder: Path) -> Result:
    try:
        result: Result = operator(params, context)
    except ReelwrightError as error:
        # A user knows the address, not our scratch folder.
        error.message = _with_addresses(error.message, folder)
        raise
    return result


def _with_addresses(message: str, folder: Path) -> str:
    return re.sub(rf"{re.escape(str(folder))}/(in/(\d+/)?)?", "", message)


def _save(key: str, result: Result, provider: Provider, folder: Path, store: Memo) -> Manifest:
    dumped: dict[str, Any] = result.model_dump(mode="json")
    made: dict[str, Path] = {}
    for path, _, text in list(files.fields(result)):
        file = Path(text)
        if not file.is_relative_to(folder):
            raise ReelwrightError(f"the result's {files.dotted(path)} is not one of the run's outputs: {file.name}")
        made[file.name] = file
        files.replace(dumped, path, staging.OUTPUT + file.name)
    by = {"provider": provider.name, "tier": provider.tier, "models": dict(provider.models)}
    return store.save(key, dumped, made, by)


def _done(manifest: Manifest, watch: "_Watch", bytes_in: int, *, memo: bool) -> Done:
    made = msgspec.convert(manifest.made, Made)
    bytes_out = 0 if memo else sum(file.size for file in manifest.files)
    return Done(manifest.key, memo, manifest.result, made, watch.usage(bytes_in, bytes_out), watch.phases())


class _Parts:
    """The finished parts of a step, as memos of their own; forgotten once the whole is saved."""

    def __init__(self, store: Memo, step: str) -> None:
        self._store, self._step = store, step
        self._kept: dict[str, None] = {}

    def find(self, name: str) -> object | None:
        found = self._store.find(self._key(name))
        return None if found is None else found.result["value"]

    def save(self, name: str, value: object) -> None:
        self._store.save(self._key(name), {"value": value}, {}, {})

    def forget(self) -> None:
        for key in self._kept:
            self._store.forget(key)

    def _key(self, name: str) -> str:
        key = memo.part_key(self._step, name)
        self._kept[key] = None
        return key


class _Inputs:
    """Brings http(s) inputs. While the work goes on elsewhere they are kept, as memos of the step.

    A look that comes later thus fetches nothing, and sees the very bytes that were ordered with: what lies at an
    address may change, and other inputs would be another order. Any other end of the run forgets them; a cancel
    does (`jobs.recaller`), which also finds here what the task is called there.
    """

    def __init__(self, task: Task, world: World) -> None:
        self._step, self._may_have_kept = task.step_id, task.attempt > 1
        self._store, self._fetch = world.memo, world.fetch
        self._brought: dict[str, Path] = {}

    def __call__(self, url: str, path: Path, /) -> tuple[int, str]:
        self._brought[url] = path
        found = self._store.find(self._key(url)) if self._may_have_kept else None
        if found is None:
            return self._fetch(url, path)
        (file,) = found.files
        try:
            self._store.bring(found.key, file.name, path)
        except MemoLost:  # in this very instant
            return self._fetch(url, path)
        return file.size, file.sha256

    def __enter__(self) -> "_Inputs":
        return self

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, Elsewhere):
            for url, path in self._brought.items():
                if self._store.find(self._key(url)) is None:
                    self._store.save(self._key(url), {}, {path.name: path}, {})
            abroad.note(self._store, self._step, error.task, list(map(self._key, self._brought)))
        elif self._may_have_kept:
            abroad.forget(self._store, self._step)

    def _key(self, url: str) -> str:
        return memo.part_key(self._step, f"input {url}")


class _Watch:
    """The run's reporter: phases with their seconds, usage, and the way to the server."""

    def __init__(self, task: Task, world: World, say: Say) -> None:
        self.say = say
        self._task, self._world = task, world
        self._began = time.monotonic()
        self._cpu = _cpu_seconds()
        self._phases: list[Phase] = []
        self._open: tuple[str, float, float] | None = None
        self._media = 0.0

    def progress(self, percent: float, phase: str, done: float, total: float | None, unit: str) -> None:
        self.say({"kind": "progress", "percent": percent, "phase": phase, "done": done, "total": total, "unit": unit})

    def log(self, level: str, message: str, fields: Mapping[str, Any]) -> None:
        self.say({"kind": "log", "level": level, "message": message, "fields": dict(fields)})

    def phase(self, name: str) -> None:
        self._close()
        self._open = (name, timing.now(), time.monotonic())
        self.say({"kind": "phase", "phase": name})

    def preview(self, path: Path) -> None:
        bucket, key = self._world.previews, f"{self._task.job_id}/preview{path.suffix}"
        self._world.objects.put_file(bucket, key, path)
        self.say({"kind": "preview", "image": f"{LINK}{bucket}/{key}"})

    def media(self, seconds: float) -> None:
        self._media += seconds

    def check(self) -> None:
        """Nothing to ask: a cancelled job's worker is killed."""

    def phases(self) -> tuple[Phase, ...]:
        self._close()
        return tuple(self._phases)

    def usage(self, bytes_in: int, bytes_out: int) -> Usage:
        return Usage(
            cpu_seconds=_cpu_seconds() - self._cpu,
            wall_seconds=time.monotonic() - self._began,
            bytes_in=bytes_in,
            bytes_out=bytes_out,
            media_seconds=self._media,
        )

    def _close(self) -> None:
        if self._open is not None:
            name, at, began = self._open
            self._phases.append(Phase(name, at, time.monotonic() - began))
            self._open = None


def _cpu_seconds() -> float:
    """Of this process and its ended children."""
    own, children = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    return own.ru_utime + own.ru_stime + children.ru_utime + children.ru_stime
