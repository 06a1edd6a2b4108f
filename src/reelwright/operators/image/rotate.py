"""Turn a picture, or mirror it.

Mirroring and quarter turns only move pixels. By other angles the canvas grows so that nothing is cut off.
"""

from typing import Literal

import numpy as np

from reelwright.kernels import filters
from reelwright.media import pictures
from reelwright.operators import Context, Params, Quality, files, operator, param
from reelwright.operators.picture import COLOUR_ALPHA, PictureResult, opened, saved


class RotateParams(Params):
    image: files.Image = param("Picture to turn.")
    degrees: float = param("How far, clockwise.", 0.0, ge=-360, le=360, unit="degrees")
    flip: Literal["none", "horizontal", "vertical"] = param(
        "Mirrored before it is turned: left for right, or top for bottom.", "none"
    )
    colour: str | None = param(
        "What fills the corners, #RRGGBB or #RRGGBBAA; they are transparent if it is left out.",
        None,
        pattern=COLOUR_ALPHA,
    )


@operator(version=1, quality=Quality("wrong_pixels", at_most=0))
def rotate(params: RotateParams, ctx: Context) -> PictureResult:
    given = opened(params.image, ctx)
    made = given.pixels
    if params.flip != "none":
        made = np.flip(made, axis=1 if params.flip == "horizontal" else 0)
    ground = pictures.colour(params.colour or "#00000000")
    made = filters.turned(made, params.degrees, ground)
    if ground[3] == 255 and not pictures.has_alpha(given.pixels):
        made = pictures.rgb(made) if given.pixels.ndim == 3 or made.ndim == 3 else made
    return saved(ctx, made, given.notes, PictureResult)
