"""Reduce a picture to a few tones in each colour.

Every channel is rounded to evenly spaced levels. Nothing else changes, the size least of all.
"""

import numpy as np

from reelwright.media import images
from reelwright.operators import Context, Params, Result, files, operator, param


class PosteriseParams(Params):
    image: files.Image = param("Picture to reduce.")
    levels: int = param("Tones left in each channel.", 4, ge=2, le=64)


class PosteriseResult(Result):
    image: files.Image = param("The picture, as PNG.")


@operator(version=1, name="image.posterise")
def posterise(params: PosteriseParams, ctx: Context) -> PosteriseResult:
    steps = params.levels - 1
    tones = np.round(images.load(params.image).astype(np.float32) / 255 * steps) / steps
    made = images.save((tones * 255).astype(np.uint8), ctx.output("posterised.png"))
    return PosteriseResult(image=str(made))
