"""Take a mask from a picture: one of its channels, its brightness, or where a colour is.

The mask can then be cut at a threshold, turned over, grown or shrunk, and feathered, in this order. Of a mask any
channel is the mask itself, so this is also how a mask is changed.
"""

from typing import Literal

import numpy as np

from reelwright.kernels import masks
from reelwright.media import pictures
from reelwright.operators import Context, Params, Quality, Result, files, operator, param
from reelwright.operators.picture import COLOUR, opened, saved_mask

CHANNELS = ("red", "green", "blue")


class MaskParams(Params):
    image: files.Image = param("Picture, or mask, to take it from.")
    channel: Literal["luma", "red", "green", "blue", "alpha", "colour"] = param(
        "What becomes the mask; alpha is all white where a picture has none.", "luma"
    )
    colour: str = param("With `colour`: the colour that is white in the mask, #RRGGBB.", "#FFFFFF", pattern=COLOUR)
    tolerance: int = param("With `colour`: how far each channel may be off.", 0, ge=0, le=255)
    threshold: int | None = param(
        "From this level on the mask is white, below black; grey stays if it is left out.", None, ge=1, le=255
    )
    invert: bool = param("Black for white.", False)
    grow: int = param("Grow the mask on all sides; below 0 it shrinks.", 0, ge=-512, le=512, unit="px")
    feather: float = param("Softness of its edge (sigma of a Gauss).", 0.0, ge=0, le=256, unit="px")


class MaskResult(Result):
    mask: files.Image = param("The mask: PNG of one channel, white where chosen.")
    width: int = param("Its width.", unit="px")
    height: int = param("Its height.", unit="px")
    share: float = param("Its mean, 0 black to 1 white.", ge=0, le=1)
    notes: tuple[str, ...] = param("What of the picture given could not be kept.")


@operator(version=1, quality=Quality("wrong_pixels", at_most=0))
def mask(params: MaskParams, ctx: Context) -> MaskResult:
    given = opened(params.image, ctx)
    found = _channel(params, given.pixels)
    if params.threshold is not None:
        found = np.where(found >= params.threshold, masks.FULL, 0).astype(np.uint8)
    if params.invert:
        found = masks.FULL - found
    found = masks.feathered(masks.grown(found, params.grow), params.feather)
    path = saved_mask(ctx, np.ascontiguousarray(found))
    ctx.report(1, 1, unit="picture")
    share = float(found.mean()) / masks.FULL
    return MaskResult(mask=path, width=given.size[0], height=given.size[1], share=share, notes=given.notes)


def _channel(params: MaskParams, pixels: pictures.Picture) -> pictures.Picture:
    if params.channel == "alpha":
        return pictures.alpha(pixels)
    if params.channel == "luma":
        return pictures.luma(pixels)
    if params.channel == "colour":
        return masks.near(pictures.rgb(pixels), pictures.colour(params.colour), params.tolerance)
    return pictures.rgb(pixels)[..., CHANNELS.index(params.channel)]
