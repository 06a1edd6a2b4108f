"""Storyboard jobs through the vendor's client: the real plan, and tests that play the workers of its steps."""

import asyncio
import json
import re
import uuid

import pytest
from alibabacloud_ice20201109 import models as m

from reelwright.faces.ice import notices
from reelwright.faces.ice.yike import storyboards
from reelwright.faces.request import Origin
from reelwright.faces.wire import Desk
from reelwright.jobs.delivery import DeliveryFilter
from reelwright.jobs.document import LINK
from reelwright.jobs.job import Failure, Output
from reelwright.operators.story.read import BoardRead, FigureRead, ReadResult
from reelwright.operators.story.script import ScriptResult, ShotWritten

FIGURE = FigureRead(
    id="figure-1",
    name="Ada",
    aliases=(),
    role="",
    gender="female",
    age="adult",
    look="a woman",
    voice="siqi",
    mentions=1,
)
BOARDS = [
    BoardRead(id=f"st_{number}", number=number, title=f"Part {number}", text="It rains.", characters=9)
    for number in (1, 2)
]
READ = ReadResult(title="Rain", language="en", characters=18, boards=BOARDS, figures=[FIGURE], places=[], props=[])
SHOT = ShotWritten(
    id="1",
    board="st_1",
    number=1,
    kind="narration",
    text="It rains.",
    seconds=2.0,
    speaker="",
    voice="siqi",
    place="",
    figures=["figure-1"],
    props=[],
    **dict.fromkeys(("time", "weather", "season", "mood", "size", "camera", "action"), ""),
    picture_prompt="rain",
    clip_prompt="rain falls",
)
SHOTS = {1: ("1", "2"), 2: ("1001",)}
PICTURE = {"images": [{"image": "oss://results/p.png"}]}
RESULTS = {
    "picture": PICTURE,
    "speech": {"audio": "oss://results/s.wav", "seconds": 1.0, "sentences": []},
    "clip": {"video": "oss://results/c.mp4", "seconds": 2.0},
    "take": {
        "video": "oss://results/t.mp4",
        "sound": "oss://results/t.flac",
        "still": "oss://results/t.png",
        "cues": [],
        "voices": [],
        "speech_start": 0.0,
    },
}
FILM = {"video": "oss://results/b.mp4", "sound": "oss://results/b.flac", "shots": [], "cues": []}


@pytest.fixture(autouse=True)
def texts(service, results):
    service.objects.put("media", "story.txt", b"It rains.")
    for name in ("p.png", "s.wav", "c.mp4", "t.mp4", "t.flac", "t.png", "b.mp4", "b.flac"):
        service.objects.put("results", name, b"made")


@pytest.fixture
def submit(ask):
    """`submit(…)`: the id of the job. Given are a file and what kind of text it is."""

    def submit(**given):
        wanted = {"file_url": "oss://media/story.txt", "source_type": "Novel", **given}
        return ask("submit_yike_storyboard_job", m.SubmitYikeStoryboardJobRequest(**wanted)).job_id

    return submit


@pytest.fixture
def get(ask):
    return lambda job_id: ask("get_yike_storyboard_job", m.GetYikeStoryboardJobRequest(job_id=job_id))


@pytest.fixture
def boards(get):
    """`boards(id)`: (status, subStatus) of each storyboard."""

    def boards(job_id):
        listed = json.loads(get(job_id).job_result.storyboard_info_list)
        return [(one["status"], one["subStatus"]) for one in listed]

    return boards


def result_of(name):
    """What a worker makes of a step; None for the last one, which is published."""
    if name == "read":
        return READ.model_dump(mode="json")
    first, _, what = name.partition(".")
    if what == "script":
        number = int(first.removeprefix("board-"))
        shots = [SHOT.model_copy(update={"id": shot, "board": f"st_{number}"}) for shot in SHOTS[number]]
        return ScriptResult(shots=shots, seconds=2.0 * len(shots)).model_dump(mode="json")
    if first == "element":
        return PICTURE
    return None if name == "film" else FILM if what == "film" else RESULTS[what]


