"""Measures of made speech with one fault planted at a time."""

from functools import reduce
from operator import add

import numpy as np
import pytest
from scipy import signal

from reelwright.kernels import speech_quality
from reelwright.kernels.speech_quality import Analyzer
from reelwright.media import making

RATE = 24000


def pieces(sound, rate=RATE, block=None):
    analyzer, found = Analyzer(rate), []
    for start in range(0, len(sound), block or rate):
        found += analyzer.push(sound[start : start + (block or rate)])
    return [*found, *analyzer.flush()]


def measured(sound, rate=RATE, block=None):
    return reduce(add, (one.statistics() for one in pieces(sound, rate, block)))


def spoken(snr_db=45, rate=RATE, seconds=6.0):
    made = making.speech(seconds, rate=rate, snr_db=snr_db)
    # Made speech ends at 7 kHz; a breath of noise in it fills the band as real consonants do.
    breath = np.random.default_rng(9).normal(0, 0.02, len(made.clean)) * np.abs(made.clean)
    return (made.clean + breath + made.noise).astype(np.float32)


@pytest.mark.parametrize("snr_db", [5, 15, 25, 35])
def test_the_ratio_of_speech_to_noise_is_near_the_truth(snr_db):
    made = making.speech(8.0, rate=RATE, snr_db=snr_db)
    heard = signal.sosfilt(signal.butter(2, 125, "highpass", fs=RATE, output="sos"), made.noise)
    truth = snr_db + 10 * np.log10(np.mean(made.noise**2) / np.mean(heard**2))  # rumble does not count

    assert measured(made.noisy).snr_db == pytest.approx(truth, abs=3.5)


@pytest.mark.parametrize("hertz", [1800, 3400, 6000])
def test_the_bandwidth_is_that_of_the_filter(hertz):
    sound = spoken()
    cut = signal.lfilter(signal.firwin(301, hertz, fs=RATE), [1.0], sound).astype(np.float32)

    assert measured(cut).bandwidth == pytest.approx(hertz, rel=0.1)
    assert measured(sound).bandwidth > 6500


@pytest.mark.parametrize("noise", [0.0, 0.0008, 0.004], ids=["none", "faint", "plain"])
def test_steady_noise_does_not_widen_a_narrow_voice(noise):
    narrow = signal.lfilter(signal.firwin(301, 3400, fs=RATE), [1.0], spoken(60, seconds=10.0))
    hiss = np.random.default_rng(3).normal(0, noise, len(narrow))

    found = measured((narrow + hiss).astype(np.float32))

    assert found.bandwidth == pytest.approx(3400, rel=0.2)


@pytest.mark.parametrize("noise", [0.0008, 0.004], ids=["faint", "plain"])
def test_steady_noise_does_not_narrow_a_wide_voice(noise):
    sound = spoken(60, seconds=10.0)
    hiss = np.random.default_rng(3).normal(0, noise, len(sound))

    assert measured((sound + hiss).astype(np.float32)).bandwidth > 6500


def test_a_constant_voltage_is_no_part_of_the_band():
    sound = spoken()

    found, plain = measured((0.3 + 0.5 * sound).astype(np.float32)), measured((0.5 * sound).astype(np.float32))

    assert found.bandwidth == pytest.approx(plain.bandwidth, rel=0.02)
    assert max(found.low_edge, plain.low_edge) < 220


@pytest.mark.parametrize("hertz", [500, 900, 1600])
def test_the_low_edge_is_that_of_the_filter(hertz):
    sound = spoken()
    cut = signal.lfilter(signal.firwin(601, hertz, fs=RATE, pass_zero=False), [1.0], sound).astype(np.float32)

    assert measured(cut).low_edge == pytest.approx(hertz, abs=150)
    assert measured(sound).low_edge < 300


@pytest.mark.parametrize(("gain", "least", "most"), [(1, 0, 0.001), (4, 0.01, 0.2), (12, 0.1, 0.5)])
def test_clipping_is_seen_at_any_level(gain, least, most):
    clipped = np.clip(gain * spoken(), -0.5, 0.5).astype(np.float32)

    for level in (1.0, 0.1):
        assert least <= measured(clipped * np.float32(level)).saturated <= most


def test_one_loud_click_does_not_hide_clipping():
    clipped = np.clip(8 * spoken(), -0.3, 0.3).astype(np.float32)
    clipped[1000] = 0.99

    assert measured(clipped).saturated > 0.05


def test_a_dull_sound_has_a_steeper_slope():
    dull = signal.lfilter([0.06], [1, -0.94], spoken()).astype(np.float32)

    assert measured(dull).tilt < measured(spoken()).tilt - 3


@pytest.mark.parametrize("block", [1000, 7777, 10**7])
def test_blocks_of_any_size_give_the_same(block):
    sound = spoken(snr_db=20)[: 5 * RATE + 777]
    whole, cut = measured(sound), measured(sound, block=block)

    assert (whole.frames, whole.speech, whole.holes) == (cut.frames, cut.speech, cut.holes)
    assert whole.snr_db == pytest.approx(cut.snr_db)
    assert whole.seconds == pytest.approx(5 + 777 / RATE)


def test_pieces_add_up_in_any_grouping():
    first, second, *rest = (one.statistics() for one in pieces(spoken()))
    left, right = reduce(add, [first + second, *rest]), reduce(add, [first, second, *rest])

    assert left.snr_db == pytest.approx(right.snr_db)
    assert left.samples == right.samples


@pytest.mark.parametrize("rate", [8000, 11025, 22050, 44100, 48000])
def test_rates_that_frames_do_not_divide(rate):
    found = measured(spoken(rate=rate, seconds=3.3), rate)

    assert found.frames == 330
    assert found.seconds == pytest.approx(3.3, abs=0.001)
    assert found.speech > 150


@pytest.mark.parametrize("sound", [np.zeros(RATE, np.float32), making.noise(2.0, rate=RATE)], ids=["silence", "noise"])
def test_without_speech_nothing_is_made_up(sound):
    found = measured(sound)

    assert found.bandwidth == 0.0 or found.speech > 0
    assert found.saturated < 0.01
    assert found.holes == 0


def test_two_voices_at_once_are_told_from_one_voice_in_two_channels():
    one = making.speech(4.0, rate=RATE, snr_db=50).noisy
    other = making.speech(4.0, rate=RATE, snr_db=50, pitch=220.0, seed=8).noisy

    def overlap(left, right):
        both = zip(pieces(left), pieces(right), strict=True)
        return sum(speech_quality.overlapping([a, b])[0] for a, b in both)

    assert overlap(one, other) > 100
    assert overlap(one, one) == 0
    assert overlap(one, np.roll(one, 100) * np.float32(0.5)) < 30
    assert overlap(one, np.zeros_like(one)) == 0


def test_frames_of_uneven_rates_cover_every_sample():
    values = np.ones(1000)

    assert np.all(speech_quality.frame_means(values, 11025, 100) == 1)
    assert len(speech_quality.frame_means(values, 11025, 100)) == speech_quality.frame_count(1000, 11025, 100)
