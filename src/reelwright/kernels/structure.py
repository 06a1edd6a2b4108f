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
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from reelwright.kernels.beatwise import Beatwise, thinned
from reelwright.loading import lazy

if TYPE_CHECKING:
    from scipy import fft, ndimage
else:
    fft, ndimage = lazy("scipy.fft"), lazy("scipy.ndimage")

Matrix = NDArray[np.float32]
Curve = NDArray[np.float64]

CEPSTRUM = 12  # coefficients kept; the first, which is loudness, is weighed apart
HARMONY_SHARE = 0.6  # of the likeness; the rest is colour
KEY_CHANGES = (-3, -2, -1, 1, 2, 3)  # semitones by which a chorus may be lifted
KEY_CHANGE_COST = 0.08  # of likeness: a stretch must be so much more alike to count as lifted
LENGTHS = (8, 12, 16, 20, 24, 28, 32, 36, 40, 48, 56, 64, 80, 96)  # beats
ALIKE, ALIKE_BY_CHANCE = 0.33, 0.8  # likeness of a repeat, and what is added to it by the root of its beats
ALIKE_AGAIN = 0.33  # enough for what is as long as the stretches of a group that is found already
APART = 0.4  # of likeness between a chorus and a verse on its chords
LEAST_OF_USUAL = 0.48  # of the likeness within the group; an exact repeat in another key has about 0.6
ROUND = 0.75  # mean likeness of a piece to itself some beats later, from which it only repeats itself
LEAST_LOUDER = 1.0  # dB that make a chorus even there
SQUARE, LEAST_SQUARE = ((32, 1.0), (16, 0.95), (8, 0.8)), 0.7  # beats a length is a multiple of, its worth
LOOPED = 0.9  # of the likeness to the repeats
ELSEWHERE = 0.3  # of the beats in common: another group
MOST_SHARE = 0.7  # of a song that can be chorus; what comes more often is all there is
SHORTEST, LONGEST = 7.0, 60.0  # seconds of a chorus
USUAL = 20.0  # seconds, the middle of what choruses last
MOST_BEATS = 1200  # 10 min at 120 BPM; more are joined in pairs
NOVELTY_BEATS = (8, 16)  # on each side of the checkerboard
NOVELTY_HARMONY = 0.25  # weight beside colour and loudness
WIDE_BANDS = 6  # that the bands of colour are joined to; they divide chroma.TIMBRE_BANDS
LOUDNESS_UNIT = 6.0  # dB that count as much as other harmonies
BESIDE = 0.7  # of a change counts on the beats beside it
LEAST_CHANGE = 0.5  # novelty from which a piece has parts at all
LEAST_EDGE = 0.15  # a chorus begins where something changes
LEAST_MEAN_EDGE = 0.2  # over both ends of all choruses; a loop has none
ITSELF = 0.999  # likeness of a stretch to itself
HEARD = 40.0  # dB below the loudest beat; what is softer is the song's end
USUAL_SPREAD = 0.75  # standard deviation of the logarithm of a chorus's length
WEIGHT_LOUD, WEIGHT_BRIGHT, WEIGHT_EDGE = 0.18, 0.05, 1.2


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
    lead: float
    """0 to 1: how far the score is above that of the best group that lies elsewhere."""


@dataclass(frozen=True, slots=True)
class _Likeness:
    """Lag matrices [lags, n]: entry (k, i) compares beat i with beat i + k. Summed along the beats, 0 in front."""

    harmony: dict[int, Matrix]
    colour: Matrix
    n: int


@dataclass(frozen=True, slots=True)
class _Found:
    """A group in beats: `runs` are (first, end)."""

    runs: list[tuple[int, int]]
    likeness: list[float]
    shifts: list[int]
    score: float


