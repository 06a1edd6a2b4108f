"""Faces in a picture, by a detector of one of two kinds.

`yunet` runs the YuNet network (Wu, Peng, Yu: YuNet: A Tiny Millisecond-level Face Detector, MIR 2023) through
OpenCV; its weight file is the caller's. `cascades` uses the Haar cascades inside the OpenCV wheel (Viola, Jones,
CVPR 2001): frontal faces of some size only, and now and then a false one, so believe nothing seen once.
No landmarks, no identity, nobody who looks away.
"""

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

LEAST_SCORE = 0.6  # of YuNet; below it faces in foliage and brickwork become frequent
OVERLAP = 0.3  # boxes of one face that overlap more are merged (IoU)
STEP = 1.2  # ratio of the cascade's window sizes
NEIGHBOURS = 4  # overlapping hits a cascade needs
CASCADE_SCORE = 0.5  # a cascade gives no probability
CASCADE_SIDES = (240, 320)  # px of the longer side: mostly, and now and then; the time grows with the area
SMALLEST = 20  # px; the window the cascades were trained on

PAUSE = Fraction(2, 5)  # s between looks; halved and doubled by need
SOONEST = Fraction(1, 10)  # s between looks, however much one is wanted
PATIENCE = 4  # quick looks for faces that were lost before they become rare
DOUBT = 2  # quick looks into a shot that shows none
QUICK, SLOW = 0.05, 0.025  # parts of the picture's longer side moved since the last look
SIDES = (160, 320, 640)  # px of the longer side of the picture looked at: least, first, most
CHEAP = 240  # px; looks at smaller pictures are made at once as soon as a face is missed
SIZE = 13  # px a face should be wide for the network
FULL = Fraction(3)  # s between looks at all of the picture, at the first size at least, for faces that came in
NEAR = 1.5  # widths of a face around it that are looked at in between
WHOLE = 0.6  # of the picture; a part that is larger is not worth cutting out
GRAIN = 32  # px; the network's coarsest step


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
    """Keeps one network for every size it is asked for."""

    def __init__(self, weights: Path) -> None:
        self._net = cv2.FaceDetectorYN.create(str(weights), "", (320, 320), LEAST_SCORE, OVERLAP, 50)
        self._size = (320, 320)

    def __call__(self, picture: Rgb) -> tuple[Face, ...]:
        size = (picture.shape[1], picture.shape[0])
        if size != self._size:
            self._net.setInputSize(size)
            self._size = size
        _, rows = self._net.detect(np.ascontiguousarray(picture[..., ::-1]))
        return () if rows is None else tuple(Face(*map(float, (*row[:4], row[14]))) for row in rows)


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
    part: tuple[int, int, int, int]


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
        self._ever = False
        self._side = SIDES[1]
        self._last: tuple[Face, ...] = ()

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
        return Where(size, (0, 0, *size) if full or not self._last else _around(self._last, scale, size))

    def found(self, time: Fraction, here: tuple[Face, ...], longer: int) -> None:
        """Take note of what a look found, in pixels of a picture whose longer side is `longer`."""
        self._empty = 0 if here else self._empty + 1
        self._ever = self._ever or bool(here)
        if self._adapts and here:
            self._side = int(np.clip(SIZE * longer / min(one.width for one in here), SIDES[0], SIDES[2]))
        elif self._adapts and not self._ever:
            self._side = SIDES[2] if self._empty <= DOUBT else SIDES[1]
        self._at, self._due = time, time + self._pause(here, longer) * (1 if self._adapts else 2)
        # With one of them missing it is sought everywhere.
        self._last = here if len(here) >= len(self._last) else ()

    def _pause(self, here: tuple[Face, ...], longer: int) -> Fraction:
        if not here:
            # Who was there may come back at any moment, and is sought at the size he had.
            if not self._ever:
                doubt = self._empty <= (DOUBT if self._adapts else 1)
                return 2 * PAUSE if not doubt else PAUSE / 2 if self._adapts else PAUSE
            cheap = self._adapts and self._side <= CHEAP
            return (SOONEST if cheap else PAUSE / 2) if self._empty <= PATIENCE * (1 + 2 * cheap) else PAUSE
        if not self._last:
            return PAUSE
        moved = max(min(abs(one.x - other.x) / longer for other in self._last) for one in here)
        return PAUSE / 2 if moved > QUICK else 2 * PAUSE if moved < SLOW else PAUSE


def _around(known: tuple[Face, ...], scale: float, size: tuple[int, int]) -> tuple[int, int, int, int]:
    """The part of a picture of this size, in its pixels, that holds the known faces and their surroundings."""
    lows = np.array([(one.x - NEAR * one.width, one.y - NEAR * one.height) for one in known]) * scale
    highs = np.array([(one.x + one.width * (1 + NEAR), one.y + one.height * (1 + NEAR)) for one in known]) * scale
    low = np.clip(np.floor(lows.min(axis=0) / GRAIN) * GRAIN, 0, size)
    high = np.clip(np.ceil(highs.max(axis=0) / GRAIN) * GRAIN, 0, size)
    if np.prod(high - low) > WHOLE * np.prod(size) or min(high - low) < GRAIN:
        return (0, 0, *size)
    return int(low[0]), int(low[1]), int(high[0]), int(high[1])


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
