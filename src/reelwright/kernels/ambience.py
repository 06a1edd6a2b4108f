"""The sound of a place, synthesised: wind, rain, waves, birds, crickets, a street, a fire, the deep, a room.

Each bed is noise or tones, shaped by filters and slow envelopes; a scene mixes a few. Nothing is
sampled, so nothing repeats and nobody's rights are touched. The same seed gives the same sound.
"""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from reelwright.loading import lazy

if TYPE_CHECKING:
    from scipy import signal
else:
    signal = lazy("scipy.signal")

RATE = 44100
PEAK = 0.35
FADE = 0.35  # s at both ends

Sound = NDArray[np.float32]
Bed = Callable[[np.random.Generator, int], NDArray[np.float64]]

PLACES: Mapping[str, Mapping[str, float]] = {  # setting -> beds and their strengths
    "mountains": {"wind": 0.8, "birds": 0.35},
    "sea": {"waves": 1.0, "wind": 0.3, "gulls": 0.2},
    "beach": {"waves": 1.0, "gulls": 0.25},
    "lake": {"lapping": 0.7, "birds": 0.35, "wind": 0.2},
    "forest": {"wind": 0.4, "birds": 0.6},
    "meadow": {"wind": 0.35, "birds": 0.5, "crickets": 0.15},
    "desert": {"wind": 1.0},
    "snowfield": {"wind": 0.9},
    "city": {"traffic": 0.9},
    "street": {"traffic": 0.6, "murmur": 0.3},
    "village": {"wind": 0.3, "birds": 0.45},
    "room": {"room": 0.5, "clock": 0.35},
    "space": {"drone": 0.9},
    "underwater": {"deep": 0.9, "bubbles": 0.35},
}
BY_NIGHT = {"birds": "crickets", "gulls": "wind"}
WEATHERS: Mapping[str, Mapping[str, float]] = {
    "rain": {"rain": 0.9},
    "storm": {"rain": 1.1, "wind": 0.9, "thunder": 0.9},
    "snow": {"wind": 0.4},
    "wind": {"wind": 0.9},
}


def bed(setting: str, time: str, weather: str, subjects: frozenset[str], seconds: float, *, seed: int) -> Sound:
    """The ambience of a scene.

    Args:
        setting, time, weather: Names as `kernels.painting.reading` tells them.
        subjects: Kinds of what is in it; a fire crackles, a train rolls.
        seconds: How long, above 0.
        seed: The same seed gives the same sound.

    Returns:
        float32 [2, samples] at 44,100 Hz, peak 0.35, faded at both ends.
    """
    count = max(1, round(seconds * RATE))
    total = np.zeros((2, count))
    for number, (name, strength) in enumerate(sorted(_beds(setting, time, weather, subjects).items())):
        for side in range(2):
            generator = np.random.default_rng((seed, number, side))
            total[side] += strength * BEDS[name](generator, count)
    middle = total.mean(axis=0)
    total = 0.72 * total + 0.28 * middle
    total *= _faded(count)
    peak = float(np.abs(total).max()) or 1.0
    shaped: Sound = (total * (PEAK / peak)).astype(np.float32)
    return shaped


def _beds(setting: str, time: str, weather: str, subjects: frozenset[str]) -> dict[str, float]:
    wet = weather in ("rain", "storm")
    found: dict[str, float] = {}
    for name, strength in PLACES[setting].items():
        name = BY_NIGHT.get(name, name) if time == "night" else name
        if not (wet and name in ("birds", "crickets", "gulls")):
            found[name] = max(found.get(name, 0.0), strength)
    inside = 0.35 if setting == "room" else 1.0
    for name, strength in WEATHERS.get(weather, {}).items():
        if setting not in ("space", "underwater"):
            found[name] = max(found.get(name, 0.0), strength * inside)
    for kind, name in (("fire", "fire"), ("train", "rails"), ("boat", "lapping"), ("rocket", "drone")):
        if kind in subjects:
            found[name] = max(found.get(name, 0.0), 0.8)
    return found


def _faded(count: int) -> NDArray[np.float64]:
    ramp = np.minimum(1.0, np.arange(count) / max(1.0, min(FADE * RATE, count / 2)))
    return np.minimum(ramp, ramp[::-1])


# ---- beds


