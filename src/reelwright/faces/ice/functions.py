"""The functions of the vendor's IProduction jobs: which operator does each, its JobParams, its Result.

One entry each, those too that this server does not have, with the reason. The suffix of
`Output.Media` says in which format a file is written; without a suffix the operator's own
is added. A function with several files needs no placeholder: files that would lie on the
same key are numbered, so that none is lost.
"""

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from mimetypes import guess_type
from pathlib import PurePosixPath

from reelwright.errors import FunctionNotSupported, InvalidParameter
from reelwright.faces.codecs import MISSING
from reelwright.faces.ice.audio import Assessment, OneTrack
from reelwright.faces.ice.video import CAPTIONS, CLIP, DELOGO, DETEXT, DETEXT_MODELS, Address, BeautyKeys
from reelwright.faces.wire import (
    Codec,
    Document,
    Table,
    always,
    each,
    find,
    json_object,
    json_text,
    milliseconds,
    names,
    number,
    object_key,
    one_of,
    read,
)
from reelwright.jobs.job import DEFAULT_PIPELINE, DEFAULT_PRIORITY, Status
from reelwright.service import Submission

log = logging.getLogger(__name__)

FAMILY = "ice.iproduction"
NOTHING = json_text(always({}))
MODEL = {"still": "", "gif": "gif"}
COVER: Table = {"Score": "score", "Time": milliseconds("time", as_text=True), "Url": object_key("image")}
SUMMARY = json_object({"VideoSummaryList": each("clips", CLIP)}, path="result")
CHORUS: Table = {"start": number("start"), "end": number("end"), "title": "title"}


@dataclass(frozen=True, slots=True)
class Function:
    """`source`: the param that takes the input. `formats`: suffix of the output -> params that it implies.

    A function without formats writes no file. `models`: ModelId -> params that it implies; none where any will do.
    """

    name: str
    operator: str = ""
    source: str = ""
    takes: Table = field(default_factory=dict)
    gives: Codec = NOTHING
    formats: Mapping[str, Document] = field(default_factory=dict)
    because: str = ""
    models: Mapping[str, Document] = field(default_factory=dict)


def offered(
    name: str,
    *,
    operator: str,
    source: str,
    formats: Mapping[str, Document],
    takes: Table | None = None,
    gives: Codec = NOTHING,
    models: Mapping[str, Document] | None = None,
) -> Function:
    return Function(name, operator, source, takes or {}, gives, formats, models=models or {})


def missing(name: str, *, because: str) -> Function:
    return Function(name, because=because)


LIST = (
    offered(
        "Cover",
        operator="video.cover",
        source="video",
        takes={"Model": one_of("model", MODEL)},
        gives=json_text(each("result.covers", COVER)),
        formats={
            ".png": {"model": "still", "image_format": "png"},
            ".jpg": {"model": "still", "image_format": "jpg"},
            ".jpeg": {"model": "still", "image_format": "jpg"},
            ".gif": {"model": "gif"},
        },
    ),
    offered("VideoH2V", operator="video.portrait", source="video", formats={".mp4": {}}),
    offered("SpeechDenoise", operator="audio.denoise", source="audio", formats={".wav": {}}),
    offered("VideoClip", operator="video.summary", source="video", gives=json_text(SUMMARY), formats={".mp4": {}}),
    offered("VideoDelogo", operator="video.delogo", source="video", takes=DELOGO, formats={".mp4": {}}),
    offered(
        "VideoDetext",
        operator="video.detext",
        source="video",
        takes=DETEXT,
        formats={".mp4": {}},
        models=DETEXT_MODELS,
    ),
    offered(
        "CaptionExtraction",
        operator="video.captions",
        source="video",
        takes=CAPTIONS,
        formats={f".{name}": {"format": name} for name in ("srt", "vtt", "ass")},
    ),
    offered(
        "VideoGreenScreenMatting",
        operator="video.greenscreen",
        source="video",
        takes={"bgimage": Address("background")},
        # An MP4 has no transparency, so it needs a background.
        formats={
            ".mp4": {"alpha_format": "none"},
            ".webm": {"alpha_format": "webm"},
            ".mov": {"alpha_format": "prores"},
        },
    ),
    offered(
        "FaceBeauty",
        operator="video.beauty",
        source="video",
        takes={"beauty_params": BeautyKeys("")},
        formats={".mp4": {}},
    ),
    offered(
        "MusicSegmentDetect",
        operator="audio.chorus",
        source="audio",
        gives=json_text(each("result.choruses", CHORUS)),
        formats={".json": {}},
    ),
    offered("AudioBeatDetection", operator="audio.beats", source="audio", formats={".json": {}}),
    offered(
        "AudioQualityAssessment", operator="audio.quality", source="audio", gives=json_text(Assessment("")), formats={}
    ),
    offered(
        "AudioMixing",
        operator="audio.mix",
        source="audio",
        takes={"inputs": OneTrack("track", required=True)},
        formats={".wav": {}},
    ),
    offered("MusicDemix", operator="audio.demix", source="audio", formats={".wav": {}}),
)
FUNCTIONS: Mapping[str, Function] = {function.name: function for function in LIST}
OFFERED = tuple(function for function in LIST if function.operator)

