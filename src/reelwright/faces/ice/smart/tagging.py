"""Smart tags: a film in, labels, people, words and facts out, each kind of result as a JSON text of its own.

`SubmitSmarttagJob` and `QuerySmarttagJob` have words of their own for states and are no part of the smart jobs'
family; `SubmitMediaAiAnalysisJob` is. The shapes of `VideoLabel`, `TextLabel`, `OCR` and `ASR` are the vendor's.
Nobody is recognised: people are told by number and time, as `unknown`. Templates and face libraries change nothing.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from reelwright.faces.codecs import MISSING, Codec, find
from reelwright.faces.ice import library, notices
from reelwright.faces.ice.smart.clips import MEDIUM
from reelwright.faces.ice.smart.kinds import Kind
from reelwright.faces.wire import (
    Desk,
    Document,
    Table,
    any_object,
    boolean,
    integer,
    json_object,
    json_text,
    one_of,
    query,
    short_text,
    submit,
    text,
)
from reelwright.jobs.job import LEAST_URGENT, MOST_URGENT, Status
from reelwright.service import Submission

FAMILY = "ice.smarttag"
OPERATOR = "video.tags"
MOST_TITLE, MOST_CONTENT, MOST_USER_DATA = 256, 1024, 1024  # bytes
STATUS = {
    Status.QUEUED: "Submitted",
    Status.RUNNING: "Processing",
    Status.SUSPENDED: "Submitted",
    Status.SUCCEEDED: "Success",
    Status.FAILED: "Fail",
    Status.CANCELLED: "Fail",
}
RESULT_TYPES = {"auto": "auto", "hmi": "hmi"}
GROUPS = {  # our groups of labels -> the vendor's main tag
    "people": "People",
    "motion": "Motion",
    "light": "Light",
    "colour": "Colour",
    "sound": "Sound",
    "text": "Text",
    "editing": "Editing",
    "thing": "Thing",
}

# ---- asking

WISHES: Table = {
    "needAsrData": boolean("asr"),
    "needOcrData": boolean("ocr"),
    "needMetaData": boolean("meta"),
}


def wanted(domain: Document, desk: Desk) -> Submission:
    medium, wire = domain["medium"], domain.get("wire", {})
    assert isinstance(wire, Mapping)
    source = library.source(desk, str(find(medium, "media")), field="Input.Media", kind=_kind(medium))
    callback = domain.get("notify")
    return Submission(
        operator=OPERATOR,
        params={"media": source, **_params(domain.get("wishes"), wire)},
        priority=_priority(domain),
        pipeline=str(domain.get("pipeline") or "default"),
        face=FAMILY,
        wire={**wire, "event": notices.SMART_JOB_COMPLETE, "type": "Smarttag", "wishes": domain.get("wishes", {})},
        callback=str(callback) if callback else None,
        names={"params.media": "Input.Media", "callback": "NotifyUrl", "pipeline": "ScheduleConfig.PipelineId"},
    )


def _kind(medium: object) -> str:
    kind = find(medium, "type")
    return kind if isinstance(kind, str) else ""


def _priority(domain: Document) -> int:
    given = domain.get("priority")
    return given if isinstance(given, int) else Submission("", {}).priority


def _params(wishes: object, wire: Mapping[str, Any]) -> dict[str, object]:
    """The operator's, by what is wanted beside the labels."""
    asr, ocr = (find(wishes, name) is True for name in ("asr", "ocr"))
    told = {"title": wire.get("title"), "text": wire.get("content")}
    return {
        **{name: value for name, value in told.items() if value},
        "read": "all" if ocr else "some",
        **({"transcribe": True} if asr else {}),
    }


# ---- telling


@dataclass(frozen=True, slots=True)
class Results(Codec):
    """`{"Result": [{"Type", "Data"}]}` of a job that succeeded. Only written."""

    def give(self, value: object) -> object:
        if find(value, "status") != Status.SUCCEEDED:
            return MISSING
        found = {name: data for name, data in results(value).items() if data is not None}
        return {"Result": [{"Type": name, "Data": msgspec.json.encode(data).decode()} for name, data in found.items()]}


def results(job: object) -> dict[str, object]:
    """What is told of a finished job, by its type; None where it was not asked for."""
    wishes = find(job, "wire.wishes")
    asr, ocr, meta = (find(wishes, name) is True for name in ("asr", "ocr", "meta"))
    result = find(job, "result")
    return {
        "VideoLabel": _video_label(result),
        "TextLabel": {"tags": [{"name": "Keyword", "value": one} for one in _list(result, "keywords")]},
        "ASR": _asr(result) if asr else None,
        "OCR": _ocr(result) if ocr else None,
        "Meta": _meta(job, result) if meta else None,
    }


def _video_label(result: object) -> dict[str, object]:
    length = float(find(result, "length"))  # type: ignore[arg-type]
    labels = _list(result, "labels")
    return {
        "persons": _persons(result),
        "tags": [_tag(one, length) for one in labels if find(one, "group") in GROUPS],
        "classifications": [
            {"score": find(one, "score"), "category1": find(one, "name"), "category2": ""}
            for one in labels
            if find(one, "group") == "category"
        ],
    }


def _tag(label: object, length: float) -> dict[str, object]:
    spans = [(float(find(one, "start")), float(find(one, "end"))) for one in _list(label, "spans")]  # type: ignore[arg-type]
    score = find(label, "score")
    return {
        "mainTagName": GROUPS[str(find(label, "group"))],
        "subTagName": find(label, "name"),
        "ratio": round(min(1.0, sum(end - start for start, end in spans) / max(length, 1e-9)), 4),
        "occurrences": [{"score": score, "from": start, "to": end} for start, end in spans],
    }


