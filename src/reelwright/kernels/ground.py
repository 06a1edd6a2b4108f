"""The ground behind a line of text: one picture of it, put together from frames of a shot that show its parts.

`gathered` lays some frames over one of them (`kernels.shot_motion`) and takes the median of what each pixel showed,
so that what passed by in few of them is not in it. What no frame showed is made up once, and so does not flicker:
from pixels right beside the strokes, which codecs have smeared a little, between them by `kernels.kriging`, and
behind plates by `kernels.inpainting`.
`Behind` gives that ground as another frame would have seen it: moved with the camera, and lifted to its light.

Pictures are Y, Cb and Cr planes of 4:2:0, uint8 or 10-bit uint16; masks are bool, True where text hides the picture.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from reelwright.kernels import inpainting, kriging, painted, registration
from reelwright.kernels.kriging import Kriging
from reelwright.kernels.painted import Painter
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
CELL = 4  # px; light is measured on such a grid
LIGHT = 2.0  # cells, standard deviation: light changes slowly
OUTLIER = 4.0  # times the median difference: it does not tell of the light
GRAIN = 3.0  # times the median difference: grain of the film, and of its coding
MADE_OF = 48  # known pixels that one that no frame shows is made of
EVERY = 3  # samples between those whose median is taken
_CHROMA = np.array([[2, 0, 0], [0, 2, 0.5], [0, 0, 1]])
"""Places of chroma samples among those of luma: on every second column, between two rows (H.264's default)."""


@dataclass(frozen=True, slots=True, eq=False)
class View:
    """A frame as it is seen here: planes, and what is hidden in its luma and in its chroma.

    `opaque`, the part of `hidden` that shows nothing at all of the picture: the rest is only smeared.
    """

    planes: Sequence[Plane]
    hidden: Mask
    hidden_chroma: Mask
    opaque: Mask

    @classmethod
    def of(cls, planes: Sequence[Plane], hidden: Mask, opaque: Mask | None = None) -> "View":
        return cls(planes, hidden, halved(hidden), hidden if opaque is None else opaque)

    @property
    def levels(self) -> Field:
        """Luma on a scale of 0 to 255."""
        return levels(self.planes[0])

    @property
    def closer(self) -> "View":
        """The same with only that hidden which is opaque."""
        return View.of(self.planes, self.opaque)

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


def levels(luma: Plane) -> Field:
    """On a scale of 0 to 255."""
    return np.asarray(luma * np.float32(unit(luma)), np.float32)


def gathered(
    views: Sequence[View], chosen: Iterable[int], middle: int, shot: ShotMotion, painter: Painter | None = None
) -> Ground:
    """The ground as the frame `middle` sees it, from the `chosen` ones. `painter`: what makes up what none of them
    shows; by default the surroundings go on."""
    motions = [(views[index], motion) for index in chosen if (motion := shot.motion(middle, index)) is not None]
    found = [_found(motions, plane) for plane in range(len(views[middle].planes))]
    planes, missing = [plane for plane, _ in found], [hidden for _, hidden in found]
    if painter is not None and missing[0].sum() >= painted.LEAST:
        planes = painted.filled(planes, missing, painter, 1 / unit(views[middle].planes[0]))
    return Ground(planes, missing[0], middle)


def _found(sources: Sequence[tuple[View, Affine]], plane: int) -> tuple[Field, Mask]:
    """A plane of the ground, and what none of the sources shows of it."""
    picture, missing = _median(*zip(*(warped(view, plane, motion) for view, motion in sources), strict=True))
    if missing.any():
        nearly = (warped(view.closer, plane, motion) for view, motion in sources)
        closer, unseen = _median(*zip(*nearly, strict=True))
        picture, missing = np.where(missing, closer, picture), missing & unseen
    if not missing.any():
        return picture, missing
    wide = kriging.wide(missing)
    likely = Kriging(~missing, kriging.power_of(picture, ~missing), MADE_OF)
    return inpainting.fill(likely.filled(picture, missing & ~wide), ~wide), missing


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

    def moved(self, motion: Affine) -> list[Field]:
        """The planes by `motion`: from the frame that is to have them to the ground's own."""
        size = self.ground.unseen.shape[::-1]
        if registration.shift(motion @ np.linalg.inv(self._motion), size) >= STILL:
            self._motion = motion
            self._planes = [
                _moved(plane, _of_plane(motion, index), plane.shape[::-1])
                for index, plane in enumerate(self.ground.planes)
            ]
        return list(self._planes)


def lit(there: Sequence[Field], view: View, before: Mask) -> list[Field]:
    """Planes of the ground in the light of a view, in which something else stands `before` it."""
    halves = halved(before) if before.any() else np.zeros_like(view.hidden_chroma)
    return [
        _lit(plane, view.planes[index], ~(view.mask(index) | (halves if index else before)))
        for index, plane in enumerate(there)
    ]


def _lit(there: Field, here: Plane, known: Mask) -> Field:
    if not known.any():
        return there
    lifted = there + _light(here - there, known)
    return lifted + _shades(here - lifted, known)


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


def unit(plane: Plane) -> float:
    """What turns its samples into levels of 0 to 255."""
    return 1.0 if plane.dtype == np.uint8 else 0.25
