"""Take burned-in text out of a video: subtitles, captions, lower thirds.

Text is looked for by OCR in the part of the picture where it is wanted gone, by default the lowest 30 %. Every line
is followed from its first frame to its last, fades included, and the pixels of its letters, outline and shadow are
learnt. What is behind them comes from frames of the same shot that show it, moved as the camera moved; only what no
frame shows is filled in from its surroundings. Everything else in the picture stays as it is: sound, subtitles
tracks, time stamps and colour tags too.

The video is decoded twice, side by side, so that memory does not grow with its length. Text that moves over the
picture (news tickers, rolling credits) and signs that move with the scene are left alone.
"""

from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from pydantic import ValidationInfo, field_validator

from reelwright.media import encode, frames, probe, redrawing, text_eraser
from reelwright.media.text_eraser import Method, Region, TextEraser, Times
from reelwright.models import inpainting, ocr
from reelwright.models.port import Models, Provider
from reelwright.operators import Context, Params, Quality, Resources, Result, Sheet, files, operator, param

if TYPE_CHECKING:
    from av import VideoFrame


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
    engine: inpainting.Engine = param(
        "What makes up ground that no frame shows: `model` is the inpainting network of `inpainting_folder`, `auto` "
        "takes it if there is one.",
        "auto",
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
    engine: str = param("What made up the ground that no frame shows: `builtin`, or the network.")
    moving_lines: int = param("Lines that moved over the picture and were left alone.")
    sound_shift: float = param("How much the sound moved against the picture; 0 is exact.", unit="s")
    sheet: files.Image | None = param("The contact sheet.", None)
    notes: tuple[str, ...] = param("What could not be kept as it was.")


def choose(params: DetextParams, models: Models) -> Provider:
    """The inpainting network of the settings where there is one and it is wanted."""
    return inpainting.chosen(params.engine, models)


@operator(
    version=4,
    quality=Quality("psnr_in_box_db", at_least=38),
    resources=Resources(threads=2, memory=2 << 30),
    phases={"render": 1.0},
    choose=choose,
    tiers=("builtin", "model"),
)
def detext(params: DetextParams, ctx: Context) -> DetextResult:
    media = probe.with_video(params.video)
    assert media.video is not None  # with_video promises it
    reader = ocr.warm(ctx.models)
    eraser = TextEraser(
        params.video,
        media.video,
        reader,
        params.regions or (),
        params.times or (),
        params.method,
        ctx.check,
        inpainting.painter(params.engine, ctx.models),
    )
    path = ctx.output("detext.mp4")
    sheet = Sheet(ctx, keep=params.preview)
    count, notes = _render(params, ctx, media, eraser, sheet, path)
    ctx.media(float(media.duration or 0))
    engine = choose(params, ctx.models).name
    return _result(params, path, media.video, eraser, engine, sheet, count, notes)


# The picture that is written


def _render(
    params: DetextParams, ctx: Context, media: probe.Media, eraser: TextEraser, sheet: Sheet, path: Path
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
            count += 1
            out = redrawing.redrawn(frame, picture, patches)
            if sheet.is_due(float(frame.time)):
                _show(sheet, frame, out)
            writer.write(out)
            ctx.report(float(frame.time), float(media.duration or 0), unit="second")
    ctx.report(1, 1, unit="pass")
    return count, [*encode.notes_on(media.video), *writer.notes]


def _show(sheet: Sheet, frame: frames.Frame, out: "VideoFrame") -> None:
    sheet.show(float(frame.time), lambda: frame.small(*frame.size), lambda: frames.small(out, *frame.size))


# The report


def _result(
    params: DetextParams,
    path: Path,
    video: probe.VideoStream,
    eraser: TextEraser,
    engine: str,
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
        lines=tuple(sorted((_told(one, picture) for one in eraser.taken), key=lambda one: (one.start, one.top))),
        filled_from_time=round(filled.from_time / every, 4),
        filled_from_space=round(filled.from_space / every, 4),
        engine=engine,
        moving_lines=eraser.moving,
        sound_shift=float(encode.sound_lag(path) - encode.sound_lag(params.video)),
        sheet=sheet.saved(),
        notes=(*notes, *([] if eraser.taken else ["no text was found where it was looked for"])),
    )


def _told(one: text_eraser.Erased, picture: encode.Picture) -> TakenOut:
    left, top, right, bottom = one.box
    return TakenOut(
        text=one.text,
        start=round(one.start, 4),
        end=round(one.end, 4),
        left=round(left / picture.width, 4),
        top=round(top / picture.height, 4),
        width=round((right - left) / picture.width, 4),
        height=round((bottom - top) / picture.height, 4),
        confidence=round(one.confidence, 3),
    )
