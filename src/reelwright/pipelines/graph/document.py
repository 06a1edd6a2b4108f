"""Reads a graph document in ComfyUI's API format.

    {"3": {"class_type": "ImageScale", "inputs": {"image": ["1", 0], "width": 640}, "_meta": {"title": "Smaller"}}}

An input holds a value, a link `[node id, slot]`, or (where several files are wanted) a list of links. The slot is the
number of an output, or its name. What the types of nodes want is not known here: `checking` compares the two.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from reelwright.pipelines.graph.faults import Fault, at, error

MOST_NODES = 2000
SHOWN = 40  # characters of a title in messages
EXPORT = "export it in API format (in ComfyUI: Workflow > Export (API); in older ones Settings > Enable Dev mode first)"


@dataclass(frozen=True, slots=True)
class Link:
    node: str
    slot: int | str


@dataclass(frozen=True, slots=True)
class Node:
    id: str
    class_type: str
    inputs: Mapping[str, Any]
    """Name -> a value, a `Link`, or a tuple of `Link`s."""
    title: str = ""

    def links(self) -> Iterator[tuple[str, Link]]:
        """The links that come in, with the names of their inputs."""
        for name, value in self.inputs.items():
            for one in value if isinstance(value, tuple) else (value,):
                if isinstance(one, Link):
                    yield name, one

    def told(self) -> str:
        """For messages: `node 3 KSampler ("Refine")`."""
        shown = self.title if len(self.title) <= SHOWN else self.title[: SHOWN - 1] + "…"
        title = f' ("{shown}")' if shown and shown != self.class_type else ""
        return f"node {self.id} {self.class_type}{title}"


@dataclass(frozen=True, slots=True)
class Document:
    nodes: Mapping[str, Node] = field(default_factory=dict)


def read(given: object) -> Document:
    """The nodes of a graph. Raises `InvalidParameter` for what is no graph, with every node that is none."""
    written = unwrapped(_parsed(given) if isinstance(given, str) else given)
    if isinstance(written.get("nodes"), list) and "links" in written:
        raise _refused(f"graph is in the format of the editor (it has `nodes` and `links`); {EXPORT}")
    if not written:
        raise _refused("graph is empty; it needs nodes, one of which saves something")
    if len(written) > MOST_NODES:
        raise _refused(f"graph has {len(written)} nodes; {MOST_NODES} are the most")
    faults = [fault for name, node in written.items() for fault in _faults(str(name), node)]
    if faults:
        raise error(faults)
    ids = {str(name) for name in written}
    return Document({str(name): _node(str(name), node, ids) for name, node in written.items()})


def unwrapped(given: object) -> Mapping[str, Any]:
    """The nodes; taken out of the body of ComfyUI's own `POST /prompt`, if they are in one."""
    if not isinstance(given, Mapping):
        raise _refused("graph is no JSON object; send {node id: {class_type, inputs}}")
    inner = given.get("prompt")
    return inner if isinstance(inner, Mapping) and "class_type" not in inner else given


def _parsed(text: str) -> object:
    try:
        return json.loads(text)
    except ValueError as problem:
        raise _refused(f"graph is a text that is no JSON ({problem})") from None


def _refused(message: str) -> Exception:
    return error([Fault("graph", message)])


def _faults(id: str, node: object) -> Iterator[Fault]:
    if not isinstance(node, Mapping):
        yield Fault(f"graph.{id}", f"node {id} is no object; write {{class_type, inputs}}; {EXPORT}")
        return
    if not isinstance(node.get("class_type"), str) or not node["class_type"]:
        yield Fault(at(id), f"node {id} has no class_type; name its type, `LoadImage` say")
    if not isinstance(node.get("inputs", {}), Mapping):
        yield Fault(f"graph.{id}.inputs", f"node {id}: inputs is no object; write {{name: value or [node id, slot]}}")


def _node(id: str, node: Mapping[str, Any], ids: set[str]) -> Node:
    inputs = {str(name): _value(value, ids) for name, value in node.get("inputs", {}).items()}
    meta = node.get("_meta")
    title = meta.get("title") if isinstance(meta, Mapping) else None
    return Node(id, node["class_type"], inputs, title.strip() if isinstance(title, str) else "")


def _value(value: Any, ids: set[str]) -> Any:
    if is_link(value, ids):
        return Link(value[0], value[1])
    if isinstance(value, list) and value and all(is_link(one, ids) for one in value):
        return tuple(Link(node, slot) for node, slot in value)
    return value


def is_link(value: object, ids: set[str]) -> bool:
    """`["4", 1]` always; `["4", "mask"]` where there is a node "4", for it may as well be two texts."""
    if not isinstance(value, list) or len(value) != 2 or not isinstance(value[0], str):
        return False
    slot = value[1]
    return (isinstance(slot, int) and not isinstance(slot, bool)) or (isinstance(slot, str) and value[0] in ids)
