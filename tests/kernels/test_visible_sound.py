"""Bands and swells of sounds that are known."""

import numpy as np
import pytest

from reelwright.kernels import visible_sound

RATE, FPS, BANDS = 48000, 25, 32


def levels(wave, *, block=1000):
    bands = visible_sound.Bands(RATE, FPS, BANDS)
    for start in range(0, len(wave), block):
        bands.push(wave[start : start + block].astype(np.float32))
    return bands.finish(-(-len(wave) * FPS // RATE))


def tone(frequency, seconds=1.0, level=0.1):
    return level * np.sin(2 * np.pi * frequency * np.arange(round(seconds * RATE)) / RATE)


@pytest.mark.parametrize("frequency", [100, 440, 1000, 3000, 10000])
def test_the_band_of_a_tone_is_the_strongest(frequency):
    found = levels(tone(frequency))[12]

    edges, best = visible_sound.edges(BANDS), int(found.argmax())
    assert edges[best] / 1.1 <= frequency <= edges[best + 1] * 1.1


def test_ten_decibels_are_the_same_step_at_every_level():
    tops = [levels(tone(1000, level=level))[12].max() for level in (0.1, 0.1 / 10**0.5, 0.01)]

    step = 10 / (visible_sound.CEILING - visible_sound.FLOOR)
    assert np.diff(tops) == pytest.approx([-step, -step], abs=0.005)


def test_silence_is_nothing_and_a_level_falls_back_slowly():
    wave = np.concatenate([tone(1000, 0.4, 0.3), np.zeros(RATE)])

    top = levels(wave).max(axis=1)

    assert levels(np.zeros(RATE)).max() == 0
    assert np.diff(top[12:20]) == pytest.approx([-visible_sound.FALL / FPS] * 7, abs=1e-4)
    assert top[-1] == 0


@pytest.mark.parametrize("block", [1, 777, 100_000])
def test_blocks_of_any_size_give_the_same(block):
    wave = np.random.default_rng(0).normal(0, 0.1, 5000)

    assert np.array_equal(levels(wave, block=block), levels(wave, block=64))


def test_the_swell_holds_the_greatest_of_each_hundredth():
    wave = np.zeros(RATE)
    wave[[100, 24_000, 47_999]] = (0.5, -0.75, 2.0)
    swell = visible_sound.Swell(RATE)
    for part in np.array_split(wave.astype(np.float32), 7):
        swell.push(part)

    values = swell.values
    assert len(values) == 100
    assert (values[0], values[50], values[99]) == (0.5, 0.75, 1.0)
    assert np.count_nonzero(values) == 3
