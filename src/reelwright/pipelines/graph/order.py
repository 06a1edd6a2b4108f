"""Which nodes of a graph are needed, and in which order they can be evaluated."""

import heapq
from collections.abc import Iterator

from reelwright.pipelines.graph import nodes
from reelwright.pipelines.graph.document import Document, Node


def ends(document: Document) -> list[Node]:
    """The nodes whose inputs are the results: those that save, else those that show."""
    known = [(node, nodes.find(node.class_type)) for node in document.nodes.values()]
    saving = [node for node, kind in known if kind and kind.keeps]
    return saving or [node for node, kind in known if kind and kind.shows]


def needed(document: Document) -> set[str]:
    """Ids of the nodes that an end needs, itself among them."""
    waiting = [node.id for node in ends(document)]
    found: set[str] = set()
    while waiting:
        one = waiting.pop()
        if one not in found and one in document.nodes:
            found.add(one)
            waiting += _above(document, one)
    return found


def needed_in_order(document: Document) -> list[Node]:
    """Each after those it takes from, else in the order of the document; without those that hang on a cycle."""
    return [document.nodes[one] for one in _sorted(document, needed(document))]


def _sorted(document: Document, wanted: set[str]) -> Iterator[str]:
    """Kahn's way, with the earliest of the document first. Not recursive: graphs are as deep as their users like."""
    place = {one: number for number, one in enumerate(document.nodes)}
    waits = {one: {above for above in _above(document, one) if above in wanted} for one in wanted}
    below: dict[str, list[str]] = {one: [] for one in wanted}
    for one, above in waits.items():
        for other in above:
            below[other].append(one)
    ready = [place[one] for one in wanted if not waits[one]]
    heapq.heapify(ready)
    names = list(document.nodes)
    while ready:
        one = names[heapq.heappop(ready)]
        yield one
        for following in below[one]:
            waits[following].discard(one)
            if not waits[following]:
                heapq.heappush(ready, place[following])


def _above(document: Document, node_id: str) -> list[str]:
    return [link.node for _, link in document.nodes[node_id].links()]


def cycles(document: Document) -> Iterator[list[str]]:
    """The nodes of each cycle among the needed ones; each takes from the one after it, the last from the first."""
    rest = needed(document) - {node.id for node in needed_in_order(document)}
    while rest:
        walk = [next(one for one in document.nodes if one in rest)]
        while (above := next((one for one in _above(document, walk[-1]) if one in rest), None)) is not None:
            if above in walk:
                yield walk[walk.index(above) :]
                break
            walk.append(above)
        rest -= set(walk)
