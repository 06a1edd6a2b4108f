"""The page of a storyboard, from steps made up here: what it shows while they come, and that texts cannot break out."""

import re

import pytest

from reelwright.faces.native import storyboard
from reelwright.jobs.estimates import actual
from reelwright.jobs.job import Failure, Job, Status, Step
from reelwright.pipelines import registry
from reelwright.service import View

STORY = {
    "title": "孔乙己",
    "boards": [{"id": "st_1", "number": 1, "title": "咸亨酒店"}],
    "figures": [{"id": "figure-1", "name": "孔乙己", "look": "long gown", "voice": "zhida"}],
    "places": [{"id": "place-1", "name": "酒店", "look": "an inn"}],
    "props": [],
}
SHOTS = [
    {"id": "1", "text": "鲁镇的酒店", "speaker": "", "voice": "siqi", "place": "place-1", "seconds": 4.0},
    {"id": "2", "text": "<b>温一碗酒</b>", "speaker": "figure-1", "voice": "zhida", "place": "place-1", "seconds": 2.5},
]
IMAGE = {"images": [{"image": "oss://results/j/p.png"}]}


def step(name, operator="image.generate", state=Status.SUCCEEDED, result=None, failure=None):
    return Step(f"j-{name}", "j", 0, name, operator, {}, state, result=result, failure=failure)


def page(*steps, status=Status.RUNNING, failure=None):
    job = Job("j", "t", "storyboard", {"text": "oss://a/b"}, status, 0.0, 1.0, progress=40.0, failure=failure)
    view = View(job, registry.find("storyboard"), steps, {}, None, actual(steps, {}))
    return storyboard.page(view, lambda address: address.replace("oss://", "http://here/"))


def test_before_the_text_is_read_there_is_a_title_and_it_comes_again():
    shown = page(step("read", "story.read", Status.RUNNING))

    assert 'http-equiv=refresh content="5"' in shown
    assert "running, 40 %" in shown
    assert "<table>" not in shown


def test_each_shot_has_a_row_with_what_is_known_of_it():
    shown = page(
        step("read", "story.read", result=STORY),
        step("element.figure-1", result=IMAGE),
        step("board-1.script", "story.script", result={"shots": SHOTS}),
        step("shot-1.picture", result=IMAGE),
        step("shot-1.take", "story.take", result={"seconds": 5.25}),
        step("shot-2.picture", state=Status.RUNNING),
    )

    rows = re.findall(r"<tr id=shot-\d+>.*?(?=<tr|</table>)", shown, flags=re.S)
    assert len(rows) == 2
    assert 'src="http://here/results/j/p.png"' in rows[0]
    assert "0.0–5.2 s" in rows[0]
    assert "5.2–7.8 s" in rows[1], "the first shot's true length counts, the second one's is a guess"
    assert "<td>孔乙己<br>" in rows[1]
    assert "<td>酒店<td>" in rows[1]
    assert "▶" in rows[1]
    assert "<h2>咸亨酒店</h2>" in shown


def test_words_of_the_text_are_shown_as_words():
    shown = page(
        step("read", "story.read", result=STORY), step("board-1.script", "story.script", result={"shots": SHOTS})
    )

    assert "<b>温" not in shown
    assert "&lt;b&gt;温一碗酒&lt;/b&gt;" in shown


@pytest.mark.parametrize("status", [Status.SUSPENDED, Status.FAILED, Status.SUCCEEDED])
def test_a_job_that_stands_still_does_not_come_again(status):
    assert "http-equiv=refresh" not in page(step("read", "story.read", result=STORY), status=status)


def test_a_failed_shot_says_why_in_its_row():
    told = Failure("NotMedia", "mine.png is no picture; send another")
    shown = page(
        step("read", "story.read", result=STORY),
        step("board-1.script", "story.script", result={"shots": SHOTS}),
        step("shot-2.clip", "video.generate", Status.FAILED, failure=told),
        status=Status.SUSPENDED,
        failure=told,
    )

    row = shown[shown.index("<tr id=shot-2>") :]
    assert "mine.png is no picture" in row
    assert "✗" in row
