"""Give a film another sound, or mix one into its own, or take the sound away; its pictures are copied as they are.

The new sound is placed, faded and if wished repeated; it is cut where the film ends, and silence follows where it ends
before. Mixing adds both at the levels given. To bring music to the loudness of the speech and out of its way, mix the
two by `audio.mix` first and let this replace the sound. Sound becomes AAC, stereo at 48 kHz.
"""

from typing import Literal

from reelwright.errors import InvalidParameter
from reelwright.kernels import limiting
from reelwright.media import encode, moments, probe, remuxing, sound_beds
from reelwright.media.sound_beds import Bed
from reelwright.operators import Context, Params, Quality, Result, files, operator, param


class SoundParams(Params):
    video: files.Video = param("The film.")
    audio: files.Audio | None = param(
        "The sound, or a film whose sound is taken. Left out, the film becomes silent.", None
    )
    mode: Literal["replace", "mix"] = param("Instead of the film's own sound, or added to it.", "replace")
    start: float = param("Where the sound begins in the film.", 0.0, ge=0, unit="s")
    level: float = param("Gain of the sound.", 0.0, ge=-60, le=30, unit="dB")
    own_level: float = param("With `mix`: gain of the film's own sound.", 0.0, ge=-60, le=30, unit="dB")
    fade_in: float = param("Time in which the sound rises.", 0.0, ge=0, le=60, unit="s")
    fade_out: float = param("Time in which it falls before it ends, or the film does.", 0.0, ge=0, le=60, unit="s")
    loop: bool = param("Repeat the sound until the film ends.", False)


class SoundResult(Result):
    video: files.Video = param("The film: MP4, or Matroska where MP4 cannot hold its pictures.")
    seconds: float = param("Length of the film.", unit="s")
    frames: int = param("Its frames, all copied.")
    sound_shift: float = param("How long after the film's start its sound begins; 0 is exact.", unit="s")
    limited: float = param("Greatest reduction by the limiter; 0 if it never acted.", unit="dB")
    notes: tuple[str, ...] = param("What could not be kept or done as it was asked.")


@operator(version=1, quality=Quality("frames_changed", at_most=0), phases={"mix": 0.6, "write": 0.4})
def sound(params: SoundParams, ctx: Context) -> SoundResult:
    media = probe.with_video(params.video)
    length = float(media.duration or moments.length_of(params.video))
    beds, notes = _beds(params, media)
    made, limited = None, 0.0
    if beds:
        ctx.enter("mix")
        made = ctx.scratch / "sound.wav"
        limited = sound_beds.write(beds, max(1, round(length * sound_beds.RATE)), made, check=ctx.check)
    ctx.enter("write")

    def tick(seconds: float) -> None:
        ctx.check()
        ctx.report(seconds, length, unit="second")

    written = remuxing.remuxed(params.video, ctx.output, made, tick=tick)
    if made is not None:
        made.unlink()
    ctx.report(1, 1, unit="film")
    ctx.media(length)
    return SoundResult(
        video=str(written.path),
        seconds=length,
        frames=written.frames,
        sound_shift=float(encode.begins(written.path, "audio")),
        limited=limited,
        notes=notes,
    )


def _beds(params: SoundParams, media: probe.Media) -> tuple[list[Bed], tuple[str, ...]]:
    if params.audio is None:
        if params.mode == "mix":
            raise InvalidParameter("there is nothing to mix: give audio, or take mode replace", field="audio")
        return [], ()
    probe.with_audio(params.audio)
    added = Bed(
        params.audio,
        params.start,
        limiting.amplitude(params.level),
        params.fade_in,
        params.fade_out,
        params.loop,
    )
    if params.mode == "replace":
        return [added], ()
    if not media.audio:
        return [added], ("the film has no sound of its own: there was nothing to mix with",)
    own = float(encode.begins(params.video, "audio"))
    return [Bed(params.video, own, limiting.amplitude(params.own_level)), added], ()
