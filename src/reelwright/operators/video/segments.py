"""Cut a film into clips, each a file of its own: where you say, or by its shots and its speech.

With `ranges` each clip is what was asked for, to the frame. Without, the film is parted between its shots and in
pauses of speech, never amid a word; where somebody talks on over an edge of shots, the clip ends in a pause close by,
or they stay together.

H.264 is copied, and only the frames between a cut and the next point where a decoder can begin are encoded
(`media.joining`); sound is cut at the sample. What is said, and what it is about, is not understood.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Literal

from pydantic import field_validator

from reelwright.errors import InvalidParameter
from reelwright.kernels import splitting
from reelwright.media import frames, joining, probe, reels, splices, survey
from reelwright.operators import Context, Params, Quality, Resources, Result, Sheet, files, operator, param

MOST = 500  # clips of one run


class Range(Params):
    start: float = param("Where the clip begins.", ge=0, unit="s")
    end: float = param("Where it ends; the end of the film if that comes first.", gt=0, unit="s")
    title: str = param("What it is called; a number by default.", "", max_length=128)


class SegmentsParams(Params):
    video: files.Video = param("Film to cut.")
    ranges: tuple[Range, ...] | None = param(
        "The clips wanted, in any order; they may overlap. Without them the film is split by shots and speech.",
        None,
        max_length=MOST,
        example=[{"start": 0, "end": 10}],
    )
    min_clip: float = param("Shortest clip of a split.", 3.0, ge=0.5, le=600, unit="s")
    max_clip: float = param(
        "Longest clip of a split; one gets longer where somebody talks on without a pause.", 60.0, ge=1, unit="s"
    )
    width: int | None = param(
        "Width of the clips; that of the film by default. Another size has everything encoded.",
        None,
        ge=64,
        le=4096,
        unit="px",
    )
    height: int | None = param("Their height; pictures of another shape get bars.", None, ge=64, le=4096, unit="px")
    quality: Literal["draft", "normal", "high"] = param(
        "Speed against size and fidelity of what has to be encoded.", "normal"
    )
    preview: bool = param("Also write a contact sheet: the first and the last picture of each clip.", False)

    @field_validator("ranges")
    @classmethod
    def _rise(cls, ranges: tuple[Range, ...] | None) -> tuple[Range, ...] | None:
        if ranges is not None and not ranges:
            raise ValueError("give at least one range, or none at all to split by shots and speech")
        for number, one in enumerate(ranges or ()):
            if one.start >= one.end:
                raise ValueError(f"range {number} ends at {one.end} s, but begins at {one.start} s; give start < end")
        return ranges


class Segment(Result):
    video: files.Video = param("The clip.")
    title: str = param("What it is called.")
    start: float = param("Where it begins in the source, to the frame.", unit="s")
    end: float = param("Where it ends in the source.", unit="s")
    length: float = param("Length of the clip.", unit="s")
    ends_with: Literal["asked", "shot", "pause", "end"] = param(
        "Why it ends there: it was asked for, or a shot, a phrase or the film is over."
    )
    frames: int = param("Frames of the clip.")
    frames_copied: int = param("Those that were copied as they are.")
    encoded_because: str = param("Why no frame was copied; empty if some were.")


class SegmentsResult(Result):
    clips: tuple[Segment, ...] = param("The clips, in the order asked for, or in order of time.")
    source_length: float = param("Length of the source.", unit="s")
    length: float = param("Length of all clips together.", unit="s")
    shots: int | None = param("Shots of the source, where it was split.", None)
    edges_joined: int | None = param("Edges of shots that no clip ends at: too near, or amid talk.", None)
    cuts_in_talk: int | None = param("Cuts where somebody talks, where the film was split.", None)
    frames: int = param("Frames of all clips.")
    frames_copied: int = param("Those that were copied as they are.")
    sheet: files.Image | None = param("The contact sheet.", None)
    notes: tuple[str, ...] = param("What could not be kept as it was.")


@operator(
    version=3,
    quality=Quality("duration_error_frames", at_most=1.0),
    resources=Resources(threads=2),
    phases={"watch": 0.45, "listen": 0.1, "write": 0.45},
)
def segments(params: SegmentsParams, ctx: Context) -> SegmentsResult:
    if params.min_clip > params.max_clip:
        told = f"min_clip is {params.min_clip} s and max_clip {params.max_clip} s; the shortest must not be longer"
        raise InvalidParameter(told, field="min_clip")
    media = probe.with_video(params.video)
    plan = _asked(params.ranges, media) if params.ranges else _split(params, ctx, media)
    if len(plan.parts) > MOST:
        told = f"the film falls into {len(plan.parts)} clips, and {MOST} are the most; give a longer min_clip"
        raise InvalidParameter(told, field="min_clip")
    return _written(params, ctx, media, plan)


# Where


@dataclass(frozen=True, slots=True)
class _Part:
    start: Fraction
    end: Fraction
    title: str
    why: Literal["asked", "shot", "pause", "end"]


@dataclass(frozen=True, slots=True)
class _Plan:
    parts: Sequence[_Part]
    length: float
    shots: int | None = None
    joined: int | None = None
    in_talk: int | None = None


def _asked(ranges: Sequence[Range], media: probe.Media) -> _Plan:
    length = media.duration
    for number, one in enumerate(ranges):
        if length is not None and one.start >= length:
            told = f"range {number} begins at {one.start} s, but {media.path.name} ends at {float(length):.3f} s"
            raise InvalidParameter(f"{told}; give an earlier start", field=f"ranges.{number}.start")
    parts = [
        _Part(_exact(one.start), _exact(one.end), one.title or str(number), "asked")
        for number, one in enumerate(ranges, start=1)
    ]
    return _Plan(parts, float(length or max(one.end for one in parts)))


def _exact(seconds: float) -> Fraction:
    # 0.8 means four fifths, not the binary number a little above it: a frame may begin exactly there.
    return Fraction(seconds).limit_denominator(1_000_000)


def _split(params: SegmentsParams, ctx: Context, media: probe.Media) -> _Plan:
    def tick(time: float) -> None:
        ctx.check()
        ctx.report(time, float(media.duration or 0), unit="second")

    ctx.enter("watch")
    seen = survey.watched(params.video, media, tick=tick)
    ctx.enter("listen")
    voice = survey.heard(params.video, media, tick=tick)
    edges = [float(shot.start) for shot in seen.shots[1:]]
    found = splitting.split(seen.length, edges, voice, least=params.min_clip, most=params.max_clip)
    exact = {float(shot.start): shot.start for shot in seen.shots}
    parts = [
        _Part(exact.get(one.start, Fraction(one.start)), exact.get(one.end, Fraction(one.end)), str(number), one.why)
        for number, one in enumerate(found, start=1)
    ]
    cuts = [one.end for one in found[:-1]]
    joined = len(edges) - sum(one.why == "shot" for one in found)
    return _Plan(parts, seen.length, len(seen.shots), joined, sum(voice.talks_at(one) for one in cuts))


# Writing


def _written(params: SegmentsParams, ctx: Context, media: probe.Media, plan: _Plan) -> SegmentsResult:
    ctx.enter("write")
    sheet = Sheet(ctx, keep=params.preview)
    made, notes = [], list[str]()
    for clip, told in _cut(params, ctx, media, plan):
        made.append(clip)
        notes += told
        if params.preview:  # each picture costs a seek and half a group of decoding
            _show(sheet, params.video, clip, media)
    ctx.report(1, 1, unit="clip")
    ctx.media(plan.length)
    return SegmentsResult(
        clips=tuple(made),
        source_length=plan.length,
        length=sum(one.length for one in made),
        shots=plan.shots,
        edges_joined=plan.joined,
        cuts_in_talk=plan.in_talk,
        frames=sum(one.frames for one in made),
        frames_copied=sum(one.frames_copied for one in made),
        sheet=sheet.saved(),
        notes=tuple(dict.fromkeys(notes)),
    )


def _cut(
    params: SegmentsParams, ctx: Context, media: probe.Media, plan: _Plan
) -> Iterator[tuple[Segment, Sequence[str]]]:
    total = float(sum(one.end - one.start for one in plan.parts))
    done, digits = 0.0, len(str(len(plan.parts)))
    for number, part in enumerate(plan.parts, start=1):
        lasts = float(part.end - part.start)

        def tick(share: float, done: float = done, lasts: float = lasts) -> None:
            ctx.check()
            ctx.report(done + share * lasts, total, unit="second")

        path = ctx.output(f"clip-{number:0{digits}}.mp4")
        made = _clip(params, media, (part.start, part.end), path, tick)
        done += lasts
        yield _told(part, path, made), made.notes


def _clip(
    params: SegmentsParams, media: probe.Media, span: splices.Span, path: Path, tick: joining.Tick
) -> joining.Cut:
    if params.width is None and params.height is None:
        return joining.cut(params.video, [span], path, quality=params.quality, tick=tick)
    picture = reels.size(media, params.width, params.height)
    (whole,) = splices.spans([span], media.duration)
    made = reels.write([(params.video, whole)], path, picture, quality=params.quality, tick=tick)
    return joining.Cut((whole,), made.frames, 0, "another size was asked for", sound_copied=False, notes=made.notes)


def _told(part: _Part, path: Path, made: joining.Cut) -> Segment:
    (start, end), *_ = made.spans
    return Segment(
        video=str(path),
        title=part.title,
        start=float(start),
        end=float(end),
        length=float(made.seconds),
        ends_with=part.why,
        frames=made.frames,
        frames_copied=made.copied,
        encoded_because=made.why,
    )


def _show(sheet: Sheet, path: str, clip: Segment, media: probe.Media) -> None:
    assert media.video is not None  # it was probed for one
    start, last = Fraction(clip.start), Fraction(clip.end) - Fraction(1, 2) / (media.video.frame_rate or 25)
    sheet.show(clip.start, lambda: frames.at(path, start).rgb, lambda: frames.at(path, last).rgb)
