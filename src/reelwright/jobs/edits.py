"""What a user has changed of a job's plan: other params for a step, another seed, or a file of their own as its result.

Edits lie beside the job, by the names of its steps, and hold for as long as it lives: the plan is asked as before, and
what it wants is changed by them. So an edit survives whatever else changes, and can be taken back.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import msgspec

from reelwright.errors import InvalidParameter
from reelwright.jobs.records import Keeping, Kept, Shelf
from reelwright.pipelines.contract import Wanted


class Edit(msgspec.Struct, frozen=True, omit_defaults=True):
    """Of one step. `params` are set over the plan's, one by one; `result` holds addresses by dotted result field."""

    params: dict[str, Any] = {}
    result: dict[str, str] = {}
    seed: int | None = None


class Edits(msgspec.Struct, frozen=True):
    steps: dict[str, Edit] = {}


EDITS = Shelf("plan.edits", Edits)


def of_job(kept: Kept, tenant: str, job_id: str) -> Mapping[str, Edit]:
    found = EDITS.get(kept, tenant, job_id)
    return {} if found is None else found.body.steps


def put(tx: Keeping, tenant: str, job_id: str, step: str, edit: Edit, now: float) -> None:
    """Over what was changed of that step before; an edit without anything takes all of it back."""
    steps = dict(of_job(tx, tenant, job_id))
    if edit == Edit():
        steps.pop(step, None)
    else:
        steps[step] = _over(steps.get(step, Edit()), edit)
    EDITS.put(tx, tenant, job_id, Edits(steps), now=now)


def _over(old: Edit, new: Edit) -> Edit:
    """New params end a result of the user's own: whoever changes them wants the step to run."""
    seed = old.seed if new.seed is None else new.seed
    result = {**old.result, **new.result} if new.result or not (new.params or new.seed is not None) else {}
    return Edit({**old.params, **new.params}, result, seed)


def applied(wanted: Wanted, edit: Edit | None) -> Wanted:
    if edit is None:
        return wanted
    return replace(
        wanted, params={**wanted.params, **edit.params}, seed=wanted.seed if edit.seed is None else edit.seed
    )


def result_of(edit: Edit, before: Mapping[str, Any] | None) -> dict[str, Any]:
    """A step's result with the user's files in it; without a result before, nothing but them."""
    result = msgspec.json.decode(msgspec.json.encode(before or {}))
    for path, address in edit.result.items():
        result = _with(result, path.split("."), address)
    return dict(result)


def _with(value: Any, path: list[str], address: str) -> Any:
    """`value` with the address at `path`; lists and records on the way are made where there are none."""
    if not path:
        return address
    first, rest = path[0], path[1:]
    if not first.isdecimal():
        inside = dict(value) if isinstance(value, dict) else {}
        return {**inside, first: _with(inside.get(first), rest, address)}
    items: list[Any] = list(value) if isinstance(value, list) else []
    index = int(first)
    if index > len(items):
        raise InvalidParameter(
            f"result field {'.'.join(path)!r} leaves a gap; give the items before it", field="result"
        )
    there = items[index] if index < len(items) else None
    return [*items[:index], _with(there, rest, address), *items[index + 1 :]]
