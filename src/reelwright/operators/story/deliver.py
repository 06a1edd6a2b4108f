"""Hand a finished storyboard over: the film, its parts, its subtitles, and everything that others go on with.

The films of the storyboards become one by copying their pictures; sound is encoded once more from what was kept without
loss. Subtitles have the film's own times. The cover is the most telling picture of all shots, judged as `video.cover`
judges. `storyboard.json` holds all that was decided, made and said; a page shows it, a row a shot, and prints well; an
OpenTimelineIO and an FCPXML timeline let an editor go on from the takes and the speech, which they name as
`shots/shot-<id>.mp4` and `speech/shot-<id>.wav`; with `bundle` those files are packed with them.

Without films, of a storyboard alone, the page, the pictures and `storyboard.json` are delivered.
"""

import itertools
import json
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from reelwright.errors import NothingFound
from reelwright.media import chaining, covers, encode, handover, images, probe, sheets, soundtracks, subtitles
from reelwright.operators import Context, Params, Quality, Resources, Result, files, operator, param
from reelwright.operators.storyboards import Element, ToldBoard, ToldShot

COVER_QUALITY = 92


class DeliverParams(Params):
    title: str = param("Title of the film.", "", max_length=200)
    language: str = param("Language of the story, by its code.", "zh")
    about: dict[str, str] = param("What else `storyboard.json` and the page tell of it: style, ratio, …", {})
    boards: tuple[ToldBoard, ...] = param("The storyboards, in order.", min_length=1)
    elements: tuple[Element, ...] = param("Figures, places and things.", ())
    width: int = param("Width of the film.", 720, unit="px", ge=2)
    height: int = param("Height of the film.", 1280, unit="px", ge=2)
    rate: int = param("Pictures a second.", 24, ge=8, le=60)
    films: bool = param("With films; without, only the storyboard is delivered.", True)
    bundle: bool = param("Pack takes, speech, subtitles and timelines in one ZIP.", False)
    quality: encode.Quality = param("Encoder settings of the films.", "normal")


class BoardFilm(Result):
    id: str = param("The storyboard's id.")
    title: str = param("Its title.")
    video: files.Video = param("Its film.")
    start: float = param("Where it begins in the whole film.", unit="s")
    seconds: float = param("Its length.", unit="s")


class ShotPicture(Result):
    shot: str = param("The shot's id.")
    image: files.Image = param("Its picture.")


class Failure(Result):
    board: str = param("The storyboard's id.")
    shot: str = param("The shot's id; empty if the whole storyboard failed.")
    code: str = param("Code of the failure.")


class DeliverResult(Result):
    film: files.Video | None = param("The whole film, MP4.", None)
    films: tuple[BoardFilm, ...] = param("The films of the storyboards.", ())
    srt: files.Text | None = param("Subtitles of the whole film, SRT.", None)
    vtt: files.Text | None = param("The same, WebVTT.", None)
    cover: files.Image | None = param("The picture that stands for it; none if no picture was made.", None)
    storyboard: files.Any_ = param("All that was decided, made and said, JSON.")
    sheet: files.Any_ = param("The same as a page to read and to print, HTML.")
    otio: files.Any_ | None = param("The timeline as OpenTimelineIO.", None)
    fcpxml: files.Any_ | None = param("The timeline as FCPXML 1.10.", None)
    bundle: files.Any_ | None = param("Timelines with the files they refer to, ZIP.", None)
    pictures: tuple[ShotPicture, ...] = param("The pictures, of a storyboard without films.", ())
    boards: int = param("Storyboards.")
    shots: int = param("Shots that were made.")
    failures: tuple[Failure, ...] = param("What could not be made.")
    frames: int = param("Pictures in the whole film.")
    seconds: float = param("Its length.", unit="s")
    copied: int = param("Of those, pictures whose packets were copied.")
    drift: float = param("How much longer the picture lasts than the sound, measured on the file.", unit="s")


