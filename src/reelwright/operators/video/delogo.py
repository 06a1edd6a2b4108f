"""Take a logo off a video, by itself.

First a few dozen frames from all over the video are looked at small: what stays while the picture changes
is a logo, opaque or translucent. Then those frames once more at full size, where the logos are: which pixels each
covers, how much shines through, and what it adds. Then every frame: what the logo hides is taken from other frames
in which the moving camera shows it, else from what shines through it, and only what is seen nowhere is filled from
its surroundings. Frames that do not wear the logo are left alone, and so is everything beside it; sound, subtitles,
time stamps and colour tags stay as they are.

`boxes` say where to look; without them all of the picture is looked at. `logo_model` says what for: `tv` a station's
sign in a corner, `internet` a mark anywhere. Where no logo is found the video is given back unchanged, and the result
says so in `notes`. Logos that move or pulse are not found, unless `boxes` points at them. Before a camera that never
moves signs are looked for near the corners only: cards, and words of letters alike; translucent cards where the ground
along their outline is not even. Rings, outlines and signs of one part are not found there.
Behind an opaque logo before a camera that stands still nothing is ever seen: there the fill is a guess, which the
result tells as `invented`. By default it goes on smoothly, with the edges that run in; where the settings name an
inpainting network (`models.inpainting`), that paints it.
"""

import shutil
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from functools import partial
from itertools import tee
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import numpy as np
from pydantic import field_validator

from reelwright.kernels import logos, region, temporal_fill, unblending
from reelwright.kernels.erasing import Erased, Eraser, Place, grown, place_of
from reelwright.kernels.one_core import one_core
from reelwright.media import encode, frames, images, planes, probe
from reelwright.models import inpainting
from reelwright.models.port import Models, Provider
from reelwright.operators import Context, Params, Quality, Resources, Result, Sheet, files, operator, param

if TYPE_CHECKING:
    from av import VideoFrame

Kind = Literal["tv", "internet"]
Share = tuple[float, float, float, float]
ROUNDING = 1e-6
SAMPLES = 48  # frames looked at to find logos
LEAST_SAMPLES = 24  # key frames that make do
SHORT = Fraction(180)  # seconds up to which every frame is decoded to take samples evenly
KEPT = 192 << 20  # bytes of frames that are kept rather than decoded again
SEARCHED = 640  # px of the longer side at which logos are looked for
WORN = 0.7  # strength of a logo in samples that its model is made from
LEAST_WORN = 6  # such samples
SLACK = 6  # px by which a find, made at a small size, may be off
MOST_BOXES = 2
SHEET_HEIGHT = 240


class DelogoParams(Params):
    video: files.Video = param("Video to clean.")
    logo_model: tuple[Kind, ...] = param(
        "What to look for: `tv` a station's sign in a corner, `internet` a mark anywhere.", ("tv", "internet")
    )
    boxes: tuple[Share, ...] = param(
        "Where to look, at most two places: boxes of left, top, width and height, as shares of the frame. By default "
        "all of it.",
        (),
        max_length=MOST_BOXES,
        example=[[0.7, 0, 0.3, 0.3]],
    )
    engine: inpainting.Engine = param(
        "What fills the pixels that no frame shows: `model` is the inpainting network of `inpainting_folder`; `auto` "
        "takes it if there is one.",
        "auto",
    )
    quality: Literal["draft", "normal", "high"] = param("Speed against size and fidelity of the encoding.", "normal")
    preview: bool = param("Also write a contact sheet: before and after, side by side.", False)

    @field_validator("logo_model")
    @classmethod
    def _named(cls, value: tuple[Kind, ...]) -> tuple[Kind, ...]:
        if not value:
            raise ValueError("name at least one of tv and internet")
        return value

    @field_validator("boxes")
    @classmethod
    def _inside(cls, value: tuple[Share, ...]) -> tuple[Share, ...]:
        for left, top, width, height in value:
            if min(left, top) < 0 or min(width, height) <= 0 or max(left + width, top + height) > 1 + ROUNDING:
                raise ValueError(f"[{left:g}, {top:g}, {width:g}, {height:g}] is no part of the frame: use shares 0-1")
        return value


class Span(Result):
    start: float = param("The first moment with the logo.", unit="s")
    end: float = param("The first moment without it.", unit="s")


