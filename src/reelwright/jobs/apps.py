"""Apps of a tenant: graphs that are kept under an id, to be run by their keys. The built-in ones are everybody's.

app = apps.find(service.kept, tenant, "audiogram")
wanted = apps.submission(app.graph, {"LoadAudio.1.Sound": "oss://media/talk.wav"}, title=app.title)
await service.submit(tenant, Submission(operator=apps.PLAN, params=wanted))
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import msgspec

from reelwright.errors import Conflict, InvalidParameter, NotFound
from reelwright.jobs.records import Entry, Keeping, Kept, Shelf
from reelwright.pipelines import apps as builtin
from reelwright.pipelines.graph import checking, keys

PLAN = "graph"
"""Name of the plan that runs an app."""
ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}")
MOST_BYTES = 1 << 20  # of a graph
MOST_APPS = 1000  # of a tenant


class Body(msgspec.Struct, frozen=True):
    """What is kept of an app."""

    title: str
    graph: dict[str, Any]
    summary: str = ""


APPS = Shelf("app", Body)


@dataclass(frozen=True, slots=True)
class App:
    """`created_at` and `changed_at` are None for a built-in one."""

    id: str
    title: str
    summary: str
    graph: Mapping[str, Any]
    asked: Mapping[str, str]
    """Keys that are worth setting, and what they are; empty for one that does not say."""
    created_at: float | None = None
    changed_at: float | None = None

    @property
    def is_builtin(self) -> bool:
        return self.created_at is None


def find(kept: Kept, tenant: str, app_id: str, *, language: str = "en") -> App:
    """The app of that id. Raises `NotFound`."""
    own = builtin.find(app_id)
    if own is not None:
        return _shown(own, language)
    entry = APPS.get(kept, tenant, app_id)
    if entry is None:
        raise NotFound(f"there is no app {app_id!r}; `GET /v1/apps` lists those that there are", field="id")
    return _own(entry)


def everything(kept: Kept, tenant: str, *, language: str = "en") -> list[App]:
    """The built-in apps, then the tenant's own by their ids."""
    ours = [_shown(one, language) for name in builtin.names() if (one := builtin.find(name))]
    entries = APPS.page(kept, tenant, newest_first=False, limit=MOST_APPS)
    return [*ours, *(_own(one) for one in entries)]


def check(app_id: str, graph: Mapping[str, Any]) -> None:
    """Can this be kept? Raises what is wrong with the id, or all that is wrong with the graph.

    A graph whose load nodes wait for their files is right.
    """
    if not ID.fullmatch(app_id):
        raise InvalidParameter(
            f"id is {app_id!r}; use 1 to 64 letters, digits, `_`, `.`, `-`, with a letter or digit first", field="id"
        )
    if builtin.find(app_id) is not None:
        raise Conflict(f"{app_id!r} is a built-in app; choose another id", field="id")
    size = len(msgspec.json.encode(graph))
    if size > MOST_BYTES:
        raise InvalidParameter(f"graph has {size} bytes; {MOST_BYTES} are the most", field="graph")
    checking.checked(graph, of_app=True)


def put(tx: Keeping, tenant: str, app_id: str, title: str, graph: Mapping[str, Any], *, now: float) -> App:
    """Keep an app that `check` has passed, in place of one of the same id."""
    if APPS.get(tx, tenant, app_id) is None and APPS.count(tx, tenant) >= MOST_APPS:
        raise Conflict(f"there are {MOST_APPS} apps, which are the most; remove one", field="id")
    return _own(APPS.put(tx, tenant, app_id, Body(title, dict(graph)), now=now))


def remove(tx: Keeping, tenant: str, app_id: str) -> None:
    if builtin.find(app_id) is not None:
        raise Conflict(f"{app_id!r} is a built-in app, which stays", field="id")
    if not APPS.delete(tx, tenant, app_id):
        raise NotFound(f"there is no app {app_id!r}; `GET /v1/apps` lists those that there are", field="id")


def submission(graph: Mapping[str, Any], given: Mapping[str, Any], *, title: str = "") -> dict[str, Any]:
    """Params of the plan, for an app's graph and values of its keys. Raises `InvalidParameter` for unknown keys."""
    wanted = keys.put(graph, given)
    files = [{"key": key, "file": file} for key, file in wanted.files]
    return {"graph": wanted.graph, "files": files, "title": title}


def _own(entry: Entry[Body]) -> App:
    body = entry.body
    return App(entry.id, body.title, body.summary, body.graph, {}, entry.created_at, entry.changed_at)


def _shown(app: builtin.App, language: str) -> App:
    asked = {one.key: one.about.by(language) for one in app.inputs}
    return App(app.id, app.title.by(language), app.summary.by(language), app.graph, asked)
