"""How the kinds that make clips write their configs: where clips go, and what is told of each.

`OutputConfig` comes in two forms: bucket, key and size (`Bucket`, `ObjectKey`, `Width`, `Height`), or one address
(`MediaURL`). `{index}` in either becomes a number. Without an address the clips become assets of the library.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePosixPath
from typing import Any

from reelwright.errors import InvalidParameter
from reelwright.faces.codecs import MISSING, Codec, find, read
from reelwright.faces.ice import library
from reelwright.faces.objects import LinkTo
from reelwright.faces.request import shown
from reelwright.faces.wire import Desk, Document, Table, boolean, integer, json_object, text
from reelwright.jobs import library as assets
from reelwright.jobs.document import LINK
from reelwright.jobs.job import Job
from reelwright.service import Submission

INDEX, NUMBER = "{index}", "{sequenceId}"
TARGETS = ("", "oss-object", "vod-media")
LEAST_SIDE, MOST_SIDE = 64, 4096

OUTPUT: Table = {
    "OutputMediaTarget": text("target"),
    "Bucket": text("bucket"),
    "ObjectKey": text("key"),
    "MediaURL": text("url"),
    "Width": integer("width", least=LEAST_SIDE, most=MOST_SIDE),
    "Height": integer("height", least=LEAST_SIDE, most=MOST_SIDE),
    "ExportAsNewMedia": boolean("as_assets"),
    "NeedExport": boolean("export"),
    "Count": integer("count", least=1),
}
OUTPUT_ROW = {"OutputConfig": json_object(OUTPUT, path="output")}
SIZES = {"params.width": "OutputConfig.Width", "params.height": "OutputConfig.Height"}


@dataclass(frozen=True, slots=True)
class Place:
    """Where clips go: an address, entries for `wire`, the params of their size, and how the wire calls it."""

    destination: str | None
    wire: Mapping[str, Any]
    params: Mapping[str, object]
    names: Mapping[str, str]


def place(domain: Document, desk: Desk, name: str, *, roles: tuple[str, ...], media: int = 0) -> Place:
    """By what was read as `output`. `name`: of clips that were given no address; `roles`: result fields that land."""
    output = domain.get("output")
    given = output if isinstance(output, Mapping) else {}
    if given.get("target", "") not in TARGETS or given.get("target") == "vod-media":
        told = f"OutputConfig.OutputMediaTarget is {shown(given['target'])}; this server writes to oss-object only"
        raise InvalidParameter(told, field="OutputConfig.OutputMediaTarget")
    size = {side: given[side] for side in ("width", "height") if side in given}
    where, field, shown_as = _address(given)
    title = find(domain, "wire.title")
    lands = library.lands(desk, title="" if title is MISSING else str(title), kind="video", roles=roles, media=media)
    if not where:
        names = {**SIZES, "destination": "OutputConfig"}
        return Place(library.destination(desk, f"{name}-{NUMBER}"), lands, size, names)
    wire: dict[str, Any] = {"output": shown_as}
    if given.get("as_assets", False) or media:
        wire |= lands
    return Place(where, wire, size, {**SIZES, "destination": field})


def _address(given: Mapping[str, object]) -> tuple[str, str, dict[str, str]]:
    """The template of the outputs' addresses, which field says it, and what `OutputConfig` shows of it."""
    bucket, key, url = (str(given.get(name, "")) for name in ("bucket", "key", "url"))
    if url:
        return _numbered(url), "OutputConfig.MediaURL", {"object": url}
    if bool(bucket) != bool(key):
        missing = "ObjectKey" if bucket else "Bucket"
        told = f"OutputConfig.{missing} is missing; give Bucket and ObjectKey, or neither to have assets made"
        raise InvalidParameter(told, field=f"OutputConfig.{missing}")
    if not bucket:
        return "", "OutputConfig", {}
    return _numbered(f"oss://{bucket}/{key}"), "OutputConfig.ObjectKey", {"bucket": bucket, "object": key}


def _numbered(template: str) -> str:
    """The suffix is left to the files: a contact sheet beside the clips is no film."""
    suffix = PurePosixPath(template).suffix
    template = template.removesuffix(suffix) if suffix.lower() == ".mp4" else template
    return template.replace(INDEX, NUMBER)


