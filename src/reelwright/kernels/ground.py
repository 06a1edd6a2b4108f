"""The ground behind a line of text: one picture of it, put together from frames of a shot that show its parts.

`gathered` lays some frames over one of them (`kernels.shot_motion`) and takes the median of what each pixel showed,
so that what passed by in few of them is not in it; what no frame showed is filled from its surroundings, once, and
so does not flicker. `Behind` gives that ground as another frame would have seen it: moved with the camera, lifted to
the frame's light, and with a measure of how well it agrees with what that frame itself shows around the text.

Pictures are Y, Cb and Cr planes of 4:2:0, uint8 or 10-bit uint16; masks are bool, True where text hides the picture.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from reelwright.kernels import inpainting, registration
from reelwright.kernels.registration import Affine
from reelwright.kernels.shot_motion import ShotMotion
from reelwright.loading import lazy

if TYPE_CHECKING:
    import cv2
else:
    cv2 = lazy("cv2")

Plane = NDArray[Any]
Field = NDArray[np.float32]
Mask = NDArray[np.bool_]
Part = tuple[slice, slice]
"""Rows and columns."""

STILL = 0.06  # px of motion that needs no warp: one would take away more than it mends
CELL = 4  # px; agreement and light are measured on such a grid
NEAR = 1.0  # cells, standard deviation: how far around a pixel a frame must agree with the ground
LIGHT = 2.0  # cells, likewise: light changes more slowly than that
OUTLIER = 4.0  # times the median difference: it does not tell of the light
GRAIN = 3.0  # times the median difference: grain of the film, and of its coding
EVERY = 3  # samples between those whose median is taken
FINDS = 8.0  # a neighbourhood counts in full when an eighth of it is in view
_CHROMA = np.array([[2, 0, 0], [0, 2, 0.5], [0, 0, 1]])
"""Places of chroma samples among those of luma: on every second column, between two rows (H.264's default)."""


@dataclass(frozen=True, slots=True, eq=False)
class View:
    """A frame as it is seen here: planes, and what is hidden in its luma and in its chroma."""

    planes: Sequence[Plane]
    hidden: Mask
    hidden_chroma: Mask

    @classmethod
    def of(cls, planes: Sequence[Plane], hidden: Mask) -> "View":
        return cls(planes, hidden, halved(hidden))

    @property
    def levels(self) -> Field:
        """Luma on a scale of 0 to 255."""
        return np.asarray(self.planes[0] * np.float32(_unit(self.planes[0])), np.float32)

    def mask(self, plane: int) -> Mask:
        return self.hidden_chroma if plane else self.hidden


@dataclass(frozen=True, slots=True, eq=False)
class Ground:
    """Planes as float32, as the frame `middle` sees them; `unseen` is what no frame showed, and was made up."""

    planes: Sequence[Field]
    unseen: Mask
    middle: int


def halved(mask: Mask) -> Mask:
    """Chroma samples of which any luma pixel is in the mask (even sides)."""
    return np.asarray(mask[::2, ::2] | mask[1::2, ::2] | mask[::2, 1::2] | mask[1::2, 1::2], bool)


def gathered(views: Sequence[View], chosen: Iterable[int], middle: int, shot: ShotMotion) -> Ground:
    """The ground as the frame `middle` sees it, from the `chosen` ones."""
    seen: list[list[Field]] = [[] for _ in views[middle].planes]
    valid: list[list[Mask]] = [[] for _ in views[middle].planes]
    for index in chosen:
        motion = shot.motion(middle, index)
        if motion is None:
            continue
        for plane, (pictures, masks) in enumerate(zip(seen, valid, strict=True)):
            picture, known = warped(views[index], plane, motion)
            pictures.append(picture)
            masks.append(known)
    found = [_median(*one) for one in zip(seen, valid, strict=True)]
    return Ground([inpainting.fill(plane, ~missing) for plane, missing in found], found[0][1], middle)


def warped(view: View, plane: int, motion: Affine, part: Part | None = None) -> tuple[Field, Mask]:
    """A plane of a frame as another one sees it, and where it is known. `motion`: from that other to this one.

    `part`: rows and columns of the other's luma, even, where not all of it is wanted.
    """
    hidden, picture = view.mask(plane), view.planes[plane]
    if registration.shift(motion, view.hidden.shape[::-1]) < STILL:
        where = within(part, plane)
        return picture[where].astype(np.float32), ~hidden[where]
    matrix, size = _of_plane(motion, plane, part), _size(picture, plane, part)
    known = np.where(hidden, np.uint8(0), np.uint8(255))
    # Linear, and nearly all of it: a pixel that is partly made of hidden ones is not known.
    share = cv2.warpAffine(known, matrix, size, flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP)
    return _moved(picture, matrix, size), np.asarray(share > 250, bool)


def within(part: Part | None, plane: int) -> Part:
    """The same part in a plane of 4:2:0."""
    if part is None:
        return slice(None), slice(None)
    if plane == 0:
        return part
    rows, columns = part
    return slice(rows.start // 2, rows.stop // 2), slice(columns.start // 2, columns.stop // 2)


class Behind:
    """A ground as other frames see it: moved with the camera, and lifted to their light."""

    def __init__(self, ground: Ground) -> None:
        self.ground = ground
        self._motion = registration.identity()
        self._planes = list(ground.planes)

    def of(self, view: View, motion: Affine) -> tuple[list[Field], Field]:
        """Plane by plane, and how far that is from what is in view near each pixel: levels of 0 to 255, [h, w].

        `motion`: from the view to the ground's own frame.
        """
        planes, size = [], view.hidden.shape[::-1]
        if registration.shift(motion @ np.linalg.inv(self._motion), size) >= STILL:
            self._motion = motion
            self._planes = [
                _moved(plane, _of_plane(motion, index), plane.shape[::-1])
                for index, plane in enumerate(self.ground.planes)
            ]
        apart = np.zeros(view.hidden.shape, np.float32)
        for index, there in enumerate(self._planes):
            known = ~view.mask(index)
            lifted = there + _light(view.planes[index] - there, known)
            if index == 0:
                apart = distance(view, lifted, known)
            planes.append(lifted + _shades(view.planes[index] - lifted, known))
        return planes, apart


def distance(view: View, luma: Field, known: Mask) -> Field:
    """Mean difference between a frame and another luma near each pixel, where both are `known`: levels of 0 to 255."""
    apart = np.abs(view.planes[0] - luma) * np.float32(_unit(view.planes[0]))
    share = cv2.GaussianBlur(_cells(known.astype(np.float32)), (0, 0), NEAR)
    near = cv2.GaussianBlur(_cells(np.where(known, apart, 0)), (0, 0), NEAR)
    return _fine(inpainting.membrane(near / np.maximum(share, 1e-3), np.minimum(1, FINDS * share)), luma.shape)


def _light(rest: NDArray[Any], known: Mask) -> Field:
    """The slow part of a difference, told by known pixels that are no outliers."""
    trusted = known & (np.abs(rest) <= OUTLIER * max(1.0, _usual(rest, known)))
    weight = _cells(trusted.astype(np.float32))
    slow = _cells(np.where(trusted, rest, 0)) / np.maximum(weight, 1e-3)
    surface = inpainting.membrane(slow, np.minimum(1, 2 * weight))
    return _fine(np.asarray(cv2.GaussianBlur(surface, (0, 0), LIGHT), np.float32), rest.shape)


def _shades(rest: NDArray[Any], known: Mask) -> Field:
    """What is left of a difference where it is more than grain: shadows, reflections. Leaves no seam around holes."""
    grain = GRAIN * _usual(rest, known)
    clear = np.sign(rest) * np.maximum(np.abs(rest) - grain, 0)
    return inpainting.membrane(np.where(known, clear, 0), known)


def _usual(rest: NDArray[Any], known: Mask) -> float:
    """The median difference where it is known."""
    some = np.abs(rest[::EVERY, ::EVERY][known[::EVERY, ::EVERY]])
    return float(np.median(some)) if some.size else 0.0


def _median(seen: Sequence[Field], valid: Sequence[Mask]) -> tuple[Field, Mask]:
    """The median over all that is valid, and where nothing is."""
    stack, known = np.stack(seen), np.stack(valid)
    count = known.sum(axis=0)
    stack[~known] = np.inf
    stack.sort(axis=0)
    low, high = np.maximum(0, (count - 1) // 2), np.minimum(count // 2, len(stack) - 1)
    middle = sum(np.take_along_axis(stack, one[None], 0)[0] for one in (low, high)) / 2
    return np.asarray(np.where(count == 0, 0, middle), np.float32), count == 0


def _of_plane(motion: Affine, plane: int, part: Part | None = None) -> Affine:
    matrix = np.linalg.inv(_CHROMA) @ motion @ _CHROMA if plane else motion
    if part is not None:
        rows, columns = within(part, plane)
        matrix = matrix @ np.array([[1, 0, columns.start], [0, 1, rows.start], [0, 0, 1]])
    return np.asarray(matrix, np.float64)[:2]


def _size(picture: Plane, plane: int, part: Part | None) -> tuple[int, int]:
    rows, columns = within(part, plane)
    height, width = picture[rows, columns].shape
    return width, height


def _moved(plane: Plane, matrix: Affine, size: tuple[int, ...]) -> Field:
    how = cv2.INTER_LANCZOS4 | cv2.WARP_INVERSE_MAP
    there = cv2.warpAffine(plane, matrix, size, flags=how, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(there, np.float32)


def _cells(plane: NDArray[Any]) -> Field:
    size = (max(1, plane.shape[1] // CELL), max(1, plane.shape[0] // CELL))
    return np.asarray(cv2.resize(plane.astype(np.float32), size, interpolation=cv2.INTER_AREA), np.float32)


def _fine(cells: Field, shape: tuple[int, ...]) -> Field:
    return np.asarray(cv2.resize(cells, (shape[1], shape[0]), interpolation=cv2.INTER_LINEAR), np.float32)


def _unit(plane: Plane) -> float:
    """What turns its samples into levels of 0 to 255."""
    return 1.0 if plane.dtype == np.uint8 else 0.25
