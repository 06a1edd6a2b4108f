"""Follows the camera through the frames of a shot, parts of which are not to be believed.

Each frame is measured by brightness (`kernels.registration`) against a `Key`, an earlier frame of the shot, so that
errors do not add up from frame to frame. A new key is taken when the camera has moved on, when a frame shows what the
key hides, or when the key grows old. The first guess is that the camera goes on as it did; where that fails, corners
are followed; where they fail too, the camera is lost and a new run begins, as at a cut.

Regions and masks are as in `kernels.region`; motions as in `kernels.registration`.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from reelwright.kernels import inpainting, region, registration
from reelwright.kernels.region import Plane
from reelwright.kernels.registration import Affine, Anchor, Luma, Mask, Match
from reelwright.kernels.voting import Hint

NEAR, FAR = 12.0, 32.0  # px the camera may move away from a key, when the hole leaves it and else
YOUNG = 3  # frames a key is kept anyway
OLD, OLD_MOVING = 48, 24  # frames a key serves; where the camera moves
MOVES = 1.0  # px
SHOWS = 0.01  # of what a key hides that makes a frame a better one
POOR = 3.0  # grey levels: median difference from which on corners are asked
LOST = 14.0  # …at which the camera can no longer be followed
STANDS = 0.015  # px of a camera that stands still
EVERY = 7  # pixels between those whose median is taken, where there is nothing to measure by


@dataclass(slots=True, eq=False)
class Key:
    """A frame that others are measured against. `place` takes the first picture of its `run` to this one."""

    planes: Sequence[Plane]
    unknown: Mask
    hint: Hint | None
    luma: Luma
    trusted: NDArray[np.uint8]
    """1 where neither it nor its neighbours are unknown."""
    index: int = 0
    run: int = 0
    place: Affine = field(default_factory=registration.identity)
    _anchor: Anchor | None = field(default=None, init=False)

    @property
    def size(self) -> tuple[int, int]:
        return self.unknown.shape[1], self.unknown.shape[0]

    @property
    def anchor(self) -> Anchor:
        if self._anchor is None:
            self._anchor = Anchor(self.luma, self.unknown)
        return self._anchor

    def to(self, other: "Key") -> Affine:
        """The motion from here to there, of the same run."""
        return np.asarray(other.place @ np.linalg.inv(self.place))

    def measured(self, other: "Key", guess: Affine, *, quick: bool = False) -> Match:
        """The motion from here to there. `quick`: to some hundredths of a pixel."""
        if self.anchor.places >= registration.LEAST_PLACES:
            return self.anchor.refine(other.luma, other.trusted, guess, quick=quick)
        both = (self.trusted & other.trusted)[::EVERY, ::EVERY] > 0
        apart = np.abs(self.luma[::EVERY, ::EVERY][both].astype(np.float32) - other.luma[::EVERY, ::EVERY][both])
        error = float(np.median(apart)) / registration.FINE if apart.size else 0.0
        return Match(guess, error, 1.0)

    def rest(self) -> None:
        """Frees what is needed to measure others against it, until that is wanted again."""
        self._anchor = None


class Follower:
    """Push the frames of a shot; each gets its key and the motion to it."""

    def __init__(self) -> None:
        self._key: Key | None = None
        self._before: Key | None = None
        self._motion = self._step = registration.identity()
        self._trusted: tuple[Mask, NDArray[np.uint8]] | None = None

    def push(self, planes: Sequence[Plane], unknown: Mask, hint: Hint | None = None) -> tuple[Key, Affine]:
        """The frame's key, which may be itself, and the motion that takes places of the frame to the key's."""
        here = Key(planes, unknown, hint, registration.smoothed_plane(planes[0]), self._trust(unknown))
        key, before, self._before = self._key, self._before, here
        if key is None or before is None:
            return self._begun(here)
        here.index = before.index + 1
        match = self._match(key, before, here)
        if match.error > LOST:
            here.run = key.run + 1
            self._step = registration.identity()
            return self._begun(here)
        if registration.shift(match.motion @ np.linalg.inv(self._motion), key.size) < STANDS:
            match = Match(self._motion, match.error, match.seen)
        here.run = key.run
        self._step, self._motion = match.motion @ np.linalg.inv(self._motion), match.motion
        if not _is_due(key, here, match):
            return key, np.asarray(np.linalg.inv(match.motion), np.float64)
        here.place = key.measured(here, match.motion).motion @ key.place
        key.rest()
        return self._begun(here)

    def _begun(self, key: Key) -> tuple[Key, Affine]:
        self._key, self._motion = key, registration.identity()
        return key, registration.identity()

    def _trust(self, unknown: Mask) -> NDArray[np.uint8]:
        if self._trusted is None or self._trusted[0] is not unknown:
            near = registration.grown(unknown, registration.MARGIN)
            self._trusted = unknown, (~near).astype(np.uint8)
        return self._trusted[1]

    def _match(self, key: Key, before: Key, here: Key) -> Match:
        """From the key to here."""
        if np.array_equal(before.planes[0], here.planes[0]):
            return Match(self._motion, 0.0, 1.0)
        match = key.measured(here, self._step @ self._motion, quick=True)
        if match.error <= POOR or key.anchor.places < registration.LEAST_PLACES:
            return match
        found = registration.between(_plain(before), _plain(here), before.unknown | here.unknown)
        if found is None:
            return match
        other = key.measured(here, found @ self._motion)
        return other if other.error < match.error else match


def _is_due(key: Key, here: Key, match: Match) -> bool:
    """Is it better to go on from here?"""
    age, shift = here.index - key.index, registration.shift(match.motion, key.size)
    if age >= (OLD_MOVING if shift > MOVES else OLD):
        return True
    if age >= YOUNG and (shift > FAR or (shift > NEAR and _leaves(key, match.motion))):
        return True
    if here.unknown is key.unknown:
        return False
    hides = np.count_nonzero(key.unknown)
    return bool(np.count_nonzero(key.unknown & ~here.unknown) > SHOWS * hides)


def _leaves(key: Key, motion: Affine) -> bool:
    """Is a hole that stays where it is in the frame outside the key, when the camera has moved so?"""
    if not key.unknown.any():
        return False
    rows, columns = np.flatnonzero(key.unknown.any(axis=1)), np.flatnonzero(key.unknown.any(axis=0))
    corners = np.array([[x, y, 1] for x in columns[[0, -1]] for y in rows[[0, -1]]], float).T
    there = (np.linalg.inv(motion) @ corners)[:2].T
    return bool((there < 0).any() or (there > np.array(key.size) - 1).any())


def _plain(frame: Key) -> NDArray[np.uint8]:
    """Luma as pyramids of it may be compared: unknown parts smoothed over."""
    levels = frame.planes[0].astype(np.float32) / np.float32(region.unit(frame.planes[0]))
    if frame.unknown.any():
        levels = np.where(frame.unknown, inpainting.membrane(levels, ~frame.unknown), levels)
    return np.asarray(np.clip(levels, 0, 255), np.uint8)
