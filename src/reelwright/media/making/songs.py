"""A simple song: chords, bass, drums and a sung line, in verses and choruses at an exact tempo.

The chorus is louder, fuller and repeats the same notes each time it comes; verses differ
in chords and have no open hat. Beats, bars, sections and stems are known.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from reelwright.media.making.voices import sung
from reelwright.media.making.writing import Samples

Part = Literal["intro", "verse", "chorus"]
Signal = NDArray[np.float64]

BEATS_PER_BAR = 4
FORM: tuple[Part, ...] = ("intro", "verse", "chorus", "verse", "chorus")
MINOR, MAJOR = (0, 3, 7), (0, 4, 7)
# Root (semitones above C) and third of each bar's chord.
CHORDS: dict[Part, tuple[tuple[int, tuple[int, ...]], ...]] = {
    "intro": ((9, MINOR), (5, MAJOR), (9, MINOR), (7, MAJOR)),
    "verse": ((9, MINOR), (4, MINOR), (5, MAJOR), (0, MAJOR)),
    "chorus": ((0, MAJOR), (7, MAJOR), (9, MINOR), (5, MAJOR)),
}
MELODY: dict[Part, tuple[int | None, ...]] = {  # semitones above C, one for each beat
    "intro": (None,),
    "verse": (9, None, 7, 9, 4, None, None, None),
    "chorus": (12, 12, 11, 7, 9, 7, 9, 11),
}
C4 = 261.626  # Hz
LEVELS = {"drums": 0.5, "bass": 0.35, "chords": 0.25, "vocals": 0.35}


@dataclass(frozen=True, slots=True)
class Section:
    name: Part
    start: float
    end: float


@dataclass(frozen=True, slots=True)
class Song:
    """A made song and the truth about it. Arrays are float32 [2, n] at `rate` Hz."""

    rate: int
    mix: Samples
    stems: dict[str, Samples]
    """`drums`, `bass`, `chords`, `vocals`; their sum is the mix."""
    bpm: float
    beats: tuple[float, ...]
    downbeats: tuple[float, ...]
    sections: tuple[Section, ...]

    @property
    def seconds(self) -> float:
        return float(self.mix.shape[1] / self.rate)

    @property
    def accompaniment(self) -> Samples:
        rest: Samples = self.mix - self.stems["vocals"]
        return rest


def song(*, bpm: float = 120.0, form: Sequence[Part] = FORM, bars: int = 4, rate: int = 44100, seed: int = 0) -> Song:
    """Play `form`, each part `bars` bars long."""
    player = _Player(bpm, rate, np.random.default_rng(seed))
    beat = 60.0 / bpm
    whole = round(len(form) * bars * BEATS_PER_BAR * beat * rate)
    stems = {name: np.zeros((2, whole)) for name in LEVELS}
    beats, sections = [], []
    for index, part in enumerate(form):
        first = index * bars * BEATS_PER_BAR
        sections.append(Section(part, first * beat, (first + bars * BEATS_PER_BAR) * beat))
        for number in range(bars * BEATS_PER_BAR):
            beats.append((first + number) * beat)
            player.play(stems, part, number, beats[-1])
    scale = 0.9 / max(1e-9, float(np.abs(np.sum(list(stems.values()), axis=0)).max()))
    finished = {name: (stem * scale).astype(np.float32) for name, stem in stems.items()}
    mix: Samples = np.sum(np.stack(list(finished.values())), axis=0, dtype=np.float32)
    return Song(rate, mix, finished, bpm, tuple(beats), tuple(beats[::BEATS_PER_BAR]), tuple(sections))


class _Player:
    """Plays one beat of each instrument; hits that are always alike are made once."""

    def __init__(self, bpm: float, rate: int, random: np.random.Generator) -> None:
        self.beat, self.rate, self.random = 60.0 / bpm, rate, random
        self.kick = self._kick()
        self.snare = self._hiss(0.18, 30.0) + 0.4 * self._tone(190.0, 0.18, (1.0,), 25.0)
        self.hat = self._hiss(0.05, 90.0, bright=True)
        self.open_hat = self._hiss(0.25, 14.0, bright=True)

    def play(self, stems: dict[str, Signal], part: Part, number: int, at: float) -> None:
        in_bar = number % BEATS_PER_BAR
        root, third = CHORDS[part][number // BEATS_PER_BAR % len(CHORDS[part])]
        self._drums(stems["drums"], part, in_bar, at)
        self._add(stems["bass"], self._tone(_hertz(root - 24), self.beat, (1, 0.6, 0.3, 0.15), 3.0), at, "bass")
        if in_bar == 0:
            for pan, step in zip((0.25, 0.5, 0.75), third, strict=True):
                loud = 1.0 if part == "chorus" else 0.55
                tone = loud * self._tone(_hertz(root + step - 12), 4 * self.beat, (1, 0.5, 0.33, 0.25, 0.2), 0.8)
                self._add(stems["chords"], tone, at, "chords", pan)
        note = MELODY[part][number % len(MELODY[part])]
        if note is not None:
            voice = sung(self.random, self.rate, _hertz(note - 12), 0.9 * self.beat, "o", "a", vibrato=0.02)
            self._add(stems["vocals"], voice, at, "vocals")

    def _drums(self, stem: Signal, part: Part, in_bar: int, at: float) -> None:
        loud = {"intro": 0.6, "verse": 0.8, "chorus": 1.0}[part]
        # The first beat of a bar is the heaviest: it is what marks the bar.
        self._add(stem, loud * (1.2 if in_bar == 0 else 0.8) * self.kick, at, "drums")
        if in_bar % 2:
            self._add(stem, loud * self.snare, at, "drums")
        hat = self.open_hat if part == "chorus" else self.hat
        self._add(stem, 0.3 * loud * hat, at, "drums", 0.65)
        self._add(stem, 0.2 * loud * self.hat, at + self.beat / 2, "drums", 0.65)

    def _add(self, stem: Signal, sound: Signal, at: float, name: str, pan: float = 0.5) -> None:
        first = round(at * self.rate)
        sound = sound[: max(0, stem.shape[1] - first)] * LEVELS[name]
        # Equal power: the sum of the squares stays while a sound moves from left to right.
        stem[0, first : first + len(sound)] += sound * np.cos(pan * np.pi / 2)
        stem[1, first : first + len(sound)] += sound * np.sin(pan * np.pi / 2)

    def _tone(self, hertz: float, seconds: float, harmonics: Sequence[float], decay: float) -> Signal:
        t = np.arange(round(seconds * self.rate)) / self.rate
        total = np.zeros_like(t)
        for order, gain in enumerate(harmonics, 1):
            total += gain * np.sin(2 * np.pi * hertz * order * t)
        edge = np.minimum(1.0, np.minimum(t, seconds - t) / 0.008)
        shaped: Signal = total * np.exp(-decay * t) * edge
        return shaped

    def _kick(self) -> Signal:
        t = np.arange(round(0.25 * self.rate)) / self.rate
        phase = 2 * np.pi * (50 * t + 110 * (1 - np.exp(-t * 40)) / 40)  # 160 Hz falling to 50 Hz
        struck: Signal = np.sin(phase) * np.exp(-t * 14)
        return struck

    def _hiss(self, seconds: float, decay: float, *, bright: bool = False) -> Signal:
        length = round(seconds * self.rate)
        hiss = self.random.normal(0, 0.4, length)
        if bright:
            hiss = np.diff(hiss, prepend=0.0)
        struck: Signal = hiss * np.exp(-decay * np.arange(length) / self.rate)
        return struck


def _hertz(semitones: float) -> float:
    """Equal temperament, counted from middle C."""
    return float(C4 * 2 ** (semitones / 12))
