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

How: the motion between neighbours is followed by corners and composed to any other frame; a source is then aligned
to the frame by brightness (`kernels.registration`) and must agree with it around the hole. Sources are taken near in
time first, until each pixel has been seen some times; the median of them counts (`kernels.voting`). A camera that
stands still costs no warps. What remains is filled from the surroundings (`kernels.inpainting`) and then carried
along with the camera from frame to frame, in the light of each, so that it does not flicker.

Memory: `ahead` + `behind` crops, and `keep` more from the whole shot before. `remember` adds pictures of the same
camera position from anywhere in the shot (a static camera whose text comes early and goes late).
Not done: holes behind which things move on their own; there the fill shows another moment of them.

Source: the idea of Granados et al., "Background Inpainting for Videos with Dynamic Objects" (2012), without graph cuts.
"""

from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from reelwright.kernels import inpainting, region, registration, voting
from reelwright.kernels.region import Field, Plane, Window
from reelwright.kernels.registration import Affine, Anchor, Mask, Match
from reelwright.kernels.voting import Hint

KNOWN, TEMPORAL, UNBLENDED, SPATIAL, LEFT = range(5)
"""Where a pixel is from: the frame itself, other moments, the caller's hint, its surroundings; LEFT is not restored."""

MOST_SOURCES = 8  # of one frame
AWAY = (1, 2, 3, 4, 6, 8, 11, 15, 20, 26, 33, 41, 50, 60, 72, 86, 102, 120, 140, 165, 195)  # frames, of candidates
AGREES = 7.0  # grey levels: median difference of a source around the hole, at most
LOST = 2 * AGREES  # …between neighbours: the camera can no longer be followed
STANDS = 0.015  # px from one frame to the next of a camera that stands still
SMALL = 1.0  # px that need no corners to be found
REFRESHED = 12  # frames between two fills from the surroundings, where the last one can be carried on
MOVING = 4  # times as often while the camera moves
STEADY = 0.75  # part of the last fill in the next one


@dataclass(frozen=True, slots=True)
class Filled:
    """One frame's region, filled. See the module's text."""

    planes: list[Plane]
    source: NDArray[np.uint8]


@dataclass(slots=True, eq=False)
class _Seen:
    """One frame of the shot. `place` takes the first picture of its `run` to this one."""

    planes: Sequence[Plane]
    unknown: Mask
    hint: Hint | None
    index: int
    levels: NDArray[np.uint8]
    """Luma in 8 bits, unknown parts smoothed over; dropped once the next frame has been followed."""
    luma: registration.Luma
    trusted: NDArray[np.uint8]
    """1 where neither it nor its neighbours are unknown."""
    place: Affine
    run: int = 0
    """Counts how often the camera was lost before."""

    @classmethod
    def of(cls, planes: Sequence[Plane], unknown: Mask, hint: Hint | None, index: int) -> "_Seen":
        levels = planes[0].astype(np.float32) / np.float32(region.unit(planes[0]))
        if unknown.any():
            levels = np.where(unknown, inpainting.membrane(levels, ~unknown), levels)
        trusted = (~registration.grown(unknown, registration.MARGIN)).astype(np.uint8)
        return cls(
            planes=planes,
            unknown=unknown,
            hint=hint,
            index=index,
            levels=np.clip(levels, 0, 255).astype(np.uint8),
            luma=registration.smoothed(levels),
            trusted=trusted,
            place=registration.identity(),
        )

    @property
    def size(self) -> tuple[int, int]:
        return self.unknown.shape[1], self.unknown.shape[0]

    def to(self, other: "_Seen") -> Affine:
        """The motion from here to there, of the same run."""
        return np.asarray(other.place @ np.linalg.inv(self.place))


