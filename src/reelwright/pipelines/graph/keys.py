"""Keys of AppParams: what of a graph is set from outside, and by which words.

    <class_type>.<node id>.<Field>        LoadImage.1.TargetImage

Field is the name of the input. Where a node has a title, the title names its main input too: the file of a load node,
the value of a primitive, the text of an encoder, the seed of a sampler; of an operator's node its one unlinked file,
else its one unlinked required value. An input that is linked is not set from outside.
"""

from collections.abc import Callable, Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from reelwright.errors import InvalidParameter
from reelwright.operators.files import Kind
from reelwright.pipelines.graph import checking, nodes, order, own
from reelwright.pipelines.graph import document as documents
from reelwright.pipelines.graph.document import Document, Link, Node
from reelwright.pipelines.graph.sockets import Input, NodeType

UNKNOWN, MISSING, WRONG = "KeyNotFound", "MissingParameter", "InvalidParameter"
MEDIA: Mapping[Kind, str] = {
    "image": "ImageCheckFailed",
    "video": "VideoCheckFailed",
    "audio": "AudioCheckFailed",
    "text": "TextCheckFailed",
    "any": "FileCheckFailed",
}
"""Code of a file that is not what its key wants."""

Look = Callable[[str], str | None]
"""What kind of file a value of AppParams names ("image", "video", "audio", "text"); None if there is none."""


@dataclass(frozen=True, slots=True)
class Key:
    """One input that can be set. `name` is by its title, where that names it, else by the input's own name."""

    name: str
    node: Node
    input: Input
    aliases: tuple[str, ...] = ()
    required: bool = False
    """The graph does not run before it is set."""

    @property
    def kind(self) -> Kind | None:
        """Of the file that it names; None for a plain value."""
        return self.input.media

    @property
    def value(self) -> Any:
        """What the graph itself holds there; None for nothing."""
        held = self.node.inputs.get(self.input.name, self.input.default)
        return None if held == "" and self.kind else held

    @property
    def place(self) -> str:
        """`<node id>.<input>`."""
        return f"{self.node.id}.{self.input.name}"


def keys(document: Document) -> list[Key]:
    """All of them, in the order of the graph; of nodes that a result needs."""
    wanted = order.needed(document)
    unset = checking.unset(document)
    return [key for node in document.nodes.values() if node.id in wanted for key in _of_node(node, unset)]


def find(document: Document, name: str) -> Key | None:
    return _named(keys(document)).get(name)


def _named(found: list[Key]) -> dict[str, Key]:
    aliases = {alias: key for key in found for alias in key.aliases}
    return {**aliases, **{key.name: key for key in found}}


def _of_node(node: Node, unset: set[str]) -> Iterator[Key]:
    kind = nodes.find(node.class_type)
    if kind is None:
        return
    settable = [one for one in kind.inputs if one.values is not None and not _is_linked(node, one)]
    main = _main(kind, node, settable)
    for one in settable:
        if one.values is Any:  # read for what ComfyUI's editor writes there, and of no effect
            continue
        plain = f"{node.class_type}.{node.id}.{one.name}"
        titled = f"{node.class_type}.{node.id}.{node.title}" if node.title and one is main else plain
        is_required = f"{node.id}.{one.name}" in unset or (one.required and node.inputs.get(one.name) in (None, "", []))
        yield Key(titled, node, one, (plain,) if titled != plain else (), is_required)


def _is_linked(node: Node, wanted: Input) -> bool:
    return isinstance(node.inputs.get(wanted.name), (Link, tuple))


def _main(kind: NodeType, node: Node, settable: list[Input]) -> Input | None:
    if kind.main:
        return next((one for one in settable if one.name == kind.main), None)
    media = [one for one in settable if one.media and one.required] or [one for one in settable if one.media]
    plain = [one for one in settable if one.required and not one.media]
    for some in (media, plain):
        if len(some) == 1:
            return some[0]
    return None


# ---- setting


@dataclass(frozen=True, slots=True)
class Set:
    """A graph with its values set, and the files that go into it: `<node id>.<input>` -> address or media id."""

    graph: dict[str, Any]
    files: tuple[tuple[str, str], ...]


def put(graph: Mapping[str, Any], given: Mapping[str, Any]) -> Set:
    """Set what `given` says. Raises `InvalidParameter` for a key that the graph does not have."""
    document = documents.read(graph)
    named = _named(keys(document))
    changed: dict[str, Any] = deepcopy(dict(documents.unwrapped(graph)))
    files: list[tuple[str, str]] = []
    for name, value in given.items():
        key = named.get(name)
        if key is None:
            raise InvalidParameter(f"{name!r} is no key of this app; {_near(name, named)}", field=name)
        if key.kind:
            files += [(key.place, one) for one in (value if isinstance(value, list) else [value])]
        else:
            changed[key.node.id].setdefault("inputs", {})[key.input.name] = value
    return Set(changed, tuple(files))


def _near(name: str, named: Mapping[str, Key]) -> str:
    near = own.near(name, list(named))
    return f"did you mean {' or '.join(near)}?" if near else f"it has {', '.join(named) or 'none'}"


# ---- looking before the run


def precheck(graph: Mapping[str, Any], given: Mapping[str, Any], look: Look) -> list[tuple[str, str]]:
    """What is wrong with AppParams, as (key, code) in their order, then what is missing; nothing if all is well."""
    document = documents.read(graph)
    found = keys(document)
    named = _named(found)
    wrong = [(name, code) for name, value in given.items() if (code := _wrong(named.get(name), value, look))]
    places = {named[name].place for name in given if name in named}
    return wrong + [(key.name, MISSING) for key in found if key.required and key.place not in places]


def _wrong(key: Key | None, value: Any, look: Look) -> str | None:
    if key is None:
        return UNKNOWN
    if key.kind:
        values = value if isinstance(value, list) else [value]
        fits = all(isinstance(one, str) and _serves(look(one), key.kind) for one in values)
        return None if fits and values else MEDIA[key.kind]
    try:
        key.input.read(value)
    except ValueError:
        return WRONG
    return None


def _serves(kind: str | None, wanted: Kind) -> bool:
    """A film serves as a sound, as it does everywhere."""
    if kind is None:
        return False
    return wanted in ("any", kind) or (wanted == "audio" and kind == "video")
