"""Speech-like sound: pitch pulses through moving formants, consonants of noise, and pauses.

Each glottal pulse excites a bundle of damped sinusoids, one for each formant (FOF
synthesis: X. Rodet, "Time-domain formant-wave-function synthesis", 1984). It says no
words, but it has what detectors of speech look for: pitch, formants that move, syllables
at the pace of speech, and silence between phrases.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from reelwright.media.making.writing import Samples

Span = tuple[float, float]
Signal = NDArray[np.float64]

# Mean formants (Hz) of five vowels: Peterson & Barney 1952, rounded; F4 is held.
VOWELS = {
    "a": (730, 1090, 2440, 3400),
    "e": (530, 1840, 2480, 3400),
    "i": (270, 2290, 3010, 3500),
    "o": (570, 840, 2410, 3300),
    "u": (300, 870, 2240, 3300),
}
BANDWIDTHS = (80.0, 100.0, 140.0, 220.0)  # Hz
FORMANT_GAINS = (1.0, 0.56, 0.28, 0.14)  # the glottal slope, 6 dB for each formant
PULSE = 0.03  # seconds of ringing kept for each pulse
ATTACK = 0.001  # seconds a formant takes to rise after a pulse; slower sounds sung, and denoisers take it for noise
GLIDE = 0.045  # seconds in which one vowel becomes the next
FRICATIVES = ((3500.0, 7000.0), (2000.0, 5500.0), (1200.0, 3500.0))  # bands like s, sh, kh
PEAK = 0.5


@dataclass(frozen=True, slots=True)
class Speech:
    """Made speech and the truth about it. Arrays are float32 [n] at `rate` Hz."""

    rate: int
    clean: Samples
    noise: Samples
    noisy: Samples
    phrases: tuple[Span, ...]
    """Where somebody speaks, seconds."""
    snr_db: float

    @property
    def seconds(self) -> float:
        return len(self.clean) / self.rate


def speech(
    seconds: float = 6.0, *, rate: int = 16000, snr_db: float = 10.0, pitch: float = 125.0, seed: int = 0
) -> Speech:
    """Phrases of syllables with pauses, and coloured noise at `snr_db` below the spoken parts."""
    random = np.random.default_rng(seed)
    length = round(seconds * rate)
    clean, phrases = np.zeros(length), []
    at = 0.25
    while at + 0.5 < seconds:
        syllables = int(random.integers(4, 9))
        phrase = _phrase(random, syllables, rate, pitch * random.uniform(0.92, 1.08))
        phrase = phrase[: max(0, length - round(at * rate) - round(0.1 * rate))]
        start = round(at * rate)
        clean[start : start + len(phrase)] += phrase
        phrases.append((at, at + len(phrase) / rate))
        at = phrases[-1][1] + random.uniform(0.35, 0.7)
    clean *= PEAK / max(1e-9, float(np.abs(clean).max()))
    voice = clean.astype(np.float32)
    hiss = mixed_at(voice, noise(seconds, rate=rate, seed=seed + 1), snr_db, phrases, rate)
    return Speech(rate, voice, hiss, voice + hiss, tuple(phrases), snr_db)


def mixed_at(voice: Samples, hiss: Samples, snr_db: float, phrases: list[Span], rate: int) -> Samples:
    """`hiss` at the level that lies `snr_db` below the mean power of the spoken parts of `voice`."""
    spoken = np.concatenate([voice[round(a * rate) : round(b * rate)] for a, b in phrases] or [voice])
    power = float(np.mean(np.square(spoken, dtype=np.float64)))
    gain = np.sqrt(power / 10 ** (snr_db / 10) / max(1e-12, float(np.mean(np.square(hiss, dtype=np.float64)))))
    mixed: Samples = (hiss[: len(voice)] * gain).astype(np.float32)
    return mixed


def noise(seconds: float, *, rate: int = 16000, slope_db: float = -4.5, seed: int = 0) -> Samples:
    """Steady coloured noise, like a fan in a room: float32 [n], RMS 0.1. `slope_db` is for each octave."""
    random = np.random.default_rng(seed)
    length = round(seconds * rate)
    spectrum = np.fft.rfft(random.normal(size=length))
    hertz = np.maximum(np.fft.rfftfreq(length, 1 / rate), 60.0)
    shaped = np.fft.irfft(spectrum * (hertz / 60.0) ** (slope_db / 6.02), length)
    level: Samples = (0.1 * shaped / np.sqrt(np.mean(np.square(shaped)))).astype(np.float32)
    return level


def _phrase(random: np.random.Generator, syllables: int, rate: int, pitch: float) -> Signal:
    """Consonant and vowel in turn; the pitch falls over the phrase as it does in statements."""
    parts, vowel = [], "a"
    for index in range(syllables):
        kind = random.random()
        if kind < 0.55:
            parts.append(_consonant(random, rate))
        elif kind < 0.75:
            parts.append(np.zeros(round(random.uniform(0.03, 0.06) * rate)))  # the closure of a stop
        before, vowel = vowel, str(random.choice(list(VOWELS)))
        fall = 1.15 - 0.3 * index / syllables
        parts.append(sung(random, rate, pitch * fall, random.uniform(0.13, 0.24), before, vowel))
    return np.concatenate(parts)


def sung(
    random: np.random.Generator, rate: int, pitch: float, seconds: float, before: str, vowel: str, vibrato: float = 0.0
) -> Signal:
    """One vowel at `pitch` Hz that glides over from the vowel `before`: float64 [n], peak about 1.

    `vibrato` is the depth of a 5.5 Hz wave of the pitch, as a share of it.
    """
    length = round(seconds * rate)
    out = np.zeros(length + round(PULSE * rate))
    start, goal = (np.array(VOWELS[name], dtype=float) for name in (before, vowel))
    at = 0.0
    while at < seconds:
        formants = start + (goal - start) * min(1.0, at / GLIDE)
        ring = _ring(formants, rate, offset=(at * rate) % 1)
        first = int(at * rate)
        loud = np.sin(np.pi * min(1.0, (at + 0.02) / (seconds + 0.04))) ** 0.5
        out[first : first + len(ring)] += loud * ring[: len(out) - first]
        wave = 1 + vibrato * np.sin(2 * np.pi * 5.5 * at)
        at += 1 / (pitch * wave * random.normal(1.0, 0.008))  # jitter: no voice is a machine
    breath = random.normal(0, 0.01, len(out))
    faded: Signal = (out + breath)[:length] * _edges(length, rate)
    return faded


def _ring(formants: Signal, rate: int, offset: float) -> Signal:
    """The sound of one pulse: float64 [PULSE * rate]; `offset` is the pulse's place between two samples."""
    t = (np.arange(round(PULSE * rate)) + 1 - offset) / rate
    rise = 1 - np.exp(-t / ATTACK)
    total = np.zeros_like(t)
    for hertz, width, gain in zip(formants, BANDWIDTHS, FORMANT_GAINS, strict=True):
        if hertz < 0.45 * rate:
            total += gain * np.exp(-np.pi * width * t) * np.sin(2 * np.pi * hertz * t)
    ring: Signal = total * rise
    return ring


def _consonant(random: np.random.Generator, rate: int) -> Signal:
    low, high = FRICATIVES[int(random.integers(len(FRICATIVES)))]
    length = round(random.uniform(0.05, 0.1) * rate)
    hertz = np.fft.rfftfreq(length, 1 / rate)
    spectrum = np.fft.rfft(random.normal(size=length)) * ((hertz > low) & (hertz < high))
    burst: Signal = np.fft.irfft(spectrum, length) * _edges(length, rate)
    return 0.25 * burst / max(1e-9, float(np.abs(burst).max()))


def _edges(length: int, rate: int) -> Signal:
    """Fades of 10 ms at both ends, against clicks."""
    edge = min(length // 2, round(0.01 * rate))
    shape = np.ones(length)
    if edge:
        ramp = np.arange(edge) / edge
        shape[:edge], shape[length - edge :] = ramp, ramp[::-1]
    return shape
