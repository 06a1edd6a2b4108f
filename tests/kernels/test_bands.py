"""Bands hold every bin once."""

import numpy as np
import pytest

from reelwright.kernels.bands import GATHERED, SINGLE, Bands


@pytest.mark.parametrize("bins", [10, SINGLE, SINGLE + 1, SINGLE + GATHERED, 2049])
def test_bands_hold_every_bin_once(bins):
    bands = Bands(bins, 10.0)
    numbers = np.arange(bins, dtype=np.float32)[None]
    means = bands.mean(numbers)
    np.testing.assert_allclose(means[0] * 10.0, bands.hertz)
    spread = bands.spread(means)
    assert spread.shape == numbers.shape
    np.testing.assert_array_equal(spread[:, :SINGLE], numbers[:, :SINGLE])
    np.testing.assert_allclose(bands.mean(spread), means)
    assert np.abs(spread - numbers).max() <= GATHERED / 2
