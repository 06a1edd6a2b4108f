"""Clean voices are told from noisy ones, by what an estimator removed and by what stays under all."""

import numpy as np
import pytest

from reelwright.kernels.cleanness import Cleanness, measured


def frames(noise_db, seconds=12.0, *, bursts_db=None, spoilt_db=-18.0):
    """Powers of 10 ms frames: speech of level 1 in turns with pauses, noise under all, what an estimator leaves."""
    random = np.random.default_rng(4)
    count = round(100 * seconds)
    spoken = (np.arange(count) // 30) % 2 == 0
    noise = 10 ** (noise_db / 10) * random.gamma(20, 1 / 20, count)
    if bursts_db is not None:
        noise[45::180] += 10 ** (bursts_db / 10)
    noisy = spoken * random.gamma(3, 1 / 3, count) + noise
    left = np.where(spoken, noisy * (1 - 10 ** (spoilt_db / 10)), 0.01 * noisy)
    return noisy, left, spoken


@pytest.mark.parametrize(
    ("noise_db", "least", "most"), [(-60, 1, 1), (-40, 1, 1), (-20, 0, 0), (0, 0, 0)], ids=lambda one: str(one)
)
def test_steady_noise_is_what_a_clean_voice_has_not(noise_db, least, most):
    noisy, left, _ = frames(noise_db)

    assert least <= measured(noisy, left) <= most


def test_noise_that_comes_and_goes_counts_though_the_pauses_are_silent():
    noisy, left, _ = frames(-70, bursts_db=0)

    assert measured(noisy, left) == 0


def test_speech_passes_and_pauses_do_not():
    noisy, left, spoken = frames(-50)

    share = Cleanness().push(noisy, left)

    assert share[:100].max() == 0  # nothing is known yet
    assert share[200:][spoken[200:]].min() == 1
    assert share[~spoken].max() == 0


@pytest.mark.parametrize("block", [1, 7, 25, 400])
def test_any_cut_gives_the_same(block):
    noisy, left, _ = frames(-35)
    cleanness = Cleanness()

    parts = [cleanness.push(noisy[at : at + block], left[at : at + block]) for at in range(0, len(noisy), block)]

    assert np.array_equal(np.concatenate(parts), Cleanness().push(noisy, left))


def test_silence_is_not_clean_and_ends_no_division():
    assert measured(np.zeros(200), np.zeros(200)) == 0
    assert Cleanness().push(np.zeros(300), np.zeros(300)).max() == 0


def test_a_voice_that_turns_noisy_is_cleaned_again():
    clean, noisy = frames(-60), frames(-5)

    share = Cleanness().push(*(np.concatenate(pair) for pair in zip(clean[:2], noisy[:2], strict=True)))

    assert share[1100:1199].max() == 1
    assert share[1300:].max() == 0
