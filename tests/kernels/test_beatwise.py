"""Frames are averaged from beat to beat, and very long songs are looked at in pairs of beats."""

import numpy as np
import pytest

from reelwright.kernels.beatwise import Beatwise, beatwise, thinned


def test_frames_are_averaged_over_each_beat_exactly():
    frames = np.arange(20, dtype=np.float32)[:, None]
    times = np.array([0.45, 0.95, 1.45])  # between frames: 10 frames a second, frame i from i - 0.5 to i + 0.5
    song = beatwise(times, frames, frames, np.zeros(20, np.float32), 10)
    assert song.chroma[:, 0] == pytest.approx([7.0, 12.0])
    assert song.loudness == pytest.approx([0.0, 0.0], abs=1e-9)


@pytest.mark.parametrize(("count", "left"), [(100, 100), (101, 50), (240, 60)])
def test_neighbours_are_joined_until_few_enough_are_left(count, left):
    rows = np.arange(count, dtype=np.float32)[:, None]

    song = thinned(Beatwise(np.arange(count + 1.0), rows, rows, np.zeros(count)), 100)

    assert len(song.loudness) == left
    assert len(song.times) == left + 1
    assert song.loudness == pytest.approx(np.zeros(left), abs=1e-9)
    assert np.all(np.diff(song.times) == count // left)
