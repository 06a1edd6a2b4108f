"""Join the takes of one storyboard to its film: a title, the shots, one sound.

Pictures are copied, packet by packet; only the title card is encoded, and a take that is coded otherwise than the
others. The sound is put together anew from that of the takes, which lies where the pictures are to the sample, over a
bed of quiet music in the moods of the shots that goes down under every voice; it is brought to one loudness and lasts
as long as the picture does.
"""

import itertools
from fractions import Fraction
from pathlib import Path

from reelwright.kernels import underscore
from reelwright.media import chaining, conforming, encode, fonts, frames, images, planes, soundtracks, title_card
from reelwright.operators import Context, Params, Quality, Resources, Result, files, operator, param


class JoinCue(Params):
    text: str = param("What is written.")
    start: float = param("When it comes, in the take.", unit="s")
    end: float = param("When it goes.", unit="s")


class JoinSpan(Params):
    start: float = param("Where it begins in the take.", unit="s")
    end: float = param("Where it ends.", unit="s")


class JoinShot(Params):
    shot: str = param("Its id.")
    take: files.Video = param("Its take.")
    sound: files.Audio | None = param("The take's sound without loss; silence without it.", None)
    cues: tuple[JoinCue, ...] = param("What is written when, as `story.take` tells it.", ())
    voices: tuple[JoinSpan, ...] = param("When somebody speaks: music goes down.", ())
    mood: str = param("How it feels: calm, joyful, sad, tense, mysterious, wondrous, or a word near one of them.", "")


class JoinParams(Params):
    shots: tuple[JoinShot, ...] = param("The shots, in order.", min_length=1)
    name: str = param("What the files are named.", "board-1", pattern=r"^[A-Za-z0-9_-]{1,60}$")
    title: str = param("Words of the card at the start; none without.", "", max_length=200)
    second: str = param("Smaller words below them.", "", max_length=200)
    still: files.Image | None = param("What the card is made of; the first take, if left out.", None)
    rate: int = param("Pictures a second of the takes.", 24, ge=8, le=60)
    sound: bool = param("With sound.", True)
    music: bool = param("With quiet music under the voices.", True)
    quality: encode.Quality = param("Encoder settings of the takes.", "normal")


class JoinedCue(Result):
    text: str = param("What is written.")
    start: float = param("When it comes, in the film.", unit="s")
    end: float = param("When it goes.", unit="s")
    shot: str = param("The shot that it belongs to.")


class JoinedShot(Result):
    shot: str = param("Its id.")
    first: int = param("Its first picture in the film.")
    frames: int = param("Pictures in it.")


class JoinResult(Result):
    video: files.Video = param("The storyboard's film, MP4.")
    sound: files.Audio | None = param("Its sound without loss, FLAC, to the sample as long as the picture.", None)
    frames: int = param("Pictures in it.")
    rate: int = param("Pictures a second; its length is exactly `frames` / `rate` seconds.")
    seconds: float = param("Its length.", unit="s")
    card: int = param("Pictures of the title card, at the start.")
    shots: tuple[JoinedShot, ...] = param("Where each shot lies.")
    cues: tuple[JoinedCue, ...] = param("What is written when.")
    copied: int = param("Pictures whose packets are those of the takes.")
    encoded: int = param("Pictures that were encoded here.")
    loudness: float | None = param("Loudness of the sound; none if there is none.", unit="LUFS")
    limited: float = param("Greatest reduction of a peak by the limiter.", unit="dB")
    drift: float = param("How much longer the picture lasts than the sound, measured on the file.", unit="s")


