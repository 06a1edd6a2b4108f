"""Who or what a shot is about, along one axis of the picture, from sparse looks at it.

In order of trust: faces seen more than once, linked into tracks; else what moves against the camera; else what
stands out in a picture where nothing moves. A shot has one kind of subject throughout, so that a crop does not
hop between a face and a passing car. Where not everything fits into the crop window, a dynamic programme chooses
the window that covers most while moving little.

Lengths are pixels of the source along the axis, times seconds. The camera path itself is `kernels.camera`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from reelwright.kernels.faces import Face

Array = NDArray[np.float64]
Axis = Literal["x", "y"]
Source = Literal["faces", "motion", "saliency"]

BINS = 64  # parts of the axis in which motion and saliency are summed
PLACES = 49  # window positions the dynamic programme chooses from
TURN = 0.6  # share of the subject worth moving the window by its own width
FOLLOWED = 0.0  # the score of a face that was followed, not found
LINK_GAP = 1.3  # s a face may stay unseen within one track
LINK_REACH = 1.6  # face widths it may move from one look to the next
LINK_GROWTH = 1.8  # ratio of its sizes from one look to the next
HOLD = 0.2  # s a face is believed to stay before it was first and after it was last seen
SURE = 0.85  # score at which a face seen once is believed
SEEN = 0.35  # share of the looks within its life in which a face must be found
MAIN_SIZE, MAIN_TIME = 0.5, 0.25  # a main person's face width and time, against the greatest
HAIR = 0.15  # face widths on each side of the box that belong to the head
BARE = -0.05  # …and that may be missing: detectors do not agree closer on where a face ends
MOVING = 0.6  # grey levels above noise, mean of a bin, that count as motion
BUSY = 0.15  # share of a shot's looks with motion that makes motion its subject
LEAN = 0.35  # how much a person in the middle is worth against all other motion in view
SPEED_FROM = 4  # samples from which a mover's speed at the ends of a shot is taken
FRINGE = 0.05  # of the motion in view that may lie beyond each end of the subject
CARRY = 0.5  # s over which it is believed
LEAN_REACH = 1.3  # s before and after in which motion counts for that
CENTRE_PULL = 0.15  # worth of a window in the middle of a picture where nothing moves
CROWDED = 0.25  # share of looks whose persons do not fit that makes a shot too wide for the window
SNUG = 0.97  # of the window a subject may fill


@dataclass(frozen=True, slots=True)
class Look:
    """What was seen at a moment: faces, and motion along the axis, float [BINS], grey levels; None: not looked for.

    Faces that were not found but followed from where they were found have the score FOLLOWED.
    """

    time: float
    faces: tuple[Face, ...] | None
    motion: NDArray[np.float32] | None


@dataclass(frozen=True, slots=True)
class Subject:
    """Where the subject of a shot lies: [low, high] at `times`, the part that must be seen.

    `middle` is where a window of the given size would best be centred. `all_low`, `all_high` hold every main
    person, `crowded` says that they do not fit. A person's part is the head with hair and some air, which a tight
    window does not always have room for; `bare_low`, `bare_high` hold the faces themselves, by which to judge.
    """

    source: Source
    times: Array
    low: Array
    high: Array
    middle: Array
    all_low: Array
    all_high: Array
    bare_low: Array
    bare_high: Array
    crowded: bool


def of_shot(
    looks: Sequence[Look],
    still: NDArray[np.float32],
    span: tuple[float, float],
    *,
    axis: Axis,
    extent: float,
    window: float,
) -> Subject:
    """The subject of one shot that lasts from span[0] to span[1].

    looks: in order. still: float [BINS], saliency along the axis, sum 1. extent: the picture's length along the
    axis; window: the crop's.
    """
    times = np.array([look.time for look in looks])
    measured = [look for look in looks if look.motion is not None]
    timed = np.array([look.time for look in measured])
    motion = np.array([look.motion for look in measured], float).reshape(-1, BINS)
    tracks = _main(_tracks(looks))
    if tracks:
        return _persons(tracks, axis, times, _around(motion, timed, times), extent, window)
    smooth = _smooth(motion)
    if len(measured) and (smooth.max(axis=1) >= MOVING).mean() >= BUSY:
        return _movers(timed, smooth, span, extent, window)
    return _resting(times, still, extent, window)


def _around(rows: Array, at: Array, wanted: Array) -> Array:
    """Means of the rows measured within LEAN_REACH of each wanted time; where there are none, of the nearest one."""
    if not len(rows):
        return np.zeros((len(wanted), BINS))
    heap = np.concatenate([np.zeros((1, BINS)), rows.cumsum(axis=0)])
    nearest = _nearest(at, wanted)
    first = np.minimum(np.searchsorted(at, wanted - LEAN_REACH), nearest)
    last = np.maximum(np.searchsorted(at, wanted + LEAN_REACH), nearest + 1)
    return np.asarray((heap[last] - heap[first]) / (last - first)[:, None])


def _nearest(at: Array, wanted: Array) -> NDArray[np.intp]:
    """Which of the rising times `at` is nearest to each wanted one; without a table of all pairs."""
    after = np.searchsorted(at, wanted).clip(1, len(at) - 1) if len(at) > 1 else np.zeros(len(wanted), np.intp)
    before = np.maximum(after - 1, 0)
    return np.asarray(np.where(wanted - at[before] <= at[after] - wanted, before, after), np.intp)


Track = list[tuple[float, Face]]


def _tracks(looks: Sequence[Look]) -> list[Track]:
    """Faces linked from look to look, those to be believed only."""
    tracks: list[Track] = []
    searched = [look.time for look in looks if look.faces is not None and not any(map(_is_followed, look.faces))]
    for look in looks:
        free = [track for track in tracks if look.time - track[-1][0] <= LINK_GAP]
        for face in sorted(look.faces or (), key=lambda one: -one.score):
            track = min(free, key=lambda one: _distance(one[-1][1], face), default=None)
            if track is not None and _distance(track[-1][1], face) <= LINK_REACH:
                free.remove(track)
                track.append((look.time, face))
            else:
                tracks.append([(look.time, face)])
    return [track for track in tracks if _is_sure(track, searched)]


def _distance(one: Face, other: Face) -> float:
    """Between centres, in widths of the larger face; endless where the sizes differ too much."""
    small, large = sorted((one.width, other.width))
    if large > LINK_GROWTH * small:
        return np.inf
    across = one.x + one.width / 2 - other.x - other.width / 2
    down = one.y + one.height / 2 - other.y - other.height / 2
    return float(np.hypot(across, down)) / large


def _is_sure(track: Track, looked: Sequence[float]) -> bool:
    found = [face.score for _, face in track if not _is_followed(face)]
    if len(found) < 2:
        return max(found, default=0.0) >= SURE
    chances = sum(track[0][0] <= time <= track[-1][0] for time in looked)
    return len(found) >= SEEN * chances


def _is_followed(face: Face) -> bool:
    return face.score == FOLLOWED


def _main(tracks: list[Track]) -> list[Track]:
    """The tracks of main persons: not those small in the background, not those who only pass."""
    if not tracks:
        return []
    sizes = [float(np.median([face.width for _, face in track])) for track in tracks]
    most = max(len(track) for track in tracks)
    great = max(size for size, track in zip(sizes, tracks, strict=True) if len(track) >= MAIN_TIME * most)
    return [
        track
        for size, track in zip(sizes, tracks, strict=True)
        if size >= MAIN_SIZE * great and len(track) >= MAIN_TIME * MAIN_TIME * most
    ]


def _persons(tracks: list[Track], axis: Axis, times: Array, motion: Array, extent: float, window: float) -> Subject:
    # Both are [tracks, 2, n], NaN where a track is not there.
    spans, bare = (
        np.stack([_span(track, axis, times, extent, window, hair) for track in tracks]) for hair in (HAIR, BARE)
    )
    there = ~np.isnan(spans[:, 0]).all(axis=0)
    times, spans, bare, motion = times[there], spans[..., there], bare[..., there], motion[there]
    all_low, all_high = np.nanmin(spans[:, 0], axis=0), np.nanmax(spans[:, 1], axis=0)
    narrow = all_high - all_low <= SNUG * window
    low, high = all_low.copy(), all_high.copy()
    if not narrow.all():
        edges = _best_windows(_heaped(spans, extent), extent, window)
        low, high = _within(spans, edges, window)
    middle = _leaning(low, high, motion, extent, window)
    several = (~np.isnan(spans[:, 0])).sum(axis=0) > 1
    crowded = bool((several & ~narrow).mean() >= CROWDED)
    bare_low, bare_high = np.nanmin(bare[:, 0], axis=0), np.nanmax(bare[:, 1], axis=0)
    return Subject("faces", times, low, high, middle, all_low, all_high, bare_low, bare_high, crowded)


def _span(track: Track, axis: Axis, times: Array, extent: float, window: float, hair: float) -> Array:
    """A head's two ends at each time, [2, n]; NaN while it is not there. A head too large for the window loses hair."""
    seen = np.array([time for time, _ in track])
    start, size = np.array(
        [(face.x, face.width) if axis == "x" else (face.y, face.height) for _, face in track]
    ).T  # fmt: skip
    middle = np.interp(times, seen, start + size / 2)
    half = np.interp(times, seen, size) / 2
    reach = half * (1 + 2 * hair)
    if hair > 0:
        reach = np.maximum(half, np.minimum(reach, SNUG * window / 2))
    apart = np.abs(seen[_nearest(seen, times)] - times)
    away = (apart > HOLD) & ((times < seen[0]) | (times > seen[-1]))
    ends = np.stack([middle - reach, middle + reach]).clip(0, extent)
    ends[:, away] = np.nan
    return ends


