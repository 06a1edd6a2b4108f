"""Quiet music under a voice, synthesised: chords held like strings, now and then a plucked tone, in a mood.

A mood is a scale, a tempo, how bright the tones are and how often one is plucked. Chords follow each other in a seeded
walk over the degrees that go together in the scale; each voice moves to the nearest tone of the next chord. Moods may
change on the way, at the next bar. Nothing is sampled and nothing is quoted. The same seed gives the same music.

It is made bar by bar, so a long piece needs no more memory than a short one. It has no melody, no drums and no form.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Sound = NDArray[np.float32]

RATE = 48000
LEVEL = 0.12  # of full scale, about the peak of a chord
TONIC = 45  # MIDI: A2
BEATS = 4  # in a bar
ATTACK, RELEASE = 1.1, 1.6  # s of a held tone
PLUCK = 2.6  # 1/s, decay
DETUNED = 0.0017  # of the frequency, between the two sides
PARTIALS = 5


@dataclass(frozen=True, slots=True)
class Mood:
    """`scale`: semitones above the tonic. `roots`: degrees that chords stand on. `bright`: 0 dull to 1."""

    scale: tuple[int, ...]
    roots: tuple[int, ...]
    tempo: float
    bright: float
    plucked: float
    """Tones in a beat, on the average."""


MAJOR, MINOR, DORIAN = (0, 2, 4, 5, 7, 9, 11), (0, 2, 3, 5, 7, 8, 10), (0, 2, 3, 5, 7, 9, 10)
LYDIAN, PHRYGIAN = (0, 2, 4, 6, 7, 9, 11), (0, 1, 3, 5, 7, 8, 10)

MOODS: Mapping[str, Mood] = {
    "calm": Mood(MAJOR, (0, 3, 5, 4), 60, 0.35, 0.25),
    "joyful": Mood(MAJOR, (0, 4, 5, 3), 84, 0.6, 0.8),
    "sad": Mood(MINOR, (0, 5, 3, 4), 52, 0.25, 0.2),
    "tense": Mood(PHRYGIAN, (0, 1, 0, 3), 66, 0.3, 0.1),
    "mysterious": Mood(DORIAN, (0, 3, 1, 4), 56, 0.4, 0.35),
    "wondrous": Mood(LYDIAN, (0, 1, 4, 5), 66, 0.6, 0.6),
}
USUAL = "calm"
WORDS: Mapping[str, tuple[str, ...]] = {  # what else people call them
    "joyful": ("joy", "happy", "cheer", "merry", "funny", "humor", "lively", "excited", "欢", "喜", "快", "乐", "笑"),
    "sad": ("sad", "sorrow", "lonel", "melanch", "gloom", "cold", "grief", "悲", "伤", "凄", "哀", "孤", "愁", "惨"),
    "tense": (
        "tens",
        "fear",
        "angry",
        "anger",
        "danger",
        "dark",
        "fight",
        "urgent",
        "紧",
        "怒",
        "惧",
        "怕",
        "险",
        "惊",
    ),
    "mysterious": ("myster", "strange", "odd", "eerie", "curious", "疑", "奇", "怪", "神秘"),
    "wondrous": ("wonder", "dream", "magic", "awe", "hope", "epic", "梦", "幻", "希望", "壮"),
}


def mood(name: str) -> str:
    """The mood that somebody's word for one is nearest to; `calm` for any that is not known."""
    asked = name.strip().lower()
    if asked in MOODS:
        return asked
    return next((known for known, words in WORDS.items() if any(word in asked for word in words)), USUAL)