class TemporalFill:
    """Streaming; one region. `push` frames, `cut` at the end of a shot."""

    def __init__(self, *, ahead: int = 48, behind: int = 48, keep: int = 16, spatial: bool = True) -> None:
        self._ahead, self._behind, self._keep, self._spatial = ahead, behind, keep, spatial
        self._reset()

    def _reset(self) -> None:
        self._coming: deque[_Seen] = deque()
        self._past: deque[_Seen] = deque()
        self._kept: list[_Seen] = []
        self._every = max(1, self._behind)
        self._last: _Seen | None = None
        self._carried: tuple[_Seen, list[Plane]] | None = None
        self._age = 0

    def push(self, planes: Sequence[Plane], unknown: Mask, hint: Hint | None = None) -> list[Filled]:
        """The next frame; gives those that are done (at most one)."""
        here = _Seen.of(planes, unknown, hint, self._last.index + 1 if self._last else 0)
        if self._last is not None:
            _follow(self._last, here)
            self._last.levels = here.levels[:0]
        self._last = here
        self._coming.append(here)
        return [self._next()] if len(self._coming) > self._ahead else []

    def remember(self, planes: Sequence[Plane], unknown: Mask) -> None:
        """A picture of this shot, taken by a camera that stands where it stood for the first one pushed."""
        self._kept.append(_Seen.of(planes, unknown, None, -1))

    def cut(self) -> list[Filled]:
        """The frames still held, done. The next one pushed begins a new shot."""
        done = [self._next() for _ in range(len(self._coming))]
        self._reset()
        return done

    def _next(self) -> Filled:
        here = self._coming.popleft()
        filled = self._filled(here)
        self._carried = (here, filled.planes)
        self._past.append(here)
        if len(self._past) > self._behind:
            self._retire(self._past.popleft())
        return filled

    def _retire(self, seen: _Seen) -> None:
        """Some of the shot's past is kept for good, evenly: when there is too much of it, every second goes."""
        if not self._keep or seen.index % self._every:
            return
        self._kept.append(seen)
        if sum(one.index >= 0 for one in self._kept) > self._keep:
            self._every *= 2
            self._kept = [one for one in self._kept if one.index < 0 or one.index % self._every == 0]

    def _filled(self, here: _Seen) -> Filled:
        source = np.where(here.unknown, LEFT, KNOWN).astype(np.uint8)
        if not here.unknown.any():
            return Filled(list(here.planes), source)
        votes = voting.Votes(here.planes, here.unknown, here.hint)
        for one, motion in self._sources(here):
            votes.add(one.planes, ~one.unknown, motion)
        planes, answered, hinted = votes.counted()
        source[answered], source[hinted] = TEMPORAL, UNBLENDED
        rest = source == LEFT
        if self._spatial and rest.any():
            source[rest] = SPATIAL
            planes = self._invented(here, planes, rest)
        return Filled(planes, source)

    def _sources(self, here: _Seen) -> Iterator[tuple[_Seen, Affine]]:
        """Frames that show what is unknown here, with the motion to them: those that show most, near ones first."""
        points = voting.points_of(here.unknown)
        candidates = [(one, away, voting.shows(one.unknown, here.to(one), points)) for one, away in self._near(here)]
        choice, anchor = voting.Choice(len(points), candidates), None
        for _ in range(MOST_SOURCES):
            one = choice.best()
            if one is None:
                return
            anchor = anchor or Anchor(here.luma, here.unknown)
            motion = here.to(one)
            if anchor.places >= registration.LEAST_PLACES:
                match = anchor.refine(one.luma, one.trusted, motion)
                if match.error > AGREES:
                    continue
                motion = match.motion
            choice.took()
            yield one, motion

    def _near(self, here: _Seen) -> Iterator[tuple[_Seen, int]]:
        """Frames of the same run of the camera, and how many frames away they are."""
        past, coming = self._past, self._coming
        found = [(past[-away], away) for away in AWAY if away <= len(past)]
        found += [(coming[away - 1], away) for away in AWAY if away <= len(coming)]
        found += [(one, abs(here.index - one.index)) for one in self._kept]
        yield from ((one, away) for one, away in found if one.run == here.run)

    def _invented(self, here: _Seen, planes: list[Plane], rest: Mask) -> list[Plane]:
        """What no moment shows, from the surroundings; as in the frame before where that moved with the camera."""
        window = Window.around(rest, voting.RIM)
        before = self._carried
        followed = before is not None and before[0].run == here.run
        renew = not followed or self._age >= REFRESHED
        motion = here.to(before[0]) if followed and before else registration.identity()
        still = registration.shift(motion, here.size) < voting.STILL
        self._age = 0 if renew else self._age + (1 if still else MOVING)
        out = []
        for index, plane in enumerate(planes):
            hole, now = window.of(region.mask_of(rest, index), index), window.of(plane, index)
            values = now.astype(np.float32)
            old: Mask = np.zeros_like(hole)
            if followed and before:
                there, valid = window.warped(before[1][index], np.ones_like(rest), motion, index)
                values, old = _carried(values, hole, there, valid, region.unit(plane))
            if renew or (hole & ~old).any():
                new = inpainting.fill(now if renew else values, ~hole if renew else ~(hole & ~old))
                values = np.where(old, STEADY * values + (1 - STEADY) * new, new) if renew else new
            done = plane.copy()
            window.of(done, index)[hole] = region.rounded(values[hole], plane.dtype)
            out.append(done)
        return out


def _carried(now: Field, hole: Mask, there: Field, valid: Mask, unit: float) -> tuple[Field, Mask]:
    """The hole with the moved fill of the frame before, lifted to today's light; and where that may stand."""
    apart, ring = now - there, valid & ~hole
    stands = hole & valid & (inpainting.membrane(np.abs(apart) / unit, ring) < voting.LOCAL)
    return np.where(stands, there + inpainting.membrane(apart, ring), now).astype(np.float32), stands


def _follow(before: _Seen, here: _Seen) -> None:
    """Where the camera is now."""
    here.place, here.run = before.place, before.run
    if np.array_equal(here.levels, before.levels):
        return
    anchor = Anchor(before.luma, before.unknown)
    match = anchor.refine(here.luma, here.trusted, registration.identity())
    if match.error > registration.NOISE or registration.shift(match.motion, here.size) > SMALL:
        match = _by_corners(before, here, anchor, match)
    if match.error > LOST and anchor.places >= registration.LEAST_PLACES:
        here.run, here.place = before.run + 1, registration.identity()  # nothing before helps what comes now
    elif match.error <= LOST and registration.shift(match.motion, here.size) > STANDS:
        here.place = np.asarray(match.motion @ before.place)


def _by_corners(before: _Seen, here: _Seen, anchor: Anchor, match: Match) -> Match:
    """A better match than this one, if corners lead to it."""
    found = registration.between(before.levels, here.levels, before.unknown | here.unknown)
    if found is None:
        return match
    other = anchor.refine(here.luma, here.trusted, found)
    return other if other.error < match.error else match
