"""The faces of a video from frame to frame: found now and then, followed between, corrected without a jerk.

Every frame is seen a little before it is asked for. So a face that is found late is followed back to where it came in,
what a new look corrects is spread over the frames since the last one, and an effect on a face that will be lost can
fade before that. A correction as small as a detector's own trembling is mostly left out. Faces that come in within a
shot fade in; those that are there when it begins are there at once.
"""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np

from reelwright.kernels import face_flow, landmarks
from reelwright.kernels.faces import Face
from reelwright.kernels.landmarks import Points
from reelwright.kernels.maps import Plane

NEVER = -(1 << 30)
SEARCH = 2  # every so many looks new faces are sought while all known ones are there
AHEAD = 8  # frames that are seen before one is asked for
FADE = 8  # frames
SAME = 0.3  # overlap (IoU) of two boxes of one face
TREMBLING = (0.008, 0.03)  # of the breadth: corrections as small as a detector trembles, and those that are motion
TRUST = (0.25, 1.0)  # …and how much of such a correction counts
ROUGH_TREMBLING = (0.04, 0.15)  # the same for boxes
ROUGH_TRUST = (0.12, 0.6)
MISSES = 3  # looks in a row at which a face was not there
ROUGH_MISSES = 8  # …where a look can only find boxes, and often overlooks one
SMALLER = 0.8  # of the least breadth: so small a face may become once it is known


class Eye(Protocol):
    """Looks at the frame that was pushed last."""

    precise: bool
    """Whether `place` finds landmarks; else it makes an outline of a box."""

    def find(self) -> Sequence[Face]:
        """The boxes of faces, in luma pixels."""
        ...

    def place(self, box: Face, *, known: bool) -> Points | None:
        """The points of the face in or near this box; None if it is none. `known`: it has been seen before."""
        ...


@dataclass(frozen=True, slots=True)
class Seen:
    """One face in one frame. `part`: 0–1, how much of an effect it is given."""

    track: int
    points: Points
    part: float


@dataclass(slots=True)
class _Track:
    id: int
    born: int
    at_once: bool
    """It was there when the shot began: no fading in."""
    states: dict[int, Points]
    corrected: int
    """The frame of the last correction."""
    misses: int = 0
    end: int | None = None
    """The first frame without it."""
    cut: bool = False
    """It ended with its shot: no fading out."""

    def part(self, index: int) -> float:
        rise = 1.0 if self.at_once else min(1.0, (index - self.born + 1) / FADE)
        fall = 1.0 if self.end is None or self.cut else min(1.0, (self.end - index) / FADE)
        return rise * fall


