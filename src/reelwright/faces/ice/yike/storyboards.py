"""SubmitYikeStoryboardJob, GetYikeStoryboardJob, ResumeYikeStoryboardJob: a story's text in, a film out.

The job is the plan `storyboard`. What the caller wrote is echoed in `JobParams`, the defaults beside it; `JobResult` is
made from the steps each time somebody asks (`boards`). Lists in it are JSON texts. The films become assets of the
default production.
"""

import asyncio
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from reelwright import timing
from reelwright.errors import InvalidParameter, JobNotFound
from reelwright.faces.codecs import Codec
from reelwright.faces.ice import library, notices
from reelwright.faces.ice.library import wishes
from reelwright.faces.ice.yike import boards, stories, studio
from reelwright.faces.objects import Link
from reelwright.faces.request import shown
from reelwright.faces.wire import (
    Desk,
    Document,
    Table,
    always,
    boolean,
    each,
    handled,
    json_object,
    json_text,
    one_of,
    read,
    short_text,
    submit,
    text,
)
from reelwright.jobs.job import Job, Status, Step
from reelwright.service import Submission

FAMILY = "ice.yike.storyboard"
PLAN = "storyboard"
FILMS = ("film", "films")
"""Result fields whose files become assets: the whole film, and that of each storyboard."""
FILM, SUBTITLES = "film", "srt"
MOST_TITLE, MOST_USER_DATA, MOST_NAME = 128, 1024, 64  # bytes
MODEL = "wan2.6-r2v-flash"
STATUS = {
    Status.QUEUED: "Running",
    Status.RUNNING: "Running",
    Status.SUSPENDED: "Suspended",
    Status.SUCCEEDED: "Succeeded",
    Status.FAILED: "Failed",
    Status.CANCELLED: "Failed",
}
NOT_PARSED = "ParseFailed"
DEFAULTS: Mapping[str, str] = {
    "ShotSplitMode": "firstPersonNarration",
    "ShotPromptMode": "multi",
    "StyleId": "RealisticPhotography",
    "VideoModel": MODEL,
    "Resolution": "720P",
    "AspectRatio": "9:16",
}
ECHOED = (
    *("AspectRatio", "FileURL", "ModelParams", "NarrationVoiceId", "Resolution", "ShotPromptMode"),
    *("ShotSplitMode", "SourceType", "StyleId", "Title", "VideoModel"),
)


@dataclass(frozen=True, slots=True)
class JobUuid(Codec):
    """A job's id, which the vendor writes with hyphens for this family; read with them or without."""

    def take(self, value: object, name: str) -> str:
        return str(value).replace("-", "").lower()

    def give(self, value: object) -> str:
        return str(uuid.UUID(str(value)))


@dataclass(frozen=True, slots=True)
class Joined(Codec):
    """A list as a text with commas. Only written."""

    def give(self, value: object) -> str:
        return ", ".join(value) if isinstance(value, list | tuple) else ""


# ---- submitting

ID: Table = {"JobId": JobUuid("id", required=True)}
PARAMS: Mapping[str, Codec] = {
    "FileURL": text("params.text", required=True),
    "SourceType": one_of("params.source", stories.SOURCES, required=True),
    "ShotSplitMode": one_of("params.mode", stories.MODES),
    "ShotPromptMode": one_of("params.prompts", stories.PROMPTS),
    "StyleId": stories.style("params.style"),
    "NarrationVoiceId": stories.narrator("params.narrator"),
    "VideoModel": short_text("params.video_model", most_bytes=MOST_NAME),
    "Resolution": one_of("params.resolution", stories.RESOLUTIONS, also=stories.ALSO_RESOLUTIONS),
    "AspectRatio": one_of("params.ratio", stories.RATIOS),
    "Title": short_text("params.title", most_bytes=MOST_TITLE),
    "ModelParams": stories.JsonTextOfObject("model_params"),
    "ExecMode": one_of("only_storyboard", stories.ONLY_STORYBOARD),
    "SkipFailureShot": boolean("params.skip_failures"),
}
TAKES: Table = {
    **{name: (row, text(f"wire.params.{name}")) if name in ECHOED else row for name, row in PARAMS.items()},
    "UserData": (
        stories.JsonTextOfObject("user_data"),
        short_text("wire.user_data", most_bytes=MOST_USER_DATA),
    ),
}


def wanted(domain: Document, desk: Desk) -> Submission:
    given, said = _document(domain["params"]), _document(domain["wire"])
    echo = _echo(said, given)
    model_params, user_data = str(domain.get("model_params") or "{}"), str(said.get("user_data", ""))
    _check_mode(given)
    stories.check_file(desk, str(given["text"]))
    params = {
        "skip_failures": True,
        **_document(read({name: PARAMS[name] for name in DEFAULTS}, DEFAULTS)["params"]),
        **{name: value for name, value in given.items() if value != ""},
        "sound": stories.sound(model_params),
        "only_storyboard": domain.get("only_storyboard") == "True",
    }
    return Submission(
        operator=PLAN,
        params=params,
        face=FAMILY,
        wire={
            "params": echo,
            "event": notices.YIKE_STORYBOARD_COMPLETE,
            **_lands(desk, echo["Title"]),
            **({"user_data": user_data} if user_data else {}),
        },
        callback=notices.notify_address(user_data),
        notes=[f"ModelParams.{name} means nothing here" for name in stories.unknown(model_params)],
    )


