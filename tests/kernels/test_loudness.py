"""Loudness against the compliance signals of EBU Tech 3341 and the coefficients of BS.1770."""

import numpy as np
import pytest

from reelwright.kernels import loudness

RATE = 12000  # low, so that the long signals of the table are cheap
STEREO = (1.0, 1.0)


def tone(parts, rate=RATE, hertz=1000.0):
    """A sine of (dBFS, seconds) parts: float32 [n]."""
    length = [round(seconds * rate) for _, seconds in parts]
    gains = np.repeat([10 ** (level / 20) for level, _ in parts], length)
    return (gains * np.sin(2 * np.pi * hertz * np.arange(sum(length)) / rate)).astype(np.float32)


def measured(channels, rate=RATE, weights=STEREO, block=5000):
    meter = loudness.Meter(rate, weights)
    for start in range(0, channels.shape[1], block):
        meter.push(channels[:, start : start + block])
    return meter.integrated()


@pytest.mark.parametrize(
    ("parts", "lufs"),
    [
        pytest.param([(-23, 20)], -23.0, id="1"),
        pytest.param([(-33, 20)], -33.0, id="2"),
        pytest.param([(-36, 10), (-23, 60), (-36, 10)], -23.0, id="3"),
        pytest.param([(-72, 10), (-36, 10), (-23, 60), (-36, 10), (-72, 10)], -23.0, id="4"),
        pytest.param([(-26, 20), (-20, 20.1), (-26, 20)], -23.0, id="5"),
    ],
)
def test_the_compliance_signals_of_stereo(parts, lufs):
    assert measured(np.stack([tone(parts)] * 2)) == pytest.approx(lufs, abs=0.1)


def test_the_compliance_signal_of_five_channels_with_a_loud_subwoofer():
    names = ("FL", "FR", "FC", "LFE", "BL", "BR")
    levels = (-28, -28, -24, -3, -30, -30)
    sound = np.stack([tone([(level, 20)], 48000) for level in levels])

    assert measured(sound, 48000, loudness.weights(names), 48000) == pytest.approx(-23.0, abs=0.1)


@pytest.mark.parametrize("rate", [8000, 16000, 22050, 44100, 48000, 96000])
def test_a_sine_at_full_scale_reads_the_same_at_every_rate(rate):
    assert measured(tone([(0, 3)], rate, 997.0)[None], rate, (1.0,), 48000) == pytest.approx(-3.01, abs=0.05)


def test_the_filters_at_48_khz_are_those_of_the_standard():
    shelf, high_pass = loudness.sections(48000)

    assert shelf == pytest.approx(
        [1.53512485958697, -2.69169618940638, 1.19839281085285, 1, -1.69065929318241, 0.73248077421585], abs=1e-8
    )
    assert high_pass == pytest.approx([1, -2, 1, 1, -1.99004745483398, 0.99007225036621], abs=1e-8)


def test_blocks_of_any_size_give_the_same():
    sound = np.stack([tone([(-30, 1), (-12, 2)])] * 2)

    assert {round(measured(sound, block=size), 9) for size in (37, 997, 36000)} == {round(measured(sound), 9)}


@pytest.mark.parametrize(
    ("sound", "lufs"),
    [
        pytest.param(np.zeros((2, 0), np.float32), None, id="nothing"),
        pytest.param(np.zeros((2, RATE), np.float32), None, id="silence"),
        pytest.param(np.stack([tone([(-80, 2)])] * 2), None, id="below-the-gate"),
        pytest.param(np.stack([tone([(-20, 0.15)])] * 2), -20.0, id="shorter-than-a-block"),
    ],
)
def test_odd_sounds(sound, lufs):
    assert measured(sound) == (None if lufs is None else pytest.approx(lufs, abs=0.3))
