"""Captions burned into a film, read while its frames go by.

A line of words is followed by its own strokes (`kernels.caption_lines`); the text reader is asked once for each line,
on the mean of the pictures that show it, in which what moves behind the words is washed out. Which of the lines are
captions is decided in `kernels.caption_style`. The text reader is the caller's.

A whole film is read on three threads: one decodes, one follows the lines and looks for new ones, and the caller's reads
those that are over. Each takes in order what the one before it gives, so what is found hangs on the frames alone.
"""

from collections.abc import Generator, Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import TYPE_CHECKING, Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from reelwright.kernels import caption_lines, caption_style, reading
from reelwright.kernels.caption_boxes import Box
from reelwright.kernels.caption_lines import Line
from reelwright.kernels.caption_style import Words
from reelwright.loading import lazy
from reelwright.media import strips
from reelwright.media.ahead import ahead, worked
from reelwright.media.frames import Frame
from reelwright.media.subtitles import Cue

if TYPE_CHECKING:
    import cv2
else:
    cv2 = lazy("cv2")

Gray = NDArray[np.uint8]
Span = tuple[float, float]
Letters = Literal["all", "han", "latin"]

WATCHED = 640 * 360  # pixels of a whole frame at the size at which strokes are followed
BESIDE = 0.04  # of the height, watched above and below the region: words on its edge are seen whole
LONGEST = 640  # px; the detector's picture
CLOSER = 2  # times as large, where it should have found something
ASIDE = 0.35  # of a line's height, read to its left and right: a dash alone is easily left outside
SURE = 0.93  # mean probability from which one reading is believed
DOUBTFUL = 0.5  # probability of a letter for which a line is read again: another letter may be likelier
HOPELESS = 0.2  # mean probability below which there are no words; a second reading finds none either
DECODED = 32  # frames that wait for being looked at; of them only the region's small picture is kept…
FOLLOWED = 128  # …and frames that wait for the reading of lines, of which only those lines are
TOGETHER = 4  # of them handed from one thread to the next


class Found(Protocol):
    """A line of text in a picture: box, radians of tilt, probability."""

    @property
    def box(self) -> Box: ...

    @property
    def tilt(self) -> float: ...

    @property
    def score(self) -> float: ...


class Said(Protocol):
    """What a line says: its text, how sure that is, and how sure each letter."""

    @property
    def text(self) -> str: ...

    @property
    def score(self) -> float: ...

    @property
    def scores(self) -> tuple[float, ...]: ...


class Networks(Protocol):
    """Finds and reads text in pictures, uint8 [h, w, 3] RGB (`models.ocr` has one)."""

    def find(self, picture: NDArray[np.uint8], *, longest: int) -> Sequence[Found]: ...

    def read(self, lines: Sequence[NDArray[np.uint8]], *, letters: Letters) -> Sequence[Said]: ...


@dataclass(slots=True)
class _Portrait:
    """What one line looks like at full size: the mean of the samples that show it, and the latest of them."""

    total: NDArray[np.float32]
    latest: Gray
    count: int = 0

    def add(self, crop: Gray) -> None:
        # What it was first seen in may be a fade; it counts only if there is nothing else.
        # So it is with all before it, if the line turned out to be shorter.
        if crop.shape != self.total.shape:
            self.count = 0
        self.total = self.total + crop if self.count else crop.astype(np.float32)
        self.latest, self.count = crop, self.count + 1

    def mean(self) -> Gray:
        return (self.total / max(1, self.count) + 0.5).astype(np.uint8)


@dataclass(frozen=True, slots=True, eq=False)
class _Glance:
    """What is wanted of a frame: the region, small, and of a sample also at full size."""

    time: Fraction
    small: Gray
    strip: Gray | None
    frame: Frame | None


_Over = Sequence[tuple[Words, _Portrait | None]]
"""Lines that are over and not read yet, and what they looked like."""


@dataclass(frozen=True, slots=True, eq=False)
class Seen:
    """A frame that was gone through. `boxes`: the lines in it, in the region's small picture."""

    time: Fraction
    boxes: tuple[Box, ...]
    frame: Frame | None
    """The picture, of the first frame at or after each multiple of `CaptionReader.shown`."""
    over: _Over


