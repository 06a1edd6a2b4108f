"""Put films one after the other.

Films of one coding (H.264 of the same size, rate and encoder, as films made by one operator are) are copied packet by
packet. Others become one film of one size: pictures of another shape get black bars, all are encoded. Sound becomes
stereo at 48 kHz, with silence for a film that has none; if none has any there is no sound. Subtitles are left out.
"""

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from typing import Literal

import numpy as np

from reelwright.media import chaining, moments, probe, reels
from reelwright.operators import Context, Params, Quality, Resources, Result, files, operator, param

MOST = 200  # films
SIDES = {"ge": 16, "le": 4096, "multiple_of": 2}


class ConcatParams(Params):
    videos: tuple[files.Video, ...] = param("The films, in order.", min_length=1, max_length=MOST)
    width: int | None = param("Width; that of the first film if left out.", None, unit="px", **SIDES)
    height: int | None = param("Height; that of the first film if left out.", None, unit="px", **SIDES)
    quality: Literal["draft", "normal", "high"] = param(
        "Speed against size and fidelity of what has to be encoded.", "normal"
    )


class ConcatResult(Result):
    video: files.Video = param("The one film: MP4.")
    seconds: float = param("Its length.", unit="s")
    frames: int = param("Its frames.")
    frames_copied: int = param("Those that were copied as they are.")
    width: int = param("Its width.", unit="px")
    height: int = param("Its height.", unit="px")
    starts: tuple[float, ...] = param("Where each film begins.", unit="s")
    notes: tuple[str, ...] = param("What could not be kept as it was.")


@operator(version=2, quality=Quality("frames_lost", at_most=0), resources=Resources(threads=2))
def concat(params: ConcatParams, ctx: Context) -> ConcatResult:
    media = [probe.with_video(path) for path in params.videos]
    size = reels.size(media[0], params.width, params.height)

    def tick(share: float) -> None:
        ctx.check()
        ctx.report(share, 1.0, unit="film")

    rate = _common_rate(media, size)
    made = _chained(params, ctx, rate, tick) if rate else None
    made = made or _encoded(params, ctx, media, size, tick)
    ctx.report(1, 1, unit="film")
    ctx.media(made.seconds)
    return made


def _common_rate(media: Sequence[probe.Media], size: reels.Size) -> int:
    """The whole number of frames a second that all films have, where nothing about their pictures differs; else 0."""
    first = media[0].video
    assert first is not None  # it was probed for one
    looks = {_look(one.video) for one in media if one.video}
    plain = not first.rotation and first.sample_aspect_ratio == 1 and first.shown == size
    whole = first.frame_rate.denominator == 1 and first.frame_rate > 0
    return int(first.frame_rate) if len(looks) == 1 and plain and whole else 0


def _look(video: probe.VideoStream) -> tuple[object, ...]:
    """What must not differ from film to film."""
    shape = (video.shown, video.rotation, video.sample_aspect_ratio, video.frame_rate)
    return (*shape, video.pix_fmt, video.space, video.primaries, video.transfer, video.range)


def _chained(params: ConcatParams, ctx: Context, rate: int, tick: reels.Tick) -> ConcatResult | None:
    """Copied, or None where the films' packets cannot stand in one stream."""
    links = [chaining.look(path, rate) for path in params.videos]
    if not all(one.is_like(links[0]) for one in links):
        return None
    lengths = [Fraction(one.frames, rate) for one in links]
    spans = [(path, (Fraction(0), length)) for path, length in zip(params.videos, lengths, strict=True)]
    voice = ctx.scratch / "sound.wav"
    sound = reels.sound(spans, voice) if any(probe.probe(path).audio for path in params.videos) else None
    path, chain = ctx.output("video.mp4"), chaining.Chain(tuple(links), rate, 0)
    chaining.write(chain, path, sound=sound, scratch=ctx.scratch, tick=tick)
    voice.unlink(missing_ok=True)
    return ConcatResult(
        video=str(path),
        seconds=chain.frames / rate,
        frames=chain.frames,
        frames_copied=chain.frames,
        width=links[0].size[0],
        height=links[0].size[1],
        starts=tuple(one / rate for one in chain.starts[:-1]),
        notes=(),
    )


def _encoded(
    params: ConcatParams, ctx: Context, media: Sequence[probe.Media], size: reels.Size, tick: reels.Tick
) -> ConcatResult:
    lengths = [one.duration or moments.length_of(one.path) for one in media]
    path: Path = ctx.output("video.mp4")
    parts = [(name, (Fraction(0), length)) for name, length in zip(params.videos, lengths, strict=True)]
    made = reels.write(parts, path, size, quality=params.quality, tick=tick)
    return ConcatResult(
        video=str(path),
        seconds=float(made.seconds),
        frames=made.frames,
        frames_copied=0,
        width=size[0],
        height=size[1],
        starts=tuple(float(one) for one in np.cumsum([Fraction(0), *lengths])[:-1]),
        notes=made.notes,
    )