def _noise(generator: np.random.Generator, count: int, low: float, high: float, order: int = 2) -> NDArray[np.float64]:
    """Noise of a band, Hz, with a deviation of 1."""
    edges = [max(low, 20.0), min(high, 0.49 * RATE)]
    sos = signal.butter(order, edges, "bandpass", fs=RATE, output="sos")
    made = signal.sosfilt(sos, generator.standard_normal(count + 2000))[2000:]
    return np.asarray(made / (made.std() or 1.0))


def _slow(generator: np.random.Generator, count: int, hertz: float) -> NDArray[np.float64]:
    """A slow curve between 0 and 1."""
    points = max(3, round(count / RATE * hertz * 2) + 3)
    values = generator.random(points)
    at = np.linspace(0, points - 1.001, count)
    low = at.astype(int)
    part = at - low
    part = part * part * (3 - 2 * part)
    return np.asarray(values[low] * (1 - part) + values[low + 1] * part)


def _wind(generator: np.random.Generator, count: int) -> NDArray[np.float64]:
    gust = 0.25 + 0.75 * _slow(generator, count, 0.4)
    return 0.28 * gust * (_noise(generator, count, 90, 420) + 0.5 * gust * _noise(generator, count, 420, 1100))


def _rain(generator: np.random.Generator, count: int) -> NDArray[np.float64]:
    drops = np.zeros(count)
    places = generator.integers(0, count, max(1, int(count / RATE * 90)))
    drops[places] = generator.uniform(0.3, 1.0, len(places))
    ring = signal.lfilter([1.0], [1.0, -1.72, 0.86], drops)
    return np.asarray(
        0.16 * _noise(generator, count, 1500, 9000) + 0.06 * _noise(generator, count, 300, 1500) + 0.10 * ring
    )


def _waves(generator: np.random.Generator, count: int) -> NDArray[np.float64]:
    at = np.arange(count) / RATE
    swell = np.maximum(0, np.sin(2 * np.pi * at / generator.uniform(5.5, 8.0) + generator.uniform(0, 6.28))) ** 1.7
    return 0.07 * _noise(generator, count, 60, 300) + swell * (
        0.24 * _noise(generator, count, 200, 1800) + 0.10 * _noise(generator, count, 1800, 6500)
    )


def _lapping(generator: np.random.Generator, count: int) -> NDArray[np.float64]:
    pulse = _slow(generator, count, 1.8) ** 3
    return 0.22 * pulse * _noise(generator, count, 350, 1500) + 0.03 * _noise(generator, count, 100, 500)


def _calls(
    generator: np.random.Generator, count: int, each: float, make: Callable[[np.random.Generator], NDArray[np.float64]]
) -> NDArray[np.float64]:
    """Sounds now and then, `each` a second on average."""
    total = np.zeros(count)
    for start in generator.integers(0, max(1, count), max(1, int(count / RATE * each))):
        call = make(generator) * generator.uniform(0.3, 1.0)
        end = min(count, start + len(call))
        total[start:end] += call[: end - start]
    return total


def _chirp(generator: np.random.Generator) -> NDArray[np.float64]:
    notes = []
    base = generator.uniform(2300, 4600)
    for _ in range(int(generator.integers(2, 6))):
        length = int(generator.uniform(0.05, 0.13) * RATE)
        at = np.arange(length) / RATE
        bend = generator.uniform(-9000, 9000)
        tone = np.sin(2 * np.pi * (base * at + bend * at * at / 2)) * np.sin(np.pi * np.arange(length) / length) ** 2
        notes += [tone, np.zeros(int(generator.uniform(0.02, 0.08) * RATE))]
    return 0.22 * np.concatenate(notes)


def _gull(generator: np.random.Generator) -> NDArray[np.float64]:
    at = np.arange(int(0.55 * RATE)) / RATE
    pitch = 950 + 420 * np.sin(np.pi * at / 0.55)
    wave = signal.sawtooth(2 * np.pi * np.cumsum(pitch) / RATE) * np.sin(np.pi * at / 0.55) ** 1.5
    return np.asarray(0.10 * signal.lfilter(*signal.butter(2, [800, 3200], "bandpass", fs=RATE), wave))


def _crickets(generator: np.random.Generator, count: int) -> NDArray[np.float64]:
    at = np.arange(count) / RATE
    pulse = (np.sin(2 * np.pi * 24 * at) > 0.2) * (
        np.sin(2 * np.pi * generator.uniform(0.9, 1.4) * at + generator.uniform(0, 6)) > -0.2
    )
    smooth = signal.lfilter([0.01], [1, -0.99], pulse.astype(float))
    return np.asarray(0.09 * smooth * np.sin(2 * np.pi * generator.uniform(4100, 4700) * at))