@pytest.fixture
def run(worker, service, settings):
    """`run(until=…, failing=…)`: play all steps to the film, or up to the first that begins so, which stays at work.

    Those that `failing` names fail. The names of the steps that are done.
    """

    held = []  # begun, and not done yet

    def run(*, until="", failing=()):
        ran = []
        while claim := held.pop() if held else worker.claim_any():
            name = claim.step.name
            if until and name.startswith(until) and name not in ran:
                held.append(claim)
                return ran
            ran.append(name)
            if name in failing:
                worker.fail(claim, Failure("UpstreamFailed", "the generator is ill"))
            elif name == "film":
                _publish(worker, service, settings, claim)
                return ran
            else:
                worker.finish_step(claim, result_of(name))
        return ran

    return run


def _publish(worker, service, settings, claim):
    """As `story.deliver` would."""
    names = {"film": "film.mp4", "srt": "film.srt", "films.0.video": "board-1.mp4", "cover": "cover.jpg"}
    if claim.job.params["only_storyboard"]:
        names = {"storyboard": "storyboard.json", "pictures.0.image": "p.png"}
    outputs = []
    for role, name in names.items():
        key = f"{claim.job.id}/{name}"
        service.objects.put(settings.results_bucket, key, b"file")
        outputs.append(Output(name, role, settings.results_bucket, key, 4, "f" * 64, "video/mp4"))
    film = {"film": f"{LINK}{settings.results_bucket}/{claim.job.id}/film.mp4"} if "film" in names else {}
    worker.finish(claim, film, outputs)


# ---- submitting


def test_a_novel_becomes_a_film(submit, get, run, address, service, key):
    job_id = submit(title="Rain", user_data='{"NotifyAddress":"http://mine.test/x","k":1}')
    assert str(uuid.UUID(job_id)) == job_id
    assert get(job_id).job_status == "Running"

    run()

    done = get(job_id)
    assert (done.job_id, done.job_status) == (job_id, "Succeeded")
    told = done.job_result
    assert told.output_url.startswith(f"http://{address}/results/{uuid.UUID(job_id).hex}/film.mp4?")
    assert json.loads(told.success_storyboard_list) == ["st_1", "st_2"]
    assert told.success_storyboard_ids == "st_1, st_2"
    assert json.loads(told.exception_storyboard_ids) == []
    assert json.loads(told.failure_shot_list) == []
    assert json.loads(told.storyboard_info_list) == [
        {"storyboardId": f"st_{n}", "title": f"Part {n}", "status": "Produced", "subStatus": "ProduceSucc"}
        for n in (1, 2)
    ]
    (word,) = service.deliveries(DeliveryFilter(key.tenant))
    assert word.target == "http://mine.test/x"
    message = json.loads(notices.Writer(service).write(word, 1.0).body)
    assert message["EventType"] == "YikeStoryboardJobComplete"
    assert (message["MessageBody"]["JobId"], message["MessageBody"]["Status"]) == (job_id, "Success")


def test_what_was_asked_is_told_again_with_the_defaults(submit, get):
    model_params = '{"AudioEnable":\r\n false}'

    told = get(submit(resolution="1K", model_params=model_params, narration_voice_id="longbaizhi")).job_params

    assert (told.file_url, told.source_type) == ("oss://media/story.txt", "Novel")
    assert (told.resolution, told.model_params, told.narration_voice_id) == ("1K", model_params, "longbaizhi")
    assert (told.aspect_ratio, told.style_id) == ("9:16", "RealisticPhotography")
    assert (told.shot_split_mode, told.shot_prompt_mode) == ("firstPersonNarration", "multi")
    assert told.video_model == "wan2.6-r2v-flash"
    assert re.fullmatch(r"default_title_\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", told.title)


# ---- on the way


def test_storyboards_go_through_the_documented_pairs(submit, boards, run):
    job_id = submit()
    assert boards(job_id) == [("Configuring", "Parsing")]
    seen = [("Configuring", "Parsing")]
    for step in ("board-1.script", "element", "shot-1.", "board-1.film", "film"):
        run(until=step)
        (first, _) = boards(job_id)
        if first != seen[-1]:
            seen.append(first)

    assert seen == [
        ("Configuring", "Parsing"),
        ("Editing", "Creating"),
        ("Editing", "CreateSucc"),
        ("Producing", "Producing"),
        ("Produced", "ProduceSucc"),
    ]


def test_only_the_storyboard_ends_without_a_film(submit, get, boards, run):
    job_id = submit(exec_mode="StoryboardOnly")

    ran = run()

    assert not any(".clip" in name or ".take" in name for name in ran)
    assert boards(job_id) == [("Editing", "CreateSucc")] * 2
    told = get(job_id)
    assert (told.job_status, told.job_result.output_url) == ("Succeeded", None)
    assert told.job_result.success_storyboard_ids == "st_1, st_2"


