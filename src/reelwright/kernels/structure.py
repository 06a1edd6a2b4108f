"""Which stretches of a song come again, and which of them is the chorus.

Beats are compared by harmony (chroma) and by sound colour (cepstrum). A stretch comes again
where the mean likeness along a diagonal of the self-similarity matrix is high (J. Foote,
"Visualizing music and audio using self-similarity", ACM MM 1999; M. Goto, "A chorus section
detection method for musical audio signals", IEEE TASLP 2006, from whom also the idea to let a
repeat lie some semitones higher). Each stretch of each length is tried with all its repeats;
the chorus is the group that comes often, is alike, is louder and brighter than the rest, and
begins and ends where the music changes (checkerboard novelty: J. Foote, ICME 2000).
Only sound is heard: of words and rhymes nothing is known.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from reelwright.loading import lazy

if TYPE_CHECKING:
    from scipy import fft, ndimage
else:
    fft, ndimage = lazy("scipy.fft"), lazy("scipy.ndimage")

Matrix = NDArray[np.float32]
Curve = NDArray[np.float64]
Flags = NDArray[np.bool_]

CEPSTRUM = 12  # coefficients kept; the first, which is loudness, is weighed apart
HARMONY_SHARE = 0.6  # of the likeness; the rest is colour
KEY_CHANGES = (-3, -2, -1, 1, 2, 3)  # semitones by which a chorus may be lifted
KEY_CHANGE_COST = 0.08  # of likeness: a stretch must be so much more alike to count as lifted
LENGTHS = (8, 12, 16, 20, 24, 28, 32, 36, 40, 48, 56, 64)  # beats
ALIKE = 0.4  # mean likeness from which a stretch counts as come again; unrelated ones lie about 0
SHORTEST, LONGEST = 7.0, 60.0  # seconds of a chorus
USUAL = 20.0  # seconds, the middle of what choruses last
MOST_BEATS = 1200  # 10 min at 120 BPM; more are joined in pairs
NOVELTY_BEATS = 16  # each side of the checkerboard
WEIGHT_LOUD, WEIGHT_BRIGHT, WEIGHT_EDGE = 0.18, 0.05, 1.2


@dataclass(frozen=True, slots=True)
class Beatwise:
    """What was heard between beats i and i + 1. `times` float64 [n + 1]; the rest [n, …]."""

    times: Curve
    chroma: Matrix
    timbre: Matrix
    """dB."""
    loudness: Curve
    """dB."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """`likeness` to its repeats, 0 to 1; `shift` in semitones against the first of the group."""

    start: float
    end: float
    likeness: float
    shift: int


@dataclass(frozen=True, slots=True)
class Group:
    """The stretches that repeat each other; `score` is comparable within one song only."""

    stretches: tuple[Stretch, ...]
    score: float
    louder_db: float
    """Than the rest of the song."""


@dataclass(frozen=True, slots=True)
class _Likeness:
    """Lag matrices [lags, n]: entry (k, i) compares beat i with beat i + k. Summed along the beats, 0 in front."""

    harmony: dict[int, Matrix]
    colour: Matrix
    n: int


def beatwise(times: Curve, chroma: Matrix, timbre: Matrix, loudness: Matrix, fps: float) -> Beatwise:
    """Means of frames (frame i is centred on i / fps seconds) over each beat."""
    power = np.power(10.0, loudness / 10)
    means = [_means(times, one, fps) for one in (chroma, timbre, power[:, None])]
    return Beatwise(
        times, means[0].astype(np.float32), means[1].astype(np.float32), 10 * np.log10(means[2][:, 0] + 1e-12)
    )


def _means(times: Curve, frames: Matrix, fps: float) -> Curve:
    summed = np.vstack([np.zeros(frames.shape[1]), np.cumsum(frames, axis=0, dtype=np.float64)])
    place = np.clip(times * fps + 0.5, 0, len(frames))
    whole = np.minimum(place.astype(int), len(frames) - 1)
    at = summed[whole] + (place - whole)[:, None] * (summed[whole + 1] - summed[whole])
    means: Curve = np.diff(at, axis=0) / np.maximum(np.diff(place), 1e-6)[:, None]
    return means


def chorus(song: Beatwise) -> Group | None:
    """The chorus, or None where nothing comes again as a chorus does."""
    song = _thinned(song)
    n = len(song.loudness)
    if n < 2 * LENGTHS[0]:
        return None
    likeness, edges = _likeness(song), novelty(song)
    groups = [
        group
        for length in LENGTHS
        if 2 * length <= n
        for group in _groups(song, likeness, edges, length)
    ]
    return max(groups, key=lambda group: group.score, default=None)


def novelty(song: Beatwise) -> Curve:
    """float64 [n + 1], 0 to 1: how much the music before each beat differs from that after it."""
    harmony, colour = _features(song)
    loud = (song.loudness.clip(-60) - song.loudness.clip(-60).mean())[:, None] / 6
    both = np.hstack([0.6 * harmony, colour, 0.5 * loud])
    side = min(NOVELTY_BEATS, max(2, len(both) // 4))
    padded = np.pad(both, ((side, side), (0, 0)), mode="edge")
    summed = np.vstack([np.zeros(both.shape[1]), np.cumsum(padded, axis=0)])
    means = (summed[side:] - summed[:-side]) / side
    change = np.sqrt(np.square(means[side:] - means[:-side]).sum(axis=1))
    # A change counts by how far it stands out among its neighbours.
    local = ndimage.maximum_filter1d(change, 2 * side // 2 + 1)
    peaks = np.where(change >= local - 1e-9, change, 0.0)
    spread = ndimage.maximum_filter1d(peaks, 3)
    top = float(np.percentile(peaks[peaks > 0], 90)) if (peaks > 0).any() else 1.0
    told: Curve = np.clip(spread / (top + 1e-9), 0, 1)
    return told


def _thinned(song: Beatwise) -> Beatwise:
    while len(song.loudness) > MOST_BEATS:
        even = len(song.loudness) // 2 * 2
        power = np.power(10.0, song.loudness[:even] / 10).reshape(-1, 2).mean(axis=1)
        song = Beatwise(
            song.times[: even + 1 : 2],
            song.chroma[:even].reshape(-1, 2, song.chroma.shape[1]).mean(axis=1),
            song.timbre[:even].reshape(-1, 2, song.timbre.shape[1]).mean(axis=1),
            10 * np.log10(power),
        )
    return song


def _features(song: Beatwise) -> tuple[Matrix, Matrix]:
    """Unit vectors of each beat, after what is common to all beats was taken off."""
    harmony = _unit(song.chroma)
    cepstrum = fft.dct(song.timbre.clip(-70), axis=1, norm="ortho")[:, :CEPSTRUM]
    cepstrum = (cepstrum - cepstrum.mean(axis=0)) / (cepstrum.std(axis=0) + 0.5)
    return _unit(harmony - harmony.mean(axis=0)), _unit(cepstrum)


def _unit(rows: Matrix) -> Matrix:
    length = np.sqrt(np.square(rows).sum(axis=1, keepdims=True))
    unit: Matrix = (rows / np.maximum(length, 1e-6)).astype(np.float32)
    return unit


def _likeness(song: Beatwise) -> _Likeness:
    plain = _unit(song.chroma)
    common = plain.mean(axis=0)
    harmony, colour = _features(song)
    lifted = {0: harmony}
    for shift in KEY_CHANGES:
        lifted[shift] = _unit(np.roll(plain, -shift, axis=1) - common)
    return _Likeness(
        {shift: _lags(harmony @ one.T) for shift, one in lifted.items()}, _lags(colour @ colour.T), len(harmony)
    )


def _lags(likeness: Matrix) -> Matrix:
    """float32 [n, n] (beat, beat) -> [n, n + 1] (lag, beat), summed along the beats."""
    n = len(likeness)
    padded = np.zeros((n, 2 * n), np.float32)
    padded[:, :n] = likeness
    # Row i moved left by i: flat, each row then begins one place later.
    skewed = np.append(padded.ravel(), np.zeros(n, np.float32))[: n * (2 * n + 1)].reshape(n, 2 * n + 1)[:, :n]
    return np.vstack([np.zeros((1, n), np.float32), np.cumsum(skewed, axis=0)]).T


def _groups(song: Beatwise, likeness: _Likeness, edges: Curve, length: int) -> list[Group]:
    whole, shifts = _repeats(likeness, length)
    found = []
    for start in range(len(whole)):
        places = _peaks(whole[start], start, length)
        if len(places) > 1:
            group = _scored(song, whole[start], shifts[start], edges, places, length)
            if group:
                found.append(group)
    return found


def _repeats(likeness: _Likeness, length: int) -> tuple[Matrix, NDArray[np.int8]]:
    """(how alike the stretches from beats i and j are, semitones j is higher by), both [n - length + 1] squared."""
    count = likeness.n - length + 1
    colour = (1 - HARMONY_SHARE) * _diagonals(likeness.colour, length)
    best = HARMONY_SHARE * _diagonals(likeness.harmony[0], length) + colour
    shifts = np.zeros(best.shape, np.int8)
    for shift in KEY_CHANGES:
        lifted = HARMONY_SHARE * _diagonals(likeness.harmony[shift], length) + colour - KEY_CHANGE_COST
        better = lifted > best
        best[better], shifts[better] = lifted[better], shift
    lag, at = np.nonzero(np.arange(count)[:, None] + np.arange(count)[None] < count)
    square, turned = np.zeros((count, count), np.float32), np.zeros((count, count), np.int8)
    square[at, at + lag] = square[at + lag, at] = best[lag, at]
    turned[at, at + lag], turned[at + lag, at] = shifts[lag, at], -shifts[lag, at]
    return square, turned


def _diagonals(lags: Matrix, length: int) -> Matrix:
    count = lags.shape[1] - length
    means: Matrix = (lags[:count, length:] - lags[:count, :-length]) / length
    return means


def _peaks(row: Matrix, start: int, length: int) -> list[int]:
    """Where the stretch comes again, itself among them: best first, then whatever does not overlap those."""
    candidates = np.flatnonzero((row >= ALIKE) & (row >= np.roll(row, 1)) & (row >= np.roll(row, -1)))
    taken = [start]
    for place in candidates[np.argsort(-row[candidates])]:
        if all(abs(place - other) >= length for other in taken):
            taken.append(int(place))
    return sorted(taken)


def _scored(
    song: Beatwise, row: Matrix, shifts: NDArray[np.int8], edges: Curve, places: list[int], length: int
) -> Group | None:
    runs = _runs(places, length)
    seconds = [float(song.times[end] - song.times[first]) for first, end in runs]
    middle = float(np.median(seconds))
    if len(runs) < 2 or not SHORTEST <= middle <= LONGEST:
        return None
    inside = np.zeros(len(song.loudness), bool)
    for first, end in runs:
        inside[first:end] = True
    alike = float(np.mean([row[place] for place in places if row[place] < 0.999] or [1.0]))
    louder, brighter = _contrast(song, inside)
    edge = float(np.mean([(edges[first] + edges[end]) / 2 for first, end in runs]))
    usual = np.exp(-0.5 * (np.log(middle / USUAL) / 0.6) ** 2)
    score = np.sqrt(len(runs) - 1) * alike**2 * usual
    score *= np.exp(WEIGHT_LOUD * louder + WEIGHT_BRIGHT * brighter + WEIGHT_EDGE * edge)
    stretches = tuple(
        Stretch(float(song.times[first]), float(song.times[end]), float(min(1.0, row[first])), int(shifts[first]))
        for first, end in runs
    )
    return Group(stretches, float(score), louder)


def _runs(places: list[int], length: int) -> list[tuple[int, int]]:
    """Stretches that follow each other at once are one: a chorus of twice four bars is alike in itself."""
    runs: list[tuple[int, int]] = []
    for place in places:
        if runs and place - runs[-1][1] <= 1:
            runs[-1] = (runs[-1][0], place + length)
        else:
            runs.append((place, place + length))
    return runs


def _contrast(song: Beatwise, inside: Flags) -> tuple[float, float]:
    """(dB by which the stretches are louder than the rest, dB by which their upper half is stronger)."""
    heard = song.loudness > song.loudness.max() - 40
    rest = heard & ~inside
    if not rest.any() or not inside.any():
        return 0.0, 0.0
    tilt = song.timbre[:, song.timbre.shape[1] // 2 :].mean(axis=1) - song.timbre.mean(axis=1)
    louder = float(np.clip(song.loudness[inside].mean() - song.loudness[rest].mean(), -10, 10))
    return louder, float(np.clip(tilt[inside].mean() - tilt[rest].mean(), -6, 6))
