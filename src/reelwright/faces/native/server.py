"""Pipelines, keys and the server itself, as this face shows them."""

import re

import reelwright
from reelwright import operators, v1
from reelwright.errors import InvalidParameter, PipelineNotFound
from reelwright.faces.native.operation import Call
from reelwright.jobs.job import Pipeline

NAME = re.compile(r"[^\x00-\x1f\x7f/]{1,128}")


async def pipelines(call: Call) -> v1.Pipelines:
    """List the pipelines."""
    return v1.Pipelines([_shown(one) for one in call.service.pipelines(call.tenant)])


async def pipeline(call: Call, name: str) -> v1.Pipeline:
    """Show one pipeline."""
    found = _find(call, name)
    if found is None:
        raise PipelineNotFound(f"there is no pipeline {name!r}; make it by PUT /v1/pipelines/{name}", field="name")
    return _shown(found)


async def put_pipeline(call: Call, name: str, body: v1.PipelineChange) -> v1.Pipeline:
    """Make a pipeline, or change its limit, or pause it."""
    if not NAME.fullmatch(name):
        raise InvalidParameter(
            f"{name!r} is no pipeline name; give 1 to 128 characters without '/' and control characters", field="name"
        )
    old = _find(call, name) or Pipeline("", call.tenant, name)
    concurrency = old.concurrency if body.concurrency is None else body.concurrency
    paused = old.paused if body.paused is None else body.paused
    return _shown(await call.service.put_pipeline(call.tenant, name, concurrency=concurrency, paused=paused))


async def create_key(call: Call) -> v1.Credentials:
    """Make new credentials for the caller's tenant.

    Only for callers with a valid key, even on an open server. The secret parts are shown this once.
    """
    key = await call.service.create_key(call.known_key().tenant)
    return v1.Credentials(key.access_key_id, key.access_key_secret, key.api_key, key.tenant)


async def server(call: Call) -> v1.Server:
    """Tell the version, and how many jobs are in which state."""
    return v1.Server(reelwright.__version__, len(operators.names()), dict(call.service.counts()))


def _find(call: Call, name: str) -> Pipeline | None:
    return next((one for one in call.service.pipelines(call.tenant) if one.name == name), None)


def _shown(one: Pipeline) -> v1.Pipeline:
    return v1.Pipeline(one.name, one.concurrency, one.paused, one.id)
