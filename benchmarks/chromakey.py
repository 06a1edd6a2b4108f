"""ffmpeg's `chromakey`, the peer of keying, on frames in memory."""

from fractions import Fraction

import av
import numpy as np
from numpy.typing import NDArray

from reelwright.kernels.plate import Picture
from reelwright.media import planes

Alpha = NDArray[np.floating]


class Chromakey:
    """ffmpeg's filter, frame by frame. `colour`: Y, U, V."""

    def __init__(self, size: tuple[int, int], colour: tuple[int, int, int], similarity: float, blend: float) -> None:
        self._graph = av.filter.Graph()
        pixels = av.VideoFormat("yuva420p", *size)
        source = self._graph.add_buffer(width=size[0], height=size[1], format=pixels, time_base=Fraction(1, 25))
        given = f"color=0x{colour[0]:02x}{colour[1]:02x}{colour[2]:02x}:yuv=1:similarity={similarity}:blend={blend}"
        key, sink = self._graph.add("chromakey", given), self._graph.add("buffersink")
        source.link_to(key)
        key.link_to(sink)
        self._graph.configure()
        self._count = 0

    def __call__(self, frame: av.VideoFrame) -> av.VideoFrame:
        frame.pts, self._count = self._count, self._count + 1
        self._graph.push(frame)
        out = self._graph.pull()
        assert isinstance(out, av.VideoFrame)
        return out

    def alpha(self, frame: av.VideoFrame) -> Alpha:
        return planes.of(self(frame))[planes.ALPHA] / np.float32(255)


def opaque(picture: Picture) -> av.VideoFrame:
    frame = av.VideoFrame(picture[0].shape[1], picture[0].shape[0], "yuva420p")
    planes.put((*picture, np.full_like(picture[0], 255)), planes.of(frame))
    frame.time_base = Fraction(1, 25)
    return frame
