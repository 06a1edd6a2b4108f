"""Turns a checked graph into steps: only those that an output needs, and only where there is real work.

Nodes are evaluated in the order of their links. What a node gives is a value of `values`: a file is an address or a
`Ref` to a step; models, conditionings and latents are symbols that become one step where they are decoded. A node
whose inputs hang on how many files a step will have made waits, and the plan grows once that step has run.
"""

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from reelwright.operators.files import Kind
from reelwright.pipelines.contract import Ref, Seen, Wanted, refs
from reelwright.pipelines.graph import nodes, schema
from reelwright.pipelines.graph.document import Document, Link, Node
from reelwright.pipelines.graph.faults import Absent, Fault, Faulty, at, error
from reelwright.pipelines.graph.order import needed_in_order
from reelwright.pipelines.graph.sockets import BOOLEAN, FLOAT, INT, STRING, Input, NotYet
from reelwright.pipelines.graph.values import Batch, File, Film, Generation, Later, Lazy, Maybe

FINAL = "results"
COLLECT = "media.collect"
LISTS: Mapping[Kind, str] = {"image": "images", "video": "videos", "audio": "audios", "text": "texts", "any": "files"}
PLAIN_ID = re.compile(r"[a-z0-9_-]{1,40}")
PLAIN_TYPES = (STRING, INT, FLOAT, BOOLEAN)
UNFIT = re.compile(r"[^a-z0-9_-]+")
LEAST_SECONDS = 1.0  # of `video.generate`


@dataclass(frozen=True, slots=True)
class Kept:
    """A result of the graph."""

    kind: Kind
    file: File
    node: Node


@dataclass
class Planned:
    """`waits`: nodes whose inputs are not known in number before a step has run."""

    steps: list[Wanted] = field(default_factory=list)
    kept: list[Kept] = field(default_factory=list)
    waits: set[str] = field(default_factory=set)
    faults: list[Fault] = field(default_factory=list)


def plan(document: Document, given: Mapping[str, tuple[str, ...]], seen: Seen | None = None) -> list[Wanted]:
    """The steps of a graph that `checking` has found right. `given`: `<node id>.<input>` -> addresses of files."""
    planned = evaluated(document, given, seen)
    if planned.faults:
        raise error(planned.faults)
    if planned.waits:
        return planned.steps
    final = _final(planned.kept)
    return [*_needed(planned.steps, final), final]


def _needed(steps: Sequence[Wanted], final: Wanted) -> list[Wanted]:
    """Without those that only something hung on that was not taken (`Either`)."""
    wanted = set(final.needs)
    for step in reversed(steps):
        if step.name in wanted:
            wanted |= set(step.needs)
    return [step for step in steps if step.name in wanted]


def evaluated(
    document: Document, given: Mapping[str, tuple[str, ...]], seen: Seen | None = None, *, is_dry: bool = False
) -> Planned:
    """All that can be planned now, and what stands against the rest.

    A dry run goes to the end: it takes it that every step will make one of what it may make several or none of.
    """
    building = Building(document, given, seen or Seen(), is_dry=is_dry)
    for node in needed_in_order(document):
        building.evaluate(node)
    return building.planned


def _final(kept: Sequence[Kept]) -> Wanted:
    lists: dict[str, list[dict[str, Any]]] = {}
    for one in kept:
        title = one.node.title or one.node.class_type
        lists.setdefault(LISTS[one.kind], []).append({"file": one.file, "node": one.node.id, "title": title})
    return Wanted(FINAL, COLLECT, lists)


BROKEN: Any = object()
"""In place of the outputs of a node that has a fault of its own."""


