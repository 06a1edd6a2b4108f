"""Which pixels of a picture a line of burned-in text covers: letters, outline, shadow, whatever their colours are.

Learnt once for each line, from the median of pictures that show it. Strokes are thinner than a letter is high, so
they stand out of a morphological opening or closing of that size; and their colours are common within the line's
box and rare around it. What lies around these cores and was changed by the text as well (outline, soft edge, shadow)
is measured over all letters at once, by distance from the cores: how far does the mean differ from the ground? In
each direction apart, for shadows lie on one side. So the mask is as wide as the text needs and no wider.

Where a picture of the same place without the text is at hand, texture that was there before is left out.
Not known: strokes as wide as a third of the line's height, and text whose colours are those of its surroundings.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from reelwright.kernels.regions import Box
from reelwright.loading import lazy

if TYPE_CHECKING:
    import cv2
else:
    cv2 = lazy("cv2")

Ycc = NDArray[np.uint8]
"""A picture as [height, width, 3] of Y, Cb and Cr, 0–255, chroma as large as luma."""
Mask = NDArray[np.bool_]

THICK = 0.4  # of the line's height; strokes are thinner
STANDS_OUT = 26  # levels by which a stroke differs from its ground, at least
CHROMA_WEIGHT = 1.5  # a level of chroma tells more than one of luma: there is less of it in pictures
STEP = 5  # bits dropped from a colour when colours are counted: 8 levels each way
OFTEN = 3.0  # times as common within the box as around it: a colour of the text
LEAST_SHARE = 0.004  # of the box that a colour must fill to be one of the text
SPECK, DOT = (
    0.012,
    0.004,
)  # of the squared height: smaller parts are noise; but for dots, which are no smaller than this
LIKE = 24.0  # levels between a dot and the letters
REACH = 0.3  # of the height: outlines and shadows reach no further
DIFFERS = 4.0  # levels by which a ring around the strokes that belongs to the text differs from those beyond, at least
FLAT = 4  # px; rings so far apart are compared
SOFT = 1  # px at least that edges of letters are soft
WAYS, SIDED = 8, 24.0  # directions told apart; levels by which a ring differs that belongs to a shadow on one side
ROUND = 0.25  # px by which a reach is rounded
RINGING = 2  # px beyond the last ring that differs: what codecs smear


@dataclass(frozen=True, slots=True, eq=False)
class Strokes:
    """Bool [h, w] each. `core`: the letters' bodies; `opaque`: all that text stands on, soft edges and shadow included;
    `mask`: and what codecs have smeared around it. What is in `mask` alone still shows the picture, nearly as it was.
    """

    core: Mask
    opaque: Mask
    mask: Mask


def stack(y: NDArray[np.uint8], u: NDArray[np.uint8], v: NDArray[np.uint8]) -> Ycc:
    """Planes of 4:2:0 as one picture; chroma is enlarged to luma's size."""
    size = (y.shape[1], y.shape[0])
    return np.dstack([y, *(cv2.resize(one, size, interpolation=cv2.INTER_LINEAR) for one in (u, v))])


def standing_out(picture: Ycc, height: int) -> NDArray[np.uint8]:
    """By how many levels each pixel stands out of its ground, brighter, darker or of another colour: uint8 [h, w].

    `height`: of the line of text, in pixels. Only things thinner than `THICK` of it count.
    """
    side = max(3, round(height * THICK) | 1)
    kernel = np.ones((side, side), np.uint8)
    luma, *chroma = cv2.split(picture)
    hats = [
        cv2.max(cv2.morphologyEx(one, cv2.MORPH_TOPHAT, kernel), cv2.morphologyEx(one, cv2.MORPH_BLACKHAT, kernel))
        for one in (luma, *chroma)
    ]
    return np.asarray(cv2.max(hats[0], cv2.convertScaleAbs(cv2.max(hats[1], hats[2]), alpha=CHROMA_WEIGHT)), np.uint8)


def learn(still: Ycc, box: Box, *, others: Sequence[Box] = (), bare: Ycc | None = None) -> Strokes | None:
    """The strokes of the line in `box` of `still`; None where nothing there is like text.

    `still` is the median of pictures of the line, with a margin around the box to tell the ground's colours;
    `others` are boxes of other text, which does not count as ground; `bare` is the same place without the text, if
    it was seen.
    """
    left, top, right, bottom = box
    height = bottom - top
    inside, ground = np.zeros(still.shape[:2], bool), np.ones(still.shape[:2], bool)
    inside[top:bottom, left:right] = True
    for other in (box, *(one for one in others if not _holds(one, box))):
        ground[max(0, other[1]) : max(0, other[3]), max(0, other[0]) : max(0, other[2])] = False
    out = standing_out(still, height) >= STANDS_OUT
    core = out & inside & _in_colours_of_text(still, inside, ground, out)
    change = None if bare is None else cv2.absdiff(still, bare).max(2)
    core = _letters(core, still, change, height)
    if not core.any():
        return None
    most = round(REACH * height)
    reach = np.maximum(SOFT, _reaches(still, core, change, most))
    opaque, mask = _spread(core, reach), _spread(core, reach + RINGING)
    if reach.min() >= most:
        opaque = mask  # it ends nowhere: there is a plate behind it
    return Strokes(core, opaque, mask)


def _holds(outer: Box, inner: Box) -> bool:
    """Finders sometimes take a large part of the picture for one line: that is not text beside this one."""
    x, y = (inner[0] + inner[2]) / 2, (inner[1] + inner[3]) / 2
    return outer[0] <= x < outer[2] and outer[1] <= y < outer[3]


