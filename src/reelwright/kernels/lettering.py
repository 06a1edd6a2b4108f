"""Bare letters laid over a picture whose camera may stand still: a name in a corner, without a card behind it.

Time tells nothing there, and letters have no inside whose rim could tell. But they are several, of one paint, thin, of
like height, close together, drawn sharply, and they fill a good part of their box; scenery that stands still has one
or the other of these, hardly ever all. Letters stand out of a morphological opening or closing of their size; what
they have of the paint is asked against the ground that goes on behind them: I = s B + c, as of any overlay, with one s
and one c for all of them. Only near a corner of the picture, with a margin: there signs are put, and elsewhere names of
shops are.

Levels are float32 [height, width], the median of pictures that stand still or not; masks bool of that shape.
Not for letters of the scenery's own colours, nor for signs of one part (`kernels.logo_shape`).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from reelwright.kernels import inpainting, registration
from reelwright.loading import lazy

if TYPE_CHECKING:
    import cv2
else:
    cv2 = lazy("cv2")

Field = NDArray[np.float32]
Mask = NDArray[np.bool_]
Box = tuple[int, int, int, int]
"""Left, top, right, bottom."""

THICK = 0.02  # of the picture's width: strokes are thinner
THICK_LEAST, OF_HEIGHT = 7, 0.8  # px; of a word's height, where that is known
LASTING = 0.5  # of the outlines' pixels that must last
STANDS_OUT = 120, 80, 45, 20  # grey levels; scenery that touches the letters is left out by the higher ones
LEAST_LETTER, LEAST_HIGH, MOST_HIGH, MOST_WIDE = 8, 6, 0.2, 0.3  # pixels; px; of the picture
APART = 0.012  # of the width: letters of one word are no farther apart
LEAST_PIXELS = 60  # of all letters
TALLEST, WIDEST = 0.25, 0.42  # of the picture: all letters together
MARGIN_LEAST, MARGIN_MOST = 0.008, 0.14  # of the picture, to its nearest sides
LETTERS = 3
ALIKE, SHORT = 0.35, 0.6  # of their usual height that half of the letters differ by; that none counts below
CORE = 0.6  # of how far the letters stand out: what is all paint
OFF, OFF_SURE = 0.2, 0.15  # of their contrast that eight in ten pixels are off one paint; where that is surely one
CONTRAST = 25.0  # grey levels to the ground behind
FULL, FULL_SURE = 0.4, 0.3  # of their box that they fill, at least; where the paint is surely one
SHARP = 0.37  # of a step that happens within one pixel, along their outlines
STEP, SPAN = 6.0, 7  # grey levels a pixel of an outline; px around that make its step
TALLER = 1.4  # times the height of some letters that the whole word has, at most
AGAIN, SLACK = 0.85, 3  # overlap with its box by which a word is found again; px that a box may be off
SOFT, AROUND = 1, 5  # px: soft edges; how far shadows and outlines reach
CLOSE, EVEN, MOSTLY = 3, 8.0, 0.8  # px from letters to their card; levels it varies by; of the ring that must
CARD, SOLID = 4.0, 0.8  # heights of the letters by which a card is larger, at most; of its box that it is
SHADE, TEXTURE = 8.0, 3.0  # grey levels that a shadow changes, at least; times what the scenery differs there


@dataclass(frozen=True, slots=True, eq=False)
class Word:
    """Letters side by side: their strokes, and the box around these."""

    strokes: Mask
    box: Box


def words(level: Field, steady: Mask) -> list[Word]:
    """Those near a corner of the picture, apart from each other. `steady`: where edges last; most of theirs must."""
    painted = [
        one
        for one in _groups(level, round(THICK * level.shape[1]) | 1)
        if _is_put(one.box, level.shape) and _lasts(one, steady) and _is_painted(level, one)
    ]
    kept: list[Word] = []
    for word in sorted(painted, key=lambda one: -int(one.strokes.sum())):
        # Where letters stand out less they run together: some of the word must show them apart.
        apart = any(_are_letters(one.strokes) for one in painted if _is_within(one.box, word.box))
        if apart and not any(_overlap(word.box, other.box) for other in kept):
            kept.append(word)
    return kept


def again(level: Field, box: Box) -> Word | None:
    """The word that was found in this box, at another size of the picture."""
    left, top, right, bottom = box
    side = max(THICK_LEAST, round(OF_HEIGHT * (bottom - top))) | 1
    near = np.zeros(level.shape, bool)
    near[max(0, top - SLACK) : bottom + SLACK, max(0, left - SLACK) : right + SLACK] = True
    found = [Word(one & near, _box(one & near)) for one in _standing_out(level, side) if (one & near).any()]
    # Those that stand out more have less of the scenery, but must be all there.
    return max(found, key=lambda one: min(AGAIN, _overlap(one.box, box)), default=None)


def covered(levels: Sequence[Field], word: Word) -> Mask:
    """The strokes with their soft edges, outlines and shadows, or the card that they are on. `levels`: of all planes,
    as large as the first."""
    card = _card(levels, word)
    if card is not None:
        return card
    near = registration.grown(word.strokes, AROUND)
    beyond = registration.grown(word.strokes, 2 * AROUND) & ~near
    changed = np.zeros_like(near)
    for level in levels:
        off = np.abs(level - inpainting.membrane(level, ~near))
        rough = np.abs(level - cv2.blur(level, (SPAN, SPAN)))[beyond]
        usual = float(np.median(rough)) if rough.size else 0.0
        changed |= off > max(SHADE, TEXTURE * 1.4826 * usual)
    changed &= near
    changed = cv2.morphologyEx(changed.astype(np.uint8), cv2.MORPH_OPEN, np.ones((2, 2), np.uint8)) > 0
    return registration.grown(word.strokes | changed, SOFT)


def _card(levels: Sequence[Field], word: Word) -> Mask | None:
    """An even surface around the letters that ends near them on all sides."""
    near = registration.grown(word.strokes, CLOSE)
    ring = near & ~registration.grown(word.strokes, CLOSE - 1)
    alike = near.copy()
    even = np.ones_like(near)
    for level in levels:
        even &= np.abs(level - np.median(level[ring])) <= EVEN
    if even[ring].mean() < MOSTLY:
        return None
    alike |= even
    _, labels = cv2.connectedComponents(alike.astype(np.uint8), connectivity=4)
    surface = labels == np.bincount(labels[word.strokes]).argmax()
    left, top, right, bottom = _box(surface)
    high = word.box[3] - word.box[1]
    wide_of, high_of = right - left - (word.box[2] - word.box[0]), bottom - top - high
    leaves = left == 0 or top == 0 or right == surface.shape[1] or bottom == surface.shape[0]
    if leaves or max(wide_of, high_of) > CARD * high or surface.sum() < SOLID * (right - left) * (bottom - top):
        return None
    out = np.zeros_like(surface)
    out[top:bottom, left:right] = True
    return registration.grown(out, 2 * SOFT)


def _groups(level: Field, side: int) -> Iterator[Word]:
    """Parts that stand out, those near each other together."""
    for out in _standing_out(level, side):
        yield from _joined(_letters(out))


def _standing_out(level: Field, side: int) -> Iterator[Mask]:
    """Thin bright things and thin dark ones; of each first those that stand out most."""
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (side, side))
    for way in (cv2.MORPH_TOPHAT, cv2.MORPH_BLACKHAT):
        hat = cv2.morphologyEx(level, way, kernel)
        for least in STANDS_OUT:
            yield np.asarray(hat >= least)


def _letters(out: Mask) -> Mask:
    """The parts of a letter's size that do not leave the picture."""
    height, width = out.shape
    _, labels, stats, _ = cv2.connectedComponentsWithStats(out.astype(np.uint8), connectivity=8)
    x, y, wide, high, size = stats.T
    keep = (size >= LEAST_LETTER) & (high <= MOST_HIGH * height) & (wide <= MOST_WIDE * width)
    keep &= (x > 0) & (y > 0) & (x + wide < width) & (y + high < height)
    keep[0] = False
    return np.asarray(keep[labels])


