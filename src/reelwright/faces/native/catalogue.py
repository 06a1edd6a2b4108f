"""The operators as this face shows them."""

import asyncio
import logging
from collections.abc import Iterator
from typing import Any

from reelwright import v1
from reelwright.faces.native.operation import Call
from reelwright.operators import Operator
from reelwright.pipelines import registry
from reelwright.pipelines.contract import Plan

log = logging.getLogger(__name__)


Offered = Operator[Any, Any] | Plan[Any]
"""What a job may name."""


def installed() -> Iterator[Offered]:
    """Every operator and plan that can be loaded. The first call imports their modules, so it belongs on a thread."""
    for name in registry.all_names():
        try:
            yield registry.load(name)
        except Exception:  # A broken plug-in must not take the whole list with it.
            log.exception("operator cannot be loaded", extra={"operator": name})


async def list_operators(call: Call) -> v1.Operators:
    """List the operators that are installed, and the plans of many steps that a job may follow."""
    return await asyncio.to_thread(lambda: v1.Operators([_summary(one) for one in installed()]))


async def operator(call: Call, name: str) -> v1.Operator:
    """Describe one operator: parameters and result as JSON schemas, version, tiers, quality."""
    return await asyncio.to_thread(lambda: _described(registry.load(name)))


def _summary(one: Offered) -> v1.OperatorSummary:
    return v1.OperatorSummary(one.name, one.version, one.summary, list(one.tiers), _figure(one))


def _described(one: Offered) -> v1.Operator:
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


def _figure(one: Offered) -> v1.Figure | None:
    if one.quality is None:
        return None
    return v1.Figure(one.quality.metric, one.quality.at_least, one.quality.at_most)
