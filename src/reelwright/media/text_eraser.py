"""What to change in each frame of a video so that burned-in text is gone, made ahead of whoever writes the video.

The video is decoded a second time, a little ahead. In each region lines are followed from their first frame to their
last (`kernels.text_tracking`), read, and what is behind them is found (`kernels.text_fill`). Memory does not grow with
the length. The text reader is the caller's.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from pathlib import Path
from typing import Any, Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from reelwright.kernels import regions, text_fill
from reelwright.kernels.hard_cuts import HardCuts
from reelwright.kernels.painted import Painter
from reelwright.kernels.regions import Box
from reelwright.kernels.text_tracking import Line, Passage, Strip, Tracker
from reelwright.media import encode, frames, planes, probe

LOWEST = (0.0, 0.7, 1.0, 0.3)  # the bottom 30 %, where subtitles are
CONTEXT = 0.04  # of the height, watched around a region as well: a line may stick out of it
BUDGET = 256 << 20  # bytes of pictures held for all regions together
READABLE = 0.6  # a line of text is read with this confidence at least
LONE = 0.85  # the same for a single letter, which texture may look like

Method = Literal["quick", "thorough"]
EVERY = {"quick": Fraction(1, 2), "thorough": Fraction(1, 4)}  # s between two looks for text
LONGEST = {"quick": 640, "thorough": 960}  # px of the longer side at which text is looked for
Region = tuple[float, float, float, float]
"""Left, top, width and height, as shares of the frame."""
Times = tuple[float, float]


class Found(Protocol):
    """Where a line of text is."""

    @property
    def box(self) -> Box: ...


class Said(Protocol):
    """What a line says, and how sure that is."""

    @property
    def text(self) -> str: ...

    @property
    def score(self) -> float: ...


class Reader(Protocol):
    """Finds and reads text in pictures, uint8 [h, w, 3] RGB (`models.ocr` has one)."""

    def find(self, picture: NDArray[np.uint8], *, longest: int) -> Sequence[Found]: ...

    def read(self, lines: Sequence[NDArray[np.uint8]]) -> Sequence[Said]: ...


@dataclass(frozen=True, slots=True)
class Erased:
    """A line that was taken out. Times in seconds, its box in pixels of the upright frame."""

    text: str
    start: float
    end: float
    box: Box
    confidence: float


@dataclass(frozen=True, slots=True, eq=False)
class Patch:
    """New samples for a part of one frame, at (x, y), where the masks say so."""

    x: int
    y: int
    samples: Sequence[NDArray[Any]]
    masks: Sequence[NDArray[np.bool_]]

    def put_on(self, picture: Sequence[planes.Plane]) -> None:
        for plane, new, mask, half in zip(picture, self.samples, self.masks, (1, 2, 2), strict=True):
            height, width = new.shape
            part = plane[self.y // half : self.y // half + height, self.x // half : self.x // half + width]
            np.copyto(part, new, where=mask)


@dataclass(slots=True)
class _Lane:
    """One region: `box` of the frame is watched, text whose middle is in `wanted` is taken out."""

    wanted: Box
    box: Box
    tracker: Tracker


@dataclass(slots=True, eq=False)
class TextEraser:
    """Reads the video ahead of the writer; `patches` gives what is to change in a frame.

    Without `wanted` regions the lowest part is watched; without `times` the whole video. `check` is called now and
    then and may raise to stop.
    """

    path: str | Path
    video: probe.VideoStream
    reader: Reader
    wanted: Sequence[Region] = ()
    times: Sequence[Times] = ()
    method: Method = "quick"
    check: Callable[[], None] = lambda: None
    painter: Painter | None = None
    """Makes up what no frame shows; by default its surroundings go on."""
    taken: list[Erased] = field(default_factory=list)
    count: text_fill.Count = field(default_factory=text_fill.Count)
    touched: int = 0
    """Frames that there were patches for."""
    _lanes: list[_Lane] = field(default_factory=list)
    _picture: encode.Picture = field(init=False)
    _ready: dict[Fraction, list[Patch]] = field(default_factory=dict)
    _sure: Fraction | None = Fraction(-1)
    """Before this moment all patches are known; None at the end."""
    _ahead: Iterator[Fraction | None] = field(init=False)

    def __post_init__(self) -> None:
        self._picture = encode.Picture.like(self.video)
        size = (self._picture.width, self._picture.height)
        boxes = regions.boxes(self.wanted or (LOWEST,), size)
        for wanted in boxes:
            margin = round(CONTEXT * size[1]) & ~1
            box = (wanted[0], max(0, wanted[1] - margin), wanted[2], min(size[1], wanted[3] + margin))
            find = _Finder(self.reader, self._rgb, LONGEST[self.method], wanted, box)
            self._lanes.append(_Lane(wanted, box, Tracker(find, EVERY[self.method], BUDGET // len(boxes))))
        self._ahead = self._read(_spans(self.times))

    @property
    def moving(self) -> int:
        """Lines that moved over the picture and were left alone."""
        return sum(lane.tracker.slid for lane in self._lanes)

    def patches(self, time: Fraction) -> list[Patch]:
        """For the frame at `time`; to be asked in order of time."""
        while self._sure is not None and time >= self._sure:
            self._sure = next(self._ahead, None)
        found = self._ready.pop(time, [])
        self.touched += bool(found)
        return found

    def _rgb(self, picture: Sequence[NDArray[np.uint8]]) -> NDArray[np.uint8]:
        colour = self._picture.colour
        matrix = frames.matrix_of(colour.matrix, self._picture.width, self._picture.height)
        return planes.to_rgb(picture, matrix, colour.range or 1)

    def _read(self, spans: Sequence[tuple[Fraction, Fraction | None]]) -> Iterator[Fraction | None]:
        """Yields the moment before which all is known, again and again."""
        number = 0
        for start, end in spans:
            cuts = HardCuts()
            for frame in frames.stream(self.path, start=start or None, end=end):
                upright = planes.upright(planes.to_planar(frame.raw, self._picture.pixels), frame.rotation)
                is_cut = cuts.push(upright[0])
                for lane in self._lanes:
                    part = planes.crop(upright, *_corner_and_size(lane.box))
                    strip = Strip(number, frame.time, [one.copy() for one in part])
                    self._take(lane, lane.tracker.push(strip, is_cut=is_cut))
                number += 1
                yield min(lane.tracker.done for lane in self._lanes)
            for lane in self._lanes:
                self._take(lane, lane.tracker.finish())
            yield end

    def _take(self, lane: _Lane, passages: Sequence[Passage]) -> None:
        for passage in passages:
            lines = [one for line in passage.lines if (one := self._read_line(lane, passage, line))]
            if lines:
                self._fill(lane, replace(passage, lines=lines))

    def _read_line(self, lane: _Lane, passage: Passage, line: Line) -> Line | None:
        """The line, if it can be read; texture that looks like text to the detector cannot."""
        rgb = self._rgb([np.ascontiguousarray(one) for one in line.still])
        left, top, right, bottom = (one - line.area[at % 2] for at, one in enumerate(line.box))
        said = self.reader.read([np.ascontiguousarray(rgb[top:bottom, left:right])])[0]
        letters = sum(one.isalnum() for one in said.text)
        if not letters or said.score < (LONE if letters == 1 else READABLE):
            return None
        self.taken.append(self._told(lane, passage, line, said))
        return line

    def _told(self, lane: _Lane, passage: Passage, line: Line, said: Said) -> Erased:
        first = passage.strips[0].index
        times = [one.time for one in passage.strips]
        step = times[-1] - times[-2] if len(times) > 1 else Fraction(0)
        ends = [*times, times[-1] + step]
        x, y = lane.box[0], lane.box[1]
        return Erased(
            text=said.text,
            start=float(times[max(line.first, passage.begin) - first]),
            end=float(ends[min(line.end, passage.end) - first]),
            box=(x + line.box[0], y + line.box[1], x + line.box[2], y + line.box[3]),
            confidence=said.score,
        )

    def _fill(self, lane: _Lane, passage: Passage) -> None:
        for filled in text_fill.fill(passage, self.count, thorough=self.method == "thorough", painter=self.painter):
            self.check()
            x, y = lane.box[0] + filled.area[0], lane.box[1] + filled.area[1]
            self._ready.setdefault(filled.time, []).append(Patch(x, y, filled.planes, filled.masks))


@dataclass(frozen=True, slots=True)
class _Finder:
    """The boxes of text in a strip whose middles are in the region."""

    reader: Reader
    rgb: Callable[[Sequence[NDArray[np.uint8]]], NDArray[np.uint8]]
    longest: int
    wanted: Box
    box: Box

    def __call__(self, strip: Strip) -> list[Box]:
        rgb = self.rgb(strip.seen((0, 0, strip.planes[0].shape[1], strip.planes[0].shape[0])))
        found = [one.box for one in self.reader.find(rgb, longest=self.longest)]
        x, y = self.box[0], self.box[1]
        left, top, right, bottom = self.wanted
        return [
            one
            for one in found
            if left <= x + (one[0] + one[2]) / 2 < right and top <= y + (one[1] + one[3]) / 2 < bottom
        ]


def _corner_and_size(box: Box) -> tuple[int, int, int, int]:
    return box[0], box[1], box[2] - box[0], box[3] - box[1]


def _spans(times: Sequence[Times]) -> list[tuple[Fraction, Fraction | None]]:
    """The spans to look at, in order; those that meet become one."""
    spans: list[tuple[Fraction, Fraction]] = []
    for start, end in sorted((_exact(start), _exact(end)) for start, end in times):
        if spans and start <= spans[-1][1]:
            spans[-1] = (spans[-1][0], max(spans[-1][1], end))
        else:
            spans.append((start, end))
    return [*spans] or [(Fraction(0), None)]


def _exact(seconds: float) -> Fraction:
    # 0.8 means four fifths, not the binary number a little above it: a frame may begin exactly there.
    return Fraction(seconds).limit_denominator(1_000_000)