class Building:
    """The evaluation of one graph."""

    def __init__(self, document: Document, given: Mapping[str, tuple[str, ...]], seen: Seen, *, is_dry: bool) -> None:
        self.document, self.given, self.seen, self.is_dry = document, given, seen, is_dry
        self.planned = Planned()
        self._values: dict[str, Any] = {}
        self._names: set[str] = set()
        self._generated: dict[tuple[str, float], File] = {}

    def evaluate(self, node: Node) -> None:
        kind = nodes.get(node.class_type)
        upstream = {link.node for _, link in node.links()}
        if any(self._values.get(one) is BROKEN for one in upstream):
            self._values[node.id] = BROKEN
            return
        if upstream & self.planned.waits:
            self.planned.waits.add(node.id)
            return
        try:
            self._values[node.id] = kind.make(Asking(self, node))
        except NotYet:
            self.planned.waits.add(node.id)
        except Absent as problem:
            self._values[node.id] = problem
            if kind.keeps or kind.shows:
                self._tell(problem.fault)
        except Faulty as problem:
            self._tell(problem.fault)
            self._values[node.id] = BROKEN

    def _tell(self, fault: Fault) -> None:
        if fault not in self.planned.faults:
            self.planned.faults.append(fault)

    def output(self, link: Link) -> Any:
        made = self._values[link.node]
        if isinstance(made, Absent):
            raise made
        number = link.slot
        if isinstance(number, str):
            kind = nodes.get(self.document.nodes[link.node].class_type)
            named = [index for index, one in enumerate(kind.outputs) if one.name == number]
            if not named:
                return made.at(number)
            number = named[0]
        if isinstance(made[number], Lazy):
            made[number] = made[number].make()
        return made[number]

    def is_lost(self, steps: Iterable[str]) -> bool:
        """Whether one of the steps has failed, or one that they hang on."""
        needs = {step.name: step.needs for step in self.planned.steps}
        waiting, seen = list(steps), set[str]()
        while waiting:
            name = waiting.pop()
            if name in self.seen.failed:
                return True
            if name not in seen:
                seen.add(name)
                waiting += needs.get(name, ())
        return False

    def type_of(self, link: Link) -> str:
        found = nodes.get(self.document.nodes[link.node].class_type).output(link.slot)
        return found.type if found else ""

    def add(self, node: Node, operator: str, params: Mapping[str, Any], seed: int | None, tag: str) -> "Added":
        name = self._name(node, operator, tag)
        title = node.title or node.class_type
        self.planned.steps.append(Wanted(name, operator, params, title=title, seed=seed))
        return Added(name)

    def _name(self, node: Node, operator: str, tag: str) -> str:
        base = f"n{slug(node.id)}.{operator.rpartition('.')[2]}" + (f"-{tag}" if tag else "")
        name, number = base, 2
        while name in self._names:
            name, number = f"{base}-{number}", number + 1
        self._names.add(name)
        return name

    def generate(self, wanted: Generation, fps: float | None) -> File:
        """The film, made at most once for each speed."""
        seconds = round(max(LEAST_SECONDS, wanted.frames / (fps or wanted.fps)), 3)
        key = (wanted.node, seconds)
        if key not in self._generated:
            call = Asking(self, self.document.nodes[wanted.node])
            params = {**wanted.params, "seconds": seconds}
            self._generated[key] = call.step("video.generate", params, seed=wanted.seed, names=wanted.names)("video")
        return self._generated[key]


def slug(node_id: str) -> str:
    """A node's id as a part of a step's name; one that had to be changed bears a mark, so that no two are alike."""
    if PLAIN_ID.fullmatch(node_id):
        return node_id
    mark = hashlib.sha256(node_id.encode()).hexdigest()[:6]
    return f"{UNFIT.sub('-', node_id.lower()).strip('-')[:24]}-{mark}".lstrip("-")


@dataclass(frozen=True, slots=True)
class Added:
    name: str

    def __call__(self, path: str) -> Ref:
        return Ref(self.name, path)


