"""Blur a picture."""

from reelwright.kernels import filters
from reelwright.operators import Context, Params, Quality, files, operator, param
from reelwright.operators.picture import PictureResult, opened, saved


class BlurParams(Params):
    image: files.Image = param("Picture, or mask, to blur.")
    radius: int = param("How far a pixel reaches at most.", 8, ge=1, le=256, unit="px")
    sigma: float = param("How wide the blur is (sigma of a Gauss).", 3.0, ge=0.1, le=256, unit="px")


@operator(version=1, quality=Quality("blur_error_levels", at_most=1))
def blur(params: BlurParams, ctx: Context) -> PictureResult:
    given = opened(params.image, ctx)
    return saved(ctx, filters.blurred(given.pixels, params.radius, params.sigma), given.notes, PictureResult)
