"""All that a face may call. A face never sees the ledger or an engine.

What faces do on every request (`document`, `bearer`, `secret`, `link`) are plain,
quick calls; what waits is async. Everything takes the tenant of the caller: another
tenant's job is an unknown job.
"""

import asyncio
import hashlib
import secrets
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Collection, Mapping, Sequence
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import Any, TypedDict, TypeVar, Unpack

import msgspec
from pydantic import ValidationError

from reelwright import operators, timing
from reelwright.errors import (
    AddressRefused,
    BucketNotFound,
    EmptyFile,
    InvalidParameter,
    JobNotFound,
    MissingParameter,
    NotFound,
    ObjectNotFound,
    PipelineNotFound,
)
from reelwright.jobs import ids
from reelwright.jobs.deliverer import Deliverer, Policy
from reelwright.jobs.delivery import Delivery, DeliveryFilter
from reelwright.jobs.job import (
    DEFAULT_PIPELINE,
    DEFAULT_PRIORITY,
    LEAST_URGENT,
    MOST_URGENT,
    Event,
    Job,
    JobFilter,
    Key,
    NewJob,
    Pipeline,
    Status,
    Step,
)
from reelwright.jobs.ledger.port import Ledger, Submitted, Transaction
from reelwright.jobs.links import Links
from reelwright.jobs.records import Keeping, Kept
from reelwright.jobs.uploads import Uploads
from reelwright.jobs.watch import Watchers
from reelwright.operators import Operator, files
from reelwright.settings import Settings
from reelwright.storage import address
from reelwright.storage.fetch import checked_url
from reelwright.storage.port import ObjectStore
from reelwright.storage.post import poster

T = TypeVar("T")
DAY = 86400.0


class PipelineChanges(TypedDict, total=False):
    concurrency: int
    paused: bool
    priority: int
    title: str
    speed: str


@dataclass(frozen=True, slots=True)
class Submission:
    """A job as a face asks for it: domain names, addresses in the file fields."""

    operator: str
    params: Mapping[str, Any]
    pipeline: str = DEFAULT_PIPELINE
    priority: int = DEFAULT_PRIORITY
    fresh: bool = False
    seed: int = 0
    face: str = "native"
    destination: str | None = None
    wire: Mapping[str, Any] | None = None
    token: str | None = None
    token_scope: str = ""
    callback: str | None = None
    """Where the end of the job is told to."""
    base: str = ""
    """Under which address the caller sees this server: the front of links in what the callback is told."""
    notes: Sequence[str] = ()
    """Warnings for the job's log: what was bent to fit."""
    names: Mapping[str, str] = field(default_factory=dict)
    """Params -> what the caller calls them, where that differs from one submission to the next."""
    asked: Mapping[str, Any] | None = None
    """What the caller wrote, by which a repeated submit is told where the rest is made up anew each time."""