def play(moods: Sequence[tuple[str, float]], *, seed: int) -> Iterator[Sound]:
    """The music, bar by bar: float32 [2, n] at 48 kHz, of mean level about -30 dBFS.

    `moods`: names of `MOODS`, and from which second each holds; the first holds from the start. It never ends.
    """
    generator = np.random.default_rng((seed, 20))
    voices, ringing, before = [0, 4, 7, 12], np.zeros((2, 0)), 0.0
    number = 0
    while True:
        name = [one for one, since in moods if since <= before + 1e-6][-1:] or [moods[0][0] if moods else USUAL]
        one = MOODS[name[0]]
        seconds = BEATS * 60 / one.tempo
        root = one.roots[number % len(one.roots)] if number % 8 < 6 else int(generator.choice(one.roots))
        voices = _led(voices, _chord(one.scale, root))
        count, tail = round(seconds * RATE), round((RELEASE + 0.4) * RATE)
        bar = np.zeros((2, count + tail))
        bar[:, : ringing.shape[1]] += ringing[:, : count + tail]
        _hold(bar, voices, seconds, one.bright, generator)
        _pluck(bar, voices, seconds, one, generator)
        yield (LEVEL * bar[:, :count]).astype(np.float32)
        ringing, before, number = bar[:, count:], before + seconds, number + 1


def _chord(scale: tuple[int, ...], root: int) -> list[int]:
    """Semitones of the triad on a degree, in one octave."""
    return [scale[(root + step) % len(scale)] + 12 * ((root + step) // len(scale)) for step in (0, 2, 4)]


def _led(voices: Sequence[int], chord: Sequence[int]) -> list[int]:
    """The bass on the root; each other voice on the nearest tone of the chord that no voice has."""
    led = [chord[0] % 12 - 12 * (chord[0] % 12 > 7)]
    for voice in voices[1:]:
        near = sorted(
            (abs(tone % 12 + 12 * octave - voice), tone % 12 + 12 * octave) for tone in chord for octave in range(3)
        )
        led.append(next((tone for _, tone in near if tone not in led), near[0][1]))
    return led


def _hertz(tone: float) -> float:
    return float(440 * 2 ** ((TONIC + tone - 69) / 12))


def _hold(
    bar: NDArray[np.float64], voices: Sequence[int], seconds: float, bright: float, generator: np.random.Generator
) -> None:
    length = min(bar.shape[1], round((seconds + RELEASE) * RATE))
    at = np.arange(length) / RATE
    rise, fall = np.clip(at / ATTACK, 0, 1), np.clip((seconds + RELEASE - at) / RELEASE, 0, 1)
    shape = np.sin(np.pi / 2 * rise) ** 2 * np.sin(np.pi / 2 * fall) ** 2
    for place, tone in enumerate(voices):
        hertz, strength = _hertz(tone), (1.0, 0.55, 0.5, 0.4)[place % 4] / len(voices)
        swell = 1 + 0.15 * np.sin(2 * np.pi * (0.13 + 0.05 * place) * at + generator.uniform(0, 6.28))
        for side in range(2):
            pitch = hertz * (1 + DETUNED * (side - 0.5))
            bar[side, :length] += strength * shape * swell * _tone(pitch, at, bright, generator.uniform(0, 6.28))


def _tone(hertz: float, at: NDArray[np.float64], bright: float, phase: float) -> NDArray[np.float64]:
    """A soft tone: few partials, made of one sine by the recurrence of Chebyshev (sin nx from sin x and cos x)."""
    turn = 2 * np.pi * hertz * at + phase
    first, twice = np.sin(turn), 2 * np.cos(turn)
    before, now, total = np.zeros_like(first), first, first.copy()
    for partial in range(2, PARTIALS + 1):
        before, now = now, twice * now - before
        total += now * (0.15 + 0.45 * bright) ** (partial - 1) / math.sqrt(partial)
    return total


def _pluck(
    bar: NDArray[np.float64], voices: Sequence[int], seconds: float, one: Mood, generator: np.random.Generator
) -> None:
    beat = seconds / BEATS
    for half in range(2 * BEATS):
        if generator.random() >= one.plucked / 2:
            continue
        tone = int(generator.choice(voices[1:])) + 12 * int(generator.integers(1, 3))
        first = round(half * beat / 2 * RATE)
        at = np.arange(min(bar.shape[1] - first, round(1.6 * RATE))) / RATE
        shape = np.minimum(1, at / 0.008) * np.exp(-PLUCK * at) * np.clip((1.6 - at) / 0.3, 0, 1)
        sound = 0.22 * shape * _tone(_hertz(tone), at, 0.4 * one.bright, 0.0)
        left = generator.uniform(0.35, 0.65)
        bar[0, first : first + len(at)] += left * 2 * sound
        bar[1, first : first + len(at)] += (1 - left) * 2 * sound
