"""Make a picture of one colour, or a mask of one grey."""

import numpy as np

from reelwright.media import pictures
from reelwright.operators import Context, Params, Quality, operator, param
from reelwright.operators.picture import COLOUR_ALPHA, PictureResult, saved

MOST_SIDE = 16384


class SolidParams(Params):
    width: int = param("Width.", 512, ge=1, le=MOST_SIDE, unit="px")
    height: int = param("Height.", 512, ge=1, le=MOST_SIDE, unit="px")
    colour: str = param("Its colour, #RRGGBB or #RRGGBBAA.", "#000000", pattern=COLOUR_ALPHA)
    grey: bool = param("Make a mask of one channel, of the colour's brightness.", False)


@operator(version=1, quality=Quality("wrong_pixels", at_most=0))
def solid(params: SolidParams, ctx: Context) -> PictureResult:
    pictures.check_size(params.width, params.height, "the picture", field="width")
    ground = pictures.colour(params.colour)
    made = np.empty((params.height, params.width, 4), np.uint8)
    made[:] = ground
    if params.grey:
        made = pictures.luma(made)
    elif ground[3] == 255:
        made = pictures.rgb(made)
    return saved(ctx, made, (), PictureResult)