@dataclass(frozen=True, slots=True)
class _Scene:
    """What groups are weighed by."""

    times: Curve
    edges: Curve
    summed: Curve
    """[n + 1, 3], from 0: beats that are heard, their dB, the dB by which their upper half is above the whole."""

    def contrast(self, runs: list[tuple[int, int]]) -> tuple[float, float]:
        """(dB by which these stretches are louder than the rest, dB by which their upper half is stronger)."""
        inside = sum((self.summed[end] - self.summed[first] for first, end in runs), np.zeros(3))
        rest = self.summed[-1] - inside
        if min(inside[0], rest[0]) < 1:
            return 0.0, 0.0
        louder, brighter = inside[1:] / inside[0] - rest[1:] / rest[0]
        return float(np.clip(louder, -10, 10)), float(np.clip(brighter, -6, 6))

    def loudness(self, runs: list[tuple[int, int]]) -> float:
        """The mean dB of these stretches."""
        heard, level, _ = sum((self.summed[end] - self.summed[first] for first, end in runs), np.zeros(3))
        return float(level / max(heard, 1.0))


def chorus(song: Beatwise) -> Group | None:
    """The chorus, or None where nothing comes again as a chorus does."""
    song = thinned(song, MOST_BEATS)
    n = len(song.loudness)
    if n < 2 * LENGTHS[0]:
        return None
    likeness, scene = _likeness(song), _scene(song)
    starts = np.flatnonzero(scene.edges >= LEAST_EDGE)
    lengths = [length for length in LENGTHS if 2 * length <= n]
    groups = [group for length in lengths for group in _groups(scene, likeness, starts, length)]
    if not groups:
        return None
    best = max(groups, key=lambda group: group.score)
    if _goes_round(likeness) and scene.contrast(best.runs)[0] < LEAST_LOUDER:
        return None
    rival = max((one.score for one in groups if _overlap(one, best) < ELSEWHERE), default=0.0)
    return _told(scene, _looked_at_again(scene, likeness, best), 1 - rival / best.score)


