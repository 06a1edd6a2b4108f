"""`kernels.face_looks` with a detector that is told where the face is, so that only the looking is judged."""

from fractions import Fraction

import cv2
import numpy as np
import pytest

from reelwright.kernels.face_looks import FaceLooks, Seen, gray_of
from reelwright.kernels.faces import Face

SIZE, SMALL = (1280, 720), (160, 90)
WIDE = 160  # px of the face
RANDOM = np.random.default_rng(4)
GROUND = cv2.resize(RANDOM.integers(60, 160, (18, 32, 3), dtype=np.uint8), SIZE, interpolation=cv2.INTER_CUBIC)
HEAD = cv2.resize(RANDOM.integers(0, 255, (6, 6, 3), dtype=np.uint8), (WIDE, WIDE), interpolation=cv2.INTER_CUBIC)
HEAD[:8] = (255, 0, 255)  # by which the detector below knows it


class Told:
    """Finds the head by the line above it, and counts the pixels it was shown."""

    def __init__(self):
        self.calls, self.pixels = 0, 0

    def __call__(self, picture):
        self.calls += 1
        self.pixels += picture.shape[0] * picture.shape[1]
        like = np.abs(picture.astype(int) - (255, 0, 255)).sum(axis=2) < 150
        if not like.any():
            return ()
        columns, row = np.flatnonzero(like.any(axis=0)), np.flatnonzero(like.any(axis=1))[0]
        wide = float(columns[-1] - columns[0] + 1)
        return (Face(float(columns[0]), float(row), wide, wide, 0.9),)


def watched(left, seconds, *, rate=60, look=4, shown=lambda time: True):
    """What is seen of a head whose left edge is `left(time)`, when every `look`th frame is looked at."""
    told = Told()
    faces, between = FaceLooks(SIZE, SMALL, told, adapts=True), []
    for number in range(int(seconds * rate)):
        time = Fraction(number, rate)
        whole = GROUND.copy()
        if shown(float(time)):
            at = round(left(float(time)))
            whole[200 : 200 + WIDE, at : at + WIDE] = HEAD

        def picture(wide, high, whole=whole):
            return cv2.resize(whole, (wide, high), interpolation=cv2.INTER_AREA)

        if number % look:
            between.append((time, picture))
            continue
        faces.see(between, Seen(time, picture, gray_of(picture(*SMALL)), number == 0, number % 10 == 0))
        between = []
    return faces.looks, told


@pytest.mark.parametrize("speed", [0, 100, 400, 900])
def test_a_face_is_known_wherever_it_goes(speed):
    """Pixels a second; the fastest crosses the picture in little more than one."""

    def left(time):
        return 560 + 500 * np.sin(time * speed / 500)

    looks, _ = watched(left, 4)
    found = [look for look in looks if look.faces]
    assert all(abs(look.faces[0].x - left(look.time)) < 32 for look in found)
    times = np.array([0.0, *(look.time for look in found), 4.0])
    assert np.diff(times).max() < 0.5


def test_a_fast_face_is_noted_between_the_frames_that_are_looked_at():
    def darting(time):
        return 100 + 900 * max(0.0, time - 2)

    looks, _ = watched(darting, 3)
    calm = sum(look.time < 1.9 for look in looks)
    fast = sum(2.1 <= look.time < 2.9 for look in looks)
    assert fast > 2 * calm


def test_a_face_that_stays_is_hardly_searched_for():
    _, told = watched(lambda time: 500, 12)
    assert told.calls <= 18
    _, gone = watched(lambda time: 500, 12, shown=lambda time: time < 1)
    assert gone.calls > told.calls


def test_an_empty_picture_in_which_nothing_changes_is_searched_now_and_then_only():
    _, told = watched(lambda time: 500, 12, shown=lambda time: time < 1)
    assert told.calls <= 3 + 12 / 2


def test_who_comes_back_into_a_picture_that_stood_still_for_long_is_found_at_once():
    looks, _ = watched(lambda time: 500, 8, shown=lambda time: not 1 <= time < 7)
    again = [look.time for look in looks if look.faces and look.time >= 7]
    assert again[0] - 7 < 0.25


def test_a_known_face_is_sought_in_its_surroundings_only():
    _, told = watched(lambda time: 500, 3)
    first = 416 * 234
    assert told.pixels - first < 0.7 * (told.calls - 1) * 160 * 90


@pytest.mark.parametrize("back", [0.3, 1.0])
def test_a_face_that_was_away_is_found_again_at_once(back):
    looks, _ = watched(lambda time: 500, 3 + back, shown=lambda time: not 1 <= time < 1 + back)
    again = [look.time for look in looks if look.faces and look.time >= 1 + back]
    assert again[0] - (1 + back) < 0.25


def test_a_new_shot_is_searched_afresh():
    told = Told()
    faces = FaceLooks(SIZE, SMALL, told, adapts=True)
    black = np.zeros((90, 160, 3), np.uint8)
    for number in range(8):
        faces.see(
            [],
            Seen(
                Fraction(number, 15),
                lambda wide, high: np.zeros((high, wide, 3), np.uint8),
                gray_of(black),
                number in (0, 1),
                False,
            ),
        )
        if number == 1:
            assert told.calls == 2
    assert told.calls < 5
