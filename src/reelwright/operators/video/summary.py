"""Make a short film of a long one: every distinct scene once, the best moments of each, with their sound.

The film is looked through once, at reduced size and without the frames no other frame needs, and listened to once.
Shots that look alike form one group, however often they come back. Black, blurred and plain shots are left out, and
so is what lies within dissolves and fades. What a moment is worth is judged by the picture, by what moves, by talk
and by loudness. Cuts lie on edges of shots or in pauses of speech.

Without `length` or `share` the summary has a fifth of the film, at least 15 seconds, at most 3 minutes, but never more
than half of it; it gets longer, up to that half, where every group of shots could not have its shortest clip otherwise.

H.264 is not encoded again but around the cuts (`media.joining`). What is said and what it is about is not understood.
"""

from collections.abc import Sequence
from fractions import Fraction
from typing import Literal

from reelwright.errors import InvalidParameter, NothingFound
from reelwright.kernels import cut_points, importance, selection, similarity
from reelwright.media import encode, frames, joining, probe, survey
from reelwright.operators import Context, Params, Quality, Resources, Result, Sheet, files, operator, param

SHARE, LEAST, MOST = 0.2, 15.0, 180.0  # of the film; s; s
SLACK = 1.3  # so much longer than the shortest clips of all groups, because cuts cannot be anywhere
HALF = 0.5  # of the film: the longest summary that nobody asked for
WHOLE = 0.98  # of the film: a summary that long is the film
USABLE = 0.5  # share of a shot's pictures that must be good
CUTS = 20_000  # places for cuts, at most, where nobody talks


class SummaryParams(Params):
    video: files.Video = param("Film to shorten.")
    length: float | None = param(
        "Longest summary; a fifth of the film by default, from 15 s to 3 min and at most half of the film.",
        None,
        gt=0,
        le=86_400,
        unit="s",
    )
    share: float | None = param("The same as a part of the film; give one of the two.", None, gt=0, le=1)
    min_clip: float = param("Shortest clip; a shot that is shorter may be shown whole.", 2.0, ge=0.5, le=60, unit="s")
    max_clip: float = param("Longest clip of one shot.", 10.0, ge=1, le=600, unit="s")
    quality: Literal["draft", "normal", "high"] = param(
        "Speed against size and fidelity of what has to be encoded.", "normal"
    )
    preview: bool = param("Also write a contact sheet: the first and the last picture of each clip.", False)


class Clip(Result):
    start: float = param("Where it begins in the source.", unit="s")
    end: float = param("Where it ends in the source.", unit="s")
    groups: tuple[int, ...] = param("The groups of like shots that are seen in it, numbered by first appearance.")
    worth: float = param("How much there is to see and to hear; compare within one film.", ge=0, le=1)


class SummaryResult(Result):
    video: files.Video = param("The summary, MP4.")
    clips: tuple[Clip, ...] = param("What was cut from the source, in order of time.")
    length: float = param("Length of the summary.", unit="s")
    source_length: float = param("Length of the source.", unit="s")
    shots: int = param("Shots of the source.")
    groups: int = param("Groups of like shots that can be shown.")
    groups_shown: int = param("Those that the summary shows.")
    shots_left_out: int = param("Shots that are black, blurred or plain, or too short.")
    cuts_in_talk: int = param("Cuts on edges of shots over which somebody talks on: no pause was near.")
    frames: int = param("Frames of the summary.")
    frames_copied: int = param("Those that were copied as they are.")
    encoded_because: str = param("Why no frame was copied; empty if some were.")
    sound_shift: float = param("How much the sound moved against the picture; 0 is exact.", unit="s")
    sheet: files.Image | None = param("The contact sheet.", None)
    notes: tuple[str, ...] = param("What could not be kept as it was.")


@operator(
    version=3,
    quality=Quality("gain_over_uniform", at_least=1.2),
    resources=Resources(threads=2),
    phases={"watch": 0.55, "listen": 0.1, "write": 0.35},
)
def summary(params: SummaryParams, ctx: Context) -> SummaryResult:
    if params.length is not None and params.share is not None:
        raise InvalidParameter("give either length or share, not both", field="share")
    if params.min_clip > params.max_clip:
        told = f"min_clip is {params.min_clip} s and max_clip {params.max_clip} s; the shortest must not be longer"
        raise InvalidParameter(told, field="min_clip")
    media = probe.with_video(params.video)
    seen, voice = _surveyed(params.video, ctx, media)
    scenes, left_out = _scenes(seen, voice)
    clips = _chosen(params, seen, voice, scenes)
    return _written(params, ctx, media, seen, voice, clips, scenes, left_out)


def _surveyed(path: str, ctx: Context, media: probe.Media) -> tuple[survey.Seen, cut_points.Voice]:
    def tick(time: float) -> None:
        ctx.check()
        ctx.report(time, float(media.duration or 0), unit="second")

    ctx.enter("watch")
    seen = survey.watched(path, media, tick=tick)
    ctx.enter("listen")
    return seen, survey.heard(path, media, tick=tick)


# Choosing


