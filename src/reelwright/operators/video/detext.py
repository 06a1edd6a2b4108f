"""Take burned-in text out of a video: subtitles, captions, lower thirds.

Text is looked for by OCR in the part of the picture where it is wanted gone, by default the lowest 30 %. Every line
is followed from its first frame to its last, fades included, and the pixels of its letters, outline and shadow are
learnt. What is behind them comes from frames of the same shot that show it, moved as the camera moved; only what no
frame shows is filled in from its surroundings. Everything else in the picture stays as it is: sound, subtitles
tracks, time stamps and colour tags too.

The video is decoded twice, side by side, so that memory does not grow with its length. Text that moves over the
picture (news tickers, rolling credits) and signs that move with the scene are left alone.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import ValidationInfo, field_validator

from reelwright.kernels import regions, text_fill
from reelwright.kernels.hard_cuts import HardCuts
from reelwright.kernels.regions import Box
from reelwright.kernels.text_tracking import Line, Passage, Strip, Tracker
from reelwright.media import encode, frames, planes, probe
from reelwright.models import ocr
from reelwright.operators import Context, Params, Quality, Resources, Result, Sheet, files, operator, param

if TYPE_CHECKING:
    from av import VideoFrame

LOWEST = (0.0, 0.7, 1.0, 0.3)  # the vendor's default region: the bottom 30 %
CONTEXT = 0.04  # of the height, watched around a region as well: a line may stick out of it
BUDGET = 256 << 20  # bytes of pictures held for all regions together
READABLE = 0.6  # a line of text is read with this confidence at least
LONE = 0.85  # the same for a single letter, which texture may look like

Method = Literal["quick", "thorough"]
EVERY = {"quick": Fraction(1, 2), "thorough": Fraction(1, 4)}  # s between two looks for text
LONGEST = {"quick": 640, "thorough": 960}  # px of the longer side at which text is looked for
Region = tuple[float, float, float, float]
Times = tuple[float, float]


class DetextParams(Params):
    video: files.Video = param("Video with text in its picture.")
    method: Method = param(
        "`thorough` looks for text twice as often and closer, tries more frames for what is behind it, and takes more "
        "time.",
        "quick",
    )
    regions: tuple[Region, ...] | None = param(
        "Where text is taken out: boxes of left, top, width and height, as shares of the frame. By default the lowest "
        "30 % of it. A line counts as within a region if its middle is.",
        None,
        example=[[0, 0.7, 1, 0.3]],
    )
    times: tuple[Times, ...] | None = param(
        "When: start and end of each span. By default the whole video. More than one span needs `thorough`.",
        None,
        unit="s",
        example=[[0, 12.5]],
    )
    quality: Literal["draft", "normal", "high"] = param(
        "Speed against size and fidelity of the encoding. `high` leaves no trace in untouched pictures.", "high"
    )
    preview: bool = param("Also write a contact sheet: before and after, side by side.", False)

    @field_validator("regions")
    @classmethod
    def _inside(cls, regions: tuple[Region, ...] | None) -> tuple[Region, ...] | None:
        for left, top, width, height in regions or ():
            if not (0 <= left < 1 and 0 <= top < 1 and 0 < width <= 1 and 0 < height <= 1):
                raise ValueError("give left, top, width and height of each region as shares of the frame, 0 to 1")
        return regions

    @field_validator("times")
    @classmethod
    def _in_order(cls, times: tuple[Times, ...] | None, others: ValidationInfo) -> tuple[Times, ...] | None:
        if any(not 0 <= start < end for start, end in times or ()):
            raise ValueError("each span begins at 0 or later and ends after it began")
        if len(times or ()) > 1 and others.data.get("method") == "quick":
            raise ValueError("only the thorough method (ModelId algo-video-detext-new) takes more than one span")
        return times


class TakenOut(Result):
    text: str = param("What it said, as far as it could be read.")
    start: float = param("When it came.", unit="s")
    end: float = param("When it was gone.", unit="s")
    left: float = param("Left edge of its box, share of the width.")
    top: float = param("Top edge, share of the height.")
    width: float = param("Width of the box, share of the frame's.")
    height: float = param("Height of the box, share of the frame's.")
    confidence: float = param("How sure the reading is.", ge=0, le=1)


class DetextResult(Result):
    video: files.Video = param("The video without the text, MP4.")
    width: int = param("Its width.", unit="px")
    height: int = param("Its height.", unit="px")
    frames: int = param("Frames written, as many as were read.")
    frames_with_text: int = param("Those in which text was taken out.")
    lines: tuple[TakenOut, ...] = param("The lines taken out, in order of time; a long one may come in parts.")
    filled_from_time: float = param("Share of the filled pixels that other frames showed.", ge=0, le=1)
    filled_from_space: float = param("Share made up from their surroundings, because no frame shows them.", ge=0, le=1)
    moving_lines: int = param("Lines that moved over the picture and were left alone.")
    sound_shift: float = param("How much the sound moved against the picture; 0 is exact.", unit="s")
    sheet: files.Image | None = param("The contact sheet.", None)
    notes: tuple[str, ...] = param("What could not be kept as it was.")


@operator(
    version=1,
    quality=Quality("psnr_in_box_db", at_least=38),
    resources=Resources(threads=2, memory=2 << 30),
    phases={"render": 1.0},
)
def detext(params: DetextParams, ctx: Context) -> DetextResult:
    media = probe.with_video(params.video)
    assert media.video is not None  # with_video promises it
    eraser = _Eraser(params, ctx, media.video)
    path = ctx.output("detext.mp4")
    sheet = Sheet(ctx, keep=params.preview)
    count, notes = _render(params, ctx, media, eraser, sheet, path)
    ctx.media(float(media.duration or 0))
    return _result(params, path, media.video, eraser, sheet, count, notes)


# When


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


# Ahead of the picture that is written: find the text, and what is behind it


@dataclass(frozen=True, slots=True, eq=False)
class _Patch:
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
class _Eraser:
    """Reads the video ahead of the writer; `patches` gives what is to change in a frame."""

    params: DetextParams
    ctx: Context
    video: probe.VideoStream
    taken: list[TakenOut] = field(default_factory=list)
    count: text_fill.Count = field(default_factory=text_fill.Count)
    touched: int = 0
    _lanes: list[_Lane] = field(default_factory=list)
    _picture: encode.Picture = field(init=False)
    _ready: dict[Fraction, list[_Patch]] = field(default_factory=dict)
    _sure: Fraction | None = Fraction(-1)
    """Before this moment all patches are known; None at the end."""
    _ahead: Iterator[Fraction | None] = field(init=False)

    def __post_init__(self) -> None:
        self._picture = encode.Picture.like(self.video)
        reader = ocr.warm(self.ctx.models)
        size = (self._picture.width, self._picture.height)
        boxes = regions.boxes(self.params.regions or (LOWEST,), size)
        spans = _spans(self.params.times or ())
        for wanted in boxes:
            margin = round(CONTEXT * size[1]) & ~1
            box = (wanted[0], max(0, wanted[1] - margin), wanted[2], min(size[1], wanted[3] + margin))
            find = self._finder(reader, wanted, box)
            self._lanes.append(_Lane(wanted, box, Tracker(find, EVERY[self.params.method], BUDGET // len(boxes))))
        self._ahead = self._read(reader, spans)

    @property
    def moving(self) -> int:
        return sum(lane.tracker.slid for lane in self._lanes)

    def patches(self, time: Fraction) -> list[_Patch]:
        """For the frame at `time`; to be asked in order of time."""
        while self._sure is not None and time >= self._sure:
            self._sure = next(self._ahead, None)
        return self._ready.pop(time, [])

    def _finder(self, reader: ocr.Ocr, wanted: Box, box: Box) -> "_Finder":
        return _Finder(reader, self._rgb, LONGEST[self.params.method], wanted, box)

    def _rgb(self, picture: Sequence[NDArray[np.uint8]]) -> NDArray[np.uint8]:
        colour = self._picture.colour
        matrix = frames.matrix_of(colour.matrix, self._picture.width, self._picture.height)
        return planes.to_rgb(picture, matrix, colour.range or 1)

    def _read(self, reader: ocr.Ocr, spans: Sequence[tuple[Fraction, Fraction | None]]) -> Iterator[Fraction | None]:
        """Yields the moment before which all is known, again and again."""
        number = 0
        for start, end in spans:
            cuts = HardCuts()
            for frame in frames.stream(self.params.video, start=start or None, end=end):
                upright = planes.upright(planes.to_planar(frame.raw, self._picture.pixels), frame.rotation)
                is_cut = cuts.push(upright[0])
                for lane in self._lanes:
                    part = planes.crop(upright, *_corner_and_size(lane.box))
                    strip = Strip(number, frame.time, [one.copy() for one in part])
                    self._take(reader, lane, lane.tracker.push(strip, is_cut=is_cut))
                number += 1
                yield min(lane.tracker.done for lane in self._lanes)
            for lane in self._lanes:
                self._take(reader, lane, lane.tracker.finish())
            yield end

    def _take(self, reader: ocr.Ocr, lane: _Lane, passages: Sequence[Passage]) -> None:
        for passage in passages:
            lines = [one for line in passage.lines if (one := self._read_line(reader, lane, passage, line))]
            if lines:
                self._fill(lane, replace(passage, lines=lines))

    def _read_line(self, reader: ocr.Ocr, lane: _Lane, passage: Passage, line: Line) -> Line | None:
        """The line, if it can be read; texture that looks like text to the detector cannot."""
        rgb = self._rgb([np.ascontiguousarray(one) for one in line.still])
        left, top, right, bottom = (one - line.area[at % 2] for at, one in enumerate(line.box))
        said = reader.read([np.ascontiguousarray(rgb[top:bottom, left:right])])[0]
        letters = sum(one.isalnum() for one in said.text)
        if not letters or said.score < (LONE if letters == 1 else READABLE):
            return None
        self.taken.append(self._told(lane, passage, line, said))
        return line

    def _told(self, lane: _Lane, passage: Passage, line: Line, said: ocr.Reading) -> TakenOut:
        first = passage.strips[0].index
        times = [one.time for one in passage.strips]
        step = times[-1] - times[-2] if len(times) > 1 else Fraction(0)
        ends = [*times, times[-1] + step]
        wide, high = self._picture.width, self._picture.height
        return TakenOut(
            text=said.text,
            start=round(float(times[max(line.first, passage.begin) - first]), 4),
            end=round(float(ends[min(line.end, passage.end) - first]), 4),
            left=round((lane.box[0] + line.box[0]) / wide, 4),
            top=round((lane.box[1] + line.box[1]) / high, 4),
            width=round((line.box[2] - line.box[0]) / wide, 4),
            height=round((line.box[3] - line.box[1]) / high, 4),
            confidence=round(said.score, 3),
        )

    def _fill(self, lane: _Lane, passage: Passage) -> None:
        for filled in text_fill.fill(passage, self.count, thorough=self.params.method == "thorough"):
            self.ctx.check()
            x, y = lane.box[0] + filled.area[0], lane.box[1] + filled.area[1]
            self._ready.setdefault(filled.time, []).append(_Patch(x, y, filled.planes, filled.masks))


@dataclass(frozen=True, slots=True)
class _Finder:
    """The boxes of text in a strip whose middles are in the region."""

    reader: ocr.Ocr
    rgb: Any
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


# The picture that is written


def _render(
    params: DetextParams, ctx: Context, media: probe.Media, eraser: _Eraser, sheet: Sheet, path: Path
) -> tuple[int, list[str]]:
    """Writes the result; gives the count of frames and the notes."""
    assert media.video is not None  # with_video promised it
    ctx.enter("render")
    picture = encode.Picture.like(media.video)
    start = max(Fraction(0), media.start)
    count = 0
    with encode.Writer(path, picture, quality=params.quality, beside=params.video, offset=start) as writer:
        for frame in frames.stream(params.video):
            ctx.check()
            patches = eraser.patches(frame.time)
            eraser.touched += bool(patches)
            count += 1
            out = _written(frame, picture, patches)
            if sheet.is_due(float(frame.time)):
                _show(sheet, frame, out)
            writer.write(out)
            ctx.report(float(frame.time), float(media.duration or 0), unit="second")
    ctx.report(1, 1, unit="pass")
    return count, [*encode.notes_on(media.video), *writer.notes]


def _written(frame: frames.Frame, picture: encode.Picture, patches: Sequence[_Patch]) -> "VideoFrame":
    """The frame upright, in the format that is written; the decoder's own picture where nothing changes in it."""
    raw = planes.to_planar(frame.raw, picture.pixels)
    if not patches and not frame.rotation and (raw.width, raw.height) == (picture.width, picture.height):
        return raw
    out = picture.blank(frame.raw)
    # A copy: the decoder still needs its picture to decode those that follow.
    planes.put(planes.crop(planes.upright(raw, frame.rotation), 0, 0, picture.width, picture.height), planes.of(out))
    for patch in patches:
        patch.put_on(planes.of(out))
    return out


def _show(sheet: Sheet, frame: frames.Frame, out: "VideoFrame") -> None:
    sheet.show(float(frame.time), lambda: frame.small(*frame.size), lambda: frames.small(out, *frame.size))


# The report


def _result(
    params: DetextParams,
    path: Path,
    video: probe.VideoStream,
    eraser: _Eraser,
    sheet: Sheet,
    count: int,
    notes: list[str],
) -> DetextResult:
    picture, filled = encode.Picture.like(video), eraser.count
    every = max(1, filled.from_time + filled.from_space)
    return DetextResult(
        video=str(path),
        width=picture.width,
        height=picture.height,
        frames=count,
        frames_with_text=eraser.touched,
        lines=tuple(sorted(eraser.taken, key=lambda one: (one.start, one.top))),
        filled_from_time=round(filled.from_time / every, 4),
        filled_from_space=round(filled.from_space / every, 4),
        moving_lines=eraser.moving,
        sound_shift=float(encode.sound_lag(path) - encode.sound_lag(params.video)),
        sheet=sheet.saved(),
        notes=(*notes, *([] if eraser.taken else ["no text was found where it was looked for"])),
    )
