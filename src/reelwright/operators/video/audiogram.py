"""Make a film of a sound: bars, a wave or a ring that move with it, over a cover, with a title.

The cover fills the frame out of focus and stands in its middle as a card; without one the ground is a plain colour. A
line below tells how far the sound is. The film is as long as the sound, which is encoded once.
"""

from fractions import Fraction
from typing import TYPE_CHECKING, Literal

from reelwright.errors import NoAudio
from reelwright.kernels import visible_sound
from reelwright.loading import lazy
from reelwright.media import audiograms, encode, excerpts, pictures, probe, samples
from reelwright.models.port import Models, Provider
from reelwright.operators import Context, Params, Quality, Resources, Result, files, look, operator, param
from reelwright.operators.picture import COLOUR

if TYPE_CHECKING:
    import av
else:
    av = lazy("av")

RATE = 48000
BT709, LIMITED = 1, 1  # code points of ITU-T H.273
MOST_WORDS = 300  # letters


class AudiogramParams(Params):
    audio: files.Audio = param("The sound, or a film whose sound is taken.")
    cover: files.Image | None = param("A picture that stands for it.", None)
    title: str = param("Its title.", "", max_length=MOST_WORDS)
    subtitle: str = param("A smaller line below the title.", "", max_length=MOST_WORDS)
    kind: audiograms.Kind = param(
        "`bars` of its frequencies, a `wave` that runs through the picture, or a `ring` around the cover.", "bars"
    )
    width: int = param("Width of the film.", 1280, ge=160, le=4096, multiple_of=2, unit="px")
    height: int = param("Height of the film.", 720, ge=160, le=4096, multiple_of=2, unit="px")
    fps: int = param("Frames a second.", 25, ge=5, le=60, unit="1/s")
    bars: int = param("Bars of `bars` and `ring`.", 40, ge=4, le=160)
    colour: str = param("Colour of what moves, #RRGGBB.", "#FFD400", pattern=COLOUR)
    background: str = param("Ground without a cover, #RRGGBB.", "#181C2E", pattern=COLOUR)
    text_colour: str = param("Colour of the words, #RRGGBB.", "#FFFFFF", pattern=COLOUR)
    font: files.Any_ | None = param("A font file (TTF, OTF, TTC); the server's fonts if left out.", None)
    quality: Literal["draft", "normal", "high"] = param("Speed against size and fidelity of the encoding.", "normal")


class AudiogramResult(Result):
    video: files.Video = param("The film: H.264 in MP4.")
    seconds: float = param("Its length.", unit="s")
    frames: int = param("Its frames.")
    width: int = param("Its width.", unit="px")
    height: int = param("Its height.", unit="px")
    loudest: float = param("When the sound is loudest.", unit="s")
    notes: tuple[str, ...] = param("What of the cover could not be kept.")


def choose(params: AudiogramParams, models: Models) -> Provider:
    return look.provider(models)


@operator(
    version=1,
    quality=Quality("band_hit_rate", at_least=0.95),
    resources=Resources(threads=2),
    phases={"listen": 0.15, "draw": 0.85},
    choose=choose,
)
def audiogram(params: AudiogramParams, ctx: Context) -> AudiogramResult:
    heard = _listened(params, ctx)
    given = pictures.opened(params.cover) if params.cover else None
    size, fonts = (params.width, params.height), look.found(ctx, params.font)
    drawing = audiograms.Drawing(_look(params), fonts, heard.levels, heard.wave, given.pixels if given else None)
    count = max(1, -(-heard.samples * params.fps // RATE))
    length = Fraction(heard.samples, RATE)
    beside = excerpts.write(probe.with_audio(params.audio).path, [(Fraction(0), length)], ctx.scratch / "sound.mp4")
    rate = Fraction(params.fps)
    target = encode.Picture(*size, 1 / rate, rate, colour=encode.Colour(LIMITED, BT709, BT709, BT709))
    path = ctx.output("video.mp4")
    with encode.Writer(path, target, quality=params.quality, beside=beside.path) as writer:
        for number in ctx.track(range(count), total=count, phase="draw"):
            pixels = drawing.picture(number, min(1.0, float((number / rate) / length)))
            frame = av.VideoFrame.from_numpy_buffer(pixels, format="rgba")
            frame = frame.reformat(format="yuv420p", dst_colorspace=BT709, dst_color_range=LIMITED)
            frame.pts, frame.time_base = number, target.time_base
            writer.write(frame)
    ctx.media(float(length))
    return AudiogramResult(
        video=str(path),
        seconds=float(length),
        frames=count,
        width=size[0],
        height=size[1],
        loudest=float(heard.wave.argmax()) / visible_sound.SWELLS,
        notes=given.notes if given else (),
    )


class _Heard:
    def __init__(self, levels: audiograms.Levels, wave: audiograms.Levels, count: int) -> None:
        self.levels, self.wave, self.samples = levels, wave, count


def _listened(params: AudiogramParams, ctx: Context) -> _Heard:
    about = probe.with_audio(params.audio)
    total = float(about.audio[0].duration or about.duration or 0) * RATE
    bands, swell, count = visible_sound.Bands(RATE, params.fps, params.bars), visible_sound.Swell(RATE), 0
    ctx.enter("listen")
    for block in samples.stream(params.audio, sample_rate=RATE, channels=1):
        ctx.check()
        bands.push(block[0])
        swell.push(block[0])
        count += block.shape[1]
        ctx.report(count, total or None, unit="sample")
    if not count:
        raise NoAudio(f"{about.path.name} has a sound stream without a sample; give a sound that lasts")
    return _Heard(bands.finish(-(-count * params.fps // RATE)), swell.values, count)


def _look(params: AudiogramParams) -> audiograms.Look:
    return audiograms.Look(
        size=(params.width, params.height),
        kind=params.kind,
        colour=pictures.colour(params.colour),
        ground=pictures.colour(params.background),
        words=pictures.colour(params.text_colour),
        title=params.title,
        subtitle=params.subtitle,
    )
