"""Unknown parts of a film's frames, filled with what the camera saw there at other moments.

For whoever removes something from a film (a logo, a line of text, a scratch):

    fill = TemporalFill(ahead=48)
    for frame in shot:                                  # one shot; call `cut` where the next one begins
        for done in fill.push(region, unknown):         # region: [Y, U, V] crops, ring included
            done.planes, done.source                    # in order, `ahead` frames late
    for done in fill.cut(): ...                         # the rest of the shot; forgets it

`region` is a crop of the frame's planes (4:2:0, uint8 or uint16, or the luma alone), even-sided, with the unknown
pixels and a ring of known ones around them: 32 px at least. What the camera moves out from behind the hole is found
only inside the crop, so a ring as wide as the hole (towards where it may move) is better. `unknown` is bool, of
the luma's shape, True where the pixels must not be believed; it may differ from frame to frame. Cover soft edges of
what is removed, 2 or 3 px. The arrays are not changed; they are kept until their frame is done, so hand over copies.
`done.planes` are new arrays where something was filled; all known pixels are those of the input, to the bit.
`done.source` (uint8, the luma's shape) tells for each pixel where it is from: KNOWN, TEMPORAL, UNBLENDED, SPATIAL or
LEFT. With `spatial=False` no pixel is invented: what no other moment shows stays as it was (LEFT).
A caller that can tell unknown pixels by itself, roughly, says so with a `Hint` (`kernels.voting`).

How: some frames are keys, to which the others are aligned (`kernels.following`). Of each key one plate is made, the
key without its hole: keys that show what it hides are aligned to it by brightness and must agree with it around the
hole, near ones first, until each pixel has been seen some times; the median of them counts (`kernels.voting`). What
remains is filled from the surroundings (`kernels.inpainting`), and taken over from key to key, in the light of each,
so that it does not flicker. A frame then takes its hole from its key's plate, in its own light: one warp a frame, and
none where the camera stands still.

Memory: `ahead` crops, and `keep` keys. `remember` adds pictures of the same camera position from anywhere in the shot
(a static camera whose text comes early and goes late).
Not done: holes behind which things move on their own; there the fill shows another moment of them.

Source: the idea of Granados et al., "Background Inpainting for Videos with Dynamic Objects" (2012), without graph cuts.
"""

from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from reelwright.kernels import inpainting, painted, region, registration, voting
from reelwright.kernels.following import Follower, Key
from reelwright.kernels.region import Field, Plane, Window
from reelwright.kernels.registration import Affine, Mask
from reelwright.kernels.voting import Hint, Hinted

KNOWN, TEMPORAL, UNBLENDED, SPATIAL, LEFT = range(5)
"""Where a pixel is from: the frame itself, other moments, the caller's hint, its surroundings; LEFT is not restored."""

MOST_SOURCES = 5  # of one key
AGREES = 7.0  # grey levels: median difference of a source around the hole, at most
RING = 12  # px around a hole that tell the light
REFRESHED = 24  # keys between two fills from the surroundings, where the last one can be carried on
SEEN = 160  # px around a hole that a painter is shown, as far as there are any
MOVING = 3  # times as often while the camera moves
STEADY = 0.75  # part of the last fill in the next one
LEAST_ERROR, CAUTION = 1.5, 2.0  # grey levels, standard error of a guess; times what it erred beside the hole


@dataclass(frozen=True, slots=True)
class Filled:
    """One frame's region, filled. See the module's text."""

    planes: list[Plane]
    source: NDArray[np.uint8]


@dataclass(frozen=True, slots=True, eq=False)
class _Waiting:
    """`motion` takes places here to the key's."""

    planes: Sequence[Plane]
    unknown: Mask
    hint: Hint | None
    key: Key
    motion: Affine


@dataclass(frozen=True, slots=True, eq=False)
class _Plate:
    """A key without its hole; `source` as in `Filled`."""

    key: Key
    planes: list[Plane]
    source: NDArray[np.uint8]
    age: int
    """Keys since what is invented was made anew."""
    error: float = float("inf")
    """Standard error of a guess from the surroundings where there is a hint too, grey levels."""


@dataclass(frozen=True, slots=True, eq=False)
class _Hole:
    """An unknown part: its window with a rim, and the masks of it and its ring in each plane of that window."""

    unknown: Mask
    window: Window
    holes: list[Mask]
    rings: list[Mask]

    @classmethod
    def of(cls, unknown: Mask, planes: int) -> "_Hole":
        window = Window.around(unknown, RING)
        near = registration.grown(unknown, RING)
        holes = [region.mask_of(unknown, index) for index in range(planes)]
        rings = [region.mask_of(near, index) & ~hole for index, hole in enumerate(holes)]
        return cls(unknown, window, *([window.of(one, i) for i, one in enumerate(masks)] for masks in (holes, rings)))


