"""Labels by rules on facts, and which faces to believe."""

from dataclasses import replace

import pytest

from reelwright.kernels import labelling
from reelwright.kernels.faces import Face
from reelwright.kernels.labelling import Facts

PLAIN = Facts(picture=True, seconds=60, cuts_a_minute=6, motion=0.3, brightness=0.45, colourful=25, sound=True)
TALK = {"speech": 0.7, "silence": 0.2}


def names(facts, **given):
    return {one.name for one in labelling.labels(replace(facts, **given))}


@pytest.mark.parametrize(
    ("given", "label"),
    [
        pytest.param({"faces": 0.9, "people": 1.0, **TALK}, "talking head", id="talking-head"),
        pytest.param({"faces": 0.8, "people": 1.9, **TALK}, "interview", id="interview"),
        pytest.param({"motion": 0.6, "cheering": 0.1, "silence": 0.0}, "sports", id="sports"),
        pytest.param({"motion": 0.8, "cuts_a_minute": 30}, "action", id="action"),
        pytest.param({"faces": 0.0, "motion": 0.2, "speech": 0.0}, "scenery", id="scenery"),
        pytest.param({"music": 0.9, "silence": 0.0}, "music film", id="music"),
        pytest.param({"text": 1.0, "lines": 8, "motion": 0.02, **TALK}, "slides or screen", id="slides"),
        pytest.param({"text": 1.0, "lines": 8, "motion": 0.02, **TALK}, "lecture", id="lecture"),
        pytest.param({"brightness": 0.1}, "dark", id="dark"),
        pytest.param({"colourful": 1.0}, "black and white", id="grey"),
        pytest.param({"cuts_a_minute": 0.0}, "one take", id="one-take"),
        pytest.param({"colours": {"blue": 0.6, "red": 0.02}}, "blue", id="blue"),
        pytest.param({"faces": 0.8, "people": 1.0, "face_height": 0.6}, "close-up", id="close-up"),
    ],
)
def test_a_film_of_a_kind_has_its_label(given, label):
    assert label in names(PLAIN, **given)


def test_labels_of_other_kinds_are_not_given():
    assert names(PLAIN, faces=0.9, people=1.0, **TALK) == {"talking head", "one person", "speech"}


def test_a_score_is_that_of_the_weakest_condition():
    found = {one.name: one for one in labelling.labels(replace(PLAIN, motion=0.7, cuts_a_minute=14.0))}
    assert found["action"].score == pytest.approx(0.5)
    assert "motion 0.7" in found["action"].why
    assert "cuts a minute 14" in found["action"].why


def test_sound_alone_has_labels_of_sound_alone():
    found = labelling.labels(Facts(seconds=60, sound=True, music=0.9, silence=0.0))
    assert {one.name for one in found} == {"music film", "music"}


def test_the_surest_come_first():
    scores = [one.score for one in labelling.labels(PLAIN, least=0.0)]
    assert scores == sorted(scores, reverse=True)


def face(x, width=0.2):
    return Face(x, 0.3, width, width, 0.5)


@pytest.mark.parametrize(
    ("looks", "kept"),
    [
        pytest.param([[face(0.1)], [face(0.15)], []], [1, 1, 0], id="one-that-stays"),
        pytest.param([[], [face(0.1)], []], [0, 0, 0], id="one-seen-once"),
        pytest.param([[face(0.1)], [face(0.9)]], [0, 0], id="two-far-apart"),
        pytest.param([[face(0.1)], [face(0.1, 0.6)]], [0, 0], id="sizes-that-differ"),
        pytest.param([[face(0.1)]], [1], id="a-single-look"),
        pytest.param([[face(0.1), face(0.6)], [face(0.12)]], [1, 1], id="one-of-two"),
    ],
)
def test_faces_seen_twice_are_believed(looks, kept):
    assert [len(one) for one in labelling.believed(looks)] == kept
