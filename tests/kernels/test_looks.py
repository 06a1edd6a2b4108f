"""`kernels.looks`: how often is measured, shot by shot, and that the threads' pace does not show."""

import time
from fractions import Fraction

import cv2
import numpy as np
import pytest

from reelwright.kernels.faces import Face
from reelwright.kernels.looks import Watcher

SIZE, SMALL = (640, 360), (160, 90)
RATE = 15
GROUNDS = [
    cv2.resize(np.random.default_rng(seed).integers(*span, (9, 16, 3), dtype=np.uint8), SMALL)
    for seed, span in ((1, (10, 90)), (2, (140, 250)))
]


def there(picture):
    """A detector that sees somebody in the bright scene alone."""
    wide = picture.shape[1]
    return (Face(wide / 4, 10.0, wide / 8, wide / 8, 0.9),) if picture.mean() > 115 else ()


def slowly(picture):
    time.sleep(0.01)
    return there(picture)


def watched(seconds, scene, find=there):
    """Something small moves all the time; `scene(time)` is 0, without a face, or 1."""
    watcher = Watcher("x", SIZE, SMALL, find=find, adapts=True)
    for number in range(int(seconds * RATE)):
        rgb = GROUNDS[scene(number / RATE)].copy()
        rgb[40:60, (number * 3) % 140 : (number * 3) % 140 + 12] = 0, 255, 0

        def picture(wide, high, rgb=rgb):
            return cv2.resize(rgb, (wide, high), interpolation=cv2.INTER_AREA)

        watcher.push(Fraction(number, RATE), picture)
    return watcher.finish()


def measured(shot):
    return [look.time for look in shot.looks if look.motion is not None]


def test_motion_is_measured_rarely_beside_faces_and_often_without():
    (peopled,), (empty,) = watched(9, lambda now: 1), watched(9, lambda now: 0)
    assert len(measured(peopled)) < len(measured(empty)) / 2
    assert np.diff(measured(peopled)).max() < 2.2
    assert np.diff(measured(empty)).max() < 0.3


@pytest.mark.parametrize("cut", [4, 6])
def test_who_was_known_in_the_shot_before_counts_for_nothing(cut):
    before, after = watched(cut + 4, lambda now: int(now < cut))
    assert float(after.start) == pytest.approx(cut, abs=0.1)
    assert len(measured(after)) > 2 * len(measured(before)) * 4 / cut
    assert np.diff([cut, *measured(after)]).max() < 0.5


def test_a_slow_detector_changes_nothing():
    def scene(now):
        return int(2 < now < 5)

    assert [
        [(look.time, look.faces) for look in shot.looks] + measured(shot) for shot in watched(6, scene, slowly)
    ] == [[(look.time, look.faces) for look in shot.looks] + measured(shot) for shot in watched(6, scene)]
