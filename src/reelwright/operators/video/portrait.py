"""Turn a landscape video into a portrait one that keeps its subject in view.

The video is gone through twice. First at reduced size and some fifteen times a second: cuts are found, faces are
looked for now and then and followed in between, and what moves against the camera is measured. From that each shot
gets a subject and a smooth path for the crop window, one that stands still wherever that will do. Then every frame
is cropped in its own pixel format and encoded; sound, subtitles, time stamps and colour tags stay as they are. A
small video is decoded once for both, a large one twice (`media.rereading`).

Where several people cannot fit into the window, the shot is shown whole enough to hold them, with a blurred
filling above and below (`fit`). A video narrower than the wanted shape is cropped above and below instead.

With the `yunet` model small and turned faces are found; without it the detector inside OpenCV finds larger ones
only, and the result's tier is `builtin`. The operator does not know who is talking, and does not zoom in.
"""

from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray

from reelwright.errors import InvalidParameter
from reelwright.kernels import camera, faces, looks, subjects
from reelwright.kernels.one_core import one_core
from reelwright.media import encode, frames, glimpses, planes, probe, reframe, rereading
from reelwright.media.ahead import ahead
from reelwright.models.port import BUILTIN, Models, Provider
from reelwright.operators import Context, Params, Quality, Resources, Result, Sheet, files, operator, param

if TYPE_CHECKING:
    import av

MODEL = "yunet"
Edges = Sequence[float]
"""The window's edge in each frame of a shot, before rounding."""

SOURCES = ("faces", "motion", "saliency")
THUMB = 160  # px on the longer side: shots and motion are seen at this size
HELD = 0.95  # share of the moments of a crowded shot in which a padded window holds everyone
AIR = 0.06  # of the people's span, left free on each side of them
SHEET_HEIGHT = 240  # px of a picture on the contact sheet


class PortraitParams(Params):
    video: files.Video = param("Video to reframe.")
    aspect: str = param("Width to height of the result: `9:16`, `4:5`, `1:1` or a number such as 0.5625.", "9:16")
    height: int | None = param("Height of the result; by default that of the source is kept.", None, ge=64, le=4320)
    quality: Literal["draft", "normal", "high"] = param("Speed against size and fidelity of the encoding.", "normal")
    fit: Literal["auto", "crop", "pad"] = param(
        "`crop` always fills the picture, `pad` always shows all of it on a blurred filling, `auto` pads only the "
        "shots whose people cannot fit.",
        "auto",
    )
    preview: bool = param("Also write a contact sheet: before and after, side by side.", False)


class Shot(Result):
    start: float = param("Where it begins.", unit="s")
    end: float = param("Where it ends.", unit="s")
    subject: Literal["faces", "motion", "saliency"] = param("What the crop follows.")
    mode: Literal["crop", "pad"] = param("Cropped, or shown whole enough on a blurred filling.")
    window: int = param("Length of the source in view, along the side that is cut.", unit="px")
    moves: bool = param("The crop window moves within this shot.")
    subject_kept: float = param("Share of the samples in which all of the subject is in view.", ge=0, le=1)


class PortraitResult(Result):
    video: files.Video = param("The portrait video, MP4.")
    width: int = param("Its width.", unit="px")
    height: int = param("Its height.", unit="px")
    frames: int = param("Frames written, as many as were read.")
    subject_kept: float = param("Share of the samples in which all of the subject is in view.", ge=0, le=1)
    path_jerk: float = param("Mean third difference of the crop's position from frame to frame.", unit="px")
    plain_jerk: float = param("The same for a crop centred on the subject in each sample.", unit="px")
    samples: int = param("Moments examined.")
    samples_with_faces: int = param("Those in which the crop follows faces.")
    samples_with_motion: int = param("Those in which it follows what moves.")
    samples_with_saliency: int = param("Those in which nothing moves, and it rests on what stands out.")
    sound_shift: float = param("How much the sound moved against the picture; 0 is exact.", unit="s")
    shots: tuple[Shot, ...] = param("The shots, in order.")
    notes: tuple[str, ...] = param("What could not be kept as it was.")
    sheet: files.Image | None = param("The contact sheet.", None)


def _choose(params: PortraitParams, models: Models) -> Provider:
    return Provider(MODEL, "model", {MODEL: models.digest(MODEL)}) if models.installed(MODEL) else BUILTIN


