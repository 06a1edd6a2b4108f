"""Change the tones and colours of a picture: brightness, contrast, saturation, gamma, hue, number of levels.

In this order. What rises above white or falls below black is held there. Alpha stays.
"""

from reelwright.kernels import filters
from reelwright.operators import Context, Params, Quality, files, operator, param
from reelwright.operators.picture import PictureResult, opened, saved


class AdjustParams(Params):
    image: files.Image = param("Picture to change.")
    brightness: float = param("Factor of all levels.", 1.0, ge=0, le=10)
    contrast: float = param("Factor of the distance from middle grey.", 1.0, ge=0, le=10)
    saturation: float = param("Factor of the distance from grey; 0 takes all colour.", 1.0, ge=0, le=10)
    gamma: float = param("Above 1 the middle tones get lighter, below darker.", 1.0, ge=0.1, le=10)
    hue: float = param("Turn of all hues.", 0.0, ge=-360, le=360, unit="degrees")
    levels: int | None = param("Levels left in each channel; all if left out.", None, ge=2, le=256)


@operator(version=1, quality=Quality("wrong_pixels", at_most=0))
def adjust(params: AdjustParams, ctx: Context) -> PictureResult:
    given = opened(params.image, ctx)
    made = filters.toned(
        given.pixels,
        brightness=params.brightness,
        contrast=params.contrast,
        saturation=params.saturation,
        gamma=params.gamma,
    )
    made = filters.shifted_hue(made, params.hue)
    if params.levels is not None:
        made = filters.posterized(made, params.levels)
    return saved(ctx, made, given.notes, PictureResult)
