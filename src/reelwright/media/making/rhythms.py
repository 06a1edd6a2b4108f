"""Grooves in many styles at an exact tempo: what beat trackers confuse is in them on purpose.

Each style is a bar of steps for each instrument. Tempi can drift, eighths can swing,
players can be late or early by some milliseconds, and some styles have no drums at all.
The truth is where the beat is, not where the players strike. Chords go round every bar or
every other bar, and are inverted and transposed by the seed.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from reelwright.media.making.writing import Samples

Signal = NDArray[np.float64]
Steps = tuple[tuple[int, float], ...]
"""(step of the bar, loudness)."""


@dataclass(frozen=True, slots=True)
class Style:
    """`steps` in a beat (4: sixteenths, 3: triplets), `metre` beats in a bar, `play`: instrument -> steps."""

    steps: int
    play: Mapping[str, Steps] = field(default_factory=dict)
    metre: int = 4
    chord_bars: int = 1


def at(*steps: int, loud: float = 1.0) -> Steps:
    return tuple((step, loud) for step in steps)


def even(every: int, loud: float = 1.0, *, start: int = 0, bar: int = 16) -> Steps:
    """A stroke every so many steps."""
    return at(*range(start, bar, every), loud=loud)


EIGHTHS, BEATS = range(0, 16, 2), range(0, 16, 4)
STYLES: Mapping[str, Style] = {
    "rock": Style(4, {"kick": at(0, 8, 10), "snare": at(4, 12), "hat": at(*EIGHTHS), "bass": at(*EIGHTHS)}),
    "disco": Style(
        4,
        {"kick": at(*BEATS), "clap": at(4, 12), "open": at(2, 6, 10, 14), "bass": at(0, 2, 6, 8, 10, 14, loud=0.8)}
        | {"pad": at(0)},
    ),
    "ballad": Style(
        4,
        {"kick": at(0, 8), "snare": at(4, 12), "hat": at(*EIGHTHS, loud=0.6), "bass": at(0, 8)}
        | {"keys": at(*BEATS), "lead": at(0, 4, 6, 8, 12)},
    ),
    "funk": Style(
        4,
        {"kick": at(0, 3, 10), "snare": (*at(4, 12), *at(7, 9, 15, loud=0.25)), "hat": at(*range(16), loud=0.5)}
        | {"bass": at(0, 3, 6, 10, 14), "stab": at(4, 7, 12)},
    ),
    "break": Style(4, {"kick": at(0, 10), "snare": at(4, 12), "hat": at(*EIGHTHS), "bass": at(0, 6, 10), "pad": at(0)}),
    "shuffle": Style(
        3,
        {"kick": at(0, 6), "snare": at(3, 9), "ride": at(0, 2, 3, 5, 6, 8, 9, 11)} | {"bass": at(0, 3, 6, 9)},
    ),
    "swing": Style(
        3,
        {"ride": at(0, 3, 5, 6, 9, 11), "foot": at(3, 9), "bass": at(0, 3, 6, 9), "stab": at(5, 6, loud=0.5)},
    ),
    "bossa": Style(
        4,
        {"kick": at(0, 6, 8, 14), "rim": at(0, 6, 12), "hat": at(*EIGHTHS, loud=0.6), "keys": at(0, 6, 8, 12)}
        | {"bass": at(0, 6, 8, 14)},
    ),
    "metal": Style(4, {"kick": at(*EIGHTHS), "snare": at(4, 12), "crash": at(*BEATS, loud=0.7), "chug": at(*EIGHTHS)}),
    "waltz": Style(4, {"bass": at(0), "keys": at(4, 8), "lead": at(0, 4, 8), "foot": at(4, 8, loud=0.6)}, metre=3),
    "piano": Style(4, {"bass": at(0, 8), "keys": at(*BEATS), "lead": at(0, 4, 6, 8, 12)}),
    "arpeggio": Style(4, {"bass": at(0, 8), "pluck": (*at(*BEATS), *at(2, 6, 10, 14, loud=0.55))}),
    "strum": Style(4, {"strum": (*at(*BEATS), *at(6, 10, 14, loud=0.5)), "lead": at(0, 4, 8, 12, loud=0.6)}),
    "choir": Style(4, {"pad": at(0), "lead": at(*BEATS), "bass": at(0, 8, loud=0.7)}),
    "claps": Style(4, {"clap": at(*BEATS), "lead": at(0, 6, 8, 12, loud=0.5)}),
}
PROGRESSIONS = ((0, 5, 7, 0), (9, 5, 0, 7), (0, 9, 2, 7), (0, 7, 9, 5), (2, 7, 0, 9))  # roots, semitones above the key
IS_MINOR = frozenset((2, 4, 9))
LEVELS = {
    "kick": 0.9, "snare": 0.6, "clap": 0.5, "rim": 0.35, "hat": 0.25, "open": 0.25, "ride": 0.3, "crash": 0.3,
    "foot": 0.2, "bass": 0.4, "keys": 0.5, "stab": 0.35, "pluck": 0.4, "strum": 0.45, "chug": 0.4, "pad": 0.3,
    "lead": 0.3,
}  # fmt: skip
DRUMS = frozenset(("kick", "snare", "clap", "rim", "hat", "open", "ride", "crash", "foot"))


@dataclass(frozen=True, slots=True)
class Groove:
    """A made piece and its truth. `mix` is float32 [1, n] at `rate` Hz."""

    rate: int
    mix: Samples
    bpm: float
    """At the start; `beats` tell of any drift."""
    beats: tuple[float, ...]
    downbeats: tuple[float, ...]

    @property
    def seconds(self) -> float:
        return float(self.mix.shape[1] / self.rate)


def groove(
    style: str,
    bpm: float,
    *,
    seconds: float = 30.0,
    drift: float = 0.0,
    swing: float = 0.0,
    jitter: float = 0.0,
    lead_in: float = 0.3,
    rate: int = 22050,
    seed: int = 0,
) -> Groove:
    """`play` of a style of STYLES, by its name."""
    return play(
        STYLES[style],
        bpm,
        seconds=seconds,
        drift=drift,
        swing=swing,
        jitter=jitter,
        lead_in=lead_in,
        rate=rate,
        seed=seed,
    )


def play(
    style: Style,
    bpm: float,
    *,
    seconds: float = 30.0,
    drift: float = 0.0,
    swing: float = 0.0,
    jitter: float = 0.0,
    lead_in: float = 0.3,
    rate: int = 22050,
    seed: int = 0,
) -> Groove:
    """Play `style` for about `seconds`.

    `drift` is the share by which the tempo has risen at the end, in an even glide; `swing` delays every
    second eighth by that share of a beat; `jitter` is the standard deviation of each stroke in seconds;
    `lead_in` is the silence before the first beat.
    """
    random = np.random.default_rng(seed)
    bars = max(2, round(seconds * bpm / 60 / style.metre))
    clock = _clock(bars * style.metre + 1, bpm, drift) + lead_in
    mix = np.zeros(round((clock[-1] + 0.5) * rate))
    band = Band(rate, random)
    key, roots = int(random.integers(12)), PROGRESSIONS[int(random.integers(len(PROGRESSIONS)))]
    for bar in range(bars):
        root = roots[bar // style.chord_bars % len(roots)]
        for name, steps in style.play.items():
            for step, loud in steps:
                beat = bar * style.metre + _late(step / style.steps, swing if style.steps == 4 else 0.0)
                start = float(np.interp(beat, np.arange(len(clock)), clock)) + jitter * random.standard_normal()
                lasts = float(clock[bar * style.metre + 1] - clock[bar * style.metre])
                sound = band.sound(name, key, root, step, lasts)
                add(mix, LEVELS[name] * loud * random.uniform(0.85, 1.0) * sound, start, rate)
    mix *= 0.8 / max(1e-9, float(np.abs(mix).max()))
    beats = tuple(float(one) for one in clock[:-1])
    return Groove(rate, mix.astype(np.float32)[None], bpm, beats, beats[:: style.metre])


def _clock(count: int, bpm: float, drift: float) -> Signal:
    """Seconds of each beat from the first."""
    tempo = bpm * (1 + drift * np.arange(count - 1) / max(1, count - 2))
    return np.concatenate([[0.0], np.cumsum(60.0 / tempo)])


def _late(beat: float, swing: float) -> float:
    """The off-beat eighth moves back, what lies between moves along."""
    whole, part = divmod(beat, 1.0)
    return float(whole + np.interp(part, (0.0, 0.5, 1.0), (0.0, 0.5 + swing, 1.0)))


def add(mix: Signal, sound: Signal, at: float, rate: int) -> None:
    first = max(0, round(at * rate))
    kept = sound[: max(0, len(mix) - first)]
    mix[first : first + len(kept)] += kept


class Band:
    """The sound of each instrument; drums are made once, with a new hiss for each hit."""

    def __init__(self, rate: int, random: np.random.Generator) -> None:
        self._rate, self._random = rate, random

    def sound(self, name: str, key: int, root: int, step: int, beat: float) -> Signal:
        if name in DRUMS:
            return self._drum(name)
        third = 3 if root in IS_MINOR else 4
        note = 48 + (key + root) % 12
        chord = (note, note + third, note + 7)
        if name == "bass":
            return self._struck(note - 12, 0.9 * beat, 3.0, (1, 0.7, 0.4, 0.2))
        if name == "lead":
            return self.note(name, note + 12 + (0, third, 7, 12)[step // 2 % 4], beat)
        if name == "pad":
            return sum((self._bowed(one, 3.9 * beat, rise=0.15) for one in chord), np.zeros(1))
        if name == "pluck":
            return self._struck(chord[step // 2 % 3] + 12, 1.2 * beat, 3.0)
        if name == "strum":
            return self._strummed(chord, beat)
        if name == "chug":
            return np.tanh(4 * self._struck(note - 8, 0.45 * beat, 8.0) + 4 * self._struck(note - 1, 0.45 * beat, 8.0))
        decay = 9.0 if name == "stab" else 2.5
        return sum((self._struck(one + 12, 1.5 * beat, decay) for one in chord), np.zeros(1))

    def note(self, name: str, midi: int, seconds: float) -> Signal:
        """One note, sung (`lead`) or struck, of about `seconds`."""
        return self._bowed(midi, 0.95 * seconds) if name == "lead" else self._struck(midi, seconds, 3.0)

    def _struck(
        self, note: int, seconds: float, decay: float, partials: tuple[float, ...] = (1, 0.5, 0.3, 0.2)
    ) -> Signal:
        t = np.arange(round(seconds * self._rate)) / self._rate
        hertz = 440 * 2 ** ((note - 69) / 12)
        tone = sum(gain * np.sin(2 * np.pi * hertz * n * t) for n, gain in enumerate(partials, 1))
        return np.asarray(tone * np.exp(-decay * t) * np.minimum(1, np.minimum(t, seconds - t) / 0.004))

    def _bowed(self, note: int, seconds: float, rise: float = 0.03) -> Signal:
        """A sung or bowed note with vibrato (5.5 Hz, a third of a semitone each way)."""
        t = np.arange(round(seconds * self._rate)) / self._rate
        hertz = 440 * 2 ** ((note - 69) / 12)
        wave = 2 * np.pi * hertz * t + hertz * 0.02 / 5.5 * np.sin(2 * np.pi * 5.5 * t)
        tone = sum(np.sin(n * wave) / n for n in range(1, 6))
        return np.asarray(tone * np.minimum(1, np.minimum(t / rise, (seconds - t) / 0.05)))

    def _strummed(self, chord: tuple[int, ...], beat: float) -> Signal:
        out = np.zeros(round(1.5 * beat * self._rate))
        for number, note in enumerate(chord):
            add(out, self._struck(note + 12, 1.3 * beat, 3.5), 0.006 * number, self._rate)
        return out

    def _drum(self, name: str) -> Signal:
        t = np.arange(round((0.6 if name == "crash" else 0.25) * self._rate)) / self._rate
        hiss = self._random.normal(0, 0.4, len(t))
        bright = np.diff(hiss, prepend=0.0)
        if name == "kick":
            phase = 2 * np.pi * (50 * t + 110 * (1 - np.exp(-40 * t)) / 40)  # 160 Hz falling to 50 Hz
            return np.asarray(np.sin(phase) * np.exp(-14 * t))
        if name == "snare":
            return np.asarray(hiss * np.exp(-25 * t) + 0.4 * np.sin(2 * np.pi * 190 * t) * np.exp(-25 * t))
        if name == "rim":
            return np.asarray(np.sin(2 * np.pi * 820 * t) * np.exp(-60 * t) + 0.3 * hiss * np.exp(-90 * t))
        decay = {"clap": 30.0, "hat": 80.0, "open": 14.0, "ride": 18.0, "crash": 6.0, "foot": 70.0}[name]
        return np.asarray((hiss if name == "clap" else bright) * np.exp(-decay * t))