def _heaped(spans: Array, extent: float) -> Array:
    """Persons as weights along the axis, [n, BINS]: the larger the head, the heavier, and equal along its width."""
    centres = (np.arange(BINS) + 0.5) * extent / BINS
    heap = np.zeros((spans.shape[2], BINS))
    for low, high in spans:  # one by one: all at once they would take gigabytes in an hour's shot
        heap += (centres >= low[:, None]) & (centres <= high[:, None])
    return heap


def _within(spans: Array, edges: Array, window: float) -> tuple[Array, Array]:
    """The ends of those persons whose middle lies in the chosen window, or of the nearest one."""
    middles = spans.mean(axis=1)
    off = np.abs(middles - (edges + window / 2))
    chosen = (off <= window / 2) | (off == np.nanmin(off, axis=0))
    low = np.nanmin(np.where(chosen, spans[:, 0], np.nan), axis=0)
    high = np.nanmax(np.where(chosen, spans[:, 1], np.nan), axis=0)
    return low, high


def _leaning(low: Array, high: Array, motion: Array, extent: float, window: float) -> Array:
    """Centres of windows that keep [low, high] and show, beside it, most of what moves."""
    places = np.linspace(0, max(0.0, extent - window), PLACES)
    moving = np.where(motion >= MOVING, motion, 0)
    beside = _covered(moving, places, extent, window)
    ideal = ((low + high) / 2)[:, None]
    off = np.abs(places + window / 2 - ideal) / (window / 2)
    keeps = (places <= low[:, None]) & (places + window >= high[:, None])
    best = np.where(keeps, beside - LEAN * off, -np.inf).argmax(axis=1)
    centre = places[best] + window / 2
    return np.where(keeps.any(axis=1), centre, ideal[:, 0])


