"""The operators as this face shows them."""

import asyncio
import logging
from collections.abc import Iterator
from typing import Any

from reelwright import operators, v1
from reelwright.faces.native.operation import Call
from reelwright.operators import Operator

log = logging.getLogger(__name__)


def installed() -> Iterator[Operator[Any, Any]]:
    """Every operator that can be loaded. The first call imports their modules, so it belongs on a thread."""
    for name in operators.names():
        try:
            yield operators.load(name)
        except Exception:  # A broken plug-in must not take the whole list with it.
            log.exception("operator cannot be loaded", extra={"operator": name})


async def list_operators(call: Call) -> v1.Operators:
    """List the operators that are installed."""
    return await asyncio.to_thread(lambda: v1.Operators([_summary(one) for one in installed()]))


async def operator(call: Call, name: str) -> v1.Operator:
    """Describe one operator: parameters and result as JSON schemas, version, tiers, quality."""
    return await asyncio.to_thread(lambda: _described(operators.load(name)))


def _summary(one: Operator[Any, Any]) -> v1.OperatorSummary:
    return v1.OperatorSummary(one.name, one.version, one.summary, list(one.tiers), _figure(one))


def _described(one: Operator[Any, Any]) -> v1.Operator:
    return v1.Operator(
        name=one.name,
        version=one.version,
        summary=one.summary,
        description=one.description,
        tiers=list(one.tiers),
        quality=_figure(one),
        phases=dict(one.phases),
        params=one.params.model_json_schema(),
        result=one.result.model_json_schema(mode="serialization"),
    )


def _figure(one: Operator[Any, Any]) -> v1.Figure | None:
    if one.quality is None:
        return None
    return v1.Figure(one.quality.metric, one.quality.at_least, one.quality.at_most)