def _in_colours_of_text(still: Ycc, inside: Mask, ground: Mask, thin: Mask) -> Mask:
    """Pixels of colours that the thin things in the box have, and the surroundings have not."""
    kinds = (still >> np.uint8(8 - STEP)).astype(np.int32)
    code = (kinds[..., 0] << 2 * STEP) | (kinds[..., 1] << STEP) | kinds[..., 2]
    bins = 1 << 3 * STEP
    within = np.bincount(code[thin & inside], minlength=bins) / max(1, int(inside.sum()))
    around = np.bincount(code[ground], minlength=bins) / max(1, int(ground.sum()))
    # A colour is spread over neighbouring bins by noise and by codecs.
    spread = _blurred(within, STEP), _blurred(around, STEP)
    good = (spread[0] >= LEAST_SHARE) & (spread[0] >= OFTEN * spread[1])
    return np.asarray(good[code], bool)


def _blurred(counts: NDArray[np.float64], bits: int) -> NDArray[np.float64]:
    """Sums over each bin and its neighbours in all three directions."""
    side = 1 << bits
    cube = counts.reshape(side, side, side)
    for axis in range(3):
        padded = np.pad(cube, [(1, 1) if one == axis else (0, 0) for one in range(3)])
        parts = [np.take(padded, range(start, start + side), axis) for start in range(3)]
        cube = parts[0] + parts[1] + parts[2]
    return cube.ravel()


def _letters(core: Mask, still: Ycc, change: NDArray[np.uint8] | None, height: int) -> Mask:
    """Without specks: but dots of letters and full stops, which are as small, have the very colour of the rest."""
    _, labels, stats, _ = cv2.connectedComponentsWithStats(core.astype(np.uint8), connectivity=8)
    sizes, square = stats[:, cv2.CC_STAT_AREA], height * height
    keep, dots = sizes >= max(3, round(SPECK * square)), sizes >= max(3, round(DOT * square))
    keep[0] = dots[0] = False
    letters = np.asarray(keep[labels], bool)
    if not letters.any():
        return letters
    colour = np.median(still[letters], axis=0)
    for label in np.flatnonzero(dots & ~keep).tolist():
        dot = labels == label
        like = np.abs(np.median(still[dot], axis=0) - colour).max() <= LIKE
        if like and (change is None or np.median(change[dot]) >= STANDS_OUT):
            letters |= dot
    return letters


def _reaches(still: Ycc, core: Mask, change: NDArray[np.uint8] | None, most: int) -> NDArray[np.intp]:
    """How many pixels around the cores the text has changed (outline, soft edge, shadow), in each direction."""
    distance, way = _distances(core)
    rings = np.minimum(distance.astype(np.int32), most + FLAT)
    # Either may slope for other reasons: the ground itself, or what moved on it in between.
    shown = [still[..., 0]] if change is None else [still[..., 0], change]
    whole = min(_slope_ends(_profile(rings, one), most, DIFFERS) for one in shown)
    # A shadow lies on one side only: there it is dark, but little of all the ring.
    ways = [way == one for one in range(WAYS)]
    sided = [min(_slope_ends(_profile(rings[one], at[one]), most, SIDED) for at in shown) for one in ways]
    return np.maximum(whole, np.asarray(sided, np.intp))


def _distances(core: Mask) -> tuple[NDArray[np.float32], NDArray[np.intp]]:
    """Of each pixel to the nearest of a core, and in which of the directions it lies from there."""
    distance, label = cv2.distanceTransformWithLabels(
        (~core).astype(np.uint8), cv2.DIST_L2, 3, labelType=cv2.DIST_LABEL_PIXEL
    )
    places = np.zeros((int(label.max()) + 1, 2), np.float32)
    places[label[core]] = np.argwhere(core)
    down, across = np.indices(core.shape, np.float32) - np.moveaxis(places[label], 2, 0)
    return np.asarray(distance, np.float32), _way(down, across)


def _profile(rings: NDArray[np.int32], level: NDArray[np.uint8]) -> NDArray[np.float64]:
    """Mean of each ring, without the cores and the last."""
    count = np.bincount(rings.ravel())
    return (np.bincount(rings.ravel(), level.ravel()) / np.maximum(1, count))[1:-1]


def _slope_ends(mean: NDArray[np.float64], most: int, differs: float) -> int:
    """At which distance from the strokes the picture is flat: that of the last ring that differs from those beyond."""
    for distance in range(min(most, len(mean) - FLAT)):
        if np.abs(mean[distance + 1 : distance + FLAT] - mean[distance]).max() < differs:
            return distance
    return most


def _spread(core: Mask, reach: NDArray[np.intp]) -> Mask:
    """The cores, and what lies within reach of any of their pixels, which differs by direction."""
    most = int(reach.max())
    down, across = np.mgrid[-most : most + 1, -most : most + 1]
    near = np.hypot(down, across) <= reach[_way(down, across)] + ROUND
    # What is to be covered lies opposite to where the kernel looks from it.
    return np.asarray(cv2.dilate(core.astype(np.uint8), near[::-1, ::-1].astype(np.uint8)), bool)


def _way(down: NDArray[Any], across: NDArray[Any]) -> NDArray[np.intp]:
    """One of the directions that are told apart."""
    return np.asarray(np.rint(np.arctan2(down, across) * (WAYS / (2 * np.pi))).astype(np.intp) % WAYS)