@operator(
    version=3,
    quality=Quality("subject_kept", at_least=0.98),
    resources=Resources(threads=2, memory=2 << 30),
    phases={"analyse": 0.35, "render": 0.65},
    choose=_choose,
    tiers=("builtin", "model"),
)
def portrait(params: PortraitParams, ctx: Context) -> PortraitResult:
    media = probe.with_video(params.video)
    video = media.video
    assert video is not None  # with_video promises it
    shape = reframe.shape_of(video, _ratio(params.aspect), params.height)
    film = rereading.Twice(media)
    plans = _plans(params, ctx, film, media, shape)
    path = ctx.output("portrait.mp4")
    made = _render(params, ctx, film, media, shape, plans, path)
    ctx.media(float(media.duration or 0))
    shift = encode.sound_lag(path) - encode.sound_lag(params.video) if media.audio else 0
    return _result(path, shape, plans, made, float(shift))


# What shape is cut from what shape


def _ratio(text: str) -> Fraction:
    wide, _, high = text.partition(":")
    try:
        ratio = Fraction(wide) / Fraction(high or 1)
    except (ValueError, ZeroDivisionError):
        ratio = Fraction(0)
    if not Fraction(1, 5) <= ratio <= 5:
        raise InvalidParameter(f"aspect {text!r} is not a shape; write it as 9:16 or 0.5625", field="aspect")
    return ratio


# First reading: what each shot is about, and the path of the window through it


@dataclass(frozen=True, slots=True)
class _Plan:
    """How one shot is cut: where the window of `length` is along the axis at any time."""

    watched: looks.Watched
    subject: subjects.Subject
    path: camera.Path
    length: int
    mode: Literal["crop", "pad"]


@one_core()
def _plans(
    params: PortraitParams, ctx: Context, film: rereading.Twice, media: probe.Media, shape: reframe.Shape
) -> list[_Plan]:
    ctx.enter("analyse")
    model = ctx.provider.name == MODEL
    find = ctx.models.warm(MODEL, lambda: faces.yunet(ctx.models.path(MODEL))) if model else _frontal(ctx)
    watcher = looks.Watcher(shape.axis, shape.size, _within(shape.size, THUMB), find, model)
    seconds = float(media.duration or 0)
    for frame in film.first():
        ctx.check()
        watcher.push(frame.time, glimpses.Glimpse(frame))
        ctx.report(float(frame.time), seconds, unit="second")
    ctx.report(1, 1, unit="pass")
    return [_plan(one, shape, params.fit) for one in watcher.finish()]


def _frontal(ctx: Context) -> faces.Detector:
    return ctx.models.warm("frontal faces", faces.frontal)


def _plan(watched: looks.Watched, shape: reframe.Shape, fit: str) -> _Plan:
    span = (float(watched.start), float(watched.end))
    subject = subjects.of_shot(
        watched.looks, watched.still, span, axis=shape.axis, extent=shape.extent, window=shape.window
    )
    length = shape.window
    if fit == "pad":
        length = shape.extent
    elif fit == "auto" and subject.crowded:
        needed = float(np.quantile(subject.all_high - subject.all_low, HELD)) * (1 + 2 * AIR)
        length = reframe.even(Fraction(max(needed, shape.window)), shape.extent)
    padded = length > shape.window
    low, high = (subject.all_low, subject.all_high) if padded else (subject.low, subject.high)
    middle = (low + high) / 2 if padded else subject.middle
    path = camera.follow(subject.times, low, high, width=length, limit=shape.extent, middle=middle)
    return _Plan(watched, subject, path, length, "pad" if padded else "crop")


def _within(size: tuple[int, int], longer: int) -> tuple[int, int]:
    scale = min(1.0, longer / max(size))
    return max(16, round(size[0] * scale)), max(16, round(size[1] * scale))


# Second reading: cut every frame


class _Cutter:
    """Which shot a frame belongs to, and where in it the window is."""

    def __init__(self, plans: list[_Plan], shape: reframe.Shape) -> None:
        self._plans, self.shape, self._now = plans, shape, 0

    def shot(self, time: Fraction, luma: planes.Plane) -> int:
        """Frames come in order. A cut was seen in the frames that were not left out; here it is found exactly."""
        while self._now + 1 < len(self._plans):
            following = self._plans[self._now + 1].watched
            cut = following.cut
            if time < following.start and not (cut and cut.before < time and cut.is_after(luma)):
                break
            self._now += 1
        return self._now

    def length(self, shot: int) -> int:
        return self._plans[shot].length

    def edge(self, shot: int, time: Fraction) -> float:
        plan = self._plans[shot]
        return min(max(plan.path.edge(float(time)), 0.0), self.shape.extent - plan.length)


@dataclass(frozen=True, slots=True)
class _Made:
    """What came of the second reading: for each shot the window's edge in every frame."""

    edges: list[Edges]
    notes: tuple[str, ...]
    sheet: str | None