class Service:
    def __init__(self, *, settings: Settings, ledger: Ledger, objects: ObjectStore) -> None:
        self.settings = settings
        self.objects = objects
        self._ledger = ledger
        self._keys: dict[str, Key] = {}
        self._bearers: dict[str, Key] = {}
        self._watchers = Watchers(ledger)
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

        def accept(tx: Transaction) -> Submitted:
            submitted = tx.submit(new)
            for note in wanted.notes if submitted.created else ():
                tx.log(submitted.job_id, "warning", note, {}, new.created_at)
            return submitted

        return await self._ledger.commit(accept if wanted.notes else lambda tx: tx.submit(new))

    def check(self, tenant: str, wanted: Submission, *, own_hosts: Collection[str] = ()) -> NewJob:
        """The job that a submission would make, or the error that says why not."""
        if not LEAST_URGENT <= wanted.priority <= MOST_URGENT:
            raise InvalidParameter(
                f"priority is {wanted.priority}; give {LEAST_URGENT} to {MOST_URGENT} (most urgent)",
                field="priority",
            )
        params = self._check_params(operators.load(wanted.operator), wanted.params, own_hosts)
        destination = None if wanted.destination is None else self._destination(wanted.destination, own_hosts)
        at = timing.now()
        return NewJob(
            id=ids.new(at),
            tenant=tenant,
            operator=wanted.operator,
            params=params,
            created_at=at,
            expires_at=at + self.settings.retention_days * DAY,
            pipeline=wanted.pipeline,
            priority=wanted.priority,
            fresh=wanted.fresh,
            seed=wanted.seed,
            face=wanted.face,
            destination=destination,
            wire=_wire(wanted),
            token=wanted.token,
            token_scope=wanted.token_scope,
            token_digest=_digest(wanted) if wanted.token else "",
        )

    def _check_params(
        self, operator: Operator[Any, Any], given: Mapping[str, Any], own_hosts: Collection[str]
    ) -> dict[str, Any]:
        try:
            params = operator.params.model_validate(given)
        except ValidationError as error:
            raise _first_fault(error) from None
        dumped: dict[str, Any] = params.model_dump(mode="json", exclude_unset=True)
        for path, _, text in files.fields(params):
            field = f"params.{files.dotted(path)}"
            where = address.parse(text, own_hosts=own_hosts, field=field)
            if isinstance(where, address.Stored):
                self._check_input(where, field)
                files.replace(dumped, path, str(where))
        return dumped

    def _check_input(self, where: address.Stored, field: str) -> None:
        size = self.objects.size(where.bucket, where.key)
        if size:
            return
        if size == 0:
            raise EmptyFile(f"{where} is empty; upload it again", field=field)
        if not self.objects.has_bucket(where.bucket):
            raise BucketNotFound(
                f"there is no bucket {where.bucket!r}; upload the object first, or mend the name", field=field
            )
        raise ObjectNotFound(f"there is no object {where}; upload it first, or mend the key", field=field)

    def _destination(self, template: str, own_hosts: Collection[str]) -> str:
        """The template as `oss://bucket/key`: a worker does not know under which hosts this server is reached."""
        where = address.parse(template, own_hosts=own_hosts, field="destination")
        if isinstance(where, address.Remote):
            raise InvalidParameter(
                f"an output goes to an object of this server, not to {template!r}; write oss://bucket/key",
                field="destination",
            )
        if not self.objects.has_bucket(where.bucket):
            raise BucketNotFound(
                f"there is no bucket {where.bucket!r} for the output; create it (PUT /{where.bucket}) or mend the name",
                field="destination",
            )
        return str(where)

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


def check_receiver(text: str, field: str) -> None:
    """Can callbacks be posted to this address, as far as its looks tell? Where it leads is checked at each post."""
    try:
        checked_url(text)
    except AddressRefused as error:
        told = f"{field}: {error.message.partition(';')[0]}; give an http(s) address"
        raise InvalidParameter(told, field=field) from None


def _wire(wanted: Submission) -> Mapping[str, Any] | None:
    if not wanted.callback:
        return wanted.wire
    check_receiver(wanted.callback, "callback")
    # As it was written: some vendors' signatures cover the text of the address.
    return {**(wanted.wire or {}), "callback": wanted.callback, "base": wanted.base}


def _digest(wanted: Submission) -> str:
    same: tuple[Any, ...] = (
        (wanted.operator, wanted.asked)
        if wanted.asked is not None
        else (
            wanted.operator,
            wanted.params,
            wanted.pipeline,
            wanted.priority,
            wanted.seed,
            wanted.destination,
            wanted.wire,
            wanted.callback,
        )
    )
    return hashlib.sha256(msgspec.json.encode(same, order="sorted")).hexdigest()


def _first_fault(error: ValidationError) -> InvalidParameter | MissingParameter:
    """Pydantic's first complaint as ours: the field, the value, the mend."""
    fault = error.errors(include_url=False)[0]
    field = "params." + ".".join(str(part) for part in fault["loc"])
    if fault["type"] == "missing":
        return MissingParameter(f"{field} is missing; it is required", field=field)
    if fault["type"] == "extra_forbidden":
        known = "unknown here; take it out or mend its spelling"
        return InvalidParameter(f"{field} is {known}", field=field)
    return InvalidParameter(f"{field} is {fault['input']!r}: {fault['msg']}", field=field)