class RemovedLogo(Result):
    x: float = param("Left edge of what was restored, as a fraction of the width.", ge=0, le=1)
    y: float = param("Its upper edge, as a fraction of the height.", ge=0, le=1)
    width: float = param("Its width, as a fraction.", ge=0, le=1)
    height: float = param("Its height, as a fraction.", ge=0, le=1)
    opacity: float = param("How much of the picture it hides; 1 where that could not be told.", ge=0, le=1)
    spans: tuple[Span, ...] = param("When it is there.")
    from_other_frames: float = param("Share of its pixels taken from other moments.", ge=0, le=1)
    shone_through: float = param("Share restored from what shines through it.", ge=0, le=1)
    invented: float = param("Share filled from the surroundings, for it is seen nowhere.", ge=0, le=1)


class DelogoResult(Result):
    video: files.Video = param("The video without its logos, MP4.")
    logos: tuple[RemovedLogo, ...] = param("The logos that were removed.")
    frames: int = param("Frames written, as many as were read; 0 where the file was copied.")
    frames_changed: int = param("Those that wore a logo.")
    engine: str = param("What filled the pixels that no frame shows: `builtin`, or the network.")
    sound_shift: float = param("How much the sound moved against the picture; 0 is exact.", unit="s")
    notes: tuple[str, ...] = param("What was not found, or could not be kept as it was.")
    sheet: files.Image | None = param("The contact sheet.", None)


def choose(params: DelogoParams, models: Models) -> Provider:
    """The inpainting network of the settings where there is one and it is wanted."""
    return inpainting.chosen(params.engine, models)


@operator(
    version=4,
    quality=Quality("psnr_db", at_least=38),
    resources=Resources(threads=2, memory=2 << 30),
    phases={"find": 0.1, "model": 0.1, "restore": 0.8},
    choose=choose,
    tiers=("builtin", "model"),
)
def delogo(params: DelogoParams, ctx: Context) -> DelogoResult:
    media = probe.with_video(params.video)
    assert media.video is not None  # with_video promised it
    picture = encode.Picture.like(media.video)
    samples = _Samples(params.video, media)
    marks = _modelled(params, ctx, samples, picture, _found(params, ctx, samples, media))
    path, engine = ctx.output("delogo.mp4"), choose(params, ctx.models).name
    told = "no logo was found; the picture is unchanged"
    if not marks and "mp4" in media.container:
        shutil.copyfile(params.video, path)
        ctx.media(float(media.duration or 0))
        return DelogoResult(
            video=str(path), logos=(), frames=0, frames_changed=0, engine=engine, sound_shift=0.0, notes=(told,)
        )
    done = _restore(params, ctx, media, picture, marks, path)
    ctx.media(float(media.duration or 0))
    return DelogoResult(
        video=str(path),
        logos=tuple(mark.told((picture.width, picture.height)) for mark in marks),
        frames=done.frames,
        frames_changed=done.changed,
        engine=engine,
        sound_shift=float(encode.sound_lag(path) - encode.sound_lag(params.video)),
        notes=done.notes if marks else (told, *done.notes),
        sheet=done.sheet,
    )


# First reading: where logos are


def _found(params: DelogoParams, ctx: Context, samples: "_Samples", media: probe.Media) -> list[logos.Found]:
    ctx.enter("find")
    search = logos.Search()
    for count, frame in enumerate(samples, start=1):
        ctx.check()
        scale = min(1.0, SEARCHED / max(frame.size))
        search.push(frame.small_gray(*(max(16, round(side * scale)) for side in frame.size)))
        ctx.report(count, SAMPLES)
    boxes = [logos.Box(*one) for one in params.boxes]
    found = search.found(float(media.duration or 0), boxes)
    # On a tripod, corners of furniture stand as still as a sign: only in a corner, or where the user points.
    found = [one for one in found if boxes or one.box.in_a_corner or not one.still]
    return [one for one in found if boxes or "internet" in params.logo_model or one.box.in_a_corner]


