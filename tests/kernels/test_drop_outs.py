"""Holes of known place and length in made speech, and quiet that is no hole."""

import numpy as np
import pytest

from reelwright.kernels import drop_outs
from reelwright.kernels.drop_outs import STEPS
from reelwright.kernels.speech_quality import frame_means
from reelwright.media import making

RATE = 16000


def holes(sound):
    powers = frame_means(np.square(sound, dtype=np.float64), RATE, STEPS)
    return drop_outs.holes(powers[None])[0] > 0


def runs(flags):
    edges = np.flatnonzero(np.diff(np.concatenate([[0], flags.astype(int), [0]])))
    return [(start / STEPS, end / STEPS) for start, end in edges.reshape(-1, 2)]


def vowel(seconds=3.0):
    at = np.arange(round(seconds * RATE)) / RATE
    return (0.2 * sum(np.sin(2 * np.pi * 140 * n * at) / n for n in range(1, 12))).astype(np.float32)


@pytest.mark.parametrize("milliseconds", [10, 20, 60, 250, 1200])
def test_a_cut_in_a_vowel_is_found_with_its_length(milliseconds):
    sound = vowel() + 0.0003 * making.noise(3.0)
    sound[RATE : RATE + RATE * milliseconds // 1000] = 0

    ((start, end),) = runs(holes(sound))
    assert start == pytest.approx(1.0, abs=0.005)
    assert end - start == pytest.approx(milliseconds / 1000, abs=0.008)


def test_a_cut_that_leaves_a_trace_of_noise_is_found_too():
    sound = vowel()
    sound[RATE : RATE + 640] = 1e-4 * making.noise(1.0)[:640]

    assert len(runs(holes(sound))) == 1


@pytest.mark.parametrize(
    "fade",
    [pytest.param(0.03, id="closing-lips"), pytest.param(0.2, id="end-of-a-word")],
)
def test_what_fades_is_a_pause_however_silent(fade):
    sound, length = vowel(), round(fade * RATE)
    sound[RATE : RATE + 4000] = 0
    sound[RATE - length : RATE] *= np.linspace(1, 0, length) ** 3
    sound[RATE + 4000 : RATE + 4000 + length] *= np.linspace(0, 1, length)

    assert not holes(sound).any()


@pytest.mark.parametrize("snr_db", [60, 20], ids=["silent-pauses", "noise"])
def test_made_speech_has_no_holes(snr_db):
    assert holes(making.speech(8.0, snr_db=snr_db).noisy).sum() <= 3


@pytest.mark.parametrize("sound", [np.zeros(0), np.zeros(RATE), making.noise(1.0)], ids=["nothing", "silence", "noise"])
def test_without_speech_there_are_no_holes(sound):
    assert not holes(sound).any()


def test_what_lasts_longer_than_two_seconds_is_no_hole():
    sound = np.concatenate([vowel(1.0), np.zeros(round(2.5 * RATE), np.float32), vowel(1.0)])

    assert not holes(sound).any()
