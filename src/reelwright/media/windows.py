"""A film's pictures in another frame: a part of each cut out, or each scaled into another size, plane by plane.

`Window` says which part of the upright picture, in its pixels, fills which part of the new one. Nothing passes through
RGB, so that colours stay what they were, in 8 bits or 10. What is not filled has one colour.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from reelwright.media import encode, frames, planes, probe
from reelwright.media.planes import Planes

if TYPE_CHECKING:
    from av import VideoFrame

Fit = Literal["stretch", "cover", "contain", "pad"]
Size = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Window:
    """The part at (x, y) of `size`, in pixels of the upright picture, fills `inner` in the middle of `outer`."""

    x: int
    y: int
    size: Size
    inner: Size
    outer: Size

    @classmethod
    def cut(cls, x: int, y: int, size: Size) -> "Window":
        return cls(x, y, size, size, size)

    @classmethod
    def fitted(cls, video: probe.VideoStream, size: Size, fit: Fit) -> "Window":
        """All of the picture, or what `fit` leaves of it, in an even size of square samples."""
        own, (wide, tall) = video.shown, video.displayed
        if fit == "stretch":
            return cls(0, 0, own, size, size)
        if fit == "cover":
            scale = max(size[0] / wide, size[1] / tall)
            part = tuple(
                max(2, min(long & ~1, round(side / scale * long / shown / 2) * 2))
                for long, side, shown in zip(own, size, (wide, tall), strict=True)
            )
            return cls((own[0] - part[0]) // 4 * 2, (own[1] - part[1]) // 4 * 2, (part[0], part[1]), size, size)
        scale = min(size[0] / wide, size[1] / tall)
        inner = _even(min(size[0], wide * scale)), _even(min(size[1], tall * scale))
        return cls(0, 0, own, inner, size if fit == "pad" else inner)

    def drawn(self, frame: frames.Frame, picture: encode.Picture, ground: Planes) -> "VideoFrame":
        """The frame in the new frame of `picture`; `ground`: planes of one pixel each (`ground_of`)."""
        raw = planes.to_planar(frame.raw, picture.pixels)
        out = picture.blank(frame.raw)
        target = planes.of(out)
        part = _crop(planes.upright(raw, frame.rotation), self.x, self.y, self.size)
        if self.inner != self.outer:
            for plane, value in zip(target, ground, strict=True):
                plane[...] = value[0, 0]
        left, top = ((long - inner) // 4 * 2 for long, inner in zip(self.outer, self.inner, strict=True))
        planes.put(planes.resize(part, *self.inner), target, left, top)
        return out


def ground_of(colour: tuple[int, ...], picture: encode.Picture) -> Planes:
    """A colour (RGB, more is not looked at) as the planes of a picture that is encoded so."""
    matrix = frames.matrix_of(picture.colour.matrix, picture.width, picture.height)
    rgb = np.full((2, 2, 3), colour[:3], np.uint8)
    found = planes.from_rgb(rgb, matrix, picture.colour.range or encode.LIMITED_RANGE)
    deep = "10" in picture.pixels
    return [plane.astype(np.uint16) << 2 if deep else plane for plane in found]


def even(width: float, height: float) -> Size:
    return _even(width), _even(height)


def _even(side: float) -> int:
    return max(2, round(side / 2) * 2)


def _crop(picture: Planes, x: int, y: int, size: Size) -> Planes:
    """Views; of the whole picture too where that is odd."""
    tall, wide = picture[0].shape
    return picture if size == (wide, tall) else planes.crop(picture, x, y, *size)
