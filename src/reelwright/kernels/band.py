"""The marked parts of a picture side by side on one canvas, so that what they need is done in few steps.

A picture is divided into square cells, some of them marked. Rows of cells are taken together; in each, the stretches
that hold marked cells are laid beside each other with one cell around them, taken from the picture, or beyond its edge
the nearest cell once more. Planes of any scale fit, as long as they hold whole cells.
"""

from typing import NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from reelwright.kernels.maps import Plane

ROWS = 12  # cells
GAP = 6  # cells without a mark between two stretches that are worth leaving out
WIDEST = 8  # bytes of the largest word that is moved at once

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
        self._cells = marked.shape
        self._rows = min(ROWS, marked.shape[0])
        numbers, lefts, rights = _runs(_by_rows(marked, self._rows))
        # The last rows may reach into those before: all stretches are equally high.
        tops = np.minimum(numbers * self._rows, marked.shape[0] - self._rows)
        wide = rights - lefts + 2
        ends = np.cumsum(wide)
        self.size = (int(ends[-1]) if len(ends) else 0, self._rows + 2)
        told = (each.tolist() for each in (tops, lefts, rights, ends - wide))
        self._spans = list(zip(*told, strict=True))
        # Of each cell of the canvas: its row, and its column, in the picture.
        rows = tops - 1 + np.arange(self._rows + 2)[:, None]
        self._row = np.repeat(_clipped(rows, marked.shape[0]), wide, axis=1)
        columns = np.arange(self.size[0]) + np.repeat(lefts - 1 - ends + wide, wide)
        self._column = _clipped(columns, marked.shape[1])
        self._places: dict[tuple[int, int], Places] = {}

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
    """Which columns of each `rows` rows hold marks."""
    whole = marked.shape[0] // rows * rows
    found = marked[:whole].reshape(-1, rows, marked.shape[1]).max(axis=1)
    rest = marked[whole:].max(axis=0, keepdims=True) if whole < marked.shape[0] else marked[:0]
    return np.concatenate([found, rest]) > 0


def _runs(marked: NDArray[np.bool_]) -> tuple[Places, Places, Places]:
    """Row, first and last but one column of the stretches of each row that hold marks."""
    wide = marked.shape[1] + GAP + 1  # no stretch goes on in the next row
    apart = np.zeros((marked.shape[0], wide), bool)
    apart[:, : marked.shape[1]] = marked
    places = np.flatnonzero(apart)
    breaks = np.flatnonzero(places[1:] - places[:-1] > GAP)
    firsts, lasts = np.append(places[:1], places[breaks + 1]), np.append(places[breaks], places[-1:])
    rows = firsts // wide
    return rows, firsts - rows * wide, lasts - rows * wide + 1