class _Samples:
    """Frames from all over the video: key frames of a long one, else frames at an even step.

    Kept for the second time they are asked for, unless they are large.
    """

    def __init__(self, path: str, media: probe.Media) -> None:
        self._path, self._length = path, media.duration or Fraction(0)
        self._kept: list[frames.Frame] | None = None

    def __iter__(self) -> Iterator[frames.Frame]:
        if self._kept is not None:
            yield from self._kept
            return
        kept, room = list[frames.Frame](), KEPT
        for frame in self._read():
            room -= sum(plane.buffer_size for plane in frame.raw.planes)
            if room >= 0:
                kept.append(frame)
            yield frame
        if room >= 0:
            self._kept = kept

    def _read(self) -> Iterator[frames.Frame]:
        if self._length > SHORT:
            gap = self._length / SAMPLES
            if sum(1 for _ in frames.key_frames(self._path, gap=gap)) >= LEAST_SAMPLES:
                yield from frames.key_frames(self._path, gap=gap)
                return
        step, due = self._length / SAMPLES, Fraction(0)
        for frame in frames.stream(self._path, skip="nonref"):
            if frame.time >= due:
                yield frame
                due = max(due + step, frame.time)


# Second reading: what they are made of


@dataclass(slots=True)
class _Mark:
    """A logo to be removed, and what was done to it."""

    place: Place
    logo: unblending.Logo
    pixels: dict[int, int] = field(default_factory=dict)
    spans: list[tuple[Fraction, Fraction | None]] = field(default_factory=list)

    def saw(self, time: Fraction, erased: Erased) -> None:
        """Counts what was done to a frame."""
        worn = bool(self.spans) and self.spans[-1][1] is None
        if erased.source is None:
            if worn:
                self.spans[-1] = (self.spans[-1][0], time)
            return
        if not worn:
            self.spans.append((time, None))
        for kind, count in enumerate(np.bincount(erased.source.ravel(), minlength=5).tolist()):
            self.pixels[kind] = self.pixels.get(kind, 0) + count

    def ended(self, time: Fraction) -> None:
        if self.spans and self.spans[-1][1] is None:
            self.spans[-1] = (self.spans[-1][0], time)

    def told(self, size: tuple[int, int]) -> RemovedLogo:
        rows, columns = (np.flatnonzero(self.logo.covered.any(axis=axis)) for axis in (1, 0))
        width, height = size
        all_of = max(1, sum(self.pixels.get(kind, 0) for kind in range(1, 5)))
        share = {kind: self.pixels.get(kind, 0) / all_of for kind in range(1, 5)}
        return RemovedLogo(
            x=(self.place.left + int(columns[0])) / width,
            y=(self.place.top + int(rows[0])) / height,
            width=len(range(int(columns[0]), int(columns[-1]) + 1)) / width,
            height=len(range(int(rows[0]), int(rows[-1]) + 1)) / height,
            opacity=round(self.logo.opacity, 3),
            spans=tuple(Span(start=float(start), end=float(end or start)) for start, end in self.spans),
            from_other_frames=share[temporal_fill.TEMPORAL],
            shone_through=share[temporal_fill.UNBLENDED],
            invented=share[temporal_fill.SPATIAL] + share[temporal_fill.LEFT],
        )


def _modelled(
    params: DelogoParams, ctx: Context, frames_of: "_Samples", picture: encode.Picture, found: list[logos.Found]
) -> list[_Mark]:
    """The finds that prove to be logos at full size."""
    if not found:
        return []
    ctx.enter("model")
    size = picture.width, picture.height
    places = [place_of(one.box, size) for one in found]
    samples = list[list[list[planes.Plane]]]()
    for frame in frames_of:
        ctx.check()
        whole = _planes(frame, picture)
        samples.append([[part.copy() for part in place.of(whole)] for place in places])
        ctx.report(len(samples), SAMPLES)
    out = []
    for index, (one, place) in enumerate(zip(found, places, strict=True)):
        first, last = (round(part * len(samples)) for part in one.span)
        model = _model([sample[index] for sample in samples[first:last]], one, place, size, pointed=bool(params.boxes))
        sure = bool(params.boxes) or not one.still
        if model is not None and (sure or one.is_put(model.covered, (place.left, place.top), size)):
            out.append(_Mark(place, model))
    return out


def _model(
    samples: list[list[planes.Plane]], found: logos.Found, place: Place, size: tuple[int, int], *, pointed: bool
) -> unblending.Logo | None:
    slack = 0 if found.bare else SLACK
    box = grown(found.box, size, slack, slack)
    inside = (box.left - place.left, box.top - place.top, box.right - place.left, box.bottom - place.top)
    modelled = partial(unblending.model, box=inside, still=found.still, pointed=pointed, bare=found.bare)
    model = modelled(samples)
    if model is None:
        return None
    worn = [one for one in samples if model.presence.strength(one[0], region.unit(one[0])) >= WORN]
    if LEAST_WORN <= len(worn) < len(samples):
        return modelled(worn) or model
    return model


