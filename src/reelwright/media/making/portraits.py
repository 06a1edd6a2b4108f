"""Drawn heads that detectors of faces take for faces, of any tone of skin, with spots and texture that are known.

A head is an ellipse with shaded sockets, brows, eyes, a nose, lips and hair before a cloudy wall; it may drift and turn
a little. It is no likeness of anybody. Where it is in each frame, what of it is skin, and where its spots are is told.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from reelwright.loading import lazy
from reelwright.media.making.pictures import Box
from reelwright.media.making.writing import Rgb, Samples, write_video

if TYPE_CHECKING:
    import cv2
else:
    cv2 = lazy("cv2")

Plane = NDArray[np.float32]

FAIR, TAN, BROWN, DARK = (226, 184, 160), (198, 146, 110), (140, 92, 66), (78, 52, 40)
"""Tones of skin, RGB."""
TALL = 1.24  # a face's height to its breadth
MIDDLE = 0.04  # of the breadth: how far the middle of the face lies below that of the drawing
AREAS = ((-0.27, 0.16, 0.12, 0.13), (0.27, 0.16, 0.12, 0.13), (0.0, -0.36, 0.24, 0.08))
"""Cheeks and forehead: x, y, half axes, in shares of the breadth. Well inside the skin, and where the spots are."""
SPOTS = 5  # in each of them
HAIR, EYE_WHITE, IRIS, COAT = (38, 28, 22), (222, 216, 210), (52, 34, 24), (52, 58, 84)
SPOT = 0.018  # radius to the breadth
PORES = 2.2  # grey levels
WALL = (96, 108, 112)
Colour = tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class Head:
    """One head: where its face is in the first frame and how it moves, as shares of the picture's height.

    `sway` is how far it drifts to and fro in two seconds. `present`: seconds in which it is there.
    """

    x: float = 0.5
    y: float = 0.5
    breadth: float = 0.36
    tone: tuple[int, int, int] = TAN
    sway: float = 0.0
    present: tuple[float, float] = (0.0, 1e9)
    seed: int = 0


@dataclass(frozen=True, slots=True)
class Portrait:
    """A made video of heads and the truth about it."""

    path: Path
    size: tuple[int, int]
    fps: Fraction
    frames: int
    heads: tuple[Head, ...]

    def box(self, number: int, head: int = 0) -> Box | None:
        """The face in that frame, forehead to chin; None if it is not there."""
        return _box(self.heads[head], number, self.fps, self.size)

    def skin(self, number: int, head: int = 0) -> NDArray[np.bool_]:
        """[h, w]: the cheeks, the forehead and the chin, well inside the skin."""
        return _Drawn(self.heads[head], self.size).skin(self.box(number, head))

    def spots(self, number: int, head: int = 0) -> NDArray[np.bool_]:
        return _Drawn(self.heads[head], self.size).spots(self.box(number, head))

    def face(self, number: int, grown: float = 1.0) -> NDArray[np.bool_]:
        """[h, w]: within any face's ellipse, so many times as large."""
        found = np.zeros(self.size[::-1], bool)
        for index in range(len(self.heads)):
            box = self.box(number, index)
            if box is not None:
                found |= _ellipse(self.size, box, 0, MIDDLE, 0.5 * grown, 0.5 * TALL * grown) > 0.5
        return found


def portrait(
    path: Path,
    heads: Sequence[Head] = (Head(),),
    *,
    seconds: float = 1.0,
    size: tuple[int, int] = (320, 240),
    fps: Fraction | int = 25,
    crf: int = 14,
    grain: float = 0.0,
    seed: int = 0,
    sound: Samples | None = None,
    rate: int = 48000,
) -> Portrait:
    """Make a video of these heads. `grain`: deviation of the camera's noise, grey levels, new in each frame."""
    fps = Fraction(fps)
    made = Portrait(path, size, fps, max(1, round(seconds * fps)), tuple(heads))
    pictures = drawn(made, grain=grain, seed=seed)
    write_video(path, pictures, size=size, fps=fps, crf=crf, sound=sound, rate=rate)
    return made


