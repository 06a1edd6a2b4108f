"""Tempo, pitch and loudness of speech, from how people write them to factors (1 is as usual).

The vendor counts tempo in steps of -500 to 500: the time a text takes changes by 0.002 of itself a
step below 0 and by 0.001 above, so that -500 is half the tempo, -125 is 0.8, 166 is 1.2 and 500 is twice
the tempo. Pitch has the same scale: ±500 is an octave. Volume goes from 0 (silence) by 50 (as
usual) to 100, in a straight line: 100 is 6 dB louder.
"""

import re
from collections.abc import Mapping

STEPS = 500
USUAL_VOLUME = 50
SLOWER_STEP, FASTER_STEP = 0.002, 0.001  # of the usual time

RATES = {"x-slow": 0.5, "slow": 0.8, "medium": 1.0, "default": 1.0, "fast": 1.25, "x-fast": 1.6}
PITCHES = {"x-low": 0.7, "low": 0.85, "medium": 1.0, "default": 1.0, "high": 1.18, "x-high": 1.4}
VOLUMES = {
    "silent": 0.0,
    "x-soft": 0.25,
    "soft": 0.5,
    "medium": 1.0,
    "default": 1.0,
    "loud": 1.4,
    "x-loud": 2.0,
}
EMPHASIS = {  # tempo, pitch, loudness
    "strong": (0.85, 1.15, 1.4),
    "moderate": (0.93, 1.08, 1.2),
    "none": (1.0, 1.0, 1.0),
    "reduced": (1.07, 0.95, 0.7),
}
BREAKS = {"none": 0.0, "x-weak": 0.1, "weak": 0.2, "medium": 0.4, "strong": 0.75, "x-strong": 1.2}  # seconds
LEAST, MOST = 0.25, 4.0  # of tempo and pitch
LONGEST_BREAK = 10.0  # seconds
PERCENT = re.compile(r"^([+-]?)(\d+(?:\.\d+)?)%$")
SEMITONES = re.compile(r"^([+-]?\d+(?:\.\d+)?)st$")
DECIBELS = re.compile(r"^([+-]?\d+(?:\.\d+)?)db$", re.IGNORECASE)
FACTOR = re.compile(r"^\d+(?:\.\d+)?$")
TIME = re.compile(r"^\+?(\d+(?:\.\d+)?|\.\d+)(ms|s)$")


def factor_of(steps: float) -> float:
    """-500 … 500 -> 0.5 … 2."""
    return 1 / (1 - (SLOWER_STEP if steps < 0 else FASTER_STEP) * steps)


def gain_of(volume: float) -> float:
    """0 … 100 -> 0 … 2, an amplitude."""
    return volume / USUAL_VOLUME


def rate(text: str) -> float:
    """The `rate` of SSML: a word, a factor (`1.2`), a share (`120%`) or a change (`+20%`). `ValueError` tells how."""
    return _held(_word_or_share(text, RATES, "a factor as 1.2, a share as 120%"))


def pitch(text: str) -> float:
    """The `pitch` of SSML: a word, a change (`+10%`), or semitones (`-2st`)."""
    found = SEMITONES.match(text.strip().lower())
    if found:
        return _held(2 ** (float(found.group(1)) / 12))
    return _held(_word_or_share(text, PITCHES, "a change as +10%, semitones as -2st"))


def volume(text: str) -> float:
    """The `volume` of SSML: a word, decibels (`-6dB`), a change (`+10%`), or 0 to 100, 50 being as usual."""
    given = text.strip().lower()
    found = DECIBELS.match(given)
    if found:
        return min(10 ** (float(found.group(1)) / 20), MOST)
    if FACTOR.match(given) and float(given) <= 2 * USUAL_VOLUME:
        return gain_of(float(given))
    return min(_word_or_share(text, VOLUMES, "decibels as -6dB, a number of 0 to 100"), MOST)


def pause(time: str | None, strength: str | None) -> float:
    """The seconds of a `break`."""
    if time is None:
        word = (strength or "medium").strip().lower()
        if word not in BREAKS:
            raise ValueError(f"strength is {strength!r}; give one of {', '.join(BREAKS)}")
        return BREAKS[word]
    found = TIME.match(time.strip().lower())
    if not found:
        raise ValueError(f"time is {time!r}; give it as 500ms or 1.5s")
    seconds = float(found.group(1)) / (1000 if found.group(2) == "ms" else 1)
    if seconds > LONGEST_BREAK:
        raise ValueError(f"time is {time!r}; a break lasts {LONGEST_BREAK:g} s at most, put several in a row")
    return seconds


def _word_or_share(text: str, words: Mapping[str, float], others: str) -> float:
    given = text.strip().lower()
    share = PERCENT.match(given)
    if given in words:
        return words[given]
    if share:
        sign, number = share.group(1), float(share.group(2)) / 100
        return {"": number, "+": 1 + number, "-": 1 - number}[sign]
    if FACTOR.match(given):
        return float(given)
    raise ValueError(f"{text!r} is none of {', '.join(words)}, nor {others}, a change as +20%")


def _held(factor: float) -> float:
    if not LEAST <= factor <= MOST:
        raise ValueError(f"{factor:g} times the usual is too far off; {LEAST:g} to {MOST:g} can be spoken")
    return factor