def _movers(times: Array, motion: Array, span: tuple[float, float], extent: float, window: float) -> Subject:
    there = motion.max(axis=1) >= MOVING
    edges = _best_windows(motion, extent, window)[there]
    times, motion = times[there], motion[there]
    bin_size = extent / BINS
    centres = (np.arange(BINS) + 0.5) * bin_size
    inside = (centres >= edges[:, None]) & (centres <= edges[:, None] + window)
    mass = np.where(inside & (motion >= MOVING / 2), motion, 0) + 1e-9 * inside
    share = mass.cumsum(axis=1) / mass.sum(axis=1, keepdims=True)
    # A part further on each side: the edge of a thing that moves slowly differs little from the ground.
    low = ((share >= FRINGE).argmax(axis=1) - 1) * bin_size
    high = ((share >= 1 - FRINGE).argmax(axis=1) + 2) * bin_size
    ends = np.stack([_middling(low), _middling(high)])
    times, ends = _reaching(times, ends, span)
    low, high = ends.clip(0, extent)
    return Subject("motion", times, low, high, (low + high) / 2, low, high, low, high, False)


def _reaching(times: Array, ends: Array, span: tuple[float, float]) -> tuple[Array, Array]:
    """Carried on at the same speed to the ends of the shot, where motion cannot be measured."""
    for side, at in ((0, span[0]), (-1, span[1])):
        gap = abs(at - times[side])
        if len(times) < SPEED_FROM or not 0 < gap <= CARRY:
            continue
        few = slice(None, SPEED_FROM) if side == 0 else slice(-SPEED_FROM, None)
        speed = np.polyfit(times[few], ends[:, few].mean(axis=0), 1)[0]
        carried = ends[:, [side]] + speed * (at - times[side])
        place = 0 if side == 0 else len(times)
        times, ends = np.insert(times, place, at), np.insert(ends, place, carried.T, axis=1)
    return times, ends


