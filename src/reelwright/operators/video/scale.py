"""Scale a film to another size.

One of width and height alone keeps the shape; with both, `fit` says what happens to a picture of another shape. With
`factor` the film's own shape of samples stays, with a size they become square. Sizes are even. Frame times, colours,
sound and subtitles stay.
"""

from reelwright.errors import InvalidParameter
from reelwright.media import encode, pictures, probe, windows
from reelwright.operators import Context, Quality, Resources, operator, param
from reelwright.operators.film import FilmParams, FilmResult, redone
from reelwright.operators.picture import COLOUR

MOST_SIDE = 4096


class ScaleParams(FilmParams):
    width: int | None = param("Width wanted.", None, ge=16, le=MOST_SIDE, unit="px")
    height: int | None = param("Height wanted.", None, ge=16, le=MOST_SIDE, unit="px")
    factor: float | None = param("Scale of both sides, instead of a size.", None, gt=0, le=16)
    fit: windows.Fit = param(
        "Where width and height are given: `stretch` to both, `cover` and cut off what sticks out, `contain` within "
        "them, or `pad` that to the size.",
        "stretch",
    )
    colour: str = param("Ground of `pad`, #RRGGBB.", "#000000", pattern=COLOUR)


@operator(version=2, quality=Quality("scaled_psnr_db", at_least=36), resources=Resources(threads=2))
def scale(params: ScaleParams, ctx: Context) -> FilmResult:
    media = probe.with_video(params.video)
    assert media.video is not None  # with_video promises it
    if (params.factor is None) == (params.width is None and params.height is None):
        raise InvalidParameter("give width, height or both, or else factor", field="width")
    like = encode.Picture.like(media.video)
    if params.factor is not None:
        shown = media.video.shown
        size = windows.even(shown[0] * params.factor, shown[1] * params.factor)
        window, picture = windows.Window(0, 0, shown, size, size), like.sized(*size)
    else:
        window = windows.Window.fitted(media.video, _size(params, media.video), _fit(params))
        picture = like.reshaped(*window.outer)
    if max(window.outer) > MOST_SIDE:
        told = f"the film would be {window.outer[0]}x{window.outer[1]}; {MOST_SIDE} px are the most of a side"
        raise InvalidParameter(told, field="factor" if params.factor else "width")
    ground = windows.ground_of(pictures.colour(params.colour), picture)
    made = redone(params, ctx, media, picture, lambda frame: window.drawn(frame, picture, ground))
    return FilmResult(**made)


def _fit(params: ScaleParams) -> windows.Fit:
    return params.fit if params.width is not None and params.height is not None else "stretch"


def _size(params: ScaleParams, video: probe.VideoStream) -> windows.Size:
    wide, tall = video.displayed
    width = params.width if params.width is not None else wide * (params.height or tall) / tall
    height = params.height if params.height is not None else tall * (params.width or wide) / wide
    return windows.even(width, height)