def drawn(made: Portrait, *, grain: float = 0.0, seed: int = 0) -> Iterator[Rgb]:
    """Its pictures, before they are encoded."""
    random = np.random.default_rng(seed)
    wall = _wall(random, made.size)
    kept = [_Drawn(head, made.size) for head in made.heads]
    for number in range(made.frames):
        picture = wall.copy()
        for index, one in enumerate(kept):
            box = made.box(number, index)
            if box is not None:
                one.draw(picture, box)
        if grain:
            picture += random.normal(0, grain, (*picture.shape[:2], 1)).astype(np.float32)
        yield np.clip(np.rint(picture), 0, 255).astype(np.uint8)


def _box(head: Head, number: int, fps: Fraction, size: tuple[int, int]) -> Box | None:
    time = float(number / fps)
    if not head.present[0] <= time < head.present[1]:
        return None
    height = size[1]
    breadth = head.breadth * height
    x = head.x * size[0] + head.sway * height * np.sin(np.pi * time)
    return Box(float(x - breadth / 2), head.y * height - breadth * TALL / 2, breadth, breadth * TALL)


def _wall(random: np.random.Generator, size: tuple[int, int]) -> Plane:
    coarse = random.normal(0, 14, (7, 9, 1)).astype(np.float32) + np.array(WALL, np.float32)
    return np.asarray(cv2.resize(coarse, size, interpolation=cv2.INTER_CUBIC), np.float32)


def _ellipse(
    size: tuple[int, int], box: Box, x: float, y: float, wide: float, tall: float, soft: float = 0.01
) -> Plane:
    """1 inside an ellipse of a head, 0 outside; middle, half axes and softness in shares of the face's breadth."""
    columns, rows = (np.arange(one, dtype=np.float32) for one in size)
    return _inside(columns, rows, box, (x, y, wide, tall, soft))


def _inside(columns: Plane, rows: Plane, box: Box, given: tuple[float, float, float, float, float]) -> Plane:
    x, y, wide, tall, soft = given
    across = (columns - (box.centre[0] + x * box.width)) / (wide * box.width)
    down = (rows[:, None] - (box.centre[1] + (y - MIDDLE) * box.width)) / (tall * box.width)
    edge = max(soft, 0.6 / box.width) / min(wide, tall)
    return np.asarray(np.clip((1 - np.sqrt(across**2 + down**2)) / edge + 0.5, 0, 1), np.float32)