@one_core()
def _render(
    params: PortraitParams,
    ctx: Context,
    film: rereading.Twice,
    media: probe.Media,
    shape: reframe.Shape,
    plans: list[_Plan],
    path: Path,
) -> _Made:
    assert media.video is not None  # with_video promised it
    ctx.enter("render")
    picture = encode.Picture.like(media.video).reshaped(*shape.out)
    cutter, sheet = _Cutter(plans, shape), Sheet(ctx, keep=params.preview, paced=True)
    seconds = float(media.duration or 0)
    before, after = _sized(shape.size, shape.aspect), _sized(shape.out)
    edges: list[array[float]] = [array("d") for _ in plans]  # eight bytes a frame
    start = max(Fraction(0), media.start)
    with encode.Writer(path, picture, quality=params.quality, beside=params.video, offset=start) as writer:
        # In a thread beside, so that decoding and scaling do not wait for the encoder, nor it for them.
        for frame, out in ahead(_cut(film, cutter, picture, edges)):
            ctx.check()
            time = float(frame.time)
            if sheet.is_due(time):
                sheet.show(time, partial(glimpses.Glimpse(frame), *before), partial(frames.small, out, *after))
            writer.write(out)
            ctx.report(time, seconds, unit="second")
    ctx.report(1, 1, unit="pass")
    return _Made(list(edges), (*encode.notes_on(media.video), *writer.notes), sheet.saved())


def _cut(
    film: rereading.Twice, cutter: _Cutter, picture: encode.Picture, edges: "list[array[float]]"
) -> "Iterator[tuple[frames.Frame, av.VideoFrame]]":
    """Every frame and what is shown of it; the window's edge is noted in `edges`."""
    shape = cutter.shape
    for frame in film.second():
        upright = planes.upright(planes.to_planar(frame.raw, picture.pixels), frame.rotation)
        shot = cutter.shot(frame.time, upright[0])
        edges[shot].append(cutter.edge(shot, frame.time))
        part = reframe.window(upright, shape.axis, round(edges[shot][-1]), cutter.length(shot))
        out = picture.blank(frame.raw)
        planes.put(reframe.fit(part, *shape.out, shape.aspect), planes.of(out))
        yield frame, out


def _sized(size: tuple[int, int], aspect: float = 1.0) -> tuple[int, int]:
    """A picture for the contact sheet."""
    return max(16, round(size[0] * aspect * SHEET_HEIGHT / size[1])), SHEET_HEIGHT


# The report


def _result(path: Path, shape: reframe.Shape, plans: list[_Plan], made: _Made, shift: float) -> PortraitResult:
    edges = made.edges
    kept = [_kept(one) for one in plans]
    every = np.concatenate(kept)
    counts = {
        source: sum(len(one.subject.times) for one in plans if one.subject.source == source) for source in SOURCES
    }
    return PortraitResult(
        video=str(path),
        width=shape.out[0],
        height=shape.out[1],
        frames=sum(map(len, edges)),
        subject_kept=_share(every),
        path_jerk=_mean_jerk([np.array(one) for one in edges]),
        plain_jerk=_mean_jerk([_plain(*one) for one in zip(plans, edges, strict=True)]),
        samples=len(every),
        samples_with_faces=counts["faces"],
        samples_with_motion=counts["motion"],
        samples_with_saliency=counts["saliency"],
        sound_shift=shift,
        shots=tuple(_shot(*one) for one in zip(plans, kept, edges, strict=True)),
        notes=made.notes,
        sheet=made.sheet,
    )


def _shot(plan: _Plan, kept: NDArray[np.bool_], edges: Edges) -> Shot:
    return Shot(
        start=float(plan.watched.start),
        end=float(plan.watched.end),
        subject=plan.subject.source,
        mode=plan.mode,
        window=plan.length,
        moves=len(edges) > 0 and max(edges) - min(edges) >= 1,
        subject_kept=_share(kept),
    )


def _kept(plan: _Plan) -> NDArray[np.bool_]:
    """For each sample: is all of the subject, every main person's face, inside the window?"""
    subject, edge = plan.subject, plan.path.at(plan.subject.times)
    return (edge <= subject.bare_low + 1) & (edge + plan.length >= subject.bare_high - 1)


def _share(flags: NDArray[np.bool_]) -> float:
    return float(flags.mean()) if len(flags) else 1.0


def _plain(plan: _Plan, edges: Edges) -> NDArray[np.float64]:
    """The path of a crop centred on the subject at every moment, at as many moments as there are frames."""
    if not len(plan.subject.times):
        return np.zeros(len(edges))
    times = np.linspace(float(plan.watched.start), float(plan.watched.end), len(edges), endpoint=False)
    return np.interp(times, plan.subject.times, (plan.subject.low + plan.subject.high) / 2)


def _mean_jerk(paths: list[NDArray[np.float64]]) -> float:
    total = sum(max(0, len(path) - 3) for path in paths)
    return sum(camera.jerk(path) * (len(path) - 3) for path in paths if len(path) > 3) / total if total else 0.0
