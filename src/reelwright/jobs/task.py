"""A step on its way to a worker and back, as JSON: nothing else passes between the two."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import msgspec

from reelwright.jobs.job import Made, Phase, Usage


@dataclass(frozen=True, slots=True)
class Task:
    """What a worker needs to know. `salt` sets a fresh run's memo apart from the one it must not find."""

    job_id: str
    step_id: str
    attempt: int
    operator: str
    params: Mapping[str, Any]
    seed: int = 0
    salt: str = ""


@dataclass(frozen=True, slots=True)
class Done:
    """What a worker brings back. The files lie in the memo under `key`; `result` names them."""

    key: str
    memo: bool
    result: Mapping[str, Any]
    made: Made
    usage: Usage
    phases: tuple[Phase, ...] = field(default=())


def to_wire(record: Task | Done) -> dict[str, Any]:
    wire: dict[str, Any] = msgspec.to_builtins(record)
    return wire


def task_from(wire: Mapping[str, Any]) -> Task:
    return msgspec.convert(wire, Task)


def done_from(wire: Mapping[str, Any]) -> Done:
    return msgspec.convert(wire, Done)
