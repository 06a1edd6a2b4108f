"""What sounds like a crowd and what does not."""

import numpy as np
import pytest

from reelwright.kernels import crowd
from reelwright.media import making

RATE = crowd.RATE


def measured(sound, block=None):
    meter = crowd.CrowdMeter()
    for start in range(0, len(sound), block or len(sound)):
        meter.push(sound[start : start + (block or len(sound))].astype(np.float32))
    return meter.finish()


def test_noise_is_flat_and_a_voice_is_not():
    noise = np.random.default_rng(0).normal(0, 0.1, 3 * RATE)
    voice = making.speech(3.0, rate=RATE).clean
    tone = 0.3 * np.sin(2 * np.pi * 880 * np.arange(3 * RATE) / RATE)
    flat = {name: np.median(measured(sound)[1]) for name, sound in [("noise", noise), ("voice", voice), ("tone", tone)]}
    assert flat["noise"] > 0.7
    assert flat["voice"] < 0.3
    assert flat["tone"] < 0.1


def test_the_level_rises_by_what_the_sound_does():
    noise = np.random.default_rng(1).normal(0, 0.01, 2 * RATE)
    soft, loud = measured(noise)[0], measured(10 * noise)[0]
    assert loud - soft == pytest.approx(20, abs=0.1)


@pytest.mark.parametrize("block", [100, 1600, 5000])
def test_blocks_of_any_length_give_the_same(block):
    sound = np.random.default_rng(2).normal(0, 0.1, RATE + 123)
    whole, parts = measured(sound), measured(sound, block)
    assert len(whole[0]) == 11
    assert np.allclose(whole, parts)


def test_silence_and_nothing_are_no_crowd():
    level, _ = measured(np.zeros(RATE))
    assert level.max() < -90
    assert crowd.CrowdMeter().finish()[0].shape == (0,)
