"""Somebody reads: a spoken sentence, its words, and where they are, before whatever is to be heard behind it.

Made voices (`voices`) have the sound of speech and no words; so the sentence is given: a recording, or a text that
was read aloud.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from reelwright.media import samples
from reelwright.media.making.writing import Samples, write_wav

RATE = 16000
QUIETEST = 10 ** (-30 / 20)  # of the peak: where speech begins and ends
LEVEL = RATE // 100  # samples over which loudness is told
HISS = 1e-4  # no room is without


@dataclass(frozen=True, slots=True)
class Reading:
    """A WAV in which the sentence `words` stands in each of `spans`, (start, end) in seconds, and else nothing."""

    path: Path
    seconds: float
    spans: tuple[tuple[float, float], ...]
    words: str
    rate: int = RATE


def reading(
    path: Path,
    voice: Path,
    words: str,
    *,
    at: tuple[float, ...] = (1.0,),
    seconds: float = 8.0,
    behind: Samples | None = None,
) -> Reading:
    """The sentence in the file `voice`, which says `words`, begins at each of `at`.

    It stands over a soft hiss or over `behind`: float32 [n] at 16 kHz.
    """
    said = trimmed(samples.read(voice, sample_rate=RATE, channels=1).samples[0])
    sound = (HISS * np.random.default_rng(0).normal(size=round(seconds * RATE))).astype(np.float32)
    if behind is not None:
        sound[: len(behind)] += behind[: len(sound)]
    spans = []
    for start in at:
        first = round(start * RATE)
        part = said[: len(sound) - first]
        sound[first : first + len(part)] += part
        spans.append((start, start + len(part) / RATE))
    return Reading(write_wav(path, sound, RATE), seconds, tuple(spans), words)


def trimmed(sound: Samples) -> Samples:
    """Without what is 30 dB below the loudest hundredth of a second, at both ends."""
    power = np.convolve(np.square(sound), np.ones(LEVEL) / LEVEL, mode="same")
    loud = np.flatnonzero(power > QUIETEST**2 * power.max(initial=0.0))
    return sound[loud[0] : loud[-1] + 1] if len(loud) else sound[:0]
