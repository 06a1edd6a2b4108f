"""Whether a line says something else from one frame to the next, though most of its letters stay: 3, then 8.

Letters have one brightness. Where they change, pixels that had it lose it, or others get it, all in one place and in
one frame. Counted are such pixels, of strokes alone, in windows as wide as half a letter. What moves behind the words
can do the same. But it does not change what is known to be the words' own, nor is it all that moves, in one place.
"""

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from reelwright.kernels.caption_strokes import BODY, EXTREME, Gray, Mask, Signs, Strokes, strokes
from reelwright.loading import lazy

if TYPE_CHECKING:
    import cv2
else:
    cv2 = lazy("cv2")

STEP = 40  # levels of luma by which a letter's pixel comes or goes
LEAST = 5  # such pixels in a window
WINDOW, LETTER = 0.5, 1.2  # of a line's height: how wide the window is, and what one letter changes
OTHER = 0.05  # share of a window's strokes, before and after, that come or go with another letter
OWN = 0.18  # share of a window's strokes known to be the words' own, that go…
ALONE = 0.75  # …or else of all that changes, the share that is in one place
BLOT = 0.05  # share of all that changes that is no stroke, before or after
LETTERS = 0.6  # share of all that changes that are strokes which come or go…
SURELY_OWN, SURELY_ALONE, FEWER_LETTERS = (
    0.3,
    0.95,
    0.45,
)  # …and where so many of the words' own do, or all in one place
INK = 0.12  # of a square as high as the line, that changes at most with one letter
BOTH = 0.05  # share of all that changes that are bright strokes which come or go, and dark ones likewise
STAYS = 0.3  # share of the strokes that must stay; where all go they fade
GOES_ON = 0.4  # of the change from one frame to the next, that is a change on its way
MOST = 0.35  # share of the line's picture that may change; more is a cut, a flash or a fade


def is_other(words: Strokes, before: Gray, now: Gray) -> bool:
    """Have some letters changed? `before`, `now`: uint8 [h, w], the line's part of two pictures, words in the first."""
    apart = cv2.absdiff(before, now) > STEP
    count = np.count_nonzero(apart)
    if not LEAST <= count <= MOST * apart.size:
        return False
    own = max((_share(apart & mask, mask) for mask in words.masks), default=0.0)
    alone = _counted(apart, LETTER).max() / count
    if own < OWN and not (count <= INK * len(apart) ** 2 and alone >= ALONE):
        return False
    signs = strokes(before), strokes(now)
    if np.count_nonzero(apart & (signs[0] == 0) & (signs[1] == 0)) > BLOT * count:
        return False
    levels = _levels(words, before, signs[0])
    changes = [_turned((before, now), signs, apart, kind, level) for kind, level in levels.items()]
    most, turned = max(share for share, _ in changes), [pixels for _, pixels in changes]
    if own < OWN and min(turned) < BOTH * count:
        return False
    least = LETTERS if own < SURELY_OWN and alone < SURELY_ALONE else FEWER_LETTERS
    return bool(most >= OTHER and sum(turned) >= least * count)


def is_lasting(before: Gray, then: Gray, now: Gray) -> bool:
    """Is what changed from one picture to the next (`then`) the same in the one after? What fades goes on changing."""
    first = cv2.absdiff(before, then)
    changed = first > STEP
    return bool(changed.any() and cv2.absdiff(then, now)[changed].mean() < GOES_ON * first[changed].mean())


def _levels(words: Strokes, gray: Gray, signs: Signs) -> dict[int, float]:
    """The luma of bright strokes and of dark ones; where the words have none of a kind, that of the most extreme."""
    levels = words.levels(gray)
    for kind, share in ((1, EXTREME), (-1, 100 - EXTREME)):
        values = gray[signs == kind]
        if kind not in levels and len(values):
            levels[kind] = float(np.percentile(values, share))
    return levels


def _turned(
    pictures: tuple[Gray, Gray], signs: tuple[Signs, Signs], apart: Mask, kind: int, level: float
) -> tuple[float, int]:
    """Of the strokes of one brightness, what came or went: the share in the window in which that is greatest, 0-1, and
    the pixels in all."""
    was, is_now = (np.abs(one - np.float32(level)) <= BODY for one in pictures)
    turned = apart & (was != is_now)
    was, is_now = was & (signs[0] == kind), is_now & (signs[1] == kind)
    if np.count_nonzero(was & is_now) < STAYS * np.count_nonzero(was):
        return 0.0, 0
    turned &= was | is_now
    return _share(turned, was, is_now), int(np.count_nonzero(turned))


def _share(part: Mask, *whole: Mask) -> float:
    """The greatest share of all windows, 0-1; of those with something in it."""
    if np.count_nonzero(part) < LEAST:
        return 0.0
    counts = _counted(part, WINDOW)
    there = np.sum([_counted(one, WINDOW) for one in whole], axis=0)
    return float((counts / np.maximum(there, 1))[counts >= LEAST].max(initial=0.0))


def _counted(mask: Mask, wide: float) -> NDArray[np.int_]:
    """How many there are in windows as high as the line and so many heights wide, around each column."""
    columns = np.count_nonzero(mask, axis=0)
    return np.convolve(columns, np.ones(max(3, round(wide * mask.shape[0]) | 1), int), "same")