def _resting(times: Array, still: NDArray[np.float32], extent: float, window: float) -> Subject:
    places = np.linspace(0, max(0.0, extent - window), PLACES)
    off = np.abs(places + window / 2 - extent / 2) / (extent / 2)
    edge = places[(_covered(still[None].astype(float), places, extent, window)[0] - CENTRE_PULL * off).argmax()]
    here = np.full(len(times), edge + window / 2)
    return Subject("saliency", times, here, here, here, here, here, here, here, False)


def _best_windows(weights: Array, extent: float, window: float) -> Array:
    """Edges [n] of the windows that cover most of `weights` [n, BINS], at a price for each move (Viterbi)."""
    places = np.linspace(0, max(0.0, extent - window), PLACES)
    gain = _covered(weights, places, extent, window)
    price = TURN * np.abs(places[:, None] - places) / window
    total, back = gain[0], np.zeros(gain.shape, np.intp)
    for step in range(1, len(gain)):
        ways = total - price
        back[step] = ways.argmax(axis=1)
        total = ways.max(axis=1) + gain[step]
    chosen = np.empty(len(gain), np.intp)
    chosen[-1] = total.argmax()
    for step in range(len(gain) - 1, 0, -1):
        chosen[step - 1] = back[step, chosen[step]]
    return places[chosen]


def _covered(weights: Array, places: Array, extent: float, window: float) -> Array:
    """Share of each row of `weights` [n, BINS] inside a window at each place: [n, PLACES]."""
    heap = np.concatenate([np.zeros((len(weights), 1)), weights.cumsum(axis=1)], axis=1)
    at = np.linspace(0, extent, BINS + 1)
    below, above = (np.array([np.interp(ends, at, row) for row in heap]) for ends in (places, places + window))
    return np.asarray((above - below) / np.maximum(heap[:, -1:], BINS * 0.01))


def _smooth(rows: Array) -> Array:
    """Means over three samples."""
    if not len(rows):
        return rows
    padded = np.pad(rows, ((1, 1), (0, 0)), mode="edge")
    return np.asarray((padded[:-2] + padded[1:-1] + padded[2:]) / 3)


def _middling(values: Array) -> Array:
    """Running median of five: a single wrong look moves nothing."""
    padded = np.pad(values, 2, mode="edge")
    return np.asarray(np.median(np.stack([padded[step : step + len(values)] for step in range(5)]), axis=0))