def _persons(result: object) -> list[dict[str, object]]:
    """One entry for all of them: who they are is not known."""
    scenes = [one for one in _list(result, "scenes") if find(one, "faces")]
    if not scenes:
        return []
    occurrences = [
        {"score": 1.0, "from": find(one, "start"), "to": find(one, "end"), "count": find(one, "faces")}
        for one in scenes
    ]
    ratio = find(result, "face_share")
    return [{"name": "unknown", "category": "unknown", "ratio": ratio, "occurrences": occurrences}]


def _asr(result: object) -> dict[str, object]:
    return {
        "details": [
            {"from": find(one, "start"), "to": find(one, "end"), "content": find(one, "text")}
            for one in _list(result, "sentences")
        ]
    }


def _ocr(result: object) -> dict[str, object]:
    """By the moment that a line is first seen."""
    moments: dict[object, list[dict[str, object]]] = {}
    for one in _list(result, "lines"):
        edges = {name: find(one, name) for name in ("left", "top", "right", "bottom")}
        moments.setdefault(find(one, "start"), []).append(
            {
                "score": round(100 * float(find(one, "score")), 2),  # type: ignore[arg-type]
                "content": find(one, "text"),
                "position": {
                    "leftTop": [edges["left"], edges["top"]],
                    "rightBottom": [edges["right"], edges["bottom"]],
                },
                "to": find(one, "end"),
            }
        )
    return {"details": [{"timestamp": time, "info": info} for time, info in moments.items()]}


def _meta(job: object, result: object) -> dict[str, object]:
    title = find(job, "wire.title")
    facts = {name: find(result, name) for name in ("length", "width", "height", "sound")}
    told = {"title": title if isinstance(title, str) else "", **facts}
    return {name: value for name, value in told.items() if value is not MISSING and value is not None}


@dataclass(frozen=True, slots=True)
class Usages(Codec):
    """Seconds of media that were looked at. Only written."""

    def give(self, value: object) -> object:
        seconds = find(value, "result.length")
        if not isinstance(seconds, int | float):
            return MISSING
        return {"Usage": [{"Type": "Duration", "Quota": math.ceil(seconds)}]}


def _list(document: object, path: str) -> Sequence[object]:
    found = find(document, path)
    return found if isinstance(found, Sequence) and not isinstance(found, str) else []


# ---- operations

SCHEDULE: Table = {
    "PipelineId": text("pipeline"),
    "Priority": integer("priority", least=LEAST_URGENT, most=MOST_URGENT),
}
TAGGING = (
    submit(
        "SubmitSmarttagJob",
        takes={
            "Title": short_text("wire.title", most_bytes=MOST_TITLE),
            "Content": short_text("wire.content", most_bytes=MOST_CONTENT),
            "Input": json_object(MEDIUM, path="medium", required=True),
            "NotifyUrl": text("notify"),
            "Params": json_object(WISHES, path="wishes"),
            "ScheduleConfig": json_object(SCHEDULE),
            "TemplateConfig": any_object("wire.template_config"),
            "TemplateId": text("wire.template"),
            "UserData": short_text("wire.user_data", most_bytes=MOST_USER_DATA),
        },
        gives={"JobId": "id"},
        family=FAMILY,
        wanted=wanted,
    ),
    query(
        "QuerySmarttagJob",
        takes={
            "JobId": text("id", required=True),
            "Params": json_object({"labelResultType": one_of("kind", RESULT_TYPES)}, path="wishes"),
        },
        gives={
            "JobStatus": one_of("status", STATUS),
            "Results": Results(""),
            "Usages": Usages(""),
            "UserData": "wire.user_data",
        },
        family=FAMILY,
    ),
)


# ---- MediaAiAnalysis


def analysis(domain: Document, desk: Desk) -> Submission:
    given = domain.get("given")
    assert isinstance(given, str)
    return Submission(
        operator=OPERATOR,
        params={"media": library.source(desk, given, field="Input"), **_params(domain.get("wishes"), {})},
        wire={"input_file": given, "wishes": domain.get("wishes", {}), "media_id": given},
        names={"params.media": "Input"},
    )


@dataclass(frozen=True, slots=True)
class Medium(Codec):
    """An id or address as it is, or `{"Type", "Media"}`. Only read."""

    def take(self, value: object, name: str) -> str:
        if isinstance(value, str) and value.lstrip().startswith("{"):
            return str(find(json_object(MEDIUM).take(value, name), "media"))
        return str(text("").take(value, name))

    @property
    def keeps_empty(self) -> bool:
        return False


@dataclass(frozen=True, slots=True)
class Tags(Codec):
    """All results in one document. Only written."""

    def give(self, value: object) -> object:
        return {name: data for name, data in results(value).items() if data is not None}


MEDIA_AI_ANALYSIS = Kind(
    job_type="MediaAiAnalysis",
    action="SubmitMediaAiAnalysisJob",
    wanted=analysis,
    takes={
        "Input": Medium("given", required=True),
        "AnalysisParams": (json_object(WISHES, path="wishes"), text("wire.job_parameters")),
    },
    gives={"MediaId": "wire.media_id", "JobId": "id"},
    result={"AiResult": json_text(Tags("")), "MediaId": "wire.media_id"},
)
