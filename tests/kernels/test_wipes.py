"""Wipes are found with their extent; mixtures, cameras and passers-by are none."""

from fractions import Fraction

import cv2
import numpy as np
import pytest

from reelwright.kernels import wipes
from reelwright.kernels.glances import GRID, layout
from reelwright.kernels.shots import Shots

WIDE, HIGH, FPS = 160, 90, 25


def scene(seed, wide=WIDE):
    """Clouds of a colour of their own, uint8 [90, wide, 3]."""
    random = np.random.default_rng(seed)
    total = np.zeros((HIGH, wide, 3), np.float32)
    for cells, weight in ((5, 40), (12, 20)):
        coarse = random.normal(0, 1, (cells, cells * wide // HIGH, 3)).astype(np.float32)
        total += weight * cv2.resize(coarse, (wide, HIGH), interpolation=cv2.INTER_CUBIC)
    return np.clip(random.integers(60, 190, 3) + total, 0, 255).astype(np.uint8)


def along(part):
    return np.arange(WIDE)[None, :] < part * WIDE


def down(part):
    return np.arange(HIGH)[:, None] < part * HIGH


def circle(part):
    y, x = np.mgrid[0:HIGH, 0:WIDE]
    return np.hypot(x - WIDE / 2, y - HIGH / 2) < part * np.hypot(WIDE, HIGH) / 2


def wiped(one, other, count, uncovered):
    parts = [(number + 1) / (count + 1) for number in range(count)]
    return [np.where((uncovered(part) & np.ones((HIGH, WIDE), bool))[..., None], other, one) for part in parts]


@pytest.mark.parametrize("uncovered", [along, down, circle], ids=["line", "downwards", "circle"])
@pytest.mark.parametrize("length", [10, 18, 30])
def test_a_wipe_is_found_where_it_is(uncovered, length):
    thumbs = [scene(1)] * 40 + wiped(scene(1), scene(2), length, uncovered) + [scene(2)] * 40
    shots = Shots()
    for number, thumb in enumerate(thumbs):
        shots.push(Fraction(number, FPS), thumb)

    (found,) = shots.transitions

    assert 38 <= found.at * FPS <= 42 + length
    assert found.start * FPS == pytest.approx(40, abs=2 + length // 5)
    assert found.end * FPS == pytest.approx(40 + length, abs=2 + length // 5)


WIDER = scene(3, WIDE + 400)


@pytest.mark.parametrize(
    "thumbs",
    [
        pytest.param([scene(1)] * 15, id="still"),
        pytest.param([cv2.addWeighted(scene(1), 1 - n / 14, scene(2), n / 14, 0) for n in range(15)], id="dissolve"),
        pytest.param([scene(1)] * 7 + [scene(2)] * 8, id="cut"),
        pytest.param([np.ascontiguousarray(WIDER[:, 12 * n : 12 * n + WIDE]) for n in range(15)], id="pan"),
        pytest.param([np.full((HIGH, WIDE, 3), 12 * n, np.uint8) for n in range(15)], id="brightening"),
        pytest.param(wiped(scene(1), scene(2), 15, along), id="nothing-before-or-after"),
    ],
)
def test_nothing_else_is_a_wipe(thumbs):
    assert wipes.extent(np.stack([layout(one) for one in thumbs])) is None


def test_cells_are_those_of_the_layout():
    assert layout(scene(1)).shape == (GRID[0] * GRID[1] * 3,)
