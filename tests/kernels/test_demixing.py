"""The stream of the voice: aligned, whole, the same for any blocks; and parts that add up."""

import tracemalloc

import numpy as np
import pytest

from reelwright.kernels import demixing
from reelwright.kernels.centre import Direction
from reelwright.kernels.demixing import Demixer, allowed, parted, usual_ratio
from reelwright.media import making

RATE = 4000  # few bands, so that minutes cost little


def everything(cells):
    return np.ones_like(cells.inside)


def noise(seconds: float, channels: int = 1) -> np.ndarray:
    return 0.1 * np.random.default_rng(1).standard_normal((channels, round(seconds * RATE))).astype(np.float32)


def voice_of(sound: np.ndarray, block: int, **given) -> np.ndarray:
    demixer = Demixer(given.pop("rate", RATE), len(sound), **given)
    parts = [demixer.push(sound[:, at : at + block]) for at in range(0, sound.shape[1], block)]
    return np.concatenate([*parts, demixer.flush()], axis=1)


@pytest.mark.parametrize("seconds", [0.001, 0.05, 1.0, 23.0, 120.0])
def test_where_all_is_voice_the_voice_is_the_input_across_all_seams(seconds):
    sound = noise(seconds)
    found = voice_of(sound, RATE, mask=everything)
    assert found.shape == sound.shape
    np.testing.assert_allclose(found, sound, atol=1e-6)


@pytest.mark.parametrize("degrees", [45.0, 38.0], ids=["centre", "a-little-left"])
def test_the_voice_comes_back_in_its_direction(degrees):
    direction = Direction(degrees, width=1.0)
    sound = np.array(direction.gains, np.float32)[:, None] * noise(3.0)
    np.testing.assert_allclose(voice_of(sound, 777, direction=direction, mask=everything), sound, atol=1e-6)


def test_the_blocks_it_comes_in_do_not_matter():
    sound = making.song(bars=1, form=("verse", "chorus"), rate=8000).mix
    direction = Direction(width=1.0)
    whole = voice_of(sound, sound.shape[1], rate=8000, direction=direction)
    np.testing.assert_allclose(voice_of(sound, 1234, rate=8000, direction=direction), whole, atol=1e-5)


@pytest.mark.parametrize("gain", [1e-3, 4.0])
def test_loudness_does_not_matter(gain):
    sound = making.song(bars=1, form=("chorus",), rate=8000).mix
    direction = Direction(width=1.0)
    plain = voice_of(sound, 8000, rate=8000, direction=direction)
    scaled = voice_of((gain * sound).astype(np.float32), 8000, rate=8000, direction=direction)
    np.testing.assert_allclose(scaled / gain, plain, atol=1e-4)


def test_memory_is_flat_in_the_length():
    demixer = Demixer(RATE, 2, direction=Direction(width=1.0))
    made, peaks = 0, {}
    tracemalloc.start()
    for second in range(600):
        block = 0.1 * np.random.default_rng(second).standard_normal((2, RATE)).astype(np.float32)
        made += demixer.push(block).shape[1]
        peaks[second + 1] = tracemalloc.get_traced_memory()[1]
    made += demixer.flush().shape[1]
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert made == 600 * RATE
    # The context fills in the first three minutes; from then on nothing is added.
    assert peaks[60] < peaks[240]
    assert peak < 1.1 * peaks[240]


def test_what_a_band_usually_has_over_its_sides_is_that_of_the_pauses():
    random = np.random.default_rng(2)
    beside = random.gamma(8.0, 1.0, (400, 50)).astype(np.float32)
    inside = 4 * random.gamma(8.0, 1.0, (400, 50)).astype(np.float32)  # 6 dB over
    inside[:240] *= 50  # a voice three fifths of the time
    np.testing.assert_allclose(usual_ratio(inside, beside), 6.0, atol=1.5)


def test_below_the_bass_cut_nothing_is_voice():
    hertz = np.array([0, 50, 56, 68, 80, 200])
    found = allowed(hertz, 80.0)
    assert found[:3].tolist() == [0, 0, 0]
    assert 0.3 < found[3] < 0.7
    assert found[4:].tolist() == [1, 1]
    assert allowed(hertz, 0.0).all()


@pytest.mark.parametrize("bits", [16, 24])
@pytest.mark.parametrize("loud", [0.1, 1.0, 3.0])
def test_parts_on_a_grid_add_up_exactly_and_stay_below_full_scale(bits, loud):
    steps = 1 << (bits - 1)
    random = np.random.default_rng(bits)
    heard = (random.integers(-steps, steps, (2, 5000)) / steps).astype(np.float32)
    heard[:, :4] = (-1, 1 - 1 / steps, 0, -1)
    voice = (loud * random.standard_normal(heard.shape)).astype(np.float32)
    for part in (found := parted(heard, voice, steps)):
        assert part.min() >= -1
        assert part.max() < 1
        whole = part.astype(np.float64) * steps
        assert (whole == np.rint(whole)).all()
    np.testing.assert_array_equal(found[0].astype(np.float64) + found[1], heard)
    if loud == 0.1:
        assert np.abs(found[0] - voice).max() <= 1.01  # only moved where the rest would not fit
        assert np.median(np.abs(found[0] - voice)) <= 0.5 / steps


def test_float_parts_add_up_to_the_last_bits():
    heard, voice = noise(1.0), 0.5 * noise(1.0)[:, ::-1]
    parts = parted(heard, voice, None)
    np.testing.assert_allclose(parts[0] + parts[1], heard, atol=6e-8)


def test_blocks_are_let_go():
    demixer = Demixer(RATE, 1, mask=everything)
    for _ in range(300):
        demixer.push(noise(1.0))
    assert len(demixer._blocks) <= 2 * demixing.AROUND + 1
