"""The marked parts of a picture side by side on one canvas, so that what they need is done in few steps.

A picture is divided into square cells, some of them marked. Rows of cells are taken together; in each, the stretches
that hold marked cells are laid beside each other with one cell around them, taken from the picture, or beyond its edge
the nearest cell once more. Planes of any scale fit, as long as they hold whole cells.
"""

import re
from typing import TYPE_CHECKING, NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from reelwright.kernels.maps import Plane
from reelwright.loading import lazy

if TYPE_CHECKING:
    import cv2
else:
    cv2 = lazy("cv2")

ROWS = 12  # cells
GAP = 6  # cells without a mark between two stretches that are worth leaving out
WIDEST = 8  # bytes of the largest word that is moved at once

STRETCH = re.compile(rb"\x01(?:\x00{0,%d}\x01+)*" % (GAP - 1))

Kind = TypeVar("Kind", bound=np.generic)
Places = NDArray[np.intp]


class Span(NamedTuple):
    """A stretch: rows from `top`, columns from `left` to `right`, and the first column on the canvas; in cells."""

    top: int
    left: int
    right: int
    at: int


class Band:
    """Where the marked cells lie, and their places on the canvas of `size` (columns, rows) cells."""

    def __init__(self, marked: Plane) -> None:
        """`marked`: uint8 [rows, columns] of cells, 0 or not."""
        high, wide = self._cells = marked.shape
        self._rows = min(ROWS, high)
        self._spans = _spans(_by_rows(marked, self._rows), high - self._rows)
        _, left, right, at = self._spans[-1] if self._spans else (0, 0, -2, 0)
        self.size = (at + right - left + 2, self._rows + 2)
        self.marks = cv2.countNonZero(marked)
        """How many cells are marked."""
        self.outside = np.ones(marked.shape, np.uint8)
        """1 for each cell that lies in no stretch."""
        for top, left, right, _ in self._spans:
            self.outside[top : top + self._rows, left:right] = 0
        # Of each cell of the canvas: its row, and its column, in the picture.
        tops, lefts, rights, ends = np.array(self._spans, np.intp).reshape(-1, 4).T
        around = rights - lefts + 2
        self._row = _clipped(np.repeat(tops - 1, around) + np.arange(self._rows + 2)[:, None], high)
        self._column = _clipped(np.repeat(lefts - 1 - ends, around) + np.arange(self.size[0]), wide)
        self._places: dict[tuple[int, int], Places] = {}

    def missed(self, marked: Plane) -> int:
        """How many of these marks lie in none of its stretches."""
        return cv2.countNonZero(cv2.bitwise_and(marked, self.outside))

    def __bool__(self) -> bool:
        return bool(self._spans)

    @property
    def spans(self) -> list[Span]:
        return [Span(*one) for one in self._spans]

    def shape(self, scale: int) -> tuple[int, int]:
        """Of a canvas with `scale` pixels a cell: rows, columns."""
        return self.size[1] * scale, self.size[0] * scale

    def cut(self, plane: NDArray[Kind], scale: int, canvas: NDArray[Kind]) -> NDArray[Kind]:
        """The stretches of a plane, [..., rows, columns], laid on the canvas; both are contiguous."""
        cell = scale * plane.itemsize
        word = np.dtype(f"u{min(cell, WIDEST)}")
        places = self._placed(scale, cell // word.itemsize)
        flat = (
            np.ascontiguousarray(plane)
            .view(word)
            .reshape(-1, plane.shape[-2] * plane.shape[-1] * plane.itemsize // word.itemsize)
        )
        # Without a mode numpy makes a copy first, to leave `out` as it was if a place is wrong.
        flat.take(places, axis=1, out=canvas.view(word).reshape(-1, places.size), mode="clip")
        return canvas

    def put(self, canvas: NDArray[Kind], scale: int, plane: NDArray[Kind]) -> None:
        """The stretches back into their plane, without what was laid around them."""
        inner = canvas[scale:-scale]
        for top, left, right, at in self._spans:
            there = slice(top * scale, (top + self._rows) * scale), slice(left * scale, right * scale)
            plane[there] = inner[:, (at + 1) * scale : (at + 1 + right - left) * scale]

    def _placed(self, scale: int, words: int) -> Places:
        """Where in a plane of `words` words a cell each word of the canvas is from; kept for the other planes."""
        if (scale, words) not in self._places:
            across = self._cells[1] * words
            column = self._column
            if words > 1:
                column = (column[:, None] * words + np.arange(words)).ravel()
            row = np.repeat(self._row, words, axis=1) if words > 1 else self._row
            first = row * (scale * across) + column
            found = first[:, None] + (np.arange(scale) * across)[:, None]
            self._places[scale, words] = found.ravel()
        return self._places[scale, words]


def _clipped(places: Places, count: int) -> Places:
    return np.minimum(np.maximum(places, 0), count - 1)


def _by_rows(marked: Plane, rows: int) -> NDArray[np.bool_]:
    """Which columns of each `rows` rows hold marks; behind them as many columns without as part two stretches."""
    high, wide = marked.shape
    whole = high // rows
    found = np.zeros((-(-high // rows), wide + GAP + 1), bool)
    np.any(marked[: whole * rows].reshape(whole, rows, wide), axis=1, out=found[:whole, :wide])
    if whole < len(found):
        np.any(marked[whole * rows :], axis=0, out=found[whole, :wide])
    return found


def _spans(marked: NDArray[np.bool_], lowest: int) -> list[tuple[int, int, int, int]]:
    """The stretches of each row that hold marks. Found as text, in one step: a search of numbers takes thirty.

    The last rows may reach into those before: all stretches are equally high.
    """
    wide, at, found = marked.shape[1], 0, []
    for one in STRETCH.finditer(marked.tobytes()):
        first, end = one.span()
        row, left = divmod(first, wide)
        found.append((min(row * ROWS, lowest), left, left + end - first, at))
        at += end - first + 2
    return found