class TemporalFill:
    """Streaming; one region. `push` frames, `cut` at the end of a shot."""

    def __init__(
        self, *, ahead: int = 48, keep: int = 48, spatial: bool = True, painter: painted.Painter | None = None
    ) -> None:
        """`painter`: what fills the pixels that no moment shows, instead of `kernels.inpainting`."""
        self._ahead, self._keep, self._spatial, self._painter = ahead, keep, spatial, painter
        self._hole: _Hole | None = None
        self._reset()

    def _reset(self) -> None:
        self._follower = Follower()
        self._coming: deque[_Waiting] = deque()
        self._keys: list[Key] = []
        self._remembered: list[tuple[Sequence[Plane], Mask]] = []
        self._plate: _Plate | None = None

    def push(self, planes: Sequence[Plane], unknown: Mask, hint: Hint | None = None) -> list[Filled]:
        """The next frame; gives those that are done (at most one)."""
        key, motion = self._follower.push(planes, unknown, hint)
        if not self._keys or key is not self._keys[-1]:
            self._keys.append(key)
            self._thin()
        self._coming.append(_Waiting(planes, unknown, hint, key, motion))
        return [self._next()] if len(self._coming) > self._ahead else []

    def remember(self, planes: Sequence[Plane], unknown: Mask) -> None:
        """A picture of this shot, taken by a camera that stands where it stood for the first one pushed."""
        self._remembered.append((planes, unknown))

    def cut(self) -> list[Filled]:
        """The frames still held, done. The next one pushed begins a new shot."""
        done = [self._next() for _ in range(len(self._coming))]
        self._reset()
        return done

    def _thin(self) -> None:
        """When there are too many keys every second goes of those whose frames are done; of other runs, all."""
        if len(self._keys) <= self._keep:
            return
        first = self._coming[0].key if self._coming else self._keys[-1]
        done = self._keys[: self._keys.index(first)] if first in self._keys else []
        rest = self._keys[len(done) :]
        self._keys = [one for one in done if one.run == first.run][::2] + rest

    def _next(self) -> Filled:
        here = self._coming.popleft()
        if not here.unknown.any():
            return Filled(list(here.planes), np.zeros(here.unknown.shape, np.uint8))
        if self._plate is None or self._plate.key is not here.key:
            self._plate = self._plate_of(here.key)
        return self._filled(here, self._plate)

    # A frame

    def _filled(self, here: _Waiting, plate: _Plate) -> Filled:
        hole, still = self._hole_of(here), registration.shift(here.motion, here.key.size) < voting.STILL
        motion = registration.identity() if still else here.motion
        source = np.zeros(here.unknown.shape, np.uint8)
        inner = hole.window.labels(plate.source, motion, SPATIAL)[hole.holes[0]]
        inner[inner == KNOWN] = TEMPORAL
        if here.hint is not None:
            inner[np.isfinite(here.hint.spread[here.unknown]) & (inner != TEMPORAL)] = UNBLENDED
        hole.window.of(source)[hole.holes[0]] = inner
        planes = [
            _lifted(here, hole, hole.window.moved(plate.planes[index], motion, index), source, plate.error, index)
            for index in range(len(here.planes))
        ]
        return Filled(planes, source)

    def _hole_of(self, here: _Waiting) -> _Hole:
        if self._hole is None or self._hole.unknown is not here.unknown:
            self._hole = _Hole.of(here.unknown, len(here.planes))
        return self._hole

    # A key

    def _plate_of(self, key: Key) -> _Plate:
        source = np.where(key.unknown, LEFT, KNOWN).astype(np.uint8)
        if not key.unknown.any():
            return _Plate(key, list(key.planes), source, REFRESHED)
        votes = voting.Votes(key.planes, key.unknown, key.hint)
        for planes, unknown, motion in self._sources(key):
            votes.add(planes, unknown, motion)
        planes, answered = votes.counted()
        source[answered[0]] = TEMPORAL
        if key.hint is not None:
            source[np.isfinite(key.hint.spread) & (source == LEFT)] = UNBLENDED
            if (source == UNBLENDED).any():
                return self._hinted_plate(key, planes, source)
        age, rest = REFRESHED, [region.mask_of(source == LEFT, index) for index in range(len(planes))]
        for index in range(1, len(planes)):  # colour is halved: at edges its samples may be missing alone
            rest[index] |= region.mask_of(source == TEMPORAL, index) & ~answered[index]
        if self._spatial and any(one.any() for one in rest):
            source[rest[0]] = SPATIAL
            planes, age = self._invented(key, planes, rest)
        key.rest()
        return _Plate(key, planes, source, age)

    def _hinted_plate(self, key: Key, planes: list[Plane], source: NDArray[np.uint8]) -> _Plate:
        """What no moment shows is guessed quickly: there is a hint for it."""
        known, unit = source <= TEMPORAL, region.unit(planes[0])
        error = inpainting.expected_error(planes[0], known) / unit
        for index, plane in enumerate(planes):
            hole = region.mask_of(~known, index)
            plane[hole] = region.rounded(inpainting.smooth(plane, ~hole)[hole], plane.dtype)
        source[source == LEFT] = SPATIAL
        return _Plate(key, planes, source, REFRESHED, max(CAUTION * error, LEAST_ERROR))

    def _sources(self, key: Key) -> Iterator[tuple[Sequence[Plane], Mask, Affine]]:
        """Pictures that show what is unknown in the key, with the motion to them: near ones first, then others."""
        points = voting.points_of(key.unknown)
        candidates = [
            (one, abs(one.index - key.index), voting.shows(one.unknown, key.to(one), points))
            for one in self._keys
            if one.run == key.run and one is not key
        ]
        if key.run == 0:
            start = np.asarray(np.linalg.inv(key.place), np.float64)
            for planes, unknown in self._remembered:
                yield planes, unknown, start
        choice = voting.Choice(len(points), candidates)
        for _ in range(MOST_SOURCES):
            one = choice.best()
            if one is None:
                return
            match = key.measured(one, key.to(one))
            if match.error <= AGREES:
                choice.took()
                yield one.planes, one.trusted == 0, match.motion  # at its hole a picture is coded less well

    def _invented(self, key: Key, planes: list[Plane], rest: list[Mask]) -> tuple[list[Plane], int]:
        """What no moment shows, from the surroundings; as in the plate before where that moved with the camera."""
        before = self._plate if self._plate is not None and self._plate.key.run == key.run else None
        window = Window.around(key.unknown, voting.RIM if self._painter is None else SEEN)
        motion = key.to(before.key) if before is not None else registration.identity()
        still = registration.shift(motion, key.size) < voting.STILL
        age = before.age + (1 if still else MOVING) if before is not None else REFRESHED
        now = [window.of(plane, index) for index, plane in enumerate(planes)]
        holes = [window.of(mask, index) for index, mask in enumerate(rest)]
        values, old = [one.astype(np.float32) for one in now], [np.zeros_like(hole) for hole in holes]
        for index, plane in enumerate(before.planes if before is not None else ()):
            there = window.moved(plane, registration.identity() if still else motion, index)
            values[index], old[index] = _carried(values[index], holes[index], there, region.unit(plane))
        left = [hole & ~kept for hole, kept in zip(holes, old, strict=True)]
        if self._painter is not None and left[0].sum() >= painted.LEAST:
            values = painted.filled(values, left, self._painter, region.unit(planes[0]))
        elif self._painter is None and age >= REFRESHED:
            values = [_renewed(*each) for each in zip(now, holes, values, old, strict=True)]
        else:
            values = [inpainting.fill(one, ~hole) for one, hole in zip(values, left, strict=True)]
        out = [plane.copy() for plane in planes]
        for index, (plane, hole, one) in enumerate(zip(out, holes, values, strict=True)):
            window.of(plane, index)[hole] = region.rounded(one[hole], plane.dtype)
        return out, age if age < REFRESHED else 0