def test_a_text_that_cannot_be_read_fails(submit, get, run, service, key):
    job_id = submit(skip_failure_shot=False)

    run(failing=["read"])

    told = get(job_id)
    assert told.job_status == "Failed"
    assert json.loads(told.job_result.storyboard_info_list) == []
    # The vendor's model has no place for the reason: only who reads the reply itself sees it.
    desk = Desk(service, key.tenant, Origin("host", "http://host"))
    reply = asyncio.run(storyboards.get(desk, {"id": uuid.UUID(job_id).hex}))
    assert reply["code"] == "ParseFailed"
    assert "the generator is ill" in reply["message"]


# ---- failing and going on


def test_a_shot_that_fails_is_left_out_and_named(submit, get, run):
    job_id = submit()

    run(failing=["shot-2.clip"])

    told = get(job_id)
    assert told.job_status == "Succeeded"
    assert json.loads(told.job_result.failure_shot_list) == [
        {"errorCode": "NoMediaData", "storyboardId": "st_1", "shotId": "2"}
    ]
    assert told.job_result.success_storyboard_ids == "st_1, st_2"


def test_a_storyboard_of_which_no_shot_is_left_is_an_exception(submit, get, boards, run):
    job_id = submit()

    run(failing=["shot-1001.clip"])

    told = get(job_id).job_result
    assert json.loads(told.exception_storyboard_ids) == ["st_2"]
    assert told.success_storyboard_ids == "st_1"
    assert boards(job_id) == [("Produced", "ProduceSucc"), ("Producing", "ProduceFailed")]


def test_without_skipping_the_job_waits_and_goes_on_where_it_stood(submit, get, run, ask):
    job_id = submit(skip_failure_shot=False)
    first = run(failing=["shot-2.clip"])
    waiting = get(job_id)
    assert waiting.job_status == "Suspended"
    assert json.loads(waiting.job_result.failure_shot_list)[0]["shotId"] == "2"
    assert json.loads(waiting.job_result.exception_storyboard_ids) == ["st_1"]

    resumed = ask("resume_yike_storyboard_job", m.ResumeYikeStoryboardJobRequest(job_id=job_id))

    assert resumed.job_id == job_id
    assert get(job_id).job_status == "Running"
    again = run()
    assert set(again).isdisjoint(set(first) - {"shot-2.clip"})
    assert {"shot-2.clip", "shot-2.take", "board-1.film", "film"} <= set(again)
    assert get(job_id).job_status == "Succeeded"


@pytest.mark.parametrize("is_done", [False, True])
def test_only_a_job_that_stands_still_is_resumed(submit, run, refused, is_done):
    job_id = submit()
    if is_done:
        run()

    status, code, message = refused("resume_yike_storyboard_job", m.ResumeYikeStoryboardJobRequest(job_id=job_id))

    assert (status, code) == (400, "InvalidParameter")
    assert "only a SUSPENDED or FAILED job" in message


@pytest.mark.parametrize("method", ["get", "resume"])
def test_an_unknown_job_is_refused(refused, method):
    request = {"get": m.GetYikeStoryboardJobRequest, "resume": m.ResumeYikeStoryboardJobRequest}[method](job_id="nope")

    status, code, message = refused(f"{method}_yike_storyboard_job", request)

    assert (status, code) == (400, "InvalidParameter.JobNotFound")
    assert message.startswith("JobId is 'nope'")


def test_an_id_without_hyphens_is_the_same(submit, get):
    job_id = submit()

    assert get(uuid.UUID(job_id).hex).job_id == job_id


# ---- assets


def test_films_land_in_the_default_production(submit, run, service, key, info, ask):
    job_id = submit(title="Rain")
    run()

    listed = ask("list_media_basic_infos", m.ListMediaBasicInfosRequest(max_results=10)).media_infos

    assert {one.media_basic_info.title for one in listed} == {"Rain", "Rain (2)"}
    assert {one.media_basic_info.media_type for one in listed} == {"video"}
    place = info(listed[0].media_id).biz_data
    assert place.creation_job_id == job_id
    (folder,) = ask("list_yike_asset_folders", m.ListYikeAssetFoldersRequest()).folder_list
    assert (place.production_id, place.folder_id) == (folder.production_id, folder.folder_id)
