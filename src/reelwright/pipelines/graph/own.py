"""A node type for every operator: its params are the inputs, the fields of its result the outputs, in their order.

A list of records that each hold one file is an output of files (`covers` of `video.cover`): a single input takes the
first of them, an input of several takes all. Any path into the result is an output by name: `["3", "covers.1.image"]`.
An operator on one picture is run for each picture of a batch. `seed` sets the seed of the node's step.
"""

import difflib
from collections.abc import Sequence
from functools import cache, cached_property, partial
from typing import Any

from reelwright import operators
from reelwright.pipelines.graph import schema, sockets
from reelwright.pipelines.graph.schema import Shape
from reelwright.pipelines.graph.sockets import (
    AUDIO,
    FILE,
    IMAGE,
    MASK,
    TEXT,
    VIDEO,
    Call,
    Input,
    NodeType,
    Output,
    Step,
)
from reelwright.pipelines.graph.values import Batch, Later, Maybe

COLLECT = "media.collect"
SEED_BITS = (1 << 63) - 1  # a ledger's integer
NUMBERS = frozenset(sockets.NUMBERS)
SEED = sockets.integer("seed", 0, 0, (1 << 64) - 1)
TAKES = {
    "image": {IMAGE, MASK},
    "video": {VIDEO, IMAGE},  # the frames of a film
    "audio": {AUDIO, VIDEO},
    "text": {TEXT},
    "any": {FILE, IMAGE, MASK, VIDEO, AUDIO, TEXT},
}


def find(name: str) -> NodeType | None:
    """The type of the operator's nodes; None for a name that no operator has, and for the one graphs end with."""
    return _type(name) if name != COLLECT and name in operators.names() else None


@cache
def _type(name: str) -> NodeType:
    inputs = [_input(name, shape) for shape in schema.params(name).values()]
    if not any(one.name == "seed" for one in inputs):
        inputs.append(SEED)
    return NodeType(
        name=name,
        summary=operators.load(name).summary,
        inputs=tuple(inputs),
        outputs=tuple(_output(shape) for shape in schema.results(name).values()),
        make=partial(_make, name),
        strict=True,
        resolve=partial(_deeper, name),
    )


def near(name: str, known: Sequence[str]) -> list[str]:
    """Names that may have been meant, in whatever case they were written."""
    lower = {one.lower(): one for one in known}
    return [lower[one] for one in difflib.get_close_matches(name.lower(), lower, n=3, cutoff=0.5)]


def _input(operator: str, shape: Shape) -> Input:
    values = schema.value_type(operator, shape.name)
    if shape.file:
        takes = frozenset(TAKES[shape.file])
        return Input(shape.name, takes, values, shape.required, media=shape.file, many=shape.many, about=shape.about)
    takes = NUMBERS if shape.plain == sockets.FLOAT else frozenset((shape.plain,))
    takes = takes | {sockets.JSON} if shape.many else takes  # a whole list by one link
    return Input(shape.name, takes, values, shape.required, shape.default, many=shape.many, about=shape.about)


def _output(shape: Shape) -> Output:
    if not shape.file:
        return Output(shape.name, sockets.JSON if shape.many else shape.plain)
    is_mask = shape.file == "image" and shape.name.rpartition(".")[2] == "mask"
    return Output(shape.name, MASK if is_mask else sockets.FILES[shape.file])


def _deeper(operator: str, path: str) -> Output | None:
    found = schema.at(operator, path) if "." in path else None
    return None if found is None else _output(found)


# ---- planning


def _make(operator: str, call: Call) -> "Results":
    return Results(operator, call)


class Results:
    """A node's outputs, by their numbers or by any path into the result. Its steps are made when the first is taken."""

    def __init__(self, operator: str, call: Call) -> None:
        self._operator, self._call = operator, call

    @cached_property
    def _steps(self) -> list[Step]:
        call, operator = self._call, self._operator
        params, batch = _params(operator, call)
        if batch is None:
            return [call.step(operator, params, seed=_seed(call))]
        name, items = batch
        return [
            call.step(operator, {**params, name: item}, seed=_seed(call), tag=str(index) if index else "")
            for index, item in enumerate(items)
        ]

    def __getitem__(self, number: int) -> Any:
        return _value(list(schema.results(self._operator).values())[number], self._steps)

    def at(self, path: str) -> Any:
        shape = schema.at(self._operator, path)
        ref = self._steps[0](path)
        is_picture = shape is not None and shape.file == "image" and not shape.many
        return Batch((ref,)) if is_picture else ref


def _params(operator: str, call: Call) -> tuple[dict[str, Any], tuple[str, tuple[Any, ...]] | None]:
    """The params as the node sets them; and the picture that there is a batch of, if there is one."""
    params: dict[str, Any] = {}
    batch = None
    for shape in schema.params(operator).values():
        value = call[shape.name]
        if value is None and not (shape.file and shape.required):
            continue
        if not shape.file:
            params[shape.name] = list(value) if isinstance(value, tuple) else value
        elif shape.many:
            params[shape.name] = list(call.each(shape.name))
        elif shape.file == "video":
            params[shape.name] = call.film(shape.name)
        elif batch is None and shape.file == "image" and operator.startswith("image.") and _is_batch(call, shape.name):
            batch = (shape.name, call.each(shape.name))
        else:
            params[shape.name] = call.one(shape.name)
    return params, batch


def _seed(call: Call) -> int | None:
    seed = call.known("seed")
    return seed & SEED_BITS if isinstance(seed, int) else None


def _is_batch(call: Call, name: str) -> bool:
    value = call[name]
    return isinstance(value, Later) or (isinstance(value, Batch) and len(value.items) > 1)


def _value(shape: Shape, steps: list[Step]) -> Any:
    step = steps[0]
    if not shape.file:
        return step(shape.name)
    if shape.many:
        return Later(step.name, shape.name, shape.leaf)
    if shape.optional:
        return Maybe(step(shape.name))
    return Batch(tuple(one(shape.name) for one in steps)) if shape.file == "image" else step(shape.name)
