"""Says what is wrong with a graph before anything runs: every fault with its node and its input, all at once.

First the whole document: types that there are, results that are asked for. Then the nodes that a result needs: links
that lead somewhere, sockets of the same type, values that the node or its operator takes, nothing that is required
left out, no cycles. If all that holds the graph is planned once, dry, which finds what only the whole can tell (a
picture that no load node has been given, a size that no generator makes).
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from reelwright.pipelines.graph import document as documents
from reelwright.pipelines.graph import nodes, order, own, planning
from reelwright.pipelines.graph.document import Document, Link, Node
from reelwright.pipelines.graph.faults import Fault, at, error
from reelwright.pipelines.graph.sockets import ANY, Input, NodeType, Output

Given = Mapping[str, tuple[str, ...]]
"""`<node id>.<input>` -> addresses of files that are set from outside."""
STAND_IN = "oss://app/unset"


def checked(graph: object, given: Given | None = None, *, of_app: bool = False) -> Document:
    """The document of a graph that can be planned. Raises `InvalidParameter` with all its faults.

    With `of_app` load nodes may still be without their files, as those of an app are before it is run.
    """
    document = documents.read(graph)
    if of_app:
        given = {**_stand_ins(document), **(given or {})}
    found = faults(document, given or {})
    if found:
        raise error(found)
    return document


def _stand_ins(document: Document) -> Given:
    """A file for every input that has none, so that the rest can be looked at."""
    found: dict[str, tuple[str, ...]] = {}
    for node in document.nodes.values():
        kind = nodes.find(node.class_type)
        for wanted in kind.inputs if kind else ():
            held = node.inputs.get(wanted.name)
            is_unset = not wanted.accepts if held is None else isinstance(held, str) and not is_address(held)
            if wanted.media and is_unset:
                found[f"{node.id}.{wanted.name}"] = (STAND_IN,)
    return found


def unset(document: Document) -> set[str]:
    """`<node id>.<input>` of the load nodes that must be given a file before the graph runs.

    Nothing of a graph that is wrong otherwise.
    """
    blank = Document({one.id: _blank(one) for one in document.nodes.values()})
    if _standing(blank, {}):
        return set()
    found: set[str] = set()
    while True:
        given = dict.fromkeys(found, (STAND_IN,))
        lacking = {one.field for one in planning.evaluated(blank, given, is_dry=True).faults if one.is_absence}
        more = {".".join(field.split(".inputs.")).removeprefix("graph.") for field in lacking} - found
        if not more:
            return found
        found |= more


def _blank(node: Node) -> Node:
    """Without the names of files of another machine."""
    kind = nodes.find(node.class_type)
    media = [one.name for one in kind.inputs if one.media and not one.accepts] if kind else []
    named = {name for name in media if not is_address(str(node.inputs.get(name, "")))}
    return replace(node, inputs={name: "" if name in named else value for name, value in node.inputs.items()})


def faults(document: Document, given: Given) -> list[Fault]:
    return _standing(document, given) or planning.evaluated(document, given, is_dry=True).faults


def _standing(document: Document, given: Given) -> list[Fault]:
    """What can be told without planning it."""
    found = list(_overall(document))
    known = [one for one in order.needed(document) if nodes.find(document.nodes[one].class_type)]
    for one in sorted(known, key=list(document.nodes).index):
        found += _of_node(document, document.nodes[one], given)
    found += [_cycle(document, ids) for ids in order.cycles(document)]
    found += [Fault("graph", f"files names {key}, {problem}") for key, problem in _astray(document, given)]
    return found


def notes(document: Document) -> list[str]:
    """What the graph says that changes nothing here, for people."""
    told = []
    for one in order.needed(document):
        node = document.nodes[one]
        kind = nodes.find(node.class_type)
        unused = [name for name in (kind.unused if kind else ()) if name in node.inputs]
        if unused:
            told.append(f"{node.told()}: no effect of {', '.join(unused)}; the server's own generator does the work")
    return sorted(told)


# ---- the whole


def _overall(document: Document) -> Iterator[Fault]:
    unknown = [node for node in document.nodes.values() if nodes.find(node.class_type) is None]
    for node in unknown:
        what = "cannot be served" if node.class_type in nodes.REFUSED else "is of an unknown type"
        yield Fault(at(node.id), f"{node.told()} {what}: {nodes.hint(node.class_type)}")
    if not order.ends(document) and not unknown:
        saving = "SaveImage, SaveVideo, SaveAudio, SaveText"
        yield Fault("graph", f"graph has no output node; add one of {saving}, and link what is to be the result")


def _cycle(document: Document, ids: list[str]) -> Fault:
    around = [*ids, ids[0]][::-1]  # links are followed upstream; told downstream
    name = next(name for name, link in document.nodes[ids[0]].links() if link.node == around[-2])
    told = " -> ".join(f"{one} {document.nodes[one].class_type}" for one in around)
    return Fault(at(ids[0], name), f"the links go in a circle: {told}; cut one of them")


def _astray(document: Document, given: Given) -> Iterator[tuple[str, str]]:
    for key in given:
        node_id, _, name = key.rpartition(".")
        node = document.nodes.get(node_id)
        if node is None:
            yield key, f"but there is no node {node_id!r}; write <node id>.<input>"
            continue
        kind = nodes.find(node.class_type)
        wanted = kind.input(name) if kind else None
        if kind and (wanted is None or wanted.media is None):
            files = [one.name for one in kind.inputs if one.media]
            yield key, f"which is no file of {node.told()}; it has {', '.join(files) or 'none'}"


# ---- one node


def _of_node(document: Document, node: Node, given: Given) -> Iterator[Fault]:
    kind = nodes.get(node.class_type)
    for wanted in kind.inputs:
        value = node.inputs.get(wanted.name)
        if f"{node.id}.{wanted.name}" in given:
            continue
        if value is None:
            if wanted.required:
                yield _fault(node, wanted.name, f"is missing; {_how(wanted)}")
        elif isinstance(value, Link):
            yield from _of_link(document, node, wanted, value)
        elif isinstance(value, tuple):
            yield from _of_links(document, node, wanted, value)
        else:
            yield from _of_value(node, wanted, value)
    if kind.strict:
        yield from _unknown(node, kind)


def _unknown(node: Node, kind: NodeType) -> Iterator[Fault]:
    known = [one.name for one in kind.inputs]
    for name in node.inputs:
        if name not in known:
            near = own.near(name, known)
            hint = f"did you mean {' or '.join(near)}?" if near else f"it has {', '.join(known)}"
            yield _fault(node, name, f"is no input of this type; {hint}")


def _of_links(document: Document, node: Node, wanted: Input, links: tuple[Any, ...]) -> Iterator[Fault]:
    if not wanted.many:
        yield _fault(node, wanted.name, f"has {len(links)} links, and takes one; leave one of them")
        return
    for one in links:
        yield from _of_link(document, node, wanted, one)


def _of_link(document: Document, node: Node, wanted: Input, link: Link) -> Iterator[Fault]:
    above = document.nodes.get(link.node)
    if above is None:
        yield _fault(node, wanted.name, f"is linked to node {link.node}, which is not there; link it to one that is")
        return
    kind = nodes.find(above.class_type)
    if kind is None:
        return  # told already
    made = kind.output(link.slot)
    if made is None:
        yield _fault(node, wanted.name, f"takes output {link.slot!r} of {above.told()}, {_outputs(kind)}")
    elif not _fits(made, wanted):
        takes = f"takes {' or '.join(sorted(wanted.accepts))}" if wanted.accepts else "is a setting and takes no link"
        yield _fault(node, wanted.name, f"{takes}, and {above.told()} gives {made.type} there ({made.name})")


def _fits(made: Output, wanted: Input) -> bool:
    return made.type in wanted.accepts or ANY in wanted.accepts or made.type == ANY


def _outputs(kind: NodeType) -> str:
    if not kind.outputs:
        return "which gives nothing on"
    told = ", ".join(f"{number} {one.name}" for number, one in enumerate(kind.outputs))
    return f"which has {told}"


def _of_value(node: Node, wanted: Input, value: object) -> Iterator[Fault]:
    if wanted.values is None:
        yield _fault(node, wanted.name, f"is {planning.shown(value)}, a value; {_how(wanted)}")
    elif wanted.media:
        yield from _of_address(node, wanted, value)
    else:
        try:
            wanted.read(value)
        except ValueError as problem:
            yield _fault(node, wanted.name, f"is {planning.shown(value)}: {problem}")


def _of_address(node: Node, wanted: Input, value: object) -> Iterator[Fault]:
    """A bare name is a file of the machine where the graph was drawn."""
    several = isinstance(value, list) and wanted.many
    for one in value if several and isinstance(value, list) else (value,):
        if not isinstance(one, str):
            yield _fault(node, wanted.name, f"is {planning.shown(one)}; {_how(wanted)}")
        elif one and not is_address(one):
            mend = f"give its address (oss://bucket/key, https://…), or the file in `files` as {node.id}.{wanted.name}"
            yield _fault(node, wanted.name, f"is {one!r}, a file of the machine where the graph was made; {mend}")


def is_address(text: str) -> bool:
    """Whether a file can be found by it: a URL, or (where there is no server) an absolute path."""
    return "://" in text or text.startswith("/")


def _how(wanted: Input) -> str:
    types = " or ".join(sorted(wanted.accepts))
    if wanted.media and not wanted.accepts:
        return f"give the address of a file ({wanted.media})"
    if wanted.values is None:
        return f"link it to an output of type {types}"
    return f"write a value, or link it to an output of type {types}" if types else "write a value"


def _fault(node: Node, name: str, message: str) -> Fault:
    return Fault(at(node.id, name), f"{node.told()}: {name} {message}")