def _planes(frame: frames.Frame, picture: encode.Picture) -> planes.Planes:
    """The frame upright, in the planes and the size that are written; views where nothing had to be changed."""
    upright = planes.upright(planes.to_planar(frame.raw, picture.pixels), frame.rotation)
    return planes.crop(upright, 0, 0, picture.width, picture.height)


# Third reading: every frame


@dataclass(frozen=True, slots=True)
class _Done:
    frames: int
    changed: int
    notes: tuple[str, ...]
    sheet: str | None


@one_core()
def _restore(
    params: DelogoParams,
    ctx: Context,
    media: probe.Media,
    picture: encode.Picture,
    marks: list[_Mark],
    path: Path,
) -> _Done:
    assert media.video is not None  # with_video promised it
    ctx.enter("restore")
    sheet, changed, time = Sheet(ctx, keep=params.preview), 0, Fraction(0)
    small = max(16, round(picture.width * picture.aspect * SHEET_HEIGHT / picture.height)), SHEET_HEIGHT
    start = max(Fraction(0), media.start)
    erasers = [Eraser(mark.logo, inpainting.painter(params.engine, ctx.models)) for mark in marks]
    written, read = _twice(params.video, picture, max((one.ahead for one in erasers), default=0))
    erased = _erased(read, picture, marks, erasers)
    with encode.Writer(path, picture, quality=params.quality, beside=params.video, offset=start) as writer:
        for frame, parts in zip(written, erased, strict=True):
            ctx.check()
            for mark, part in zip(marks, parts, strict=True):
                mark.saw(frame.time, part)
            changed += any(part.source is not None for part in parts)
            out = _put(frame, picture, marks, parts)
            sheet.show(float(frame.time), partial(frame.small, *small), partial(_shown, out, *small))
            writer.write(out)
            time = frame.time
            ctx.report(float(time), float(media.duration or 0), unit="second")
    ctx.report(1, 1, unit="pass")
    for mark in marks:
        mark.ended(time + (1 / picture.rate if picture.rate else 0))
    return _Done(writer.frames, changed, (*encode.notes_on(media.video), *writer.notes), sheet.saved())


def _twice(path: str, picture: encode.Picture, ahead: int) -> tuple[Iterator[frames.Frame], Iterator[frames.Frame]]:
    """The frames for two readers, one of them so many frames ahead; decoded twice where those between are large."""
    deep = picture.pixels.endswith("10le")
    if (ahead + 1) * picture.width * picture.height * (3 if deep else 1.5) <= KEPT:
        first, second = tee(frames.stream(path))
        return first, second
    return frames.stream(path), frames.stream(path)


def _erased(
    read: Iterator[frames.Frame], picture: encode.Picture, marks: list[_Mark], erasers: list[Eraser]
) -> Iterator[list[Erased]]:
    """For every frame the restored regions. Reads ahead of the frames that are written: crops are small."""
    ready = [deque[Erased]() for _ in marks]
    for frame in read:
        whole = _planes(frame, picture)
        for mark, eraser, queue in zip(marks, erasers, ready, strict=True):
            queue.extend(eraser.push([part.copy() for part in mark.place.of(whole)]))
        while all(ready) or not marks:
            yield [queue.popleft() for queue in ready]
            if not marks:
                break
    for eraser, queue in zip(erasers, ready, strict=True):
        queue.extend(eraser.finish())
    while ready and all(ready):
        yield [queue.popleft() for queue in ready]


def _put(frame: frames.Frame, picture: encode.Picture, marks: list[_Mark], parts: list[Erased]) -> "VideoFrame":
    """The frame with the restored regions in it."""
    out = picture.blank(frame.raw)
    target = planes.of(out)
    planes.put(_planes(frame, picture), target)
    for mark, part in zip(marks, parts, strict=True):
        if part.source is None:
            continue
        for index, (there, new) in enumerate(zip(mark.place.of(target), part.planes, strict=True)):
            hole = region.mask_of(part.source > 0, index)
            there[hole] = new[hole]
    return out


def _shown(out: "VideoFrame", width: int, height: int) -> images.Picture:
    return np.asarray(out.reformat(width, height, format="rgb24").to_ndarray(), np.uint8)
