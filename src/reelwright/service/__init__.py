"""All that a face may call. A face never sees the ledger or an engine.

What faces do on every request (`document`, `bearer`, `secret`, `link`) are plain,
quick calls; what waits is async. Everything takes the tenant of the caller: another
tenant's job is an unknown job.
"""

import asyncio
import secrets
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Collection, Mapping, Sequence
from contextlib import aclosing, asynccontextmanager
from dataclasses import replace
from typing import TypedDict, TypeVar, Unpack

from reelwright import timing
from reelwright.errors import JobNotFound, NotFound, PipelineNotFound
from reelwright.jobs import ids
from reelwright.jobs.deliverer import Deliverer, Policy
from reelwright.jobs.delivery import Delivery, DeliveryFilter
from reelwright.jobs.edits import Edit
from reelwright.jobs.estimates import ESTIMATES
from reelwright.jobs.job import Event, Job, JobFilter, Key, NewJob, Pipeline, Status, Step
from reelwright.jobs.ledger.port import Ledger, Submitted, Transaction
from reelwright.jobs.links import Links
from reelwright.jobs.records import Keeping, Kept
from reelwright.jobs.uploads import Uploads
from reelwright.jobs.watch import Watchers
from reelwright.models.port import Models, NoModels
from reelwright.service.checking import Checks, Submission, check_receiver
from reelwright.service.plans import Plans, View
from reelwright.settings import Settings
from reelwright.storage.port import ObjectStore
from reelwright.storage.post import poster

__all__ = ["PipelineChanges", "Plans", "Service", "Submission", "View", "check_receiver", "new_key"]

T = TypeVar("T")


class PipelineChanges(TypedDict, total=False):
    concurrency: int
    paused: bool
    priority: int
    title: str
    speed: str


