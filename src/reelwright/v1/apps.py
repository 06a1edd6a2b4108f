"""Apps: graphs that are kept under a name."""

from typing import Annotated, Any

from msgspec import Meta

from reelwright.jobs.job import DEFAULT_PIPELINE, DEFAULT_PRIORITY, LEAST_URGENT, MOST_URGENT
from reelwright.v1.base import MAX_SEED, Instant, Reply, Request


class AppKey(Reply, frozen=True):
    """An input of an app's graph that is set from outside."""

    key: Annotated[str, Meta(description="`<class_type>.<node id>.<Field>`, as in AppParams.")]
    aliases: Annotated[list[str], Meta(description="Other names of the same.")]
    file: Annotated[str | None, Meta(description="Kind of the file that it names; null for a plain value.")]
    required: Annotated[bool, Meta(description="The app does not run without it.")]
    value: Annotated[Any, Meta(description="What the graph has there; null for nothing.")]
    about: Annotated[str, Meta(description="What it is, where the app says so.")] = ""


class AppSummary(Reply, frozen=True):
    id: str
    title: str
    summary: str
    builtin: Annotated[bool, Meta(description="Comes with the server; cannot be changed or removed.")]
    keys: Annotated[list[str], Meta(description="What is worth setting; all that can be is told by the app itself.")]


class Apps(Reply, frozen=True):
    apps: Annotated[list[AppSummary], Meta(description="The built-in ones first.")]


class App(Reply, frozen=True):
    id: str
    title: str
    summary: str
    builtin: bool
    graph: Annotated[dict[str, Any], Meta(description="In ComfyUI's API format.")]
    keys: list[AppKey]
    notes: Annotated[list[str], Meta(description="What the graph says that changes nothing here.")]
    created_at: Instant | None = None
    changed_at: Instant | None = None


class AppWanted(Request, frozen=True):
    """An app to keep, in place of one of the same id."""

    id: Annotated[str, Meta(description="Letters, digits, `_`, `.`, `-`.", min_length=1, max_length=64)]
    graph: Annotated[dict[str, Any], Meta(description="In ComfyUI's API format.")]
    title: Annotated[str, Meta(description="What people call it; else its id.", max_length=500)] = ""


class AppRun(Request, frozen=True):
    """Values of an app's keys, and how its job is to be run."""

    params: Annotated[dict[str, Any], Meta(description="Key -> value; files are named by their addresses.")] = {}
    pipeline: Annotated[str, Meta(description="Name of the queue that the job waits in.")] = DEFAULT_PIPELINE
    priority: Annotated[int, Meta(description=f"{LEAST_URGENT} to {MOST_URGENT}; larger is more urgent.")] = (
        DEFAULT_PRIORITY
    )
    fresh: Annotated[bool, Meta(description="Run even if results of the same steps are known.")] = False
    seed: Annotated[int, Meta(ge=0, le=MAX_SEED, description="Of the nodes that have none of their own.")] = 0
    callback: Annotated[
        Annotated[str, Meta(min_length=1, max_length=2048)] | None,
        Meta(description="An http(s) address that the end of the job is posted to."),
    ] = None