def _scenes(seen: survey.Seen, voice: cut_points.Voice) -> tuple[list[selection.Scene], int]:
    """What of each shot can be shown, and how many shots are left out."""
    bad = seen.faults()
    parts: list[tuple[int, Fraction, Fraction]] = []
    prints: list[list[similarity.Print]] = []
    for span in seen.shown():
        looks = [index for index, time in enumerate(seen.looks) if span[0] <= time < span[1]]
        usable = _usable(span, looks, seen, bad)
        if usable:
            parts += [(len(prints), start, end) for start, end in usable]
            prints.append([seen.prints[index] for index in looks if not bad[index]])
    if not parts:
        raise NothingFound("no shot of the film is both lit and sharp, and long enough to be shown")
    grid = max(cut_points.GRID, seen.length / CUTS)
    cutter = cut_points.Cutter(voice, [float(key) for key in seen.keys], grid=grid)
    groups = selection.groups(prints)
    scenes = [
        selection.Scene(float(start), float(end), groups[shot], cutter.points(float(start), float(end)))
        for shot, start, end in parts
    ]
    return scenes, len(seen.shots) - len(prints)


def _usable(
    span: tuple[Fraction, Fraction], looks: Sequence[int], seen: survey.Seen, bad: Sequence[bool]
) -> list[tuple[Fraction, Fraction]]:
    """The parts of a shot between bad pictures; none if most of it is bad. A single one amid good ones is no harm."""
    flags = [bad[index] and (index in (looks[0], looks[-1]) or bad[index - 1] or bad[index + 1]) for index in looks]
    if sum(flags) > (1 - USABLE) * len(looks):
        return []
    parts, start = [], span[0]
    for index, is_bad in zip(looks, flags, strict=True):
        if is_bad:
            parts.append((start, seen.looks[index]))
            start = seen.looks[index] + seen.step
    parts.append((start, span[1]))
    return [part for part in parts if part[1] - part[0] >= selection.SHORT]


def _chosen(
    params: SummaryParams, seen: survey.Seen, voice: cut_points.Voice, scenes: Sequence[selection.Scene]
) -> list[selection.Clip]:
    budget = _budget(params, seen.length, 1 + max(scene.group for scene in scenes))
    if budget >= WHOLE * seen.length:
        return []
    ticks = int(seen.length * importance.TICKS) + 1
    worth = importance.worth(
        importance.pictures([float(time) for time in seen.looks], seen.measured, ticks),
        importance.motion(seen.times, seen.changes, ticks, seen.cuts),
        *importance.sound(*voice.in_ticks(ticks, importance.TICKS)),
    )
    return selection.choose(scenes, worth, budget=budget, least=params.min_clip, most=params.max_clip)


def _budget(params: SummaryParams, length: float, groups: int) -> float:
    """The longest summary, in seconds."""
    if params.length is not None:
        return min(params.length, length)
    if params.share is not None:
        return params.share * length
    usual = min(max(SHARE * length, LEAST), MOST)
    return min(max(usual, groups * params.min_clip * SLACK), HALF * length)


# Writing


def _written(
    params: SummaryParams,
    ctx: Context,
    media: probe.Media,
    seen: survey.Seen,
    voice: cut_points.Voice,
    chosen: Sequence[selection.Clip],
    scenes: Sequence[selection.Scene],
    left_out: int,
) -> SummaryResult:
    ctx.enter("write")
    wanted = [(Fraction(clip.start), Fraction(clip.end)) for clip in chosen] or [(Fraction(0), Fraction(seen.length))]
    path = ctx.output("summary.mp4")

    def tick(share: float) -> None:
        ctx.check()
        ctx.report(share, 1, unit="part")

    made = joining.cut(params.video, wanted, path, quality=params.quality, tick=tick)
    ctx.media(seen.length)
    sheet = Sheet(ctx, keep=params.preview)
    for start, end in made.spans if params.preview else ():  # each picture costs a seek and half a group of decoding
        _show(sheet, params.video, start, end - Fraction(seen.frame) / 2)
    clips = tuple(_clip(span, chosen, scenes) for span in made.spans)
    # Sound that is encoded is filled with silence to where the picture begins; sound that is copied begins late.
    late = encode.begins(params.video, "audio") - made.spans[0][0] if made.sound_copied else Fraction(0)
    shift = encode.sound_lag(path) - max(Fraction(0), late)
    return SummaryResult(
        video=str(path),
        clips=clips,
        length=float(made.seconds),
        source_length=seen.length,
        shots=len(seen.shots),
        groups=len({scene.group for scene in scenes}),
        groups_shown=len({group for clip in clips for group in clip.groups}),
        shots_left_out=left_out,
        cuts_in_talk=_cuts_in_talk(made.spans, seen, voice),
        frames=made.frames,
        frames_copied=made.copied,
        encoded_because=made.why,
        sound_shift=float(shift),
        sheet=sheet.saved(),
        notes=made.notes,
    )


def _show(sheet: Sheet, path: str, start: Fraction, end: Fraction) -> None:
    sheet.show(float(start), lambda: frames.at(path, start).rgb, lambda: frames.at(path, end).rgb)


def _clip(span: tuple[Fraction, Fraction], chosen: Sequence[selection.Clip], scenes: Sequence[selection.Scene]) -> Clip:
    start, end = map(float, span)
    inside = [clip for clip in chosen if start < (clip.start + clip.end) / 2 < end]
    length = sum(clip.length for clip in inside)
    shown = [clip.group for clip in inside] or [one.group for one in scenes if start < (one.start + one.end) / 2 < end]
    return Clip(
        start=start,
        end=end,
        groups=tuple(dict.fromkeys(shown)),
        worth=sum(clip.worth * clip.length for clip in inside) / length if length else 0.5,
    )


def _cuts_in_talk(spans: Sequence[tuple[Fraction, Fraction]], seen: survey.Seen, voice: cut_points.Voice) -> int:
    edges = [float(edge) for span in spans for edge in span]
    inner = [edge for edge in edges if seen.frame < edge < seen.length - seen.frame]
    return sum(voice.talks_at(edge) for edge in inner)
