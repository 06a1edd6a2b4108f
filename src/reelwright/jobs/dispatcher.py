"""The one that starts work: claims what may run now, hands it to the engine, writes down what comes of it.

One thread. It holds no truth: what it knows of running steps it could lose at any instant,
the ledger's leases say the same. It is woken by commits and by the engine, so an idle
server starts a job at once and polls for nothing.
"""

import logging
import queue
import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import msgspec

from reelwright import operators, timing
from reelwright.engines.port import Call, Engine, Outcome
from reelwright.errors import Elsewhere, Fenced, MemoLost, ReelwrightError, StorageFailed
from reelwright.jobs import memo, staging
from reelwright.jobs.job import Failure, Job, Made, Output, Phase, Status, Step, Usage
from reelwright.jobs.ledger.port import Claim, Ledger, StepResult, Transaction
from reelwright.jobs.task import Done, Task, done_from, to_wire
from reelwright.models.port import Models
from reelwright.operators.validating import validated
from reelwright.pipelines import registry
from reelwright.storage.port import Manifest, Memo, ObjectStore

log = logging.getLogger(__name__)
ROLE = "dispatcher"
PUBLISHERS = 2
PRUNE_EVERY = 3600.0  # seconds
LONGEST_WAIT = 5.0  # seconds; only a net under the wake-ups


@dataclass(frozen=True, slots=True)
class Policy:
    """The settings that matter here. Times in seconds, memory in bytes."""

    owner: str
    perform: str
    """`module:function` that the engine calls with a task."""
    results_bucket: str
    lease: float
    max_attempts: int
    retry_delay: float
    time_limit: float
    memory_limit: int


