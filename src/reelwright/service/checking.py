"""What is looked at before a job is accepted: params by their schema, inputs that must be there, where outputs go.

Every fault that can be known without work is told now, in words that name the field, the value and the mend.
"""

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec

from reelwright import timing
from reelwright.errors import (
    AddressRefused,
    BucketNotFound,
    EmptyFile,
    InvalidParameter,
    ObjectNotFound,
)
from reelwright.jobs import ids, staging
from reelwright.jobs.job import DEFAULT_PIPELINE, DEFAULT_PRIORITY, LEAST_URGENT, MOST_URGENT, NewJob
from reelwright.operators import files
from reelwright.operators.validating import validated
from reelwright.pipelines import registry
from reelwright.pipelines.contract import Plan
from reelwright.settings import Settings
from reelwright.storage import address, names
from reelwright.storage.fetch import checked_url
from reelwright.storage.port import ObjectStore

DAY = 86400.0


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


class Checks:
    def __init__(self, settings: Settings, objects: ObjectStore) -> None:
        self._settings = settings
        self._objects = objects

    def check(self, tenant: str, wanted: Submission, *, own_hosts: Collection[str] = ()) -> NewJob:
        """The job that a submission would make, or the error that says why not."""
        if not LEAST_URGENT <= wanted.priority <= MOST_URGENT:
            raise InvalidParameter(
                f"priority is {wanted.priority}; give {LEAST_URGENT} to {MOST_URGENT} (most urgent)",
                field="priority",
            )
        params = self.params(wanted.operator, wanted.params, own_hosts)
        destination = None if wanted.destination is None else self._destination(wanted.destination, own_hosts)
        at = timing.now()
        return NewJob(
            id=ids.new(at),
            tenant=tenant,
            operator=wanted.operator,
            params=params,
            created_at=at,
            expires_at=at + self._settings.retention_days * DAY,
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

    def params(self, name: str, given: Mapping[str, Any], own_hosts: Collection[str]) -> dict[str, Any]:
        """The params of an operator or plan, as a ledger keeps them: what was given, with addresses of our form."""
        kind = registry.load(name)
        params = validated(kind.params, given)
        if isinstance(kind, Plan) and kind.check is not None:
            kind.check(params)
        dumped: dict[str, Any] = params.model_dump(mode="json", exclude_unset=True)
        for path, _, text in files.fields(params):
            files.replace(dumped, path, self.input(text, own_hosts, f"params.{files.dotted(path)}"))
        return dumped

    def input(self, text: str, own_hosts: Collection[str], field: str) -> str:
        """An address of a file that can be worked on, as `oss://bucket/key` where it is an object of ours."""
        where = address.parse(text, own_hosts=own_hosts, field=field)
        if isinstance(where, address.Remote):
            return text
        self._check_input(where, field)
        return str(where)

    def sizes(self, name: str, params: Mapping[str, Any]) -> dict[str, int]:
        """Bytes of the inputs that lie in our store, by their fields."""
        found = {}
        for path, _, text in files.fields(registry.load(name).params.model_validate(params)):
            where = address.parse(text)
            size = self._objects.size(where.bucket, where.key) if isinstance(where, address.Stored) else None
            if size is not None:
                found[files.dotted(path)] = size
        return found

    def _check_input(self, where: address.Stored, field: str) -> None:
        size = self._objects.size(where.bucket, where.key)
        if size:
            return
        if size == 0:
            raise EmptyFile(f"{where} is empty; upload it again", field=field)
        if not self._objects.has_bucket(where.bucket):
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
        if not self._objects.has_bucket(where.bucket):
            raise BucketNotFound(
                f"there is no bucket {where.bucket!r} for the output; create it (PUT /{where.bucket}) or mend the name",
                field="destination",
            )
        key = staging.PLACE.sub("x", where.key)
        fault = names.fault_of(f"{key}x" if key.endswith("/") else key)  # a folder is given the file's name
        if fault:
            raise InvalidParameter(f"{where.key[:80]!r} is no object key: {fault}", field="destination")
        return str(where)


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
