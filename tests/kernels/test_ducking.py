"""A gain that is down before the first word, stays down over pauses, and is up where nobody speaks."""

import numpy as np
import pytest

from reelwright.kernels import ducking
from reelwright.kernels.ducking import EARLY, HOLD, SLOPE, Ducker
from reelwright.media import making


def gains(sound, rate, depth, block=9999, **given):
    ducker = Ducker(rate, depth, **given)
    parts = [ducker.push(sound[:, start : start + block]) for start in range(0, sound.shape[1], block)]
    return np.concatenate([*parts, ducker.flush()])


@pytest.fixture(scope="module")
def talk():
    """Noise of 9 s at 44.1 kHz with speech from 3 s on: (sound [1, n], first word, last word)."""
    spoken = making.speech(4.0, rate=44100)
    sound = 0.001 * making.noise(9.0, rate=44100)
    sound[3 * 44100 : 3 * 44100 + len(spoken.clean)] += spoken.clean
    return sound[None], 3 + spoken.phrases[0][0], 3 + spoken.phrases[-1][1]


def test_the_gain_is_down_from_before_the_first_word_to_the_last(talk):
    sound, first, last = talk
    found = 20 * np.log10(gains(sound, 44100, 12.0))

    assert len(found) == sound.shape[1]
    assert np.all(found[: round((first - 0.8) * 44100)] == 0)
    assert np.allclose(found[round((first - 0.03) * 44100) : round(last * 44100)], -12, atol=0.2)
    assert np.all(found[round((last + 1.2) * 44100) :] > -0.1)
    assert np.abs(np.diff(found)).max() < 0.01  # dB from sample to sample


def test_blocks_of_any_size_give_the_same(talk):
    sound = talk[0]

    assert np.allclose(gains(sound, 44100, 20.0, 1111), gains(sound, 44100, 20.0, 10**9), atol=1e-6)


@pytest.mark.parametrize("length", [0, 1, 100, 5000])
def test_very_short_sounds_get_as_many_gains(length):
    assert len(gains(np.zeros((2, length), np.float32), 48000, 12.0)) == length


def test_a_tune_is_ducked_under_more_if_any_voice_counts():
    song = making.song(form=("chorus",), bars=4)
    talk, voice = (gains(song.mix, song.rate, 12.0, any_voice=one).mean() for one in (False, True))

    assert voice < talk - 0.1


def test_the_slopes_lie_around_the_speech():
    flags = np.zeros((1, 400))
    flags[0, 150:180] = flags[0, 220:230] = 1  # a pause of 0.4 s is bridged
    depth = ducking.sloped(flags)[0]

    assert np.all(depth[150 - EARLY : 229 + HOLD] > 0.999)
    assert np.all(depth[: 150 - EARLY - 2 * SLOPE] == 0)
    assert np.all(depth[230 + HOLD + 2 * SLOPE :] == 0)
