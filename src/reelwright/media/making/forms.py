"""Whole songs in many forms: where each verse, chorus, bridge and solo lies is known.

A chorus has the same chords and the same tune each time; a verse has its chords again but
another tune, as when the words change; a bridge and a solo come once. How much louder and
fuller the chorus is, is up to the seed, and the last one may be in another key.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from reelwright.media.making.rhythms import Band, Steps, add, even
from reelwright.media.making.writing import Samples

Signal = NDArray[np.float64]
Chords = tuple[int, ...]

BEATS_PER_BAR = 4
POP = ("intro", "verse", "chorus", "verse", "chorus", "bridge", "chorus", "outro")
FORMS: Mapping[str, tuple[str, ...]] = {
    "pop": POP,
    "short": ("verse", "chorus", "verse", "chorus"),
    "lead-up": ("intro", "verse", "lead-up", "chorus", "verse", "lead-up", "chorus", "solo", "chorus", "chorus"),
    "chorus-first": ("chorus", "verse", "chorus", "verse", "bridge", "chorus"),
    "long-verse": ("intro", "verse", "verse", "chorus", "verse", "chorus", "solo", "verse", "chorus", "outro"),
}
BARS = {"intro": 4, "verse": 8, "lead-up": 4, "chorus": 8, "bridge": 8, "solo": 8, "outro": 4}
SCALE = (0, 2, 4, 5, 7, 9, 11)
DEGREES = (0, 2, 4, 5, 7, 9)  # roots of the chords a song may use, semitones above its key
PLAY: Mapping[str, Mapping[str, Steps]] = {
    "calm": {"hat": even(4, 0.7), "keys": even(4, 0.7), "bass": even(8)},
    "steady": {"kick": even(8), "snare": even(8, start=4), "hat": even(2, 0.8), "keys": even(4, 0.7), "bass": even(4)},
    "full": {"kick": even(4), "snare": even(8, start=4), "open": even(2), "strum": even(2, 0.8), "bass": even(2)}
    | {"pad": even(16)},
}
MANNER = {"verse": "steady", "lead-up": "steady", "chorus": "full", "solo": "steady", "bridge": "calm"}
LEVELS = {"kick": 0.8, "snare": 0.5, "hat": 0.2, "open": 0.2, "keys": 0.4, "strum": 0.3, "bass": 0.4, "pad": 0.2}


@dataclass(frozen=True, slots=True)
class Span:
    name: str
    start: float
    end: float


@dataclass(frozen=True, slots=True)
class Arranged:
    """A made song. `mix` is float32 [1, n] at `rate` Hz; `sections` cover it from the first beat on."""

    rate: int
    mix: Samples
    sections: tuple[Span, ...]

    @property
    def seconds(self) -> float:
        return float(self.mix.shape[1] / self.rate)

    @property
    def choruses(self) -> tuple[Span, ...]:
        return tuple(one for one in self.sections if one.name == "chorus")


def arranged(
    form: Sequence[str] = POP,
    *,
    bpm: float = 120.0,
    lift: int = 0,
    louder_db: float = 3.0,
    bars: Mapping[str, int] = BARS,
    longer_verse: int = 0,
    shared_chords: bool = False,
    rate: int = 22050,
    seed: int = 0,
) -> Arranged:
    """Play `form`.

    The last chorus is `lift` semitones higher, choruses are `louder_db` above the rest, and each verse
    is `longer_verse` bars longer than the one before. With `shared_chords` verses have the chords of the chorus.
    """
    player = _Player(bpm, rate, np.random.default_rng(seed), louder_db, shared_chords)
    bar = BEATS_PER_BAR * 60.0 / bpm
    last = max((index for index, name in enumerate(form) if name == "chorus"), default=-1)
    sections: list[Span] = []
    parts: list[tuple[str, int, int]] = []
    at, verses = 0.0, 0
    for index, name in enumerate(form):
        length = bars[name] + (verses * longer_verse if name == "verse" else 0)
        verses += name == "verse"
        sections.append(Span(name, at, at + length * bar))
        parts.append((name, length, lift if index == last else 0))
        at += length * bar
    mix = np.zeros(round((at + 1.0) * rate))
    for section, (name, length, up) in zip(sections, parts, strict=True):
        player.play(mix, section.start, name, length, up)
    mix *= 0.8 / max(1e-9, float(np.abs(mix).max()))
    return Arranged(rate, mix.astype(np.float32)[None], tuple(sections))


class _Player:
    def __init__(
        self, bpm: float, rate: int, random: np.random.Generator, louder_db: float, shared_chords: bool
    ) -> None:
        self._beat, self._rate, self._random = 60.0 / bpm, rate, random
        self._band = Band(rate, random)
        self._key = int(random.integers(12))
        self._louder = 10 ** (louder_db / 20)
        self._chords = {name: self._progression() for name in BARS}
        if shared_chords:
            self._chords["verse"] = self._chords["chorus"]
        self._hook = self._tune(16)

    def play(self, mix: Signal, start: float, name: str, bars: int, up: int) -> None:
        play = PLAY[MANNER.get(name, "calm")]
        loud = self._louder if name == "chorus" else 1.0
        tune = self._hook if name == "chorus" else self._tune(8 * bars)
        sings = name not in ("intro", "outro")
        for bar in range(bars):
            chords = self._chords[name]
            at, root = start + bar * BEATS_PER_BAR * self._beat, chords[bar % len(chords)]
            for instrument, steps in play.items():
                for step, gain in steps:
                    sound = self._band.sound(instrument, self._key + up, root, step, self._beat)
                    gain *= loud * LEVELS[instrument] * self._random.uniform(0.9, 1.0)
                    add(mix, gain * sound, at + step * self._beat / 4, self._rate)
            if sings:
                self._sing(mix, at, tune, bar, up, loud)

    def _sing(self, mix: Signal, at: float, tune: list[int | None], bar: int, up: int, loud: float) -> None:
        for number in range(8):  # eighths
            note = tune[(8 * bar + number) % len(tune)]
            if note is not None:
                sound = self._band.note("lead", 60 + self._key + note + up, 0.5 * self._beat)
                add(mix, 0.3 * loud * sound, at + number * self._beat / 2, self._rate)

    def _progression(self) -> Chords:
        return tuple(int(one) for one in self._random.choice(DEGREES, 4, replace=False))

    def _tune(self, length: int) -> list[int | None]:
        """Eighths; a walk on the scale with rests."""
        place, tune = 3, list[int | None]()
        for _ in range(length):
            place = int(np.clip(place + self._random.integers(-2, 3), 0, 9))
            rests = self._random.random() < 0.35
            tune.append(None if rests else SCALE[place % 7] + 12 * (place // 7))
        return tune
