"""The marked parts of a picture side by side on one canvas, so that what they need is done in few steps.

A picture is divided into square cells, some of them marked. Rows of cells are taken together; in each, the stretches
that hold marked cells are laid beside each other with one cell around them, taken from the picture, or at its edge
from the nearest cell. Planes of any scale fit, as long as they hold whole cells.
"""

from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from reelwright.kernels.maps import Plane

ROWS = 12  # cells
GAP = 6  # cells without a mark between two stretches that are worth leaving out

Kind = TypeVar("Kind", bound=np.generic)


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch: rows from `top`, columns from `left` to `right`, and the first column on the canvas; in cells."""

    top: int
    left: int
    right: int
    at: int


class Band:
    """Where the marked cells lie, and their places on the canvas of `size` (columns, rows) cells."""

    def __init__(self, marked: Plane) -> None:
        """`marked`: uint8 [rows, columns] of cells, 0 or 1."""
        self._cells = marked.shape
        self._rows = min(ROWS, marked.shape[0])
        self.spans, at = list[Span](), 0
        last = marked.shape[0] - self._rows
        for number, left, right in _runs(_by_rows(marked, self._rows)):
            # The last rows may reach into those before: all stretches are equally high.
            self.spans.append(Span(min(number * self._rows, last), left, right, at))
            at += right - left + 2
        self.size = (at, self._rows + 2)

    def __bool__(self) -> bool:
        return bool(self.spans)

    def shape(self, scale: int) -> tuple[int, int]:
        """Of a canvas with `scale` pixels a cell: rows, columns."""
        return self.size[1] * scale, self.size[0] * scale

    def cut(self, plane: NDArray[Kind], scale: int, canvas: NDArray[Kind]) -> NDArray[Kind]:
        """The stretches of a plane, [..., rows, columns], laid on the canvas."""
        for span in self.spans:
            up, down = int(span.top > 0), int(span.top + self._rows < self._cells[0])
            back, on = int(span.left > 0), int(span.right < self._cells[1])
            part = canvas[..., span.at * scale : (span.at + span.right - span.left + 2) * scale]
            inner = part[
                ...,
                (1 - up) * scale : (1 + self._rows + down) * scale,
                (1 - back) * scale : part.shape[-1] - (1 - on) * scale,
            ]
            inner[...] = plane[
                ...,
                (span.top - up) * scale : (span.top + self._rows + down) * scale,
                (span.left - back) * scale : (span.right + on) * scale,
            ]
            if not (up and down and back and on):
                _fill(part, scale, up, down, back, on)
        return canvas

    def put(self, canvas: NDArray[Kind], scale: int, plane: NDArray[Kind]) -> None:
        """The stretches back into their plane, without what was laid around them."""
        for span in self.spans:
            wide = span.right - span.left
            plane[
                span.top * scale : (span.top + self._rows) * scale,
                span.left * scale : span.right * scale,
            ] = canvas[scale:-scale, (span.at + 1) * scale : (span.at + 1 + wide) * scale]


def _by_rows(marked: Plane, rows: int) -> NDArray[np.bool_]:
    """Which columns of each `rows` rows hold marks."""
    whole = marked.shape[0] // rows * rows
    found = marked[:whole].reshape(-1, rows, marked.shape[1]).max(axis=1)
    rest = marked[whole:].max(axis=0, keepdims=True) if whole < marked.shape[0] else marked[:0]
    return np.concatenate([found, rest]) > 0


def _runs(marked: NDArray[np.bool_]) -> list[tuple[int, int, int]]:
    """Row, first and last but one column of the stretches of each row that hold marks."""
    wide = marked.shape[1] + GAP + 1  # no stretch goes on in the next row
    apart = np.zeros((marked.shape[0], wide), bool)
    apart[:, : marked.shape[1]] = marked
    places = np.flatnonzero(apart)
    if not len(places):
        return []
    breaks = np.flatnonzero(places[1:] - places[:-1] > GAP)
    firsts, lasts = np.append(places[0], places[breaks + 1]), np.append(places[breaks], places[-1])
    rows = firsts // wide
    return list(zip(rows.tolist(), (firsts - rows * wide).tolist(), (lasts - rows * wide + 1).tolist(), strict=True))


def _fill(part: NDArray[Any], scale: int, up: int, down: int, back: int, on: int) -> None:
    """What lies beyond the picture's edges is like what is nearest."""
    if not up:
        part[..., :scale, :] = part[..., scale : scale + 1, :]
    if not down:
        part[..., -scale:, :] = part[..., -scale - 1 : -scale, :]
    if not back:
        part[..., :, :scale] = part[..., :, scale : scale + 1]
    if not on:
        part[..., :, -scale:] = part[..., :, -scale - 1 : -scale]
