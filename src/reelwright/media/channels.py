"""Speakers: which channel plays where, and how one layout is played on another.

Speakers that both layouts have keep their sound. What the new one lacks is folded to its
front as ITU-R BS.775 says; the levels stay, so that a sum may pass full scale: this is for
those who hold peaks themselves (`samples.downmix` cannot clip, and is quieter).
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from reelwright.loading import lazy
from reelwright.media.samples import HALF, SIDES

if TYPE_CHECKING:
    import av
else:
    av = lazy("av")

MONO, STEREO = ("FC",), ("FL", "FR")


def names(layout: str) -> tuple[str, ...]:
    """The speakers of a layout as FFmpeg writes it: `5.1` -> FL, FR, FC, LFE, BL, BR."""
    return tuple(one.name for one in av.AudioLayout(layout).channels)


def remix(source: Sequence[str], target: Sequence[str]) -> NDArray[np.float32]:
    """The matrix float32 [target, source] that plays the speakers `source` on the speakers `target`."""
    if tuple(source) == tuple(target):
        return np.eye(len(source), dtype=np.float32)
    if len(target) == 1:
        # Half of the sum of both sides: what is in the middle keeps its level.
        middle: NDArray[np.float32] = _to_sides(source).mean(axis=0, keepdims=True, dtype=np.float32)
        return middle
    matrix = np.zeros((len(target), len(source)), np.float32)
    places = {name: number for number, name in enumerate(target)}
    left, right = places.get("FL", 0), places.get("FR", 1)
    for number, name in enumerate(source):
        if len(source) > 1 and name in places:
            matrix[places[name], number] = 1.0
        else:
            matrix[[left, right], number] = _to_sides(source)[:, number]
    return matrix


def _to_sides(source: Sequence[str]) -> NDArray[np.float32]:
    if len(source) == 1:
        return np.ones((2, 1), np.float32)
    sides: NDArray[np.float32] = np.array([SIDES.get(name, (HALF, HALF)) for name in source], np.float32).T
    return sides
