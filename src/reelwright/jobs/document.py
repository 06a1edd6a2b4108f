"""The native reply about a job, rendered once when the ledger writes it.

A link is minted for one hour and one host, so it cannot be rendered ahead: where a
reply shows one the document holds `rw-link:<bucket>/<key>` and the face replaces it.
"""

from typing import Any

import msgspec

from reelwright.jobs.job import Job
from reelwright.timing import stamp

LINK = "rw-link:"
_encode = msgspec.json.Encoder().encode


def render(job: Job) -> bytes:
    return _encode(as_dict(job))


def as_dict(job: Job) -> dict[str, Any]:
    return {
        "id": job.id,
        "status": job.status.value,
        "operator": job.operator,
        "progress": round(job.progress, 2),
        "params": job.params,
        "pipeline": job.pipeline,
        "priority": job.priority,
        "fresh": job.fresh,
        "seed": job.seed,
        "created_at": stamp(job.created_at),
        "started_at": None if job.started_at is None else stamp(job.started_at),
        "finished_at": None if job.finished_at is None else stamp(job.finished_at),
        "expires_at": stamp(job.expires_at),
        "result": job.result,
        "outputs": [
            {
                "name": one.name,
                "role": one.role,
                "uri": f"oss://{one.bucket}/{one.key}",
                "url": f"{LINK}{one.bucket}/{one.key}",
                "size": one.size,
                "sha256": one.sha256,
                "media_type": one.media_type,
            }
            for one in job.outputs
        ],
        "made_by": None
        if job.made is None
        else {"provider": job.made.provider, "tier": job.made.tier, "models": dict(job.made.models)},
        "error": None
        if job.failure is None
        else {
            "code": job.failure.code,
            "message": job.failure.message,
            "field": job.failure.field,
            "retryable": job.failure.retryable,
        },
        "usage": {
            "cpu_seconds": round(job.usage.cpu_seconds, 3),
            "wall_seconds": round(job.usage.wall_seconds, 3),
            "bytes_in": job.usage.bytes_in,
            "bytes_out": job.usage.bytes_out,
            "media_seconds": round(job.usage.media_seconds, 3),
        },
        "face": job.face,
        "revision": job.revision,
    }
