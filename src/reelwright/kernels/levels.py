"""Which of several pulses is the beat: kick, chords and cymbals seen from each of them.

At double the tempo, half of the beats have only a hat or nothing; at half of it, a snare
stands between the beats; shifted by half a beat, the harmony changes off the beat. Each
candidate is described by how strong the onsets are in each register on its beats, between
them and in thirds and quarters, how every second beat differs, where the harmony changes,
and how strong its period is in the autocorrelation. A small network (one layer of 16, beside
a plain weighted sum) turns them into a score, and the highest wins. It was fitted to a
thousand grooves drawn at random; `tools/fit_beat_levels.py` is how.
"""

import json
from dataclasses import dataclass, fields
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from reelwright.kernels.onsets import COLOUR_STEP, FPS, Onsets
from reelwright.kernels.tempo import Pulses, comb
from reelwright.loading import lazy

if TYPE_CHECKING:
    from scipy import ndimage
else:
    ndimage = lazy("scipy.ndimage")

Floats = NDArray[np.float64]

NEAR = 3  # frames around a moment in which an onset counts as being there
QUIET_REGISTER = 0.15  # of the strongest register: a weaker one is not raised to its height
STRUCK = 0.35  # accent from which a beat counts as struck
USUAL_BPM = 120.0  # half way between slow and fast
COLOUR_FPS = FPS / COLOUR_STEP
FEWEST = 6  # beats that a level can be judged by


@dataclass(frozen=True, slots=True)
class Scene:
    """What all candidates of a piece are seen against."""

    pulses: Pulses
    accents: Floats
    """[n, 4], 0 to 1: the strongest onset of each register within NEAR frames."""
    colours: Floats
    """[m + 1, bands]: colours summed up, from 0."""


def scene(onsets: Onsets, found: Pulses) -> Scene:
    near = ndimage.maximum_filter1d(onsets.registers.astype(np.float64), 2 * NEAR + 1, axis=0)
    level = np.sqrt(np.square(near).mean(axis=0))
    level = np.maximum(level, QUIET_REGISTER * level.max()) + 1e-6
    colours = onsets.colours.astype(np.float64)
    summed = np.vstack([np.zeros(colours.shape[1]), np.cumsum(colours, axis=0)])
    return Scene(found, np.tanh(0.7 * near / level), summed)


def evidence(seen: Scene, beats: Floats) -> Floats:
    """The features of one candidate, `beats` in seconds (FEWEST or more); what they are is said by FEATURES."""
    gap = np.diff(beats)
    on, half = accents(seen, beats[:-1]), accents(seen, beats[:-1] + gap / 2)
    thirds = np.maximum(accents(seen, beats[:-1] + gap / 3), accents(seen, beats[:-1] + gap * 2 / 3))
    quarters = (accents(seen, beats[:-1] + gap / 4) + accents(seen, beats[:-1] + gap * 3 / 4)) / 2
    even, odd = on[::2].mean(axis=0), on[1::2].mean(axis=0)
    fourth = np.max([on[first::4].mean(axis=0) for first in range(4)], axis=0) - on.mean(axis=0)
    between = np.abs(half[::2].mean(axis=0) - half[1::2].mean(axis=0))
    middle = float(np.median(gap))
    speed = np.log2(60 / middle / USUAL_BPM)
    lags = middle * FPS * np.array([1, 2, 1 / 2, 3, 1 / 3, 4])
    periodicity = comb(seen.pulses, lags, 1).mean(axis=0)
    struck = [(on > STRUCK).any(axis=1), (on[:, :3] > STRUCK).any(axis=1), (half[:, :3] > STRUCK).any(axis=1)]
    return np.concatenate(
        [
            *(on.mean(axis=0), half.mean(axis=0), np.abs(even - odd), np.minimum(even, odd), between),
            *(fourth, thirds.mean(axis=0), quarters.mean(axis=0), [speed, speed**2], periodicity),
            *(_harmony(seen, beats, gap), [one.mean() for one in struck]),
        ]
    )


def _registers(what: str) -> tuple[str, ...]:
    return tuple(f"{what}, register {number}" for number in range(4))


FEATURES = (
    *_registers("on the beat"),
    *_registers("half way"),
    *_registers("even beats against odd"),
    *_registers("the weaker of even and odd"),
    *_registers("half way, even against odd"),
    *_registers("the strongest fourth of beats against all"),
    *_registers("thirds"),
    *_registers("quarters"),
    *("octaves from the usual tempo", "octaves from it, squared"),
    *(f"correlation at {lag} beats" for lag in ("1", "2", "1/2", "3", "1/3", "4")),
    *(f"harmony changes {where}" for where in ("on the beat", "half way", "more on it", "every 2nd", "every 4th")),
    *("beats struck", "beats struck below the cymbals", "half ways struck below the cymbals"),
)


def accents(seen: Scene, times: Floats) -> Floats:
    """[len(times), 4]"""
    found: Floats = seen.accents[np.clip(np.round(times * FPS).astype(int), 0, len(seen.accents) - 1)]
    return found


def harmonic_change(seen: Scene, times: Floats, span: float) -> Floats:
    """[len(times)], 0 to 1: how other the spectrum is in `span` seconds after each moment than in those before."""
    before, after = _colour(seen, times - span, times), _colour(seen, times, times + span)
    length = np.sqrt(np.square(before).sum(axis=1) * np.square(after).sum(axis=1))
    alike = (before * after).sum(axis=1) / np.maximum(length, 1e-9)
    change: Floats = np.where(length > 1e-9, 1 - alike, 0.0)
    return change


def _colour(seen: Scene, start: Floats, end: Floats) -> Floats:
    last = len(seen.colours) - 1
    first = np.clip(np.round(start * COLOUR_FPS).astype(int), 0, last - 1)
    stop = np.clip(np.maximum(np.round(end * COLOUR_FPS).astype(int), first + 1), 1, last)
    means: Floats = (seen.colours[stop] - seen.colours[first]) / (stop - first)[:, None]
    return means


def _harmony(seen: Scene, beats: Floats, gap: Floats) -> list[float]:
    middle = float(np.median(gap))
    on = 5 * harmonic_change(seen, beats[1:-1], middle)
    half = 5 * harmonic_change(seen, beats[1:-1] + gap[1:] / 2, middle)
    mean = float(on.mean())
    second, fourth = (max(float(on[i::step].mean()) for i in range(step)) - mean for step in (2, 4))
    return [mean, float(half.mean()), mean - float(half.mean()), second, fourth]


def likelihoods(described: Floats) -> Floats:
    """[candidates, len(FEATURES)] -> [candidates], adding up to 1."""
    score = _judge().score(described)
    raised = np.exp(score - score.max())
    shares: Floats = raised / raised.sum()
    return shares


@dataclass(frozen=True, slots=True)
class Judge:
    """features -> evened out -> direct weights + tanh layer -> score."""

    mean: Floats
    deviation: Floats
    direct: Floats
    inner: Floats
    bias: Floats
    outer: Floats

    def score(self, described: Floats) -> Floats:
        even = (described - self.mean) / self.deviation
        score: Floats = even @ self.direct + np.tanh(even @ self.inner + self.bias) @ self.outer
        return score


@cache
def _judge() -> Judge:
    text = resources.files(__package__).joinpath("beat_levels.json").read_text()
    given: dict[str, list[float]] = json.loads(text)
    return Judge(**{one.name: np.array(given[one.name]) for one in fields(Judge)})