NAMES: Mapping[str, str] = {
    "params.image_format": "Output.Media",
    "params.alpha_format": "Output.Media",
    "params.method": "ModelId",
    **{f"params.{function.source}": "Input.Media" for function in OFFERED},
    **{f"params.{path}": f"JobParams.{name}" for one in OFFERED for path, name in names(one.takes).items()},
}
"""Where a param of an operator came from, to tell a fault that is found behind the face."""


def submission(domain: Document) -> Submission:
    """What `SubmitIProductionJob` read, as a job of the function's operator. `source` is the address of the input."""
    function = _function(str(find(domain, "wire.function")))
    destination, pipeline = str(domain["destination"]), domain.get("pipeline")
    priority, wire = domain.get("priority", DEFAULT_PRIORITY), domain["wire"]
    assert isinstance(priority, int)
    assert isinstance(wire, Mapping)
    return Submission(
        operator=function.operator,
        params={
            function.source: domain["source"],
            **_params(function, domain.get("job_params"), destination),
            **_by_model(function, wire.get("model")),
        },
        pipeline=str(pipeline or DEFAULT_PIPELINE),
        priority=priority,
        destination=destination,
        face=FAMILY,
        wire=wire,
    )


def _function(name: str) -> Function:
    function = FUNCTIONS.get(name)
    if function is None:
        known = ", ".join(FUNCTIONS)
        raise FunctionNotSupported(f"there is no FunctionName {name!r}; known are {known}", field="FunctionName")
    if function.because:
        can = ", ".join(one.name for one in OFFERED)
        told = f"this server does not offer {name}: {function.because}; it offers {can}"
        raise FunctionNotSupported(told, field="FunctionName")
    return function


def _params(function: Function, given: object, destination: str) -> dict[str, object]:
    """JobParams as params of the operator, with those that the output's suffix implies."""
    job_params = given if isinstance(given, Mapping) else {}
    params = read(function.takes, job_params, within="JobParams.")
    unknown = sorted(job_params.keys() - function.takes.keys())
    if unknown:
        # The vendor ignores them too; the log is where a user who misspelt one can find it.
        log.info("job params ignored", extra={"function": function.name, "ignored": unknown})
    for name, value in _implied(function, destination).items():
        if params.setdefault(name, value) != value:
            suffix = PurePosixPath(destination).suffix
            told = f"Output.Media ends in {suffix}, but {NAMES[f'params.{name}']} asks for another format; "
            raise InvalidParameter(told + "let both say the same", field="Output.Media")
    return params


def _by_model(function: Function, given: object) -> Document:
    """What the ModelId implies. Functions with one model only take any, as the vendor does."""
    name = str(given or "")
    if function.models and name not in function.models:
        known = ", ".join(map(repr, function.models))
        raise InvalidParameter(f"ModelId is {name!r}; {function.name} knows {known}", field="ModelId")
    return function.models.get(name, {})


def _implied(function: Function, destination: str) -> Document:
    suffix = PurePosixPath(destination).suffix.lower()
    if suffix in function.formats or not function.formats:
        # A function that writes no file is given an output all the same; nothing is put there.
        return function.formats.get(suffix, {})
    if guess_type(f"any{suffix}")[0] is not None:
        known = ", ".join(function.formats)
        told = f"Output.Media ends in {suffix}, but {function.name} writes {known}; mend the suffix or leave it out"
        raise InvalidParameter(told, field="Output.Media")
    return {}


@dataclass(frozen=True, slots=True)
class FunctionResult(Codec):
    """`Result`: what the job's function tells, or why the job failed; nothing before the end. Only written."""

    def give(self, value: object) -> object:
        status = find(value, "status")
        if status == Status.SUCCEEDED:
            gives = FUNCTIONS[str(find(value, "wire.function"))].gives
            return gives.give(find(value, gives.path))
        if status == Status.FAILED or status == Status.CANCELLED:
            return FAILURE.give(value)
        return MISSING


CANCELLED = {"Code": "Cancelled", "Message": "the job was cancelled"}


@dataclass(frozen=True, slots=True)
class Failure(Codec):
    """The vendor's model has no field for the reason of a failure, so it stands where the result would."""

    def give(self, value: object) -> object:
        failure = find(value, "failure")
        if failure is None or failure is MISSING:
            return CANCELLED
        return {"Code": find(failure, "code"), "Message": find(failure, "message")}


FAILURE = json_text(Failure(""))