def _document(value: object) -> dict[str, object]:
    assert isinstance(value, dict)  # The table's codecs made it one.
    return value


def _echo(said: Document, given: Document) -> dict[str, str]:
    """What the caller wrote, and what counts where nothing was written."""
    written = {name: str(value) for name, value in _document(said["params"]).items() if value != ""}
    return {**DEFAULTS, **written, "Title": wishes.title(given, timing.now())}


def _lands(desk: Desk, title: str) -> dict[str, object]:
    production, folder = studio.place(desk, {})
    return library.lands(
        desk, title=title, kind="video", roles=FILMS, origin=studio.STORYBOARD, production=production, folder=folder
    )


def _check_mode(given: Document) -> None:
    if given.get("mode") == "dialogue" and given["source"] != "script":
        told = "ShotSplitMode is 'dialogue', which takes a script apart; give SourceType Script, or a narration"
        raise InvalidParameter(told, field="ShotSplitMode")


# ---- one job


async def get(desk: Desk, given: Document) -> Document:
    job = _found(desk, given)
    # A long story has some two thousand steps: reading them would hold up everybody for 60 ms.
    steps = await asyncio.to_thread(desk.service.steps, desk.tenant, job.id)
    params = (job.wire or {}).get("params")
    told = {"id": job.id, "status": job.status.value, "params": params, "result": _result(job, steps)}
    return {**told, **_fault(job, steps)}


async def resume(desk: Desk, given: Document) -> Document:
    """What is done stays done. Raises `Conflict` for a job that neither waits for its mend nor has failed."""
    job = _found(desk, given)
    await desk.service.resume(desk.tenant, job.id)
    return {"id": job.id}


def _found(desk: Desk, given: Document) -> Job:
    job_id = str(given["id"])
    try:
        job = desk.service.job(desk.tenant, job_id)
    except JobNotFound:
        job = None
    if job is None or job.face != FAMILY:
        told = f"JobId is {shown(job_id)}, but there is no storyboard job of that id; it may have expired"
        raise JobNotFound(told, field="JobId")
    return job


def _result(job: Job, steps: Sequence[Step]) -> Document:
    params = _document((job.wire or {}).get("params", {}))
    told = boards.told(job, steps, str(params.get("Title", "")))
    # A job that runs again after an edit still has the files of its last good end.
    made = job.outputs if job.status is Status.SUCCEEDED else ()
    files = {output.role: Link(output.bucket, output.key) for output in made}
    return {
        "film": files.get(FILM),
        "subtitles": files.get(SUBTITLES),
        "boards": [_board(one) for one in told.boards],
        "failures": told.failures,
        "succeeded": told.succeeded,
        "exceptions": told.exceptions,
    }


def _board(board: boards.Board) -> Document:
    status, sub_status = board.stage.value
    return {"id": board.id, "title": board.title, "status": status, "sub_status": sub_status}


def _fault(job: Job, steps: Sequence[Step]) -> Document:
    """Why a job has failed, or waits. The vendor's model has no place for it; its libraries pass over these."""
    if job.failure is None:
        return {}
    is_unread = any(step.name == boards.READ and step.state is Status.FAILED for step in steps)
    return {"code": NOT_PARSED if is_unread else job.failure.code, "message": job.failure.message}


BOARD: Table = {"storyboardId": "id", "title": "title", "status": "status", "subStatus": "sub_status"}
FAILED_SHOT: Table = {"errorCode": always(boards.NO_MEDIA), "storyboardId": "board", "shotId": "shot"}
RESULT: Table = {
    "OutputUrl": "film",
    "SrtFileUrl": "subtitles",
    "SuccessStoryboardList": json_text(Codec("succeeded")),
    "SuccessStoryboardIds": Joined("succeeded"),
    "ExceptionStoryboardIds": json_text(Codec("exceptions")),
    "FailureShotList": json_text(each("failures", FAILED_SHOT)),
    "StoryboardInfoList": json_text(each("boards", BOARD)),
}
STORYBOARDS = (
    submit(
        "SubmitYikeStoryboardJob",
        takes=TAKES,
        gives={"JobId": JobUuid("id")},
        family=FAMILY,
        wanted=wanted,
        also_named={"callback": f"UserData.{notices.NOTIFY}"},
    ),
    handled(
        "GetYikeStoryboardJob",
        get,
        takes=ID,
        gives={
            "JobId": JobUuid("id"),
            "JobStatus": one_of("status", STATUS),
            "JobParams": "params",
            "JobResult": json_object(RESULT, path="result"),
            "ErrorCode": "code",
            "ErrorMessage": "message",
        },
    ),
    handled("ResumeYikeStoryboardJob", resume, takes=ID, gives={"JobId": JobUuid("id")}),
)
