"""A part of every picture, in luma: at full size to read in, and scaled down to follow strokes in.

Luma is taken as it is stored, without a conversion, wherever the picture has it as a plane of its own.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from reelwright.loading import lazy
from reelwright.media import frames, planes

if TYPE_CHECKING:
    import cv2
else:
    cv2 = lazy("cv2")

Gray = NDArray[np.uint8]
Span = tuple[float, float]
Box = tuple[int, int, int, int]

EARLY = 0.25  # of a step of the scale: a picture that much too large for one is scaled by the next


@dataclass(frozen=True, slots=True)
class Strip:
    """A part of the upright picture, in its pixels, and by how much it is scaled down.

    `inside`: the rows of the small picture that were asked for; above and below them is what surrounds them.
    """

    size: tuple[int, int]
    rows: slice
    columns: slice
    scale: int
    inside: Span

    @classmethod
    def of(cls, size: tuple[int, int], roi: tuple[Span, Span], *, watched: int, beside: float) -> "Strip":
        """`size`: (width, height) of the picture. `roi`: shares of its height and of its width, each from and to.

        `watched`: pixels that the whole picture has about, scaled down by a whole number. `beside`: share of the height
        that is seen above and below the region.
        """
        width, height = size
        (top, bottom), (left, right) = roi
        scale = max(1, int((width * height / watched) ** 0.5 + EARLY))
        first, last = max(0.0, top - beside) * height, min(1.0, bottom + beside) * height
        rows, columns = _whole(first, last, height, scale), _whole(left * width, right * width, width, scale)
        edges = ((top * height - rows.start) / scale, (bottom * height - rows.start) / scale)
        return cls(size, rows, columns, scale, edges)

    @property
    def small(self) -> tuple[int, int]:
        """(width, height) of the picture in which strokes are followed."""
        width, height = (part.stop - part.start for part in (self.columns, self.rows))
        return width // self.scale, height // self.scale

    def cut(self, luma: Gray) -> Gray:
        """The strip at full size, a view."""
        return luma[self.rows, self.columns]

    def shrunk(self, strip: Gray) -> Gray:
        """The small picture of it; its own, so that it may be kept."""
        if self.scale == 1:
            return strip.copy()
        return np.asarray(cv2.resize(strip, self.small, interpolation=cv2.INTER_AREA), np.uint8)

    def share(self, row: float) -> float:
        """A row of the small picture as a share of the whole one's height."""
        return float(np.clip((self.rows.start + row * self.scale) / self.size[1], 0, 1))

    def has(self, box: Box) -> bool:
        """Is this box of the small picture in the region asked for, and seen whole?"""
        middle = (box[1] + box[3]) / 2
        is_cut = (box[1] <= 0 and self.rows.start > 0) or (box[3] >= self.small[1] and self.rows.stop < self.size[1])
        return self.inside[0] <= middle <= self.inside[1] and not is_cut


def _whole(first: float, last: float, most: int, scale: int) -> slice:
    """Pixels from first to last, at least one; a multiple of the scale where there are so many."""
    stop = max(1, min(most, round(last)))
    start = min(int(first), stop - 1)
    start = max(0, stop - -(-(stop - start) // scale) * scale)
    return slice(start, start + ((stop - start) // scale * scale or stop - start))


def luma(frame: frames.Frame) -> Gray:
    """The frame's luma, upright, uint8 [h, w]; a view where the picture has it as such."""
    if frame.raw.format.name not in planes.PLANAR:
        return frame.gray
    plane = planes.of(frame.raw)[0]
    if plane.dtype != np.uint8:
        plane = (plane >> 2).astype(np.uint8)  # 10 bits
    return np.asarray(planes.turn(plane, frame.rotation), np.uint8)