@operator(
    version=1,
    quality=Quality("drift_ms", at_most=1),
    resources=Resources(threads=2),
    phases={"join": 0.6, "write": 0.4},
)
def deliver(params: DeliverParams, ctx: Context) -> DeliverResult:
    made = [one for one in params.boards if one.film is not None] if params.films else []
    if params.films and not made:
        raise NothingFound("no shot of any storyboard could be made, so there is no film; mend the failed steps")
    film = _film(params, made, ctx) if made else None
    ctx.enter("write")
    clock = _Clock.of(params, made, film)
    timeline = _timeline(params, clock) if film else None
    written = _written(params, ctx, clock, timeline)
    told = _described(params, clock)
    board = ctx.output("storyboard.json")
    board.write_text(json.dumps(told, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    sheet = sheets.save(_sheet(params, clock), ctx.output("storyboard.html"))
    cover = _cover(params, ctx)
    bundle = _bundle(params, ctx, [*written.values(), sheet, str(board)]) if params.bundle and film else None
    return DeliverResult(
        film=str(film.path) if film else None,
        films=tuple(_passed(params, made, film, ctx)) if film else (),
        **written,
        cover=cover,
        storyboard=str(board),
        sheet=sheet,
        bundle=bundle,
        pictures=() if film else tuple(_pictures(params, ctx)),
        boards=len(params.boards),
        shots=sum(not shot.failed for one in params.boards if not one.failed for shot in one.shots),
        failures=tuple(_failures(params)),
        frames=film.chain.frames if film else 0,
        seconds=film.chain.frames / params.rate if film else 0.0,
        copied=film.chain.frames - film.chain.encoded if film else 0,
        drift=float(film.drift) if film else 0.0,
    )


# ---- the film


@dataclass(frozen=True, slots=True)
class _Film:
    path: Path
    chain: chaining.Chain
    drift: Fraction


def _film(params: DeliverParams, made: Sequence[ToldBoard], ctx: Context) -> _Film:
    ctx.enter("join")
    paths = [one.film for one in made if one.film is not None]
    chain = chaining.of(paths, params.rate, ctx.scratch, params.quality)
    path = ctx.output("film.mp4")
    if len(made) == 1 and not chain.encoded:
        shutil.copyfile(paths[0], path)
    else:
        sound = _sound(made, chain, ctx)
        chaining.write(
            chain,
            path,
            sound=sound,
            scratch=ctx.scratch,
            quick=params.quality == "draft",
            tick=lambda share: _share(ctx, share),
        )
        if sound:
            sound.unlink()
    ctx.media(chain.frames / params.rate)
    return _Film(path, chain, chaining.drift(path))


def _sound(made: Sequence[ToldBoard], chain: chaining.Chain, ctx: Context) -> Path | None:
    """All storyboards' sound in a row, each as long as its picture to the sample."""
    kept = [one.sound or one.film for one in made]
    with_sound = [one for one in kept if one is not None and probe.probe(one).audio]
    if len(with_sound) < len(made):
        return None
    out = ctx.scratch / "film.wav"
    edges = [round(Fraction(one, chain.rate) * soundtracks.RATE) for one in chain.starts]
    soundtracks.copied(out, with_sound, [b - a for a, b in itertools.pairwise(edges)], check=ctx.check)
    return out


def _share(ctx: Context, share: float) -> None:
    ctx.check()
    ctx.report(share, 1.0, unit="share")


def _passed(params: DeliverParams, made: Sequence[ToldBoard], film: _Film, ctx: Context) -> Iterator[BoardFilm]:
    """Each storyboard's own film, as it came."""
    for one, link, first in zip(made, film.chain.links, film.chain.starts, strict=False):
        path = ctx.output(f"board-{one.number}.mp4")
        shutil.copyfile(link.path, path)
        yield BoardFilm(
            id=one.id, title=one.title, video=str(path), start=first / params.rate, seconds=link.frames / params.rate
        )


# ---- times


@dataclass(frozen=True, slots=True)
class _Clock:
    """Where everything lies in the whole film: the first frame of each storyboard, first frame and length of shots."""

    boards: dict[str, int]
    shots: dict[str, tuple[int, int]]
    cues: tuple[subtitles.Cue, ...]
    frames: int

    @classmethod
    def of(cls, params: DeliverParams, made: Sequence[ToldBoard], film: _Film | None) -> "_Clock":
        if film is None:
            return cls({}, dict(_thought(params)), (), 0)
        starts = dict(zip((one.id for one in made), film.chain.starts, strict=False))
        shots = {shot.shot: (starts[one.id] + shot.first, shot.frames) for one in made for shot in one.placed}
        cues = tuple(
            subtitles.Cue(cue.start + starts[one.id] / params.rate, cue.end + starts[one.id] / params.rate, cue.text)
            for one in made
            for cue in one.cues
        )
        return cls(starts, shots, cues, film.chain.frames)


def _thought(params: DeliverParams) -> Iterator[tuple[str, tuple[int, int]]]:
    """Of a storyboard alone: times as they were thought to be."""
    at = 0
    for shot in (shot for one in params.boards for shot in one.shots):
        frames = max(1, round(shot.seconds * params.rate))
        yield shot.id, (at, frames)
        at += frames


# ---- subtitles and timelines


def _written(params: DeliverParams, ctx: Context, clock: _Clock, timeline: handover.Timeline | None) -> dict[str, str]:
    """The paths of the files that only a film has, by the names of the result's fields."""
    if timeline is None:
        return {}
    return {
        "srt": subtitles.save(clock.cues, ctx.output("film.srt"), "srt"),
        "vtt": subtitles.save(clock.cues, ctx.output("film.vtt"), "vtt"),
        "otio": handover.save_otio(timeline, ctx.output("film.otio")),
        "fcpxml": handover.save_fcpxml(timeline, ctx.output("film.fcpxml")),
    }


def _take_name(shot: ToldShot) -> str:
    return f"shots/shot-{shot.id}.mp4"


def _speech_name(shot: ToldShot) -> str:
    return f"speech/shot-{shot.id}.wav"


def _timeline(params: DeliverParams, clock: _Clock) -> handover.Timeline:
    shots = [shot for one in params.boards for shot in one.shots if shot.id in clock.shots]
    return handover.Timeline(
        params.title or "storyboard",
        params.rate,
        (params.width, params.height),
        clock.frames,
        [_clip(params, clock, shot) for shot in shots],
    )


def _clip(params: DeliverParams, clock: _Clock, shot: ToldShot) -> handover.Shot:
    first, frames = clock.shots[shot.id]
    voice = None
    if shot.speech_seconds:
        lead = round(shot.speech_start * params.rate)
        # The file's length in whole samples; a take is never shorter than its speech.
        seconds = Fraction(round(shot.speech_seconds * soundtracks.RATE), soundtracks.RATE)
        voice = handover.Voice(_speech_name(shot), lead, seconds)
    notes = {"speaker": shot.speaker, "place": shot.place, "prompt": shot.details.get("clip_prompt", "")}
    kept = {name: text for name, text in notes.items() if text}
    return handover.Shot(f"shot {shot.id}", _take_name(shot), first, frames, shot.text, voice, kept)


def _bundle(params: DeliverParams, ctx: Context, others: Sequence[str]) -> str:
    shots = [shot for one in params.boards for shot in one.shots if not shot.failed]
    packed = [(Path(one), Path(one).name) for one in others]
    packed += [(Path(one.take), _take_name(one)) for one in shots if one.take]
    packed += [(Path(one.speech), _speech_name(one)) for one in shots if one.speech]
    return handover.save_bundle(packed, ctx.output("handover.zip"), check=ctx.check)


# ---- what was made, for people and programs


def _described(params: DeliverParams, clock: _Clock) -> dict[str, object]:
    rate = params.rate
    boards = [
        {
            **one.model_dump(exclude={"shots", "film", "sound", "placed", "cues"}),
            "film": f"board-{one.number}.mp4" if one.id in clock.boards else None,
            "start": clock.boards[one.id] / rate if one.id in clock.boards else None,
            "shots": [_described_shot(shot, clock, rate) for shot in one.shots],
        }
        for one in params.boards
    ]
    return {
        "title": params.title,
        "language": params.language,
        **params.about,
        "width": params.width,
        "height": params.height,
        "rate": rate,
        "frames": clock.frames,
        "seconds": clock.frames / rate,
        "elements": [one.model_dump(exclude={"picture"}) for one in params.elements],
        "boards": boards,
        "subtitles": [{"start": one.start, "end": one.end, "text": one.text} for one in clock.cues],
    }


def _described_shot(shot: ToldShot, clock: _Clock, rate: int) -> dict[str, object]:
    told: dict[str, object] = shot.model_dump(exclude={"picture", "take", "speech", "details"}) | shot.details
    first, frames = clock.shots.get(shot.id, (None, None))
    if first is not None and frames is not None:
        told |= {"start": first / rate, "end": (first + frames) / rate, "first": first, "frames": frames}
        told |= {"take": _take_name(shot)} if clock.frames else {}
        told |= {"speech": _speech_name(shot)} if shot.speech_seconds else {}
    return told


def _sheet(params: DeliverParams, clock: _Clock) -> sheets.Sheet:
    words = sheets.WORDS.get(params.language, sheets.WORDS["en"])
    count = sum(len(one.shots) for one in params.boards)
    length = _time(clock.frames / params.rate) if clock.frames else ""
    about = " · ".join(one for one in (*params.about.values(), f"{count} {words.shots}", length) if one)
    cast = [sheets.Player(one.name, one.look, one.picture) for one in params.elements if one.picture or one.look]
    rows = [
        sheets.Chapter(
            one.title if len(params.boards) > 1 else "", [_row(shot, clock, params.rate) for shot in one.shots]
        )
        for one in params.boards
    ]
    return sheets.Sheet(params.title or "storyboard", about, params.language, cast, rows)


def _row(shot: ToldShot, clock: _Clock, rate: int) -> sheets.Row:
    first, frames = clock.shots.get(shot.id, (0, 0))
    time = f"{_time(first / rate)} – {_time((first + frames) / rate)}" if frames else ""
    about = [shot.details.get(name, "") for name in ("size", "camera", "time", "weather", "action")]
    return sheets.Row(
        shot.id,
        shot.picture,
        shot.text,
        speaker=shot.speaker,
        voice=shot.voice,
        place=shot.place,
        about=" · ".join(one for one in about if one),
        time=time,
        failed=shot.failed,
    )


def _time(seconds: float) -> str:
    minutes, rest = divmod(round(seconds, 1), 60)
    return f"{int(minutes)}:{rest:04.1f}"


def _pictures(params: DeliverParams, ctx: Context) -> Iterator[ShotPicture]:
    for shot in (shot for one in params.boards for shot in one.shots if shot.picture):
        assert shot.picture is not None  # only those that have one
        path = ctx.output(f"shot-{shot.id}{Path(shot.picture).suffix or '.png'}")
        shutil.copyfile(shot.picture, path)
        yield ShotPicture(shot=shot.id, image=str(path))


def _failures(params: DeliverParams) -> Iterator[Failure]:
    for one in params.boards:
        if one.failed:
            yield Failure(board=one.id, shot="", code=one.failed)
        yield from (Failure(board=one.id, shot=shot.id, code=shot.failed) for shot in one.shots if shot.failed)


def _cover(params: DeliverParams, ctx: Context) -> str | None:
    best = covers.best([shot.picture for one in params.boards for shot in one.shots if shot.picture])
    if best is None:
        return None
    picture = images.fitted_over(images.load(best), params.width, params.height)
    ctx.preview(Path(images.save(images.fitted(picture, covers.LOOK, covers.LOOK), ctx.scratch / "cover.jpg")))
    return images.save(picture, ctx.output("cover.jpg"), quality=COVER_QUALITY)
