"""The vendor's scales of tempo, pitch and volume."""

import pytest

from reelwright.kernels import prosody


@pytest.mark.parametrize(
    ("steps", "factor"),
    [(-500, 0.5), (-125, 0.8), (-250, 2 / 3), (0, 1.0), (100, 1 / 0.9), (166, 1.199), (250, 4 / 3), (500, 2.0)],
)
def test_steps_of_the_tempo(steps, factor):
    assert prosody.factor_of(steps) == pytest.approx(factor, abs=5e-4)


def test_the_tempo_rises_with_every_step():
    factors = [prosody.factor_of(steps) for steps in range(-500, 501)]

    assert factors == sorted(factors)


@pytest.mark.parametrize(("volume", "gain"), [(0, 0.0), (25, 0.5), (50, 1.0), (100, 2.0)])
def test_volume_is_a_straight_line(volume, gain):
    assert prosody.gain_of(volume) == gain