class _Drawn:
    """One head's picture, the same in every frame but for its place."""

    def __init__(self, head: Head, size: tuple[int, int]) -> None:
        self._size, self._tone = size, np.array(head.tone, np.float32)
        random = np.random.default_rng([head.seed, 7])
        self._pores = random.normal(0, 1, (256, 256)).astype(np.float32)
        self._spots = [
            (x + 0.85 * wide * float(out * np.cos(angle)), y + 0.85 * tall * float(out * np.sin(angle)))
            for x, y, wide, tall in AREAS
            for angle, out in zip(
                random.uniform(0, 2 * np.pi, SPOTS), np.sqrt(random.uniform(0, 1, SPOTS)), strict=True
            )
        ]

    def draw(self, picture: Plane, box: Box) -> None:
        """Onto float32 [h, w, 3], from the back to the front."""
        lay = _Brush(picture, box)
        lay(self._of(0.72), 0, 0.75, 0.20, 0.45)  # neck
        lay(COAT, 0, 1.35, 0.75, 0.55, 0.05)
        lay(HAIR, 0, -0.16, 0.60, 0.74)
        lay(self._of(1), 0, MIDDLE, 0.5, 0.5 * TALL)
        self._shade(picture, box)
        for side in (-1, 1):
            self._eye(lay, side * 0.21)
        lay(self._of(1.12), 0, 0.10, 0.055, 0.16, 0.06, part=0.35)  # bridge of the nose
        lay(self._of(0.55), 0, 0.245, 0.10, 0.035, 0.03, part=0.55)
        for side in (-1, 1):
            lay(self._of(0.22), side * 0.045, 0.235, 0.025, 0.016, 0.015)
        lay(self._of(0.86, 0.56, 0.58), 0, 0.405, 0.165, 0.045, 0.015)
        lay(self._of(0.3), 0, 0.40, 0.15, 0.010, 0.008)

    def _of(self, *shares: float) -> Colour:
        """The tone, darker or lighter."""
        red, green, blue = np.minimum(self._tone * np.array(shares, np.float32), 250)
        return float(red), float(green), float(blue)

    def _eye(self, lay: "_Brush", x: float) -> None:
        lay(self._of(0.5), x, -0.10, 0.13, 0.085, 0.08, part=0.45)  # socket
        lay(HAIR, x, -0.215, 0.125, 0.024, 0.015)
        lay(self._of(0.25), x, -0.085, 0.085, 0.040)
        lay(EYE_WHITE, x, -0.080, 0.076, 0.030)
        lay(IRIS, x, -0.080, 0.032, 0.032)

    def _shade(self, picture: Plane, box: Box) -> None:
        """Darker at the sides, with pores and spots."""
        face = _ellipse(self._size, box, 0, MIDDLE, 0.5, 0.5 * TALL)
        across = (np.arange(self._size[0], dtype=np.float32) - box.centre[0]) / (0.5 * box.width)
        light = 1.04 - 0.22 * np.clip(np.abs(across), 0, 1) ** 3 - 0.05 * across
        place = np.array([[1, 0, box.x], [0, 1, box.y]], np.float32)
        pores = cv2.warpAffine(self._pores, place, self._size, borderMode=cv2.BORDER_WRAP)
        picture += face[..., None] * (picture * light[None, :, None] + (PORES * pores)[..., None] - picture)
        lay = _Brush(picture, box)
        for x, y in self._spots:
            lay(self._of(0.84), x, y, SPOT, SPOT, 0.012)

    def spots(self, box: Box | None) -> NDArray[np.bool_]:
        return self._within(box, [(x, y, SPOT, SPOT) for x, y in self._spots])

    def skin(self, box: Box | None) -> NDArray[np.bool_]:
        return self._within(box, AREAS)

    def _within(self, box: Box | None, ellipses: Sequence[tuple[float, float, float, float]]) -> NDArray[np.bool_]:
        found = np.zeros(self._size[::-1], bool)
        for one in ellipses if box is not None else ():
            assert box is not None
            found |= _ellipse(self._size, box, *one) > 0.5
        return found


class _Brush:
    """Lays ellipses of a head upon a picture."""

    def __init__(self, picture: Plane, box: Box) -> None:
        self._picture, self._box = picture, box

    def __call__(
        self, colour: Colour, x: float, y: float, wide: float, tall: float, soft: float = 0.01, *, part: float = 1.0
    ) -> None:
        """`part`: how much of what is beneath it covers."""
        height, width = self._picture.shape[:2]
        columns = self._reach(self._box.centre[0] + x * self._box.width, wide + soft, width)
        rows = self._reach(self._box.centre[1] + (y - MIDDLE) * self._box.width, tall + soft, height)
        if not len(columns) or not len(rows):
            return
        under = self._picture[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
        over = part * _inside(columns.astype(np.float32), rows.astype(np.float32), self._box, (x, y, wide, tall, soft))
        under += over[..., None] * (np.array(colour, np.float32) - under)

    def _reach(self, middle: float, half: float, most: int) -> NDArray[np.intp]:
        away = half * self._box.width * 1.2 + 2
        return np.arange(max(0, int(middle - away)), min(most, int(middle + away) + 1))
