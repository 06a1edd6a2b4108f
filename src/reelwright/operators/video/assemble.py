"""Make a film of pictures, with a sound if wished.

Each picture is shown for one frame, or for `seconds`; with a sound and `length` audio the pictures share out its length
evenly. The film has the size of the first picture, or the one given; pictures of another shape are fitted into it on
the ground's colour. Alpha is laid on that colour too.
"""

from collections.abc import Iterator
from fractions import Fraction
from typing import TYPE_CHECKING, Literal

import numpy as np

from reelwright.errors import InvalidParameter
from reelwright.kernels import blending
from reelwright.loading import lazy
from reelwright.media import encode, excerpts, moments, pictures, planes, probe
from reelwright.operators import Context, Params, Quality, Resources, Result, files, operator, param
from reelwright.operators.picture import COLOUR

if TYPE_CHECKING:
    import av
else:
    av = lazy("av")

MOST = 10_000  # pictures
MOST_SIDE = 4096
LONGEST = Fraction(4 * 3600)  # s
BT709, LIMITED = 1, 1  # code points of ITU-T H.273


class AssembleParams(Params):
    images: tuple[files.Image, ...] = param("The pictures, in order.", min_length=1, max_length=MOST)
    fps: float = param("Frames a second.", 24.0, ge=0.1, le=120, unit="1/s")
    seconds: float | None = param("How long each picture is shown; one frame if left out.", None, gt=0, unit="s")
    audio: files.Audio | None = param("A sound, or a film whose sound is taken.", None)
    length: Literal["pictures", "audio"] = param(
        "With a sound: it is cut where the pictures end, or the pictures share out its length.", "pictures"
    )
    width: int | None = param("Width; that of the first picture if left out.", None, ge=16, le=MOST_SIDE, unit="px")
    height: int | None = param("Height; that of the first picture if left out.", None, ge=16, le=MOST_SIDE, unit="px")
    fit: pictures.Fit = param("How pictures of another shape come into the film's.", "pad")
    colour: str = param("Ground behind alpha and beside pictures of another shape.", "#000000", pattern=COLOUR)
    quality: Literal["draft", "normal", "high"] = param("Speed against size and fidelity of the encoding.", "normal")


class AssembleResult(Result):
    video: files.Video = param("The film: H.264 in MP4.")
    seconds: float = param("Its length.", unit="s")
    frames: int = param("Its frames.")
    width: int = param("Its width.", unit="px")
    height: int = param("Its height.", unit="px")
    notes: tuple[str, ...] = param("What of the pictures could not be kept.")


@operator(version=1, quality=Quality("assembled_psnr_db", at_least=34), resources=Resources(threads=2))
def assemble(params: AssembleParams, ctx: Context) -> AssembleResult:
    rate = Fraction(params.fps).limit_denominator(1001)
    counts = _counts(params, rate)
    size = _size(params)
    colour = encode.Colour(LIMITED, BT709, BT709, BT709)
    target = encode.Picture(*size, 1 / rate, rate, colour=colour)
    path, beside = ctx.output("video.mp4"), None
    length = sum(counts) / rate
    if params.audio is not None:
        beside = excerpts.write(
            probe.with_audio(params.audio).path, [(Fraction(0), length)], ctx.scratch / "sound.mp4"
        ).path
    notes = list[str]()
    with encode.Writer(path, target, quality=params.quality, beside=beside) as writer:
        shown = ctx.track(_shown(params, counts, size, notes), total=sum(counts))
        for number, picture in enumerate(shown):
            frame = av.VideoFrame(*size, "yuv420p")
            planes.put(picture, planes.of(frame))
            frame.pts, frame.time_base = number, target.time_base
            writer.write(frame)
    ctx.media(float(length))
    return AssembleResult(
        video=str(path),
        seconds=float(length),
        frames=writer.frames,
        width=size[0],
        height=size[1],
        notes=tuple(dict.fromkeys(notes)),
    )


def _counts(params: AssembleParams, rate: Fraction) -> list[int]:
    """Frames of each picture. Where each ends is counted from the first, so that no rounding adds up."""
    number = len(params.images)
    if params.length == "audio":
        if params.audio is None:
            raise InvalidParameter("length is audio, but there is none: give audio, or length pictures", field="length")
        whole = _length_of(params.audio)
        each = max(whole / number, 1 / rate)
    else:
        each = Fraction(params.seconds).limit_denominator(1_000_000) if params.seconds is not None else 1 / rate
    if each * number > LONGEST:
        told = f"the film would last {float(each * number):.0f} s; {LONGEST} s are the most: show pictures shorter"
        raise InvalidParameter(told, field="seconds")
    ends = [max(index + 1, round(each * rate * (index + 1))) for index in range(number)]
    return [end - start for start, end in zip([0, *ends], ends, strict=False)]


def _length_of(path: str) -> Fraction:
    media = probe.with_audio(path)
    return media.audio[0].duration or media.duration or moments.length_of(path)


def _size(params: AssembleParams) -> pictures.Size:
    wide, tall = pictures.opened(params.images[0]).size
    width = params.width or (round(wide * params.height / tall) if params.height else wide)
    height = params.height or round(tall * width / wide)
    if max(width, height) > MOST_SIDE and params.width is None and params.height is None:
        width, height = pictures.inside(wide, tall, (MOST_SIDE, MOST_SIDE))
    return max(16, width & ~1), max(16, height & ~1)


def _shown(params: AssembleParams, counts: list[int], size: pictures.Size, notes: list[str]) -> Iterator[planes.Planes]:
    ground = pictures.colour(params.colour)
    for path, count in zip(params.images, counts, strict=True):
        given = pictures.opened(path)
        notes += given.notes
        picture = _flat(pictures.fitted(given.pixels, size, fit=params.fit, ground=ground), size, ground)
        made = planes.from_rgb(picture, BT709, LIMITED)
        for _ in range(count):
            yield made


def _flat(pixels: pictures.Picture, size: pictures.Size, ground: tuple[int, ...]) -> pictures.Picture:
    """RGB of exactly this size."""
    if pixels.shape[:2] == size[::-1] and not pictures.has_alpha(pixels):
        return pictures.rgb(pixels)
    canvas = np.empty((size[1], size[0], 4), np.uint8)
    canvas[:] = ground
    x, y = (size[0] - pixels.shape[1]) // 2, (size[1] - pixels.shape[0]) // 2
    return pictures.rgb(blending.over(canvas, pictures.rgb(pixels), pictures.alpha(pixels), x=x, y=y))
