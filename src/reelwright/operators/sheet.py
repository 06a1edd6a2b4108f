"""A run's contact sheet: pairs of before and after from all over the film.

The latest pairs are the job's live frame while it runs; the whole sheet is an output for those who ask for it. Pairs
are taken at an even step. Once a sheet is full every second pair goes and the step doubles, so that a long film costs
no more memory than a short one and its end is as much in view as its beginning.

Drawing a pair takes as long as some frames of the film. Where no sheet is asked for, a fast operator can have its live
frame paced by the clock.
"""

from collections.abc import Callable
from pathlib import Path
from time import monotonic

from reelwright.media import images
from reelwright.operators.context import Context

NAME = "sheet.jpg"
STEP = 2.0  # s of the film between two pairs, at first
PAIRS = 12  # on a full sheet
LIVE = 4  # in the live frame
PACE = 1.0  # s of the clock between two live frames that are paced
HEIGHT = 240  # px of one picture
QUALITY = 85

Drawn = Callable[[], images.Picture]
"""Gives a picture when it is wanted: uint8 [h, w, 3] of any size, RGB."""


class Sheet:
    """Call `show` for every frame, `saved` at the end. `keep` says whether the sheet is an output.

    `paced`: unless it is one, pairs are also a second of the clock apart, for drawing one takes as long as some frames.
    """

    def __init__(self, ctx: Context, *, keep: bool, paced: bool = False) -> None:
        self._ctx, self._keep = ctx, keep
        self._pace, self._again = PACE if paced and not keep else 0.0, 0.0
        self._pairs = list[tuple[images.Picture, images.Picture]]()
        self._step, self._due = STEP, 0.0

    def is_due(self, time: float) -> bool:
        """Whether `show` would take a pair at this time; for callers to whom a picture of before costs a copy."""
        return time >= self._due and monotonic() >= self._again

    def show(self, time: float, before: Drawn, after: Drawn) -> None:
        """`time`: seconds from the film's start. The pictures are drawn only when a pair is due."""
        if not self.is_due(time):
            return
        if len(self._pairs) == PAIRS:
            self._pairs, self._step = self._pairs[::2], self._step * 2
        self._due = (time // self._step + 1) * self._step
        self._again = monotonic() + self._pace
        self._pairs.append((_small(before()), _small(after())))
        self._ctx.preview(self._written(self._ctx.scratch / NAME, self._pairs[-LIVE:]))

    def saved(self) -> str | None:
        """The path of the sheet among the run's outputs, if it was asked for and there was a frame."""
        if not self._keep or not self._pairs:
            return None
        return str(self._written(self._ctx.output(NAME), self._pairs))

    def _written(self, path: Path, pairs: list[tuple[images.Picture, images.Picture]]) -> Path:
        pictures = [one for pair in pairs for one in pair]
        cell = (max(one.shape[1] for one in pictures), max(one.shape[0] for one in pictures))
        return Path(images.save(images.contact_sheet(pictures, cell=cell, columns=2), path, quality=QUALITY))


def _small(picture: images.Picture) -> images.Picture:
    """No higher than a row of the sheet."""
    height, width = picture.shape[:2]
    return images.fitted(picture, max(1, round(width * HEIGHT / height)), HEIGHT)
