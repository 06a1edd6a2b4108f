"""Cut a part out of a picture.

A window that reaches beyond the picture is cut at its edge, and `notes` say so; one that lies wholly outside is an
error.
"""

import numpy as np

from reelwright.errors import InvalidParameter
from reelwright.operators import Context, Params, Quality, files, operator, param
from reelwright.operators.picture import PictureResult, opened, saved


class CropParams(Params):
    image: files.Image = param("Picture to cut.")
    x: int = param("Left edge of the part.", 0, ge=0, unit="px")
    y: int = param("Upper edge of the part.", 0, ge=0, unit="px")
    width: int | None = param("Width of the part; all to the right edge if left out.", None, ge=1, unit="px")
    height: int | None = param("Height of the part; all to the lower edge if left out.", None, ge=1, unit="px")


@operator(version=1, quality=Quality("wrong_pixels", at_most=0))
def crop(params: CropParams, ctx: Context) -> PictureResult:
    given = opened(params.image, ctx)
    wide, tall = given.size
    for name, at, length in (("x", params.x, wide), ("y", params.y, tall)):
        if at >= length:
            raise InvalidParameter(
                f"{name} is {at}, but the picture is {wide}x{tall}; give less than {length}", field=name
            )
    width = min(params.width or wide, wide - params.x)
    height = min(params.height or tall, tall - params.y)
    notes = given.notes
    if (params.width or width, params.height or height) != (width, height):
        notes = (*notes, f"the part was cut to {width}x{height}: the picture ends there")
    part = given.pixels[params.y : params.y + height, params.x : params.x + width]
    return saved(ctx, np.ascontiguousarray(part), notes, PictureResult)
