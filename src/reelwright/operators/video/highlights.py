"""Find the highlights of films: where much moves, the crowd cheers, voices are raised, shots come fast.

Each film is looked through and listened to once. What stands out against the film's own usual is scored in windows
of about the length wanted, which begin and end in pauses or on edges of shots (`kernels.excitement`). In sports they
begin early enough to show what the crowd cheers about. Each highlight comes with its times, its score and what speaks
for it; as a file of its own if wanted, and all together as one reel.

What happens and who plays is not understood. Where the settings name a language model and somebody speaks, what is said
is written down and judged by it (`models.judging`): that counts as much as all the rest, and gives highlights titles.
Without an answer of it the rest alone counts, and a note says so. Scores compare within one kind of film only.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from reelwright.errors import ModelNotInstalled, UpstreamFailed, UpstreamRefused
from reelwright.kernels import crowd, cut_points, excitement, importance, onsets, voice_activity
from reelwright.media import frames, joining, probe, reels, samples, splices, survey
from reelwright.models import hearing, judging, listening, llm
from reelwright.models.port import BUILTIN, Models, Provider
from reelwright.operators import Context, Params, Quality, Resources, Result, Sheet, files, operator, param

MOST_FILMS = 5
CUTS = 20_000  # places for cuts, at most, where nobody talks
SHOWN = 0.5  # of a passage that was chosen for its words, or of the clip: from it on the clip has the passage's title

Signal = NDArray[np.float64]


class HighlightsParams(Params):
    videos: tuple[files.Video, ...] = param(
        "Films to look through; each gives its own highlights.", min_length=1, max_length=MOST_FILMS
    )
    kind: Literal["any", "drama", "sports"] = param(
        "What they are: in drama raised voices and quick cuts count for more, in sports the crowd.", "any"
    )
    count: int = param("Highlights wanted of each film; fewer come back where less stands out.", 5, ge=1, le=50)
    clip: float = param(
        "Length wanted of each; a pause near by makes it longer or shorter.", 15.0, ge=2, le=120, unit="s"
    )
    words: Literal["auto", "yes", "no"] = param(
        "Have the language model of the settings judge what is said; `auto` where there are one and a recogniser of "
        "speech for the language.",
        "auto",
    )
    language: str = param(
        "Language that is spoken, by its code (en, zh, …); `auto` leaves it to the recogniser.",
        "auto",
        pattern=r"^(auto|[a-z]{2,3})$",
    )
    write: Literal["clips", "reel", "both", "none"] = param(
        "What to write: a file for each, one of all in order of time, both, or only their times.", "clips"
    )
    width: int | None = param("Width of the files; that of the first film by default.", None, ge=64, le=4096, unit="px")
    height: int | None = param("Their height; pictures of another shape get bars.", None, ge=64, le=4096, unit="px")
    quality: Literal["draft", "normal", "high"] = param(
        "Speed against size and fidelity of what has to be encoded.", "normal"
    )
    preview: bool = param("Also write a contact sheet: the first and the best moment of each.", False)


class Highlight(Result):
    film: int = param("Which of the films it is from, counted from 0.")
    start: float = param("Where it begins in the film.", unit="s")
    end: float = param("Where it ends in the film.", unit="s")
    score: float = param("How much it stands out.", ge=0, le=1)
    signs: tuple[excitement.Sign, ...] = param("What speaks for it, the weightiest first.")
    reason: str = param("The same in words, and what the language model says.")
    title: str = param("What it is called: by the language model, else a number, the best first.")
    video: files.Video | None = param("The clip.", None)


class HighlightsResult(Result):
    highlights: tuple[Highlight, ...] = param("The highlights, the best first.")
    reel: files.Video | None = param("All of them one after the other, film by film in order of time.", None)
    source_length: float = param("Length of all films.", unit="s")
    length: float = param("Length of all highlights.", unit="s")
    judged_by: str = param("Language model that judged what is said; empty if none did.")
    cuts_in_talk: int = param("Of their beginnings and ends, those where somebody talks.")
    frames_copied: int = param("Frames of the files that were copied as they are.")
    frames: int = param("Frames of the files.")
    sheet: files.Image | None = param("The contact sheet.", None)
    notes: tuple[str, ...] = param("What could not be kept as it was.")


def choose(params: HighlightsParams, models: Models) -> Provider:
    """The rules, with the language model and the recogniser that have a word in it."""
    used = _judges(params, models)
    return Provider(BUILTIN.name, BUILTIN.tier, {name: digest for one in used for name, digest in one.models.items()})


def _judges(params: HighlightsParams, models: Models) -> list[Provider]:
    """Language model and recogniser; none if what is said is not to be judged."""
    if params.words == "no":
        return []
    known = llm.provider(models)
    if known is None:
        if params.words == "yes":
            raise ModelNotInstalled(
                "no language model is set that could judge what is said: give its address in `llm_url` "
                "(REELWRIGHT_LLM_URL), or leave `words` out",
                field="words",
            )
        return []
    try:
        ears = listening.best(params.language, models).provider(models)
    except ModelNotInstalled:
        if params.words == "yes":
            raise
        return []
    # The built-in ears hear English in any language: unasked they are not believed.
    is_trusted = ears.tier != BUILTIN.tier or params.language != listening.AUTO or params.words == "yes"
    return [known, ears] if is_trusted else []


@operator(
    version=4,
    quality=Quality("found_over_uniform", at_least=2.0),
    resources=Resources(threads=2),
    phases={"watch": 0.5, "listen": 0.1, "judge": 0.2, "write": 0.2},
    choose=choose,
    tiers=("builtin", "upstream"),
)
def highlights(params: HighlightsParams, ctx: Context) -> HighlightsResult:
    films = [_Film(path, probe.with_video(path)) for path in params.videos]
    told = _Told()
    for number, film in enumerate(films):
        looked = _looked(film, ctx, number, len(films))
        looked = _judged(looked, film, params, ctx, told)
        told.found += _chosen(params, looked, number)
        told.length += looked.seen.length
        edges = [edge for one in told.found if one.film == number for edge in (one.start, one.end)]
        told.in_talk += sum(looked.voice.talks_at(edge) for edge in edges if 0 < edge < looked.seen.length - 0.1)
    told.found.sort(key=lambda one: -one.score)
    ctx.media(told.length)
    return _written(params, ctx, films, told)


# Looking and listening


@dataclass(frozen=True, slots=True)
class _Film:
    path: str
    media: probe.Media


@dataclass(frozen=True, slots=True)
class _Looked:
    """What is known of one film."""

    seen: survey.Seen
    voice: cut_points.Voice
    signs: excitement.Signs
    said: tuple[judging.Telling, ...] = ()


@dataclass(frozen=True, slots=True)
class _Found:
    film: int
    start: float
    end: float
    score: float
    signs: tuple[excitement.Sign, ...]
    peak: float
    """The moment of the most excitement."""
    said: judging.Telling | None
    """The passage that the language model chose, of which it shows the most."""

    @property
    def span(self) -> splices.Span:
        return Fraction(self.start), Fraction(self.end)


@dataclass(slots=True)
class _Told:
    """What all films together gave."""

    found: list[_Found] = field(default_factory=list)
    length: float = 0.0
    in_talk: int = 0
    judged_by: str = ""
    notes: list[str] = field(default_factory=list)


def _looked(film: _Film, ctx: Context, number: int, of: int) -> _Looked:
    whole = float(film.media.duration or 0)

    def tick(time: float) -> None:
        ctx.check()
        ctx.report(number * whole + time, of * whole, unit="second")

    ctx.enter("watch")
    seen = survey.watched(film.path, film.media, tick=tick)
    ctx.enter("listen")
    noise, notes = crowd.CrowdMeter(), onsets.OnsetMeter(voice_activity.RATE)
    voice = survey.heard(film.path, film.media, tick=tick, hear=(noise.push, notes.push))
    ticks = int(seen.length * importance.TICKS) + 1
    talk, level = voice.in_ticks(ticks, importance.TICKS)
    band, noisiness = (_fitted(one, ticks) for one in noise.finish())
    strength = notes.finish().strength if film.media.audio else np.zeros(0, np.float32)
    told = excitement.signs(
        lively=importance.motion(seen.times, seen.changes, ticks, seen.cuts),
        talk=talk,
        level=level,
        band=band,
        noisiness=noisiness,
        onsets=_fitted(_means(strength, onsets.FPS // importance.TICKS), ticks),
        cuts=seen.cuts,
    )
    return _Looked(seen, voice, told)


def _judged(looked: _Looked, film: _Film, params: HighlightsParams, ctx: Context, told: _Told) -> _Looked:
    """With what the language model makes of the words, if there are words and it answers."""
    used = _judges(params, ctx.models)
    if not used or not film.media.audio or not looked.voice.talk.any():
        return looked
    ctx.enter("judge")
    blocks = samples.stream(film.path, sample_rate=hearing.RATE, channels=1, block=hearing.RATE)
    heard = hearing.transcript((one[0] for one in blocks), ctx.models, language=params.language, check=ctx.check)
    model = llm.opened(ctx.models, temperature=0.0)
    try:
        said = judging.telling(
            model,
            heard.sentences,
            kind=params.kind,
            count=params.count,
            seconds=params.clip,
            seed=ctx.seed,
            check=ctx.check,
        )
    except (UpstreamFailed, UpstreamRefused) as error:
        told.notes.append(f"what is said was not judged, only picture and sound: {error.message}")
        return looked
    if heard.sentences:
        told.judged_by = model.endpoint.model
    signs = looked.signs.with_words([(one.start, one.end, one.score) for one in said])
    return replace(looked, signs=signs, said=tuple(said))


def _means(curve: NDArray[np.float32], each: int) -> Signal:
    whole = np.pad(curve.astype(np.float64), (0, -len(curve) % each))
    return np.asarray(whole.reshape(-1, each).mean(axis=1), np.float64)


def _fitted(signal: Signal, length: int) -> Signal:
    return np.pad(signal, (0, max(0, length - len(signal))))[:length]


# Choosing


def _chosen(params: HighlightsParams, looked: _Looked, number: int) -> list[_Found]:
    moved = looked.signs.excitement(params.kind)
    found = excitement.choose(moved, _points(looked), count=params.count, length=params.clip)
    return [_found(one, looked, number, params.kind, moved) for one in found]


def _found(one: excitement.Window, looked: _Looked, number: int, kind: excitement.Kind, moved: Signal) -> _Found:
    end = min(one.end, looked.seen.length)
    first = int(one.start * importance.TICKS)
    span = moved[first : max(first + 1, int(end * importance.TICKS))]
    peak = (first + int(span.argmax())) / importance.TICKS if len(span) else one.start
    reasons = looked.signs.reasons(one.start, end, kind)
    said = max(looked.said, key=lambda passage: passage.share(one.start, end), default=None)
    is_shown = said is not None and said.share(one.start, end) >= SHOWN
    return _Found(number, one.start, end, min(1.0, one.score), reasons, peak, said if is_shown else None)


def _points(looked: _Looked) -> cut_points.Points:
    """Where the film may be cut."""
    seen = looked.seen
    grid = max(cut_points.GRID, seen.length / CUTS)
    cutter = cut_points.Cutter(looked.voice, [float(key) for key in seen.keys], grid=grid)
    parts = [cutter.points(float(start), float(end)) for start, end in seen.shown() if end > start]
    return cut_points.Points(
        np.concatenate([part.times for part in parts]),
        np.concatenate([part.begin for part in parts]),
        np.concatenate([part.end for part in parts]),
    )


# Writing


def _written(params: HighlightsParams, ctx: Context, films: Sequence[_Film], told: _Told) -> HighlightsResult:
    ctx.enter("write")
    writer, found = _Writer(params, ctx, films), told.found
    shown = tuple(_told(one, rank, writer) for rank, one in enumerate(found, start=1))
    reel = writer.reel(found) if params.write in ("reel", "both") else None
    ctx.report(1, 1, unit="part")
    sheet = Sheet(ctx, keep=params.preview)
    for number, one in enumerate(found if params.preview else ()):
        _show(sheet, films[one.film].path, one, number)
    return HighlightsResult(
        highlights=shown,
        reel=reel,
        source_length=told.length,
        length=sum(one.end - one.start for one in shown),
        judged_by=told.judged_by,
        cuts_in_talk=told.in_talk,
        frames_copied=writer.copied,
        frames=writer.frames,
        sheet=sheet.saved(),
        notes=tuple(dict.fromkeys([*told.notes, *writer.notes])),
    )


def _told(one: _Found, rank: int, writer: "_Writer") -> Highlight:
    clip = writer.clip(one, rank) if writer.params.write in ("clips", "both") else None
    return Highlight(
        film=one.film,
        start=round(one.start, 6),
        end=round(one.end, 6),
        score=round(one.score, 4),
        signs=one.signs,
        reason=_words(one.signs) + (f": {one.said.why}" if one.said and one.said.why else ""),
        title=one.said.title if one.said else str(rank),
        video=clip,
    )


def _words(signs: Sequence[excitement.Sign]) -> str:
    words = {"motion": "fast motion", "level": "loud sound", "onsets": "sudden sounds", "pace": "quick cuts"}
    words["words"] = "what is said"
    told = [words.get(one, one) for one in signs]
    return told[0] if len(told) == 1 else f"{', '.join(told[:-1])} and {told[-1]}"


class _Writer:
    """Writes clips and the reel, and counts what it wrote."""

    def __init__(self, params: HighlightsParams, ctx: Context, films: Sequence[_Film]) -> None:
        self.params, self.notes = params, list[str]()
        self.copied = self.frames = 0
        self._ctx, self._films = ctx, films
        self._size = reels.size(films[0].media, params.width, params.height)
        self._sized = params.width is not None or params.height is not None

    def clip(self, one: _Found, rank: int) -> str:
        path = self._ctx.output(f"highlight-{rank:02}.mp4")
        self._write(path, [(self._films[one.film].path, one.span)])
        return str(path)

    def reel(self, found: Sequence[_Found]) -> str:
        path = self._ctx.output("reel.mp4")
        in_order = sorted(found, key=lambda one: (one.film, one.start))
        self._write(path, [(self._films[one.film].path, one.span) for one in in_order])
        return str(path)

    def _write(self, path: Path, parts: Sequence[reels.Part]) -> None:
        if self._sized or len({source for source, _ in parts}) > 1:
            made = reels.write(parts, path, self._size, quality=self.params.quality, tick=self._tick)
            self.frames += made.frames
            self.notes += made.notes
            return
        spans = [span for _, span in parts]
        cut = joining.cut(parts[0][0], spans, path, quality=self.params.quality, tick=self._tick)
        self.frames, self.copied = self.frames + cut.frames, self.copied + cut.copied
        self.notes += cut.notes

    def _tick(self, share: float) -> None:
        self._ctx.check()


def _show(sheet: Sheet, path: str, one: _Found, number: int) -> None:
    """The sheet takes a pair every few seconds; highlights have places of their own on it."""
    start, peak = Fraction(one.start), Fraction(one.peak)
    sheet.show(number * 1000.0, lambda: frames.at(path, start).rgb, lambda: frames.at(path, peak).rgb)
