"""Read the captions burned into a film, and write them as a subtitle file.

Every frame is decoded once, and a line of words is followed by its own strokes; the text reader is asked once for each
line, on the mean of the pictures that show it, in which what moves behind the words is washed out. A line's edges are
those of its frames; a fade's are where the words have no strength. What does not look and last like the film's other
captions is left out: signs, titles, names, watermarks.

Words are looked for in one part of the picture, the lowest quarter unless `roi` says otherwise. Words that move, roll
or are written letter by letter are not captions here, nor is what has the brightness of its background.
"""

from collections import Counter
from collections.abc import Sequence
from contextlib import closing
from fractions import Fraction
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import field_validator

from reelwright.kernels import caption_style, reading
from reelwright.kernels.caption_boxes import Box
from reelwright.kernels.caption_style import Words
from reelwright.media import frames, probe, strips, subtitles
from reelwright.media.caption_reader import SURE, CaptionReader, Seen
from reelwright.models import ocr
from reelwright.operators import Context, Params, Quality, Resources, Result, Sheet, files, operator, param

Span = tuple[float, float]

LETTERS: dict[str, ocr.Letters] = {"ch": "han", "en": "latin", "ch_ml": "all"}
SHOWN = Fraction(2)  # s between two pictures for the contact sheet, as that takes them at first
SHEET_WIDTH = 480  # px
MARK = (255, 60, 60)


class CaptionsParams(Params):
    video: files.Video = param("Film to read.")
    fps: int = param(
        "Moments in a second at which new words are looked for; edges are exact all the same.", 5, ge=2, le=10
    )
    roi: tuple[Span, Span] = param(
        "Where captions are: [[top, bottom], [left, right]], shares of the height and of the width.",
        ((0.75, 1.0), (0.0, 1.0)),
    )
    lang: Literal["ch", "en", "ch_ml"] = param(
        "Letters to expect: Chinese and Latin, Latin alone, or those of all languages the reader knows.", "ch"
    )
    track: Literal["all", "main"] = param(
        "`main` keeps the most frequent kind of caption alone, without a second language or other tracks.", "all"
    )
    format: Literal["srt", "vtt", "ass"] = param("Format of the subtitle file.", "srt")
    split: bool = param("Write Chinese lines and others to two files instead of one.", False)
    preview: bool = param("Also write a contact sheet: before and after, side by side.", False)

    @field_validator("roi")
    @classmethod
    def _is_inside(cls, roi: tuple[Span, Span]) -> tuple[Span, Span]:
        for low, high in roi:
            if not 0 <= low < high <= 1:
                raise ValueError("give [[top, bottom], [left, right]], each pair rising within 0 to 1")
        return roi


class Caption(Result):
    start: float = param("The first frame that shows it.", unit="s")
    end: float = param("The first frame that shows it no more.", unit="s")
    text: str = param("Its lines, parted by newlines.")
    score: float = param("How sure the reader is of its letters; that of the least sure line.", ge=0, le=1)
    top: float = param("Where it begins, share of the height.", ge=0, le=1)
    bottom: float = param("Where it ends, share of the height.", ge=0, le=1)


class CaptionsResult(Result):
    subtitles: files.Text | None = param("The subtitle file; none if they are split.")
    zh: files.Text | None = param("Lines with Chinese characters, if they are split.")
    en: files.Text | None = param("The other lines, if they are split.")
    captions: tuple[Caption, ...] = param("The captions, in order.")
    lines: int = param("Lines in them.")
    mean_score: float = param("Mean of their scores; 0 if there are none.", ge=0, le=1)
    unsure: int = param("Captions with a line the reader is not sure of.")
    frames: int = param("Frames looked at.")
    looks: int = param("Times that words were looked for by the detector.")
    reads: int = param("Lines read, those left out too, and a second time where the first was unsure.")
    left_out_scene: int = param("Lines left out because they do not look like this film's captions.")
    left_out_standing: int = param("…because they are there all film: watermarks.")
    left_out_tilted: int = param("…because they are not level.")
    left_out_short: int = param("…because they were there for a moment only.")
    left_out_unreadable: int = param("…because nothing could be read.")
    left_out_outside: int = param("…because they lie outside the region, or are cut off by its edge.")
    sheet: files.Image | None = param("The contact sheet.", None)


@operator(
    version=3,
    quality=Quality("caption_f1", at_least=0.95),
    resources=Resources(threads=2),
    phases={"read": 1.0},
)
def captions(params: CaptionsParams, ctx: Context) -> CaptionsResult:
    media = probe.with_video(params.video)
    assert media.video is not None  # with_video promises it
    sheet = Sheet(ctx, keep=params.preview, paced=True)
    reader = CaptionReader.of(ocr.warm(ctx.models), media.video.shown, params.roi, LETTERS[params.lang])
    reader.step, reader.shown = Fraction(1, params.fps), SHOWN
    end = _watch(params, ctx, media, reader, sheet)
    ctx.media(float(end))
    return _result(params, ctx, reader.captions(end, main_only=params.track == "main"), reader, sheet)


