"""Bring one shot of a storyboard to its final picture and sound.

The clip gets the film's size and rate and lasts just as long as its speech, with a breath before and after it, counted
in frames. One that is too short is slowed down or shown again, so that no picture stands; one that is too long is cut.
What is said is written into the picture, in at most two lines at a time, when it is said: sentences at the times that
the speech has told, their parts at its words, or at the pauses of a voice that tells no words. Everything is encoded
once; all takes of a film are coded alike, so that they are joined by copying.

It makes no pictures and no speech; a clip whose picture stands still stays still.
"""

from dataclasses import dataclass
from fractions import Fraction
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from reelwright.errors import InvalidParameter
from reelwright.kernels import line_breaking, narration
from reelwright.media import (
    chaining,
    conforming,
    encode,
    excerpts,
    fonts,
    images,
    lettering,
    planes,
    samples,
    scenes,
    sounds,
    soundtracks,
    subtitles,
)
from reelwright.operators import Context, Params, Quality, Resources, Result, files, operator, param

MOST_LINES = 2
LETTERS = 0.062  # of the picture's shorter side: height of subtitles
LONGEST_LINE = 20  # letters of Chinese, which is about 40 Latin ones
OUTLINE, BOTTOM = 0.0055, 0.075  # of the shorter side, and of the height
LONGEST = 600.0  # s
STILL_QUALITY = 90


class Word(Params):
    text: str = param("The word, with the marks and blanks after it.")
    start: float = param("Where it begins in the speech.", unit="s", ge=0)


class Sentence(Params):
    text: str = param("What is said.")
    start: float = param("Where it begins in the speech.", unit="s", ge=0)
    end: float = param("Where it ends.", unit="s", ge=0)
    words: tuple[Word, ...] = param("Its words; without them its parts begin at pauses of the voice.", ())


class TakeParams(Params):
    clip: files.Video = param("The shot's moving picture.")
    shot: str = param("Its id; the files are named after it.", "1", pattern=r"^[A-Za-z0-9_-]{1,40}$")
    speech: files.Audio | None = param(
        "What is said in it; without it the take is silent, or has the clip's sound.", None
    )
    sentences: tuple[Sentence, ...] = param("Its sentences with their times, as `speech.speak` tells them.", ())
    text: str = param("What is written in a take without speech.", "", max_length=5000)
    seconds: float | None = param(
        "Length of a take without speech; else that of the clip.", None, gt=0, le=LONGEST, unit="s"
    )
    width: int = param("Width of the film.", 720, ge=64, le=4096, multiple_of=2, unit="px")
    height: int = param("Height of the film.", 1280, ge=64, le=4096, multiple_of=2, unit="px")
    rate: int = param("Pictures a second.", 24, ge=8, le=60)
    sound: bool = param("With sound: the speech, and far below it the clip's own.", True)
    subtitles: bool = param("Write what is said into the picture.", True)
    fade_in: float = param("Time in which it comes out of black.", 0.0, ge=0, le=5, unit="s")
    fade_out: float = param("Time in which it goes into black.", 0.0, ge=0, le=5, unit="s")
    quality: encode.Quality = param("Encoder settings; the same for all takes of a film.", "normal")


class Cue(Result):
    text: str = param("What is written; two lines are parted by a newline.")
    start: float = param("When it comes; the voice begins then.", unit="s")
    end: float = param("When it goes.", unit="s")


class Span(Result):
    start: float = param("Where it begins in the take.", unit="s")
    end: float = param("Where it ends.", unit="s")


class TakeResult(Result):
    video: files.Video = param("The take, MP4.")
    sound: files.Audio | None = param("Its sound without loss, FLAC, to the sample as long as the picture.", None)
    still: files.Image = param("A picture of its middle, without words.")
    frames: int = param("Pictures in it.")
    rate: int = param("Pictures a second; its length is exactly `frames` / `rate` seconds.")
    seconds: float = param("Its length.", unit="s")
    cues: tuple[Cue, ...] = param("What is written when, in seconds of the take.")
    voices: tuple[Span, ...] = param("When somebody speaks.")
    speech_start: float = param("Where the speech's file begins in the take.", unit="s")
    motion: float = param("Mean change of a pixel from one picture to the next, levels of 0 to 255.")
    longest_stand: float = param("Longest time without any motion.", unit="s")
    slowed: float = param("How many times longer a picture of the clip is shown; 1 is as it was.")
    repeats: int = param("How many times the clip is shown.")


@operator(
    version=1,
    quality=Quality("subtitle_offset_ms", at_most=80),
    resources=Resources(threads=2),
    phases={"listen": 0.1, "render": 0.9},
)
def take(params: TakeParams, ctx: Context) -> TakeResult:
    if params.sentences and params.speech is None:
        raise InvalidParameter("sentences are given without their speech; give both, or `text`", field="speech")
    ctx.enter("listen")
    timing = _timed(params)
    letters = _letters(params, ctx)
    cues = _cues(params, timing, letters)
    stem = _stem(params, ctx, timing) if params.sound else None
    shown = _rendered(params, ctx, timing, letters, cues, stem.coded if stem else None)
    ctx.media(float(timing.length))
    return TakeResult(
        video=str(shown.path),
        sound=str(stem.kept) if stem else None,
        still=shown.still,
        frames=timing.frames,
        rate=params.rate,
        seconds=float(timing.length),
        cues=tuple(Cue(text=one.text, start=one.start, end=one.end) for one in cues),
        voices=tuple(Span(start=one.start + timing.lead, end=one.end + timing.lead) for one in params.sentences),
        speech_start=timing.lead,
        motion=round(shown.motion.mean, 3),
        longest_stand=round(shown.motion.longest_stand, 3),
        slowed=float(shown.pace.slowed),
        repeats=shown.pace.times,
    )