def _traffic(generator: np.random.Generator, count: int) -> NDArray[np.float64]:
    passing = _slow(generator, count, 0.35) ** 2
    return 0.20 * _noise(generator, count, 40, 220) + passing * 0.22 * _noise(generator, count, 180, 900)


def _murmur(generator: np.random.Generator, count: int) -> NDArray[np.float64]:
    return 0.14 * (0.3 + 0.7 * _slow(generator, count, 3.5)) * _noise(generator, count, 250, 1100)


def _thunder(generator: np.random.Generator, count: int) -> NDArray[np.float64]:
    return _calls(generator, count, 0.3, _rumble)


def _rumble(generator: np.random.Generator) -> NDArray[np.float64]:
    count = int(2.6 * RATE)
    at = np.arange(count) / RATE
    roll = _slow(generator, count, 5.0)
    return 0.9 * roll * np.exp(-1.3 * at) * np.minimum(1, at / 0.02) * _noise(generator, count, 30, 160)


def _fire(generator: np.random.Generator, count: int) -> NDArray[np.float64]:
    cracks = np.zeros(count)
    places = generator.integers(0, count, max(1, int(count / RATE * 14)))
    cracks[places] = generator.choice([-1, 1], len(places)) * generator.random(len(places)) ** 2
    ring = signal.lfilter([1.0], [1.0, -1.2, 0.7], cracks)
    return np.asarray(0.5 * ring + 0.10 * _slow(generator, count, 2.0) * _noise(generator, count, 80, 500))


def _rails(generator: np.random.Generator, count: int) -> NDArray[np.float64]:
    at = np.arange(count) / RATE
    beat = np.exp(-28 * (at % 0.62)) + 0.8 * np.exp(-28 * ((at - 0.14) % 0.62))
    return 0.16 * _noise(generator, count, 50, 260) + 0.30 * beat * _noise(generator, count, 150, 900)


def _drone(generator: np.random.Generator, count: int) -> NDArray[np.float64]:
    at = np.arange(count) / RATE
    tones = sum(
        np.sin(2 * np.pi * base * at + generator.uniform(0, 6.28)) / rank
        for rank, base in enumerate((55.0, 82.5, 110.3, 164.7), 1)
    )
    return np.asarray(
        0.16 * tones * (0.6 + 0.4 * _slow(generator, count, 0.3)) + 0.03 * _noise(generator, count, 400, 2500)
    )


def _deep(generator: np.random.Generator, count: int) -> NDArray[np.float64]:
    return 0.25 * (0.5 + 0.5 * _slow(generator, count, 0.5)) * _noise(generator, count, 40, 240)


def _bubble(generator: np.random.Generator) -> NDArray[np.float64]:
    at = np.arange(int(0.12 * RATE)) / RATE
    base = generator.uniform(350, 1100)
    return np.asarray(0.25 * np.sin(2 * np.pi * (base * at + 2200 * at * at)) * np.exp(-26 * at))


def _room(generator: np.random.Generator, count: int) -> NDArray[np.float64]:
    return 0.05 * _noise(generator, count, 60, 400)


def _clock(generator: np.random.Generator, count: int) -> NDArray[np.float64]:
    at = np.arange(count) / RATE
    tick = np.exp(-240 * (at % 1.0)) + 0.7 * np.exp(-240 * ((at - 0.5) % 1.0))
    return 0.22 * tick * _noise(np.random.default_rng(1), count, 1800, 5200)


BEDS: Mapping[str, Bed] = {
    "wind": _wind,
    "rain": _rain,
    "waves": _waves,
    "lapping": _lapping,
    "birds": lambda generator, count: _calls(generator, count, 1.1, _chirp),
    "gulls": lambda generator, count: _calls(generator, count, 0.35, _gull),
    "crickets": _crickets,
    "traffic": _traffic,
    "murmur": _murmur,
    "thunder": _thunder,
    "fire": _fire,
    "rails": _rails,
    "drone": _drone,
    "deep": _deep,
    "bubbles": lambda generator, count: _calls(generator, count, 3.0, _bubble),
    "room": _room,
    "clock": _clock,
}
