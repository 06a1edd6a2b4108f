"""`kernels.shot_motion` on windows that slide over a known texture, with parts hidden and things that move."""

import cv2
import numpy as np
import pytest

from reelwright.kernels.shot_motion import ShotMotion

SIZE, COUNT = (160, 480), 33
HALF = np.diag([0.5, 0.5, 1])
WORLD = cv2.GaussianBlur(np.random.default_rng(3).uniform(0, 255, (240, 1000)).astype(np.float32), (0, 0), 1.6)
WORLD = np.clip((WORLD - 127) * 3 + 127, 0, 255)


def looking(path, *, walker=False):
    """Luma and hidden parts of frames whose windows lie at `path(index)` in the world."""

    def see(index):
        x, y = path(index)
        luma = cv2.warpAffine(WORLD, np.array([[1, 0, -x], [0, 1, -y]], float), SIZE[::-1], flags=cv2.INTER_CUBIC)
        if walker:
            left = 20 + 10 * index
            luma[20:120, left : left + 80] = np.indices((100, 80)).sum(0) // 4 % 2 * 200 + 20
        luma += np.random.default_rng(index).normal(0, 1, SIZE).astype(np.float32)
        hidden = np.zeros(SIZE, bool)
        hidden[60:100, 120:360] = True
        luma[hidden] = 235
        return luma, hidden

    return see


def motions(see):
    def wide(index):
        luma, hidden = see(index)
        return cv2.resize(luma, (SIZE[1] // 2, SIZE[0] // 2), interpolation=cv2.INTER_AREA), hidden[::2, ::2]

    return ShotMotion(see, COUNT, wide, HALF)


@pytest.mark.parametrize(
    "path",
    [
        pytest.param(lambda index: (100 + 1.3 * index, 20.0), id="pan"),
        pytest.param(lambda index: (300 - 6.0 * index, 20 + 0.4 * index), id="fast"),
        pytest.param(lambda index: (100 + 0.02 * index, 20.0), id="drift"),
        pytest.param(lambda index: (100 + 3 * np.sin(index / 2), 20 + np.cos(index)), id="shaken"),
    ],
)
def test_frames_are_laid_over_each_other_to_a_fraction_of_a_pixel(path):
    shot = motions(looking(path))
    for target, source in ((0, 8), (5, 20), (20, 3), (10, 31)):
        motion = shot.motion(target, source)
        wanted = np.subtract(path(target), path(source))
        middle = np.array([SIZE[1] / 2, SIZE[0] / 2, 1])
        assert (motion @ middle - middle)[:2] == pytest.approx(wanted, abs=0.15)


@pytest.mark.parametrize("walker", [False, True])
def test_a_camera_that_stands_is_told_as_such_whatever_walks_by(walker):
    shot = motions(looking(lambda index: (100.0, 20.0), walker=walker))
    assert all(shot.shift(0, index) == 0 for index in range(COUNT))


def test_nothing_is_said_across_a_change_of_scene():
    shot = motions(looking(lambda index: (60.0, 20.0) if index < 16 else (420.0, 40.0)))
    assert shot.motion(3, 14) is not None
    assert shot.motion(3, 20) is None
    assert shot.shift(3, 20) == float("inf")


def test_plain_pictures_that_change_are_lost_without_a_word():
    plain = [np.full((64, 160), level, np.float32) for level in (60, 60, 200, 200)]
    nothing = np.zeros(plain[0].shape, bool)
    small = [one[::2, ::2] for one in plain]
    shot = ShotMotion(
        lambda index: (plain[index], nothing),
        len(plain),
        lambda index: (small[index], nothing[::2, ::2]),
        np.diag([0.5, 0.5, 1]),
    )
    assert shot.motion(0, 3) is None
    assert shot.motion(2, 3) is not None
