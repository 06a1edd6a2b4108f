"""What `/v1/apps` answers: apps, which are graphs that are kept under an id, and runs of them."""

import asyncio

from reelwright import timing, v1
from reelwright.faces.native import webhook
from reelwright.faces.native.operation import Call
from reelwright.jobs import apps
from reelwright.pipelines.graph import checking, document, keys
from reelwright.service import Submission


async def list_apps(call: Call) -> v1.Apps:
    """List the apps: those that come with the server, then the caller's own."""
    found = apps.everything(call.service.kept, call.tenant)
    return v1.Apps([v1.AppSummary(one.id, one.title, one.summary, one.is_builtin, list(one.asked)) for one in found])


async def app(call: Call, id: str) -> v1.App:
    """Show an app: its graph, and every key that can be set when it is run."""
    found = apps.find(call.service.kept, call.tenant, id)
    # Types of nodes are read from the operators' schemas, whose first reading takes its time.
    return await asyncio.to_thread(_shown, found)


async def put_app(call: Call, body: v1.AppWanted) -> v1.App:
    """Keep a graph as an app, in place of one of the same id.

    The whole graph is looked at first, and every fault is told with its node and input. Load nodes may be without
    their files; they are given when the app is run.
    """
    await asyncio.to_thread(apps.check, body.id, body.graph)
    title, at = body.title or body.id, timing.now()
    kept = await call.service.keep(lambda tx: apps.put(tx, call.tenant, body.id, title, body.graph, now=at))
    return await asyncio.to_thread(_shown, kept)


async def remove_app(call: Call, id: str) -> v1.App:
    """Remove an app of one's own. Jobs that run it go on."""
    found = await app(call, id)
    await call.service.keep(lambda tx: apps.remove(tx, call.tenant, id))
    return found


async def run_app(call: Call, id: str, body: v1.AppRun) -> v1.Submitted:
    """Run an app: a job of the plan `graph` with these values of its keys."""
    found = apps.find(call.service.kept, call.tenant, id)
    if body.callback:
        await webhook.secret(call.service, call.tenant)  # There must be one to sign with when the job has ended.
    params = await asyncio.to_thread(apps.submission, found.graph, body.params, title=found.title)
    wanted = Submission(
        operator=apps.PLAN,
        params=params,
        pipeline=body.pipeline,
        priority=body.priority,
        fresh=body.fresh,
        seed=body.seed,
        callback=body.callback,
        base=call.base,
    )
    submitted = await call.service.submit(call.tenant, wanted, own_hosts=(call.host,))
    job = call.service.job(call.tenant, submitted.job_id)
    return v1.Submitted(job.id, job.status, submitted.created, apps.PLAN, f"/v1/jobs/{job.id}")


def _shown(app: apps.App) -> v1.App:
    nodes = document.read(app.graph)
    return v1.App(
        id=app.id,
        title=app.title,
        summary=app.summary,
        builtin=app.is_builtin,
        graph=dict(app.graph),
        keys=[_key(one, app) for one in keys.keys(nodes)],
        notes=checking.notes(nodes),
        created_at=None if app.created_at is None else timing.stamp(app.created_at),
        changed_at=None if app.changed_at is None else timing.stamp(app.changed_at),
    )


def _key(key: keys.Key, app: apps.App) -> v1.AppKey:
    about = app.asked.get(key.name, "") or key.input.about
    return v1.AppKey(key.name, list(key.aliases), key.kind, key.required, key.value, about)
