"""True peaks that lie between the samples, and a limiter that is checked with another interpolator."""

import numpy as np
import pytest
from scipy import signal

from reelwright.kernels import limiting
from reelwright.kernels.limiting import Limiter, PeakMeter, PeakScan

RATE = 48000


def quarter(phase, seconds=0.2, level=1.0):
    """A sine of a quarter of the rate: its samples miss the top by up to 3 dB."""
    at = np.arange(round(seconds * RATE))
    edge = np.minimum(1, np.minimum(at, at[::-1]) / 500)
    return (level * edge * np.sin(np.pi / 2 * at + phase)).astype(np.float32)[None]


def pushed(stage, sound, block):
    parts = [stage.push(sound[:, start : start + block]) for start in range(0, sound.shape[1], block)]
    return np.concatenate([*parts, stage.flush()], axis=-1)


def true_peak(sound):
    """By sixteenfold resampling, which the product does not use."""
    return float(np.abs(signal.resample_poly(np.pad(sound, ((0, 0), (64, 64))), 16, 1, axis=1)).max())


@pytest.mark.parametrize("phase", [0.0, np.pi / 8, np.pi / 4])
def test_peaks_between_the_samples_are_found(phase):
    meter = PeakMeter(RATE, 1)
    meter.push(quarter(phase))

    assert meter.peak() == pytest.approx(1.0, rel=0.01)


@pytest.mark.parametrize("at", [0, 5, 4799])
def test_a_lone_sample_is_found_in_its_place(at):
    sound = np.zeros((2, 4800), np.float32)
    sound[1, at] = -0.7
    peaks = pushed(PeakScan(RATE, 2), sound, 999)

    assert len(peaks) == 4800
    assert peaks.argmax() == at
    assert peaks[at] == pytest.approx(0.7, abs=1e-6)


@pytest.mark.parametrize("block", [1, 17, 1000, 100_000])
def test_blocks_of_any_size_give_the_same(block):
    random = np.random.default_rng(1)
    length = 900 if block == 1 else 9600
    sound = (random.normal(size=(2, length)) * np.linspace(0.1, 1.5, length)).astype(np.float32)
    whole = pushed(Limiter(RATE, 2, ceiling=0.5), sound, 10**6)

    assert np.allclose(pushed(Limiter(RATE, 2, ceiling=0.5), sound, block), whole, atol=1e-6)


@pytest.mark.parametrize(
    ("rate", "times"), [(192_000, 4), (48_000, 4), (44_100, 4), (22_050, 8), (16_000, 12), (8000, 24)]
)
def test_low_rates_are_looked_at_as_finely_as_high_ones(rate, times):
    scan = PeakScan(rate, 1)

    assert limiting.oversampling(rate) == times
    assert pushed(scan, quarter(np.pi / 4), 1000).max() == pytest.approx(1.0, rel=0.01)


def test_what_is_below_the_ceiling_passes_untouched():
    sound = np.random.default_rng(2).uniform(-0.2, 0.2, (2, 20_000)).astype(np.float32)
    limiter = Limiter(RATE, 2, ceiling=0.9)

    assert np.array_equal(pushed(limiter, sound, 777), sound)
    assert limiter.deepest == 0.0


@pytest.mark.parametrize("gain", [1.0, 2.0, 8.0])
@pytest.mark.parametrize("kind", ["noise", "quarter", "clicks", "bass"])
def test_the_true_peak_stays_below_the_ceiling(kind, gain):
    random = np.random.default_rng(3)
    at = np.arange(24_000) / RATE
    sound = {
        "noise": random.normal(0, 0.4, (2, 24_000)),
        "quarter": quarter(np.pi / 4, 0.5),
        "clicks": np.where(random.random((1, 24_000)) < 0.001, 1.0, 0.01),
        "bass": np.sin(2 * np.pi * 60 * at)[None],
    }[kind].astype(np.float32)
    ceiling = 10 ** (-1 / 20)
    found = pushed(Limiter(RATE, len(sound), ceiling=ceiling, gain=gain), sound, 4096)

    assert found.shape == sound.shape
    # A finer grid sees a little more than the fourfold one, and most where there is sound near half of the rate.
    assert true_peak(found) <= ceiling * 10 ** ((0.5 if kind == "noise" else 0.15) / 20)


def test_the_gain_falls_before_the_peak_and_comes_back():
    sound = np.full((1, RATE), 0.1, np.float32)
    sound[0, 20_000] = 1.0
    found = pushed(Limiter(RATE, 1, ceiling=0.25), sound, 5000)[0]
    gain = found / sound[0]

    assert gain[20_000] == pytest.approx(0.25, rel=0.02)
    assert np.all(gain[: 20_000 - 2 * 240 - 20] > 0.9999)
    assert np.all(np.diff(gain[19_500:20_000]) <= 1e-6)
    assert np.all(gain[20_000 + round(0.25 * RATE) :] > 0.999)
    assert np.abs(np.diff(20 * np.log10(gain))).max() < 0.2  # dB from sample to sample: no edge


def test_channels_keep_their_balance():
    left = np.random.default_rng(4).normal(0, 0.6, RATE // 4).astype(np.float32)
    sound = np.stack([left, 0.5 * left])
    found = pushed(Limiter(RATE, 2, ceiling=0.5), sound, 3000)

    assert np.allclose(found[1], 0.5 * found[0], atol=1e-6)


def test_decibels_of_nothing_are_a_number():
    assert limiting.decibels(0.0) == limiting.DEEPEST
    assert limiting.decibels(limiting.amplitude(-7.5)) == pytest.approx(-7.5)
