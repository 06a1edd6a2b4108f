"""Faces in a picture, by a detector of one of two kinds.

`yunet` runs the YuNet network (Wu, Peng, Yu: YuNet: A Tiny Millisecond-level Face Detector, MIR 2023) through
OpenCV; its weight file is the caller's. `cascades` uses the Haar cascades inside the OpenCV wheel (Viola, Jones,
CVPR 2001): frontal faces of some size only, and now and then a false one, so believe nothing seen once.
No landmarks, no identity, nobody who looks away.
"""

from collections import OrderedDict
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import NDArray

from reelwright.loading import lazy

if TYPE_CHECKING:
    import cv2
    import cv2.data as cascade_files
else:
    cv2 = lazy("cv2")
    cascade_files = lazy("cv2.data")

Rgb = NDArray[np.uint8]
Box = tuple[int, int, int, int]
"""Left, top, right, bottom."""

LEAST_SCORE = 0.6  # of YuNet; below it faces in foliage and brickwork become frequent
OVERLAP = 0.3  # boxes of one face that overlap more are merged (IoU)
STEP = 1.2  # ratio of the cascade's window sizes
NEIGHBOURS = 4  # overlapping hits a cascade needs
CASCADE_SCORE = 0.5  # a cascade gives no probability
CASCADE_SIDES = (240, 320)  # px of the longer side: mostly, and now and then; the time grows with the area
SMALLEST = 20  # px; the window the cascades were trained on

PAUSE = Fraction(2, 5)  # s between looks; halved and doubled by need
SOONEST = Fraction(1, 10)  # s between looks, however much one is wanted
PATIENCE = 4  # quick looks for faces that were lost before they become rare; three times as many cheap ones
DOUBT = 2  # quick looks into a shot that shows none
QUICK, SLOW = 0.05, 0.025  # parts of the picture's longer side moved since the last look
SIDES = (160, 320, 640)  # px of the longer side of the picture looked at: least, first, most
KNOWN_SIDES = (160, 224, 320, 448, 640)  # …when the faces' size is known: few, so that networks are laid out rarely
CHEAP = 240  # px; looks at smaller pictures are made at once as soon as a face is missed
SIZE = 13  # px a face should be wide for the network
FULL = Fraction(3)  # s between looks at all of the picture, at the first size at least, for faces that came in
NEAR = 1.5  # widths of a face around it that are looked at in between
WHOLE = 0.6  # of the picture; a part that is larger is not worth cutting out
GRAIN = 32  # px; the network's coarsest step
NETS = 4  # sizes laid out at once: 4 MB each at 320 px, 16 MB at 640


@dataclass(frozen=True, slots=True)
class Face:
    """A box in pixels of the picture it was found in; `score` 0–1."""

    x: float
    y: float
    width: float
    height: float
    score: float

    def scaled(self, factor: float) -> "Face":
        return Face(self.x * factor, self.y * factor, self.width * factor, self.height * factor, self.score)

    def shifted(self, across: float, down: float) -> "Face":
        return Face(self.x + across, self.y + down, self.width, self.height, self.score)


class Detector(Protocol):
    """Finds the faces of a picture: uint8 [height, width, 3], RGB."""

    def __call__(self, picture: Rgb) -> tuple[Face, ...]: ...


