"""`kernels.hard_cuts`: a new scene is told at its first frame, motion and depth of samples do not matter."""

import cv2
import numpy as np
import pytest

from reelwright.kernels.hard_cuts import HardCuts


def scene(seed):
    cells = np.random.default_rng(seed).integers(0, 255, (8, 14)).astype(np.uint8)
    return cv2.resize(cells, (420, 180), interpolation=cv2.INTER_CUBIC)


@pytest.mark.parametrize("scale", [1, 4], ids=["8-bit", "10-bit"])
def test_each_new_scene_begins_a_shot_and_panning_does_not(scale):
    kind = np.uint8 if scale == 1 else np.uint16
    cuts, told = HardCuts(), []
    for number in range(60):
        view = scene(number // 20)[:, 3 * (number % 20) :][:, :320]
        told.append(cuts.push(view.astype(kind) * kind(scale)))
    assert [number for number, is_cut in enumerate(told) if is_cut] == [0, 20, 40]
