"""Run a graph of nodes: ComfyUI's common ones, and every operator of this server.

The graph is a document in ComfyUI's API format. Its load nodes hold addresses of files, or are given them by `files`.
Steps are what its nodes come to: only those that an output needs, and only where there is work. The result holds the
files of the nodes that save, by their kinds. Run again the graph repeats nothing; changed, it repeats what hangs on
the change.
"""

from collections.abc import Iterable
from typing import Any

from pydantic import model_validator

from reelwright.operators import Params, files, param
from reelwright.pipelines.contract import Guess, Seen, Sizes, Wanted, plan, refs
from reelwright.pipelines.graph import addresses, checking, planning
from reelwright.pipelines.graph import document as documents

MOST_FILES = 1000


class GraphFile(Params):
    key: str = param("Where it goes: `<node id>.<input>`.", min_length=3, max_length=300, example="1.image")
    file: files.Any_ = param("The file.")


class GraphParams(Params):
    graph: dict[str, Any] = param("The nodes, in ComfyUI's API format.")
    files: tuple[GraphFile, ...] = param(
        "Files of the load nodes, in place of what the graph says there; several of one key for an input of several.",
        (),
        max_length=MOST_FILES,
    )
    title: str = param("What people call it.", "", max_length=500)

    @model_validator(mode="before")
    @classmethod
    def _lifted(cls, given: Any) -> Any:
        """Addresses in the graph become `files`, so that they are looked after as every input is."""
        return addresses.lifted(given)


def check(params: GraphParams) -> None:
    checking.checked(params.graph, given(params))


def given(params: GraphParams) -> dict[str, tuple[str, ...]]:
    """Key -> its files."""
    found: dict[str, tuple[str, ...]] = {}
    for one in params.files:
        found[one.key] = (*found.get(one.key, ()), one.file)
    return found


def guess(params: GraphParams, sizes: Sizes) -> Iterable[Guess]:
    """One for each operator; how long films of inputs are is not known here."""
    steps = planning.evaluated(documents.read(params.graph), given(params), is_dry=True).steps
    for operator in dict.fromkeys(one.operator for one in steps):
        alike = [one for one in steps if one.operator == operator]
        told = next((one.params for one in alike if not refs(one.params)), {})
        yield Guess(operator, len(alike), media_seconds=sum(map(_seconds, alike)), params=told)
    yield Guess(planning.COLLECT, 1)


def _seconds(step: Wanted) -> float:
    seconds = step.params.get("seconds", 0.0)
    return float(seconds) if isinstance(seconds, (int, float)) else 0.0


@plan(version=1, final=planning.FINAL, concludes=planning.COLLECT, check=check, guess=guess)
def graph(params: GraphParams, seen: Seen) -> Iterable[Wanted]:
    return planning.plan(documents.read(params.graph), given(params), seen)
