"""A clip brought to one size, rate, length and colour, as planes: what films that are joined by copying have in common.

A clip that is too short is slowed down, each picture blended from the two beside it, up to `SLOWEST`; one that is
shorter still is shown again from its start, its end dissolving into it, so that no picture ever stands. One that is
too long is cut. The picture covers the frame; what sticks out is cut off evenly.

Not done here: making a film of a still picture; tone mapping of HDR.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from reelwright.loading import lazy
from reelwright.media import encode, frames, moments, planes, probe
from reelwright.media.planes import Planes

if TYPE_CHECKING:
    import av
    import cv2
else:
    cv2 = lazy("cv2")

SLOWEST = Fraction(3, 2)  # times as long, at the most
DISSOLVE = Fraction(1, 2)  # s of a repeated clip's end that go over into its start
BT470, BT601, LIMITED = 5, 6, 1  # the first two are one matrix; code points of ITU-T H.273
COLOUR = encode.Colour(range=LIMITED, primaries=1, transfer=1, matrix=BT601)
"""Of all that is painted here (`media.scenes`), so that most clips need no conversion."""
BLACK = (16, 128, 128)  # Y, Cb, Cr


def picture(size: tuple[int, int], rate: int) -> encode.Picture:
    """What such a film is encoded as."""
    return encode.Picture(*size, Fraction(1, rate), Fraction(rate), colour=COLOUR)


@dataclass(frozen=True, slots=True)
class Pace:
    """How a clip of so many seconds fills so many: slowed by a factor, and shown so many times."""

    slowed: Fraction
    times: int

    @classmethod
    def of(cls, given: Fraction, wanted: Fraction, frame: Fraction) -> "Pace":
        """`frame`: how long one lasts; a clip that is shorter by less than that is long enough, one picture stands."""
        if given + frame >= wanted or given <= frame:
            return cls(Fraction(1), 1)
        if wanted <= given * SLOWEST:
            return cls(wanted / given, 1)
        own = max(given - min(DISSOLVE, given / 2), frame)
        return cls(Fraction(1), -int(-(wanted - given) // own) + 1)


class Clip:
    """A film at `path` as `count` pictures of `size` at `rate` a second. Raises the errors of `probe.with_video`."""

    def __init__(self, path: str | Path, size: tuple[int, int], rate: int, count: int) -> None:
        media = probe.with_video(path)
        assert media.video is not None  # with_video promises it
        self._path, self._size, self._rate, self._count = path, size, rate, count
        self._length = _length(media)
        self._step = 1 / (media.video.frame_rate or Fraction(rate))
        self.pace = Pace.of(self._length, Fraction(count, rate), max(self._step, Fraction(1, rate)))

    def pictures(self) -> Iterator[Planes]:
        """Planes of 8 bits in limited BT.601, each a picture of its own that may be written to."""
        source = self._again() if self.pace.times > 1 else self._timed()
        return self._paced(source)

    def _paced(self, source: Iterator[tuple[Fraction, Planes]]) -> Iterator[Planes]:
        """The picture of each moment: the one on the screen, or two blended where the clip is slowed."""
        blends, slowed = self.pace.slowed > 1, self.pace.slowed
        now = next(source)
        after = next(source, None)
        for number in range(self._count):
            at = Fraction(number, self._rate) / slowed
            while after is not None and after[0] <= at:
                now, after = after, next(source, None)
            if blends and after is not None and after[0] > now[0]:
                yield mixed(now[1], after[1], float((at - now[0]) / (after[0] - now[0])))
            else:
                yield [plane.copy() for plane in now[1]]

    def _timed(self) -> Iterator[tuple[Fraction, Planes]]:
        for frame in frames.stream(self._path):
            yield frame.time, conformed(frame, self._size)

    def _again(self) -> Iterator[tuple[Fraction, Planes]]:
        """The clip over and over; while it ends, it begins anew."""
        own = self._length - min(DISSOLVE, self._length / 2)
        tail: list[Planes] = []
        for turn in range(self.pace.times):
            leaving, tail = tail, []
            for number, (time, picture) in enumerate(self._timed()):
                if time >= own:
                    tail.append(picture)
                    continue
                if number < len(leaving):
                    picture = mixed(leaving[number], picture, (number + 1) / (len(leaving) + 1))
                yield turn * own + time, picture


def length_of(path: str | Path) -> Fraction:
    """Seconds of the picture of a film."""
    return _length(probe.with_video(path))


def _length(media: probe.Media) -> Fraction:
    known = (media.video.duration if media.video else None) or media.duration
    return known or moments.length_of(media.path)


def conformed(frame: frames.Frame, size: tuple[int, int]) -> Planes:
    """The frame upright, covering the size, in limited BT.601 of 8 bits."""
    raw = frame.raw
    if raw.format.name == "yuv420p" and _is_at_home(raw):
        upright = planes.upright(raw, frame.rotation)
    else:
        # By RGB: swscale leaves samples as they are where only the matrix changes.
        rgb = frame.rgb
        upright = planes.from_rgb(rgb[: rgb.shape[0] & ~1, : rgb.shape[1] & ~1], BT601, LIMITED)
    height, width = upright[0].shape
    if (width, height) == size:
        return upright
    scale = max(size[0] / width, size[1] / height)
    across, down = (min(long, round(side / scale)) & ~1 for long, side in ((width, size[0]), (height, size[1])))
    window = planes.crop(upright, (width - across) // 4 * 2, (height - down) // 4 * 2, across, down)
    return planes.resize(window, *size)


def _is_at_home(raw: "av.VideoFrame") -> bool:
    """Has it the colours of all that is made here?"""
    matrix = frames.matrix_of(int(raw.colorspace), raw.width, raw.height)
    return matrix in (BT470, BT601) and int(raw.color_range) != encode.FULL_RANGE


def mixed(one: Planes, other: Planes, share: float) -> Planes:
    """`share` of the other, 0 to 1, over the rest of the one."""
    return [np.asarray(cv2.addWeighted(a, 1 - share, b, share, 0)) for a, b in zip(one, other, strict=True)]


def dimmed(picture: Planes, share: float) -> None:
    """Towards black in place: 0 is black, 1 as it is."""
    for plane, dark in zip(picture, BLACK, strict=True):
        cv2.addWeighted(plane, share, np.full_like(plane, dark), 1 - share, 0, dst=plane)
