"""Turn a picture into its negative; alpha stays."""

import numpy as np

from reelwright.operators import Context, Params, Quality, files, operator, param
from reelwright.operators.picture import PictureResult, opened, saved


class InvertParams(Params):
    image: files.Image = param("Picture, or mask, to turn over.")


@operator(version=1, quality=Quality("wrong_pixels", at_most=0))
def invert(params: InvertParams, ctx: Context) -> PictureResult:
    given = opened(params.image, ctx)
    made = np.array(given.pixels)
    colours = made if made.ndim == 2 else made[..., :3]
    np.subtract(255, colours, out=colours)
    return saved(ctx, made, given.notes, PictureResult)