def novelty(song: Beatwise) -> Curve:
    """float64 [n + 1], 0 to 1: how much the music before each beat differs from that after it."""
    harmony, _ = _features(song)
    # Wide bands: they tell who plays, and hardly which chord.
    wide = song.timbre.clip(-70).reshape(len(song.timbre), WIDE_BANDS, -1).mean(axis=2)
    texture = np.hstack([wide, 2 * song.loudness.clip(-60)[:, None]]) / LOUDNESS_UNIT
    sides = [min(side, max(2, len(texture) // 4)) for side in NOVELTY_BEATS]
    change = NOVELTY_HARMONY * _change(harmony, sides[-1])
    change += sum(_change(texture - texture.mean(axis=0), side) for side in sides)
    # A change counts where it stands out among its neighbours, and a little on the beats beside.
    peaks = np.where(change >= ndimage.maximum_filter1d(change, 2 * (sides[-1] // 2) + 1) - 1e-9, change, 0.0)
    top = max(LEAST_CHANGE, float(np.percentile(peaks[peaks > 0], 90)) if (peaks > 0).any() else 0.0)
    peaks[[0, -1]] = top  # where the song begins and ends
    told: Curve = np.clip(np.maximum(peaks, BESIDE * ndimage.maximum_filter1d(peaks, 3)) / top, 0, 1)
    return told


def _change(rows: Matrix, side: int) -> Curve:
    """[n, …] -> [n + 1]: distance of the means of `side` beats before and after."""
    padded = np.pad(rows, ((side, side), (0, 0)), mode="edge")
    summed = np.vstack([np.zeros(rows.shape[1]), np.cumsum(padded, axis=0, dtype=np.float64)])
    means = (summed[side:] - summed[:-side]) / side
    change: Curve = np.sqrt(np.square(means[side:] - means[:-side]).sum(axis=1))
    return change


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


def _scene(song: Beatwise) -> _Scene:
    heard = (song.loudness > song.loudness.max() - HEARD).astype(float)
    tilt = song.timbre[:, song.timbre.shape[1] // 2 :].mean(axis=1) - song.timbre.mean(axis=1)
    rows = np.column_stack([heard, heard * song.loudness, heard * tilt])
    return _Scene(song.times, novelty(song), np.vstack([np.zeros(3), np.cumsum(rows, axis=0)]))


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


def _groups(scene: _Scene, likeness: _Likeness, starts: NDArray[np.intp], length: int) -> list[_Found]:
    starts = starts[starts <= likeness.n - length]
    tried = (
        _scored(scene, row, shifts, start, length)
        for start, row, shifts in zip(starts.tolist(), *_repeats(likeness, starts, length), strict=True)
    )
    return [one for one in tried if one]


def _looked_at_again(scene: _Scene, likeness: _Likeness, found: _Found) -> _Found:
    """The group once more, with the length its stretches turned out to have: parts that were missed come in,
    and choruses that follow each other are told apart."""
    length = _middle(found.runs)
    if length >= likeness.n // 2:
        return found
    # Of those that are as long as usual, the one that the others were compared with.
    off = [abs(end - begun - length) for begun, end in found.runs]
    first = found.runs[min(range(len(off)), key=lambda one: (off[one], -found.likeness[one]))][0]
    if first > likeness.n - length:
        return found
    (row,), (shifts,) = _repeats(likeness, np.array([first]), length)
    usual = float(np.median(found.likeness))
    places = _peaks(row, first, length, max(ALIKE_AGAIN, LEAST_OF_USUAL * usual))
    runs = [(place, place + length) for place in places]
    again = _Found(runs, [float(row[one]) for one in places], [int(shifts[one]) for one in places], found.score)
    return _told_apart(scene, again if len(runs) >= len(found.runs) else found)


def _told_apart(scene: _Scene, found: _Found) -> _Found:
    """Without verses that have the chords of the chorus: far less alike than the rest, and softer.

    Where those are louder that are less alike, they are the choruses, and the group was one of verses.
    """
    edge = _edge([like for like, shift in zip(found.likeness, found.shifts, strict=True) if not shift])
    near = [place for place, like in enumerate(found.likeness) if like >= edge or found.shifts[place]]
    far = [place for place in range(len(found.runs)) if place not in near]
    if not far:
        return found
    louder = scene.loudness([found.runs[one] for one in near]) - scene.loudness([found.runs[one] for one in far])
    kept = near if louder >= LEAST_LOUDER else far if louder <= -LEAST_LOUDER else []
    if len(kept) < 2:
        return found
    return _Found(
        [found.runs[one] for one in kept],
        [found.likeness[one] for one in kept],
        [found.shifts[one] for one in kept],
        found.score,
    )


def _edge(likeness: list[float]) -> float:
    """The least likeness of those that belong together, where a wide gap lies below them; 0 without one."""
    falling = sorted(likeness, reverse=True)
    gaps = [one - other for one, other in pairwise(falling)]
    # The first is the likeness of the stretch to itself: a gap after it tells nothing.
    widest = max(range(1, len(gaps)), key=gaps.__getitem__, default=0)
    return falling[widest] if widest and gaps[widest] >= APART else 0.0


def _repeats(likeness: _Likeness, starts: NDArray[np.intp], length: int) -> tuple[Matrix, NDArray[np.int8]]:
    """(how alike the stretches from each start and from beat j are, semitones j is higher by).

    Both [starts, n - length + 1].
    """
    every = np.arange(likeness.n - length + 1)[None]
    lag, at = np.abs(every - starts[:, None]), np.minimum(every, starts[:, None])
    colour = (1 - HARMONY_SHARE) * _along(likeness.colour, lag, at, length)
    best = HARMONY_SHARE * _along(likeness.harmony[0], lag, at, length) + colour
    shifts = np.zeros(best.shape, np.int8)
    for shift in KEY_CHANGES:
        lifted = HARMONY_SHARE * _along(likeness.harmony[shift], lag, at, length) + colour - KEY_CHANGE_COST
        better = lifted > best
        best[better], shifts[better] = lifted[better], shift
    # What is compared is the earlier stretch with the later one.
    return best, np.where(every < starts[:, None], -shifts, shifts).astype(np.int8)


def _along(lags: Matrix, lag: NDArray[np.intp], at: NDArray[np.intp], length: int) -> Matrix:
    means: Matrix = (lags[lag, at + length] - lags[lag, at]) / np.float32(length)
    return means


def _peaks(row: Matrix, start: int, length: int, least: float) -> list[int]:
    """Where the stretch comes again, itself among them; of those that overlap only the best."""
    before, after = np.append(row[:1], row[:-1]), np.append(row[1:], row[-1:])
    candidates = np.flatnonzero((row >= least) & (row >= before) & (row >= after))
    taken = [int(start)]
    for place in candidates[np.argsort(-row[candidates])].tolist():
        if all(abs(place - other) >= length for other in taken):
            taken.append(place)
    return sorted(taken)


def _scored(scene: _Scene, row: Matrix, shifts: NDArray[np.int8], start: int, length: int) -> _Found | None:
    places = _peaks(row, start, length, ALIKE + ALIKE_BY_CHANCE / np.sqrt(length))
    edge = _edge([float(row[place]) for place in places if not shifts[place]])
    places = [place for place in places if row[place] >= edge or shifts[place]]
    runs = _runs(places, length)
    if len(runs) < 2:
        return None
    seconds = sorted(float(scene.times[end] - scene.times[first]) for first, end in runs)
    middle = seconds[len(seconds) // 2]
    share = sum(end - first for first, end in runs) / (len(scene.times) - 1)
    if not SHORTEST <= middle <= LONGEST or share > MOST_SHARE:
        return None
    repeats = [float(row[place]) for place in places if row[place] < ITSELF]
    alike = sum(repeats) / len(repeats) if repeats else 1.0
    if _is_loop(row, start, length, alike):
        return None
    louder, brighter = scene.contrast(runs)
    edge = sum(float(scene.edges[first] + scene.edges[end]) for first, end in runs) / (2 * len(runs))
    if edge < LEAST_MEAN_EDGE:
        return None
    usual = np.exp(-0.5 * (np.log(middle / USUAL) / USUAL_SPREAD) ** 2)
    raised = np.exp(WEIGHT_LOUD * louder + WEIGHT_BRIGHT * brighter + WEIGHT_EDGE * edge)
    # Long stretches that are alike are less by chance than short ones.
    score = np.sqrt(len(runs) - 1) * alike**2 * length**0.25 * usual * raised * (1 - share**2) * _square(_middle(runs))
    return _Found(runs, [float(row[one]) for one, _ in runs], [int(shifts[one]) for one, _ in runs], float(score))


def _middle(runs: list[tuple[int, int]]) -> int:
    """The usual length; of two the shorter, for the longer may be two that follow each other."""
    return sorted(end - first for first, end in runs)[(len(runs) - 1) // 2]


def _square(beats: int) -> float:
    """Phrases are built by doubling: 32 beats are likelier than 36, and 28 still less."""
    return next((worth for unit, worth in SQUARE if beats % unit == 0), LEAST_SQUARE)


def _goes_round(likeness: _Likeness) -> bool:
    """Is the whole piece like itself some beats later? A song of equal verses is, and so is a loop."""
    lags = np.arange(LENGTHS[0], likeness.n // 2 + 1)
    whole = likeness.n - lags
    alike = HARMONY_SHARE * likeness.harmony[0][lags, whole] + (1 - HARMONY_SHARE) * likeness.colour[lags, whole]
    return float((alike / whole).max()) > ROUND


def _is_loop(row: Matrix, start: int, length: int, alike: float) -> bool:
    """Is the stretch as like to one that it overlaps? Then it goes round and round, and has no beginning."""
    least = length // 3 + 1
    overlapping = [*row[max(0, start - length + 1) : max(0, start - least)], *row[start + least : start + length]]
    return max(overlapping, default=0.0) > LOOPED * alike


def _runs(places: list[int], length: int) -> list[tuple[int, int]]:
    """Stretches that follow each other at once are one: a chorus of twice four bars is alike in itself."""
    runs: list[tuple[int, int]] = []
    for place in places:
        if runs and place - runs[-1][1] <= 1:
            runs[-1] = (runs[-1][0], place + length)
        else:
            runs.append((place, place + length))
    return runs


def _overlap(one: _Found, other: _Found) -> float:
    """Share of the beats of the smaller group that are in both."""
    ours = {beat for first, end in one.runs for beat in range(first, end)}
    theirs = {beat for first, end in other.runs for beat in range(first, end)}
    return len(ours & theirs) / min(len(ours), len(theirs))


def _told(scene: _Scene, found: _Found, lead: float) -> Group:
    stretches = tuple(
        Stretch(float(scene.times[first]), float(scene.times[end]), min(1.0, likeness), shift)
        for (first, end), likeness, shift in zip(found.runs, found.likeness, found.shifts, strict=True)
    )
    return Group(stretches, found.score, scene.contrast(found.runs)[0], lead)
