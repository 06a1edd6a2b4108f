"""Lay one picture over another.

The source's own alpha counts, and with a mask only what is white in it is laid; both together where there are both.
What sticks out is cut off. The result has the size of the destination, and alpha if that has.
"""

import numpy as np

from reelwright.kernels import blending
from reelwright.media import pictures
from reelwright.operators import Context, Params, Quality, files, operator, param
from reelwright.operators.picture import PictureResult, opened, saved

FAR = 16384


class CompositeParams(Params):
    destination: files.Image = param("Picture below.")
    source: files.Image = param("Picture above.")
    mask: files.Image | None = param(
        "White where the source is laid; scaled to the source if it has another size.", None
    )
    x: int = param("Left edge of the source in the destination; below 0 it sticks out.", 0, ge=-FAR, le=FAR, unit="px")
    y: int = param("Its upper edge.", 0, ge=-FAR, le=FAR, unit="px")
    resize_source: bool = param("Scale the source to the size of the destination.", False)
    opacity: float = param("How much of the source is laid.", 1.0, ge=0, le=1)
    mode: blending.Mode = param(
        "How its colours are blended with those below; masks are multiplied, added and subtracted by it.", "normal"
    )


@operator(version=1, quality=Quality("wrong_pixels", at_most=0))
def composite(params: CompositeParams, ctx: Context) -> PictureResult:
    below, above = opened(params.destination, ctx), opened(params.source, ctx)
    source = pictures.scaled(above.pixels, *below.size) if params.resize_source else above.pixels
    share = pictures.alpha(source)
    if params.mask is not None:
        share = blending.product(share, pictures.mask(params.mask, (source.shape[1], source.shape[0])))
    laid = blending.over(
        pictures.rgba(below.pixels),
        pictures.rgb(source),
        share,
        x=params.x,
        y=params.y,
        opacity=params.opacity,
        mode=params.mode,
    )
    made = laid if pictures.has_alpha(below.pixels) else pictures.rgb(laid)
    if below.pixels.ndim == 2 and source.ndim == 2:
        made = np.ascontiguousarray(laid[..., 0])
    return saved(ctx, made, (*below.notes, *above.notes), PictureResult)
