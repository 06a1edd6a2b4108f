"""Faces are followed between looks, without trembling; what comes fades in, what goes fades out, cuts are cuts."""

from dataclasses import replace
from functools import cache
from pathlib import Path

import cv2
import numpy as np
import pytest

from reelwright.kernels import landmarks
from reelwright.kernels.face_tracks import AHEAD, FADE, Tracker
from reelwright.kernels.faces import Face
from reelwright.media.making import portraits

SIZE = (320, 240)


class TruthfulEye:
    """Sees the drawn heads as a detector would: with some trembling, and in some frames not at all."""

    def __init__(self, made, *, tremble=0.0, blind=(), precise=False, score=1.0):
        self.precise = precise
        self._made, self._tremble, self._blind, self._score = made, tremble, blind, score
        self._random = np.random.default_rng(0)
        self.frame, self.looks = 0, []

    def at(self, frame):
        self.frame = frame
        return self

    def _boxes(self):
        boxes = (self._made.box(self.frame, index) for index in range(len(self._made.heads)))
        return [] if self.frame in self._blind else [box for box in boxes if box]

    def find(self):
        self.looks.append(self.frame)
        shake = self._random.normal(0, self._tremble, 2)
        return [
            Face(one.x + shake[0] * one.width, one.y + shake[1] * one.width, one.width, one.height, self._score)
            for one in self._boxes()
        ]

    def place(self, box, *, known):
        if self.frame in self._blind:
            return None
        return landmarks.ellipse(box.x, box.y, box.width, box.height)


@cache
def film(*heads, frames=40, seed=0):
    made = portraits.Portrait(Path("none"), SIZE, 25, frames, heads)
    gray = [cv2.cvtColor(one, cv2.COLOR_RGB2GRAY) for one in portraits.drawn(made, grain=1.0, seed=seed)]
    return made, gray


def run(made, gray, eye=None, **given):
    """For each frame the faces in it."""
    tracker, eye, told = Tracker(**given), eye or TruthfulEye(made), []
    for number, luma in enumerate(gray):
        tracker.push(luma, eye.at(number))
        if number >= AHEAD:
            told.append(tracker.pop())
    while len(told) < len(gray):
        told.append(tracker.pop())
    return told, tracker


def middle(seen):
    x, y, wide, tall = landmarks.bounds(seen.points)
    return np.array([x + wide / 2, y + tall / 2])


STILL = portraits.Head(breadth=0.42)
DRIFTING = portraits.Head(breadth=0.42, sway=0.25)


@pytest.mark.parametrize("head", [STILL, DRIFTING], ids=["still", "drifting"])
def test_a_face_is_one_track_and_is_where_it_is_in_every_frame(head):
    made, gray = film(head)

    told, tracker = run(made, gray)

    assert tracker.count == 1
    assert [len(one) for one in told] == [1] * len(gray)
    assert all(one[0].part == 1 for one in told)
    off = [np.abs(middle(one[0]) - made.box(number).centre).max() for number, one in enumerate(told)]
    assert max(off) < 3


def test_a_trembling_detector_does_not_make_a_still_face_tremble():
    made, gray = film(STILL)

    told, _ = run(made, gray, TruthfulEye(made, tremble=0.04))

    steps = np.abs(np.diff([middle(one[0]) for one in told], axis=0))
    assert steps.max() < 0.01 * made.box(0).width
    assert steps.mean() < 0.002 * made.box(0).width


def test_looks_come_at_the_interval_and_faces_stay_between_them():
    made, gray = film(DRIFTING)
    eye = TruthfulEye(made, blind=range(1, 40))

    told, _ = run(made, gray, eye, interval=15)

    assert eye.looks == [0, 30]
    assert all(one[0].part == 1 for one in told)


def test_a_face_that_comes_in_fades_in_and_one_that_goes_fades_out():
    made, gray = film(STILL, portraits.Head(x=0.2, breadth=0.3, present=(0.4, 1.0)))

    told, tracker = run(made, gray, interval=1)

    parts = [sum(one.part for one in found if one.track == 1) for found in told]
    assert tracker.count == 2
    assert parts[9] == 0
    assert parts[25] == 0
    assert 0 < parts[10] <= 1 / FADE + 1e-6
    assert parts[24] <= 1 / FADE + 1e-6
    assert np.abs(np.diff(parts)).max() <= 1 / FADE + 1e-6
    # There is hardly time for all of it: in and out meet in the middle.
    assert max(parts) > 0.8
    assert all(one.part == 1 for found in told for one in found if one.track == 0)


def test_a_face_found_late_is_followed_back_to_where_its_shot_began():
    made, gray = film(DRIFTING)

    told, tracker = run(made, gray, TruthfulEye(made, blind=range(5)))

    assert tracker.count == 1
    assert [len(one) for one in told[:3]] == [1, 1, 1]
    assert all(one[0].part == 1 for one in told)


def test_at_a_cut_everything_ends_and_begins_at_once():
    there = portraits.Head(x=0.3, breadth=0.5, tone=portraits.DARK, present=(0.8, 9))
    made = portraits.Portrait(Path("none"), SIZE, 25, 40, (portraits.Head(breadth=0.42, present=(0, 0.8)), there))
    gray = film(STILL)[1][:20]
    bright = [cv2.convertScaleAbs(one, alpha=0.6) for one in film(replace(there, present=(0, 9)), seed=9)[1][20:]]

    told, tracker = run(made, [*gray, *bright])

    assert tracker.count == 2
    assert [[one.track for one in found] for found in told] == [[0]] * 20 + [[1]] * 20
    assert all(found[0].part == 1 for found in told)


def test_a_false_face_that_is_never_seen_again_is_given_up():
    made, gray = film(STILL)
    told, _ = run(made, gray, TruthfulEye(made, blind=range(1, 40), precise=True))
    assert told[0]
    assert not told[-1]


@pytest.mark.parametrize(
    ("given", "count"),
    [({"most": 1}, 1), ({"most": 0}, 0), ({"least": 90.0}, 1), ({"least": 200.0}, 0), ({"threshold": 0.9}, 0), ({}, 2)],
    ids=str,
)
def test_limits_are_kept_and_the_largest_come_first(given, count):
    made, gray = film(portraits.Head(x=0.25, breadth=0.3), portraits.Head(x=0.7, breadth=0.45), frames=12)
    told, _ = run(made, gray, TruthfulEye(made, score=0.8), **given)
    assert [len(one) for one in told] == [count] * 12
    if count == 1:
        assert middle(told[0][0])[0] > SIZE[0] / 2


def test_frames_by_themselves_are_not_followed():
    made, gray = film(DRIFTING)
    eye = TruthfulEye(made, blind=(5,))

    told, _ = run(made, gray[:12], eye, alone=True)

    assert [len(one) for one in told] == [1] * 5 + [0] + [1] * 6
    assert eye.looks == list(range(12))
    assert all(one.part == 1 for found in told for one in found)


def test_one_frame_alone_is_enough():
    made, gray = film(STILL, frames=1)
    assert [one.part for one in run(made, gray)[0][0]] == [1]
