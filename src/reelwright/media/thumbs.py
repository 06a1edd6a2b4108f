"""Small pictures spread evenly over a video, for a strip to scroll through or a choice to make.

Up to `SHORT` every frame is decoded, roughly, and each picture is the one on the screen at its time. A longer
video shows the key frame before each time instead: an hour takes seconds then.
"""

from collections.abc import Iterator, Sequence
from fractions import Fraction
from pathlib import Path

import numpy as np

from reelwright.media import frames, images

SHORT = Fraction(60)  # seconds
KEYS = 2  # key frames read for each picture wanted


def evenly(length: Fraction, count: int) -> list[Fraction]:
    """`count` times, each in the middle of its part of the video."""
    return [length * (2 * number + 1) / (2 * count) for number in range(count)]


def at(
    path: str | Path, times: Sequence[Fraction], length: Fraction, size: tuple[int, int]
) -> Iterator[images.Picture]:
    """One uint8 [h, w, 3] RGB picture of (width, height) for each of the ascending times."""
    waiting, last = list(reversed(times)), None
    for frame in _read(path, len(times), length, size):
        while waiting and last is not None and frame.time > waiting[-1]:
            waiting.pop()
            yield last.thumb
        last = frame
    for _ in waiting if last is not None else ():
        assert last is not None
        yield last.thumb


def _read(path: str | Path, count: int, length: Fraction, size: tuple[int, int]) -> Iterator[frames.Frame]:
    if length <= SHORT:
        return frames.stream(path, skip="rough", thumb=size)
    return frames.key_frames(path, gap=length / (KEYS * count), thumb=size)


def tiled(pictures: Sequence[images.Picture], columns: int) -> images.Picture:
    """Pictures of one size edge to edge, row by row; what is over in the last row is black. uint8 [h, w, 3]."""
    height, width = pictures[0].shape[:2]
    rows = -(-len(pictures) // columns)
    sheet = np.zeros((rows * height, min(columns, len(pictures)) * width, 3), np.uint8)
    for number, picture in enumerate(pictures):
        top, left = number // columns * height, number % columns * width
        sheet[top : top + height, left : left + width] = picture
    return sheet