class Asking:
    """What a node's `make` is given (`sockets.Call`)."""

    def __init__(self, building: Building, node: Node) -> None:
        self._building, self.node = building, node
        self._kind = nodes.get(node.class_type)
        self._read: dict[str, Any] = {}

    def __getitem__(self, name: str) -> Any:
        if name not in self._read:
            found = self._kind.input(name)
            self._read[name] = None if found is None else self._value(found)
        return self._read[name]

    def _value(self, wanted: Input) -> Any:
        given = self._building.given.get(f"{self.node.id}.{wanted.name}")
        value = self.node.inputs.get(wanted.name)
        if given:
            value = list(given) if wanted.many else given[0]
        if isinstance(value, Link):
            made = self._linked(wanted, value)
            return (made,) if wanted.many and self._building.type_of(value) in PLAIN_TYPES else made
        if isinstance(value, tuple) and value and isinstance(value[0], Link):
            return tuple(one for one in (self._linked(wanted, link) for link in value) if one is not None)
        if value is None or wanted.values is None or (wanted.media and value == ""):
            return None if self._kind.strict else wanted.default
        try:
            return wanted.read(value)
        except ValueError as problem:
            raise self.wrong(wanted.name, f"is {shown(value)}: {problem}") from None

    def _linked(self, wanted: Input, link: Link) -> Any:
        """What hangs on a load node without a file is left out where it may be."""
        try:
            return self._building.output(link)
        except Absent:
            if wanted.required:
                raise
            return None

    def known(self, name: str) -> Any:
        value = self[name]
        if isinstance(value, Ref):
            raise self.wrong(name, "is linked to what is known only when the graph runs; write a value")
        return value

    # ---- files

    def one(self, name: str) -> File:
        value = self[name]
        if isinstance(value, Film):
            hint = "take frames of it by video.frames, or use a video.… node"
            raise self.wrong(name, f"gets the frames of a film, and takes a picture; {hint}")
        file = next(_files(value), None)
        if file is None:
            raise self.unset(name)
        return file

    def each(self, name: str) -> tuple[File, ...]:
        wanted, files = self._kind.input(name), tuple(self._all(name, self[name]))
        if self[name] is None and wanted is not None and wanted.required:
            raise self.unset(name)
        return files

    def _all(self, name: str, value: Any) -> Iterator[File]:
        if isinstance(value, tuple):
            for one in value:
                yield from self._all(name, one)
        elif isinstance(value, Film):
            yield self._film(value, "")
        elif isinstance(value, Later):
            yield from self.counted(value)
        elif isinstance(value, Maybe):
            yield from self._known(value)
        else:
            yield from _files(value)

    def counted(self, later: Later) -> list[Ref]:
        made = self.made(later.step)
        if made is None and not self._building.is_dry:
            raise NotYet
        return [later.item(index) for index in range(1 if made is None else len(made[later.path]))]

    def _known(self, maybe: Maybe) -> Iterator[File]:
        """Whether it is there is known only once the step has run."""
        made = self.made(maybe.ref.step)
        if made is None and not self._building.is_dry:
            raise NotYet
        if made is None or made.get(maybe.ref.path) is not None:
            yield maybe.ref

    def is_lost(self, name: str) -> bool:
        return self._building.is_lost(_steps_of(self[name]))

    def is_film(self, name: str) -> bool:
        return isinstance(self[name], Film)

    def film(self, name: str, rate: str = "") -> File:
        value = self[name]
        return self._film(value, rate) if isinstance(value, Film) else self.one(name)

    def _film(self, film: Film, rate: str) -> File:
        if film.generation is None:
            assert film.video is not None
            return film.video
        # Asked for only here: elsewhere it may cost a step to know.
        fps = self[rate] if rate else None
        return self._building.generate(film.generation, fps if isinstance(fps, (int, float)) else None)

    def keep(self, kind: Kind, items: Iterable[File]) -> None:
        self._building.planned.kept.extend(Kept(kind, item, self.node) for item in items)

    # ---- steps

    def step(
        self,
        operator: str,
        params: Mapping[str, Any],
        *,
        seed: int | None = None,
        tag: str = "",
        names: Mapping[str, tuple[str, str]] | None = None,
    ) -> Added:
        wanted = {name: value for name, value in params.items() if value is not None}
        for name, value in wanted.items():
            problem = None if refs(value) else schema.problem(operator, name, value)
            if problem:
                where = (names or {}).get(name, (self.node.id, name))
                raise self._bad(*where, f"is {shown(value)}: {problem} ({operator})")
        return self._building.add(self.node, operator, wanted, seed, tag)

    def made(self, step: str) -> Mapping[str, Any] | None:
        return self._building.seen.finished.get(step)

    def text(self, parts: Sequence[Any], separator: str) -> Any:
        if any(isinstance(one, Ref) for one in parts):
            return self.step("text.join", {"texts": list(parts), "separator": separator})("text")
        return separator.join(str(one) for one in parts)

    # ---- faults

    def wrong(self, name: str, message: str) -> Faulty:
        return self._bad(self.node.id, name, message)

    def _bad(self, node_id: str, name: str, message: str) -> Faulty:
        node = self._building.document.nodes[node_id]
        return Faulty(Fault(at(node_id, name), f"{node.told()}: {name} {message}"))

    def unset(self, name: str) -> Absent:
        title = self.node.title if name == self._kind.main and self.node.title else name
        key = f"{self.node.class_type}.{self.node.id}.{title}"
        told = f"{self.node.told()}: {name} is empty, and its file is needed; give one ({key})"
        return Absent(Fault(at(self.node.id, name), told, is_absence=True))


def _steps_of(value: Any) -> list[str]:
    """The steps that a value comes from."""
    if isinstance(value, (tuple, list)):
        return [step for one in value for step in _steps_of(one)]
    if isinstance(value, Later):
        return [value.step]
    if isinstance(value, Film):
        return _steps_of(value.video)
    return [one.step for one in _files(value) if isinstance(one, Ref)]


def _files(value: Any) -> Iterator[File]:
    if isinstance(value, Batch):
        yield from value.items
    elif isinstance(value, Later):
        yield value.first()
    elif isinstance(value, Maybe):
        yield value.ref
    elif isinstance(value, list):
        yield from (one for inner in value for one in _files(inner))
    elif isinstance(value, Ref) or (isinstance(value, str) and value):
        yield value


def shown(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 80 else text[:77] + "..."
