"""Scale a picture: to a size, by a factor, or to so many megapixels.

One of width and height alone keeps the shape. With both, `fit` says what happens to a picture of another shape. Alpha
is scaled with its colours weighed by it, so that no fringe appears.
"""

import math

from reelwright.errors import InvalidParameter
from reelwright.media import pictures
from reelwright.operators import Context, Params, Quality, files, operator, param
from reelwright.operators.picture import COLOUR_ALPHA, PictureResult, opened, saved

MOST_SIDE = 16384
MEGA = 1_000_000


class ScaleParams(Params):
    image: files.Image = param("Picture to scale.")
    width: int | None = param("Width wanted.", None, ge=1, le=MOST_SIDE, unit="px")
    height: int | None = param("Height wanted.", None, ge=1, le=MOST_SIDE, unit="px")
    factor: float | None = param("Scale of both sides, instead of a size.", None, gt=0, le=64)
    megapixels: float | None = param("Size of the picture in millions of pixels, instead.", None, gt=0, le=64)
    method: pictures.Method = param(
        "How pixels are weighed; `auto` is area where the picture shrinks and bicubic where it grows.", "auto"
    )
    fit: pictures.Fit = param(
        "Where width and height are given: `stretch` to both, `cover` and cut off what sticks out, `contain` within "
        "them, or `pad` that to the size.",
        "stretch",
    )
    colour: str = param("Ground of `pad`, #RRGGBB or #RRGGBBAA.", "#000000", pattern=COLOUR_ALPHA)


@operator(version=1, quality=Quality("wrong_pixels", at_most=0))
def scale(params: ScaleParams, ctx: Context) -> PictureResult:
    given = opened(params.image, ctx)
    size = _size(params, given.size)
    has_both = params.width is not None and params.height is not None
    made = pictures.fitted(
        given.pixels,
        size,
        fit=params.fit if has_both else "stretch",
        method=params.method,
        ground=pictures.colour(params.colour),
    )
    return saved(ctx, made, given.notes, PictureResult)


def _size(params: ScaleParams, own: pictures.Size) -> pictures.Size:
    asked = [params.width or params.height, params.factor, params.megapixels]
    if sum(one is not None for one in asked) != 1:
        raise InvalidParameter("give one of: width and height (or one of them), factor, megapixels", field="width")
    width, height = own
    if params.factor is not None:
        ratio = params.factor
    elif params.megapixels is not None:
        ratio = math.sqrt(params.megapixels * MEGA / (width * height))
    elif params.width is not None and params.height is not None:
        return params.width, params.height
    else:
        ratio = params.width / width if params.width is not None else (params.height or 1) / height
    found = params.width or max(1, round(width * ratio)), params.height or max(1, round(height * ratio))
    pictures.check_size(*found, "the scaled picture", field="width")
    return found
