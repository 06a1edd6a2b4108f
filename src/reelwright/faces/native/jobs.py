"""What `/v1/jobs` answers beyond the two hot calls: lists, changes, steps, timeline, log."""

from collections.abc import Iterator, Mapping

import msgspec

from reelwright import timing, v1
from reelwright.errors import InvalidParameter
from reelwright.faces.native import reading
from reelwright.faces.native.operation import Call, Rendered
from reelwright.jobs import document, ids
from reelwright.jobs.job import Event, Failure, Job, JobFilter, Step

OURS = "oss://"
_encode = msgspec.json.Encoder().encode


async def jobs(call: Call, query: v1.JobsQuery) -> Rendered[v1.Jobs]:
    """List jobs, newest first.

    Follow `next` until it is null. A job that is accepted meanwhile does not shift the pages.
    """
    found = call.service.jobs(_filter(call.tenant, query))
    page = found[: query.limit]
    more = page[-1].id if len(found) > len(page) else None
    return Rendered(_linked(call, _encode({"jobs": [document.as_dict(job) for job in page], "next": more})))


async def cancel(call: Call, id: str) -> Rendered[v1.Job]:
    """Cancel a job.

    Its processes are ended and nothing is published later. A job that is finished stays as it is (409).
    """
    return _rendered(call, await call.service.cancel(call.tenant, id))


async def retry(call: Call, id: str) -> Rendered[v1.Job]:
    """Run a failed or cancelled job again.

    Steps that were finished keep their results; only the rest is done. So do the failed steps of a job with a plan
    that came to its end without them.
    """
    return _rendered(call, await call.service.retry(call.tenant, id))


async def resume(call: Call, id: str) -> Rendered[v1.Job]:
    """Go on with a job that was suspended because a step of it failed.

    What is done keeps its result; what failed runs again, with whatever was changed of it meanwhile.
    """
    return _rendered(call, await call.service.resume(call.tenant, id))


async def steps(call: Call, id: str) -> v1.Steps:
    """Tell the steps of a job: state, executions, whether the result was found, provider and tier."""
    at = timing.now()
    return v1.Steps([step_of(call, step, at) for step in call.service.steps(call.tenant, id)])


async def timeline(call: Call, id: str) -> v1.Timeline:
    """Tell where the time went: waiting, fetching, each phase of the work, publishing."""
    job = call.service.job(call.tenant, id)
    end = job.finished_at or timing.now()
    bars = sorted(_bars(job, call.service.steps(call.tenant, id), end), key=lambda bar: bar.start)
    return v1.Timeline(timing.stamp(job.created_at), _seconds(job.created_at, end), bars)


async def log(call: Call, id: str, query: v1.LogQuery) -> v1.Log:
    """Read the job's log."""
    lines = call.service.events(call.tenant, id, after=query.after, kinds=("log",), limit=query.limit)
    return v1.Log([_line(event) for event in lines], lines[-1].seq if len(lines) == query.limit else None)


def _filter(tenant: str, query: v1.JobsQuery) -> JobFilter:
    if query.after is not None and not ids.SHAPE.match(query.after):
        raise InvalidParameter(f"after is {query.after!r}; give the `next` of the page before", field="after")
    return JobFilter(
        tenant=tenant,
        status=query.status,
        operator=query.operator,
        pipeline=query.pipeline,
        created_after=reading.instant(query.created_after, "created_after"),
        created_before=reading.instant(query.created_before, "created_before"),
        after=query.after,
        limit=query.limit + 1,  # One more than shown tells whether there is a next page.
    )


def _linked(call: Call, rendered: bytes) -> bytes:
    return call.service.links.fill(rendered, call.service.settings.public_url or call.base)


def _rendered(call: Call, job: Job) -> Rendered[v1.Job]:
    return Rendered(_linked(call, document.render(job)))


def step_of(call: Call, step: Step, at: float) -> v1.Step:
    return v1.Step(
        id=step.id,
        name=step.name,
        operator=step.operator,
        state=step.state,
        executions=step.executions,
        attempt=step.attempt,
        memo=step.memo,
        provider=step.made.provider if step.made else None,
        tier=step.made.tier if step.made else None,
        progress=round(step.progress, 2),
        phase=step.phase,
        seconds=None if step.started_at is None else _seconds(step.started_at, step.finished_at or at),
        started_at=_stamp(step.started_at),
        finished_at=_stamp(step.finished_at),
        error=_fault(step.failure),
        title=step.title,
        needs=list(step.needs),
        files=dict(_files(call, step)),
    )


def _files(call: Call, step: Step) -> Iterator[tuple[str, str]]:
    """Result field -> link, for the files that a step of a plan has handed on."""
    for path, address in addresses(step.result):
        bucket, _, key = address.removeprefix(OURS).partition("/")
        yield path, call.service.link(bucket, key, call.base)


def addresses(value: object, path: str = "") -> Iterator[tuple[str, str]]:
    """Dotted path and address of every object of our store in a result."""
    if isinstance(value, Mapping):
        for name, inner in value.items():
            yield from addresses(inner, f"{path}.{name}" if path else str(name))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from addresses(inner, f"{path}.{index}" if path else str(index))
    elif isinstance(value, str) and value.startswith(OURS):
        yield path, value


def _fault(failure: Failure | None) -> v1.Fault | None:
    if failure is None:
        return None
    return v1.Fault(failure.code, failure.message, failure.field, failure.retryable)


def _bars(job: Job, steps: list[Step], end: float) -> Iterator[v1.Bar]:
    yield v1.Bar("queue", None, 0.0, _seconds(job.created_at, job.started_at or end))
    for step in steps:
        for phase in step.phases:
            yield v1.Bar(phase.name, step.name, _seconds(job.created_at, phase.started_at), round(phase.seconds, 4))


def _line(event: Event) -> v1.LogLine:
    said = dict(event.data)
    level, message = str(said.pop("level", "info")), str(said.pop("message", ""))
    fields = said.pop("fields", said)
    return v1.LogLine(event.seq, timing.stamp(event.at), level, message, dict(fields))


def _seconds(start: float, end: float) -> float:
    # Two machines' clocks may differ by a little; no bar is of negative length.
    return round(max(0.0, end - start), 4)


def _stamp(at: float | None) -> str | None:
    return None if at is None else timing.stamp(at)
