"""Smart tags: a film in, labels, people, words and facts out, each kind of result as a JSON text of its own.

`SubmitSmarttagJob` and `QuerySmarttagJob` have words of their own for states and are no part of the smart jobs'
family; `SubmitMediaAiAnalysisJob` is. The shapes of `VideoLabel`, `TextLabel`, `OCR` and `ASR` are the vendor's.
Nobody is recognised: people are told by number and time, as `unknown`. Templates and face libraries change nothing.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from reelwright.faces.codecs import MISSING, Codec, find
from reelwright.faces.ice import library, notices
from reelwright.faces.ice.smart.clips import MEDIUM
from reelwright.faces.ice.smart.kinds import Kind
from reelwright.faces.ice.tag_results import STATUS, results, typed
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
RESULT_TYPES = {"auto": "auto", "hmi": "hmi"}
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
        wire={
            **wire,
            **library.analyses(desk, source),
            "event": notices.SMART_JOB_COMPLETE,
            "type": "Smarttag",
            "wishes": domain.get("wishes", {}),
        },
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
        return {"Result": typed(value)} if find(value, "status") == Status.SUCCEEDED else MISSING


@dataclass(frozen=True, slots=True)
class Usages(Codec):
    """Seconds of media that were looked at. Only written."""

    def give(self, value: object) -> object:
        seconds = find(value, "result.length")
        if not isinstance(seconds, int | float):
            return MISSING
        return {"Usage": [{"Type": "Duration", "Quota": math.ceil(seconds)}]}


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
    source = library.source(desk, given, field="Input")
    told = {"input_file": given, "wishes": domain.get("wishes", {}), "media_id": given}
    return Submission(
        operator=OPERATOR,
        params={"media": source, **_params(domain.get("wishes"), {})},
        wire={**told, **library.analyses(desk, source)},
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
