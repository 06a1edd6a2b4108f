"""Make a short film of a long one: every distinct scene once, the best moments of each, with their sound.

The film is looked through once, at reduced size and without the frames no other frame needs, and listened to once.
Shots that look alike form one group, however often they come back. Black, blurred and plain shots are left out, and
so is what lies within dissolves and fades. What a moment is worth is judged by the picture, by what moves, by talk
and by loudness. Cuts lie on edges of shots or in pauses of speech.

Without `length` or `share` the summary has a fifth of the film, at least 15 seconds, at most 3 minutes, but never more
than half of it; it gets longer, up to that half, where every group of shots could not have its shortest clip otherwise.

H.264 is not encoded again but around the cuts (`media.joining`). What is said and what it is about is not understood.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from reelwright.errors import InvalidParameter, NothingFound
from reelwright.kernels import cut_points, importance, selection, similarity, stills, voice_activity
from reelwright.kernels.shots import Shot, Shots, Transition
from reelwright.media import encode, frames, joining, moments, probe, samples
from reelwright.operators import Context, Params, Quality, Resources, Result, Sheet, files, operator, param

SHARE, LEAST, MOST = 0.2, 15.0, 180.0  # of the film; s; s
SLACK = 1.3  # so much longer than the shortest clips of all groups, because cuts cannot be anywhere
HALF = 0.5  # of the film: the longest summary that nobody asked for
WHOLE = 0.98  # of the film: a summary that long is the film
LOOK_STEP = Fraction(2, 5)  # s between measured pictures…
LOOKS = 4000  # …but no more than so many in all
USABLE = 0.5  # share of a shot's pictures that must be good
RARE = 0.1  # share of good pictures below which a film is of a kind that `stills` is too strict with: slides, drawings
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
    version=1,
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
    seen = _watched(params.video, ctx, media)
    voice = _heard(params.video, ctx, media)
    scenes, left_out = _scenes(seen, voice)
    clips = _chosen(params, seen, voice, scenes)
    return _written(params, ctx, media, seen, voice, clips, scenes, left_out)


# Looking


@dataclass(slots=True)
class _Seen:
    """What one reading of the film told. Times are seconds from the start of the file."""

    length: float
    frame: float
    """How long one frame lasts."""
    step: Fraction
    """Time between measured pictures."""
    times: list[float] = field(default_factory=list)
    changes: list[float] = field(default_factory=list)
    looks: list[Fraction] = field(default_factory=list)
    measured: list[stills.Still] = field(default_factory=list)
    prints: list[similarity.Print] = field(default_factory=list)
    keys: list[Fraction] = field(default_factory=list)
    shots: list[Shot] = field(default_factory=list)
    transitions: tuple[Transition, ...] = ()

    def faults(self) -> list[bool]:
        """Which of the looks cannot be shown."""
        level = stills.Level.of(self.measured)
        found = [stills.fault(one, level) for one in self.measured]
        if sum(one is None for one in found) < RARE * len(found):
            return [one == "black" for one in found]
        return [one is not None for one in found]


def _watched(path: str, ctx: Context, media: probe.Media) -> _Seen:
    ctx.enter("watch")
    assert media.video is not None  # it was probed for one
    length = float(media.duration or moments.length_of(path))
    step = max(LOOK_STEP, Fraction(length) / LOOKS)
    seen = _Seen(length, float(1 / (media.video.frame_rate or 25)), step)
    thumb, look = (moments.fitting(media.video, side) for side in (moments.THUMB_SIDE, moments.LOOK_SIDE))
    shots, due = Shots(), Fraction(0)
    for frame in frames.stream(path, skip="rough", thumb=thumb):
        ctx.check()
        seen.changes.append(shots.push(frame.time, frame.thumb))
        seen.times.append(float(frame.time))
        if frame.is_key:
            seen.keys.append(frame.time)
        if frame.time >= due:
            picture = frame.small(*look)
            seen.looks.append(frame.time)
            seen.measured.append(stills.measure(picture))
            seen.prints.append(similarity.of(picture))
            due = frame.time + step
        ctx.report(float(frame.time), length, unit="second")
    seen.shots, seen.transitions = shots.finish(), shots.transitions
    if not seen.shots:
        raise NothingFound(f"{media.path.name} has no frame that can be decoded")
    return seen


def _heard(path: str, ctx: Context, media: probe.Media) -> cut_points.Voice:
    """Talk and level in frames of 10 ms, counted from the start of the file."""
    ctx.enter("listen")
    if not media.audio:
        return cut_points.Voice(np.zeros(0, bool), np.zeros(0))
    detector, hop = voice_activity.Detector(), voice_activity.HOP
    late = max(0, round(float(encode.sound_lag(path)) * cut_points.RATE))
    talk, level = [np.zeros(late, bool)], [np.full(late, -np.inf)]
    for block in samples.stream(path, sample_rate=voice_activity.RATE, channels=1, block=hop * 1000):
        ctx.check()
        talk.append(detector.push(block[0]).talk)
        whole = np.pad(block[0], (0, -len(block[0]) % hop)).reshape(-1, hop)
        level.append(10 * np.log10(np.square(whole, dtype=np.float64).mean(axis=1) + 1e-10))
        ctx.report(sum(map(len, level)) / cut_points.RATE, float(media.duration or 0), unit="second")
    talk.append(detector.flush().talk)
    return cut_points.Voice(np.concatenate(talk), np.concatenate(level))


# Choosing


def _scenes(seen: _Seen, voice: cut_points.Voice) -> tuple[list[selection.Scene], int]:
    """What of each shot can be shown, and how many shots are left out."""
    bad = seen.faults()
    parts: list[tuple[int, Fraction, Fraction]] = []
    prints: list[list[similarity.Print]] = []
    for span in _shown(seen):
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


def _shown(seen: _Seen) -> Iterator[tuple[Fraction, Fraction]]:
    """The span of each shot that is certainly of this shot alone."""
    keys = set(seen.keys)
    for shot, after in zip(seen.shots, [*seen.shots[1:], None], strict=True):
        start, end = shot.start, min(shot.end, Fraction(seen.length))
        if after is not None and after.by is not None and after.kind == "cut" and after.start not in keys:
            # Frames may have been left out before the cut: only those up to the last one seen are sure.
            end = after.by.since + Fraction(seen.frame)
        for one in seen.transitions:
            if one.kind != "cut" and one.start < end and one.end > start:
                if one.at - start < end - one.at:
                    start = max(start, one.end + moments.EDGE)
                else:
                    end = min(end, one.start - moments.EDGE)
        yield start, max(start, end)


def _usable(
    span: tuple[Fraction, Fraction], looks: Sequence[int], seen: _Seen, bad: Sequence[bool]
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
    params: SummaryParams, seen: _Seen, voice: cut_points.Voice, scenes: Sequence[selection.Scene]
) -> list[selection.Clip]:
    budget = _budget(params, seen.length, 1 + max(scene.group for scene in scenes))
    if budget >= WHOLE * seen.length:
        return []
    ticks = int(seen.length * importance.TICKS) + 1
    cuts = [float(one.at) for one in seen.transitions if one.kind == "cut"]
    worth = importance.worth(
        importance.pictures([float(time) for time in seen.looks], seen.measured, ticks),
        importance.motion(seen.times, seen.changes, ticks, cuts),
        *importance.sound(*_in_ticks(voice, ticks)),
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


def _in_ticks(voice: cut_points.Voice, ticks: int) -> tuple[NDArray[np.bool_], NDArray[np.float64]]:
    """Talk, if it fills half of a tick, and the mean level of each."""
    each = cut_points.RATE // importance.TICKS
    missing = max(0, ticks * each - len(voice.talk))
    talk = np.pad(voice.talk, (0, missing))[: ticks * each].reshape(ticks, each)
    level = np.pad(voice.level, (0, missing), constant_values=-np.inf)[: ticks * each].reshape(ticks, each)
    return talk.mean(axis=1) >= HALF, level.mean(axis=1)


# Writing


def _written(
    params: SummaryParams,
    ctx: Context,
    media: probe.Media,
    seen: _Seen,
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
    shift = encode.sound_lag(path) - (encode.sound_lag(params.video) if not chosen else 0)
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


def _cuts_in_talk(spans: Sequence[tuple[Fraction, Fraction]], seen: _Seen, voice: cut_points.Voice) -> int:
    edges = [float(edge) for span in spans for edge in span]
    inner = [edge for edge in edges if seen.frame < edge < seen.length - seen.frame]
    return sum(voice.talks_at(edge) for edge in inner)
