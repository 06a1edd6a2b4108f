"""What `/v1/jobs/{id}` answers of jobs that follow a plan: the plan as data and as a picture, changes of its steps."""

import asyncio

import msgspec

from reelwright import timing, v1
from reelwright.faces.native import drawing, jobs
from reelwright.faces.native import storyboard as boards
from reelwright.faces.native.operation import Call, Rendered
from reelwright.jobs.edits import Edit
from reelwright.jobs.estimates import Estimate
from reelwright.service import View


async def change_step(call: Call, id: str, step: str, body: v1.StepChange) -> v1.Step:
    """Change a step of a job with a plan: other params, another seed, or a file of your own as its result.

    It runs again, and so does what hangs on it, and nothing else. A job that is finished is opened for it; one that is
    suspended waits for its resume, so that several steps may be mended first.
    """
    edit = Edit(body.params, body.result, body.seed)
    await call.service.edit(call.tenant, id, step, edit, own_hosts=(call.host,))
    found = next(one for one in call.service.steps(call.tenant, id) if one.name == step)
    return jobs.step_of(call, found, timing.now())


async def plan(call: Call, id: str) -> v1.Plan:
    """Tell the plan of a job as a graph: its steps, what each needs, what was expected and what it took."""
    return _plan(call.service.plans.view(call.service.job(call.tenant, id)))


async def picture(call: Call, id: str) -> Rendered[str]:
    """Draw the plan of a job: a box a step, coloured by its state, in the order of the work."""
    view = call.service.plans.view(call.service.job(call.tenant, id))
    return Rendered(await asyncio.to_thread(lambda: drawing.svg(_plan(view)).encode()))


async def storyboard(call: Call, id: str) -> Rendered[str]:
    """Show a storyboard as a page: a row a shot, with picture, text, speaker and times.

    It renews itself while the job runs.
    """
    view = call.service.plans.view(call.service.job(call.tenant, id))

    def link(address: str) -> str:
        bucket, _, key = address.removeprefix(jobs.OURS).partition("/")
        return call.service.link(bucket, key, call.base)

    return Rendered(await asyncio.to_thread(lambda: boards.page(view, link).encode()))


def _plan(view: View) -> v1.Plan:
    return v1.Plan(
        plan=view.plan.name,
        version=view.plan.version,
        status=view.job.status,
        final=view.plan.final,
        steps=[
            v1.PlanStep(
                name=step.name,
                title=step.title,
                operator=step.operator,
                state=step.state,
                needs=list(step.needs),
                executions=step.executions,
                memo=step.memo,
                is_changed=step.name in view.edits,
            )
            for step in view.steps
        ],
        changes={name: v1.StepChange(edit.params, edit.result, edit.seed) for name, edit in view.edits.items()},
        estimate=None if view.estimate is None else _cost(view.estimate),
        actual=_cost(view.actual),
    )


def _cost(estimate: Estimate) -> v1.PlanCost:
    return msgspec.convert(msgspec.to_builtins(estimate), v1.PlanCost)