class Service:
    def __init__(
        self, *, settings: Settings, ledger: Ledger, objects: ObjectStore, models: Models | None = None
    ) -> None:
        """`models` tell who would do a step, for estimates."""
        self.settings = settings
        self.objects = objects
        self._ledger = ledger
        self._keys: dict[str, Key] = {}
        self._bearers: dict[str, Key] = {}
        self._watchers = Watchers(ledger)
        self._checks = Checks(settings, objects)
        self.plans = Plans(settings, ledger, self._checks, models or NoModels())
        self.callbacks = Deliverer(ledger=ledger, post=poster(settings), policy=Policy.of(settings))
        self.uploads = Uploads(ledger, objects, lambda: self._keys)
        self.links = Links(lambda: next(iter(self._keys.values()), None), settings.link_seconds)
        self.load_keys()

    # ---- who asks

    def load_keys(self) -> None:
        self._keys = {key.access_key_id: key for key in self._ledger.credentials()}
        self._bearers = {key.api_key: key for key in self._keys.values()}

    def has_keys(self) -> bool:
        return bool(self._keys)

    def bearer(self, api_key: str) -> Key | None:
        return self._bearers.get(api_key)

    def secret(self, access_key_id: str) -> Key | None:
        return self._keys.get(access_key_id)

    async def create_key(self, tenant: str = "default") -> Key:
        key = new_key(tenant)
        await self._ledger.commit(lambda tx: tx.put_key(key))
        self.load_keys()
        return key

    def link(self, bucket: str, key: str, base: str, until: float | None = None) -> str:
        """A download link below `base` (`http://host:port`), good until then, or for `link_seconds` at least."""
        return self.links.mint(bucket, key, self.settings.public_url or base, until)

    # ---- jobs

    async def submit(self, tenant: str, wanted: Submission, *, own_hosts: Collection[str] = ()) -> Submitted:
        """Accept a job; returns once it is on disk. Every fault that can be known now is raised now."""
        new = self.check(tenant, wanted, own_hosts=own_hosts)
        estimate = self.plans.estimate(new)

        def accept(tx: Transaction) -> Submitted:
            submitted = tx.submit(new)
            if submitted.created:
                for note in wanted.notes:
                    tx.log(submitted.job_id, "warning", note, {}, new.created_at)
                if estimate is not None:
                    ESTIMATES.put(tx, tenant, new.id, estimate, now=new.created_at)
            return submitted

        plain = not wanted.notes and estimate is None
        return await self._ledger.commit((lambda tx: tx.submit(new)) if plain else accept)

    def check(self, tenant: str, wanted: Submission, *, own_hosts: Collection[str] = ()) -> NewJob:
        """The job that a submission would make, or the error that says why not."""
        return self._checks.check(tenant, wanted, own_hosts=own_hosts)

    def document(self, tenant: str, job_id: str) -> bytes | None:
        """The native reply about a job as it was rendered; links are still marks (`links.fill`)."""
        return self._ledger.document(tenant, job_id)

    def job(self, tenant: str, job_id: str) -> Job:
        job = self._ledger.job(tenant, job_id)
        if job is None:
            raise JobNotFound(f"there is no job {job_id!r}; it may have expired, or belong to another key", field="id")
        return job

    def jobs(self, wanted: JobFilter) -> list[Job]:
        return self._ledger.jobs(wanted)

    def steps(self, tenant: str, job_id: str) -> list[Step]:
        return self._ledger.steps(self.job(tenant, job_id).id)

    def events(
        self, tenant: str, job_id: str, *, after: int = 0, kinds: Sequence[str] = (), limit: int = 1000
    ) -> list[Event]:
        return self._ledger.events(self.job(tenant, job_id).id, after=after, kinds=kinds, limit=limit)

    async def cancel(self, tenant: str, job_id: str, *, only: Status | None = None) -> Job:
        """`only`: raise `Conflict` if the job is in another state when the change is made."""
        return await self._ledger.commit(lambda tx: tx.cancel(tenant, job_id, timing.now(), only=only))

    async def retry(self, tenant: str, job_id: str) -> Job:
        return await self._ledger.commit(lambda tx: tx.retry(tenant, job_id, timing.now()))

    async def resume(self, tenant: str, job_id: str) -> Job:
        """Go on with a job that is SUSPENDED or FAILED; what is done stays. Raises `Conflict` for others."""
        return await self._ledger.commit(lambda tx: tx.resume(tenant, job_id, timing.now()))

    async def edit(self, tenant: str, job_id: str, step: str, edit: Edit, *, own_hosts: Collection[str] = ()) -> Job:
        """Change a step of a job with a plan; it and what hangs on it run again."""
        checked = self.plans.checked(self.job(tenant, job_id), step, edit, own_hosts)
        return await self._ledger.commit(lambda tx: tx.edit(tenant, job_id, step, checked, timing.now()))

    async def delete(self, tenant: str, job_ids: Sequence[str]) -> int:
        """Forget jobs, those at work too; returns how many there were. Their outputs stay where they were published."""
        return await self._ledger.commit(lambda tx: sum(tx.delete(tenant, job_id) for job_id in job_ids))

    async def watch(self, tenant: str, job_id: str, *, after: int = 0) -> AsyncGenerator[Event | None, None]:
        """The job's events from `after` on, as they come; None now and then to keep a line alive; ends with the job."""
        self.job(tenant, job_id)
        # Closed here and now with the reader, or its waiting would stay until the next collection.
        async with aclosing(self._watchers.follow(job_id, after=after)) as events:
            async for event in events:
                yield event

    # ---- pipelines

    def pipelines(self, tenant: str) -> list[Pipeline]:
        return self._ledger.pipelines(tenant)

    def pipeline(self, tenant: str, name: str) -> Pipeline | None:
        """By its name or its id."""
        return next((one for one in self._ledger.pipelines(tenant) if name in (one.name, one.id)), None)

    async def put_pipeline(
        self, tenant: str, name: str, *, make: bool = True, **changes: Unpack[PipelineChanges]
    ) -> Pipeline:
        """Change what is given of a pipeline that is found by its name or id.

        One that is not there is made under that name, or, without `make`, a `PipelineNotFound`.
        """
        at = timing.now()

        def change(tx: Transaction) -> Pipeline:
            old = tx.pipeline(tenant, name)
            if old is None and not make:
                raise PipelineNotFound(f"there is no pipeline {name!r}; create it, or mend its id", field="name")
            new = Pipeline(name if ids.SHAPE.match(name) else ids.new(at), tenant, name, created_at=at)
            return tx.put_pipeline(replace(old or new, **changes, modified_at=at))

        return await self._ledger.commit(change)

    async def delete_pipeline(self, tenant: str, name: str) -> None:
        """Raises `PipelineNotFound`; `Conflict` while it has jobs that are not finished."""
        await self._ledger.commit(lambda tx: tx.delete_pipeline(tenant, name))

    # ---- records of a face

    @property
    def kept(self) -> Kept:
        """For the reads of a `Shelf`."""
        return self._ledger

    async def keep(self, change: Callable[[Keeping], T]) -> T:
        """Run a change of records; returns once it is on disk, as a whole."""
        return await self._ledger.commit(change)

    # ---- callbacks

    def deliveries(self, wanted: DeliveryFilter) -> list[Delivery]:
        return self._ledger.deliveries(wanted)

    def delivery(self, tenant: str, delivery_id: str) -> Delivery:
        found = self._ledger.delivery(tenant, delivery_id)
        if found is None:
            raise NotFound(f"there is no callback {delivery_id!r}; it may have expired with its job", field="id")
        return found

    async def redeliver(self, tenant: str, delivery_id: str) -> Delivery:
        """Send a callback again, in whatever state it was, with all its tries before it."""
        return await self._ledger.commit(lambda tx: tx.redeliver(tenant, delivery_id, timing.now()))

    # ---- the whole

    def counts(self) -> Mapping[str, int]:
        return self._ledger.counts()

    @asynccontextmanager
    async def running(self) -> AsyncIterator["Service"]:
        """Tie the watchers to the running event loop, and deliver callbacks as long as it runs."""
        self._watchers.attach(asyncio.get_running_loop())
        self.callbacks.start()
        await self.uploads.look_for_all()
        try:
            yield self
        finally:
            await asyncio.to_thread(self.callbacks.close)


def new_key(tenant: str = "default") -> Key:
    """Fresh random credentials in the vendor's shapes."""
    return Key(
        access_key_id="RW" + secrets.token_hex(11),
        access_key_secret=secrets.token_hex(15),
        api_key="sk-" + secrets.token_hex(24),
        tenant=tenant,
        created_at=timing.now(),
    )
