"""The statements about what is kept beside jobs: the outbox and the records of faces."""

from dataclasses import replace
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Select, bindparam, delete, func, insert, select, text, update

from reelwright.jobs.ledger.rows import Values
from reelwright.jobs.ledger.schema import PENDING, SOLE, outbox, record_labels, records
from reelwright.jobs.ledger.statements import LIMIT, Sql, first_rows, of, select_columns, upsert
from reelwright.jobs.records import RecordFilter

# ---- the outbox

DELIVERY_COLUMNS = (
    *("id", "tenant", "job_id", "kind", "target", "receiver", "payload", "state", "attempts"),
    *("created_at", "due", "settled_at", "log"),
)
TELL = Sql(insert(outbox))
DELIVERY = Sql(select_columns(outbox, DELIVERY_COLUMNS).where(of(outbox.c.id, "delivery_id")))
SAVE_DELIVERY = Sql(
    update(outbox)
    .where(of(outbox.c.id, "delivery_id"))
    .values({name: bindparam(f"new_{name}") for name in ("state", "attempts", "due", "settled_at", "log")})
)
NEXT_DELIVERY = Sql(select(func.min(outbox.c.due)).where(PENDING, outbox.c.due > bindparam("now")))
PENDING_DELIVERIES = Sql(select(func.count(), func.min(outbox.c.created_at)).where(PENDING))
PRUNE_DELIVERIES = Sql(delete(outbox).where(text("job_id = ''"), outbox.c.created_at < bindparam("before")))
"""Those that no job takes along when it is pruned."""


@lru_cache(maxsize=64)
def due_deliveries(busy: int) -> str:
    """What is due, the longest overdue first, but for that many receivers (`busy_0` …)."""
    statement = (
        select_columns(outbox, DELIVERY_COLUMNS)
        .where(PENDING, outbox.c.due <= bindparam("now"))
        .where(outbox.c.receiver.not_in([bindparam(f"busy_{number}") for number in range(busy)]) if busy else PENDING)
        .order_by(outbox.c.due, outbox.c.id)
    )
    return first_rows(statement, LIMIT).text


@lru_cache(maxsize=16)
def delivery_page(filters: frozenset[str]) -> str:
    """A page of a tenant's deliveries, newest first, by the filters that are given."""
    conditions = {
        "state": of(outbox.c.state, "state"),
        "job_id": of(outbox.c.job_id, "job_id"),
        "after": outbox.c.id < bindparam("after"),
    }
    statement = (
        select_columns(outbox, DELIVERY_COLUMNS)
        .where(of(outbox.c.tenant, "tenant"))
        .where(*(condition for name, condition in conditions.items() if name in filters))
        .order_by(outbox.c.id.desc())
    )
    return first_rows(statement, LIMIT).text


# ---- records

RECORD_COLUMNS = ("tenant", "kind", "id", "body", "created_at", "changed_at")
_RECORD = (of(records.c.tenant, "tenant"), of(records.c.kind, "kind"), of(records.c.id, "record_id"))
_ITS_LABELS = (
    of(record_labels.c.tenant, "tenant"),
    of(record_labels.c.kind, "kind"),
    of(record_labels.c.record_id, "record_id"),
)
RECORD = Sql(select_columns(records, RECORD_COLUMNS).where(*_RECORD))
PUT_RECORD = upsert(records, ["tenant", "kind", "id"], ["body", "created_at", "changed_at"])
DELETE_RECORD = Sql(delete(records).where(*_RECORD))
PUT_LABEL = Sql(insert(record_labels))
DELETE_LABELS = Sql(delete(record_labels).where(*_ITS_LABELS))
SOLE_LABEL = Sql(
    select(record_labels.c.record_id).where(
        SOLE,
        of(record_labels.c.tenant, "tenant"),
        of(record_labels.c.kind, "kind"),
        of(record_labels.c.name, "name"),
        of(record_labels.c.value, "value"),
    )
)


def page_of(wanted: RecordFilter) -> tuple[str, Values]:
    """The statement that finds a page of records, and its values."""
    filters, values = _given(wanted)
    return _page(filters, len(wanted.labels), wanted.newest_first), {**values, "limit": wanted.limit}


def count_of(wanted: RecordFilter) -> tuple[str, Values]:
    """The statement that counts the records of all pages, and its values."""
    filters, values = _given(replace(wanted, after=None))
    return _count(filters, len(wanted.labels)), values


def _given(wanted: RecordFilter) -> tuple[frozenset[str], Values]:
    filters = {
        "created_after": wanted.created_after,
        "created_until": wanted.created_until,
        "after": wanted.after,
    }
    given = {name: value for name, value in filters.items() if value is not None}
    labels: Values = {}
    for number, (name, value) in enumerate(wanted.labels.items()):
        labels |= {f"name_{number}": name, f"value_{number}": value}
    return frozenset(given), {"tenant": wanted.tenant, "kind": wanted.kind, **given, **labels}


@lru_cache(maxsize=256)
def _page(filters: frozenset[str], labels: int, newest_first: bool) -> str:
    order = records.c.id.desc() if newest_first else records.c.id
    return first_rows(
        _found(filters, labels, newest_first, select_columns(records, RECORD_COLUMNS)).order_by(order), LIMIT
    ).text


@lru_cache(maxsize=256)
def _count(filters: frozenset[str], labels: int) -> str:
    counted = select(func.count()).select_from(records)
    return Sql(_found(filters, labels, True, counted)).text


def _found(filters: frozenset[str], labels: int, newest_first: bool, statement: Select[Any]) -> Select[Any]:
    after: ColumnElement[str] = bindparam("after")
    conditions = {
        "created_after": records.c.created_at > bindparam("created_after"),
        "created_until": records.c.created_at <= bindparam("created_until"),
        "after": records.c.id < after if newest_first else records.c.id > after,
    }
    return statement.where(
        of(records.c.tenant, "tenant"),
        of(records.c.kind, "kind"),
        *(condition for name, condition in conditions.items() if name in filters),
        *(_has_label(number) for number in range(labels)),
    )


def _has_label(number: int) -> ColumnElement[bool]:
    """The first label is looked up, so that a rare one finds its few records at once; the others only check those."""
    label = record_labels.alias(f"label_{number}")
    its = select(label.c.record_id).where(
        of(label.c.tenant, "tenant"),
        of(label.c.kind, "kind"),
        of(label.c.name, f"name_{number}"),
        of(label.c.value, f"value_{number}"),
    )
    return records.c.id.in_(its) if number == 0 else its.where(label.c.record_id == records.c.id).exists()
