"""Take single pictures out of a film.

Every picture, or one at an even step, or a number of them evenly over the span. Each is the picture that is on the
screen at its time, upright, at the film's size or scaled to a width. There are at most `most`: a film has more pictures
than anybody wants as files.
"""

from collections.abc import Iterator
from fractions import Fraction
from typing import Literal

import numpy as np

from reelwright.errors import InvalidParameter, NothingFound
from reelwright.media import frames as film
from reelwright.media import images, moments, pictures, probe
from reelwright.operators import Context, Params, Quality, Result, files, operator, param

MOST = 1000


class FramesParams(Params):
    video: files.Video = param("The film.")
    every: float | None = param("Time from one picture to the next; every picture if left out.", None, gt=0, unit="s")
    count: int | None = param("So many pictures evenly over the span, instead.", None, ge=1, le=MOST)
    start: float = param("Where the span begins.", 0.0, ge=0, unit="s")
    end: float | None = param("Where it ends; the end of the film if left out.", None, gt=0, unit="s")
    most: int = param("Most pictures that are taken; the first ones of the span.", 100, ge=1, le=MOST)
    width: int | None = param("Width of the pictures; the film's own if left out.", None, ge=1, le=8192, unit="px")
    format: Literal["png", "jpg"] = param("Kept exactly, or small.", "png")


class TakenFrame(Result):
    image: files.Image = param("The picture.")
    time: float = param("When it comes onto the screen.", unit="s")


class FramesResult(Result):
    images: tuple[TakenFrame, ...] = param("The pictures, in order.")
    count: int = param("How many there are.")
    is_cut: bool = param("There were more pictures than `most`.")
    fps: float = param("Pictures a second of the film.")
    seconds: float = param("Length of the film.", unit="s")


@operator(version=1, quality=Quality("wrong_frames", at_most=0))
def frames(params: FramesParams, ctx: Context) -> FramesResult:
    if params.every is not None and params.count is not None:
        raise InvalidParameter("every and count cannot both be given: take one of them", field="count")
    media = probe.with_video(params.video)
    assert media.video is not None  # with_video promises it
    length = media.duration or moments.length_of(params.video)
    span = _exact(params.start), min(length, _exact(params.end)) if params.end is not None else length
    if span[0] >= span[1]:
        told = f"the span is {float(span[0]):g} to {float(span[1]):g} s, and the film has {float(length):.3f} s"
        raise InvalidParameter(f"{told}; give start < end within it", field="start")
    taken, is_cut = list[TakenFrame](), False
    for frame in ctx.track(_wanted(params, span), total=params.count or params.most):
        if len(taken) == params.most:
            is_cut = True
            break
        path = ctx.output(f"frame-{len(taken) + 1:04}.{params.format}")
        taken.append(TakenFrame(image=images.save(_picture(frame, params.width, media), path), time=float(frame.time)))
    if not taken:
        raise NothingFound(f"no picture begins from {float(span[0]):g} to {float(span[1]):g} s; give a longer span")
    return FramesResult(
        images=tuple(taken),
        count=len(taken),
        is_cut=is_cut,
        fps=float(media.video.frame_rate),
        seconds=float(length),
    )


def _wanted(params: FramesParams, span: tuple[Fraction, Fraction]) -> Iterator[film.Frame]:
    start, end = span
    if params.every is None and params.count is None:
        yield from film.stream(params.video, start=start, end=end)
        return
    step = _exact(params.every) if params.every is not None else (end - start) / (params.count or 1)
    # Of a number of pictures each stands in the middle of its part; a film's first picture is often black.
    first = start if params.every is not None else start + step / 2
    yield from _shown(params.video, first, step, end)


def _shown(path: str, due: Fraction, step: Fraction, end: Fraction) -> Iterator[film.Frame]:
    """The picture on the screen at each of the times, each picture once."""
    held = film.at(path, due)
    for frame in film.stream(path, start=due):
        if due < frame.time:
            yield held
            due += -((due - frame.time) // step) * step
            if due >= end:
                return
        held = frame
    yield held


def _picture(frame: film.Frame, width: int | None, media: probe.Media) -> images.Picture:
    assert media.video is not None
    wide, tall = media.video.displayed
    size = (width, max(1, round(width * tall / wide))) if width else (wide, tall)
    return np.ascontiguousarray(pictures.scaled(frame.rgb, *size))


def _exact(seconds: float) -> Fraction:
    return Fraction(seconds).limit_denominator(1_000_000)
