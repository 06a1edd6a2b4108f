"""Blend two pictures into one, by one of the usual modes.

The second is scaled to the size of the first. Where it has alpha it counts by that much; the alpha of the first stays.
"""

from reelwright.kernels import blending
from reelwright.media import pictures
from reelwright.operators import Context, Params, Quality, files, operator, param
from reelwright.operators.picture import PictureResult, opened, saved


class BlendParams(Params):
    image: files.Image = param("Picture below.")
    other: files.Image = param("Picture blended into it.")
    factor: float = param("How much of the blend is taken; 0 leaves the picture as it is.", 0.5, ge=0, le=1)
    mode: blending.Mode = param(
        "`normal` the other picture itself, `multiply` and `darken` darker, `screen`, `add` and `lighten` lighter, "
        "`overlay` and `soft_light` more contrast, `difference` and `subtract` what differs.",
        "normal",
    )


@operator(version=1, quality=Quality("wrong_pixels", at_most=0))
def blend(params: BlendParams, ctx: Context) -> PictureResult:
    below, above = opened(params.image, ctx), opened(params.other, ctx)
    other = pictures.scaled(above.pixels, *below.size)
    if below.pixels.ndim == 2 and other.ndim == 2:
        made = blending.blended(below.pixels, other, params.factor, params.mode)
        return saved(ctx, made, (*below.notes, *above.notes), PictureResult)
    base = pictures.rgba(below.pixels)
    mixed = blending.blended(base[..., :3], pictures.rgb(other), params.factor, params.mode)
    opaque = base.copy()
    opaque[..., 3] = 255
    colours = pictures.rgb(blending.over(opaque, mixed, pictures.alpha(other)))
    made = pictures.with_alpha(colours, base[..., 3]) if pictures.has_alpha(below.pixels) else colours
    return saved(ctx, made, (*below.notes, *above.notes), PictureResult)
