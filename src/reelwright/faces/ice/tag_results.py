"""What smart tags tell of a film, in the vendor's shapes: of a job that made them, and of the asset they are about."""

from collections.abc import Sequence

import msgspec

from reelwright.faces.codecs import MISSING, find
from reelwright.jobs.job import Job, Status

STATUS = {
    Status.QUEUED: "Submitted",
    Status.RUNNING: "Processing",
    Status.SUSPENDED: "Submitted",
    Status.SUCCEEDED: "Success",
    Status.FAILED: "Fail",
    Status.CANCELLED: "Fail",
}
GROUPS = {  # our groups of labels -> the vendor's main tag
    "people": "People",
    "motion": "Motion",
    "light": "Light",
    "colour": "Colour",
    "sound": "Sound",
    "text": "Text",
    "editing": "Editing",
    "thing": "Thing",
    "place": "Place",
    "activity": "Activity",
}


def rough(job: Job) -> dict[str, object]:
    """The vendor's `AiRoughData` of an asset, by the last job that tagged it."""
    told = {"AiJobId": job.id, "Status": STATUS[job.status]}
    return {**told, "StandardSmartTagJob": {**told, "Results": typed(job)}}


def typed(job: object) -> list[dict[str, str]]:
    """`[{"Type", "Data"}]`, each kind of result as a JSON text of its own; empty unless the job succeeded."""
    if find(job, "status") != Status.SUCCEEDED:
        return []
    found = {name: data for name, data in results(job).items() if data is not None}
    return [{"Type": name, "Data": msgspec.json.encode(data).decode()} for name, data in found.items()]


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


def _list(document: object, path: str) -> Sequence[object]:
    found = find(document, path)
    return found if isinstance(found, Sequence) and not isinstance(found, str) else []
