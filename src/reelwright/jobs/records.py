"""Records of a face: what a vendor's API lets its callers keep beside jobs (templates, assets, settings of theirs).

The ledger stores them without reading them: a body in JSON, and labels to find them by. A
face declares a `Shelf` for each kind, with the type of its bodies:

    TEMPLATES = Shelf("ice.template", Template)
    entry = TEMPLATES.get(service.kept, tenant, template_id)
    await service.keep(lambda tx: TEMPLATES.put(tx, tenant, template_id, template, now=now, labels={"type": "8"}))

All of one `keep` is one change of the ledger's group commit: it is on disk as a whole when
the call returns, or not at all. Ids that are made by `jobs.ids` are time-ordered, and pages
are in the order of the ids.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Generic, Protocol, TypeVar

import msgspec

from reelwright.jobs.delivery import NewDelivery
from reelwright.jobs.job import NewJob

T = TypeVar("T")

_encode = msgspec.json.Encoder().encode


@dataclass(frozen=True, slots=True)
class Record:
    """`labels`: exact values to look for. `sole`: labels that no other record of this tenant and kind may have."""

    tenant: str
    kind: str
    id: str
    body: bytes
    created_at: float
    changed_at: float
    labels: Mapping[str, str] = field(default_factory=dict)
    sole: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RecordFilter:
    tenant: str
    kind: str
    labels: Mapping[str, str] = field(default_factory=dict)
    """All must fit; `sole` ones too may be named. Quickest with the rarest first."""
    created_after: float | None = None
    """Exclusive."""
    created_until: float | None = None
    """Inclusive."""
    newest_first: bool = True
    after: str | None = None
    """Cursor: the id of the last record of the page before."""
    limit: int = 100


class Kept(Protocol):
    """Reads, plain and quick: outside of a change, and inside one, where they see what it has written."""

    def record(self, tenant: str, kind: str, record_id: str) -> Record | None: ...

    def records(self, wanted: RecordFilter) -> list[Record]:
        """A page. Their labels are not read back."""
        ...

    def record_count(self, wanted: RecordFilter) -> int:
        """How many there are over all pages."""
        ...


class Keeping(Kept, Protocol):
    """What a change may do."""

    def put_record(self, record: Record) -> None:
        """Make or replace by (tenant, kind, id). Raises `Conflict` if a `sole` label is another record's."""
        ...

    def delete_record(self, tenant: str, kind: str, record_id: str) -> bool:
        """False if there was none."""
        ...

    def tell(self, new: NewDelivery) -> None:
        """Add a row to the outbox."""
        ...

    def submit(self, new: NewJob) -> object:
        """Accept a job together with the rest of the change."""
        ...


@dataclass(frozen=True, slots=True)
class Entry(Generic[T]):
    id: str
    body: T
    created_at: float
    changed_at: float


class Shelf(Generic[T]):
    """The records of one kind. A body is a msgspec struct; fields that it gains later need defaults."""

    def __init__(self, kind: str, body: type[T]) -> None:
        self.kind = kind
        self._decoder = msgspec.json.Decoder(body)

    def get(self, kept: Kept, tenant: str, record_id: str) -> Entry[T] | None:
        found = kept.record(tenant, self.kind, record_id)
        return None if found is None else self._entry(found)

    def find(self, kept: Kept, tenant: str, **labels: str) -> Entry[T] | None:
        """The newest one with these labels; with a `sole` one there is only one."""
        found = kept.records(RecordFilter(tenant, self.kind, labels, limit=1))
        return self._entry(found[0]) if found else None

    def page(self, kept: Kept, tenant: str, **wanted: Any) -> list[Entry[T]]:
        """`wanted` are further fields of `RecordFilter`."""
        return [self._entry(one) for one in kept.records(RecordFilter(tenant, self.kind, **wanted))]

    def count(self, kept: Kept, tenant: str, **wanted: Any) -> int:
        return kept.record_count(RecordFilter(tenant, self.kind, **wanted))

    def put(
        self,
        tx: Keeping,
        tenant: str,
        record_id: str,
        body: T,
        *,
        now: float,
        labels: Mapping[str, str] | None = None,
        sole: Mapping[str, str] | None = None,
    ) -> Entry[T]:
        """Make or replace; one that was there keeps its time of creation."""
        record = Record(tenant, self.kind, record_id, _encode(body), now, now, labels or {}, sole or {})
        old = tx.record(tenant, self.kind, record_id)
        if old is not None:
            record = replace(record, created_at=old.created_at)
        tx.put_record(record)
        return Entry(record_id, body, record.created_at, now)

    def delete(self, tx: Keeping, tenant: str, record_id: str) -> bool:
        return tx.delete_record(tenant, self.kind, record_id)

    def _entry(self, record: Record) -> Entry[T]:
        return Entry(record.id, self._decoder.decode(record.body), record.created_at, record.changed_at)