@dataclass
class Tracker:
    """Push every frame in order; ask for the oldest with `pop` once `AHEAD` more are in, or at the end."""

    interval: int = 5
    """Frames from look to look."""
    most: int = 32
    """Faces at once; the largest count."""
    least: float = 0.0
    """Breadth in pixels below which a face is left alone."""
    threshold: float = 0.0
    """Score that a new face needs."""
    alone: bool = False
    """Take every frame by itself: no following, no fading."""
    count: int = field(default=0, init=False)
    """Tracks so far."""
    _held: deque[tuple[int, Plane]] = field(default_factory=deque, init=False)
    _tracks: list[_Track] = field(default_factory=list, init=False)
    _next: int = field(default=0, init=False)
    _looked: int = field(default=NEVER, init=False)
    _looks: int = field(default=0, init=False)
    _shot: int = field(default=0, init=False)
    """The first frame of the shot."""

    def push(self, luma: Plane, eye: Eye) -> None:
        """`luma`: uint8 [h, w]; it is held until it is popped."""
        index, before = self._next, self._held[-1][1] if self._held else None
        self._held.append((index, luma))
        self._next = index + 1
        if self.alone:
            self._end_all(index, cut=True)
            self._shot = index
        elif before is not None:
            self._follow(index, before, luma)
        if index - self._looked >= self.interval or self.alone:
            self._look(index, eye)

    def pop(self) -> list[Seen]:
        """The faces of the oldest frame."""
        index, _ = self._held.popleft()
        found = [Seen(one.id, one.states.pop(index), one.part(index)) for one in self._tracks if index in one.states]
        self._tracks = [one for one in self._tracks if one.end is None or one.states]
        return [one for one in found if one.part > 0]

    # ---- inside

    @property
    def _live(self) -> list[_Track]:
        return [one for one in self._tracks if one.end is None]

    def _follow(self, index: int, before: Plane, luma: Plane) -> None:
        lost = []
        for one in self._live:
            points = face_flow.followed(before, luma, one.states[index - 1])
            if points is None or not _is_in_view(points, luma):
                lost.append(one)
            else:
                one.states[index] = points
        if lost:
            cut = face_flow.is_cut(before, luma)
            self._shot = index if cut else self._shot
            for one in self._live if cut else lost:
                one.states.pop(index, None)
                one.end, one.cut = index, cut
            self._looked, self._looks = index - self.interval, 0  # look at once
        for one in self._doubles(index):
            one.end = index
            del one.states[index]

    def _doubles(self, index: int) -> list[_Track]:
        """Tracks that have come to lie on an older one."""
        live = sorted(self._live, key=lambda one: one.born)
        return [
            one
            for place, one in enumerate(live)
            if any(_overlap(_box(one.states[index]), _box(other.states[index])) > 2 * SAME for other in live[:place])
        ]

    def _end_all(self, index: int, *, cut: bool) -> None:
        for one in self._live:
            one.end, one.cut = index, cut

    def _look(self, index: int, eye: Eye) -> None:
        self._looked = index
        searched = not self._live or self._looks % SEARCH == 0
        self._looks += 1
        free = sorted(eye.find(), key=lambda box: -box.width * box.height) if searched else []
        for one in self._live:
            here = _box(one.states[index])
            box = max(free, key=lambda other: _overlap(here, other), default=None)
            if box is not None and _overlap(here, box) >= SAME:
                free.remove(box)
            else:
                box = None
            if searched or eye.precise:
                self._confirm(one, index, box, eye)
        for box in free:
            if box.score >= self.threshold and box.width >= self.least and len(self._live) < self.most:
                self._begin(index, box, eye)

    def _confirm(self, one: _Track, index: int, box: Face | None, eye: Eye) -> None:
        """Correct a track by what is seen of it now, or note that it is not."""
        here = _box(one.states[index])
        points = None
        if box is not None or eye.precise:
            points = eye.place(here if eye.precise else box or here, known=True)
        if points is None or _overlap(_box(points), here) < SAME:
            one.misses += 1
        else:
            one.misses = 0
            self._correct(one, index, points)
        most = MISSES if eye.precise else ROUGH_MISSES
        if one.misses >= most or here.width < SMALLER * self.least:
            one.end = index
            del one.states[index]

    def _correct(self, one: _Track, index: int, points: Points) -> None:
        """Bring the track to what was seen, little by little since the last time."""
        off = points - one.states[index]
        precise = landmarks.is_mesh(points)
        low, high = TREMBLING if precise else ROUGH_TREMBLING
        least, most = TRUST if precise else ROUGH_TRUST
        size = np.hypot(off[:, 0], off[:, 1]) / np.float32(landmarks.unit(points))
        part = np.clip((size - low) / (high - low), 0, 1)
        step = off * (least + (most - least) * part)[:, None].astype(np.float32)
        since = max(one.corrected, index - AHEAD)
        for number in range(since + 1, index + 1):
            if number in one.states:
                share = (number - since) / (index - since)
                one.states[number] = one.states[number] + step * np.float32(share)
        one.corrected = index

    def _begin(self, index: int, box: Face, eye: Eye) -> None:
        lost = next((one for one in self._tracks if self._was_here(one, index, box)), None)
        points = eye.place(box, known=lost is not None)
        if points is None or any(_overlap(_box(points), _box(one.states[index])) > SAME for one in self._live):
            return
        if lost is not None:
            lost.end, lost.states[index], lost.corrected, lost.misses = None, points, index, 0
            return
        track = _Track(self.count, index, index == self._shot, {index: points}, index)
        self.count += 1
        self._tracks.append(track)
        if not self.alone:
            self._follow_back(track)

    def _was_here(self, one: _Track, index: int, box: Face) -> bool:
        """Was it lost by this very frame, for it moved too fast, near where a face is now?"""
        if one.end != index or one.cut or index - 1 not in one.states:
            return False
        return _overlap(_box(one.states[index - 1]), box) > SAME / 2

    def _follow_back(self, track: _Track) -> None:
        """Since when has it been there? Only frames that were not yet asked for are of use."""
        held = list(self._held)
        for (_, luma), (before, earlier) in zip(held[:0:-1], held[-2::-1], strict=True):
            points = face_flow.followed(luma, earlier, track.states[track.born])
            if points is None or not _is_in_view(points, earlier):
                track.at_once = face_flow.is_cut(earlier, luma)
                return
            track.states[before], track.born = points, before
        track.at_once = track.born <= self._shot


def _box(points: Points) -> Face:
    return Face(*landmarks.bounds(points), 1.0)


def _is_in_view(points: Points, luma: Plane) -> bool:
    """At least its middle."""
    x, y = landmarks.outline(points).mean(axis=0)
    return bool(0 <= x < luma.shape[1] and 0 <= y < luma.shape[0])


def _overlap(one: Face, other: Face) -> float:
    wide = min(one.x + one.width, other.x + other.width) - max(one.x, other.x)
    tall = min(one.y + one.height, other.y + other.height) - max(one.y, other.y)
    shared = max(0.0, wide) * max(0.0, tall)
    return shared / max(1e-6, one.width * one.height + other.width * other.height - shared)
