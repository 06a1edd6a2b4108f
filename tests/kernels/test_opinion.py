"""Scores keep the order of the faults, and each fault has its own score."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from reelwright.kernels import opinion
from reelwright.kernels.opinion import Heard, Scores
from reelwright.kernels.speech_quality import BINS, LOWEST, STEP, STEPS, Analyzer, Statistics
from reelwright.media import making


@pytest.fixture(scope="module")
def clean() -> Statistics:
    """Ten seconds of counts that say: clean, wide, steady speech."""
    octaves = np.zeros((6, STEPS), np.int64)
    octaves[:, round((-80 - LOWEST) / STEP)] = 600
    hertz = (np.arange(BINS) + 0.5) * 40
    spectrum = np.where(hertz < 11000, 0.01 * (np.maximum(hertz, 200) / 200) ** -2.0, 0)
    spectrum = np.maximum(spectrum, np.where(hertz < 11000, 2e-6, 0))
    amplitudes = np.tile(np.exp(np.linspace(0, 8, 200)).astype(np.int64), (2, 1))
    return Statistics(
        10.0, 1000, 800, 1000, 800 * 0.008, octaves, spectrum, np.full(6, 600 * 1e-3), 600, amplitudes, 220_500, 0, 0, 0
    )


def test_clean_speech_is_excellent(clean):
    found = opinion.scores(clean)

    assert min(found.mos, found.discontinuity, found.coloration, found.noisiness, found.loudness) > 4


def noisy(clean, snr_db):
    octaves = np.zeros_like(clean.octaves)
    octaves[:, round((-30 - snr_db - LOWEST) / STEP)] = 600
    return replace(clean, octaves=octaves)


FAULTS = {
    "noisiness": [lambda one, snr=snr: noisy(one, snr) for snr in (30, 20, 10, 0)],
    "discontinuity": [
        lambda one, share=share: replace(one, hole_steps=int(4000 * share), holes=int(400 * share))
        for share in (0.01, 0.05, 0.2, 0.5)
    ],
    "coloration": [
        lambda one, hertz=hertz: replace(one, spectrum=one.spectrum * (np.arange(BINS) * 40 < hertz))
        for hertz in (7000, 4000, 2000, 1000)
    ],
    "loudness": [
        lambda one, level=level: replace(one, weighted=800 * 10 ** ((level + 0.691) / 10)) for level in (-28, -40, -55)
    ],
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_growing_fault_lowers_its_own_score_and_the_whole(clean, name):
    found = [opinion.scores(clean), *(opinion.scores(fault(clean)) for fault in FAULTS[name])]
    own, whole = [getattr(one, name) for one in found], [one.mos for one in found]

    assert own == sorted(own, reverse=True)
    assert own[-1] < 2
    assert whole == sorted(whole, reverse=True)
    for other in FAULTS.keys() - {name}:
        assert getattr(found[-1], other) == pytest.approx(getattr(found[0], other), abs=0.35)


def test_a_voice_without_its_bass_is_coloured(clean):
    hertz = np.arange(BINS) * 40
    found = [opinion.scores(replace(clean, spectrum=clean.spectrum * (hertz > low))) for low in (0, 500, 900, 1600)]

    assert all(one.coloration > other.coloration for one, other in pairwise(found))
    assert all(one.mos > other.mos for one, other in pairwise(found))
    assert found[0].noisiness - found[-1].noisiness < 0.5


def test_no_speech_has_no_score(clean):
    assert opinion.scores(replace(clean, speech=0)) == opinion.NOTHING
    assert opinion.speech_lufs(replace(clean, speech=0)) == opinion.NO_SPEECH


def test_a_model_moves_noise_and_the_whole_only(clean):
    alone, good, bad = (opinion.scores(clean, one) for one in (None, Heard(3.6, 4.2), Heard(1.5, 1.5)))

    assert bad.mos < alone.mos
    assert bad.noisiness < alone.noisiness
    assert good.mos > 4
    assert (bad.coloration, bad.discontinuity, bad.loudness) == (alone.coloration, alone.discontinuity, alone.loudness)


def test_a_model_that_is_deaf_to_gaps_and_colour_counts_less(clean):
    torn = replace(clean, hole_steps=1500, holes=80)

    assert opinion.scores(torn).noisiness - opinion.scores(torn, Heard(2, 2)).noisiness < 0.5


def test_the_worst_is_taken_of_each_dimension():
    assert opinion.worst([Scores(1, 5, 4, 3, 2), Scores(2, 4, 3, 2, 5)]) == Scores(1, 4, 3, 2, 2)
    assert opinion.worst([]) == opinion.NOTHING


@pytest.mark.parametrize(("saturated", "decibels"), [(0, 0), (0.05, 1.0), (0.25, 4.0)])
def test_power_that_clipping_took_is_given_back(saturated, decibels):
    assert opinion.cut_off_db(saturated) == pytest.approx(decibels, abs=0.4)


def test_scores_of_real_counts_lie_between_0_and_5():
    analyzer = Analyzer(16000)
    found = [*analyzer.push(making.speech(3.0, snr_db=15).noisy), *analyzer.flush()]
    for one in found:
        scores = opinion.scores(one.statistics())
        assert all(0 <= getattr(scores, name) <= 5 for name in ("mos", "coloration", "noisiness", "discontinuity"))
