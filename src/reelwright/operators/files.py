"""The file types of params and results.

A `files.*` field is text: in a job an address (`oss://bucket/key`, http(s), a link of
this server), inside an operator the path of a local file. `jobs.staging` turns the
one into the other before a run and back after it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Annotated, Any, Literal, get_origin

from pydantic import BaseModel, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

Kind = Literal["video", "audio", "image", "text", "any"]


@dataclass(frozen=True, slots=True)
class File:
    """Marks a string as a file of a kind; it shows in the JSON schema as `x-file`."""

    kind: Kind

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        shown = handler(schema)
        shown["x-file"] = self.kind
        return shown


Video = Annotated[str, File("video")]
Audio = Annotated[str, File("audio")]
Image = Annotated[str, File("image")]
Text = Annotated[str, File("text")]
Any_ = Annotated[str, File("any")]

Path = tuple[str | int, ...]
PLAIN = (str, int, float, bool, bytes, type(None), Ellipsis)


def fields(model: BaseModel) -> Iterator[tuple[Path, Kind, str]]:
    """Every file in a params or result model: its path, kind and value, in order of declaration."""
    for name, mark in _plan(type(model)):
        yield from _inside((name,), mark, getattr(model, name))


@cache
def _plan(model: type[BaseModel]) -> tuple[tuple[str, File | None], ...]:
    """The fields that can hold a file, with their marks. Worked out once: a submit walks its params each time."""
    marks = ((name, info, _mark(info)) for name, info in model.model_fields.items())
    return tuple((name, mark) for name, info, mark in marks if mark or not _is_plain(info.annotation))


def _is_plain(annotation: Any) -> bool:
    """Built of numbers, texts and the like, so that no model is in it."""
    inner = getattr(annotation, "__args__", ())
    if get_origin(annotation) is Literal:
        return True
    return annotation in PLAIN if not inner else all(map(_is_plain, inner))


def _mark(info: Any) -> File | None:
    for one in info.metadata:
        if isinstance(one, File):
            return one
    return _mark_in(info.annotation)


def _mark_in(annotation: Any) -> File | None:
    # A mark inside `X | None` or `tuple[X, ...]` is not lifted to the field by pydantic.
    for one in getattr(annotation, "__metadata__", ()):
        if isinstance(one, File):
            return one
    for inner in getattr(annotation, "__args__", ()):
        found = _mark_in(inner)
        if found:
            return found
    return None


def _inside(path: Path, mark: File | None, value: Any) -> Iterator[tuple[Path, Kind, str]]:
    if isinstance(value, BaseModel):
        for sub, kind, text in fields(value):
            yield path + sub, kind, text
    elif isinstance(value, (list, tuple)):
        for index, item in enumerate(value):
            yield from _inside((*path, index), mark, item)
    elif isinstance(value, str) and mark is not None:
        yield path, mark.kind, value


def replace(document: Any, path: Path, text: str) -> None:
    """Set the value at `path` of a dumped model (dicts and lists) in place."""
    *above, last = path
    for part in above:
        document = document[part]
    document[last] = text


def dotted(path: Path) -> str:
    return ".".join(str(part) for part in path)