class Yunet:
    """Keeps a network for each of the last few sizes: to lay one out anew takes as long as a look."""

    def __init__(self, weights: Path) -> None:
        self._weights = weights
        self._nets: OrderedDict[tuple[int, int], cv2.FaceDetectorYN] = OrderedDict()

    def __call__(self, picture: Rgb) -> tuple[Face, ...]:
        _, rows = self._net(picture.shape[1], picture.shape[0]).detect(cv2.cvtColor(picture, cv2.COLOR_RGB2BGR))
        return () if rows is None else tuple(Face(*map(float, (*row[:4], row[14]))) for row in rows)

    def _net(self, width: int, height: int) -> "cv2.FaceDetectorYN":
        # Inside, pictures are filled up to whole grains: only that size counts.
        grains = -(-width // GRAIN), -(-height // GRAIN)
        net = self._nets.pop(grains, None)
        if net is None and len(self._nets) < NETS:
            net = cv2.FaceDetectorYN.create(str(self._weights), "", (width, height), LEAST_SCORE, OVERLAP, 50)
        elif net is None:
            _, net = self._nets.popitem(last=False)
        self._nets[grains] = net
        net.setInputSize((width, height))
        return net


class Cascades:
    """Frontal faces, and profiles where no frontal one is seen."""

    def __init__(self) -> None:
        self._front, self._side = (
            cv2.CascadeClassifier(f"{cascade_files.haarcascades}haarcascade_{name}.xml")
            for name in ("frontalface_alt2", "profileface")
        )

    def __call__(self, picture: Rgb) -> tuple[Face, ...]:
        gray = np.asarray(cv2.equalizeHist(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY)), np.uint8)
        found = _hits(self._front, gray)
        if found:
            return found
        mirrored = _hits(self._side, np.ascontiguousarray(gray[:, ::-1]))
        width = gray.shape[1]
        return _hits(self._side, gray) + tuple(
            Face(width - one.x - one.width, one.y, one.width, one.height, one.score) for one in mirrored
        )


@dataclass(frozen=True, slots=True)
class Where:
    """A look to be made: the picture's size, and the part of it (left, top, right, bottom), in its pixels."""

    size: tuple[int, int]
    part: Box


class Rhythm:
    """How often, how large and where to look for faces in a video: as little as what was found allows.

    Faces that are known are sought around where they were; now and then, and when one is lost, the whole picture is.
    """

    def __init__(self, *, adapts: bool) -> None:
        self._adapts = adapts
        """Whether the detector gains from other sizes than the first; the cascades find only large faces anyway."""
        self.forget()

    def forget(self) -> None:
        """A new shot: look at once, at the first size."""
        self._at = self._due = self._full = Fraction(-1)
        self._empty = 0
        self._ever = self._often = False
        self._side = SIDES[1]
        self._last: tuple[Face, ...] = ()
        self._where: Where | None = None

    @property
    def knows(self) -> bool:
        """The last look found faces, and one before it in this shot did."""
        return self._often and self._empty == 0

    @property
    def is_settled(self) -> bool:
        """The shot was looked at in every size that would be tried: only another picture would show more."""
        return self._ever or self._empty > DOUBT

    def is_due(self, time: Fraction) -> bool:
        return time >= self._due

    def hurry(self, *, lost: bool) -> None:
        """A face moves fast, or was lost from sight: then look as soon as may be, everywhere."""
        self._due = min(self._due, self._at + (SOONEST if lost else PAUSE / 2))
        if lost:
            self._last = ()

    def where(self, time: Fraction, width: int, height: int) -> Where:
        """How large a picture of this size should be for the look now, and which part matters; never enlarged."""
        full = time >= self._full
        if full:
            self._full = time + FULL
        if self._adapts:
            # Small ones that nobody has seen so far are sought at the largest size now and then.
            least = SIDES[2] if self._empty > DOUBT and not self._ever else SIDES[1]
            side = max(self._side, least) if full else self._side
        else:
            side = CASCADE_SIDES[self._ever or (full and self._empty > 0)]
        scale = min(1.0, side / max(width, height))
        size = max(16, round(width * scale)), max(16, round(height * scale))
        if full or not self._last:
            return Where(size, (0, 0, *size))
        last = self._where
        # The same part as before as long as it will do: a network stays laid out for it.
        if last is None or last.size != size or not _holds(last.part, _around(self._last, NEAR / 2, scale, size)):
            self._where = last = Where(size, _rounded(_around(self._last, NEAR, scale, size), size))
        return last

    def found(self, time: Fraction, here: tuple[Face, ...], longer: int, *, followed: bool = False) -> None:
        """Take note of what a look found, in pixels of a picture whose longer side is `longer`.

        `followed`: where they go until the next look is known anyway.
        """
        self._empty = 0 if here else self._empty + 1
        self._often = self._ever and (self._often or bool(here))
        self._ever = self._ever or bool(here)
        if self._adapts and here:
            wanted = SIZE * longer / min(one.width for one in here)
            self._side = next((side for side in KNOWN_SIDES if side >= wanted), KNOWN_SIDES[-1])
        elif self._adapts and not self._ever:
            self._side = SIDES[2] if self._empty <= DOUBT else SIDES[1]
        pause = self._pause(here, longer)
        if followed:
            pause = max(pause, PAUSE)
        self._at, self._due = time, time + pause * (1 if self._adapts else 2)
        # With one of them missing it is sought everywhere.
        self._last = here if len(here) >= len(self._last) else ()

    def _pause(self, here: tuple[Face, ...], longer: int) -> Fraction:
        if not here:
            # Who was there may come back at any moment, and is sought at the size he had.
            if not self._ever:
                doubt = self._empty <= (DOUBT if self._adapts else 1)
                return 2 * PAUSE if not doubt else PAUSE / 2 if self._adapts else PAUSE
            if not self._adapts:
                return PAUSE / 2 if self._empty <= PATIENCE else PAUSE
            return SOONEST if self._side <= CHEAP and self._empty <= 3 * PATIENCE else PAUSE
        if not self._last:
            return PAUSE
        moved = max(min(abs(one.x - other.x) / longer for other in self._last) for one in here)
        return PAUSE / 2 if moved > QUICK else 2 * PAUSE if moved < SLOW else PAUSE