@operator(
    version=1,
    quality=Quality("drift_ms", at_most=1),
    resources=Resources(threads=2),
    phases={"title": 0.1, "sound": 0.6, "join": 0.3},
)
def join(params: JoinParams, ctx: Context) -> JoinResult:
    takes = chaining.of([one.take for one in params.shots], params.rate, ctx.scratch, params.quality)
    card = _card(params, ctx, takes.links[0].size)
    chain = takes
    if card:
        chain = chaining.of([card, *(one.path for one in takes.links)], params.rate, ctx.scratch, params.quality)
    own = chain.links[0].frames if card else 0
    starts = chain.starts[1 if card else 0 : -1]
    level, sound, kept = _sound(params, ctx, chain, starts) if params.sound else (None, None, None)
    ctx.enter("join")
    path = ctx.output(f"{params.name}.mp4")
    chaining.write(
        chain,
        path,
        sound=sound,
        scratch=ctx.scratch,
        quick=params.quality == "draft",
        tick=lambda share: _told(ctx, share),
    )
    if sound:
        sound.unlink()
    ctx.media(chain.frames / params.rate)
    encoded = own + takes.encoded
    return JoinResult(
        video=str(path),
        sound=str(kept) if kept else None,
        frames=chain.frames,
        rate=params.rate,
        seconds=chain.frames / params.rate,
        card=own,
        shots=tuple(
            JoinedShot(shot=one.shot, first=first, frames=link.frames)
            for one, first, link in zip(params.shots, starts, takes.links, strict=True)
        ),
        cues=_cues(params, starts),
        copied=chain.frames - encoded,
        encoded=encoded,
        loudness=level.loudness if level else None,
        limited=level.limited if level else 0.0,
        drift=float(chaining.drift(path)),
    )


def _told(ctx: Context, share: float) -> None:
    ctx.check()
    ctx.report(share, 1.0, unit="share")


# ---- the title


def _card(params: JoinParams, ctx: Context, size: tuple[int, int]) -> Path | None:
    if not params.title.strip():
        return None
    ctx.enter("title")
    noto = ctx.models.path(fonts.NOTO) if ctx.models.installed(fonts.NOTO) else None
    found = fonts.Fonts.found(noto=noto)
    layers = title_card.Card(params.title.strip(), params.second.strip()).layers(found, size)
    ground = _ground(params, size)
    target, path = conforming.picture(size, params.rate), ctx.scratch / "card.mp4"
    with encode.Writer(path, target, quality=params.quality) as writer:
        for number, picture in enumerate(ctx.track(title_card.pictures(ground, layers, params.rate), phase="title")):
            writer.write(chaining.framed(picture, target, number))
    return path


def _ground(params: JoinParams, size: tuple[int, int]) -> planes.Planes:
    if params.still is not None:
        rgb = images.fitted_over(images.load(params.still), *size)
        return planes.from_rgb(rgb, conforming.BT601, conforming.LIMITED)
    # Half a second on, the first take has come out of black.
    return conforming.conformed(frames.at(params.shots[0].take, Fraction(1, 2)), size)


# ---- the sound


def _sound(
    params: JoinParams, ctx: Context, chain: chaining.Chain, starts: tuple[int, ...]
) -> tuple[soundtracks.Level, Path, Path]:
    """As it goes into the film, and as it is kept."""
    ctx.enter("sound")
    edges = [round(Fraction(one, params.rate) * soundtracks.RATE) for one in chain.starts]
    sounds = [*([None] * (len(chain.links) - len(params.shots))), *(one.sound for one in params.shots)]
    counts = [after - before for before, after in itertools.pairwise(edges)]
    parts = [soundtracks.Part(sound, count) for sound, count in zip(sounds, counts, strict=True)]
    begins = [one / params.rate for one in starts]
    voices = [
        (begin + one.start, begin + one.end)
        for begin, shot in zip(begins, params.shots, strict=True)
        for one in shot.voices
    ]
    whole, kept = ctx.scratch / "film.wav", ctx.output(f"{params.name}.flac")
    moods = [(underscore.mood(shot.mood), begin) for begin, shot in zip(begins, params.shots, strict=True)]
    music = underscore.play([(moods[0][0], 0.0), *moods[1:]], seed=ctx.seed) if params.music else None
    level = soundtracks.film(whole, kept, parts, voices=voices, music=music, check=ctx.check)
    return level, whole, kept


def _cues(params: JoinParams, starts: tuple[int, ...]) -> tuple[JoinedCue, ...]:
    return tuple(
        JoinedCue(
            text=one.text, start=first / params.rate + one.start, end=first / params.rate + one.end, shot=shot.shot
        )
        for first, shot in zip(starts, params.shots, strict=True)
        for one in shot.cues
    )