# ---- time and words


@dataclass(frozen=True, slots=True)
class _Timing:
    """Of a take: its frames, the seconds before the speech, and the speech, float32 [n] at 48 kHz."""

    frames: int
    length: Fraction
    lead: float
    voice: NDArray[np.float32]


def _timed(params: TakeParams) -> _Timing:
    rate = params.rate
    lead = narration.lead_frames(rate) / rate
    voice = np.zeros(0, np.float32)
    if params.speech is not None:
        voice = soundtracks.voice_of(params.speech)
        count = narration.frames(len(voice) / soundtracks.RATE, rate)
    else:
        seconds = params.seconds or float(min(conforming.length_of(params.clip), Fraction(LONGEST)))
        count = max(1, round(seconds * rate))
    return _Timing(count, Fraction(count, rate), lead, voice)


def _letters(params: TakeParams, ctx: Context) -> lettering.Lettering:
    shorter = min(params.width, params.height) / params.height
    style = lettering.Style(size=LETTERS * shorter, outline=OUTLINE * shorter, bottom=BOTTOM, width=0.9)
    noto = ctx.models.path(fonts.NOTO) if ctx.models.installed(fonts.NOTO) else None
    return lettering.Lettering(
        fonts.Fonts.found(noto=noto), (params.width, params.height), style, conforming.BT601, conforming.LIMITED
    )


def _cues(params: TakeParams, timing: _Timing, letters: lettering.Lettering) -> list[subtitles.Cue]:
    length = float(timing.length)
    size = max(lettering.SMALLEST, letters.style.size * params.height)
    room = min(letters.style.width * params.width - 2 * letters.style.outline * params.height, LONGEST_LINE * size)
    width = partial(_width, letters, size)

    def lines(text: str) -> list[str]:
        if width(text) <= room:
            return [text]
        return narration.two_lines(text, lambda half: width(half) <= room) or line_breaking.broken(text, width, room)

    def fits(text: str) -> bool:
        return len(lines(text)) <= MOST_LINES

    if params.speech is not None:
        said = [narration.Said(one.text, one.start, one.end, _begun(one)) for one in params.sentences]
        shown = narration.spoken(said, fits, voice=timing.voice, rate=soundtracks.RATE, lead=timing.lead, length=length)
    else:
        shown = narration.silent(params.text, fits, start=min(timing.lead, length / 4), end=length)
    return [subtitles.Cue(one.start, one.end, "\n".join(lines(one.text))) for one in shown]


def _begun(sentence: Sentence) -> list[tuple[str, float]]:
    return [(word.text, word.start) for word in sentence.words]


def _width(letters: lettering.Lettering, size: float, text: str) -> float:
    return letters.fonts.line(text, size).width


# ---- sound


@dataclass(frozen=True, slots=True)
class _Stem:
    """The take's sound: as it goes into the take, and as it is kept for the film."""

    coded: Path | None
    kept: Path


def _stem(params: TakeParams, ctx: Context, timing: _Timing) -> _Stem:
    whole, kept = ctx.scratch / "stem.wav", ctx.output(f"shot-{params.shot}.flac")
    rate = soundtracks.RATE
    count = round(timing.length * rate)
    soundtracks.shot(whole, voice=timing.voice, ambience=params.clip, lead=round(timing.lead * rate), count=count)
    with sounds.Flac(kept, rate, 2) as out:
        for block in samples.stream(whole):
            ctx.check()
            out.write(block)
    coded = excerpts.write(whole, [(Fraction(0), timing.length)], ctx.scratch / "stem.mp4", quick=True).path
    whole.unlink()
    return _Stem(coded, kept)


# ---- picture


@dataclass(frozen=True, slots=True)
class _Shown:
    path: Path
    still: str
    motion: scenes.Motion
    pace: conforming.Pace


def _rendered(
    params: TakeParams,
    ctx: Context,
    timing: _Timing,
    letters: lettering.Lettering,
    cues: list[subtitles.Cue],
    sound: Path | None,
) -> _Shown:
    size, rate = (params.width, params.height), params.rate
    target, path = conforming.picture(size, rate), ctx.output(f"shot-{params.shot}.mp4")
    clip = conforming.Clip(params.clip, size, rate, timing.frames)
    pen = lettering.Pen(letters, cues) if params.subtitles and cues else None
    if pen:
        letters.require([one.text for one in cues])
    motion, still = scenes.Motion(Fraction(rate)), ""
    with encode.Writer(path, target, quality=params.quality, beside=sound) as writer:
        tracked = ctx.track(clip.pictures(), total=timing.frames, phase="render")
        for number, picture in enumerate(tracked):
            motion.see(picture[0])
            if number == timing.frames // 2:
                still = _still(picture, ctx.output(f"shot-{params.shot}.jpg"))
                ctx.preview(Path(still))
            share = _share(params, number, timing.frames)
            if share < 1:
                conforming.dimmed(picture, share)
            layer = pen.at(number / rate) if pen else None
            if layer:
                layer.put_on(picture)
            writer.write(chaining.framed(picture, target, number))
    return _Shown(path, still, motion, clip.pace)


def _share(params: TakeParams, number: int, frames: int) -> float:
    """How much light there is: less at the ends of a take that comes out of black or goes into it."""
    first, last = params.fade_in * params.rate, params.fade_out * params.rate
    rise = (number + 1) / (first + 1) if first else 1.0
    fall = (frames - number) / (last + 1) if last else 1.0
    return min(1.0, rise, fall)


def _still(picture: planes.Planes, path: Path) -> str:
    return images.save(planes.to_rgb(picture, conforming.BT601, conforming.LIMITED), path, quality=STILL_QUALITY)
