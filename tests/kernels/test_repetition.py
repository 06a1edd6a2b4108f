"""A pattern that comes again is kept, what comes once is not."""

import numpy as np

from reelwright.kernels import repetition

BANDS = 300


def loop(times: int, length: int = 40) -> np.ndarray:
    pattern = np.random.default_rng(4).gamma(0.4, 1.0, (length, BANDS)).astype(np.float32)
    return np.tile(pattern, (times, 1))


def test_what_comes_once_is_gone_and_what_repeats_stays():
    background = loop(16)
    once = np.zeros_like(background)
    once[200:230, 50:60] = 5.0
    found = repetition.repeating(background + once, 190, 240, level=10.0, gap=20)

    np.testing.assert_allclose(found, background[190:240], rtol=1e-5)


def test_a_held_note_is_not_its_own_repetition():
    background = loop(16)
    held = np.zeros_like(background)
    held[200:215, 50:60] = 5.0
    near = repetition.repeating(background + held, 200, 215, level=10.0, gap=0)
    far = repetition.repeating(background + held, 200, 215, level=10.0, gap=20)
    assert far[:, 50:60].mean() < near[:, 50:60].mean()


def test_likeness_does_not_hang_on_loudness():
    heard = loop(4)
    for gain in (1e-3, 1e3):
        quiet = repetition.features(heard * np.float32(gain), level=10.0 * gain)
        np.testing.assert_allclose(quiet, repetition.features(heard, level=10.0), atol=1e-4)


def test_a_context_too_short_to_repeat_gives_something_finite():
    for count in (1, 2, 5, 13):
        found = repetition.repeating(loop(1)[:count], 0, count, level=10.0, gap=20)
        assert found.shape == (count, BANDS)
        assert np.isfinite(found).all()


def test_silence_is_silence():
    assert not repetition.repeating(np.zeros((30, BANDS), np.float32), 0, 30, level=0.0, gap=5).any()