# Following and reading


def _watch(params: CaptionsParams, ctx: Context, media: probe.Media, reader: CaptionReader, sheet: Sheet) -> Fraction:
    """Follows the lines through the film; the reader reads each when it is over. Gives the end of the last frame."""
    assert media.video is not None  # with_video promised it
    ctx.enter("read")
    last, length = None, 1 / (media.video.frame_rate or Fraction(25))
    with closing(reader.follow(frames.stream(params.video))) as film:
        for seen in film:
            ctx.check()
            _show(sheet, seen, reader.region)
            last = seen.time
            ctx.report(float(seen.time), float(media.duration or 0), unit="second")
    end = last + length if last is not None else Fraction(0)
    reader.finish(end)
    ctx.report(1, 1, unit="pass")
    return end


# The report


def _show(sheet: Sheet, seen: Seen, region: strips.Strip) -> None:
    frame = seen.frame
    if frame is None:
        return
    width, height = frame.size
    size = (SHEET_WIDTH, max(1, round(SHEET_WIDTH * height / width)))
    sheet.show(
        float(frame.time),
        lambda: frame.small(*size),
        lambda: _marked(frame.small(*size), region, seen.boxes, size[0] / width),
    )


def _marked(picture: NDArray[np.uint8], region: strips.Strip, boxes: Sequence[Box], scale: float) -> NDArray[np.uint8]:
    """The picture with a frame around each line."""
    for box in boxes:
        across, down = (np.array(box).reshape(2, 2) * region.scale).T
        left, right = ((across + region.columns.start) * scale).round().astype(int)
        top, bottom = ((down + region.rows.start) * scale).round().astype(int)
        picture[top : top + 2, left:right] = picture[bottom - 2 : bottom, left:right] = MARK
        picture[top:bottom, left : left + 2] = picture[top:bottom, right - 2 : right] = MARK
    return picture


def _result(
    params: CaptionsParams, ctx: Context, chosen: caption_style.Chosen, reader: CaptionReader, sheet: Sheet
) -> CaptionsResult:
    region = reader.region
    told = tuple(_caption(one, region) for one in chosen.captions)
    kept = [line for one in chosen.captions for line in one]
    left_out = Counter(why for _, why in chosen.left_out)
    return CaptionsResult(
        **_written(params, ctx, region, chosen.captions),
        captions=told,
        lines=len(kept),
        mean_score=sum(one.score for one in kept) / len(kept) if kept else 0.0,
        unsure=sum(one.score < SURE for one in told),
        frames=reader.frames,
        looks=reader.looks,
        reads=reader.reads,
        left_out_scene=left_out["scene"],
        left_out_standing=left_out["standing"],
        left_out_tilted=left_out["tilted"],
        left_out_short=left_out["short"],
        left_out_unreadable=left_out["unreadable"],
        left_out_outside=len(reader.parted()[1]),
        sheet=sheet.saved(),
    )


def _caption(lines: Sequence[Words], region: strips.Strip) -> Caption:
    first, last = min(one.start for one in lines), max(one.end for one in lines)
    return Caption(
        start=float(first),
        end=float(last),
        text="\n".join(one.text for one in lines),
        score=min(1.0, min(one.score for one in lines)),
        top=region.share(lines[0].box[1]),
        bottom=region.share(lines[-1].box[3]),
    )


def _written(
    params: CaptionsParams, ctx: Context, region: strips.Strip, captions: Sequence[Sequence[Words]]
) -> dict[str, str | None]:
    """The paths of the files, by the names of the result's fields."""
    parts = {"subtitles": captions}
    if params.split:
        parts = {"zh": _lines_of(captions, eastern=True), "en": _lines_of(captions, eastern=False)}
    paths: dict[str, str | None] = dict.fromkeys(("subtitles", "zh", "en"))
    for name, part in parts.items():
        cues = [subtitles.Cue(one.start, one.end, one.text) for one in (_caption(lines, region) for lines in part)]
        path = ctx.output(f"{'captions' if name == 'subtitles' else name}.{params.format}")
        paths[name] = subtitles.save(cues, path, params.format, size=region.size)
    return paths


def _lines_of(captions: Sequence[Sequence[Words]], *, eastern: bool) -> list[list[Words]]:
    """The captions with their Chinese lines alone, or without them."""
    parts = [[line for line in one if reading.is_eastern(line.text) == eastern] for one in captions]
    return [one for one in parts if one]
