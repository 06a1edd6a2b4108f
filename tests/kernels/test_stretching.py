"""WSOLA on sounds whose pitch, length and moments are known."""

import numpy as np
import pytest

from reelwright.kernels.stretching import stretched
from reelwright.media import making

RATE = 22050
VOICE = making.speech(3.0, rate=RATE).clean


def tone(hertz, seconds=1.0):
    return np.sin(2 * np.pi * hertz * np.arange(round(RATE * seconds)) / RATE).astype(np.float32)


def pitch_of(sound):
    spectrum = np.abs(np.fft.rfft(sound * np.hanning(len(sound)), 1 << 19))
    return float(np.argmax(spectrum)) * RATE / (1 << 19)


@pytest.mark.parametrize("factor", [0.4, 0.5, 0.8, 0.97, 1.03, 1.25, 2.0, 3.0])
@pytest.mark.parametrize("hertz", [80.0, 220.0, 1000.0])
def test_a_tone_keeps_its_pitch_at_any_tempo(hertz, factor):
    found = stretched(tone(hertz), RATE, [(0, 0), (RATE, RATE * factor)])

    assert len(found) == round(RATE * factor)
    assert pitch_of(found) == pytest.approx(hertz, rel=0.004)
    assert np.abs(found).max() <= 1.05


@pytest.mark.parametrize("factor", [0.5, 0.8, 1.25, 2.0])
def test_a_burst_lands_where_the_map_says(factor):
    sound = np.zeros(RATE, np.float32)
    sound[8000:10000] = tone(300)[:2000]
    found = stretched(sound, RATE, [(0, 0), (RATE, RATE * factor)])
    heard = np.flatnonzero(np.abs(found) > 0.05)

    assert heard[0] == pytest.approx(8000 * factor, abs=0.019 * RATE)
    assert heard[-1] == pytest.approx(10000 * factor, abs=0.019 * RATE)


def test_a_map_may_bend():
    sound = np.concatenate([tone(200), tone(600)])
    found = stretched(sound, RATE, [(0, 0), (RATE, RATE * 2), (2 * RATE, RATE * 2.5)])

    assert len(found) == round(2.5 * RATE)
    assert pitch_of(found[: int(1.9 * RATE)]) == pytest.approx(200, rel=0.004)
    assert pitch_of(found[int(2.1 * RATE) :]) == pytest.approx(600, rel=0.004)


def test_one_to_one_is_untouched():
    moments = [(0, 0), (10_000, 10_000), (len(VOICE), len(VOICE))]

    assert np.array_equal(stretched(VOICE, RATE, moments), VOICE)


def test_a_part_can_be_cut_out_untouched():
    assert np.array_equal(stretched(VOICE, RATE, [(1000, 0), (5000, 4000)]), VOICE[1000:5000])


@pytest.mark.parametrize("factor", [0.5, 2.0])
def test_a_voice_keeps_its_level(factor):
    found = stretched(VOICE, RATE, [(0, 0), (len(VOICE), len(VOICE) * factor)])

    assert np.sqrt(np.mean(found**2)) == pytest.approx(np.sqrt(np.mean(VOICE**2)), rel=0.1)


@pytest.mark.parametrize("length", [0, 1, 7, 300])
def test_scraps_and_silence_come_out_as_long_as_asked(length):
    assert len(stretched(np.zeros(length, np.float32), RATE, [(0, 0), (length, 500)])) == 500
    assert not stretched(np.zeros(length, np.float32), RATE, [(0, 0), (length, 500)]).any()
