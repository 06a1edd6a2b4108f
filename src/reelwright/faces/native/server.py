"""Pipelines, keys and the server itself, as this face shows them."""

import re

import reelwright
from reelwright import operators, v1
from reelwright.errors import InvalidParameter, PipelineNotFound
from reelwright.faces.native.operation import Call
from reelwright.jobs.job import Pipeline
from reelwright.service import PipelineChanges

NAME = re.compile(r"[^\x00-\x1f\x7f/]{1,128}")


async def pipelines(call: Call) -> v1.Pipelines:
    """List the pipelines."""
    return v1.Pipelines([_shown(one) for one in call.service.pipelines(call.tenant)])


async def pipeline(call: Call, name: str) -> v1.Pipeline:
    """Show one pipeline."""
    found = call.service.pipeline(call.tenant, name)
    if found is None:
        raise PipelineNotFound(f"there is no pipeline {name!r}; make it by PUT /v1/pipelines/{name}", field="name")
    return _shown(found)


async def put_pipeline(call: Call, name: str, body: v1.PipelineChange) -> v1.Pipeline:
    """Make a pipeline, or change its limit, or pause it."""
    if not NAME.fullmatch(name):
        raise InvalidParameter(
            f"{name!r} is no pipeline name; give 1 to 128 characters without '/' and control characters", field="name"
        )
    changes: PipelineChanges = {}
    if body.concurrency is not None:
        changes["concurrency"] = body.concurrency
    if body.paused is not None:
        changes["paused"] = body.paused
    if body.priority is not None:
        changes["priority"] = body.priority
    return _shown(await call.service.put_pipeline(call.tenant, name, **changes))


async def delete_pipeline(call: Call, name: str) -> v1.Pipeline:
    """Delete a pipeline.

    Refused (409) while it has jobs that are not finished, and always for the default one.
    """
    found = await pipeline(call, name)
    await call.service.delete_pipeline(call.tenant, name)
    return found


async def create_key(call: Call) -> v1.Credentials:
    """Make new credentials for the caller's tenant.

    Only for callers with a valid key, even on an open server. The secret parts are shown this once.
    """
    key = await call.service.create_key(call.known_key().tenant)
    return v1.Credentials(key.access_key_id, key.access_key_secret, key.api_key, key.tenant)


async def server(call: Call) -> v1.Server:
    """Tell the version, and how many jobs are in which state."""
    return v1.Server(reelwright.__version__, len(operators.names()), dict(call.service.counts()))


def _shown(one: Pipeline) -> v1.Pipeline:
    return v1.Pipeline(one.name, one.concurrency, one.paused, one.id, one.priority, one.title)
