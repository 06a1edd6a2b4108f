"""Gradients that last in many pictures of one place: what stays while the picture changes.

A lasting gradient is the median of the pictures' own. It lasts if next to all of them are near it, or at least lie in
its direction: a white sign is strong on dark ground and weak on bright. Edges of the scenery may last as well, if it
moves along them, but then all of them run in one direction (`Lasting.ways`); or if it stands still. What lenses draw is
softer than what is drawn by a machine (`is_drawn`).

Shapes: lumas uint8 or float32 [height, width], all of one size; gradients in grey levels a pixel.

Source: the persistence of median gradients as in Dekel et al., "On the Effectiveness of Visible Watermarks" (2017).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from reelwright.loading import lazy

if TYPE_CHECKING:
    import cv2
else:
    cv2 = lazy("cv2")

Luma = NDArray[np.uint8]
Field = NDArray[np.float32]
Mask = NDArray[np.bool_]
Slopes = tuple[NDArray[Any], NDArray[Any]]

LOOKED_AT = 400  # pixels whose changes are looked at
HINTS, NEARLY = 0.4, 0.7  # of the least lasting gradient, in the mean picture, where one may be; in the median
EDGE = 5.0  # grey levels a pixel: least lasting gradient
VARIES, GRAIN = 0.45, 1.0  # a lasting gradient varies by less than this part of itself and these grey levels together
SWAYS = 0.25  # the same, of what leaves its own direction: a white sign is strong on dark ground and weak on bright
WEAKEST, STRONGEST = 0.4, 2.5  # of itself: from which to which it has its own strength
STRONG, SHARP = 20.0, 0.4  # least gradient of its stronger edges; least part of a step within one pixel
AROUND_STEP = 4  # px around an edge whose levels tell how sharp it is
LEAST_EDGES = 30  # pixels
MUCH = 3  # times as many edges as the steady ones: those of a sign that sways
BLOCK = 8192  # pixels worked on at a time


@dataclass(frozen=True, slots=True, eq=False)
class Lasting:
    """What lasts in a stretch of samples, for each pixel."""

    x: Field
    y: Field
    """The median gradient."""
    length: Field
    wobble: Field
    """Eighth decile of the deviations from it, over its length."""
    sway: Field
    """The same of those from its direction."""
    lumas: list[Luma]

    @classmethod
    def of(cls, lumas: list[Luma], slopes: Sequence[Slopes]) -> "Lasting":
        """`slopes`: theirs, as `slopes_of` has them."""
        x, y, far, sway = _median_gradient(lumas, slopes)
        length = np.hypot(x, y)
        return cls(x, y, length, far / (length + 1), sway, lumas)

    @property
    def is_steady(self) -> Mask:
        """In strength as well as in direction."""
        return np.asarray(self.wobble < VARIES + GRAIN / (self.length + 1))

    def changes(self, where: Mask) -> tuple[float, float]:
        """By how much these pixels differ from their median, in grey levels: usually, and in a quarter of the time."""
        rows, columns = np.nonzero(where)
        some = slice(None, None, 1 + len(rows) // LOOKED_AT)
        seen = np.stack([luma[rows[some], columns[some]] for luma in self.lumas]).astype(np.int16)
        if not seen.size:
            return 0.0, 0.0
        off = np.abs(seen - np.partition(seen, len(seen) // 2, axis=0)[len(seen) // 2])
        off.sort(axis=0)
        return float(np.median(off[len(off) // 2])), float(np.median(off[len(off) // 4]))

    def left(self, part: Mask, around: Mask) -> float:
        """How strong these gradients are in the fifth of the pictures whose surroundings are least as usual, against
        the half where they are most so."""
        rows, columns = np.flatnonzero(part.any(axis=1)), np.flatnonzero(part.any(axis=0))
        near = tuple(slice(max(0, one[0] - 1), one[-1] + 2) for one in (rows, columns))
        inside, x, y = part[near], self.x[part], self.y[part]
        power = x * x + y * y
        own, usual = np.zeros(len(self.lumas)), self._usual(around)
        off = np.array([np.abs(luma[around] - usual).mean() for luma in self.lumas])
        for index, luma in enumerate(self.lumas):
            across, down = (one[inside] for one in gradients(luma[near]))
            own[index] = np.clip(across * x + down * y, -power, power).sum()
        least, most = own[off >= np.percentile(off, 80)].mean(), own[off <= np.median(off)].mean()
        return float(least / max(most, 1e-6))

    def _usual(self, where: Mask) -> Field:
        """The median of these pixels."""
        seen = np.stack([luma[where] for luma in self.lumas])
        return np.asarray(np.partition(seen, len(seen) // 2, axis=0)[len(seen) // 2], np.float32)

    def ways(self, part: Mask) -> float:
        """Of the power of these pixels' gradients, what does not lie in the direction of most of it: 0 to 0.5."""
        x, y = self.x[part].astype(np.float64), self.y[part].astype(np.float64)
        whole = float((x * x + y * y).sum())
        return 0.5 - float(np.hypot((x * x - y * y).sum(), 2 * (x * y).sum())) / (2 * max(whole, 1e-6))

    def is_drawn(self, part: Mask) -> bool:
        """Do these pixels look like graphics?"""
        rows, columns = np.flatnonzero(part.any(axis=1)), np.flatnonzero(part.any(axis=0))
        near = tuple(slice(max(0, one[0] - AROUND_STEP), one[-1] + AROUND_STEP) for one in (rows, columns))
        stack = np.stack([luma[near] for luma in self.lumas])
        level = np.partition(stack, len(stack) // 2, axis=0)[len(stack) // 2]
        return is_drawn(np.hypot(*gradients(level))[part[near]], sharpness(level)[part[near]])


def gradients(luma: NDArray[Any]) -> tuple[Field, Field]:
    """Horizontal and vertical, in grey levels a pixel."""
    plane = luma.astype(np.float32)
    across, down = (cv2.Scharr(plane, cv2.CV_32F, *way, scale=1 / 32) for way in ((1, 0), (0, 1)))
    return np.asarray(across, np.float32), np.asarray(down, np.float32)


def lasting_gradient(lumas: Sequence[NDArray[Any]]) -> tuple[Field, Field, Field, Field]:
    """The median gradient of the samples (x, y), the eighth decile of the distances from it, and that of the distances
    from its direction: from the line between `WEAKEST` and `STRONGEST` of it.

    Where the mean picture has next to none it stands for the median; where that is small the distances are infinite.
    """
    return _median_gradient(lumas, [slopes_of(luma) for luma in lumas])


def lasts(length: Field, spread: Field, sway: Field) -> Mask:
    """Which of these lasting gradients stay while the scenery changes; the last two as of `lasting_gradient`."""
    return np.asarray((spread < VARIES * length + GRAIN) | (sway < SWAYS * length + GRAIN))


def slopes_of(luma: NDArray[Any]) -> Slopes:
    """As in `gradients`, times 32; int16 for uint8."""
    depth = cv2.CV_16S if luma.dtype == np.uint8 else cv2.CV_32F
    return cv2.Scharr(luma, depth, 1, 0), cv2.Scharr(luma, depth, 0, 1)


def _median_gradient(lumas: Sequence[NDArray[Any]], slopes: Sequence[Slopes]) -> tuple[Field, Field, Field, Field]:
    mean = np.zeros(lumas[0].shape, np.float32)
    for luma in lumas:
        cv2.accumulate(luma, mean)
    x, y = gradients(mean / len(lumas))
    far, sway = np.full(x.shape, np.inf, np.float32), np.full(x.shape, np.inf, np.float32)
    places = np.flatnonzero(np.hypot(x, y) > EDGE * HINTS)
    half = len(lumas) // 2
    for first in range(0, len(places), BLOCK):
        where = places[first : first + BLOCK]
        pairs = np.stack([[part.ravel()[where] for part in pair] for pair in slopes], axis=-1).astype(np.float32) / 32
        middle = np.partition(pairs, half, axis=-1)[..., half]
        x.ravel()[where], y.ravel()[where] = middle
        strong = np.hypot(*middle) > EDGE * NEARLY
        far.ravel()[where[strong]], sway.ravel()[where[strong]] = _deviations(pairs[:, strong], middle[:, strong])
    return x, y, far, sway


def _deviations(pairs: NDArray[Any], middle: NDArray[Any]) -> tuple[Field, Field]:
    """The eighth deciles of the distances of gradients [2, pixel, sample] from their medians, and from the directions
    of these."""
    length = np.hypot(*middle)
    across, down = (middle / length)[..., None]
    along, aside = pairs[0] * across + pairs[1] * down, pairs[1] * across - pairs[0] * down
    own = np.clip(along, WEAKEST * length[:, None], STRONGEST * length[:, None])
    return _most(np.hypot(along - length[:, None], aside)), _most(np.hypot(along - own, aside))


def _most(values: NDArray[Any]) -> Field:
    """The eighth decile of each row."""
    tenths = values.shape[-1] * 4 // 5
    return np.asarray(np.partition(values, tenths, axis=-1)[:, tenths], np.float32)


def sharpness(plane: NDArray[Any]) -> Field:
    """For each pixel the part of the step around it that happens there: 0.5 for a drawn edge; 0 where no step is."""
    size = np.ones((7, 7), np.uint8)
    contrast = cv2.dilate(plane, size).astype(np.float32) - cv2.erode(plane, size)
    return np.where(contrast > 4 * EDGE, np.hypot(*gradients(plane)) / np.maximum(contrast, 1), 0).astype(np.float32)


def is_drawn(length: Field, sharp: Field) -> bool:
    """Are these pixels of edges (gradient and sharpness of a median, at full size) as strong and sharp as graphics?"""
    edges = (length > EDGE) & (sharp > 0)
    if edges.sum() < LEAST_EDGES / 2 or np.percentile(length[edges], 75) < STRONG / 2:
        return False
    return bool(np.percentile(sharp[edges], 75) > SHARP)
