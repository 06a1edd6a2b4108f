"""Pulses of planted tempo are among the candidates, and a drifting one is followed."""

import numpy as np
import pytest

from reelwright.kernels import tempo
from reelwright.kernels.onsets import FPS


def ticks(times, seconds=40.0):
    strength = np.zeros(round(seconds * FPS), np.float32)
    strength[np.round(np.asarray(times) * FPS).astype(int)] = 1.0
    return strength


def drifting(slow, fast, seconds=40.0):
    times, at = [], 0.5
    while at < seconds - 0.1:
        times.append(at)
        at += 60 / (slow + (fast - slow) * at / seconds)
    return np.array(times)


@pytest.mark.parametrize("bpm", [45, 60, 77.7, 100, 133, 171, 199, 235])
def test_the_planted_tempo_is_a_candidate(bpm):
    found = tempo.candidates(tempo.pulses(ticks(drifting(bpm, bpm))), 40, 240)
    assert min(abs(60 * FPS / period / bpm - 1) for period in found) < 0.02


@pytest.mark.parametrize(("slowest", "fastest"), [(40, 240), (90, 140), (100, 150)])
def test_candidates_keep_to_the_range(slowest, fastest):
    found = tempo.candidates(tempo.pulses(ticks(drifting(60, 60))), slowest, fastest)
    assert all(slowest <= 60 * FPS / period <= fastest for period in found)
    assert found


@pytest.mark.parametrize(("slow", "fast"), [(110, 130), (96, 84)], ids=["faster", "slower"])
def test_a_drifting_pulse_is_followed(slow, fast):
    pulses = tempo.pulses(ticks(drifting(slow, fast)))
    course = 60 * FPS / tempo.course(pulses, 60 * FPS / ((slow + fast) / 2))
    planted = np.linspace(slow, fast, len(course))
    inner = slice(5 * FPS, -5 * FPS)
    assert np.abs(course[inner] / planted[inner] - 1).max() < 0.025


@pytest.mark.parametrize(("before", "after"), [(100, 130), (130, 100), (90, 122)])
def test_a_new_tempo_is_followed_from_the_old_one(before, after):
    times = np.concatenate([np.arange(0.5, 30.0, 60 / before), np.arange(30.2, 59.0, 60 / after)])
    course = 60 * FPS / tempo.course(tempo.pulses(ticks(times, 60.0)), 60 * FPS / before)
    assert np.abs(course[5 * FPS : 24 * FPS] / before - 1).max() < 0.025
    assert np.abs(course[36 * FPS : -5 * FPS] / after - 1).max() < 0.025


def test_soft_passages_count_like_loud_ones():
    loud = ticks(drifting(120, 120))
    faded = loud * np.where(np.arange(len(loud)) < len(loud) // 2, 1.0, 0.25).astype(np.float32)
    novelty = tempo.pulses(faded).novelty
    first, second = novelty[: len(loud) // 2 - 300].max(), novelty[len(loud) // 2 + 300 :].max()
    assert second > 0.7 * first
