"""Long films in which little happens, and then something does: for those who look for highlights.

A match has a murmuring crowd, calm play, a commentator, and moments at which play gets fast, the commentator loud and
the crowd cheers. A drama has people who talk, and scenes in which they shout and the shots are short. Beside them
there is what is no highlight but looks or sounds like one: a quick pan nobody cheers at, a jingle, plain talk.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from reelwright.media.making.pictures import SCENE, Scene
from reelwright.media.making.voices import speech
from reelwright.media.making.writing import Rgb, Samples, write_video

Span = tuple[float, float]
Signal = NDArray[np.float64]
What = Literal["goal", "quarrel", "pan", "jingle", "talk"]

RATE = 48000
MURMUR, CHEER = 0.012, 0.16  # RMS of the crowd, of full scale
CROWD = (300.0, 5500.0)  # Hz
SWELL = 0.5  # s in which a cheer rises
CALM, RAISED = 0.25, 0.9  # gain of a voice
FAST = 6  # times the pace of calm play
SHOT = 6.0  # s of a calm shot
QUICK_SHOT = 0.8  # s of a shot in a quarrel
HIGHLIGHTS = ("goal", "quarrel")


@dataclass(frozen=True, slots=True)
class Happening:
    """Something at [start, start + seconds); of a goal the first half is play, the second cheering."""

    what: What
    start: float
    seconds: float

    @property
    def span(self) -> Span:
        return self.start, self.start + self.seconds


@dataclass(frozen=True, slots=True)
class Match:
    """A made film and the truth about it."""

    path: Path
    seconds: float
    happenings: tuple[Happening, ...]

    @property
    def highlights(self) -> tuple[Span, ...]:
        return tuple(one.span for one in self.happenings if one.what in HIGHLIGHTS)

    def found(self, shown: Sequence[Span], *, enough: float = 0.6) -> float:
        """The share of the highlights that are shown, each to `enough` of its length in one clip."""
        seen = [
            max((min(end, high) - max(start, low) for start, end in shown), default=0.0) >= enough * (high - low)
            for low, high in self.highlights
        ]
        return sum(seen) / max(1, len(seen))


def match(
    path: Path,
    seconds: float,
    happenings: Sequence[Happening],
    *,
    size: tuple[int, int] = (256, 144),
    fps: int = 25,
    seed: int = 0,
    crowd: bool = True,
) -> Match:
    """Make the film, with sound; without a `crowd` there is a quiet room instead."""
    sound = _sound(seconds, happenings, seed, crowd)
    write_video(path, _frames(seconds, happenings, size, Fraction(fps), seed), size=size, fps=fps, sound=sound)
    return Match(path, seconds, tuple(happenings))


def drawn(seconds: float, what: What, count: int, *, seed: int) -> list[Happening]:
    """`count` highlights and as many of each distraction, at random places that do not touch."""
    random = np.random.default_rng(seed)
    kinds: list[What] = [what] * count + ["pan"] * count + ["jingle"] * max(1, count // 2) + ["talk"] * count
    slot = seconds / len(kinds)
    order = random.permutation(len(kinds))
    happenings = []
    for place, index in enumerate(order):
        lasts = float(random.uniform(0.3, 0.55)) * slot
        start = place * slot + float(random.uniform(0.1, 0.9)) * (slot - lasts)
        happenings.append(Happening(kinds[int(index)], round(start, 2), round(lasts, 2)))
    return happenings


def _frames(
    seconds: float, happenings: Sequence[Happening], size: tuple[int, int], fps: Fraction, seed: int
) -> Iterator[Rgb]:
    length, place, at = round(SHOT * fps), 0, 0
    scene = Scene(SCENE, size, length, fps, [seed, place])
    for number in range(round(seconds * fps)):
        now = [one for one in happenings if one.start <= number / fps < one.span[1]]
        quick = any(one.what == "quarrel" for one in now)
        fast = any(one.what == "pan" or (one.what == "goal" and _part(one, number / fps) < 0.6) for one in now)
        at += FAST if fast else 1
        if at >= (QUICK_SHOT * fps if quick else length) and not fast:
            place, at = place + 1, 0
            scene = Scene(SCENE, size, length, fps, [seed, place])
        back = at // length % 2  # there and back again, so that a shot can go on
        yield scene.draw(length - 1 - at % length if back else at % length)


def _part(one: Happening, time: float | Fraction) -> float:
    return (float(time) - one.start) / one.seconds


def _sound(seconds: float, happenings: Sequence[Happening], seed: int, crowd: bool) -> Samples:
    random = np.random.default_rng([seed, 7])
    count = round(seconds * RATE)
    time = np.arange(count) / RATE
    gain = np.full(count, MURMUR if crowd else MURMUR / 8)
    voice = np.zeros(count, np.float32)
    for number, one in enumerate(happenings):
        first, last = (min(count, round(edge * RATE)) for edge in one.span)
        if one.what == "goal":
            since = time[first:last] - (one.start + 0.4 * one.seconds)
            fall = np.exp(-np.maximum(0, since - SWELL) / (0.6 * one.seconds))
            gain[first:last] += CHEER * np.clip(since / SWELL, 0, 1) * fall
        if one.what in ("goal", "quarrel", "talk"):
            spoken = speech(one.seconds, rate=RATE, seed=seed * 1000 + number, pitch=125 if one.what == "talk" else 210)
            loud = CALM if one.what == "talk" else RAISED
            voice[first:last] += loud * spoken.clean[: last - first]
        if one.what == "jingle":
            voice[first:last] += _jingle(random, last - first)
    murmur = _noise(random, count) * gain
    mixed: Samples = np.clip(murmur.astype(np.float32) + voice, -1, 1)
    return mixed


def _jingle(random: np.random.Generator, count: int) -> Samples:
    """A tune of plucked notes, four a second."""
    time = np.arange(count) / RATE
    tune = np.zeros(count)
    for number, begin in enumerate(np.arange(0, count / RATE, 0.25)):
        since = time - begin
        hertz = 220 * 2 ** (int(random.integers(12)) / 12 + number % 2)
        tune += np.where(since >= 0, np.sin(2 * np.pi * hertz * since) * np.exp(-6 * np.maximum(0, since)), 0)
    jingle: Samples = (0.2 * tune).astype(np.float32)
    return jingle


def _noise(random: np.random.Generator, count: int) -> Signal:
    """Noise in the band of a crowd, RMS 1."""
    spectrum = np.fft.rfft(random.normal(size=count))
    hertz = np.fft.rfftfreq(count, 1 / RATE)
    shaped = np.fft.irfft(spectrum * ((hertz > CROWD[0]) & (hertz < CROWD[1])), count)
    return np.asarray(shaped / np.sqrt(np.mean(np.square(shaped))), np.float64)
