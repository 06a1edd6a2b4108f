"""Every operation of the native face, one entry each. The OpenAPI document and the docs page are made from it."""

from reelwright import v1
from reelwright.faces.native import apps, callbacks, catalogue, jobs, plans, server, storyboard
from reelwright.faces.native.operation import Operation, served

SUBMIT = Operation(
    "POST",
    "/v1/jobs",
    "Submit a job.",
    description="Answers 201 once the job is on disk, or 200 if its idempotency key was used for the same request.",
    body=v1.Submit,
    gives=v1.Submitted,
    status=201,
)
DOCUMENT = Operation(
    "GET",
    "/v1/jobs/{id}",
    "Show a job.",
    description="State, progress, result and the outputs with download links; on failure, why.",
    gives=v1.Job,
)
EVENTS = Operation(
    "GET",
    "/v1/jobs/{id}/events",
    "Follow a job as a stream of events (SSE).",
    description="Resumable by `Last-Event-ID`. Ends after the job's last event; 204 if that was seen already.",
    query=v1.EventsQuery,
    gives=v1.Event,
    media_type="text/event-stream",
)

OPERATIONS = (
    SUBMIT,
    DOCUMENT,
    EVENTS,
    served("GET", "/v1/jobs", jobs.jobs),
    served("DELETE", "/v1/jobs/{id}", jobs.cancel),
    served("POST", "/v1/jobs/{id}/cancel", jobs.cancel),
    served("POST", "/v1/jobs/{id}/retry", jobs.retry),
    served("POST", "/v1/jobs/{id}/resume", jobs.resume),
    served("GET", "/v1/jobs/{id}/steps", jobs.steps),
    served("PATCH", "/v1/jobs/{id}/steps/{step}", plans.change_step),
    served("GET", "/v1/jobs/{id}/plan", plans.plan),
    served("GET", "/v1/jobs/{id}/plan.svg", plans.picture, media_type="image/svg+xml"),
    served("GET", "/v1/jobs/{id}/storyboard", plans.storyboard, media_type="text/html", headers=storyboard.HEADERS),
    served("GET", "/v1/jobs/{id}/timeline", jobs.timeline),
    served("GET", "/v1/jobs/{id}/log", jobs.log),
    served("GET", "/v1/operators", catalogue.list_operators),
    served("GET", "/v1/operators/{name}", catalogue.operator),
    served("GET", "/v1/apps", apps.list_apps),
    served("POST", "/v1/apps", apps.put_app, status=201),
    served("GET", "/v1/apps/{id}", apps.app),
    served("DELETE", "/v1/apps/{id}", apps.remove_app),
    served("POST", "/v1/apps/{id}/jobs", apps.run_app, status=201),
    served("GET", "/v1/pipelines", server.pipelines),
    served("GET", "/v1/pipelines/{name}", server.pipeline),
    served("PUT", "/v1/pipelines/{name}", server.put_pipeline),
    served("DELETE", "/v1/pipelines/{name}", server.delete_pipeline),
    served("GET", "/v1/callbacks", callbacks.callbacks),
    served("GET", "/v1/callbacks/secret", callbacks.secret),
    served("POST", "/v1/callbacks/secret", callbacks.rotate_secret),
    served("GET", "/v1/callbacks/{id}", callbacks.callback),
    served("POST", "/v1/callbacks/{id}/redeliver", callbacks.redeliver),
    served("POST", "/v1/keys", server.create_key, status=201),
    served("GET", "/v1/server", server.server),
)
