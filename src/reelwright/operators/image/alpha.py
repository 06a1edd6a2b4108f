"""Give a picture an alpha channel, or take it away.

With a mask the picture becomes transparent where that is black. Without one it is laid on a colour, and has no alpha
any more.
"""

import numpy as np

from reelwright.kernels import blending
from reelwright.media import pictures
from reelwright.operators import Context, Params, Quality, files, operator, param
from reelwright.operators.picture import COLOUR, PictureResult, opened, saved


class AlphaParams(Params):
    image: files.Image = param("The picture.")
    mask: files.Image | None = param("White where it is opaque; scaled to the picture if it has another size.", None)
    invert: bool = param("The mask says what is transparent instead.", False)
    colour: str = param("Without a mask: the ground it is laid on, #RRGGBB.", "#FFFFFF", pattern=COLOUR)


@operator(version=1, quality=Quality("wrong_pixels", at_most=0))
def alpha(params: AlphaParams, ctx: Context) -> PictureResult:
    given = opened(params.image, ctx)
    if params.mask is not None:
        share = pictures.mask(params.mask, given.size)
        made = pictures.with_alpha(given.pixels, 255 - share if params.invert else share)
    elif pictures.has_alpha(given.pixels):
        ground = np.empty_like(given.pixels)
        ground[:] = pictures.colour(params.colour)
        made = pictures.rgb(blending.over(ground, pictures.rgb(given.pixels), pictures.alpha(given.pixels)))
    else:
        made = given.pixels
    return saved(ctx, made, given.notes, PictureResult)
