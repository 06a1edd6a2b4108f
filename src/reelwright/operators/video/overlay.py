"""Lay a picture over a film, at a place and for a time.

The picture's alpha counts. Its place is a corner, an edge or the middle of the film, at a distance from its border, or
a place in pixels. It may fade in and out. Frame times, colours, sound and subtitles stay.
"""

from dataclasses import replace
from typing import TYPE_CHECKING, Literal

import numpy as np

from reelwright.errors import InvalidParameter
from reelwright.media import encode, frames, lettering, pictures, probe, redrawing
from reelwright.media.lettering import Layer
from reelwright.operators import Context, Quality, Resources, files, operator, param
from reelwright.operators.film import FilmParams, FilmResult, redone

if TYPE_CHECKING:
    from av import VideoFrame

FAR = 8192
PLACES = {"left": 0.0, "top": 0.0, "right": 1.0, "bottom": 1.0}
NEARLY = 1e-6  # s


class OverlayParams(FilmParams):
    image: files.Image = param("The picture.")
    place: Literal[
        "top-left", "top", "top-right", "left", "middle", "right", "bottom-left", "bottom", "bottom-right"
    ] = param("Where it stands, if x and y are not given.", "top-right")
    margin: float = param("Distance from the border, share of the film's shorter side.", 0.03, ge=0, le=0.5)
    x: int | None = param("Left edge in the film; below 0 it sticks out.", None, ge=-FAR, le=FAR, unit="px")
    y: int | None = param("Upper edge in the film.", None, ge=-FAR, le=FAR, unit="px")
    width: int | None = param("Width of the picture in the film; its own if left out.", None, ge=1, le=FAR, unit="px")
    scale: float | None = param("Its width as a share of the film's, instead.", None, gt=0, le=4)
    opacity: float = param("How much of it is laid.", 1.0, ge=0, le=1)
    start: float = param("When it comes.", 0.0, ge=0, unit="s")
    end: float | None = param("When it goes; it stays if left out.", None, gt=0, unit="s")
    fade: float = param("Time in which it comes, and in which it goes.", 0.0, ge=0, le=10, unit="s")


class OverlayResult(FilmResult):
    frames_changed: int = param("Frames on which the picture lies.")
    left: int = param("Left edge of the picture in the film.", unit="px")
    top: int = param("Its upper edge.", unit="px")


@operator(version=2, quality=Quality("frames_missed", at_most=0), resources=Resources(threads=2))
def overlay(params: OverlayParams, ctx: Context) -> OverlayResult:
    if params.end is not None and params.end <= params.start:
        raise InvalidParameter(f"it would go at {params.end:g} s, but comes at {params.start:g} s", field="end")
    media = probe.with_video(params.video)
    assert media.video is not None  # with_video promises it
    picture = encode.Picture.like(media.video)
    given = pictures.opened(params.image)
    laid = _sized(params, given.pixels, picture)
    left, top = _corner(params, laid, picture)
    matrix = frames.matrix_of(picture.colour.matrix, picture.width, picture.height)
    size = (picture.width, picture.height)
    layer = lettering.laid(pictures.rgba(laid), left, top, size, matrix, picture.colour.range or 1)
    if layer is None:
        told = f"the picture would lie at {left},{top}, outside the film of {size[0]}x{size[1]}; give another place"
        raise InvalidParameter(told, field="x")
    changed = list[float]()

    def draw(frame: frames.Frame) -> "VideoFrame":
        share = params.opacity * _presence(params, float(frame.time))
        changed.extend([share] if share else [])
        return redrawing.redrawn(frame, picture, [_weaker(layer, share)] if share else [])

    made = redone(params, ctx, media, picture, draw)
    made["notes"] = (*given.notes, *made["notes"])
    return OverlayResult(**made, frames_changed=len(changed), left=left, top=top)


def _sized(params: OverlayParams, pixels: pictures.Picture, film: encode.Picture) -> pictures.Picture:
    if params.width is not None and params.scale is not None:
        raise InvalidParameter("width and scale cannot both be given: take one of them", field="scale")
    width = params.width or (max(1, round(params.scale * film.width)) if params.scale else pixels.shape[1])
    return pictures.scaled(pixels, width, max(1, round(width * pixels.shape[0] / pixels.shape[1])))


def _corner(params: OverlayParams, laid: pictures.Picture, film: encode.Picture) -> tuple[int, int]:
    words = params.place.split("-")
    across = next((PLACES[one] for one in words if one in ("left", "right")), 0.5)
    down = next((PLACES[one] for one in words if one in ("top", "bottom")), 0.5)
    margin = params.margin * min(film.width, film.height)
    x, y = (
        round(share * (long - side) + (1 - 2 * share) * margin)
        for share, long, side in ((across, film.width, laid.shape[1]), (down, film.height, laid.shape[0]))
    )
    return params.x if params.x is not None else x, params.y if params.y is not None else y


def _presence(params: OverlayParams, time: float) -> float:
    """0 to 1: how far it has come, or gone."""
    end = float("inf") if params.end is None else params.end
    if time + NEARLY < params.start or time + NEARLY >= end:
        return 0.0
    if not params.fade:
        return 1.0
    return float(np.clip(min(time + NEARLY - params.start, end - time) / params.fade, 0, 1))


def _weaker(layer: Layer, share: float) -> Layer:
    return layer if share == 1 else replace(layer, shares=[one * np.float32(share) for one in layer.shares])