class Dispatcher:
    def __init__(
        self, *, ledger: Ledger, engine: Engine, objects: ObjectStore, memo: Memo, models: Models, policy: Policy
    ) -> None:
        self._ledger, self._engine, self._objects, self._memo = ledger, engine, objects, memo
        self._models, self._policy = models, policy
        self._running: dict[str, Claim] = {}
        """Call id -> what it runs; also while its result is being published."""
        self._inbox: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()
        self._changed: set[str] = set()
        self._stopping = False
        self._draining = False
        self._beat_at = self._prune_at = 0.0
        self._leading_until = 0.0
        self._publishers = ThreadPoolExecutor(PUBLISHERS, thread_name_prefix="publish")
        self._thread = threading.Thread(target=self._live, name="dispatcher", daemon=True)
        ledger.on_commit(self._committed)

    # ---- from other threads

    def start(self) -> None:
        self._thread.start()

    def drain(self, timeout: float) -> None:
        """Claim nothing more; wait for what runs; release what is not done in time."""
        self._tell(self._stop_claiming)
        self._thread.join(timeout)
        self._tell(self._release_all)

    def close(self) -> None:
        self._tell(self._stop)
        if self._thread.ident is not None:  # It was started.
            self._thread.join()
        self._publishers.shutdown(wait=True)

    def _tell(self, chore: Callable[[], None]) -> None:
        self._inbox.put(chore)

    def _committed(self, job_ids: Sequence[str]) -> None:
        self._tell(lambda: self._changed.update(job_ids))

    # ---- the thread

    def _live(self) -> None:
        self._engine.start(
            lambda call, said: self._tell(lambda: self._heard(call, said)),
            lambda outcome: self._tell(lambda: self._ended(outcome)),
        )
        self._write(lambda tx: tx.recover(owner=self._policy.owner, now=timing.now()))
        while not self._stopping:
            try:
                self._turn()
            except Exception:
                # One odd row must not stop every other job; the row shows in the log.
                log.exception("dispatcher turn failed")
                self._wait(1.0)
        self._engine.close()

    def _turn(self) -> None:
        self._end_the_cancelled()
        self._keep_alive()
        claimed = not self._draining and self._claim()
        if not claimed:
            self._wait(self._patience())

    def _wait(self, seconds: float) -> None:
        try:
            chore = self._inbox.get(timeout=seconds)
        except queue.Empty:
            return
        while True:
            chore()
            try:
                chore = self._inbox.get_nowait()
            except queue.Empty:
                return

    def _patience(self) -> float:
        due = self._ledger.next_due(timing.now())
        waits = [LONGEST_WAIT, self._policy.lease / 3]
        if due is not None:
            waits.append(max(0.0, due - timing.now()))
        return min(waits)

    def _stop(self) -> None:
        self._stopping = True

    def _stop_claiming(self) -> None:
        self._draining = True
        self._stopping = not self._running

    def _release_all(self) -> None:
        for call_id, claim in list(self._running.items()):
            self._engine.cancel(call_id)
            self._write_late(claim, _release(claim))
        self._stopping = True

    # ---- claiming and starting

    def _claim(self) -> bool:
        slots = min(self._engine.free(), self._engine.free() - self._publishing_backlog())
        if slots <= 0 or not self._leads():
            return False
        at = timing.now()
        claims = self._write(
            lambda tx: tx.claim(owner=self._policy.owner, slots=slots, lease=self._policy.lease, now=at)
        )
        for claim in claims:
            self._start(claim)
        return bool(claims)

    def _publishing_backlog(self) -> int:
        """Do not claim more while results queue up for slow storage."""
        return max(0, len(self._running) - 4 * PUBLISHERS - 64)

    def _leads(self) -> bool:
        at = timing.now()
        if at > self._leading_until - self._policy.lease / 3:
            owner, ttl = self._policy.owner, self._policy.lease
            epoch = self._write(lambda tx: tx.lead(ROLE, owner=owner, ttl=ttl, now=at))
            self._leading_until = at + ttl if epoch is not None else 0.0
        return at < self._leading_until

    def _start(self, claim: Claim) -> None:
        job, step = claim.job, claim.step
        call_id = f"{step.id}-{step.attempt}"
        self._running[call_id] = claim
        try:
            found = None if job.fresh else self._find(job, step)
        except Exception as error:  # noqa: BLE001
            # A claimed step must end one way or another, else it is held for ever and its neighbours never start.
            self._broke(call_id, claim, error, "the stored result could not be looked for")
            return
        if found is not None:
            done = Done(found.key, True, found.result, _made(found), usage=step.usage)
            self._publish_soon(call_id, claim, done, found)
            return
        salt = step.id if job.fresh else ""
        task = Task(job.id, step.id, step.attempt, step.operator, step.params, _seed(job, step), salt)
        policy = self._policy
        self._engine.run(
            Call(call_id, policy.perform, to_wire(task), policy.time_limit, policy.memory_limit, step.operator)
        )

    def _find(self, job: Job, step: Step) -> Manifest | None:
        """A memo that can be found without work: every digest known, no process needed."""
        operator = operators.load(step.operator)
        params = validated(operator.params, step.params)
        digests = staging.known_digests(params, self._objects)
        if digests is None:
            return None
        provider = operator.provider(params, self._models)
        key = memo.key(operator, provider, params, digests, seed=_seed(job, step))
        return None if self._ledger.memo(key) is None else self._memo.find(key)

    # ---- while it runs

    def _heard(self, call_id: str, said: Mapping[str, Any]) -> None:
        claim = self._running.get(call_id)
        if claim is None:
            return
        change = _report(claim, said, timing.now())
        if change is not None:
            self._write_late(claim, change)

    def _keep_alive(self) -> None:
        at = timing.now()
        if self._running and at >= self._beat_at:
            self._beat_at = at + self._policy.lease / 3
            held = [(one.step.id, one.step.attempt) for one in self._running.values()]
            late = set(self._write(lambda tx: tx.extend(held, lease=self._policy.lease, now=at)))
            for call_id, claim in list(self._running.items()):
                if claim.step.id in late:
                    self._engine.cancel(call_id)
        if at >= self._prune_at:
            self._prune_at = at + PRUNE_EVERY
            self._write(lambda tx: tx.recover(owner=None, now=at))
            while self._write(lambda tx: tx.prune(now=at)):
                pass

    def _end_the_cancelled(self) -> None:
        """A cancel is a commit like any other; whoever ran for a job that moved on is ended."""
        changed, self._changed = self._changed, set()
        for call_id, claim in list(self._running.items()):
            if claim.job.id in changed:
                now_stands = self._ledger.step(claim.step.id)
                if now_stands is None or now_stands.state is not Status.RUNNING:
                    self._engine.cancel(call_id)

    # ---- when it ends

    def _ended(self, outcome: Outcome) -> None:
        claim = self._running.get(outcome.call_id)
        if claim is None:
            return
        if outcome.error is not None:
            self._failed(outcome.call_id, claim, outcome.error)
            return
        assert outcome.value is not None
        self._publish_soon(outcome.call_id, claim, done_from(outcome.value), None)

    def _failed(self, call_id: str, claim: Claim, error: ReelwrightError) -> None:
        self._forget(call_id)
        step, at = claim.step, timing.now()
        usage = msgspec.convert(error.spent or {}, Usage)
        if isinstance(error, Elsewhere):
            later = at + error.after
            self._write_late(claim, lambda tx: tx.postpone(step.id, step.attempt, later, at, usage=usage))
            return
        retry_at, tries = None, step.attempt - step.looks
        if error.retryable and tries < self._policy.max_attempts:
            retry_at = at + self._policy.retry_delay * 2 ** (tries - 1)
        failure = Failure.of(error)
        self._write_late(
            claim, lambda tx: tx.fail_step(step.id, step.attempt, failure, at, retry_at=retry_at, usage=usage)
        )

    def _broke(self, call_id: str, claim: Claim, error: BaseException, what: str) -> None:
        """Something of ours failed around the work: told as it is, or, where nobody foresaw it, as the storage's."""
        if not isinstance(error, ReelwrightError):
            log.error("%s", what, exc_info=error)
            error = StorageFailed(f"{what}: {error}")
        self._failed(call_id, claim, error)

    def _publish_soon(self, call_id: str, claim: Claim, done: Done, found: Manifest | None) -> None:
        future = self._publishers.submit(self._publish, claim, done, found)
        future.add_done_callback(lambda ended: self._tell(lambda: self._published(call_id, claim, ended)))

    def _publish(self, claim: Claim, done: Done, found: Manifest | None) -> None:
        """On a publisher's thread: files first, then the one compare-and-set that makes them seen."""
        began = timing.now()
        manifest = found or self._memo.find(done.key)
        if manifest is None:
            raise MemoLost(f"the stored result {done.key[:12]} is gone or damaged; the step has to run again")
        job, step, bucket = claim.job, claim.step, self._policy.results_bucket
        if _is_inner(job, step):
            handed_on = staging.hand_on(job, step, manifest, self._memo, bucket)
            self._ledger.write(lambda tx: _finish_inner(tx, claim, done, handed_on)).result()
            return
        result, outputs = staging.publish(job, step.attempt, manifest, self._objects, self._memo, bucket)
        try:
            self._ledger.write(lambda tx: _finish(tx, claim, done, result, outputs, began)).result()
        except Fenced:
            if job.destination is None:
                staging.withdraw(outputs, self._objects)
            raise

    def _published(self, call_id: str, claim: Claim, ended: "Future[None]") -> None:
        error = ended.exception()
        if error is None or isinstance(error, Fenced):
            self._forget(call_id)
        else:
            # Whatever broke, the result itself is safe: it is published again from its memo.
            self._broke(call_id, claim, error, "the result could not be published")

    def _forget(self, call_id: str) -> None:
        del self._running[call_id]
        if self._draining and not self._running:
            self._stopping = True

    # ---- the ledger

    def _write(self, change: Callable[[Transaction], Any]) -> Any:
        return self._ledger.write(change).result()

    def _write_late(self, claim: Claim, change: Callable[[Transaction], Any]) -> None:
        """Without waiting: nothing here depends on it. Being fenced is how a late one learns of it."""

        def note(future: "Future[Any]") -> None:
            error = future.exception()
            if error is not None and not isinstance(error, Fenced):
                log.error("ledger refused a report on job %s", claim.job.id, exc_info=error)

        self._ledger.write(change).add_done_callback(note)


