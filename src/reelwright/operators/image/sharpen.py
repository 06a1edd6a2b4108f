"""Sharpen a picture: what a blur would take from it is added to it."""

from reelwright.kernels import filters
from reelwright.operators import Context, Params, Quality, files, operator, param
from reelwright.operators.picture import PictureResult, opened, saved


class SharpenParams(Params):
    image: files.Image = param("Picture to sharpen.")
    radius: int = param("How far a pixel reaches at most.", 2, ge=1, le=256, unit="px")
    sigma: float = param("How fine the details are (sigma of a Gauss).", 1.0, ge=0.1, le=256, unit="px")
    amount: float = param("How much of them is added.", 1.0, ge=0, le=50)


@operator(version=1, quality=Quality("sharpen_error_levels", at_most=1))
def sharpen(params: SharpenParams, ctx: Context) -> PictureResult:
    given = opened(params.image, ctx)
    made = filters.sharpened(given.pixels, params.radius, params.sigma, params.amount)
    return saved(ctx, made, given.notes, PictureResult)
