"""Sounds laid to the sample, whatever the sizes of their blocks."""

import numpy as np
import pytest

from reelwright.kernels import tracks
from reelwright.kernels.tracks import Added, Placement


def blocks(values, size):
    sound = np.array([values], np.float32)
    return (sound[:, start : start + size] for start in range(0, sound.shape[1], size))


@pytest.mark.parametrize("size", [1, 2, 100])
@pytest.mark.parametrize("block", [1, 3, 64])
@pytest.mark.parametrize(
    ("lead", "length", "wanted"),
    [
        pytest.param(0, 5, [1, 2, 3, 4, 5], id="as-it-is"),
        pytest.param(3, 8, [0, 0, 0, 1, 2, 3, 4, 5], id="later"),
        pytest.param(2, 4, [0, 0, 1, 2], id="cut"),
        pytest.param(1, 9, [0, 1, 2, 3, 4, 5, 0, 0, 0], id="filled"),
        pytest.param(7, 4, [0, 0, 0, 0], id="beyond"),
        pytest.param(0, 0, [], id="nothing"),
    ],
)
def test_a_sound_is_laid_into_a_length(size, block, lead, length, wanted):
    found = list(tracks.fitted(blocks([1, 2, 3, 4, 5], size), 1, lead=lead, length=length, block=block))

    assert [value for one in found for value in one[0].tolist()] == wanted
    assert [one.shape[1] for one in found] == [min(block, length - at) for at in range(0, length, block)]


def test_the_sum_has_both_at_their_gains():
    added = Added(Placement(2, 5, 6), gain=0.5, low=0.5)
    main, track = blocks([1, 1, 1, 1, 1, 1], 4), blocks([0, 0, 8, 8, 8, 0], 4)

    assert np.concatenate(list(added.to(main, track, None)), axis=1)[0] == pytest.approx([1, 1, 5, 5, 5, 1])
    assert added.ducked == 0.0


def test_fades_begin_and_end_with_the_track():
    gains = Placement(start=10, end=30, length=40, fade_in=9, fade_out=4).gains(0, 40)

    assert gains[10:20] == pytest.approx(np.sin(np.pi / 2 * np.arange(1, 11) / 10))
    assert np.all(gains[20:25] == 1)
    assert gains[29] == pytest.approx(np.sin(np.pi / 2 / 5))
    assert np.all(gains[:10] == 0)
    assert np.all(gains[30:] == 0)


def test_without_fades_no_sample_of_the_track_is_touched():
    assert Placement(start=10, end=30, length=40).gains(10, 20).tolist() == [1.0] * 20


class Late:
    """A ducker that answers one block late, with a half for every sample."""

    waiting = 0

    def push(self, samples):
        ready, self.waiting = self.waiting, samples.shape[1]
        return np.full(ready, 0.4, np.float32)

    def flush(self):
        return np.full(self.waiting, 0.4, np.float32)


def test_a_late_ducker_still_meets_its_samples():
    added = Added(Placement(0, 6, 9), gain=1.0, low=0.5)
    main, track = blocks(range(9), 3), blocks([10, 20, 30, 40, 50, 60, 0, 0, 0], 3)
    found = np.concatenate(list(added.to(main, track, Late())), axis=1)[0]

    assert found == pytest.approx([4, 9, 14, 19, 24, 29, 6, 7, 8])
    assert added.ducked == 1.0
