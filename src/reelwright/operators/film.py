"""What operators have in common that write a film again with each of its frames changed.

One pass, one encode: frame times, colour tags, sound and subtitles stay, the picture is written upright, memory is flat
in the length. The contact sheet shows before and after.
"""

from collections.abc import Callable
from fractions import Fraction
from functools import partial
from typing import TYPE_CHECKING, Any, Literal

from reelwright.media import encode, frames, probe
from reelwright.operators import files
from reelwright.operators.context import Context
from reelwright.operators.contract import Params, Result, param
from reelwright.operators.sheet import Sheet

if TYPE_CHECKING:
    from av import VideoFrame

PREVIEW_WIDTH = 480  # px


class FilmParams(Params):
    """A film, and how it is written again."""

    video: files.Video = param("The film.")
    quality: Literal["draft", "normal", "high"] = param("Speed against size and fidelity of the encoding.", "normal")
    preview: bool = param("Also write a contact sheet: before and after, side by side.", False)


class FilmResult(Result):
    """The film that was written."""

    video: files.Video = param("The film, MP4.")
    width: int = param("Its width.", unit="px")
    height: int = param("Its height.", unit="px")
    frames: int = param("Frames written, as many as were read.")
    sound_shift: float = param("How much the sound moved against the picture; 0 is exact.", unit="s")
    notes: tuple[str, ...] = param("What could not be kept or done as it was asked.")
    sheet: files.Image | None = param("The contact sheet.", None)


Draw = Callable[[frames.Frame], "VideoFrame"]
"""Gives the frame as it is to be written, with the time stamp of the one given."""


def redone(params: FilmParams, ctx: Context, media: probe.Media, picture: encode.Picture, draw: Draw) -> dict[str, Any]:
    """Write every frame as `draw` gives it. The fields of a `FilmResult`."""
    video = media.video
    assert video is not None  # it was probed for one
    path, sheet = ctx.output("video.mp4"), Sheet(ctx, keep=params.preview)
    start = max(Fraction(0), media.start)
    with encode.Writer(path, picture, quality=params.quality, beside=params.video, offset=start) as writer:
        for frame in ctx.track(frames.stream(params.video), total=_count(media)):
            made = draw(frame)
            sheet.show(float(frame.time), partial(_before, frame), partial(_after, made))
            writer.write(made)
    ctx.media(float(media.duration or 0))
    return {
        "video": str(path),
        "width": picture.width,
        "height": picture.height,
        "frames": writer.frames,
        "sound_shift": float(encode.sound_lag(path) - encode.sound_lag(params.video)),
        "notes": (*encode.notes_on(video), *writer.notes),
        "sheet": sheet.saved(),
    }


def _count(media: probe.Media) -> float | None:
    """Frames to come, as far as the file tells."""
    assert media.video is not None
    if media.video.frames or not media.duration:
        return media.video.frames
    return float(media.duration * media.video.frame_rate) or None


def _before(frame: frames.Frame) -> Any:
    width, height = frame.size
    wide = min(PREVIEW_WIDTH, width)
    return frame.small(wide, max(1, round(wide * height / width)))


def _after(made: "VideoFrame") -> Any:
    wide = min(PREVIEW_WIDTH, made.width)
    return frames.small(made, wide, max(1, round(wide * made.height / made.width)))
