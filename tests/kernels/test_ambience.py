"""The made sound of places."""

import numpy as np
import pytest
from scipy import signal

from reelwright.kernels import ambience
from reelwright.kernels.ambience import RATE


def bed(setting="meadow", time="day", weather="clear", subjects=(), seconds=3.0, seed=1):
    return ambience.bed(setting, time, weather, frozenset(subjects), seconds, seed=seed)


def share(sound, low, high):
    """Power of a band, of the whole."""
    hertz, power = signal.welch(sound.mean(axis=0), RATE, nperseg=4096)
    return power[(hertz >= low) & (hertz < high)].sum() / power.sum()


@pytest.mark.parametrize("setting", sorted(ambience.PLACES))
def test_every_place_sounds_and_none_too_loud(setting):
    sound = bed(setting)
    assert sound.shape == (2, 3 * RATE)
    assert sound.dtype == np.float32
    assert np.abs(sound).max() == pytest.approx(ambience.PEAK, rel=0.05)
    assert np.sqrt((sound**2).mean()) > 0.005
    assert np.abs(sound[:, [0, -1]]).max() < 0.01, "it fades in and out"


def test_the_same_seed_sounds_the_same_and_another_does_not():
    assert np.array_equal(bed(seed=4), bed(seed=4))
    assert not np.array_equal(bed(seed=4), bed(seed=5))


def test_rain_hisses_and_the_deep_rumbles():
    assert share(bed("lake", weather="rain"), 1500, 12000) > 0.25
    assert share(bed("underwater"), 0, 400) > 0.7


def test_crickets_sing_by_night_and_birds_by_day():
    assert share(bed("meadow", "night"), 3900, 4900) > 2 * share(bed("meadow", "day"), 3900, 4900)


def test_a_fire_is_heard():
    assert not np.allclose(bed("room"), bed("room", subjects=["fire"]), atol=0.02)


@pytest.mark.parametrize("seconds", [0.05, 0.5, 61.0])
def test_any_length_can_be_made(seconds):
    assert bed("sea", seconds=seconds).shape[1] == round(seconds * RATE)
