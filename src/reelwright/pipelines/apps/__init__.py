"""Built-in apps: graphs that do a whole piece of work, one JSON file each beside this one.

    {"title": {"en": …, "zh": …}, "summary": {"en": …, "zh": …},
     "inputs": [{"key": "LoadVideo.1.Film", "about": {"en": …, "zh": …}}, …],
     "graph": {…}}

`inputs` are the keys of AppParams that are worth setting, in the order to ask for them; every other key of the graph
may be set too (`pipelines.graph.keys`). Nothing is read before it is asked for.
"""

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

import msgspec


class Words(msgspec.Struct, frozen=True):
    """The same in both languages."""

    en: str
    zh: str

    def by(self, language: str) -> str:
        return self.zh if language.startswith("zh") else self.en


class Asked(msgspec.Struct, frozen=True):
    """A key that is worth setting."""

    key: str
    about: Words


class App(msgspec.Struct, frozen=True):
    title: Words
    summary: Words
    inputs: tuple[Asked, ...]
    graph: Mapping[str, Any]
    id: str = ""


@cache
def names() -> tuple[str, ...]:
    """Ids of the built-in apps, sorted."""
    beside = (one.name for one in files(__name__).iterdir())
    return tuple(sorted(name.removesuffix(".json") for name in beside if name.endswith(".json")))


@cache
def find(app_id: str) -> App | None:
    """The built-in app of that id; None if there is none."""
    if app_id not in names():
        return None
    content = (files(__name__) / f"{app_id}.json").read_bytes()
    app = msgspec.json.decode(content, type=App)
    return msgspec.structs.replace(app, id=app_id)
