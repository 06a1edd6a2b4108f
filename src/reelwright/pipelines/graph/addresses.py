"""Addresses of files that stand in a graph, and the same as files beside it."""

from collections.abc import Iterator, Mapping
from typing import Any

from reelwright.errors import InvalidParameter
from reelwright.pipelines.graph import document as documents
from reelwright.pipelines.graph import nodes
from reelwright.pipelines.graph.checking import is_address
from reelwright.pipelines.graph.document import Document


def lifted(params: Any) -> Any:
    """Params of the plan with the addresses of the graph among `files`; those that are there already count more.

    What is wrong with the graph is not told here.
    """
    if not isinstance(params, Mapping) or not isinstance(params.get("graph"), Mapping):
        return params
    try:
        document = documents.read(params["graph"])
    except InvalidParameter:
        return params
    named = list(params.get("files") or ())
    keys = {_key(one) for one in named}
    named += [{"key": key, "file": text} for key, text in found(document) if key not in keys]
    return {**params, "files": named}


def _key(one: Any) -> Any:
    return one.get("key") if isinstance(one, Mapping) else getattr(one, "key", None)


def found(document: Document) -> Iterator[tuple[str, str]]:
    """`<node id>.<input>` and the address, of every file that a graph names."""
    for node in document.nodes.values():
        kind = nodes.find(node.class_type)
        for wanted in kind.inputs if kind else ():
            value = node.inputs.get(wanted.name) if wanted.media else None
            for one in value if isinstance(value, list) else (value,):
                if isinstance(one, str) and is_address(one):
                    yield f"{node.id}.{wanted.name}", one
