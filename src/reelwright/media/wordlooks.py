"""Words in a film at a few moments: which pictures are worth reading, and the lines that stay over several of them.

Pictures are decoded one by one at full size; a long film costs no more than the number of looks allowed. For captions
to the frame there is `kernels.caption_lines`; this is for a rough idea of what is written in a film.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

from reelwright.errors import NothingFound
from reelwright.kernels import reading
from reelwright.media import frames
from reelwright.media.images import Picture

Box = tuple[int, int, int, int]
"""(left, top, right, bottom) in pixels of the shown picture."""
Read = Callable[[Picture], Sequence[tuple[Box, str, float]]]
"""The lines of a picture: where they are, what they say, how sure that is."""

LEAST_SCORE = 0.75
LEAST_LETTERS = 2


@dataclass(slots=True)
class Line:
    """A line of words that is there from `start` to the last look that showed it."""

    text: str
    score: float
    box: Box
    start: float
    end: float
    looks: int = 1


@dataclass(slots=True)
class Words:
    """What the looks found."""

    looks: list[float] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    counts: list[int] = field(default_factory=list)
    """Lines in each look."""


def looked(path: str | Path, times: Sequence[Fraction], read: Read, *, tick: Callable[[], None]) -> Words:
    """Read the pictures at these times, in order. A line that says the same as one before it goes on."""
    found = Words()
    for time, picture in _pictures(path, sorted(set(times)), tick):
        lines = [one for one in read(picture) if _is_worth(one)]
        before = found.looks[-1] if found.looks else -1.0
        for box, text, score in lines:
            known = next((one for one in found.lines if one.end >= before and reading.is_same(one.text, text)), None)
            if known is None:
                found.lines.append(Line(text, score, box, time, time))
                continue
            known.end, known.looks = time, known.looks + 1
            if score > known.score:
                known.text, known.score = text, score
        found.looks.append(time)
        found.counts.append(len(lines))
    return found


def _pictures(path: str | Path, times: Sequence[Fraction], tick: Callable[[], None]) -> Iterator[tuple[float, Picture]]:
    for time in times:
        tick()
        try:
            yield float(time), frames.at(path, time).rgb
        except NothingFound:
            continue  # the end of a damaged file; what came before is told


def _is_worth(line: tuple[Box, str, float]) -> bool:
    letters = sum(one.isalnum() for one in line[1])
    return line[2] >= LEAST_SCORE and letters >= (1 if reading.is_eastern(line[1]) else LEAST_LETTERS)
