"""The writes about what a ledger keeps beside jobs: pipelines, keys, leaders, records, the outbox.

They run in the same groups as the writes about jobs (`transaction`), so that a change may
do both and is on disk whole or not at all.
"""

from dataclasses import replace

from reelwright.errors import Conflict, NotFound, PipelineNotFound
from reelwright.jobs.delivery import KEPT_ATTEMPTS, Attempt, Delivery, DeliveryState, NewDelivery
from reelwright.jobs.job import DEFAULT_PIPELINE, Key, Pipeline
from reelwright.jobs.ledger import kept_statements, rows, statements
from reelwright.jobs.ledger.group import Group
from reelwright.jobs.records import Record, RecordFilter


class Keeping:
    def __init__(self, group: Group) -> None:
        self._group = group

    # ---- leaders, keys

    def lead(self, role: str, *, owner: str, ttl: float, now: float) -> int | None:
        row = self._group.one(statements.LEADER, {"role": role})
        leader, until, epoch = row if row is not None else (owner, now, 1)
        if leader != owner:
            if until > now:
                return None
            epoch += 1
        self._group.run(statements.PUT_LEADER, {"role": role, "owner": owner, "until": now + ttl, "epoch": epoch})
        return int(epoch)

    def put_key(self, key: Key) -> None:
        self._group.run(statements.PUT_KEY, rows.key_values(key))

    def delete_key(self, access_key_id: str) -> None:
        self._group.run(statements.DELETE_KEY, {"access_key_id": access_key_id})

    # ---- pipelines

    def pipeline(self, tenant: str, name: str) -> Pipeline | None:
        default = rows.default_pipeline(tenant)
        row = self._group.look(statements.PIPELINE, {"tenant": tenant, "name": name})
        if row is None:
            return default if name in (default.name, default.id) else None
        return rows.pipeline(row)

    def put_pipeline(self, pipeline: Pipeline) -> Pipeline:
        if pipeline.name == DEFAULT_PIPELINE:
            pipeline = replace(pipeline, id=rows.default_pipeline(pipeline.tenant).id)
        self._group.run(statements.PUT_PIPELINE, rows.pipeline_values(pipeline))
        # What waits in it may run now.
        self._group.stir()
        return self.pipeline(pipeline.tenant, pipeline.name) or pipeline

    def delete_pipeline(self, tenant: str, name: str) -> None:
        found = self.pipeline(tenant, name)
        if found is None:
            raise PipelineNotFound(f"there is no pipeline {name!r}; list them for their names and ids", field="name")
        if found.name == DEFAULT_PIPELINE:
            raise Conflict("the default pipeline stays; pause it if nothing of it shall run", field="name")
        values = {"tenant": tenant, "name": found.name}
        if any(self._group.one(sql, values) is not None for sql in statements.UNFINISHED_IN_PIPELINE):
            raise Conflict(
                f"pipeline {found.name!r} has jobs that are not finished; let them end, or cancel them", field="name"
            )
        self._group.run(statements.DELETE_PIPELINE, values)

    # ---- records

    def record(self, tenant: str, kind: str, record_id: str) -> Record | None:
        values = {"tenant": tenant, "kind": kind, "record_id": record_id}
        row = self._group.one(kept_statements.RECORD, values)
        return None if row is None else rows.record(row)

    def records(self, wanted: RecordFilter) -> list[Record]:
        text, values = kept_statements.page_of(wanted)
        return [rows.record(row) for row in self._group.run_text(text, values)]

    def record_count(self, wanted: RecordFilter) -> int:
        text, values = kept_statements.count_of(wanted)
        return int(self._group.run_text(text, values).fetchone()[0])

    def put_record(self, record: Record) -> None:
        where = {"tenant": record.tenant, "kind": record.kind}
        for name, value in record.sole.items():
            holder = self._group.one(kept_statements.SOLE_LABEL, {**where, "name": name, "value": value})
            if holder is not None and holder[0] != record.id:
                raise Conflict(f"{name} {value!r} is that of {holder[0]} already; take another", field=name)
        self._group.run(kept_statements.PUT_RECORD, rows.record_values(record))
        self._group.run(kept_statements.DELETE_LABELS, {**where, "record_id": record.id})
        for sole, labels in ((0, record.labels), (1, record.sole)):
            for name, value in labels.items():
                label = {**where, "record_id": record.id, "name": name, "value": value, "sole": sole}
                self._group.run(kept_statements.PUT_LABEL, label)

    def delete_record(self, tenant: str, kind: str, record_id: str) -> bool:
        values = {"tenant": tenant, "kind": kind, "record_id": record_id}
        self._group.run(kept_statements.DELETE_LABELS, values)
        return self._group.run(kept_statements.DELETE_RECORD, values).rowcount > 0

    # ---- the outbox

    def tell(self, new: NewDelivery) -> None:
        self._group.run(kept_statements.TELL, rows.new_delivery(new))
        self._group.told = True

    def tried(self, delivery_id: str, attempt: Attempt, *, state: DeliveryState, due: float) -> None:
        found = self._delivery(delivery_id)
        if found is None:  # its job was pruned meanwhile
            return
        settled = None if state is DeliveryState.PENDING else attempt.at + attempt.seconds
        log = (*found.log, attempt)[-KEPT_ATTEMPTS:]
        self._save(replace(found, state=state, attempts=found.attempts + 1, due=due, settled_at=settled, log=log))

    def redeliver(self, tenant: str, delivery_id: str, now: float) -> Delivery:
        found = self._delivery(delivery_id)
        if found is None or found.tenant != tenant:
            raise NotFound(f"there is no callback {delivery_id!r}; it may have expired with its job", field="id")
        again = replace(found, state=DeliveryState.PENDING, attempts=0, due=now, settled_at=None)
        self._save(again)
        self._group.told = True
        return again

    def prune_deliveries(self, before: float) -> int:
        return self._group.run(kept_statements.PRUNE_DELIVERIES, {"before": before}).rowcount

    def _delivery(self, delivery_id: str) -> Delivery | None:
        row = self._group.one(kept_statements.DELIVERY, {"delivery_id": delivery_id})
        return None if row is None else rows.delivery(row)

    def _save(self, delivery: Delivery) -> None:
        self._group.run(kept_statements.SAVE_DELIVERY, rows.delivery_changes(delivery))
