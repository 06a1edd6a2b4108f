"""The direction of a voice is found where it was put, and split from the rest."""

import numpy as np
import pytest

from reelwright.kernels.centre import Direction, DirectionMeter, split
from reelwright.kernels.stft import Analysis

RATE = 16000


def noise(seed: int, seconds: float = 3.0) -> np.ndarray:
    return np.random.default_rng(seed).standard_normal(round(seconds * RATE)).astype(np.float32)


def heard(stereo: np.ndarray) -> Direction:
    meter = DirectionMeter(RATE)
    for at in range(0, stereo.shape[1], RATE):
        meter.push(stereo[:, at : at + RATE].astype(np.float32))
    return meter.direction()


def panned(sound: np.ndarray, degrees: float) -> np.ndarray:
    angle = np.radians(degrees)
    return np.stack([np.cos(angle) * sound, np.sin(angle) * sound])


@pytest.mark.parametrize("degrees", [35.0, 40.0, 45.0, 51.0, 55.0])
def test_the_direction_is_where_the_voice_was_put(degrees):
    beside = 0.2 * np.stack([noise(2), noise(3)])
    found = heard(panned(noise(1), degrees) + beside)
    assert found.degrees == pytest.approx(degrees, abs=1.0)
    assert not found.is_narrow
    # Half of the energy of the two noises is beside the direction.
    assert found.width == pytest.approx(0.04, rel=0.15)


def test_near_the_centre_is_the_centre():
    assert heard(panned(noise(1), 45.6)).degrees == 45.0


@pytest.mark.parametrize("voice", [1.0, 0.0], ids=["with-a-voice", "alone"])
def test_a_loud_instrument_at_the_side_is_not_taken_for_the_voice(voice):
    turns = np.arange(3 * RATE) // (RATE // 2) % 2
    stereo = panned(voice * turns * noise(1), 45) + 2 * panned((1 - turns) * noise(2), 10)
    assert heard(stereo).degrees == 45.0


@pytest.mark.parametrize(
    ("left", "right", "degrees"),
    [(1, 1, 45), (1, 0, 0), (0, 1, 90), (0, 0, 45)],
    ids=["mono", "left-only", "right-only", "silence"],
)
def test_one_source_alone_has_nothing_beside_it(left, right, degrees):
    sound = noise(1)
    found = heard(np.stack([left * sound, right * sound]))
    assert found.degrees == degrees
    assert found.is_narrow


@pytest.mark.parametrize("degrees", [0.0, 40.0, 45.0])
def test_what_is_in_the_direction_is_split_from_what_is_beside(degrees):
    direction = Direction(degrees)
    spectra = Analysis(2, 512).push(np.array(direction.gains, np.float32)[:, None] * noise(1))
    inside, beside = split(spectra, direction)
    np.testing.assert_allclose(np.abs(beside), 0, atol=1e-4)
    expected = Analysis(1, 512).push(noise(1)[None])[0]
    np.testing.assert_allclose(inside, expected, atol=1e-3)
