"""Take the sound of a film, or a part of a sound, as a file of its own.

Cut at the sample. WAV has 16 bits, MP3 is for sending. Rate and
channels stay unless others are asked for; an MP3 has one or two channels.
"""

from typing import Literal

import numpy as np

from reelwright.errors import InvalidParameter
from reelwright.media import probe, samples, sounds
from reelwright.operators import Context, Params, Quality, Result, files, operator, param


class ExtractParams(Params):
    audio: files.Audio = param("A film or a sound.", example="oss://media/film.mp4")
    track: int = param("Which of its sound streams, counted from 0.", 0, ge=0, le=63)
    start: float = param("Where the part begins.", 0.0, ge=0, unit="s")
    end: float | None = param("Where it ends; that of the sound if left out, or if it comes first.", None, unit="s")
    sample_rate: int | None = param("Samples a second; its own if left out.", None, ge=8000, le=192_000, unit="Hz")
    channels: Literal[1, 2] | None = param("Mono or stereo; its own if left out.", None)
    format: Literal["wav", "mp3"] = param("WAV of 16 bits, or MP3.", "wav")


class ExtractResult(Result):
    audio: files.Audio = param("The sound.")
    seconds: float = param("Its length.", unit="s")
    samples: int = param("Its length in samples.", unit="samples")
    sample_rate: int = param("Samples a second.", unit="Hz")
    channels: int = param("Its channels.")


@operator(version=1, quality=Quality("samples_changed", at_most=0))
def extract(params: ExtractParams, ctx: Context) -> ExtractResult:
    media = probe.with_audio(params.audio)
    if params.track >= len(media.audio):
        told = f"track is {params.track}, but {media.path.name} has {len(media.audio)} sound streams; the first is 0"
        raise InvalidParameter(told, field="track")
    about = media.audio[params.track]
    rate = params.sample_rate or about.sample_rate
    channels = params.channels or about.channels
    if params.format == "mp3":
        channels = min(channels, 2)
        sounds.check_rate("mp3", rate)
    first = round(params.start * rate)
    stop = None if params.end is None else round(params.end * rate)
    if stop is not None and stop <= first:
        raise InvalidParameter(f"the part ends at {params.end:g} s, but begins at {params.start:g} s", field="end")
    path, at, total = ctx.output(f"sound.{params.format}"), 0, float(about.duration or media.duration or 0) * rate
    wanted = channels if channels != about.channels else None
    with sounds.writer(path, params.format, rate, channels) as out:
        for block in samples.stream(params.audio, sample_rate=rate, channels=wanted, track=params.track):
            ctx.check()
            part = block[:, max(0, first - at) : None if stop is None else max(0, stop - at)]
            out.write(np.nan_to_num(part, nan=0.0, posinf=1.0, neginf=-1.0))
            at += block.shape[1]
            ctx.report(at, total or None, unit="sample")
            if stop is not None and at >= stop:
                break
        if first >= at:
            told = f"start is {params.start:g} s, but the sound ends at {at / rate:.3f} s; give an earlier one"
            raise InvalidParameter(told, field="start")
    count = (at if stop is None else min(stop, at)) - first
    ctx.report(1, 1, unit="sound")
    ctx.media(count / rate)
    return ExtractResult(audio=str(path), seconds=count / rate, samples=count, sample_rate=rate, channels=channels)
