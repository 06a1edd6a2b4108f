"""Put more canvas around a picture, and tell by a mask what is new.

The mask is white where there was no picture. With `feather` it fades into the picture over so many pixels, at the
sides that got canvas: so far may whoever fills the canvas change the picture too.
"""

import numpy as np

from reelwright.errors import InvalidParameter
from reelwright.kernels import masks
from reelwright.media import pictures
from reelwright.operators import Context, Params, Quality, files, operator, param
from reelwright.operators.picture import COLOUR_ALPHA, PictureResult, opened, saved, saved_mask

MOST = 8192


class PadParams(Params):
    image: files.Image = param("Picture to pad.")
    left: int = param("More canvas on the left.", 0, ge=0, le=MOST, unit="px")
    top: int = param("More canvas above.", 0, ge=0, le=MOST, unit="px")
    right: int = param("More canvas on the right.", 0, ge=0, le=MOST, unit="px")
    bottom: int = param("More canvas below.", 0, ge=0, le=MOST, unit="px")
    colour: str = param("Colour of the canvas, #RRGGBB or #RRGGBBAA.", "#808080", pattern=COLOUR_ALPHA)
    feather: int = param("How far the mask fades into the picture.", 0, ge=0, le=MOST, unit="px")


class PadResult(PictureResult):
    mask: files.Image = param("White where the canvas is new: PNG of one channel.")


@operator(version=1, quality=Quality("wrong_pixels", at_most=0))
def pad(params: PadParams, ctx: Context) -> PadResult:
    given = opened(params.image, ctx)
    sides = (params.left, params.top, params.right, params.bottom)
    if not any(sides):
        raise InvalidParameter("nothing to pad: give left, top, right or bottom", field="left")
    made = pictures.padded(given.pixels, sides, pictures.colour(params.colour))
    inner = masks.frame(given.size, (params.left, params.top, params.right, params.bottom), params.feather)
    mask = pictures.padded(inner, sides, (255, 255, 255, 255))
    return saved(ctx, made, given.notes, PadResult, mask=saved_mask(ctx, np.ascontiguousarray(mask)))