def _lifted(here: _Waiting, hole: _Hole, there: Field, source: NDArray[np.uint8], error: float, index: int) -> Plane:
    """A plane with the hole taken from the plate (`there`), in the light of the frame and weighed against the hint.

    `error`: of what the plate guesses where there is a hint.
    """
    mask, out = hole.holes[index], here.planes[index].copy()
    part, unit = hole.window.of(out, index), region.unit(out)
    values = there + inpainting.drift(part - there, hole.rings[index], voting.LOCAL * unit)
    kinds = hole.window.of(source)
    kinds = (region.most_of(kinds) if index else kinds)[mask]
    done = values[mask]
    if here.hint is not None:
        hinted = Hinted.of(here.hint, hole.window, mask, index)
        told = (kinds == TEMPORAL) & hinted.allows(done)
        errors = np.where(told, voting.SPREAD, np.where(np.isfinite(hinted.doubt), error, voting.SPREAD))
        done = hinted.mixed(done, errors.astype(np.float32))
    part[mask] = np.where(kinds == LEFT, part[mask], region.rounded(done, out.dtype))
    return out


def _carried(now: Field, hole: Mask, there: Field, unit: float) -> tuple[Field, Mask]:
    """The hole with the moved fill of the plate before, lifted to today's light; and where that may stand."""
    apart, ring = now - there, ~hole
    stands = hole & voting.alike(apart, ring, unit)
    return np.where(stands, there + inpainting.drift(apart, ring), now).astype(np.float32), stands


def _renewed(now: Plane, hole: Mask, values: Field, old: Mask) -> Field:
    """The hole filled anew, and mixed into what was carried on. Nothing painted is mixed: two pictures are none."""
    new = inpainting.fill(now, ~hole)
    return np.where(old, STEADY * values + (1 - STEADY) * new, new).astype(np.float32)
