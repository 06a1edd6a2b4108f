"""Tell the size of a picture, as it is shown."""

from reelwright.media import pictures
from reelwright.operators import Context, Params, Quality, Result, files, operator, param
from reelwright.operators.picture import opened


class SizeParams(Params):
    image: files.Image = param("Picture to measure.")


class SizeResult(Result):
    width: int = param("Its width, turned as its EXIF orientation says.", unit="px")
    height: int = param("Its height.", unit="px")
    megapixels: float = param("Millions of pixels.")
    has_alpha: bool = param("Whether it has an alpha channel.")
    is_grey: bool = param("Whether it has one channel alone, as masks do.")


@operator(version=1, quality=Quality("wrong_sizes", at_most=0))
def size(params: SizeParams, ctx: Context) -> SizeResult:
    given = opened(params.image, ctx)
    width, height = given.size
    ctx.report(1, 1, unit="picture")
    return SizeResult(
        width=width,
        height=height,
        megapixels=width * height / 1e6,
        has_alpha=pictures.has_alpha(given.pixels),
        is_grey=given.pixels.ndim == 2,
    )
