"""A function with a bounded view gives the same over a stream as over the whole."""

from itertools import pairwise

import numpy as np
import pytest
from scipy import ndimage

from reelwright.kernels.windowed import Windowed

REACH = 7


def greatest(columns):
    return ndimage.maximum_filter1d(columns, 2 * REACH + 1, axis=1, mode="nearest") if columns.shape[1] else columns


@pytest.mark.parametrize("sizes", [(100,), (1,) * 40, (3, 50, 0, 2, 45), (5,), (0,)], ids=str)
def test_pieces_give_the_answers_of_the_whole(sizes):
    whole = np.random.default_rng(0).normal(size=(2, sum(sizes)))
    stream = Windowed(greatest, rows=2, reach=REACH)
    edges = np.cumsum((0, *sizes))
    answers = [stream.push(whole[:, a:b]) for a, b in pairwise(edges)]

    assert stream.waiting <= REACH
    assert np.array_equal(np.concatenate([*answers, stream.flush()], axis=1), greatest(whole))


def test_the_end_can_be_cut_off():
    stream = Windowed(greatest, rows=1, reach=REACH)
    assert stream.push(np.arange(10.0)[None]).tolist() == [[7.0, 8.0, 9.0]]

    assert stream.flush(2).tolist() == [[4.0, 4.0]]