def _release(claim: Claim) -> Callable[[Transaction], None]:
    return lambda tx: tx.release(claim.step.id, claim.step.attempt, timing.now())


def _finish(
    tx: Transaction, claim: Claim, done: Done, result: Mapping[str, Any], outputs: Sequence[Output], began: float
) -> Job:
    at = timing.now()
    kept = StepResult(done.result, done.made, done.key, done.memo, done.usage, done.phases)
    tx.finish_step(claim.step.id, claim.step.attempt, kept, at)
    return tx.publish(claim.job.id, result, outputs, done.made, (Phase("publish", began, at - began),), at)


def _finish_inner(tx: Transaction, claim: Claim, done: Done, result: Mapping[str, Any]) -> Job:
    kept = StepResult(result, done.made, done.key, done.memo, done.usage, done.phases)
    return tx.finish_step(claim.step.id, claim.step.attempt, kept, timing.now())


def _is_inner(job: Job, step: Step) -> bool:
    """A step of a plan whose result others take; that of the final one is the job's."""
    plan = registry.find(job.operator)
    return plan is not None and step.name != plan.final


def _seed(job: Job, step: Step) -> int:
    return job.seed if step.seed is None else step.seed


def _made(manifest: Manifest) -> Made:
    made: Any = manifest.made
    return Made(made["provider"], made["tier"], made["models"])


def _report(claim: Claim, said: Mapping[str, Any], at: float) -> Callable[[Transaction], None] | None:
    """What a worker said, as a write."""
    job, step = claim.job, claim.step
    match said["kind"]:
        case "started":
            return lambda tx: tx.started(step.id, step.attempt, at)
        case "progress":
            return lambda tx: tx.progress(step.id, step.attempt, said["percent"], said["phase"], at)
        case "log":
            return lambda tx: tx.log(job.id, said["level"], said["message"], said["fields"], at)
        case "preview":
            return lambda tx: tx.event(job.id, "preview", {"image": said["image"]}, at)
        case _:
            return None
