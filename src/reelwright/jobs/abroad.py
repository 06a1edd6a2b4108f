"""What is known of a step whose work goes on at somebody else's, between two looks: kept as a memo of the step."""

from dataclasses import dataclass

import msgspec

from reelwright.jobs import memo
from reelwright.storage.port import Memo


@dataclass(frozen=True, slots=True)
class Abroad:
    """`task`: its id there. `inputs`: keys of the memos that hold what was fetched for it."""

    task: str
    inputs: tuple[str, ...]


def note(store: Memo, step_id: str, task: str, inputs: list[str]) -> None:
    """Write it down; a task that was ordered anew takes the place of the one before."""
    wanted = Abroad(task, tuple(inputs))
    if found(store, step_id) != wanted:
        store.forget(_key(step_id))
        store.save(_key(step_id), msgspec.to_builtins(wanted), {}, {})


def found(store: Memo, step_id: str) -> Abroad | None:
    kept = store.find(_key(step_id))
    return None if kept is None else msgspec.convert(kept.result, Abroad)


def forget(store: Memo, step_id: str) -> None:
    """With all that was kept for it."""
    known = found(store, step_id)
    for key in (*(known.inputs if known else ()), _key(step_id)):
        store.forget(key)


def _key(step_id: str) -> str:
    return memo.part_key(step_id, "abroad")
