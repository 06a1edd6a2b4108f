"""Functions that look a bounded way to both sides, run over a stream: the same answers as over the whole at once."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Rows = NDArray[np.float64]


class Windowed:
    """`answer` makes [answers, n] of [rows, n], where each column depends on no more than `reach` columns around it.

    `push` and `flush` give the answers in order, `reach` columns late; memory is a few times `reach`.
    """

    def __init__(self, answer: Callable[[Rows], Rows], *, rows: int, reach: int) -> None:
        self._answer, self._reach = answer, reach
        self._held = np.zeros((rows, 0))
        self._before = 0  # columns held that are answered already and only context

    @property
    def waiting(self) -> int:
        """Columns that came and are not answered yet."""
        return self._held.shape[1] - self._before

    def push(self, columns: Rows) -> Rows:
        self._held = np.concatenate([self._held, columns], axis=1)
        return self._to(self._held.shape[1] - self._reach)

    def flush(self, columns: int | None = None) -> Rows:
        """The rest, or the first `columns` of it, with nothing beyond them."""
        end = self._before + (self.waiting if columns is None else columns)
        self._held = self._held[:, :end]
        return self._to(end)

    def _to(self, end: int) -> Rows:
        last = max(self._before, end)
        answers = self._answer(self._held)[:, self._before : last]
        spent = max(0, last - self._reach)
        self._held, self._before = self._held[:, spent:], last - spent
        return answers
