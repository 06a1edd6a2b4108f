"""The demo's storyboard asks for what the vendor's client knows, and says rightly what hangs on a picture."""

from alibabacloud_ice20201109 import models as ice

from reelwright.faces.cli.demo import story
from reelwright.pipelines import registry
from reelwright.pipelines.contract import Seen

SHOT = {
    "board": "st_1",
    "kind": "narration",
    "text": "A fox.",
    "speaker": "",
    "voice": "siqi",
    "speech": "",
    "place": "",
}
SHOT |= {"figures": [], "props": [], "picture_prompt": "a fox", "clip_prompt": "a fox", "seconds": 3.0}
SHOT |= dict.fromkeys(("time", "weather", "season", "mood", "size", "camera", "action"), "")


def steps():
    plan = registry.find("storyboard")
    board = {"id": "st_1", "number": 1, "title": "", "text": "A fox.", "characters": 6}
    read = {"title": "T", "language": "en", "boards": [board], "figures": [], "places": [], "props": []}
    shots = [{**SHOT, "id": str(number), "number": number} for number in (1, 2, 3)]
    seen = Seen({"read": read, "board-1.script": {"shots": shots}})
    return plan.steps(plan.params(text="oss://a/b", skip_failures=False, prompts="default"), seen)


def test_what_is_asked_for_is_known_to_the_vendors_client():
    request = ice.SubmitYikeStoryboardJobRequest().from_map(story.ASKED)

    assert request.to_map() == story.ASKED


def test_what_is_said_to_hang_on_the_spoilt_picture_does_so():
    below = {story.STEP}
    for step in steps():
        if below & set(step.needs):
            below.add(step.name)

    assert below - {story.STEP} == set(story.REDONE)


def test_the_fable_is_a_minute_long_when_it_is_read():
    words = len(story.fable().split())

    assert 150 <= words <= 230