@dataclass(slots=True)
class CaptionReader:
    """`follow` all frames or push each of them, then `finish`.

    `step`: seconds between two looks for new words; `shown`: between two frames that come with their picture.
    """

    networks: Networks
    letters: Letters
    region: strips.Strip
    step: Fraction = Fraction(1, 5)
    shown: Fraction = Fraction(2)
    lines: list[Words] = field(default_factory=list)
    """All that was read, captions or not."""
    frames: int = 0
    reads: int = 0
    _small: Gray = field(default_factory=lambda: np.zeros((0, 0), np.uint8))
    _portraits: dict[Line, _Portrait] = field(default_factory=dict)
    _following: caption_lines.Lines = field(init=False)
    _due: Fraction = Fraction(0)
    _shown: Fraction = Fraction(0)

    def __post_init__(self) -> None:
        self._following = caption_lines.Lines(self._find)

    @classmethod
    def of(cls, networks: Networks, size: tuple[int, int], roi: tuple[Span, Span], letters: Letters) -> "CaptionReader":
        """For pictures of a size (as shown), and captions within `roi`: [[top, bottom], [left, right]], shares."""
        return cls(networks, letters, strips.Strip.of(size, roi, watched=WATCHED, beside=BESIDE))

    @property
    def looks(self) -> int:
        return self._following.looks

    def follow(self, frames: Iterable[Frame]) -> Generator[Seen, None, None]:
        """Goes through all frames; gives each once the lines that it ends are read. Close it if you leave it early."""
        glances = ahead(worked(self._glance, frames), DECODED, together=TOGETHER)
        with closing(ahead(worked(self._seen, glances), FOLLOWED, together=TOGETHER)) as watched:
            for seen in watched:
                self._read(seen.over)
                yield seen

    def push(self, frame: Frame) -> None:
        """The next frame, gone through at once."""
        self._read(self._seen(self._glance(frame)).over)

    def finish(self, end: Fraction) -> None:
        """The film ends at `end` seconds."""
        self._read(self._unread(self._following.finish(end)))

    def parted(self) -> tuple[list[Words], list[Words]]:
        """The lines in the region, and the others."""
        inside = [one for one in self.lines if self.region.has(one.box)]
        return inside, [one for one in self.lines if not self.region.has(one.box)]

    def captions(self, end: Fraction, *, main_only: bool) -> caption_style.Chosen:
        """Those lines of the region that are captions of this film."""
        return caption_style.choose(self.parted()[0], film=end, width=self.region.small[0], main_only=main_only)

    def cues(self, end: Fraction, *, main_only: bool) -> list[Cue]:
        """The captions as subtitles, in order of time."""
        return [
            Cue(
                float(min(one.start for one in lines)),
                float(max(one.end for one in lines)),
                "\n".join(one.text for one in lines),
            )
            for lines in self.captions(end, main_only=main_only).captions
        ]

    def _glance(self, frame: Frame) -> _Glance:
        strip = self.region.cut(strips.luma(frame))
        is_sample, is_shown = frame.time >= self._due, frame.time >= self._shown
        if is_sample:
            self._due = (frame.time // self.step + 1) * self.step
        if is_shown:
            self._shown = (frame.time // self.shown + 1) * self.shown
        # A copy: a view would keep the whole frame.
        kept = strip.copy() if is_sample else None
        return _Glance(frame.time, self.region.shrunk(strip), kept, frame if is_shown else None)

    def _seen(self, glance: _Glance) -> Seen:
        """Follows the lines through the frame."""
        self._small, is_sample = glance.small, glance.strip is not None
        over = self._unread(self._following.push(glance.time, glance.small, is_sample=is_sample))
        if glance.strip is not None:
            self._keep(self._following.active, glance.strip)
        self.frames += 1
        boxes = tuple(line.found.box for line in self._following.active)
        return Seen(glance.time, boxes, glance.frame, over)

    def _find(self, where: Box, *, closer: bool = False) -> list[caption_lines.Found]:
        left, top, right, bottom = where
        part = self._small[top:bottom, left:right]
        if closer:
            part = np.asarray(cv2.resize(part, None, fx=CLOSER, fy=CLOSER, interpolation=cv2.INTER_CUBIC), np.uint8)
        regions = self.networks.find(np.repeat(part[..., None], 3, axis=2), longest=LONGEST)
        shift, scale = np.array([left, top, left, top]), CLOSER if closer else 1
        boxes = [np.array(one.box) / scale + shift for one in regions]
        return [
            caption_lines.Found((int(box[0]), int(box[1]), int(box[2]), int(box[3])), one.tilt, one.score)
            for box, one in zip(boxes, regions, strict=True)
        ]

    def _keep(self, active: Sequence[Line], strip: Gray) -> None:
        """A sample: remember what the lines look like in it."""
        for line in active:
            left, top, right, bottom = (edge * self.region.scale for edge in line.found.box)
            aside = round(ASIDE * (bottom - top))
            crop = strip[top:bottom, max(0, left - aside) : right + aside].copy()
            if line not in self._portraits:
                self._portraits[line] = _Portrait(crop.astype(np.float32), crop)
            elif line.is_sure:
                self._portraits[line].add(crop)

    def _unread(self, over: Sequence[Line]) -> _Over:
        """What there is to tell of them now; while they are read, their strokes may go on as another line's."""
        return [(_unread_words(line), self._portraits.pop(line, None)) for line in over]

    def _read(self, over: _Over) -> None:
        """Lines that are over. Those that are no captions, whatever they say, are not read."""
        worth = [portrait for line, portrait in over if portrait is not None and self._may_be_caption(line)]
        told = dict(zip(map(id, worth), self._said([portrait.mean() for portrait in worth]), strict=True))
        for line, portrait in over:
            first = told.get(id(portrait))
            read = self._believed(first, portrait) if first and portrait else ("", ())
            text, score = reading.tidy(read[0]), reading.mean(read[1])
            self.lines.append(replace(line, text=text, score=score, read=read))

    def _may_be_caption(self, line: Words) -> bool:
        is_long = line.end - line.start >= caption_style.SHORTEST
        return is_long and self.region.has(line.box) and not caption_style.is_tilted(line.box, line.tilt)

    def _believed(self, first: Said, portrait: _Portrait) -> reading.Candidate:
        """The reading, or what two agree on where it is unsure."""
        told = [first]
        is_sure = first.score >= SURE and min(first.scores, default=0) >= DOUBTFUL
        if not is_sure and first.score >= HOPELESS:
            told += self._said([portrait.latest])
        return reading.agreed([(one.text, one.scores) for one in told])

    def _said(self, crops: Sequence[Gray]) -> Sequence[Said]:
        self.reads += len(crops)
        return self.networks.read([np.repeat(one[..., None], 3, axis=2) for one in crops], letters=self.letters)


def _unread_words(line: Line) -> Words:
    found, strokes = line.found, line.strokes
    seen = (found.box, line.start, line.end, "", 0.0, found.tilt)
    return Words(*seen, strokes.level, strokes.kind, ("", ()), line.follows)
