"""Subtitles in which the words light up as they are said, laid on the frames of a film.

Words are drawn twice, in their colour and in that of the light, at exactly the same place; of the second only that part
is laid on a frame that is lit at its time. `word` lights the one that is said, `sweep` all up to there, the last one
from its beginning to where the voice is.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from reelwright.media.lettering import Layer, Lettering, LineBox, Rgb
from reelwright.media.timed_text import Spoken, Word

Way = Literal["none", "word", "sweep"]
NEARLY = 1e-6  # s
KEPT = 8  # texts whose places of letters are kept


@dataclass(frozen=True, slots=True)
class _Stroke:
    """The light over a line of the layer, from one pixel to another, of the picture."""

    line: LineBox
    left: float
    right: float


class Pen:
    """Gives what is to be put on the frame at a time; times are asked for in order, seconds.

    Cues that are there at once stand one under the other, in order.
    """

    def __init__(self, letters: Lettering, spoken: Sequence[Spoken], way: Way, light: Rgb) -> None:
        self._letters, self._way = letters, way
        self._lit = Lettering(
            letters.fonts, letters.size, replace(letters.style, colour=light), letters.matrix, letters.span
        )
        self._spoken, self._at = sorted(spoken, key=lambda one: one.cue.start), 0
        self._places: dict[str, list[tuple[LineBox, list[tuple[float, float]]]]] = {}

    def at(self, time: float) -> list[Layer]:
        while self._at < len(self._spoken) and self._spoken[self._at].cue.end <= time + NEARLY:
            self._at += 1
        now = list(self._upcoming(time))
        base = self._letters.layer("\n".join(one.cue.text for one in now)) if now else None
        if base is None:
            return []
        return [base, *self._light(now, time)] if self._way != "none" else [base]

    def _upcoming(self, time: float) -> Iterator[Spoken]:
        for one in self._spoken[self._at :]:
            if one.cue.start > time + NEARLY:
                return
            if one.cue.end > time + NEARLY:
                yield one

    def _light(self, now: Sequence[Spoken], time: float) -> Iterator[Layer]:
        text = "\n".join(one.cue.text for one in now)
        bright = self._lit.layer(text)
        strokes, before = list[_Stroke](), 0
        for one in now:
            for word in one.words:
                share = _share(word, time, self._way)
                if share > 0:
                    strokes += self._strokes(text, before, before + word.letters, share)
                before += word.letters
        if bright is not None and strokes:
            yield _masked(bright, strokes)

    def _strokes(self, text: str, first: int, stop: int, share: float) -> Iterator[_Stroke]:
        """The part of the letters [first, stop) that is lit; a word may go over from one line to the next."""
        left_over = share * (stop - first)
        at = 0
        for line, edges in self._lines(text):
            here = edges[max(0, first - at) : max(0, stop - at)]
            at += len(edges)
            if not here or left_over <= 0:
                continue
            lit = min(1.0, left_over / len(here))
            left_over -= len(here)
            yield _Stroke(line, here[0][0], here[0][0] + lit * (here[-1][1] - here[0][0]))

    def _lines(self, text: str) -> list[tuple[LineBox, list[tuple[float, float]]]]:
        """Each line with the left and right edge of each of its letters that are no blanks."""
        if text not in self._places:
            if len(self._places) >= KEPT:
                self._places.clear()
            self._places[text] = [(line, self._edges(line)) for line in self._lit.boxes(text)]
        return self._places[text]

    def _edges(self, line: LineBox) -> list[tuple[float, float]]:
        widths = [self._lit.width(line.text[:count], line.letter) for count in range(len(line.text) + 1)]
        return [
            (line.x + widths[number], line.x + widths[number + 1])
            for number, letter in enumerate(line.text)
            if not letter.isspace()
        ]


def _share(word: Word, time: float, way: Way) -> float:
    """How much of a word is lit."""
    if time + NEARLY < word.start or (way == "word" and time + NEARLY >= word.end):
        return 0.0
    if way == "word" or time >= word.end:
        return 1.0
    return (time + NEARLY - word.start) / (word.end - word.start)


def _masked(layer: Layer, strokes: Sequence[_Stroke]) -> Layer:
    height, width = layer.shares[0].shape
    mask = np.zeros((height, width), np.float32)
    columns = np.arange(width, dtype=np.float32) + layer.x
    for one in strokes:
        # An edge within a pixel lights that pixel by its share.
        lit = np.clip(one.right - columns, 0, 1) * np.clip(columns + 1 - one.left, 0, 1)
        top, bottom = round(one.line.y) - layer.y, round(one.line.y + one.line.height) - layer.y
        rows = mask[max(0, top) : bottom]
        np.maximum(rows, lit, out=rows)
    half = _halved(mask)
    shares = [(share * part).astype(np.float32) for share, part in zip(layer.shares, (mask, half, half), strict=True)]
    return replace(layer, shares=shares)


def _halved(mask: NDArray[np.float32]) -> NDArray[np.float32]:
    height, width = mask.shape
    return np.asarray(mask.reshape(height // 2, 2, width // 2, 2).mean(axis=(1, 3)), np.float32)