# ---- once only

ONCE: Table = {"ClientToken": text("token", most=64)}
Wanted = Callable[[Document, Desk], Submission]


def once(action: str, wanted: Wanted) -> Wanted:
    """The same submission, which a repeated request with its `ClientToken` does not make a second time."""

    def made(domain: Document, desk: Desk) -> Submission:
        token = domain.get("token")
        submission = wanted(domain, desk)
        return (
            replace(submission, token=token, token_scope=action, asked=domain) if isinstance(token, str) else submission
        )

    return made


# ---- the medium

MEDIUM: Table = {"Type": text("type"), "Media": text("media", required=True)}
ITEM: Table = {"MediaId": text("id"), "MediaURL": text("url")}


@dataclass(frozen=True, slots=True)
class Media(Codec):
    """A list of media ids and addresses, as texts or as `{"MediaId": …}` or `{"MediaURL": …}`. Only read."""

    most: int = 5

    def take(self, value: object, name: str) -> list[str]:
        if not isinstance(value, Sequence) or isinstance(value, str) or not value:
            raise InvalidParameter(f"{name} is {shown(value)}; give a list of media", field=name)
        if len(value) > self.most:
            raise InvalidParameter(f"{name} has {len(value)} media; give at most {self.most}", field=name)
        return [self._one(one, f"{name}.{number}") for number, one in enumerate(value)]

    def _one(self, one: object, name: str) -> str:
        said = read(ITEM, one, within=f"{name}.") if isinstance(one, Mapping) else {"id": one}
        found = said.get("id") or said.get("url")
        if not isinstance(found, str) or not found:
            raise InvalidParameter(f"{name} is {shown(one)}; give MediaId or MediaURL", field=name)
        return found

    @property
    def keeps_empty(self) -> bool:
        return False


# ---- what is told


@dataclass(frozen=True, slots=True)
class Clips(Codec):
    """What a finished job tells of its clips: times, title and address of each, by its path. Only written.

    `of`: the result's field. Scores and reasons are told where the result has them.
    """

    of: str = "clips"

    def give(self, value: object) -> dict[str, object]:
        clips = find(value, f"result.{self.of}")
        ids = _asset_ids(value)
        return {"Clips": [_clip(one, ids) for one in clips] if isinstance(clips, Sequence) else []}


def _clip(one: object, ids: Mapping[str, str]) -> dict[str, object]:
    mark = find(one, "video")
    told = {
        "In": _rounded(find(one, "start")),
        "Out": _rounded(find(one, "end")),
        "Title": find(one, "title"),
        "Score": find(one, "score"),
        "Reason": find(one, "reason"),
        "MediaIndex": find(one, "film"),
        "MediaUrl": address(mark) if isinstance(mark, str) else None,
        "MediaId": ids.get(str(mark)),
    }
    return {name: value for name, value in told.items() if value is not None and value is not MISSING}


def _rounded(seconds: object) -> float | None:
    return round(float(seconds), 6) if isinstance(seconds, int | float) else None


@dataclass(frozen=True, slots=True)
class FirstFile(Codec):
    """A download link of the job's first output. Only written."""

    def give(self, value: object) -> object:
        outputs = find(value, "outputs")
        return LinkTo("").give(outputs[0]) if isinstance(outputs, Sequence) and outputs else MISSING


def address(mark: str) -> str:
    """`oss://bucket/key` of a file in a published result: a link would die, and this text is kept."""
    return f"oss://{mark.removeprefix(LINK)}"


def _asset_ids(job: object) -> dict[str, str]:
    """Mark of a file -> the asset it became."""
    made = assets.made(job) if isinstance(job, Job) else []
    landed = [one for one in job.outputs if _lands(job, one.role)] if isinstance(job, Job) else []
    return {f"{LINK}{one.bucket}/{one.key}": asset for one, asset in zip(landed, made, strict=False)}


def _lands(job: Job, role: str) -> bool:
    roles = find(job, f"wire.{assets.LANDS}.roles")
    return not isinstance(roles, Sequence) or not roles or role.partition(".")[0] in roles
