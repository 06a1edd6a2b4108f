"""Layouts played on other layouts."""

import numpy as np
import pytest

from reelwright.media import channels
from reelwright.media.samples import HALF

FIVE_ONE = channels.names("5.1")


def test_the_speakers_of_a_layout():
    assert channels.names("stereo") == channels.STEREO
    assert FIVE_ONE[:4] == ("FL", "FR", "FC", "LFE")


@pytest.mark.parametrize(
    ("source", "target", "matrix"),
    [
        pytest.param(("FC",), ("FC",), [[1]], id="mono"),
        pytest.param(("FC",), channels.STEREO, [[1], [1]], id="mono-to-stereo"),
        pytest.param(channels.STEREO, ("FC",), [[0.5, 0.5]], id="stereo-to-mono"),
        pytest.param(channels.STEREO, channels.STEREO, [[1, 0], [0, 1]], id="stereo"),
        pytest.param(("FL", "FR", "FC"), channels.STEREO, [[1, 0, HALF], [0, 1, HALF]], id="centre-folded"),
        pytest.param(channels.STEREO, ("FL", "FR", "FC"), [[1, 0], [0, 1], [0, 0]], id="stereo-to-three"),
    ],
)
def test_a_layout_on_another(source, target, matrix):
    assert channels.remix(source, target) == pytest.approx(np.array(matrix, np.float32))


def test_mono_on_five_speakers_comes_from_the_front_sides():
    assert np.flatnonzero(channels.remix(("FC",), FIVE_ONE)[:, 0]).tolist() == [0, 1]


def test_five_speakers_keep_their_sides_in_stereo_and_lose_the_bass_channel():
    left, right = channels.remix(FIVE_ONE, channels.STEREO)

    assert (left[0], left[1], right[0], right[1]) == (1, 0, 0, 1)
    assert left[3] == right[3] == 0
    assert left[4] == pytest.approx(HALF)