def _around(known: tuple[Face, ...], near: float, scale: float, size: tuple[int, int]) -> Box:
    """What holds the known faces and `near` widths around them, of a picture of this size, in its pixels."""
    lows = np.array([(one.x - near * one.width, one.y - near * one.height) for one in known]) * scale
    highs = np.array([(one.x + one.width * (1 + near), one.y + one.height * (1 + near)) for one in known]) * scale
    low, high = np.clip(np.floor(lows.min(axis=0)), 0, size), np.clip(np.ceil(highs.max(axis=0)), 0, size)
    return int(low[0]), int(low[1]), int(high[0]), int(high[1])


def _rounded(part: Box, size: tuple[int, int]) -> Box:
    """In whole grains; all of the picture where that is not worth cutting."""
    left, top = (side // GRAIN * GRAIN for side in part[:2])
    right, bottom = (min(-(-side // GRAIN) * GRAIN, most) for side, most in zip(part[2:], size, strict=True))
    area = (right - left) * (bottom - top)
    if area > WHOLE * size[0] * size[1] or min(right - left, bottom - top) < GRAIN:
        return (0, 0, *size)
    return left, top, right, bottom


def _holds(outer: Box, inner: Box) -> bool:
    return outer[0] <= inner[0] and outer[1] <= inner[1] and outer[2] >= inner[2] and outer[3] >= inner[3]


class Frontal:
    """Frontal faces only: a third of the time of `Cascades`."""

    def __init__(self) -> None:
        self._front = cv2.CascadeClassifier(f"{cascade_files.haarcascades}haarcascade_frontalface_alt2.xml")

    def __call__(self, picture: Rgb) -> tuple[Face, ...]:
        gray = cv2.equalizeHist(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY))
        return _hits(self._front, np.asarray(gray, np.uint8))


def yunet(weights: Path) -> Detector:
    return Yunet(weights)


def cascades() -> Detector:
    return Cascades()


def frontal() -> Detector:
    return Frontal()


def _hits(cascade: "cv2.CascadeClassifier", gray: NDArray[np.uint8]) -> tuple[Face, ...]:
    boxes = cascade.detectMultiScale(gray, STEP, NEIGHBOURS, minSize=(SMALLEST, SMALLEST))
    return tuple(Face(float(x), float(y), float(wide), float(tall), CASCADE_SCORE) for x, y, wide, tall in boxes)