def _joined(letters: Mask) -> Iterator[Word]:
    across = max(5, round(APART * letters.shape[1])) | 1
    kernel = np.ones((max(3, across // 2) | 1, 2 * across + 1), np.uint8)
    count, labels = cv2.connectedComponents(cv2.dilate(letters.astype(np.uint8), kernel))
    for label in range(1, count):
        strokes = letters & (labels == label)
        if strokes.sum() < LEAST_PIXELS:
            continue
        yield Word(strokes, _box(strokes))


def _box(mask: Mask) -> Box:
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    return int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1


def _lasts(word: Word, steady: Mask) -> bool:
    """Do most of the outlines last?"""
    outline = registration.grown(word.strokes, 1) & ~_inner(word.strokes)
    return bool(steady[outline].mean() > LASTING)


def _is_put(box: Box, shape: tuple[int, ...]) -> bool:
    """Near a corner of the picture, with a margin, and no larger than words are."""
    left, top, right, bottom = box
    height, width = shape
    margins = min(left, width - right) / width, min(top, height - bottom) / height
    small = right - left <= WIDEST * width and bottom - top <= TALLEST * height
    return small and MARGIN_LEAST <= min(margins) <= max(margins) <= MARGIN_MOST


def _is_within(inner: Box, outer: Box) -> bool:
    """And on the same line."""
    held = inner[0] >= outer[0] and inner[1] >= outer[1] and inner[2] <= outer[2] and inner[3] <= outer[3]
    return held and outer[3] - outer[1] <= TALLER * (inner[3] - inner[1])


def _is_painted(level: Field, word: Word) -> bool:
    """Sharply, with one paint, and much of its box."""
    left, top, right, bottom = word.box
    fill = word.strokes.sum() / ((right - left) * (bottom - top))
    if fill < FULL_SURE:
        return False
    reach = slice(max(0, top - 2 * AROUND), bottom + 2 * AROUND), slice(max(0, left - 2 * AROUND), right + 2 * AROUND)
    part, near = level[reach], word.strokes[reach]
    behind = inpainting.membrane(part, ~registration.grown(near, 2))
    contrast = np.abs(part - behind)
    core = near & (contrast >= CORE * np.percentile(contrast[near], 80))
    usual = float(np.median(contrast[core]))
    off = _off_paint(part[core], behind[core])
    is_one = off <= (OFF if fill >= FULL else OFF_SURE) * usual
    return is_one and usual >= CONTRAST and _sharp(part, near) >= SHARP


def _are_letters(strokes: Mask) -> bool:
    """Several, and of like height. What shares columns is one letter: Chinese ones are in pieces."""
    columns = np.flatnonzero(np.diff(np.pad(strokes.any(axis=0), 1).astype(np.int8)))
    heights = np.array(
        [
            np.ptp(np.flatnonzero(strokes[:, first:last].any(axis=1))) + 1
            for first, last in columns.reshape(-1, 2)
            if strokes[:, first:last].sum() >= LEAST_LETTER
        ]
    )
    if len(heights) < LETTERS:
        return False
    usual = float(np.median(heights))
    alike = np.subtract(*np.percentile(heights, (75, 25))) <= ALIKE * usual
    return bool(usual >= LEAST_HIGH and alike and (heights >= SHORT * usual).sum() >= LETTERS)


def _off_paint(seen: Field, behind: Field) -> float:
    """By how much the levels are off one paint of one opacity, grey levels; eight in ten less."""
    slope = float(np.polyfit(behind, seen, 1)[0]) if behind.std() > 1 else 0.0
    rest = seen - np.clip(slope, 0, 1 - CORE / 4) * behind
    return float(np.percentile(np.abs(rest - np.median(rest)), 80))


def _sharp(level: Field, strokes: Mask) -> float:
    """The part of the step around each pixel of the outlines that happens there, of the sharpest quarter."""
    across, down = (cv2.Scharr(level, cv2.CV_32F, *way, scale=1 / 32) for way in ((1, 0), (0, 1)))
    length = np.hypot(across, down)
    kernel = np.ones((SPAN, SPAN), np.uint8)
    step = cv2.dilate(level, kernel) - cv2.erode(level, kernel)
    edge = registration.grown(strokes, 1) & (length > STEP) & (step > 4 * STEP)
    return float(np.percentile(length[edge] / step[edge], 75)) if edge.any() else 0.0


def _inner(mask: Mask) -> Mask:
    return np.asarray(cv2.erode(mask.astype(np.uint8), np.ones((3, 3), np.uint8)) > 0)


def _overlap(one: Box, other: Box) -> float:
    """Of two boxes: what both have, of what either has."""
    wide = max(0, min(one[2], other[2]) - max(one[0], other[0]))
    high = max(0, min(one[3], other[3]) - max(one[1], other[1]))
    areas = [(box[2] - box[0]) * (box[3] - box[1]) for box in (one, other)]
    return wide * high / max(1, sum(areas) - wide * high)
